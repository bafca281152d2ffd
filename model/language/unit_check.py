"""The build check of units: a formula must yield the unit that its line declares."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import COMPARISONS, LOGICAL, Expr
from model.language.units import DAY, QUARTER, RATIO, Unit, parse_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    LeafUnit = Callable[[nodes.Ref], Unit | None]

_ANY: Final = None
"""The unit that fits everywhere: of the number 0, and of names that are not declared yet."""


def check_units(node: Expr, declared: str, leaf: LeafUnit | None = None) -> None:
    """Raise a :class:`DeclarationError` unless ``node`` has the unit ``declared``."""
    yielded = _unit(node, leaf or _declared_unit)
    if yielded not in (_ANY, parse_unit(declared)):
        found = str(yielded) or "ratio"
        raise DeclarationError(f"is declared in {declared!r} but its formula yields {found!r}")


def _declared_unit(ref: nodes.Ref) -> Unit | None:
    return _ANY if isinstance(ref.line, str) else parse_unit(ref.line.unit)


def _same(units: Iterable[Unit | None], verb: str) -> Unit | None:
    """Return the unit that all share, or refuse to ``verb`` two different ones."""
    known: Unit | None = _ANY
    for unit in units:
        if known is _ANY:
            known = unit
        elif unit is not _ANY and unit != known:
            raise DeclarationError(f"cannot {verb} {str(known)!r} and {str(unit)!r}")
    return known


def _binary(node: nodes.Binary, left: Unit | None, right: Unit | None) -> Unit | None:
    operator = node.operator
    if operator in COMPARISONS:
        _same((left, right), "compare")
        return RATIO
    if operator in LOGICAL:
        return RATIO
    if operator in "+-":
        return _same((left, right), "add or subtract")
    if operator == "^":
        if left not in (_ANY, RATIO) or right not in (_ANY, RATIO):
            raise DeclarationError(f"cannot raise {str(left)!r} to {str(right)!r}: both must be ratios")
        return RATIO
    if operator == "*":
        return _product(left, right)
    return _ANY if left is _ANY or right is _ANY else left / right


def _product(left: Unit | None, right: Unit | None) -> Unit | None:
    return _ANY if left is _ANY or right is _ANY else left * right


def _unit(node: Expr, leaf: LeafUnit) -> Unit | None:
    tree: nodes.Bound | nodes.Authored = node  # type: ignore[assignment]  # a cast would cost a call
    match tree:
        case nodes.Number(value, unit):
            return _ANY if value == 0 else unit
        case nodes.NotMeaningful():
            return _ANY
        case nodes.Ref():
            return leaf(tree)
        case nodes.Lagged(ref, by):
            _same((_unit(by, leaf), RATIO), "lag by")
            return leaf(ref)
        case nodes.Fixed(ref) | nodes.Trailing(ref) | nodes.Total(ref):
            return leaf(ref)
        case nodes.YearSum(refs):
            return reduce(_product, map(leaf, refs))
        case nodes.Reduction(_, ref) | nodes.AtPosition(ref):
            return leaf(ref)
        case nodes.AsOf(ref) | nodes.AtEnd(ref) | nodes.AtVintage(ref) | nodes.Negate(ref):
            return _unit(ref, leaf)
        case nodes.Sum(refs):
            return _same(map(leaf, refs), "add")
        case nodes.Pick(_, choices):
            return _same((_unit(choice, leaf) for choice in choices.values()), "pick between")
        case nodes.Binary(_, left, right):
            return _binary(tree, _unit(left, leaf), _unit(right, leaf))
        case nodes.Where(condition, then, otherwise):
            _unit(condition, leaf)
            return _same((_unit(then, leaf), _unit(otherwise, leaf)), "choose between")
        case nodes.Call(function, arguments):
            return _same((_unit(argument, leaf) for argument in arguments), f"take the {function} of")
        case nodes.Calendar(what):
            return {"code": QUARTER, "end": DAY}.get(what, RATIO)
        case nodes.PositionOf(value, ref):
            _same((_unit(value, leaf), leaf(ref)), "look up")
            return RATIO
        case nodes.CountBeyond(ref, tolerance):
            _same((_unit(tolerance, leaf), leaf(ref)), "compare")
            return RATIO
        case _:
            raise nodes.no_case(tree, __name__)
