"""The charts of the Cover: which cells each one shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import Quarter
from workbook_templates.plan.cells import Chart, Series
from workbook_templates.plan.layout import ANNUAL, AS_OF_CELL, COVER, PERIOD_ROW, SCENARIOS, Layout
from workbook_templates.plan.sheets import scenarios
from workbook_templates.plan.site import across, down, reference
from workbook_templates.plan.styles import AMBER, BLUES, GREEN, GREY, NAVY, RED, SERIES, TEAL

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTHS: Final = (19.1, 16.7, 19.0)
"""Widths in cm of charts that begin in the first column, beside the labels, and beside the tables."""
_HEIGHT: Final = 8.3
_ROWS_EACH: Final = 16
"""Rows of 15 points that a chart covers, with a little air."""
_FIRST_ROW: Final = AS_OF_CELL[0]
_FIRST_QUARTER, _LAST_QUARTER = Quarter(2023, 1), Quarter(2031, 4)
_FIRST_YEAR, _LAST_YEAR = 2023, 2031
_BRIDGE: Final = {
    "aws_margin_change_silicon": ("custom silicon", GREEN), "aws_margin_change_depreciation": ("depreciation", RED),
    "aws_margin_change_price": ("price", AMBER), "aws_margin_change_cost": ("other cash cost", TEAL),
    "aws_margin_change_one_offs": ("special charges", GREY),
}  # fmt: skip


class ValueTable(NamedTuple):
    """Where the Cover holds values per share: rows of the methods to show, and columns of their labels and figures."""

    methods: range
    label: int
    low: int
    step_to_mid: int
    step_to_high: int
    price: int


def cover_charts(
    layout: Layout, values: ValueTable, below: int, columns: tuple[int, int, int]
) -> Iterable[Chart]:
    """Return the charts of the Cover: three beside the tables, at the last of ``columns``, and three from row ``below``."""
    right = [reference(_FIRST_ROW + place * _ROWS_EACH, columns[-1]) for place in range(3)]
    under = [reference(below, column) for column in columns]
    return (
        _trailing_cash_flow(layout, right[0]), _spending(layout, right[1]), _football_field(values, right[2]),
        _margin_bridge(layout, under[0]), *_side_by_side(layout, under[1], under[2]),
    )  # fmt: skip


def _years(layout: Layout, sheet: str, row: int) -> str:
    first, last = (
        layout.year_column(layout.plan.axis.year_position(year)) for year in (_FIRST_YEAR, _LAST_YEAR)
    )
    return across(sheet, row, first, last)


def _trailing_cash_flow(layout: Layout, corner: str) -> Chart:
    columns = [
        layout.quarter_column(layout.plan.axis.position(quarter))
        for quarter in (_FIRST_QUARTER, _LAST_QUARTER)
    ]
    parts = {
        "reported_column": ("reported", NAVY),
        "forecast_column": ("forecast", BLUES[1]),
        "trough_column": ("trough", RED),
    }
    sheet = layout.places["trough_column"].sheet
    series = (
        Series(title, across(sheet, layout.places[key].row, *columns), colour)
        for key, (title, colour) in parts.items()
    )
    return Chart(
        "Free cash flow, trailing twelve months, USD m", corner, (_WIDTHS[2], _HEIGHT), across(sheet, PERIOD_ROW, *columns), tuple(series),
        "USD m", category_format='0000"Q"0', stacked=True,
    )  # fmt: skip


def _spending(layout: Layout, corner: str) -> Chart:
    rows = {
        "operating_cash_flow": ("operating cash flow", TEAL),
        "net_capex": ("net capital expenditure", AMBER),
    }
    series = [
        Series(title, _years(layout, ANNUAL, layout.annual[key]), colour)
        for key, (title, colour) in rows.items()
    ]
    series.append(
        Series("free cash flow", _years(layout, ANNUAL, layout.annual["free_cash_flow"]), NAVY, line=True)
    )
    return Chart(
        "Operating cash flow against capital expenditure, USD m", corner, (_WIDTHS[2], _HEIGHT), _years(layout, ANNUAL, PERIOD_ROW),
        tuple(series), "USD m",
    )  # fmt: skip


def _football_field(table: ValueTable, corner: str) -> Chart:
    columns = (table.label, table.low, table.step_to_mid, table.step_to_high, table.price)
    labels, low, to_mid, to_high, price = (down(COVER, column, table.methods) for column in columns)
    series = (
        Series("low", low), Series("low to middle", to_mid, BLUES[1]), Series("middle to high", to_high, NAVY),
        Series("share price", price, RED, line=True),
    )  # fmt: skip
    return Chart(
        "Value per share by method, USD (re-rating by price to sales: off this scale)", corner, (_WIDTHS[2], _HEIGHT), labels, series,
        "USD a share", stacked=True,
    )  # fmt: skip


def _margin_bridge(layout: Layout, corner: str) -> Chart:
    sheet = layout.places["aws_margin_change"].sheet
    series = [
        Series(title, _years(layout, sheet, layout.places[key].row), colour)
        for key, (title, colour) in _BRIDGE.items()
    ]
    series.append(
        Series(
            "change of the margin",
            _years(layout, sheet, layout.places["aws_margin_change"].row),
            NAVY,
            line=True,
        )
    )
    return Chart(
        "AWS operating margin: change on the year, by cause", corner, (_WIDTHS[0], _HEIGHT), _years(layout, sheet, PERIOD_ROW),
        tuple(series), "share of sales", "0%", stacked=True,
    )  # fmt: skip


def _side_by_side(layout: Layout, flow_corner: str, value_corner: str) -> tuple[Chart, Chart]:
    """Return free cash flow and value per share of all scenarios, as stamped on their sheet."""
    names = scenarios.column_names(layout)
    last = scenarios.FIRST_COLUMN + len(names) - 1
    flows = scenarios.rows_of("free_cash_flow", range(_FIRST_YEAR, _LAST_YEAR))
    plain = {
        column: name for column, name in names.items() if "+" not in name and name != scenarios.MIX_OF_DRIVERS
    }
    series = (
        Series(name, down(SCENARIOS, column, flows), SERIES[place % len(SERIES)])
        for place, (column, name) in enumerate(plain.items())
    )
    flow = Chart(
        "Free cash flow by scenario, stamped, USD m",
        flow_corner,
        (_WIDTHS[1], _HEIGHT),
        down(SCENARIOS, scenarios.PERIOD, flows),
        tuple(series),
        "USD m",
    )
    methods = {
        "dcf": "perpetuity",
        "exit_multiple": "exit multiple",
        "sotp": "sum of the parts",
        "net_margin": "net-margin case",
    }
    values = tuple(
        Series(
            title,
            across(
                SCENARIOS,
                scenarios.rows_of(f"value_per_share[{method},mid]")[0],
                scenarios.FIRST_COLUMN,
                last,
            ),
            colour,
        )
        for (method, title), colour in zip(methods.items(), SERIES, strict=False)
    )
    heads = across(SCENARIOS, scenarios.NAME_ROW, scenarios.FIRST_COLUMN, last)
    return flow, Chart(
        "Value per share by scenario, stamped, USD",
        value_corner,
        (_WIDTHS[2], _HEIGHT),
        heads,
        values,
        "USD a share",
    )
