"""Reported figures: read from a company's data, checked, completed by quarter, and cut at the as-of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.company import Company, Figure, Figures
from model.errors import InputError, NotAvailableError, located, shown
from model.language.periods import Axis, Quarter
from model.language.units import measure
from model.plan.plan import REPORTED_PREFIX
from model.reported.csv_tables import number_in, period_in, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from model.plan.plan import Plan

QUARTERLY_FILE: Final = "actuals_quarterly.csv"
ANNUAL_FILE: Final = "actuals_annual.csv"
CHECKS: Final = frozenset({"verified", "single-source", "third-party", "derived", "judgement", "estimate"})
COLUMNS: Final = ("item", "period", "value", "unit", "check", "source", "read_at")
SINCE: Final = "since"
"""Column that a file may have at its end: the quarter whose report restated the figure."""
KEY: Final = ("item", "period", SINCE)

Versions = dict[tuple[str, str, str], Figure]
"""By item, period, and the quarter whose report restated the figure; empty: as first reported."""


@dataclass(frozen=True)
class Actuals:
    """All reported figures: ``quarterly[item, "2026Q2"]`` and ``annual[item, "2025"]``."""

    quarterly: Mapping[tuple[str, str], Figure]
    annual: Mapping[tuple[str, str], Figure]

    latest: Quarter
    """Last reported quarter."""

    def value(self, item: str, quarter: Quarter) -> float:
        """Return the value of one figure; errors as of :meth:`figure`."""
        return self.figure(item, quarter).value

    def figure(self, item: str, quarter: Quarter) -> Figure:
        """Return one figure; one that is not reported is a :class:`NotAvailableError`."""
        try:
            return self.quarterly[item, str(quarter)]
        except KeyError:
            known = f"the data hold quarters to {self.latest}"
            raise NotAvailableError(f"{item} was not reported for {quarter}; {known}") from None


def check_as_of(as_of: Quarter, actuals: Actuals) -> None:
    """Refuse an as-of that is not reported yet."""
    if as_of > actuals.latest:
        raise NotAvailableError(f"as-of {as_of} is not reported yet; the latest is {actuals.latest}")


@companies.cached
def load_actuals(company: Company | None = None, as_of: Quarter | None = None) -> Actuals:
    """Read the reported figures of a company; without one, of the company in use.

    ``as_of``: with restatements up to the report of that quarter, and none after it; default: with all.
    """
    company = company or companies.default()
    read = [versions(company, name) for name in (QUARTERLY_FILE, ANNUAL_FILE)]
    if as_of and not any(since and Quarter.parse(since) > as_of for each in read for _, _, since in each):
        return load_actuals(company)  # nothing was restated after it
    quarterly, annual = (known_at(each, as_of) for each in read)
    try:
        company.filings.complete(quarterly, annual)
    except KeyError as error:
        raise InputError(f"{QUARTERLY_FILE}, {ANNUAL_FILE}: a figure is missing: {error}") from None
    anchor = company.filings.anchor
    reported = [Quarter.parse(period) for item, period in quarterly if item == anchor]
    if not reported:
        raise InputError(f"{QUARTERLY_FILE}: has no figure of {anchor}, which marks a quarter as reported")
    return Actuals(quarterly, annual, max(reported))


@cache
def reported_arrays(company: Company, plan: Plan) -> dict[str, NDArray[np.float64]]:
    """Return the reported rows of a company's plan, each as long as the axis, NaN after the as-of."""
    axis = plan.axis
    actuals = load_actuals(company, axis.as_of)
    check_as_of(axis.as_of, actuals)
    table = {}
    for key in (each for each in plan.rows if each.startswith(REPORTED_PREFIX)):
        table[key] = np.full(axis.length, np.nan)
        for position, quarter in enumerate(axis.quarters[: axis.forecast_start]):
            figure = actuals.figure(key.removeprefix(REPORTED_PREFIX), quarter)
            if figure.unit != plan.rows[key].unit:
                needed = f"the model needs {plan.rows[key].unit!r}"
                raise InputError(
                    f"{QUARTERLY_FILE}: {figure.item} of {quarter}: unit is {shown(figure.unit)}, {needed}"
                )
            table[key][position] = figure.value
    return table


def axis_at(as_of: str | Quarter, company: Company | None = None) -> Axis:
    """Return the axis of an as-of; one that is not reported yet is refused."""
    quarter = as_of if isinstance(as_of, Quarter) else Quarter.parse(as_of)
    chosen = company or companies.default()
    actuals = load_actuals(chosen)
    check_as_of(quarter, actuals)
    return chosen.axis(quarter, actuals.latest)


def known_at(read: Versions, as_of: Quarter | None) -> Figures:
    """Return every figure as it was known with the report of ``as_of``: as restated last by then."""
    known: Figures = {}
    for (item, period, since), figure in sorted(read.items(), key=lambda each: each[0][2]):
        if not since or as_of is None or Quarter.parse(since) <= as_of:
            known[item, period] = figure
    return known


@cache
def versions(company: Company, name: str) -> Versions:
    """Read a file of figures: every version of each."""
    figures: Versions = {}
    units: dict[str, str] = {}
    for where, row in records(company, name, COLUMNS, KEY, (SINCE,)):
        key = (row["item"], row["period"], row[SINCE].upper())
        period_in(row["period"], where)
        if row[SINCE]:
            with located(f"{where}: {SINCE}"):
                Quarter.parse(row[SINCE])
        if key in figures:
            raise InputError(f"{where}: {key[0]} of {key[1]} is given twice")
        if row["check"] not in CHECKS or not row["source"]:
            allowed = ", ".join(sorted(CHECKS))
            raise InputError(f"{where}: needs a source and a check out of {allowed}")
        if row["unit"] != units.setdefault(row["item"], row["unit"]):
            before = f"rows above give it in {units[row['item']]!r}"
            raise InputError(f"{where}: {row['item']} is in {shown(row['unit'])}, but {before}")
        with located(where):
            measure(row["unit"])
        value = number_in(row["value"], where)
        figures[key] = Figure(*key[:2], value, row["unit"], row["check"], row["source"], row["read_at"])
    return figures
