"""One way to post JSON to a model: deadline, bounded retries, what each call cost. Every provider uses it.

It must not know what is asked or answered, and it never shows a key: not in messages, not in ``repr``.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeAlias

from fusion_memory.core.errors import EmbeddingFailed, ModelError, ModelTimeout, ModelUnavailable

Json: TypeAlias = Mapping[str, Any]

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 8.0
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED = frozenset({401, 403})
_NO_SUCH = frozenset({404, 405})
_EXCERPT = 200
_EXCERPT_BYTES = 4_096
_MOST_REPLY_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Whom to call. The key is sent as a bearer token and is not part of ``repr``."""

    provider: str
    model: str
    address: str
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may take with all its tries, and how many further tries it may make meanwhile."""

    timeout_s: float = 20.0
    retries: int = 2


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a model is called for: the words of messages and the names of errors. The default is embedding.

    Attributes:
        section: of the settings that a person would correct.
        deed: what the model is asked to do.
        product: what its reply holds.
        failed: raised when the provider could not do it; another time it may.
        refused: raised when the provider refuses this very request.
        later, shorten: what helps after a passing failure, and after a refusal.
        list_as: a reply that is a bare list is given as an object with the list under this name; empty: refused.
    """

    section: str = "embedding"
    deed: str = "embed"
    product: str = "vectors"
    failed: type[ModelError] = EmbeddingFailed
    refused: type[ModelError] = EmbeddingFailed
    later: str = "try again later: fusion-memory reindex"
    shorten: str = "check embedding.model and the length of the texts"
    list_as: str = ""


EMBEDDING = Purpose()


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What one call cost: wall time with all tries, tokens as the provider counts them (0: not told)."""

    provider: str
    model: str
    seconds: float
    tries: int
    tokens: int = 0
    error: str | None = None


class CallRecorder(Protocol):
    """Told of every call to a model, for metrics and budgets."""

    def record(self, call: ModelCall) -> None:
        """One call ended, well or not."""
        ...


class NoRecorder:
    """Keeps nothing."""

    def record(self, call: ModelCall) -> None:
        """Nothing happens."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time, chance and network, handed in so that tests can hold them still.

    ``network`` is a transport of httpx2; None is the real network.
    """

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    chance: Callable[[], float] = random.random
    network: Any = None


@dataclass(frozen=True, slots=True)
class _Failure:
    """A try that failed; ``wait_s`` is what the server asked for, ``again`` whether another try may help."""

    error: ModelError
    again: bool = False
    wait_s: float | None = None


class JsonTransport:
    """Posts JSON objects to paths below one address. Safe to use from several threads.

    Raises:
        ModelUnavailable: httpx2 is not installed, or the address is none.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        patience: Patience,
        recorder: CallRecorder | None = None,
        surroundings: Surroundings | None = None,
        *,
        purpose: Purpose = EMBEDDING,
    ) -> None:
        try:
            import httpx2  # 0.1 s to import: only when an HTTP provider is really used
        except ImportError as error:
            fix = 'pip install "fusion-memory[http]"'
            raise ModelUnavailable("HTTP providers need the package httpx2.", why=f"{error}.", fix=fix) from error
        if not endpoint.address.startswith(("http://", "https://")):
            raise ModelUnavailable(
                f"{endpoint.address!r} is not the address of a model.",
                why="An address starts with http:// or https://.",
                fix=f"set {purpose.section}.endpoint, for example http://localhost:11434",
            )
        self.endpoint = endpoint
        self._address = endpoint.address.rstrip("/")
        self._patience = patience
        self._recorder = recorder or NoRecorder()
        self._around = surroundings or Surroundings()
        self._purpose = purpose
        self._http = httpx2
        headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
        self._client = httpx2.Client(headers=headers, transport=self._around.network)

    def __repr__(self) -> str:
        return f"JsonTransport({self.endpoint!r})"

    def post(self, path: str, payload: Json, tokens_of: Callable[[Json], int]) -> Json:
        """Post an object and give back the object that answers.

        Passing failures (busy, rate limited, connection lost) are tried again after a growing pause
        with chance in it, or after as long as the server asks for; all tries end before the deadline. A reply
        that drips in and then falls silent may hold the call until twice the deadline, not longer.

        Args:
            path: below the endpoint's address.
            payload: what is asked.
            tokens_of: reads from an answer how many tokens it cost.

        Raises:
            ModelTimeout: the deadline passed.
            ModelUnavailable: nobody answers there, the key is refused, or there is no such model.
            EmbeddingFailed, or what the purpose names: the provider refuses this request, or answers what
                is no JSON object.
        """
        started = self._around.monotonic()
        tries = 0
        while True:
            tries += 1
            outcome = self._try(path, payload, started + self._patience.timeout_s)
            seconds = self._around.monotonic() - started
            if not isinstance(outcome, _Failure):
                self._record(seconds, tries, tokens_of(outcome), None)
                return outcome
            pause = outcome.wait_s if outcome.wait_s is not None else self._pause(tries)
            if not outcome.again or tries > self._patience.retries or seconds + pause >= self._patience.timeout_s:
                self._record(seconds, tries, 0, outcome.error)
                raise outcome.error
            self._around.sleep(pause)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _try(self, path: str, payload: Json, deadline: float) -> Json | _Failure:
        seconds_left = max(deadline - self._around.monotonic(), 0.001)
        try:
            url = f"{self._address}{path}"
            with self._client.stream("POST", url, json=payload, timeout=seconds_left) as response:
                content = self._read(response, deadline)
        except self._http.TimeoutException as error:
            return _Failure(self._timed_out(type(error).__name__), again=True)
        except self._http.TransportError as error:
            return _Failure(self._unreachable(error), again=True)
        except self._http.DecodingError as error:
            return _Failure(
                self._purpose.failed(f"The reply of {self.endpoint.provider} is garbled.", why=f"{error}.")
            )
        if isinstance(content, _Failure):
            return content
        if response.is_success:
            return self._object_in(content)
        text = content[:_EXCERPT_BYTES].decode("utf-8", "replace")
        return self._rejection(response.status_code, response.headers.get("Retry-After"), text)

    def _read(self, response: Any, deadline: float) -> bytes | _Failure:  # noqa: ANN401 (httpx2 is imported late)
        """The body as far as the deadline and the bound allow: a server may drip, or send without end."""
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _MOST_REPLY_BYTES:
                what = f"The reply of {self.endpoint.provider} is too large to be {self._purpose.product}."
                return _Failure(self._purpose.failed(what))
            if self._around.monotonic() > deadline:
                return _Failure(self._timed_out("The reply was still coming"))
        return bytes(content)

    def _object_in(self, content: bytes) -> Json | _Failure:
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, list) and self._purpose.list_as:
            return {self._purpose.list_as: body}
        if isinstance(body, dict):
            return body
        return _Failure(
            self._purpose.failed(
                f"{self.endpoint.provider} answered something else than a JSON object.",
                why=f"It begins with: {self._excerpt(content[:_EXCERPT].decode('utf-8', 'replace'))}",
                fix=f"check {self._purpose.section}.endpoint; it must be the address of the API, not of a web page",
            )
        )

    def _rejection(self, status: int, retry_after: str | None, text: str) -> _Failure:
        provider, why = self.endpoint.provider, f"Status {status}: {self._excerpt(text)}"
        section = self._purpose.section
        if status in _REFUSED:
            fix = f"set FUSION_MEMORY_{section.upper()}_API_KEY to a valid key"
            return _Failure(ModelUnavailable(f"{provider} refuses the key.", why=why, fix=fix))
        if status in _NO_SUCH:
            what = f"{provider} has no model {self.endpoint.model!r} at {self._address}."
            fix = f"check {section}.model and {section}.endpoint"
            return _Failure(ModelUnavailable(what, why=why, fix=fix))
        what = f"{provider} refused to {self._purpose.deed}."
        if status in _PASSING:
            error = self._purpose.failed(what, why=why, fix=self._purpose.later)
            return _Failure(error, again=True, wait_s=self._asked_wait(retry_after))
        return _Failure(self._purpose.refused(what, why=why, fix=self._purpose.shorten))

    def _asked_wait(self, retry_after: str | None) -> float | None:
        """Seconds of a Retry-After header: a number or a date (RFC 9110, 10.2.3); None when there is none."""
        if retry_after is None:
            return None
        if retry_after.strip().isdigit():
            return float(retry_after)
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds: float = (moment - self._around.now()).total_seconds()
        return max(0.0, seconds)

    def _pause(self, tries: int) -> float:
        """Between half of and the whole of a pause that doubles, so that callers do not come back together."""
        whole = min(_FIRST_PAUSE_S * 2.0 ** (tries - 1), _LONGEST_PAUSE_S)
        return whole * (0.5 + 0.5 * self._around.chance())

    def _timed_out(self, reason: str) -> ModelTimeout:
        what = f"{self.endpoint.provider} did not answer within {self._patience.timeout_s:g} s."
        fix = f"raise the setting {self._purpose.section}.timeout_s, or check the endpoint"
        return ModelTimeout(what, why=f"{reason} at {self._address}.", fix=fix)

    def _unreachable(self, error: Exception) -> ModelUnavailable:
        what = f"{self.endpoint.provider} cannot be reached at {self._address}."
        why = f"{type(error).__name__}: {self._excerpt(str(error))}"
        return ModelUnavailable(what, why=why, fix=f"start it, or check {self._purpose.section}.endpoint")

    def _excerpt(self, text: str) -> str:
        """The beginning of a foreign text on one line; a key that it repeats is taken out."""
        if self.endpoint.api_key:
            text = text.replace(self.endpoint.api_key, "***")
        line = " ".join(text.split())[:_EXCERPT]
        return line or "no text"

    def _record(self, seconds: float, tries: int, tokens: int, error: ModelError | None) -> None:
        code = error.code if error else None
        self._recorder.record(ModelCall(self.endpoint.provider, self.endpoint.model, seconds, tries, tokens, code))
