"""Reverse questions: which value of a driver makes the model give a price, or any other figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.errors import InputError, NoRootError, UnknownNameError, did_you_mean
from model.results import Results, run
from model.scenarios.adjustment import room
from model.scenarios.drivers import ALL, driver_specs, spec_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from model.company import Company
    from model.language.periods import Period
    from model.scenarios.drivers import DriverSpec
    from model.scenarios.scenario import Scenario

_SMALLEST_SHARE: Final = 1e-6
"""Of its range: where the search begins for a driver whose 0 means that none is given."""
_SCAN: Final = 33
"""Points at which the bracket is looked at for a change of sign."""
_LOOKS: Final = 3
"""How often, each time closer around the point that comes nearest."""
_RELATIVE_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class Root:
    """A driver value at which a figure equals a target.

    ``value``: the driver's value ahead, or with ``shifted`` what is added to its values; ``bracket``: the two
    points of the scan between which it lies; ``found``: the figure there; ``roots``: how many changes of sign
    the scan saw.
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
    results: Results
    """The model at the root."""


def value_row(method: str, company: Company | None = None) -> str:
    """Return the row that holds the value per share by a method; an unknown one is an :class:`UnknownNameError`."""
    rows = (company or companies.default()).presentation.questions.values
    if method not in rows:
        known = f"methods are {', '.join(rows)}" if rows else "this company has none"
        raise UnknownNameError(f"unknown method {method!r}{did_you_mean(method, rows)}; {known}")
    return rows[method]


def solve(  # noqa: PLR0913  # a question has a subject, an object, a place to look and a way
    scenario: Scenario,
    driver: str,
    target: float,
    figure: str,
    *,
    period: Period | None = None,
    years: Sequence[int] = (),
    between: tuple[float, float] | None = None,
    shift: bool = False,
) -> Root:
    """Find the value of a driver at which a figure of the model equals a target.

    The bracket is scanned at 33 points; the change of sign nearest to the scenario's own value is closed in
    by Brent's method (scipy). Points at which the figure has no meaning (a WACC below growth) are passed
    over, so the search stays defined where free cash flow is negative.

    Parameters
    ----------
    driver
        A driver row, or a question in plain words (``questions.drivers`` of the company). Its value is the
        same in all years ahead, unless ``years`` are given.
    target
        In the unit of the figure.
    figure, period
        A row of the model and, if it varies with time, a period.
    between
        Bracket; default: the driver's allowed range.
    shift
        Add the same to the driver's values in all years ahead, instead of replacing them.

    Raises
    ------
    NoRootError
        If the figure does not reach the target in the bracket; the message says what it reaches.
    InputError, UnknownNameError
        If the driver cannot be solved for, or is unknown.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  # slow to load, and only this function needs it

    company = scenario.company
    answers = company.presentation.questions.drivers
    spec = spec_named(answers.get(driver, driver), driver_specs(company), "solve")
    low, high = _bracket(spec, scenario, between, shift=shift)

    def scenario_at(value: float) -> Scenario:
        return _changed(scenario, spec, value, years, shift=shift)

    def figures(values: Sequence[float]) -> tuple[NDArray[np.float64], Results]:
        results = run([scenario_at(value) for value in values])
        return np.array([_read(results, figure, period, place) for place in range(len(values))]), results

    places, points, values, results = _scan(figures, target, low, high)
    if not places:
        raise NoRootError(_no_root(spec, figure, target, points, values, results))
    own = 0.0 if shift else _own_value(scenario, spec)
    for place in sorted(places, key=lambda each: abs((points[each] + points[each + 1]) / 2 - own)):
        bracket = (float(points[place]), float(points[place + 1]))
        root = float(
            brentq(lambda value: float(figures([value])[0][0]) - target, *bracket, xtol=1e-13, rtol=1e-14)
        )
        (found,), results = figures([root])
        if abs(found - target) <= _RELATIVE_TOLERANCE * max(1.0, abs(target)):
            break
    else:
        raise NoRootError(
            f"no root in [{low:g}, {high:g}]: {figure} jumps over {target:g} at {spec.key} = {root:g}"
        )
    return Root(
        spec.key, root, shift, bracket, (low, high), figure, target, float(found), len(places), results
    )


def _scan(
    figures: Callable[[Sequence[float]], tuple[NDArray[np.float64], Results]],
    target: float,
    low: float,
    high: float,
) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64], Results]:
    """Look for changes of sign at 33 points; where there is none, again around the point that comes nearest, and once more.

    A second look finds two roots that lie close together, and a root beside the point where the figure loses
    its meaning.
    """
    first: tuple[list[int], NDArray[np.float64], NDArray[np.float64], Results] | None = None
    for _ in range(_LOOKS):
        points = np.linspace(low, high, _SCAN)
        values, results = figures(points.tolist())
        signs = np.sign(values - target)
        places = [
            place
            for place in range(_SCAN - 1)
            if np.isfinite(values[place : place + 2]).all()
            and (signs[place] == 0 or signs[place] * signs[place + 1] < 0 or _ends_in_root(signs, place))
        ]
        if np.isfinite(values).all() and not np.ptp(values):
            places = []
        first = first or (places, points, values, results)
        if places:
            return places, points, values, results
        if not np.isfinite(values).any() or (np.isfinite(values).all() and not np.ptp(values)):
            break
        nearest = int(np.nanargmin(np.abs(values - target)))
        low, high = float(points[max(nearest - 1, 0)]), float(points[min(nearest + 1, _SCAN - 1)])
    return first  # type: ignore[return-value]  # the loop ran at least once


def _ends_in_root(signs: NDArray[np.float64], place: int) -> bool:
    """Tell whether the last point of the scan is a root: every other point counts as the first of its bracket."""
    return bool(place == _SCAN - 2 and signs[place + 1] == 0)


def _bracket(
    spec: DriverSpec, scenario: Scenario, between: tuple[float, float] | None, *, shift: bool
) -> tuple[float, float]:
    if (
        spec.driver.whole
        or spec.driver.kind in {"seasonal", "elapsed"}
        or spec.driver.sums_to_one
        or spec.driver.unit == "quarter"
    ):
        raise InputError(
            f"{spec.key} cannot be solved for: it is a whole number, a table or a share of one whole"
        )
    if shift and spec.driver.zero_means_none:
        raise InputError(
            f"{spec.key} : 0 means none is given, so it cannot be shifted: solve without --shift"
        )
    if shift and spec.driver.kind != "yearly":
        raise InputError(f"{spec.key} does not vary by year: solve for its value, without --shift")
    low, high = spec.minimum, spec.maximum
    if spec.driver.zero_means_none and not low:
        low = high * _SMALLEST_SHARE
    if shift:
        low, high = room(spec, "add", scenario.ahead(spec.key).values())
    if between is not None:
        first, last = between
        if not low <= first < last <= high:
            raise InputError(
                f"--between needs two numbers in order, within {low:g}..{high:g} ({spec.key}), not {first:g} {last:g}"
            )
        low, high = first, last
    return low, high


def _changed(
    scenario: Scenario, spec: DriverSpec, value: float, years: Sequence[int], *, shift: bool
) -> Scenario:
    if shift:
        moved = {period: spec.clipped(own + value) for period, own in scenario.ahead(spec.key).items()}
        return scenario.with_overrides({spec.key: moved})
    bounded = spec.clipped(value)  # against rounding
    if years and spec.driver.kind == "yearly":
        return scenario.with_overrides({spec.key: {str(year): bounded for year in years}})
    return scenario.with_overrides({spec.key: bounded})


def _own_value(scenario: Scenario, spec: DriverSpec) -> float:
    """Return the scenario's value of the driver, in the first full year ahead if it varies by year."""
    values = scenario.table[spec.key]
    return values[ALL] if ALL in values else values[str(min(scenario.as_of.year + 1, int(max(values)[:4])))]


def _read(results: Results, figure: str, period: Period | None, place: int) -> float:
    if period is None:
        row = results.values[results.plan.row(figure).key][0]
        return float(row[min(place, len(row) - 1)])
    return results.value(figure, period, place)


def _no_root(
    spec: DriverSpec,
    figure: str,
    target: float,
    points: NDArray[np.float64],
    values: NDArray[np.float64],
    results: Results,
) -> str:
    known = np.isfinite(values)
    where = f"no root in [{points[0]:g}, {points[-1]:g}]"
    if not known.any():
        return f"{where}: {figure} has no meaning anywhere there"
    if known.all() and not np.ptp(values):
        return f"{where}: {spec.key} does not move {figure}, which is {values[0]:,.2f} whatever it is"
    low, high = values[known].min(), values[known].max()
    text = f"{where}: at {_SCAN} points of it {figure} runs from {low:,.2f} to {high:,.2f}, and {target:,.10g} was not found"
    hint = spec.company.presentation.questions.hint(spec.key, results.values, results.plan.axis)
    return f"{text}; {hint}" if hint else text
