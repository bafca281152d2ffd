"""The loops of a kernel: its tasks grouped in parts.

``fused``: tasks over the same quarters, computed together quarter by quarter, so that values pass from one to
the next in registers. ``alike``: rows by vintage, which differ only in the addresses that they read: a loop
over a table. ``sums``: long sums of such rows, also over a table. ``whole``: a node that looks over the whole
axis.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, cast

from model.backends.kernel.rewriting import LOOPS, KernelRows, used_keys
from model.language import nodes
from model.language.nodes import Declared, Expr, children
from model.plan.plan import key_of
from model.plan.schedule import PHASES, Stage, Task, stages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


Kind = Literal["fused", "alike", "sums", "whole"]

LONG_SUM: Final = 8
"""A sum of more rows than this is a loop over them."""
TASKS_A_LOOP: Final = 12
"""Fused tasks that share a loop over lanes: more take longer to compile, fewer take longer to run."""


@dataclass(eq=False)
class Part:
    """Tasks of one phase that are computed together, all over time (``timed``) or all of one value."""

    kind: Kind
    phase: str
    timed: bool
    first: int
    last: int
    declared: Declared | None = None
    """What rows that are alike are rows of."""
    tasks: list[Task] = field(default_factory=list)

    def loops(self) -> list[list[Task]]:
        """Return the tasks that share a loop over lanes."""
        return [self.tasks[begin : begin + TASKS_A_LOOP] for begin in range(0, len(self.tasks), TASKS_A_LOOP)]

    def takes(self, other: Part) -> bool:
        """Tell whether the tasks of another part can be done in the loop of this one."""
        same_kind = (self.kind, self.timed, self.declared) == (other.kind, other.timed, other.declared)
        if not same_kind or self.kind == "whole":
            return False
        return self.kind == "alike" or (self.first, self.last) == (other.first, other.last)


@dataclass(frozen=True)
class Parts:
    """All parts in order.

    ``added``: rows that are computed in the sum that uses them, by key; ``kept``: rows that must be written
    to their slots.
    """

    parts: tuple[Part, ...]
    added: dict[str, Task]
    kept: frozenset[str]

    def inputs(self, task: Task) -> set[str]:
        """Return the rows that a task reads, for itself or for the rows of its sum."""
        used = used_keys(task.formula)
        return used.union(*(used_keys(self.added[key].formula) for key in used & self.added.keys()))


def is_long_sum(formula: Expr) -> bool:
    """Tell whether a formula adds so many rows that it is written as a loop."""
    return isinstance(formula, nodes.Sum) and len(formula.refs) > LONG_SUM


def parts_of(work: KernelRows, wanted: Iterable[str]) -> Parts:
    """Group the tasks of a kernel in parts."""
    outside = frozenset(wanted)
    added = _added_where_used(work, outside)
    scheduler = _Scheduler(added)
    for phase in PHASES:
        scheduler.phase(phase, stages_of(work.tasks[phase]))
    parts = tuple(scheduler.parts)
    return Parts(parts, added, outside | _kept(parts, added))


def _added_where_used(work: KernelRows, wanted: frozenset[str]) -> dict[str, Task]:
    """Return the vintages over time that only one long sum uses: they need no slots."""
    tasks = [task for phase in PHASES for task in work.tasks[phase]]
    uses = Counter(key for task in tasks for key in used_keys(task.formula))
    alone = {
        key
        for task in tasks
        if is_long_sum(task.formula)
        for key in used_keys(task.formula)
        if uses[key] == 1
    }
    return {
        task.row.key: task
        for task in tasks
        if task.row.vintage is not None and task.row.timed and task.row.key in alone - wanted
    }


def _kept(parts: Iterable[Part], added: dict[str, Task]) -> frozenset[str]:
    """Return the rows that are used outside the loop that computes them, or before it does."""
    kept: set[str] = set()
    home: dict[str, tuple[Part, int]] = {}
    loops = [
        ((part, number), task) for part in parts for number, loop in enumerate(part.loops()) for task in loop
    ]
    for place, task in loops:
        if place[0].kind != "fused" or task.row.key in home:
            kept.add(task.row.key)
        home[task.row.key] = place
    for place, task in loops:
        formulas = [task.formula, *(added[key].formula for key in used_keys(task.formula) & added.keys())]
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
    elif isinstance(tree, nodes.YearSum):
        yield from ((key_of(ref), False) for ref in tree.refs)
        below = ()
    elif isinstance(tree, nodes.Lookup) and not isinstance(tree, nodes.Sum):
        yield key_of(tree.ref), False
        below = tuple(child for child in below if child is not tree.ref)
    for child in below:
        yield from _uses(child)


@dataclass
class _Scheduler:
    """Puts each stage into the first part after all the parts that it needs, or opens a new one."""

    added: dict[str, Task]
    parts: list[Part] = field(default_factory=list)
    opened: int = 0
    """First part of this phase."""
    place: dict[str, int] = field(default_factory=dict)
    """Part that computes a row of this phase; for a row computed in its sum, the last part that it needs."""

    def phase(self, phase: str, stages: Iterable[Stage]) -> None:
        """Add the stages of a phase."""
        self.opened, self.place = len(self.parts), {}
        for stage in stages:
            (task, *more) = stage.tasks
            if task.row.key in self.added:
                self.place[task.row.key] = max(
                    (self.place.get(key, -1) for key in used_keys(task.formula)), default=-1
                )
                continue
            edges = sorted({edge for each in stage.tasks for edge in (each.first, each.last)})
            if more and len(edges) > 2:  # noqa: PLR2004  # rows over different quarters: a part a range
                for first, last in pairwise(edges):
                    tasks = [each for each in stage.tasks if each.first <= first and each.last >= last]
                    self._open(Part("fused", phase, task.row.timed, first, last, tasks=tasks))
                continue
            kind = _kind(task)
            declared = task.row.declared if kind == "alike" else None
            self._put(Part(kind, phase, task.row.timed, task.first, task.last, declared, list(stage.tasks)))

    def _put(self, new: Part) -> None:
        after = max((self._after(task, new.kind) for task in new.tasks), default=self.opened)
        for number in range(after, len(self.parts)):
            if self.parts[number].takes(new):
                self.parts[number].tasks += new.tasks
                self.place |= dict.fromkeys((task.row.key for task in new.tasks), number)
                return
        self._open(new)

    def _open(self, part: Part) -> None:
        self.parts.append(part)
        self.place |= dict.fromkeys((task.row.key for task in part.tasks), len(self.parts) - 1)

    def _after(self, task: Task, kind: Kind) -> int:
        """Return the first part that may hold a task: that of the rows that it uses, or the one after it."""
        after = self.opened
        for key, in_step in _in_step(task.formula):
            if key in self.place:
                after = max(after, self.place[key] + (0 if in_step and kind == "fused" else 1))
        return after


def _kind(task: Task) -> Kind:
    if isinstance(task.formula, LOOPS) or (is_long_sum(task.formula) and not task.row.timed):
        return "whole"
    if is_long_sum(task.formula):
        return "sums"
    return "fused" if task.row.vintage is None else "alike"


def _in_step(node: Expr) -> Iterator[tuple[str, bool]]:
    """Yield the rows that a formula uses, and whether it needs them no later than in the same quarter."""
    if isinstance(node, nodes.Ref):
        yield key_of(node), node.lag >= 0
    elif isinstance(node, nodes.Lookup) and not isinstance(node, nodes.Lagged | nodes.Sum | nodes.Trailing):
        yield from ((key, False) for key in used_keys(node))
    else:
        for child in children(node):
            yield from _in_step(child)
