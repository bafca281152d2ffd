"""What is reported of a line in a period that may still run, and what that points to for the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.axis import QUARTERS_A_YEAR, Period, Quarter
from model.build import key_of, leaves
from model.evaluate import term_of
from model.results import Results, in_years

if TYPE_CHECKING:
    from model.expr import Expr


@dataclass(frozen=True)
class Observation:
    """A line in a period, by reported quarters only.

    ``value``: what is reported, of the whole period or so far (NaN: nothing); ``quarters``: how many of its quarters;
    ``outlook``: what the figure so far points to for the whole period.
    """

    value: float
    outlook: float
    quarters: int
    complete: bool


def observe(results: Results, key: str, period: Period) -> Observation:
    """Return what is reported of a line in a quarter or a fiscal year at the as-of of ``results``.

    Outlook of a running year: a flow keeps the season of the year before (so far * last year / last year so far); a balance
    stays as it is; a ratio stays what it is over the quarters reported, against the same quarters of the year before where
    its formula looks back, or, where it relates balances or trailing sums, what it is in the last quarter.
    """
    split = results.plan.axis.split
    if period.frequency == "quarterly":
        place = results.plan.axis.position(Quarter(period.year, period.quarter))
        value = float(results.values[key][place, 0]) if place < split else float("nan")
        return Observation(value, value, int(place < split), place < split)
    year = results.plan.axis.year_position(period.year)
    first = year * QUARTERS_A_YEAR
    quarters = min(max(split - first, 0), QUARTERS_A_YEAR)
    if quarters == QUARTERS_A_YEAR:
        value = results.value(key, period)
        return Observation(value, value, quarters, complete=True)
    if not quarters:
        return Observation(float("nan"), float("nan"), 0, complete=False)
    row = results.values[key][:, 0]
    line = results.plan.row(key).line
    rule = line.annual if line is not None else "none"
    if rule == "sum":
        so_far = float(row[first : first + quarters].sum())
        before = row[first - QUARTERS_A_YEAR : first]
        return Observation(so_far, so_far * float(before.sum() / before[:quarters].sum()), quarters, complete=False)
    formula = results.plan.row(key).forecast
    used = [results.plan.row(key_of(leaf)).line for leaf in leaves(formula)] if formula is not None else []
    flows = all(each is not None and each.annual == "sum" for each in used)
    value = _ratio_so_far(results, formula, year, quarters) if rule == "ratio" and flows and formula is not None else float(row[split - 1])
    return Observation(value, value, quarters, complete=False)


def _ratio_so_far(results: Results, formula: Expr, year: int, quarters: int) -> float:
    """Apply a ratio's formula over years to sums over the first quarters of each year."""
    years = results.plan.axis.length // QUARTERS_A_YEAR
    sums = {
        key_of(leaf): results.values[key_of(leaf)][:, :1].reshape(years, QUARTERS_A_YEAR, 1)[:, :quarters].sum(axis=1)
        for leaf in leaves(formula)
    }
    found = term_of(in_years(formula), results.plan)(sums, year, year + 1)
    return float(found[0, 0])
