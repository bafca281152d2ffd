"""In which order the rows of a plan are computed: history, then forecast, then results; backends share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, walk
from model.plan.plan import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from model.plan.plan import Plan, Row

PHASES = ("history", "forecast", "result")


@dataclass(frozen=True, eq=False)
class Task:
    """A row to be computed by one formula in the quarters from ``first`` to before ``last`` (0 to before 1: one value)."""

    row: Row
    formula: Expr
    first: int
    last: int


@dataclass(frozen=True)
class Stage:
    """Jobs that are done together: one by one, or quarter by quarter when ``recurrent``."""

    recurrent: bool
    jobs: tuple[Task, ...]


def phase_jobs(plan: Plan, phase: str) -> list[Task]:
    """Return what is to be computed in a phase, in the order of rows."""
    return [job for row in plan.rows.values() if (job := _job(row, plan, phase)) is not None]


def _job(row: Row, plan: Plan, phase: str) -> Task | None:
    """Return the formula of ``row`` in this phase and its quarters, if it has any."""
    if row.line is None or (phase == "result") != row.line.result:
        return None
    split = plan.axis.forecast_start
    if phase == "history":
        found = (
            None
            if row.history is None or not row.timed
            else Task(row, row.history, row.start, min(row.stop, split))
        )
    elif row.forecast is None:
        found = None
    elif not row.timed:
        found = Task(row, row.forecast, 0, 1)
    elif phase == "result":
        found = Task(row, row.forecast, row.start, row.stop)
    else:
        found = Task(row, row.forecast, max(row.start, split), row.stop)
    return found if found is not None and found.first < found.last else None


def stages_of(jobs: Sequence[Task]) -> list[Stage]:
    """Group jobs: those that depend on each other over time form one recurrent step; what is needed comes first."""
    places = {job.row.key: place for place, job in enumerate(jobs)}
    uses = [
        {
            places[key_of(node)]
            for node in walk(job.formula)
            if isinstance(node, nodes.Ref) and key_of(node) in places
        }
        for job in jobs
    ]
    needs = _closure(uses)
    groups: dict[int, list[int]] = {}
    for place, needed in enumerate(needs):
        mates = [
            place,
            *(other for other in range(place) if needed >> other & 1 and needs[other] >> place & 1),
        ]
        groups.setdefault(min(mates), []).append(place)
    steps = []
    # what a group needs is needed by it and by no other way round, so it has fewer needs and comes first
    for first in sorted(groups, key=lambda each: ((needs[each] | 1 << each).bit_count(), each)):
        members = tuple(jobs[place] for place in groups[first])
        recurrent = any(place in uses[place] or needs[place] >> place & 1 for place in groups[first])
        if recurrent:
            _check_recurrent(members)
        steps.append(Stage(recurrent, members))
    return steps


def _closure(uses: list[set[int]]) -> list[int]:
    """Return, for each place, the set (as bits) of all places that it needs, directly or through others."""
    needs = [sum(1 << other for other in used) for used in uses]
    changed = True
    while changed:
        changed = False
        for place, used in enumerate(uses):
            found = needs[place]
            for other in used:
                found |= needs[other]
            changed |= found != needs[place]
            needs[place] = found
    return needs


def _check_recurrent(jobs: Iterable[Task]) -> None:
    """Refuse a recurrent step in which a row needs the whole of another one."""
    keys = {job.row.key for job in jobs}
    for job in jobs:
        for node in walk(job.formula):
            if isinstance(node, (nodes.YearSum, nodes.Fixed)) and key_of(node.ref) in keys:
                key = job.row.key
                raise DeclarationError(
                    f"{job.row.declared.origin}: {key} needs all quarters of {key_of(node.ref)}, which in turn depends on "
                    f"{key}: declare {key_of(node.ref)} from drivers and reported figures only"
                )
