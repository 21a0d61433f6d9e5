"""Let a thousand tenants with the same names ask everything of one service, and look for what is not theirs.

Every memory carries a canary, a word that occurs nowhere else. Requests are made from the contract: all operations
that read, with ids of anybody, words of anybody, and the names of other tenants. An answer may hold the canaries of
the tenant that asked and those of its own question; nothing else, and never a failure of the service.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from random import Random

from gate_fixtures import bearer
from rights_requests import ENDLESS, operations, request_of

from fusion_memory import MemoryService, Scope

CANARY = re.compile(r"zq[a-z0-9]{12}qz")
USERS = ("ana", "Ana", "ben", "李雷", "an%")
SAYINGS = (
    "I moved to {} in May.",
    "My dog is called {}.",
    "I am allergic to {}.",
    "My project {} is due on Friday.",
    "我的猫叫{}。",
    "The meeting with {} was moved to 2026-03-09.",
)
READS = re.compile(
    r"^GET |^POST (/v1/(query|answer|answer/stream|answers(/stream)?|recall|packs|memories/search|reports/\w+"
    r"|policy/preview|decay|packs/\{pack_id\}/replay)|/search|/answer-context)$"
)
SHOWS_QUESTIONS = re.compile(r"pack|trace")
"""What shows a tenant its own questions again; they may hold words of another that the tenant made up."""

IDS = re.compile(r"\b(?:mem|fact|tell|ent|trace|pack|key|job|hold|sum|cond|rcpt)_[0-9a-z]{26}\b")


@dataclass
class Findings:
    """What a campaign found."""

    tenants: int = 0
    memories: int = 0
    requests: int = 0
    by_status: dict[int, int] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)
    canaries_seen: int = 0
    foreign: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"tenant leaks over HTTP: {self.tenants:,} tenants, {self.memories:,} memories, "
            f"{self.requests:,} requests to "
            f"{len(self.operations)} operations, statuses {dict(sorted(self.by_status.items()))}, "
            f"{self.canaries_seen:,} own canaries seen, {len(self.foreign)} foreign, {len(self.failures)} failures"
        )


class Town:
    """Tenants, their keys, their canaries, and every id that was ever seen."""

    def __init__(self, memory: MemoryService, tenants: int, seed: int) -> None:
        self.rng = Random(seed)
        self.names = [f"tenant {number}" if number % 7 else f"租户 {number}" for number in range(tenants)]
        self.owner_of: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.canaries: dict[str, list[str]] = {}
        self.ids: list[str] = []
        for name in self.names:
            self._settle(memory, name)

    def _settle(self, memory: MemoryService, name: str) -> None:
        made = memory.create_key(Scope(workspace_id=name), "all", ["admin"])
        self.secrets[name] = made.secret
        self.ids.append(made.key.id)
        for user in (None, "ana", self.rng.choice(USERS)):
            canaries = [self._canary(name) for _ in range(2)]
            said = [self.rng.choice(SAYINGS).format(canary) for canary in canaries]
            scope = Scope(workspace_id=name, user_id=user, session_id="s1")
            self.ids += memory.add(said, scope).ids

    def _canary(self, name: str) -> str:
        canary = "zq" + "".join(self.rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=12)) + "qz"
        self.owner_of[canary] = name
        self.canaries.setdefault(name, []).append(canary)
        return canary


class Campaign:
    """Random reads of random tenants; what they found is in ``findings``."""

    def __init__(self, http, memory: MemoryService, *, tenants: int, seed: int = 1) -> None:
        self._http = http
        self._town = Town(memory, tenants, seed)
        self._rng = Random(seed + 1)
        self._document, every = operations()
        self._every = {name: one for name, one in every.items() if READS.match(name) and name not in ENDLESS}
        self._asked: dict[str, set[str]] = {}
        self.findings = Findings(tenants, len(self._town.owner_of))

    def run(self, requests: int, *, stop_at_leak: bool = False) -> Findings:
        """So many requests, each of a random tenant to a random operation."""
        names = list(self._every)
        for _ in range(requests):
            self._ask(self._rng.choice(self._town.names), self._rng.choice(names))
            if stop_at_leak and self.findings.foreign:
                break
        return self.findings

    def _ask(self, tenant: str, name: str) -> None:
        verb, address, query, body = request_of(name, self._document, self._every[name])
        address = re.sub(r"mem_0{26}", lambda _: self._rng.choice(self._town.ids), address)
        query, body = self._varied(query, tenant), self._varied(body, tenant)
        reply = self._http.request(
            verb, address, params=query, json=body, headers=bearer(self._town.secrets[tenant])
        )
        self._judge(tenant, f"{verb} {reply.request.url} {json.dumps(body, ensure_ascii=False)}", name, reply)

    def _varied(self, given, tenant):
        """The same request with other names, words and ids in it."""
        if isinstance(given, dict):
            return {key: self._value(key, value, tenant) for key, value in given.items() if self._stays(key)}
        return given

    def _stays(self, key):
        return key not in {"workspace_id", "session_id"} or self._rng.random() < 0.7

    def _value(self, key, value, tenant):
        rng = self._rng
        if key == "workspace_id":
            return tenant if rng.random() < 0.8 else rng.choice(self._town.names)
        if key in {"user_id", "namespace", "user"}:
            return rng.choice(USERS)
        if key in {"query", "question", "text", "entity", "name"} and isinstance(value, str):
            return self._words(tenant)
        if (
            key.endswith("_id")
            and key not in {"session_id", "agent_id", "run_id", "app_id"}
            and isinstance(value, str)
        ):
            return rng.choice(self._town.ids)
        if isinstance(value, dict):
            return self._varied(value, tenant)
        return value

    def _words(self, tenant):
        rng = self._rng
        whose = tenant if rng.random() < 0.4 else rng.choice(self._town.names)
        canary = rng.choice(self._town.canaries[whose])
        return rng.choice(
            ("{}", "Where is {}?", "What is my dog called?", "我的猫叫什么?", "When is it due? {}")
        ).format(canary)

    def _judge(self, tenant: str, asked: str, name: str, reply) -> None:
        found = self.findings
        found.requests += 1
        found.operations.add(name)
        found.by_status[reply.status_code] = found.by_status.get(reply.status_code, 0) + 1
        if reply.status_code >= 500:
            found.failures.append(f"{asked}: {reply.status_code} {reply.text[:300]}")
        echoed = set(CANARY.findall(asked))
        self._asked.setdefault(tenant, set()).update(echoed)
        if SHOWS_QUESTIONS.search(name):
            echoed = self._asked[tenant]
        for canary in set(CANARY.findall(reply.text)) - echoed:
            if self._town.owner_of.get(canary) == tenant:
                found.canaries_seen += 1
            else:
                found.foreign.append(f"{tenant!r} got {canary} of {self._town.owner_of.get(canary)!r} by {asked}")
        foreign = [other for other in self._named(reply.text) if other not in asked and other != tenant]
        if foreign:
            found.foreign.append(f"{tenant!r} read the name of {foreign[0]!r} by {asked}")
        if reply.status_code < 300:
            self._town.ids += IDS.findall(reply.text)[:3]

    def _named(self, text: str) -> set[str]:
        return set(re.findall(r"(?:tenant|租户) \d+", text))
