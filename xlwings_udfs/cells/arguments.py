"""Arguments of functions, read from cells.

A cell holds a number, a text, TRUE or FALSE, a date, an error or nothing; a range is a list of rows. Every
host passes one of these, and receives a value or a list of rows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeGuard

from model import companies
from model.errors import (
    AmznFcfError,
    InputError,
    NotAvailableError,
    PeriodError,
    did_you_mean,
    number_hint,
    shown,
)
from model.language.periods import Period, Quarter
from xlwings_udfs.cells.error_values import ErrorValue, error_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from model.company import Company

Cell = object
Scalar = float | str | None
Block = list[list[Scalar]]
Result = Scalar | Block

_LONGEST_TEXT: Final = 200
MOST_CELLS: Final = 100_000


def is_block(value: Cell) -> TypeGuard[Sequence[Cell]]:
    """Tell whether an argument is a range."""
    return isinstance(value, (list, tuple))


def rows_of(value: Cell) -> list[Sequence[Cell]]:
    """Return a range as rows; a plain list is one row."""
    if not is_block(value):
        return [[value]]
    return [row if is_block(row) else [row] for row in value] if any(map(is_block, value)) else [value]


def unwrapped(value: Cell) -> Cell:
    """Return the one value of a range of one cell; any other argument as it is."""
    while is_block(value) and len(value) == 1:
        value = value[0]
    return value


def cells_in(value: Cell) -> int:
    """Return the number of cells of an argument."""
    return sum(map(len, rows_of(value)))


def check_size(arguments: Iterable[Cell]) -> None:
    """Refuse a range of more cells than :data:`MOST_CELLS`: over a whole column a call would take minutes."""
    count = max(map(cells_in, arguments), default=0)
    if count > MOST_CELLS:
        most = f"a range may hold {MOST_CELLS:,} cells at most"
        raise InputError(f"{most}, not {count:,}: choose a smaller one")


def single(value: Cell, what: str) -> Cell:
    """Return the one value of an argument; a range of several cells is an :class:`InputError`."""
    value = unwrapped(value)
    if is_block(value):
        raise InputError(f"{what} needs one cell, not a range of {cells_in(value)} cells")
    return value


def is_blank(value: Cell) -> bool:
    """Tell whether a cell holds nothing, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_blank_or_zero(value: Cell) -> bool:
    """Tell whether a cell of a range is blank, which some hosts hand over as 0: no period or name is 0."""
    return is_blank(value) or (_is_number(value) and value == 0)


def _is_text(value: Cell) -> TypeGuard[str]:
    return isinstance(value, str) and not isinstance(value, ErrorValue) and len(value) <= _LONGEST_TEXT


def _is_number(value: Cell) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text_of(value: Cell, what: str, default: str) -> str:
    """Return an argument as stripped text in lower case; blank gives the default."""
    value = single(value, what)
    if is_blank(value):
        return default
    if not _is_text(value):
        raise InputError(f"{what} needs a text, not {shown(value)}")
    return value.strip().lower()


def choice_of(value: Cell, what: str, allowed: Iterable[str], default: str) -> str:
    """Return an argument that must be one of the allowed words; upper and lower case are equal."""
    names = list(allowed)
    found = text_of(value, what, default)
    exact = {name.lower(): name for name in names}
    if found not in exact:
        near = did_you_mean(found, names) or f"; allowed: {', '.join(names)}"
        raise InputError(f"unknown {what} {shown(found)}{near}")
    return exact[found]


def number_of(value: Cell, what: str) -> float:
    """Return an argument as a finite number."""
    value = single(value, what)
    if _is_number(value):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
    hint = number_hint(value) if _is_text(value) else ""
    raise InputError(f"{what} needs a number, not {shown(value)}{hint}")


def whole_of(value: Cell, what: str, default: int, limits: tuple[int, int]) -> int:
    """Return an argument as a whole number within limits; blank gives the default."""
    if is_blank(value):
        return default
    found, (least, most) = number_of(value, what), limits
    if found != round(found) or not least <= found <= most:
        raise InputError(f"{what} needs a whole number from {least} to {most:,} in cells, not {found:g}")
    return round(found)


def numbers_of(value: Cell, what: str) -> tuple[float, ...]:
    """Return the numbers of a range, row by row; blank cells are ignored."""
    cells = enumerate((cell for row in rows_of(value) for cell in row), start=1)
    return tuple(number_of(cell, f"{what}, cell {number}") for number, cell in cells if not is_blank(cell))


def period_of(value: Cell, default: Period) -> Period:
    """Return a period; blank gives the default.

    2026 or "2026" is a fiscal year, "2026Q3" or its code 20263 a quarter, "TTM 2026Q3" twelve months.
    """
    value = single(value, "period")
    if is_blank_or_zero(value):
        return default
    if _is_number(value):
        return _on_axis(number_of(value, "period"), companies.default())
    if not _is_text(value):
        raise PeriodError(
            f"period needs a year, a quarter such as 2026Q3, or 'TTM 2026Q3', not {shown(value)}"
        )
    return _on_axis(value.strip(), companies.default())


@lru_cache(maxsize=4096)
def _on_axis(value: float | str, company: Company) -> Period:
    period = Period.parse(value) if isinstance(value, str) else _period_number(value)
    if not company.first <= Quarter(period.year, period.quarter) <= company.last:
        raise NotAvailableError(f"{period} is outside {company.first}..{company.last}")
    return period


def _period_number(value: float) -> Period:
    code = round(value) if abs(value) < 1e6 else 0  # noqa: PLR2004  # beyond any year or quarter code
    if code != value or not 1000 <= code <= 99994:  # noqa: PLR2004  # years, and codes of quarters
        raise PeriodError(f"{value:g} is not a period: write a year (2026) or a quarter (2026Q3)")
    if code <= 9999:  # noqa: PLR2004  # a year has four digits
        return Period("annual", code)
    return Period.of(Quarter.from_code(code))


def over_periods(value: Cell, default: Period, figure: Callable[[Period], Scalar]) -> Result:
    """Return a figure for a period, or a block of figures for a range of periods.

    In a block each error stands in its own cell; empty cells and error values of the range stay as they are.
    """
    if list(map(len, rows_of(value))) == [1]:
        return figure(period_of(value, default))

    def cell(each: Cell) -> Scalar:
        if is_blank_or_zero(each):
            return None
        if isinstance(each, ErrorValue):
            return each
        try:
            return figure(period_of(each, default))
        except AmznFcfError as error:
            return error_value(error)

    return [[cell(each) for each in row] for row in rows_of(value)]
