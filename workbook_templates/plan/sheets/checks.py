"""Checks: differences by quarter, the number beyond tolerance, and their sum as the master check."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import (
    BASIS_ROW,
    CHECKS,
    CHECKS_FAILED,
    FIRST_YEAR_COLUMN,
    PERIOD_ROW,
    VALUE,
)
from workbook_templates.plan.sheets.calculation import put_row
from workbook_templates.plan.sheets.header import put_axis, put_heading
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.site import reference
from workbook_templates.plan.twins import Computed

if TYPE_CHECKING:
    from model.results import Results
    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan

PASS_COLUMN = FIRST_YEAR_COLUMN
"""Shows TRUE or FALSE; the cell holds 1 or 0."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout)
    for heading in layout.headings[CHECKS]:
        put_heading(sheet, layout, heading)
    sheet.print_columns = PASS_COLUMN
    sheet.put(PERIOD_ROW, PASS_COLUMN, "Passes", "period")
    sheet.put(BASIS_ROW, PASS_COLUMN, "", "basis")
    for key, place in layout.places.items():
        if place.sheet != CHECKS:
            continue
        put_row(sheet, layout, layout.plan.rows[key])
        if key.endswith("_failures") or key == CHECKS_FAILED:
            text = "=" + call("IF", f"{reference(place.row, VALUE, fixed_column=True)}=0", "1", "0")
            sheet.put(place.row, PASS_COLUMN, text, "calc truth", Computed(partial(_passes, key)))


def _passes(key: str, _plan: WorkbookPlan, results: Results, draw: int) -> float:
    return float(results.values[key][0, draw] == 0)


SHEET: Final = Sheet(
    CHECKS,
    "Arithmetic, ties to the filings, signs, ranges; every header shows whether all of them pass",
    "Checks",
    "A difference in any quarter beyond the tolerance fails its check",
    _fill,
)
