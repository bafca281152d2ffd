"""Many workbooks on all cores: each is built and proved by one process, and written by the one that was asked, whole or not at all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from amzn_fcf import __version__
from amzn_fcf.building.records import Record, code_digest, digest, remember
from amzn_fcf.building.workbooks import build
from amzn_fcf.text.summary import summary_row
from model.errors import AmznFcfError
from model.files import DiskError, write_whole
from model.parallel.workers import WorkersLostError, in_order
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook, preset_to

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from model.parallel.workers import Workers
    from model.scenarios.scenario import Scenario


@dataclass(frozen=True, repr=False)
class Family:
    """Scenarios that workbooks offer together; those workbooks differ in nothing but the one that is selected."""

    digest: str
    scenarios: Sequence[Scenario] = field(compare=False)


@dataclass(frozen=True, repr=False)
class Job:
    """A workbook to be built: what its selector offers, which of them it is preset to, and where it goes."""

    family: Family
    place: int
    path: Path

    @property
    def key(self) -> str:
        """What tells the workbook from any other: code, scenarios, and the selected one."""
        return digest(f"{code_digest()} {self.family.digest} {self.place}".encode())


@dataclass(frozen=True)
class Outcome:
    """What became of a workbook.

    ``wrote``, ``kept``: it is there, and ``row`` is its line of the summary. ``refused``: it did not prove,
    ``message`` says where. ``failed``: it could not be built or written; ``disk``: nor will any other.
    """

    path: Path
    state: Literal["wrote", "kept", "refused", "failed", "disk"]
    row: tuple[str, ...] = ()
    message: str = ""


def outcomes(jobs: Sequence[Job], workers: Workers) -> Generator[Outcome]:
    """Have workbooks built, write those that prove, and yield what became of each, in order.

    Workers give files back, since other computers do not see the same folder; few are under way, so few wait
    to be written. Ends early when the disk is full.
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
        for job in waiting:
            yield Outcome(job.path, "failed", message=f"{job.path}: {error}")


def _write(job: Job, outcome: Outcome, data: bytes) -> Outcome:
    """Write a workbook, and the record by which a later run knows it; an earlier file is kept if that fails."""
    try:
        remember(job.path, Record(digest(data), job.key, outcome.row))
        write_whole(job.path, data)
    except DiskError as error:
        return Outcome(job.path, "disk", message=str(error))
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error))
    return outcome


def _built(job: Job) -> tuple[Outcome, bytes]:
    """Build one workbook; return what is to be said once it is written, and the file: empty, unless it proves."""
    try:
        built = build(preset_to(_plan(job.family), job.family.scenarios[job.place]))
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error)), b""
    if built.report.is_clean:
        return Outcome(job.path, "wrote", summary_row(built)), built.data
    findings = built.report.findings
    first = findings[0]
    message = f"{len(findings)} findings, such as {first.place} ({first.rule}): expected {first.expected}, found {first.found}"
    return Outcome(job.path, "refused", message=message), b""


@lru_cache(maxsize=1)  # workbooks of a family come one after the other, and a plan is large
def _plan(family: Family) -> WorkbookPlan:
    return plan_workbook(
        family.scenarios[0], family.scenarios, __version__, stamped=False
    )  # that is done for the selected one
