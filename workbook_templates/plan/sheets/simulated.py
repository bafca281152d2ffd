"""The simulation on the sheet Sensitivity: percentiles of cash flow and value, odds of the turning point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from model.language.periods import Quarter
from model.outputs import Output
from model.results import run
from model.simulation.files import has_uncertainty
from model.simulation.questions import Request, flows_ahead, thresholds
from model.simulation.results import SHOWN_PERCENTILES
from model.simulation.run import standard_simulation
from workbook_templates.a1 import down, reference
from workbook_templates.plan.cells import Chart, Series
from workbook_templates.plan.layout import SENSITIVITY, words_of
from workbook_templates.plan.links import stamp
from workbook_templates.plan.sheets.header import put_band, put_heads
from workbook_templates.plan.styles import AXIS, LIGHT, NAVY, axis_format, in_large, large, numeric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.company import Company
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Chance, Estimate, Simulation
    from workbook_templates.plan.cells import SheetPlan

EXPECTED: Final = {"expected": 5, "+/-": 6, "5%": 7, "95%": 8, "> price": 9, "event": 20}
"""Heads of the simulated value per share, which stands beside the live one, and their columns; at the end the
chances that it exceeds the price, and, unprinted, of the simulated event by the scenario's own quarter."""
CHANCES: Final = ("> price", "event")
_QUARTERS: Final = 12
"""Quarters ahead that are shown."""
_LABEL, _PLAIN, _MEAN, _FIRST, _CHANCE, _NAME = 11, 12, 13, 14, 19, 21
"""Columns: label, figure without draws, mean, percentiles, probability of more than a threshold, name."""
_HEADS: Final = {
    _LABEL: "twelve months to", _NAME: "Name", _PLAIN: "as it is", _MEAN: "expected", _CHANCE: "above 0",
}  # fmt: skip
_EVENT_TITLE: Final = "Quarter from which it stays above 0"
_EVENT_NOTE: Final = "The trough itself, where that is above 0"
_TROUGH, _VALUE = "lowest of them", "Value, USD: above price"
_QUARTER, _IN_IT, _BY_THEN = 1, 2, 3
"""Columns of the turning point: quarter, its chance, and that by then."""
_EVENT_LAST: Final = 9
"""Last column of the turning point, which stands at the left."""
_CHARTS, _CHART_ROWS, _CHART_SIZE = _QUARTERS + 7, 14, (33.5, 6.0)
"""Rows from the title to the charts, rows that each covers, and their size in cm."""
_COLOURS: Final = dict(zip(SHOWN_PERCENTILES, (AXIS, LIGHT, NAVY, LIGHT, AXIS), strict=True))


def simulation_of(scenario: Scenario) -> Simulation | str:
    """Return the stamped simulation, or why there is none; an empty text if the company asks for none."""
    plan, asked = scenario.plan, scenario.company.presentation.questions
    if not asked.cash_flow:
        return ""
    results = [key for key in (asked.trough, asked.price and asked.value) if key]
    outputs = (*flows_ahead(scenario, _QUARTERS), *(Output.of(key, plan) for key in results))
    event = words_of(scenario).simulated_event
    question = Request(outputs, (event,) if event else (), thresholds(outputs, scenario))
    return standard_simulation(scenario, question)


def is_simulated(company: Company) -> bool:
    """Tell whether the stamped simulation holds the value per share."""
    asked = company.presentation.questions
    return bool(asked.cash_flow and asked.price and asked.value and has_uncertainty(company))


def put_expected(
    sheet: SheetPlan, row: int, value: Output, found: Simulation | str | None, scenario: Scenario | None
) -> None:
    """Write the simulated value per share beside the live one, or a dash; or leave room for it (None)."""
    figures: tuple[float | str | None, ...] = ("-" if found else None,) * len(EXPECTED)
    if found and not isinstance(found, str):
        each = found.estimates[str(value)]
        ends, above = (each.percentiles[5], each.percentiles[95]), found.above[str(value)].probability
        figures = (each.mean, each.standard_error, *ends, above, _by_then(found, scenario))
    for (head, column), figure in zip(EXPECTED.items(), figures, strict=True):
        sheet.put(row, column, figure, numeric("stamp", "ratio" if head in CHANCES else value.unit))


def _by_then(found: Simulation, scenario: Scenario | None) -> float | str:
    """Return the chance of the simulated event by the quarter in which the scenario has it."""
    for event in found.events:
        if scenario is not None and not math.isnan(code := run([scenario]).values[event][0, 0]):
            return found.chance_by(event, str(Quarter.from_code(code)))
    return "#N/A"


def put_simulation(sheet: SheetPlan, band: int, found: Simulation | str) -> None:
    """Write a simulation: a row a figure, and probabilities of the turning point by quarter."""
    if isinstance(found, str):
        if found:
            put_band(sheet, band, "Simulation", _CHANCE, _LABEL)
            sheet.put(band + 1, _LABEL, f"Not simulated: {found}", "remark")
        return
    flows = [name for name in found.estimates if name.startswith(f"{found.cash_flow} ")]
    unit = found.estimates[flows[0]].unit
    sampling = found.sampling.replace("_", " ")
    title = f"{found.draws:,} draws ({sampling}), seed {found.seed}, {found.uncertainty}"
    put_band(sheet, band, f"Simulation: trailing free cash flow, {in_large(unit)}", _CHANCE, _LABEL)
    sheet.put(band + 1, _LABEL, title, "remark")
    percents = {column: f"{percent}%" for column, percent in enumerate(SHOWN_PERCENTILES, start=_FIRST)}
    put_heads(sheet, band + 2, _HEADS | percents, (_LABEL, _NAME))
    for row, (name, estimate) in enumerate(found.estimates.items(), start=band + 3):
        _put_estimate(sheet, row, estimate, found.above[name])
    sheet.put(band + _CHARTS - 2, _QUARTER, found.record, "remark")
    quarters = [name.partition(" ")[2] for name in flows]
    sheet.charts.append(_fan(band, len(quarters), unit))
    for chances in found.events.values():  # one, or none
        probabilities = {quarter: each.probability for quarter, each in chances.items()}
        _put_event(sheet, band, quarters, probabilities)
        sheet.charts.append(_histogram(band, len(quarters)))


def _put_estimate(sheet: SheetPlan, row: int, estimate: Estimate, chance: Chance) -> None:
    _, _, period = estimate.name.partition(" ")
    sheet.put(row, _LABEL, period or (_TROUGH if estimate.unit == "USD m" else _VALUE), "line")
    sheet.put(row, _NAME, estimate.name, "name")
    figures = [estimate.plain, estimate.mean, *(estimate.percentiles[each] for each in SHOWN_PERCENTILES)]
    for column, value in enumerate(figures, start=_PLAIN):
        sheet.put(row, column, stamp(value), large("stamp", estimate.unit))
    sheet.put(row, _CHANCE, chance.probability, numeric("stamp", "ratio"))


def _put_event(sheet: SheetPlan, band: int, quarters: Sequence[str], chances: Mapping[str, float]) -> None:
    """Write the quarters from which free cash flow stays above 0, with their probabilities."""
    put_band(sheet, band, _EVENT_TITLE, _EVENT_LAST)
    sheet.put(band + 1, _QUARTER, _EVENT_NOTE, "remark")
    put_heads(sheet, band + 2, {_QUARTER: "Quarter", _IN_IT: "chance", _BY_THEN: "by then"}, (_QUARTER,))
    rows = _cumulated(quarters, chances)[-(len(quarters) + 2) :]
    for row, (quarter, chance, total) in enumerate(rows, start=band + 3):
        sheet.put(row, _QUARTER, quarter, "line")
        sheet.put(row, _IN_IT, chance, numeric("stamp", "ratio"))
        if not math.isnan(total):
            sheet.put(row, _BY_THEN, total, numeric("stamp", "ratio"))


def _cumulated(quarters: Sequence[str], chances: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Return each quarter with the probability of the event in it, and by then."""
    by_then = sum(chance for quarter, chance in chances.items() if quarter < quarters[0])
    rows = [(f"before {quarters[0]}", by_then, by_then)] if by_then else []
    for quarter in quarters:
        chance = chances.get(quarter, 0.0)
        by_then += chance
        rows.append((quarter, chance, by_then))
    return [*rows, ("later or never", 1 - by_then, math.nan)]


def _fan(band: int, quarters: int, unit: str) -> Chart:
    rows = range(band + 3, band + 3 + quarters)
    series = tuple(
        Series(f"{percent}%", down(SENSITIVITY, place, rows), _COLOURS[percent], line=True)
        for place, percent in enumerate(SHOWN_PERCENTILES, start=_FIRST)
    )
    corner, categories = reference(band + _CHARTS, _QUARTER), down(SENSITIVITY, _LABEL, rows)
    title = "Trailing free cash flow: percentiles of the draws"
    return Chart(title, corner, _CHART_SIZE, categories, series, in_large(unit), axis_format(unit))


def _histogram(band: int, quarters: int) -> Chart:
    rows = range(band + 3, band + 4 + quarters)
    series = (
        Series("chance", down(SENSITIVITY, _IN_IT, rows), LIGHT),
        Series("by then", down(SENSITIVITY, _BY_THEN, rows), NAVY, line=True),
    )
    corner = reference(band + _CHARTS + _CHART_ROWS, _QUARTER)
    categories = down(SENSITIVITY, _QUARTER, rows)
    return Chart(_EVENT_TITLE, corner, _CHART_SIZE, categories, series, "chance", "0%", value_max=1.0)
