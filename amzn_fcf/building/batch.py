"""Many workbooks at once: worker processes build and validate them, this process writes them."""

from __future__ import annotations

import contextlib
import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from amzn_fcf import __version__
from amzn_fcf.building.records import Record, digest, kept_record, overlay_digest, remember, scenario_digest
from amzn_fcf.building.selection import Offer, file_name, offered_with
from amzn_fcf.building.workbooks import build
from amzn_fcf.text.summary import summary_row
from model import companies
from model.errors import AmznFcfError
from model.files import DiskError, write_whole
from model.parallel.cluster import cluster_workers
from model.parallel.software import software
from model.parallel.workers import WorkersLostError, cores, in_order, local_workers
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook, preset_to

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from model.company import Company
    from model.parallel.workers import Workers
    from model.scenarios.scenario import Scenario


@dataclass(frozen=True, repr=False)
class Family:
    """What workbooks offer together; these workbooks differ only in the scenario and switches selected."""

    digest: str
    company: Company
    offer: Offer = field(compare=False)


@dataclass(frozen=True, repr=False)
class Job:
    """A workbook to build: what it offers, what is selected, and its path."""

    family: Family
    selected: Scenario
    path: Path

    @property
    def key(self) -> str:
        """Identifies the workbook: the software of this process, scenarios, and the selected one."""
        return digest(json.dumps([software(), self.family.digest, self.selected.name]).encode())


@dataclass(frozen=True)
class Outcome:
    """The outcome of a job.

    ``wrote``, ``kept``: the workbook exists, and ``row`` is its line of the summary. ``refused``: it does not
    match the model, and is at ``refused_path``. ``failed``: it could not be built or written; ``disk``: the
    disk takes no more. ``key``: that of the job in the process that built the workbook.
    """

    path: Path
    state: Literal["wrote", "kept", "refused", "failed", "disk"]
    row: tuple[str, ...] = ()
    message: str = ""
    key: str = ""

    @property
    def exists(self) -> bool:
        """Whether the workbook exists."""
        return self.state in {"wrote", "kept"}


def jobs_for(scenarios: Sequence[Scenario], out: Path, *, moved: bool) -> list[Job]:
    """Return the workbooks to build, those of a family one after the other."""
    digests: dict[int, str] = {}
    jobs = []
    for scenario in scenarios:
        offer = offered_with(scenario, scenarios, moved=moved)
        for each in offer.scenarios:
            if id(each) not in digests:
                digests[id(each)] = scenario_digest(each)
        together = [*(digests[id(each)] for each in offer.scenarios), *map(overlay_digest, offer.switches)]
        family = Family(digest("".join(together).encode()), scenario.company, offer)
        jobs.append(Job(family, offer.selected(scenario), out / file_name(scenario)))
    return jobs


def existing(job: Job, *, replace_changed: bool) -> Outcome | None:
    """Return the outcome of a workbook that needs no work or cannot be written; None if it is to be built."""
    try:
        record = kept_record(job.path, job.key, replace_changed=replace_changed)
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error))
    if record is None:
        return None
    _remove_refused(job.path)
    return Outcome(job.path, "kept", record.row)


def build_all(jobs: Sequence[Job], workers: int | None, scheduler: str | None) -> Generator[Outcome]:
    """Build on a cluster, or in processes of this computer; yield the outcomes in order."""
    if not jobs:
        return
    several = min(workers or cores(), len(jobs))
    with cluster_workers(scheduler) if scheduler else local_workers(several, processes=True) as chosen:
        yield from outcomes(jobs, chosen)


def outcomes(jobs: Sequence[Job], workers: Workers) -> Generator[Outcome]:
    """Have workbooks built, write those that match the model, and yield the outcomes in order.

    Workers return files, since other computers do not see the same folder; few are in progress at a time, so
    few wait to be written. Ends early if the disk is full or the workers are lost.
    """
    waiting = deque(jobs)
    try:
        for outcome, data in in_order(workers, _built, jobs):
            job = waiting.popleft()
            written = _write(job, outcome, data) if data else outcome
            yield written
            if written.state == "disk":
                return
    except WorkersLostError as error:
        yield Outcome(waiting[0].path, "failed", message=f"{waiting[0].path}: {error}")


def refused_path(path: Path) -> Path:
    """Return the path of a workbook that does not match the model: ``x.refused.xlsx`` for ``x.xlsx``."""
    return path.with_suffix(f".refused{path.suffix}")


def _remove_refused(path: Path) -> None:
    """Remove the workbook that an earlier run refused."""
    with contextlib.suppress(OSError):
        refused_path(path).unlink(missing_ok=True)


def _write(job: Job, outcome: Outcome, data: bytes) -> Outcome:
    """Write a workbook and its record; an earlier file stays if that fails or the new one is refused."""
    try:
        if outcome.state == "refused":
            write_whole(refused_path(job.path), data)
            return outcome
        remember(job.path, Record(digest(data), outcome.key, outcome.row))
        write_whole(job.path, data)
        _remove_refused(job.path)
    except DiskError as error:
        return Outcome(job.path, "disk", message=str(error))
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error))
    return outcome


def _built(job: Job) -> tuple[Outcome, bytes]:
    """Build one workbook; return its outcome once written, and the file: empty if it could not be built."""
    try:
        with companies.using(job.family.company):
            built = build(_planned(job))
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error)), b""
    if built.report.is_clean:
        return Outcome(job.path, "wrote", summary_row(built), key=job.key), built.data
    first, *more = built.report.findings
    example = f"{first.place} ({first.rule}): expected {first.expected}, found {first.found}"
    found = f"{len(more) + 1} findings, such as {example}" if more else example
    message = f"{found}; to look at it, open {refused_path(job.path)}"
    return Outcome(job.path, "refused", message=message), built.data


_last: list[tuple[Family, WorkbookPlan]] = []
"""The workbook planned last: those of a family follow each other, and families share most sheets."""


def _planned(job: Job) -> WorkbookPlan:
    """Return the plan of a workbook; what it shares with the one before is not planned again."""
    family, before = _last.pop() if _last else (None, None)
    if before and family == job.family:
        plan = preset_to(before, job.selected)
    else:
        offer = job.family.offer
        plan = plan_workbook(job.selected, offer.scenarios, __version__, switches=offer.switches, like=before)
    _last.append((job.family, plan))
    return plan
