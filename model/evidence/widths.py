"""Widths of the uncertainty that ships, measured: how far each driver came to lie from what was forecast."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.evidence.backtest import AHEAD, as_ofs, known_then, reported_results, rules_of
from model.language.periods import QUARTERS_A_YEAR
from model.results import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from model.backends.arrays import Values
    from model.company import Company
    from model.history import Width
    from model.language.periods import Quarter
    from model.simulation.distributions import Distribution
    from model.simulation.uncertainty import Uncertainty

_SPREADS: Final = {"normal": 1, "lognormal": 1}
"""Kinds whose width is one of their parameters: its place."""
DIGITS: Final = 2
"""Digits of a width that ships."""


@dataclass(frozen=True)
class DriverError:
    """A driver as reported less as forecast, in one quarter from an as-of."""

    as_of: Quarter
    quarter: Quarter
    move: str
    error: float


@companies.cached
def driver_errors(company: Company | None = None) -> tuple[DriverError, ...]:
    """Return the error of every driver that is measured, in every quarter of every forecast."""
    company = company or companies.default()
    reported = reported_results(company)
    found = []
    for as_of in as_ofs(company):
        values = run([known_then(as_of, company)]).values
        quarters = [each for each in map(as_of.shifted, AHEAD) if each <= reported.plan.axis.as_of]
        for move, width in rules_of(company).widths.items():
            for quarter in quarters:
                year = quarter.year - quarters[0].year
                if width.year is None or width.year == year:
                    places = [reported.plan.axis.position(each) for each in quarters if each <= quarter]
                    error = _measured(width, reported.values, places) - _measured(width, values, places)
                    found.append(DriverError(as_of, quarter, move, error))
    return tuple(found)


def _measured(width: Width, values: Values, places: list[int]) -> float:
    """Return a driver as figures show it in the last of some quarters."""
    row = np.sum([values[line][:, 0] for line in width.lines], axis=0)
    last = places[-1]
    if width.kind == "growth":
        return float(row[last] / row[last - QUARTERS_A_YEAR])
    if width.kind == "log":
        return math.log(row[last])
    taken = row[places].sum() if width.kind == "level" else row[last]
    return float(taken / values[width.to][last, 0])


def measured_widths(errors: Iterable[DriverError], without: Quarter | None = None) -> dict[str, float]:
    """Return the width of each move: the root of the mean square of its errors, to two digits.

    Around 0, so that what the rules missed on one side counts too. ``without``: leave out the forecasts of
    one as-of.
    """
    by_move: dict[str, list[float]] = {}
    for each in errors:
        if each.as_of != without:
            by_move.setdefault(each.move, []).append(each.error)
    widths = {move: math.sqrt(float(np.mean(np.square(found)))) for move, found in by_move.items()}
    return {move: float(f"{width:.{DIGITS}g}") for move, width in widths.items()}


def shipped_widths(uncertainty: Uncertainty) -> dict[str, float]:
    """Return the widths that an uncertainty has, by move, where a kind has one."""
    known = {move.name: move.distribution for move in uncertainty.moves}
    return {
        name: found.parameters[_SPREADS[found.kind]]
        for name, found in known.items()
        if found.kind in _SPREADS
    }


def with_widths(uncertainty: Uncertainty, widths: Mapping[str, float]) -> Uncertainty:
    """Return an uncertainty whose moves have other widths."""
    moves = [
        replace(move, distribution=_widened(move.distribution, widths[move.name]))
        if move.name in widths
        else move
        for move in uncertainty.moves
    ]
    return replace(uncertainty, moves=tuple(moves))


def _widened(distribution: Distribution, width: float) -> Distribution:
    parameters: list[Any] = list(distribution.parameters)
    parameters[_SPREADS[distribution.kind]] = width
    return replace(distribution, parameters=tuple(parameters))
