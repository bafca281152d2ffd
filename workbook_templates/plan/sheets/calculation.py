"""Sheets of computed lines: Sales, Assets, Depreciation, Margins, Cash. One row a line, one formula a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from model.backends.prose import definition
from model.language.periods import QUARTERS_A_YEAR
from model.presentation import SheetWords
from model.results import in_years
from workbook_templates.a1 import column_letters
from workbook_templates.plan.cells import Highlight, SheetPlan, Twin
from workbook_templates.plan.formula import call, formula
from workbook_templates.plan.layout import (
    FIRST_ROW,
    INPUTS,
    LABEL,
    NAME,
    NOTE,
    POSITION_ROW,
    SEASON_ROW,
    UNIT,
    VALUE,
    YEAR_ROW,
    Layout,
)
from workbook_templates.plan.links import years_known
from workbook_templates.plan.sheets.header import put_axis, put_heading
from workbook_templates.plan.sheets.inputs import mark_overruled
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.site import QuarterSite, reference
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import DriverInYear, OfRow

if TYPE_CHECKING:
    from model.language.nodes import Expr
    from model.plan.plan import Row

_LINK: Final = re.compile(r"=[A-Za-z]+!\$?[A-Z]+\$?\d+")
_SUBTITLE: Final = "USD millions unless the unit says otherwise; a year sums, or ends with, its quarters"


def calculation(name: str, words: SheetWords | None) -> Sheet:
    """Return a sheet of computed lines, with the company's texts for it."""
    words = words or SheetWords(title=name, holds=name)
    return Sheet(name, words.holds, words.title, words.subtitle or _SUBTITLE, _fill)


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, name = edition.layout, sheet.name
    put_axis(sheet, layout)
    for heading in layout.headings[name]:
        put_heading(sheet, layout, heading)
    for key, place in layout.places.items():
        if place.sheet == name:
            put_row(sheet, layout, layout.plan.rows[key])
    corner = reference(FIRST_ROW, VALUE)
    cells = f"{corner}:{reference(layout.last_row[name], layout.last_column)}"
    # a multiple of a loss is an error value, so that no sum takes it in
    sheet.highlights.append(Highlight(cells, f"ISERROR({corner})", "meaningless"))


def put_row(sheet: SheetPlan, layout: Layout, row: Row) -> None:
    """Write one row of the model: a driver linked from Inputs, or a computed line."""
    at = layout.places[row.key].row
    if row.vintage is not None and not row.timed:
        _put_vintage_cost(sheet, layout, row, at)
        return
    sheet.put(at, LABEL, row.label, "label")
    sheet.put(at, NAME, row.key, "name")
    sheet.put(at, UNIT, row.unit, "unit")
    if row.driver is not None:
        _put_driver(sheet, layout, row, at)
        return
    if row.vintage is None:
        note = definition(row, layout.plan)
        if row.line is not None and row.line.note:
            note = f"{note}. {row.line.note}"
        sheet.put(at, NOTE, note, "note")
    if not row.timed:
        _put_formula(sheet, layout, row, cast("Expr", row.forecast), at, VALUE, OfRow(row.key))
        return
    split = layout.plan.axis.forecast_start
    for position in range(row.start, row.stop):
        past = position < split and row.line is not None and not row.line.result
        node = cast("Expr", row.history if past else row.forecast)
        column = layout.quarter_column(position)
        _put_formula(sheet, layout, row, node, at, column, OfRow(row.key, position))
    _put_years(sheet, layout, row, at)


def _put_formula(  # noqa: PLR0913  # a cell has a sheet, a place, a formula and a twin
    sheet: SheetPlan, layout: Layout, row: Row, node: Expr, at: int, column: int, twin: Twin
) -> None:
    text = formula(node, QuarterSite(layout, sheet.name, at, column))
    role = "link" if _LINK.fullmatch(text) else "calc"
    sheet.put(at, column, text, numeric(role, row.unit), twin)


def _put_vintage_cost(sheet: SheetPlan, layout: Layout, row: Row, at: int) -> None:
    """Write what heads a row of the triangle: the quarter bought (its position) and what the vintage cost."""
    sheet.put(at, NOTE, cast("int", row.vintage) + 1, "axis")
    _put_formula(sheet, layout, row, cast("Expr", row.forecast), at, VALUE, OfRow(row.key))


def _put_driver(sheet: SheetPlan, layout: Layout, row: Row, at: int) -> None:
    """Link a driver from its live row on Inputs."""
    driver = row.driver
    if driver is None:
        return
    by_year = (
        "; a grey year: some of its quarters have values of their own, to the right"
        if driver.kind == "yearly"
        else ""
    )
    sheet.put(at, NOTE, f"Assumption: see Inputs{by_year}", "note")
    style = numeric("calc" if driver.kind == "seasonal" else "link", row.unit)
    if driver.kind == "constant":
        live = reference(layout.live[row.key], VALUE, fixed_row=True, fixed_column=True)
        sheet.put(at, VALUE, f"={INPUTS}!{live}", style, OfRow(row.key))
        return
    start = layout.driver_start(row.key)
    members = layout.plan.names[driver.name]
    for position in range(start, layout.plan.axis.length):
        column = layout.quarter_column(position)
        text = f"={INPUTS}!{reference(layout.live[row.key], column)}" if driver.kind != "seasonal" else ""
        if driver.kind == "seasonal":
            ends = (
                reference(layout.live[key], VALUE, fixed_row=True, fixed_column=True)
                for key in (members[0], members[-1])
            )
            season = reference(SEASON_ROW, column, fixed_row=True)
            text = "=" + call("INDEX", f"{INPUTS}!{':'.join(ends)}", season)
        sheet.put(at, column, text, style, OfRow(row.key, position))
    if driver.kind == "yearly":
        for place in range(start // QUARTERS_A_YEAR, layout.years):
            column = layout.year_column(place)
            text = f"={INPUTS}!{reference(layout.live[row.key], column)}"
            sheet.put(at, column, text, style, DriverInYear(row.key, year=layout.plan.axis.years[place]))
        mark_overruled(sheet, layout, at, layout.year_column(start // QUARTERS_A_YEAR), start_of=row.key)


def _put_years(sheet: SheetPlan, layout: Layout, row: Row, at: int) -> None:
    """Write the totals of the years: a sum, the last quarter, or the row's own formula over the years."""
    rule = row.line.annual if row.line is not None else "none"
    first, last = layout.first_quarter_column, layout.last_column
    own = ":".join(reference(at, each, fixed_column=True) for each in (first, last))
    years = ":".join(reference(YEAR_ROW, each, fixed_row=True, fixed_column=True) for each in (first, last))
    for place in years_known(row):
        column = layout.year_column(place)
        if rule == "sum":
            text = "=" + call("SUMIFS", own, years, f"{column_letters(column)}${YEAR_ROW}")
        elif rule == "last":
            text = "=" + call("INDEX", own, f"{column_letters(column)}${POSITION_ROW}")
        else:
            text = formula(in_years(cast("Expr", row.forecast)), QuarterSite(layout, sheet.name, at, column))
        sheet.put(at, column, text, numeric("calc", row.unit), OfRow(row.key, place, "annual"))
