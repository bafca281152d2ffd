"""``amzn-fcf build``: scenarios -> workbooks that are calculated, compared with the model cell by cell, then written."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from amzn_fcf.building.batch import Family, Job, Outcome, outcomes
from amzn_fcf.building.records import FOLDER, digest, kept_record, scenario_digest
from amzn_fcf.building.workbooks import default_scenarios, file_name, named, offered_with, refuse_repeated
from amzn_fcf.cli import CANNOT_READ, one_line
from amzn_fcf.text.summary import print_summary
from amzn_fcf.text.tables import progress
from model.errors import AmznFcfError, InputError
from model.files import make_folder, remove_stale_parts
from model.parallel.cluster import cluster_workers
from model.parallel.workers import check_workers, cores, local_workers
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator, Iterable, Sequence

    from model.scenarios.scenario import Scenario


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    if arguments.workers is not None:
        check_workers(arguments.workers)
    started = time.perf_counter()
    out = Path(arguments.out)
    scenarios, bad = _load(named(arguments.scenario or default_scenarios()), arguments.as_of)
    if not scenarios:
        return CANNOT_READ
    make_folder(out)
    _tidy(out)
    jobs = _jobs(scenarios, out, moved=bool(arguments.as_of))
    done = {job.path: outcome for job in jobs if (outcome := _standing(job, replace_changed=arguments.force))}
    waiting = [job for job in jobs if job.path not in done]
    if waiting:
        make_folder(out / FOLDER)
    found = _outcomes(waiting, arguments)
    try:
        for outcome in progress(found, "Building workbooks", len(waiting)):
            done[outcome.path] = outcome
    finally:
        found.close()
        _tidy(out)
        for job in waiting:  # written in the moment before an interruption
            if (
                job.path not in done
                and (outcome := _standing(job, replace_changed=arguments.force))
                and outcome.state == "kept"
            ):
                done[job.path] = replace(outcome, state="wrote")
        _print([done[job.path] for job in jobs if job.path in done], time.perf_counter() - started)
        _print_missing(
            [
                job.path
                for job in jobs
                if job.path not in done or done[job.path].state not in {"wrote", "kept"}
            ],
            len(jobs),
        )
    if bad or any(each.state in {"failed", "disk"} for each in done.values()):
        return CANNOT_READ
    return int(any(each.state == "refused" for each in done.values()))


def _outcomes(jobs: Sequence[Job], arguments: argparse.Namespace) -> Generator[Outcome]:
    """Build on a cluster, in processes of this computer, or in this process."""
    if not jobs:
        return
    if arguments.scheduler:
        chosen = cluster_workers(arguments.scheduler)
    else:
        chosen = local_workers(min(arguments.workers or cores(), len(jobs)), processes=True)
    with chosen as workers:
        yield from outcomes(jobs, workers)


def _tidy(out: Path) -> None:
    """Remove what killed processes left half written."""
    for folder in (out, out / FOLDER):
        remove_stale_parts(folder)


def _load(names: Iterable[str], as_of: str | None) -> tuple[list[Scenario], bool]:
    """Return the scenarios, and whether there were some that cannot be composed; each of these is said and left out."""
    scenarios, bad = [], False
    for name in names:
        try:
            scenarios.append(load_scenario(name, as_of))
        except AmznFcfError as error:
            _complain(str(error))
            bad = True
    refuse_repeated(scenarios)
    return scenarios, bad


def _jobs(scenarios: Sequence[Scenario], out: Path, *, moved: bool) -> list[Job]:
    """Return the workbooks to be built, those of a family one after the other."""
    digests: dict[int, str] = {}
    jobs = []
    for scenario in scenarios:
        offered = tuple(offered_with(scenario, scenarios, moved=moved))
        for each in offered:
            if id(each) not in digests:
                digests[id(each)] = scenario_digest(each)
        family = Family(digest("".join(digests[id(each)] for each in offered).encode()), offered)
        place = [each.name for each in offered].index(scenario.name)
        jobs.append(Job(family, place, out / file_name(scenario)))
    return jobs


def _standing(job: Job, *, replace_changed: bool) -> Outcome | None:
    """Return what is to be said of a workbook that needs no work, or cannot be written; None if it is to be built."""
    try:
        record = kept_record(job.path, job.key, replace_changed=replace_changed)
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error))
    return Outcome(job.path, "kept", record.row) if record else None


def _print(found: Sequence[Outcome], seconds: float) -> None:
    """Print the summary of what is there, and one line for each that is not."""
    there = [each for each in found if each.row]
    if there:
        print_summary([each.row for each in there])
    for each in found:
        if each.state in {"wrote", "kept"}:
            print(f"{each.state} {each.path}")
        elif each.state == "refused":
            print(f"REFUSED {each.path}: {each.message}")
        else:
            _complain(each.message)
    kept = sum(each.state == "kept" for each in found)
    if there:
        print(
            f"{len(there)} workbook{'s' if len(there) > 1 else ''}{f' ({kept} kept)' if kept else ''} in {seconds:.1f} s"
        )


def _print_missing(paths: Sequence[Path], wanted: int) -> None:
    if paths and wanted > 1:
        names = ", ".join(path.name for path in paths)
        print(
            f"amzn-fcf: {len(paths)} of {wanted} not built: {names}; run the same command again to go on",
            file=sys.stderr,
        )


def _complain(message: str) -> None:
    print(f"amzn-fcf: error: {one_line(message)}", file=sys.stderr)
