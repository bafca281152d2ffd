"""Statements: fiscal years of the company's statements, each figure a link to the sheet that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.plan import layout as places
from workbook_templates.plan.layout import STATEMENTS
from workbook_templates.plan.links import linked, put_link, year_of
from workbook_templates.plan.sheets.header import put_band, put_heads, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet

if TYPE_CHECKING:
    from model.presentation import Role, StatementRow
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_LABELS: Final[dict[Role, str]] = {
    "heading": "caption", "line": "label", "less": "label", "detail": "indented",
    "subtotal": "subtotal label", "ratio": "ratio label",
}  # fmt: skip
_NUMBERS: Final[dict[Role, str]] = {"subtotal": "subtotal", "ratio": "ratio"}
_WIDTHS: Final = {places.LABEL: 36.0, places.UNIT: 9.0, places.NOTE: 1.0, places.VALUE: 1.0}
_WIDTH_OF_YEAR: Final = 11.0
_LOW: Final = 3.0
"""Height of the rows that on other sheets hold the axis."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    known = layout.company.presentation.statements
    _put_head(sheet, layout)
    at = places.FIRST_ROW
    for statement in (known[name] for name in layout.words.statements):
        put_band(sheet, at, statement.title, sheet.print_columns)
        for row in statement.rows:
            at += 1
            _put_row(sheet, layout, at, row)
        at += 2


def _put_head(sheet: SheetPlan, layout: Layout) -> None:
    """Write the heads of the years, where all sheets have them."""
    put_state(sheet, layout)
    years = {layout.year_column(place): year for place, year in enumerate(layout.plan.axis.years)}
    texts = range(places.LABEL, places.FIRST_YEAR_COLUMN)
    heads = {**dict.fromkeys(texts, ""), places.NAME: "Name", places.UNIT: "Unit"}
    put_heads(
        sheet, places.PERIOD_ROW, heads | {column: f"FY{year}" for column, year in years.items()}, texts
    )
    for column in (*texts, *years):
        basis = layout.plan.axis.basis(year_of(years[column])) if column in years else ""
        sheet.put(places.BASIS_ROW, column, basis, "basis")
    sheet.widths |= _WIDTHS | dict.fromkeys(years, _WIDTH_OF_YEAR)
    sheet.heights |= dict.fromkeys(range(places.POSITION_ROW, places.PERIOD_ROW), _LOW)
    sheet.print_columns = max(years)
    sheet.frozen = (places.FIRST_ROW - 1, places.UNIT)


def _put_row(sheet: SheetPlan, layout: Layout, at: int, row: StatementRow) -> None:
    """Write a row; a sum is ruled, a rate in italics."""
    plan = layout.plan
    sheet.put(at, places.LABEL, row.text(plan), _LABELS[row.role])
    if not row.line:
        return
    line = plan.row(row.line)
    is_sum = row.role == "subtotal"
    sheet.put(at, places.NAME, line.key, "subtotal name" if is_sum else "name")
    sheet.put(at, places.UNIT, line.unit, "subtotal unit" if is_sum else "unit")
    if is_sum:
        for column in (places.NOTE, places.VALUE, *range(places.FIRST_YEAR_COLUMN, sheet.print_columns + 1)):
            sheet.put(at, column, None, "subtotal label")
    for place, year in enumerate(plan.axis.years):
        link = linked(layout, line.key, year_of(year))
        put_link(sheet, (at, layout.year_column(place)), link, _NUMBERS.get(row.role, "link"))


SHEET: Final = Sheet(
    STATEMENTS, "Income statement, cash flow and position by fiscal year",
    "Statements", "Fiscal years; every figure is a link to the sheet that computes and defines it",
    _fill, is_needed=lambda words: bool(words.statements),
)  # fmt: skip
