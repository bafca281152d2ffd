"""Files of this package, and archives of files that have the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an archive."""


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by their path within it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in contents.items():
            put(archive, name, content)
    return data.getvalue()


def put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Put a file into an archive."""
    archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)


def files_below(folder: Traversable, within: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield all files below a folder of this package, by their path after ``within``."""
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and each.name != "__pycache__":
            yield from files_below(each, f"{within}{each.name}/")
        elif each.is_file() and not each.name.endswith(".pyc"):
            yield within + each.name, each.read_bytes()
