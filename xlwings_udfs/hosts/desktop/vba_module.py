"""The VBA that the add-in and the template carry: the sources in ``vba``, filled in from the functions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError
from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.cells.error_values import BAD_VALUE, MARK, NOT_AVAILABLE, VBA_NAMES
from xlwings_udfs.hosts.desktop.vba_project import class_module, document, procedures, vba_project
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlwings_udfs.cells.descriptions import Description
    from xlwings_udfs.hosts.desktop.vba_project import VbaModule

PYTHON_MODULE: Final = "xlwings_udfs.hosts.desktop.udfs_marked"
SERVER: Final = "xlwings_udfs.hosts.desktop.serve"
CHECK_MACRO: Final = "CheckAmznFunctions"
PROJECT: Final = "AmznFcf"
SETTINGS: Final = "xlwings.conf"
"""The sheet that holds the settings of xlwings, under the name where xlwings looks for them too."""
FILES_FOLDER: Final = "amzn-fcf"
"""The folder beside the add-in with xlwings' library and the help.

Excel opens every file in its start folder, but nothing in folders of that.
"""
HELP: Final = "help.html"
COMMAND: Final = "py -m amzn_fcf addin"
"""How the command is typed on Windows, where Python's folder of commands is seldom on the PATH."""
INSTALL: Final = f"{COMMAND} install"
TO_PYTHON: Final = "AmznPython"
"""The module that calls xlwings' library, the one part that only Windows can run."""


def modules(sheets: Sequence[str]) -> list[VbaModule]:
    """Return the modules of a project; ``sheets`` are the code names of the workbook's sheets."""
    return [
        document("ThisWorkbook", _source("ThisWorkbook.cls")),
        *map(document, sheets),
        procedures("AmznFunctions", _functions()),
        procedures(TO_PYTHON, _source(f"{TO_PYTHON}.bas")),
        procedures("AmznMacros", _source("AmznMacros.bas")),
        procedures("AmznWorkbooks", _source("AmznWorkbooks.bas")),
        class_module("AmznEvents", _source("AmznEvents.cls")),
    ]


def project(sheets: Sequence[str]) -> bytes:
    """Return the VBA project of a workbook with sheets of these code names."""
    return vba_project(PROJECT, modules(sheets))


def _source(name: str) -> str:
    """Return a source with its gaps filled; it is the same on every computer with the same packages."""
    text = files(__package__).joinpath("vba", name).read_text(encoding="utf-8")
    gaps = {
        "module": PYTHON_MODULE, "server": SERVER, "settings": SETTINGS, "files": FILES_FOLDER, "help": HELP,
        "check": CHECK_MACRO, "category": CATEGORY, "xlwings": _xlwings_version(), "install": INSTALL,
        "other_ways": "docs/how-to/functions-in-excel.md has other ways",
        "descriptions": "\n".join(map(_described, descriptions().values())),
    }  # fmt: skip
    return _filled(text, gaps)


def _xlwings_version() -> str:
    """Return the version of xlwings, which is part of its library's name."""
    try:
        return version("xlwings")
    except PackageNotFoundError:
        raise WorkbookError(
            "xlwings, whose library the macros call, is missing: pip install xlwings"
        ) from None


def _functions() -> str:
    text = files(__package__).joinpath("vba", "AmznFunctions.bas").read_text(encoding="utf-8")
    cases = [f'        Case "{error}": CellValue = CVErr({name})' for error, name in VBA_NAMES.items()]
    gaps = {
        "mark": str(ord(MARK)), "cases": "\n".join(cases), "otherwise": VBA_NAMES[BAD_VALUE],
        "unknown": VBA_NAMES[NOT_AVAILABLE], "functions": "\n".join(map(_function, descriptions().values())),
    }  # fmt: skip
    return _filled(text, gaps)


def _filled(text: str, gaps: dict[str, str]) -> str:
    for name, value in gaps.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _function(function: Description) -> str:
    names = [each.name for each in function.arguments]
    kinds = ["Optional ByVal" if each.optional else "ByVal" for each in function.arguments]
    declared = ", ".join(f"{kind} {name} As Variant" for kind, name in zip(kinds, names, strict=True))
    name, call = function.name, f'FromPython("{function.name}", Array({", ".join(names)}))'
    return f"Public Function {name}({declared}) As Variant\n    {name} = {call}\nEnd Function\n"


def _described(function: Description) -> str:
    call = (
        f'    Application.MacroOptions Macro:=ours & "{function.name}", Category:="{CATEGORY}", _\n'
        f"        Description:={_text(function.text)}"
    )
    if not function.arguments:
        return call
    texts = ", _\n            ".join(_text(each.text) for each in function.arguments)
    return f"{call}, _\n        ArgumentDescriptions:=Array( _\n            {texts})"


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
