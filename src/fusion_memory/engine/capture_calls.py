"""The calls of the service that take in what was captured: logs, screened before anything of them is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from fusion_memory.core.api import Input
from fusion_memory.core.capture import Dropped, LogRecord, ScreeningReport
from fusion_memory.core.errors import FusionMemoryError, InvalidInput, InvalidOption
from fusion_memory.core.scope import Action, Scope
from fusion_memory.core.served import Accepted
from fusion_memory.core.settings import CaptureSettings
from fusion_memory.engine.calls import Calls
from fusion_memory.ingestion.normalise import Defaults, turns
from fusion_memory.ingestion.screening.classify import TIER_PRESETS
from fusion_memory.ingestion.screening.quality import BRIEF, QualityLines
from fusion_memory.ingestion.screening.records import Source, log_records
from fusion_memory.ingestion.screening.screen import ROLES, ScreeningOptions, Tally, message, screen
from fusion_memory.text.acceptance import require_text


class CaptureCalls(Calls):
    """See :class:`~fusion_memory.core.api.MemoryApi`."""

    def accept(
        self,
        input: Input,  # noqa: A002 (as in MemoryApi.add)
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Accepted:
        """Store what was said, like ``add``, and return before anything is made of it.

        Raises:
            InvalidInput: the input cannot be kept; nothing of it was stored.
            StorageError: the database refused; nothing of it was stored.
        """
        parts, access = self._enter(Action.WRITE, scope)
        result, event_nos = parts.ingestion.accept(access, input, Defaults(scope, session_time, metadata))

        def follow() -> None:
            with suppress(FusionMemoryError):  # it stays due, and somebody else does it
                parts.ingestion.derive(event_nos)

        return Accepted(result, follow)

    def ingest_log(  # noqa: PLR0913 (all but the first two are optional and named)
        self,
        records: Iterable[str | Mapping[str, Any] | LogRecord],
        scope: Scope,
        session_time: datetime | str | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        roles: Sequence[str] = ("user",),
        dry_run: bool = False,
        extra_fields: bool = False,
        on_drop: Callable[[Dropped], None] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> ScreeningReport:
        """Take in a captured log: screen it record by record, store what is worth keeping, account for all of it.

        Noise (ids, reminders, tool results, progress ...) is dropped before it becomes a memory; what is kept is
        stored a few hundred messages a transaction, with its own time, origin, category, priority and tier. A
        repeated call stores nothing twice. An error stops the log; what was committed before it stays.

        Args:
            records: the lines of a text log, messages, or records that a reader of session files made.
            scope: where it belongs; records may name their own session.
            session_time: when it was said, for records without a time and without one before them in their session.
            metadata: kept with every memory; the record's own values win.
            roles: who is kept: ``user``, ``assistant`` or both; what an assistant said is trusted as such.
            dry_run: only screen.
            extra_fields: keep fields that are unknown as metadata instead of refusing them.
            on_drop: is handed every record that is dropped, with the reason.
            progress: hears of every record that was screened.

        Raises:
            InvalidInput: a record cannot be used; its number is said.
            InvalidOption: a role or a setting of ``capture`` is unknown.
        """
        parts, access = self._enter(Action.READ if dry_run else Action.WRITE, scope)
        options = screening_options(self._settings.capture, roles)
        source = Source(extra=extra_fields, max_chars=self._settings.ingest.max_chars)
        defaults = Defaults(scope, session_time, metadata)
        tally = Tally()

        def kept() -> Iterator[dict[str, Any]]:
            for one in screen(log_records(records, source), options):
                tally.count(one)
                if one.kept:
                    require_text(one.text, source.max_chars, f"Record {one.record.place}")
                    yield message(one)
                elif on_drop:
                    on_drop(Dropped(one.record, one.reason or ""))
                if progress:
                    progress(1)

        if dry_run:
            for given in kept():
                turns(given, defaults)
            return tally.report()
        return tally.report(parts.ingestion.add_stream(access, kept(), defaults))


def screening_options(settings: CaptureSettings, roles: Sequence[str]) -> ScreeningOptions:
    """The measure that settings and a call ask for.

    Raises:
        InvalidOption: a role, ``capture.brief`` or ``capture.tiers`` is unknown.
        InvalidInput: the roles are no list of names.
    """
    if isinstance(roles, str) or not isinstance(roles, Sequence):
        raise InvalidInput("The roles are no list.", fix='roles=("user",) or roles=("user", "assistant")')
    unknown = next((role for role in roles if role not in ROLES), None)
    if unknown is not None or not roles:
        raise InvalidOption(f"There is no role {unknown!r} to keep.", fix=f"use {' and '.join(ROLES)}")
    if settings.brief not in BRIEF:
        raise InvalidOption(f"capture.brief is {settings.brief!r}.", fix=f"use one of {', '.join(BRIEF)}")
    if settings.tiers not in TIER_PRESETS:
        raise InvalidOption(f"capture.tiers is {settings.tiers!r}.", fix=f"use one of {', '.join(TIER_PRESETS)}")
    lines = QualityLines(settings.han_chars, settings.words, settings.chars, settings.brief)
    return ScreeningOptions(tuple(roles), lines, TIER_PRESETS[settings.tiers])
