"""How the jobs of a kernel are put together: in parts, each one loop over quarters or one loop over rows.

*Fused*: jobs over the same quarters are done together, quarter by quarter, so that what one leaves the next finds in a
register. *Alone*: what looks over the whole axis, or adds up many rows, is a loop of its own. *Alike*: vintages, which
differ in nothing but where they look, are one loop over a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from model.build import key_of, walk
from model.expr import AtPosition, Fixed, Ref, Sum, YearSum
from model.kernel_rows import LOOPS, used_keys
from model.order import PHASES, Job, Step, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.build import Row
    from model.expr import Expr
    from model.kernel_rows import KernelRows

LONG_SUM: Final = 8
"""A sum of more rows than this is a loop over them."""


@dataclass(eq=False)
class Part:
    """Jobs of one phase that are computed in one loop; ``kind`` is fused, alone or alike."""

    kind: str
    phase: str
    timed: bool
    first: int
    last: int
    shape: object = None
    jobs: list[Job] = field(default_factory=list)


@dataclass(frozen=True)
class Parts:
    """All parts in order; ``added``: vintages that are computed where they are added up, by key."""

    parts: tuple[Part, ...]
    added: dict[str, Job]


def is_long_sum(formula: Expr) -> bool:
    """Tell whether a formula adds up so many rows that it is written as a loop."""
    return isinstance(formula, Sum) and len(formula.refs) > LONG_SUM


def parts_of(found: KernelRows, wanted: Iterable[str]) -> Parts:
    """Put the jobs of a kernel together."""
    added = _added_where_used(found, frozenset(wanted))
    scheduler = _Scheduler(added)
    for phase in PHASES:
        scheduler.phase(phase, steps_of(found.jobs[phase]))
    return Parts(tuple(scheduler.parts), added)


def _added_where_used(found: KernelRows, wanted: frozenset[str]) -> dict[str, Job]:
    """Return the vintages over time that nothing uses but one long sum: they need no place of their own."""
    jobs = [job for phase in PHASES for job in found.jobs[phase]]
    vintages = {job.row.key: job for job in jobs if job.row.vintage is not None and job.row.timed and job.row.key not in wanted}
    users: dict[str, int] = {}
    for job in jobs:
        for key in used_keys(job.formula) & vintages.keys():
            users[key] = users.get(key, 0) + (1 if is_long_sum(job.formula) else 2)
    return {key: job for key, job in vintages.items() if users.get(key) == 1}


@dataclass
class _Scheduler:
    """Puts each step into the first part that is after all that it needs, or opens a new part."""

    added: dict[str, Job]
    parts: list[Part] = field(default_factory=list)
    place: dict[str, int] = field(default_factory=dict)
    """Part that computes a row in this phase; for a row that is added where it is used, the last part that it needs."""
    from_part: int = 0

    def phase(self, phase: str, steps: Iterable[Step]) -> None:
        """Add the steps of a phase."""
        self.place = {}
        self.from_part = len(self.parts)
        for step in steps:
            if len(step.jobs) == 1 and step.jobs[0].row.key in self.added:
                job = step.jobs[0]
                self.place[job.row.key] = max((self.place.get(key, -1) for key in used_keys(job.formula)), default=-1)
            else:
                self._put(phase, step)

    def _put(self, phase: str, step: Step) -> None:
        lead = step.jobs[0]
        timed = lead.row.timed
        kind = "fused"
        if isinstance(lead.formula, LOOPS) or is_long_sum(lead.formula):
            kind = "alone"
        elif lead.row.vintage is not None:
            kind = "alike"
        shape = lead.row.declared if kind == "alike" else None
        ranges = sorted({edge for job in step.jobs for edge in (job.first, job.last)})
        if len(ranges) > 2 and kind == "fused":  # rows that begin at different quarters: a part a range
            for first, last in zip(ranges, ranges[1:], strict=False):
                jobs = [job for job in step.jobs if job.first <= first and job.last >= last]
                self._open(Part(kind, phase, timed, first, last, jobs=jobs))
            return
        after = max((self._after(job, kind) for job in step.jobs), default=self.from_part)
        if kind != "alone":
            for number in range(max(after, self.from_part), len(self.parts)):
                part = self.parts[number]
                same = kind == "alike" or (part.first, part.last) == (lead.first, lead.last)
                if (part.kind, part.timed, part.shape) == (kind, timed, shape) and same:
                    part.jobs += step.jobs
                    self.place |= dict.fromkeys((job.row.key for job in step.jobs), number)
                    return
        self._open(Part(kind, phase, timed, lead.first, lead.last, shape, list(step.jobs)))

    def _open(self, part: Part) -> None:
        self.parts.append(part)
        self.place |= dict.fromkeys((job.row.key for job in part.jobs), len(self.parts) - 1)

    def _after(self, job: Job, kind: str) -> int:
        """Return the first part that may hold a job: that of what it uses quarter by quarter, or the one after."""
        whole = {key_of(node.ref) for node in walk(job.formula) if isinstance(node, (Fixed, YearSum, AtPosition, *LOOPS))}
        whole |= {key_of(node) for node in walk(job.formula) if isinstance(node, Ref) and node.lag < 0}
        found = self.from_part
        for key in used_keys(job.formula):
            if key in self.place:
                together = kind == "fused" and key not in whole and key not in self.added
                found = max(found, self.place[key] + (0 if together else 1))
        return found
