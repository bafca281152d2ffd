"""Cell values to arguments of the model, and the model's errors to error values.

A cell holds a number, a text, TRUE or FALSE, a date, an error or nothing; a range is a list of rows. Every
host hands over one of these shapes, and takes back a value or a list of rows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import (
    AmznFcfError,
    InputError,
    NoRootError,
    NotAvailableError,
    NotMeaningfulError,
    PeriodError,
    did_you_mean,
)
from model.language.periods import Period, Quarter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Cell = object
Scalar = float | str | None
Block = list[list[Scalar]]
Result = Scalar | Block
Overrides = dict[str, float | dict[str, float]]
FrozenOverrides = tuple[tuple[str, float | tuple[tuple[str, float], ...]], ...]

_LONGEST_TEXT: Final = 200
_HEADS: Final = frozenset({"driver", "drivers", "name", "line"})
_UNIT_HEADS: Final = frozenset({"unit", "units"})
_ALL: Final = "all"


class ErrorValue(str):
    """A spreadsheet's error value: ``#N/A``, ``#VALUE!`` or ``#NUM!``. Hosts turn it into their own; it is never a text."""

    __slots__ = ()


NOT_AVAILABLE: Final = ErrorValue("#N/A")
BAD_VALUE: Final = ErrorValue("#VALUE!")
BAD_NUMBER: Final = ErrorValue("#NUM!")
ERROR_VALUES: Final = (NOT_AVAILABLE, BAD_VALUE, BAD_NUMBER)


def error_value(error: Exception) -> ErrorValue:
    """Return the error value of an exception.

    ``#N/A``: outside the axis, not reported yet, an event that does not happen; ``#NUM!``: a multiple of a
    loss, no root, not finite; ``#VALUE!``: everything else that an argument can be wrong in.
    """
    if isinstance(error, NotAvailableError):
        return NOT_AVAILABLE
    return BAD_NUMBER if isinstance(error, (NotMeaningfulError, NoRootError, OverflowError)) else BAD_VALUE


def is_block(value: Cell) -> bool:
    """Tell whether an argument is a range of several cells."""
    return isinstance(value, (list, tuple))


def rows_of(value: Cell) -> list[Sequence[Cell]]:
    """Return a range as rows; a row or column that a host hands over as one list is one row."""
    if not isinstance(value, (list, tuple)):
        return [[value]]
    return (
        [row if isinstance(row, (list, tuple)) else [row] for row in value]
        if any(map(is_block, value))
        else [value]
    )


def single(value: Cell, what: str) -> Cell:
    """Return the one value of an argument; a range of several cells is an :class:`InputError`."""
    while isinstance(value, (list, tuple)):
        if len(value) != 1:
            raise InputError(
                f"{what} needs one cell, not a range of {sum(len(row) for row in rows_of(value))} cells"
            )
        value = value[0]
    return value


def is_blank(value: Cell) -> bool:
    """Tell whether a cell holds nothing, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: Cell) -> str:
    """Return what was given, short enough for a message."""
    text = repr(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."


def text_of(value: Cell, what: str, default: str) -> str:
    """Return an argument as text in lower case without blanks around it; blank is the default."""
    value = single(value, what)
    if is_blank(value):
        return default
    if not isinstance(value, str) or isinstance(value, ErrorValue) or len(value) > _LONGEST_TEXT:
        raise InputError(f"{what} needs a text, not {shown(value)}")
    return value.strip().lower()


def choice_of(value: Cell, what: str, allowed: Iterable[str], default: str) -> str:
    """Return an argument that must be one of some words, in any case."""
    names = list(allowed)
    found = text_of(value, what, default)
    exact = {name.lower(): name for name in names}
    if found not in exact:
        raise InputError(
            f"unknown {what} {found!r}{did_you_mean(found, names) or '; allowed: ' + ', '.join(names)}"
        )
    return exact[found]


def number_of(value: Cell, what: str) -> float:
    """Return an argument as a finite number."""
    value = single(value, what)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
    raise InputError(f"{what} needs a number, not {shown(value)}")


def numbers_of(value: Cell, what: str) -> tuple[float, ...]:
    """Return the numbers of a range, row by row; blank cells are passed over."""
    cells = (cell for row in rows_of(value) for cell in row)
    return tuple(
        number_of(cell, f"{what}, cell {number}")
        for number, cell in enumerate(cells, start=1)
        if not is_blank(cell)
    )


def period_of(value: Cell, default: Period) -> Period:
    """Return a period: 2026 or "2026" (fiscal year), "2026Q3" or its code 20263 (quarter), "TTM 2026Q3"; blank: the default."""
    value = single(value, "period")
    if is_blank(value):
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _period_number(number_of(value, "period"))
    if not isinstance(value, str) or isinstance(value, ErrorValue) or len(value) > _LONGEST_TEXT:
        raise PeriodError(
            f"period needs a year, a quarter such as 2026Q3, or 'TTM 2026Q3', not {shown(value)}"
        )
    return _period_text(value.strip())


@lru_cache(maxsize=4096)
def _period_number(value: float) -> Period:
    code = round(value) if abs(value) < 1e6 else 0  # noqa: PLR2004  # beyond any year or quarter code
    if code != value or not 1000 <= code <= 99994:  # noqa: PLR2004  # years, and codes of quarters
        raise PeriodError(f"{value:g} is not a period: write a year (2026) or a quarter (2026Q3)")
    if code <= 9999:  # noqa: PLR2004  # a year has four digits
        return _on_axis(Period("annual", code))
    quarter = Quarter.from_code(code)
    return _on_axis(Period("quarterly", quarter.year, quarter.number))


@lru_cache(maxsize=4096)
def _period_text(value: str) -> Period:
    return _on_axis(Period.parse(value))


def _on_axis(period: Period) -> Period:
    company = companies.default()
    if not company.first <= Quarter(period.year, period.quarter) <= company.last:
        raise NotAvailableError(f"{period} is outside {company.first}..{company.last}")
    return period


def over_periods(value: Cell, default: Period, figure: Callable[[Period], Scalar]) -> Result:
    """Return a figure for a period, or for each cell of a range a block of the same shape.

    In a block an error stands in its own cell, an error that was given stays what it is, and an empty cell
    stays empty.
    """
    if not is_block(value) or (len(rows_of(value)) == 1 and len(rows_of(value)[0]) == 1):
        return figure(period_of(value, default))

    def cell(each: Cell) -> Scalar:
        if is_blank(each):
            return None
        if isinstance(each, ErrorValue):
            return each
        try:
            return figure(period_of(each, default))
        except AmznFcfError as error:
            return error_value(error)

    return [[cell(each) for each in row] for row in rows_of(value)]


def overrides_of(value: Cell) -> FrozenOverrides:
    """Return overrides from a range: two columns (driver, value for all years ahead), or a driver table with periods across.

    A driver table has the word "driver" in its first cell and years or quarters (or "all") in its first row,
    as AMZN_DRIVERS spills it; a column headed "unit" and blank cells are passed over.

    Raises
    ------
    InputError
        If the range has another shape, or a value is no number; the message names row and column.
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
        cells = [cell for cell in row[2:] if not is_blank(cell)]
        if len(row) < 2 or cells:  # noqa: PLR2004  # driver and value
            raise InputError(
                f"overrides, row {number}: needs two columns, driver and value; for values by year put 'driver' in the first cell"
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
    heads: list[str | None] = []
    for head in rows[0][1:]:
        word = head.strip().lower() if isinstance(head, str) else ""
        if is_blank(head) or word in _UNIT_HEADS:
            heads.append(None)
        else:
            heads.append(_ALL if word == _ALL else _column(head))
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


def _column(head: Cell) -> str:
    period = period_of(head, Period("annual", 0))
    if period.frequency == "ttm":
        raise InputError(f"overrides: {period} cannot head a column: use years and quarters")
    return str(period)


def thawed(overrides: FrozenOverrides) -> Overrides:
    """Return overrides as the model takes them."""
    return {driver: dict(value) if isinstance(value, tuple) else value for driver, value in overrides}
