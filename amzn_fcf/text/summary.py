"""The summary of a build: a line for each workbook, with free cash flow and its turning point."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.errors import complain
from amzn_fcf.text.figures import billions, event, positive
from amzn_fcf.text.tables import Column, print_table
from model.language.periods import Period
from workbook_templates.engines.engines import DEFAULT_ENGINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amzn_fcf.building.batch import Outcome
    from amzn_fcf.building.workbooks import Built
    from model.results import Results

_YEARS: Final = (2025, 2026, 2027, 2028)


def summary_row(built: Built) -> tuple[str, ...]:
    """Return the line of a workbook."""
    results, comparison = built.report.results, built.report.compared[DEFAULT_ENGINE]
    figures = [billions(results.value("free_cash_flow", Period("annual", year))) for year in _YEARS]
    trough = f"{event(results, 'trough')} {billions(results.values['trough_amount'][0, 0])}"
    return (
        built.scenario.name, str(built.scenario.as_of), *figures, trough, event(results, "turn"),
        positive(results), f"{comparison.cells:,}", f"{comparison.largest:.0e}", _checks_passed(results),
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
    """Return the number of checks passed, of all checks."""
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"


def print_outcomes(found: Sequence[Outcome], seconds: float) -> None:
    """Print the summary of the workbooks that exist, and a line for each workbook."""
    rows = [each.row for each in found if each.row]
    if rows:
        print_summary(rows)
    for each in found:
        if each.exists:
            print(f"{each.state} {each.path}")
        elif each.state == "refused":
            print(f"REFUSED {each.path}: {each.message}")
        else:
            complain(each.message)
    if rows:
        kept = sum(each.state == "kept" for each in found)
        kept_too = f" ({kept} kept)" if kept else ""
        print(f"{len(rows)} workbook{'s' if len(rows) > 1 else ''}{kept_too} in {seconds:.1f} s")


def print_missing(paths: Sequence[Path], wanted: int) -> None:
    """Print the workbooks that were not built, if others were."""
    if paths and wanted > 1:
        names = ", ".join(path.name for path in paths)
        again = "run the same command again to continue"
        print(f"amzn-fcf: {len(paths)} of {wanted} not built: {names}; {again}", file=sys.stderr)
