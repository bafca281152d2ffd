"""``amzn-fcf build``: scenarios -> workbooks, written once they are calculated and match the model."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import AS_OF, SET, Arguments, choice, flag, option, scenario_name, workers
from amzn_fcf.text.errors import CANNOT_READ, complain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amzn_fcf.building.batch import Outcome
    from model.scenarios.scenario import Scenario

SUMMARY: Final = "build, calculate and validate scenario workbooks"
EXAMPLE: Final = "amzn-fcf build --scenario base --scenario base+power_delay --out out"
OPTIONS: Final = (
    option(
        "--scenario", "NAME", "scenarios, with overlays joined by + (base+power_delay), .toml files, or "
        "folders of them; default: those that ship, one workbook for all of an as-of", action="extend",
        nargs="+", type=scenario_name,
    ),
    AS_OF, SET,
    option("--out", "DIR", "folder for the workbooks; default: out", default="out"),
    *workers("build"),
    flag("--force", "build everything, and replace workbooks changed by hand"),
    choice("--format", ("text", "json")),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.batch import build_all, existing, jobs_for
    from amzn_fcf.building.records import FOLDER
    from amzn_fcf.building.selection import default_scenarios, named
    from amzn_fcf.text.tables import progress
    from model.errors import AmznFcfError, InputError
    from model.files import check_place, make_folder
    from model.parallel.workers import check_workers

    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    if arguments.workers is not None:
        check_workers(arguments.workers)
    started = time.perf_counter()
    out = Path(arguments.out)
    names = arguments.scenario or default_scenarios(moved=bool(arguments.as_of))
    scenarios, bad = _load(named(names), arguments)
    if not scenarios:
        return CANNOT_READ
    make_folder(out)
    _tidy(out)
    jobs = jobs_for(scenarios, out, moved=bool(arguments.as_of))
    done = {job.path: outcome for job in jobs if (outcome := existing(job, replace_changed=arguments.force))}
    waiting = [job for job in jobs if job.path not in done]
    if waiting:
        make_folder(out / FOLDER)
        check_place(out)
    found = build_all(waiting, arguments.workers, arguments.scheduler)
    try:
        for outcome in progress(found, "Building workbooks", len(waiting)):
            done[outcome.path] = outcome
    except AmznFcfError:  # no workers: its one line says all
        jobs = [job for job in jobs if job.path in done]
        raise
    finally:
        found.close()
        _tidy(out)
        for job in waiting:  # written just before an interruption
            if job.path not in done:
                outcome = existing(job, replace_changed=arguments.force)
                if outcome and outcome.state == "kept":
                    done[job.path] = replace(outcome, state="wrote")
        finished = [job for job in jobs if job.path in done]
        if arguments.format == "json":
            _print_records([(job.selected, done[job.path]) for job in finished])
        else:
            _print_outcomes([done[job.path] for job in finished], time.perf_counter() - started)
        missing = [job.path for job in jobs if job.path not in done or not done[job.path].exists]
        _print_missing(missing, len(jobs))
    if bad or any(each.state in {"failed", "disk"} for each in done.values()):
        return CANNOT_READ
    return int(any(each.state == "refused" for each in done.values()))


def _tidy(out: Path) -> None:
    """Remove the temporary files of killed processes."""
    from amzn_fcf.building.records import FOLDER
    from model.files import remove_stale_parts

    for folder in (out, out / FOLDER):
        remove_stale_parts(folder)


def _load(names: Iterable[str], arguments: Arguments) -> tuple[list[Scenario], bool]:
    """Return the scenarios, and whether some cannot be composed; each of these is reported and left out."""
    from amzn_fcf.building.selection import chosen_scenario, refuse_repeated
    from model.errors import AmznFcfError

    scenarios, bad = [], False
    for name in names:
        try:
            scenarios.append(chosen_scenario(name, arguments))
        except AmznFcfError as error:
            complain(str(error))
            bad = True
    refuse_repeated(scenarios)
    return scenarios, bad


def _print_outcomes(found: Sequence[Outcome], seconds: float) -> None:
    from amzn_fcf.text.summary import print_summary
    from model.language.units import counted

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
        print(f"{counted(len(rows), 'workbook')}{kept_too} in {seconds:.1f} s")


def _print_records(found: Iterable[tuple[Scenario, Outcome]]) -> None:
    from amzn_fcf.text.summary import headline_records, parity_record
    from amzn_fcf.text.tables import print_records

    records = []
    for scenario, each in found:
        records.append({
            "kind": "built", "file": str(each.path), "scenario": scenario.name,
            "as_of": str(scenario.as_of), "state": each.state, "message": each.message,
        } | parity_record(each.row))  # fmt: skip
        records += headline_records(scenario) if each.row else ()
        if each.message:
            complain(each.message)
    print_records(records, "json")


def _print_missing(paths: Sequence[Path], wanted: int) -> None:
    if paths and wanted > 1:
        names = ", ".join(path.name for path in paths)
        again = "run the same command again to continue"
        print(f"amzn-fcf: {len(paths)} of {wanted} not built: {names}; {again}", file=sys.stderr)
