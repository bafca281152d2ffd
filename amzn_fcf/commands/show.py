"""``amzn-fcf show``: lines of the model as a table, JSON or CSV."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, cast, get_args

from amzn_fcf.building.workbooks import load_distinct
from amzn_fcf.text.figures import shown, text
from amzn_fcf.text.tables import Column, print_records, print_table
from model import companies
from model.backends.prose import definition
from model.language.periods import Frequency, Period
from model.reported.actuals import axis_at
from model.results import Results
from model.results import run as compute

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Entry:
    """One figure."""

    line: str
    period: str
    scenario: str
    value: float | str | None
    unit: str


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    scenarios = load_distinct(arguments.scenario or ["base"], arguments.as_of)
    if not arguments.line:
        _list_lines(str(scenarios[0].as_of), arguments.format)
        return 0
    entries: list[Entry] = []
    for scenario in scenarios:
        results = compute([scenario])
        for line in arguments.line:
            entries += _entries(results, line, arguments.period)
    if arguments.format == "text":
        _print_text(entries)
    else:
        print_records([asdict(entry) for entry in entries], arguments.format)
    return 0


def _entries(results: Results, line: str, period: str) -> Iterator[Entry]:
    """Yield the figures of one line: those of a frequency that exist, or the one of a period."""
    row = results.plan.row(line)
    name = results.scenarios[0].name
    if not row.timed:
        yield Entry(line, "all", name, shown(results.values[line][0, 0], row.unit), row.unit)
    elif period.lower() in get_args(Frequency):
        frequency = cast("Frequency", period.lower())
        for each, value in zip(
            results.periods(frequency), results.series(line, frequency)[:, 0], strict=True
        ):
            if not math.isnan(value):
                yield Entry(line, str(each), name, shown(value, row.unit), row.unit)
    else:
        each = Period.parse(period)
        yield Entry(line, str(each), name, shown(results.value(line, each), row.unit), row.unit)


def _print_text(entries: Sequence[Entry]) -> None:
    columns = list(dict.fromkeys((entry.line, entry.scenario, entry.unit) for entry in entries))
    cells = {(entry.period, entry.line, entry.scenario): text(entry.value, entry.unit) for entry in entries}
    titles = [
        Column("period"),
        *(Column(f"{line}\n{scenario}, {unit}", right=True) for line, scenario, unit in columns),
    ]
    rows = [
        [period, *(cells.get((period, line, scenario), "") for line, scenario, _ in columns)]
        for period in dict.fromkeys(entry.period for entry in entries)
    ]
    print_table("", titles, rows)


def _list_lines(as_of: str, form: str) -> None:
    """Print all lines with their definitions."""
    plan = companies.default().plan(axis_at(as_of))
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
