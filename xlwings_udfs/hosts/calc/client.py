"""The add-in's side of the worker process: starts it, calls it, restarts it after it has died.

Runs in LibreOffice's own Python, 3.7 or later, without any package; the extension holds it as
``amzn_fcf_client``.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
import subprocess
import tempfile
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Final

INTERPRETER_VARIABLE: Final = "AMZN_FCF_PYTHON"
"""Environment variable that names another interpreter than the one that wrote the extension."""
SECONDS_PER_CALL: Final = 60.0

_MODULE: Final = "xlwings_udfs.hosts.calc.worker"
_SECONDS_BETWEEN_FAILED_STARTS: Final = 10.0
_SECONDS_TO_END: Final = 5.0
_LONGEST_LAST_WORDS: Final = 2000
_CODES: Final = {"#N/A": 32767, "#VALUE!": 519, "#NUM!": 503}
"""Calc's error numbers."""
_QUIET_NAN: Final = 0x7FF8000000000000


class WorkerError(Exception):
    """The worker could not be started, has died, or took too long."""


class _DiedError(WorkerError):
    """The worker ended during a call."""


def error_number(error: str) -> float:
    """Return an error as Calc encodes it: a NaN whose lowest bits are the error's number."""
    bits = struct.pack("<Q", _QUIET_NAN | _CODES.get(error, _CODES["#VALUE!"]))
    return float(struct.unpack("<d", bits)[0])


def cell(value: Any) -> float | str:  # noqa: ANN401  # JSON
    """Return one value of an answer for Calc; an empty cell is "", which SUM and overrides ignore."""
    if isinstance(value, dict):
        return error_number(str(value.get("error")))
    if value is None:
        return ""
    return value if isinstance(value, str) else float(value)


def block(value: Any) -> tuple[tuple[float | str, ...], ...]:  # noqa: ANN401  # JSON
    """Return an answer as a block of cells; a single value is a block of one."""
    rows = value if isinstance(value, list) else [[value]]
    return tuple(tuple(cell(each) for each in row) for row in rows)


def worker_command(recorded: str) -> list[str]:
    """Return the command that starts the worker; the environment can name another interpreter."""
    # -P: a folder called model beside the user's spreadsheet is not ours
    return [os.environ.get(INTERPRETER_VARIABLE) or recorded, "-P", "-m", _MODULE]


class Client:
    """Calls functions in one worker process, which it starts by a command when first called.

    ``seconds`` is the time limit of a call, the start of the worker included.
    """

    def __init__(self, command: list[str], seconds: float = SECONDS_PER_CALL) -> None:
        self._command = command
        self._seconds = seconds
        self._lock = threading.Lock()
        self._worker: _Worker | None = None
        self._failed_start: tuple[float, str] | None = None

    def call(self, name: str, arguments: tuple[object, ...]) -> Any:  # noqa: ANN401  # JSON
        """Return what a function gives: a value, a list of rows, or ``{"error": "#N/A", "message": ...}``.

        A worker that cannot be started, dies, or is ended as it takes too long is a :class:`WorkerError`.
        """
        request = json.dumps({"function": name, "arguments": arguments}, default=str)
        with self._lock:
            deadline = time.monotonic() + self._seconds
            if self._worker is not None:
                try:
                    return self._ask(self._worker, request, deadline)
                except _DiedError:
                    pass  # it may have died of something else since the last call: ask a new one
            return self._ask(self._started(deadline), request, deadline)

    @property
    def process_id(self) -> int | None:
        """The worker's process id, if it was started."""
        return None if self._worker is None else self._worker.process.pid

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            self._drop()

    def _ask(self, worker: _Worker, request: str, deadline: float) -> Any:  # noqa: ANN401  # JSON
        try:
            answer = worker.ask(request, deadline)
        except WorkerError:
            self._drop()
            raise
        return answer.get("value", answer)

    def _started(self, deadline: float) -> _Worker:
        if self._failed_start is not None:
            when, message = self._failed_start
            # a sheet full of cells must not wait for each
            if time.monotonic() < when + _SECONDS_BETWEEN_FAILED_STARTS:
                raise WorkerError(message)
        try:
            self._worker = _Worker(self._command)
            self._worker.answer(deadline)
        except WorkerError as error:
            self._drop()
            self._failed_start = (time.monotonic(), str(error))
            raise
        self._failed_start = None
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """A running worker process."""

    def __init__(self, command: list[str]) -> None:
        of_the_office = ("PYTHONHOME", "PYTHONPATH")
        environment = {name: value for name, value in os.environ.items() if name not in of_the_office}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the process ends
        try:
            self.process = subprocess.Popen(  # noqa: S603  # the interpreter that the extension was written with
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except OSError as error:
            self._log.close()
            remedy = f"write the extension again, or set {INTERPRETER_VARIABLE}"
            raise WorkerError(f"cannot start {command[0]} ({error.strerror}): {remedy}") from None
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, request: str, deadline: float) -> dict[str, Any]:
        assert self.process.stdin is not None  # noqa: S101  # we asked for a pipe
        try:
            self.process.stdin.write(request.encode("ascii") + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise _DiedError(self._last_words()) from None
        return self.answer(deadline)

    def answer(self, deadline: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise WorkerError("the worker took too long and was ended") from None
        if not line:
            raise _DiedError(self._last_words())
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise WorkerError(f"the worker wrote no answer but {line[:80]!r}")
        return found

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(_SECONDS_TO_END)
        for stream in (self.process.stdin, self.process.stdout, self._log):
            with contextlib.suppress(OSError):  # what was not sent to a dead process
                if stream is not None:
                    stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None  # noqa: S101  # we asked for a pipe
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_SECONDS_TO_END)
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - _LONGEST_LAST_WORDS))
        lines = self._log.read().decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()] or ["it said nothing"]
        return f"the worker ended with status {self.process.returncode}: {said[-1]}"
