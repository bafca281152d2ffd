"""xlwings Lite: the functions inside Excel's browser, without a server or an installed Python."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from xlwings_udfs.cells.version import version
from xlwings_udfs.hosts.project_folder import texts_of, write_folder

if TYPE_CHECKING:
    from pathlib import Path


def write_template(out: Path) -> list[Path]:
    """Write the files for xlwings Lite, ``README.md`` with the steps among them, and return their paths.

    Raises
    ------
    WorkbookError
        If the folder holds files of the same names that differ, or cannot be written; nothing is written
        then.
    """
    texts = texts_of(resources.files(__package__) / "project")
    return write_folder(out, {name: text.replace("VERSION", version()) for name, text in texts.items()})
