"""Lines over time, of one scenario or several side by side: tables, and records for programs."""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amzn_fcf.text.figures import difference_of
from amzn_fcf.text.lines import frequency_of
from amzn_fcf.text.tables import Column, left, print_records, print_table, right
from model.errors import NotAvailableError
from model.language.periods import Period
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.language.periods import Basis, Quarter
    from model.language.units import Measure
    from model.results import Results


@dataclass(frozen=True)
class Series:
    """A line of a scenario by period, or (``difference``) what one scenario has more of it than another."""

    line: str
    label: str
    scenario: str
    as_of: Quarter
    look: Measure
    unit: str
    values: Mapping[str, float]
    bases: Mapping[str, Basis] = field(default_factory=dict)
    difference: bool = False

    def text(self, period: str) -> str:
        """Return a figure as text; empty where there is none."""
        value = self.values.get(period)
        if value is None:
            return ""
        return self.look.change_text(value) if self.difference else self.look.text(value)


def series_of(results: Results, line: str, period: str) -> Series:
    """Return a line of one scenario: in one period, or in all of a frequency in which it has a figure."""
    row, scenario, axis = results.plan.row(line), results.scenarios[0], results.plan.axis
    found: dict[str, float] = {}
    bases: dict[str, Basis] = {}
    if not row.timed:
        found[ALL] = float(results.values[line][0, 0])
    elif (frequency := frequency_of(period)) is None:
        one = Period.parse(period)
        found[str(one)] = results.value(line, one)
        bases[str(one)] = axis.basis(one)
    else:
        for each in results.periods(frequency):
            with contextlib.suppress(NotAvailableError):
                found[str(each)] = results.value(line, each)
                bases[str(each)] = axis.basis(each)
    return Series(line, row.label, scenario.name, scenario.as_of, row.look, row.unit, found, bases)


def without_figure(results: Results, line: str, period: str) -> Series:
    """Return a line that has no figure in a period, as some lines of a statement have none."""
    row, scenario = results.plan.row(line), results.scenarios[0]
    return Series(line, row.label, scenario.name, scenario.as_of, row.look, row.unit, {period: math.nan})


def side_by_side(found: Sequence[Series]) -> list[Series]:
    """Return series line by line: the scenarios of each, and what they have more than the first."""
    result = []
    for line in dict.fromkeys(each.line for each in found):
        first, *others = (each for each in found if each.line == line)
        result.append(first)
        for each in others:
            result += [each, _difference(first, each)]
    return result


def _difference(first: Series, other: Series) -> Series:
    values = {}
    for period in (each for each in other.values if each in first.values):
        pair = first.values[period], other.values[period]
        amount = None if any(map(first.look.is_none, pair)) else difference_of(first.unit, *pair)
        values[period] = math.nan if amount is None else amount
    name = f"{other.scenario} - {first.scenario}"
    return Series(first.line, first.label, name, other.as_of, first.look, first.unit, values, difference=True)


def periods_of(found: Sequence[Series]) -> list[str]:
    """Return the periods of series, in order; last what has none."""
    periods = {period for each in found for period in each.values}
    return sorted(periods, key=lambda period: (period == ALL, period))


def print_series(found: Sequence[Series], form: str, *, pivot: bool) -> None:
    """Print series: periods down and lines across, or (``pivot``) the other way round; JSON has neither."""
    if form == "text":
        columns, rows = _pivoted(found) if pivot else _upright(found)
        print_table("", columns, rows)
    elif pivot and form == "csv":
        periods = periods_of(found)
        print_records([_wide(each, periods) for each in side_by_side(found)], form)
    else:
        print_records(figure_records(found), form)


def _upright(found: Sequence[Series]) -> tuple[list[Column], list[list[str]]]:
    shown = side_by_side(found)
    titles = [f"{each.line}\n{each.scenario}, {each.unit}" for each in shown]
    rows = [[period, *(each.text(period) for each in shown)] for period in periods_of(found)]
    return [*left("period"), *right(*titles)], rows


def _pivoted(found: Sequence[Series]) -> tuple[list[Column], list[list[str]]]:
    periods = periods_of(found)
    rows = [[each.line, each.scenario, each.unit, *map(each.text, periods)] for each in side_by_side(found)]
    return [*left("line", "scenario", "unit"), *right(*periods)], rows


def _wide(each: Series, periods: Sequence[str]) -> dict[str, object]:
    record: dict[str, object] = {"line": each.line, "scenario": each.scenario, "unit": each.unit}
    return record | {period: _recorded(each, period) for period in periods}


def _recorded(each: Series, period: str) -> object:
    value = each.values.get(period, math.nan)
    return value if each.difference else each.look.recorded(value)


def figure_records(found: Sequence[Series]) -> list[dict[str, object]]:
    """Return a record for each figure; of several scenarios also for what the others have more."""
    return [
        {
            "kind": "figure", "line": each.line, "period": period, "scenario": each.scenario,
            "value": _recorded(each, period), "unit": each.unit,
        }
        for each in side_by_side(found)
        for period in each.values
    ]  # fmt: skip
