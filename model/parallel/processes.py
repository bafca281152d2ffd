"""A process pool that fails at once when a worker is killed; its parent alone obeys Ctrl-C and SIGTERM."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_SIGNALS: Final = frozenset({signal.SIGINT, signal.SIGTERM})
"""Those that ask a command to end; a terminal and some supervisors send them to all of its processes."""


class Processes(ProcessPoolExecutor):
    """Python's process pool, made to fail when a process is killed while it sends a result.

    Python's own then waits for the rest of the result as long as any process can write to the pipe, and the
    pool itself always can.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, multiprocessing.get_context("spawn"), _prepare)

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Submit a call; a process is started for it unless one is idle."""
        with _signals_held():
            return super().submit(fn, *args, **kwargs)

    def end_if_broken(self) -> None:
        """If a process has ended, end the others, so that all pending results fail."""
        if any(process.exitcode is not None for process in self._processes.values()):
            self._end()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """End the processes, whatever they compute: results that are still pending are no longer wanted."""
        if self._processes:  # None once the base class has shut down
            self._end()
        super().shutdown(wait, cancel_futures=cancel_futures)

    def _end(self) -> None:
        for process in list(self._processes.values()):
            process.kill()
        writer = self._result_queue._writer  # type: ignore[attr-defined]  # noqa: SLF001  # no public way
        writer.close()  # ends the wait for a result that nobody sends any more


def _prepare() -> None:
    """Prepare a process to leave signals to its parent, and to exit with it even if that is killed."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold signals back while a process is started, which inherits this, until it ignores them itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
