"""Places of figures: rows, or parts of formulas, in a period; their values, formulas, and what they read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from model.backends.arrays import Array, term_of
from model.backends.prose import words
from model.language import nodes
from model.language.nodes import leaves, mapped
from model.language.periods import QUARTERS_A_YEAR, Frequency, Period
from model.language.units import RATIO, parse_unit
from model.plan.plan import Plan, key_of
from model.plan.ranges import Ranges
from model.results import in_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from model.language.nodes import Expr
    from model.plan.plan import Row
    from model.results import Results

LooksUp = nodes.AtPosition | nodes.PositionOf | nodes.CountBeyond
Terms = list[tuple[float, "Expr"]]


@dataclass(frozen=True)
class Place:
    """A row, or a part of a formula, at a position among the periods of a frequency (None: of no period)."""

    name: str
    frequency: Frequency | None
    at: int
    vintage: int | None = None
    part: Expr | None = field(default=None, compare=False)
    unit: str = field(default="", compare=False)
    """Of a part; a row has its own."""


def terms_of(node: Expr, factor: float = 1.0) -> Terms:
    """Return the terms of a sum with the numbers by which they are multiplied; of anything else, itself."""
    match node:
        case nodes.Negate(operand):
            return terms_of(operand, -factor)
        case nodes.Binary("+", left, right):
            return terms_of(left, factor) + terms_of(right, factor)
        case nodes.Binary("-", left, right):
            return terms_of(left, factor) + terms_of(right, -factor)
        case nodes.Binary("*", nodes.Number(value), other) | nodes.Binary("*", other, nodes.Number(value)):
            return terms_of(other, factor * value)
        case nodes.Binary("/", left, nodes.Number(value)) if value:
            return terms_of(left, factor / value)
    return [(factor, node)]


def inputs_of(node: Expr, plan: Plan) -> dict[str, Expr]:
    """Return what a formula reads, by its words: each lookup, and each property of the calendar, once."""
    if isinstance(node, nodes.Leaf):
        return {words(node, plan): node}
    found: dict[str, Expr] = {}
    for child in nodes.children(node):
        found |= inputs_of(child, plan)
    return found


def substituted(node: Expr, plan: Plan) -> Expr:
    """Return a formula in which each input is a reference to a row of the name of its words."""
    if isinstance(node, nodes.Leaf):
        return nodes.Ref(words(node, plan))
    return mapped(node, lambda child: substituted(child, plan))


_CALENDAR: Final = {"code": "quarter", "end": "date"}


class _Series(dict[str, Array]):
    """Rows over the periods of a frequency, computed when they are asked for."""

    def __init__(self, results: Results, frequency: Frequency) -> None:
        super().__init__()
        self.results, self.frequency = results, frequency

    def __missing__(self, key: str) -> Array:
        self[key] = found = self.results.series(key, self.frequency)
        return found


class Places:
    """The places of one scenario's results."""

    def __init__(self, results: Results) -> None:
        self.results, self.plan, self.axis = results, results.plan, results.plan.axis
        self.ranges = Ranges(dict(results.plan.rows), self.axis)
        known: tuple[Frequency, ...] = ("quarterly", "annual", "ttm")
        self.series: dict[Frequency | None, _Series] = {each: _Series(results, each) for each in known}
        self.series[None] = self.series["quarterly"]

    def row(self, key: str, frequency: Frequency | None, at: int) -> Place:
        """Return the place of a row; a balance of a year is that of its last quarter."""
        row = self.plan.row(key)
        if not row.timed:
            return Place(key, None, 0, row.vintage)
        if frequency in {"annual", "ttm"} and row.line is not None and row.line.annual == "last":
            last = QUARTERS_A_YEAR * (at + 1) - 1
            return Place(key, "quarterly", last if frequency == "annual" else at)
        return Place(key, frequency or "quarterly", at, row.vintage)

    def part(self, node: Expr, place: Place) -> Place:
        """Return the place of a part of a formula: the one row that it reads, or the part itself."""
        read = list(self.read(node, place))
        if len(read) == 1:
            return read[0]
        unit = place.unit or self.plan.rows[place.name].unit
        if isinstance(node, nodes.Calendar):
            unit = _CALENDAR.get(node.what, "quarters")
        elif isinstance(node, nodes.PositionOf | nodes.CountBeyond):
            unit = "quarters"
        elif isinstance(node, nodes.Lookup):
            units = [self.plan.rows[key_of(ref)].unit for ref in leaves(node)]
            unit = next((each for each in units if parse_unit(each) != RATIO), units[0])
        return Place(words(node, self.plan), place.frequency, place.at, place.vintage, node, unit)

    def computed(self, node: Expr, place: Place, at: int | None = None) -> float:
        """Return the value of a formula at a place, or at another position there."""
        at = place.at if at is None else at
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            term = term_of(node, self.plan, place.vintage)
            return float(term(self.series[place.frequency], at, at + 1)[0, 0])

    def value(self, place: Place, at: int | None = None) -> float:
        """Return the figure at a place, or of the same row or part at another position."""
        at = place.at if at is None else at
        if place.part is not None:
            return self.computed(place.part, place, at)
        row = self.series[place.frequency][place.name]
        return float(row[at if len(row) > 1 else 0, 0])

    def period(self, place: Place, at: int | None = None) -> str:
        """Return the period of a place, or of another position there; empty for what has none."""
        at = place.at if at is None else at
        if place.frequency is None:
            return ""
        if place.frequency == "annual":
            return str(self.axis.years[at])
        return str(Period.of(self.axis.quarters[at], place.frequency))

    def quarters(self, place: Place) -> range:
        """Return the positions of the quarters of a place."""
        last = QUARTERS_A_YEAR * place.at + QUARTERS_A_YEAR - 1 if place.frequency == "annual" else place.at
        return range(last - QUARTERS_A_YEAR + 1, last + 1)

    def formula(self, place: Place) -> Expr | None:
        """Return the formula of a place: of a flow over a year only where one holds for the whole of it.

        Then the formula is a sum of such flows, and the years' terms add up too.
        """
        if place.part is not None:
            return place.part
        row = self.plan.rows[place.name]
        if row.line is None:
            return None
        if place.frequency is None or place.frequency == "quarterly":
            return self._of_quarter(row, place.at)
        if row.line.annual == "ratio":
            formula = row.forecast
            return formula if formula is None or place.frequency == "ttm" else in_years(formula)
        first, *others = (self._of_quarter(row, at) for at in self.quarters(place))
        if row.line.annual != "sum" or first is None or any(each is not first for each in others):
            return None
        return first if all(self._is_flow(node) for _, node in terms_of(first)) else None

    def _of_quarter(self, row: Row, at: int) -> Expr | None:
        is_result = row.line is not None and row.line.result
        is_past = at < self.axis.forecast_start and row.timed and not is_result
        return row.history if is_past else row.forecast

    def _is_flow(self, node: Expr) -> bool:
        refs = node.refs if isinstance(node, nodes.Sum) else (node,)
        rows = [self.plan.rows[key_of(each)] for each in refs if isinstance(each, nodes.Ref) and not each.lag]
        return len(rows) == len(refs) and all(
            each.line is not None and each.line.annual == "sum" for each in rows
        )

    def covers(self, place: Place, formula: Expr, at: int) -> bool:
        """Tell whether all that a formula reads has a value at another position of a place."""
        if place.frequency is None or at < 0:
            return False
        if place.frequency == "quarterly":
            return self.ranges.first(formula) <= at < self.ranges.last(formula)
        longest = max((ref.lag for ref in leaves(formula)), default=0)
        return longest <= at < len(self.results.periods(place.frequency))

    def read(self, node: Expr, place: Place) -> Iterator[Place]:
        """Yield the places that a lookup adds up, or the one that it leads to; nothing for other nodes."""
        frequency, at = place.frequency, place.at
        tree: nodes.Bound = node  # type: ignore[assignment]  # as in the backends
        match tree:
            case nodes.Ref(_, lag):
                yield self.row(key_of(tree), frequency, at - lag)
            case nodes.Lagged(ref, by, _, further):
                yield self.row(key_of(ref), frequency, at - round(self.computed(by, place)) - further)
            case nodes.Fixed(ref, position):
                yield self.row(key_of(ref), "quarterly", position)
            case nodes.Sum(refs):
                there = self.quarters(place)[-1]
                rows = (self.plan.rows[key_of(ref)] for ref in refs)
                yield from (self.row(each.key, frequency, at) for each in rows if each.start <= there)
            case nodes.Trailing(ref):
                yield from self._over(ref, range(at - QUARTERS_A_YEAR + 1, at + 1))
            case nodes.YearSum(refs):
                first = at - at % QUARTERS_A_YEAR
                yield from self._products(refs, place, range(first, first + QUARTERS_A_YEAR))
            case nodes.Reduction("sum", ref):
                yield from self._over(ref, self._span(ref))
            case nodes.Reduction(function, ref):
                yield from self._over(ref, [self._extreme(ref, function)])
            case nodes.AtPosition() | nodes.PositionOf() | nodes.CountBeyond():
                return  # see looked_up()
            case nodes.Number() | nodes.Negate() | nodes.Binary() | nodes.Where() | nodes.Call():
                return
            case nodes.Calendar() | nodes.NotMeaningful():
                return
            case _:
                raise nodes.no_case(tree, __name__)

    def looked_up(self, node: LooksUp, place: Place) -> list[Place]:
        """Return the quarter that was looked for, or those that were counted, and what told which."""
        key = key_of(node.ref)
        match node:
            case nodes.CountBeyond(_, told_by):
                limit, row = self.computed(told_by, place), self.series["quarterly"][key]
                found = [at for at in self._span(node.ref) if abs(row[at, 0]) > limit]
            case nodes.AtPosition(_, told_by):
                found = self._position(told_by, place)
            case nodes.PositionOf(told_by):
                found = self._position(node, place)
        inputs = inputs_of(told_by, self.plan).values()
        return [self.row(key, "quarterly", at) for at in found] + [self.part(each, place) for each in inputs]

    def _position(self, node: Expr, place: Place) -> list[int]:
        value = self.computed(node, place)
        return [round(value) - 1] if math.isfinite(value) else []

    def _over(self, ref: nodes.Ref, positions: Iterable[int]) -> Iterator[Place]:
        return (self.row(key_of(ref), "quarterly", at - ref.lag) for at in positions)

    def _span(self, ref: nodes.Ref) -> range:
        row = self.plan.rows[key_of(ref)]
        return range(row.start, row.stop) if row.timed else range(1)

    def _extreme(self, ref: nodes.Ref, function: str) -> int:
        span = self._span(ref)
        row = self.series["quarterly"][key_of(ref)][span.start : span.stop, 0]
        return span.start + int(row.argmin() if function == "lowest" else row.argmax())

    def _products(self, refs: tuple[nodes.Ref, ...], place: Place, positions: range) -> Iterator[Place]:
        if len(refs) == 1:
            yield from self._over(refs[0], positions)
            return
        product: Expr = refs[0]
        for ref in refs[1:]:
            product = product * ref
        for at in positions:
            yield Place(words(product, self.plan), "quarterly", at, None, product, place.unit)
