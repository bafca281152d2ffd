"""What differs between two scenarios, as text and as records: inputs, estimates, bridges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from amzn_fcf.text.figures import difference_of, first_year
from amzn_fcf.text.tables import left, print_table, right
from model.errors import few
from model.language.periods import Period, Quarter
from model.language.units import counted, measure
from model.results import run
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.analysis.bridge import Bridge, Effect
    from model.scenarios.changes import Change
    from model.scenarios.scenario import Scenario

Record = dict[str, object]
More = Mapping[tuple[str, str], Record]

_YEARS: Final = 3
_MOST_SHOWN: Final = 3
"""Values of a changed input that are shown."""


class Estimate(NamedTuple):
    """A figure of both scenarios; ``period`` is empty for a result."""

    line: str
    period: str
    label: str
    unit: str
    before: float
    after: float


def estimates(before: Scenario, after: Scenario) -> list[Estimate]:
    """Return the headline figures of two scenarios: lines of three years, values per share, events."""
    words = after.company.presentation
    results = [run([each]) for each in (before, after)]
    first = first_year(after.company)
    asked: list[tuple[str, Period | None]] = [
        (line, Period("annual", year))
        for line in words.reports.compared
        for year in range(first, min(first + _YEARS, after.company.last.year + 1))
    ]
    asked += [(line, None) for line in (*words.questions.values.values(), *words.questions.events)]
    found = []
    for line, period in asked:
        row = results[0].plan.row(line)
        pair = [
            float((each.values[line][0, 0]) if period is None else each.value(line, period))
            for each in results
        ]
        found.append(Estimate(line, str(period or ""), row.label, row.unit, *pair))
    return found


def input_records(changed: Sequence[Change], after: Scenario, more: More | None = None) -> Iterator[Record]:
    """Yield a record for each value of a changed input; ``more``: fields by driver and period."""
    empty: Record = {"cell": None, "effect_on_value": None, "effect_on_cash_flow": None}
    for change in changed:
        unit, key = change.spec.driver.unit, change.spec.key
        for period, value in change.before.items():
            both = value, change.after[period]  # None: no value of its own
            old, new = (None if each is None else change.spec.driver.look.recorded(each) for each in both)
            yield {
                "kind": "input", "driver": key, "period": period, "unit": unit,
                "before": old, "after": new, "source": str(after.origin_of(key)),
            } | empty | (more or {}).get((key, period), {})  # fmt: skip


def estimate_records(figures: Sequence[Estimate]) -> Iterator[Record]:
    """Yield a record for each figure of both scenarios."""
    for each in figures:
        recorded = measure(each.unit).recorded
        yield {
            "kind": "estimate", "line": each.line, "period": each.period or ALL, "unit": each.unit,
            "before": recorded(each.before), "after": recorded(each.after), "difference": _difference(each),
        }  # fmt: skip


def bridge_records(bridges: Sequence[Bridge]) -> Iterator[Record]:
    """Yield a record for each effect of a bridge, then their sum."""
    for bridge in bridges:
        output, unit = str(bridge.output), bridge.unit
        for effect in bridge.effects:
            yield bridge_record(output, effect.cause.label, unit, effect.amount) | {
                "drivers": list(effect.cause.drivers), "standard_error": effect.error,
            }  # fmt: skip
        total = math.fsum(each.amount for each in bridge.effects)
        yield {"kind": "bridge_sum", "output": output, "unit": unit, "effect": total}


def bridge_record(output: str, cause: str, unit: str, effect: float) -> Record:
    """Return a record of what a cause adds to a figure."""
    return {
        "kind": "bridge", "output": output, "driver": cause, "drivers": [], "unit": unit, "effect": effect,
        "standard_error": 0.0,
    }  # fmt: skip


def print_head(
    before: Scenario,
    after: Scenario,
    changed: Sequence[Change],
    more: str,
    files: tuple[str, str] | None = None,
) -> None:
    """Print what is compared, and how much differs; ``more``: in the cells of the ``files``, workbooks."""
    names = [f"{each.name} (as of {each.as_of})" for each in (before, after)]
    if files:
        sides = zip(files, (before, after), strict=True)
        names = [f"{file} ({each.name}, as of {each.as_of})" for file, each in sides]
    if not changed and not more and before.as_of == after.as_of:
        print(f"{names[0]} and {names[1]}: no driver differs")
        return
    differing = f"{counted(len(changed), 'driver')} {'differs' if len(changed) == 1 else 'differ'}"
    print(f"{names[0]} against {names[1]}: {differing}{f', {more}' if more else ''}")


def print_inputs(names: tuple[str, str], changed: Sequence[Change]) -> None:
    """Print the inputs that differ."""
    rows = [[each.spec.key, each.spec.driver.unit, *sides_of(each)] for each in changed]
    if rows:
        print_table("Inputs that differ", left("driver", "unit", *names), rows)


def names_of(before: Scenario, after: Scenario) -> tuple[str, str]:
    """Return the names of two scenarios, with the as-of where they are the same."""
    if before.name != after.name:
        return before.name, after.name
    return f"{before.name}@{before.as_of}", f"{after.name}@{after.as_of}"


def sides_of(change: Change) -> tuple[str, str]:
    """Return the values of an input before and after, as text."""
    text = change.spec.driver.look.text

    def side(values: Mapping[str, float | None]) -> str:
        parts = []
        for period, value in values.items():
            figure = "as its year" if value is None else text(value)
            parts.append(figure if period == ALL else f"{period} {figure}")
        return few(parts, _MOST_SHOWN)

    return side(change.before), side(change.after)


def print_estimates(names: tuple[str, str], figures: Sequence[Estimate]) -> None:
    """Print headline figures side by side: lines by year, then results."""
    periods = list(dict.fromkeys(each.period for each in figures if each.period))
    found = {(each.line, each.period): each for each in figures}
    heads = [f"{period}\n{name}" for period in periods for name in (*names, "difference")]
    rows = []
    for line in dict.fromkeys(each.line for each in figures if each.period):
        parts = [found[line, period] for period in periods]
        cells = [cell for each in parts for cell in _cells(each)]
        rows.append([parts[0].label, parts[0].unit, *cells])
    if rows:
        print_table("Estimates", [*left("line", "unit"), *right(*heads)], rows)
    rows = [[each.label, each.unit, *_cells(each)] for each in figures if not each.period]
    if rows:
        print_table("Results", [*left("", "unit"), *right(*names, "difference")], rows)


def _cells(each: Estimate) -> list[str]:
    unit = measure(each.unit)
    return [unit.text(each.before), unit.text(each.after), unit.change_text(_difference(each))]


def _difference(each: Estimate) -> float | None:
    return difference_of(each.unit, each.before, each.after)


def print_bridges(names: tuple[str, str], bridges: Sequence[Bridge]) -> None:
    """Print bridges side by side: they have the same causes."""
    heads = [f"{each.output}\n{each.unit}" for each in bridges]
    rows = [[names[0], *(_end(each, each.before) for each in bridges)]]
    for place in bridges[0].by_size:
        effects = [each.effects[place] for each in bridges]
        cells = [_effect(bridge.unit, effect) for bridge, effect in zip(bridges, effects, strict=True)]
        rows.append([effects[0].cause.label, *cells])
    rows.append([names[1], *(_end(each, each.after) for each in bridges)])
    print_table("Bridge", [*left("cause"), *right(*heads)], rows, ruled=(1, len(rows) - 1))
    print(*bridge_notes(bridges), sep="\n")


def bridge_notes(bridges: Sequence[Bridge]) -> list[str]:
    """Return what is said below bridges: what an effect is, and how an event that never happens counts."""
    notes = ["An effect is the mean over all orders in which the causes can be moved; they add up exactly."]
    if orders := bridges[0].orders:
        notes = [f"An effect is the mean over {orders} orders, in pairs; +/-: its standard error."]
    never = "where it does not happen within the model's years"
    return notes + [f"{each.output}: {never}, it counts as {each.beyond}." for each in bridges if each.beyond]


def _end(bridge: Bridge, value: float) -> str:
    if bridge.output.is_event:
        return str(Quarter.from_count(value))
    return measure(bridge.output.unit).text(value)


def _effect(unit: str, effect: Effect) -> str:
    text = measure(unit).change_text
    return text(effect.amount) + (f" +/- {text(effect.error).removeprefix('+')}" if effect.error else "")
