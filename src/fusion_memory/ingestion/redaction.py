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

from fusion_memory.core.errors import InvalidSetting
from fusion_memory.core.records import Turn
from fusion_memory.core.settings import CaptureSettings
from fusion_memory.text import secrets

ON, OFF = "on", "off"


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
        """The turn without secrets in its content and metadata, and how many of each kind were taken out."""
        if not self.at_work:
            return turn, {}
        content = secrets.redact(turn.content, self.kept)
        metadata = secrets.redact_values(turn.metadata, self.kept)
        counts = Counter(content.counts) + Counter(metadata.counts)
        if not counts:
            return turn, counts
        return replace(turn, content=content.value, metadata=metadata.value), counts

    def text(self, text: str) -> str:
        """A question, or a value set by hand, without secrets."""
        return str(secrets.redact(text, self.kept).value) if self.at_work and isinstance(text, str) else text

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """A JSON object without secrets."""
        cleaned: Mapping[str, Any] = secrets.redact_values(given, self.kept).value if self.at_work else given
        return cleaned
