"""The charts of the cover: titles and keys in cells, and the panels that draw the figures of Charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from model.results import run
from workbook_templates.a1 import down
from workbook_templates.plan.cells import Corners, Drawn, Panel, height
from workbook_templates.plan.layout import CHARTS
from workbook_templates.plan.sheets.chart_data import FIRST, TEXT, blocks
from workbook_templates.plan.sheets.scenarios import own_columns
from workbook_templates.plan.styles import ACCENT, COLOURS, KEY, LIGHT, MARK, NAVY, RULE
from workbook_templates.plan.wording import year_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.presentation import ChartWords, ValueWords
    from model.results import Results
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout
    from workbook_templates.plan.sheets.cover_figures import Figures

BLOCKS: Final = ((2, 5), (7, 10), (12, 15))
"""Columns of the cover, first and last of each block."""
_ROWS, _ROW_PIXELS = 11, 18
"""Of the charts at the foot."""
_FEW_KEYS: Final = 2
_APART: Final = 0.2
"""Of the larger of two figures: further apart at the end, the lower one stands above its line, too."""
_STEP: Final = 50
"""USD per share between the figures of the football field."""
_KEY_OF_VALUES: Final = (("low to middle", "blue"), ("middle to high", "navy"), ("price", "red"))
_KEY_OF_BRIDGE: Final = (("adds", "navy"), ("takes away", "red"))


def put_flow(sheet: SheetPlan, layout: Layout, words: ChartWords, top: int, end: int) -> None:
    """Write the columns by quarter over two blocks, title and key in one row, down to a row ``end``."""
    (left, _), (middle, right) = BLOCKS[1:]
    sheet.put(top, left, words.title, "section")
    _put_key(sheet, top, middle + 1, words.lines.values())
    sheet.panels.append(_flow_panel(layout, words, ((top + 1, left), (end, right + 1))))


def put_panels(sheet: SheetPlan, figures: Figures, top: int) -> int:
    """Write the charts at the foot, with their titles and keys; return the next free row."""
    layout, words = figures.layout, figures.layout.words.cover
    end = top + 2 + _ROWS
    corners = iter([((top + 2, first), (end, last + 1)) for first, last in BLOCKS])
    if words.race:
        panel = _race_panel(layout, words.race, next(corners))
        _put_panel(sheet, figures, words.race.title, words.race.lines.values(), panel)
    if words.values:
        panel = _value_panel(layout, words.values, next(corners))
        _put_panel(sheet, figures, words.values.title, _KEY_OF_VALUES, panel)
    if words.bridge:
        _put_panel(sheet, figures, words.bridge.title, _KEY_OF_BRIDGE, _bridge_panel(layout, next(corners)))
    if not (words.race or words.values or words.bridge):
        return top
    for row in range(top + 1, end):
        sheet.heights[row] = height(_ROW_PIXELS)
    return end


def put_values(sheet: SheetPlan, layout: Layout, words: ValueWords, corners: Corners) -> None:
    """Write the football field beside the rows of another sheet: title, key and chart between two corners."""
    (top, left), end = corners
    sheet.put(top, left, words.title, "heading beside")
    for place, (text, colour) in enumerate(_KEY_OF_VALUES):
        sheet.put(top + 1, left + 2 * place, MARK + text, KEY + colour)
    sheet.panels.append(_value_panel(layout, words, ((top + 2, left), end)))


_last: list[tuple[Layout, Results]] = []
"""The model of the scenarios of a workbook, which several charts need."""


def _results(layout: Layout) -> Results:
    if not _last or _last[0][0] is not layout:
        _last[:] = [(layout, run(own_columns(layout)))]
    return _last[0][1]


def _put_panel(
    sheet: SheetPlan, figures: Figures, title: str, key: Iterable[tuple[str, str]], panel: Panel
) -> None:
    (row, column), _ = panel.corners
    sheet.put(row - 2, column, figures.text(title).formula, "section")
    _put_key(sheet, row - 1, column, key)
    sheet.panels.append(panel)


def _put_key(sheet: SheetPlan, row: int, column: int, entries: Iterable[tuple[str, str]]) -> None:
    """Write a coloured mark and a word for each series."""
    keys = list(entries)
    step = 1 if len(keys) > _FEW_KEYS else 2
    for place, (text, colour) in enumerate(keys):
        sheet.put(row, column + place * step, MARK + text, KEY + colour)


def _flow_panel(layout: Layout, words: ChartWords, corners: Corners) -> Panel:
    """Return the columns by quarter."""
    rows, count = blocks(layout).flow, len(words.lines)
    cells = [down(CHARTS, FIRST + place, rows) for place in range(count + 4)]
    bars = [
        Drawn(each, COLOURS[colour]) for each, (_, colour) in zip(cells, words.lines.values(), strict=False)
    ]
    above, below, lowest, room = cells[count:]
    lines = (
        Drawn(above, labels="t"), Drawn(below, labels="b"),
        Drawn(lowest, ACCENT, labels="b", strong=True), Drawn(room),
    )  # fmt: skip
    return Panel(
        corners, down(CHARTS, TEXT, rows), (0.01, 0.06, 0.98, 0.82), tuple(bars), lines, gap=28,
    )  # fmt: skip


def _race_panel(layout: Layout, words: ChartWords, corners: Corners) -> Panel:
    """Return lines by year: the first solid, the second dashed, with the labels of three years."""
    rows, years = blocks(layout).race, layout.shown_years(*words.years)
    marked = [
        years.index(year)
        for year in (year_ahead(layout, -2), year_ahead(layout, 0), years[-1])
        if year in years
    ]
    results = _results(layout)
    first, second = (results.series(key, "annual") for key in list(words.lines)[:2])
    axis = layout.plan.axis
    lines = []
    for column, (_, colour) in enumerate(words.lines.values(), start=FIRST):
        sides = {}
        for place in marked:
            at = axis.year_position(years[place])
            is_upper = (first[at, 0] >= second[at, 0]) == (column == FIRST)
            is_apart = abs(first[at, 0] - second[at, 0]) > _APART * max(first[at, 0], second[at, 0])
            sides[place] = "t" if is_upper or (is_apart and place == marked[-1]) else "b"
        cells = down(CHARTS, column, rows)
        lines.append(Drawn(cells, COLOURS[colour], points=sides, dashed=column > FIRST, strong=True))
    return Panel(
        corners, down(CHARTS, TEXT, rows), (0.04, 0.08, 0.92, 0.76), lines=tuple(lines),
        bounds=(0, None, None),
    )  # fmt: skip


def _value_bounds(words: ValueWords, results: Results) -> tuple[float, float, float]:
    """Return the ends of the football field for all scenarios of the workbook, and its step."""
    ends = []
    for method in words.methods:
        low, *steps = (
            results.values[words.columns[head].format(method=method)][0]
            for head in ("low", "low to mid", "mid to high")
        )
        high = low + sum(steps)
        ends += [each for each in (*low, *high) if math.isfinite(each)]
    lowest, highest = min(ends), max(ends)
    step = _STEP * max(1, math.ceil((highest - lowest) / (8 * _STEP)))
    return math.floor(lowest / step) * step, math.ceil(highest / step) * step, step


def _value_panel(layout: Layout, words: ValueWords, corners: Corners) -> Panel:
    """Return the football field, with the price as a line across it."""
    rows, heads = blocks(layout).values, list(words.columns)
    low, to_mid, to_high = (
        down(CHARTS, FIRST + heads.index(head), rows) for head in ("low", "low to mid", "mid to high")
    )
    before, line = (down(CHARTS, FIRST + len(heads) + place, rows) for place in range(2))
    return Panel(
        corners, down(CHARTS, TEXT, rows), (0.46, 0.03, 0.50, 0.84),
        (Drawn(low), Drawn(to_mid, LIGHT), Drawn(to_high, NAVY)), over=(Drawn(before), Drawn(line, ACCENT)),
        horizontal=True, gap=60, bounds=_value_bounds(words, _results(layout)), shows_values=True,
    )  # fmt: skip


def _bridge_panel(layout: Layout, corners: Corners) -> Panel:
    """Return the bridge."""
    rows = blocks(layout).bridge
    starts, whole, adds, takes = (down(CHARTS, FIRST + place, rows) for place in range(4))
    return Panel(
        corners, down(CHARTS, TEXT, rows), (0.46, 0.03, 0.52, 0.94),
        (Drawn(starts), Drawn(whole, RULE), Drawn(adds, NAVY), Drawn(takes, ACCENT)),
        horizontal=True, gap=35, bounds=(0, None, None),
    )  # fmt: skip
