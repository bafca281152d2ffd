"""Workers on other machines: a Dask cluster as an executor (extra ``cluster``)."""

from __future__ import annotations

import logging
import pickle
import time
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from model.errors import EngineError, shown
from model.parallel.software import differences, software
from model.parallel.workers import PIECES_A_WORKER, Workers, WorkersLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from distributed import Client

Result = TypeVar("Result")
_SECONDS_TO_ANSWER: Final = 10
_SECONDS_WITHOUT_WORKERS: Final = 10
"""Enough for a worker that is restarted."""
_SECONDS_TO_CLOSE: Final = 2
_QUIET: Final = ("distributed", "tornado", "asyncio")
"""Loggers that would repeat our one line at length."""
_CALL: Final = "__import__('pkgutil').resolve_name(name)(*arguments)"
"""Evaluated by a worker, which looks a function up by name: one that lacks it then raises an error, while a
function sent by reference would end the worker before it could answer."""


@contextmanager
def cluster_workers(address: str) -> Iterator[Workers]:
    """Give the workers of a Dask cluster; on exit, unfinished work is cancelled.

    Dask repeats the tasks of a lost worker on another one. When the scheduler is lost, pending results are
    cancelled. A :class:`model.parallel.workers.WorkersLostError` if no worker is left, or if a worker has
    other software than this process. ``address``: that of the scheduler, such as ``tcp://127.0.0.1:8786``.
    """
    try:
        from distributed import Client  # noqa: PLC0415  # an extra, and slow to load
    except ImportError:
        raise EngineError('a cluster needs the extra "cluster": pip install "amzn-fcf[cluster]"') from None
    levels = {name: logging.getLogger(name).level for name in _QUIET}
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        client = _connected(Client, address)
        try:
            threads = _threads(client, address)
            cluster = _Cluster(client, address)
            cluster.check()
            yield Workers(cluster, PIECES_A_WORKER * threads, check=cluster.check, elsewhere=True)
        finally:
            client.close(timeout=_SECONDS_TO_CLOSE)  # type: ignore[no-untyped-call]  # typed in part
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


class _Cluster(Executor):
    """An executor whose workers compute only if they have the software of this process."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]  # as above
        self._checked: set[str] = set()
        self._without_workers_since: float | None = None

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Submit a call, pickled twice: a worker reads the call itself only once it knows its software."""
        call = pickle.dumps(partial(fn, *args, **kwargs))
        submitted: Future[Result] = self._executor.submit(eval, _CALL, _named(compute, software(), call))
        return submitted

    def check(self) -> None:
        """Ask workers that have joined for their software, and check that any worker is left."""
        workers = set(self._client.scheduler_info(n_workers=-1).get("workers", ()))
        if workers:
            self._without_workers_since = None
        elif self._without_workers_since is None:
            self._without_workers_since = time.monotonic()
        elif time.monotonic() > self._without_workers_since + _SECONDS_WITHOUT_WORKERS:
            hint = f"start some with `dask worker {self._address}`"
            raise WorkersLostError(f"the scheduler at {self._address} has no workers any more: {hint}")
        if joined := sorted(workers - self._checked):
            self._refuse_other_software(joined)
            self._checked.update(joined)

    def _refuse_other_software(self, workers: list[str]) -> None:
        question = (eval, _CALL, _named(software))
        try:
            answers = self._client.run(*question, workers=workers, on_error="return")
        except OSError:  # the scheduler is lost, which pending results will say
            return
        refusals = [text for worker in workers if (text := _refusal(worker, answers.get(worker), software()))]
        if refusals:
            more = f" ({len(refusals)} of {len(workers)} workers cannot compute)" if len(refusals) > 1 else ""
            raise WorkersLostError(f"{refusals[0]}{more}")


def compute(wanted: Mapping[str, str], call: bytes) -> object:
    """Compute a pickled call on a worker, unless its software is not the one wanted."""
    from distributed import get_worker  # noqa: PLC0415  # an extra

    if refusal := _refusal(get_worker().address, software(), wanted):
        raise WorkersLostError(refusal)
    return pickle.loads(call)()  # noqa: S301  # from the client, which Dask lets run any code anyway


def _named(function: Callable[..., object], *arguments: object) -> dict[str, object]:
    """Return what :data:`_CALL` is evaluated with."""
    return {"name": f"{function.__module__}:{function.__qualname__}", "arguments": arguments}


def _refusal(worker: str, theirs: object, ours: Mapping[str, str]) -> str:
    """Return why a worker cannot compute, by what it says of its software; empty if it can."""
    remedy = f"install amzn-fcf {ours['amzn-fcf']} there and restart the worker"
    match theirs:
        case None | OSError():  # it is lost since
            return ""
        case Exception():
            return f"the worker at {worker} cannot load amzn-fcf ({theirs}): {remedy}"
        case dict():
            they, we = differences(theirs, ours)
            same = "install the same on both and restart the worker"
            return f"the worker at {worker} has {they}, but this process has {we}: {same}" if they else ""
        case _:
            return f"the worker at {worker} does not say which amzn-fcf it has: {remedy}"


def _connected(client: type[Client], address: str) -> Client:
    if "://" not in address:
        example = "tcp://127.0.0.1:8786"
        raise EngineError(
            f"{shown(address)} is not the address of a Dask scheduler: write one such as {example}"
        )
    try:
        return client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _no_answer(address, error) from None


def _threads(client: Client, address: str) -> int:
    """Return the number of the workers' threads; wait a while for the first worker."""
    try:
        client.wait_for_workers(1, timeout=_SECONDS_TO_ANSWER)
        return sum(client.nthreads().values())  # type: ignore[no-untyped-call]  # as above
    except TimeoutError:
        hint = f"start some with `dask worker {address}`"
        raise EngineError(f"the scheduler at {address} has no workers: {hint}") from None
    except OSError as error:  # it is gone again
        raise _no_answer(address, error) from None


def _no_answer(address: str, error: Exception) -> EngineError:
    reason = str(error).partition("\n")[0]
    return EngineError(
        f"no Dask scheduler answers at {address} ({reason}):"
        f" start one with `dask scheduler`, and workers with `dask worker {address}`"
    )
