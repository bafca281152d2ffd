"""A line's reported figure for a period that may not be over yet, and the full-period figure it implies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.backends.arrays import Array, applied, by_year
from model.language.nodes import leaves
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from model.plan.plan import key_of
from model.results import Results, in_years


@dataclass(frozen=True)
class Observation:
    """A line in a period, by reported quarters only.

    ``value``: the reported figure of the full period or of its reported quarters (NaN: none); ``quarters``:
    the number of these; ``outlook``: the full-period figure that ``value`` implies; ``latest``: the figure is
    that of the last quarter, a balance or a ratio of trailing sums, and does not cover the quarters so far.
    """

    value: float
    outlook: float
    quarters: int
    complete: bool
    latest: bool = False


def reported_so_far(results: Results, key: str, period: Period) -> Observation:
    """Return the reported figure of a line in a quarter or a fiscal year at the as-of of ``results``.

    Outlook of a running year: a flow keeps the season of the year before (so far * last year / last year so
    far); a balance stays as it is; a ratio stays what it is over the quarters reported, against the same
    quarters of the year before where its formula looks back.
    """
    axis, row = results.plan.axis, results.values[key]
    split = axis.forecast_start
    if period.frequency == "quarterly":
        place = axis.position(Quarter(period.year, period.quarter))
        value = float(row[place, 0]) if place < split else float("nan")
        return Observation(value, value, int(place < split), place < split)
    year = axis.year_position(period.year)
    first = year * QUARTERS_A_YEAR
    quarters = min(max(split - first, 0), QUARTERS_A_YEAR)
    if quarters == QUARTERS_A_YEAR:
        value = results.value(key, period)
        return Observation(value, value, quarters, complete=True)
    if not quarters:
        return Observation(float("nan"), float("nan"), 0, complete=False)
    line = results.plan.row(key).line
    if line is None or line.annual == "none":
        value = float(row[split - 1, 0])
        return Observation(value, value, quarters, complete=False, latest=True)
    value = float(_so_far(results, key, quarters)[year, 0])
    if line.annual == "sum":
        before = row[first - QUARTERS_A_YEAR : first, 0]
        outlook = float(value * before.sum() / before[:quarters].sum())
        return Observation(value, outlook, quarters, complete=False)
    return Observation(value, value, quarters, complete=False, latest=_of_balances(results, key))


def _so_far(results: Results, key: str, quarters: int) -> Array:
    """Return a line by year after its first quarters: sum, mean, last balance, or a ratio of these."""
    row = results.plan.row(key)
    rule = row.line.annual if row.line is not None else "last"
    years = by_year(results.values[key][:, :1])
    if rule in {"sum", "mean"}:
        return np.asarray(years[:, :quarters].sum(axis=1) / (1 if rule == "sum" else quarters))
    if rule != "ratio" or row.forecast is None:
        return years[:, quarters - 1]
    formula = in_years(row.forecast)
    inputs = {key: _so_far(results, key, quarters) for key in map(key_of, leaves(formula))}
    return applied(formula, inputs, (len(years), 1), results.plan)


def _of_balances(results: Results, key: str) -> bool:
    """Tell whether a line relates only balances and trailing sums, so that its last quarter is its figure."""
    row = results.plan.row(key)
    if row.line is None or row.line.annual != "ratio" or row.forecast is None:
        return row.line is None or row.line.annual != "sum"
    return all(_of_balances(results, key_of(leaf)) for leaf in leaves(row.forecast))
