"""Functions: every function in cells live, with the native formula for the same figure and the difference.

The functions take their overrides from a table of the live drivers at the foot of the sheet, so that they
follow the selector and every input that is changed by hand, as the native formulas do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from model.language.declarations import Driver
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from workbook_templates.a1 import area, reference
from workbook_templates.formula_text import call
from workbook_templates.plan.layout import FUNCTIONS, INPUTS, VALUE, Layout
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.sheets.header import put_band, put_heads, put_stamp, selected_scenario
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import Computed, DriverInYear, NoDifference, NoError, OfRow, OwnValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.presentation import Example
    from model.results import Results
    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan

HEADER_ROW, FIRST_ROW = 5, 6
_LABEL, _CALL, _LIVE, _NATIVE, _DIFFERENCE, _UNIT = range(1, 7)
_WIDTHS: Final = {_LABEL: 36.0, _CALL: 52.0, _LIVE: 13.0, _NATIVE: 13.0, _DIFFERENCE: 11.0, _UNIT: 9.0}
_HEADS: Final = {
    _LABEL: "What", _CALL: "Call", _LIVE: "Function", _NATIVE: "Native formula", _DIFFERENCE: "Difference",
    _UNIT: "Unit",
}  # fmt: skip
_SCENARIO, _OVERRIDES = "{scenario}", "{overrides}"
_PERIOD_WIDTH: Final = 8.0


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, examples = edition.layout, edition.words.examples
    sheet.widths |= _WIDTHS
    sheet.protected = False
    put_stamp(sheet, edition)
    put_heads(sheet, HEADER_ROW, _HEADS, {_LABEL, _CALL, _UNIT})
    table = _put_drivers(sheet, layout, FIRST_ROW + len(examples) + 2)
    for row, example in enumerate(examples, start=FIRST_ROW):
        _put_example(sheet, layout, example, row, table, edition.functions)
    sheet.frozen = (FIRST_ROW, _LIVE)


def _put_example(
    sheet: SheetPlan, layout: Layout, example: Example, row: int, table: str, named: Callable[[str], str]
) -> None:
    arguments = example.arguments.replace(_SCENARIO, selected_scenario()).replace(_OVERRIDES, table)
    ours = f"{named(example.function)}({arguments})"
    text = f"=INDEX({ours},1,1)" if example.is_block else f"={ours}"
    shown = example.arguments.replace(_SCENARIO, "scenario").replace(_OVERRIDES, "drivers")
    sheet.put(row, _CALL, f"{example.function}({shown})", "note")
    period = Period.parse(example.period) if example.period else None
    link = linked(layout, example.key, period) if example.key else None
    if link is None:
        sheet.put(row, _LABEL, example.label, "label")
        sheet.put(row, _LIVE, text, example.style, NoError())
        return
    label = layout.plan.row(example.key).label
    sheet.put(row, _LABEL, f"{label}{f', {period}' if period else ''}", "label")
    sheet.put(row, _UNIT, link.unit, "unit")
    put_link(sheet, (row, _NATIVE), link)
    if link.unit == "quarter":  # a text from the function, a code in the native cell
        sheet.put(row, _LIVE, text, "calc text", Computed(partial(_quarter_text, example.key)))
        return
    sheet.put(row, _LIVE, text, numeric("calc", link.unit), link.twin)
    difference = f"={reference(row, _LIVE)}-{reference(row, _NATIVE)}"
    sheet.put(row, _DIFFERENCE, difference, numeric("calc", link.unit), NoDifference(example.key))


def _quarter_text(key: str, _plan: WorkbookPlan, results: Results, draw: int) -> str:
    return str(Quarter.from_code(results.values[key][0, draw]))


def _put_drivers(sheet: SheetPlan, layout: Layout, top: int) -> str:
    """Write the live drivers as a driver table; return the reference to it."""
    axis = layout.plan.axis
    years = range(axis.forecast_start // QUARTERS_A_YEAR, layout.years)
    quarters = range(years[0] * QUARTERS_A_YEAR, axis.length)
    first_quarter = 3 + len(years)
    last_column = first_quarter + len(quarters) - 1
    sheet.print_columns = first_quarter - 1
    title = "Live drivers, as the functions take them: one value, or by year, and quarters with their own"
    put_band(sheet, top, title, last_column)
    head = top + 1
    sheet.put(head, 1, "driver", "period text")
    sheet.put(head, 2, "all", "period text")
    for column, place in enumerate(years, start=3):
        sheet.put(head, column, axis.years[place], "period year")
    for column, position in enumerate(quarters, start=first_quarter):
        sheet.put(head, column, axis.quarters[position].code, "period")
    for column in range(3, last_column + 1):
        sheet.widths.setdefault(column, _PERIOD_WIDTH)
    for row, (key, rows) in enumerate(layout.inputs.items(), start=head + 1):
        driver = layout.plan.rows[key].declared
        style = numeric("link", driver.unit)
        sheet.put(row, 1, key, "name")
        kind = driver.kind if isinstance(driver, Driver) else ""
        if kind in {"constant", "seasonal"}:
            sheet.put(row, 2, f"={INPUTS}!{reference(rows.live, VALUE)}", style, OfRow(key))
            continue
        if kind == "yearly":
            for column, place in enumerate(years, start=3):
                text = f"={INPUTS}!{reference(rows.live, layout.year_column(place))}"
                sheet.put(row, column, text, style, DriverInYear(key, year=axis.years[place]))
        for column, position in enumerate(quarters, start=first_quarter):
            if position < layout.driver_start(key):
                continue
            at = layout.quarter_column(position)
            text, twin = f"{INPUTS}!{reference(rows.live, at)}", OfRow(key, position)
            if kind == "yearly":
                given = layout.picked(key, at, f"{INPUTS}!")
                text, twin = call("IF", f'{given}=""', '""', text), OwnValue(key, position)
            sheet.put(row, column, f"={text}", style, twin)
    return area((head, 1), (head + len(layout.inputs), last_column), fixed_row=True, fixed_column=True)


SHEET: Final = Sheet(
    FUNCTIONS, "Every function that can be called in cells, live beside its native formula",
    "Functions in cells, and the native formulas for the same figures",
    "Needs the functions (docs/how-to: one page per host); without them the column Function shows #NAME?",
    _fill, is_needed=lambda words: bool(words.examples),
)  # fmt: skip
