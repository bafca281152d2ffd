"""Runs independent pieces of work in this process, in threads, in processes or on a cluster.

Few pieces are under way at a time, and results come back in order, so that they do not depend on the number
of workers.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from model.errors import AmznFcfError, EngineError, InputError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Arguments = ParamSpec("Arguments")
Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_WORKERS: Final = 1024
_SECONDS_BETWEEN_LOOKS: Final = 1.0
PIECES_A_WORKER: Final = 2
"""One is computed and one waits, so that no worker is idle."""


class WorkersLostError(EngineError):
    """Workers are lost, or have other software than this process. Results returned before are valid."""


class ThisThread(Executor):
    """An executor that computes at once, in this thread."""

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Compute, and return a future that is done."""
        done: Future[Result] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # raised by the future
            done.set_exception(error)
        return done


class Threads(ThreadPoolExecutor):
    """Threads that use the company which the caller uses (:func:`model.companies.using`)."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Submit a call, which sees the context variables of the caller."""
        return super().submit(partial(copy_context().run, fn, *args, **kwargs))


@dataclass(frozen=True)
class Workers:
    """An executor, and how to use it."""

    executor: Executor
    at_once: int
    """Number of pieces under way at a time."""
    check: Callable[[], None] = lambda: None
    """Called every second while a result is awaited: fails, or makes results fail, that cannot come."""
    elsewhere: bool = False
    """On other machines, which may lack modules or files: errors there, unless ours, are their fault."""


def check_workers(workers: object) -> int:
    """Return a number of workers; an :class:`InputError` unless it is from 1 to :data:`MOST_WORKERS`."""
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        allowed = f"a whole number from 1 to {MOST_WORKERS:,}"
        raise InputError(f"workers must be {allowed}, not {shown(workers)}")
    return workers


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_workers(workers: int, *, processes: bool) -> Iterator[Workers]:
    """Give workers on this machine: threads for work that releases Python's lock, else processes.

    A single worker is this thread itself. Processes are spawned, not forked: a script must start them below
    ``if __name__ == "__main__":``.
    """
    if workers == 1:
        yield Workers(ThisThread(), 1)
        return
    at_once = PIECES_A_WORKER * workers
    if processes:
        from model.parallel.processes import Processes  # noqa: PLC0415  # missing in browsers

        pool = Processes(workers)
        found = Workers(pool, at_once, check=pool.end_if_broken)
    else:
        found = Workers(Threads(workers), at_once)
    try:
        yield found
    finally:
        found.executor.shutdown(wait=True, cancel_futures=True)


def in_order(workers: Workers, piece: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the result of a piece of work for each item, in order, with few of them under way at a time.

    A :class:`WorkersLostError` if workers are lost, or a cluster cannot compute a piece; errors of a piece on
    this machine are raised unchanged.
    """
    waiting = iter(items)
    under_way: deque[Future[Result]] = deque()
    try:
        while True:
            for item in islice(waiting, workers.at_once - len(under_way)):
                under_way.append(workers.executor.submit(piece, item))
            if not under_way:
                return
            yield _result(under_way.popleft(), workers)
    except BrokenExecutor:
        raise WorkersLostError("a worker process was killed, or memory ran out: try fewer workers") from None
    except CancelledError:
        raise WorkersLostError("the connection to the scheduler is lost") from None
    except Exception as error:
        if not workers.elsewhere or isinstance(error, AmznFcfError):
            raise
        workers.check()  # names a worker without our software that has joined meanwhile
        hint = "the log of its workers says more"
        raise WorkersLostError(f"the cluster failed: {type(error).__name__}: {error}; {hint}") from None


def _result(piece: Future[Result], workers: Workers) -> Result:
    """Wait for a result, and check every second that it can still come."""
    while True:
        try:
            return piece.result(timeout=_SECONDS_BETWEEN_LOOKS)
        except TimeoutError:
            if piece.done():
                return piece.result()
            workers.check()
