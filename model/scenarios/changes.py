"""The differences between two scenarios, written as a scenario file."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from model.errors import few
from model.language.periods import Quarter
from model.scenarios.drivers import driver_specs
from model.scenarios.given import interpolated
from model.scenarios.spec import ALL, DriverSpec, PeriodValues, as_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.scenarios.overlay import Origin
    from model.scenarios.scenario import Scenario

DIGITS_OF_A_FILE: Final = 1e-14
"""Programs save fifteen to seventeen digits of a number in a workbook: a smaller difference is no change."""
_MOST_SHOWN: Final = 8
_ESCAPE: Final = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")
"""Workbooks read this as the code of a character."""


@dataclass(frozen=True)
class Change:
    """A driver that differs: its values in a scenario file, and both sides where they differ."""

    spec: DriverSpec
    given: PeriodValues
    before: Mapping[str, float | None]
    """By period; None: the quarter had no value of its own."""
    after: Mapping[str, float | None]


def changes(base: Scenario, changed: Scenario) -> list[Change]:
    """Return the drivers that differ where the model uses them, as a file based on ``base`` gives them.

    A year is given with its quarters that have values of their own, which a file that sets the year would
    drop. The scenarios share an as-of; ``changed`` needs only the values that a workbook shows.
    """
    changed_drivers = []
    for key, spec in driver_specs(base.company).items():
        first = base.first_used(key)
        before, after = base.ahead(key, first), changed.ahead(key, first)
        # a value that differs by rounding only is the value before
        after |= {each: before[each] for each in after if is_same(after[each], before.get(each))}
        periods = sorted(before.keys() | after.keys())
        differing = [each for each in periods if before.get(each) != after.get(each)]
        if differing:
            was, now = ({each: values.get(each) for each in differing} for values in (before, after))
            changed_drivers.append(Change(spec, _given(spec, after, differing, base.as_of), was, now))
    return changed_drivers


def is_same(value: float | None, other: float | None) -> bool:
    """Tell whether two values, or two missing ones, are the same but for what programs round."""
    if value is None or other is None:
        return value is other
    return math.isclose(value, other, rel_tol=DIGITS_OF_A_FILE)


def _given(spec: DriverSpec, values: PeriodValues, differing: Sequence[str], as_of: Quarter) -> PeriodValues:
    """Return the values that a file must hold so that the driver gets these."""
    if spec.driver.kind == "yearly":
        return _by_year(values, differing)
    return _knots(values, as_of, spec.company.last) if spec.driver.kind == "elapsed" else dict(values)


def _by_year(values: PeriodValues, differing: Sequence[str]) -> PeriodValues:
    """Return what differs; a year is given with all its quarters that have values of their own."""
    years = {period[:4] for period in differing if "Q" not in period or period not in values}
    return {each: values[each] for each in sorted(values) if each in differing or each[:4] in years}


def _knots(values: PeriodValues, as_of: Quarter, last_quarter: Quarter) -> PeriodValues:
    """Return the fewest values, by quarters since the as-of, that give the others by straight lines."""
    by_distance = {Quarter.parse(period) - as_of: value for period, value in values.items()}
    first, last = min(by_distance), max(by_distance)

    def is_straight(start: int, end: int) -> bool:
        ends = {str(start): by_distance[start], str(end): by_distance[end]}
        line = interpolated(ends, as_of, last_quarter)
        return all(line[str(as_of.shifted(each))] == by_distance[each] for each in range(start, end + 1))

    kept = {str(first): by_distance[first]}
    while first < last:
        first = next(end for end in range(last, first, -1) if is_straight(first, end))
        kept[str(first)] = by_distance[first]
    return kept


@dataclass(frozen=True)
class Heading:
    """The head of a scenario file; ``more``: other keys, each a text or a number."""

    name: str
    title: str
    base: str
    as_of: Quarter
    more: Mapping[str, str | float] = field(default_factory=dict)


def scenario_text(
    heading: Heading, changed: Sequence[Change], source: str, origins: Mapping[str, Origin] | None = None
) -> str:
    """Return the text of a scenario file that makes these changes, with the earlier values in comments.

    ``origins``: driver -> grade and source of its values; without one they are judgement from ``source``.
    """
    head = {"name": heading.name, "title": heading.title, "base": heading.base, "as_of": str(heading.as_of)}
    lines = {key: _quoted(each) for key, each in head.items()}
    lines |= {
        key: _quoted(each) if isinstance(each, str) else f"{each:g}" for key, each in heading.more.items()
    }
    parts = ["".join(f"{key} = {each}\n" for key, each in lines.items())]
    for change in changed:
        origin = (origins or {}).get(change.spec.key)
        grade, text = (origin.grade, origin.source) if origin and origin.source else ("J", source)
        unit = change.spec.driver.unit
        values = {period: _value(value, unit) for period, value in change.given.items()}
        by_period = ", ".join(f"{period} = {value}" for period, value in values.items())
        given = f"value = {values[ALL]}" if ALL in values else f"values = {{ {by_period} }}"
        parts.append(
            f"[drivers.{_quoted(change.spec.key)}]\nunit = {_quoted(unit)}\ngrade = {_quoted(grade or 'J')}\n"
            f"source = {_quoted(text)}\n# before: {_before(change)}\n{given}\n"
        )
    return "\n".join(parts)


def _before(change: Change) -> str:
    unit = change.spec.driver.unit
    shown = []
    for period, value in change.before.items():
        was = "as its year" if value is None else _value(value, unit)
        shown.append(was if period == ALL else f"{period} = {was}")
    return few(shown, _MOST_SHOWN)


def _value(value: float, unit: str) -> str:
    """Return a number to the last bit; a quarter or a date as people write it."""
    is_coded = unit in {"quarter", "date"} and value == round(value)
    return _quoted(as_text(value, unit)) if is_coded else repr(float(value))


def _quoted(text: str) -> str:
    """Return a text in TOML, with characters replaced that cannot be printed or have a meaning in a cell."""
    plain = "".join(each if each.isprintable() else "?" for each in text).lstrip("=")
    return json.dumps(_ESCAPE.sub("-x", plain), ensure_ascii=False)
