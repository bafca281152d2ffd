"""The head of every sheet: scenario, master check, and the axis or the source of stamped values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.language.periods import QUARTERS_A_YEAR
from workbook_templates.a1 import absolute, reference
from workbook_templates.plan import layout as places
from workbook_templates.plan.cells import Highlight, SheetPlan, WorkbookPlan
from workbook_templates.plan.links import year_of
from workbook_templates.plan.twins import Computed, scenario_name

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from model.language.periods import Axis
    from model.results import Results
    from workbook_templates.plan.cells import Content
    from workbook_templates.plan.layout import Layout
    from workbook_templates.plan.sheets.sheet import Edition

_WIDTHS = {places.LABEL: 52, places.NAME: 20, places.UNIT: 9, places.NOTE: 64, places.VALUE: 12}
_PASS, _FAIL = "all checks pass", "CHECK: see "
_AXIS_LABELS = {
    places.YEAR_ROW: "Year", places.SEASON_ROW: "Quarter of the year",
    places.POSITION_ROW: "Position on the axis (of as-of, and of each quarter)",
    places.ELAPSED_ROW: "Quarters since as-of", places.YEAR_NUMBER_ROW: "Number of the year",
    places.END_ROW: "Last day of the quarter",
}  # fmt: skip


def selected_scenario() -> str:
    """Return the formula text (no ``=``) of the selected scenario's name."""
    return f"{places.COVER}!{absolute(*places.SELECTED_CELL)}"


def put_check(sheet: SheetPlan, layout: Layout, row: int, column: int) -> None:
    """Write the master check, coloured when a check fails; nothing for a model without checks."""
    if (place := layout.places.get(places.CHECKS_FAILED)) is None:
        return
    failed = f"{place.sheet}!{absolute(place.row, places.VALUE)}"
    text = f'=IF({failed}=0,"{_PASS}","{_FAIL}{place.sheet}")'
    sheet.put(row, column, text, "check", Computed(_check_text))
    cell = reference(row, column)
    sheet.highlights.append(Highlight(cell, f'LEFT({cell},5)="CHECK"', "bad"))


def _check_text(plan: WorkbookPlan, results: Results, draw: int) -> str:
    passes = results.values[places.CHECKS_FAILED][0, draw] == 0
    return _PASS if passes else f"{_FAIL}{plan.layout.places[places.CHECKS_FAILED].sheet}"


def put_state(sheet: SheetPlan, layout: Layout) -> None:
    """Write the selected scenario, the master check, and the way back to the contents."""
    sheet.put(places.YEAR_ROW, places.LABEL, f"={selected_scenario()}", "check", Computed(scenario_name))
    put_check(sheet, layout, places.SEASON_ROW, places.LABEL)
    sheet.put(places.SEASON_ROW, places.NAME, f"to {places.CONTENTS}", "go to")
    sheet.links[places.SEASON_ROW, places.NAME] = places.CONTENTS


def put_axis(sheet: SheetPlan, layout: Layout, note_label: str = "Definition") -> None:
    """Write the scenario, the master check and the rows of the axis; set column widths and frozen panes."""
    axis = layout.plan.axis
    put_state(sheet, layout)
    for row, label in _AXIS_LABELS.items():
        sheet.put(row, places.NOTE, label, "axis")
    sheet.put(places.POSITION_ROW, places.VALUE, axis.forecast_start, "axis")
    for column, text in enumerate(("", "Name", "Unit", note_label, "Value"), start=places.LABEL):
        sheet.put(places.PERIOD_ROW, column, text, "period text")
        sheet.put(places.BASIS_ROW, column, "", "basis")
    for place, year in enumerate(axis.years):
        _put_year(sheet, layout.year_column(place), place, year, axis.basis(year_of(year)))
    for position in range(axis.length):
        _put_quarter(sheet, layout.quarter_column(position), position, axis)
    sheet.widths |= _WIDTHS
    first = layout.first_quarter_column
    sheet.column_outline.append((first, first + axis.forecast_start - 1))
    sheet.print_columns = layout.year_column(layout.years - 1)
    sheet.widths[first - 1] = 2
    sheet.frozen = (places.FIRST_ROW - 1, places.UNIT)


def _put_year(sheet: SheetPlan, column: int, place: int, year: int, basis: str) -> None:
    numbers = {
        places.YEAR_ROW: year, places.POSITION_ROW: (place + 1) * QUARTERS_A_YEAR,
        places.YEAR_NUMBER_ROW: place + 1,
    }  # fmt: skip
    _put_column(sheet, column, numbers, f"FY{year}", basis)
    sheet.widths[column] = 11


def _put_quarter(sheet: SheetPlan, column: int, position: int, axis: Axis) -> None:
    quarter = axis.quarters[position]
    numbers = {
        places.YEAR_ROW: quarter.year, places.SEASON_ROW: quarter.number, places.POSITION_ROW: position + 1,
        places.ELAPSED_ROW: position + 1 - axis.forecast_start,
        places.YEAR_NUMBER_ROW: quarter.year - axis.first.year + 1,
    }  # fmt: skip
    basis = "reported" if position < axis.forecast_start else "forecast"
    _put_column(sheet, column, numbers, quarter.code, basis)
    sheet.put(places.END_ROW, column, quarter.last_day, "axis date")
    sheet.widths[column] = 10


def _put_column(sheet: SheetPlan, column: int, numbers: Mapping[int, int], head: Content, basis: str) -> None:
    for row, value in numbers.items():
        sheet.put(row, column, value, "axis")
    sheet.put(places.PERIOD_ROW, column, head, "period")
    sheet.put(places.BASIS_ROW, column, basis, "basis")


def put_stamp(sheet: SheetPlan, edition: Edition) -> None:
    """Write, on a sheet without an axis, the scenario, the master check and the source of stamped values."""
    put_state(sheet, edition.layout)
    text = f"Stamped values: version {edition.version}, assumptions {edition.assumptions}"
    sheet.put(*places.STAMP_CELL, text, "remark")


def put_band(sheet: SheetPlan, row: int, text: str, last: int) -> None:
    """Write the title of a section as a band over the columns to ``last``."""
    for column in range(places.LABEL, last + 1):
        sheet.put(row, column, text if column == places.LABEL else None, "heading")


def put_heads(sheet: SheetPlan, row: int, heads: Mapping[int, str], texts: Container[int]) -> None:
    """Write heads of columns: to the left over ``texts``, to the right over figures."""
    for column, text in heads.items():
        sheet.put(row, column, text, "period text" if column in texts else "period")


def put_headings(sheet: SheetPlan, layout: Layout) -> None:
    """Write the titles of the sections of a sheet as bands."""
    for heading in layout.headings.get(sheet.name, ()):
        put_band(sheet, heading.row, heading.text, layout.last_column)


def put_names(sheet: SheetPlan, row: int, label: str, name: str, unit: str) -> None:
    """Write what a row shows: in words, the public name, and the unit."""
    sheet.put(row, places.LABEL, label, "label")
    sheet.put(row, places.NAME, name, "name")
    sheet.put(row, places.UNIT, unit, "unit")
