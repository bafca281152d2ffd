"""The projects of xlwings Server and xlwings Lite, which are copied into a folder."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from model.errors import WorkbookError
from model.files import write_files
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.packing import files_below
from xlwings_udfs.hosts.wheel import wheel

if TYPE_CHECKING:
    from pathlib import Path


def write_project(host: str, out: Path) -> list[Path]:
    """Write the project of a host, ``server`` or ``lite``, and return its files; other files there stay.

    Raises
    ------
    WorkbookError
        If a file of the same name has another content, which may be somebody's changes, or if the folder
        cannot be written. Nothing is written then.
    """
    project = files_below(files(f"{__package__}.{host}") / "project")
    contents = {out / name: data.replace(b"VERSION", version().encode()) for name, data in project}
    if host == "lite":  # whose Python is elsewhere
        name, content = wheel()
        contents[out / name] = content
    for path, content in contents.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            remedy = "move the folder away or choose another with --out"
            raise WorkbookError(f"{path} is there and differs: {remedy}")
    return write_files(contents)
