"""Programs that tests start: they obey Ctrl-C, and leave neither processes nor open files behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

AMZN_FCF: Final = (sys.executable, "-m", "amzn_fcf")
PATIENCE: Final = 300


@contextmanager
def default_interrupt() -> Iterator[None]:
    """Let programs that are started meanwhile obey SIGINT.

    A shell without job control starts what it puts into the background (``nohup make test &``) with SIGINT
    ignored, and every process inherits this from the one that started it.
    """
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def running(
    command: Sequence[str | Path], cwd: Path | None = None, *, quiet: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a process group of its own; at the end kill the group and close the pipes."""
    output: int | IO[str] = subprocess.DEVNULL if quiet else subprocess.PIPE
    with default_interrupt():
        process = subprocess.Popen(
            command, cwd=cwd, stdout=output, stderr=output, text=True, start_new_session=True
        )
    with process:
        try:
            yield process
        finally:
            kill_group(process)


def finished(
    command: Sequence[str | Path],
    cwd: Path | None = None,
    **options: Any,  # noqa: ANN401  # those of subprocess.run
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; return its status, its output and its errors."""
    with default_interrupt():
        return subprocess.run(
            command,
            **{"capture_output": True, "text": True, "timeout": PATIENCE, **options},
            cwd=cwd,
            check=False,
        )


def kill_group(process: subprocess.Popen[Any]) -> None:
    """Kill a program that :func:`running` started, and what it started."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
