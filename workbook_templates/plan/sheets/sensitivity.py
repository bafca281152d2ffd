"""Sensitivity: tornados, two-way tables and a simulation: formulas where that can be, else stamped."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import area, reference
from workbook_templates.formula_text import call
from workbook_templates.plan import layout as places
from workbook_templates.plan import links
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.cells import SheetPlan, WorkbookPlan, width
from workbook_templates.plan.layout import SENSITIVITY, Layout
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.moved import SIZE, TORNADOS, live_grids, outputs_at
from workbook_templates.plan.sheets.header import put_band, put_heads, put_stamp, selected_scenario
from workbook_templates.plan.sheets.live_grids import put_live_grid
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.sheets.simulated import EXPECTED, is_simulated, put_expected, put_simulation
from workbook_templates.plan.sheets.stamps import stamps_of
from workbook_templates.plan.sheets.tornados import (
    live_numbers,
    put_live_bars,
    put_shown,
    put_tornado,
    titled,
    tornado,
)
from workbook_templates.plan.styles import KEY, MARK, large, numeric, whole
from workbook_templates.plan.twins import Computed, scenario_name

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from model.analysis.sensitivity import Grid
    from model.analysis.swings import Steps
    from model.outputs import Output
    from model.results import Results
    from model.scenarios.scenario import Scenario

HEADER_ROW, FIRST_FIGURE_ROW = 5, 6
LABEL, LIVE, STAMPED, RIGHT, NAME = 1, 3, 4, 11, 21
"""Columns: labels, live and stamped figures; labels of the right half of the pages; names, unprinted."""
SCENARIO_ROW: Final = 6
_STATE, _STATE_STAMPED = RIGHT + 2, RIGHT + 5
"""Columns at the right: the scenario that is selected and the stamped one, and whether figures agree."""
SCENARIO_CELL: Final = (SCENARIO_ROW, _STATE_STAMPED)
"""The name of the scenario that the stamped figures are of."""
TOLERANCE_CELL: Final = (7, _STATE)
AGREEMENT_CELL: Final = (8, _STATE)

_CHARTS_ROW: Final = 10
_CHART_ROWS: Final = range(_CHARTS_ROW + 1, _CHARTS_ROW + 17)
_CHART_HEIGHT: Final = 11.0
GRIDS: Final = ((27, LABEL), (27, RIGHT), (38, RIGHT), (38, LABEL))
"""Bands of the grids, and the column of their labels."""
GRID_TOP, GRID_LEFT = 4, 2
"""Rows and columns from there to the first value."""
SIMULATION_ROW: Final = 50
_PAGES: Final = (range(1, 49), range(SIMULATION_ROW, 98))
"""Rows of the printed pages."""
TORNADO_ROWS: Final = (100, 116)
"""Bands of the figures behind the charts, unprinted; two rows below each begin its bars."""
LIVE_ROW: Final = 132
"""From there on: the drivers whose bars are live, and the rows behind live bars and tables."""
HALF: Final = 8
_HALVES: Final = {LABEL: LABEL + HALF, RIGHT: RIGHT + HALF}
"""First and last column of each half of a page."""
_WIDTHS: Final = (
    dict.fromkeys(range(LABEL, RIGHT + HALF + 1), width(62))
    | dict.fromkeys(_HALVES, 20.0)
    | {RIGHT - 1: width(16)}
)
_KEY_OF_BARS: Final = (("driver a tenth lower", "blue"), ("a tenth higher", "navy"))
_ANOTHER: Final = "stamped for another scenario"
_MOVES: Final = {
    "set": ", in every period ahead", "add": ", added to each value ahead",
    "scale": ", times each value ahead",
}  # fmt: skip


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, words = edition.layout, edition.words.sensitivity
    if words is None:
        return
    sheet.widths |= _WIDTHS
    sheet.heights |= dict.fromkeys(_CHART_ROWS, _CHART_HEIGHT)
    sheet.pages = [area((rows[0], LABEL), (rows[-1], _HALVES[RIGHT])) for rows in _PAGES]
    put_stamp(sheet, edition)
    outputs = outputs_at(layout.plan, words)
    _put_base(sheet, layout, outputs)
    _put_live(sheet, layout, outputs)
    for output, band, (column, last) in zip(outputs, TORNADO_ROWS, _HALVES.items(), strict=False):
        is_live = bool(live_numbers(layout, output))
        kinds = "stamped unless live" if is_live else "stamped"
        put_band(sheet, _CHARTS_ROW, f"{titled(layout, output)}; {kinds}", last, column)
        for place, (text, colour) in enumerate(_KEY_OF_BARS):
            sheet.put(_CHART_ROWS[0], column + 3 * place, MARK + text, KEY + colour)
        corners = (_CHART_ROWS[1], column), (_CHART_ROWS.stop, last + 1)
        sheet.panels.append(tornado(output, band, corners, live=is_live))
    if edition.stamped is not None:
        _put_stamps(sheet, layout, edition.stamped, outputs)
    if (row := expected_row(layout)) is not None:
        simulation = stamps_of(edition.stamped).simulation if edition.stamped else None
        put_heads(sheet, HEADER_ROW, {column: head for head, column in EXPECTED.items()}, ())
        put_expected(sheet, row, outputs[row - FIRST_FIGURE_ROW], simulation, edition.stamped)
    sheet.frozen = (places.YEAR_ROW, LABEL + 1)


def expected_row(layout: Layout) -> int | None:
    """Return the row of the value per share whose simulation is stamped; None where none is."""
    words, value = layout.words.sensitivity, layout.company.presentation.questions.value
    if words is None or value not in words.tables or not is_simulated(layout.company):
        return None
    return FIRST_FIGURE_ROW + list(words.tables).index(value)


def _put_base(sheet: SheetPlan, layout: Layout, outputs: Sequence[Output]) -> None:
    """Write the figures as they are, room for stamped ones, and whether both agree."""
    heads = {LABEL: "", LABEL + 1: "", LIVE: "Live", STAMPED: "Stamped"}
    put_heads(sheet, HEADER_ROW, heads, (LABEL, LABEL + 1))
    state = dict.fromkeys(range(RIGHT, RIGHT + HALF + 1), "") | {_STATE: "Live", _STATE_STAMPED: "Stamped"}
    put_heads(sheet, HEADER_ROW, state, state)
    sheet.put(SCENARIO_ROW, RIGHT, "Scenario", "remark")
    sheet.put(SCENARIO_ROW, _STATE, f"={selected_scenario()}", "link text", Computed(scenario_name))
    sheet.put(*SCENARIO_CELL, None, "stamp text")
    for row, output in enumerate(outputs, start=FIRST_FIGURE_ROW):
        sheet.put(row, LABEL, titled(layout, output), "line")
        sheet.put(row, NAME, str(output), "name")
        put_link(sheet, (row, LIVE), linked(layout, output.key, output.period), style=large)
    pairs = compared(len(outputs), _live_grids(layout))
    for (row, _), place in pairs:
        unit = outputs[row - FIRST_FIGURE_ROW].unit
        sheet.put(*place, None, large("stamp", unit) if place == (row, STAMPED) else whole("centre", unit))
    sheet.put(TOLERANCE_CELL[0], RIGHT, "Tolerance of it, relative", "remark")
    sheet.put(*TOLERANCE_CELL, links.TOLERANCE, "tolerance")
    sheet.put(AGREEMENT_CELL[0], RIGHT, "Live against stamped figures", "remark")
    sheet.put(*AGREEMENT_CELL, _agreement(pairs), "check", Computed(agreement_text))


def _put_live(sheet: SheetPlan, layout: Layout, outputs: Sequence[Output]) -> None:
    """Write the bars and tables that are closed forms, and what is behind them, folded."""
    row = LIVE_ROW
    for output, band in zip(outputs, TORNADO_ROWS, strict=False):
        row, rows = put_live_bars(sheet, layout, output, row)
        if rows:
            put_shown(sheet, output, band, rows)
    for grid in live_grids(layout.plan, layout.company):
        band, left = GRIDS[grid.number]
        put_band(sheet, band, f"{titled(layout, outputs[grid.number])}; live", _HALVES[left], left)
        texts = [f"{layout.called[each.driver]}{_MOVES[each.operation]}" for each in (grid.x, grid.y)]
        _put_directions(sheet, band, left, texts)
        row = put_live_grid(sheet, layout, grid, (band + GRID_TOP, left + GRID_LEFT), row)
    if row > LIVE_ROW:
        sheet.outline.append(Group(LIVE_ROW, row - 1, folded=True))


def _put_stamps(sheet: SheetPlan, layout: Layout, scenario: Scenario, outputs: Sequence[Output]) -> None:
    stamps, live = stamps_of(scenario), _live_grids(layout)
    sheet.put(*SCENARIO_CELL, scenario.name, "stamp text")
    for row, (output, value) in enumerate(zip(outputs, stamps.figures, strict=True), start=FIRST_FIGURE_ROW):
        sheet.put(row, STAMPED, links.stamp(value), large("stamp", output.unit))
    for band, found in zip(TORNADO_ROWS, stamps.tornados, strict=False):
        put_tornado(sheet, layout, found, band, live_numbers(layout, found.output))
    for number, ((band, left), grid, output) in enumerate(zip(GRIDS, stamps.grids, outputs, strict=False)):
        if number in live:
            continue
        put_band(sheet, band, f"{titled(layout, output)}; stamped", _HALVES[left], left)
        if grid is not None:
            _put_grid(sheet, layout, grid, band, left)
            continue
        sheet.put(band + 1, left, "The centre lies outside the range of its driver", "remark")
        for row, column in product(range(SIZE), repeat=2):
            sheet.put(band + GRID_TOP + row, left + GRID_LEFT + column, "#N/A", "stamp text")
    put_simulation(sheet, SIMULATION_ROW, stamps.simulation)


def compared(figures: int, live: Container[int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return pairs of a live and a stamped cell, equal while the stamped scenario is selected.

    ``live``: numbers of the grids that are not stamped.
    """
    half = SIZE // 2
    pairs = []
    for number, (band, left) in enumerate(GRIDS[: min(figures, TORNADOS)]):
        row, centre = FIRST_FIGURE_ROW + number, (band + GRID_TOP + half, left + GRID_LEFT + half)
        pairs.append(((row, LIVE), (row, STAMPED)))
        if number not in live:
            pairs.append(((row, LIVE), centre))
    return pairs


def _live_grids(layout: Layout) -> set[int]:
    return {each.number for each in live_grids(layout.plan, layout.company)}


def _agreement(pairs: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> str:
    text = f'"{links.AGREES}"'
    for live, stamped in reversed(pairs):
        condition = links.agreement(reference(*live), reference(*stamped), reference(*TOLERANCE_CELL))
        text = call("IF", condition, text, f'"{links.CHANGED}"')
    is_stamped = f"{selected_scenario()}={reference(*SCENARIO_CELL)}"
    return "=" + call("IF", is_stamped, text, f'"{_ANOTHER}"')


def agreement_text(plan: WorkbookPlan, results: Results, draw: int) -> float | str:
    """Return whether the live figures are the stamped ones, NaN where that is an error."""
    sheet = plan.sheets[SENSITIVITY]
    if sheet.cells[SCENARIO_CELL].content != results.scenarios[draw].name:
        return _ANOTHER
    twins = (place for place, cell in sheet.cells.items() if cell.twin is not None)
    figures = sum(column == LIVE and FIRST_FIGURE_ROW <= row < _CHARTS_ROW for row, column in twins)
    for live, stamped in compared(figures, _live_grids(plan.layout)):
        found = links.agrees(sheet.cells[live], sheet.number(*stamped), (plan, results, draw))
        if not found or math.isnan(found):
            return found or links.CHANGED
    return links.AGREES


def _put_grid(sheet: SheetPlan, layout: Layout, found: Grid, band: int, left: int) -> None:
    """Write a table: the row and column of the base are bold, their heads and the base itself filled."""
    top, first, half = band + GRID_TOP, left + GRID_LEFT, SIZE // 2
    texts = [f"{layout.called[steps.spec.key]}{_MOVES[steps.operation]}" for steps in (found.x, found.y)]
    _put_directions(sheet, band, left, texts)
    roles = ["centre" if place == half else "edge" for place in range(SIZE)]
    for place, (value, role) in enumerate(zip(found.x.values, roles, strict=True)):
        sheet.put(top - 1, first + place, value, numeric(role, _unit(found.x)))
    for place, (value, role) in enumerate(zip(found.y.values, roles, strict=True)):
        sheet.put(top + place, first - 1, value, numeric(role, _unit(found.y)))
    for row, values in enumerate(found.values.tolist()):
        for column, value in enumerate(values):
            is_base = row == half, column == half
            role = "centre" if all(is_base) else "cross" if any(is_base) else "stamp"
            sheet.put(top + row, first + column, links.stamp(value), whole(role, found.output.unit))


def _put_directions(sheet: SheetPlan, band: int, left: int, texts: Sequence[str]) -> None:
    for row, (word, text) in enumerate(zip(("across", "down"), texts, strict=True), start=band + 1):
        sheet.put(row, left, f"{word}: {text}", "remark")


def _unit(steps: Steps) -> str:
    return "times" if steps.operation == "scale" else steps.spec.driver.unit


SHEET: Final = Sheet(
    SENSITIVITY, "What moves value and free cash flow most, and two-way tables; live or stamped",
    "Sensitivity: one driver at a time, and two against each other",
    "Live: formulas, for what is selected. Stamped: values of the model for one scenario, as built",
    _fill, is_needed=lambda words: words.sensitivity is not None,
)  # fmt: skip
