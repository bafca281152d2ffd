"""Pyodide, Python for browsers: the files that the add-in needs, of the one version that the tests run.

They are known by their digests, so what is written is what was tested, wherever it comes from.
"""

from __future__ import annotations

import hashlib
import json
import re
from http.client import HTTPException
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from model.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VERSION: Final = "314.0.3"
FOLDER: Final = f"pyodide-{VERSION}"
"""Where the add-in has these files."""
ADDRESS: Final = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
"""Where ``--download`` fetches from, and nothing else does."""
LOCK: Final = "pyodide-lock.json"
_OPTIONAL: Final = "scipy"
_CORE: Final = {
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
}
_SECONDS: Final = 60
"""For which a download may stand still."""


def digests() -> dict[str, str]:
    """Return the SHA-256 of each file by name: Pyodide's four, and the wheels of numpy and scipy."""
    return _CORE | {each["file_name"]: each["sha256"] for each in _lock()["packages"].values()}


def from_folder(folder: Path) -> dict[str, bytes]:
    """Return the files by name from a folder that has them all side by side; scipy may be missing.

    Raises
    ------
    WorkbookError
        If the folder or a file is missing, or is of another version.
    """
    if not folder.is_dir():
        raise WorkbookError(
            f"{folder}: no such folder; --pyodide needs one with Pyodide {VERSION}, or --download"
        )

    def read(name: str) -> bytes | None:
        path = folder / name
        try:
            return path.read_bytes() if path.is_file() else None
        except OSError as error:
            raise WorkbookError(f"{path}: cannot be read ({error.strerror})") from None

    return _collected(read, str(folder), f"needs that of Pyodide {VERSION}{_other_version(folder)}")


def downloaded(address: str = ADDRESS) -> dict[str, bytes]:
    """Return the files by name from the place where Pyodide publishes them, 30 MB."""

    def read(name: str) -> bytes:
        try:
            with urlopen(address + name, timeout=_SECONDS) as answer:  # noqa: S310  # the address is ours
                found: bytes = answer.read()
                return found
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            remedy = "give a folder that has it with --pyodide"
            raise WorkbookError(f"{address}{name}: cannot be fetched ({reason}): {remedy}") from None

    return _collected(read, address, "was changed on its way: give a folder with --pyodide")


def _collected(read: Callable[[str], bytes | None], place: str, otherwise: str) -> dict[str, bytes]:
    """Return the files with a list of the packages among them; each must be the one that was tested."""
    packages = _lock()["packages"]
    optional = packages[_OPTIONAL]["file_name"]
    found: dict[str, bytes] = {}
    for name, wanted in digests().items():
        data = read(name)
        if data is None and name == optional:
            continue
        if data is None:
            raise WorkbookError(f"{place}: {name} is missing; {otherwise}")
        if hashlib.sha256(data).hexdigest() != wanted:
            raise WorkbookError(f"{place}: {name} differs; {otherwise}")
        found[name] = data
    there = {name: each for name, each in packages.items() if each["file_name"] in found}
    found[LOCK] = json.dumps(_lock() | {"packages": there}, indent=1).encode()
    return found


def _other_version(folder: Path) -> str:
    """Return ``, not 0.28.3``, if a folder has the start of another version."""
    try:
        started = (folder / "pyodide.mjs").read_bytes()
    except OSError:
        return ""
    found = re.search(rb'"([0-9]+\.[0-9]+\.[0-9a-z.]+)"', started)
    version = found[1].decode() if found else VERSION
    return "" if version == VERSION else f", not {version}"


def _lock() -> dict[str, Any]:
    """Return the entries of numpy and scipy in Pyodide's list of packages, as Pyodide wrote them."""
    read: dict[str, Any] = json.loads((files(__package__) / LOCK).read_text(encoding="utf-8"))
    return read
