"""Sensitivity: what moves value and free cash flow most, and both over two drivers, stamped for one scenario of the selector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.sensitivity import Bar, Grid, Tornado, grid, grids, tornados
from model.analysis.swings import Steps
from model.outputs import Output
from model.results import run
from model.scenarios.drivers import ALL
from model.scenarios.scenario import assumption_hash
from workbook_templates.plan.cells import Chart, Series, SheetPlan, Twin
from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import SENSITIVITY, VALUE, Layout
from workbook_templates.plan.sheets.header import put_band, put_stamp, put_title, selected_scenario
from workbook_templates.plan.sheets.simulated import put_simulation, simulation_of
from workbook_templates.plan.site import down, reference
from workbook_templates.plan.styles import AMBER, NAVY, numeric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.plan.plan import Plan
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation

HEADER_ROW, SCENARIO_ROW, FIRST_FIGURE_ROW = 5, 6, 9
LABEL, NAME, LIVE, STAMPED = 1, 2, 3, 4
SCENARIO_CELL: Final = (SCENARIO_ROW, STAMPED)
"""The name of the scenario that the stamped figures are of."""
TOLERANCE_CELL: Final = (7, LIVE)
AGREEMENT_CELL: Final = (8, LIVE)
_TOLERANCE: Final = 1e-6
BARS: Final = 17
"""Rows of a tornado: the drivers that move its output most; with so many, two tornados fill the first printed page."""
LOW, HIGH, BASE, CHANGE_LOW, CHANGE_HIGH, DRIVER_LOW, DRIVER_BASE, DRIVER_HIGH, PERIOD, NOTE = range(3, 13)
"""Columns of a tornado: the output, its change from the base, and the driver's values in a period."""
TORNADO_ROWS: Final = (13, 33)
"""Bands of the tornados of value and of free cash flow; two rows below each begin its bars."""
_CHARTS_ROW: Final = 56
SIZE: Final = 7
"""Values of a driver in a grid; the scenario is in the centre."""
GRID_ROWS: Final = (82, 93, 109)
"""Bands of the grids of value, free cash flow and the inflection; three rows below each begin its values. The gap: a page ends there."""
_Y, FIRST_X = 2, 3
SIMULATION_ROW: Final = 121
_STEPS: Final = {"wacc": 0.005, "terminal_growth": 0.005, "capex_scale": 0.05, "aws_growth": 0.025}
_ROUNDING: Final = 1 - 1e-9
"""Of the way to the end of a driver's range: the end itself could be missed by rounding."""
_WIDTHS: Final = (
    {LABEL: 52.0, NAME: 30.0} | dict.fromkeys(range(LIVE, PERIOD), 12.0) | {PERIOD: 8.0, NOTE: 44.0}
)
_LAST: Final = NOTE
_CHART_SIZE: Final = (19.5, 13.0)


class Stamps(NamedTuple):
    """Sensitivities of a scenario.

    ``figures``: value, free cash flow and the inflection as they are; ``tornados``: of the first two;
    ``grids``: of all three, that of value None where the cost of capital lies outside the range of the driver
    that sets it; ``simulation``: see :func:`workbook_templates.plan.sheets.simulated.simulation_of`.
    """

    figures: Sequence[float]
    tornados: Sequence[Tornado]
    grids: Sequence[Grid | None]
    simulation: Simulation | str


_known: dict[tuple[str, str], Stamps] = {}
_MOST_KNOWN: Final = 32


def stamps_of(scenario: Scenario) -> Stamps:
    """Return the sensitivities of a scenario; remembered, for every workbook is planned again when it is validated."""
    key = str(scenario.as_of), assumption_hash([scenario])
    if key not in _known:
        if len(_known) == _MOST_KNOWN:
            del _known[next(iter(_known))]
        _known[key] = _computed(scenario)
    return _known[key]


def _computed(scenario: Scenario) -> Stamps:
    plain = run([scenario])
    share, flow, event = outputs = outputs_at(plain.plan)
    rate = Steps("wacc", (float(plain.values["discount_rate[mid]"][0, 0]),))
    growth = Steps("terminal_growth", (scenario.table["terminal_growth"][ALL],))
    values: list[Grid | None] = [None]
    if rate.spec.minimum <= rate.values[0] <= rate.spec.maximum:
        values = [grid(scenario, share, _around(scenario, rate), _around(scenario, growth))]
    spending = _around(scenario, Steps("capex_scale", (1.0,), "scale"))
    demand = _around(scenario, Steps("aws_growth", (0.0,), "add"))
    figures = [float(output.read(plain)[0]) for output in outputs]
    two_way = [*values, *grids(scenario, [flow, event], spending, demand)]
    return Stamps(figures, tornados(scenario, [share, flow]), two_way, simulation_of(scenario, plain.plan))


def outputs_at(plan: Plan) -> list[Output]:
    """Return what the sheet looks at: value, free cash flow of the first year none of whose quarters is reported, the inflection."""
    year = min(plan.axis.as_of.year + 1, plan.axis.last.year)
    return [
        Output.parse(name, plan)
        for name in ("value_per_share[dcf,mid]", f"free_cash_flow {year}", "positive")
    ]


def _around(scenario: Scenario, centre: Steps) -> Steps:
    """Return values on both sides of one, closer together where the driver's range would end."""
    (middle,), half = centre.values, SIZE // 2
    low, high = centre.room(scenario)
    reach = max(
        0.0, min(half * _STEPS[centre.driver], (middle - low) * _ROUNDING, (high - middle) * _ROUNDING)
    )
    return Steps(
        centre.driver,
        tuple(middle + reach * (place - half) / half for place in range(SIZE)),
        centre.operation,
    )


def sensitivity_sheet(layout: Layout, scenario: Scenario | None, assumptions: str, version: str) -> SheetPlan:
    """Return the sheet of a scenario's sensitivities and of its simulation.

    Without a scenario it has room for what is stamped, and no more: for a file whose inputs were changed
    since.
    """
    sheet = SheetPlan(SENSITIVITY, widths=dict(_WIDTHS))
    put_title(sheet, "Sensitivity: one driver at a time, and two against each other",
        "Values of the model for one scenario, stamped when the workbook was built; the column Live is formulas",
    )  # fmt: skip
    put_stamp(sheet, layout, assumptions, version)
    outputs = outputs_at(layout.plan)
    _put_base(sheet, layout, outputs)
    for place, output in enumerate(outputs[:2]):
        sheet.charts.append(
            _tornado_chart(output, TORNADO_ROWS[place], reference(_CHARTS_ROW, LABEL if place == 0 else BASE))
        )
    if scenario is not None:
        _put_stamps(sheet, scenario, outputs)
    sheet.frozen = (HEADER_ROW, NAME)
    return sheet


def _put_base(sheet: SheetPlan, layout: Layout, outputs: Sequence[Output]) -> None:
    """Write the figures as they are, room for what is stamped, and whether both agree."""
    for column, text in {LABEL: "", NAME: "Name", LIVE: "Live", STAMPED: "Stamped"}.items():
        sheet.put(HEADER_ROW, column, text, "period text" if column < LIVE else "period")
    sheet.put(SCENARIO_ROW, LABEL, "Scenario", "label")
    sheet.put(SCENARIO_ROW, LIVE, f"={selected_scenario()}", "link text", Twin("text", "scenario"))
    sheet.put(*SCENARIO_CELL, None, "stamp text")
    for row, output in enumerate(outputs, start=FIRST_FIGURE_ROW):
        home, column, twin = layout.places[output.key], VALUE, Twin("value", output.key)
        if output.period is not None:
            year = layout.plan.axis.period_position(output.period)
            column, twin = layout.year_column(year), Twin("year", output.key, year)
        sheet.put(row, LABEL, _titled(output), "label")
        sheet.put(row, NAME, str(output), "name")
        sheet.put(
            row, LIVE, f"={home.sheet}!{reference(home.row, column)}", numeric("link", output.unit), twin
        )
    for (row, _), place in compared():
        role = "stamp" if place == (row, STAMPED) else "centre"
        sheet.put(*place, None, numeric(role, outputs[row - FIRST_FIGURE_ROW].unit))
    sheet.put(TOLERANCE_CELL[0], LABEL, "Tolerance of agreement, relative", "label")
    sheet.put(*TOLERANCE_CELL, _TOLERANCE, "axis")
    sheet.put(
        AGREEMENT_CELL[0],
        LABEL,
        "Live value and free cash flow against the stamped ones and the centres of the grids",
        "label",
    )
    sheet.put(*AGREEMENT_CELL, _agreement(), "check", Twin("text", "sensitivity"))


def _put_stamps(sheet: SheetPlan, scenario: Scenario, outputs: Sequence[Output]) -> None:
    stamps = stamps_of(scenario)
    sheet.put(*SCENARIO_CELL, scenario.name, "stamp text")
    for row, (output, value) in enumerate(zip(outputs, stamps.figures, strict=True), start=FIRST_FIGURE_ROW):
        _put_figure(sheet, row, STAMPED, value, output.unit)
    for band, found in zip(TORNADO_ROWS, stamps.tornados, strict=True):
        _put_tornado(sheet, found, band)
    for band, found_grid, output in zip(GRID_ROWS, stamps.grids, outputs, strict=True):
        _put_grid(sheet, found_grid, band, _titled(output))
    put_simulation(sheet, SIMULATION_ROW, stamps.simulation)


def compared() -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the live cells, each with a stamped one that it must equal while the stamped scenario is selected."""
    half = SIZE // 2
    pairs = []
    for row, band in zip((FIRST_FIGURE_ROW, FIRST_FIGURE_ROW + 1), GRID_ROWS[:2], strict=True):
        pairs += [((row, LIVE), stamp) for stamp in ((row, STAMPED), (band + 3 + half, FIRST_X + half))]
    return pairs


def _agreement() -> str:
    text = '"agrees"'
    for live, stamped in reversed(compared()):
        distance = call("ABS", f"{reference(*live)}-{reference(*stamped)}")
        limit = f"{reference(*TOLERANCE_CELL)}*{call('ABS', reference(*stamped))}"
        text = call("IF", f"{distance}<={limit}", text, '"inputs changed"')
    return "=" + call(
        "IF", f"{selected_scenario()}={reference(*SCENARIO_CELL)}", text, '"stamped for another scenario"'
    )


def _put_tornado(sheet: SheetPlan, found: Tornado, band: int) -> None:
    what = f"{_titled(found.output)}, {found.output.unit}"
    put_band(sheet, band, f"{what}: each driver alone, its values ahead {found.swing:.0%} down and up", _LAST)
    heads = {
        LABEL: "Driver", NAME: "Name", LOW: "figure, low", HIGH: "figure, high", BASE: "as it is", CHANGE_LOW: "change, low",
        CHANGE_HIGH: "change, high", DRIVER_LOW: "driver, low", DRIVER_BASE: "driver, as is", DRIVER_HIGH: "driver, high", PERIOD: "year",
        NOTE: "Note",
    }  # fmt: skip
    for column, text in heads.items():
        sheet.put(
            band + 1, column, text, "period text" if column in {LABEL, NAME, PERIOD, NOTE} else "period"
        )
    for row, bar in enumerate(found.bars[:BARS], start=band + 2):
        _put_bar(sheet, found, bar, row)


def _put_bar(sheet: SheetPlan, found: Tornado, bar: Bar, row: int) -> None:
    sheet.put(row, LABEL, bar.label, "label")
    sheet.put(row, NAME, bar.driver, "name")
    for column, value in {
        LOW: bar.low,
        HIGH: bar.high,
        BASE: found.base,
        CHANGE_LOW: bar.change_low,
        CHANGE_HIGH: bar.change_high,
    }.items():
        _put_figure(sheet, row, column, value, found.output.unit)
    for column, value in {
        DRIVER_LOW: bar.driver_low,
        DRIVER_BASE: bar.driver_base,
        DRIVER_HIGH: bar.driver_high,
    }.items():
        _put_figure(sheet, row, column, value, bar.unit)
    sheet.put(row, PERIOD, bar.period, "remark")
    if bar.note:
        sheet.put(row, NOTE, bar.note, "note")


def _tornado_chart(output: Output, band: int, corner: str) -> Chart:
    drivers, low, high = (
        down(SENSITIVITY, column, range(band + 2, band + 2 + BARS))
        for column in (LABEL, CHANGE_LOW, CHANGE_HIGH)
    )
    series = (Series("driver low", low, AMBER), Series("driver high", high, NAVY))
    title = f"{_titled(output)}: change, {output.unit}"
    return Chart(title, corner, _CHART_SIZE, drivers, series, output.unit, stacked=True, horizontal=True)


def _put_grid(sheet: SheetPlan, found: Grid | None, band: int, title: str) -> None:
    put_band(sheet, band, title, FIRST_X + SIZE - 1)
    if found is None:
        sheet.put(band + 1, LABEL, "The cost of capital lies outside the range of wacc", "label")
        for row in range(SIZE):
            for column in range(SIZE):
                sheet.put(band + 3 + row, FIRST_X + column, "#N/A", "stamp text")
        return
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
            _put_figure(sheet, band + 3 + row, FIRST_X + column, value, found.output.unit, role)


_MOVES: Final = {
    "set": ", in all that lies ahead",
    "add": ", added to each value ahead",
    "scale": ", times each value ahead",
}


def _unit(steps: Steps) -> str:
    return "times" if steps.operation == "scale" else steps.spec.driver.unit


def _put_figure(
    sheet: SheetPlan, row: int, column: int, value: float, unit: str, role: str = "stamp"
) -> None:
    sheet.put(row, column, "#N/A" if math.isnan(value) else value, numeric(role, unit))


def _titled(output: Output) -> str:
    return output.label if output.period is None else f"{output.label}, FY{output.period}"
