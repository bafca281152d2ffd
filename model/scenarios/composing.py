"""Composition of a scenario from defaults, a chain of scenario files, and overlays."""

from __future__ import annotations

from functools import cache
from types import NoneType
from typing import TYPE_CHECKING

from model import companies
from model.company import Company
from model.errors import InputError, check_type
from model.language.periods import Quarter
from model.reported.actuals import axis_at
from model.scenarios import drivers
from model.scenarios.adjustment import adjustable, adjusted
from model.scenarios.files import Entry, ScenarioFile, is_path, parts_of, read_file
from model.scenarios.given import (
    by_single_years,
    check_ahead,
    check_sums,
    filled,
    from_running_year,
    given_values,
    interpolated,
    pairs_of,
    replace_values,
)
from model.scenarios.scenario import Note, Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.plan.plan import Plan
    from model.scenarios.adjustment import Operation
    from model.scenarios.spec import DriverSpec, PeriodValues


def load_scenario(
    name: str | None = None, as_of: str | Quarter | None = None, company: Company | None = None
) -> Scenario:
    """Compose a scenario.

    ``name``: a scenario, or overlays joined to one by ``+``: ``"base+power_delay"``; by default the base of
    the company. A name that ends in ``.toml`` is the path of a file of the user's own. The ``base`` of a file
    is such a name too. ``as_of``: last reported quarter, instead of the scenario's own.

    Examples
    --------
    >>> load_scenario("base+power_delay").table["delayed"]["2026"]
    0.4
    """
    check_type(name, (str, NoneType), "scenario needs a name, such as 'base'")
    check_type(as_of, (str, Quarter, NoneType), "as-of needs a quarter, such as '2026Q2'")
    check_type(company, (Company, NoneType), "company needs a Company")
    chosen = company or companies.default()
    parts = parts_of(name if name and name.strip() else chosen.base)
    quarter = Quarter.parse(as_of) if isinstance(as_of, str) else as_of
    if any(map(is_path, parts)):  # which may change while the process runs
        return _composed(_chain(parts, chosen), quarter, chosen)
    return _shipped(parts, quarter, chosen)


@cache
def _shipped(parts: tuple[str, ...], as_of: Quarter | None, company: Company) -> Scenario:
    return _composed(_chain(parts, company), as_of, company)


def compose(file: ScenarioFile, company: Company) -> Scenario:
    """Compose the scenario of a parsed file; see :func:`load_scenario`."""
    return _composed([*(_chain(file.base, company, (file.name,)) if file.base else ()), file], None, company)


def _chain(parts: tuple[str, ...], company: Company, above: tuple[str, ...] = ()) -> list[ScenarioFile]:
    """Return the files of a scenario in the order in which they are applied: its base first."""
    first, *overlays = parts
    file = read_file(first, company)
    if file.overlay:
        raise InputError(f"{first!r} is an overlay: write it after a scenario, such as base+{first}")
    if file.name in above:
        raise InputError(f"{first!r}: scenarios are based on each other in a circle")
    chain = [*(_chain(file.base, company, (*above, file.name)) if file.base else ()), file]
    for overlay in (read_file(each, company) for each in overlays):
        if not overlay.overlay:
            raise InputError(f"{overlay.name!r} is a scenario, not an overlay: only overlays follow a +")
        if overlay.name in {each.name for each in chain}:
            raise InputError(f"{'+'.join(parts)!r}: {overlay.name} is applied in its base already")
        chain.append(overlay)
    return chain


def _composed(chain: Sequence[ScenarioFile], as_of: Quarter | None, company: Company) -> Scenario:
    """Return the scenario of the last file that is not an overlay, with the overlays that follow it."""
    last = max(place for place, file in enumerate(chain) if not file.overlay)
    own, overlays = chain[last], chain[last + 1 :]
    quarter = as_of or next((file.as_of for file in chain[last::-1] if file.as_of), None)
    if quarter is None:
        raise InputError(f'{own.name}: needs as_of, such as as_of = "2026Q2"')
    axis_at(quarter, company)
    specs = drivers.driver_specs(company)
    table = {key: drivers.default_values(spec, quarter) for key, spec in specs.items()}
    sources = {key: Note(spec.grade, spec.source) for key, spec in specs.items()}
    known = None  # a file without an as-of has that of its nearest base
    for file in chain:
        known = file.as_of or known
        plan = company.plan(axis_at(known or quarter, company))
        for entry in file.entries:
            key = entry[0].key
            sources[key] = _applied(table[key], entry, file, plan, quarter, is_first=file is chain[0])
    name = "+".join([own.name, *(file.name for file in overlays)])
    title = "; ".join([own.title, *(f"{file.title[:1].lower()}{file.title[1:]}" for file in overlays)])
    check_sums(table, company, name)
    weight = 0.0 if overlays else own.weight
    return Scenario(name, title, quarter, weight, table, own.note, sources, company)


def _applied(
    values: PeriodValues, entry: Entry, file: ScenarioFile, plan: Plan, as_of: Quarter, *, is_first: bool
) -> Note:
    """Apply an entry of a file to a driver's values, and return their source."""
    spec, word, table = entry
    check = word not in {"add", "scale"}
    given = given_values(pairs_of(table[word]), spec, file.name, check=check, since_as_of=True)
    if spec.driver.kind == "yearly":
        check_ahead(spec, given, plan, file.name)
        given = from_running_year(given, spec, as_of)
    source = str(table["source"])
    match word:
        case "value" | "values":
            _replace(values, given, spec, as_of, is_first=is_first)
        case operation:
            _change(values, given, spec, operation, file.name)
            source = f"{file.name}: {operation}; {source}"
    return Note(str(table.get("grade", "")), source)


def _replace(
    values: PeriodValues, given: PeriodValues, spec: DriverSpec, as_of: Quarter, *, is_first: bool
) -> None:
    """Replace a driver's values by those of a file: those that it names, and no others.

    The first file of a chain starts from no scenario: a year that it does not name repeats the one before.
    """
    if spec.driver.kind == "elapsed":
        given = interpolated(given, as_of, spec.company.last)
    elif spec.driver.kind == "yearly" and is_first:
        given = filled(by_single_years(given, spec), spec, repeats=spec.repeats)
    replace_values(values, given, spec)


def _change(
    values: PeriodValues, operands: PeriodValues, spec: DriverSpec, operation: Operation, where: str
) -> None:
    """Set, add to or scale a driver; the change of a year also changes values of its quarters."""
    if spec.driver.kind == "yearly":
        operands = by_single_years(operands, spec)
    elif spec.driver.kind == "elapsed":
        raise InputError(f"{where}: {spec.key} cannot be changed by an overlay: give it in a scenario")
    known = adjustable(spec, operation, values, f"{where}: ")
    # years come before quarters that have no value yet: these start from what their year has become
    for period in [*known, *(each for each in operands if each not in values and each[:4] in known)]:
        operand = operands.get(period, operands.get(period[:4]))
        if operand is not None:
            value = values[period if period in values else period[:4]]
            values[period] = spec.check(adjusted(operation, value, operand), f"{where} ({period})")
