"""The summary of a build: a line for each workbook, with free cash flow and its turning point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event, first_year
from amzn_fcf.text.tables import Column, print_table
from model import companies
from model.language.periods import Period
from workbook_templates.engines.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amzn_fcf.building.workbooks import Built
    from model.company import Company
    from model.results import Results

_YEARS: Final = 4


def summary_row(built: Built) -> tuple[str, ...]:
    """Return the line of a workbook."""
    results, comparison = built.report.results, built.report.compared[DEFAULT_ENGINE]
    scenario = built.scenario
    figures = [figure(results) for _, figure in _headlines(scenario.company)]
    cells = (f"{comparison.cells:,}", f"{comparison.largest:.0e}", _checks_passed(results))
    return (scenario.name, str(scenario.as_of), *figures, *cells)


def print_summary(rows: Sequence[Sequence[str]]) -> None:
    """Print the lines as a table."""
    columns = [
        Column("scenario"), Column("as-of"), *(column for column, _ in _headlines(companies.default())),
        Column("cells", right=True), Column("largest diff.", right=True), Column("checks"),
    ]  # fmt: skip
    print_table("Free cash flow in USD bn; model against workbook, cell by cell", columns, rows)


def _headlines(company: Company) -> list[tuple[Column, Callable[[Results], str]]]:
    """Return the columns of a company's figures: last year, three forecast years, and events."""
    words, amount = company.presentation.reports, company.presentation.questions.trough
    found: list[tuple[Column, Callable[[Results], str]]] = []
    if words.flow:
        first = first_year(company) - 1
        for year in range(first, first + _YEARS):
            period = Period("annual", year)
            column = Column(f"FCF {year}", right=True)
            found.append((column, lambda results, period=period: billions(results.value(words.flow, period))))  # type: ignore[misc]
    if words.trough and amount:
        found.append((Column("TTM trough", right=True), lambda results: (
            f"{event(results, words.trough)} {billions(results.values[amount][0, 0])}"
        )))  # fmt: skip
    if words.turn:
        found.append((Column("turn"), lambda results: event(results, words.turn)))
    if words.positive:
        found.append((Column("positive"), lambda results: event(results, words.positive)))
    return found


def _checks_passed(results: Results) -> str:
    """Return the number of checks passed, of all checks."""
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
