"""Calculates workbooks that may hold anything: in this process if all formulas are ours, else with limits.

A formula can ask for more time and memory than there is. ``python -m workbook_templates.engines.limited`` is
the process with limits.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from model.errors import AmznFcfError, EngineError, is_error
from workbook_templates.engines.engine import failed
from workbook_templates.engines.engines import engine_named
from workbook_templates.engines.formualizer import Formualizer, opened, plain_value
from workbook_templates.read.values import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbook_templates.a1 import CellPlace
    from workbook_templates.engines.formualizer import Register
    from workbook_templates.read.values import Grids, Value

    Cells = Mapping[CellPlace, bool]
    Pinned = Mapping[CellPlace, Value] | None

SECONDS: Final = 2
_CELLS_A_SECOND: Final = 20_000
SECONDS_WITH_FUNCTIONS: Final = 60
"""Processor time for a workbook, which has a second more for so many formulas (ours, of 30,000, take 1.4 s,
more on a busy machine); and for one with AMZN_ functions, each of which may run the model."""
_SLOWEST: Final = 20
"""How many times longer the wall clock may run than the processor's: others use the machine too."""
MEMORY: Final = 2_000_000_000
"""Bytes of address space, of which an engine touches a fraction."""
_MOST_EXPLAINED: Final = 200
"""Failed AMZN_ cells that are explained; further ones show their error value only."""


class Calculated(NamedTuple):
    """Values of formula cells, and the messages of functions in cells that failed."""

    grids: Grids
    failures: Mapping[CellPlace, str] = {}
    trials: Sequence[Sequence[Value]] = ()
    """For each trial, the values of the watched cells."""


class Trials(NamedTuple):
    """Further calculations with some cells replaced, and the cells whose values are wanted from each."""

    contents: Sequence[Mapping[CellPlace, Value]] = ()
    watched: Sequence[CellPlace] = ()


_NO_TRIALS: Final = Trials()


def calculate(
    data: bytes, cells: Cells, register: Register | None, pinned: Pinned = None, trials: Trials = _NO_TRIALS
) -> Calculated:
    """Calculate a workbook with formualizer in this process.

    ``cells``: formula cells whose values are wanted, each with whether it calls functions that ``register``
    makes known; ``pinned``: cells that hold a value in place of their formula, because the engine may
    calculate it otherwise; ``trials``: further calculations, each from the workbook as it is.
    """
    said: list[str] = []
    try:
        book = opened(data, register, said.append)
        for (sheet, row, column), value in (pinned or {}).items():
            book.set_value(sheet, row, column, value)
        book.evaluate_all()
        grids: dict[str, dict[tuple[int, int], Value]] = {}
        for sheet, row, column in cells:
            value = plain_value(book.get_value(sheet, row, column))
            grids.setdefault(sheet, {})[row, column] = value
        failures: dict[CellPlace, str] = {}
        for place in (place for place, calls in cells.items() if calls):
            error = grids[place[0]][place[1:]]
            if not is_error(error):
                continue
            said.clear()
            if len(failures) < _MOST_EXPLAINED:
                book.set_formula(*place, book.get_formula(*place))
                book.evaluate_cell(*place)
            reasons = "; ".join(dict.fromkeys(said))
            failures[place] = f"{error}: {reasons}" if reasons else str(error)
        tried = [_tried(book, contents, trials.watched) for contents in trials.contents]
    except AmznFcfError:
        raise
    except Exception as error:
        raise failed(Formualizer.name, error) from error
    return Calculated(grids, failures, tried)


def _tried(book: Any, contents: Mapping[CellPlace, Value], wanted: Sequence[CellPlace]) -> list[Value]:  # noqa: ANN401  # formualizer's Workbook
    """Return the values of cells after others were replaced, which are put back."""
    before = {place: _content(book, place) for place in contents}
    for place, content in contents.items():
        _put(book, place, content)
    book.evaluate_all()
    found = [plain_value(book.get_value(*place)) for place in wanted]
    for place, content in before.items():
        _put(book, place, content)
    return found


def _content(book: Any, place: CellPlace) -> Value:  # noqa: ANN401  # as above
    formula = book.get_formula(*place)
    return plain_value(book.get_value(*place)) if formula is None else f"={str(formula).lstrip('=')}"


def _put(book: Any, place: CellPlace, content: Value) -> None:  # noqa: ANN401  # as above
    if isinstance(content, str) and content.startswith("="):
        book.set_formula(*place, content)
    else:
        book.set_value(*place, content)


def calculate_apart(
    name: str,
    data: bytes,
    cells: Cells,
    register: Register | None,
    pinned: Pinned = None,
    trials: Trials = _NO_TRIALS,
) -> Calculated:
    """Calculate a workbook in a process of its own with limited time and memory; only formualizer pins cells.

    An engine that fails, or needs more than its limits, is an :class:`EngineError`.
    """
    calls = any(cells.values())
    seconds = SECONDS_WITH_FUNCTIONS if calls else SECONDS + len(cells) // _CELLS_A_SECOND
    seconds += SECONDS * len(trials.contents)
    named = f"{register.__module__}:{register.__qualname__}" if register is not None and calls else ""
    order = {
        "engine": name, "seconds": seconds, "size": len(data), "register": named,
        "cells": [[*place, call] for place, call in cells.items()],
        "pinned": [[*place, value] for place, value in (pinned or {}).items()],
        "trials": [[[*place, value] for place, value in each.items()] for each in trials.contents],
        "watched": trials.watched,
    }  # fmt: skip
    command, said = [sys.executable, "-m", __name__], json.dumps(order).encode() + b"\n" + data
    try:
        done = subprocess.run(  # noqa: S603  # this module
            command, input=said, capture_output=True, check=False, timeout=_SLOWEST * seconds
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if "error" in answer:
        raise EngineError(str(answer["error"]))
    if "grids" not in answer:
        limits = f"{seconds} s or {MEMORY // 1_000_000_000} GB"
        raise EngineError(f"{name} needs more than {limits} for its formulas, or crashed")
    grids: dict[str, dict[tuple[int, int], Value]] = {}
    for sheet, row, column, value in answer["grids"]:
        grids.setdefault(sheet, {})[row, column] = value
    failures = {(sheet, row, column): text for sheet, row, column, text in answer["failures"]}
    return Calculated(grids, failures, answer["trials"])


def _limit(seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415  # there is none on Windows, where the wall clock is the limit
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _registered(path: str) -> Register | None:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name) if path else None


def _by_place(items: Iterable[tuple[str, int, int, Value]]) -> dict[CellPlace, Value]:
    return {(sheet, row, column): value for sheet, row, column, value in items}


def main() -> None:
    """Calculate the workbook on stdin, and write the values as JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(order["size"])
    cells = {(sheet, row, column): call for sheet, row, column, call in order["cells"]}
    _limit(order["seconds"])
    try:
        if order["engine"] == Formualizer.name:
            trials = Trials([_by_place(each) for each in order["trials"]], order["watched"])
            register = _registered(order["register"])
            found = calculate(data, cells, register, _by_place(order["pinned"]), trials)
        else:
            found = Calculated(engine_named(order["engine"]).calculate(data))
        values = [[*place, value_at(found.grids, *place)] for place in cells]
        failures = [[*place, text] for place, text in found.failures.items()]
        answer: dict[str, object] = {"grids": values, "failures": failures, "trials": found.trials}
    except AmznFcfError as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
