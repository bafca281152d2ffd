"""What every sheet with a time axis begins with: title, scenario, master check, the axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.language.periods import QUARTERS_A_YEAR
from workbook_templates.plan.cells import Highlight, SheetPlan, Twin
from workbook_templates.plan.layout import (
    BASIS_ROW,
    CHECKS,
    CONTENTS,
    COVER,
    ELAPSED_ROW,
    END_ROW,
    FIRST_ROW,
    LABEL,
    NAME,
    NOTE,
    PERIOD_ROW,
    POSITION_ROW,
    SEASON_ROW,
    SELECTED_CELL,
    STAMP_CELL,
    SUBTITLE_ROW,
    TITLE_ROW,
    UNIT,
    VALUE,
    YEAR_NUMBER_ROW,
    YEAR_ROW,
    Layout,
)
from workbook_templates.plan.site import reference

if TYPE_CHECKING:
    from workbook_templates.plan.layout import Heading

_WIDTHS = {LABEL: 52, NAME: 20, UNIT: 9, NOTE: 64, VALUE: 12}
_TITLE_HEIGHT = 24
_AXIS_LABELS = {
    YEAR_ROW: "Year", SEASON_ROW: "Quarter of the year", POSITION_ROW: "Position on the axis (of as-of, and of each quarter)",
    ELAPSED_ROW: "Quarters since as-of", YEAR_NUMBER_ROW: "Number of the year",
    END_ROW: "Last day of the quarter",
}  # fmt: skip


def selected_scenario() -> str:
    """Return the formula text (no ``=``) of the selected scenario's name."""
    return f"{COVER}!{reference(*SELECTED_CELL, fixed_row=True, fixed_column=True)}"


def check_formula(layout: Layout) -> str:
    """Return the formula of the master check."""
    place = layout.places["checks_failed"]
    failed = f"{CHECKS}!{reference(place.row, VALUE, fixed_row=True, fixed_column=True)}"
    return f'=IF({failed}=0,"all checks pass","CHECK: see {CHECKS}")'


def mark_check(sheet: SheetPlan, cell: str) -> None:
    """Colour a cell that shows the master check when a check fails."""
    sheet.highlights.append(Highlight(cell, f'LEFT({cell},5)="CHECK"', "bad"))


def put_state(sheet: SheetPlan, layout: Layout) -> None:
    """Write the selected scenario, the master check, and the way back to the contents."""
    sheet.put(YEAR_ROW, LABEL, f"={selected_scenario()}", "check", Twin("text", "scenario"))
    sheet.put(SEASON_ROW, LABEL, check_formula(layout), "check", Twin("text", "checks"))
    mark_check(sheet, reference(SEASON_ROW, LABEL))
    sheet.put(SEASON_ROW, NAME, f"to {CONTENTS}", "go to")
    sheet.links[SEASON_ROW, NAME] = CONTENTS


def put_title(sheet: SheetPlan, title: str, subtitle: str) -> None:
    """Write title and subtitle."""
    sheet.put(TITLE_ROW, LABEL, title, "title")
    sheet.put(SUBTITLE_ROW, LABEL, subtitle, "subtitle")
    sheet.heights[TITLE_ROW] = _TITLE_HEIGHT


def put_axis(sheet: SheetPlan, layout: Layout, note_label: str = "Definition") -> None:
    """Write the scenario, the master check and the rows of the axis; set column widths and frozen panes."""
    axis = layout.plan.axis
    put_state(sheet, layout)
    for row, label in _AXIS_LABELS.items():
        sheet.put(row, NOTE, label, "axis")
    sheet.put(POSITION_ROW, VALUE, axis.forecast_start, "axis")
    for column, text in {LABEL: "", NAME: "Name", UNIT: "Unit", NOTE: note_label, VALUE: "Value"}.items():
        sheet.put(PERIOD_ROW, column, text, "period text")
        sheet.put(BASIS_ROW, column, "", "basis")
    for place, year in enumerate(axis.years):
        column = layout.year_column(place)
        last = (place + 1) * QUARTERS_A_YEAR
        whole = (
            "reported"
            if last <= axis.forecast_start
            else "forecast"
            if last - QUARTERS_A_YEAR >= axis.forecast_start
            else "mixed"
        )
        entries = {YEAR_ROW: year, POSITION_ROW: last, YEAR_NUMBER_ROW: place + 1}
        for row, value in entries.items():
            sheet.put(row, column, value, "axis")
        sheet.put(PERIOD_ROW, column, f"FY{year}", "period")
        sheet.put(BASIS_ROW, column, whole, "basis")
        sheet.widths[column] = 11
    for position, quarter in enumerate(axis.quarters):
        column = layout.quarter_column(position)
        entries = {
            YEAR_ROW: quarter.year, SEASON_ROW: quarter.number, POSITION_ROW: position + 1,
            ELAPSED_ROW: position + 1 - axis.forecast_start, YEAR_NUMBER_ROW: quarter.year - axis.first.year + 1,
            END_ROW: quarter.last_day,
        }  # fmt: skip
        for row, value in entries.items():
            sheet.put(row, column, value, "axis date" if row == END_ROW else "axis")
        sheet.put(PERIOD_ROW, column, quarter.code, "period")
        sheet.put(BASIS_ROW, column, "reported" if position < axis.forecast_start else "forecast", "basis")
        sheet.widths[column] = 10
    sheet.widths |= _WIDTHS
    sheet.column_outline.append(
        (layout.first_quarter_column, layout.first_quarter_column + axis.forecast_start - 1)
    )
    sheet.print_columns = layout.year_column(layout.years - 1)
    sheet.widths[layout.first_quarter_column - 1] = 2
    sheet.frozen = (FIRST_ROW - 1, UNIT)


def put_stamp(sheet: SheetPlan, layout: Layout, assumptions: str, version: str) -> None:
    """Write, on a sheet without an axis, the scenario, the master check, and what its stamped values come from."""
    put_state(sheet, layout)
    sheet.put(*STAMP_CELL, f"Stamped values: version {version}, assumptions {assumptions}", "remark")


def put_band(sheet: SheetPlan, row: int, text: str, last: int) -> None:
    """Write the title of a section as a band over the columns to ``last``."""
    for column in range(LABEL, last + 1):
        sheet.put(row, column, text if column == LABEL else None, "heading")


def put_heading(sheet: SheetPlan, layout: Layout, heading: Heading) -> None:
    """Write the title of a section as a band."""
    put_band(sheet, heading.row, heading.text, layout.last_column)
