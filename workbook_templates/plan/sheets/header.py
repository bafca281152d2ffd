"""The head of every sheet: scenario, master check, and the axis or the source of stamped values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.language.periods import MARKS, QUARTERS_A_YEAR, Period, Quarter
from model.language.units import measure
from workbook_templates.a1 import absolute, reference
from workbook_templates.plan import layout as places
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.cells import Highlight, SheetPlan, WorkbookPlan, height, width
from workbook_templates.plan.links import year_of
from workbook_templates.plan.twins import Computed, scenario_name

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from model.language.periods import Axis
    from model.results import Results
    from workbook_templates.plan.cells import Content
    from workbook_templates.plan.layout import Layout
    from workbook_templates.plan.sheets.sheet import Edition

WIDTHS: Final = {
    column: width(pixels)
    for column, pixels in {
        places.LABEL: 192, places.UNIT: 49, places.VALUE: 70, places.NAME: 150, places.NOTE: 300,
    }.items()
}  # fmt: skip
YEAR_WIDTH, QUARTER_WIDTH, GAP_WIDTH = (width(pixels) for pixels in (70, 58, 8))
_HEIGHTS: Final = {
    places.TITLE_ROW: height(22), places.SUBTITLE_ROW: height(18),
    places.PERIOD_ROW: height(20), places.BASIS_ROW: height(16),
}  # fmt: skip
_NAMES: Final = (places.LABEL, places.NAME, places.UNIT)
SECTION_HEIGHT: Final = height(23)
_PASS, _FAIL = "✓ all checks pass", "▲ CHECK: see "
_AXIS_LABELS: Final = {
    places.YEAR_ROW: "Year", places.SEASON_ROW: "Quarter of the year",
    places.POSITION_ROW: "Position on the axis (of as-of, and of each quarter)",
    places.ELAPSED_ROW: "Quarters since as-of", places.YEAR_NUMBER_ROW: "Number of the year",
    places.END_ROW: "Last day of the quarter",
}  # fmt: skip
_PRINTED_YEARS: Final = (2, 3)
"""Reported and coming years whose quarters are shown first, and printed."""
_STATE_COLUMNS: Final = 6
"""Columns at the right end of the years for scenario, check and links."""


def selected_scenario() -> str:
    """Return the formula text (no ``=``) of the selected scenario's name, with the switches that are on."""
    return f"{places.INPUTS}!{places.chosen_name_cell()}"


def put_check(sheet: SheetPlan, layout: Layout, row: int, column: int) -> bool:
    """Write the master check, coloured when a check fails; tell whether the model has checks."""
    if (place := layout.places.get(places.CHECKS_FAILED)) is None:
        return False
    failed = f"{place.sheet}!{absolute(place.row, places.VALUE)}"
    text = f'=IF({failed}=0,"{_PASS}","{_FAIL}{place.sheet}")'
    sheet.put(row, column, text, "check", Computed(_check_text))
    cell = reference(row, column)
    sheet.highlights.append(Highlight(cell, f'LEFT({cell},1)="{_FAIL[0]}"', "bad"))
    return True


def _check_text(plan: WorkbookPlan, results: Results, draw: int) -> str:
    passes = results.values[places.CHECKS_FAILED][0, draw] == 0
    return _PASS if passes else f"{_FAIL}{plan.layout.places[places.CHECKS_FAILED].sheet}"


def put_state(sheet: SheetPlan, layout: Layout, column: int = places.STAMP_CELL[1]) -> None:
    """Write, on a sheet without an axis, the selected scenario, the master check, and the way back."""
    sheet.put(places.YEAR_ROW, places.LABEL, f"={selected_scenario()}", "check", Computed(scenario_name))
    put_check(sheet, layout, places.SEASON_ROW, places.LABEL)
    _put_way_back(sheet, places.SEASON_ROW, column)


def _put_way_back(sheet: SheetPlan, row: int, column: int, style: str = "go to") -> None:
    sheet.put(row, column, f"to {places.CONTENTS}", style)
    sheet.links[row, column] = places.CONTENTS


def put_state_of_years(sheet: SheetPlan, layout: Layout, last: int = 0) -> None:
    """Write scenario, master check and way back above the years, or above the columns to ``last``."""
    first = (last or layout.year_column(layout.years) - 1) + 1 - _STATE_COLUMNS
    put_state_at(sheet, layout, max(places.FIRST_YEAR_COLUMN, first))


def put_state_at(sheet: SheetPlan, layout: Layout, column: int) -> None:
    """Write the scenario, the master check and the way back into the two rows at the top."""
    sheet.put(places.TITLE_ROW, column, "Scenario", "state")
    sheet.put(places.TITLE_ROW, column + 1, f"={selected_scenario()}", "check", Computed(scenario_name))
    _put_way_back(sheet, places.TITLE_ROW, column + _STATE_COLUMNS - 1, "go back")
    put_check(sheet, layout, places.SUBTITLE_ROW, column + _STATE_COLUMNS - 2)


def put_axis(sheet: SheetPlan, layout: Layout, note_label: str = "Definition", *, last: int = 0) -> None:
    """Write the scenario, the master check and the rows of the axis; set column widths and frozen panes.

    ``last``: see :func:`put_state_of_years`.
    """
    axis = layout.plan.axis
    put_state_of_years(sheet, layout, last)
    for row, label in _AXIS_LABELS.items():
        sheet.put(row, places.NOTE, label, "axis")
    sheet.put(places.POSITION_ROW, places.VALUE, axis.forecast_start, "axis")
    put_years(sheet, layout, note_label)
    for place, year in enumerate(axis.years):
        numbers = {
            places.YEAR_ROW: year, places.POSITION_ROW: (place + 1) * QUARTERS_A_YEAR,
            places.YEAR_NUMBER_ROW: place + 1,
        }  # fmt: skip
        _put_numbers(sheet, layout.year_column(place), numbers)
    for position in range(axis.length):
        _put_quarter(sheet, layout.quarter_column(position), position, axis)
    sheet.outline.append(Group(places.YEAR_ROW, places.END_ROW, folded=True))
    sheet.split += (layout.quarter_column(axis.forecast_start),)
    _fold_columns(sheet, layout)


def put_years(sheet: SheetPlan, layout: Layout, note_label: str = "", value_label: str = "Constant") -> None:
    """Write the heads of labels and years, where all sheets with years have them; set widths and panes."""
    axis = layout.plan.axis
    heads = {
        places.LABEL: "USD m unless stated", places.UNIT: "Unit", places.VALUE: value_label,
        places.NAME: "Name", places.NOTE: note_label,
    }  # fmt: skip
    for column, text in heads.items():
        style = "period head" if column == places.VALUE else "period text"
        sheet.put(places.PERIOD_ROW, column, text, style)
        sheet.put(places.BASIS_ROW, column, "", "basis")
    for place, year in enumerate(axis.years):
        column = layout.year_column(place)
        sheet.put(places.PERIOD_ROW, column, year, "period year")
        sheet.put(places.BASIS_ROW, column, MARKS[axis.basis(year_of(year))], "basis")
    years = range(places.FIRST_YEAR_COLUMN, layout.year_column(layout.years))
    sheet.widths |= WIDTHS | dict.fromkeys(years, YEAR_WIDTH)
    sheet.heights |= _HEIGHTS
    sheet.print_columns = years[-1]
    sheet.split = (layout.year_column(axis.as_of.shifted(1).year - axis.first.year),)
    sheet.frozen = (places.FIRST_ROW, places.FIRST_YEAR_COLUMN)


def _put_quarter(sheet: SheetPlan, column: int, position: int, axis: Axis) -> None:
    quarter = axis.quarters[position]
    numbers = {
        places.YEAR_ROW: quarter.year, places.SEASON_ROW: quarter.number, places.POSITION_ROW: position + 1,
        places.ELAPSED_ROW: position + 1 - axis.forecast_start,
        places.YEAR_NUMBER_ROW: quarter.year - axis.first.year + 1,
    }  # fmt: skip
    _put_numbers(sheet, column, numbers)
    sheet.put(places.END_ROW, column, quarter.last_day, "axis date")
    sheet.put(places.PERIOD_ROW, column, quarter.code, "period")
    sheet.put(places.BASIS_ROW, column, MARKS[axis.basis(Period.of(quarter))], "basis")
    sheet.widths[column] = QUARTER_WIDTH


def _put_numbers(sheet: SheetPlan, column: int, numbers: Mapping[int, int]) -> None:
    for row, value in numbers.items():
        sheet.put(row, column, value, "axis")


def _fold_columns(sheet: SheetPlan, layout: Layout) -> None:
    """Fold names, definitions and early quarters; print years, and the quarters around as-of."""
    axis, first = layout.plan.axis, layout.first_quarter_column
    sheet.widths[first - 1] = GAP_WIDTH
    sheet.column_outline.append(Group(places.NAME, places.NOTE, folded=True))
    year = axis.as_of.shifted(1).year
    before, ahead = _PRINTED_YEARS
    shown = [
        place
        for place, quarter in enumerate(axis.quarters)
        if Quarter(year - before, 1) <= quarter <= Quarter(year + ahead - 1, QUARTERS_A_YEAR)
    ]
    if shown[0]:
        sheet.column_outline.append(Group(first, layout.quarter_column(shown[0]) - 1, folded=True))
    sheet.print_quarters = layout.quarter_column(shown[0]), layout.quarter_column(shown[-1])


def put_stamp(sheet: SheetPlan, edition: Edition) -> None:
    """Write, on a sheet without an axis, the scenario, the master check and the source of stamped values."""
    put_state(sheet, edition.layout)
    text = f"Stamped values: version {edition.version}, assumptions {edition.assumptions}"
    sheet.put(*places.STAMP_CELL, text, "remark")


def put_band(sheet: SheetPlan, row: int, text: str, last: int, first: int = places.LABEL) -> None:
    """Write the title of a section, ruled over the columns from ``first`` to ``last``."""
    for column in range(first, last + 1):
        sheet.put(row, column, text if column == first else None, "heading")
    sheet.heights[row] = SECTION_HEIGHT


def put_heads(sheet: SheetPlan, row: int, heads: Mapping[int, Content], texts: Container[int]) -> None:
    """Write heads of columns: to the left over ``texts``, to the right over figures."""
    for column, text in heads.items():
        right = "period head" if isinstance(text, str) else "period year"
        sheet.put(row, column, text, "period text" if column in texts else right)


def put_columns(sheet: SheetPlan, row: int, widths: Mapping[str, float], texts: Container[int]) -> None:
    """Write heads of columns from the first on, see :func:`put_heads`, and set their widths.

    A text beside figures stands a little apart from them.
    """
    for column, (head, units) in enumerate(widths.items(), start=1):
        text = "period text wrapped" if column == 1 or column - 1 in texts else "period note"
        sheet.put(row, column, head, text if column in texts else "period wrapped")
        sheet.widths[column] = float(units)


def put_headings(sheet: SheetPlan, layout: Layout) -> None:
    """Write the titles of the sections of a sheet."""
    for heading in layout.headings.get(sheet.name, ()):
        put_band(sheet, heading.row, heading.text, layout.last_column)


def put_names(
    sheet: SheetPlan,
    row: int,
    texts: tuple[str, str, str],
    columns: tuple[int, int, int] = _NAMES,
    role: str = "",
) -> None:
    """Write what a row shows: in words, the public name, and the unit; ``columns``: where."""
    prefix = f"{role} " if role else ""
    label, name, unit = texts
    shown = (label, name, measure(unit).sign or unit)
    for column, text, style in zip(columns, shown, ("label", "name", "unit"), strict=True):
        sheet.put(row, column, text, f"{prefix}{style}")
