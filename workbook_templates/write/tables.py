"""A plain workbook of one table of figures, with neither formulas nor a plan."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from workbook_templates.a1 import column_letters
from workbook_templates.plan.styles import BAND, FONT, FORMATS, INK, MIDDLE, MUTED, NAVY, SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_TITLE_ROWS: Final = 2
_WIDEST, _NARROWEST, _FIGURE, _LINE = 46, 8, 15, 13.5
"""Widths of columns, in characters; the height of a line, in points."""


class Figure(NamedTuple):
    """A figure and its number format, by name; None: an empty cell."""

    value: float | None
    style: str


class Table(NamedTuple):
    """A table: figures by row and column, each row and column with several heads.

    ``corner``: what the heads of rows are.
    """

    title: str
    corner: Sequence[str]
    rows: Sequence[Sequence[str]]
    columns: Sequence[Sequence[str]]
    figures: Sequence[Sequence[Figure]]


def table_workbook(table: Table) -> bytes:
    """Return a table as an .xlsx file: heads that stay in sight, formats by unit, one page wide in print."""
    import openpyxl  # noqa: PLC0415  # slow to load, and only writers need it
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.properties.creator = "amzn-fcf"
    sheet = book.worksheets[0]
    sheet.title = "Table"
    sheet["A1"] = table.title
    sheet["A1"].font = Font(name=FONT, size=MIDDLE, bold=True, color=NAVY)
    top, left = _TITLE_ROWS + len(table.columns[0]), len(table.corner)
    _write_heads(sheet, table, top, left)
    _write_rows(sheet, table, top, left)
    sheet.freeze_panes = f"{column_letters(left + 1)}{top + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{top}"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _write_heads(sheet: Worksheet, table: Table, top: int, left: int) -> None:
    """Write the heads of the columns, down to the row ``top``, and of the first ``left`` columns."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415  # as above

    blank = [""] * (top - _TITLE_ROWS - 1)
    for column, heads in enumerate([*([*blank, each] for each in table.corner), *table.columns], start=1):
        for row, text in enumerate(heads, start=_TITLE_ROWS + 1):
            cell = sheet.cell(row, column, _content(text))
            is_bold = column <= left or row == _TITLE_ROWS + 1
            cell.font = Font(name=FONT, size=SIZE, bold=is_bold, color=NAVY if is_bold else MUTED)
            cell.fill = PatternFill("solid", fgColor=BAND)
            side: Literal["left", "right"] = "left" if column <= left else "right"
            cell.alignment = Alignment(horizontal=side, vertical="bottom", wrap_text=True)
            cell.border = Border(bottom=Side("thin", color=NAVY)) if row == top else Border()
    longest = max(len(heads[0]) for heads in table.columns)
    sheet.row_dimensions[_TITLE_ROWS + 1].height = _LINE * max(-(-longest // (_FIGURE - 3)), 1)


def _write_rows(sheet: Worksheet, table: Table, top: int, left: int) -> None:
    """Write the rows below ``top``: their heads, and the figures from behind the column ``left``."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  # as above

    for row, (heads, figures) in enumerate(zip(table.rows, table.figures, strict=True), start=top + 1):
        for column, text in enumerate(heads, start=1):
            cell = sheet.cell(row, column, _content(text))
            cell.font = Font(name=FONT, size=SIZE, color=INK if column == 1 else MUTED)
            cell.alignment = Alignment(horizontal="left")
        for column, figure in enumerate(figures, start=left + 1):
            cell = sheet.cell(row, column, figure.value)
            cell.font, cell.number_format = Font(name=FONT, size=SIZE, color=INK), FORMATS[figure.style]
    for column in range(1, left + 1):
        longest = max((len(heads[column - 1]) for heads in table.rows), default=0)
        sheet.column_dimensions[column_letters(column)].width = min(max(longest + 2, _NARROWEST), _WIDEST)
    for column in range(left + 1, left + len(table.columns) + 1):
        sheet.column_dimensions[column_letters(column)].width = _FIGURE


def _content(text: str) -> str | int | None:
    """Return a head as a cell holds it: a year as a number, which programs else mark as a text of digits."""
    return int(text) if text.isdigit() else text or None
