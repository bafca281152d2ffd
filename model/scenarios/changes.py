"""What one scenario changes of another, and the file that says so: the way back from driver values to a scenario file."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.language.periods import Quarter
from model.scenarios.drivers import ALL, as_text, driver_specs, interpolated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.scenarios.drivers import DriverSpec, PeriodValues
    from model.scenarios.scenario import Scenario

DIGITS_OF_A_FILE: Final = 1e-14
"""Workbooks hold fifteen to seventeen digits of a number, by the program that saved them: a smaller difference is no change."""
_MOST_SHOWN: Final = 8
_ESCAPE: Final = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
"""Begins what a workbook takes for the code of a character."""


@dataclass(frozen=True)
class Change:
    """A driver that differs: what a scenario file gives for it, and what it was, by period, where it differs."""

    spec: DriverSpec
    given: PeriodValues
    before: Mapping[str, float | None]
    """None: the quarter had no value of its own."""


def changes(base: Scenario, changed: Scenario) -> list[Change]:
    """Return the drivers whose values matter to the model and differ, as a scenario file that is based on ``base`` gives them.

    A year is given with the years after it, and with the quarters in them that have values of their own: a
    file that sets a year sets those that follow it, and drops what its base gave for single quarters.

    Parameters
    ----------
    base, changed
        Scenarios of one as-of. Of ``changed``, only what a workbook shows need be there.
    """
    used, company = base.plan.used_in_history, base.company
    found = []
    for key, spec in driver_specs(company).items():
        first = company.first if key in used else base.as_of.shifted(1)
        before, after = (_shown(each.table[key], first, company.last) for each in (base, changed))
        after = {
            period: before[period] if _same(value, before.get(period)) else value
            for period, value in after.items()
        }
        differing = [
            period
            for period in sorted(before.keys() | after.keys())
            if before.get(period) != after.get(period)
        ]
        if differing:
            found.append(
                Change(
                    spec,
                    _given(spec, after, differing, base.as_of),
                    {period: before.get(period) for period in differing},
                )
            )
    return found


def _shown(values: Mapping[str, float], first: Quarter, last: Quarter) -> PeriodValues:
    """Return the values from a quarter, and its year, to the end of the axis; or the one that holds for all."""
    earliest = {True: str(first), False: str(first.year)}
    return {
        period: value for period, value in values.items()
        if period == ALL or (earliest["Q" in period] <= period and int(period[:4]) <= last.year)
    }  # fmt: skip


def _same(value: float, other: float | None) -> bool:
    return other is not None and math.isclose(value, other, rel_tol=DIGITS_OF_A_FILE)


def _given(spec: DriverSpec, values: PeriodValues, differing: Sequence[str], as_of: Quarter) -> PeriodValues:
    """Return what a file must give so that a driver gets these values."""
    if spec.driver.kind == "yearly":
        return _by_year(values, differing, repeats=spec.repeats)
    return _knots(values, as_of, spec.company.last) if spec.driver.kind == "elapsed" else dict(values)


def _by_year(values: PeriodValues, differing: Sequence[str], *, repeats: bool) -> PeriodValues:
    """Return the years to be given, each that repeats the one before it left out, and the quarters' own values."""
    years = {period[:4] for period in differing if "Q" not in period or period not in values}
    if years and repeats:
        years = {period for period in values if "Q" not in period and period >= min(years)}
    given: PeriodValues = {}
    last = math.nan
    for year in sorted(years):
        if not repeats or values[year] != last:
            given[year] = values[year]
        last = values[year]
    return given | {
        period: values[period]
        for period in sorted(values)
        if "Q" in period and (period[:4] in years or period in differing)
    }


def _knots(values: PeriodValues, as_of: Quarter, last_quarter: Quarter) -> PeriodValues:
    """Return the fewest of the values, by quarters since as-of, between which the others lie straight, to the last bit."""
    by_distance = {Quarter.parse(period) - as_of: value for period, value in values.items()}
    first, last = min(by_distance), max(by_distance)
    kept = {str(first): by_distance[first]}
    while first < last:
        for end in range(last, first, -1):
            ends = {str(each): by_distance[each] for each in (first, end)}
            between = interpolated(ends, as_of, last_quarter)
            if all(between[str(as_of.shifted(each))] == by_distance[each] for each in range(first, end + 1)):
                break
        kept[str(end)] = by_distance[end]
        first = end
    return kept


@dataclass(frozen=True)
class Heading:
    """The head of a scenario file."""

    name: str
    title: str
    base: str
    as_of: Quarter


def scenario_text(heading: Heading, changed: Sequence[Change], source: str) -> str:
    """Return the text of a scenario file that makes these changes, with the values before in comments."""
    head = {"name": heading.name, "title": heading.title, "base": heading.base, "as_of": str(heading.as_of)}
    parts = ["".join(f"{key} = {_quoted(each)}\n" for key, each in head.items())]
    for change in changed:
        unit = change.spec.driver.unit
        values = {period: _value(value, unit) for period, value in change.given.items()}
        text = (
            f"value = {values[ALL]}"
            if ALL in values
            else f"values = {{ {', '.join(f'{each} = {values[each]}' for each in values)} }}"
        )
        parts.append(
            f'[drivers.{_quoted(change.spec.key)}]\nunit = {_quoted(unit)}\ngrade = "J"\nsource = {_quoted(source)}\n'
            f"# before: {_before(change)}\n{text}\n"
        )  # fmt: skip
    return "\n".join(parts)


def _before(change: Change) -> str:
    unit = change.spec.driver.unit
    shown = [
        (f"{period} = " if period != ALL else "")
        + (_value(value, unit) if value is not None else "as its year")
        for period, value in change.before.items()
    ]
    return ", ".join(shown[:_MOST_SHOWN]) + (
        f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    )


def _value(value: float, unit: str) -> str:
    """Return a number to the last bit, a quarter or a date as people write it."""
    is_coded = unit in {"quarter", "date"} and value == round(value)
    return _quoted(as_text(value, unit)) if is_coded else repr(float(value))


def _quoted(text: str) -> str:
    """Return a text as TOML writes it: what cannot be printed, or would mean something in a cell, is replaced."""
    plain = "".join(each if each.isprintable() else "?" for each in text).lstrip("=")
    return json.dumps(_ESCAPE.sub("-x", plain), ensure_ascii=False)
