"""What the company said of its future, and when: ``model/amazon/data/guidance.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from model.amazon import AMAZON
from model.errors import InputError
from model.language.periods import Period, Quarter
from model.reported.actuals import CHECKS

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
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        return sum(bounds) / len(bounds)


@cache
def all_guidance() -> tuple[Guidance, ...]:
    """Read the file, oldest first."""
    found = []
    with resources.files("model.amazon.data").joinpath(GUIDANCE_FILE).open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            where = f"{GUIDANCE_FILE} line {number}"
            if (
                row["line"] not in AMAZON.declared
                or row["unit"] != AMAZON.declared[row["line"]].unit
                or row["check"] not in CHECKS
            ):
                raise InputError(
                    f"{where}: needs a line of the model, its unit, and a check out of {', '.join(sorted(CHECKS))}"
                )
            low, high, point = (
                float(row[column]) if row[column] else None for column in ("low", "high", "point")
            )
            if not row["source"] or low is high is point is None:
                raise InputError(f"{where}: needs a source, and low, high or point")
            period = Period.parse(row["period"])
            found.append(
                Guidance(
                    Quarter.parse(row["as_of"]),
                    row["date"],
                    row["line"],
                    period,
                    low,
                    high,
                    point,
                    row["source"],
                )
            )
    return tuple(sorted(found, key=lambda each: each.date))


def guidance_at(as_of: Quarter, line: str, period: Period) -> Guidance | None:
    """Return the latest statement on a line and period given by the time the results of ``as_of`` were out."""
    known = [
        each for each in all_guidance() if each.as_of <= as_of and each.line == line and each.period == period
    ]
    return known[-1] if known else None
