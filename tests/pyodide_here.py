"""Pyodide, numpy, scipy and xlwings for WebAssembly: fetched once by ``make pyodide``, below the environment.

The packages are pinned in ``pyodide.txt``. One of them has 106 MB; only the files that tests need are kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from programs import absent

from xlwings_udfs.hosts.web.pyodide import digests, from_folder

if TYPE_CHECKING:
    import pytest

FOLDER: Final = Path(sys.prefix) / "pyodide"
_PINNED: Final = Path(__file__).with_name("pyodide.txt")
_INSIDE: Final = "open_webui/frontend/pyodide/"


def xlwings_wheel() -> Path | None:
    """Return xlwings' wheel, if it was fetched."""
    return next(FOLDER.glob("xlwings-*.whl"), None)


def pyodide_folder(request: pytest.FixtureRequest) -> Path:
    """Return the folder; a test that needs it is skipped, or fails, where it is not."""
    if not is_complete():
        absent(request, "Pyodide is missing: make pyodide")
    return FOLDER


def is_complete() -> bool:
    """Tell whether everything was fetched."""
    return xlwings_wheel() is not None and all((FOLDER / name).is_file() for name in digests())


def fetch() -> None:
    """Fetch what is missing, and keep only what the tests need."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run(
            [
                *pip,
                "--platform",
                "any",
                "--only-binary",
                ":all:",
                "--requirement",
                str(_PINNED),
                "--dest",
                folder,
            ],
            check=True,
        )
        FOLDER.mkdir(exist_ok=True)
        (whole,) = Path(folder).glob("open_webui-*.whl")
        with zipfile.ZipFile(whole) as archive:
            for name in digests():
                (FOLDER / name).write_bytes(archive.read(_INSIDE + name))
        for path in Path(folder).glob("xlwings-*.whl"):
            (FOLDER / path.name).write_bytes(path.read_bytes())
    from_folder(FOLDER)  # checks every digest


if __name__ == "__main__":
    if not is_complete():
        fetch()
    print(f"Pyodide is in {FOLDER}")
