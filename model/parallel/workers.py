"""Who computes independent pieces of work: this process, threads, processes, or a cluster; one way to ask all of them.

Few pieces are under way at a time, and results come back in order: what is made of them does not depend on
how many workers there are.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from model.errors import AmznFcfError, EngineError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_WORKERS: Final = 1024
_SECONDS_BETWEEN_LOOKS: Final = 1.0
PIECES_A_WORKER: Final = 2
"""One is computed and one waits, so that no worker is idle."""


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


@dataclass(frozen=True)
class Workers:
    """An executor, and how to use it."""

    executor: Executor
    at_once: int
    """How many pieces are under way at a time."""
    elsewhere: bool = False
    """On machines that may lack what is here: what a piece raises there is their failure, unless it is an error of ours."""


def check_workers(workers: object) -> int:
    """Return a number of workers; what is no whole number from 1 to :data:`MOST_WORKERS` is an :class:`InputError`."""
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise InputError(
            f"workers must be a whole number from 1 to {MOST_WORKERS:,}, not {str(workers)[:40]}"
        )
    return workers


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def local_workers(workers: int, *, processes: bool) -> Iterator[Workers]:
    """Give workers on this machine: threads for work that releases Python's lock, else processes; one is this thread itself.

    Processes are started anew, not forked: a program that starts some must do so below ``if __name__ ==
    "__main__":``.
    """
    if workers == 1:
        yield Workers(Here(), 1)
        return
    executor: Executor
    if processes:
        from model.parallel.processes import Processes  # noqa: PLC0415  # where Python runs in a browser there are none

        executor = Processes(workers)
    else:
        executor = ThreadPoolExecutor(workers)
    try:
        yield Workers(executor, PIECES_A_WORKER * workers)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def in_order(workers: Workers, piece: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the results of a piece of work for each item, in order, with a bounded number of them under way.

    Raises
    ------
    WorkersLostError
        If a process or the scheduler is lost, or a cluster cannot compute a piece; what a piece itself raises
        here is raised as it is.
    """
    waiting = iter(items)
    under_way: deque[Future[Result]] = deque()
    try:
        while True:
            for item in islice(waiting, workers.at_once - len(under_way)):
                under_way.append(workers.executor.submit(piece, item))
            if not under_way:
                return
            yield _result(under_way.popleft(), workers.executor)
    except BrokenExecutor:
        raise WorkersLostError(
            "a worker process was ended from outside, or memory ran out: try fewer workers"
        ) from None
    except CancelledError:
        raise WorkersLostError("the connection to the scheduler is lost") from None
    except Exception as error:
        if not workers.elsewhere or isinstance(error, AmznFcfError):
            raise
        raise WorkersLostError(
            f"the cluster failed: {type(error).__name__}: {error}; its machines need this very version of amzn-fcf"
        ) from None


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
