"""Scenarios: complete tables of driver values, composed from defaults, a chain of scenario files, and overlays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from model.actuals import axis_at
from model.amazon import plan_at
from model.axis import QUARTERS_A_YEAR, Quarter
from model.drivers import (
    ALL,
    LAST_YEAR,
    PeriodValues,
    check_sums,
    default_values,
    driver_infos,
    everywhere,
    filled,
    info_named,
    interpolated,
    period_key,
)
from model.errors import InputError
from model.scenario_files import OPERATIONS, ScenarioFile, entry_values, read_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.build import Plan
    from model.drivers import DriverInfo

BASE: Final = "base"


@dataclass(frozen=True)
class Note:
    """Where a scenario's value of a driver comes from."""

    grade: str
    source: str


@dataclass(frozen=True, repr=False)
class Scenario:
    """A complete set of driver values.

    Attributes
    ----------
    name, title, note
        ``"base+power_delay"``; what it stands for.
    as_of
        Last quarter taken as reported.
    weight
        Weight in the probability-weighted value.
    table
        Driver row -> values by ``"all"``, year or quarter.
    sources
        Driver row -> source, for drivers that the scenario changes.
    """

    name: str
    title: str
    as_of: Quarter
    weight: float
    table: Mapping[str, Mapping[str, float]]
    note: str = ""
    sources: Mapping[str, Note] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}, as of {self.as_of}: {self.title}>"

    def with_overrides(self, overrides: Mapping[str, Mapping[str, float] | float]) -> Scenario:
        """Return the scenario with some values replaced.

        Parameters
        ----------
        overrides
            Driver row -> one number for all that lies ahead, or numbers by year, quarter or ``"all"``; a quarter's own
            value still wins over its year.

        Raises
        ------
        UnknownNameError, InputError, PeriodError
            For an unknown driver, a value out of range, a period outside the axis.
        """
        infos = driver_infos()
        table = dict(self.table)  # what is not changed stays the same object, which driver_arrays() computes once
        for key, given in overrides.items():
            info = info_named(key, infos, "override")
            changed = dict(table[key])
            if isinstance(given, Mapping):
                values = given
            else:
                values = everywhere(info, given, self.as_of)
                changed = {period: value for period, value in changed.items() if "Q" not in period or period in values}
            for period, value in values.items():
                changed[period_key(info, str(period), "override")] = info.check(value, "override")
            table[key] = changed
        check_sums(table, "override")
        return replace(self, table=table)

    def ahead(self, key: str) -> PeriodValues:
        """Return a driver's values for what lies after as-of: by year and quarter to the end of the axis, or ``"all"``."""
        values, first = self.table[key], self.as_of.shifted(1)
        if ALL in values:
            return dict(values)
        last = f"{LAST_YEAR}Q{QUARTERS_A_YEAR}"
        return {period: value for period, value in values.items() if (str(first) if "Q" in period else str(first.year)) <= period <= last}

    def series(self, plan: Plan, key: str) -> NDArray[np.float64]:
        """Return one driver row on the axis of ``plan``: shape (quarters,), or (1,) for a constant."""
        driver = plan.rows[key].driver
        if driver is None or not plan.rows[key].timed:
            return np.array([self.table[key][ALL]])
        if driver.kind == "seasonal":
            by_season = [self.table[f"{key}[{member}]"][ALL] for member in driver.by[0].members]
            return np.array([by_season[quarter.number - 1] for quarter in plan.axis.quarters])
        values = self.table[key]
        last = values.get(str(LAST_YEAR), 0.0)  # of a longer axis than the model's own
        return np.array([
            values.get(quarter, values.get(year, last))
            for quarter, year in plan.axis.labels
        ])  # fmt: skip


def assumption_hash(scenarios: Sequence[Scenario]) -> str:
    """Return twelve hex digits that change with any driver value, of any of the scenarios, that the model uses."""
    content = {}
    for scenario in scenarios:
        plan = plan_at(axis_at(scenario.as_of))
        for row in plan.driver_rows:
            start = 0 if not row.timed or row.key in plan.used_in_history else plan.axis.split
            content[f"{scenario.name}: {row.key}"] = [f"{value:.12g}" for value in scenario.series(plan, row.key)[start:]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def driver_arrays(plan: Plan, scenarios: Sequence[Scenario]) -> dict[str, NDArray[np.float64]]:
    """Return every driver row for several scenarios side by side.

    Shape (quarters or 1, scenarios); (quarters or 1, 1) where all scenarios hold the very same values, as overrides of one do.
    """
    found = {}
    for row in plan.driver_rows:
        parts = [row.key] if row.key in scenarios[0].table else plan.names[row.key]
        same = all(each.table[part] is scenarios[0].table[part] for each in scenarios for part in parts)
        found[row.key] = np.stack([each.series(plan, row.key) for each in (scenarios[:1] if same else scenarios)], axis=1)
    return found


def load_scenario(name: str = BASE, as_of: str | Quarter | None = None) -> Scenario:
    """Compose a scenario.

    Parameters
    ----------
    name
        A scenario, or overlays joined to one by ``+``: ``"base+power_delay"``; blank is ``"base"``. A name that ends in
        ``.toml`` is the path of a file of the user's own; a path cannot hold a ``+``. The ``base`` of a file is such a name too.
    as_of
        Last reported quarter, instead of the scenario's own.

    Raises
    ------
    UnknownNameError
        No such scenario, overlay or driver; the message names the nearest.
    InputError, PeriodError
        A value out of range, a malformed file, a period outside the axis.

    Examples
    --------
    >>> load_scenario("base+power_delay").table["delayed"]["2026"]
    0.4
    """
    first, *overlays = [part.strip() for part in (name.strip() or BASE).split("+")]
    if not first or len(set(overlays)) < len(overlays):
        message = f"{name!r}: write a scenario and each overlay once, joined by +, such as base+power_delay"
        raise InputError(message)
    return _composed(_chain("+".join([first, *overlays])), Quarter.parse(as_of) if isinstance(as_of, str) else as_of)


def compose(file: ScenarioFile) -> Scenario:
    """Compose the scenario of a file that was read; see :func:`load_scenario`."""
    return _composed([*(_chain(file.base, (file.name,)) if file.base else ()), file], None)


def _chain(name: str, above: tuple[str, ...] = ()) -> list[ScenarioFile]:
    """Return the files that a scenario is made of, in the order in which they are applied: what it is based on first."""
    first, *overlays = [part.strip() for part in name.split("+")]
    file = read_file(first)
    if file.overlay:
        message = f"{first!r} is an overlay: write it after a scenario, such as base+{first}"
        raise InputError(message)
    if file.name in above:
        message = f"{first!r}: scenarios are based on each other in a circle"
        raise InputError(message)
    chain = [*(_chain(file.base, (*above, file.name)) if file.base else ()), file]
    for overlay in map(read_file, overlays):
        if not overlay.overlay:
            message = f"{overlay.name!r} is a scenario, not an overlay: only overlays follow a +"
            raise InputError(message)
        if overlay.name in {each.name for each in chain}:
            message = f"{name!r}: {overlay.name} is in what it is based on already"
            raise InputError(message)
        chain.append(overlay)
    return chain


def _composed(chain: Sequence[ScenarioFile], as_of: Quarter | None) -> Scenario:
    """Return the scenario of the last file that is no overlay, with the overlays that follow it."""
    last = max(place for place, file in enumerate(chain) if not file.overlay)
    own, overlays = chain[last], chain[last + 1 :]
    quarter = as_of or own.as_of
    if quarter is None:
        message = f'{own.name}: needs as_of, such as as_of = "2026Q2"'
        raise InputError(message)
    axis_at(quarter)
    infos = driver_infos()
    table = {key: default_values(info, quarter) for key, info in infos.items()}
    sources = {key: Note(info.grade, info.source) for key, info in infos.items()}
    for file in chain:
        _check_periods(file, file.as_of or quarter, infos)
        if file.overlay:
            _apply_overlay(file, table, sources, infos)
        else:
            _apply_scenario(file, table, sources, infos, quarter)
    name = "+".join([own.name, *(file.name for file in overlays)])
    title = "; ".join([own.title, *(f"{file.title[:1].lower()}{file.title[1:]}" for file in overlays)])
    check_sums(table, name)
    return Scenario(name, title, quarter, 0.0 if overlays else own.weight, table, own.note, sources)


def _check_periods(file: ScenarioFile, as_of: Quarter, infos: Mapping[str, DriverInfo]) -> None:
    """Refuse values for quarters that are reported at the file's own as-of, unless reported quarters use them."""
    used = plan_at(axis_at(as_of)).used_in_history
    first = as_of.shifted(1)
    for key, entry in file.entries.items():
        values = next((entry[word] for word in ("values", *OPERATIONS) if word in entry), None)
        if infos[key].driver.kind != "yearly" or key in used or not isinstance(values, dict):
            continue
        for period in values:
            found = str(period).upper()
            if found < (str(first) if "Q" in found else str(first.year)):
                message = f"{file.name}: {key} is given for {period}, which is before the first forecast quarter {first}"
                raise InputError(message)


def _apply_scenario(
    file: ScenarioFile, table: dict[str, PeriodValues], sources: dict[str, Note], infos: Mapping[str, DriverInfo], as_of: Quarter
) -> None:
    """Put the values of a file over those that it is based on; a year that it sets drops what its quarters had."""
    for key, entry in file.entries.items():
        info = infos[key]
        given = entry_values(entry.get("values", entry.get("value")), info, file.name, check=True)
        if info.driver.kind == "yearly":
            given = filled(given, repeats=info.repeats)
            table[key] = {period: value for period, value in table[key].items() if "Q" not in period or period[:4] not in given}
        elif info.driver.kind == "elapsed":
            given = interpolated(given, as_of)
        table[key] |= given
        sources[key] = Note(str(entry.get("grade", "")), str(entry["source"]))


def _apply_overlay(file: ScenarioFile, table: dict[str, PeriodValues], sources: dict[str, Note], infos: Mapping[str, DriverInfo]) -> None:
    """Change drivers by ``set``, ``add`` or ``scale``; a year's change holds for the quarters given in it too."""
    for key, entry in file.entries.items():
        info = infos[key]
        operation = next(each for each in OPERATIONS if each in entry)
        operands = entry_values(entry[operation], info, file.name, check=operation == "set")
        if info.driver.kind == "yearly":
            operands = filled(operands, repeats=True)
        elif info.driver.kind == "elapsed":
            message = f"{file.name}: {key} cannot be changed by an overlay: give it in a scenario"
            raise InputError(message)
        if info.driver.switch and operation != "set":
            if not any(table[key].values()):
                message = f"{file.name}: {key} is 0, which means that none is given: {operation} has nothing to change; use set"
                raise InputError(message)
            operands = {period: value for period, value in operands.items() if table[key].get(period)}
        for period, value in list(table[key].items()):
            operand = operands.get(period, operands.get(period[:4]))
            if operand is not None and not (info.driver.switch and operation != "set" and not value):
                changed = {"set": operand, "add": value + operand, "scale": value * operand}[operation]
                table[key][period] = info.check(changed, f"{file.name} ({period})")
        for period in operands.keys() - table[key].keys():
            year = table[key][period[:4]]
            table[key][period] = info.check(
                {"set": operands[period], "add": year + operands[period], "scale": year * operands[period]}[operation],
                f"{file.name} ({period})",
            )
        sources[key] = Note(str(entry.get("grade", "")), f"{file.name}: {operation}; {entry['source']}")
