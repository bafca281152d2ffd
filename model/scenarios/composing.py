"""Composition of a scenario from defaults, a chain of scenario files, and overlays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from model import companies
from model.errors import InputError
from model.language.periods import Quarter
from model.reported.actuals import axis_at
from model.scenarios import drivers
from model.scenarios.adjustment import OPERATIONS, adjustable, adjusted
from model.scenarios.files import ScenarioFile, entry_values, read_file
from model.scenarios.scenario import Note, Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.scenarios.drivers import DriverSpec, PeriodValues


def load_scenario(
    name: str = "", as_of: str | Quarter | None = None, company: Company | None = None
) -> Scenario:
    """Compose a scenario.

    ``name``: a scenario, or overlays joined to one by ``+``: ``"base+power_delay"``; blank is the base of the
    company. A name that ends in ``.toml`` is the path of a file of the user's own; a path cannot hold a
    ``+``. The ``base`` of a file is such a name too. ``as_of``: last reported quarter, instead of the
    scenario's own.

    Examples
    --------
    >>> load_scenario("base+power_delay").table["delayed"]["2026"]
    0.4
    """
    chosen = company or companies.default()
    first, *overlays = [part.strip() for part in (name.strip() or chosen.base).split("+")]
    if not first or len(set(overlays)) < len(overlays):
        form = "a scenario and each overlay once, joined by +, such as base+power_delay"
        raise InputError(f"{name!r}: write {form}")
    quarter = Quarter.parse(as_of) if isinstance(as_of, str) else as_of
    parts = (first, *overlays)
    if any(part.endswith(".toml") for part in parts):  # which may change while the process runs
        return _composed(_chain("+".join(parts), chosen), quarter, chosen)
    return _shipped("+".join(parts), quarter, chosen)


@cache
def _shipped(name: str, as_of: Quarter | None, company: Company) -> Scenario:
    return _composed(_chain(name, company), as_of, company)


def compose(file: ScenarioFile, company: Company) -> Scenario:
    """Compose the scenario of a parsed file; see :func:`load_scenario`."""
    return _composed([*(_chain(file.base, company, (file.name,)) if file.base else ()), file], None, company)


def _chain(name: str, company: Company, above: tuple[str, ...] = ()) -> list[ScenarioFile]:
    """Return the files of a scenario in the order in which they are applied: its base first."""
    first, *overlays = [part.strip() for part in name.split("+")]
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
            raise InputError(f"{name!r}: {overlay.name} is applied in its base already")
        chain.append(overlay)
    return chain


def _composed(chain: Sequence[ScenarioFile], as_of: Quarter | None, company: Company) -> Scenario:
    """Return the scenario of the last file that is not an overlay, with the overlays that follow it."""
    last = max(place for place, file in enumerate(chain) if not file.overlay)
    own, overlays = chain[last], chain[last + 1 :]
    quarter = as_of or own.as_of
    if quarter is None:
        raise InputError(f'{own.name}: needs as_of, such as as_of = "2026Q2"')
    axis_at(quarter, company)
    specs = drivers.driver_specs(company)
    table = {key: drivers.default_values(spec, quarter) for key, spec in specs.items()}
    sources = {key: Note(spec.grade, spec.source) for key, spec in specs.items()}
    for file in chain:
        _check_periods(file, file.as_of or quarter, company)
        for key, entry in file.entries.items():
            values, spec = table[key], specs[key]
            source = _change(values, spec, file) if file.overlay else _replace(values, spec, file, quarter)
            sources[key] = Note(str(entry.get("grade", "")), source)
    name = "+".join([own.name, *(file.name for file in overlays)])
    title = "; ".join([own.title, *(f"{file.title[:1].lower()}{file.title[1:]}" for file in overlays)])
    drivers.check_sums(table, company, name)
    weight = 0.0 if overlays else own.weight
    return Scenario(name, title, quarter, weight, table, own.note, sources, company)


def _check_periods(file: ScenarioFile, as_of: Quarter, company: Company) -> None:
    """Refuse values for quarters that are reported at the file's as-of, unless the model uses them there."""
    used = company.plan(axis_at(as_of, company)).used_in_history
    specs = drivers.driver_specs(company)
    first = as_of.shifted(1)
    for key, entry in file.entries.items():
        values = next((entry[word] for word in ("values", *OPERATIONS) if word in entry), None)
        if specs[key].driver.kind != "yearly" or key in used or not isinstance(values, dict):
            continue
        for period in map(str, values):
            earliest = str(first) if "Q" in period.upper() else str(first.year)
            if period.upper() < earliest:
                problem = f"is given for {period}, which is before the first forecast quarter {first}"
                raise InputError(f"{file.name}: {key} {problem}")


def _replace(values: PeriodValues, spec: DriverSpec, file: ScenarioFile, as_of: Quarter) -> str:
    """Replace a driver's values by those of a file: those that it names, and no others.

    A file without a base starts from no scenario: a year that it does not name repeats the one before.
    """
    entry = file.entries[spec.key]
    given = entry_values(entry.get("values", entry.get("value")), spec, file.name, check=True)
    if spec.driver.kind == "elapsed":
        given = drivers.interpolated(given, as_of, spec.company.last)
    elif spec.driver.kind == "yearly" and not file.base:
        given = drivers.filled(drivers.by_single_years(given, spec), spec, repeats=spec.repeats)
    drivers.replace_values(values, given, spec)
    return str(entry["source"])


def _change(values: PeriodValues, spec: DriverSpec, file: ScenarioFile) -> str:
    """Set, add to or scale a driver; the change of a year also changes values of its quarters."""
    entry = file.entries[spec.key]
    operation = next(each for each in OPERATIONS if each in entry)
    operands = entry_values(entry[operation], spec, file.name, check=operation == "set")
    if spec.driver.kind == "yearly":
        operands = drivers.by_single_years(operands, spec)
    elif spec.driver.kind == "elapsed":
        raise InputError(f"{file.name}: {spec.key} cannot be changed by an overlay: give it in a scenario")
    known = adjustable(spec, operation, values, f"{file.name}: ")
    # years come before quarters that have no value yet: these start from what their year has become
    for period in [*known, *(each for each in operands if each not in values and each[:4] in known)]:
        operand = operands.get(period, operands.get(period[:4]))
        if operand is not None:
            value = values[period if period in values else period[:4]]
            values[period] = spec.check(adjusted(operation, value, operand), f"{file.name} ({period})")
    return f"{file.name}: {operation}; {entry['source']}"
