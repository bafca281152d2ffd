"""Statements: fiscal years of the company's statements, each figure a link to the sheet that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import area
from workbook_templates.plan import layout as places
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.cells import Cell
from workbook_templates.plan.layout import STATEMENTS
from workbook_templates.plan.links import linked, put_link, year_of
from workbook_templates.plan.sheets.calculation import LOOKS_OF_NUMBERS, LOOKS_OF_ROLE
from workbook_templates.plan.sheets.header import put_band, put_names, put_state_of_years, put_years
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import RULES

if TYPE_CHECKING:
    from model.presentation import StatementRow
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_HEIGHT: Final = 12.0
"""Of a row: the longest statement fits a page at eight points."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    known = layout.company.presentation.statements
    put_state_of_years(sheet, layout)
    put_years(sheet, layout, value_label="")
    sheet.outline.append(Group(places.YEAR_ROW, places.PERIOD_ROW - 1, folded=True))  # the axis elsewhere
    sheet.column_outline.append(Group(places.VALUE, places.NOTE, folded=True))
    at, last = places.FIRST_ROW, sheet.print_columns
    for statement in (known[name] for name in layout.words.statements):
        first = at
        put_band(sheet, first, statement.title, last)
        for row in statement.rows:
            at += 1
            sheet.heights[at] = _HEIGHT
            _put_row(sheet, layout, at, row)
        sheet.pages.append(area((first, places.LABEL), (at, last)))
        at += 1
    sheet.print_columns = 0  # a page a statement instead


def _put_row(sheet: SheetPlan, layout: Layout, at: int, row: StatementRow) -> None:
    """Write a row; a sum is ruled, a rate in italics."""
    plan = layout.plan
    if not row.line:
        sheet.put(at, places.LABEL, row.text(plan), "caption")
        return
    line, look = plan.row(row.line), LOOKS_OF_ROLE[row.role]
    put_names(sheet, at, (row.text(plan), line.key, line.unit), role=look)
    for place, year in enumerate(plan.axis.years):
        link = linked(layout, line.key, year_of(year))
        put_link(sheet, (at, layout.year_column(place)), link, LOOKS_OF_NUMBERS.get(row.role, "link"))
    if row.role in RULES:
        for column in range(places.UNIT, layout.year_column(layout.years)):
            sheet.cells.setdefault((at, column), Cell(None, f"{look} unit"))


SHEET: Final = Sheet(
    STATEMENTS, "Income statement, cash flow and position by fiscal year",
    "Income statement, cash flow and position", "A reported, E estimate; every figure is a link",
    _fill, is_needed=lambda words: bool(words.statements), by_places=True,
)  # fmt: skip
