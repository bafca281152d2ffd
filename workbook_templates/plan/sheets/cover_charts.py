"""The charts of the Cover and their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from workbook_templates.a1 import across, down, reference
from workbook_templates.plan.cells import Chart, Series
from workbook_templates.plan.layout import AS_OF_CELL, COVER, PERIOD_ROW, SCENARIOS, Layout
from workbook_templates.plan.sheets import scenarios
from workbook_templates.plan.styles import ACCENT, COLOURS, LIGHT, NAVY, SERIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from model.presentation import ChartWords

_WIDTHS: Final = (19.1, 16.7, 19.0)
"""Widths in cm of charts in the first column, next to the labels, and next to the tables."""
_HEIGHT: Final = 8.3
_ROWS_EACH: Final = 16
"""Rows of 15 points that a chart covers, with a little air."""
_FIRST_ROW: Final = AS_OF_CELL[0]
_YEARS: Final = (3, 5)
"""Years shown before and after that of the latest reported quarter."""
_QUARTER_FORMAT: Final = '0000"Q"0'


class ValueTable(NamedTuple):
    """Values per share on the Cover: title of their chart, rows, columns by head, column of labels."""

    title: str
    methods: range
    columns: Mapping[str, int]
    label: int


def cover_charts(
    layout: Layout, values: ValueTable | None, below: int, columns: tuple[int, int, int], *, by_scenario: bool
) -> Iterable[Chart]:
    """Return the charts of the Cover: at the right, in the last of ``columns``, and from row ``below``."""
    words, charts = layout.words, []
    for place, each in enumerate(words.charts_beside):
        charts.append(_chart_of(layout, each, _beside(place, columns[-1]), _WIDTHS[2]))
    if values is not None:
        charts.append(_football_field(values, _beside(len(charts), columns[-1])))
    for each, width, column in zip(words.charts_below, _WIDTHS, columns, strict=False):
        charts.append(_chart_of(layout, each, reference(below, column), width))
    if by_scenario:
        charts += _side_by_side(layout, reference(below, columns[1]), reference(below, columns[2]))
    return charts


def _beside(place: int, column: int) -> str:
    return reference(_FIRST_ROW + place * _ROWS_EACH, column)


def _chart_of(layout: Layout, words: ChartWords, corner: str, width: float) -> Chart:
    """Return a chart of lines by year or by quarter, from the sheets that compute them."""
    first, last = _columns(layout, quarterly=words.quarterly)
    series = []
    for key, (title, colour) in (*words.columns.items(), *words.lines.items()):
        cells = across(*layout.places[key], first, last)
        series.append(Series(title, cells, COLOURS[colour], line=key in words.lines))
    heads = across(layout.places[key].sheet, PERIOD_ROW, first, last)
    return Chart(
        words.title, corner, (width, _HEIGHT), heads, tuple(series),
        words.unit, words.number_format, category_format=_QUARTER_FORMAT if words.quarterly else "",
        stacked=words.stacked,
    )  # fmt: skip


def _columns(layout: Layout, *, quarterly: bool) -> tuple[int, int]:
    years, axis = layout.shown_years(*_YEARS), layout.plan.axis
    if not quarterly:
        first, last = (layout.year_column(axis.year_position(year)) for year in (years[0], years[-1]))
        return first, last
    shown = [place for place, quarter in enumerate(axis.quarters) if quarter.year in years]
    return layout.quarter_column(shown[0]), layout.quarter_column(shown[-1])


def _football_field(table: ValueTable, corner: str) -> Chart:
    cells = {head: down(COVER, column, table.methods) for head, column in table.columns.items()}
    labels = down(COVER, table.label, table.methods)
    series = (
        Series("low", cells["low"]), Series("low to middle", cells["low to mid"], LIGHT),
        Series("middle to high", cells["mid to high"], NAVY),
        Series("share price", cells["price"], ACCENT, line=True),
    )  # fmt: skip
    return Chart(table.title, corner, (_WIDTHS[2], _HEIGHT), labels, series, "USD a share", stacked=True)


def _side_by_side(layout: Layout, flow_corner: str, value_corner: str) -> list[Chart]:
    """Return free cash flow and value per share of all scenarios, as stamped on their sheet."""
    words, charts = layout.words, []
    names = scenarios.column_names(layout)
    plain = [column for column, name in names.items() if "+" not in name and name != scenarios.MIX_OF_DRIVERS]
    if words.scenario_flow:
        flows = scenarios.rows_over_years(layout, words.scenario_flow, layout.shown_years(*_YEARS)[:-1])
        series = tuple(
            Series(names[column], down(SCENARIOS, column, flows), SERIES[place % len(SERIES)])
            for place, column in enumerate(plain)
        )
        years = down(SCENARIOS, scenarios.PERIOD, flows)
        title = "Free cash flow by scenario, stamped, USD m"
        charts.append(Chart(title, flow_corner, (_WIDTHS[1], _HEIGHT), years, series, "USD m"))
    if words.scenario_values:
        first, last = min(names), max(names)
        rows = [scenarios.rows_over_years(layout, key)[0] for key in words.scenario_values]
        series = tuple(
            Series(title, across(SCENARIOS, row, first, last), colour)
            for row, title, colour in zip(rows, words.scenario_values.values(), SERIES, strict=False)
        )
        heads = across(SCENARIOS, scenarios.NAME_ROW, first, last)
        title = "Value per share by scenario, stamped, USD"
        charts.append(Chart(title, value_corner, (_WIDTHS[2], _HEIGHT), heads, series, "USD a share"))
    return charts
