"""Which rows a kernel computes, and what it computes once a draw instead of every quarter.

The jobs of a plan (:mod:`model.plan.schedule`) that the wanted rows need are rewritten, without changing what
they mean:

- *given* jobs are those of reported quarters which do not differ between draws: numpy computes them, once a run;
- a part of a formula that does not vary with time becomes a row of its own (*lifted*), and so do the factors of a product
  that do not vary: ``cost * worn[t] / (4 * life)`` is ``(cost / (4 * life)) * worn[t]``, a division less a
  quarter;
- a node that looks over the whole axis becomes a row of its own, because it is a loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Final, assert_never, cast

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, children, mapped, walk
from model.plan.plan import Row, key_of
from model.plan.schedule import PHASES, Task, phase_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.plan.plan import Plan

LOOPS: Final = (nodes.Reduction, nodes.PositionOf, nodes.CountBeyond)
"""Nodes that look at a row over the whole axis."""


@dataclass(frozen=True)
class KernelRows:
    """What is to be computed: ``given`` by numpy, ``jobs``, by phase, by the kernel.

    ``rows``: all rows, the lifted ones among them; ``inputs``: keys of the drivers and reported rows that are
    read; ``in_history``: keys of the drivers that formulas of reported quarters use.
    """

    given: tuple[Task, ...]
    jobs: dict[str, tuple[Task, ...]]
    rows: dict[str, Row]
    inputs: tuple[str, ...]
    in_history: frozenset[str]


def rows_for(plan: Plan, wanted: Iterable[str], *, history: bool) -> KernelRows:
    """Return what must be computed to know the ``wanted`` rows; with ``history``, reported quarters differ between draws too."""
    needed = _needed(plan, wanted)
    jobs = {phase: [job for job in phase_jobs(plan, phase) if job.row.key in needed] for phase in PHASES}
    in_history = frozenset(
        key for job in jobs["history"] for key in used_keys(job.formula) if plan.rows[key].driver is not None
    )
    free = _free_of_drivers(plan, jobs["history"]) if history else {job.row.key for job in jobs["history"]}
    given = tuple(job for job in jobs["history"] if job.row.key in free)
    jobs["history"] = [job for job in jobs["history"] if job.row.key not in free]
    rows = {key: row for key, row in plan.rows.items() if key in needed}
    rewritten = {}
    for phase in PHASES:
        lifting = _Lifting(plan, phase)
        done = [replace(job, formula=lifting.rewritten(job)) for job in jobs[phase]]
        rows |= {job.row.key: job.row for job in lifting.jobs.values()}
        rewritten[phase] = (*lifting.jobs.values(), *done)
    inputs = tuple(key for key, row in rows.items() if row.line is None)
    return KernelRows(given, rewritten, rows, inputs, in_history)


def used_keys(formula: Expr) -> set[str]:
    """Return the keys of the rows that a formula uses."""
    return {key_of(node) for node in walk(formula) if isinstance(node, nodes.Ref)}


def _needed(plan: Plan, wanted: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key not in needed:
            needed.add(key)
            row = plan.row(key)
            waiting += [
                used
                for formula in (row.history, row.forecast)
                if formula is not None
                for used in used_keys(formula)
            ]
    return needed


def _free_of_drivers(plan: Plan, jobs: Iterable[Task]) -> set[str]:
    """Return the keys of lines whose reported quarters follow from reported figures alone."""
    uses = {job.row.key: used_keys(job.formula) for job in jobs}
    free = set(uses)
    bound = free
    while bound:
        bound = {
            key
            for key in free
            if any(plan.rows[used].driver is not None or used in uses.keys() - free for used in uses[key])
        }
        free -= bound
    return free


@dataclass
class _Lifting:
    """Rewrites the formulas of one phase."""

    plan: Plan
    phase: str
    jobs: dict[str, Task] = field(default_factory=dict)
    """Lifted jobs, by the text of what they compute: the same thing is lifted once."""

    def rewritten(self, job: Task) -> Expr:
        """Return the formula of a job with what can be lifted lifted."""
        if not job.row.timed:
            self._require_no_look_back(job)
        if isinstance(job.formula, LOOPS) and not job.row.timed:
            return self._loop(job.formula, job.row)
        return self._inner(job.formula, job.row, timed=job.row.timed)

    def _require_no_look_back(self, job: Task) -> None:
        """Refuse one value that looks back: there is no quarter to look back from."""
        for node in walk(job.formula):
            if isinstance(node, (nodes.Trailing, nodes.YearSum, nodes.Lagged)) or (
                isinstance(node, nodes.Ref) and node.lag > 0
            ):
                key = key_of(node if isinstance(node, nodes.Ref) else node.ref)
                raise DeclarationError(
                    f"{job.row.declared.origin}: {job.row.key} is one value, and cannot look back at {key}: use at_as_of()"
                )

    def _inner(self, node: Expr, row: Row, *, timed: bool) -> Expr:
        def inner(child: Expr) -> Expr:
            return self._inner(child, row, timed=timed)

        if isinstance(node, LOOPS):
            return self._lifted(self._loop(node, row), row)
        if isinstance(node, nodes.AtPosition):
            return replace(node, position=inner(node.position))
        if (
            timed
            and isinstance(node, (nodes.Binary, nodes.Negate, nodes.Where, nodes.Call))
            and _uses_rows(node)
            and not self._varies(node)
        ):
            return self._lifted(mapped(node, lambda child: self._inner(child, row, timed=False)), row)
        if timed and isinstance(node, nodes.Binary) and node.operator in {"*", "/"}:
            above, below = _factors(node)
            fixed_above, moving_above = self._parted(above)
            fixed_below, moving_below = self._parted(below)
            if any(map(_uses_rows, fixed_above + fixed_below)) and (fixed_below or len(fixed_above) > 1):
                once = inner(_product(fixed_above, fixed_below))
                return _product([once, *map(inner, moving_above)], list(map(inner, moving_below)))
        return mapped(node, inner)

    def _parted(self, factors: list[Expr]) -> tuple[list[Expr], list[Expr]]:
        """Return the factors that do not vary with time, and those that do."""
        return [each for each in factors if not self._varies(each)], [
            each for each in factors if self._varies(each)
        ]

    def _loop(self, node: Expr, row: Row) -> Expr:
        """Return a node that looks over the whole axis, with the value that it looks for lifted if it is a formula."""
        if isinstance(node, nodes.PositionOf):
            return replace(node, value=self._sought(node.value, row))
        if isinstance(node, nodes.CountBeyond):
            return replace(node, tolerance=self._sought(node.tolerance, row))
        return node

    def _sought(self, node: Expr, row: Row) -> Expr:
        if self._varies(node):
            raise DeclarationError(
                f"{row.declared.origin}: {row.key} looks over the whole axis for what varies with time: look for one value"
            )
        return (
            node
            if isinstance(node, (nodes.Number, nodes.Ref))
            else self._lifted(self._inner(node, row, timed=False), row)
        )

    def _lifted(self, formula: Expr, row: Row) -> nodes.Ref:
        text = repr(
            (
                formula,
                row.vintage if any(isinstance(node, nodes.Calendar) for node in walk(formula)) else None,
            )
        )
        if text not in self.jobs:
            key = f"{row.key}, {self.phase} part {len(self.jobs) + 1}"
            part = Row(
                key, row.declared, row.members, timed=False, forecast=formula, stop=1, vintage=row.vintage
            )
            self.jobs[text] = Task(part, formula, 0, 1)
        return nodes.Ref(self.jobs[text].row.key)

    def _varies(self, node: Expr) -> bool:
        """Tell whether a formula has a value a quarter."""
        tree = cast("nodes.Bound", node)
        if isinstance(tree, nodes.Operation | nodes.NotMeaningful):
            return any(map(self._varies, children(tree)))
        match tree:
            case nodes.Ref():
                row = self.plan.rows.get(key_of(tree))
                return row is not None and row.timed
            case nodes.Sum(refs):
                return any(map(self._varies, refs))
            case nodes.Calendar(what):
                return what not in {"vintage", "as_of"}
            case nodes.Trailing() | nodes.YearSum() | nodes.Lagged():
                return True
            case nodes.Fixed() | nodes.Reduction():
                return False
            case nodes.PositionOf(sought) | nodes.AtPosition(_, sought) | nodes.CountBeyond(_, sought):
                return self._varies(sought)
            case _:
                assert_never(tree)


def _uses_rows(node: Expr) -> bool:
    return any(isinstance(each, nodes.Ref) for each in walk(node))


def _factors(node: Expr) -> tuple[list[Expr], list[Expr]]:
    """Return the factors of a product: those above the line, and those below it."""
    match node:
        case nodes.Binary("*", left, right):
            (above, below), (above_too, below_too) = _factors(left), _factors(right)
            return above + above_too, below + below_too
        case nodes.Binary("/", left, right):
            (above, below), (below_too, above_too) = _factors(left), _factors(right)
            return above + above_too, below + below_too
        case _:
            return [node], []


def _product(above: list[Expr], below: list[Expr]) -> Expr:
    """Return a product of factors above and below the line."""
    found = reduce(lambda left, right: nodes.Binary("*", left, right), above) if above else nodes.Number(1.0)
    return reduce(lambda left, right: nodes.Binary("/", left, right), below, found)
