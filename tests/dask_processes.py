"""A Dask scheduler and its workers, as local processes that tests can kill."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from distributed import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 60
ROOT: Final = Path(__file__).parent.parent
_PACKAGES: Final = ("amzn_fcf", "model", "workbook_templates")
_WITHOUT_PACKAGES: Final = """
import sys
from importlib.util import find_spec
from pathlib import Path
sys.path[:] = [each for each in sys.path if not (Path(each) / "amzn_fcf").is_dir()]
assert find_spec("model") is None
from dask.__main__ import main
main()
"""


@dataclass
class DaskProcesses:
    """A scheduler and its workers, all of them started in ``folder``."""

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, packages: Path | None = None, *, bare: bool = False) -> None:
        """Start a worker with one thread; it has our packages from another folder, or ``bare``: none."""
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        program = ("-c", _WITHOUT_PACKAGES) if bare else ("-m", "dask")
        arguments = (*program, "worker", self.address, *options, "--local-directory", str(self.folder))
        self.workers.append(_start(self.folder, *arguments, packages=packages))

    def wait_for_workers(self) -> None:
        """Wait until the scheduler knows all workers."""
        with Client(self.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]  # typed in part
            client.wait_for_workers(len(self.workers), timeout=_SECONDS)


@contextmanager
def dask_processes(folder: Path, workers: int = 2) -> Iterator[DaskProcesses]:
    """Start a scheduler and workers with one thread each; end those that are left."""
    file = folder / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    dask = DaskProcesses(folder, "", _start(folder, "-m", "dask", "scheduler", *options))
    try:
        _wait_for(file)
        dask.address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        for _ in range(workers):
            dask.start_worker()
        if workers:
            dask.wait_for_workers()
        yield dask
    finally:
        for each in (dask.scheduler, *dask.workers):
            each.kill()
            each.wait(_SECONDS)


def changed_packages(folder: Path, path: str, old: str, new: str) -> Path:
    """Copy the packages into a folder, and change a text in one of their files; return the folder."""
    without = shutil.ignore_patterns("__pycache__")
    for package in _PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=without, dirs_exist_ok=True)
    text = (folder / path).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def _start(folder: Path, *arguments: str, packages: Path | None = None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "20ms"}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    with (folder / "dask.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", *arguments], cwd=folder, stdout=log, stderr=log, env=environment
        )


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not path.exists() or not path.read_text(encoding="utf-8").endswith("}"):
        assert time.monotonic() < deadline, "the scheduler did not start"
        time.sleep(0.05)
