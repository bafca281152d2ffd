"""The order of calculation, which all backends share: history, then forecast, then results."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, leaves, walk
from model.plan.plan import Plan, Row, key_of, reachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


PHASES = ("history", "forecast", "result")


@dataclass(frozen=True, eq=False)
class Task:
    """A row computed by one formula in the quarters from ``first`` to before ``last``; 0 and 1: one value."""

    row: Row
    formula: Expr
    first: int
    last: int


@dataclass(frozen=True)
class Stage:
    """Tasks that are computed one by one, or together, quarter by quarter, when ``recurrent``."""

    recurrent: bool
    tasks: tuple[Task, ...]


def phase_tasks(plan: Plan, phase: str) -> list[Task]:
    """Return the tasks of a phase, in the order of rows."""
    return [task for row in plan.rows.values() if (task := _task(row, plan, phase)) is not None]


def _task(row: Row, plan: Plan, phase: str) -> Task | None:
    """Return the formula of ``row`` in this phase and its quarters, if it has any."""
    if row.line is None or (phase == "result") != row.line.result:
        return None
    split = plan.axis.forecast_start
    formula = row.history if phase == "history" else row.forecast
    if formula is None or (phase == "history" and not row.timed):
        return None
    first, last = (row.start, row.stop) if row.timed else (0, 1)
    if row.timed and phase == "history":
        last = min(last, split)
    elif row.timed and phase == "forecast":
        first = max(first, split)
    return Task(row, formula, first, last) if first < last else None


def stages_of(tasks: Sequence[Task]) -> list[Stage]:
    """Group tasks into stages: tasks that depend on each other over time form one recurrent stage.

    Stages come in order: each needs only earlier ones, and itself if it is recurrent.
    """
    index = {task.row.key: number for number, task in enumerate(tasks)}
    used = ({key_of(leaf) for leaf in leaves(task.formula)} for task in tasks)
    uses = [{index[key] for key in keys & index.keys()} for keys in used]
    needs = _closure(uses)
    # tasks that need each other form a group, known by the first of them
    groups: dict[int, list[int]] = {}
    for number, needed in enumerate(needs):
        mutual = (other for other in range(number) if needed >> other & 1 and needs[other] >> number & 1)
        groups.setdefault(min(mutual, default=number), []).append(number)

    def size_of_needs(first: int) -> tuple[int, int]:
        return (needs[first] | 1 << first).bit_count(), first

    stages = []
    # a group needs all that an earlier one needs, and that one too: so fewer needs come first
    for first in sorted(groups, key=size_of_needs):
        members = tuple(tasks[number] for number in groups[first])
        recurrent = bool(needs[first] >> first & 1)
        if recurrent:
            _check_recurrent(members)
        stages.append(Stage(recurrent, members))
    return stages


def changing_rows(tasks: Iterable[Task], varying: frozenset[str]) -> frozenset[str]:
    """Return the rows that differ between draws: the varying drivers, and rows that depend on them."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for leaf in leaves(task.formula):
            users[key_of(leaf)].add(task.row.key)
    return reachable(varying, users.__getitem__)


def _closure(uses: list[set[int]]) -> list[int]:
    """Return, for each task, the set of all tasks that it needs, directly or through others.

    A set is an integer with one bit a member: unions of hundreds of members then cost one operation.
    """
    needs = [sum(1 << other for other in used) for used in uses]
    changed = True
    while changed:
        changed = False
        for number, used in enumerate(uses):
            wider = needs[number]
            for other in used:
                wider |= needs[other]
            changed |= wider != needs[number]
            needs[number] = wider
    return needs


def _check_recurrent(tasks: Iterable[Task]) -> None:
    """Refuse a recurrent stage in which a row needs all quarters of another one."""
    keys = {task.row.key for task in tasks}
    for task in tasks:
        for ref in chain.from_iterable(map(_whole_years, walk(task.formula))):
            if key_of(ref) in keys:
                key, used, origin = task.row.key, key_of(ref), task.row.declared.origin
                circle = f"{key} needs all quarters of {used}, which in turn depends on {key}"
                hint = f"declare {used} from drivers and reported figures only"
                raise DeclarationError(f"{origin}: {circle}: {hint}")


def _whole_years(node: Expr) -> tuple[nodes.Ref, ...]:
    """Return the references of ``node`` whose rows must be known beyond the current quarter."""
    if isinstance(node, nodes.Fixed):
        return (node.ref,)
    return tuple(ref for ref in node.refs if not ref.lag) if isinstance(node, nodes.YearSum) else ()
