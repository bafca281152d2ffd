"""``amzn-fcf build``: scenarios -> workbooks that are calculated, compared with the model cell by cell, then written."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from amzn_fcf import __version__
from amzn_fcf.figures import billions, event, positive
from amzn_fcf.tables import Column, print_table, progress
from amzn_fcf.workbooks import Built, build, default_scenarios, file_name, load_distinct, offered_with
from model.axis import Period, Quarter
from model.errors import InputError
from model.files import make_folder, write_whole
from workbook_templates.recalc import DEFAULT_ENGINE
from workbook_templates.writer import WorkbookPlan, plan_workbook, preset_to

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from model.results import Results

_YEARS = (2025, 2026, 2027, 2028)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    names = arguments.scenario or default_scenarios()
    scenarios = load_distinct(names, arguments.as_of)
    if not arguments.out:
        message = "--out needs the name of a folder"
        raise InputError(message)
    out = Path(arguments.out)
    make_folder(out)
    started = time.perf_counter()
    built = []
    plans: dict[Quarter, WorkbookPlan] = {}
    for scenario in progress(scenarios, "Building workbooks", lambda each: each.name):
        plan = plans.get(scenario.as_of)
        if plan is None:
            plan = plan_workbook(scenario, offered_with(scenario, scenarios, moved=bool(arguments.as_of)), __version__)
            plans[scenario.as_of] = plan
        built.append(build(preset_to(plan, scenario)))
        if built[-1].report.is_clean:  # else an earlier file is kept
            write_whole(out / file_name(scenario), built[-1].data)
    print_summary(built, out, time.perf_counter() - started)
    return 0 if all(each.report.is_clean for each in built) else 1


def print_summary(built: Sequence[Built], out: Path, seconds: float) -> None:
    """Print one row a workbook: free cash flow, its turning point, and the proof."""
    columns = [
        Column("scenario"), Column("as-of"), *(Column(f"FCF {year}", right=True) for year in _YEARS),
        Column("TTM trough", right=True), Column("turn"), Column("positive"), Column("cells", right=True),
        Column("largest diff.", right=True), Column("checks"),
    ]  # fmt: skip
    rows = []
    for each in built:
        results, comparison = each.report.results, each.report.compared[DEFAULT_ENGINE]
        figures = [billions(results.value("free_cash_flow", Period("annual", year))) for year in _YEARS]
        trough = f"{event(results, 'trough')} {billions(results.values['trough_amount'][0, 0])}"
        rows.append([
            each.scenario.name, str(each.scenario.as_of), *figures, trough, event(results, "turn"), positive(results),
            f"{comparison.cells:,}", f"{comparison.largest:.0e}", checks_passed(results),
        ])  # fmt: skip
    print_table("Free cash flow in USD bn; model against workbook, cell by cell", columns, rows)
    for each in built:
        path = out / file_name(each.scenario)
        if each.report.is_clean:
            print(f"wrote {path}")
        else:
            first = each.report.findings[0]
            print(
                f"REFUSED {path}: {len(each.report.findings)} findings, such as {first.sheet}!{first.cell} "
                f"({first.rule}): expected {first.expected}, found {first.found}"
            )
    print(f"{len(built)} workbook{'s' if len(built) > 1 else ''} in {seconds:.1f} s")


def checks_passed(results: Results) -> str:
    """Return how many of the checks pass."""
    counts = [results.values[key][0, 0] for key in results.plan.rows if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
