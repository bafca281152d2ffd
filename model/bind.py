"""Binding: every name becomes the key of one row, every dimension a choice of members, every row a range of quarters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from model.axis import QUARTERS_A_YEAR
from model.build import Plan, Row, key_of, leaves, row_key, vintages
from model.build_checks import check_row, check_stage
from model.errors import DeclarationError, UnknownNameError, did_you_mean
from model.expr import (
    AsOf,
    AtEnd,
    AtPosition,
    AtVintage,
    Calendar,
    CountBeyond,
    Expr,
    Fixed,
    Lagged,
    Number,
    Pick,
    PositionOf,
    Reduction,
    Ref,
    Sum,
    Total,
    Trailing,
    Where,
    YearSum,
    children,
    is_logical,
    mapped,
)
from model.lines import VINTAGE, VINTAGES_BEFORE, Declared, Dimension, Driver, Line, Reported, Same

if TYPE_CHECKING:
    from model.axis import Axis
    from model.build import Model


Selection = dict[Dimension, str]


def bind_model(model: Model, axis: Axis) -> Plan:
    """Bind a model to an axis, and check it."""
    return _Binder(model, axis).plan()


@dataclass
class _Binder:
    model: Model
    axis: Axis
    rows: dict[str, Row] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def plan(self) -> Plan:
        for item in self.model.declared.values():
            if isinstance(item, Driver):
                self._expand(item)
        for item in self.model.declared.values():
            if isinstance(item, Line):
                self._expand(item)
        rows = {key: row for key, row in self.rows.items() if row.line is None}
        rows |= {key: row for key, row in self.rows.items() if row.line is not None}
        rows = _Ranges(rows, self.axis).resolve()
        plan = Plan(self.model, self.axis, rows, self.names)
        for row in rows.values():
            check_row(row, plan)
        return plan

    def _members(self, dimension: Dimension) -> tuple[str, ...]:
        return vintages(self.axis) if dimension is VINTAGE else dimension.members

    def _expand(self, item: Declared) -> None:
        """Add one row a combination of members; a seasonal driver also gets the row that looks its members up."""
        keys = []
        if isinstance(item, Driver) and item.kind == "seasonal":
            self.rows[item.name] = Row(item.name, item, (), timed=True, stop=self.axis.length)
        for members in product(*(self._members(dimension) for dimension in item.by)):
            selection = dict(zip(item.by, members, strict=True))
            key = row_key(item, members)
            keys.append(key)
            if isinstance(item, Line):
                self.rows[key] = self._line_row(item, key, members, selection)
            else:
                timed = not (isinstance(item, Driver) and item.kind in {"constant", "seasonal"})
                stop = self.axis.length if isinstance(item, Driver) else self.axis.split
                self.rows[key] = Row(key, item, members, timed, stop=stop)
        self.names[item.name] = tuple(keys)

    def _line_row(self, item: Line, key: str, members: tuple[str, ...], selection: Selection) -> Row:
        forecast = None if item.forecast is None else self._formula(item.forecast, selection, item)
        same = isinstance(item.history, Same)
        history = forecast if same else None
        if isinstance(item.history, Expr):
            history = self._formula(item.history, selection, item)
        vintage = None
        if VINTAGE in selection:
            vintage = self.axis.split - VINTAGES_BEFORE + vintages(self.axis).index(selection[VINTAGE])
        return Row(key, item, members, item.timed, history, forecast, same, vintage=vintage)

    def _formula(self, node: Expr, selection: Selection, item: Line) -> Expr:
        try:
            check_stage(node, item)
            bound = self._bind(node, selection)
        except (DeclarationError, UnknownNameError) as error:
            message = f"{item.origin}: {item.name}: {error}"
            raise DeclarationError(message) from None
        return Where(bound, Number(1), Number(0)) if is_logical(bound) else bound

    def _bind(self, node: Expr, selection: Selection) -> Expr:
        def bind(child: Expr) -> Expr:
            return self._bind(child, selection)

        match node:
            case Ref():
                return self._bind_ref(node, selection)
            case AsOf(ref, lag):
                return Fixed(self._plain(bind(ref), "at_as_of"), self.axis.split - 1 - lag)
            case AtEnd(ref):
                return Fixed(self._plain(bind(ref), "at_end"), self.axis.length - 1)
            case AtVintage(ref):
                if VINTAGE not in selection:
                    message = "at_vintage() needs a line declared by VINTAGE"
                    raise DeclarationError(message)
                at = self.axis.split - VINTAGES_BEFORE + vintages(self.axis).index(selection[VINTAGE])
                return Fixed(self._plain(bind(ref), "at_vintage"), at)
            case Pick(dimension, choices):
                return bind(choices[_selected(dimension, selection, "pick()")])
            case Total(ref, dimension):
                inner = {**selection}
                refs = []
                for member in self._members(dimension):
                    inner[dimension] = member
                    refs.append(self._bind_ref(ref, inner))
                return Sum(tuple(refs))
            case Lagged(ref, by, longest, further):
                return Lagged(self._bind_ref(ref, selection), bind(by), longest, further)
            case Trailing(ref):
                return Trailing(self._bind_ref(ref, selection))
            case YearSum(ref):
                return YearSum(self._bind_ref(ref, selection))
            case Reduction(function, ref):
                return Reduction(function, self._bind_ref(ref, selection))
            case PositionOf(value, ref):
                return PositionOf(bind(value), self._bind_ref(ref, selection))
            case AtPosition(ref, position):
                return AtPosition(self._bind_ref(ref, selection), bind(position))
            case CountBeyond(ref, tolerance):
                return CountBeyond(self._bind_ref(ref, selection), bind(tolerance))
            case Calendar("vintage"):
                if VINTAGE not in selection:
                    message = "age() and vintage_elapsed() need a line declared by VINTAGE"
                    raise DeclarationError(message)
                return node
            case _:
                return mapped(node, bind)

    def _bind_ref(self, ref: Ref, selection: Selection) -> Ref:
        item = ref.line
        if isinstance(item, str):
            if item not in self.model.declared:
                message = f"unknown name {item!r}{did_you_mean(item, self.model.declared)}"
                raise DeclarationError(message)
            item = self.model.declared[item]
        chosen = {**selection}
        if isinstance(item, Driver) and item.kind == "seasonal" and not ref.members and item.by[0] not in selection:
            return Ref(item.name, ref.lag)
        for member in ref.members:
            fits = [dimension for dimension in item.by if member in dimension.members]
            if len(fits) != 1:
                message = f"{item.name!r} has no member {member!r}; it varies by {_by(item)}"
                raise DeclarationError(message)
            chosen[fits[0]] = member
        members = tuple(_selected(dimension, chosen, item.name) for dimension in item.by)
        key = row_key(item, members)
        if isinstance(item, Reported) and key not in self.rows:
            self.rows[key] = Row(key, item, members, timed=True, stop=self.axis.split)
            self.names[key] = (key,)
        return Ref(key, ref.lag)

    def _plain(self, node: Expr, function: str) -> Ref:
        if not isinstance(node, Ref) or node.lag:
            message = f"{function}() takes a line of the same quarter, not a formula: declare the formula as a line first"
            raise DeclarationError(message)
        return node


def _by(item: Declared) -> str:
    return " and ".join(f"{d.name} ({', '.join(d.members)})" for d in item.by) or "nothing"


def _selected(dimension: Dimension, selection: Selection, what: str) -> str:
    if dimension in selection:
        return selection[dimension]
    for other, member in selection.items():
        if dimension.covers(other) and member in dimension.members:
            return member
    message = f"{what} varies by {dimension.name}: choose a member with [...], use total(), or declare the line by it"
    raise DeclarationError(message)


@dataclass
class _Ranges:
    """Finds the first and last quarter of each row: a row has a value where all that its formula uses has one."""

    rows: dict[str, Row]
    axis: Axis
    starts: dict[str, int] = field(default_factory=dict)
    stops: dict[str, int] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def resolve(self) -> dict[str, Row]:
        resolved = {}
        for key, row in self.rows.items():
            if row.line is None or not row.timed:
                resolved[key] = replace(row, stop=row.stop or self.axis.length)
                self.starts[key], self.stops[key] = 0, resolved[key].stop
                continue
            resolved[key] = replace(row, start=self.start(key), stop=self.stop(key))
        for row in resolved.values():
            self._check_opening(row)
        return resolved

    def start(self, key: str) -> int:
        row = self.rows[key]
        if row.line is None or not row.timed:
            return 0
        if key not in self.starts:
            if key in self.open:
                self._fail(row, "refers to itself in reported quarters; give history=")
            self.open.add(key)
            if row.vintage is not None:
                self.starts[key] = max(self.axis.split, row.vintage + 1)
            elif row.history is None:
                self.starts[key] = self.axis.split
            else:
                self.starts[key] = max(0, self._first(row.history))
                if not row.line.result and self.starts[key] > self.axis.split:
                    self._fail(row, "has no reported value before as-of; give history=")
            self.open.discard(key)
        return self.starts[key]

    def stop(self, key: str) -> int:
        row = self.rows[key]
        if row.line is None:
            return row.stop
        if key not in self.stops:
            if row.forecast is None:
                self.stops[key] = self.axis.split
            else:
                self.stops[key] = self.axis.length  # for references to itself
                self.stops[key] = min(self.axis.length, self._last(row.forecast))
        return self.stops[key]

    def _first(self, node: Expr) -> int:
        """First quarter in which ``node`` has a value."""
        match node:
            case Ref():
                return self.start(key_of(node)) + node.lag
            case Lagged(ref, by, longest, further):
                return max(self.start(key_of(ref)) + longest + further, self._first(by))
            case Trailing(ref):
                return self.start(key_of(ref)) + QUARTERS_A_YEAR - 1
            case Sum(refs):  # a vintage that is not bought yet adds nothing
                return min(self.start(key_of(each)) for each in refs)
            case YearSum(ref):
                return -(-self.start(key_of(ref)) // QUARTERS_A_YEAR) * QUARTERS_A_YEAR
            case Fixed() | Reduction() | PositionOf() | AtPosition() | CountBeyond():
                return 0
            case _:
                return max((self._first(child) for child in children(node)), default=0)

    def _last(self, node: Expr) -> int:
        """Quarter after the last one in which ``node`` has a value."""
        match node:
            case Ref():
                return self.stop(key_of(node)) + node.lag
            case Fixed() | Reduction() | PositionOf() | AtPosition() | CountBeyond():
                return self.axis.length
            case Lagged(ref, by, _, further):
                return min(self.stop(key_of(ref)) + 1 + further, self._last(by))
            case _:
                return min((self._last(child) for child in children(node)), default=self.axis.length)

    def _check_opening(self, row: Row) -> None:
        if row.line is None or row.line.result or row.forecast is None or not row.timed:
            return
        if row.stop < self.axis.length:
            self._fail(row, "uses in its forecast a line that ends with as-of")
        if row.vintage is None and self._first(row.forecast) > self.axis.split:
            lacking = sorted(key_of(leaf) for leaf in leaves(row.forecast) if self.start(key_of(leaf)) + leaf.lag > self.axis.split)
            self._fail(row, f"has no opening value: give history= to {', '.join(lacking) or 'the lines that it uses'}")

    def _fail(self, row: Row, problem: str) -> None:
        message = f"{row.declared.origin}: {row.key} {problem}"
        raise DeclarationError(message)
