"""The closed set of nodes that the formulas of a model are made of.

A node is frozen data: it says what is meant, not how it is computed. Each backend gives it meaning in one
``match`` that ends in :func:`no_case`, so that mypy names every place when a node is added: numpy
(:mod:`model.backends.arrays`), machine code (:mod:`model.backends.kernel`), prose
(:mod:`model.backends.prose`) and Excel (``workbook_templates.plan.formula``). Operators only build: ``if``,
``and``, ``max()`` and chained comparisons on a formula raise and say what to write instead.

*Authored* nodes exist only while a model is written. :mod:`model.plan.binding` replaces them, and every name
by the key of one row, so that backends see *bound* nodes only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, Never, NoReturn

from model.errors import DeclarationError
from model.language.units import RATIO, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Arithmetic = Literal["+", "-", "*", "/", "^"]
Comparison = Literal["<", "<=", ">", ">=", "=", "<>"]
Logical = Literal["&", "|"]
Operator = Arithmetic | Comparison | Logical
FunctionName = Literal["minimum", "maximum", "absolute"]
CalendarName = Literal["year", "quarter", "index", "elapsed", "code", "vintage", "as_of", "end"]
ReductionName = Literal["lowest", "highest", "sum"]

COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "=", "<>"})
LOGICAL: Final = frozenset({"&", "|"})


def _binary(operator: Operator) -> Callable[[Expr, Operand], Binary]:
    return lambda left, right: Binary(operator, wrap(left), wrap(right))


def _reflected(operator: Operator) -> Callable[[Expr, Operand], Binary]:
    return lambda right, left: Binary(operator, wrap(left), wrap(right))


class Expr:
    """The base of all nodes: operators build larger nodes from it."""

    __hash__ = object.__hash__

    __add__, __radd__ = _binary("+"), _reflected("+")
    __sub__, __rsub__ = _binary("-"), _reflected("-")
    __mul__, __rmul__ = _binary("*"), _reflected("*")
    __truediv__, __rtruediv__ = _binary("/"), _reflected("/")
    __pow__, __rpow__ = _binary("^"), _reflected("^")
    __lt__, __le__, __gt__, __ge__ = _binary("<"), _binary("<="), _binary(">"), _binary(">=")
    __and__, __or__ = _binary("&"), _binary("|")

    def __eq__(self, other: object) -> Binary:  # type: ignore[override]  # builds a node
        return Binary("=", wrap(self), wrap(other))

    def __ne__(self, other: object) -> Binary:  # type: ignore[override]  # builds a node
        return Binary("<>", wrap(self), wrap(other))

    def __neg__(self) -> Negate:
        return Negate(wrap(self))

    def __abs__(self) -> Call:
        return Call("absolute", (wrap(self),))

    def node(self) -> Expr:
        """Return the node that stands for this in a formula."""
        return self

    def __bool__(self) -> NoReturn:
        raise DeclarationError(
            "a formula has no truth value while it is being written: use where(condition, a, b) for 'if',"
            " & and | for 'and' and 'or', maximum() and minimum() for max() and min(),"
            " and (a < b) & (b < c) for a chained comparison"
        )

    def __iter__(self) -> NoReturn:
        hint = "use total(line, DIMENSION) or ttm(line)"
        raise DeclarationError(f"a formula cannot be looped over or given to sum(): {hint}")

    def __float__(self) -> NoReturn:
        raise DeclarationError("a formula has no value while it is written: evaluate the model to get one")


Operand = Expr | float | int


def wrap(value: object) -> Expr:
    """Return ``value`` as a node: a node itself, or a number."""
    if isinstance(value, Expr):
        return value.node()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        hint = "use numbers, lines and drivers (flags are 1 and 0)"
        raise DeclarationError(f"{value!r} cannot stand in a formula: {hint}")
    return Number(float(value))


@dataclass(frozen=True)
class Dimension:
    """A closed list of members that a line or driver varies by.

    ``within`` names a larger dimension that holds the same members: a line by the larger one can be used,
    member by member, in a line by the smaller one and the other way round. ``labels`` are the names of
    members for people, where these are not simply the member's words.
    """

    name: str
    members: tuple[str, ...]
    within: Dimension | None = None
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    def covers(self, other: Dimension) -> bool:
        """Tell whether a member of ``other`` selects a member of this dimension."""
        return self is other or self.within is other or other.within is self

    def label(self, member: str) -> str:
        """Return the name of a member for people."""
        return self.labels.get(member, member.replace("_", " "))


VINTAGE: Final = Dimension("vintage", ())
"""Quarters in which assets are bought. Its members depend on the axis: :func:`model.plan.plan.vintages`."""

VINTAGES_BEFORE: Final = 4
"""Reported quarters, up to as-of, that can hold assets not yet in service (the longest service lag)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Declared(Expr):
    """A declaration: it has a name, a label, a unit, and a place in the model."""

    label: str
    unit: str
    by: tuple[Dimension, ...] = ()
    origin: str = ""
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:
            object.__setattr__(self, "name", name)

    def node(self) -> Ref:
        """Return the reference to this in the same quarter."""
        return Ref(self)

    def __getitem__(self, member: str | tuple[str, ...]) -> Ref:
        return self.node()[member]


@dataclass(frozen=True, eq=False)
class Number(Expr):
    """A structural constant; assumptions are drivers, not numbers."""

    value: float
    unit: Unit = RATIO


@dataclass(frozen=True, eq=False)
class Negate(Expr):
    """The negative of a number."""

    operand: Expr


@dataclass(frozen=True, eq=False)
class Binary(Expr):
    """An arithmetic operation, a comparison (1 or 0), or a logical one (1 or 0)."""

    operator: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Where(Expr):
    """``then`` where the condition is not 0, ``otherwise`` elsewhere."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, eq=False)
class Call(Expr):
    """A function of numbers in the same quarter."""

    function: FunctionName
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, eq=False)
class Ref(Expr):
    """A line in the same quarter, ``lag`` quarters earlier, or (results only) later when ``lag`` is negative.

    ``line`` is a declaration or, if it is declared further down, its name; after binding, the key of a row.
    """

    line: Declared | str
    lag: int = 0
    members: tuple[str, ...] = ()

    def __getitem__(self, member: str | tuple[str, ...]) -> Ref:
        added = (member,) if isinstance(member, str) else member
        return Ref(self.line, self.lag, self.members + added)


@dataclass(frozen=True, eq=False)
class Lagged(Expr):
    """A line ``by + further`` quarters earlier; ``by`` is a driver with whole values up to ``longest``."""

    ref: Ref
    by: Expr
    longest: int
    further: int = 0


@dataclass(frozen=True, eq=False)
class Fixed(Expr):
    """A row at one position of the axis (from 0), whatever the current quarter."""

    ref: Ref
    position: int


@dataclass(frozen=True, eq=False)
class Sum(Expr):
    """The sum of several rows in the same quarter."""

    refs: tuple[Ref, ...]


@dataclass(frozen=True, eq=False)
class Trailing(Expr):
    """The sum of a row over the four quarters that end with this one."""

    ref: Ref


@dataclass(frozen=True, eq=False)
class YearSum(Expr):
    """The sum of a product of rows over the quarters of this calendar year; lags are by whole years."""

    refs: tuple[Ref, ...]


@dataclass(frozen=True, eq=False)
class Calendar(Expr):
    """A property of the current quarter, of the vintage of this row, or of as-of."""

    what: CalendarName


@dataclass(frozen=True, eq=False)
class NotMeaningful(Expr):
    """An error value, where a formula has no meaning: a multiple of a loss, for example."""


@dataclass(frozen=True, eq=False)
class Reduction(Expr):
    """Results only: the lowest or highest value of a row over the axis, or its sum."""

    function: ReductionName
    ref: Ref


@dataclass(frozen=True, eq=False)
class PositionOf(Expr):
    """Results only: position (from 1) of the first quarter in which the row equals ``value``; none: #N/A."""

    value: Expr
    ref: Ref


@dataclass(frozen=True, eq=False)
class AtPosition(Expr):
    """Results only: the row at a position (from 1); #N/A stays #N/A."""

    ref: Ref
    position: Expr


@dataclass(frozen=True, eq=False)
class CountBeyond(Expr):
    """Results only: the number of quarters in which the row differs from 0 by more than ``tolerance``."""

    ref: Ref
    tolerance: Expr


# Authored nodes: binding replaces them


@dataclass(frozen=True, eq=False)
class AsOf(Expr):
    """The value at ``as_of``, or ``lag`` quarters before it (after it, when negative: results only)."""

    ref: Expr
    lag: int = 0


@dataclass(frozen=True, eq=False)
class AtEnd(Expr):
    """Results only: the value in the last quarter of the axis, or ``lag`` quarters before it."""

    ref: Expr
    lag: int = 0


@dataclass(frozen=True, eq=False)
class AtVintage(Expr):
    """The value in the quarter of the row's vintage."""

    ref: Expr


@dataclass(frozen=True, eq=False)
class Pick(Expr):
    """One of several formulas, by the member of a dimension."""

    dimension: Dimension
    choices: Mapping[str, Expr]


@dataclass(frozen=True, eq=False)
class Total(Expr):
    """The sum of a line over the members of a dimension."""

    ref: Ref
    dimension: Dimension


Operation = Number | Negate | Binary | Where | Call
OverAxis = Reduction | PositionOf | AtPosition | CountBeyond
"""Nodes that look over the whole axis: only results may hold them, and :class:`AtEnd`."""
Lookup = Ref | Lagged | Fixed | Sum | Trailing | YearSum | OverAxis
"""Nodes that read rows."""
WithinQuarter = Operation | Calendar | NotMeaningful
"""Nodes that have a value where all nodes below them have one."""
Leaf = Lookup | Calendar | NotMeaningful
Bound = Operation | Leaf
Authored = AsOf | AtEnd | AtVintage | Pick | Total


def no_case(node: Never, module: str) -> DeclarationError:
    """Return the error that ends a ``match`` over all nodes: an ``assert_never`` that names the module."""
    return DeclarationError(f"{type(node).__name__} has no case in {module}")


def is_logical(node: Expr) -> bool:
    """Tell whether ``node`` is a comparison or a logical operation, which Excel shows as TRUE or FALSE."""
    return isinstance(node, Binary) and (node.operator in COMPARISONS or node.operator in LOGICAL)


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the nodes directly below ``node``."""
    if isinstance(node, Ref):  # its line is a declaration, not a part of the formula
        return ()
    below: list[Expr] = []
    for value in vars(node).values():  # the fields, in order: a new kind of node cannot be forgotten here
        if isinstance(value, Expr):
            below.append(value)
        elif isinstance(value, tuple):
            below += (each for each in value if isinstance(each, Expr))
        elif isinstance(value, dict):
            below += value.values()
    return tuple(below)


def mapped(node: Expr, function: Callable[[Expr], Expr]) -> Expr:
    """Return a bound ``node`` with ``function`` applied to the nodes directly below it."""
    if isinstance(node, Ref):
        return node
    changes: dict[str, object] = {}
    for name, value in vars(node).items():
        if isinstance(value, Expr):
            changes[name] = function(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Expr):
            changes[name] = tuple(map(function, value))
    return replace(node, **changes) if changes else node  # type: ignore[type-var]  # every node is data


@lru_cache(maxsize=1 << 14)
def walk(node: Expr) -> tuple[Expr, ...]:
    """Return ``node`` and every node below it; checks, ranges and backends walk the same formulas."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting += reversed(children(current))
    return tuple(found)


@lru_cache(maxsize=1 << 14)
def leaves(node: Expr) -> tuple[Ref, ...]:
    """Return every reference in ``node``."""
    return tuple(each for each in walk(node) if isinstance(each, Ref))
