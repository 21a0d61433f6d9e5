"""The calls of the service on policies, legal holds and fading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fusion_memory.consolidation import judging, policy_plan, policy_work
from fusion_memory.core.clock import from_ms, parse_time, to_ms
from fusion_memory.core.errors import InvalidOption, NotFound
from fusion_memory.core.policy import (
    FORECAST_DAYS,
    DecayValue,
    Hold,
    Policy,
    PolicyReport,
    PolicyView,
    Tier,
    checked,
    preset_named,
)
from fusion_memory.core.scope import Access, Action, Scope
from fusion_memory.engine.calls import Calls
from fusion_memory.engine.options import MAX_LIMIT, require_count
from fusion_memory.memory import events, holds, owners, policies, weighing
from fusion_memory.memory.weighing import Weighed
from fusion_memory.storage.interface import Transaction

HOLD = "hold"
MOST_IDS = 10_000


class PolicyCalls(Calls):
    """See :class:`~fusion_memory.core.policy_api.PolicyApi`."""

    def policy(self, scope: Scope) -> PolicyView:
        """The policy that holds in a scope, and the levels it was made of, the widest first."""
        parts, access = self._enter(Action.READ, scope)
        with parts.database.read() as tx:
            return policies.view(tx, access)

    def set_policy(
        self,
        scope: Scope,
        changes: Mapping[str, Any] | None = None,
        *,
        preset: str | None = None,
        afresh: bool = False,
    ) -> PolicyView:
        """Change what the level of a scope says: its workspace, its owner or its session. Nothing is applied.

        Args:
            scope: the level; ``Scope(workspace_id="*")`` for the whole database.
            changes: fields of :class:`~fusion_memory.core.policy.Policy`; None takes a field back from this level.
            preset: a name of :data:`~fusion_memory.core.policy.PRESETS`; ``changes`` count before it.
            afresh: forget what the level said before.

        Raises:
            InvalidOption: an unknown field or preset, or a value out of range.
            InvalidScope: the scope is no level of policies.
        """
        parts, access = self._enter(Action.ADMIN, scope)
        level, given = policies.level_of(access), _given(changes, preset)
        with parts.database.write() as tx:
            policies.set_fields(tx, level, given, parts.clock.now(), afresh=afresh)
            return policies.view(tx, access)

    def preview_policy(
        self,
        scope: Scope,
        changes: Mapping[str, Any] | None = None,
        *,
        preset: str | None = None,
        at: datetime | str | None = None,
    ) -> PolicyReport:
        """What policies would do now, or with these changes at the level of the scope; nothing is done or kept.

        A workspace's preview covers all its owners, ``Scope(workspace_id="*")`` everybody: both take the right to
        administer.

        Args:
            scope: whose memories.
            changes: fields as for :meth:`set_policy`.
            preset: likewise.
            at: as if it were that moment.
        """
        parts, access = self._targeted(Action.READ, scope)
        given = _given(changes, preset)
        moment = parse_time(at) or parts.clock.now()
        parts.traces.flush()
        with parts.database.read() as tx:
            proposed = None
            if given:
                level = policies.level_of(access)
                proposed = (level, policies.proposal(tx, level, given))
            made = [policy_plan.plan(tx, one, moment, proposed=proposed) for one in _targets(tx, access)]
        return policy_plan.report(made, moment)

    def apply_policy(
        self, scope: Scope, *, at: datetime | str | None = None, digest: str | None = None
    ) -> PolicyReport:
        """Do what policies say, in one transaction; with the ``at`` and ``digest`` of a preview that, or nothing.

        Raises:
            PreviewOutdated: it would not be what the preview said; nothing was done.
        """
        parts, access = self._targeted(Action.ADMIN, scope)
        if digest is not None and at is None:
            raise InvalidOption("A digest needs the moment of its preview.", fix="pass at= of the same preview")
        now = parts.clock.now()
        parts.traces.flush()
        report, _ = policy_work.apply(
            parts.database,
            parts.ids,
            parse_time(at) or now,
            lambda tx: _targets(tx, access),
            now=now,
            digest=digest,
        )
        return report

    def hold(self, scope: Scope, reason: str, ids: Sequence[str] | None = None) -> Hold:
        """Place a legal hold on everything at the level of a scope, or on some memories of it.

        Raises:
            InvalidOption: there is no reason.
            InvalidScope: the scope is no level of holds.
            NotFound: an id is not in the scope.
        """
        parts, access = self._enter(Action.ADMIN, scope)
        level, now = policies.level_of(access), parts.clock.now()
        hold_id, why = parts.ids.new(HOLD, now), parts.redactor.text(reason)
        with parts.database.write() as tx:
            return holds.place(tx, level, hold_id, why, list(ids) if ids else None, now)

    def release_hold(self, hold_id: str, scope: Scope) -> Hold:
        """End a hold that stands at the level of a scope.

        Raises:
            NotFound: no such hold is in force there.
        """
        parts, access = self._enter(Action.ADMIN, scope)
        level = policies.level_of(access)
        with parts.database.write() as tx:
            return holds.release(tx, level, hold_id, parts.clock.now())

    def holds(self, scope: Scope, *, released: bool = False) -> tuple[Hold, ...]:
        """The holds in force that bear on a scope; with ``released`` those placed at its level that ended, too."""
        parts, access = self._enter(Action.ADMIN, scope)
        with parts.database.read() as tx:
            found = holds.bearing(tx, access)
            if released:
                known = {hold.id for hold in found}
                own = holds.listed(tx, policies.level_of(access), everything=True)
                found += tuple(hold for hold in own if hold.id not in known)
            return found

    def decay(
        self,
        scope: Scope,
        ids: Sequence[str] | None = None,
        *,
        at: datetime | str | None = None,
        limit: int = 100,
    ) -> tuple[DecayValue, ...]:
        """How strong memories are at a moment and 7, 30 and 90 days later if nobody says or uses them.

        Args:
            scope: whose.
            ids: which, at most 10,000; the latest ``limit`` of the scope when absent.
            at: the moment; now when absent.
            limit: 1 to 1,000.

        Raises:
            NotFound: an id is not in the scope.
        """
        parts, access = self._enter(Action.READ, scope)
        require_count("limit", limit, MAX_LIMIT)
        moment = parse_time(at) or parts.clock.now()
        parts.traces.flush()
        with parts.database.read() as tx:
            wanted = [event.id for event in events.latest(tx, access, limit)] if ids is None else list(ids)
            require_count("ids", max(len(wanted), 1), MOST_IDS)
            numbers = events.numbers(tx, access, wanted)
            if missing := set(wanted) - set(numbers.values()):
                raise NotFound(f"There is no memory {min(missing)!r} in this scope.")
            by_session = policies.of_sessions(tx, access, None)
            found = {one.id: one for one in weighing.of_events(tx, access, list(numbers))}
        return tuple(_decay(found[one], by_session, to_ms(moment)) for one in dict.fromkeys(wanted))

    def _targeted(self, action: Action, scope: Scope) -> tuple[Any, Access]:
        """The ticket of a call on policies; one about more than an owner takes the right to administer."""
        parts, access = self._enter(action, scope)
        owner = access.scope.owner
        if action is not Action.ADMIN and not (owner.user_id or owner.agent_id or owner.run_id):
            return self._enter(Action.ADMIN, scope)
        return parts, access


def _given(changes: Mapping[str, Any] | None, preset: str | None) -> dict[str, Any]:
    named = dict(preset_named(preset)) if preset else {}
    return checked({**named, **(changes or {})})


def _targets(tx: Transaction, access: Access) -> list[Access]:
    """The owners that a scope's policies are about: itself, those of a workspace, or everybody."""
    owner = access.scope.owner
    if owner.user_id or owner.agent_id or owner.run_id:
        return [access]
    every = owners.every(tx, access)
    if owner.workspace_id == policies.EVERYTHING:
        return every
    return [one for one in every if one.scope.owner.workspace_id == owner.workspace_id]


def _decay(memory: Weighed, by_session: Mapping[str, Policy], at_ms: int) -> DecayValue:
    policy = by_session.get(memory.session_id or "", by_session[""])
    expires = judging.expires_ms(memory, policy)
    ahead = {str(days): judging.strength(memory, policy, at_ms + days * judging.DAY_MS) for days in FORECAST_DAYS}
    return DecayValue(
        id=memory.id,
        said_at=from_ms(memory.said_ms),
        age_days=judging.age_days(memory, at_ms),
        importance=judging.importance(memory, policy),
        episodic=judging.episodic(memory),
        tier=Tier(memory.tier),
        archived=memory.archived,
        uses=memory.uses,
        last_used_at=None if memory.used_ms is None else from_ms(memory.used_ms),
        strength=judging.strength(memory, policy, at_ms),
        worth=judging.worth(memory, policy, at_ms),
        forecast=MappingProxyType(ahead),
        expires_at=None if expires is None else from_ms(expires),
    )
