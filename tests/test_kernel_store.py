"""Compiled kernels are kept in a folder of the user's; no fault of that folder stops a simulation."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from model.backends.kernel.cache import FOLDER_VARIABLE, cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SMALL: Final = """
import sys
import numpy as np
from model.backends.kernel import kernel_for
from model.language.declarations import Block, Model, driver, line
from model.language.periods import Axis, Quarter
from model.plan.binding import bind

class Small(Block):
    "Small."
    alpha = driver("Alpha", "ratio")
    twice = line("Twice", "ratio", 2 * alpha)

plan = bind(Model("small", [Small]), Axis(Quarter.parse("2026Q2"), Quarter.parse("2022Q1"),
Quarter.parse("2035Q4")))
found = kernel_for(plan, frozenset({"alpha"}), ("twice",)).run({"alpha": np.full((56, 3), 21.0)}, {}, 3)
print(found["twice"].sum())
"""
ANSWER: Final = str(42.0 * 56 * 3)


def small(folder: Path, text: str = SMALL) -> subprocess.Popen[str]:
    environment = {**os.environ, FOLDER_VARIABLE: str(folder), "NUMBA_DEBUG_CACHE": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", text],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert not err
    assert ANSWER in out
    return out


def test_two_processes_that_compile_at_once_both_succeed_and_a_third_loads(tmp_path: Path) -> None:
    both = [small(tmp_path / "new" / "folder") for _ in range(2)]
    for process in both:
        answer(process)
    kept = answer(small(tmp_path / "new" / "folder"))
    assert "data loaded from" in kept
    assert "data saved" not in kept


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")  # also for root, whom permissions do not stop
    assert "data saved" not in answer(small(blocked))
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    answer(small(locked))
    locked.chmod(stat.S_IRWXU)


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    answer(small(tmp_path))
    for path in tmp_path.rglob("*.nb?"):
        path.write_bytes(path.read_bytes()[:100])
    answer(small(tmp_path))
    assert "data loaded from" in answer(small(tmp_path))


def test_kernels_are_kept_where_the_platform_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / "xdg" / "amzn-fcf" / "kernels"
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_folder() == tmp_path / "local" / "amzn-fcf" / "kernels"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder().parts[-4:] == ("Library", "Caches", "amzn-fcf", "kernels")


WITHOUT_NUMBA: Final = """
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "numba":
            raise ModuleNotFoundError("No module named 'numba'", name="numba")

sys.meta_path.insert(0, Missing())
from model.amazon import AMAZON
from model.errors import EngineError
from model.backends.kernel import kernel_for
from model.language.periods import Quarter
try:
    kernel_for(AMAZON.plan(AMAZON.axis(Quarter.parse("2026Q2"))), frozenset(), ("free_cash_flow",))
except EngineError as error:
    print(error)
"""


def test_without_numba_the_error_says_how_to_get_it(tmp_path: Path) -> None:
    out, err = small(tmp_path, WITHOUT_NUMBA).communicate(timeout=60)
    assert (
        out.strip() == "numba compiles the model, and cannot be imported (No module named 'numba'): "
        "pip install 'amzn-fcf[fast]'"
    )
    assert not err


def test_importing_the_kernel_does_not_import_numba() -> None:
    code = "import sys, model.backends.kernel; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
