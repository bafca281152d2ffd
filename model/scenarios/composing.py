"""Composition of a scenario from defaults, a chain of scenario files, and overlays."""

from __future__ import annotations

from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, cast

from model import companies
from model.company import Company
from model.errors import Faults, InputError, check_type, shown
from model.language.periods import Quarter
from model.reported.actuals import axis_at
from model.scenarios import drivers
from model.scenarios.files import Entry, ScenarioFile, builtin_overlays, is_path, parts_of, read_file
from model.scenarios.given import (
    by_single_years,
    check_ahead,
    check_sums,
    filled,
    from_quarter,
    from_running_year,
    given_values,
    interpolated,
    pairs_of,
    replace_values,
)
from model.scenarios.overlay import Adjustment, Origin, Overlay
from model.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        raise InputError(f"{shown(first)} is an overlay: write it after a scenario, such as base+{first}")
    if file.name in above:
        raise InputError(f"{shown(first)}: scenarios are based on each other in a circle")
    chain = [*(_chain(file.base, company, (*above, file.name)) if file.base else ()), file]
    for overlay in (read_file(each, company) for each in overlays):
        if not overlay.overlay:
            raise InputError(f"{shown(overlay.name)} is a scenario, not an overlay: only overlays follow a +")
        if overlay.name in {each.name for each in chain}:
            raise InputError(f"{shown('+'.join(parts))}: {overlay.name} is applied in its base already")
        chain.append(overlay)
    return chain


def _composed(chain: Sequence[ScenarioFile], as_of: Quarter | None, company: Company) -> Scenario:
    """Return the scenario of the last file that is not an overlay, with the overlays that follow it."""
    last = max(place for place, file in enumerate(chain) if not file.overlay)
    own = chain[last]
    quarter = as_of or next((file.as_of for file in chain[last::-1] if file.as_of), None)
    if quarter is None:
        raise InputError(f'{own.name}: needs as_of, such as as_of = "2026Q2"')
    axis_at(quarter, company)
    specs = drivers.driver_specs(company)
    table: dict[str, Mapping[str, float]] = {
        key: drivers.default_values(spec, quarter) for key, spec in specs.items()
    }
    sources = {key: Origin(spec.grade, spec.source) for key, spec in specs.items()}
    known = None  # a file without an as-of has that of its nearest base
    for file in chain[: last + 1]:
        known = file.as_of or known
        plan = company.plan(axis_at(known or quarter, company))
        if file.overlay:
            overlay = overlay_of(file, plan, quarter)
            table, sources = overlay.applied(table, specs), overlay.noted(sources)
            continue
        faults = Faults(file.name)
        for entry in file.entries:
            key = entry[0].key
            values = dict(table[key])
            with faults.kept():
                sources[key] = _given(values, entry, file, plan, quarter, is_first=file is chain[0])
                table[key] = values
        faults.check()
    check_sums(table, company, own.name)
    scenario = Scenario(own.name, own.title, quarter, own.weight, table, own.note, sources, company)
    return scenario.with_overlays([overlay_of(file, plan, quarter) for file in chain[last + 1 :]])


def shipped_overlays(as_of: Quarter, company: Company) -> tuple[Overlay, ...]:
    """Return the overlays that ship, in their order, for scenarios of an as-of."""
    plan = company.plan(axis_at(as_of, company))
    return tuple(
        overlay_of(read_file(name, company), plan, as_of, later=True) for name in builtin_overlays(company)
    )


def overlay_of(file: ScenarioFile, plan: Plan, as_of: Quarter, *, later: bool = False) -> Overlay:
    """Return the overlay of a file for scenarios of an as-of: what it does where the model uses a driver.

    ``plan``: that of the scenario before its as-of was moved: values for what was reported then are refused.
    ``later``: they are left out instead, as the file was made for an earlier as-of.
    """
    found: dict[str, Adjustment] = {}
    faults = Faults(file.name)
    for entry in file.entries:
        with faults.kept():
            adjustment = _adjustment(entry, file, plan, as_of, later=later)
            found |= {entry[0].key: adjustment} if adjustment.operands else {}
    faults.check()
    return Overlay(file.name, file.title, file.note, found)


def _adjustment(entry: Entry, file: ScenarioFile, plan: Plan, as_of: Quarter, *, later: bool) -> Adjustment:
    """Return what an entry of an overlay does to a driver; no operands: the model does not use it there."""
    spec, word, table = entry
    if spec.driver.kind == "elapsed":
        raise InputError(f"{file.name}: {spec.key} cannot be changed by an overlay: give it in a scenario")
    operation = cast("Operation", word)
    operands = given_values(pairs_of(table[word]), spec, file.name, check=operation == "set")
    if spec.driver.kind == "yearly":
        if not later:
            check_ahead(spec, operands, plan, file.name)
        operands = by_single_years(from_running_year(operands, spec, as_of), spec)
    used = spec.company.first if spec.key in plan.used_in_history else as_of.shifted(1)
    origin = Origin(str(table.get("grade", "")), str(table["source"]))
    return Adjustment(operation, from_quarter(operands, used, spec.company.last), origin)


def _given(
    values: PeriodValues, entry: Entry, file: ScenarioFile, plan: Plan, as_of: Quarter, *, is_first: bool
) -> Origin:
    """Give a driver the values of an entry of a file, and return their source."""
    spec, word, table = entry
    given = given_values(pairs_of(table[word]), spec, file.name, since_as_of=True)
    if spec.driver.kind == "yearly":
        check_ahead(spec, given, plan, file.name)
        given = from_running_year(given, spec, as_of)
    _replace(values, given, spec, as_of, is_first=is_first)
    return Origin(str(table.get("grade", "")), str(table["source"]))


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
