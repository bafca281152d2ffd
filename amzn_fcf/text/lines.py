"""Lines of the model: their figures, or their definitions."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from amzn_fcf.text.tables import left, print_records, print_table, right
from model.backends.prose import definition
from model.errors import NotAvailableError, PeriodError, did_you_mean
from model.language.periods import Frequency, Period
from model.language.units import measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from model.results import Results
    from model.scenarios.scenario import Scenario


class LineFigure(NamedTuple):
    """A figure of a line."""

    line: str
    period: str
    scenario: str
    value: float
    unit: str


def frequency_of(period: str) -> Frequency | None:
    """Return the frequency that a text names; None if it is one period. Anything else is an error."""
    if period.lower() in get_args(Frequency):
        return cast("Frequency", period.lower())
    try:
        Period.parse(period)
    except PeriodError:
        forms = "annual, quarterly, ttm, 2026, 2026Q3 or 'TTM 2026Q3'"
        meant = did_you_mean(period, get_args(Frequency))
        raise PeriodError(f"{period!r} is not a period{meant}; write {forms}") from None
    return None


def figures_of(results: Results, line: str, period: str) -> Iterator[LineFigure]:
    """Yield the figures of a line: of one period, or of all periods of a frequency."""
    row = results.plan.row(line)
    name = results.scenarios[0].name
    if not row.timed:
        found = {"all": results.values[line][0, 0]}
    elif (frequency := frequency_of(period)) is not None:
        found = {}
        for each in results.periods(frequency):
            with contextlib.suppress(NotAvailableError):
                found[str(each)] = results.value(line, each)
    else:
        one = Period.parse(period)
        found = {str(one): results.value(line, one)}
    for when, value in found.items():
        yield LineFigure(line, when, name, float(value), row.unit)


def figure_records(figures: Iterable[LineFigure]) -> list[dict[str, object]]:
    """Return a record for each figure."""
    return [
        {"kind": "figure"} | each._asdict() | {"value": measure(each.unit).recorded(each.value)}
        for each in figures
    ]


def print_figures(figures: Sequence[LineFigure], form: str) -> None:
    """Print figures: periods down, lines and scenarios across."""
    if form != "text":
        print_records(figure_records(figures), form)
        return
    columns = list(dict.fromkeys((each.line, each.scenario, each.unit) for each in figures))
    cells = {each[:3]: measure(each.unit).text(each.value) for each in figures}
    titles = [f"{line}\n{scenario}, {unit}" for line, scenario, unit in columns]
    periods = sorted({each.period for each in figures}, key=lambda period: (period == "all", period))
    rows = [
        [period, *(cells.get((column[0], period, column[1]), "") for column in columns)] for period in periods
    ]
    print_table("", [*left("period"), *right(*titles)], rows)


def print_lines(scenario: Scenario, form: str) -> None:
    """Print the name, unit, label and definition of every line."""
    plan = scenario.plan
    lines = [
        {"line": row.key, "unit": row.unit, "label": row.label, "definition": definition(row, plan)}
        for row in plan.rows.values()
        if row.line is not None and row.vintage is None and not row.key.startswith("check_")
    ]
    if form != "text":
        print_records(lines, form, "line")
        return
    for each in lines:
        print(f"{each['line']} [{each['unit']}]: {each['label']}\n    = {each['definition']}")
