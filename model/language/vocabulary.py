"""The vocabulary of formulas: functions that build nodes from lines, drivers and numbers."""

from __future__ import annotations

from model.errors import DeclarationError
from model.language import nodes
from model.language.nodes import Dimension, Expr, Operand, wrap
from model.language.periods import QUARTERS_A_YEAR
from model.language.units import parse_unit


def following(value: Expr) -> nodes.Ref:
    """Refer to a line a quarter later: in results only."""
    node = reference_of(value, "following")
    return nodes.Ref(node.line, node.lag - 1, node.members)


def at_end(value: Expr, lag: int = 0) -> nodes.AtEnd:
    """Refer to a line in the last quarter of the axis, or ``lag`` quarters before: in results only."""
    return nodes.AtEnd(wrap(value), lag)


def lowest(value: Expr) -> nodes.Reduction:
    """Return the lowest value of a line over the axis."""
    return nodes.Reduction("lowest", reference_of(value, "lowest"))


def highest(value: Expr) -> nodes.Reduction:
    """Return the highest value of a line over the axis."""
    return nodes.Reduction("highest", reference_of(value, "highest"))


def sum_over_axis(value: Expr) -> nodes.Reduction:
    """Sum a line over all quarters in which it has a value."""
    return nodes.Reduction("sum", reference_of(value, "sum_over_axis"))


def position_of(value: Operand, row: Expr) -> nodes.PositionOf:
    """Position (from 1) of the first quarter in which ``row`` equals ``value``; #N/A if none does."""
    return nodes.PositionOf(wrap(value), reference_of(row, "position_of"))


def at_position(row: Expr, where_: Operand) -> nodes.AtPosition:
    """Return the value of ``row`` at a position (from 1) of the axis."""
    return nodes.AtPosition(reference_of(row, "at_position"), wrap(where_))


def count_beyond(row: Expr, tolerance: Operand) -> nodes.CountBeyond:
    """Count the quarters in which ``row`` differs from 0 by more than ``tolerance``."""
    return nodes.CountBeyond(reference_of(row, "count_beyond"), wrap(tolerance))


def not_meaningful() -> nodes.NotMeaningful:
    """Write an error value, where a figure has no meaning."""
    return nodes.NotMeaningful()


def reference_of(value: Expr, function: str) -> nodes.Ref:
    """Return the reference to a line; anything but a line is a :class:`DeclarationError`."""
    node = wrap(value)
    if not isinstance(node, nodes.Ref):
        hint = "declare the formula as a line first"
        raise DeclarationError(f"{function}() takes a line, not a formula: {hint}")
    return node


def prev(value: Expr | str, lag: int = 1) -> nodes.Ref:
    """Refer to a line ``lag`` quarters earlier; by its name when it is declared further down."""
    if lag < 1:
        raise DeclarationError(f"prev() looks back: lag must be at least 1, not {lag}")
    if isinstance(value, str):
        return nodes.Ref(value, lag)
    node = reference_of(value, "prev")
    return nodes.Ref(node.line, node.lag + lag, node.members)


def lagged(name: str, by: Expr, longest: int, further: int = 0) -> nodes.Lagged:
    """Refer to a line ``by + further`` quarters earlier; ``by`` is a driver with whole values 1..longest."""
    return nodes.Lagged(nodes.Ref(name), wrap(by), longest, further)


def at_as_of(value: Expr, lag: int = 0) -> nodes.AsOf:
    """Refer to the value of a line at as-of or ``lag`` quarters before (negative: after; results only)."""
    return nodes.AsOf(wrap(value), lag)


def at_vintage(value: Expr) -> nodes.AtVintage:
    """Refer to a line in the quarter in which the vintage of this row was bought."""
    return nodes.AtVintage(wrap(value))


def pick(dimension: Dimension, **choices: Operand) -> nodes.Pick:
    """Write a different formula for each member of a dimension."""
    if set(choices) != set(dimension.members):
        needed = ", ".join(dimension.members)
        raise DeclarationError(f"pick({dimension.name}) needs exactly {needed}, not {', '.join(choices)}")
    return nodes.Pick(dimension, {member: wrap(choice) for member, choice in choices.items()})


def total(value: Expr, dimension: Dimension) -> nodes.Total:
    """Sum a line over the members of a dimension."""
    return nodes.Total(reference_of(value, "total"), dimension)


def ttm(value: Expr) -> nodes.Trailing:
    """Sum a flow over the twelve months that end with this quarter."""
    return nodes.Trailing(reference_of(value, "ttm"))


def year_sum(value: Expr, *factors: Expr) -> nodes.YearSum:
    """Sum a line, or its product with others, over the four quarters of this calendar year, reported or not.

    ``prev(line, 4)`` takes the same quarter of the year before, so ``year_sum(prev(sales, 4))`` is the sum of
    the last calendar year.
    """
    refs = tuple(reference_of(each, "year_sum") for each in (value, *factors))
    for ref in refs:
        if ref.lag % QUARTERS_A_YEAR:
            raise DeclarationError(f"year_sum() looks back by whole years, not by {ref.lag} quarters")
    return nodes.YearSum(refs)


def where(condition: Operand, then: Operand, otherwise: Operand) -> nodes.Where:
    """Choose ``then`` where the condition holds (is not 0), else ``otherwise``."""
    return nodes.Where(wrap(condition), wrap(then), wrap(otherwise))


def choose(number: Operand, *choices: Operand) -> Expr:
    """Choose the first formula where ``number`` is 1, the second where it is 2, and so on; else the last."""
    *rest, node = (wrap(choice) for choice in choices)
    for position in range(len(rest), 0, -1):
        node = where(wrap(number) == position, rest[position - 1], node)
    return node


def minimum(*arguments: Operand) -> nodes.Call:
    """Return the smallest argument."""
    return nodes.Call("minimum", tuple(wrap(argument) for argument in arguments))


def maximum(*arguments: Operand) -> nodes.Call:
    """Return the largest argument."""
    return nodes.Call("maximum", tuple(wrap(argument) for argument in arguments))


def elapsed() -> nodes.Calendar:
    """Quarters since as-of: 0 at as-of, 1 in the first forecast quarter."""
    return nodes.Calendar("elapsed")


def quarter_of_year() -> nodes.Calendar:
    """Count the quarter in its calendar year: 1 to 4."""
    return nodes.Calendar("quarter")


def quarter_code() -> nodes.Calendar:
    """Code of the quarter: 20263 for 2026Q3."""
    return nodes.Calendar("code")


def position() -> nodes.Calendar:
    """Position of the quarter on the axis, from 1."""
    return nodes.Calendar("index")


def quarter_end() -> nodes.Calendar:
    """Date of the last day of the quarter, as spreadsheets count days."""
    return nodes.Calendar("end")


def age() -> Expr:
    """Quarters since the vintage of this row was bought."""
    return nodes.Calendar("index") - nodes.Calendar("vintage")


def vintage_elapsed() -> Expr:
    """Quarters from as-of to the purchase of the vintage of this row."""
    return nodes.Calendar("vintage") - nodes.Calendar("as_of")


def constant(value: float, unit: str) -> nodes.Number:
    """Write a structural constant that has a unit, such as four quarters a year."""
    return nodes.Number(value, parse_unit(unit))
