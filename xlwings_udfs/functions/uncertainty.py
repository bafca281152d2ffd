"""Functions for cells: grids over two drivers, tornados, and simulations."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.analysis.sensitivity import DEFAULT_SWING, grid, output_of, tornado
from model.analysis.swings import Steps
from model.errors import InputError, NotMeaningfulError
from model.language.units import counted
from xlwings_udfs.cells.arguments import (
    Block,
    Scalar,
    is_blank,
    is_blank_or_zero,
    number_of,
    numbers_of,
    rows_of,
    text_of,
    whole_of,
)
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.error_values import BAD_NUMBER, NOT_AVAILABLE
from xlwings_udfs.cells.models import in_cell, scenario_of
from xlwings_udfs.functions.arguments import ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import known

if TYPE_CHECKING:
    from model.outputs import Output
    from model.simulation.results import Simulation

LARGEST_GRID: Final = 2_500
"""Cells of a grid in a sheet, which are all recalculated when one of its values changes."""

MOST_DRAWS_IN_CELLS: Final = 50_000
"""Takes some seconds; ``amzn-fcf simulate`` has no limit."""
_DRAWS: Final = 10_000
_SEED: Final = 1

OutputCell = Annotated[
    Any, "A line, with a period where it varies with time: free_cash_flow 2027, value_per_share[dcf,mid]"
]
DriverCell = Annotated[
    Any, "Driver, such as wacc; followed by add or scale, its values change by it: aws_growth add"
]
ValuesCell = Annotated[Any, "Range of values for the driver, each held in all forecast periods"]


@cell_function
def AMZN_GRID(
    output: OutputCell,
    driver_x: DriverCell,
    xs: ValuesCell,
    driver_y: DriverCell,
    ys: ValuesCell,
    scenario: ScenarioCell = None,
) -> Any:
    """Return a figure over two drivers as a block: values of the first across, of the second down.

    Example: ``AMZN_GRID("value_per_share[dcf,mid]", "wacc", B1:F1, "terminal_growth", A2:A6)``. At most 2,500
    cells.
    """
    found = scenario_of(scenario)
    x = Steps.parse(text_of(driver_x, "driver_x", ""), numbers_of(xs, "xs"))
    y = Steps.parse(text_of(driver_y, "driver_y", ""), numbers_of(ys, "ys"))
    if len(x.values) * len(y.values) > LARGEST_GRID:
        size = f"{len(x.values):,} by {len(y.values):,} values"
        raise InputError(f"a grid of {size} is too large for a sheet: up to {LARGEST_GRID:,} cells")
    result = grid(found, output_of(text_of(output, "output", ""), found), x, y)
    block: Block = [[str(result.output), *x.values]]
    for value, row in zip(y.values, result.values.tolist(), strict=True):
        block.append([value, *(_shown(each, result.output) for each in row)])
    return block


@cell_function
def AMZN_TORNADO(
    output: OutputCell,
    scenario: ScenarioCell = None,
    swing: Annotated[
        Any, "Share by which each driver's forecast values move, down and up. Blank: 0.1 (10%)"
    ] = None,
    drivers: Annotated[
        Any, "Range of drivers to move, each ahead or in one period: aws_growth@2027. Blank: all"
    ] = None,
) -> Any:
    """Move one driver at a time down and up and return the effect on a figure, largest swing first.

    Example: ``AMZN_TORNADO("free_cash_flow 2027", "base", 0.1)``. Drivers that do not move it are left out.
    """
    found = scenario_of(scenario)
    share = DEFAULT_SWING if is_blank(swing) else number_of(swing, "swing")
    named = (each for row in rows_of(drivers) for each in row if not is_blank_or_zero(each))
    chosen = [text_of(each, "drivers", "") for each in named]
    result = tornado(found, output_of(text_of(output, "output", ""), found), share, chosen)
    heads = "driver low base high swing driver_low driver_base driver_high of note"
    block: Block = [[*heads.split()]]
    for bar in result.bars:
        figures = [_shown(each, result.output) for each in (bar.low, result.base, bar.high)]
        moved = (bar.driver_low, bar.driver_base, bar.driver_high)
        swung = bar.swing if math.isfinite(bar.swing) else NOT_AVAILABLE
        block.append([bar.driver, *figures, swung, *moved, bar.period, bar.note or None])
    return block


def _shown(value: float, output: Output) -> Scalar:
    if math.isnan(value):
        return NOT_AVAILABLE if output.is_event else BAD_NUMBER
    return in_cell(value, output)


@cell_function
def AMZN_SIMULATE(
    output: Annotated[
        Any,
        "A line of the model and, if it varies with time, a period: free_cash_flow 2027; or an event: "
        "positive, turn, trough",
    ],
    scenario: ScenarioCell = None,
    draws: Annotated[Any, f"How many draws, up to {MOST_DRAWS_IN_CELLS}. Blank: {_DRAWS}"] = None,
    seed: Annotated[Any, f"Whole number; the same seed gives the same result. Blank: {_SEED}"] = None,
) -> Any:  # fmt: skip
    """Simulate a figure (mean, percentiles, probabilities) or an event (probability by quarter).

    Example: ``AMZN_SIMULATE("free_cash_flow 2027", "base", 10000, 1)``. Latin hypercube draws from the
    shipped distributions; the same call gives the same figures on every host.
    """
    from model.simulation.questions import Request, output_ahead, thresholds  # noqa: PLC0415  # only this one simulates
    from model.simulation.run import simulate  # noqa: PLC0415

    chosen = scenario_of(scenario)
    number = whole_of(draws, "draws", _DRAWS, (1, MOST_DRAWS_IN_CELLS))
    first = whole_of(seed, "seed", _SEED, (0, 2**53))
    name = text_of(output, "output", "")
    words = chosen.company.presentation.questions
    run = partial(simulate, chosen, draws=number, seed=first, engine="numpy", workers=1)
    if name in words.events:
        return _event_block(run(question=Request((), (name,))), name)
    figure = output_ahead(name, chosen.plan)
    found = run(question=Request((figure,), (), thresholds([figure], chosen)))
    return _figure_block(found, "the price" if words.price and figure.key == words.value else "0")


def _event_block(found: Simulation, event: str) -> Block:
    block: Block = [["quarter", "chance", "chance by then"]]
    by_then = 0.0
    for quarter, chance in found.events[event].items():
        by_then += chance.probability
        block.append([quarter, chance.probability, None if quarter == "never" else by_then])
    return block


def _figure_block(found: Simulation, threshold: str) -> Block:
    (estimate,), (chance,) = found.estimates.values(), found.above.values()
    if math.isnan(estimate.mean):
        raise NotMeaningfulError(f"{estimate.name} has no meaning in any of {counted(found.draws, 'draw')}")
    rows = [
        (f"{found.scenario}, without draws", estimate.plain, math.nan),
        ("mean", estimate.mean, estimate.standard_error),
        ("standard deviation", estimate.deviation, math.nan),
        *((f"{percent}%", value, math.nan) for percent, value in estimate.percentiles.items()),
        ("mean of lowest 5%", estimate.shortfall, math.nan),
        (f"chance above {threshold}", chance.probability, chance.standard_error),
        ("draws without meaning", estimate.undefined, math.nan),
    ]
    block: Block = [[estimate.name, estimate.unit, "standard error"]]
    block += [[label, known(value), known(error)] for label, value, error in rows]
    return [*block, [found.record, None, None]] if found.record else block
