"""A process without stdin, stdout or stderr does the same as any other: only what is printed differs."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
from processes import AMZN_FCF, finished

from workbook_templates.validation.validate import validate_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed as POSIX does it")
COMBINATIONS = [each for count in (1, 2, 3) for each in itertools.combinations((0, 1, 2), count)]
WITHOUT_NUMBERS = """
import os, sys
for each in sys.argv[1].split(","):
    os.close(int(each))
os.execv(sys.executable, [sys.executable, "-m", "amzn_fcf", *sys.argv[2:]])
"""


def without(streams: tuple[int, ...], *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-c", WITHOUT_NUMBERS, ",".join(map(str, streams)), *arguments]
    found = finished(command)
    return found.returncode, found.stdout, found.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["show", "free_cash_flow", "--format", "csv"], 0), (["show", "free_cash_flo"], 2)],
    ids=["a result", "an error"],
)
def test_missing_streams_change_only_what_is_printed(arguments: list[str], status: int) -> None:
    whole = finished([*AMZN_FCF, *arguments])
    assert (whole.returncode, bool(whole.stdout), bool(whole.stderr)) == (status, status == 0, status == 2)
    for streams in COMBINATIONS:
        expected = "" if 1 in streams else whole.stdout, "" if 2 in streams else whole.stderr
        assert without(streams, *arguments) == (status, *expected), streams


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("arguments", "status"), [("show free_cash_flo", 2), ("solve wacc --price 1e9", 3), ("x", 2)]
)
def test_an_error_that_cannot_be_printed_keeps_its_status(arguments: str, status: int) -> None:
    with Path("/dev/full").open("w") as full:
        done = finished([*AMZN_FCF, *arguments.split()], capture_output=False, stderr=full)
    assert done.returncode == status


def test_files_are_whole_when_no_stream_is_open(tmp_path: Path) -> None:
    """The first files that such a process opens get the numbers of the streams, and children inherit them."""
    assert without(
        (0, 1, 2),
        "build",
        "--scenario",
        "base",
        "--scenario",
        "bull",
        "--workers",
        "2",
        "--out",
        str(tmp_path),
    ) == (0, "", "")
    for name in ("base", "bull"):
        report = validate_file(tmp_path / f"amzn-fcf_{name}.xlsx", engines=())
        assert report.is_clean, report.findings
