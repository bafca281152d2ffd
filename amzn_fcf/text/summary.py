"""The summary of a build: a line for each workbook, with free cash flow and its turning point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event_text, first_year
from amzn_fcf.text.tables import Column, left, print_table, right
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

    first = first_year(company) - 1
    years = range(first, first + _YEARS) if words.flow else ()
    found: list[tuple[Column, Callable[[Results], str]]] = []
    found += [(Column(f"FCF {year}", right=True), partial(cash_flow, year)) for year in years]
    if words.trough and amount:
        found.append((Column("TTM trough", right=True), trough))
    events = {"turn": words.turn, "positive": words.positive}
    return found + [(Column(name), partial(event_text, name=line)) for name, line in events.items() if line]


def _checks_passed(results: Results) -> str:
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
