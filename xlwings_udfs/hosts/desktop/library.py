"""xlwings' library for Windows (BSD licence), which starts Python and hands calls on by COM.

pip puts it where the installation keeps data: beside ``python.exe``, in the folder of a virtual environment,
or in the user's own folder. The list of installed files says where; other installers (conda) list no such
file, and put it beside ``python.exe``.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError

if TYPE_CHECKING:
    from importlib.metadata import PackagePath

_NAME: Final = re.compile(r"xlwings(32|64)-.*\.dll")
_LICENCE: Final = "LICENSE.txt"
LICENCE_FILE: Final = f"xlwings-{_LICENCE}"


def libraries() -> dict[str, bytes]:
    """Return xlwings' libraries, for Excel of 32 and of 64 bits, and their licence, by file name.

    Raises
    ------
    WorkbookError
        If they are not installed, as everywhere but on Windows.
    """
    found = {path.name: path.read_bytes() for path in _installed() if path.is_file()}
    if not found:
        remedy = "run this on Windows, after  py -m pip install --force-reinstall --no-deps xlwings"
        raise WorkbookError(f"xlwings' DLL is not installed: {remedy}")
    licences = [each for each in distribution("xlwings").files or () if each.name == _LICENCE]
    return {**found, **{f"xlwings-{each.name}": _path(each).read_bytes() for each in licences}}


def folder() -> str | None:
    """Return the folder of xlwings' libraries, if they are installed."""
    return next((str(path.parent) for path in _installed() if path.is_file()), None)


def _installed() -> list[Path]:
    """Return where the libraries are: by the list of installed files, or beside Python."""
    try:
        xlwings = distribution("xlwings")
    except PackageNotFoundError:
        return []
    listed = [_path(each) for each in xlwings.files or () if _NAME.fullmatch(each.name)]
    return listed or sorted(Path(sys.prefix).glob(f"xlwings??-{xlwings.version}.dll"))


def _path(file: PackagePath) -> Path:
    return Path(str(file.locate())).resolve()
