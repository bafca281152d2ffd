"""Binding: names become keys of rows, dimensions become members, and rows get their ranges of quarters."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from model.errors import DeclarationError, UnknownNameError, did_you_mean
from model.language import nodes
from model.language.declarations import Driver, DriverPart, Line, Model, Reported, Same
from model.language.nodes import VINTAGE, VINTAGES_BEFORE, Declared, Dimension, Expr, is_logical, mapped
from model.plan.checks import check_row, check_stage
from model.plan.plan import Plan, Row, row_key, vintages
from model.plan.ranges import Ranges

if TYPE_CHECKING:
    from model.language.periods import Axis


Selection = dict[Dimension, str]


def bind(model: Model, axis: Axis) -> Plan:
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
        inputs_first = dict(sorted(self.rows.items(), key=lambda item: item[1].line is not None))
        rows = Ranges(inputs_first, self.axis).resolve()
        plan = Plan(self.model, self.axis, rows, self.names)
        for row in rows.values():
            check_row(row, plan)
        return plan

    def _members(self, dimension: Dimension) -> tuple[str, ...]:
        return vintages(self.axis) if dimension is VINTAGE else dimension.members

    def _expand(self, item: Declared) -> None:
        """Add one row per combination of members; a seasonal driver also gets a row over time."""
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
                stop = self.axis.length if isinstance(item, Driver) else self.axis.forecast_start
                self.rows[key] = Row(key, item, members, timed, stop=stop)
        self.names[item.name] = tuple(keys)

    def _line_row(self, item: Line, key: str, members: tuple[str, ...], selection: Selection) -> Row:
        forecast = None if item.forecast is None else self._formula(item.forecast, selection, item)
        same = isinstance(item.history, Same)
        history = forecast if same else None
        if isinstance(item.history, Expr):
            history = self._formula(item.history, selection, item)
        bought = self._bought(selection)
        return Row(key, item, members, item.timed, history, forecast, same, vintage=bought)

    def _bought(self, selection: Selection) -> int | None:
        """Return the position of the quarter in which the vintage of a row is bought."""
        if VINTAGE not in selection:
            return None
        first = self.axis.forecast_start - VINTAGES_BEFORE
        return first + vintages(self.axis).index(selection[VINTAGE])

    def _formula(self, node: Expr, selection: Selection, item: Line) -> Expr:
        try:
            check_stage(node, item)
            bound = self._bind(node, selection)
        except (DeclarationError, UnknownNameError) as error:
            raise DeclarationError(f"{item.origin}: {item.name}: {error}") from None
        return nodes.Where(bound, nodes.Number(1), nodes.Number(0)) if is_logical(bound) else bound

    def _bind(self, node: Expr, selection: Selection) -> Expr:
        def bind(child: Expr) -> Expr:
            return self._bind(child, selection)

        tree: nodes.Bound | nodes.Authored = node  # type: ignore[assignment]  # a cast would cost a call
        match tree:
            case nodes.Ref():
                return self._bind_ref(tree, selection)
            case nodes.AsOf(ref, lag):
                return nodes.Fixed(self._plain(bind(ref), "at_as_of"), self.axis.forecast_start - 1 - lag)
            case nodes.AtEnd(ref, lag):
                return nodes.Fixed(self._plain(bind(ref), "at_end"), self.axis.length - 1 - lag)
            case nodes.AtVintage(ref):
                bought = self._bought(selection)
                if bought is None:
                    raise DeclarationError("at_vintage() needs a line declared by VINTAGE")
                return nodes.Fixed(self._plain(bind(ref), "at_vintage"), bought)
            case nodes.Pick(dimension, choices):
                return bind(choices[_selected(dimension, selection, "pick()")])
            case nodes.Total(ref, dimension):
                chosen = [{**selection, dimension: member} for member in self._members(dimension)]
                return nodes.Sum(tuple(self._bind_ref(ref, each) for each in chosen))
            case nodes.Calendar("vintage") if VINTAGE not in selection:
                raise DeclarationError("age() and vintage_elapsed() need a line declared by VINTAGE")
            case _:  # every other node keeps its kind
                return mapped(tree, bind)

    def _bind_ref(self, ref: nodes.Ref, selection: Selection) -> nodes.Ref:
        item = ref.line
        if isinstance(item, str):
            if item not in self.model.declared:
                raise DeclarationError(f"unknown name {item!r}{did_you_mean(item, self.model.declared)}")
            item = self.model.declared[item]
        declared = item.driver if isinstance(item, DriverPart) else item
        if not isinstance(item, Reported) and self.model.declared.get(declared.name) is not declared:
            raise DeclarationError(f"uses {item.label!r} of {item.origin}, which is in no block of the model")
        is_seasonal = isinstance(item, Driver) and item.kind == "seasonal"
        if is_seasonal and not ref.members and item.by[0] not in selection:
            return nodes.Ref(item.name, ref.lag)
        chosen = {**selection}
        for member in ref.members:
            fits = [dimension for dimension in item.by if member in dimension.members]
            if len(fits) != 1:
                raise DeclarationError(f"{item.name!r} has no member {member!r}; it varies by {_by(item)}")
            chosen[fits[0]] = member
        members = tuple(_selected(dimension, chosen, item.name) for dimension in item.by)
        key = row_key(item, members)
        if isinstance(item, Reported | DriverPart) and key not in self.rows:
            stop = self.axis.forecast_start if isinstance(item, Reported) else self.axis.length
            self.rows[key] = Row(key, item, members, timed=True, stop=stop)
            self.names[key] = (key,)
        return nodes.Ref(key, ref.lag)

    def _plain(self, node: Expr, function: str) -> nodes.Ref:
        if not isinstance(node, nodes.Ref) or node.lag:
            problem = f"{function}() takes a line of the same quarter, not a formula"
            raise DeclarationError(f"{problem}: declare the formula as a line first")
        return node


def _by(item: Declared) -> str:
    return " and ".join(f"{d.name} ({', '.join(d.members)})" for d in item.by) or "nothing"


def _selected(dimension: Dimension, selection: Selection, name: str) -> str:
    if dimension in selection:
        return selection[dimension]
    for other, member in selection.items():
        if dimension.covers(other) and member in dimension.members:
            return member
    hint = "choose a member with [...], use total(), or declare the line by it"
    raise DeclarationError(f"{name} varies by {dimension.name}: {hint}")
