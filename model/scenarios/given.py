"""The rules for given values: their periods, their sums, and what they replace.

Where values are given, ``"2027+"`` is 2027 and every later year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

import numpy as np

from model.errors import InputError, PeriodError, located, shown
from model.reported.csv_tables import period_in
from model.scenarios.spec import ALL, coded, number, shares_of_one

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.company import Company
    from model.language.periods import Quarter
    from model.plan.plan import Plan
    from model.scenarios.spec import DriverSpec, PeriodValues

ONWARDS: Final = "+"
"""Behind a year: and every later year."""
_SUM_TOLERANCE: Final = 1e-9
_ELAPSED: Final = re.compile(r"[0-9]{1,3}")


def period_key(spec: DriverSpec, text: str, where: str) -> str:
    """Return the key of a driver's value for a period; a period outside the axis is refused."""
    kind = spec.driver.kind
    if kind in {"constant", "seasonal"}:
        if text != ALL:
            hint = f"give one value, not one for {text}"
            raise InputError(f"{where}: {spec.key} does not vary with time: {hint}")
        return ALL
    if kind == "yearly" and text.endswith(ONWARDS):
        year = period_key(spec, text.removesuffix(ONWARDS), where)
        if year.isdecimal():
            return year + ONWARDS
    period = period_in(text, f"{where}: {spec.key}")
    if period.frequency == "ttm" or period.year not in spec.company.years:
        raise PeriodError(f"{where}: {spec.key}: {text} is outside {spec.company.first}..{spec.company.last}")
    if kind == "elapsed" and period.frequency != "quarterly":
        raise InputError(f"{where}: {spec.key} is given by quarter, not for {text}")
    if spec.driver.full_year and period.frequency != "annual":
        raise InputError(
            f"{where}: {spec.key} is that of a full year: give it for {period.year}, not for {text}"
        )
    return str(period)


def pairs_of(given: object) -> Iterable[tuple[object, object]]:
    """Return what a file, a cell or a program gives as pairs; one value is one for ``"all"``."""
    return given.items() if isinstance(given, Mapping) else [(ALL, given)]


def given_values(
    pairs: Iterable[tuple[object, object]],
    spec: DriverSpec,
    where: str,
    *,
    check: bool = True,
    since_as_of: bool = False,
) -> PeriodValues:
    """Return values that are given in pairs, a period and a value, by period key.

    A value that is given twice, or is no number, is refused; ``check``: also one outside the driver's range.
    ``since_as_of``: values of elapsed drivers are given, and returned, by quarters since the as-of.
    """
    here = f"{where}: {spec.key}"
    result: PeriodValues = {}
    for period, value in pairs:
        key = _given_period(spec, str(period).strip(), where, since_as_of=since_as_of)
        if key in result:
            raise InputError(f"{here} is given twice{'' if key == ALL else f' for {key}'}")
        known = number(decoded(value, spec, here), here if key == ALL else f"{here} ({period})")
        result[key] = spec.check(known, where) if check else known
    if not result:
        raise InputError(f"{here} is given no value")
    return result


def _given_period(spec: DriverSpec, text: str, where: str, *, since_as_of: bool) -> str:
    if text.lower() == ALL:
        return ALL
    if spec.driver.kind != "elapsed" or not since_as_of:
        return period_key(spec, text, where)
    if not _ELAPSED.fullmatch(text):
        form = "by quarters since as-of (0, 4, 8 ...)"
        raise InputError(f"{where}: {spec.key} is given {form}, not for {text}")
    return str(int(text))


def decoded(value: object, spec: DriverSpec, here: str) -> object:
    """Return the number of a quarter or a date that is given as a text or as a date."""
    if spec.driver.unit not in {"quarter", "date"} or not isinstance(value, (str, date)):
        return value
    try:
        if isinstance(value, datetime) and value.time() == time.min:
            value = value.date()  # as hosts hand over the date in a cell
        with located(here):
            return coded(str(value), spec.driver.unit)
    except ValueError:
        raise InputError(f"{here} needs a date such as 2026-10-06, not {shown(value)}") from None


def check_ahead(spec: DriverSpec, periods: Iterable[str], plan: Plan, where: str) -> None:
    """Refuse values for reported periods, unless the model uses the driver there: they change nothing."""
    if spec.key in plan.used_in_history:
        return
    first = plan.axis.as_of.shifted(1)
    for period in periods:
        if period[:1].isdigit() and period < (str(first) if "Q" in period else str(first.year)):
            problem = f"is given for {period}, which is before the first forecast quarter {first}"
            raise InputError(f"{where}: {spec.key} {problem}")


def from_running_year(values: Mapping[str, float], spec: DriverSpec, as_of: Quarter) -> PeriodValues:
    """Return values with one for ``"all"`` as one for the running year and every later period."""
    if ALL not in values or spec.driver.kind in {"constant", "seasonal"}:
        return dict(values)
    rest = {period: value for period, value in values.items() if period != ALL}
    if spec.driver.kind == "elapsed":
        ahead = (str(as_of.shifted(each)) for each in range(1, spec.company.last - as_of + 1))
        return dict.fromkeys(ahead, values[ALL]) | rest
    return {f"{as_of.shifted(1).year}{ONWARDS}": values[ALL]} | rest


def filled(entries: Mapping[str, float], spec: DriverSpec, *, repeats: bool) -> PeriodValues:
    """Return yearly values with the missing years filled: each repeats the year before."""
    found = {period: value for period, value in entries.items() if "Q" in period}
    for year, before in ((str(each), str(each - 1)) for each in spec.company.years):
        if year in entries:
            found[year] = entries[year]
        elif repeats and before in found:
            found[year] = found[before]
    return found


def by_single_years(given: Mapping[str, float], spec: DriverSpec) -> PeriodValues:
    """Return values with ``"2027+"`` written out: 2027 and every later year that is not given by itself.

    A value for ``"all"`` is one from the first year on.
    """
    starts = {
        each: spec.company.first.year if each == ALL else int(each.removesuffix(ONWARDS))
        for each in given
        if each == ALL or each.endswith(ONWARDS)
    }
    single = {period: value for period, value in given.items() if period not in starts}
    onwards: PeriodValues = {}
    for period, first in sorted(starts.items(), key=lambda each: each[1]):
        onwards |= dict.fromkeys(map(str, range(first, spec.company.last.year + 1)), given[period])
    return onwards | single


def from_quarter(values: Mapping[str, float], first: Quarter, last: Quarter) -> PeriodValues:
    """Return values of the quarters ``first`` to ``last`` and of their years; one for ``"all"`` stays."""
    if ALL in values:
        return dict(values)
    earliest = {True: str(first), False: str(first.year)}
    return {each: value for each, value in values.items() if earliest["Q" in each] <= each <= str(last)}


def replace_values(values: PeriodValues, given: Mapping[str, float], spec: DriverSpec) -> None:
    """Replace values of a driver; a year that is given also replaces what its quarters had of their own."""
    single = by_single_years(given, spec) if spec.driver.kind == "yearly" else dict(given)
    for period in [each for each in values if "Q" in each and each[:4] in single]:
        del values[period]
    values |= single


def interpolated(knots: Mapping[str, float], as_of: Quarter, last: Quarter) -> PeriodValues:
    """Return values by quarter from knots by quarters since the as-of, interpolated between them."""
    points = sorted((0 if period == ALL else int(period), value) for period, value in knots.items())
    distances = range(1, max(points[-1][0], last - as_of) + 1)
    values = np.interp(distances, [at for at, _ in points], [value for _, value in points]).tolist()
    return {str(as_of.shifted(each)): value for each, value in zip(distances, values, strict=True)}


def check_sums(table: Mapping[str, Mapping[str, float]], company: Company, where: str) -> None:
    """Refuse shares that do not add up to 1, over the last dimension of a driver."""
    for driver in company.model.drivers.values():
        if not driver.sums_to_one:
            continue
        for group in shares_of_one(driver):
            total = sum(table[key][ALL] for key in group)
            if abs(total - 1) > _SUM_TOLERANCE:
                names = " + ".join(group)
                raise InputError(f"{where}: {names} = {total:g}, must be 1: change the others too")
