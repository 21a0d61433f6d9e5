"""Take credentials out of what was said before it is kept: nobody means to have a key remembered.

What a secret looks like is the business of :mod:`fusion_memory.text.secrets`; this file knows where texts stand in
a turn. It is the one place where less is kept than was said; a mark says what stood there, and the audit trail and
the result count it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from fusion_memory.core.errors import InvalidInput, InvalidSetting
from fusion_memory.core.records import Turn
from fusion_memory.core.settings import CaptureSettings
from fusion_memory.memory.events import NewEvent, content_hash
from fusion_memory.text import secrets

ON, OFF = "on", "off"
CARD = "card_number"
"""Many a long number passes as one by chance, so no id is refused for it."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Takes secrets out; ``kept`` are the kinds that stay, ``at_work`` False lets everything stay."""

    kept: frozenset[str] = frozenset()
    at_work: bool = True

    @classmethod
    def from_settings(cls, settings: CaptureSettings) -> Self:
        """What the settings ask for.

        Raises:
            InvalidSetting: there is no such mode, or no such kind of secret.
        """
        if settings.redact not in (ON, OFF):
            raise InvalidSetting(f"There is no redaction mode {settings.redact!r}.", fix="capture.redact=on or off")
        kept = frozenset(name.strip() for name in settings.redact_except.split(",") if name.strip())
        unknown = sorted(kept - set(secrets.NAMES))
        if unknown:
            raise InvalidSetting(
                f"There is no kind of secret {unknown[0]!r}.", fix="fusion-memory redact --kinds lists them"
            )
        return cls(kept, settings.redact == ON)

    def turn(self, turn: Turn) -> tuple[Turn, Mapping[str, int]]:
        """The turn without secrets in its content, metadata, voice and id, and how many went of each kind.

        Raises:
            InvalidInput: the session id is a credential; a mark in its place would join sessions.
        """
        if not self.at_work:
            return turn, {}
        self._require_no_secret(turn.session_id)
        counts: Counter[str] = Counter()
        cleaned: dict[str, Any] = {}
        for name in ("content", "role", "speaker", "client_id", "origin", "metadata"):
            given = getattr(turn, name)
            clean = secrets.redact_values(given, self.kept)
            if clean.counts:
                cleaned[name] = clean.value
                counts.update(clean.counts)
        return (replace(turn, **cleaned) if counts else turn), counts

    def event(self, event: NewEvent) -> tuple[NewEvent, Mapping[str, int]]:
        """What comes from another database without secrets, as :meth:`turn`; its id and identity stay.

        With the identity, which is a hash, a second import finds what the first one stored.
        """
        turn, counts = self.turn(event.turn)
        if not counts:
            return event, counts
        return replace(event, turn=turn, content_hash=content_hash(turn.content)), counts

    def _require_no_secret(self, session_id: str | None) -> None:
        found = secrets.find_secrets(session_id, self.kept | {CARD}) if session_id else []
        if found:
            raise InvalidInput(
                f"The session id looks like a credential ({found[0].kind}).",
                why="A session is found again by its id, so nothing can be taken out of it.",
                fix=f"give the session another id, or set capture.redact_except={found[0].kind}",
            )

    def text(self, text: str) -> str:
        """A question, or a value set by hand, without secrets."""
        return str(secrets.redact(text, self.kept).value) if self.at_work and isinstance(text, str) else text

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """A JSON object without secrets."""
        cleaned: Mapping[str, Any] = secrets.redact_values(given, self.kept).value if self.at_work else given
        return cleaned
