"""The summary of what was built: one line a workbook, with free cash flow, its turning point, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event, positive
from amzn_fcf.text.tables import Column, print_table
from model.language.periods import Period
from workbook_templates.engines.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amzn_fcf.building.workbooks import Built
    from model.results import Results

_YEARS: Final = (2025, 2026, 2027, 2028)


def summary_row(built: Built) -> tuple[str, ...]:
    """Return the line of one workbook."""
    results, comparison = built.report.results, built.report.compared[DEFAULT_ENGINE]
    figures = [billions(results.value("free_cash_flow", Period("annual", year))) for year in _YEARS]
    trough = f"{event(results, 'trough')} {billions(results.values['trough_amount'][0, 0])}"
    return (
        built.scenario.name, str(built.scenario.as_of), *figures, trough, event(results, "turn"), positive(results),
        f"{comparison.cells:,}", f"{comparison.largest:.0e}", _checks_passed(results),
    )  # fmt: skip


def print_summary(rows: Sequence[Sequence[str]]) -> None:
    """Print the lines as a table."""
    columns = [
        Column("scenario"), Column("as-of"), *(Column(f"FCF {year}", right=True) for year in _YEARS),
        Column("TTM trough", right=True), Column("turn"), Column("positive"), Column("cells", right=True),
        Column("largest diff.", right=True), Column("checks"),
    ]  # fmt: skip
    print_table("Free cash flow in USD bn; model against workbook, cell by cell", columns, rows)


def _checks_passed(results: Results) -> str:
    """Return how many of the checks pass."""
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
