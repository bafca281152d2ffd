"""Cover: what this is, the selector, headline figures, the master check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.cells import InputRange, SheetPlan, Twin
from workbook_templates.formula import call
from workbook_templates.layout import AS_OF_CELL, CHOICE_ROW, COVER, INPUTS, SELECTED_CELL, VALUE, Layout
from workbook_templates.sheets.header import check_formula, put_band, put_title
from workbook_templates.sheets.inputs import choice_cell, scenario_choices
from workbook_templates.site import reference
from workbook_templates.styles import numeric

if TYPE_CHECKING:
    from model.inputs import Scenario

_WIDTHS: Final = {1: 44, 2: 40, 3: 26, 4: 14, 5: 14, 6: 14, 7: 14, 8: 14}
_LAST_COLUMN: Final = 10
_METHODS: Final = {
    "dcf": ("Discounted cash flow, perpetuity", "low and high: WACC up and down"),
    "exit_multiple": ("Discounted cash flow, exit multiple", "multiple of EBITDA at the end of the axis"),
    "sotp": ("Sum of the parts", "AWS, advertising, stores on the next four quarters"),
    "price_to_sales": ("Re-rating to the peers' price to sales", "lowest peer, all as one company, highest"),
    "net_margin": ("Net-margin case", "target margin on the last year's sales"),
}
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
    ("Link to another sheet", "link text"), ("Value of the model, stamped when the workbook was built", "stamp text"),
    ("Reported, estimated from a year's figure", "estimate text"),
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
    after_values = _put_values(sheet, layout, after_events + 1)
    for offset, (text, style) in enumerate(_COLOURS):
        sheet.put(after_values + 1 + offset, 1, text, style)
    return sheet


def _put_headlines(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write headline lines by year; return the next free row."""
    years = range(_FIRST_HEADLINE_YEAR, _LAST_HEADLINE_YEAR + 1)
    put_band(sheet, top, "Headline figures by fiscal year", _LAST_COLUMN)
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
    put_band(sheet, top, "Inflection of trailing twelve months' free cash flow (#N/A: not on the axis)", _LAST_COLUMN)
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


def _put_values(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write value per share by every method, with the price; return the next free row."""
    put_band(sheet, top, "Value per share", _LAST_COLUMN)
    for column, text in {3: "USD/share", 4: "low", 5: "mid", 6: "high", 7: "mid to price"}.items():
        sheet.put(top + 1, column, text, "period text" if column == 3 else "period")  # noqa: PLR2004  # the first of them is text

    def link(row: int, column: int, key: str) -> None:
        home = layout.places[key]
        style = numeric("link", layout.plan.row(key).unit)
        sheet.put(row, column, f"={home.sheet}!{reference(home.row, VALUE)}", style, Twin("value", key))

    for row, (method, (label, meaning)) in enumerate(_METHODS.items(), start=top + 2):
        sheet.put(row, 1, label, "label")
        sheet.put(row, 8, meaning, "note")
        sheet.put(row, 2, f"value_per_share[{method}]", "name")
        for column, case in enumerate(("low", "mid", "high"), start=4):
            link(row, column, f"value_per_share[{method},{case}]")
        link(row, 7, f"upside[{method}]")
    after = top + 2 + len(_METHODS)
    for row, key in enumerate(("price", "valuation_date", "terminal_share"), start=after):
        sheet.put(row, 1, layout.plan.row(key).label, "label")
        sheet.put(row, 2, key, "name")
        link(row, 5, key)
    return after + 3
