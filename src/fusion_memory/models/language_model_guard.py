"""Let through only replies that are replies, and count every call: a language model around a language model.

It must not know what is asked. Whatever goes wrong inside is a :class:`ModelError` outside.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from fusion_memory.core.errors import LanguageModelFailed, ModelError, ModelTimeout
from fusion_memory.core.telemetry import CHAT, INPUT_TOKENS, MODEL, OUTPUT_TOKENS, observing
from fusion_memory.models.language_model import (
    LanguageModel,
    ModelUsage,
    Prompt,
    Reply,
    TextFunction,
    language_model,
    usage_of,
)
from fusion_memory.text.counting import count_tokens

MOST_REPLY_CHARS = 1_000_000
"""A longer reply is cut here and counts as truncated."""

_MOST_NAME_CHARS = 200
_MOST_TOKENS = 2**40
_UNSTORABLE = {0: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


class GuardedLanguageModel:
    """Checks what comes back, cleans what no text may hold, estimates tokens that the model does not tell.

    Args:
        model: the model, or a plain function from a text to a text.
        monotonic: seconds from an arbitrary start.
        name: of the model in records, when its replies do not say.
    """

    def __init__(
        self,
        model: LanguageModel | TextFunction,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        name: str = "",
    ) -> None:
        self._inner = language_model(model)
        self._monotonic = monotonic
        self._name = name
        self._usage = ModelUsage()
        self._counting = threading.Lock()

    @property
    def usage(self) -> ModelUsage:
        """Of all calls since this was made."""
        with self._counting:
            return self._usage

    def complete(self, prompt: Prompt) -> Reply:
        """See ``LanguageModel``.

        Raises:
            ModelTimeout: the model, or the function that stands for it, ran out of time.
            ModelError: another failure of the model, or a reply that is none.
        """
        with observing(CHAT) as seen:
            reply = self._completed(prompt)
            seen.attributes |= {
                MODEL: reply.model,
                INPUT_TOKENS: reply.input_tokens,
                OUTPUT_TOKENS: reply.output_tokens,
            }
        return reply

    def _completed(self, prompt: Prompt) -> Reply:
        started = self._monotonic()
        try:
            reply = self._judged(_call(self._inner, prompt))
        except ModelError as error:
            spent = self._monotonic() - started
            self._count(ModelUsage(calls=1, failures=1, seconds=spent, by_reason={error.code: 1}))
            raise
        reply = replace(reply, seconds=self._monotonic() - started, model=reply.model or self._name)
        if not (reply.input_tokens or reply.output_tokens):
            asked, told = count_tokens(prompt.system) + count_tokens(prompt.user), count_tokens(reply.text)
            reply = replace(reply, input_tokens=asked, output_tokens=told, estimated=True)
        self._count(usage_of(reply))
        return reply

    def close(self) -> None:
        """Release the model, if it has something to release."""
        close = getattr(self._inner, "close", None)
        if callable(close):
            close()

    def _count(self, call: ModelUsage) -> None:
        with self._counting:
            self._usage += call

    def _judged(self, reply: Reply) -> Reply:
        if not isinstance(reply, Reply) or not isinstance(reply.text, str):
            what = reply.text if isinstance(reply, Reply) else reply
            raise LanguageModelFailed(f"The language model returned {type(what).__name__}, not a text.")
        text = reply.text.translate(_UNSTORABLE)
        return Reply(
            text[:MOST_REPLY_CHARS],
            _count_of(reply.input_tokens),
            _count_of(reply.output_tokens),
            reply.truncated is True or len(text) > MOST_REPLY_CHARS,
            reply.seconds,
            _plain_name(reply.model),
        )


def guarded(model: LanguageModel | TextFunction) -> GuardedLanguageModel:
    """The model with a guard around it; one that has it already stays as it is."""
    return model if isinstance(model, GuardedLanguageModel) else GuardedLanguageModel(model)


def _call(model: LanguageModel, prompt: Prompt) -> Reply:
    """The reply; whatever the model raises becomes an error that the write path knows."""
    try:
        return model.complete(prompt)
    except ModelError:
        raise
    except TimeoutError as error:
        fix = "give the model more time, or ask a faster one"
        raise ModelTimeout("The language model did not answer in time.", why=f"{error!r}.", fix=fix) from error
    except Exception as error:
        raise LanguageModelFailed(f"The language model failed: {type(error).__name__}.", why=f"{error}.") from error


def _plain_name(told: object) -> str:
    """A name of one line that can be stored; empty for what is none."""
    return " ".join(told[:_MOST_NAME_CHARS].translate(_UNSTORABLE).split()) if isinstance(told, str) else ""


def _count_of(told: object) -> int:
    """A number of tokens; 0 for what is none."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _MOST_TOKENS:
        return 0
    return int(told)
