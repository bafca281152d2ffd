"""Drivers as data: their rows in ``drivers.csv``, and the rules that every value obeys.

Values of one driver are keyed by period: ``"all"`` (constants), a year ``"2026"``, or a quarter
``"2026Q3"`` that wins over its year. Where values are given, ``"2027+"`` is 2027 and every later year.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from numbers import Real
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.errors import InputError, PeriodError, UnknownNameError, check_type, did_you_mean, located
from model.language.periods import DAY_ZERO, QUARTERS_A_YEAR, Quarter
from model.language.units import measure
from model.plan.plan import labelled
from model.reported.tables import period_in, records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.company import Company
    from model.language.declarations import Driver
    from model.plan.plan import Plan

ALL: Final = "all"
ONWARDS: Final = "+"
"""Behind a year: and every later year."""
DRIVERS_FILES: Final = ("drivers.csv", "peers.csv")
GRADES: Final = ("R", "G", "A", "F", "J")
"""Reported, company guidance, published thesis, fitted to reported figures, judgement."""
_COLUMNS: Final = (
    "driver", "unit", "default", "minimum", "maximum", "fill", "grade", "description", "source",
)  # fmt: skip
_SUM_TOLERANCE: Final = 1e-9
_ELAPSED: Final = re.compile(r"[0-9]{1,3}")

PeriodValues = dict[str, float]


def number(value: object, where: str) -> float:
    """Return ``value`` as a finite number, or raise an :class:`InputError` that starts with ``where``."""
    if not isinstance(value, bool) and isinstance(value, Real):
        with contextlib.suppress(OverflowError):
            found = float(value)
            if math.isfinite(found):
                return found
    if value is None:
        message = f"{where} is empty: it needs a number"
    elif isinstance(value, str) and value.startswith("="):
        message = f"{where} needs a number, not the formula {value[:40]!r}: type its result"
    else:
        message = f"{where} needs a number, not {str(value)[:40]!r}"
    raise InputError(message)


@dataclass(frozen=True)
class DriverSpec:
    """The data of one driver row: unit, default, range, and the source of the default."""

    company: Company
    key: str
    driver: Driver
    default: PeriodValues
    minimum: float
    maximum: float
    repeats: bool
    grade: str
    description: str
    source: str

    @property
    def label(self) -> str:
        """Name for people, with its members."""
        members = self.key.partition("[")[2].removesuffix("]")
        return labelled(self.driver, members.split(",") if members else ())

    @property
    def is_discrete(self) -> bool:
        """Whether its values are whole numbers, quarters or dates, which have nothing in between."""
        return self.driver.whole or self.driver.unit in {"quarter", "date"}

    @property
    def fixed_because(self) -> str:
        """Why no other number can be found or drawn for it; empty: one can."""
        if self.is_discrete:
            return "it is a whole number, a quarter or a date"
        if self.driver.kind in {"seasonal", "elapsed"}:
            return "it is a table"
        return "it is a share of a total" if self.driver.sums_to_one else ""

    @property
    def range_text(self) -> str:
        """The range of its values, for messages."""
        return f"{readable(self.minimum, self.driver.unit)}..{readable(self.maximum, self.driver.unit)}"

    def is_none(self, value: float) -> bool:
        """Tell whether a value means that none is given."""
        return self.driver.zero_means_none and value == 0

    def clipped(self, value: float) -> float:
        """Return the nearest value in the driver's range."""
        return min(max(value, self.minimum), self.maximum)

    def check(self, value: object, where: str) -> float:
        """Return ``value`` if it is allowed, or raise an :class:`InputError` that starts with ``where``."""
        value = number(value, f"{where}: {self.key}")
        if not self.minimum <= value <= self.maximum and not self.is_none(value):
            unit = self.driver.unit
            per_cent = measure(unit).percent and self.minimum <= value / 100 <= self.maximum
            hint = f"; {value:g} % is {value / 100:g}" if per_cent else ""
            shown = readable(value, unit)
            raise InputError(f"{where}: {self.key} = {shown} is outside {self.range_text} ({unit}){hint}")
        if self.driver.whole and value != round(value):
            raise InputError(f"{where}: {self.key} = {value:g} must be a whole number")
        if self.driver.unit == "quarter":
            with located(f"{where}: {self.key}"):
                Quarter.from_code(value)
        return value


@companies.cached
def driver_specs(company: Company | None = None) -> dict[str, DriverSpec]:
    """Read the data of a company's drivers: exactly one row for each driver row of the model.

    ``peers.csv`` is optional. Without a company, the drivers are those of the company in use.
    """
    company = company or companies.default()
    known = {key: driver for driver in company.model.drivers.values() for key in driver_keys(driver)}
    specs: dict[str, DriverSpec] = {}
    for name in DRIVERS_FILES:
        if company.file(name).is_file():
            _read_specs(company, name, known, specs)
    missing = sorted(set(known) - set(specs))
    if missing:
        raise InputError(f"{DRIVERS_FILES[0]}: no row for {', '.join(missing)}: add one for each")
    return {key: specs[key] for key in known}


def _read_specs(
    company: Company, name: str, known: Mapping[str, Driver], specs: dict[str, DriverSpec]
) -> None:
    for where, row in records(company, name, _COLUMNS):
        key = row["driver"]
        if key in specs:
            raise InputError(f"{where}: {key!r} is given twice")
        if key not in known:
            raise InputError(f"{where}: {key!r} is not a driver{did_you_mean(key, known)}")
        if row["fill"] not in {"repeat", "default"} or row["grade"] not in GRADES:
            raise InputError(f"{where}: fill must be repeat or default, grade one of {', '.join(GRADES)}")
        driver = known[key]
        if row["unit"] != driver.unit or not row["source"]:
            units = f"the unit {driver.unit!r}, not {row['unit']!r}"
            raise InputError(f"{where}: {key} needs a source and {units}")
        low, high = (_number(row[end], driver, where) for end in ("minimum", "maximum"))
        repeats, texts = row["fill"] == "repeat", (row["grade"], row["description"], row["source"])
        spec = DriverSpec(company, key, driver, {}, low, high, repeats, *texts)
        specs[key] = replace(spec, default=_parse_default(row["default"], spec, where))


def driver_keys(driver: Driver) -> list[str]:
    """Return the row keys of a driver: one for each combination of members."""
    keys = [driver.name]
    for place, dimension in enumerate(driver.by):
        keys = [f"{key}{'[' if place == 0 else ','}{member}" for key in keys for member in dimension.members]
    return [f"{key}]" for key in keys] if driver.by else keys


def coded(text: str, unit: str) -> float:
    """Return the number of a quarter (``2026Q3``) or a date (``2026-10-06``) in cells; or the number itself.

    A text that is not of the unit is a :class:`PeriodError` or a :class:`ValueError`.
    """
    if unit == "quarter":
        return Quarter.parse(text).code
    return date.fromisoformat(text).toordinal() - DAY_ZERO if unit == "date" else float(text)


def as_text(value: float, unit: str) -> str:
    """Return a value in the form that :func:`coded` reads: quarters as 2026Q3, dates as 2026-10-06."""
    if unit == "date" and value == round(value) and 1 <= value + DAY_ZERO <= date.max.toordinal():
        return date.fromordinal(round(value) + DAY_ZERO).isoformat()
    if unit == "quarter" and value == round(value) and 1 <= value % 10 <= QUARTERS_A_YEAR:
        return str(Quarter.from_code(value))
    return f"{value:g}"


def readable(value: float, unit: str = "") -> str:
    """Return a value for messages: as :func:`as_text`, a number with up to ten digits and with commas."""
    return as_text(value, unit) if unit in {"quarter", "date"} else f"{value:,.10g}"


def _number(text: str, driver: Driver, where: str) -> float:
    try:
        return coded(text, driver.unit)
    except (ValueError, PeriodError):
        raise InputError(f"{where}: {text!r} is not a number") from None


def _parse_default(text: str, spec: DriverSpec, where: str) -> PeriodValues:
    """Read ``0.06``, or ``2022=0.06;2030=0.08``: from a year on, or by quarters since the as-of (elapsed)."""
    if "=" not in text:
        value = spec.check(_number(text, spec.driver, where), where)
        return {ALL: value} if spec.driver.kind != "yearly" else {str(y): value for y in spec.company.years}
    entries = {}
    for entry in text.split(";"):
        period, _, given = entry.partition("=")
        if spec.driver.kind != "elapsed":
            period = period_key(spec, period, where)
        elif not period.isdecimal():
            form = "by quarters since as-of (0=1;4=0.9)"
            raise InputError(f"{where}: {spec.key} is given {form}, not {text[:40]!r}")
        entries[period] = spec.check(_number(given, spec.driver, where), where)
    if spec.driver.kind == "elapsed":
        return entries
    values = filled(entries, spec, repeats=True)
    if str(spec.company.first.year) not in values:
        raise InputError(f"{where}: {spec.key} needs a default from {spec.company.first.year} on")
    return values


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


def replace_values(values: PeriodValues, given: Mapping[str, float], spec: DriverSpec) -> None:
    """Replace values of a driver; a year that is given also replaces what its quarters had of their own."""
    single = by_single_years(given, spec) if spec.driver.kind == "yearly" else dict(given)
    for period in [each for each in values if "Q" in each and each[:4] in single]:
        del values[period]
    values |= single


def spec_named(key: str, specs: Mapping[str, DriverSpec], where: str) -> DriverSpec:
    """Return the data of a driver row; an unknown key is an :class:`UnknownNameError` with the nearest."""
    check_type(key, str, f"{where} needs the name of a driver, such as {next(iter(specs))!r}")
    if key in specs:
        return specs[key]
    members = [known for known in specs if known.startswith(f"{key}[")]
    if members:
        raise UnknownNameError(f"{where}: {key!r} has members: write {', '.join(members)}")
    raise UnknownNameError(f"{where}: unknown driver {key!r}{did_you_mean(key, specs)}")


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
    return str(period)


def given_values(
    given: object, spec: DriverSpec, where: str, *, check: bool = True, since_as_of: bool = False
) -> PeriodValues:
    """Return values given by a file, a cell or a program, by period key; one number is a value for ``"all"``.

    A value that is given twice, or is no number, is refused; ``check``: also one outside the driver's range.
    ``since_as_of``: values of elapsed drivers are given, and returned, by quarters since the as-of.
    """
    here, values = f"{where}: {spec.key}", given if isinstance(given, Mapping) else {ALL: given}
    if not values:
        raise InputError(f"{here} is given no value")
    result: PeriodValues = {}
    for period, value in values.items():
        key = _given_period(spec, str(period).strip(), where, since_as_of=since_as_of)
        if key in result:
            raise InputError(f"{here} is given twice{'' if key == ALL else f' for {key}'}")
        known = number(_decoded(value, spec, here), here if key == ALL else f"{here} ({period})")
        result[key] = spec.check(known, where) if check else known
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


def _decoded(value: object, spec: DriverSpec, here: str) -> object:
    """Return the number of a quarter or a date that is given as a text or as a date."""
    if spec.driver.unit not in {"quarter", "date"} or not isinstance(value, (str, date)):
        return value
    try:
        with located(here):
            return coded(str(value), spec.driver.unit)
    except ValueError:
        raise InputError(f"{here} needs a date such as 2026-10-06, not {value!r}") from None


def check_ahead(spec: DriverSpec, periods: Iterable[str], plan: Plan, where: str) -> None:
    """Refuse values for reported periods, unless the model uses the driver there: they change nothing."""
    if spec.key in plan.used_in_history:
        return
    first = plan.axis.as_of.shifted(1)
    for period in periods:
        if period[:1].isdigit() and period < (str(first) if "Q" in period else str(first.year)):
            problem = f"is given for {period}, which is before the first forecast quarter {first}"
            raise InputError(f"{where}: {spec.key} {problem}")


def everywhere(spec: DriverSpec, value: float, as_of: Quarter) -> PeriodValues:
    """Return the same value for every period after the as-of."""
    if spec.driver.kind in {"constant", "seasonal"}:
        return {ALL: value}
    if spec.driver.kind == "elapsed":
        ahead = range(1, spec.company.last - as_of + 1)
        return {str(as_of.shifted(each)): value for each in ahead}
    return {f"{as_of.shifted(1).year}{ONWARDS}": value}


def default_values(spec: DriverSpec, as_of: Quarter) -> PeriodValues:
    """Return the values of a driver before any scenario changes them."""
    if spec.driver.kind == "elapsed":
        return interpolated(spec.default, as_of, spec.company.last)
    return dict(spec.default)


def interpolated(knots: Mapping[str, float], as_of: Quarter, last: Quarter) -> PeriodValues:
    """Return values by quarter from knots by quarters since the as-of, interpolated between them."""
    points = sorted((0 if period == ALL else int(period), value) for period, value in knots.items())
    distances = range(1, max(points[-1][0], last - as_of) + 1)
    values = np.interp(distances, [at for at, _ in points], [value for _, value in points]).tolist()
    return {str(as_of.shifted(each)): value for each, value in zip(distances, values, strict=True)}


def shares_of_one(driver: Driver) -> list[list[str]]:
    """Return the rows of a driver in groups that sum to one: those of the last dimension."""
    groups: dict[str, list[str]] = {}
    for key in driver_keys(driver):
        groups.setdefault(key.rpartition(",")[0] or driver.name, []).append(key)
    return list(groups.values())


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
