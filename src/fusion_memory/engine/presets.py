"""What settings with a preset come to: the window of working memory, and how a language model reads.

Why it exists: a preset names several values at once, and a value that is said beside it counts before it. It reads
no files; it must not know how windows are filled or models asked.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fusion_memory.core.errors import InvalidOption, InvalidSetting
from fusion_memory.core.layers import WORKING_WINDOWS, Reach, WorkingWindow
from fusion_memory.core.settings import LanguageModelSettings, Settings, WorkingSettings
from fusion_memory.ingestion.extraction.model import ExtractionOptions
from fusion_memory.ingestion.extraction.model_batches import MESSAGES_USED, BatchOptions
from fusion_memory.ingestion.second_reading import ROUND_JOBS

MOST_RECENT = 10_000
ON_OFF = {"on": True, "off": False}
READING_PROFILES = {
    "default": BatchOptions(),
    "lightmem": BatchOptions(pre_compress=True, messages_use="user_only", topic_segment=True),
}
"""How a model reads, by name; ``lightmem`` is the write optimisation of that system."""


@dataclass(frozen=True, slots=True)
class WindowAsked:
    """What one call wants of working memory; None where the settings decide.

    Attributes:
        preset: a name of :data:`~fusion_memory.core.layers.WORKING_WINDOWS`.
        messages: so many at most, 0 to 10,000.
        minutes: only those of so many minutes; 0: however old.
        reach: ``session``, or ``user`` for all sessions.
        budget: tokens that they may have together; 0: no bound.
    """

    preset: str | None = None
    messages: int | None = None
    minutes: float | None = None
    reach: str | None = None
    budget: int | None = None


def window_of(settings: Settings) -> WorkingWindow:
    """The window of working memory that the settings say: the preset, and what is set beside it.

    Raises:
        InvalidSetting: there is no such preset or reach.
    """
    given, plain = settings.working, WorkingSettings()
    if given.preset not in WORKING_WINDOWS:
        raise _unknown("working.preset", given.preset, WORKING_WINDOWS)
    window = WORKING_WINDOWS[given.preset]
    if given.messages != plain.messages or "working.messages" in settings.origins:
        window = replace(window, messages=given.messages)
    if given.minutes != plain.minutes or "working.minutes" in settings.origins:
        window = replace(window, ttl_s=given.minutes * 60)
    if given.reach != plain.reach or "working.reach" in settings.origins:
        if given.reach not in set(Reach):
            raise _unknown("working.reach", given.reach, list(Reach))
        window = replace(window, reach=Reach(given.reach))
    return replace(window, tokens=given.tokens)


def window_asked(standing: WorkingWindow, asked: WindowAsked) -> WorkingWindow:
    """The window of one call: what it asks for, else what the settings say.

    Raises:
        InvalidOption: there is no such preset or reach, or a number is out of range.
    """
    window = standing
    if asked.preset is not None:
        if asked.preset not in WORKING_WINDOWS:
            known = ", ".join(WORKING_WINDOWS)
            raise InvalidOption(f"There is no preset {asked.preset!r} of working memory.", fix=f"one of {known}")
        window = replace(WORKING_WINDOWS[asked.preset], tokens=standing.tokens)
    if asked.messages is not None:
        window = replace(window, messages=int(_number("messages", asked.messages, MOST_RECENT)))
    if asked.minutes is not None:
        window = replace(window, ttl_s=_number("minutes", asked.minutes) * 60)
    if asked.reach is not None:
        if asked.reach not in set(Reach):
            raise InvalidOption(f"There is no reach {asked.reach!r}.", fix=f"one of {', '.join(Reach)}")
        window = replace(window, reach=Reach(asked.reach))
    if asked.budget is not None:
        window = replace(window, tokens=int(_number("budget", asked.budget)))
    return window


def reading_options(settings: LanguageModelSettings) -> ExtractionOptions:
    """How a language model reads: the profile, and what is set beside it.

    Raises:
        InvalidSetting: a value is unknown or leaves no room for a message.
    """
    if settings.profile not in READING_PROFILES:
        raise _unknown("llm.profile", settings.profile, READING_PROFILES)
    batching = READING_PROFILES[settings.profile]
    if settings.messages_use and settings.messages_use not in MESSAGES_USED:
        raise _unknown("llm.messages_use", settings.messages_use, MESSAGES_USED)
    try:
        return ExtractionOptions(
            replace(
                batching,
                pre_compress=_switch("llm.pre_compress", settings.pre_compress, batching.pre_compress),
                messages_use=settings.messages_use or batching.messages_use,
                topic_segment=_switch("llm.topic_segment", settings.topic_segment, batching.topic_segment),
                max_distill_tokens=settings.max_distill_tokens,
                topic_token_threshold=settings.topic_token_threshold,
            ),
            max_reply_tokens=settings.max_reply_tokens,
            max_claims=settings.max_claims,
            max_calls=settings.max_calls,
            budget_s=settings.budget_s,
        )
    except InvalidOption as error:
        raise InvalidSetting(error.what, why="A setting of llm leaves no room.", fix=error.fix) from None


def read_together(settings: LanguageModelSettings) -> int:
    """How many messages of one session are read together.

    Raises:
        InvalidSetting: none, or more than are worked on at a time.
    """
    if not 1 <= settings.batch_messages <= ROUND_JOBS:
        raise InvalidSetting(
            f"llm.batch_messages = {settings.batch_messages} is out of range.",
            why=f"It is a whole number from 1 to {ROUND_JOBS}.",
            fix=f"set it to {ROUND_JOBS} or less",
        )
    return settings.batch_messages


def _switch(name: str, value: str, by_profile: bool) -> bool:
    if not value:
        return by_profile
    if value not in ON_OFF:
        raise _unknown(name, value, ON_OFF)
    return ON_OFF[value]


def _number(name: str, value: float, most: float = math.inf) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        up_to = f" to {most:,}" if most < math.inf else " on"
        raise InvalidOption(f"{name}={value!r} is out of range.", fix=f"pass a number from 0{up_to}")
    return value


def _unknown(name: str, value: str, known: Iterable[str]) -> InvalidSetting:
    return InvalidSetting(f"{name} = {value!r} is unknown.", fix=f"one of {', '.join(known)}")
