"""Statements as text: years across, sums ruled, rates below their line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import figure_text
from amzn_fcf.text.lines import frequency_of
from amzn_fcf.text.tables import left, print_table, right
from model import companies
from model.errors import InputError, NotAvailableError, did_you_mean, shown
from model.language.periods import MARKS, Period

if TYPE_CHECKING:
    from model.presentation import Role, Statement
    from model.results import Results

_INDENTS: Final[dict[Role, str]] = {
    "heading": "",
    "subtotal": " ",
    "line": " ",
    "less": " ",
    "detail": "   ",
    "ratio": "   ",
}
_YEARS_BEFORE: Final = 2
"""Reported years shown before the running one."""


def statement_of(name: str) -> Statement:
    """Return a statement of the company in use."""
    company = companies.default()
    known = company.presentation.statements
    if not known:
        raise InputError(f"{company.title} has no statements")
    if name not in known:
        raise InputError(f"no statement {shown(name)}{did_you_mean(name, known)}")
    return known[name]


def print_statement(results: Results, statement: Statement, period: str) -> None:
    """Print a statement of one scenario over the periods of a frequency, or in one period."""
    plan, scenario = results.plan, results.scenarios[0]
    periods = _periods(results, statement, period)
    rows: list[list[str]] = []
    ruled = []
    for row in statement.rows:
        if row.role == "heading" and rows:
            rows.append([""] * (len(periods) + 1))
        if row.role == "subtotal":
            ruled.append(len(rows))
        figures = [_figure(results, row.line, each) if row.line else "" for each in periods]
        rows.append([_INDENTS[row.role] + row.text(plan), *figures])
    heads = [_head(results, each) for each in periods]
    title = f"{statement.title}: {scenario.title} ({scenario.name})"
    print_table(title, [*left("USD m unless stated"), *right(*heads)], rows, ruled)


def _periods(results: Results, statement: Statement, period: str) -> list[Period | None]:
    """Return the periods to show, from two reported years before the running one; None: one value."""
    if not any(results.plan.row(line).timed for line in statement.lines):
        return [None]
    frequency = frequency_of(period)
    if frequency is None:
        one = Period.parse(period)
        results.plan.axis.period_position(one)  # refuses one that is not on the axis
        return [one]
    first = results.plan.axis.as_of.shifted(1).year - _YEARS_BEFORE
    return [each for each in results.periods(frequency) if each.year >= first]


def _head(results: Results, period: Period | None) -> str:
    """Return the head of a column: the period, and on what its figures are based."""
    if period is None:
        return "value"
    return f"{period}\n{MARKS[results.plan.axis.basis(period)]}"


def _figure(results: Results, line: str, period: Period | None) -> str:
    if period is None:
        return figure_text(results, line)
    with contextlib.suppress(NotAvailableError):
        return results.plan.row(line).look.text(results.value(line, period))
    return ""
