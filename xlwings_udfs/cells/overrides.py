"""Overrides of drivers: ranges of two columns, and driver tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.language.periods import Period
from xlwings_udfs.cells.arguments import (
    Cell,
    is_blank,
    is_block,
    number_of,
    period_of,
    rows_of,
    shown,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Overrides = dict[str, float | dict[str, float]]
FrozenOverrides = tuple[tuple[str, float | tuple[tuple[str, float], ...]], ...]

_HEADS: Final = frozenset({"driver", "drivers", "name", "line"})
_UNIT_HEADS: Final = frozenset({"unit", "units"})
_ALL: Final = "all"


def overrides_of(value: Cell) -> FrozenOverrides:
    """Return overrides from a range of two columns, driver and value, or from a driver table.

    A value in two columns holds for every forecast period. A driver table has the word "driver" in its first
    cell and years, quarters or "all" in its first row, as AMZN_DRIVERS spills it; a column headed "unit" and
    blank cells are ignored.

    Raises
    ------
    InputError
        If the range has another shape, or a value is not a number; the message names row and column.
    """
    if not is_block(value):
        if is_blank(value):
            return ()
        raise InputError(
            f"overrides need a range of two columns (driver, value) or a driver table, not {shown(value)}"
        )
    rows = [row for row in rows_of(value) if not all(map(is_blank, row))]
    if not rows:
        return ()
    head = rows[0][0]
    if isinstance(head, str) and head.strip().lower() in _HEADS:
        return _table(rows)
    found: dict[str, float] = {}
    for number, row in enumerate(rows, start=1):
        if len(row) < 2 or not all(map(is_blank, row[2:])):  # noqa: PLR2004  # driver and value
            raise InputError(
                f"overrides, row {number}: needs two columns, driver and value; "
                "for values by year put 'driver' in the first cell"
            )
        if not is_blank(row[1]):
            found[_driver(row[0], number)] = number_of(row[1], f"overrides, row {number}")
    return tuple(sorted(found.items()))


def _driver(value: Cell, number: int) -> str:
    name = text_of(value, f"overrides, row {number}: driver", "")
    if not name:
        raise InputError(f"overrides, row {number}: needs the name of a driver")
    return name


def _table(rows: Sequence[Sequence[Cell]]) -> FrozenOverrides:
    heads = [_column(head) for head in rows[0][1:]]
    found: dict[str, dict[str, float]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(heads) + 1:
            raise InputError(f"overrides, row {number}: has more cells than the first row has periods")
        values = {
            head: number_of(cell, f"overrides, row {number}, {head}")
            for head, cell in zip(heads, row[1:], strict=False)
            if head is not None and not is_blank(cell)
        }
        if values:
            found.setdefault(_driver(row[0], number), {}).update(values)
    return tuple(sorted((driver, tuple(sorted(values.items()))) for driver, values in found.items()))


def _column(head: Cell) -> str | None:
    """Return the period that heads a column of a driver table; a blank or a unit heads none."""
    word = head.strip().lower() if isinstance(head, str) else ""
    if is_blank(head) or word in _UNIT_HEADS:
        return None
    if word == _ALL:
        return _ALL
    period = period_of(head, Period("annual", 0))
    if period.frequency == "ttm":
        raise InputError(f"overrides: {period} cannot head a column: use years and quarters")
    return str(period)


def thawed(overrides: FrozenOverrides) -> Overrides:
    """Return overrides as the model takes them."""
    return {driver: dict(value) if isinstance(value, tuple) else value for driver, value in overrides}
