"""Gnumeric: a program that must be installed; its converter ``ssconvert`` calculates without a window."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from model.errors import EngineError
from model.files import temporary_folder
from workbook_templates.engines.engine import Engine
from workbook_templates.read.book import read_book
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook_templates.read.values import Changes, Grid, Grids

_PROGRAM: Final = "ssconvert"
_LONG: Final = re.compile(r"[0-9]+\.[0-9]{16,}")
"""A number with more decimals than a double has digits."""
_SECONDS: Final = 60
"""The longest that it may take for a workbook."""


class Gnumeric(Engine):
    """A spreadsheet program, run by its converter; used for values, never to write our files."""

    name = "gnumeric"
    how_to_get = "install Gnumeric (Debian: apt-get install gnumeric)"

    def is_available(self) -> bool:
        """See :class:`Engine`."""
        return shutil.which(_PROGRAM) is not None

    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        found: list[Grids] = []
        with temporary_folder("to calculate with Gnumeric") as folder:
            for data, changes in jobs:
                source, target = folder / "book.xlsx", folder / "calculated.xlsx"
                source.write_bytes(with_changes(data, changes))
                target.unlink(missing_ok=True)
                convert(source, target)
                grids = read_book(target.read_bytes()).values
                found.append({name: _as_doubles(grid) for name, grid in grids.items()})
        return found


def _as_doubles(grid: Grid) -> Grid:
    """Write numbers within texts as doubles are written.

    Gnumeric computes with longer numbers: a rounded 7.62 joined to a text is 7.6199999999999999999 in it.
    """
    return {
        place: _LONG.sub(lambda found: repr(float(found[0])), value) if isinstance(value, str) else value
        for place, value in grid.items()
    }


def convert(source: Path, target: Path) -> None:
    """Have Gnumeric calculate a workbook and save it; an :class:`EngineError` if it does not."""
    command = [
        shutil.which(_PROGRAM) or _PROGRAM, "--recalc", "--export-type=Gnumeric_Excel:xlsx2", str(source),
        str(target),
    ]  # fmt: skip
    plain = os.environ | {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments
            command, env=plain, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"Gnumeric did not finish within {_SECONDS} s") from None
    if done.returncode or not target.is_file():
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise EngineError(f"Gnumeric failed with status {done.returncode}: {said}")
