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
import zlib
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from importlib.resources import files
from pathlib import Path, PureWindowsPath
from typing import Final

from defusedxml.ElementTree import ParseError, fromstring

from model.errors import WorkbookError
from model.files import remove_stale_parts, write_files
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.desktop import library
from xlwings_udfs.hosts.desktop.package import PROPERTIES_PART, MacroBook
from xlwings_udfs.hosts.desktop.vba_module import FILES_FOLDER, HELP, SETTINGS
from xlwings_udfs.hosts.desktop.wizard import descriptions
from xlwings_udfs.hosts.help import page

ADD_IN: Final = "amzn-fcf.xlam"

_VERSION, _PYTHON, _XLWINGS = "amzn-fcf", "Python", "xlwings"
_LARGEST: Final = 5_000_000
_DAMAGED: Final = (
    OSError, EOFError, LookupError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, ParseError
)  # fmt: skip
_LONGEST_PATH: Final = 218
"""Characters of the path of a workbook that Excel opens."""
_ERRORS: Final = {
    "#N/A": "In the function wizard, until you press OK.",
    "#VALUE!": "In every cell: press Version on the ribbon.",
    "#NAME?": "The add-in is not open: py -m amzn_fcf addin status",
}
"""What error values mean besides, on the page of help."""
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
    if "WindowsApps" in PureWindowsPath(sys.base_prefix).parts:
        raise WorkbookError(
            "Windows hides from Excel what Python from the Microsoft Store writes there: take Python from "
            "python.org, or name a folder outside AppData with --to"
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


def help_page() -> str:
    """Return the page that the ribbon's Help opens, as HTML."""
    return page(descriptions().values(), _ERRORS)


def found_in(folder: Path) -> Installed | None:
    """Return the add-in of a folder, if there is one; a file of its name that is not ours is an error."""
    path = folder / ADD_IN
    if not path.exists():
        return None
    try:
        with zipfile.ZipFile(path) as package:
            if sum(each.file_size for each in package.infolist()) > _LARGEST or package.testzip():
                raise zipfile.BadZipFile  # damaged, or not ours
            root = fromstring(package.read(PROPERTIES_PART))
        found = {each.get("name"): "".join(each.itertext()) for each in root}
        return Installed(path, found[_VERSION], found[_PYTHON], found[_XLWINGS])
    except PermissionError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror}): close Excel and try again") from None
    except _DAMAGED:
        raise WorkbookError(
            f"{path} is no add-in of amzn-fcf, or damaged: move it away and try again"
        ) from None


def install(folder: Path, *, force: bool = False) -> list[Path]:
    """Write the add-in, xlwings' library and the help; return the files written.

    Raises
    ------
    WorkbookError
        If the add-in that is there is newer, or calls another Python that exists, unless ``force``; if
        xlwings' library is missing; if the folder cannot be written to.
    """
    if len(str((folder / ADD_IN).absolute())) > _LONGEST_PATH:
        longest = f"Excel opens no path of more than {_LONGEST_PATH} characters"
        raise WorkbookError(f"{folder / ADD_IN}: {longest}: name a shorter folder with --to")
    there = found_in(folder)
    if there and not force:
        if _numbers(there.version) > _numbers(version()):
            upgrade = "upgrade this package, or replace the add-in with --force"
            raise WorkbookError(f"{there.path} is version {there.version}, newer than {version()}: {upgrade}")
        if there.python_is_there and not there.calls_this_python:
            remedy = "run this with that Python, or let the add-in call this one with --force"
            raise WorkbookError(f"{there.path} calls {there.python}, not {sys.executable}: {remedy}")
    beside = {**library.libraries(), HELP: help_page().encode()}
    contents = {folder / FILES_FOLDER / name: content for name, content in beside.items()}
    contents[folder / ADD_IN] = addin(sys.executable)  # last: with it the rest is complete
    remove_stale_parts(folder)  # Excel would open them
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
