"""Nodes computed by numpy: quarter by quarter where a line looks back at itself, else all quarters at once.

Every value is an array of shape (quarters, draws): draws are scenarios, Monte Carlo draws or both. A value
that does not vary with time has shape (1, draws). The twin of this module is
``workbook_templates/plan/formula.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Expr, leaves
from model.language.periods import QUARTERS_A_YEAR, Axis
from model.plan.plan import Plan, key_of
from model.plan.schedule import PHASES, Stage, Task, changing_rows, phase_tasks, stages_of

Array = NDArray[np.float64]
Values = dict[str, Array]
Term = Callable[[Values, int, int], Array]
"""Computes a node for the quarters from a first to before a last."""

Arithmetic = Callable[[Array, Array], Array]
Comparison = Callable[[Array, Array], NDArray[np.generic]]

_ARITHMETIC: Final[dict[str, Arithmetic]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
}  # fmt: skip
_COMPARISONS: Final[dict[str, Comparison]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "=": np.equal, "<>": np.not_equal, "&": np.logical_and, "|": np.logical_or,
}  # fmt: skip


def _added(rows: Array, *, axis: int, keepdims: bool) -> Array:
    """Add rows one by one, as spreadsheets do: numpy's own order depends on how many draws there are."""
    total: Array = np.add.accumulate(rows, axis=axis)[-1]
    return total[np.newaxis] if keepdims else total


_REDUCERS: Final[dict[str, Callable[..., Array]]] = {"lowest": np.min, "highest": np.max, "sum": _added}
_PROGRAMS_KEPT: Final = 32
"""Whole and partial ones: cells may ask for any number of figures, but few again and again."""


@dataclass(frozen=True)
class ArrayStage:
    """A stage of the plan with the terms that compute its tasks."""

    stage: Stage
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, stage: Stage, plan: Plan) -> ArrayStage:
        """Return a stage of ``plan`` ready to be computed."""
        return cls(stage, tuple(term_of(task.formula, plan, task.row.vintage) for task in stage.tasks))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The rows that it computes."""
        return frozenset(task.row.key for task in self.stage.tasks)

    @cached_property
    def used(self) -> frozenset[str]:
        """The rows that its formulas use."""
        return frozenset(key_of(leaf) for task in self.stage.tasks for leaf in leaves(task.formula))

    @property
    def pairs(self) -> list[tuple[Task, Term]]:
        """Every task with its term."""
        return list(zip(self.stage.tasks, self.terms, strict=True))

    def run(self, values: Values) -> None:
        """Compute the rows of the stage, one by one, or quarter by quarter when it is recurrent."""
        pairs = self.pairs
        if not self.stage.recurrent:
            for task, term in pairs:
                values[task.row.key][task.first : task.last] = term(values, task.first, task.last)
            return
        for now in range(min(task.first for task, _ in pairs), max(task.last for task, _ in pairs)):
            for task, term in pairs:
                if task.first <= now < task.last:
                    values[task.row.key][now] = term(values, now, now + 1)[0]


@dataclass(frozen=True, eq=False, repr=False)
class Program:
    """A plan ready to be computed."""

    plan: Plan
    stages: tuple[ArrayStage, ...]

    def run(
        self,
        drivers: Mapping[str, Array],
        reported: Mapping[str, Array],
        draws: int = 1,
        wanted: tuple[str, ...] = (),
    ) -> Values:
        """Compute every row: (quarters, draws), or (1, draws) for one value; NaN where there is none.

        ``drivers``: one array a driver row, of shape (quarters, draws) or (1, draws); a last dimension of 1
        serves all draws. ``reported``: one array a reported row, of shape (quarters,), NaN after as-of.
        ``wanted``: lines to return; the memory of others serves again once no stage needs them.

        A line that no driver lets differ between draws is computed once.
        """
        changing = _changing(self, frozenset(key for key, row in drivers.items() if row.shape[1] > 1))
        free: defaultdict[tuple[int, ...], list[Array]] = defaultdict(list)
        blanks = {key: self._blank(key, 1, free) for key in self.plan.lines}
        values: Values = {**drivers, **{key: row[:, np.newaxis] for key, row in reported.items()}, **blanks}
        ends = _ends(self, wanted) if wanted else {}
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for place, stage in enumerate(self.stages):
                for key in stage.keys & changing:
                    if values[key] is blanks[key]:
                        values[key] = self._blank(key, draws, free)
                stage.run(values)
                for key in ends.get(place, ()):
                    row = values.pop(key)
                    free[row.shape].append(row)
        for key in blanks.keys() & values.keys():
            if values[key].shape[1] != draws:
                values[key] = np.broadcast_to(values[key], (len(values[key]), draws))
        return values

    def _blank(self, key: str, draws: int, free: Mapping[tuple[int, ...], list[Array]]) -> Array:
        """Return a row without values, of memory that is free, if there is any of its shape."""
        row = self.plan.rows[key]
        shape = self.plan.axis.length if row.timed else 1, draws
        found = free[shape].pop() if free[shape] else np.empty(shape)
        found.fill(0.0 if row.vintage is not None else np.nan)
        return found


@lru_cache(maxsize=_PROGRAMS_KEPT)
def _changing(program: Program, varying: frozenset[str]) -> frozenset[str]:
    return changing_rows((task for stage in program.stages for task in stage.stage.tasks), varying)


@lru_cache(maxsize=_PROGRAMS_KEPT)
def _ends(program: Program, wanted: tuple[str, ...]) -> dict[int, list[str]]:
    """Return the lines that are not wanted and that no later stage needs, by the place of a stage."""
    last: dict[str, int] = {}
    for place, stage in enumerate(program.stages):
        last.update(dict.fromkeys(stage.keys | stage.used, place))
    found: dict[int, list[str]] = {}
    for key in set(program.plan.lines).intersection(last).difference(wanted):
        found.setdefault(last[key], []).append(key)
    return found


@lru_cache(maxsize=_PROGRAMS_KEPT)
def compile_plan(plan: Plan, wanted: tuple[str, ...] = ()) -> Program:
    """Return a plan as a program, or the part that computes the wanted rows and those that they need."""
    if not wanted:
        stages = (stage for phase in PHASES for stage in stages_of(phase_tasks(plan, phase)))
        return Program(plan, tuple(ArrayStage.of(stage, plan) for stage in stages))
    needed = plan.needed(wanted)
    parts = []
    for whole in compile_plan(plan, ()).stages:  # named as in results.run(): one key of the cache
        kept = [(task, term) for task, term in whole.pairs if task.row.key in needed]
        if kept:
            tasks, terms = zip(*kept, strict=True)
            parts.append(ArrayStage(replace(whole.stage, tasks=tasks), terms))
    rows = {key: row for key, row in plan.rows.items() if key in needed}
    return Program(replace(plan, rows=rows), tuple(_when_needed(parts)))


def _when_needed(stages: Sequence[ArrayStage]) -> list[ArrayStage]:
    """Return stages in another valid order: each shortly before it is needed, so that few rows are alive."""
    makers: dict[str, list[int]] = {}
    for place, stage in enumerate(stages):
        for key in stage.keys:
            makers.setdefault(key, []).append(place)
    needs = [
        sorted({maker for key in stage.keys | stage.used for maker in makers.get(key, ()) if maker < place})
        for place, stage in enumerate(stages)
    ]
    order: dict[int, None] = {}
    for last in sorted(set(range(len(stages))).difference(*needs)):
        waiting = [last]
        while waiting:
            missing = [each for each in needs[waiting[-1]] if each not in order]
            waiting += reversed(missing)
            if not missing:
                order[waiting.pop()] = None
    return [stages[place] for place in order]


def by_year(row: Array) -> Array:
    """Return a row over all quarters as (years, quarters of the year, draws)."""
    return row.reshape(-1, QUARTERS_A_YEAR, row.shape[1])


def applied(formula: Expr, inputs: Values, shape: tuple[int, int], plan: Plan) -> Array:
    """Apply the formula of a ratio to figures over another axis, such as years, whose periods its lags count.

    ``inputs``: one array a row that it uses. ``shape``: periods and draws of the result, which is NaN where a
    lag reaches before the first period.
    """
    first = max(leaf.lag for leaf in leaves(formula))
    result = np.full(shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        result[first:] = term_of(formula, plan)(inputs, first, shape[0])
    return result


def term_of(node: Expr, plan: Plan, vintage: int | None = None) -> Term:
    """Return the function that computes ``node`` in a row; ``vintage``: the position of its purchase."""
    tree: nodes.Bound = node  # type: ignore[assignment]  # a cast would cost a call for every node
    axis = plan.axis

    def child(each: Expr) -> Term:
        return term_of(each, plan, vintage)

    def known(ref: nodes.Ref) -> slice:
        row = plan.rows[key_of(ref)]
        return slice(row.start, row.stop)

    match tree:
        case nodes.Number(value):
            fixed = np.full((1, 1), value)
            return lambda _values, _first, _last: fixed
        case nodes.NotMeaningful():
            undefined = np.full((1, 1), np.nan)
            return lambda _values, _first, _last: undefined
        case nodes.Ref():
            return _reference(key_of(tree), tree.lag)
        case nodes.Lagged(ref, by, longest, further):
            return _lagged(key_of(ref), child(by), longest, further)
        case nodes.Fixed(ref, position):
            key = key_of(ref)
            return lambda values, _first, _last: values[key][position : position + 1]
        case nodes.Sum(refs):
            parts = [_reference(key_of(each), each.lag) for each in refs]
            return lambda values, first, last: _summed([part(values, first, last) for part in parts])
        case nodes.Trailing(ref):
            key, lags = key_of(ref), range(QUARTERS_A_YEAR - 1, -1, -1)
            return lambda values, first, last: _summed(
                [values[key][first - lag : last - lag] for lag in lags]
            )
        case nodes.YearSum(refs):
            return _year_sum([(key_of(each), each.lag) for each in refs])
        case nodes.Binary(operator, left, right):
            return _binary(operator, child(left), child(right))
        case nodes.Negate(operand):
            inner = child(operand)
            return lambda values, first, last: -inner(values, first, last)
        case nodes.Where(condition, then, otherwise):
            test, yes, no = child(condition), child(then), child(otherwise)
            return lambda values, first, last: _chosen(
                test(values, first, last), yes(values, first, last), no(values, first, last)
            )
        case nodes.Call(function, arguments):
            return _call(function, [child(argument) for argument in arguments])
        case nodes.Calendar("vintage"):
            if vintage is None:
                raise DeclarationError("age() is used in a row that is not a vintage")
            bought = np.full((1, 1), vintage + 1.0)
            return lambda _values, _first, _last: bought
        case nodes.Calendar(what):
            of_axis = calendar(axis)[what]
            return lambda _values, first, last: of_axis[first:last]
        case nodes.Reduction(function, ref):
            key, reducer, span = key_of(ref), _REDUCERS[function], known(ref)
            return lambda values, _first, _last: reducer(values[key][span], axis=0, keepdims=True)
        case nodes.PositionOf(value, ref):
            key, wanted = key_of(ref), child(value)
            return lambda values, first, last: _position_of(values[key], wanted(values, first, last))
        case nodes.AtPosition(ref, place):
            key, at = key_of(ref), child(place)
            return lambda values, first, last: _at_position(values[key], at(values, first, last))
        case nodes.CountBeyond(ref, tolerance):
            key, limit, span = key_of(ref), child(tolerance), known(ref)
            return lambda values, first, last: _compared(
                np.greater, np.abs(values[key][span]), limit(values, first, last)
            ).sum(axis=0, keepdims=True)
        case _:
            raise nodes.no_case(tree, __name__)


def _reference(key: str, lag: int) -> Term:
    def look_up(values: Values, first: int, last: int) -> Array:
        row = values[key]
        return row if row.shape[0] == 1 else row[first - lag : last - lag]

    return look_up


def _lagged(key: str, by: Term, longest: int, further: int) -> Term:
    def look_up(values: Values, first: int, last: int) -> Array:
        lags = by(values, first, last)
        found = values[key][first - 1 - further : last - 1 - further]
        for lag in range(2, longest + 1):
            found = np.where(lags == lag, values[key][first - lag - further : last - lag - further], found)
        return found

    return look_up


def _year_sum(rows: list[tuple[str, int]]) -> Term:
    def look_up(values: Values, first: int, last: int) -> Array:
        begin = first // QUARTERS_A_YEAR * QUARTERS_A_YEAR
        end = -(-last // QUARTERS_A_YEAR) * QUARTERS_A_YEAR
        products = reduce(np.multiply, [values[key][begin - lag : end - lag] for key, lag in rows])
        years = (np.arange(first, last) - begin) // QUARTERS_A_YEAR
        found: Array = by_year(products).sum(axis=1)[years]
        return found

    return look_up


def _summed(parts: list[Array]) -> Array:
    return reduce(np.add, parts)


def _binary(operator: str, left: Term, right: Term) -> Term:
    if operator in _ARITHMETIC:
        function = _ARITHMETIC[operator]
        return lambda values, first, last: function(left(values, first, last), right(values, first, last))
    compare = _COMPARISONS[operator]
    return lambda values, first, last: _compared(
        compare, left(values, first, last), right(values, first, last)
    )


def _compared(function: Comparison, left: Array, right: Array) -> Array:
    """Return 1 or 0, and NaN where a side is NaN: in spreadsheets a comparison with an error is an error."""
    found = function(left, right).astype(float)
    unknown = np.isnan(left) | np.isnan(right)
    return np.where(unknown, np.nan, found) if unknown.any() else found


def _chosen(condition: Array, then: Array, otherwise: Array) -> Array:
    """Return the branch of a condition; NaN where the condition is NaN. The other branch does not matter."""
    found = np.where(condition != 0, then, otherwise)
    unknown = np.isnan(condition)
    return np.where(unknown, np.nan, found) if unknown.any() else found


def _call(function: str, arguments: list[Term]) -> Term:
    if function == "absolute":
        (only,) = arguments
        return lambda values, first, last: np.abs(only(values, first, last))
    combine: Arithmetic = np.minimum if function == "minimum" else np.maximum

    return lambda values, first, last: reduce(combine, [each(values, first, last) for each in arguments])


@cache
def calendar(axis: Axis) -> dict[str, Array]:
    """Return the properties of every quarter of the axis, each of shape (quarters, 1)."""
    rows: dict[str, Sequence[float]] = {
        "year": [quarter.year for quarter in axis.quarters],
        "quarter": [quarter.number for quarter in axis.quarters],
        "code": [quarter.code for quarter in axis.quarters],
        "end": [quarter.last_day for quarter in axis.quarters],
        "index": range(1, axis.length + 1),
        "elapsed": range(1 - axis.forecast_start, axis.length - axis.forecast_start + 1),
        "as_of": [axis.forecast_start] * axis.length,
    }
    return {what: np.array(row, dtype=float)[:, np.newaxis] for what, row in rows.items()}


def _position_of(row: Array, wanted: Array) -> Array:
    equal = row == wanted
    return np.where(equal.any(axis=0), equal.argmax(axis=0) + 1.0, np.nan)[np.newaxis]


def _at_position(row: Array, position: Array) -> Array:
    known = (position >= 1) & (position < row.shape[0] + 1)  # NaN is neither
    index = np.where(known, position, 1).astype(int) - 1
    return np.where(known, np.take_along_axis(row, index, axis=0), np.nan)
