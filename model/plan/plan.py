"""Rows and plans.

A :class:`Plan` is a model on one axis: each row is one series (or one value), computed by numpy as one array
and written by the workbook as one row. Every node in it is bound: names are row keys, dimensions are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError, UnknownNameError, did_you_mean, shown
from model.language.declarations import Driver, DriverPart, Line, Model, Reported
from model.language.nodes import VINTAGES_BEFORE, Declared, Expr, Ref, leaves
from model.language.units import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from model.language.periods import Axis
    from model.language.units import Measure

REPORTED_PREFIX: Final = "reported."


@dataclass(frozen=True)
class Row:
    """One series or value of a model on an axis.

    ``history`` and ``forecast`` are the bound formulas of the quarters before and from ``forecast_start``;
    ``start`` and ``stop`` bound the quarters that have a value. A driver or reported row has no formula.
    ``same``: both formulas are one.
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
    def formulas(self) -> tuple[Expr, ...]:
        """The formulas that this row has."""
        return tuple(formula for formula in (self.history, self.forecast) if formula is not None)

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.declared.unit

    @property
    def look(self) -> Measure:
        """How its values are written."""
        if self.part is not None:
            return measure(self.unit) if self.part.part == "own" else self.part.driver.look
        return measure(self.unit) if self.driver is None else self.driver.look

    @property
    def line(self) -> Line | None:
        """The declaration, when this is a computed line or result."""
        return self.declared if isinstance(self.declared, Line) else None

    @property
    def driver(self) -> Driver | None:
        """The declaration, when this is a driver."""
        return self.declared if isinstance(self.declared, Driver) else None

    @property
    def part(self) -> DriverPart | None:
        """The declaration, when this is a part of a driver: its value of a year, for example."""
        return self.declared if isinstance(self.declared, DriverPart) else None

    @property
    def driver_key(self) -> str:
        """Key of the row of the driver that this is, or is a part of; empty for other rows."""
        if self.part is not None:
            return row_key(self.part.driver, self.members)
        return self.key if self.driver is not None else ""

    @property
    def label(self) -> str:
        """The label, with its members."""
        return labelled(self.declared, self.members)


def labelled(declared: Declared, members: Sequence[str]) -> str:
    """Return the label of a row, with its members."""
    if not members:  # the row of a seasonal driver over time has none
        return declared.label
    names = (dimension.label(member) for dimension, member in zip(declared.by, members, strict=True))
    return f"{declared.label}: {', '.join(names)}"


@cache
def vintages(axis: Axis) -> tuple[str, ...]:
    """Quarters of purchases with rows of their own: the last reported ones, all forecasts but the last."""
    return tuple(str(quarter) for quarter in axis.quarters[axis.forecast_start - VINTAGES_BEFORE : -1])


def row_key(declared: Declared, members: Sequence[str]) -> str:
    """Return the public name of a row: ``stores_growth[north_america]``."""
    if isinstance(declared, Reported):
        return "_".join((REPORTED_PREFIX + declared.name, *members))
    if isinstance(declared, DriverPart):
        return f"{row_key(declared.driver, members)}.{declared.part}"
    return f"{declared.name}[{','.join(members)}]" if members else declared.name


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """A model bound to an axis: rows by key, and the row keys of each name."""

    model: Model
    axis: Axis
    rows: Mapping[str, Row]
    names: Mapping[str, tuple[str, ...]]
    """Row keys of each declared name."""

    @cached_property
    def order(self) -> dict[str, int]:
        """Position of each row."""
        return {key: position for position, key in enumerate(self.rows)}

    def row(self, key: str) -> Row:
        """Return the row with this key; an unknown one is an :class:`UnknownNameError`."""
        try:
            return self.rows[key]
        except KeyError:
            if key in self.names:
                message = f"{shown(key)} has members: choose one of {', '.join(self.names[key])}"
            else:
                name, _, period = key.partition("@")
                near = did_you_mean(key, self.lines, self.model.synonyms)
                if period and name in self.rows:
                    near = f"; the line is {name}, {period} its period"
                message = f"unknown line {shown(key)}{near}"
            raise UnknownNameError(message) from None

    def needed(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the keys of these rows, and of the rows that they need, directly or through others."""
        return reachable(keys, lambda key: _used_keys(self.row(key).formulas))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Keys of computed lines and results."""
        return tuple(key for key, row in self.rows.items() if row.line is not None)

    @cached_property
    def assumed_rows(self) -> tuple[Row, ...]:
        """Rows of drivers and of their parts, in order: what a scenario gives."""
        return tuple(row for row in self.rows.values() if row.driver_key)

    @cached_property
    def parts(self) -> dict[str, tuple[Row, ...]]:
        """Rows that are parts of drivers, by the key of the driver's row."""
        found: dict[str, tuple[Row, ...]] = {}
        for row in self.rows.values():
            if row.part is not None:
                found[row.driver_key] = (*found.get(row.driver_key, ()), row)
        return found

    @cached_property
    def used_in_history(self) -> frozenset[str]:
        """Keys of rows that formulas of reported quarters use."""
        formulas = [row.history for row in self.rows.values() if row.history is not None]
        return frozenset(_used_keys(formulas))


def reachable(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """Return ``start`` and all keys that follow from them, step by step."""
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += following(key)
    return frozenset(reached)


def _used_keys(formulas: Iterable[Expr]) -> Iterator[str]:
    return (key_of(leaf) for formula in formulas for leaf in leaves(formula))


def key_of(ref: Ref) -> str:
    """Return the row key of a bound reference."""
    if not isinstance(ref.line, str):
        hint = "bind the model to an axis first"
        raise DeclarationError(f"reference to {ref.line.name!r} is not bound: {hint}")
    return ref.line
