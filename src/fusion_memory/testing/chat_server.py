"""A chat server that fails as servers do: OpenAI's chat completions on the loopback, answers by a script.

For tests of whatever talks to a language model over HTTP. Standard library only; nothing here knows the product.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, TypeAlias

Request: TypeAlias = Mapping[str, Any]
"""The JSON object of a request, with its ``path`` and ``authorization``."""

_LONGEST_HANG_S: Final = 60.0
_RESET_AT_ONCE: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does with one request.

    Attributes:
        body: the bytes sent.
        status: of the response.
        headers: besides the length and type of the body.
        sent: only so many bytes of the body are sent; None: all of them.
        then: after that ``"end"`` the response, ``"close"`` the connection early, ``"reset"`` it, or ``"hang"``
            until the server is closed.
        wait_s: silence before the first byte.
        drip_s: silence after each byte.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    then: str = "end"
    wait_s: float = 0.0
    drip_s: float = 0.0


Script: TypeAlias = Answer | Callable[[Request], Answer]
"""An answer, or what makes one of the request."""


def says(text: str, *, finish: str = "stop", tokens: tuple[int, int] = (0, 0)) -> Answer:
    """A regular completion with this text; ``finish="length"`` for one that was cut off, tokens in and out."""
    body: dict[str, Any] = {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "model": "test-model",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
    }
    if any(tokens):
        body["usage"] = {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        }
    return sends(body)


def facts(*entries: Mapping[str, Any]) -> Answer:
    """A completion whose text is a JSON object with these facts."""
    return says(json.dumps({"facts": entries}, ensure_ascii=False))


def sends(body: object, status: int = 200) -> Answer:
    """Any JSON value as the body: for answers of the wrong form or type."""
    return Answer(json.dumps(body, ensure_ascii=False).encode(), status)


def prose() -> Answer:
    """A completion that chats instead of doing what it was asked."""
    return says("Of course! Here is what I noticed: the user seems to be a lovely person. Anything else?")


def cut_text(text: str, at_byte: int) -> Answer:
    """A completion whose text ends after so many bytes without saying so."""
    return says(text.encode()[:at_byte].decode("utf-8", "replace"))


def out_of_tokens(text: str, at_byte: int) -> Answer:
    """A completion cut off by the limit of tokens, and saying so."""
    return says(text.encode()[:at_byte].decode("utf-8", "replace"), finish="length")


def huge_list(entries: int = 5_000) -> Answer:
    """A completion with far more facts than anybody said."""
    return facts(*({"message": 1, "object": f"thing {number}", "quote": "x"} for number in range(entries)))


def busy(retry_after: str | None = None) -> Answer:
    """Status 429, with the time to wait if one is told."""
    told = {"Retry-After": retry_after} if retry_after is not None else {}
    return replace(sends({"error": {"message": "Rate limit reached."}}, 429), headers=told)


def broken(status: int = 500) -> Answer:
    """A failure of the server."""
    return Answer(b"Internal Server Error", status)


def refuses(message: str, status: int = 400) -> Answer:
    """The request is refused with a message, as for a parameter that is not supported."""
    return sends({"error": {"message": message, "type": "invalid_request_error"}}, status)


def without(parameter: str, answer: Answer) -> Callable[[Request], Answer]:
    """A server that refuses requests with a parameter and answers others."""
    refusal = refuses(f"Unsupported parameter: '{parameter}' is not supported with this model.")
    return lambda request: refusal if parameter in request else answer


def resets(answer: Answer, at_byte: int) -> Answer:
    """The connection is reset in the middle of an answer."""
    return replace(answer, sent=at_byte, then="reset")


def stops(answer: Answer, at_byte: int) -> Answer:
    """The connection is closed in the middle of an answer, before its announced length."""
    return replace(answer, sent=at_byte, then="close")


def hangs(answer: Answer | None = None, at_byte: int = 0) -> Answer:
    """Nothing more comes: from the start, or after so many bytes of an answer."""
    return replace(answer or says(""), sent=at_byte, then="hang")


def slow(answer: Answer, seconds: float) -> Answer:
    """An answer that begins late."""
    return replace(answer, wait_s=seconds)


def drips(answer: Answer, seconds: float) -> Answer:
    """An answer whose bytes come one by one."""
    return replace(answer, drip_s=seconds)


def not_utf8() -> Answer:
    """A completion with bytes that are no text."""
    return Answer(b'{"choices": [{"message": {"content": "\xff\xfe\xfa{"}, "finish_reason": "stop"}]}')


def empty() -> Answer:
    """Status 200 and nothing else."""
    return Answer()


class ChatServer:
    """The server, running between ``with`` and its end.

    Args:
        script: answers in order, the last one for ever.

    Attributes:
        requests: what was asked so far, in order.
    """

    def __init__(self, *script: Script) -> None:
        self._answers = script or (says('{"facts": []}'),)
        self._asking = threading.Lock()
        self._closing = threading.Event()
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """The base address, as a client of OpenAI wants it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ChatServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let hanging answers go and stop."""
        self._closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _next(self, request: Request) -> Answer:
        with self._asking:
            step = self._answers[min(len(self.requests), len(self._answers) - 1)]
            self.requests.append(request)
        return step if isinstance(step, Answer) else step(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = {"path": self.path, "authorization": self.headers.get("Authorization", "")}
                server._send(self, server._next({**json.loads(raw), **asked}))

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        return Handler

    def _send(self, to: BaseHTTPRequestHandler, answer: Answer) -> None:
        self._closing.wait(answer.wait_s)
        try:
            if answer.then != "hang" or answer.sent:
                to.send_response(answer.status)
                to.send_header("Content-Type", "application/json")
                to.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    to.send_header(name, value)
                to.end_headers()
            self._write(to, answer)
        except OSError:  # the client has gone: that is what it was tested for
            return
        if answer.then == "hang":
            self._closing.wait(_LONGEST_HANG_S)
        if answer.then == "reset":
            to.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
            to.connection.close()
        if answer.then != "end":
            to.close_connection = True

    def _write(self, to: BaseHTTPRequestHandler, answer: Answer) -> None:
        sent = answer.body if answer.sent is None else answer.body[: answer.sent]
        pieces = [sent[at : at + 1] for at in range(len(sent))] if answer.drip_s else [sent]
        for piece in pieces:
            to.wfile.write(piece)
            to.wfile.flush()
            if answer.drip_s and self._closing.wait(answer.drip_s):
                return
