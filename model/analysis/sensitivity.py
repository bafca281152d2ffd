"""Sensitivities to one driver at a time (tornado), to two (grid), and break-even lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from model.analysis.solve import solve
from model.analysis.swings import Steps, Swing, swing_of
from model.errors import InputError, NoRootError, NotAvailableError
from model.outputs import Output
from model.results import run
from model.scenarios.drivers import driver_specs
from model.scenarios.given import ONWARDS
from model.scenarios.what_if import Lever

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from model.scenarios.scenario import Scenario

    Item = TypeVar("Item")
    Watch = Callable[[Sequence[Item]], Iterable[Item]]

DEFAULT_SWING: Final = 0.1
LARGEST_GRID: Final = 10_000
"""Cells of a grid, each a run of the model."""
_BATCH: Final = 500
"""Scenarios computed at once: more take memory and are not faster."""
_STILL: Final = 1e-9
"""Share of the figure and of the largest change: a smaller change is rounding."""


class Bar(NamedTuple):
    """One driver of a tornado.

    ``driver_low``, ``driver_base``, ``driver_high``: the driver's values in ``period``; ``low``, ``high``:
    the output with the driver there (NaN where it has no meaning or does not happen); ``change_low``,
    ``change_high``: from the base, a quarter's in quarters; ``swing``: from the lowest to the highest of the
    three, NaN where one is missing.
    """

    driver: str
    label: str
    unit: str
    period: str
    driver_low: float
    driver_base: float
    driver_high: float
    low: float
    high: float
    change_low: float
    change_high: float
    swing: float
    note: str


@dataclass(frozen=True, repr=False)
class Tornado:
    """The effects of single drivers on an output, largest first.

    ``still``: drivers that do not move it; ``left_out``: drivers that were not moved, with the reason.
    """

    scenario: Scenario
    output: Output
    swing: float
    base: float
    bars: tuple[Bar, ...]
    still: tuple[str, ...]
    left_out: Mapping[str, str]

    def __repr__(self) -> str:
        what = f"{self.output}, {self.scenario.name}, swing {self.swing:g}"
        return f"<Tornado of {what}: {len(self.bars)} drivers>"


@dataclass(frozen=True, repr=False)
class Grid:
    """An output over two drivers.

    ``values``: shape (values of y, values of x), NaN where the output has no meaning or does not happen;
    ``base``: the output of the scenario as it is; ``centre``: row and column of the cell that leaves the
    scenario as it is, if there is one.
    """

    scenario: Scenario
    output: Output
    x: Steps
    y: Steps
    values: NDArray[np.float64]
    base: float
    centre: tuple[int, int] | None

    def __repr__(self) -> str:
        drivers = f"{self.x.name} by {self.y.name}"
        return f"<Grid of {self.output}, {self.scenario.name}: {drivers}, {self.values.shape}>"


class Point(NamedTuple):
    """A point of a break-even line: the ``y`` at which the output meets the target, or NaN and a reason."""

    x: float
    y: float
    note: str


def output_of(text: str, scenario: Scenario) -> Output:
    """Return the output that a text names; see :meth:`model.outputs.Output.parse`."""
    return Output.parse(text, scenario.plan)


def tornado(
    scenario: Scenario, output: Output, swing: float = DEFAULT_SWING, drivers: Sequence[str] = ()
) -> Tornado:
    """Move one driver at a time, down and up, by ``swing`` of its own values ahead, and compute an output.

    See :func:`model.analysis.swings.swing_of`. ``swing`` is a share: 0.1 is 10%; ``drivers`` are rows, or
    rows in one period such as ``"aws_growth@2027"``; all rows when empty. All moves are one batch. If no
    driver moves the output: an :class:`InputError`.

    Examples
    --------
    >>> base = load_scenario("base")
    >>> tornado(base, output_of("value_per_share[dcf,mid]", base)).bars[0].driver
    'aws_growth'
    """
    (result,) = tornados(scenario, [output], swing, drivers)
    if not result.bars:
        reasons = [f"{key} is left out ({reason})" for key, reason in result.left_out.items() if drivers]
        listed = ": " + "; ".join(reasons) if reasons else ""
        raise InputError(f"none of the drivers moves {output}{listed}")
    return result


def tornados(
    scenario: Scenario, outputs: Sequence[Output], swing: float = DEFAULT_SWING, drivers: Sequence[str] = ()
) -> list[Tornado]:
    """Return the tornados of several outputs from the same runs; one that no driver moves has no bars."""
    if not 0 < swing <= 1:
        raise InputError(f"swing must be above 0 and up to 1 (0.1 is 10%), not {swing:g}")
    company = scenario.company
    chosen = [Lever.parse(each, "tornado", company) for each in drivers or driver_specs(company)]
    levers = {each.name: each for each in chosen}
    swings: dict[str, Swing] = {}
    left_out: dict[str, str] = {}
    for name, lever in levers.items():
        if lever.operation != "set":
            raise InputError(
                f"tornado: {name} {lever.operation}: write the driver alone; --swing says how far"
            )
        swing_or_reason = swing_of(scenario, lever, swing)
        if isinstance(swing_or_reason, str):
            left_out[name] = swing_or_reason
        else:
            swings[name] = swing_or_reason
    sides = [side for each in swings.values() for side in (each.low, each.high)]
    moved = [scenario.with_overrides(side.overrides) for side in sides]
    found = []
    for output, (base, *figures) in zip(outputs, _figures([scenario, *moved], outputs), strict=True):
        moves = zip(swings.items(), figures[::2], figures[1::2], strict=True)
        bars = [_bar(levers[key], each, output, (base, low, high)) for (key, each), low, high in moves]
        moving, still = _parted(bars, base)
        found.append(Tornado(scenario, output, swing, base, moving, still, left_out))
    return found


def _parted(bars: Sequence[Bar], base: float) -> tuple[tuple[Bar, ...], tuple[str, ...]]:
    """Return the bars that move the figure, largest first (unknown swings last), and the other drivers."""
    largest = max((bar.swing for bar in bars if math.isfinite(bar.swing)), default=0.0)
    noise = _STILL * max(largest, abs(base))
    still: list[Bar] = []
    moving: list[Bar] = []
    for bar in bars:
        unknown = np.isnan([base, bar.low, bar.high]).all()
        (still if bar.swing <= noise or unknown else moving).append(bar)
    moving.sort(key=lambda bar: -math.inf if math.isnan(bar.swing) else -bar.swing)
    return tuple(moving), tuple(bar.driver for bar in still)


def _bar(lever: Lever, swing: Swing, output: Output, figures: tuple[float, float, float]) -> Bar:
    _, low, high = figures
    counted = output.counted(np.array(figures))
    change_low, change_high = (counted[1:] - counted[0]).tolist()
    spec = lever.spec
    label = f"{spec.label}, {lever.period}" if lever.period else spec.label
    return Bar(
        lever.name, label, spec.driver.unit, swing.period, swing.low.value, swing.value, swing.high.value,
        low, high, change_low, change_high, float(np.ptp(counted)), swing.note,
    )  # fmt: skip


def _figures(scenarios: Sequence[Scenario], outputs: Sequence[Output]) -> list[list[float]]:
    results = run(scenarios, rows=tuple(dict.fromkeys(each.key for each in outputs)))
    figures: list[list[float]] = [output.read(results).tolist() for output in outputs]
    for output, values in zip(outputs, figures, strict=True):
        if output.period is not None and math.isnan(values[0]):
            reason = "it starts later, or has no meaning there"
            raise NotAvailableError(f"{output} has no figure in {scenarios[0].name}: {reason}")
    return figures


def grid(scenario: Scenario, output: Output, x: Steps, y: Steps, watch: Watch[int] = iter) -> Grid:
    """Compute an output for up to 10,000 pairs of values of two drivers; ``watch`` sees the batches go by.

    Examples
    --------
    >>> base = load_scenario("base")
    >>> x, y = Steps("wacc", (0.08, 0.09)), Steps("terminal_growth", (0.03, 0.035))
    >>> grid(base, output_of("value_per_share[dcf,mid]", base), x, y).values.shape
    (2, 2)
    """
    return grids(scenario, [output], x, y, watch)[0]


def grids(
    scenario: Scenario, outputs: Sequence[Output], x: Steps, y: Steps, watch: Watch[int] = iter
) -> list[Grid]:
    """Return the grids of several outputs from the same runs, as :func:`grid` does."""
    _refuse_one_driver(x, y, "grid")
    shape = len(y.values), len(x.values)
    if math.prod(shape) > LARGEST_GRID:
        size = f"{shape[1]:,} by {shape[0]:,}"
        raise InputError(f"grid of {size} values is too large: up to {LARGEST_GRID:,} cells")
    columns = [x.scenario_at(scenario, value) for value in x.values]
    cells = [y.scenario_at(column, value) for value in y.values for column in columns]
    figures: list[list[float]] = [[] for _ in outputs]
    for first in watch(range(0, len(cells), _BATCH)):
        batch = _figures([scenario, *cells[first : first + _BATCH]], outputs)
        for known, more in zip(figures, batch, strict=True):
            known.extend(more[1:] if known else more)  # the base comes first in every batch
    column, row = x.base(scenario), y.base(scenario)
    centre = None if column is None or row is None else (row, column)
    return [
        Grid(scenario, output, x, y, np.array(values).reshape(shape), base, centre)
        for output, (base, *values) in zip(outputs, figures, strict=True)
    ]


def _refuse_one_driver(x: Steps, y: Steps, what: str) -> None:
    """Refuse one driver on both axes, unless in two single periods: the second would undo the first."""
    single = all(each.period and not each.period.endswith(ONWARDS) for each in (x, y))
    if x.driver == y.driver and not (single and x.period != y.period):
        raise InputError(f"{what} needs two drivers, not {x.driver} twice")


def break_even(
    scenario: Scenario, output: Output, x: Steps, y: Steps, target: float, watch: Watch[float] = iter
) -> tuple[Point, ...]:
    """Return, for each value of ``x``, the value of ``y`` at which an output equals a target.

    The search covers the whole range of the driver of ``y``, whose own values do not matter; see
    :func:`model.analysis.solve.solve`.
    """
    if output.is_event or not math.isfinite(target):
        given = f"{target:g} and {output} ({output.unit})"
        raise InputError(f"break-even needs a number to reach and a figure that reaches it, not {given}")
    _refuse_one_driver(x, y, "break-even")
    if y.operation == "scale":
        raise InputError(f"break-even sets the driver of y, or adds to it: it cannot scale {y.name}")
    points = []
    for value in watch(x.values):
        moved = x.scenario_at(scenario, value)
        try:
            root = solve(moved, y.name, target, output.key, period=output.period, shift=y.operation == "add")
        except NoRootError as error:
            points.append(Point(value, math.nan, error.reason))
        else:
            more = f"one of {root.roots}, the nearest to the scenario's own value" if root.roots > 1 else ""
            points.append(Point(value, root.value, more))
    return tuple(points)
