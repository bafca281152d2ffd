"""Cover: what this is, the selector, headline figures, the master check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.cells import InputRange, SheetPlan, Twin
from workbook_templates.formula import call
from workbook_templates.layout import AS_OF_CELL, CHOICE_ROW, COVER, INPUTS, SELECTED_CELL, VALUE, Layout
from workbook_templates.sheets.header import check_formula, put_title
from workbook_templates.sheets.inputs import choice_cell, scenario_choices
from workbook_templates.site import reference
from workbook_templates.styles import numeric

if TYPE_CHECKING:
    from model.inputs import Scenario

_WIDTHS: Final = {1: 44, 2: 40, 3: 26, 4: 14, 5: 14, 6: 14, 7: 14, 8: 14}
_FIRST_HEADLINE_YEAR: Final = 2024
_LAST_HEADLINE_YEAR: Final = 2030
_HEADLINES: Final = (
    "net_sales", "aws_sales", "aws_sales_growth", "aws_margin", "operating_income", "operating_margin",
    "operating_cash_flow", "net_capex", "free_cash_flow", "free_cash_flow_after_leases", "cash", "debt",
)  # fmt: skip
_EVENTS: Final = (
    "trough", "trough_amount", "turn", "positive", "recross", "earlier_peak", "intensity_peak", "peak_intensity",
)  # fmt: skip
_MEANINGS: Final = {
    "trough": "the lowest figure from inflection_from on",
    "turn": "first quarter after the trough from which it rises two quarters running",
    "positive": "first quarter from the trough on from which it stays above 0 for two",
    "recross": "first quarter after the trough above the earlier peak",
    "intensity_peak": "when capital expenditure weighs most on sales",
}
_COLOURS: Final = (
    ("Input: type here", "input text"), ("Input on which the answer hangs most", "key text"), ("Formula", "calc text"),
    ("Link to another sheet", "link text"), ("Reported, estimated from a year's figure", "estimate text"),
)  # fmt: skip


def cover_sheet(layout: Layout, selected: Scenario, version: str, assumptions: str) -> SheetPlan:
    """Return the cover."""
    sheet = SheetPlan(COVER, widths=dict(_WIDTHS))
    put_title(sheet, "Amazon.com: free cash flow, margins and their turning point",
        "USD millions; every figure below is a live formula; choose a scenario and recalculate",
    )  # fmt: skip
    row, column = SELECTED_CELL
    first = CHOICE_ROW + 1
    titles = f"{INPUTS}!$A${first}:$A${CHOICE_ROW + len(layout.scenarios)}"
    entries: list[tuple[str, float | str, str, Twin | None]] = [
        ("Last reported quarter (as-of)", layout.plan.axis.as_of.code, "total quarter", None),
        ("Scenario (choose from the list)", selected.name, "selector", None),
        ("What it stands for", f"={call('INDEX', titles, f'{INPUTS}!{choice_cell()}')}", "check", Twin("text", "title")),
        ("Checks", check_formula(layout), "check", Twin("text", "checks")),
        ("Model version", version, "label", None),
        ("Assumptions as built (hash of all drivers)", assumptions, "label", None),
    ]
    for offset, (label, content, style, twin) in enumerate(entries):
        sheet.put(AS_OF_CELL[0] + offset, 1, label, "label")
        sheet.put(AS_OF_CELL[0] + offset, column, content, style, twin)
    sheet.ranges.append(InputRange(reference(row, column), choices=scenario_choices(layout), message="Choose a scenario"))
    after_years = _put_headlines(sheet, layout, row + 6)
    after_events = _put_events(sheet, layout, after_years + 1)
    for offset, (text, style) in enumerate(_COLOURS):
        sheet.put(after_events + 1 + offset, 1, text, style)
    return sheet


def _band(sheet: SheetPlan, row: int, text: str) -> None:
    for column in range(1, len(_WIDTHS) + 3):
        sheet.put(row, column, text if column == 1 else None, "heading")


def _put_headlines(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write headline lines by year; return the next free row."""
    years = range(_FIRST_HEADLINE_YEAR, _LAST_HEADLINE_YEAR + 1)
    _band(sheet, top, "Headline figures by fiscal year")
    for offset, year in enumerate(years):
        sheet.put(top + 1, 4 + offset, f"FY{year}", "period")
        sheet.widths[4 + offset] = 12
    for row, key in enumerate(_HEADLINES, start=top + 2):
        home, line = layout.places[key], layout.plan.rows[key]
        sheet.put(row, 1, line.label, "label")
        sheet.put(row, 2, key, "name")
        sheet.put(row, 3, line.unit, "unit")
        for offset, year in enumerate(years):
            place = layout.plan.axis.year_position(year)
            text = f"={home.sheet}!{reference(home.row, layout.year_column(place))}"
            sheet.put(row, 4 + offset, text, numeric("link", line.unit), Twin("year", key, place))
    return top + 2 + len(_HEADLINES)


def _put_events(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write the inflection of free cash flow; return the next free row."""
    _band(sheet, top, "Inflection of trailing twelve months' free cash flow (#N/A: not on the axis)")
    for row, key in enumerate(_EVENTS, start=top + 1):
        home, line = layout.places[key], layout.plan.rows[key]
        sheet.put(row, 1, line.label, "label")
        sheet.put(row, 2, key, "name")
        text = f"={home.sheet}!{reference(home.row, VALUE)}"
        sheet.put(row, 3, text, numeric("link", line.unit), Twin("value", key))
        if key in _MEANINGS:
            sheet.put(row, 4, _MEANINGS[key], "note")
        if key == "trough_amount":
            amount = reference(row, 3)
            sheet.put(row, 4, f'=IF({amount}>0,"never below 0","below 0 at the trough")', "note", Twin("text", "never below 0"))
    return top + 1 + len(_EVENTS)
