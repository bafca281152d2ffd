"""What is said of the future: a company's guidance and the Street's estimates, by date, from its data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from model.errors import InputError, PeriodError, shown
from model.files import text_of_file
from model.language.declarations import Line
from model.language.periods import Period, Quarter
from model.reported.actuals import CHECKS
from model.reported.csv_tables import number_in, period_in, records, records_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from model.company import Company

GUIDANCE_FILE: Final = "guidance.csv"
CONSENSUS_FILE: Final = "consensus.csv"
KINDS: Final = frozenset({"consensus", "analyst"})
_COMMON: Final = ("date", "line", "period", "low", "high", "point", "unit")
_GUIDANCE: Final = ("as_of", *_COMMON, "check", "source", "read_at")
_CONSENSUS: Final = (*_COMMON, "kind", "check", "source", "read_at")
_GUIDANCE_KEY: Final = ("as_of", "date", "line", "period")
_CONSENSUS_KEY: Final = ("date", "line", "period", "source")


@dataclass(frozen=True)
class Expectation:
    """What somebody expects of a line in a period: a range, a point, or both, in the line's unit.

    ``period``: None for a line that does not vary with time, such as a value per share.
    """

    date: str
    line: str
    period: Period | None
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


@dataclass(frozen=True)
class Guidance(Expectation):
    """A statement by the company, made with the results of ``as_of``."""

    as_of: Quarter


@dataclass(frozen=True)
class Estimate(Expectation):
    """The Street's: a ``consensus``, or one ``analyst``."""

    kind: str


@cache
def all_guidance(company: Company) -> tuple[Guidance, ...]:
    """Read the file, oldest first; without a file there is no guidance."""
    said = []
    for where, row in records(company, GUIDANCE_FILE, _GUIDANCE, _GUIDANCE_KEY, optional=True):
        common = _expected(row, where, company)
        as_of = period_in(row["as_of"], where)
        if as_of.frequency != "quarterly":
            raise PeriodError(f"{where}: as_of must be a quarter, not {shown(row['as_of'])}")
        said.append(Guidance(*common, as_of=Quarter(as_of.year, as_of.quarter)))
    return tuple(sorted(said, key=lambda each: each.date))


@cache
def all_estimates(company: Company) -> tuple[Estimate, ...]:
    """Read the estimates of a company's data, oldest first; without a file there are none."""
    return _estimates(records(company, CONSENSUS_FILE, _CONSENSUS, _CONSENSUS_KEY, optional=True), company)


def read_estimates(path: Path, company: Company) -> tuple[Estimate, ...]:
    """Read estimates from a file of the user's own, oldest first; a wrong row is an :class:`InputError`."""
    text = text_of_file(path, "consensus")
    return _estimates(records_of(text, str(path), _CONSENSUS, ()), company)


def _estimates(rows: Iterable[tuple[str, dict[str, str]]], company: Company) -> tuple[Estimate, ...]:
    found = []
    for where, row in rows:
        if row["kind"] not in KINDS:
            raise InputError(f"{where}: kind must be {' or '.join(sorted(KINDS))}, not {shown(row['kind'])}")
        found.append(Estimate(*_expected(row, where, company), kind=row["kind"]))
    return tuple(sorted(found, key=lambda each: each.date))


def _expected(
    row: dict[str, str], where: str, company: Company
) -> tuple[str, str, Period | None, float | None, float | None, float | None, str]:
    declared = company.model.declared.get(row["line"].partition("[")[0])
    if not isinstance(declared, Line) or row["unit"] != declared.unit or row["check"] not in CHECKS:
        allowed = ", ".join(sorted(CHECKS))
        raise InputError(f"{where}: needs a line of the model, its unit, and a check out of {allowed}")
    low, high, point = (number_in(row[key], where) if row[key] else None for key in ("low", "high", "point"))
    if not row["source"] or not row["date"] or low is high is point is None:
        raise InputError(f"{where}: needs a date, a source, and low, high or point")
    if low is not None and high is not None and low > high:
        raise InputError(f"{where}: low {row['low']} is above high {row['high']}")
    period = period_in(row["period"], where) if row["period"] else None
    if (period is not None) != declared.timed:
        needs = "needs a period" if declared.timed else "does not vary with time: leave its period empty"
        raise InputError(f"{where}: {row['line']} {needs}")
    return row["date"], row["line"], period, low, high, point, row["source"]


def guidance_at(company: Company, as_of: Quarter, line: str, period: Period | None) -> Guidance | None:
    """Return the last statement on a line and period by the results of ``as_of``; None if there is none."""
    about = [each for each in all_guidance(company) if (each.line, each.period) == (line, period)]
    known = [each for each in about if each.as_of <= as_of]
    return known[-1] if known else None


def known_by(company: Company, as_of: Quarter, estimates: Iterable[Estimate]) -> list[Estimate]:
    """Return the estimates made by the day of the results that follow those of ``as_of``."""
    later = [each.date for each in all_guidance(company) if each.as_of > as_of]
    return [each for each in estimates if not later or each.date <= later[0]]
