"""Cover: a dashboard on one page: the selector, headline figures, when free cash flow turns, value, the ledger, charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.plan.cells import InputRange, SheetPlan, Twin
from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import (
    AS_OF_CELL,
    CHOICE_ROW,
    CONTENTS,
    COVER,
    INPUTS,
    SCENARIOS,
    SELECTED_CELL,
    THESIS,
    VALUE,
    Layout,
)
from workbook_templates.plan.sheets.header import check_formula, mark_check, put_band, put_title
from workbook_templates.plan.sheets.inputs import choice_cell, scenario_choices
from workbook_templates.plan.sheets.pictures import ValueTable, cover_charts
from workbook_templates.plan.sheets.scenarios import agreement_cell
from workbook_templates.plan.sheets.thesis import STATUSES, status_cells
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.scenarios.scenario import Scenario

_LABEL, _NAME, _UNIT, _FIRST, _LAST = 1, 2, 3, 4, 10
_LOW, _STEP_TO_MID, _STEP_TO_HIGH, _PRICE = 4, 8, 9, 10
"""In the table of values: what the chart stacks upon the low case, and the price beside every method."""
_WIDTHS: Final = (
    {_LABEL: 46, _NAME: 32, _UNIT: 24} | dict.fromkeys(range(_FIRST, _LAST + 1), 12.0) | {_LAST + 1: 2.0}
)
_ROW_HEIGHT: Final = 15.0
_TILE_HEIGHTS: Final = {AS_OF_CELL[0]: 28.0, SELECTED_CELL[0]: 24.0}
_METHODS: Final = {
    "dcf": "Discounted cash flow, perpetuity",
    "exit_multiple": "Discounted cash flow, exit multiple",
    "sotp": "Sum of the parts",
    "net_margin": "Net-margin case",
    "price_to_sales": "Re-rating to the peers' price to sales",
}
"""The re-rating last: it is so far off that a chart of all would show nothing of the rest."""
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


def cover_sheet(layout: Layout, selected: Scenario, version: str, assumptions: str) -> SheetPlan:
    """Return the cover."""
    sheet = SheetPlan(COVER, widths=dict(_WIDTHS), heights=dict(_TILE_HEIGHTS), one_page=True)
    put_title(sheet, "Amazon.com: free cash flow, margins and their turning point",
        "USD millions; figures are live formulas, but for the charts by scenario and the claims, which are stamped; choose a scenario",
    )  # fmt: skip
    row, column = SELECTED_CELL
    first = CHOICE_ROW + 1
    titles = f"{INPUTS}!$A${first}:$A${CHOICE_ROW + len(layout.scenarios)}"
    entries: list[tuple[str, float | str, str, Twin | None]] = [
        ("Last reported quarter (as-of)", layout.plan.axis.as_of.code, "as of", None),
        ("Scenario (choose from the list)", selected.name, "selector", None),
        (
            "What it stands for",
            f"={call('INDEX', titles, f'{INPUTS}!{choice_cell()}')}",
            "check",
            Twin("text", "title"),
        ),
        ("Checks", check_formula(layout), "check", Twin("text", "checks")),
        ("Model version", version, "label", None),
        ("Assumptions as built (hash of all drivers)", assumptions, "label", None),
        (
            f"Live figures against those stamped on {SCENARIOS}",
            f"={SCENARIOS}!{agreement_cell()}",
            "link text",
            Twin("text", "agreement"),
        ),
    ]
    for offset, (label, content, style, twin) in enumerate(entries):
        sheet.put(AS_OF_CELL[0] + offset, _LABEL, label, "label")
        sheet.put(AS_OF_CELL[0] + offset, column, content, style, twin)
    sheet.ranges.append(
        InputRange(reference(row, column), choices=scenario_choices(layout), message="Choose a scenario")
    )
    mark_check(sheet, reference(row + 2, column))
    sheet.put(row + 3, _FIRST, f"{CONTENTS}: sheets, method, colour key", "link text")
    sheet.links[row + 3, _FIRST] = CONTENTS
    _put_tiles(sheet, layout)
    after_years = _put_headlines(sheet, layout, row + 6)
    after_events = _put_events(sheet, layout, after_years + 1)
    after_values = _put_values(sheet, layout, after_events + 1)
    last = _put_ledger(sheet, layout, after_values + 1)
    first = after_events + 3
    shown = range(first, first + len(_METHODS) - 1)
    table = ValueTable(shown, _LABEL, _LOW, _STEP_TO_MID, _STEP_TO_HIGH, _PRICE)
    sheet.charts += cover_charts(layout, table, last + 4, (_LABEL, _FIRST, _LAST + 2))
    for each in range(1, last + 4):
        sheet.heights.setdefault(each, _ROW_HEIGHT)  # charts are as tall as so many rows
    return sheet


def _link(
    sheet: SheetPlan,
    layout: Layout,
    place: tuple[int, int],
    key: str,
    *,
    year: int | None = None,
    role: str = "link",
) -> None:
    """Link a figure that does not vary with time, or that of a year."""
    home, unit = layout.places[key], layout.plan.rows[key].unit
    if year is None:
        column, twin = VALUE, Twin("value", key)
    else:
        position = layout.plan.axis.year_position(year)
        column, twin = layout.year_column(position), Twin("year", key, position)
    sheet.put(*place, f"={home.sheet}!{reference(home.row, column)}", numeric(role, unit), twin)


def _put_tiles(sheet: SheetPlan, layout: Layout) -> None:
    """Write the figures that are asked for first."""
    year = layout.plan.axis.as_of.shifted(1).year
    tiles: Sequence[tuple[str, str, int | None]] = (
        (f"Free cash flow {year}", "free_cash_flow", year), (f"Free cash flow {year + 1}", "free_cash_flow", year + 1),
        ("Trough, trailing 12 months", "trough_amount", None), ("Quarter of the trough", "trough", None),
        ("Positive from", "positive", None), ("Value per share, USD", "value_per_share[dcf,mid]", None),
        ("Upside to the price", "upside[dcf]", None),
    )  # fmt: skip
    top = AS_OF_CELL[0]
    for column, (label, key, when) in enumerate(tiles, start=_FIRST):
        sheet.put(top, column, label, "tile label")
        _link(sheet, layout, (top + 1, column), key, year=when, role="tile")


def _put_heads(sheet: SheetPlan, row: int, heads: Sequence[str]) -> None:
    for column, text in enumerate(heads, start=_FIRST):
        sheet.put(row, column, text, "period")


def _put_line(sheet: SheetPlan, layout: Layout, row: int, key: str) -> None:
    line = layout.plan.row(key)
    for column, (text, style) in enumerate(
        ((line.label, "label"), (key, "name"), (line.unit, "unit")), start=_LABEL
    ):
        sheet.put(row, column, text, style)


def _put_headlines(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write headline lines by year; return the next free row."""
    years = range(_FIRST_HEADLINE_YEAR, _LAST_HEADLINE_YEAR + 1)
    put_band(sheet, top, "Headline figures by fiscal year", _LAST)
    _put_heads(sheet, top + 1, [f"FY{year}" for year in years])
    for row, key in enumerate(_HEADLINES, start=top + 2):
        _put_line(sheet, layout, row, key)
        for column, year in enumerate(years, start=_FIRST):
            _link(sheet, layout, (row, column), key, year=year)
    return top + 2 + len(_HEADLINES)


def _put_events(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write the inflection of free cash flow; return the next free row."""
    put_band(
        sheet, top, "Inflection of trailing twelve months' free cash flow (#N/A: not on the axis)", _LAST
    )
    for row, key in enumerate(_EVENTS, start=top + 1):
        _put_line(sheet, layout, row, key)
        _link(sheet, layout, (row, _UNIT), key)
        if key in _MEANINGS:
            sheet.put(row, _FIRST, _MEANINGS[key], "remark")
        if key == "trough_amount":
            amount = reference(row, _UNIT)
            sheet.put(
                row,
                _FIRST,
                f'=IF({amount}>0,"never below 0","below 0 at the trough")',
                "remark",
                Twin("text", "never below 0"),
            )
    return top + 1 + len(_EVENTS)


def _put_values(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write value per share by every method, with the price; return the next free row."""
    put_band(sheet, top, "Value per share, USD: every method, low, middle and high", _LAST)
    _put_heads(sheet, top + 1, ("low", "mid", "high", "mid to price", "low to mid", "mid to high", "price"))
    for row, (method, label) in enumerate(_METHODS.items(), start=top + 2):
        sheet.put(row, _LABEL, label, "label")
        sheet.put(row, _NAME, f"value_per_share[{method}]", "name")
        sheet.put(row, _UNIT, "USD/share", "unit")
        keys = (
            *(f"value_per_share[{method},{case}]" for case in ("low", "mid", "high")), f"upside[{method}]",
            f"step_to_mid[{method}]", f"step_to_high[{method}]", "price",
        )  # fmt: skip
        for column, key in enumerate(keys, start=_FIRST):
            _link(sheet, layout, (row, column), key)
    after = top + 2 + len(_METHODS)
    for row, key in enumerate(("valuation_date", "terminal_share"), start=after):
        _put_line(sheet, layout, row, key)
        _link(sheet, layout, (row, _FIRST + 1), key)
    return after + 2


def _put_ledger(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Count the article's claims by what became of them; return the last row."""
    put_band(sheet, top, f"The article's claims, by what was known at {layout.plan.axis.as_of}", _LAST)
    sheet.put(top + 1, _LABEL, f"to {THESIS}", "go to")
    sheet.links[top + 1, _LABEL] = THESIS
    sheet.put(top + 2, _LABEL, "Number of claims", "label")
    for column, status in enumerate(STATUSES, start=_FIRST):
        sheet.put(top + 1, column, status, "period")
        text = "=" + call("SUMPRODUCT", f'({THESIS}!{status_cells(layout)}="{status}")*1')
        sheet.put(top + 2, column, text, "link whole", Twin("count", status))
    return top + 2
