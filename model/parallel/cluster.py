"""Workers on other machines: a Dask cluster as an executor (extra ``cluster``)."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from model.errors import EngineError
from model.parallel.workers import PIECES_A_WORKER, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client

_SECONDS_TO_ANSWER: Final = 10
_SECONDS_TO_CLOSE: Final = 2
_QUIET: Final = ("distributed", "tornado", "asyncio")
"""Loggers that would repeat our one line at length."""


@contextmanager
def cluster_workers(address: str) -> Iterator[Workers]:
    """Give the workers of a Dask cluster; on exit, unfinished work is cancelled.

    Dask repeats the tasks of a lost worker on another one. When the scheduler is lost, pending results are
    cancelled (:class:`model.parallel.workers.WorkersLostError`). ``address``: that of the scheduler, such as
    ``tcp://127.0.0.1:8786``. Workers need the same version of this package.
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
            executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]  # typed in part
            yield Workers(executor, PIECES_A_WORKER * threads, elsewhere=True)
        finally:
            client.close(timeout=_SECONDS_TO_CLOSE)  # type: ignore[no-untyped-call]  # as above
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _connected(client: type[Client], address: str) -> Client:
    if "://" not in address:
        example = "tcp://127.0.0.1:8786"
        raise EngineError(f"{address!r} is not the address of a Dask scheduler: write one such as {example}")
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
