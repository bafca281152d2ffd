"""The process that computes for Calc: ``python -m xlwings_udfs.hosts.calc.worker``.

It reads a call and writes an answer, one JSON text per line. A call is
``{"function": "AMZN_FCF", "arguments": [2026, "bull", null, null]}``; its answer is ``{"value": 1234.5}``, a
block as a list of rows. An error is ``{"error": "#N/A", "message": "..."}``, in a block ``{"error": "#N/A"}``
in its cell. The first line that the process writes is ``{"ready": true}``.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from xlwings_udfs.cells.arguments import Cell, Result


def answer(name: str, arguments: list[Cell]) -> dict[str, object]:
    """Return the answer to a call; any failure is an error value."""
    from model.errors import AmznFcfError  # noqa: PLC0415  # loaded after the thread that watches for the office's end
    from xlwings_udfs.cells.error_values import BAD_VALUE, error_value  # noqa: PLC0415
    from xlwings_udfs.functions import FUNCTIONS  # noqa: PLC0415

    if name not in FUNCTIONS:
        remedy = "the extension and the package differ; write the extension again"
        return {"error": BAD_VALUE, "message": f"unknown function {name}: {remedy}"}
    try:
        return {"value": _plain(FUNCTIONS[name](*arguments))}
    except AmznFcfError as error:
        return {"error": error_value(error), "message": str(error)}
    except Exception as error:  # noqa: BLE001  # a defect must not take the other cells down with it
        return {"error": BAD_VALUE, "message": f"{type(error).__name__}: {error}"}


def _plain(value: Result) -> Any:  # noqa: ANN401  # JSON
    from xlwings_udfs.cells.error_values import ErrorValue  # noqa: PLC0415

    if isinstance(value, list):
        return [[_plain(each) for each in row] for row in value]
    return {"error": str(value)} if isinstance(value, ErrorValue) else value


def main() -> None:
    """Answer the calls that arrive on standard input until it ends."""
    calls: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_receive, args=(sys.stdin, calls), daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is not an answer
    from xlwings_udfs.functions import FUNCTIONS  # noqa: F401, PLC0415  # all loaded before the first call

    _send(answers, {"ready": True})
    while True:
        call = json.loads(calls.get())
        _send(answers, answer(call["function"], call["arguments"]))


def _receive(source: TextIO, calls: queue.Queue[str]) -> None:
    for line in source:
        calls.put(line)
    os._exit(0)  # the office has ended: nobody waits for the call that may be running


def _send(target: TextIO, message: dict[str, object]) -> None:
    target.write(json.dumps(message) + "\n")
    target.flush()


if __name__ == "__main__":
    main()
