"""Sensitivity: tornados, two-way tables and a simulation, stamped for one scenario of the selector."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import area, call, down, reference
from workbook_templates.plan import layout as places
from workbook_templates.plan import links
from workbook_templates.plan.cells import Chart, Series, SheetPlan, WorkbookPlan, width
from workbook_templates.plan.layout import SENSITIVITY, Layout
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.sheets.header import put_band, put_heads, put_stamp, selected_scenario
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.sheets.simulated import EXPECTED, is_simulated, put_expected, put_simulation
from workbook_templates.plan.sheets.stamps import SIZE, TORNADOS, outputs_at, stamps_of
from workbook_templates.plan.styles import LIGHT, NAVY, numeric
from workbook_templates.plan.twins import Computed, scenario_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.analysis.sensitivity import Grid, Tornado
    from model.analysis.swings import Steps
    from model.outputs import Output
    from model.results import Results
    from model.scenarios.scenario import Scenario

HEADER_ROW, SCENARIO_ROW, FIRST_FIGURE_ROW = 5, 6, 9
LABEL, LIVE, STAMPED, RIGHT, NAME = 1, 3, 4, 11, 21
"""Columns: labels, live and stamped figures; labels of the right half of the pages; names, unprinted."""
SCENARIO_CELL: Final = (SCENARIO_ROW, STAMPED)
"""The name of the scenario that the stamped figures are of."""
TOLERANCE_CELL: Final = (7, LIVE)
AGREEMENT_CELL: Final = (8, LIVE)
BARS: Final = 12
"""Rows of a tornado: the drivers that move its output most."""
LOW, HIGH, BASE, CHANGE_LOW, CHANGE_HIGH = range(5, 10)
DRIVER_LOW, DRIVER_BASE, DRIVER_HIGH, PERIOD, NOTE = range(12, 17)
"""Columns of a tornado: the output, its change from the base, and the driver's values in a period."""

_CHARTS_ROW: Final = 13
_CHART_ROWS: Final = range(_CHARTS_ROW + 1, _CHARTS_ROW + 17)
_CHART_HEIGHT: Final = 15.0
GRIDS: Final = ((31, LABEL), (31, RIGHT), (44, LABEL))
"""Bands of the grids, and the column of their labels."""
GRID_TOP, GRID_LEFT = 4, 2
"""Rows and columns from there to the first value."""
SIMULATION_ROW: Final = 44
_PAGES: Final = (range(1, 43), range(44, 90))
"""Rows of the printed pages."""
TORNADO_ROWS: Final = (92, 108)
"""Bands of the figures behind the charts, unprinted; two rows below each begin its bars."""
HALF: Final = 8
_HALVES: Final = {LABEL: LABEL + HALF, RIGHT: RIGHT + HALF}
"""First and last column of each half of a page."""
_WIDTHS: Final = (
    dict.fromkeys(range(LABEL, RIGHT + HALF + 1), width(62))
    | dict.fromkeys(_HALVES, 20.0)
    | {RIGHT - 1: width(16)}
)
_CHART_SIZE: Final = (16.8, 8.4)
_ANOTHER: Final = "stamped for another scenario"
_MOVES: Final = {
    "set": ", in every period ahead", "add": ", added to each value ahead",
    "scale": ", times each value ahead",
}  # fmt: skip
_HEADS: Final = {
    LABEL: "Driver", NAME: "Name", LOW: "figure, low", HIGH: "figure, high", BASE: "as it is",
    CHANGE_LOW: "change, low", CHANGE_HIGH: "change, high", DRIVER_LOW: "driver, low",
    DRIVER_BASE: "driver, as is", DRIVER_HIGH: "driver, high", PERIOD: "year", NOTE: "Note",
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
    for output, band, (column, last) in zip(outputs, TORNADO_ROWS, _HALVES.items(), strict=False):
        put_band(sheet, _CHARTS_ROW, f"{_titled(output)}: a driver a tenth lower, higher", last, column)
        sheet.charts.append(_tornado_chart(output, band, reference(_CHART_ROWS[0], column)))
    if edition.stamped is not None:
        _put_stamps(sheet, edition.stamped, outputs)
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
    sheet.put(SCENARIO_ROW, LABEL, "Scenario", "remark")
    sheet.put(SCENARIO_ROW, LIVE, f"={selected_scenario()}", "link text", Computed(scenario_name))
    sheet.put(*SCENARIO_CELL, None, "stamp text")
    for row, output in enumerate(outputs, start=FIRST_FIGURE_ROW):
        sheet.put(row, LABEL, _titled(output), "line")
        sheet.put(row, NAME, str(output), "name")
        put_link(sheet, (row, LIVE), linked(layout, output.key, output.period))
    pairs = compared(len(outputs))
    for (row, _), place in pairs:
        role = "stamp" if place == (row, STAMPED) else "centre"
        sheet.put(*place, None, numeric(role, outputs[row - FIRST_FIGURE_ROW].unit))
    sheet.put(TOLERANCE_CELL[0], LABEL, "Tolerance of it, relative", "remark")
    sheet.put(*TOLERANCE_CELL, links.TOLERANCE, "tolerance")
    sheet.put(AGREEMENT_CELL[0], LABEL, "Live against stamped figures", "remark")
    sheet.put(*AGREEMENT_CELL, _agreement(pairs), "check", Computed(agreement_text))


def _put_stamps(sheet: SheetPlan, scenario: Scenario, outputs: Sequence[Output]) -> None:
    stamps = stamps_of(scenario)
    sheet.put(*SCENARIO_CELL, scenario.name, "stamp text")
    for row, (output, value) in enumerate(zip(outputs, stamps.figures, strict=True), start=FIRST_FIGURE_ROW):
        sheet.put(row, STAMPED, links.stamp(value), numeric("stamp", output.unit))
    for band, tornado in zip(TORNADO_ROWS, stamps.tornados, strict=False):
        _put_tornado(sheet, tornado, band)
    for (band, left), grid, output in zip(GRIDS, stamps.grids, outputs, strict=False):
        put_band(sheet, band, _titled(output), _HALVES[left], left)
        if grid is not None:
            _put_grid(sheet, grid, band, left)
            continue
        sheet.put(band + 1, left, "The centre lies outside the range of its driver", "remark")
        for row, column in product(range(SIZE), repeat=2):
            sheet.put(band + GRID_TOP + row, left + GRID_LEFT + column, "#N/A", "stamp text")
    put_simulation(sheet, SIMULATION_ROW, stamps.simulation)


def compared(figures: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return pairs of a live and a stamped cell, equal while the stamped scenario is selected."""
    half = SIZE // 2
    pairs = []
    for row, (band, left) in enumerate(GRIDS[: min(figures, TORNADOS)], start=FIRST_FIGURE_ROW):
        centre = band + GRID_TOP + half, left + GRID_LEFT + half
        pairs += [((row, LIVE), (row, STAMPED)), ((row, LIVE), centre)]
    return pairs


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
    figures = sum(column == LIVE and row >= FIRST_FIGURE_ROW for row, column in twins)
    for live, stamped in compared(figures):
        found = links.agrees(sheet.cells[live], sheet.number(*stamped), (plan, results, draw))
        if not found or math.isnan(found):
            return found or links.CHANGED
    return links.AGREES


def _put_tornado(sheet: SheetPlan, found: Tornado, band: int) -> None:
    figure = f"{_titled(found.output)}, {found.output.unit}"
    title = f"{figure}: each driver alone, its values ahead {found.swing:.0%} down and up"
    put_band(sheet, band, title, NAME)
    put_heads(sheet, band + 1, _HEADS, {LABEL, NAME, PERIOD, NOTE})
    for row, bar in enumerate(found.bars[:BARS], start=band + 2):
        sheet.put(row, LABEL, bar.label, "line")
        sheet.put(row, NAME, bar.driver, "name")
        figures = (bar.low, bar.high, found.base, bar.change_low, bar.change_high)
        for column, value in enumerate(figures, start=LOW):
            sheet.put(row, column, links.stamp(value), numeric("stamp", found.output.unit))
        for column, value in enumerate((bar.driver_low, bar.driver_base, bar.driver_high), start=DRIVER_LOW):
            sheet.put(row, column, links.stamp(value), numeric("stamp", bar.unit))
        sheet.put(row, PERIOD, bar.period, "remark")
        if bar.note:
            sheet.put(row, NOTE, bar.note, "remark")


def _tornado_chart(output: Output, band: int, corner: str) -> Chart:
    rows = range(band + 2, band + 2 + BARS)
    drivers, low, high = (down(SENSITIVITY, column, rows) for column in (LABEL, CHANGE_LOW, CHANGE_HIGH))
    series = (Series("driver low", low, LIGHT), Series("driver high", high, NAVY))
    title = f"{_titled(output)}: change, {output.unit}"
    return Chart(title, corner, _CHART_SIZE, drivers, series, output.unit, stacked=True, horizontal=True)


def _put_grid(sheet: SheetPlan, found: Grid, band: int, left: int) -> None:
    """Write a table: the row and column of the base are bold, their heads and the base itself filled."""
    top, first, half = band + GRID_TOP, left + GRID_LEFT, SIZE // 2
    texts = (f"{steps.spec.label}{_MOVES[steps.operation]}" for steps in (found.x, found.y))
    for row, (word, text) in enumerate(zip(("across", "down"), texts, strict=True), start=band + 1):
        sheet.put(row, left, f"{word}: {text}", "remark")
    roles = ["centre" if place == half else "edge" for place in range(SIZE)]
    for place, (value, role) in enumerate(zip(found.x.values, roles, strict=True)):
        sheet.put(top - 1, first + place, value, numeric(role, _unit(found.x)))
    for place, (value, role) in enumerate(zip(found.y.values, roles, strict=True)):
        sheet.put(top + place, first - 1, value, numeric(role, _unit(found.y)))
    for row, values in enumerate(found.values.tolist()):
        for column, value in enumerate(values):
            is_base = row == half, column == half
            role = "centre" if all(is_base) else "cross" if any(is_base) else "stamp"
            sheet.put(top + row, first + column, links.stamp(value), numeric(role, found.output.unit))


def _unit(steps: Steps) -> str:
    return "times" if steps.operation == "scale" else steps.spec.driver.unit


def _titled(output: Output) -> str:
    return output.label if output.period is None else f"{output.label}, FY{output.period}"


SHEET: Final = Sheet(
    SENSITIVITY, "What moves value and free cash flow most, and two-way tables; stamped",
    "Sensitivity: one driver at a time, and two against each other",
    "The column Live is formulas; all else is stamped: values of the model for one scenario, as built",
    _fill, is_needed=lambda words: words.sensitivity is not None,
)  # fmt: skip
