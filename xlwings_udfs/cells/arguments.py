"""Arguments of functions, read from cells.

A cell holds a number, a text, TRUE or FALSE, a date, an error or nothing; a range is a list of rows. Every
host passes one of these, and receives a value or a list of rows.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import AmznFcfError, InputError, NotAvailableError, PeriodError, did_you_mean
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


def is_block(value: Cell) -> bool:
    """Tell whether an argument is a range of several cells."""
    return isinstance(value, (list, tuple))


def rows_of(value: Cell) -> list[Sequence[Cell]]:
    """Return a range as rows; a plain list is one row."""
    if not isinstance(value, (list, tuple)):
        return [[value]]
    return (
        [row if isinstance(row, (list, tuple)) else [row] for row in value]
        if any(map(is_block, value))
        else [value]
    )


def single(value: Cell, what: str) -> Cell:
    """Return the one value of an argument.

    Raises
    ------
    InputError
        If the argument is a range of several cells.
    """
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
    """Return a value as a message shows it, shortened."""
    text = repr(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."


def text_of(value: Cell, what: str, default: str) -> str:
    """Return an argument as stripped text in lower case; blank gives the default."""
    value = single(value, what)
    if is_blank(value):
        return default
    if not isinstance(value, str) or isinstance(value, ErrorValue) or len(value) > _LONGEST_TEXT:
        raise InputError(f"{what} needs a text, not {shown(value)}")
    return value.strip().lower()


def choice_of(value: Cell, what: str, allowed: Iterable[str], default: str) -> str:
    """Return an argument that must be one of the allowed words; upper and lower case are equal."""
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
    """Return the numbers of a range, row by row; blank cells are ignored."""
    cells = (cell for row in rows_of(value) for cell in row)
    return tuple(
        number_of(cell, f"{what}, cell {number}")
        for number, cell in enumerate(cells, start=1)
        if not is_blank(cell)
    )


def period_of(value: Cell, default: Period) -> Period:
    """Return a period; blank gives the default.

    2026 or "2026" is a fiscal year, "2026Q3" or its code 20263 a quarter, "TTM 2026Q3" twelve months.
    """
    value = single(value, "period")
    if is_blank(value):
        return default
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _period_number(number_of(value, "period"), companies.default())
    if not isinstance(value, str) or isinstance(value, ErrorValue) or len(value) > _LONGEST_TEXT:
        raise PeriodError(
            f"period needs a year, a quarter such as 2026Q3, or 'TTM 2026Q3', not {shown(value)}"
        )
    return _period_text(value.strip(), companies.default())


@lru_cache(maxsize=4096)
def _period_number(value: float, company: Company) -> Period:
    code = round(value) if abs(value) < 1e6 else 0  # noqa: PLR2004  # beyond any year or quarter code
    if code != value or not 1000 <= code <= 99994:  # noqa: PLR2004  # years, and codes of quarters
        raise PeriodError(f"{value:g} is not a period: write a year (2026) or a quarter (2026Q3)")
    if code <= 9999:  # noqa: PLR2004  # a year has four digits
        return _on_axis(Period("annual", code), company)
    quarter = Quarter.from_code(code)
    return _on_axis(Period("quarterly", quarter.year, quarter.number), company)


@lru_cache(maxsize=4096)
def _period_text(value: str, company: Company) -> Period:
    return _on_axis(Period.parse(value), company)


def _on_axis(period: Period, company: Company) -> Period:
    if not company.first <= Quarter(period.year, period.quarter) <= company.last:
        raise NotAvailableError(f"{period} is outside {company.first}..{company.last}")
    return period


def over_periods(value: Cell, default: Period, figure: Callable[[Period], Scalar]) -> Result:
    """Return a figure for a period, or a block of figures for a range of periods.

    In a block each error stands in its own cell; empty cells and error values of the range stay as they are.
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
