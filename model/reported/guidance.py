"""What a company has said of its future, and when: ``guidance.csv`` of its data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from model.errors import InputError
from model.language.periods import Period, Quarter
from model.reported.actuals import CHECKS

if TYPE_CHECKING:
    from model.company import Company

GUIDANCE_FILE = "guidance.csv"


@dataclass(frozen=True)
class Guidance:
    """One statement of the company: a range or a point for a line and period, given with the results of ``as_of``."""

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
    """Read the file, oldest first; a company without one has given no guidance."""
    source = company.file(GUIDANCE_FILE)
    if not source.is_file():
        return ()
    with source.open(encoding="utf-8") as file:
        found = [_read(row, number, company) for number, row in enumerate(csv.DictReader(file), start=2)]
    return tuple(sorted(found, key=lambda each: each.date))


def _read(row: dict[str, str], number: int, company: Company) -> Guidance:
    where = f"{GUIDANCE_FILE} line {number}"
    declared = company.model.declared.get(row["line"])
    if declared is None or row["unit"] != declared.unit or row["check"] not in CHECKS:
        allowed = ", ".join(sorted(CHECKS))
        raise InputError(f"{where}: needs a line of the model, its unit, and a check out of {allowed}")
    low, high, point = (float(row[column]) if row[column] else None for column in ("low", "high", "point"))
    if not row["source"] or low is high is point is None:
        raise InputError(f"{where}: needs a source, and low, high or point")
    as_of, period = Quarter.parse(row["as_of"]), Period.parse(row["period"])
    return Guidance(as_of, row["date"], row["line"], period, low, high, point, row["source"])


def guidance_at(company: Company, as_of: Quarter, line: str, period: Period) -> Guidance | None:
    """Return the latest statement on a line and period given by the time the results of ``as_of`` were out."""
    about = [each for each in all_guidance(company) if (each.line, each.period) == (line, period)]
    known = [each for each in about if each.as_of <= as_of]
    return known[-1] if known else None
