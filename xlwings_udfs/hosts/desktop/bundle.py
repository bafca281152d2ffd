"""A folder for desks without a network: wheels of this package and of all it needs, and ``install.cmd``."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final
from urllib.parse import urlparse
from urllib.request import url2pathname

from model.errors import WorkbookError
from model.files import temporary_folder, write_files

_NAME: Final = "amzn-fcf"
_INSTALL: Final = """\
@echo off
rem Installs amzn-fcf from this folder, without a network, and its add-in for Excel.
rem It makes a Python environment of its own in the folder amzn-fcf of your local data; nothing else changes.
setlocal
set "HOME_OF_PYTHON=%LOCALAPPDATA%\\amzn-fcf\\python"
py -{python} -c "" 2>nul
if errorlevel 1 (
    echo Python {python} is missing: install it from python.org, for you alone, and run this again.
    goto failed
)
py -{python} -m venv "%HOME_OF_PYTHON%" || goto failed
"%HOME_OF_PYTHON%\\Scripts\\python.exe" -m pip --isolated install --quiet --no-index ^
    --find-links "%~dp0wheels" --upgrade {name} || goto failed
"%HOME_OF_PYTHON%\\Scripts\\python.exe" -m amzn_fcf addin install %* || goto failed
echo Done: start Excel, and look for the tab Amazon FCF.
set "STATUS=0"
goto finish
:failed
echo Nothing was installed into Excel: see the line above.
set "STATUS=1"
:finish
rem Double-clicked, the window waits: only then does the command line of cmd name this file.
setlocal EnableDelayedExpansion
if not "!CMDCMDLINE:%~nx0=!"=="!CMDCMDLINE!" pause
exit /b !STATUS!
"""


def write_bundle(out: Path, source: str | None = None) -> list[Path]:
    """Write the wheels for this system and Python, and ``install.cmd``; return the files.

    Parameters
    ----------
    out
        The folder; its own files are replaced, so wheels of an earlier run may stay.
    source
        What pip builds the wheel of this package from: a folder, a wheel or a requirement. Default: where it
        was installed from.
    """
    with temporary_folder("to collect wheels") as made:
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(made)]
        done = subprocess.run(  # noqa: S603  # our own arguments
            [*command, source or _source()], check=False, capture_output=True, text=True, errors="replace"
        )
        if done.returncode != 0:
            raise WorkbookError(f"pip could not collect the wheels: {_fault(done.stderr)}")
        contents = {out / "wheels" / each.name: each.read_bytes() for each in sorted(made.glob("*.whl"))}
    if not any(path.name.startswith(_NAME.replace("-", "_") + "-") for path in contents):
        raise WorkbookError(f"{source} is not {_NAME}, which install.cmd installs: name its folder or wheel")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = _INSTALL.format(python=python, name=_NAME)
    contents[out / "install.cmd"] = text.replace("\n", "\r\n").encode("ascii")
    return write_files(contents)


def _fault(said: str) -> str:
    """Return what pip found, of all that it said; uv makes environments without pip."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    if lines[-1].endswith("No module named pip"):
        return f"{sys.executable} has no pip: add it with  {sys.executable} -m ensurepip"
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])


def _source() -> str:
    """Return where this package was installed from: a folder or a wheel.

    Its name alone would ask an index, where anybody may have taken it.
    """
    try:
        recorded = distribution(_NAME).read_text("direct_url.json")
    except PackageNotFoundError:
        recorded = None
    if recorded:
        path = Path(url2pathname(urlparse(json.loads(recorded)["url"]).path))
        if path.exists():
            return str(path)
    project = Path(__file__).parents[3]
    if not (project / "pyproject.toml").is_file():
        raise WorkbookError("what this was installed from is gone: name its folder or wheel with --from")
    return str(project)
