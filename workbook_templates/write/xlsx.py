"""Writing a planned workbook with openpyxl."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, Literal

from model.files import temporary_files
from workbook_templates.a1 import column_letters
from workbook_templates.write.patching import as_ironcalc_requires

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.plan.cells import InputRange, SheetPlan
    from workbook_templates.plan.workbook import WorkbookPlan

_A3: Final = 8
_NOTE_WIDTH, _NOTE_LINE, _NOTE_CHARACTERS = 460, 16, 66
"""Of a note: width and height of a line in pixels, and how many characters a line holds."""


def write_workbook(workbook_plan: WorkbookPlan, base: bytes | None = None) -> bytes:
    """Return the workbook as .xlsx without cached values; with ``base``, before its sheets and macros."""
    import openpyxl  # noqa: PLC0415  # slow to load, and only writers need it
    from openpyxl.workbook.properties import CalcProperties  # noqa: PLC0415

    from workbook_templates.plan import named_styles  # noqa: PLC0415  # loads openpyxl

    book = openpyxl.load_workbook(io.BytesIO(base), keep_vba=True) if base else openpyxl.Workbook()
    named_styles.register(book)
    if not base:
        book.remove(book.worksheets[0])
    for position, (name, sheet) in enumerate(workbook_plan.sheets.items()):
        _write_sheet(book.create_sheet(name, position), sheet)
    book.active = 0
    book.calculation = CalcProperties(fullCalcOnLoad=True, iterate=False)
    company = workbook_plan.layout.company
    book.properties.title = f"{company.name.capitalize()} free cash flow: {workbook_plan.selected.name}"
    book.properties.creator = "amzn-fcf"
    file = io.BytesIO()
    with temporary_files("to write the workbook"):
        book.save(file)
    return as_ironcalc_requires(file.getvalue())


def _write_sheet(target: Worksheet, sheet: SheetPlan) -> None:
    prototypes = _prototypes(target, {cell.style for cell in sheet.cells.values()})
    for (row, column), cell in sheet.cells.items():
        written: Any = target.cell(row, column, cell.content)
        written._style = prototypes[cell.style]  # noqa: SLF001  # assigning .style by name costs more than the cell itself
    for column, width in sheet.widths.items():
        target.column_dimensions[column_letters(column)].width = width
    for row, height in sheet.heights.items():
        target.row_dimensions[row].height = height
    if sheet.frozen:
        row, column = sheet.frozen
        target.freeze_panes = f"{column_letters(column)}{row}"
    for first, last in sheet.outline:
        target.row_dimensions.group(first, last, outline_level=1, hidden=False)
    for first, last in sheet.column_outline:
        letters = column_letters(first), column_letters(last)
        target.column_dimensions.group(*letters, outline_level=1, hidden=False)
    for allowed in sheet.ranges:
        if not allowed.free:
            _restrict(target, allowed)
    _add_reading_aids(target, sheet)
    target.protection.sheet = sheet.protected
    target.sheet_view.showGridLines = False
    target.sheet_view.zoomScale = 85
    _set_up_print(target, sheet)


def _prototypes(target: Worksheet, names: set[str]) -> dict[str, Any]:
    from openpyxl.styles.styleable import StyleableObject  # noqa: PLC0415

    found = {}
    for name in names:
        styled: Any = StyleableObject(target)
        styled.style = name
        found[name] = styled._style  # noqa: SLF001  # what is copied
    return found


def _add_reading_aids(target: Worksheet, sheet: SheetPlan) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415

    from workbook_templates.plan import named_styles  # noqa: PLC0415  # loads openpyxl
    from workbook_templates.write.charts import add_chart  # noqa: PLC0415

    for (row, column), name in sheet.links.items():
        cell: Any = target.cell(row, column)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
    for (row, column), text in sheet.notes.items():
        note = Comment(text, "amzn-fcf")
        lines = sum(1 + len(each) // _NOTE_CHARACTERS for each in text.split("\n"))
        note.width, note.height = _NOTE_WIDTH, _NOTE_LINE * (2 + lines)
        target.cell(row, column).comment = note
    for highlight in sheet.highlights:
        rule = named_styles.conditional(highlight.condition, highlight.look)
        target.conditional_formatting.add(highlight.cells, rule)
    for chart in sheet.charts:
        add_chart(target, chart)


def _set_up_print(target: Worksheet, sheet: SheetPlan) -> None:
    from openpyxl.worksheet.header_footer import HeaderFooter, HeaderFooterItem, _HeaderFooterPart  # noqa: PLC0415
    from openpyxl.worksheet.page import PageMargins  # noqa: PLC0415
    from openpyxl.worksheet.properties import Outline, PageSetupProperties, WorksheetProperties  # noqa: PLC0415

    outline, page = Outline(summaryBelow=False), PageSetupProperties(fitToPage=True)
    target.sheet_properties = WorksheetProperties(outlinePr=outline, pageSetUpPr=page)
    target.page_setup.orientation = "landscape"
    target.page_setup.paperSize = _A3
    target.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.8, footer=0.4)
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 1 if sheet.one_page else 0
    if sheet.print_columns:
        target.print_area = f"A1:{column_letters(sheet.print_columns)}{target.max_row}"
    if sheet.frozen and not sheet.one_page:
        target.print_title_rows = f"1:{sheet.frozen[0] - 1}"
    footer = HeaderFooterItem(*(_HeaderFooterPart(text=text) for text in ("&F", "&A", "&P / &N")))
    target.HeaderFooter = HeaderFooter(oddFooter=footer)


def _restrict(target: Worksheet, allowed: InputRange) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if allowed.choices:
        rule = DataValidation(type="list", formula1=allowed.choices, allow_blank=False)
    else:
        kind: Literal["whole", "decimal"] = "whole" if allowed.whole else "decimal"
        low, high = f"{allowed.minimum:g}", f"{allowed.maximum:g}"
        rule = DataValidation(type=kind, operator="between", formula1=low, formula2=high)
    rule.errorTitle, rule.error = "Not allowed", allowed.message
    rule.showErrorMessage = True
    if allowed.prompt:
        rule.prompt = allowed.prompt
        rule.showInputMessage = True
    rule.add(allowed.cells)
    target.add_data_validation(rule)
