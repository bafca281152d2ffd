"""The add-in for Excel on Windows: written into Excel's start folder, looked at, and removed.

It brings the functions into every workbook, and a tab of the ribbon. xlwings' library and the help lie in a
folder beside it, so that an upgrade of xlwings does not take them away.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from importlib.resources import files
from pathlib import Path
from typing import Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from model.errors import WorkbookError
from model.files import write_files
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.desktop import library
from xlwings_udfs.hosts.desktop.help_page import help_page
from xlwings_udfs.hosts.desktop.package import PROPERTIES_PART, MacroBook
from xlwings_udfs.hosts.desktop.vba_module import FILES_FOLDER, HELP, SETTINGS

ADD_IN: Final = "amzn-fcf.xlam"

_VERSION, _PYTHON, _XLWINGS = "amzn-fcf", "Python", "xlwings"
_LARGEST_PROPERTIES: Final = 100_000
_CLOSE_EXCEL: Final = "close Excel, or give a folder that you may write to with --to"


@dataclass(frozen=True)
class Installed:
    """An add-in of ours as it was found: its version, and the Python and xlwings that it calls."""

    path: Path
    version: str
    python: str
    xlwings: str

    @property
    def calls_this_python(self) -> bool:
        """Whether it calls the interpreter that runs this."""
        return os.path.normcase(self.python) == os.path.normcase(sys.executable)

    @property
    def python_is_there(self) -> bool:
        """Whether the interpreter that it calls exists."""
        return Path(self.python).is_file()

    @property
    def libraries(self) -> list[str]:
        """The names of xlwings' libraries beside it that it can call."""
        found = (self.path.parent / FILES_FOLDER).glob(f"xlwings*-{self.xlwings}.dll")
        return sorted(each.name for each in found)


def start_folder() -> Path:
    """Return the folder whose workbooks Excel opens whenever it starts."""
    roaming = os.environ.get("APPDATA")
    if not roaming:
        raise WorkbookError(
            "Excel's start folder is known on Windows only (APPDATA is not set): name a folder with --to"
        )
    excel = Path(roaming, "Microsoft", "Excel")
    if not excel.is_dir():
        raise WorkbookError(f"{excel}: Excel has no folder there: start Excel once, or name one with --to")
    return excel / "XLSTART"


def addin(python: str) -> bytes:
    """Return the add-in that calls an interpreter; the same packages and path give the same bytes."""
    ribbon = files(__package__).joinpath("ribbon.xml").read_text(encoding="utf-8")
    settings = [["Interpreter_Win", python]]
    properties = {_VERSION: version(), _PYTHON: python, _XLWINGS: installed_version("xlwings")}
    return MacroBook({SETTINGS: settings}, properties, ribbon, is_addin=True).as_bytes()


def found_in(folder: Path) -> Installed | None:
    """Return the add-in of a folder, if there is one; a file of its name that is not ours is an error."""
    path = folder / ADD_IN
    if not path.exists():
        return None
    try:
        with zipfile.ZipFile(path) as package:
            if package.getinfo(PROPERTIES_PART).file_size > _LARGEST_PROPERTIES:
                raise KeyError(PROPERTIES_PART)  # noqa: TRY301  # as if it had none
            root = fromstring(package.read(PROPERTIES_PART))
        found = {each.get("name"): "".join(each.itertext()) for each in root}
        return Installed(path, found[_VERSION], found[_PYTHON], found[_XLWINGS])
    except PermissionError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror}): close Excel and try again") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, ParseError, DefusedXmlException):
        raise WorkbookError(f"{path} is no add-in of amzn-fcf: move it away and try again") from None


def install(folder: Path, *, force: bool = False) -> list[Path]:
    """Write the add-in, xlwings' library and the help; return the files written.

    Raises
    ------
    WorkbookError
        If the add-in that is there is newer, or calls another Python that exists, unless ``force``; if
        xlwings' library is missing; if the folder cannot be written to.
    """
    there = found_in(folder)
    if there and not force:
        if _numbers(there.version) > _numbers(version()):
            upgrade = "upgrade with  py -m pip install --upgrade amzn-fcf  or replace it with --force"
            raise WorkbookError(f"{there.path} is version {there.version}, newer than {version()}: {upgrade}")
        if there.python_is_there and not there.calls_this_python:
            remedy = "run this with that Python, or let the add-in call this one with --force"
            raise WorkbookError(f"{there.path} calls {there.python}, not {sys.executable}: {remedy}")
    beside = {**library.libraries(), HELP: help_page().encode()}
    contents = {folder / FILES_FOLDER / name: content for name, content in beside.items()}
    contents[folder / ADD_IN] = addin(sys.executable)  # last: with it the rest is complete
    written = write_files(contents, remedy=_CLOSE_EXCEL)
    for path in (folder / FILES_FOLDER).glob("xlwings*.dll"):
        if path not in contents:  # of an earlier xlwings
            with contextlib.suppress(OSError):
                path.unlink()
    return written


def remove(folder: Path) -> list[Path]:
    """Remove the add-in and its files; return what was removed. Other files in the folders stay."""
    there, beside = found_in(folder), folder / FILES_FOLDER
    ours = [*beside.glob("xlwings*.dll"), beside / library.LICENCE_FILE, beside / HELP]
    removed = [*([there.path] if there else []), *(path for path in sorted(ours) if path.is_file())]
    for path in removed:
        try:
            path.unlink()
        except OSError as error:
            raise WorkbookError(f"{path}: cannot be removed ({error.strerror}): close Excel first") from None
    with contextlib.suppress(OSError):  # somebody's file is in it
        beside.rmdir()
    return removed


def _numbers(text: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared."""
    return tuple(map(int, re.findall(r"\d+", text)))
