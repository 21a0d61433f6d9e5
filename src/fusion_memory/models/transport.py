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
                fix="set embedding.endpoint, for example http://localhost:11434",
            )
        self.endpoint = endpoint
        self._address = endpoint.address.rstrip("/")
        self._patience = patience
        self._recorder = recorder or NoRecorder()
        self._around = surroundings or Surroundings()
        self._http = httpx2
        headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
        self._client = httpx2.Client(headers=headers, transport=self._around.network)

    def __repr__(self) -> str:
        return f"JsonTransport({self.endpoint!r})"

    def post(self, path: str, payload: Json, tokens_of: Callable[[Json], int]) -> Json:
        """Post an object and give back the object that answers.

        Passing failures (busy, rate limited, connection lost) are tried again after a growing pause
        with chance in it, or after as long as the server asks for; all tries end before the deadline.

        Args:
            path: below the endpoint's address.
            payload: what is asked.
            tokens_of: reads from an answer how many tokens it cost.

        Raises:
            ModelTimeout: the deadline passed.
            ModelUnavailable: nobody answers there, the key is refused, or there is no such model.
            EmbeddingFailed: the provider refuses this request, or answers what is no JSON object.
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
            response = self._client.post(f"{self._address}{path}", json=payload, timeout=seconds_left)
        except self._http.TimeoutException as error:
            return _Failure(self._timed_out(error), again=True)
        except self._http.TransportError as error:
            return _Failure(self._unreachable(error), again=True)
        if response.is_success:
            return self._object_in(response.content)
        return self._rejection(response.status_code, response.headers.get("Retry-After"), response.text)

    def _object_in(self, content: bytes) -> Json | _Failure:
        if len(content) > _MOST_REPLY_BYTES:
            return _Failure(EmbeddingFailed(f"The reply of {self.endpoint.provider} is too large to be vectors."))
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            return body
        return _Failure(
            EmbeddingFailed(
                f"{self.endpoint.provider} answered something else than a JSON object.",
                why=f"It begins with: {self._excerpt(content[:_EXCERPT].decode('utf-8', 'replace'))}",
                fix="check embedding.endpoint; it must be the address of the API, not of a web page",
            )
        )

    def _rejection(self, status: int, retry_after: str | None, text: str) -> _Failure:
        provider, why = self.endpoint.provider, f"Status {status}: {self._excerpt(text)}"
        if status in _REFUSED:
            fix = "set FUSION_MEMORY_EMBEDDING_API_KEY to a valid key"
            return _Failure(ModelUnavailable(f"{provider} refuses the key.", why=why, fix=fix))
        if status in _NO_SUCH:
            what = f"{provider} has no model {self.endpoint.model!r} at {self._address}."
            return _Failure(ModelUnavailable(what, why=why, fix="check embedding.model and embedding.endpoint"))
        what = f"{provider} refused to embed."
        if status in _PASSING:
            error = EmbeddingFailed(what, why=why, fix="try again later: fusion-memory reindex")
            return _Failure(error, again=True, wait_s=self._asked_wait(retry_after))
        return _Failure(EmbeddingFailed(what, why=why, fix="check embedding.model and the length of the texts"))

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

    def _timed_out(self, error: Exception) -> ModelTimeout:
        what = f"{self.endpoint.provider} did not answer within {self._patience.timeout_s:g} s."
        return ModelTimeout(what, why=f"{type(error).__name__} at {self._address}.")

    def _unreachable(self, error: Exception) -> ModelUnavailable:
        what = f"{self.endpoint.provider} cannot be reached at {self._address}."
        why = f"{type(error).__name__}: {self._excerpt(str(error))}"
        return ModelUnavailable(what, why=why, fix="start it, or check embedding.endpoint")

    def _excerpt(self, text: str) -> str:
        """The beginning of a foreign text on one line; a key that it repeats is taken out."""
        if self.endpoint.api_key:
            text = text.replace(self.endpoint.api_key, "***")
        line = " ".join(text.split())[:_EXCERPT]
        return line or "no text"

    def _record(self, seconds: float, tries: int, tokens: int, error: ModelError | None) -> None:
        code = error.code if error else None
        self._recorder.record(ModelCall(self.endpoint.provider, self.endpoint.model, seconds, tries, tokens, code))
