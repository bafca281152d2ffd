"""Files are written whole or not at all, and what killed writers left is removed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf
from processes import AMZN_FCF, finished

from model.errors import WorkbookError
from model.files import DiskError, part_of, remove_stale_parts, write_files, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_replaces_an_earlier_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "made" / "book.xlsx"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_the_message_names_the_target(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(
        WorkbookError, match=r"b\.txt: cannot be written \(Is a directory\); choose another place"
    ):
        write_files({tmp_path / "b.txt": b"b"})
    (tmp_path / "file").touch()
    with pytest.raises(WorkbookError, match=r"file/c\.txt: cannot be written"):
        write_whole(tmp_path / "file" / "c.txt", b"c")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt", "file"]


def test_a_full_disk_is_an_error_of_the_disk_and_keeps_the_earlier_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the system refuses in the middle of writing."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"earlier")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DiskError, match=r"book\.xlsx: cannot be written \(File too large\)"):
            write_whole(path, b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("lxml", ["True", "False"], ids=["with lxml", "without lxml"])
def test_a_full_temporary_folder_is_named_with_its_use(lxml: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the full folder, as above."""
    resource = pytest.importorskip("resource")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    found = finished(
        [*AMZN_FCF, "build", "--scenario", "base", "--out", str(tmp_path / "out")],
        env={**os.environ, "OPENPYXL_LXML": lxml, "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit,
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("amzn-fcf: error: ")
    assert f"{tmp_path}: cannot be used to write the workbook (" in found.stderr
    assert found.stderr.endswith("name another folder in the environment variable TMPDIR\n")
    assert found.stderr.count("\n") == 1
    assert not list((tmp_path / "out").glob("*.xlsx"))


@pytest.mark.parametrize("command", ["validate", "read", "show --scenario"])
def test_a_path_that_is_too_long_is_named(command: str) -> None:
    path = f"{'x' * 300}.{'toml' if 'show' in command else 'xlsx'}"
    ran = amzn_fcf(*command.split(), path, *(["net_sales"] if "show" in command else []))
    assert ran.returncode == 2
    assert "File name too long" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_the_parts_of_killed_writers_are_removed_and_those_of_running_ones_stay(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    write_whole(tmp_path / "book.xlsx", b"whole")
    names = {
        what: part_of(tmp_path / what, process)
        for what, process in (("dead", dead.pid), ("running", os.getpid()), ("old", os.getpid()))
    }
    for path in names.values():
        path.touch()
    names["elsewhere"] = tmp_path / f".book.xlsx.another_computer-{dead.pid}.part"
    names["elsewhere"].touch()
    (tmp_path / ".notes.part").touch()
    hours_ago = time.time() - 7200
    os.utime(names["old"], (hours_ago, hours_ago))
    os.utime(tmp_path / ".notes.part", (hours_ago, hours_ago))
    remove_stale_parts(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"book.xlsx", names["running"].name, names["elsewhere"].name, ".notes.part"}
