"""A language model behind HTTP: the shared transport, and how each provider is asked for a chat completion.

It must not know what is asked. What a server does not support is left out of the next request, and that is
remembered once it helped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from fusion_memory.core.errors import LanguageModelFailed, PromptRefused
from fusion_memory.models.language_model import Prompt, Reply
from fusion_memory.models.transport import (
    CallRecorder,
    Endpoint,
    Json,
    JsonTransport,
    Patience,
    Purpose,
    Surroundings,
)

CHAT = Purpose(
    section="llm",
    deed="answer",
    product="a reply",
    failed=LanguageModelFailed,
    refused=PromptRefused,
    later="try again later",
    shorten="check llm.model and the length of the texts",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server understands of a request besides its messages."""

    json: bool = True
    temperature: bool = True
    limit: str = "max_tokens"

    def simpler(self, refusal: str, *, json: bool) -> Iterator[Dialect]:
        """What to try after a refusal, by what its words name; without a word of it, without JSON mode."""
        if "max_completion_tokens" in refusal and self.limit == "max_tokens":
            yield replace(self, limit="max_completion_tokens")
        if "temperature" in refusal and self.temperature:
            yield replace(self, temperature=False)
        if json and self.json:
            yield replace(self, json=False)


class ChatFormat(Protocol):
    """How a provider is asked and how it answers: the only thing that differs between providers."""

    path: str

    def payload(self, model: str, prompt: Prompt, dialect: Dialect) -> Json:
        """What to post."""
        ...

    def reply(self, body: Json) -> Reply:
        """What was answered.

        Raises:
            KeyError, TypeError, IndexError, AttributeError: the answer has another form.
        """
        ...

    def tokens(self, body: Json) -> int:
        """What the answer cost in tokens; 0 when it does not say."""
        ...


class OpenAIChat:
    """``POST /chat/completions``, spoken by OpenAI, vLLM, LM Studio, llama.cpp, DeepSeek, Qwen and many others.

    https://platform.openai.com/docs/api-reference/chat
    """

    provider = "openai"
    address = "https://api.openai.com/v1"
    model = "gpt-4o-mini"
    path = "/chat/completions"

    def payload(self, model: str, prompt: Prompt, dialect: Dialect) -> Json:
        """See ``ChatFormat``."""
        asked: dict[str, Any] = {"model": model, "messages": _messages(prompt), dialect.limit: prompt.max_tokens}
        if dialect.temperature:
            asked["temperature"] = prompt.temperature
        if prompt.json and dialect.json:
            asked["response_format"] = {"type": "json_object"}
        return asked

    def reply(self, body: Json) -> Reply:
        """See ``ChatFormat``; content may be a text, a list of parts, or missing when nothing was said."""
        choice = body["choices"][0]
        usage = _mapping(body.get("usage"))
        return Reply(
            _text(choice["message"].get("content")),
            _number(usage.get("prompt_tokens")),
            _number(usage.get("completion_tokens")),
            truncated=choice.get("finish_reason") == "length",
            model=_name(body),
        )

    def tokens(self, body: Json) -> int:
        """See ``ChatFormat``."""
        return _number(_mapping(body.get("usage")).get("total_tokens"))


class OllamaChat:
    """``POST /api/chat``: https://docs.ollama.com/api/chat."""

    provider = "ollama"
    address = "http://localhost:11434"
    model = "qwen3:4b"
    path = "/api/chat"

    def payload(self, model: str, prompt: Prompt, dialect: Dialect) -> Json:
        """See ``ChatFormat``."""
        options = {"num_predict": prompt.max_tokens, "temperature": prompt.temperature}
        asked: dict[str, Any] = {"model": model, "messages": _messages(prompt), "stream": False, "options": options}
        if prompt.json and dialect.json:
            asked["format"] = "json"
        return asked

    def reply(self, body: Json) -> Reply:
        """See ``ChatFormat``."""
        return Reply(
            _text(body["message"].get("content")),
            _number(body.get("prompt_eval_count")),
            _number(body.get("eval_count")),
            truncated=body.get("done_reason") == "length",
            model=_name(body),
        )

    def tokens(self, body: Json) -> int:
        """See ``ChatFormat``."""
        return _number(body.get("prompt_eval_count")) + _number(body.get("eval_count"))


class ChatModel:
    """A language model at a provider; ``GuardedLanguageModel`` checks its replies.

    Args:
        transport: to the provider, made for the purpose ``CHAT``; closed with this object.
        form: how the provider is asked.
        dialect: what it is believed to understand at first.
    """

    def __init__(
        self,
        transport: JsonTransport,
        form: ChatFormat,
        dialect: Dialect = Dialect(),
    ) -> None:
        self._transport = transport
        self._form = form
        self._dialect = dialect

    def complete(self, prompt: Prompt) -> Reply:
        """See ``LanguageModel``; a request that is refused is tried again in a simpler dialect.

        Raises:
            ModelTimeout, ModelUnavailable: see ``JsonTransport.post``.
            LanguageModelFailed: the provider refuses, or its answer has another form.
        """
        dialect = self._dialect
        while True:
            try:
                reply = self._ask(prompt, dialect)
            except PromptRefused as refusal:
                simpler = next(dialect.simpler(refusal.why, json=prompt.json), None)
                if simpler is None:
                    raise
                dialect = simpler
            else:
                self._dialect = dialect
                return reply

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _ask(self, prompt: Prompt, dialect: Dialect) -> Reply:
        endpoint = self._transport.endpoint
        body = self._transport.post(
            self._form.path, self._form.payload(endpoint.model, prompt, dialect), self._form.tokens
        )
        try:
            reply = self._form.reply(body)
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise LanguageModelFailed(
                f"The answer of {endpoint.provider} holds no reply.",
                why=f"{type(error).__name__}: {error}.",
                fix="check llm.provider, llm.endpoint and llm.model",
            ) from error
        return reply if reply.model else replace(reply, model=endpoint.model)


class OpenAIChatModel(ChatModel):
    """A model at any server that speaks OpenAI's chat completions.

    Args:
        address: the base address (``http://localhost:8000/v1``) or the full one of the call.
        model: its name there.
        api_key: sent as a bearer token; never shown.
        patience: longest time of one call with its tries, and how many further tries.
        recorder: told of every call.
        surroundings: time, chance and network.
    """

    def __init__(
        self,
        address: str,
        model: str,
        *,
        api_key: str = "",
        patience: Patience = Patience(60.0),  # noqa: B008 (frozen)
        recorder: CallRecorder | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        form = OpenAIChat()
        endpoint = Endpoint(form.provider, model, base_address(address, form), api_key)
        super().__init__(JsonTransport(endpoint, patience, recorder, surroundings, purpose=CHAT), form)


def base_address(address: str, form: ChatFormat) -> str:
    """The address below which the provider's calls are found, whether that or the full one was given."""
    return address.strip().rstrip("/").removesuffix(form.path).rstrip("/")


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    said = [("system", prompt.system), ("user", prompt.user)]
    return [{"role": role, "content": content} for role, content in said if content]


def _text(content: Any) -> str:  # noqa: ANN401 (judged here)
    """The text of a message's content: itself, or its parts of kind text; nothing said is an empty text."""
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part["text"] for part in content if part.get("type", "text") == "text")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _name(body: Json) -> str:
    name = body.get("model")
    return name if isinstance(name, str) else ""
