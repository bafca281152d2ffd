"""Slow results that several test processes need: made by one of them, read by the others."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
_VARIABLE: Final = "AMZN_FCF_TEST_RUN"
"""Environment variable through which the processes of a run (pytest-xdist) know their common folder."""
_PATIENCE: Final = 300
"""Seconds after which a process that is said to work on a result is taken for dead."""


def begin() -> None:
    """Make the folder of this run; the processes that are started from here on inherit its name."""
    os.environ[_VARIABLE] = tempfile.mkdtemp(prefix="amzn-fcf-tests-")
    run_folder.cache_clear()


def end() -> None:
    """Remove the folder of this run."""
    shutil.rmtree(os.environ.pop(_VARIABLE), ignore_errors=True)


@cache
def run_folder(name: str = "") -> Path:
    """Return a folder that all processes of this run share, and no other run."""
    folder = Path(os.environ[_VARIABLE]) / name
    folder.mkdir(exist_ok=True)
    return folder


def made_once(name: str, make: Callable[[], Made]) -> Made:
    """Return what ``make`` returns, from the process of this run that was the first to ask for ``name``."""
    path = run_folder("made") / f"{name}.pickle"
    lock = path.with_suffix(".lock")
    deadline = time.monotonic() + _PATIENCE
    while not path.exists() and time.monotonic() < deadline:
        try:
            lock.touch(exist_ok=False)
        except FileExistsError:
            time.sleep(0.05)
            continue
        try:
            _write(path, make())
        finally:
            lock.unlink()
    if not path.exists():
        return make()
    made: Made = pickle.loads(path.read_bytes())  # noqa: S301  # written by another process of this run
    return made


def _write(path: Path, made: object) -> None:
    temporary = path.with_suffix(".part")
    temporary.write_bytes(pickle.dumps(made))
    temporary.replace(path)
