"""What tests share: models, computed once; workbooks, planned, written and calculated once a run."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import formualizer
import openpyxl
from once import made_once

from amzn_fcf import __version__
from amzn_fcf.building.selection import shipped_at
from model.amazon.workbook import WORKBOOK
from model.language.periods import Period, Quarter
from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios
from workbook_templates.a1 import reference
from workbook_templates.plan.layout import (
    COVER,
    INPUTS,
    LOG,
    OFF,
    ON,
    SELECTED_CELL,
    VERSION_CELL,
    switch_cell,
)
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook, preset_to
from workbook_templates.read.inputs import input_place
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from openpyxl.workbook import Workbook

    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation
    from workbook_templates.read.values import Changes

Item = TypeVar("Item")
AS_OFS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2")
SHIPPED = tuple(each for each in builtin_scenarios() if each not in WORKBOOK.apart)
"""Scenarios that ship and share selectors."""
TOKEN = "a-token-of-the-test-suite"  # noqa: S105  # opens nothing but the servers of tests

Edit = tuple[str, str, float | None]
"""Driver row, period, and what is typed; None empties the cell."""


@cache
def computed(name: str, as_of: str | None = None) -> Results:
    """Return the model computed for one scenario."""
    return run([load_scenario(name, as_of)])


def worth(scenario: Scenario) -> float:
    """Return the value per share of a scenario by discounted cash flow."""
    return float(run([scenario]).values["value_per_share[dcf,mid]"][0, 0])


AS_CALIBRATED = {
    "stakes[openai]": 0.0,
    "financing_obligations_owed": 0.0,
    "risk_free": 0.042,
    "cost_of_debt": 0.048,
}
"""What the calibration did not count, and the rates that it assumed."""


def figure(text: str, scenario: Scenario) -> float:
    """Return an output by the plain way: one run, one figure."""
    results, (key, _, period) = run([scenario]), text.partition(" ")
    return float(results.values[key][0, 0]) if not period else results.value(key, Period.parse(period))


def noting(seen: list[Item], items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, and note each."""
    for each in items:
        seen.append(each)
        yield each


def flat(scenario: Scenario) -> Scenario:
    """Return a scenario in which every quarter ahead has its year's value as its own, as in the calibration.

    It grows on the same quarter of the year before and takes no path within the year; the bridge to equity
    and the rates are those of the calibration too.
    """
    axis = scenario.plan.axis
    values = {}
    for key in scenario.plan.parts:
        table = scenario.table[key]
        ahead = ((str(each), str(each.year)) for each in axis.quarters[axis.forecast_start :])
        values[key] = {quarter: table.get(quarter, table[year]) for quarter, year in ahead}
    return scenario.with_overrides({**values, **AS_CALIBRATED})


@cache
def computed_flat(name: str) -> Results:
    """Return the model computed for one scenario without paths within the year: see :func:`flat`."""
    return run([flat(load_scenario(name))])


@cache
def family(as_of: str) -> tuple[WorkbookPlan, Results]:
    """Return the plan of the workbooks of one as-of, and the model computed for the scenarios they offer."""
    offered = shipped_at(Quarter.parse(as_of))
    return made_once(f"family {as_of}", lambda: plan_workbook(offered[0], offered, "test")), run(offered)


@cache
def written(name: str) -> tuple[WorkbookPlan, Results, bytes]:
    """Return the workbook of a scenario that ships: its plan, the results of all it offers, and the file.

    ``name``: overlays that ship may be joined to it, as switches that are on.
    """
    plan, results = family(str(load_scenario(name).as_of))

    def make() -> tuple[WorkbookPlan, bytes]:
        preset = preset_to(plan, scenario_of(plan, name))
        return preset, write_workbook(preset)

    preset, data = made_once(f"written {name}", make)
    return preset, results, data


@cache
def calculated(name: str) -> bytes:
    """Return the workbook of a scenario that ships, with the values of its formulas."""
    return made_once(f"calculated {name}", lambda: recalculated(written(name)[2]))


def recalculated(data: bytes) -> bytes:
    """Return a workbook with the values of its formulas, as a spreadsheet program saves it."""
    return bytes(formualizer.recalculate_xlsx_bytes(data)["bytes"])


def tampered(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    """Return the workbook with something changed by hand, recalculated as a spreadsheet would on saving."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return recalculated(target.getvalue())


def place_of(key: str, position: int) -> tuple[str, str]:
    """Return the sheet and the cell of a line in a quarter, by its position on the axis."""
    layout = written("base")[0].layout
    place = layout.places[key]
    return place.sheet, reference(place.row, layout.quarter_column(position))


def scenario_of(plan: WorkbookPlan, name: str) -> Scenario:
    """Return one of the scenarios that a workbook offers, with the switches that its name tells."""
    found = plan.scenario_named(name)
    assert found is not None, name
    return found


def input_cell(plan: WorkbookPlan, key: str, period: str, place: int = 0) -> tuple[str, int, int]:
    """Return the cell of a driver's value for a period, in the offered scenario number ``place``.

    ``key``: the name of a switch may follow it: ``price_pressure +price_war`` is what that one does.
    """
    key, _, switch = key.partition(" +")
    row, column = input_place(plan.layout, key, period, place)
    if switch:
        at = [each.name for each in plan.layout.switches].index(switch)
        row = plan.layout.inputs[key].switches[at].operands
    return INPUTS, row, column


def selecting(name: str) -> dict[tuple[str, int, int], float | str | None]:
    """Return the change of inputs that selects a scenario, and turns on the switches that its name tells."""
    root, *on = name.split("+")
    switches = {
        (COVER, *switch_cell(place)): ON if overlay in on else OFF
        for place, overlay in enumerate(builtin_overlays())
    }
    return {(COVER, *SELECTED_CELL): root, **switches}


def save(path: Path, plan: WorkbookPlan, data: bytes, edits: list[Edit], name: str) -> bytes:
    """Write a workbook with a scenario selected and edited, and return it."""
    place = [each.name for each in plan.scenarios].index(name.partition("+")[0])
    typed = {input_cell(plan, *edit[:2], place): edit[2] for edit in edits}
    return save_cells(path, data, {**typed, **selecting(name)})


def save_cells(path: Path, data: bytes, cells: Changes) -> bytes:
    """Write a workbook with cells changed, as one that this version built."""
    saved = with_changes(data, {**cells, (LOG, *VERSION_CELL): __version__})
    path.write_bytes(saved)
    return saved


def answers(simulation: Simulation) -> str:
    """Return everything that a simulation found, to the last bit."""
    return repr(
        (simulation.estimates, simulation.events, simulation.above, simulation.shares, simulation.convergence)
    )


def documents_listed(
    cells: Mapping[tuple[int, int], object],
) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    """Return check, source, place of reading and filing of each item and quarter, as Sources lists them."""
    head = 6
    heads = {cells[head, column]: column for row, column in cells if row == head}
    number = heads["No."]
    rows = {cells[row, number]: row for row, column in cells if column == number and row > head}
    names = {row: str(cells[row, 2]) for row, column in cells if column == 2 and row > head and cells[row, 2]}
    found = {}
    for quarter, column in heads.items():
        if re.fullmatch(r"\d{4}Q\d", str(quarter)):
            for row, item in names.items():
                at = rows[cells[row, column]]
                check, source, read_at, filing = (
                    str(cells.get((at, number + place)) or "") for place in range(1, 5)
                )
                found[item, str(quarter)] = check, source, read_at, filing
    return found
