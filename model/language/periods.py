"""Time: quarters, the axis of a model, and the periods of figures.

Fiscal quarters are calendar quarters. The *code* of a quarter, ``year * 10 + quarter`` (20263), is a number
that sorts, fits in a cell, and reads as ``2026Q3`` in the number format ``0000"Q"0``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, get_args

from model.errors import NotAvailableError, PeriodError, shown

QUARTERS_A_YEAR: Final = 4
DAY_ZERO: Final = date(1899, 12, 30).toordinal()
"""Day 0 of spreadsheet dates, shifted for their fictitious 1900-02-29; valid from 1900-03-01."""

Frequency = Literal["annual", "quarterly", "ttm"]
FREQUENCIES: Final[tuple[Frequency, ...]] = get_args(Frequency)
Basis = Literal["reported", "mixed", "forecast"]
MARKS: Final[dict[Basis, str]] = {"reported": "A", "mixed": "A + E", "forecast": "E"}
"""What stands at a period: actual, estimate, or partly both."""

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])", re.IGNORECASE)
_PERIOD = re.compile(r"(?:(TTM)\s+|FY(?=[0-9]{4}$))?([0-9]{4})(?:Q([1-4]))?", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter.

    Examples
    --------
    >>> Quarter.parse("2026Q3").code
    20263
    >>> str(Quarter.parse("2026Q3").shifted(2))
    '2027Q1'
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read ``"2026Q3"`` (any case); anything else is a :class:`PeriodError`."""
        match = _QUARTER.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise PeriodError(f"{shown(text)} is not a quarter; write it like 2026Q3")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def from_code(cls, code: float) -> Quarter:
        """Read a quarter code such as 20263."""
        year, number = divmod(round(code), 10)
        if code != round(code) or not 1 <= number <= QUARTERS_A_YEAR:
            raise PeriodError(f"{shown(code)} is not a quarter code; write 2026Q3 as 20263")
        return cls(year, number)

    @property
    def code(self) -> int:
        """``year * 10 + number``."""
        return self.year * 10 + self.number

    @property
    def last_day(self) -> int:
        """Last day of the quarter as spreadsheets count days: 1 is 1900-01-01, and 1900-02-29 counts.

        Examples
        --------
        >>> Quarter.parse("2026Q2").last_day
        46203
        """
        following = self.shifted(1)
        return date(following.year, 3 * following.number - 2, 1).toordinal() - 1 - DAY_ZERO

    @property
    def count(self) -> int:
        """Quarters since year 0: what can be subtracted. Formula: ``4 * year + number - 1``."""
        return self.year * QUARTERS_A_YEAR + self.number - 1

    @classmethod
    def from_count(cls, count: float) -> Quarter:
        """Return the quarter nearest to a count.

        Examples
        --------
        >>> str(Quarter.from_count(Quarter.parse("2028Q1").count - 1))
        '2027Q4'
        """
        year, number = divmod(round(count), QUARTERS_A_YEAR)
        return cls(year, number + 1)

    def shifted(self, quarters: int) -> Quarter:
        """Return the quarter that lies ``quarters`` later (earlier when negative)."""
        return Quarter.from_count(self.count + quarters)

    def __sub__(self, other: Quarter) -> int:
        return self.count - other.count

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True)
class Period:
    """A fiscal year, a quarter, or the twelve months that end with a quarter."""

    frequency: Frequency
    year: int
    quarter: int = QUARTERS_A_YEAR

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``"2026"`` (or ``"FY2026"``), ``"2026Q3"`` or ``"TTM 2026Q3"``.

        Examples
        --------
        >>> Period.parse("ttm 2026q3")
        Period(frequency='ttm', year=2026, quarter=3)
        """
        match = _PERIOD.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or (match[1] and not match[3]):
            raise PeriodError(f"{shown(text)} is not a period; write 2026, 2026Q3 or 'TTM 2026Q3'")
        year, quarter = int(match[2]), match[3]
        if quarter is None:
            return cls("annual", year)
        return cls("ttm" if match[1] else "quarterly", year, int(quarter))

    @classmethod
    def of(cls, quarter: Quarter, frequency: Frequency = "quarterly") -> Period:
        """Return a quarter as a period, or the twelve months that end with it (``ttm``)."""
        return cls(frequency, quarter.year, quarter.number)

    def shifted(self, years: int) -> Period:
        """Return the same period ``years`` later (earlier when negative)."""
        return Period(self.frequency, self.year + years, self.quarter)

    def __str__(self) -> str:
        if self.frequency == "annual":
            return str(self.year)
        return f"{'TTM ' if self.frequency == 'ttm' else ''}{self.year}Q{self.quarter}"


@dataclass(frozen=True)
class Axis:
    """The quarters of the model, from the first of a year to the last of one, and the last reported one."""

    as_of: Quarter
    first: Quarter
    last: Quarter

    def __post_init__(self) -> None:
        if self.first.number != 1 or self.last.number != QUARTERS_A_YEAR:
            raise PeriodError(f"the axis {self.first}..{self.last} must hold whole years")
        if not self.first <= self.as_of < self.last:
            raise PeriodError(f"as-of {self.as_of} is outside {self.first}..{self.last.shifted(-1)}")

    @property
    def length(self) -> int:
        """Number of quarters."""
        return self.last - self.first + 1

    @property
    def forecast_start(self) -> int:
        """Number of reported quarters = position (from 0) of the first computed one."""
        return self.as_of - self.first + 1

    @cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """All quarters, in order."""
        return tuple(self.first.shifted(i) for i in range(self.length))

    @cached_property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Every quarter and its year as text: ``("2026Q3", "2026")``."""
        return tuple((str(quarter), str(quarter.year)) for quarter in self.quarters)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """All fiscal years, in order."""
        return tuple(range(self.first.year, self.last.year + 1))

    def position(self, quarter: Quarter) -> int:
        """Return the position of ``quarter`` from 0; outside the axis is a :class:`PeriodError`."""
        if not self.first <= quarter <= self.last:
            raise NotAvailableError(f"{quarter} is outside the axis {self.first}..{self.last}")
        return quarter - self.first

    def year_position(self, year: int) -> int:
        """Return the position of ``year`` from 0; outside the axis is a :class:`PeriodError`."""
        if not self.first.year <= year <= self.last.year:
            raise NotAvailableError(f"{year} is outside the axis {self.first.year}..{self.last.year}")
        return year - self.first.year

    def basis(self, period: Period) -> Basis:
        """Tell whether a year, or the (last) quarter, is reported, forecast, or partly both."""
        last = Quarter(period.year, period.quarter)
        first = Quarter(period.year, 1) if period.frequency == "annual" else last
        return "reported" if last <= self.as_of else "forecast" if first > self.as_of else "mixed"

    def period_position(self, period: Period) -> int:
        """Return the position from 0 of a year, or of the (last) quarter; else a :class:`PeriodError`."""
        if period.frequency == "annual":
            return self.year_position(period.year)
        return self.position(Quarter(period.year, period.quarter))
