"""Functions for cells that move drivers: a figure over two of them, and what each of them does alone."""
# ruff: noqa: ANN401, N802  # an argument is whatever a cell holds; the function's name is its name in cells

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.errors import InputError
from model.moves import Steps
from model.sensitivity import DEFAULT_SWING, grid, output_of, tornado
from xlwings_udfs.arguments import ScenarioCell  # noqa: TC001  # hosts read annotations when they run
from xlwings_udfs.computed import in_cell, scenario_of
from xlwings_udfs.convert import BAD_NUMBER, NOT_AVAILABLE, Block, Scalar, is_blank, number_of, numbers_of, text_of
from xlwings_udfs.registry import cell_function

if TYPE_CHECKING:
    from model.outputs import Output

LARGEST_GRID: Final = 2_500
"""Cells of a grid in a sheet: they are computed anew whenever one of its values changes."""

OutputCell = Annotated[Any, {"doc": "A line, with a period where it varies with time: free_cash_flow 2027, value_per_share[dcf,mid]"}]
DriverCell = Annotated[Any, {"doc": "Driver, such as wacc; with add or scale after it, its values are changed, not set: aws_growth add"}]
ValuesCell = Annotated[Any, {"doc": "Range of values that the driver takes in all that lies ahead"}]


@cell_function
def AMZN_GRID(
    output: OutputCell, driver_x: DriverCell, xs: ValuesCell, driver_y: DriverCell, ys: ValuesCell, scenario: ScenarioCell = None
) -> Any:
    """Return a figure over two drivers as a block: values of the first across, of the second down.

    Example: ``AMZN_GRID("value_per_share[dcf,mid]", "wacc", B1:F1, "terminal_growth", A2:A6)``. At most 2,500 cells.
    """
    found = scenario_of(scenario)
    x = Steps.parse(text_of(driver_x, "driver_x", ""), numbers_of(xs, "xs"))
    y = Steps.parse(text_of(driver_y, "driver_y", ""), numbers_of(ys, "ys"))
    if len(x.values) * len(y.values) > LARGEST_GRID:
        message = f"a grid of {len(x.values):,} by {len(y.values):,} values is too large for a sheet: up to {LARGEST_GRID:,} cells"
        raise InputError(message)
    result = grid(found, output_of(text_of(output, "output", ""), found), x, y)
    block: Block = [[str(result.output), *x.values]]
    block += [[value, *(_shown(each, result.output) for each in row)] for value, row in zip(y.values, result.values.tolist(), strict=True)]
    return block


@cell_function
def AMZN_TORNADO(
    output: OutputCell,
    scenario: ScenarioCell = None,
    swing: Annotated[Any, {"doc": "Share by which each driver's values ahead move, down and up. Blank: 0.1 (10 %)"}] = None,
) -> Any:
    """Return, as a block, what a figure does when one driver at a time moves down and up; the largest swing first.

    Example: ``AMZN_TORNADO("free_cash_flow 2027", "base", 0.1)``. Drivers that do not move it are left out.
    """
    found = scenario_of(scenario)
    share = DEFAULT_SWING if is_blank(swing) else number_of(swing, "swing")
    result = tornado(found, output_of(text_of(output, "output", ""), found), share)
    block: Block = [["driver", "low", "base", "high", "swing", "driver_low", "driver_base", "driver_high", "of", "note"]]
    for bar in result.bars:
        figures = [_shown(each, result.output) for each in (bar.low, result.base, bar.high)]
        moved = (bar.driver_low, bar.driver_base, bar.driver_high)
        swung = bar.swing if math.isfinite(bar.swing) else NOT_AVAILABLE
        block.append([bar.driver, *figures, swung, *moved, bar.period, bar.note or None])
    return block


def _shown(value: float, output: Output) -> Scalar:
    """Return a figure as a cell shows it: a quarter as text, and an error value for what does not happen or has no meaning."""
    if math.isnan(value):
        return NOT_AVAILABLE if output.is_event else BAD_NUMBER
    return in_cell(value, output)
