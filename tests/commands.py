"""``amzn-fcf`` run inside the test's own process, which saves a second of starting up."""

from __future__ import annotations

import io
from contextlib import chdir, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, NamedTuple

from amzn_fcf.cli import main

if TYPE_CHECKING:
    from pathlib import Path


class Done(NamedTuple):
    """Exit status and texts of a command."""

    returncode: int
    stdout: str
    stderr: str


def amzn_fcf(*arguments: str, cwd: Path | None = None) -> Done:
    """Run a command in a folder."""
    out, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors), chdir(cwd or "."):
        try:
            status = main(arguments)
        except SystemExit as left:  # argparse's way
            status = int(left.code or 0)
    return Done(status, out.getvalue(), errors.getvalue())


def refused(*arguments: str, status: int = 2, cwd: Path | None = None) -> str:
    """Run a command that must fail; return its one line of error."""
    done = amzn_fcf(*arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("amzn-fcf: error: ")
    return line
