"""Many workbooks on all cores: each is built, proved and written by one process, whole or not at all."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from amzn_fcf import __version__
from amzn_fcf.records import Record, code_digest, digest, remember
from amzn_fcf.summary import summary_row
from amzn_fcf.workbooks import build
from model.errors import AmznFcfError
from model.files import DiskError, write_whole
from workbook_templates.writer import WorkbookPlan, plan_workbook, preset_to

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from model.inputs import Scenario


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

    ``wrote``, ``kept``: it is there, and ``row`` is its line of the summary. ``refused``: it did not prove, ``message`` says where.
    ``failed``: it could not be built or written; ``disk``: nor will any other.
    """

    path: Path
    state: Literal["wrote", "kept", "refused", "failed", "disk"]
    row: tuple[str, ...] = ()
    message: str = ""


def local_processes(count: int) -> Executor:
    """Return that many processes of this computer: they end with this one, and leave Ctrl-C to it."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _start)


def outcomes(jobs: Sequence[Job], executor: Callable[[], Executor] | None, *, apart: bool = False) -> Generator[Outcome]:
    """Yield what became of each workbook, as they get done.

    Parameters
    ----------
    jobs
        The workbooks.
    executor
        Returns who builds them: :func:`local_processes`, or the executor of a cluster; None: this process.
    apart
        They give the files back instead of writing them: other computers do not see the same folder.

    Notes
    -----
    Ends early when the disk is full. Whoever stops listening (Ctrl-C) ends the work in hand too.
    """
    if executor is None:
        for job in jobs:
            yield (outcome := build_job(job))
            if outcome.state == "disk":
                return
        return
    others = set(multiprocessing.active_children())
    pool = executor()
    futures: dict[Future[tuple[Outcome, bytes]], Job] = {}
    try:
        with _interrupts_held(), contextlib.suppress(BrokenExecutor):
            for job in jobs:
                futures[pool.submit(built_job if apart else _built_and_written, job)] = job
        for future in as_completed(futures):
            try:
                outcome, data = future.result()
            except (BrokenExecutor, CancelledError):
                outcome, data = _ended_from_outside(futures[future]), b""
            if data:
                outcome = write_built(futures[future], outcome, data)
            yield outcome
            if outcome.state == "disk":
                return
        yield from map(_ended_from_outside, jobs[len(futures) :])
    finally:
        if apart:  # the executor of a cluster does not cancel when it is shut down
            for future in futures:
                future.cancel()
            pool.shutdown(wait=False)
        else:
            pool.shutdown(wait=False, cancel_futures=True)
        started = set(multiprocessing.active_children()) - others
        for process in started:
            process.terminate()
        for process in started:
            process.join()  # what it was writing can be removed only now


def _ended_from_outside(job: Job) -> Outcome:
    message = f"{job.path}: a process that builds, or the cluster, was ended from outside or ran out of memory; try fewer --workers"
    return Outcome(job.path, "failed", message=message)


def build_job(job: Job) -> Outcome:
    """Build one workbook, and write it if it proves; else an earlier file is kept."""
    outcome, data = built_job(job)
    return write_built(job, outcome, data) if data else outcome


def _built_and_written(job: Job) -> tuple[Outcome, bytes]:
    return build_job(job), b""


def write_built(job: Job, outcome: Outcome, data: bytes) -> Outcome:
    """Write a workbook, and the record by which a later run knows it."""
    try:
        remember(job.path, Record(digest(data), job.key, outcome.row))
        write_whole(job.path, data)
    except DiskError as error:
        return Outcome(job.path, "disk", message=str(error))
    except AmznFcfError as error:
        return Outcome(job.path, "failed", message=str(error))
    return outcome


def built_job(job: Job) -> tuple[Outcome, bytes]:
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
    return plan_workbook(family.scenarios[0], family.scenarios, __version__, stamped=False)  # that is done for the selected one


def _start() -> None:
    """Prepare a process: Ctrl-C is for the one that started it, with which it ends even if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _interrupts_held() -> Generator[None]:
    """Hold Ctrl-C back while processes are started: they inherit that, and are not hit before they can say that they ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
