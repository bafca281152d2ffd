"""The summary of a build: a line for each workbook, with free cash flow and its turning point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event_text, first_year
from amzn_fcf.text.series import figure_records, series_of
from amzn_fcf.text.tables import Column, left, print_table, right
from model import companies
from model.language.periods import Period
from model.results import run
from model.scenarios.spec import ALL
from workbook_templates.engines.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amzn_fcf.building.workbooks import Built
    from model.company import Company
    from model.results import Results
    from model.scenarios.scenario import Scenario

_YEARS: Final = 4


def summary_row(built: Built) -> tuple[str, ...]:
    """Return the line of a workbook."""
    results, comparison = built.report.results, built.report.compared[DEFAULT_ENGINE]
    scenario = built.scenario
    figures = [figure(results) for _, figure in _headlines(scenario.company)]
    cells = (f"{comparison.cells:,}", f"{comparison.largest:.0e}", _checks_passed(results))
    return (scenario.name, str(scenario.as_of), *figures, *cells)


def parity_record(row: Sequence[str]) -> dict[str, object]:
    """Return what a line says of its workbook against the model, as fields of a record."""
    cells, largest, checks = row[-3:] or (None, None, None)
    return {
        "cells_compared": cells and int(cells.replace(",", "")),
        "largest_difference": largest and float(largest), "checks": checks,
    }  # fmt: skip


def headline_records(scenario: Scenario) -> list[dict[str, object]]:
    """Return the figures of a line as records: free cash flow by year, and events."""
    results, words = run([scenario]), scenario.company.presentation.reports
    asked = [(words.flow, str(year)) for year in _years(scenario.company)]
    asked += [(line, ALL) for line in (words.trough, words.turn, words.positive) if line]
    return figure_records([series_of(results, line, period) for line, period in asked])


def print_summary(rows: Sequence[Sequence[str]]) -> None:
    """Print the lines as a table."""
    figures = [column for column, _ in _headlines(companies.default())]
    columns = [*left("scenario", "as-of"), *figures, *right("cells", "largest diff."), *left("checks")]
    print_table("Free cash flow in USD bn; model against workbook, cell by cell", columns, rows)


def _headlines(company: Company) -> list[tuple[Column, Callable[[Results], str]]]:
    """Return the columns of a company's figures: last year, three forecast years, and events."""
    words, amount = company.presentation.reports, company.presentation.questions.trough

    def cash_flow(year: int, results: Results) -> str:
        return billions(results.value(words.flow, Period("annual", year)))

    def trough(results: Results) -> str:
        return f"{event_text(results, words.trough)} {billions(results.values[amount][0, 0])}"

    found: list[tuple[Column, Callable[[Results], str]]] = []
    found += [(Column(f"FCF {year}", right=True), partial(cash_flow, year)) for year in _years(company)]
    if words.trough and amount:
        found.append((Column("TTM trough", right=True), trough))
    events = {"turn": words.turn, "positive": words.positive}
    return found + [(Column(name), partial(event_text, name=line)) for name, line in events.items() if line]


def _years(company: Company) -> range:
    """Return the years of free cash flow: the last reported one and three ahead."""
    first = first_year(company) - 1
    return range(first, first + _YEARS if company.presentation.reports.flow else first)


def _checks_passed(results: Results) -> str:
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
