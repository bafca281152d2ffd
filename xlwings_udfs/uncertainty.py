"""Functions for cells about what is uncertain; see :mod:`xlwings_udfs.functions`."""

# ruff: noqa: ANN401, N802  # an argument is whatever a cell holds; the function's name is its name in cells

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.errors import InputError, NotMeaningfulError
from xlwings_udfs.computed import scenario as composed
from xlwings_udfs.computed import scenario_name
from xlwings_udfs.convert import is_blank, number_of, text_of
from xlwings_udfs.functions import SCENARIO
from xlwings_udfs.registry import cell_function

if TYPE_CHECKING:
    from model.simulation import Simulation
    from xlwings_udfs.convert import Block, Scalar

ScenarioCell = Annotated[Any, SCENARIO]

MOST_DRAWS_IN_CELLS: Final = 50_000
"""Some seconds; more by ``amzn-fcf simulate``."""
_DRAWS: Final = 10_000
_SEED: Final = 1


@cell_function
def AMZN_SIMULATE(
    output: Annotated[
        Any, {"doc": "A line of the model and, if it varies with time, a period: free_cash_flow 2027; or an event: positive, turn, trough"}
    ],
    scenario: ScenarioCell = None,
    draws: Annotated[Any, {"doc": f"How many draws, up to {MOST_DRAWS_IN_CELLS}. Blank: {_DRAWS}"}] = None,
    seed: Annotated[Any, {"doc": f"Whole number; the same seed gives the same result. Blank: {_SEED}"}] = None,
) -> Any:
    """Simulate a scenario with uncertain drivers: mean, percentiles and chances of a figure, or chances of an event by quarter.

    Example: ``AMZN_SIMULATE("free_cash_flow 2027", "base", 10000, 1)``. Latin hypercube draws from the distributions that ship,
    computed by numpy on every host, so that the same call gives the same figures everywhere.
    """
    from model.actuals import axis_at  # noqa: PLC0415  # other functions need none of this
    from model.amazon import plan_at  # noqa: PLC0415
    from model.questions import EVENTS, VALUE, Question, output_named  # noqa: PLC0415
    from model.simulate import simulate  # noqa: PLC0415

    chosen = composed(scenario_name(scenario))
    number = _whole(draws, "draws", _DRAWS, MOST_DRAWS_IN_CELLS)
    first = _whole(seed, "seed", _SEED, 2**53)
    name = text_of(output, "output", "")
    if name in EVENTS:
        question = Question((), (name,))
    else:
        figure = output_named(name, plan_at(axis_at(chosen.as_of)))
        threshold = chosen.table["price"]["all"] if figure.key == VALUE else 0.0
        question = Question((figure,), (), ((figure, threshold),))
    found = simulate(chosen, draws=number, seed=first, engine="numpy", workers=1, question=question)
    return _event_block(found, name) if name in EVENTS else _figure_block(found, "the price" if figure.key == VALUE else "0")


def _whole(value: object, what: str, default: int, most: int) -> int:
    """Return an argument as a whole number from 0 (draws: 1) to a limit."""
    if is_blank(value):
        return default
    found = number_of(value, what)
    least = 1 if what == "draws" else 0
    if found != round(found) or not least <= found <= most:
        message = f"{what} needs a whole number from {least} to {most:,} in cells, not {found:g}"
        raise InputError(message)
    return round(found)


def _event_block(found: Simulation, event: str) -> Block:
    block: Block = [["quarter", "chance", "chance by then"]]
    by_then = 0.0
    for quarter, chance in found.events[event].items():
        by_then += 0.0 if quarter == "never" else chance.probability
        block.append([quarter, chance.probability, None if quarter == "never" else by_then])
    return block


def _figure_block(found: Simulation, threshold: str) -> Block:
    (estimate,), (chance,) = found.estimates.values(), found.above.values()
    if math.isnan(estimate.mean):
        message = f"{estimate.name} has no meaning in any of {found.draws:,} draws"
        raise NotMeaningfulError(message)
    rows = [
        (f"{found.scenario}, without draws", estimate.plain, math.nan),
        ("mean", estimate.mean, estimate.standard_error),
        ("standard deviation", estimate.deviation, math.nan),
        *((f"{percent} %", value, math.nan) for percent, value in estimate.percentiles.items()),
        ("mean of lowest 5 %", estimate.shortfall, math.nan),
        (f"chance above {threshold}", chance.probability, chance.standard_error),
        ("draws without meaning", estimate.undefined, math.nan),
    ]
    block: Block = [[estimate.name, estimate.unit, "standard error"]]
    return block + [[label, _known(value), _known(error)] for label, value, error in rows]


def _known(value: float) -> Scalar:
    return value if math.isfinite(value) else None
