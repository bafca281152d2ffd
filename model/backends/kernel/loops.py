"""How the jobs of a kernel are put together: in parts, each a loop over quarters, over rows, or over the whole axis.

Jobs over the same quarters are done together, quarter by quarter (``fused``), so that what one leaves the
next finds in a register. Rows by vintage differ in nothing but where they look (``alike``), and so do long
sums of them (``sums``): they are loops over a table. What looks over the whole axis is a loop of its own
(``whole``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, cast

from model.backends.kernel.rewriting import LOOPS, used_keys
from model.language import nodes
from model.language.nodes import children
from model.plan.plan import key_of
from model.plan.schedule import PHASES, Stage, Task, stages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from model.backends.kernel.rewriting import KernelRows
    from model.language.nodes import Declared, Expr

Kind = Literal["fused", "alike", "sums", "whole"]

LONG_SUM: Final = 8
"""A sum of more rows than this is a loop over them."""
JOBS_A_LOOP: Final = 12
"""Fused jobs that share a loop over lanes: with more the compiler takes longer, with fewer the kernel."""


@dataclass(eq=False)
class Part:
    """Jobs of one phase that are computed together, all over time (``timed``) or all of one value."""

    kind: Kind
    phase: str
    timed: bool
    first: int
    last: int
    declared: Declared | None = None
    """What rows that are alike are rows of."""
    jobs: list[Task] = field(default_factory=list)

    def loops(self) -> list[list[Task]]:
        """Return the jobs that share a loop over lanes."""
        return [self.jobs[begin : begin + JOBS_A_LOOP] for begin in range(0, len(self.jobs), JOBS_A_LOOP)]

    def takes(self, other: Part) -> bool:
        """Tell whether the jobs of another part can be done in the loop of this one."""
        if (self.kind, self.timed, self.declared) != (
            other.kind,
            other.timed,
            other.declared,
        ) or self.kind == "whole":
            return False
        return self.kind == "alike" or (self.first, self.last) == (other.first, other.last)


@dataclass(frozen=True)
class Parts:
    """All parts in order.

    ``added``: rows that are computed where they are added up, by key; ``kept``: rows that must be written to
    memory.
    """

    parts: tuple[Part, ...]
    added: dict[str, Task]
    kept: frozenset[str]

    def inputs(self, job: Task) -> set[str]:
        """Return the rows that a job reads, for itself or for the rows that it computes on the way."""
        used = used_keys(job.formula)
        return used.union(*(used_keys(self.added[key].formula) for key in used & self.added.keys()))


def is_long_sum(formula: Expr) -> bool:
    """Tell whether a formula adds up so many rows that it is written as a loop."""
    return isinstance(formula, nodes.Sum) and len(formula.refs) > LONG_SUM


def parts_of(found: KernelRows, wanted: Iterable[str]) -> Parts:
    """Put the jobs of a kernel together."""
    outside = frozenset(wanted)
    added = _added_where_used(found, outside)
    scheduler = _Scheduler(added)
    for phase in PHASES:
        scheduler.phase(phase, stages_of(found.jobs[phase]))
    parts = tuple(scheduler.parts)
    return Parts(parts, added, outside | _kept(parts, added))


def _added_where_used(found: KernelRows, wanted: frozenset[str]) -> dict[str, Task]:
    """Return the vintages over time that nothing uses but one long sum: they need no place of their own."""
    jobs = [job for phase in PHASES for job in found.jobs[phase]]
    uses = Counter(key for job in jobs for key in used_keys(job.formula))
    alone = {
        key for job in jobs if is_long_sum(job.formula) for key in used_keys(job.formula) if uses[key] == 1
    }
    return {
        job.row.key: job
        for job in jobs
        if job.row.vintage is not None and job.row.timed and job.row.key in alone - wanted
    }


def _kept(parts: Iterable[Part], added: dict[str, Task]) -> frozenset[str]:
    """Return the rows that are used elsewhere than further down in the very loop that computes them."""
    kept: set[str] = set()
    home: dict[str, tuple[Part, int]] = {}
    loops = [
        ((part, number), job) for part in parts for number, loop in enumerate(part.loops()) for job in loop
    ]
    for place, job in loops:
        if place[0].kind != "fused" or job.row.key in home:
            kept.add(job.row.key)
        home[job.row.key] = place
    for place, job in loops:
        formulas = [job.formula, *(added[key].formula for key in used_keys(job.formula) & added.keys())]
        kept |= {
            key
            for formula in formulas
            for key, plain in _uses(formula)
            if not plain or home.get(key) != place
        }
    return frozenset(kept)


def _uses(node: Expr) -> Iterator[tuple[str, bool]]:
    """Yield the rows that a formula uses, and whether it is their value in the same quarter."""
    tree = cast("nodes.Bound", node)
    below = children(tree)
    if isinstance(tree, nodes.Ref):
        yield key_of(tree), tree.lag == 0
    elif isinstance(tree, nodes.Lookup) and not isinstance(tree, nodes.Sum):
        yield key_of(tree.ref), False
        below = tuple(child for child in below if child is not tree.ref)
    for child in below:
        yield from _uses(child)


@dataclass
class _Scheduler:
    """Puts each step into the first part that comes after all that it needs, or opens a new one."""

    added: dict[str, Task]
    parts: list[Part] = field(default_factory=list)
    opened: int = 0
    """First part of this phase."""
    place: dict[str, int] = field(default_factory=dict)
    """Part that computes a row in this phase; for a row that is computed where it is added up, the last part that it needs."""

    def phase(self, phase: str, steps: Iterable[Stage]) -> None:
        """Add the steps of a phase."""
        self.opened, self.place = len(self.parts), {}
        for step in steps:
            (job, *more) = step.jobs
            if job.row.key in self.added:
                self.place[job.row.key] = max(
                    (self.place.get(key, -1) for key in used_keys(job.formula)), default=-1
                )
                continue
            edges = sorted({edge for each in step.jobs for edge in (each.first, each.last)})
            if more and len(edges) > len(
                ("first", "last")
            ):  # rows that begin at different quarters: a part a range
                for first, last in pairwise(edges):
                    jobs = [each for each in step.jobs if each.first <= first and each.last >= last]
                    self._open(Part("fused", phase, job.row.timed, first, last, jobs=jobs))
                continue
            kind = _kind(job)
            declared = job.row.declared if kind == "alike" else None
            self._put(Part(kind, phase, job.row.timed, job.first, job.last, declared, list(step.jobs)))

    def _put(self, new: Part) -> None:
        after = max((self._after(job, new.kind) for job in new.jobs), default=self.opened)
        for number in range(after, len(self.parts)):
            if self.parts[number].takes(new):
                self.parts[number].jobs += new.jobs
                self.place |= dict.fromkeys((job.row.key for job in new.jobs), number)
                return
        self._open(new)

    def _open(self, part: Part) -> None:
        self.parts.append(part)
        self.place |= dict.fromkeys((job.row.key for job in part.jobs), len(self.parts) - 1)

    def _after(self, job: Task, kind: Kind) -> int:
        """Return the first part that may hold a job: that of what it uses quarter by quarter, or the one after it."""
        found = self.opened
        for key, together in _in_step(job.formula):
            if key in self.place:
                found = max(found, self.place[key] + (0 if together and kind == "fused" else 1))
        return found


def _kind(job: Task) -> Kind:
    if isinstance(job.formula, LOOPS) or (is_long_sum(job.formula) and not job.row.timed):
        return "whole"
    if is_long_sum(job.formula):
        return "sums"
    return "fused" if job.row.vintage is None else "alike"


def _in_step(node: Expr) -> Iterator[tuple[str, bool]]:
    """Yield the rows that a formula uses, and whether it needs them no later than in the same quarter."""
    if isinstance(node, nodes.Ref):
        yield key_of(node), node.lag >= 0
    elif isinstance(node, nodes.Lookup) and not isinstance(node, nodes.Lagged | nodes.Sum | nodes.Trailing):
        yield from ((key, False) for key in used_keys(node))
    else:
        for child in children(node):
            yield from _in_step(child)
