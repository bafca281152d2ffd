"""``amzn-fcf build``: scenarios -> workbooks that are calculated, compared with the model cell by cell, then written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amzn_fcf import __version__
from amzn_fcf.tables import Column, print_table, progress
from model.axis import Period, Quarter
from model.errors import InputError
from model.inputs import load_scenario
from model.results import Results
from model.results import run as compute
from model.scenario_files import builtin_overlays, builtin_scenarios
from workbook_templates.package import make_folder, write_whole
from workbook_templates.recalc import Formualizer
from workbook_templates.validate import Report, validate
from workbook_templates.writer import WorkbookPlan, plan_workbook, preset_to, write_workbook

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from model.inputs import Scenario
    from workbook_templates.parity import Comparison

_YEARS = (2025, 2026, 2027, 2028)
_BILLION = 1000.0


@dataclass(frozen=True)
class Built:
    """A workbook that was written, or refused."""

    scenario: Scenario
    path: Path | None
    results: Results
    report: Report

    @property
    def comparison(self) -> Comparison:
        """What the engine calculated, compared with the model."""
        return self.report.compared[Formualizer.name]


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    names = arguments.scenario or default_scenarios()
    scenarios = [load_scenario(name, arguments.as_of) for name in names]
    repeated = {each.name for each in scenarios if [other.name for other in scenarios].count(each.name) > 1}
    if repeated:
        message = f"--scenario {', '.join(sorted(repeated))} is given twice, or two files have this name"
        raise InputError(message)
    out = Path(arguments.out)
    make_folder(out)
    started = time.perf_counter()
    built = []
    plans: dict[Quarter, WorkbookPlan] = {}
    for scenario in progress(scenarios, "Building workbooks", lambda each: each.name):
        plan = plans.get(scenario.as_of)
        if plan is None or scenario.name not in {each.name for each in plan.scenarios}:
            plan = plan_workbook(scenario, offered_with(scenario, scenarios, moved=bool(arguments.as_of)), __version__)
            plans[scenario.as_of] = plan
        built.append(build(preset_to(plan, scenario), out / file_name(scenario)))
    print_summary(built, time.perf_counter() - started)
    return 0 if all(each.report.is_clean for each in built) else 1


def default_scenarios() -> list[str]:
    """Names of what is built by default: every scenario, and base with each overlay."""
    return [*builtin_scenarios(), *(f"base+{overlay}" for overlay in builtin_overlays())]


def file_name(scenario: Scenario) -> str:
    """Return the name of a scenario's workbook."""
    return f"amzn-fcf_{scenario.name}.xlsx"


def offered_with(selected: Scenario, requested: Sequence[Scenario], *, moved: bool) -> list[Scenario]:
    """Return what the selector offers: everything of the same as-of that ships or was asked for.

    When the as-of was ``moved``, only what was asked for: the scenarios that ship were not made for it.
    """
    offered = {} if moved else {each.name: each for each in shipped_at(selected.as_of)}
    offered |= {each.name: each for each in requested if each.as_of == selected.as_of}
    return list(offered.values())


def shipped_at(as_of: Quarter) -> list[Scenario]:
    """Return the scenarios that ship with an as-of, and the first of them with each overlay."""
    roots = [scenario for name in builtin_scenarios() if (scenario := load_scenario(name)).as_of == as_of]
    return [*roots, *(load_scenario(f"{roots[0].name}+{overlay}") for overlay in builtin_overlays() if roots)]


def build(plan: WorkbookPlan, path: Path | None) -> Built:
    """Make one workbook and write it, unless it does not equal the model: then an earlier file is kept."""
    data = Formualizer().with_cached_values(write_workbook(plan))
    report = validate(data, str(path))
    if report.is_clean and path is not None:
        write_whole(path, data)
    return Built(plan.selected, path, compute([plan.selected]), report)


def print_summary(built: Sequence[Built], seconds: float) -> None:
    """Print one row a workbook: free cash flow, its turning point, and the proof."""
    columns = [
        Column("scenario"), Column("as-of"), *(Column(f"FCF {year}", right=True) for year in _YEARS),
        Column("TTM trough", right=True), Column("turn"), Column("positive"), Column("cells", right=True),
        Column("largest diff.", right=True), Column("checks"),
    ]  # fmt: skip
    rows = []
    for each in built:
        results = each.results
        figures = [f"{results.value('free_cash_flow', Period('annual', year)) / _BILLION:.1f}" for year in _YEARS]
        trough = f"{event(results, 'trough')} {results.values['trough_amount'][0, 0] / _BILLION:.1f}"
        rows.append([
            each.scenario.name, str(each.scenario.as_of), *figures, trough, event(results, "turn"), event(results, "positive"),
            f"{each.comparison.cells:,}", f"{each.comparison.largest:.0e}", checks_passed(results),
        ])  # fmt: skip
    print_table("Free cash flow in USD bn; model against workbook, cell by cell", columns, rows)
    for each in built:
        if each.report.is_clean:
            print(f"wrote {each.path}")
        else:
            first = each.report.findings[0]
            print(
                f"REFUSED {each.path}: {len(each.report.findings)} findings, such as {first.sheet}!{first.cell} "
                f"({first.rule}): expected {first.expected}, found {first.found}"
            )
    print(f"{len(built)} workbooks in {seconds:.1f} s")


def event(results: Results, name: str) -> str:
    """Return an inflection quarter as text, or that it does not happen."""
    code = results.values[name][0, 0]
    return str(Quarter.from_code(code)) if code == code else "never"  # noqa: PLR0124  # NaN: not on the axis


def checks_passed(results: Results) -> str:
    """Return how many of the checks pass."""
    counts = [values[0, 0] for key, values in results.values.items() if key.endswith("_failures")]
    return f"{sum(count == 0 for count in counts)}/{len(counts)}"
