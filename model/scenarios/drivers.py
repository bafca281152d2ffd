"""The drivers of a company: their rows in ``drivers.csv``, and their values before any scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import InputError, PeriodError, UnknownNameError, check_type, did_you_mean, shown
from model.reported.csv_tables import records
from model.scenarios.given import by_single_years, filled, given_values, interpolated
from model.scenarios.spec import ALL, DriverSpec, coded, driver_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company
    from model.language.declarations import Driver
    from model.language.periods import Quarter
    from model.scenarios.spec import PeriodValues

DRIVERS_FILES: Final = ("drivers.csv", "peers.csv")
GRADES: Final = ("R", "G", "A", "F", "J")
"""Reported, company guidance, published thesis, fitted to reported figures, judgement."""
_COLUMNS: Final = (
    "driver", "unit", "default", "minimum", "maximum", "fill", "grade", "description", "source",
)  # fmt: skip


@companies.cached
def driver_specs(company: Company | None = None) -> dict[str, DriverSpec]:
    """Read the data of a company's drivers: exactly one row for each driver row of the model.

    ``peers.csv`` is optional. Without a company, the drivers are those of the company in use.
    """
    company = company or companies.default()
    known = {key: driver for driver in company.model.drivers.values() for key in driver_keys(driver)}
    specs: dict[str, DriverSpec] = {}
    for name in DRIVERS_FILES:
        if company.has(name):
            _read_specs(company, name, known, specs)
    missing = sorted(set(known) - set(specs))
    if missing:
        raise InputError(f"{DRIVERS_FILES[0]}: no row for {', '.join(missing)}: add one for each")
    return {key: specs[key] for key in known}


def _read_specs(
    company: Company, name: str, known: Mapping[str, Driver], specs: dict[str, DriverSpec]
) -> None:
    for where, row in records(company, name, _COLUMNS, ("driver",)):
        key = row["driver"]
        if key in specs:
            raise InputError(f"{where}: {shown(key)} is given twice")
        if key not in known:
            raise InputError(f"{where}: {shown(key)} is not a driver{did_you_mean(key, known)}")
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


def _number(text: str, driver: Driver, where: str) -> float:
    try:
        return coded(text, driver.unit)
    except (ValueError, PeriodError):
        raise InputError(f"{where}: {shown(text)} is not a number") from None


def _parse_default(text: str, spec: DriverSpec, where: str) -> PeriodValues:
    """Read ``0.06``, or ``2022=0.06;2030=0.08``: from a year on, or by quarters since the as-of (elapsed)."""
    entries = [entry.partition("=") for entry in text.split(";")] if "=" in text else [(ALL, "=", text)]
    pairs = [(period, _number(value, spec.driver, where)) for period, _, value in entries]
    given = given_values(pairs, spec, where, since_as_of=True)
    if spec.driver.kind != "yearly":
        return given
    values = filled(by_single_years(given, spec), spec, repeats=True)
    if str(spec.company.first.year) not in values:
        raise InputError(f"{where}: {spec.key} needs a default from {spec.company.first.year} on")
    return values


def spec_named(key: str, specs: Mapping[str, DriverSpec], where: str) -> DriverSpec:
    """Return the data of a driver row; an unknown key is an :class:`UnknownNameError` with the nearest."""
    check_type(key, str, f"{where} needs the name of a driver, such as {next(iter(specs))!r}")
    if key in specs:
        return specs[key]
    members = [known for known in specs if known.startswith(f"{key}[")]
    if members:
        raise UnknownNameError(f"{where}: {shown(key)} has members: write {', '.join(members)}")
    near = did_you_mean(key, specs)
    if not near:
        answers = next(iter(specs.values())).company.presentation.questions.drivers.values()
        near = f"; such as {', '.join(dict.fromkeys(answers or list(specs)[:3]))}"
    raise UnknownNameError(f"{where}: unknown driver {shown(key)}{near}")


def default_values(spec: DriverSpec, as_of: Quarter) -> PeriodValues:
    """Return the values of a driver before any scenario changes them."""
    if spec.driver.kind == "elapsed":
        return interpolated(spec.default, as_of, spec.company.last)
    return dict(spec.default)
