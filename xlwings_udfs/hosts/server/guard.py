"""The guard in front of xlwings Server: which requests it lets through, and how large they may be."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, Final

from xlwings_udfs.hosts.server.calls import RefusedCallError, check_call

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes: 100,000 cells of 40 characters."""

GUARDED: Final = ContextVar("GUARDED", default=False)
"""Whether the application that starts up is behind a guard."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_log = logging.getLogger(__name__)


class Guard:
    """An ASGI application that allows reading pages and calling functions, and nothing else.

    ``path`` is where functions are called, ``functions`` their names with the number of their arguments.
    """

    def __init__(self, application: Application, path: str, functions: Mapping[str, int]) -> None:
        self._application = application
        self._path = path
        self._functions = functions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            GUARDED.set(True)
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] in _READING:
            await self._application(scope, receive, send)
        else:
            await self._call(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            body = await self._checked_body(scope, receive)
            await self._application(scope, _once(body, receive), watched)
        except RefusedCallError as error:
            await _refuse(send, error.status, str(error))
        except Exception:  # noqa: BLE001  # whatever failed, its traceback stays in the log
            _log.exception("a call failed")
            if not started:
                await _refuse(send, 500, "the server failed; its log says how")

    async def _checked_body(self, scope: Scope, receive: Receive) -> bytes:
        headers = dict(scope["headers"])
        if scope["method"] != "POST" or scope["path"] != self._path:
            raise RefusedCallError(404, "there is nothing here")
        if not headers.get(b"authorization", b"").strip():
            raise RefusedCallError(401, "the token is missing: enter it in the task pane")
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > len(str(LARGEST_BODY)) or int(declared) > LARGEST_BODY:
            raise RefusedCallError(413, f"the body is larger than {LARGEST_BODY:,} bytes")
        if not headers.get(b"content-type", b"").startswith(b"application/json"):
            raise RefusedCallError(400, "the body must be application/json")
        body = bytearray()
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message["type"] == "http.request" and message.get("more_body", False)
            if len(body) > LARGEST_BODY:
                raise RefusedCallError(413, f"the body is larger than {LARGEST_BODY:,} bytes")
        check_call(bytes(body), self._functions)
        return bytes(body)


def _once(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that yields the body again, then the messages after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = json.dumps({"detail": reason}).encode()
    headers = [
        (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"),
    ]  # fmt: skip
    if status == 413:  # noqa: PLR2004  # the rest of the body is not read
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
