"""Reads messages with a language model: asks, mends once, gives up with a reason; never an exception.

Why it exists: a model sees what rules cannot, and may fail in every way. Must not know: which model, stores, gates.
For every message the caller learns whether the model read it; where it did not, the rules take over.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from fusion_memory.core.errors import InvalidOption, ModelError, ModelTimeout, ModelUnavailable, PromptRefused
from fusion_memory.core.knowledge import Claim
from fusion_memory.ingestion.extraction import prompt as words
from fusion_memory.ingestion.extraction.model_batches import BatchOptions, Piece, batches, halves
from fusion_memory.ingestion.extraction.model_claims import Understood, speaks, understand
from fusion_memory.ingestion.extraction.own_words import own_words
from fusion_memory.ingestion.extraction.reply import Found, entries_in
from fusion_memory.models.language_model import LanguageModel, ModelUsage, Prompt, TextFunction, usage_of
from fusion_memory.models.language_model_guard import guarded

NOT_ASKED: Final = "not_asked"
"""Why the model did not read a message that was kept from it by the options, or has nothing to read."""

PRIVATE: Final = "asked_not_to_remember"
"""Why the model was not shown a message: its writer wants it so; the rules come to the same judgement."""

_MENDABLE: Final = frozenset({"bad_json", "model_prose", "empty_reply", "wrong_shape"})
_HOPELESS: Final = frozenset({"model_timeout", "model_unavailable"})


@dataclass(frozen=True, slots=True)
class ExtractionOptions:
    """How the model is used.

    Attributes:
        batching: which messages are read together.
        max_reply_tokens: longest reply; raised once, fourfold, for a single message whose reply was cut off.
        max_claims: most claims of one message.
        max_calls: most calls of one ``read``, repairs included; 0: no bound.
        budget_s: no call is begun after so many seconds of one ``read``; 0: no bound.
    """

    batching: BatchOptions = field(default_factory=BatchOptions)
    max_reply_tokens: int = 1_500
    max_claims: int = 12
    max_calls: int = 0
    budget_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be followed.

        Raises:
            InvalidOption: an option is outside its range.
        """
        if self.max_reply_tokens < 1 or self.max_claims < 1 or self.max_calls < 0 or self.budget_s < 0:
            raise InvalidOption("A reading needs room for a reply and a claim.", fix="use the default options")


@dataclass(frozen=True, slots=True)
class TurnReading:
    """One message as the model read it.

    ``failed`` is None when the model read all of it, claims or not; else why not, and ``claims`` is empty:
    the rules take over.
    """

    claims: tuple[Claim, ...] = ()
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class ModelReading:
    """What a model made of messages, and what that took.

    Attributes:
        turns: one per message, in order.
        kept: number of claims.
        dropped: entries of replies that became no claim, by reason.
        mended: claims kept without something the message does not bear out, by what.
        failures: batches, halves and single messages that could not be read, by reason; one that was read at
            a second try is no failure.
        repairs: second calls after a reply that could not be used; ``splits`` batches parted and ``raises``
            limits raised after a reply that was cut off.
        usage: calls, tokens and seconds of this reading.
    """

    turns: tuple[TurnReading, ...]
    kept: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    mended: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, int] = field(default_factory=dict)
    repairs: int = 0
    splits: int = 0
    raises: int = 0
    usage: ModelUsage = ModelUsage()  # noqa: RUF009 (frozen)


class ModelExtractor:
    """Claims from messages by a language model. Safe to call from several threads.

    Args:
        model: a language model, or a plain function from a text to a text.
        options: how it is used.
        boundary: draws the word that fences messages; by lot, so that no message can hold it.
        monotonic: seconds from an arbitrary start.
    """

    def __init__(
        self,
        model: LanguageModel | TextFunction,
        options: ExtractionOptions | None = None,
        *,
        boundary: Callable[[], str] = lambda: secrets.token_hex(6),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = guarded(model)
        self.options = options or ExtractionOptions()
        self._boundary = boundary
        self._monotonic = monotonic

    def read(self, saids: Sequence[words.Said]) -> ModelReading:
        """Read messages, those of one session next to each other and in order.

        Whatever the model does, this returns. A message whose writer asks not to be remembered is not shown to
        the model. After a model that is down or out of time the rest is not asked for; it has the same reason.
        """
        reading = _Reading(self, saids)
        shown = [index for index, said in enumerate(saids) if not reading.withheld(index, said)]
        for batch in batches([saids[index] for index in shown], self.options.batching):
            reading.batch(tuple(replace(piece, index=shown[piece.index]) for piece in batch))
        return reading.result()

    def new_boundary(self, texts: Sequence[str]) -> str:
        """A fence word that none of the texts contains."""
        drawn = self._boundary()
        while any(drawn in text for text in texts):
            drawn += secrets.token_hex(2)
        return drawn

    def seconds(self) -> float:
        """The clock of budgets."""
        return self._monotonic()


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply's entries, or why there are none; ``model`` wrote it."""

    found: Found
    model: str = ""


class _Reading:
    """One call of ``read``: what was found and spent so far."""

    def __init__(self, extractor: ModelExtractor, saids: Sequence[words.Said]) -> None:
        self._extractor = extractor
        self._options = extractor.options
        self._saids = saids
        self._claims: dict[int, list[Claim]] = {}
        self._failed: dict[int, str] = {}
        self._counts = {name: Counter[str]() for name in ("dropped", "mended", "failures", "repairs")}
        self._usage = ModelUsage()
        self._started = extractor.seconds()
        self._hopeless: str | None = None

    def withheld(self, index: int, said: words.Said) -> bool:
        """Whether a message is not for the model: its writer asks that it is not remembered."""
        private = speaks(said) and own_words(said.content, said.speaker).private
        if private:
            self._failed[index] = PRIVATE
        return private

    def batch(self, pieces: tuple[Piece, ...], raised: int = 1) -> None:
        """Read a batch; one whose reply is cut off is read in halves, a single piece with a higher limit."""
        parts = [words.Part(number, piece.text, self._saids[piece.index]) for number, piece in enumerate(pieces, 1)]
        answer = self._asked(self._prompt(parts, raised))
        if answer.found.fault == "truncated" and not self._spent():
            two = halves(pieces)
            if two:
                self._counts["repairs"]["splits"] += 1
                for half in two:
                    self.batch(half)
                return
            if raised == 1:
                self._counts["repairs"]["raises"] += 1
                self.batch(pieces, 4)
                return
        if answer.found.fault is not None:
            self._give_up(pieces, answer.found.fault)
            return
        rule = f"{words.VERSION} {answer.model}".strip()
        self._keep(pieces, understand(answer.found.entries, parts, rule, self._options.max_claims))

    def result(self) -> ModelReading:
        """Everything as one value."""
        turns = []
        for index in range(len(self._saids)):
            failed = self._failed.get(index) or (None if index in self._claims else NOT_ASKED)
            turns.append(TurnReading(() if failed else tuple(self._claims[index]), failed))
        lost = sum(len(claims) for index, claims in self._claims.items() if index in self._failed)
        if lost:
            self._counts["dropped"]["message_unread"] += lost
        counts = {name: dict(counter) for name, counter in self._counts.items()}
        return ModelReading(
            tuple(turns),
            sum(len(turn.claims) for turn in turns),
            counts["dropped"],
            counts["mended"],
            counts["failures"],
            counts["repairs"].get("repairs", 0),
            counts["repairs"].get("splits", 0),
            counts["repairs"].get("raises", 0),
            self._usage,
        )

    def _prompt(self, parts: Sequence[words.Part], raised: int) -> Prompt:
        boundary = self._extractor.new_boundary([f"{part.text}\n{part.said.speaker}" for part in parts])
        return words.extraction_prompt(parts, boundary, self._options.max_reply_tokens * raised)

    def _asked(self, prompt: Prompt) -> _Answer:
        """The entries of the model's reply, after one repair if it needs one."""
        answer = self._answer(prompt)
        fault = answer.found.fault
        if fault not in _MENDABLE:
            return answer
        self._counts["repairs"]["repairs"] += 1
        mended = self._answer(words.repair_prompt(prompt, fault or "", self._options.max_claims))
        # A second reply that fails in its own way says less about the model than the first.
        return mended if mended.found.fault in (None, "truncated") else answer

    def _answer(self, prompt: Prompt) -> _Answer:
        in_vain = self._hopeless or self._spent()
        if in_vain:
            return _Answer(Found(fault=in_vain))
        started = self._extractor.seconds()
        try:
            reply = self._extractor.model.complete(prompt)
        except ModelError as error:
            reason = _reason(error)
            seconds = self._extractor.seconds() - started
            self._usage += ModelUsage(calls=1, failures=1, seconds=seconds, by_reason={error.code: 1})
            if reason in _HOPELESS:
                self._hopeless = reason
            return _Answer(Found(fault=reason))
        self._usage += usage_of(reply)
        found = entries_in(reply.text)
        if reply.truncated and (found.fault is not None or not reply.text.strip()):
            found = Found(fault="truncated")
        return _Answer(found, reply.model)

    def _spent(self) -> str | None:
        """Which budget is used up."""
        options = self._options
        if options.max_calls and self._usage.calls >= options.max_calls:
            return "call_budget"
        if options.budget_s and self._extractor.seconds() - self._started >= options.budget_s:
            return "time_budget"
        return None

    def _give_up(self, pieces: tuple[Piece, ...], reason: str) -> None:
        self._counts["failures"][reason] += 1
        for piece in pieces:
            self._failed.setdefault(piece.index, reason)

    def _keep(self, pieces: tuple[Piece, ...], understood: Understood) -> None:
        self._counts["dropped"].update(understood.dropped)
        self._counts["mended"].update(understood.mended)
        for number, piece in enumerate(pieces, 1):
            kept = self._claims.setdefault(piece.index, [])
            for claim in understood.claims.get(number, ()):
                if len(kept) < self._options.max_claims:
                    kept.append(claim)
                else:
                    self._counts["dropped"]["too_many"] += 1


def _reason(error: ModelError) -> str:
    if isinstance(error, ModelTimeout):
        return "model_timeout"
    if isinstance(error, PromptRefused):
        return "prompt_refused"
    return "model_unavailable" if isinstance(error, ModelUnavailable) else "model_failed"


def reading_of(reply: str, saids: Sequence[words.Said], options: ExtractionOptions | None = None) -> ModelReading:
    """What one given reply comes to, without a model: for tests and for replies stored elsewhere.

    The messages are those of one batch, numbered from 1; a reply that cannot be used is not asked for again.
    """
    options = options or ExtractionOptions()
    whole = replace(options, max_calls=1)
    return ModelExtractor(lambda _: reply, whole).read(saids)
