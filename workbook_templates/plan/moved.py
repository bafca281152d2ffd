"""Live sensitivities: the moves shown by formulas, and their twins: the model run with them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.sensitivity import DEFAULT_SWING
from model.language.units import measure
from model.outputs import Output
from model.presentation import SensitivityWords
from model.results import run
from model.scenarios.adjustment import room
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL
from workbook_templates.plan.cells import Twin
from workbook_templates.plan.closed_form import cone_of
from workbook_templates.plan.twins import figure_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company
    from model.plan.plan import Plan
    from model.presentation import StepWords
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.closed_form import Cone
    from workbook_templates.plan.layout import Layout

SIZE: Final = 7
"""Values of a driver in a grid; the scenario is in the centre."""
HALF: Final = SIZE // 2
TORNADOS: Final = 2
"""Figures that have a tornado: the first ones."""


class InGrid(NamedTuple):
    """A cell of a grid: number of the grid, row and column from 0."""

    grid: int
    row: int
    column: int


class ASide(NamedTuple):
    """A driver a tenth lower (-1) or higher (1)."""

    driver: str
    side: int


Move = InGrid | ASide


@dataclass(frozen=True, repr=False)
class LiveGrid:
    """A grid that is a closed form: its number, its figure, its drivers, and the rows between."""

    number: int
    figure: str
    x: StepWords
    y: StepWords
    cone: Cone


@dataclass(frozen=True, repr=False)
class LiveBar:
    """A driver of which a figure is a closed form."""

    spec: DriverSpec
    cone: Cone


def words_at(company: Company) -> SensitivityWords:
    """Return what a company's sheet of sensitivities shows, maybe nothing."""
    return company.presentation.workbook.sensitivity or SensitivityWords(tables={})


def outputs_at(plan: Plan, words: SensitivityWords) -> list[Output]:
    """Return the figures of the sheet, by year in the first year without a reported quarter."""
    year = min(plan.axis.as_of.year + 1, plan.axis.years[-1])
    return [Output.parse(name.format(year=year), plan) for name in words.tables]


def live_grids(plan: Plan, company: Company) -> list[LiveGrid]:
    """Return those of the sheet's grids that are closed forms: two drivers of one value each are set."""
    words, found = words_at(company), list[LiveGrid]()
    pairs = zip(outputs_at(plan, words), words.tables.values(), strict=True)
    for number, (output, (x, y)) in enumerate(pairs):
        drivers, specs = frozenset({x.driver, y.driver}), driver_specs(company)
        if output.period or not all(each.operation == "set" and _acts(specs[each.driver]) for each in (x, y)):
            continue
        cone = cone_of(plan, output.key, drivers)
        if cone and cone.rows[output.key] == drivers and x.driver != y.driver:
            found.append(LiveGrid(number, output.key, x, y, cone))
    return found


def live_bars(plan: Plan, company: Company, output: Output) -> list[LiveBar]:
    """Return the drivers of which a figure is a closed form, and that a tornado moves by a share of them."""
    if output.period is not None or output.is_event:
        return []
    found = []
    for key, spec in driver_specs(company).items():
        cone = cone_of(plan, output.key, frozenset({key})) if _acts(spec) else None
        if cone and not spec.driver.zero_means_none:
            found.append(LiveBar(spec, cone))
    return found


def _acts(spec: DriverSpec) -> bool:
    """Tell whether a driver is one number that can be moved by itself."""
    driver = spec.driver
    is_single = driver.kind == "constant" and not driver.whole and not driver.sums_to_one
    return is_single and not measure(driver.unit).not_swung


def around(middle: float, step: float, ends: tuple[float, float]) -> tuple[float, ...]:
    """Return values on both sides of a middle, closer together where a range would end; NaN beyond it."""
    low, high = ends
    reach = min(HALF * step, middle - low, high - middle)
    taken = reach / HALF if reach >= 0 else math.nan
    return tuple(middle + place * taken for place in range(-HALF, HALF + 1))


def sides(value: float, spec: DriverSpec) -> dict[int, float]:
    """Return a driver's value a tenth lower and higher, within its range; of a 0, a tenth of the range."""
    amount = DEFAULT_SWING * (abs(value) or spec.maximum - spec.minimum)
    return {side: spec.clipped(value + side * amount) for side in (-1, 1)}


@dataclass(frozen=True, repr=False)
class Runs:
    """The model of a scenario with every move: the place of each among the results, and the drivers moved."""

    results: Results
    draws: Mapping[Move, int]
    drivers: Mapping[Move, Mapping[str, float]]


_known: list[tuple[Scenario, Plan, Runs]] = []
_MOST_KNOWN: Final = 4


def runs_of(plan: WorkbookPlan, results: Results, draw: int) -> Runs:
    """Return the model of a scenario with every move; the last ones are kept: each cell asks for them."""
    scenario = results.scenarios[draw]
    for known, of_plan, runs in _known:
        if known is scenario and of_plan is plan.layout.plan:
            return runs
    found = _run(plan.layout, results, draw)
    _known[:] = [*_known[1 - _MOST_KNOWN :], (scenario, plan.layout.plan, found)]
    return found


def _run(layout: Layout, results: Results, draw: int) -> Runs:
    plan, company, scenario = layout.plan, layout.company, results.scenarios[draw]
    outputs, specs = outputs_at(plan, words_at(company)), driver_specs(company)
    moves: dict[Move, dict[str, float]] = {}
    for grid in live_grids(plan, company):
        x, y = (
            around(_middle(results, draw, each), each.step, room(specs[each.driver], "set", ()))
            for each in (grid.x, grid.y)
        )
        for row, down in enumerate(y):
            for column, across in enumerate(x):
                moves[InGrid(grid.number, row, column)] = {grid.x.driver: across, grid.y.driver: down}
    for bar in (bar for output in outputs[:TORNADOS] for bar in live_bars(plan, company, output)):
        key = bar.spec.key
        for side, value in sides(scenario.table[key][ALL], bar.spec).items():
            moves[ASide(key, side)] = {key: value}
    moved = [_moved(scenario, each) for each in moves.values()]
    draws = {move: place for place, move in enumerate(moves)}
    return Runs(run(moved, rows=tuple(each.key for each in outputs)), draws, moves)


def _middle(results: Results, draw: int, words: StepWords) -> float:
    return figure_of(results, draw, words.centre or words.driver)


def _moved(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return a scenario with other values of drivers, whatever else is wrong with it; NaN changes nothing."""
    given = {key: {ALL: value} for key, value in values.items() if not math.isnan(value)}
    return replace(scenario, table={**scenario.table, **given}, overlays=(), plain=None)


@dataclass(frozen=True)
class MovedDriver(Twin):
    """The value of a driver after a move."""

    driver: str
    move: Move

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:
        """See :class:`Twin`."""
        return runs_of(plan, results, draw).drivers[self.move][self.driver]


@dataclass(frozen=True)
class MovedRow(Twin):
    """A row of the model, run with a move; without meaning where the move has no value for ``drivers``.

    ``less_base``: less its figure without the move. Such a difference is compared as money, by its amount:
    what it is between is compared by itself.
    """

    key: str
    move: Move
    drivers: frozenset[str]
    less_base: bool = False

    def unit(self, plan: WorkbookPlan) -> str:
        """See :class:`Twin`."""
        return "USD m" if self.less_base else plan.layout.plan.rows[self.key].unit

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:
        """See :class:`Twin`."""
        runs = runs_of(plan, results, draw)
        if any(math.isnan(runs.drivers[self.move][each]) for each in self.drivers):
            return math.nan
        found = figure_of(runs.results, runs.draws[self.move], self.key)
        return found - figure_of(results, draw, self.key) if self.less_base else found
