"""The rows that a kernel computes, and three rewrites that move work out of the loop over quarters.

The tasks of a plan (:mod:`model.plan.schedule`) that the wanted rows need are rewritten without changing
their meaning:

- *constant history*: reported quarters that do not differ between draws are computed by numpy, once a run
  (the ``given`` tasks);
- *hoisting*: a part of a formula that does not vary with time becomes a row of its own, computed once a draw;
  so do the constant factors of a product: ``cost * worn[t] / (4 * life)`` becomes
  ``(cost / (4 * life)) * worn[t]``, which saves a division a quarter;
- *loops apart*: a node that looks over the whole axis becomes a row of its own, because it is a loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Final, cast

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, children, leaves, mapped, walk
from model.plan.plan import Plan, Row, key_of
from model.plan.schedule import PHASES, Task, phase_tasks

if TYPE_CHECKING:
    from collections.abc import Iterable


LOOPS: Final = (nodes.Reduction, nodes.PositionOf, nodes.CountBeyond)
"""Nodes that look at a row over the whole axis."""


@dataclass(frozen=True)
class KernelRows:
    """The work of a kernel: tasks that numpy does first (``given``), and its own ``tasks`` by phase.

    ``rows``: all rows, hoisted ones included; ``inputs``: keys of drivers and reported rows that are read;
    ``in_history``: keys of drivers that formulas of reported quarters use.
    """

    given: tuple[Task, ...]
    tasks: dict[str, tuple[Task, ...]]
    rows: dict[str, Row]
    inputs: tuple[str, ...]
    in_history: frozenset[str]


def rows_for(plan: Plan, wanted: Iterable[str], *, history: bool) -> KernelRows:
    """Return the work for the ``wanted`` rows; ``history``: reported quarters differ between draws too."""
    needed = plan.needed(wanted)
    tasks = {phase: [task for task in phase_tasks(plan, phase) if task.row.key in needed] for phase in PHASES}
    reported = tasks["history"]
    used_in_history = {key for task in reported for key in used_keys(task.formula)}
    given = _free_of_drivers(plan, reported) if history else {task.row.key for task in reported}
    tasks["history"] = [task for task in reported if task.row.key not in given]
    rows = {key: row for key, row in plan.rows.items() if key in needed}
    rewritten = {}
    for phase in PHASES:
        hoisting = _Hoisting(plan, phase)
        done = [replace(task, formula=hoisting.rewritten(task)) for task in tasks[phase]]
        hoisted = tuple(hoisting.tasks.values())
        rows |= {task.row.key: task.row for task in hoisted}
        rewritten[phase] = (*hoisted, *done)
    return KernelRows(
        given=tuple(task for task in reported if task.row.key in given),
        tasks=rewritten,
        rows=rows,
        inputs=tuple(key for key, row in rows.items() if row.line is None),
        in_history=frozenset(key for key in used_in_history if plan.rows[key].driver_key),
    )


def used_keys(formula: Expr) -> set[str]:
    """Return the keys of the rows that a formula uses."""
    return {key_of(node) for node in walk(formula) if isinstance(node, nodes.Ref)}


def _free_of_drivers(plan: Plan, tasks: Iterable[Task]) -> set[str]:
    """Return the keys of lines whose reported quarters follow from reported figures alone."""
    uses = {task.row.key: used_keys(task.formula) for task in tasks}
    free = set(uses)
    bound = free
    while bound:  # a line that uses a bound one is bound: repeat until nothing is added
        bound = {
            key
            for key in free
            if any(plan.rows[used].driver_key or used in uses.keys() - free for used in uses[key])
        }
        free -= bound
    return free


@dataclass
class _Hoisting:
    """Rewrites the formulas of one phase."""

    plan: Plan
    phase: str
    tasks: dict[str, Task] = field(default_factory=dict)
    """Hoisted tasks, by the text of their formulas: equal parts of several rows are computed once."""

    def rewritten(self, task: Task) -> Expr:
        """Return the formula of a task with everything hoisted that can be."""
        if not task.row.timed:
            self._require_no_look_back(task)
        if isinstance(task.formula, LOOPS) and not task.row.timed:
            return self._loop(task.formula, task.row)
        return self._inner(task.formula, task.row, timed=task.row.timed)

    def _require_no_look_back(self, task: Task) -> None:
        """Refuse one value that looks back: there is no quarter to look back from."""
        for node in walk(task.formula):
            if isinstance(node, (nodes.Trailing, nodes.YearSum, nodes.Lagged)) or (
                isinstance(node, nodes.Ref) and node.lag > 0
            ):
                key = key_of(leaves(node)[0])
                raise DeclarationError(
                    f"{task.row.declared.origin}: {task.row.key} is one value, and cannot look back at {key}:"
                    " use at_as_of()"
                )

    def _inner(self, node: Expr, row: Row, *, timed: bool) -> Expr:
        def inner(child: Expr) -> Expr:
            return self._inner(child, row, timed=timed)

        if isinstance(node, LOOPS):
            return self._hoisted(self._loop(node, row), row)
        if isinstance(node, nodes.AtPosition):
            return replace(node, position=inner(node.position))
        if (
            timed
            and isinstance(node, (nodes.Binary, nodes.Negate, nodes.Where, nodes.Call))
            and _uses_rows(node)
            and not self._varies(node)
        ):
            return self._hoisted(mapped(node, lambda child: self._inner(child, row, timed=False)), row)
        if timed and isinstance(node, nodes.Binary) and node.operator in {"*", "/"}:
            # regroup the product: constant factors first, as one hoisted row
            above, below = _factors(node)
            fixed_above, moving_above = self._parted(above)
            fixed_below, moving_below = self._parted(below)
            if any(map(_uses_rows, fixed_above + fixed_below)) and (fixed_below or len(fixed_above) > 1):
                once = inner(_product(fixed_above, fixed_below))
                return _product([once, *map(inner, moving_above)], list(map(inner, moving_below)))
        return mapped(node, inner)

    def _parted(self, factors: list[Expr]) -> tuple[list[Expr], list[Expr]]:
        """Return the factors that do not vary with time, and those that do."""
        fixed = [factor for factor in factors if not self._varies(factor)]
        moving = [factor for factor in factors if self._varies(factor)]
        return fixed, moving

    def _loop(self, node: Expr, row: Row) -> Expr:
        """Return a node that looks over the whole axis, its argument hoisted if that is a formula."""
        if isinstance(node, nodes.PositionOf):
            return replace(node, value=self._sought(node.value, row))
        if isinstance(node, nodes.CountBeyond):
            return replace(node, tolerance=self._sought(node.tolerance, row))
        return node

    def _sought(self, node: Expr, row: Row) -> Expr:
        if self._varies(node):
            raise DeclarationError(
                f"{row.declared.origin}: {row.key} searches the axis for a value that varies with time:"
                " search for one value"
            )
        if isinstance(node, (nodes.Number, nodes.Ref)):
            return node
        return self._hoisted(self._inner(node, row, timed=False), row)

    def _hoisted(self, formula: Expr, row: Row) -> nodes.Ref:
        # the same formula gives the same value in every row, unless it asks for the vintage of its row
        asks = any(isinstance(node, nodes.Calendar) for node in walk(formula))
        text = repr((formula, row.vintage if asks else None))
        if text not in self.tasks:
            key = f"{row.key}, {self.phase} part {len(self.tasks) + 1}"
            part = Row(
                key, row.declared, row.members, timed=False, forecast=formula, stop=1, vintage=row.vintage
            )
            self.tasks[text] = Task(part, formula, 0, 1)
        return nodes.Ref(self.tasks[text].row.key)

    def _varies(self, node: Expr) -> bool:
        """Tell whether a formula varies with time."""
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
                raise nodes.no_case(tree, __name__)


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
    product = (
        reduce(lambda left, right: nodes.Binary("*", left, right), above) if above else nodes.Number(1.0)
    )
    return reduce(lambda left, right: nodes.Binary("/", left, right), below, product)
