"""``amzn-fcf`` run inside the test's own process, which saves a second of starting up."""

from __future__ import annotations

import io
import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft202012Validator

from amzn_fcf.cli import main
from amzn_fcf.text.schema import json_schema

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


def records(*arguments: str, cwd: Path | None = None) -> list[dict[str, Any]]:
    """Run a command with ``--format json``; return its records, each of which is as the schema says."""
    found: list[dict[str, Any]] = json.loads(amzn_fcf(*arguments, "--format", "json", cwd=cwd).stdout)
    for each in found:
        assert next(iter(each)) == "kind", each
        faults = [fault.message for fault in _validators()[each["kind"]].iter_errors(each)]
        assert not faults, (each, faults)
    return found


@cache
def _validators() -> dict[str, Draft202012Validator]:
    kinds = json_schema()["items"]["oneOf"]
    return {each["title"]: Draft202012Validator(each) for each in kinds}


def refused(*arguments: str, status: int = 2, cwd: Path | None = None) -> str:
    """Run a command that must fail; return its one line of error."""
    done = amzn_fcf(*arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("amzn-fcf: error: ")
    return line
