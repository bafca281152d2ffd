"""xlwings Server: a project folder, its guard, and authentication."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from xlwings_udfs.hosts.project_folder import texts_of, write_folder

if TYPE_CHECKING:
    from pathlib import Path


def write_template(out: Path) -> list[Path]:
    """Write a project folder for the ``xlwings-server`` package and return its files.

    Raises
    ------
    WorkbookError
        If the folder holds files of the same names that differ, or cannot be written; nothing is written
        then.
    """
    return write_folder(out, texts_of(resources.files(__package__) / "project"))
