"""One service over HTTP: its address, the key, the connections. What is asked and answered is not known here.

The key stands in a header and nowhere else: not in ``repr``, not in messages. Redirects are not followed, so that
it never goes to another house.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fusion_memory.client.problems import error_of
from fusion_memory.client.requests import Lost, Patience, Reply, Request, Tries
from fusion_memory.core.errors import ConfigurationError, ServiceClosed
from fusion_memory.core.service_errors import ServiceUnreachable

if TYPE_CHECKING:
    import httpx2

KEY_VARIABLE = "FUSION_MEMORY_API_KEY"
MOST_CONNECTIONS = 64
KEPT_ALIVE_S = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """Which service, as whom, and how patiently.

    Attributes:
        address: ``http://`` or ``https://``, without a slash at its end.
        api_key: sent as a bearer token; empty: none.
        network: a transport of httpx2 in the place of the real network, for tests.
        sleep: how to wait between two tries, for tests.
    """

    address: str
    api_key: str = field(default="", repr=False)
    patience: Patience = field(default_factory=Patience)
    network: Any = field(default=None, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


def service_at(address: str, api_key: str | None, patience: Patience, network: object = None) -> Service:
    """The service at an address, with the key of the environment when none is given.

    Raises:
        ConfigurationError: it is no address of a service, or httpx2 is not installed.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment or parts.username:
        raise ConfigurationError(
            "This is not the address of a memory service.",
            why="It starts with http:// or https://, names a host, and holds neither a password nor a query.",
            fix="give for example http://127.0.0.1:8765",
        )
    key = os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key
    if not key.isascii() or any(letter.isspace() or not letter.isprintable() for letter in key):
        raise ConfigurationError(
            "The key cannot be sent.",
            why="It holds blanks, line ends or letters that no key has.",
            fix=f"set {KEY_VARIABLE} to the key as it was shown",
        )
    return Service(address.rstrip("/"), key, patience, network)


class Connection:
    """The connections of one client; safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._http = _library()
        self._client: httpx2.Client | None = self._http.Client(**_options(service, self._http))

    def send(self, request: Request) -> Reply:
        """A reply that is no problem, after as many tries as patience allows.

        Raises:
            FusionMemoryError: what the service tells; :class:`ServiceUnreachable` when it tells nothing.
        """
        tries = Tries(self.service.patience)
        while True:
            outcome = self._once(request)
            pause = tries.pause_after(request, outcome, datetime.now(UTC))
            if pause is None:
                return settled(outcome, self.service.address)
            self.service.sleep(pause)

    @contextmanager
    def stream(self, request: Request) -> Iterator[httpx2.Response]:
        """A reply whose body is read as it comes; it is asked for once.

        Raises:
            FusionMemoryError: as for :meth:`send`.
        """
        client = self._open()
        try:
            with client.stream(**_arguments(self.service, request)) as response:
                if response.status_code >= 400:
                    raise error_of(Reply(response.status_code, _headers(response), response.read()))
                yield response
        except self._http.TransportError as error:
            raise unreachable(_lost(error, self._http), self.service.address) from None

    def close(self) -> None:
        """Close the connections. Closing twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _once(self, request: Request) -> Reply | Lost:
        client = self._open()
        try:
            response = client.request(**_arguments(self.service, request))
        except (self._http.TransportError, self._http.DecodingError) as error:
            return _lost(error, self._http)
        return Reply(response.status_code, _headers(response), response.content)

    def _open(self) -> httpx2.Client:
        if self._client is None:
            raise ServiceClosed(fix="open a new MemoryClient")
        return self._client


class AsyncConnection:
    """The same for asyncio."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._http = _library()
        self._client: httpx2.AsyncClient | None = self._http.AsyncClient(**_options(service, self._http))

    async def send(self, request: Request) -> Reply:
        """See :meth:`Connection.send`."""
        tries = Tries(self.service.patience)
        while True:
            outcome = await self._once(request)
            pause = tries.pause_after(request, outcome, datetime.now(UTC))
            if pause is None:
                return settled(outcome, self.service.address)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[httpx2.Response]:
        """See :meth:`Connection.stream`."""
        client = self._open()
        try:
            async with client.stream(**_arguments(self.service, request)) as response:
                if response.status_code >= 400:
                    raise error_of(Reply(response.status_code, _headers(response), await response.aread()))
                yield response
        except self._http.TransportError as error:
            raise unreachable(_lost(error, self._http), self.service.address) from None

    async def close(self) -> None:
        """Close the connections. Closing twice is harmless."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _once(self, request: Request) -> Reply | Lost:
        client = self._open()
        arguments = _arguments(self.service, request)
        if request.body is not None and not isinstance(request.body, bytes):
            arguments["content"] = _pieces(request.body)
        try:
            response = await client.request(**arguments)
        except (self._http.TransportError, self._http.DecodingError) as error:
            return _lost(error, self._http)
        return Reply(response.status_code, _headers(response), response.content)

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            raise ServiceClosed(fix="open a new AsyncMemoryClient")
        return self._client


def settled(outcome: Reply | Lost, address: str) -> Reply:
    """The reply of an outcome that stands.

    Raises:
        FusionMemoryError: it is a problem, or nothing came back.
    """
    if isinstance(outcome, Lost):
        raise unreachable(outcome, address)
    if outcome.status >= 300:
        raise error_of(outcome)
    return outcome


def unreachable(lost: Lost, address: str) -> ServiceUnreachable:
    """The error for what never came back."""
    known = "Nothing was carried out." if not lost.sent else "Whether the call was carried out is not known."
    return ServiceUnreachable(f"The memory service at {address} cannot be reached.", why=f"{lost.why}. {known}")


def _library() -> Any:  # noqa: ANN401 (a module)
    try:
        import httpx2  # 0.1 s to import: only when a client is really made
    except ImportError as error:
        raise ConfigurationError(
            "The client needs the package httpx2.", why=f"{error}.", fix='pip install "fusion-memory[http]"'
        ) from error
    return httpx2


def _options(service: Service, http: Any) -> dict[str, Any]:  # noqa: ANN401 (a module)
    headers = {"Accept-Language": "en", "User-Agent": "fusion-memory"}
    if service.api_key:
        headers["Authorization"] = f"Bearer {service.api_key}"
    return {
        "base_url": service.address,
        "headers": headers,
        "transport": service.network,
        "trust_env": not _at_home(service.address),  # a proxy is no way to this computer
        "limits": http.Limits(
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEPT_ALIVE_S,
        ),
    }


def _at_home(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _arguments(service: Service, request: Request) -> dict[str, Any]:
    headers = dict(request.headers)
    if request.body is not None:
        headers.setdefault("Content-Type", "application/json")
    patience = service.patience
    return {
        "method": request.method,
        "url": service.address + request.path,
        "params": list(request.query) or None,
        "content": request.body,
        "headers": headers,
        "timeout": max(patience.slow_timeout_s, patience.timeout_s) if request.slow else patience.timeout_s,
    }


async def _pieces(body: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in body:
        yield piece


def _headers(response: Any) -> Mapping[str, str]:  # noqa: ANN401 (httpx2 is imported late)
    return {name.lower(): value for name, value in response.headers.items()}


def _lost(error: Exception, http: Any) -> Lost:  # noqa: ANN401 (a module)
    never = (http.ConnectError, http.ConnectTimeout, http.PoolTimeout, http.UnsupportedProtocol)
    words = str(error).rstrip(".") or "no further details"
    return Lost(f"{type(error).__name__}: {words}", sent=not isinstance(error, never))
