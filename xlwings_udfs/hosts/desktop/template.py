"""The macro workbook: the sheets of a scenario, settings, a how-to page and argument help.

Its VBA project is the one of the add-in (:mod:`.vba_module`), so it works where the add-in is not installed.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Final

from model import companies
from model.files import write_whole
from xlwings_udfs.hosts.desktop import library
from xlwings_udfs.hosts.desktop.dynamic_arrays import with_dynamic_arrays
from xlwings_udfs.hosts.desktop.package import MacroBook, code_names
from xlwings_udfs.hosts.desktop.vba_module import CHECK_MACRO, SETTINGS, project
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

UDF_MODULE: Final = "xlwings_udfs.hosts.desktop.udfs"
HOW_TO, INTELLISENSE = "How to", "_IntelliSense_"

_SHOW_PATH: Final = 'py -c "import sys; print(sys.executable)"'
_FULL_PATH: Final = f"Full path of python.exe, as this shows in a command prompt: {_SHOW_PATH}"
_THEIR_ADD_IN: Final = "For xlwings' own add-in, if you use that instead"
_SETTINGS: Final[dict[str, tuple[str | bool | None, str]]] = {
    "Interpreter_Win": ("python", _FULL_PATH),
    "Library folder": (None, "Folder of xlwings' DLL, if it is not with Python"),
    "UDF Modules": (UDF_MODULE, f"{_THEIR_ADD_IN}: every error then shows as #VALUE!"),
    "ADD_WORKBOOK_TO_PYTHONPATH": (False, f"{_THEIR_ADD_IN}: no Python file beside the workbook is run"),
}
"""Setting -> its value, and a note."""


def write_template(
    path: Path, workbook: Callable[[bytes], bytes] | None = None, interpreter: str | None = None
) -> Path:
    """Write a macro workbook; return its path.

    Parameters
    ----------
    path
        The workbook to write, an ``.xlsm``.
    workbook
        Adds sheets to the bytes of a macro workbook and returns them; the sheets already there stay last,
        because Excel-DNA IntelliSense reads only the last sheet.
    interpreter
        Path of ``python.exe``; default: this one on Windows, elsewhere ``python``, for the user to replace.
    """
    data = macro_workbook(interpreter)
    if workbook:
        data = workbook(data)
    write_whole(path, with_dynamic_arrays(data, "AMZN_"))
    return path


def macro_workbook(interpreter: str | None = None) -> bytes:
    """Return a workbook with the VBA project, and with settings, how-to page and argument help filled in."""
    import openpyxl  # noqa: PLC0415  # slow to load, and only this writes files

    base = MacroBook({HOW_TO: [], SETTINGS: []}).as_bytes()
    book = openpyxl.load_workbook(io.BytesIO(base), keep_vba=True)
    page, settings = book.worksheets
    _fill_how_to(page)
    _fill_settings(settings, interpreter)
    _fill_intellisense(book)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False  # sheets selected together are edited together
    book.active = 0
    file = io.BytesIO()
    book.save(file)
    if book.vba_archive:
        book.vba_archive.close()
    return file.getvalue()


def companions() -> tuple[bytes, tuple[str, ...]]:
    """Return the VBA project of a template, and the sheets that follow those of the model."""
    return project(code_names(2)), (HOW_TO, SETTINGS, INTELLISENSE)


def _fill_how_to(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  # as above
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet["A1"] = "How to use the functions in this workbook"
    sheet["A1"].font = Font(name="Calibri", size=16, bold=True)
    for row, (head, text) in enumerate(_how_to(), start=3):
        for column, content in enumerate((head, text), start=1):
            cell = sheet.cell(row, column)
            cell.value = content or None
            cell.data_type = "s" if content else "n"  # examples begin with "=" and are texts
            cell.font = Font(name="Calibri", size=11, bold=bool(head) and not text)
            cell.alignment = Alignment(vertical="top", horizontal="left", wrap_text=column > 1)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 115
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _how_to() -> list[tuple[str, str]]:
    """Return instructions for someone who has never used Python: a step or an error, and what it says."""
    years = companies.default().years
    lines = f"""\
|The figures of this workbook are live formulas and need nothing. The functions =AMZN_...() call the Python \
that wrote it.
Set up|
1|Close the workbook. In Explorer, right-click it, Properties, tick Unblock if it is there. Open it, Enable \
Content.
2|Press Alt+F8, choose {CHECK_MACRO}, Run. It shows the version, or says what is wrong.
For all books|In a command prompt: py -m amzn_fcf addin install   It brings the functions into every \
workbook, with a tab of the ribbon.
Another computer|
1|Install Python 3.11 or later for Windows from python.org.
2|Open the folder of the project amzn-fcf in Explorer, type cmd into its address bar, Enter. There: \
py -m pip install .
3|There too: py -c "import sys; print(sys.executable)"   Copy the path it shows to cell B1 of the sheet \
{SETTINGS}.
4|The two steps of Set up. Save the workbook.
Try|
|=AMZN_FCF(2026)    =AMZN_FCF(A1:A5, "bull")    =AMZN_VALUE("dcf", "article")    =AMZN_TABLE("cash")
|fx beside the formula bar, category Amazon FCF, explains every function and argument.
|For help while you type, install the free add-in Excel-DNA IntelliSense; the hidden sheet _IntelliSense_ is \
made for it.
|Before Excel 2021, mark the cells that a block needs, type the formula, and press Ctrl+Shift+Enter.
Errors|
#N/A|Outside {years[0]}-{years[-1]}, not reported yet, or an event that does not happen.
#NUM!|No meaning: a multiple of a loss, no solution.
#VALUE!|Wrong argument: =AMZN_EXPLAIN(line, period, scenario, overrides) says how. In every cell: step 2.
#NAME?|Macros are blocked: step 1.
In the wizard|#N/A in a new formula until you press OK: Python is not asked at every letter that you type.
"""
    pairs = (line.partition("|") for line in lines.splitlines())
    return [(head, text) for head, _, text in pairs]


def _fill_settings(sheet: Worksheet, interpreter: str | None) -> None:
    """Fill in the sheet that the macros read: names in A up to the first blank, values in B, notes in C."""
    is_here = interpreter is None and sys.platform == "win32"
    found = {
        "Interpreter_Win": sys.executable if is_here else interpreter,
        "Library folder": library.folder() if is_here else None,
    }
    for number, (name, (value, note)) in enumerate(_SETTINGS.items(), start=1):
        sheet.cell(number, 1, name)
        sheet.cell(number, 2).value = found.get(name) or value
        sheet.cell(number, 3, note)
    for letter, width in zip("ABC", (34, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _fill_intellisense(book: Workbook) -> None:
    """Add the sheet that Excel-DNA IntelliSense reads: name, text, help topic, and the arguments in turn."""
    sheet = book.create_sheet(INTELLISENSE)
    sheet.append(["FunctionInfo"])
    for each in descriptions().values():
        row = [each.name, each.text, None]
        for argument in each.arguments:
            row += [f"[{argument.name}]" if argument.optional else argument.name, argument.text]
        sheet.append(row)
    sheet.sheet_state = "hidden"
