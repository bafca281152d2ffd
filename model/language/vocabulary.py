"""The vocabulary of formulas: functions that build nodes from lines, drivers and numbers."""

from __future__ import annotations

from model.errors import DeclarationError
from model.language.nodes import (
    AsOf,
    AtEnd,
    AtPosition,
    AtVintage,
    Calendar,
    Call,
    CountBeyond,
    Dimension,
    Expr,
    Lagged,
    NotMeaningful,
    Number,
    Operand,
    Pick,
    PositionOf,
    Reduction,
    Ref,
    Total,
    Trailing,
    Where,
    YearSum,
    wrap,
)
from model.language.units import parse_unit


def following(value: Expr, lead: int = 1) -> Ref:
    """Refer to a line ``lead`` quarters later: in results only."""
    node = reference_of(value, "following")
    return Ref(node.line, node.lag - lead, node.members)


def at_end(value: Expr) -> AtEnd:
    """Refer to a line in the last quarter of the axis: in results only."""
    return AtEnd(wrap(value))


def lowest(value: Expr) -> Reduction:
    """Return the lowest value of a line over the axis."""
    return Reduction("lowest", reference_of(value, "lowest"))


def highest(value: Expr) -> Reduction:
    """Return the highest value of a line over the axis."""
    return Reduction("highest", reference_of(value, "highest"))


def sum_over_axis(value: Expr) -> Reduction:
    """Sum a line over all quarters in which it has a value."""
    return Reduction("sum", reference_of(value, "sum_over_axis"))


def position_of(value: Operand, row: Expr) -> PositionOf:
    """Position (from 1) of the first quarter in which ``row`` equals ``value``; #N/A if none does."""
    return PositionOf(wrap(value), reference_of(row, "position_of"))


def at_position(row: Expr, where_: Operand) -> AtPosition:
    """Return the value of ``row`` at a position (from 1) of the axis."""
    return AtPosition(reference_of(row, "at_position"), wrap(where_))


def count_beyond(row: Expr, tolerance: Operand) -> CountBeyond:
    """Count the quarters in which ``row`` differs from 0 by more than ``tolerance``."""
    return CountBeyond(reference_of(row, "count_beyond"), wrap(tolerance))


def not_meaningful() -> NotMeaningful:
    """Write an error value, for where a figure has no meaning."""
    return NotMeaningful()


def reference_of(value: Expr, function: str) -> Ref:
    """Return what stands for a line in the formula of another; what is not a line is a :class:`DeclarationError`."""
    node = wrap(value)
    if not isinstance(node, Ref):
        raise DeclarationError(
            f"{function}() takes a line, not a formula: declare the formula as a line first"
        )
    return node


def prev(value: Expr | str, lag: int = 1) -> Ref:
    """Refer to a line ``lag`` quarters earlier; by its name when it is declared further down."""
    if lag < 1:
        raise DeclarationError(f"prev() looks back: lag must be at least 1, not {lag}")
    if isinstance(value, str):
        return Ref(value, lag)
    node = reference_of(value, "prev")
    return Ref(node.line, node.lag + lag, node.members)


def lagged(name: str, by: Expr, longest: int, further: int = 0) -> Lagged:
    """Refer to a line ``by + further`` quarters earlier, where ``by`` is a driver with whole values 1..longest."""
    return Lagged(Ref(name), wrap(by), longest, further)


def at_as_of(value: Expr, lag: int = 0) -> AsOf:
    """Refer to the last reported value of a line, or to the one ``lag`` quarters before it (after it: results only)."""
    return AsOf(wrap(value), lag)


def at_vintage(value: Expr) -> AtVintage:
    """Refer to a line in the quarter in which the vintage of this row was bought."""
    return AtVintage(wrap(value))


def pick(dimension: Dimension, **choices: Operand) -> Pick:
    """Write a different formula for each member of a dimension."""
    if set(choices) != set(dimension.members):
        raise DeclarationError(
            f"pick({dimension.name}) needs exactly {', '.join(dimension.members)}, not {', '.join(choices)}"
        )
    return Pick(dimension, {member: wrap(choice) for member, choice in choices.items()})


def total(value: Expr, dimension: Dimension) -> Total:
    """Sum a line over the members of a dimension."""
    return Total(reference_of(value, "total"), dimension)


def ttm(value: Expr) -> Trailing:
    """Sum a flow over the twelve months that end with this quarter."""
    return Trailing(reference_of(value, "ttm"))


def year_sum(value: Expr) -> YearSum:
    """Sum a line over the four quarters of this calendar year, reported and to come."""
    return YearSum(reference_of(value, "year_sum"))


def where(condition: Operand, then: Operand, otherwise: Operand) -> Where:
    """Choose ``then`` where the condition holds (is not 0), else ``otherwise``."""
    return Where(wrap(condition), wrap(then), wrap(otherwise))


def choose(number: Operand, *choices: Operand) -> Expr:
    """Choose the first formula where ``number`` is 1, the second where it is 2, and so on; the last otherwise."""
    *rest, node = (wrap(choice) for choice in choices)
    for position in range(len(rest), 0, -1):
        node = where(wrap(number) == position, rest[position - 1], node)
    return node


def minimum(*arguments: Operand) -> Call:
    """Return the smallest argument."""
    return Call("minimum", tuple(wrap(argument) for argument in arguments))


def maximum(*arguments: Operand) -> Call:
    """Return the largest argument."""
    return Call("maximum", tuple(wrap(argument) for argument in arguments))


def elapsed() -> Calendar:
    """Quarters since as-of: 0 at as-of, 1 in the first forecast quarter."""
    return Calendar("elapsed")


def quarter_code() -> Calendar:
    """Code of the quarter: 20263 for 2026Q3."""
    return Calendar("code")


def position() -> Calendar:
    """Position of the quarter on the axis, from 1."""
    return Calendar("index")


def quarter_end() -> Calendar:
    """Date of the last day of the quarter, as spreadsheets count days."""
    return Calendar("end")


def age() -> Expr:
    """Quarters since the vintage of this row was bought."""
    return Calendar("index") - Calendar("vintage")


def vintage_elapsed() -> Expr:
    """Quarters from as-of to the purchase of the vintage of this row."""
    return Calendar("vintage") - Calendar("as_of")


def constant(value: float, unit: str) -> Number:
    """Write a structural constant that has a unit, such as four quarters a year."""
    return Number(value, parse_unit(unit))
