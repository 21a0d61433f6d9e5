"""Reads of what was said, of its history, counts and copies, each judged by the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from fusion_memory.core.clock import parse_time
from fusion_memory.core.errors import NotFound
from fusion_memory.core.records import Event, SearchOptions, Span
from fusion_memory.core.scope import Scope
from fusion_memory.engine.service import MemoryService
from fusion_memory.retrieval.recipes import RECIPES
from fusion_memory.testing.leak_judge import Judge, Leak, Reads
from fusion_memory.testing.tenants import BEGINNING, DAYS, PLACES, ROLES, Town, Truth, within


class MemoryReads(Reads):
    """Search, packs, single objects, history, counts, export, and what an erasure would reach."""

    def __init__(self, memory: MemoryService, town: Town, rng: Random, judge: Judge) -> None:
        super().__init__(memory, town, rng, judge)
        self._traces: list[tuple[Scope, str]] = []
        self._packs: list[tuple[Scope, str]] = []

    def paths(self) -> tuple[Callable[[Scope], None], ...]:
        """The reads, searches most often."""
        return (
            *[self._search] * 6,
            *[self._pack] * 2,
            self._get,
            self._get_foreign,
            self._related,
            self._trace,
            self._kept_packs,
            self._history,
            self._entity,
            self._stats,
            self._export,
            self._dry_run,
            self._forget_foreign,
        )

    def _search(self, scope: Scope) -> None:
        options = self._options()
        reach = scope.across_sessions() if options.allow_cross_session else scope
        visible = {key: t for key, t in self.town.visible(reach).items() if _passes(t, options)}
        result = self.memory.search(self.town.question(self.rng), scope, options)
        self.judge.shows(replace(result, working=()), visible)
        self.judge.shows(result.working, self.town.visible(scope))
        told = {part for part in result.degraded if part != f"vectors_pending:{self._pending(scope)}"}
        if told:
            raise Leak(f"the result tells {told}")
        if result.trace_id:
            self._traces = [*self._traces[-150:], (scope, result.trace_id)]

    def _pack(self, scope: Scope) -> None:
        """Its lines pass the filters; what was understood rests on what the scope may see, core on all sessions."""
        options = self._options()
        reach = self.town.visible(scope.across_sessions() if options.allow_cross_session else scope)
        budget = self.rng.choice((100, 1_000, 5_000))
        pack = self.memory.answer_context(self.town.question(self.rng), scope, budget, options)
        core = tuple(section for section in pack.sections if section.name == "core")
        over = tuple(drop for drop in pack.dropped if drop.reason == "core_share")
        others = tuple(section for section in pack.sections if section not in core)
        dropped = tuple(drop for drop in pack.dropped if drop not in over)
        self.judge.shows((core, over, pack.text), self.town.visible(scope.across_sessions()))
        if (core or over or pack.working) and _filtered(options):
            raise Leak("a filtered pack tells what is at hand")
        lines = replace(pack, sections=others, dropped=dropped, text="" if core else pack.text, working=())
        lines = replace(lines, facts=(), current_views=(), conflicts=())
        self.judge.shows(lines, {key: truth for key, truth in reach.items() if _passes(truth, options)})
        self.judge.shows((pack.facts, pack.current_views, pack.conflicts), reach)
        self.judge.shows(pack.working, self.town.visible(scope))
        if pack.id:
            self._packs = [*self._packs[-150:], (scope, pack.id)]

    def _kept_packs(self, scope: Scope) -> None:
        """Of packs that were handed out, those that were asked where the scope can see, and no others."""
        hidden = {pack_id for asked_in, pack_id in self._packs if not _asked_within(asked_in, scope)}
        if shown := hidden & {note.id for note in self.memory.packs(scope, 1_000)}:
            raise Leak(f"packs that were asked elsewhere are listed: {shown}")
        for asked_in, pack_id in self.rng.sample(self._packs, min(2, len(self._packs))):
            if pack_id in hidden:
                self.judge.not_found(partial(self.memory.pack, pack_id, scope), pack_id)
                continue
            with suppress(NotFound):  # it may be pruned
                self.judge.shows(self.memory.pack(pack_id, scope), self.town.visible(asked_in.across_sessions()))

    def _get(self, scope: Scope) -> None:
        visible = self.town.visible(scope)
        if visible:
            key, truth = self.rng.choice(list(visible.items()))
            event, span = self.memory.get(key, scope=scope), self.memory.get(f"{key}#0", scope=scope)
            self.judge.shows([event, span], visible)
            if not isinstance(event, Event) or event.content != truth.text or not isinstance(span, Span):
                raise Leak(f"{key} came back as {event!r}")

    def _get_foreign(self, scope: Scope) -> None:
        for key in self.foreign(scope, 5):
            for wanted in (key, f"{key}#0"):
                self.judge.not_found(partial(self.memory.get, wanted, scope=scope), wanted)
            told = self.memory.history(scope, fact_id=key)
            if told:
                raise Leak(f"the history of {key} was told: {told!r}")

    def _related(self, scope: Scope) -> None:
        """Beside a memory stands what may be seen, each reason names and counts such things alone."""
        crossing, visible = self.reach(scope)
        for key in self.rng.sample(sorted(visible), min(2, len(visible))):
            found = self.memory.related(key, scope, limit=1_000, allow_cross_session=crossing)
            self.judge.shows(found, visible)
            counts = [
                reason.count for near in found.neighbours for reason in near.reasons if reason.kind == "entity"
            ]
            if any(count > len(visible) for count in counts):
                raise Leak(f"of {len(visible)} visible memories {max(counts)} name an entity")
        for key in self.foreign(scope, 2):
            self.judge.not_found(partial(self.memory.related, key, scope), key)

    def _trace(self, scope: Scope) -> None:
        if not self._traces:
            return
        asked_in, trace_id = self.rng.choice(self._traces)
        if _asked_within(asked_in, scope):
            with suppress(NotFound):  # a trace may be pruned
                self.judge.shows(self.memory.trace(trace_id, scope), self.town.visible(asked_in.across_sessions()))
        else:
            self.judge.not_found(partial(self.memory.trace, trace_id, scope), trace_id)

    def _history(self, scope: Scope) -> None:
        crossing, visible = self.reach(scope)
        gone = {key: truth for key, truth in self.town.gone.items() if truth.place.owner == scope.owner}
        told = self.memory.history(scope, allow_cross_session=crossing, limit=self.rng.choice((1, 10, 1_000)))
        self.judge.shows(told, {**visible, **gone})
        if any(entry.text for entry in told if entry.id in gone):
            raise Leak("an erased text was told")

    def _entity(self, scope: Scope) -> None:
        entity = self.town.question(self.rng).split()[0]
        self.judge.shows(self.memory.history(scope, entity=entity), self.town.visible(scope))

    def _stats(self, scope: Scope) -> None:
        visible, stats = self.town.visible(scope), self.memory.stats(scope)
        sessions = {t.place.session_id for t in visible.values()} - {None}
        pending = self._pending(scope)
        counted = (stats.memories, stats.spans, stats.sessions, stats.pending)
        if counted != (len(visible), len(visible), len(sessions), pending):
            raise Leak(f"memories, passages, sessions, pending: counted {counted} of {len(visible)} visible ones")
        if not stats.spans - pending <= stats.vectors <= stats.spans:
            raise Leak(f"counted {stats.vectors} vectors of {stats.spans} passages")

    def _export(self, scope: Scope) -> None:
        visible = self.town.visible(scope)
        records = list(self.memory.export(scope))
        self.judge.shows([record for record in records if record["type"] != "profile_value"], visible)
        self.judge.is_all({record["id"] for record in records if record["type"] == "memory"}, visible)
        values = {record["key"]: record["value"] for record in records if record["type"] == "profile_value"}
        if values and values != self.town.values[scope.owner]:
            raise Leak(f"{values!r} was exported as what is kept about {scope!r}")
        if any(Scope(**record["scope"]).owner != scope.owner for record in records if "scope" in record):
            raise Leak(f"an export of {scope!r} has records of another owner")

    def _dry_run(self, scope: Scope) -> None:
        visible = self.town.visible(scope)
        reach = self.memory.forget(scope, everything=True, dry_run=True)
        self.judge.shows(reach, visible)
        self.judge.is_all(reach.ids, visible)

    def _forget_foreign(self, scope: Scope) -> None:
        for key in self.foreign(scope, 2):
            dry = self.rng.random() < 0.9
            self.judge.not_found(partial(self.memory.forget, scope, [key], dry_run=dry), key)

    def _pending(self, scope: Scope) -> int:
        return next(self.town.pending[n] for n, owner in enumerate(self.town.owners) if owner.owner == scope.owner)

    def _options(self) -> SearchOptions:
        rng = self.rng

        def sometimes(value: Any) -> Any:  # noqa: ANN401 (of any option)
            return value if rng.random() < 0.15 else None

        return SearchOptions(
            limit=rng.choice((1, 5, 10, 50, 200)),
            recipe=rng.choice([None, *RECIPES]),
            allow_cross_session=rng.random() < 0.3,
            group_by="session" if rng.random() < 0.2 else "memory",
            since=sometimes(BEGINNING + timedelta(days=rng.randrange(DAYS))),
            until=sometimes(BEGINNING + timedelta(days=rng.randrange(DAYS))),
            roles=sometimes((rng.choice(ROLES),)) or (),
            session_ids=sometimes((rng.choice(PLACES["session_id"][1:]), "s2")) or (),
            metadata=sometimes({"mood": rng.randrange(4)}) or {},
            trace=rng.random() < 0.8,
        )


def _asked_within(place: Scope, scope: Scope) -> bool:
    return place.owner == scope.owner and within(place, scope)


def _filtered(options: SearchOptions) -> bool:
    return options.narrowed or bool(options.session_ids)


def _passes(truth: Truth, options: SearchOptions) -> bool:
    return all(_tests(truth, options))


def _tests(truth: Truth, options: SearchOptions) -> Iterable[bool]:
    since, until = parse_time(options.since), parse_time(options.until)
    yield since is None or truth.said_at >= since
    yield until is None or truth.said_at < until
    yield not options.roles or truth.role in options.roles
    yield not options.session_ids or truth.place.session_id in options.session_ids
    yield not options.metadata or truth.mood == options.metadata["mood"]
