"""The guard in front of xlwings Server: which calls it lets through, and how large they may be."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any, Final, NoReturn

from xlwings_udfs.cells.arguments import MOST_CELLS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes: 100,000 cells of 40 characters."""
OLDEST_RUNTIME: Final = 1.4
"""Of Office's custom functions: earlier ones have no error values but texts, which SUM ignores."""

GUARDED: Final = ContextVar("GUARDED", default=False)
"""Whether the application that starts up is behind a guard."""

_TEXTS: Final = ("client", "func_name", "runtime", "version")
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_log = logging.getLogger(__name__)


class RefusedCallError(Exception):
    """A call that is refused, with its HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


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


def check_call(body: bytes, functions: Mapping[str, int]) -> None:
    """Check that a body is a call of one of the functions, given with the number of their arguments.

    Raises
    ------
    RefusedCallError
        400 for a malformed call, 404 for an unknown function, 413 for too many cells.
    """
    try:
        call = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise RefusedCallError(400, "the body is not JSON") from None
    if not isinstance(call, dict):
        raise RefusedCallError(400, "the body must be an object")
    for key in _TEXTS:
        if not isinstance(call.get(key), str):
            raise RefusedCallError(400, f"the body needs {key}, a text")
    name = call["func_name"]
    if name not in functions:
        raise RefusedCallError(404, "there is no such function")
    if call["client"] != "Office.js" or not _is_current(call["runtime"]):
        needed = f"its custom functions need runtime {OLDEST_RUNTIME}"
        raise RefusedCallError(400, f"this Excel is too old: {needed}")
    arguments = call.get("args")
    if not isinstance(arguments, list) or len(arguments) > functions[name]:
        raise RefusedCallError(400, f"the body needs args, a list of at most {functions[name]} arguments")
    if sum(_cells(each) for each in arguments) > MOST_CELLS:
        raise RefusedCallError(413, f"a call may hold {MOST_CELLS:,} cells at most")
    for key in ("caller_address", "culture_info_name", "date_format", "session_id"):
        if not isinstance(call.get(key), str | None):
            raise RefusedCallError(400, f"{key} must be a text")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _is_current(runtime: str) -> bool:
    try:
        return OLDEST_RUNTIME <= float(runtime) < 10  # noqa: PLR2004  # finite
    except ValueError:
        return False


def _cells(argument: object) -> int:
    """Return how many cells an argument holds: one, or rows of equal length."""
    if not isinstance(argument, list):
        return _cell(argument)
    rows = [row if isinstance(row, list) else [row] for row in argument]
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise RefusedCallError(400, "an argument must be a cell, or rows of cells of equal length")
    return sum(_cell(each) for row in rows for each in row)


def _cell(value: object) -> int:
    if isinstance(value, dict):
        # dates, errors and other rich values of Excel: xlwings reads these two keys
        if not isinstance(value.get("type"), str) or isinstance(value.get("basicValue"), dict | list | None):
            raise RefusedCallError(400, "a rich value needs its type and its basicValue")
    elif isinstance(value, list):
        raise RefusedCallError(400, "an argument must be a cell, or rows of cells of equal length")
    return 1
