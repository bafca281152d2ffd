"""What tests share: models, computed once; workbooks, planned, written and calculated once a run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from once import made_once

from amzn_fcf.building.selection import default_scenarios, shipped_at
from model.language.periods import Quarter
from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import COVER, INPUTS, SELECTED_CELL, VALUE
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook, preset_to
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario

AS_OFS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2")
SHIPPED = tuple(default_scenarios())


@cache
def computed(name: str, as_of: str | None = None) -> Results:
    """Return the model computed for one scenario."""
    return run([load_scenario(name, as_of)])


def flat(scenario: Scenario) -> Scenario:
    """Return a scenario in which every quarter ahead has its year's value as its own.

    It grows on the same quarter of the year before and takes no path within the year, as the calibration of
    the first edition does.
    """
    axis = scenario.plan.axis
    values = {}
    for key in scenario.plan.parts:
        table = scenario.table[key]
        ahead = ((str(each), str(each.year)) for each in axis.quarters[axis.forecast_start :])
        values[key] = {quarter: table.get(quarter, table[year]) for quarter, year in ahead}
    return scenario.with_overrides(values)


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
    """Return the workbook of a scenario that ships: its plan, the results of all it offers, and the file."""
    plan, results = family(str(load_scenario(name).as_of))

    def make() -> tuple[WorkbookPlan, bytes]:
        preset = preset_to(plan, scenario_of(plan, name))
        return preset, write_workbook(preset)

    preset, data = made_once(f"written {name}", make)
    return preset, results, data


@cache
def calculated(name: str) -> bytes:
    """Return the workbook of a scenario that ships, with the values of its formulas."""
    return made_once(f"calculated {name}", lambda: Formualizer().with_cached_values(written(name)[2]))


def scenario_of(plan: WorkbookPlan, name: str) -> Scenario:
    """Return one of the scenarios that a workbook offers."""
    return next(each for each in plan.scenarios if each.name == name)


def input_cell(plan: WorkbookPlan, key: str, period: str, place: int = 0) -> tuple[str, int, int]:
    """Return the cell of a driver's value for a period, in the offered scenario number ``place``."""
    axis, row = plan.layout.plan.axis, plan.layout.given[key] + place
    if period == ALL:
        return INPUTS, row, VALUE
    if "Q" not in period:
        return INPUTS, row, plan.layout.year_column(axis.year_position(int(period)))
    return INPUTS, row, plan.layout.quarter_column(axis.position(Quarter.parse(period)))


def selecting(name: str) -> dict[tuple[str, int, int], float | str | None]:
    """Return the change of inputs that selects a scenario."""
    return {(COVER, *SELECTED_CELL): name}
