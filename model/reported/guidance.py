"""Guidance: a company's statements about its future, by date, from ``guidance.csv`` of its data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from model.errors import InputError, PeriodError
from model.language.periods import Period, Quarter
from model.reported.actuals import CHECKS
from model.reported.tables import number_in, period_in, records

if TYPE_CHECKING:
    from model.company import Company

GUIDANCE_FILE: Final = "guidance.csv"
_COLUMNS: Final = (
    "as_of", "date", "line", "period", "low", "high", "point", "unit", "check", "source", "read_at",
)  # fmt: skip

_KEY: Final = ("as_of", "date", "line", "period")


@dataclass(frozen=True)
class Guidance:
    """A statement by the company: a range or a point for a line and period, with the results of ``as_of``."""

    as_of: Quarter
    date: str
    line: str
    period: Period
    low: float | None
    high: float | None
    point: float | None
    source: str

    @property
    def middle(self) -> float:
        """The point, the middle of the range, or the one bound that was given."""
        if self.point is not None:
            return self.point
        return sum(self.ends) / len(self.ends)

    @property
    def ends(self) -> tuple[float, ...]:
        """The bounds that were given; the point where there is one."""
        bounds = (self.low, self.high) if self.point is None else (self.point,)
        return tuple(bound for bound in bounds if bound is not None)


@cache
def all_guidance(company: Company) -> tuple[Guidance, ...]:
    """Read the file, oldest first; without a file there is no guidance."""
    statements = [
        _read(row, where, company)
        for where, row in records(company, GUIDANCE_FILE, _COLUMNS, _KEY, optional=True)
    ]
    return tuple(sorted(statements, key=lambda each: each.date))


def _read(row: dict[str, str], where: str, company: Company) -> Guidance:
    declared = company.model.declared.get(row["line"])
    if declared is None or row["unit"] != declared.unit or row["check"] not in CHECKS:
        allowed = ", ".join(sorted(CHECKS))
        raise InputError(f"{where}: needs a line of the model, its unit, and a check out of {allowed}")
    low, high, point = (number_in(row[key], where) if row[key] else None for key in ("low", "high", "point"))
    if not row["source"] or low is high is point is None:
        raise InputError(f"{where}: needs a source, and low, high or point")
    as_of, period = period_in(row["as_of"], where), period_in(row["period"], where)
    if as_of.frequency != "quarterly":
        raise PeriodError(f"{where}: as_of must be a quarter, not {row['as_of']!r}")
    quarter = Quarter(as_of.year, as_of.quarter)
    return Guidance(quarter, row["date"], row["line"], period, low, high, point, row["source"])


def guidance_at(company: Company, as_of: Quarter, line: str, period: Period) -> Guidance | None:
    """Return the latest statement on a line and period by the results of ``as_of``; None if there is none."""
    about = [each for each in all_guidance(company) if (each.line, each.period) == (line, period)]
    known = [each for each in about if each.as_of <= as_of]
    return known[-1] if known else None
