"""Vocabulary of results alone: what looks ahead, to the end, or over the whole axis. See :mod:`model.lines` for the rest."""

from __future__ import annotations

from model.expr import AtEnd, AtPosition, CountBeyond, Expr, NotMeaningful, Operand, PositionOf, Reduction, Ref, wrap
from model.lines import reference_of


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
