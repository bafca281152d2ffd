"""The macro workbook: xlwings' standalone workbook with settings, a how-to page and argument help.

Its VBA project is that of the installed xlwings package, byte for byte; it holds no macro of ours.
"""

from __future__ import annotations

import io
import sys
import zipfile
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError
from model.files import write_files
from xlwings_udfs.hosts.desktop.how_to import TITLE, how_to
from xlwings_udfs.hosts.desktop.vba_module import vba_module
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

UDF_MODULE: Final = "xlwings_udfs.hosts.desktop.udfs"
HOW_TO, SETTINGS, INTELLISENSE = "How to", "xlwings.conf", "_IntelliSense_"

_STANDALONE: Final = "quickstart_standalone.xlsm"
_MACRO_TYPE: Final = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_PLAIN_TYPE: Final = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_SHOW_PATH: Final = 'py -c "import sys; print(sys.executable)"'
_FULL_PATH: Final = f"Full path of python.exe, as this shows in a command prompt: {_SHOW_PATH}"
_SETTINGS: Final[dict[str, tuple[str | bool | None, str]]] = {
    "Interpreter_Win": ("python", _FULL_PATH),
    "PYTHONPATH": (None, "Empty: amzn-fcf is installed with pip. Else the folder that holds xlwings_udfs"),
    "UDF Modules": (UDF_MODULE, "Read by the macro ImportPythonUDFs"),
    "Show Console": (False, "TRUE shows a window with what Python says"),
    "ADD_WORKBOOK_TO_PYTHONPATH": (False, "FALSE: no Python file that lies beside the workbook is run"),
}
"""Setting of xlwings -> its value, and a note."""


def write_template(
    path: Path,
    workbook: Callable[[bytes], bytes] | None = None,
    calculate: Callable[[bytes], bytes] | None = None,
    interpreter: str | None = None,
) -> tuple[Path, Path]:
    """Write a macro workbook and the VBA module to import by hand; return their paths.

    Parameters
    ----------
    path
        The workbook to write, an ``.xlsm``.
    workbook
        Adds sheets to the bytes of a macro workbook and returns them; the sheets already there stay last,
        because Excel-DNA IntelliSense reads only the last sheet.
    calculate
        Returns a workbook with the values of its formulas cached, and keeps the parts that it does not know.
        It gets the workbook as a plain ``.xlsx``, since engines refuse the content type of one with macros.
    interpreter
        Path of ``python.exe``; default: this one on Windows, elsewhere ``python``, for the user to replace.
    """
    if path.suffix.lower() != ".xlsm":
        raise WorkbookError(f"{path}: a workbook with macros needs a name that ends in .xlsm")
    module = path.with_suffix(".bas")
    data = macro_workbook(module.name, interpreter)
    if workbook:
        data = workbook(data)
    if calculate:
        plain = calculate(_with_main_type(data, _MACRO_TYPE, _PLAIN_TYPE))
        data = _with_main_type(plain, _PLAIN_TYPE, _MACRO_TYPE)
    write_files({path: data, module: vba_module()})
    return path, module


def _with_main_type(data: bytes, found: bytes, wanted: bytes) -> bytes:
    """Return a workbook with another content type of its main part, and every other part as it was."""
    target = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in source.infolist():
            part, is_list = source.read(entry), entry.filename == "[Content_Types].xml"
            written.writestr(entry, part.replace(found, wanted) if is_list else part)
    return target.getvalue()


def macro_workbook(module_file: str, interpreter: str | None = None) -> bytes:
    """Return xlwings' standalone macro workbook with settings, how-to page and argument help filled in."""
    import openpyxl  # noqa: PLC0415  # slow to load, and only this writes files

    book = openpyxl.load_workbook(io.BytesIO(_standalone()), keep_vba=True)
    # the VBA project knows both sheets by code name: they are renamed, not replaced
    page, settings = book.worksheets
    page.title = HOW_TO
    settings.title = SETTINGS
    _fill_how_to(page, module_file)
    _fill_settings(settings, interpreter or (sys.executable if sys.platform == "win32" else None))
    _fill_intellisense(book)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = False  # sheets selected together are edited together
    book.active = 0
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def companions() -> tuple[bytes, tuple[str, ...]]:
    """Return the VBA project of a template, and the sheets that follow those of the model."""
    with zipfile.ZipFile(io.BytesIO(_standalone())) as package:
        return package.read("xl/vbaProject.bin"), (HOW_TO, SETTINGS, INTELLISENSE)


def _standalone() -> bytes:
    try:
        return files("xlwings").joinpath(_STANDALONE).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError):
        missing = f"xlwings, which carries {_STANDALONE}, is not installed"
        raise WorkbookError(f"{missing}: pip install xlwings") from None


def _fill_how_to(sheet: Worksheet, module_file: str) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  # as above
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    sheet["A1"] = TITLE
    sheet["A1"].font = Font(name="Calibri", size=16, bold=True)
    for row, (head, text) in enumerate(how_to(version("xlwings"), module_file), start=3):
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


def _fill_settings(sheet: Worksheet, interpreter: str | None) -> None:
    """Fill in the sheet that xlwings reads: names in A up to the first blank, values in B, notes in C."""
    names = [str(cell.value) for (cell,) in sheet.iter_rows(max_col=1) if cell.value is not None]
    settings = names[: names.index("Instructions:")]
    for row in sheet.iter_rows(min_row=len(settings) + 1):
        for cell in row:
            cell.value = None  # instructions to activate the sheet, which is active
    for number, name in enumerate(dict.fromkeys([*settings, *_SETTINGS]), start=1):
        sheet.cell(number, 1, name)
        if name in _SETTINGS:
            value, note = _SETTINGS[name]
            sheet.cell(number, 2).value = interpreter or value if name == "Interpreter_Win" else value
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
