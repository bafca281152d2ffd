"""Plain tables of figures as sheets of a workbook of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workbook_templates.plan.cells import SheetPlan, Text
from workbook_templates.plan.sheets.sheet import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

_TITLE_ROWS: Final = 2
_WIDEST, _NARROWEST, _FIGURE, _MOST_FROZEN = 46, 8, 15, 120
"""Widths of columns, in characters; of all that stay in sight."""


class Figure(NamedTuple):
    """A figure, or its formula, and its number format, by name; None: an empty cell."""

    value: float | str | None
    style: str


class Table(NamedTuple):
    """A table: figures by row and column, each row and column with several heads.

    ``corner``: what the heads of rows are. Formulas read cells of their row, in columns behind these.
    """

    title: str
    corner: Sequence[str]
    rows: Sequence[Sequence[str]]
    columns: Sequence[Sequence[str]]
    figures: Sequence[Sequence[Figure]]

    @property
    def top(self) -> int:
        """The last row of heads."""
        return _TITLE_ROWS + len(self.columns[0])


def table_sheet(name: str, table: Table) -> SheetPlan:
    """Return a table as a sheet: heads that stay in sight, formats by unit, one page wide in print."""
    left, top = len(table.corner), table.top
    sheet = SheetPlan(name, protected=False)
    sheet.put(1, 1, Text(table.title), "title")
    blank = [""] * (top - _TITLE_ROWS - 1)
    for column, heads in enumerate([*([*blank, each] for each in table.corner), *table.columns], start=1):
        for row, text in enumerate(heads, start=_TITLE_ROWS + 1):
            above = "period wrapped" if row == _TITLE_ROWS + 1 else "table above"
            last = "table text" if column <= left else "table head"
            sheet.put(row, column, _content(text), last if row == top else above)
    for row, (heads, figures) in enumerate(zip(table.rows, table.figures, strict=True), start=top + 1):
        for column, text in enumerate(heads, start=1):
            sheet.put(row, column, _content(text), "note" if column > 1 else "label")
        for column, figure in enumerate(figures, start=left + 1):
            sheet.put(row, column, figure.value, f"calc {figure.style}")
    for column in range(1, left + 1):
        longest = max((len(heads[column - 1]) for heads in table.rows), default=0)
        sheet.widths[column] = min(max(longest + 2, _NARROWEST), _WIDEST)
    sheet.frozen = top + 1, left + 1 if sum(sheet.widths.values()) <= _MOST_FROZEN else 1
    sheet.widths |= dict.fromkeys(range(left + 1, left + len(table.columns) + 1), _FIGURE)
    fit(sheet)
    return sheet


def _content(text: str) -> str | int | None:
    """Return a head as a cell holds it: a year as a number, which programs else mark as a text of digits."""
    return int(text) if text.isdigit() else Text(text) or None
