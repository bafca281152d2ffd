"""Checks of a call over HTTP before xlwings sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_CELLS: Final = 100_000
OLDEST_RUNTIME: Final = 1.4
"""Of Office's custom functions: earlier ones have no error values but texts, which SUM ignores."""

_TEXTS: Final = ("client", "func_name", "runtime", "version")


class RefusedCallError(Exception):
    """A call that is refused, with its HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


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
