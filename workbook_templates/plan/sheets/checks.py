"""Checks: each difference by quarter, how often it is beyond its tolerance, and the sum of all as the master check."""

from __future__ import annotations

from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import BASIS_ROW, CHECKS, FIRST_YEAR_COLUMN, PERIOD_ROW, VALUE, Layout
from workbook_templates.plan.sheets.calculation import put_row
from workbook_templates.plan.sheets.header import put_axis, put_heading, put_title
from workbook_templates.plan.site import reference

PASS_COLUMN = FIRST_YEAR_COLUMN
"""Shows TRUE or FALSE; the cell holds 1 or 0."""


def checks_sheet(layout: Layout) -> SheetPlan:
    """Return the sheet of checks."""
    sheet = SheetPlan(CHECKS)
    put_title(sheet, "Checks", "A difference in any quarter beyond the tolerance fails its check")
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
        if key.endswith("_failures") or key == "checks_failed":
            count = reference(place.row, VALUE, fixed_column=True)
            sheet.put(
                place.row,
                PASS_COLUMN,
                "=" + call("IF", f"{count}=0", "1", "0"),
                "calc truth",
                Twin("passes", key),
            )
    return sheet
