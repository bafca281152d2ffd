"""Sensitivity: tornados, two-way tables and a simulation, stamped for one scenario of the selector."""

from __future__ import annotations

import math
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import call, down, reference
from workbook_templates.plan import links
from workbook_templates.plan.cells import Chart, Series, SheetPlan, WorkbookPlan
from workbook_templates.plan.layout import SENSITIVITY, Layout
from workbook_templates.plan.links import Link, linked, put_link
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
LABEL, NAME, LIVE, STAMPED = 1, 2, 3, 4
SCENARIO_CELL: Final = (SCENARIO_ROW, STAMPED)
"""The name of the scenario that the stamped figures are of."""
TOLERANCE_CELL: Final = (7, LIVE)
AGREEMENT_CELL: Final = (8, LIVE)
BARS: Final = 17
"""Rows of a tornado: the drivers that move its output most; two tornados fill the first printed page."""
LOW, HIGH, BASE, CHANGE_LOW, CHANGE_HIGH, DRIVER_LOW, DRIVER_BASE, DRIVER_HIGH, PERIOD, NOTE = range(3, 13)
"""Columns of a tornado: the output, its change from the base, and the driver's values in a period."""
TORNADO_ROWS: Final = (13, 33)
"""Bands of the tornados of value and of free cash flow; two rows below each begin its bars."""
_CHARTS_ROW: Final = 56
GRID_ROWS: Final = (82, 93, 109)
"""Bands of the grids; values begin three rows below each. A printed page ends in the gap."""
_Y, FIRST_X = 2, 3
SIMULATION_ROW: Final = 121
_WIDTHS: Final = {LABEL: 52.0, NAME: 30.0, PERIOD: 8.0, NOTE: 44.0} | dict.fromkeys(range(LIVE, PERIOD), 12.0)
_LAST: Final = NOTE
_CHART_SIZE: Final = (19.5, 13.0)
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
    put_stamp(sheet, edition)
    outputs = outputs_at(layout.plan, words)
    _put_base(sheet, layout, outputs)
    for output, band, column in zip(outputs, TORNADO_ROWS, (LABEL, BASE), strict=False):
        sheet.charts.append(_tornado_chart(output, band, reference(_CHARTS_ROW, column)))
    if edition.stamped is not None:
        _put_stamps(sheet, edition.stamped, outputs)
    if (row := expected_row(layout)) is not None:
        simulation = stamps_of(edition.stamped).simulation if edition.stamped else None
        put_heads(sheet, HEADER_ROW, {column: head for head, column in EXPECTED.items()}, ())
        put_expected(sheet, row, outputs[row - FIRST_FIGURE_ROW], simulation)
    sheet.frozen = (HEADER_ROW, NAME)


def expected_row(layout: Layout) -> int | None:
    """Return the row of the value per share whose simulation is stamped; None where none is."""
    words, value = layout.words.sensitivity, layout.company.presentation.questions.value
    if words is None or value not in words.tables or not is_simulated(layout.company):
        return None
    return FIRST_FIGURE_ROW + list(words.tables).index(value)


def stamped_link(place: tuple[int, int], unit: str) -> Link:
    """Return the link to a stamped cell."""
    return Link(f"={SENSITIVITY}!{reference(*place)}", unit, Computed(partial(_stamped, place)))


def _stamped(place: tuple[int, int], plan: WorkbookPlan, results: Results, draw: int) -> float | str:  # noqa: ARG001  # of the interface
    content = plan.sheets[SENSITIVITY].cells[place].content
    return math.nan if content is None else content


def _put_base(sheet: SheetPlan, layout: Layout, outputs: Sequence[Output]) -> None:
    """Write the figures as they are, room for stamped ones, and whether both agree."""
    put_heads(sheet, HEADER_ROW, {LABEL: "", NAME: "Name", LIVE: "Live", STAMPED: "Stamped"}, (LABEL, NAME))
    sheet.put(SCENARIO_ROW, LABEL, "Scenario", "label")
    sheet.put(SCENARIO_ROW, LIVE, f"={selected_scenario()}", "link text", Computed(scenario_name))
    sheet.put(*SCENARIO_CELL, None, "stamp text")
    for row, output in enumerate(outputs, start=FIRST_FIGURE_ROW):
        sheet.put(row, LABEL, _titled(output), "label")
        sheet.put(row, NAME, str(output), "name")
        put_link(sheet, (row, LIVE), linked(layout, output.key, output.period))
    pairs = compared(len(outputs))
    for (row, _), place in pairs:
        role = "stamp" if place == (row, STAMPED) else "centre"
        sheet.put(*place, None, numeric(role, outputs[row - FIRST_FIGURE_ROW].unit))
    sheet.put(TOLERANCE_CELL[0], LABEL, "Tolerance of agreement, relative", "label")
    sheet.put(*TOLERANCE_CELL, links.TOLERANCE, "tolerance")
    label = "Live value and free cash flow against the stamped ones and the centres of the grids"
    sheet.put(AGREEMENT_CELL[0], LABEL, label, "label")
    sheet.put(*AGREEMENT_CELL, _agreement(pairs), "check", Computed(agreement_text))


def _put_stamps(sheet: SheetPlan, scenario: Scenario, outputs: Sequence[Output]) -> None:
    stamps = stamps_of(scenario)
    sheet.put(*SCENARIO_CELL, scenario.name, "stamp text")
    for row, (output, value) in enumerate(zip(outputs, stamps.figures, strict=True), start=FIRST_FIGURE_ROW):
        sheet.put(row, STAMPED, links.stamp(value), numeric("stamp", output.unit))
    for band, tornado in zip(TORNADO_ROWS, stamps.tornados, strict=False):
        _put_tornado(sheet, tornado, band)
    for band, grid, output in zip(GRID_ROWS, stamps.grids, outputs, strict=False):
        put_band(sheet, band, _titled(output), FIRST_X + SIZE - 1)
        if grid is not None:
            _put_grid(sheet, grid, band)
            continue
        sheet.put(band + 1, LABEL, "The centre lies outside the range of its driver", "label")
        for row, column in product(range(SIZE), repeat=2):
            sheet.put(band + 3 + row, FIRST_X + column, "#N/A", "stamp text")
    put_simulation(sheet, SIMULATION_ROW, stamps.simulation)


def compared(figures: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return pairs of a live and a stamped cell, equal while the stamped scenario is selected."""
    half = SIZE // 2
    pairs = []
    for row, band in enumerate(GRID_ROWS[: min(figures, TORNADOS)], start=FIRST_FIGURE_ROW):
        pairs += [((row, LIVE), stamp) for stamp in ((row, STAMPED), (band + 3 + half, FIRST_X + half))]
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
    put_band(sheet, band, title, _LAST)
    put_heads(sheet, band + 1, _HEADS, {LABEL, NAME, PERIOD, NOTE})
    for row, bar in enumerate(found.bars[:BARS], start=band + 2):
        sheet.put(row, LABEL, bar.label, "label")
        sheet.put(row, NAME, bar.driver, "name")
        figures = (bar.low, bar.high, found.base, bar.change_low, bar.change_high)
        for column, value in enumerate(figures, start=LOW):
            sheet.put(row, column, links.stamp(value), numeric("stamp", found.output.unit))
        for column, value in enumerate((bar.driver_low, bar.driver_base, bar.driver_high), start=DRIVER_LOW):
            sheet.put(row, column, links.stamp(value), numeric("stamp", bar.unit))
        sheet.put(row, PERIOD, bar.period, "remark")
        if bar.note:
            sheet.put(row, NOTE, bar.note, "note")


def _tornado_chart(output: Output, band: int, corner: str) -> Chart:
    rows = range(band + 2, band + 2 + BARS)
    drivers, low, high = (down(SENSITIVITY, column, rows) for column in (LABEL, CHANGE_LOW, CHANGE_HIGH))
    series = (Series("driver low", low, LIGHT), Series("driver high", high, NAVY))
    title = f"{_titled(output)}: change, {output.unit}"
    return Chart(title, corner, _CHART_SIZE, drivers, series, output.unit, stacked=True, horizontal=True)


def _put_grid(sheet: SheetPlan, found: Grid, band: int) -> None:
    for row, word, steps in ((band + 1, "across", found.x), (band + 2, "down", found.y)):
        sheet.put(row, LABEL, f"{word}: {steps.spec.label}{_MOVES[steps.operation]}", "label")
        sheet.put(row, NAME, steps.driver, "name")
    for place, value in enumerate(found.x.values):
        sheet.put(band + 2, FIRST_X + place, value, numeric("edge", _unit(found.x)))
    for place, value in enumerate(found.y.values):
        sheet.put(band + 3 + place, _Y, value, numeric("edge", _unit(found.y)))
    for row, values in enumerate(found.values.tolist()):
        for column, value in enumerate(values):
            role = "centre" if row == column == SIZE // 2 else "stamp"
            sheet.put(band + 3 + row, FIRST_X + column, links.stamp(value), numeric(role, found.output.unit))


def _unit(steps: Steps) -> str:
    return "times" if steps.operation == "scale" else steps.spec.driver.unit


def _titled(output: Output) -> str:
    return output.label if output.period is None else f"{output.label}, FY{output.period}"


SHEET: Final = Sheet(
    SENSITIVITY, "What moves value and free cash flow most, and two-way tables; stamped",
    "Sensitivity: one driver at a time, and two against each other",
    "Values of the model for one scenario, stamped when the workbook was built; the column Live is formulas",
    _fill, is_needed=lambda words: words.sensitivity is not None,
)  # fmt: skip
