"""Workers: results in order, errors as they are, and no waiting for a process that was killed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from operator import truediv
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
from processes import AMZN_FCF, running

from model.parallel.workers import WorkersLostError, in_order, local_workers

if TYPE_CHECKING:
    from pathlib import Path

_LARGE = 100_000_000
"""Bytes that take longer to send than to see that they are sent."""


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_and_errors_as_they_are(workers: int) -> None:
    def piece(number: int) -> int:
        time.sleep(0.02 * (number % 3 == 0))
        return number

    with local_workers(workers, processes=False) as found:
        assert list(in_order(found, piece, range(20))) == list(range(20))
        with pytest.raises(ZeroDivisionError):
            list(in_order(found, partial(truediv, 1), range(3)))


def killed_while_sending(piece: int) -> bytes:
    """Return a large result, and end the process while it is being sent."""
    if piece < 2:
        return b""
    main = threading.main_thread().ident

    def end() -> None:
        while main is not None and sys._current_frames()[main].f_code.co_name != "_send":  # noqa: SLF001  # what a debugger reads
            time.sleep(0.0005)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=end).start()
    return b"x" * _LARGE


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process by a signal")
def test_a_process_that_is_killed_while_it_sends_a_result_keeps_nobody_waiting() -> None:
    with (
        pytest.raises(WorkersLostError, match="a worker process was killed"),
        local_workers(2, processes=True) as workers,
    ):
        list(in_order(workers, killed_while_sending, range(6)))


SIMULATE = ("simulate", "--engine", "numpy", "--draws", "1000000")
BUILD = ("build", "--scenario", "base", "bear")


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes by a signal")
@pytest.mark.parametrize("to_all", [False, True])
@pytest.mark.parametrize(("command", "lines"), [(SIMULATE, 1), (BUILD, 2)])
def test_a_command_that_is_terminated_ends_with_its_processes_and_says_so_in_one_line(
    command: tuple[str, ...], lines: int, *, to_all: bool, tmp_path: Path
) -> None:
    """``kill`` sends the signal to the command, a service manager to all of its processes."""
    with running([*AMZN_FCF, *command, "--workers", "2"], tmp_path) as process:
        workers_and_tracker = 3
        deadline = time.monotonic() + 60
        while len(started := psutil.Process(process.pid).children(recursive=True)) < workers_and_tracker:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if to_all:
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.terminate()
        output, errors = process.communicate(timeout=30)
        _, alive = psutil.wait_procs(started, timeout=20)
    assert not alive
    assert (process.returncode, output) == (143, "")
    *missing, last = errors.splitlines()
    assert last == "amzn-fcf: terminated; files already written are complete"
    assert len(missing) == lines - 1, errors
    assert all("2 of 2 not built: " in line for line in missing), errors
