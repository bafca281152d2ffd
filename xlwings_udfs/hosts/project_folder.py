"""The projects of xlwings Server and xlwings Lite, which are copied into a folder."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from model.errors import WorkbookError
from model.files import write_files
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.wheel import wheel

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


def write_project(host: str, out: Path) -> list[Path]:
    """Write the project of a host, ``server`` or ``lite``, and return its files; other files there stay.

    Raises
    ------
    WorkbookError
        If a file of the same name has another content, which may be somebody's changes, or if the folder
        cannot be written. Nothing is written then.
    """
    texts = _texts_of(files(f"{__package__}.{host}") / "project")
    contents = {out / name: text.replace("VERSION", version()).encode() for name, text in texts.items()}
    if host == "lite":  # whose Python is elsewhere
        name, packed = wheel()
        contents[out / name] = packed
    for path, content in contents.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            remedy = "move the folder away or choose another with --out"
            raise WorkbookError(f"{path} is there and differs: {remedy}")
    return write_files(contents)


def _texts_of(folder: Traversable, within: str = "") -> dict[str, str]:
    """Return the texts of all files below a folder of this package, by their path within it."""
    found: dict[str, str] = {}
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and each.name != "__pycache__":
            found |= _texts_of(each, f"{within}{each.name}/")
        elif each.is_file():
            found[within + each.name] = each.read_text(encoding="utf-8")
    return found
