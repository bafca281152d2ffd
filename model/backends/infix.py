"""Formulas as text, with as few parentheses as possible: the printer behind Excel formulas and definitions.

Precedence is Excel's; where it differs from mathematics (``-2^2`` is 4 in Excel) parentheses are always
written.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Protocol

from model.language import nodes
from model.language.nodes import COMPARISONS, LOGICAL, Expr, is_logical

_PRECEDENCE: Final = {"^": 4, "*": 3, "/": 3, "+": 2, "-": 2} | dict.fromkeys(COMPARISONS, 1)
_ATOM: Final = 9
_SIGN: Final = 5


class Dialect(Protocol):
    """How a kind of text writes functions, operators and leaves."""

    def leaf(self, node: nodes.Leaf) -> str:
        """Write a leaf: a reference, a sum over a range."""

    def call(self, name: str, arguments: list[str]) -> str:
        """Write a function: ``minimum``, ``maximum``, ``absolute``, ``where``, ``&``, ``|``."""

    def operator(self, symbol: str) -> str:
        """Write an operator, with its spaces."""

    def flag(self, text: str) -> str:
        """Write a condition where a number is wanted."""


def number_text(value: float) -> str:
    """Write a number so that it reads back as the same one: no exponent, which LibreOffice would not keep."""
    is_exact_integer = value == int(value) and abs(value) < 1e15  # noqa: PLR2004  # exact in a float
    return str(int(value)) if is_exact_integer else f"{Decimal(repr(value)):f}"


def infix(node: Expr, dialect: Dialect) -> str:
    """Write ``node`` in a dialect."""
    return _print(node, dialect)[0]


def _print(node: Expr, dialect: Dialect) -> tuple[str, int]:
    """Return the text of ``node`` and how tightly it binds."""
    tree: nodes.Bound = node  # type: ignore[assignment]  # a cast would cost a call for every node
    match tree:
        case nodes.Number(value):
            return number_text(value), _SIGN if value < 0 else _ATOM
        case nodes.Negate(operand):
            return f"-{_within(operand, dialect, _ATOM)}", _SIGN
        case nodes.Binary(operator, left, right) if operator in LOGICAL:
            return dialect.call(operator, [infix(side, dialect) for side in (left, right)]), _ATOM
        case nodes.Binary(operator, left, right):
            precedence = _PRECEDENCE[operator]
            tight = _ATOM if operator == "^" else precedence
            first = _within(left, dialect, tight)
            second = _within(right, dialect, _ATOM if operator == "^" else precedence + 1, right=True)
            return f"{first}{dialect.operator(operator)}{second}", precedence
        case nodes.Where(condition, then, otherwise):
            branches = [_number(then, dialect)[0], _number(otherwise, dialect)[0]]
            return dialect.call("where", [infix(condition, dialect), *branches]), _ATOM
        case nodes.Call(function, arguments):
            return dialect.call(function, [_number(argument, dialect)[0] for argument in arguments]), _ATOM
        case _:
            return dialect.leaf(tree), _ATOM


def _number(node: Expr, dialect: Dialect) -> tuple[str, int]:
    """Print where a number is wanted: a condition becomes 1 or 0."""
    if is_logical(node):
        return dialect.flag(infix(node, dialect)), _ATOM
    return _print(node, dialect)


def _within(node: Expr, dialect: Dialect, needed: int, *, right: bool = False) -> str:
    """Print an operand, in parentheses if it binds less than ``needed``, or has a sign on the right side."""
    text, precedence = _number(node, dialect)
    loose = precedence < needed or (right and precedence == _SIGN)
    return f"({text})" if loose else text
