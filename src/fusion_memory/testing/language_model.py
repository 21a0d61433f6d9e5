"""Language models for tests: one that knows a few facts by heart, one that answers by a script.

They meet the ``LanguageModel`` protocol and need no model, no network and no luck.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from fusion_memory.ingestion.extraction.model import ExtractionOptions, ModelExtractor, reading_of
from fusion_memory.ingestion.extraction.model_claims import LEAST_SUPPORT
from fusion_memory.ingestion.extraction.prompt import Said
from fusion_memory.models.language_model import Prompt, Reply
from fusion_memory.text.grounding import comparable, support

Answer: TypeAlias = str | Reply | Exception | Callable[[Prompt], str | Reply]
"""What a scripted model does: says a text, gives a whole reply, raises, or makes one of these of the prompt."""


class ScriptedModel:
    """Answers in the order of a script; the last answer is given for ever.

    Args:
        answers: at least one.

    Attributes:
        prompts: what it was asked so far.
    """

    def __init__(self, *answers: Answer) -> None:
        if not answers:
            raise ValueError("a script needs an answer")
        self._answers = answers
        self._asking = threading.Lock()
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt) -> Reply:
        """The next answer."""
        with self._asking:
            answer = self._answers[min(len(self.prompts), len(self._answers) - 1)]
            self.prompts.append(prompt)
        if isinstance(answer, Exception):
            raise answer
        given = answer if isinstance(answer, str | Reply) else answer(prompt)
        return Reply(given, model="scripted") if isinstance(given, str) else given


class FactBook:
    """Knows some facts by heart and tells those whose quote stands in what it is shown; always the same reply.

    Args:
        entries: facts in the form of the extraction reply; each needs a ``quote``.

    Attributes:
        prompts: what it was asked so far.
    """

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        self._entries = [dict(entry) for entry in entries]
        self._asking = threading.Lock()
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt) -> Reply:
        """All facts that stand in the prompt."""
        with self._asking:
            self.prompts.append(prompt)
        told = [entry for entry in self._entries if str(entry["quote"]) in prompt.user]
        return Reply(json.dumps({"facts": told}, ensure_ascii=False), model="fact-book")


def truncations(reply: str) -> Iterator[str]:
    """A reply cut off after each of its bytes, as a client that decodes what it got would see it."""
    raw = reply.encode()
    for length in range(len(raw) + 1):
        yield raw[:length].decode("utf-8", "replace")


def truncation_defects(reply: str, saids: Sequence[Said], options: ExtractionOptions | None = None) -> list[str]:
    """What is wrong when a reply is cut off after any of its bytes; empty: nothing.

    Each beginning is given once as a reply that says nothing of being cut, and once as the answer to every
    call. No exception may come through, no claim may lack its evidence, no message may be without an outcome.
    """
    defects: list[str] = []
    for cut, beginning in enumerate(truncations(reply)):
        for read in (_once, _always):
            try:
                reading = read(beginning, saids, options)
            except Exception as error:  # noqa: BLE001 (whatever comes through is the defect that is looked for)
                defects.append(f"cut at byte {cut}: {type(error).__name__}: {error}")
                continue
            if len(reading.turns) != len(saids):
                defects.append(f"cut at byte {cut}: {len(reading.turns)} outcomes for {len(saids)} messages")
            for said, turn in zip(saids, reading.turns, strict=False):
                if turn.failed and turn.claims:
                    defects.append(f"cut at byte {cut}: claims of a message that failed with {turn.failed}")
                defects += [f"cut at byte {cut}: {fault}" for fault in evidence_defects(said, turn.claims)]
    return defects


def evidence_defects(said: Said, claims: Sequence[Any]) -> list[str]:
    """Which claims do not rest on the message: outside of it, without words, or about a user who did not speak."""
    defects = []
    for claim in claims:
        evidence = said.content[claim.first : claim.last] if 0 <= claim.first < claim.last else ""
        if not comparable(evidence):
            defects.append(f"no evidence for {claim!r}")
        if support(claim.object, said.content) < LEAST_SUPPORT:
            defects.append(f"the message does not bear out {claim!r}")
        if not 0 <= claim.confidence <= 1 or not 0 <= claim.importance <= 1:
            defects.append(f"confidence or importance out of bounds in {claim!r}")
        if claim.subject == "user" and said.role not in ("user", "human"):
            defects.append(f"{said.role} speaks about the user in {claim!r}")
        if claim.method != "model":
            defects.append(f"method {claim.method!r} in {claim!r}")
    return defects


def _once(beginning: str, saids: Sequence[Said], options: ExtractionOptions | None) -> Any:  # noqa: ANN401 (a reading)
    return reading_of(beginning, saids, options)


def _always(beginning: str, saids: Sequence[Said], options: ExtractionOptions | None) -> Any:  # noqa: ANN401 (a reading)
    return ModelExtractor(ScriptedModel(beginning), options).read(saids)
