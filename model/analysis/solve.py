"""Reverse questions: the value of a driver at which the model gives a price, or any other figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from types import NoneType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from model import companies
from model.analysis.brent import closed_in
from model.errors import InputError, NoRootError, UnknownNameError, check_type, did_you_mean, shown
from model.language.periods import Period
from model.outputs import rows_behind
from model.results import Results, run
from model.scenarios.adjustment import room
from model.scenarios.scenario import Scenario
from model.scenarios.spec import DriverSpec, number, readable
from model.scenarios.what_if import Lever

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from model.backends.arrays import Array
    from model.company import Company

_SMALLEST_SHARE: Final = 1e-6
"""Share of the range at which the search begins for a driver whose 0 means "none"."""
_SCAN: Final = 33
"""Points of a scan."""
_LOOKS: Final = 3
"""Scans, each closer around the point that comes nearest."""
_ELSEWHERE: Final = "try another driver or method"
_RELATIVE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Root:
    """A driver value at which a figure equals a target.

    ``value``: the driver's value ahead, or with ``shifted`` the amount that is added to its values;
    ``bracket``: the two points of the scan around it; ``searched``: the interval that was scanned; ``found``:
    the figure at the root; ``roots``: the number of crossings in the scan; ``scenario``: that at the root.
    """

    driver: str
    value: float
    shifted: bool
    bracket: tuple[float, float]
    searched: tuple[float, float]
    figure: str
    target: float
    found: float
    roots: int
    scenario: Scenario

    @cached_property
    def results(self) -> Results:
        """The model at the root."""
        return run([self.scenario])


def value_row(method: str, company: Company | None = None) -> str:
    """Return the row of the value per share by a method; others are an :class:`UnknownNameError`."""
    rows = (company or companies.default()).presentation.questions.values
    if method not in rows:
        known = did_you_mean(method, rows) if rows else "; this company has none"
        raise UnknownNameError(f"unknown method {shown(method)}{known}")
    return rows[method]


def solve(  # noqa: PLR0913  # one keyword a choice of the user
    scenario: Scenario,
    driver: str,
    target: float,
    figure: str,
    *,
    period: Period | None = None,
    between: tuple[float, float] | None = None,
    shift: bool = False,
) -> Root:
    """Find the value of a driver at which a figure of the model equals a target.

    The bracket is scanned at 33 points; Brent's method closes in on the crossing nearest to the scenario's
    own value. Points at which the figure has no meaning (a WACC below growth) are passed over, so the search
    stays defined where free cash flow is negative.

    Parameters
    ----------
    driver
        A driver row, or a question in plain words (``questions.drivers`` of the company). Its value is the
        same in all periods ahead; ``"aws_growth@2027"``, ``"aws_growth@2027+"`` move it there alone.
    target, figure, period
        The target, for a row of the model and, if it varies with time, a period.
    between
        Bracket; default: the driver's allowed range.
    shift
        Add the same to the driver's values, instead of replacing them.

    Raises
    ------
    NoRootError, InputError, UnknownNameError
        If the figure does not reach the target in the bracket (the message says what it reaches); if the
        driver cannot be solved for, or is unknown.
    """
    check_type(scenario, Scenario, "solve needs a scenario, such as load_scenario('base')")
    number(target, "solve: target")
    check_type(driver, str, "solve needs the name of a driver, such as 'wacc'")
    check_type(figure, str, "solve needs the name of a line, such as 'value_per_share[dcf,mid]'")
    check_type(period, (Period, NoneType), "solve needs a period, such as Period.parse('2027')")
    if scenario.plan.row(figure).timed and period is None:
        raise InputError(f"solve: {figure} varies with time: give a period, such as Period.parse('2027')")
    lever = replace(_lever(scenario, driver), operation="add" if shift else "set")
    spec = lever.spec
    low, high = _bracket(lever, scenario, between)
    needed = rows_behind(figure, period, scenario.plan)

    def scenario_at(value: float) -> Scenario:
        return scenario.with_overrides(lever.overrides(scenario, value, clip=True))

    def figures(values: Sequence[float]) -> Array:
        results = run([scenario_at(value) for value in values], rows=needed)
        if period is None:
            return np.broadcast_to(results.values[figure][0], len(values))
        return np.array([results.value(figure, period, number) for number in range(len(values))])

    @cache
    def figure_at(value: float) -> float:
        return float(figures([value])[0])

    scan = _scan(figures, target, low, high)
    own = 0.0 if shift else _own_value(lever, scenario)
    root = math.nan
    for place in sorted(scan.changes, key=lambda each: abs(scan.middle(each) - own)):
        first, last = scan.points[place : place + 2].tolist()
        at_ends = (scan.values[place : place + 2] - target).tolist()
        root = closed_in(lambda value: figure_at(value) - target, (first, last), at_ends)
        if abs(figure_at(root) - target) <= _RELATIVE_TOLERANCE * max(1.0, abs(target)):
            ends, searched, found, roots = (first, last), (low, high), figure_at(root), len(scan.changes)
            at_root = scenario_at(root)
            return Root(lever.name, root, shift, ends, searched, figure, target, found, roots, at_root)
    if scan.changes:
        jump = f"{figure} jumps over {readable(target)} at {spec.key} = {readable(root)}"
        raise NoRootError(f"no root in [{readable(low)}, {readable(high)}]: {jump}", _ELSEWHERE)
    highest = scenario_at(float(scan.points[-1]))
    least, most = _bracket(lever, scenario, None)
    wider = f"search between {readable(least)} and {readable(most)}" if (low, high) != (least, most) else ""
    raise NoRootError(_no_root(spec, figure, target, scan, highest), wider or _ELSEWHERE)


def varies_by_year(scenario: Scenario, driver: str) -> bool:
    """Tell whether a driver has different values ahead, so that one for all would lose their shape."""
    lever = _lever(scenario, driver)
    return (
        not lever.spec.driver.look.is_none(0)
        and lever.spec.driver.kind == "yearly"
        and len({*lever.own(scenario).values()}) > 1
    )


def _lever(scenario: Scenario, driver: str) -> Lever:
    """Return the driver that a text names, or that answers a question in plain words, with its period."""
    name, *when = driver.partition("@")
    answers = scenario.company.presentation.questions.drivers
    return Lever.parse("".join([answers.get(name, name), *when]), "solve", scenario.company)


class _Scan(NamedTuple):
    """A figure at evenly spaced values of a driver; ``changes``: points after which it crosses the target."""

    points: Array
    values: Array
    changes: list[int]

    def middle(self, number: int) -> float:
        return float(self.points[number] + self.points[number + 1]) / 2

    @property
    def known(self) -> Array:
        return self.values[np.isfinite(self.values)]

    @property
    def is_flat(self) -> bool:
        return len(self.known) == len(self.values) and not np.ptp(self.values)


def _scan(figures: Callable[[Sequence[float]], Array], target: float, low: float, high: float) -> _Scan:
    """Look for crossings at 33 points; where there are none, twice more, around the point that comes nearest.

    A closer look finds two roots that lie close together, and a root next to a point where the figure loses
    its meaning. Without any crossing the first scan is returned.
    """
    scans = []
    for _ in range(_LOOKS):
        points = np.linspace(low, high, _SCAN)
        values = figures(points.tolist())
        scan = _Scan(points, values, [])
        scans.append(scan)
        if scan.is_flat or not len(scan.known):
            break
        scan.changes.extend(_crossings(values - target))
        if scan.changes:
            return scan
        nearest = int(np.nanargmin(np.abs(values - target)))
        low, high = float(points[max(nearest - 1, 0)]), float(points[min(nearest + 1, _SCAN - 1)])
    return scans[0]


def _crossings(apart: Array) -> list[int]:
    """Return the points at which a difference is 0 or after which its sign changes, if both are finite."""
    signs = np.sign(apart)
    crosses = (signs[:-1] == 0) | (signs[:-1] * signs[1:] < 0)
    crosses[-1] |= signs[-1] == 0  # every other point is the first of its bracket
    finite = np.isfinite(apart)
    return np.flatnonzero(crosses & finite[:-1] & finite[1:]).tolist()


def _bracket(lever: Lever, scenario: Scenario, between: tuple[float, float] | None) -> tuple[float, float]:
    spec, shift = lever.spec, lever.operation == "add"
    if spec.fixed_because:
        raise InputError(f"{spec.key} cannot be solved for: {spec.fixed_because}")
    if shift and (spec.driver.kind != "yearly" or spec.driver.look.is_none(0)):
        reason = "0 means none is given" if spec.driver.look.is_none(0) else "it does not vary by year"
        raise InputError(f"{spec.key} cannot be shifted: {reason}: solve for its value")
    low, high = spec.minimum, spec.maximum
    if spec.driver.look.is_none(low):
        low = high * _SMALLEST_SHARE
    if shift:
        low, high = room(spec, "add", lever.own(scenario).values())
    if between is not None:
        form = "between needs two numbers, such as (0.08, 0.1)"
        check_type(between, (list, tuple), form)
        if len(between) != 2:  # noqa: PLR2004  # the ends
            raise InputError(f"{form}, not {len(between)} of them")
        first, last = (number(each, "between") for each in between)
        if not low <= first < last <= high:
            bounds = f"within {readable(low)}..{readable(high)} ({spec.key})"
            raise InputError(f"between needs two numbers in order, {bounds}, not {first:g} {last:g}")
        low, high = first, last
    return low, high


def _own_value(lever: Lever, scenario: Scenario) -> float:
    """Return the scenario's value of the driver: the first that is moved, or of the first full year ahead."""
    values = lever.own(scenario)
    year = str(scenario.as_of.year + 1)
    return values[year] if year in values and not lever.period else next(iter(values.values()))


def _no_root(spec: DriverSpec, figure: str, target: float, scan: _Scan, highest: Scenario) -> str:
    where = f"no root in [{readable(scan.points[0])}, {readable(scan.points[-1])}]"
    if not len(scan.known):
        return f"{where}: {figure} has no meaning anywhere there"
    if scan.is_flat:
        return f"{where}: {spec.key} does not move {figure}, which is {scan.values[0]:,.2f} whatever it is"
    reached = f"{figure} runs from {scan.known.min():,.2f} to {scan.known.max():,.2f}"
    text = f"{where}: at {_SCAN} points of it {reached}, and {readable(target)} was not found"
    results = run([highest])
    hint = spec.company.presentation.questions.hint(spec.key, results.values, results.plan.axis)
    return f"{text}; {hint}" if hint else text
