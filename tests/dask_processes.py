"""A Dask scheduler and its workers, as local processes that tests can kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECONDS = 60


@dataclass
class DaskProcesses:
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def dask_processes(folder: Path, workers: int = 2) -> Iterator[DaskProcesses]:
    """Start a scheduler and workers with one thread each; end those that are left."""
    address_file = folder / "scheduler.json"
    started = [
        _start(
            folder,
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(address_file),
        )
    ]
    try:
        _wait_for(address_file)
        address = _address(address_file)
        options = (
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(folder),
        )
        started += [_start(folder, "worker", address, *options) for _ in range(workers)]
        yield DaskProcesses(address, started[0], started[1:])
    finally:
        for each in started:
            each.kill()
            each.wait(_SECONDS)


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "dask", *arguments]
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "20ms"},
        )


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not path.exists() or not path.read_text(encoding="utf-8").endswith("}"):
        assert time.monotonic() < deadline, "the scheduler did not start"
        time.sleep(0.05)


def _address(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8"))["address"])
