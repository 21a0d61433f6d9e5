"""What a language model is, for everyone who needs one and must not know which: a prompt in, a reply out.

It must not know what is asked for or who answers. Importing it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from fusion_memory.core.errors import InvalidOption


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked.

    Attributes:
        system: what it is to do; instructions of the program only.
        user: what it is to do it with; may hold foreign text.
        max_tokens: longest reply.
        temperature: 0 for the same reply every time, as far as the model can.
        json: a single JSON object is wanted; a model that cannot be held to it still replies.
    """

    system: str
    user: str
    max_tokens: int = 1_024
    temperature: float = 0.0
    json: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered.

    Attributes:
        text: as it came.
        input_tokens, output_tokens: as the model counts them; 0: it does not say.
        truncated: the reply was cut off at ``Prompt.max_tokens``.
        seconds: wall time with all tries.
        model: who answered; empty: it does not say.
        estimated: the tokens were counted by us, because the model does not say.
    """

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    truncated: bool = False
    seconds: float = 0.0
    model: str = ""
    estimated: bool = False


@runtime_checkable
class LanguageModel(Protocol):
    """Answers a prompt. Safe to call from several threads."""

    def complete(self, prompt: Prompt) -> Reply:
        """The model's reply, whatever it is worth.

        Raises:
            ModelError: there is none.
        """
        ...


TextFunction: TypeAlias = Callable[[str], str]
"""The plainest model of all: a text in, a text out."""


class CallableModel:
    """A plain function as a language model: it is given instructions and content as one text.

    A function cannot be told how long its reply may be, and nobody can end it: bring its own deadline.

    Args:
        function: from a text to a text.
        name: how it is called in records.
    """

    def __init__(self, function: TextFunction, name: str = "") -> None:
        self._function = function
        self._name = name or getattr(function, "__name__", "") or type(function).__name__

    def complete(self, prompt: Prompt) -> Reply:
        """See ``LanguageModel``; what the function raises is passed on, ``GuardedLanguageModel`` judges it."""
        joined = f"{prompt.system}\n\n{prompt.user}" if prompt.system else prompt.user
        return Reply(self._function(joined), model=self._name)


def language_model(given: LanguageModel | TextFunction) -> LanguageModel:
    """What the caller brought as a language model: one already, or a plain function.

    Raises:
        InvalidOption: it is neither.
    """
    if isinstance(given, LanguageModel):
        return given
    if callable(given):
        return CallableModel(given)
    raise InvalidOption(
        f"A {type(given).__name__} is no language model.",
        why="A language model has a method complete(prompt), or is a function from a text to a text.",
        fix="pass a function: lambda text: my_model(text)",
    )


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What a language model was used for so far; two records add up.

    Attributes:
        calls: prompts sent, failed ones included.
        failures: calls without a reply, and ``by_reason`` how many of each error code.
        input_tokens, output_tokens: of all replies; ``estimated`` counts replies whose model did not say, so
            that their tokens were counted here.
        truncated: replies cut off at their limit.
        seconds: wall time of all calls.
    """

    calls: int = 0
    failures: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    truncated: int = 0
    estimated: int = 0
    seconds: float = 0.0
    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """In and out together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: ModelUsage) -> ModelUsage:
        """Both records as one."""
        reasons = dict(self.by_reason)
        for reason, count in other.by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + count
        return ModelUsage(
            self.calls + other.calls,
            self.failures + other.failures,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.truncated + other.truncated,
            self.estimated + other.estimated,
            self.seconds + other.seconds,
            reasons,
        )


def usage_of(reply: Reply) -> ModelUsage:
    """What one call with a reply cost."""
    return ModelUsage(
        calls=1,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        truncated=int(reply.truncated),
        estimated=int(reply.estimated),
        seconds=reply.seconds,
    )
