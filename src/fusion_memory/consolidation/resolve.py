"""The offline resolver: of two like facts that rules left side by side it decides whether both hold.

Why it exists: judging such pairs takes a look at both, which no call should wait for (S4.57, S4.60). Without a
model the rules decide and what they are not sure of stays; with one it decides, within what the rules allow. A
verdict never drops a statement: ADD leaves both, UPDATE and NOOP let them count as one told twice, SUPERSEDE lets
both answer one question, so that the later ends the earlier and the earlier stays as history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fusion_memory.consolidation import asking, pairing, resolve_rules
from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.consolidation.pairing import Pair
from fusion_memory.core.care_settings import is_on
from fusion_memory.core.scope import Access
from fusion_memory.memory import audit, care_progress, near_facts
from fusion_memory.models.language_model import Prompt
from fusion_memory.storage.interface import Transaction

PURPOSE: Final = "resolver"
PAIRS_A_RUN: Final = 20
"""Pairs that are decided in one run; a model is asked about all of them in one call."""

LIKE: Final = 0.4
"""The share of words from which two facts may be about one matter."""

RULES, MODEL = "rules", "model"
REPLY_TOKENS: Final = 1_000

_SYSTEM: Final = (
    "You compare pairs of statements that one person's memory holds, an older and a newer one, and say as one JSON "
    'object and nothing else: {"verdicts": [{"pair": 1, "verdict": "ADD", "reason": "both_hold"}]}\n'
    "verdict  ADD: both can be true at one time; NOOP: the newer says the same; UPDATE: the newer says the same "
    "more precisely; SUPERSEDE: the newer is true instead of the older\n"
    "reason   one of: " + ", ".join(sorted(resolve_rules.REASONS)) + "\n"
    "In doubt ADD.\n" + asking.MATERIAL
)

Verdict = tuple[str, str, str]
"""The verdict, the reason's code, and who says so."""


class Resolver:
    """The task ``resolver``."""

    name = "resolver"

    def run(self, care: Care, access: Access) -> CareReport:
        """Decide pairs with something new in them that were not decided before, a few in one run."""
        by_model = (
            is_on("compaction.resolver", care.settings.compaction.resolver) and care.language_model is not None
        )
        mark = f"{self.name}:{MODEL if by_model else RULES}"
        with care.database.read() as tx:
            after, _ = care_progress.reached(tx, access, mark)
            told, last = near_facts.told_since(tx, access, after)
            open_pairs = self._open(tx, access, after, by_model) if told else []
        if not told:
            return CareReport(dict.fromkeys(resolve_rules.VERDICTS, 0))
        found = open_pairs[:PAIRS_A_RUN]
        verdicts = self._by_model(care, found) if by_model and found else {}
        if by_model and found and not verdicts:
            return CareReport(dict.fromkeys(resolve_rules.VERDICTS, 0))  # the model failed: they stay open
        counts = self._keep(care, access, found, verdicts)
        left = len(open_pairs) > len(found)
        if not left:
            with care.database.write() as tx:
                care_progress.reach(tx, access, mark, last, care.clock.now())
        return CareReport({name: counts[name] for name in resolve_rules.VERDICTS}, left=left)

    @staticmethod
    def _open(tx: Transaction, access: Access, after: int, by_model: bool) -> list[Pair]:
        """Pairs that are alike and that nobody decided who counts as much as who decides now."""
        settled = {MODEL} if by_model else {MODEL, RULES}
        return [
            pair
            for pair in pairing.pairs(tx, access, after)
            if pair.overlap >= LIKE and near_facts.decided_by(tx, access, pair.older, pair.newer) not in settled
        ]

    @staticmethod
    def _by_model(care: Care, found: Sequence[Pair]) -> Mapping[int, Verdict]:
        """What the model says of each pair, as far as it may say so; empty when it says nothing usable."""
        told = [text for pair in found for text in (_told(pair.older), _told(pair.newer))]
        mark = asking.fence(care, told)
        lines = (
            f"{mark} pair {number}\nolder: {_told(pair.older)}\nnewer: {_told(pair.newer)}"
            for number, pair in enumerate(found, 1)
        )
        prompt = Prompt(_SYSTEM % {"fence": mark}, "\n".join(lines), REPLY_TOKENS, json=True)
        answer = asking.ask(care, PURPOSE, prompt)
        entries = answer[0].get("verdicts") if answer else None
        verdicts: dict[int, Verdict] = {}
        for entry in entries if isinstance(entries, list) else []:
            number = _number(entry, len(found))
            if number is not None:
                verdicts[number] = _allowed(found[number], entry)
        return verdicts

    @staticmethod
    def _keep(care: Care, access: Access, found: Sequence[Pair], verdicts: Mapping[int, Verdict]) -> Counter[str]:
        """Write what was decided; a fact that is gone or no longer holds is left alone."""
        counts: Counter[str] = Counter()
        if not found:
            return counts
        now = care.clock.now()
        with care.database.write() as tx:
            for number, pair in enumerate(found):
                verdict, reason, method = verdicts.get(number) or (
                    *resolve_rules.by_rules(pair.older, pair.newer),
                    RULES,
                )
                both = near_facts.still_holding(tx, access, pair.older, pair.newer)
                if both is None:
                    continue
                if verdict == "SUPERSEDE":
                    near_facts.supersede(tx, access, *both)
                elif verdict in ("NOOP", "UPDATE"):
                    near_facts.join(tx, access, *both)
                near_facts.note(tx, access, both, verdict, reason, method, now)
                counts[verdict] += 1
            audit.record(tx, access, "resolve", [], dict(counts), now)
        return counts


def _told(one: near_facts.Standing) -> str:
    return f"{one.said_at:%Y-%m-%d}: {one.known.text} ({one.quote})"


def _number(entry: object, count: int) -> int | None:
    """Which pair an entry is about, from 0; None for none that was asked about."""
    number = entry.get("pair") if isinstance(entry, Mapping) else None
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= count:
        return None
    return number - 1


def _allowed(pair: Pair, entry: Mapping[str, Any]) -> Verdict:
    """A model's verdict; what it is not entitled to say leaves both facts side by side."""
    verdict, reason = entry.get("verdict"), entry.get("reason")
    why = reason if isinstance(reason, str) and reason in resolve_rules.REASONS else "not_sure"
    if verdict == "SUPERSEDE" and resolve_rules.may_supersede(pair.older, pair.newer):
        return verdict, why, MODEL
    if verdict in ("NOOP", "UPDATE") and resolve_rules.may_join(pair.older, pair.newer):
        return str(verdict), why, MODEL
    return "ADD", why if verdict == "ADD" else "not_sure", MODEL
