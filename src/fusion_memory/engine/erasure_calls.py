"""The calls of the service that erase, and those that prove it."""

from __future__ import annotations

from collections.abc import Sequence

from fusion_memory.core.errors import InvalidOption, InvalidScope, NotFound
from fusion_memory.core.receipts import Receipt, VerifiedReceipt
from fusion_memory.core.reports import ForgetResult
from fusion_memory.core.scope import Action, Scope
from fusion_memory.core.telemetry import ERASE, RECORDS, observing
from fusion_memory.engine import erasing
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.memory import policies, receipts
from fusion_memory.memory.holds import Override
from fusion_memory.storage import sidecar

MOST_REASON_CHARS = 200


class ErasureCalls(Calls):
    """See :class:`~fusion_memory.core.policy_api.PolicyApi` and :class:`~fusion_memory.core.api.MemoryApi`."""

    def forget(
        self,
        scope: Scope,
        ids: Sequence[str] | None = None,
        *,
        everything: bool = False,
        dry_run: bool = False,
        despite_hold: str | None = None,
    ) -> ForgetResult:
        """Erase memories with their passages, vectors, index entries and traces; nothing of them stays on disk.

        Args:
            scope: whose memories; its session, agent, run and app narrow what ``everything`` means.
            ids: the memories to erase.
            everything: erase all that the scope covers.
            dry_run: only count.
            despite_hold: the reason to override legal holds, which takes the right to administer where each of
                them stands, and is audited.

        Raises:
            InvalidOption: neither ``ids`` nor ``everything`` was given, or both.
            NotFound: an id is not in the scope; nothing was erased.
            OnHold: a memory is on legal hold; nothing was erased.
        """
        parts, access = self._enter(Action.FORGET, scope)
        if (ids is None) != everything:
            raise InvalidOption("Say what to forget.", fix="pass ids=[...] or everything=True, not both")
        chosen = None if everything else list(dict.fromkeys(ids or ()))
        despite = self._overriding(scope, despite_hold, chosen, subject=False)
        with observing(ERASE) as seen:
            done = erasing.forget(parts, access, chosen, dry_run, despite)
            seen.attributes[RECORDS] = 0 if dry_run else len(done.ids)
        return done

    def forget_subject(
        self, scope: Scope, *, dry_run: bool = False, despite_hold: str | None = None
    ) -> ForgetResult:
        """Erase a user, agent or run: memories and every row of every table that is theirs, the name included.

        Other owners' memories that speak of them stay: they are what others said.

        Raises:
            InvalidScope: the scope is a workspace or narrower than an owner.
            NotFound: nothing is kept of such an owner.
            OnHold: a legal hold bears on the owner; nothing was erased.
        """
        parts, access = self._enter(Action.FORGET, scope)
        if policies.level_of(access).name != "owner":
            raise InvalidScope(
                "A subject is one user, agent or run.",
                why=f"{access.scope!r} is wider or narrower.",
                fix="pass Scope(user_id=...), with the workspace where there is one",
            )
        despite = self._overriding(scope, despite_hold, None, subject=True)
        return erasing.forget_subject(parts, access, dry_run, despite)

    def receipts(self, scope: Scope, limit: int = 100) -> tuple[Receipt, ...]:
        """The latest erasures of a scope's owner, the latest first; also of one that is erased."""
        parts, access = self._enter(Action.READ, scope)
        require_count("limit", limit, MAX_LIMIT)
        with parts.database.read() as tx:
            return receipts.listed(tx, access, limit)

    def verify_receipt(self, receipt_id: str, scope: Scope) -> VerifiedReceipt:
        """A receipt, and whether what it says still holds: unchanged, audited, and nothing of it came back.

        Raises:
            NotFound: there is no such receipt of the scope's owner.
        """
        parts, access = self._enter(Action.READ, scope)
        path = parts.database.beside(sidecar.SUFFIX)
        with parts.database.read() as tx:
            found = receipts.find(tx, access, receipt_id)
            if found is None:
                raise NotFound(
                    f"There is no receipt {receipt_id!r} of {access.scope!r}.", fix="fusion-memory receipt"
                )
            return receipts.verify(tx, found, sidecar.read(path).digests if path else None)

    def _overriding(
        self, scope: Scope, reason: str | None, ids: Sequence[str] | None, *, subject: bool
    ) -> Override | None:
        """Which legal holds an erasure overrides and why, from who may administer where each of them stands.

        Raises:
            InvalidOption: the reason is none.
            AccessDenied: a hold stands where the caller may not administer: at its workspace, say.
        """
        if reason is None:
            return None
        parts, access = self._enter(Action.ADMIN, scope)
        if not reason.strip() or len(reason) > MOST_REASON_CHARS or not reason.isprintable():
            raise InvalidOption(
                "An override needs a reason.",
                why=f"One line of at most {MOST_REASON_CHARS} characters; it is kept in the audit trail.",
                fix="name the order or the decision",
            )
        found = erasing.holds_over(parts, access, ids, subject=subject)
        for place in dict.fromkeys(found.values()):
            self._enter(Action.ADMIN, place)
        return Override(parts.redactor.text(reason.strip()), frozenset(found))
