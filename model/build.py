"""From declarations to rows: names, members, order, opening values and units are checked here, once.

A :class:`Plan` is a model on one axis: each row is one series (or one value), computed by numpy as one array and written
by the workbook as one row. Every node in it is bound: names are row keys, dimensions are gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError, UnknownNameError, did_you_mean
from model.expr import (
    Expr,
    Ref,
    children,
)
from model.lines import VINTAGES_BEFORE, Block, Declared, Driver, Line, Reported

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.axis import Axis

_CELL_NAME: Final = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
_FULL_WORDS: Final = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]")


@dataclass(frozen=True)
class Row:
    """One series or value of a model on an axis.

    ``history`` and ``forecast`` are the bound formulas of the quarters before and from ``split``; ``start`` and ``stop``
    bound the quarters that have a value. A driver or reported row has no formula. ``same``: both formulas are one.
    """

    key: str
    declared: Declared
    members: tuple[str, ...]
    timed: bool
    history: Expr | None = None
    forecast: Expr | None = None
    same: bool = False
    start: int = 0
    stop: int = 0
    vintage: int | None = None

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.declared.unit

    @property
    def line(self) -> Line | None:
        """The declaration, when this is a computed line or result."""
        return self.declared if isinstance(self.declared, Line) else None

    @property
    def driver(self) -> Driver | None:
        """The declaration, when this is a driver."""
        return self.declared if isinstance(self.declared, Driver) else None

    @property
    def label(self) -> str:
        """What it is, with its members, for people."""
        return labelled(self.declared, self.members)


def words(name: str) -> str:
    """Return a name as people write it: ``north_america`` is North America."""
    text = name.replace("_", " ")
    for plain, proper in {"aws": "AWS", "north america": "North America", "ttm": "TTM"}.items():
        text = re.sub(rf"\b{plain}\b", proper, text)
    return text


def labelled(declared: Declared, members: Sequence[str]) -> str:
    """Return what a row is, with its members, for people."""
    return f"{declared.label}: {', '.join(map(words, members))}" if members else declared.label


def vintages(axis: Axis) -> tuple[str, ...]:
    """Quarters whose purchases are depreciated one by one: the last few reported ones, and all to come but the last."""
    return tuple(str(quarter) for quarter in axis.quarters[axis.split - VINTAGES_BEFORE : -1])


def row_key(declared: Declared, members: Sequence[str]) -> str:
    """Return the public name of a row: ``stores_growth[north_america]``."""
    if isinstance(declared, Reported):
        return "_".join(("reported." + declared.name, *members))
    return f"{declared.name}[{','.join(members)}]" if members else declared.name


class Model:
    """The blocks of a model, in reading order = order of evaluation = order of rows.

    Raises
    ------
    DeclarationError
        If a name is used twice, looks like a cell, or is not in full lower-case words.
    """

    def __init__(self, name: str, blocks: Sequence[type[Block]]) -> None:
        self.name = name
        self.blocks = tuple(blocks)
        self.declared: dict[str, Declared] = {}
        for block in self.blocks:
            for item in block.declared:
                self._add(item)

    def _add(self, item: Declared) -> None:
        if item.name in self.declared:
            message = f"{item.origin}: {item.name!r} is declared already at {self.declared[item.name].origin}"
            raise DeclarationError(message)
        if _CELL_NAME.fullmatch(item.name) or not _FULL_WORDS.fullmatch(item.name):
            message = f"{item.origin}: {item.name!r} looks like a cell or is not snake_case; use full words"
            raise DeclarationError(message)
        self.declared[item.name] = item

    @property
    def drivers(self) -> dict[str, Driver]:
        """Drivers by name."""
        return {name: item for name, item in self.declared.items() if isinstance(item, Driver)}

    def plan(self, axis: Axis) -> Plan:
        """Bind the model to an axis."""
        from model.bind import bind_model  # noqa: PLC0415  # binding builds plans, so it imports this module

        return bind_model(self, axis)


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """A model bound to an axis: see the module."""

    model: Model
    axis: Axis
    rows: Mapping[str, Row]
    names: Mapping[str, tuple[str, ...]]
    """Row keys of each declared name."""

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each row."""
        return {key: place for place, key in enumerate(self.rows)}

    def row(self, key: str) -> Row:
        """Return the row with this public name; an unknown one is an :class:`UnknownNameError` with the nearest."""
        try:
            return self.rows[key]
        except KeyError:
            if key in self.names:
                message = f"{key!r} has members: choose one of {', '.join(self.names[key])}"
            else:
                message = f"unknown line {key!r}{did_you_mean(key, self.lines) or '; amzn-fcf show lists all lines'}"
            raise UnknownNameError(message) from None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Keys of computed lines and results."""
        return tuple(key for key, row in self.rows.items() if row.line is not None)

    @cached_property
    def driver_rows(self) -> tuple[Row, ...]:
        """Rows of drivers, in order."""
        return tuple(row for row in self.rows.values() if row.driver is not None)

    @cached_property
    def used_in_history(self) -> frozenset[str]:
        """Keys of rows that formulas of reported quarters use."""
        return frozenset(
            leaf.line for row in self.rows.values() if row.history is not None
            for leaf in leaves(row.history) if isinstance(leaf.line, str)
        )  # fmt: skip


def leaves(node: Expr) -> Iterator[Ref]:
    """Yield every reference in ``node``."""
    if isinstance(node, Ref):
        yield node
    for child in children(node):
        yield from leaves(child)


def key_of(ref: Ref) -> str:
    """Return the row key of a bound reference."""
    if not isinstance(ref.line, str):
        message = f"reference to {ref.line.name!r} is not bound: bind the model to an axis first"
        raise DeclarationError(message)
    return ref.line


def walk(node: Expr) -> Iterator[Expr]:
    """Yield ``node`` and every node below it."""
    yield node
    for child in children(node):
        yield from walk(child)
