"""What decides on the figures of a process: our version, code and data, Python and the libraries."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import import_module, metadata, resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

_PACKAGES: Final = ("amzn_fcf", "model", "workbook_templates")
_LIBRARIES: Final = ("formualizer", "numba", "numpy", "openpyxl", "scipy")
_DIGITS: Final = 16
"""Of the digest, which people read in messages."""


@cache
def software() -> Mapping[str, str]:
    """Return name -> version or digest; processes in which all are equal make the same workbooks."""
    return {
        "amzn-fcf": str(import_module("amzn_fcf").__version__),
        "code and data": _digest_of_packages()[:_DIGITS],
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{library: _version(library) for library in _LIBRARIES},
    }


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> tuple[str, str]:
    """Return what they and we have, for the parts that are not equal; empty texts if all are."""
    names = [name for name in {**ours, **theirs} if theirs.get(name) != ours.get(name)]
    they, we = (", ".join(f"{name} {each.get(name, 'none')}" for name in names) for each in (theirs, ours))
    return they, we


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "none"


def _digest_of_packages() -> str:
    found = hashlib.sha256()
    for package in _PACKAGES:
        _take_in(resources.files(package), found)
    return found.hexdigest()


def _take_in(folder: Traversable, found: hashlib._Hash) -> None:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir() and entry.name != "__pycache__":
            _take_in(entry, found)
        elif entry.is_file():
            found.update(entry.name.encode() + b"\0" + entry.read_bytes())
