"""Overrides of drivers, read from cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import InputError, shown
from model.language.periods import Period
from model.scenarios.drivers import driver_specs
from model.scenarios.given import ONWARDS, decoded
from model.scenarios.spec import ALL
from xlwings_udfs.cells.arguments import (
    is_blank,
    is_blank_or_zero,
    is_block,
    number_of,
    period_of,
    rows_of,
    single,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from xlwings_udfs.cells.arguments import Cell

Overrides = dict[str, float | dict[str, float]]
FrozenOverrides = tuple[tuple[str, float | tuple[tuple[str, float], ...]], ...]

_DRIVER_HEADS: Final = frozenset({"driver", "drivers", "name", "line", "input", "assumption"})
_VALUE_HEADS: Final = frozenset({ALL, "all years", "value", "values", "new value", "override"})
_NOTE_HEADS: Final = frozenset({"unit", "units", "note", "notes", "comment", "source"})


def overrides_of(value: Cell) -> FrozenOverrides:
    """Return overrides from a range of two columns, driver and value, or from a driver table.

    A value in two columns holds for every forecast period. A driver table has the word "driver" in its first
    cell and years, quarters, or "all" or "value" for every forecast period, in its first row, as AMZN_DRIVERS
    spills it; a column headed "unit", "note" or "source" is ignored. So are blank cells, and a 0 in place of
    a driver or a period; a 0 beside a driver is a value. A driver or a period that is given twice, and any
    other range, is an :class:`InputError`.
    """
    if not is_block(value):
        if is_blank_or_zero(value):
            return ()
        expected = "a range of two columns (driver, value) or a driver table"
        raise InputError(f"overrides need {expected}, not {shown(value)}")
    rows = [(number, row) for number, row in enumerate(rows_of(value), start=1) if not _is_empty(row)]
    if not rows:
        return ()
    if _word(rows[0][1][0]) in _DRIVER_HEADS:
        return _table(rows)
    found: dict[str, float] = {}
    for number, row in rows:
        where = f"overrides, row {number}"
        if len(row) < 2 or not _is_empty(row[2:]):  # noqa: PLR2004  # driver and value
            needed = "two columns, driver and value; for values by year put 'driver' in the first cell"
            raise InputError(f"{where}: needs {needed}")
        if not is_blank(row[1]):
            driver = _driver(row[0], where, found)
            found[driver] = _number(row[1], driver, where)
    return tuple(sorted(found.items()))


def _is_empty(row: Sequence[Cell]) -> bool:
    return all(map(is_blank_or_zero, row))


def _word(value: Cell) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _driver(value: Cell, where: str, earlier: Container[str]) -> str:
    """Return the name of a driver; one that stands in an earlier row is refused."""
    name = "" if is_blank_or_zero(value) else text_of(value, f"{where}: driver", "")
    if not name:
        raise InputError(f"{where}: needs the name of a driver")
    if name in earlier:
        raise InputError(f"{where}: {name} is given twice")
    return name


def _table(rows: Sequence[tuple[int, Sequence[Cell]]]) -> FrozenOverrides:
    heads = [_column(head) for head in rows[0][1][1:]]
    found: dict[str, dict[str, float]] = {}
    for number, row in rows[1:]:
        where = f"overrides, row {number}"
        if not _is_empty(row[len(heads) + 1 :]):
            raise InputError(f"{where}: has more cells than the first row has periods")
        cells = zip(heads, row[1:], strict=False)
        given = [(head, cell) for head, cell in cells if head is not None and not is_blank(cell)]
        if not given:
            continue
        driver = _driver(row[0], where, found)
        values = found[driver] = {}
        for head, cell in given:
            if head in values:
                raise InputError(f"{where}: {driver} is given twice for {head}")
            values[head] = _number(cell, driver, f"{where}, {head}")
    return tuple(sorted((driver, tuple(sorted(values.items()))) for driver, values in found.items()))


def _number(value: Cell, driver: str, where: str) -> float:
    """Return the value of a driver; a quarter or a date may be written as people do: 2027Q1, 2026-10-06."""
    value, spec = single(value, where), driver_specs().get(driver)
    return number_of(value if spec is None else decoded(value, spec, where), where)


def _column(head: Cell) -> str | None:
    """Return the period that heads a column of a driver table; a blank, a unit or a note heads none."""
    word = _word(head)
    if is_blank_or_zero(head) or word in _NOTE_HEADS:
        return None
    if word in _VALUE_HEADS:
        return ALL
    first_year = word.removesuffix(ONWARDS)
    if first_year != word:
        return f"{period_of(first_year, Period('annual', 0))}{ONWARDS}"
    period = period_of(head, Period("annual", 0))
    if period.frequency == "ttm":
        raise InputError(f"overrides: {period} cannot head a column: use years and quarters")
    return str(period)


def thawed(overrides: FrozenOverrides) -> Overrides:
    """Return overrides as the model takes them."""
    return {driver: dict(value) if isinstance(value, tuple) else value for driver, value in overrides}
