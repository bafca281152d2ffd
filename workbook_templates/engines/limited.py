"""Calculates workbooks that may hold anything: in this process if all formulas are ours, else with limits.

A formula can ask for more time and memory than there is. ``python -m workbook_templates.engines.limited`` is
the process with limits.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from model.errors import AmznFcfError, EngineError
from workbook_templates.engines.engines import engine_named
from workbook_templates.engines.formualizer import Formualizer, plain_value
from workbook_templates.read.values import is_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbook_templates.engines.formualizer import Register
    from workbook_templates.read.values import Grids, Value

    Place = tuple[str, int, int]

SECONDS: Final = 3
SECONDS_WITH_FUNCTIONS: Final = 60
"""Processor time for a workbook, and for one with AMZN_ functions, each of which may run the model."""
_SLOWEST: Final = 20
"""How many times longer the wall clock may run than the processor's: others use the machine too."""
MEMORY: Final = 2_000_000_000
"""Bytes of address space, of which an engine touches a fraction."""
_MOST_EXPLAINED: Final = 200
"""Failed AMZN_ cells that are explained; further ones show their error value only."""


@dataclass(repr=False)
class Calculated:
    """Values of formula cells, and the messages of functions in cells that failed."""

    grids: dict[str, dict[tuple[int, int], Value]] = field(default_factory=dict)
    failures: dict[Place, str] = field(default_factory=dict)


def calculate(
    data: bytes,
    cells: Mapping[Place, bool],
    register: Register | None,
    pinned: Mapping[Place, Value] | None = None,
) -> Calculated:
    """Calculate a workbook with formualizer in this process.

    Parameters
    ----------
    cells
        Formula cells whose values are wanted, each with whether it calls functions that ``register`` makes
        known.
    pinned
        Cells that hold a value in place of their formula, because the engine may calculate it otherwise.
    """
    import formualizer  # noqa: PLC0415  # a native library, loaded when something is calculated

    said: list[str] = []
    try:
        book: Any = formualizer.load_workbook_bytes(data)
        if register is not None:
            register(book, said.append)
        for (sheet, row, column), value in (pinned or {}).items():
            book.set_value(sheet, row, column, value)
        book.evaluate_all()
        found = Calculated()
        for name in dict.fromkeys(sheet for sheet, _, _ in cells):
            found.grids[name] = {}
        for sheet, row, column in cells:
            found.grids[sheet][row, column] = plain_value(book.get_value(sheet, row, column))
        failed = [
            place for place, calls in cells.items() if calls and is_error(found.grids[place[0]][place[1:]])
        ]
        for sheet, row, column in failed:
            said.clear()
            if len(found.failures) < _MOST_EXPLAINED:
                book.set_formula(sheet, row, column, book.get_formula(sheet, row, column))
                book.evaluate_cell(sheet, row, column)
            error = found.grids[sheet][row, column]
            found.failures[sheet, row, column] = (
                f"{error}: {'; '.join(dict.fromkeys(said))}" if said else str(error)
            )
    except AmznFcfError:
        raise
    except Exception as error:
        raise EngineError(
            f"{Formualizer.name} could not calculate the workbook: {type(error).__name__}: {error}"
        ) from error
    return found


def calculate_apart(
    name: str,
    data: bytes,
    cells: Mapping[Place, bool],
    register: Register | None,
    pinned: Mapping[Place, Value] | None = None,
) -> Calculated:
    """Calculate a workbook in a process of its own with limited time and memory; only formualizer pins cells.

    Raises
    ------
    EngineError
        If the engine fails, or needs more than its limits.
    """
    calls = any(cells.values())
    seconds = SECONDS_WITH_FUNCTIONS if calls else SECONDS
    order = {
        "engine": name,
        "seconds": seconds,
        "register": f"{register.__module__}:{register.__qualname__}"
        if register is not None and calls
        else "",
        "cells": [[*place, call] for place, call in cells.items()],
        "pinned": [[*place, value] for place, value in (pinned or {}).items()],
        "size": len(data),
    }
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603  # this module
            command,
            input=json.dumps(order).encode() + b"\n" + data,
            capture_output=True,
            check=False,
            timeout=_SLOWEST * seconds,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if "error" in answer:
        raise EngineError(str(answer["error"]))
    if "grids" not in answer:
        raise EngineError(
            f"{name} needs more than {seconds} s or {MEMORY // 1_000_000_000} GB for its formulas, or crashed"
        )
    return Calculated(
        {
            sheet: {(row, column): value for row, column, value in values}
            for sheet, values in answer["grids"].items()
        },
        {(sheet, row, column): text for sheet, row, column, text in answer["failures"]},
    )


def _limit(seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415  # there is none on Windows, where the wall clock is the limit
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _registered(path: str) -> Register | None:
    if not path:
        return None
    module, _, name = path.partition(":")
    found: Register = getattr(importlib.import_module(module), name)
    return found


def _sparse(grids: Grids, wanted: Iterable[Place]) -> dict[str, list[Sequence[object]]]:
    found: dict[str, list[Sequence[object]]] = {}
    for sheet, row, column in wanted:
        found.setdefault(sheet, []).append((row, column, grids.get(sheet, {}).get((row, column))))
    return found


def main() -> None:
    """Calculate the workbook on stdin, and write the values as JSON."""
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read(order["size"])
    cells = {(sheet, row, column): call for sheet, row, column, call in order["cells"]}
    _limit(order["seconds"])
    try:
        if order["engine"] == Formualizer.name:
            pinned = {(sheet, row, column): value for sheet, row, column, value in order["pinned"]}
            found = calculate(data, cells, _registered(order["register"]), pinned)
        else:
            found = Calculated()
            found.grids.update(
                {name: dict(grid) for name, grid in engine_named(order["engine"]).calculate(data).items()}
            )
        failures = [[*place, text] for place, text in found.failures.items()]
        answer: dict[str, object] = {"grids": _sparse(found.grids, cells), "failures": failures}
    except AmznFcfError as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
