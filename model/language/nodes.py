"""The closed set of nodes that a line of the model is written with.

A node is frozen data: it says *what* is meant and never how it is computed. Each backend (numpy in
:mod:`model.backends.arrays`, Excel in ``workbook_templates.plan.formula``, prose in
:mod:`model.backends.prose`) gives it meaning in one ``match`` that ends in ``assert_never``; what a backend
cannot do raises.

Operators only build: ``if``, ``and``, ``max()`` and chained comparisons on a formula raise and say what to
write.

Nodes come in two kinds. *Authored* nodes (:class:`AsOf`, :class:`AtEnd`, :class:`AtVintage`, :class:`Total`,
:class:`Pick`) are how people write; :mod:`model.plan.plan` replaces them, and every name by the key of one
row, so that backends see *bound* nodes only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from model.errors import DeclarationError
from model.language.units import RATIO, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


Arithmetic = Literal["+", "-", "*", "/", "^"]
Comparison = Literal["<", "<=", ">", ">=", "=", "<>"]
Logical = Literal["&", "|"]
Operator = Arithmetic | Comparison | Logical

COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "=", "<>"})
LOGICAL: Final = frozenset({"&", "|"})


class Expr:
    """What every node is: something that operators build larger nodes from."""

    __hash__ = object.__hash__

    def node(self) -> Expr:
        """Return what stands for this in a formula."""
        return self

    def __add__(self, other: Operand) -> Binary:
        return Binary("+", wrap(self), wrap(other))

    def __radd__(self, other: Operand) -> Binary:
        return Binary("+", wrap(other), wrap(self))

    def __sub__(self, other: Operand) -> Binary:
        return Binary("-", wrap(self), wrap(other))

    def __rsub__(self, other: Operand) -> Binary:
        return Binary("-", wrap(other), wrap(self))

    def __mul__(self, other: Operand) -> Binary:
        return Binary("*", wrap(self), wrap(other))

    def __rmul__(self, other: Operand) -> Binary:
        return Binary("*", wrap(other), wrap(self))

    def __truediv__(self, other: Operand) -> Binary:
        return Binary("/", wrap(self), wrap(other))

    def __rtruediv__(self, other: Operand) -> Binary:
        return Binary("/", wrap(other), wrap(self))

    def __pow__(self, other: Operand) -> Binary:
        return Binary("^", wrap(self), wrap(other))

    def __rpow__(self, other: Operand) -> Binary:
        return Binary("^", wrap(other), wrap(self))

    def __lt__(self, other: Operand) -> Binary:
        return Binary("<", wrap(self), wrap(other))

    def __le__(self, other: Operand) -> Binary:
        return Binary("<=", wrap(self), wrap(other))

    def __gt__(self, other: Operand) -> Binary:
        return Binary(">", wrap(self), wrap(other))

    def __ge__(self, other: Operand) -> Binary:
        return Binary(">=", wrap(self), wrap(other))

    def __eq__(self, other: object) -> Binary:  # type: ignore[override]  # builds a node, like every operator here
        return Binary("=", wrap(self), wrap(other))

    def __ne__(self, other: object) -> Binary:  # type: ignore[override]  # builds a node, like every operator here
        return Binary("<>", wrap(self), wrap(other))

    def __and__(self, other: Operand) -> Binary:
        return Binary("&", wrap(self), wrap(other))

    def __or__(self, other: Operand) -> Binary:
        return Binary("|", wrap(self), wrap(other))

    def __neg__(self) -> Negate:
        return Negate(wrap(self))

    def __abs__(self) -> Call:
        return Call("absolute", (wrap(self),))

    def __bool__(self) -> NoReturn:
        raise DeclarationError(
            "a formula has no truth value while it is being written: use where(condition, a, b) for 'if', & and | for "
            "'and' and 'or', maximum() and minimum() for max() and min(), and (a < b) & (b < c) for a chained comparison"
        )

    def __iter__(self) -> NoReturn:
        raise DeclarationError(
            "a formula cannot be looped over or given to sum(): use total(line, DIMENSION) or ttm(line)"
        )

    def __float__(self) -> NoReturn:
        raise DeclarationError(
            "a formula has no value while it is being written: evaluate the model to get one"
        )


Operand = Expr | float | int
FunctionName = Literal["minimum", "maximum", "absolute"]
CalendarName = Literal["year", "quarter", "index", "elapsed", "code", "vintage", "as_of", "end"]
ReductionName = Literal["lowest", "highest", "sum"]


@dataclass(frozen=True, eq=False)
class Number(Expr):
    """A structural constant; assumptions are drivers, not numbers."""

    value: float
    unit: Unit = RATIO


@dataclass(frozen=True, eq=False)
class Ref(Expr):
    """A line in the same quarter, ``lag`` quarters earlier, or (results only) later when ``lag`` is negative.

    ``line`` is a declaration or, for what is declared further down, its name; after binding it is the key of
    a row.
    """

    line: Declared | str
    lag: int = 0
    members: tuple[str, ...] = ()

    def __getitem__(self, member: str | tuple[str, ...]) -> Ref:
        added = (member,) if isinstance(member, str) else member
        return Ref(self.line, self.lag, self.members + added)


@dataclass(frozen=True, eq=False)
class Lagged(Expr):
    """A line as it was ``by + further`` quarters earlier, where ``by`` is a driver with whole values 1..longest."""

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
class AsOf(Expr):
    """Authored: the value at ``as_of``, or ``lag`` quarters before it (after it, when negative: results only)."""

    ref: Expr
    lag: int = 0


@dataclass(frozen=True, eq=False)
class AtEnd(Expr):
    """Authored, results only: the value in the last quarter of the axis."""

    ref: Expr


@dataclass(frozen=True, eq=False)
class AtVintage(Expr):
    """Authored: the value in the quarter of the row's vintage."""

    ref: Expr


@dataclass(frozen=True, eq=False)
class Pick(Expr):
    """Authored: one of several formulas, by the member of a dimension."""

    dimension: Dimension
    choices: Mapping[str, Expr]


@dataclass(frozen=True, eq=False)
class Total(Expr):
    """Authored: the sum of a line over the members of a dimension."""

    ref: Ref
    dimension: Dimension


@dataclass(frozen=True, eq=False)
class Sum(Expr):
    """Bound: the sum of several rows in the same quarter."""

    refs: tuple[Ref, ...]


@dataclass(frozen=True, eq=False)
class Trailing(Expr):
    """The sum of a row over the four quarters that end with this one."""

    ref: Ref


@dataclass(frozen=True, eq=False)
class YearSum(Expr):
    """The sum of a row over the four quarters of the calendar year of this one."""

    ref: Ref


@dataclass(frozen=True, eq=False)
class Binary(Expr):
    """An arithmetic operation, a comparison (1 or 0), or a logical one (1 or 0)."""

    operator: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False)
class Negate(Expr):
    """The number with its sign turned."""

    operand: Expr


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
class Calendar(Expr):
    """A property of the current quarter, of the vintage of this row, or of as-of."""

    what: CalendarName


@dataclass(frozen=True, eq=False)
class Reduction(Expr):
    """Results only: the lowest or highest value of a row over the axis, or its sum."""

    function: ReductionName
    ref: Ref


@dataclass(frozen=True, eq=False)
class NotMeaningful(Expr):
    """An error value: what a figure is where its formula has no meaning, such as a multiple of a loss."""


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
    """Results only: in how many quarters the row lies further from 0 than ``tolerance``."""

    ref: Ref
    tolerance: Expr


Node = (
    Number
    | Ref
    | Lagged
    | Fixed
    | AsOf
    | AtEnd
    | AtVintage
    | Pick
    | Total
    | Sum
    | Trailing
    | YearSum
    | Binary
    | Negate
    | Where
    | Call
    | Calendar
    | Reduction
    | NotMeaningful
    | PositionOf
    | AtPosition
    | CountBeyond
)


RESULTS_ONLY: Final = (Reduction, PositionOf, AtPosition, CountBeyond, AtEnd)
"""Nodes that look over the whole axis: only results may hold them."""


def wrap(value: object) -> Expr:
    """Return ``value`` as a node: a node itself, or a number."""
    if isinstance(value, Expr):
        return value.node()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DeclarationError(
            f"{value!r} cannot stand in a formula: use numbers, lines and drivers (flags are 1 and 0)"
        )
    return Number(float(value))


def is_logical(node: Expr) -> bool:
    """Tell whether ``node`` is a comparison or a logical operation, which Excel shows as TRUE or FALSE."""
    return isinstance(node, Binary) and (node.operator in COMPARISONS or node.operator in LOGICAL)


def mapped(node: Expr, function: Callable[[Expr], Expr]) -> Expr:
    """Return ``node`` with ``function`` applied to the nodes directly below it that are formulas of their own."""
    match node:
        case Binary(operator, left, right):
            return Binary(operator, function(left), function(right))
        case Where(condition, then, otherwise):
            return Where(function(condition), function(then), function(otherwise))
        case Call(name, arguments):
            return Call(name, tuple(function(argument) for argument in arguments))
        case Negate(operand):
            return Negate(function(operand))
        case _:
            return node


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the nodes directly below ``node``."""
    match node:
        case Binary(_, left, right):
            return (left, right)
        case Where(condition, then, otherwise):
            return (condition, then, otherwise)
        case Call(_, arguments):
            return arguments
        case Negate(operand):
            return (operand,)
        case Lagged(ref, by):
            return (ref, by)
        case PositionOf(value, ref):
            return (value, ref)
        case AtPosition(ref, position):
            return (ref, position)
        case CountBeyond(ref, tolerance):
            return (ref, tolerance)
        case Pick(_, choices):
            return tuple(choices.values())
        case Sum(refs):
            return refs
        case (
            Fixed(ref)
            | AsOf(ref)
            | AtEnd(ref)
            | AtVintage(ref)
            | Total(ref)
            | Trailing(ref)
            | YearSum(ref)
            | Reduction(_, ref)
        ):
            return (ref,)
        case _:
            return ()


@dataclass(frozen=True)
class Dimension:
    """A closed list of members that a line or driver varies by.

    ``within`` names a larger dimension that holds the same members: a line by the larger one can be used,
    member by member, in a line by the smaller one and the other way round.
    """

    name: str
    members: tuple[str, ...]
    within: Dimension | None = None

    def covers(self, other: Dimension) -> bool:
        """Tell whether a member of ``other`` selects a member of this dimension."""
        return self is other or self.within is other or other.within is self


VINTAGE: Final = Dimension("vintage", ())
"""Quarters in which assets are bought. Its members depend on the axis: see :func:`model.plan.plan.vintages`."""

VINTAGES_BEFORE: Final = 4
"""How many reported quarters, ending with as-of, can hold assets not yet in service (the longest service lag)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Declared(Expr):
    """What has a name, a unit, and a place in the model."""

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


def leaves(node: Expr) -> Iterator[Ref]:
    """Yield every reference in ``node``."""
    if isinstance(node, Ref):
        yield node
    for child in children(node):
        yield from leaves(child)


def walk(node: Expr) -> Iterator[Expr]:
    """Yield ``node`` and every node below it."""
    yield node
    for child in children(node):
        yield from walk(child)
