"""Lines of the model: their figures, or their definitions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from amzn_fcf.text.figures import shown, text
from amzn_fcf.text.tables import Column, print_records, print_table
from model.backends.prose import definition
from model.language.periods import Frequency, Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.results import Results
    from model.scenarios.scenario import Scenario


class Entry(NamedTuple):
    """One figure."""

    line: str
    period: str
    scenario: str
    value: float | str | None
    unit: str


def entries_of(results: Results, line: str, period: str) -> Iterator[Entry]:
    """Yield the figures of a line: of one period, or of all periods of a frequency."""
    row = results.plan.row(line)
    name = results.scenarios[0].name
    if not row.timed:
        yield Entry(line, "all", name, shown(results.values[line][0, 0], row.unit), row.unit)
    elif period.lower() in get_args(Frequency):
        frequency = cast("Frequency", period.lower())
        figures = results.series(line, frequency)[:, 0]
        for each, value in zip(results.periods(frequency), figures, strict=True):
            if not math.isnan(value):
                yield Entry(line, str(each), name, shown(value, row.unit), row.unit)
    else:
        one = Period.parse(period)
        yield Entry(line, str(one), name, shown(results.value(line, one), row.unit), row.unit)


def print_entries(entries: Sequence[Entry], form: str) -> None:
    """Print figures: periods down, lines and scenarios across."""
    if form != "text":
        print_records([entry._asdict() for entry in entries], form)
        return
    columns = list(dict.fromkeys((entry.line, entry.scenario, entry.unit) for entry in entries))
    cells = {(entry.period, entry.line, entry.scenario): text(entry.value, entry.unit) for entry in entries}
    titles = [Column(f"{line}\n{scenario}, {unit}", right=True) for line, scenario, unit in columns]
    periods = dict.fromkeys(entry.period for entry in entries)
    rows = [[period, *(cells.get((period, *column[:2]), "") for column in columns)] for period in periods]
    print_table("", [Column("period"), *titles], rows)


def print_lines(scenario: Scenario, form: str) -> None:
    """Print the name, unit, label and definition of every line."""
    plan = scenario.plan
    lines = [
        {"line": row.key, "unit": row.unit, "label": row.label, "definition": definition(row, plan)}
        for row in plan.rows.values()
        if row.line is not None and row.vintage is None and not row.key.startswith("check_")
    ]
    if form != "text":
        print_records(lines, form)
        return
    for each in lines:
        print(f"{each['line']} [{each['unit']}]: {each['label']}\n    = {each['definition']}")
