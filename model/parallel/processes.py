"""Worker processes that keep nobody waiting for one that was killed, end with the process that started them, and leave Ctrl-C to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Processes(ProcessPoolExecutor):
    """Python's own process pool, which notices a process that is killed, but not one that is killed while it sends a result.

    The pool then waits for the rest of the result as long as any process can write to the pipe, and the pool
    itself can.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count, multiprocessing.get_context("spawn"), _prepare)

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Have something computed; a process is started for it unless one is idle."""
        with _interrupts_held():
            return super().submit(fn, *args, **kwargs)

    def end_if_broken(self) -> None:
        """If a process has ended, end the others, so that all results that are waited for fail."""
        if any(each.exitcode is not None for each in self._processes.values()):
            self._end()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  # as in the base class
        """End the processes, whatever they compute: who leaves has all results, or wants none."""
        if self._processes:  # the base class forgets them
            self._end()
        super().shutdown(wait, cancel_futures=cancel_futures)

    def _end(self) -> None:
        for each in list(self._processes.values()):
            each.kill()
        self._result_queue._writer.close()  # type: ignore[attr-defined]  # noqa: SLF001  # no public way to end the wait


def _prepare() -> None:
    """Prepare a process: Ctrl-C is for the one that started it, with which it ends even if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started: it inherits that, and is not hit before it can say that it ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
