"""A scenario beside what others expect: company guidance, the Street, and the same period a year before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.language.periods import Period, Quarter
from model.reported.guidance import Estimate, Guidance, all_estimates, all_guidance, guidance_at, known_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.results import Results


@dataclass(frozen=True)
class Compared:
    """A figure of the model and what is expected of it; ``period``: None for one without time.

    ``year_before``: the same period of the year before; ``is_reported``: and whether filings hold all of it,
    or the model part.
    """

    line: str
    period: Period | None
    unit: str
    model: float
    guidance: Guidance | None
    street: Estimate | None
    year_before: float | None
    is_reported: bool


def compared(results: Results, estimates: Iterable[Estimate] | None = None) -> list[Compared]:
    """Return every figure ahead that the company guides or the Street expects, in order of period.

    ``results``: of one scenario. ``estimates``: of the Street; by default those of the company's data. Of
    several about one figure the latest counts; those of one day are taken together (mean, lowest, highest).
    What was said after the results that follow the as-of is left out.
    """
    company, as_of = results.scenarios[0].company, results.plan.axis.as_of
    known = known_by(company, as_of, all_estimates(company) if estimates is None else estimates)
    said = [each for each in all_guidance(company) if each.as_of <= as_of]
    asked = {(each.line, each.period) for each in (*said, *known) if _is_ahead(each.period, results)}
    rows = [_compared(results, line, period, known) for line, period in asked]
    order = list(company.model.declared)

    def place(row: Compared) -> tuple[bool, Quarter, bool, int]:
        period = row.period or Period("annual", company.last.year)
        ends = Quarter(period.year, period.quarter)
        return row.period is None, ends, period.frequency == "annual", order.index(row.line.partition("[")[0])

    return sorted(rows, key=place)


def _is_ahead(period: Period | None, results: Results) -> bool:
    axis = results.plan.axis
    return period is None or axis.as_of < Quarter(period.year, period.quarter) <= axis.last


def _compared(results: Results, line: str, period: Period | None, known: list[Estimate]) -> Compared:
    company, as_of = results.scenarios[0].company, results.plan.axis.as_of
    row = results.plan.row(line)
    street = _together([each for each in known if (each.line, each.period) == (line, period)])
    if period is None:
        return Compared(
            line, None, row.unit, float(results.values[line][0, 0]), None, street, None, is_reported=False
        )
    before = period.shifted(-1)
    ended = Quarter(before.year, before.quarter) <= as_of
    has_year_before = before.year >= results.plan.axis.first.year
    return Compared(
        line, period, row.unit, results.value(line, period), guidance_at(company, as_of, line, period),
        street, results.value(line, before) if has_year_before else None, ended,
    )  # fmt: skip


def _together(estimates: list[Estimate]) -> Estimate | None:
    """Return the latest estimate; those of one day as one: their mean, and the range that they span."""
    latest = [each for each in estimates if each.date == estimates[-1].date]
    if len(latest) <= 1:
        return latest[0] if latest else None
    ends = [end for each in latest for end in (each.middle, *each.ends)]
    mean = sum(each.middle for each in latest) / len(latest)
    sources = "; ".join(each.source for each in latest)
    first = latest[0]
    return Estimate(
        first.date, first.line, first.period, min(ends), max(ends), mean, sources, kind=first.kind
    )
