"""The calls of the service on keys and on the audit trail, and the question who calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from fusion_memory.core.audit import AuditFilter, AuditPage, AuditVerdict
from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import AccessDenied, InvalidOption, NotFound, StorageError
from fusion_memory.core.keys import MAX_LABEL_CHARS, ApiKey, NewApiKey, actions_of, bounds_of, parts_of
from fusion_memory.core.scope import Access, Action, Bounds, Principal, Scope
from fusion_memory.core.service_errors import Unauthenticated
from fusion_memory.engine.calls import WHOLE_DATABASE, Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.engine.parts import Parts
from fusion_memory.memory import api_keys, audit
from fusion_memory.memory.api_keys import KeyDraft

LONGEST_OVERLAP_S = 30 * 86_400
_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{32})")
_NOBODY: frozenset[Action] = frozenset()


class RightsCalls(Calls):
    """See :class:`~fusion_memory.core.rights_api.RightsApi` and ``Recognition`` beside it."""

    def create_key(
        self,
        scope: Scope,
        label: str,
        rights: Sequence[str] = ("read", "write"),
        expires_at: datetime | str | None = None,
    ) -> NewApiKey:
        """Make a key that is bound to the scope's workspace, and to its user, agent and app where it names them.

        Args:
            scope: with a ``workspace_id``; a run or session cannot be named.
            label: what it is for, 1 to 120 characters.
            rights: some of ``read``, ``write``, ``workspace`` and ``admin``, none that the caller has not.
            expires_at: when it ends; never, when absent.

        Raises:
            InvalidScope: the scope names no workspace.
            InvalidOption: there is no such right, no label, or it would have ended already.
            AccessDenied: the caller may not administer there, or would give more than it has.
        """
        bounds = bounds_of(scope)
        return self._made(*self._enter(Action.ADMIN, scope), label, rights, bounds, expires_at)

    def create_operator_key(
        self, label: str, rights: Sequence[str] = ("admin",), expires_at: datetime | str | None = None
    ) -> NewApiKey:
        """Make a key that acts in every workspace and on the whole database; else as :meth:`create_key`."""
        return self._made(*self._enter(Action.ADMIN, WHOLE_DATABASE), label, rights, None, expires_at)

    def keys(self, scope: Scope | None = None, limit: int = 1_000) -> tuple[ApiKey, ...]:
        """The keys that are bound to a scope, the newest first; without a scope all there are."""
        parts, _, bounds = self._keys_of(scope)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return api_keys.within(tx, bounds, limit, parts.clock.now())

    def revoke_key(self, key_id: str, scope: Scope | None = None) -> ApiKey:
        """End a key; every process that serves the database refuses it from now on.

        Raises:
            NotFound: there is no such key in the scope.
        """
        parts, access, bounds = self._keys_of(scope)
        now = parts.clock.now()
        with parts.database.write() as tx:
            gone = api_keys.revoke(tx, _required(api_keys.by_id(tx, key_id, now), bounds, key_id), now)
            audit.record(tx, replace(access, scope=_home_of(gone)), "key.revoke", [key_id], {}, now)
        return gone

    def rotate_key(self, key_id: str, scope: Scope | None = None, overlap_s: float = 0.0) -> NewApiKey:
        """Make a key with the label, rights and bounds of another, which ends now or after an overlap.

        Args:
            key_id: of an active key.
            scope: where it is.
            overlap_s: seconds for which both are good, 0 to 30 days.

        Raises:
            NotFound: there is no such key in the scope.
            InvalidOption: it has ended already, or the overlap is out of range.
            AccessDenied: it may do more than the caller.
        """
        parts, access, bounds = self._keys_of(scope)
        if not 0 <= overlap_s <= LONGEST_OVERLAP_S:
            raise InvalidOption(f"An overlap of {overlap_s:g} seconds is out of range.", fix="0 to 2592000 seconds")
        now = parts.clock.now()
        new_id = parts.ids.new("key", now)
        with parts.database.write() as tx:  # looked at where it is written: it may be revoked meanwhile
            old = _required(api_keys.by_id(tx, key_id, now), bounds, key_id)
            _require_active(old)
            _forbid_more(access, old.rights)
            draft = KeyDraft(new_id, old.label, old.rights, old.within, old.expires_at)
            made = api_keys.create(tx, access, draft, self._settings.auth.pepper, now)
            if overlap_s:
                api_keys.expire(tx, old, now + timedelta(seconds=overlap_s))
            else:
                api_keys.revoke(tx, old, now)
            told = replace(access, scope=_home_of(old))
            audit.record(tx, told, "key.rotate", [key_id, made.key.id], {"overlap_s": overlap_s}, now)
        return made

    def audit(
        self,
        scope: Scope | None = None,
        wanted: AuditFilter | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> AuditPage:
        """What was done, the latest first.

        Args:
            scope: in its workspace, or of its owner where it names a user, agent or run; else the whole database.
            wanted: which deeds.
            limit: at most so many, 1 to 1,000.
            before: only rows before this number: ``next_before`` of the page before.

        Raises:
            InvalidOption, InvalidTime: the limit or a time cannot be used.
        """
        parts, access = self._enter(Action.ADMIN, scope or WHOLE_DATABASE)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return audit.listed(tx, access if scope else None, wanted or AuditFilter(), limit, before)

    def verify_audit(self, head: str | None = None) -> AuditVerdict:
        """Check that every row of the audit trail is as it was.

        Args:
            head: ``head`` of an earlier verdict, kept elsewhere: it must still be in the chain.

        Raises:
            InvalidOption: the head is none.
        """
        parts, _ = self._enter(Action.ADMIN, WHOLE_DATABASE)
        found = _HEAD.fullmatch(head) if head is not None else None
        if head is not None and found is None:
            raise InvalidOption(
                f"{head[:60]!r} is no head of the audit trail.", fix="one that was printed, like 12:3f..."
            )
        with parts.database.read() as tx:
            return audit.verified(tx, (int(found[1]), found[2]) if found else None)

    def recognise_key(self, presented: str, request_id: str | None = None) -> Principal:
        """The principal of a key that a caller sent. It is looked up every time, so a revoked key ends at once.

        Raises:
            Unauthenticated: it is no key, or unknown, expired or revoked; which of them is not told to the caller.
        """
        parts = self._parts
        now = parts.clock.now()
        with parts.database.read() as tx:
            key = api_keys.recognised(tx, presented, self._settings.auth.pepper, now)
        if key is None or key.state != api_keys.ACTIVE:
            public = parts_of(presented)
            source = f"key:{key.id}" if key else f"prefix:{public[0]}" if public else "no key"
            self._note(source, key.state if key else "unknown", request_id, _home_of(key))
            raise Unauthenticated("The key is not valid.")
        caller = Principal(f"key:{key.id}", actions_of(key.rights), key.within, "key", request_id)
        if api_keys.use_is_news(key, now):
            _note_use(parts, key, caller, now)
        return caller

    def has_keys(self) -> bool:
        """Whether a key was ever made, whatever became of it."""
        with self._parts.database.read() as tx:
            return api_keys.any_made(tx)

    def note_refused(self, source: str, reason: str, request_id: str | None = None) -> None:
        """Write down that somebody was not let in: where from, and why, never what was sent."""
        self._note(source, reason, request_id, WHOLE_DATABASE)

    def _note(self, source: str, reason: str, request_id: str | None, where: Scope) -> None:
        ticket = Access(Principal(source, _NOBODY, None, "anonymous", request_id), where, Action.READ)
        self._opened.denials.note(self._parts, ticket, audit.REFUSED, {"reason": reason})

    def _keys_of(self, scope: Scope | None) -> tuple[Parts, Access, Bounds | None]:
        bounds = bounds_of(scope) if scope else None
        return *self._enter(Action.ADMIN, scope or WHOLE_DATABASE), bounds

    def _made(
        self,
        parts: Parts,
        access: Access,
        label: str,
        rights: Sequence[str],
        bounds: Bounds | None,
        expires_at: datetime | str | None,
    ) -> NewApiKey:
        now, ends = parts.clock.now(), parse_time(expires_at)
        if not label.strip() or len(label) > MAX_LABEL_CHARS or not label.isprintable():
            raise InvalidOption("A label has 1 to 120 printable characters.", fix='label="nightly import"')
        if ends is not None and ends <= now:
            raise InvalidOption("The key would have ended already.", fix="an expires_at that is still to come")
        _forbid_more(access, rights)
        names = tuple(dict.fromkeys(rights))
        draft = KeyDraft(parts.ids.new("key", now), parts.redactor.text(label.strip()), names, bounds, ends)
        with parts.database.write() as tx:
            made = api_keys.create(tx, access, draft, self._settings.auth.pepper, now)
            audit.record(tx, access, "key.create", [made.key.id], {"rights": " ".join(names)}, now)
        return made


def _note_use(parts: Parts, key: ApiKey, caller: Principal, now: datetime) -> None:
    """Once an hour: that the key is in use, for whoever lists keys and for the audit trail."""
    with suppress(StorageError), parts.database.write() as tx:
        if api_keys.note_use(tx, key, now):
            audit.record(tx, Access(caller, _home_of(key), Action.READ), audit.LOGIN, [key.id], {}, now)


def _home_of(key: ApiKey | None) -> Scope:
    """Where what becomes of a key is written down: with its tenant, whoever does it."""
    return Scope(workspace_id=key.within.workspace_id) if key and key.within else WHOLE_DATABASE


def _required(key: ApiKey | None, bounds: Bounds | None, key_id: str) -> ApiKey:
    """The key, when it lies within the bounds that the caller named."""
    if key is None or (bounds is not None and not _lies_within(key, bounds)):
        raise NotFound(f"There is no key {key_id!r} here.", fix="fusion-memory keys list")
    return key


def _lies_within(key: ApiKey, bounds: Bounds) -> bool:
    named = ((getattr(bounds, name), getattr(key.within, name, None)) for name in Bounds.__slots__)
    return all(wanted is None or wanted == own for wanted, own in named)


def _require_active(key: ApiKey) -> None:
    if key.state != api_keys.ACTIVE:
        raise InvalidOption(f"The key {key.id} is {key.state}.", fix="make a new one: fusion-memory keys create")


def _forbid_more(access: Access, rights: Sequence[str]) -> None:
    """Nobody gives what it has not."""
    more = actions_of(rights) - access.principal.rights
    if more:
        raise AccessDenied(
            f"{access.principal.id!r} cannot give {', '.join(sorted(more))}.",
            why="A key may do no more than whoever makes it.",
            fix="name fewer rights",
        )
