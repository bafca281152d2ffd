"""Who computes independent pieces of work: this process, threads, processes, or a cluster; one way to ask all of them.

Pieces are numbered, few are under way at a time, and results come back in order: what is made of them does not depend on
how many workers there are.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from model.errors import EngineError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")
MOST_WORKERS: Final = 1024
_SECONDS_BETWEEN_LOOKS: Final = 1.0
_AHEAD: Final = 2
"""Pieces that wait for each worker, so that none is idle."""


class WorkersLostError(EngineError):
    """The workers are gone: a cluster's scheduler, or a process that was killed. What they gave back before is still good."""


class Here(Executor):
    """An executor that computes at once, in this thread."""

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Compute, and return a future that is done."""
        done: Future[Result] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # whatever it is, the future raises it where the result is asked for
            done.set_exception(error)
        return done


def check_workers(workers: object) -> int:
    """Return a number of workers; what is no whole number from 1 to :data:`MOST_WORKERS` is an :class:`InputError`."""
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        message = f"workers must be a whole number from 1 to {MOST_WORKERS:,}, not {str(workers)[:40]}"
        raise InputError(message)
    return workers


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_workers(workers: int, *, processes: bool) -> Iterator[Executor]:
    """Give workers on this machine: threads for work that releases Python's lock, else processes; one is this thread itself.

    Processes are started anew, not forked: a program that starts some must do so below ``if __name__ == "__main__":``.
    """
    if workers == 1:
        yield Here()
        return
    made: Executor
    if processes:
        import multiprocessing  # noqa: PLC0415  # where Python runs in a browser there are none

        from model.processes import Processes  # noqa: PLC0415  # as above

        made = Processes(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts)
    else:
        made = ThreadPoolExecutor(workers)
    try:
        yield made
    finally:
        made.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the process that waits for the results."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def in_order(executor: Executor, piece: Callable[[int], Result], count: int, workers: int) -> Iterator[Result]:
    """Yield the results of pieces 0 to ``count - 1`` in order, with a bounded number of them under way.

    Raises
    ------
    WorkersLostError
        If the executor loses its workers, or its scheduler; what a piece itself raises is raised as it is.
    """
    under_way: deque[Future[Result]] = deque()
    following = 0
    try:
        while following < count or under_way:
            while following < count and len(under_way) < _AHEAD * workers:
                under_way.append(executor.submit(piece, following))
                following += 1
            yield _result(under_way.popleft(), executor)
    except (BrokenExecutor, CancelledError) as error:
        message = (
            "a worker process was ended from outside" if isinstance(error, BrokenExecutor) else "the connection to the scheduler is lost"
        )
        raise WorkersLostError(message) from None
    finally:
        for each in under_way:
            each.cancel()


def _result(piece: Future[Result], executor: Executor) -> Result:
    """Wait for a result, and look every second whether it can still come."""
    while True:
        try:
            return piece.result(timeout=_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            if piece.done():
                return piece.result()
            if hasattr(executor, "end_if_broken"):
                executor.end_if_broken()
