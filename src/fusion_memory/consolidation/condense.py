"""Condensation: sessions become memory cards when enough was said, when they pause, end, or lost a source.

Why it exists: an agent that comes back needs what a session came to, not its words. Without a model a card is made
of the ledger, of marked lines and of the session's own sentences; with one the model writes the lines, and whatever
is wrong with them makes the card extractive. This file must not know queues or schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusion_memory.consolidation import card_model
from fusion_memory.consolidation.care import Care, CareReport
from fusion_memory.core.care_settings import is_on
from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.layers import CADENCES, Cadence, Cause
from fusion_memory.core.scope import Access
from fusion_memory.memory import card_text, condensations, events, facts
from fusion_memory.memory.condensations import CardDraft, Condensable, DraftLine
from fusion_memory.memory.facts import CURRENT, FactQuery
from fusion_memory.memory.summaries import Material
from fusion_memory.storage.interface import Transaction

SESSIONS_A_RUN: Final = 16
"""So many sessions are condensed in one run; more are left for the next."""


@dataclass(frozen=True, slots=True)
class Due:
    """A session that is due for a card, and why."""

    session_id: str
    cause: Cause


class Condensing:
    """The task ``condensation``."""

    name = "condensation"

    def run(self, care: Care, access: Access) -> CareReport:
        """Condense the sessions that are due by the settings, the one that was quiet longest first."""
        found = due(care, access)
        made = [condense(care, access, one) for one in found[:SESSIONS_A_RUN]]
        counts = {"condensed": sum(made), "kept_as_is": len(made) - sum(made)}
        return CareReport(counts, left=len(found) > SESSIONS_A_RUN)


def due(care: Care, access: Access, cause: Cause | None = None) -> list[Due]:
    """The sessions of the scope that are due; for a given ``cause`` all of them, for that."""
    with care.database.read() as tx:
        far = condensations.progress(tx, access)
    cadence, least, now = cadence_of(care), care.settings.condensation.least, care.clock.now()
    causes = ((one, cause or one.cause(cadence, least, now)) for one in far)
    return [Due(one.session_id, why) for one, why in causes if why is not None]


def orphans(care: Care, access: Access) -> list[Condensable]:
    """Sessions in which nothing was said for so long that they are over, and something is new in them."""
    longest_s = care.settings.condensation.orphan_minutes * 60
    now = care.clock.now()
    with care.database.read() as tx:
        far = condensations.progress(tx, access)
    return [
        one for one in far if one.fresh and longest_s and (now - one.last_recorded_at).total_seconds() >= longest_s
    ]


def condense(care: Care, access: Access, wanted: Due) -> bool:
    """Make one card and keep it; whether it was kept. No transaction is open while a model works."""
    with care.database.read() as tx:
        found = condensations.material(tx, access, wanted.session_id)
        if found is None:
            return False
        plain = _extracted(tx, care, access, found)
    draft = (card_model.written(care, found, plain) if _by_model(care) else None) or plain
    at = care.clock.now()
    with care.database.write() as tx:
        return condensations.keep(
            tx,
            access,
            draft,
            care.ids.new("card", at),
            wanted.cause,
            at,
            versions=care.settings.condensation.versions,
        )


def cadence_of(care: Care) -> Cadence:
    """When sessions are due by the settings.

    Raises:
        InvalidSetting: there is no such preset.
    """
    preset = care.settings.condensation.preset
    if preset not in CADENCES:
        raise InvalidSetting(f"condensation.preset = {preset!r} is unknown.", fix=f"one of {', '.join(CADENCES)}")
    return CADENCES[preset]


def _extracted(tx: Transaction, care: Care, access: Access, found: Material) -> CardDraft:
    """The card of a session without a model."""
    here = condensations.at_session(access, found.session_id)
    now = events.present(tx, here, care.clock.now())
    told = facts.pages(tx, here, FactQuery(states=CURRENT), now)
    lines = (DraftLine(*line) for line in card_text.extracted(found, told, now))
    return CardDraft(found, condensations.limited(lines))


def _by_model(care: Care) -> bool:
    return is_on("condensation.model", care.settings.condensation.model) and care.language_model is not None
