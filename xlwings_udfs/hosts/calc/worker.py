"""The process that computes for Calc: ``python -m xlwings_udfs.hosts.calc.worker``.

It reads a call and writes an answer, one JSON text per line. A call is
``{"function": "AMZN_FCF", "arguments": [2026, "bull", null, null]}``; :mod:`xlwings_udfs.hosts.answers` says
what its answer is. The first line that the process writes is ``{"ready": true}``.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from typing import TextIO


def main() -> None:
    """Answer the calls that arrive on standard input until it ends."""
    calls: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_receive, args=(sys.stdin, calls), daemon=True).start()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is not an answer
    from xlwings_udfs.hosts.answers import answer  # noqa: PLC0415  # loads all functions, while the office is watched

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
