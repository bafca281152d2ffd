"""Scenarios: complete tables of driver values, composed from defaults, a chain of scenario files, and overlays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from model.actuals import axis_at
from model.axis import Quarter
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
    from pathlib import Path

    from numpy.typing import NDArray

    from model.build import Plan
    from model.drivers import DriverInfo

BASE: Final = "base"


@dataclass(frozen=True)
class Note:
    """Where a scenario's value of a driver comes from."""

    grade: str
    source: str


@dataclass(frozen=True)
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

    def with_overrides(self, overrides: Mapping[str, Mapping[str, float] | float]) -> Scenario:
        """Return the scenario with some values replaced.

        Parameters
        ----------
        overrides
            Driver row -> one number (for all forecast years) or numbers by year, quarter or ``"all"``.

        Raises
        ------
        UnknownNameError, InputError, PeriodError
            For an unknown driver, a value out of range, a period outside the axis.
        """
        infos = driver_infos()
        table = {key: dict(values) for key, values in self.table.items()}
        for key, given in overrides.items():
            info = info_named(key, infos, "override")
            values = given if isinstance(given, Mapping) else everywhere(info, given, self.as_of)
            for period, value in values.items():
                table[key][period_key(info, str(period), "override")] = info.check(value, "override")
        check_sums(table, "override")
        return replace(self, table=table)

    def series(self, plan: Plan, key: str) -> NDArray[np.float64]:
        """Return one driver row on the axis of ``plan``: shape (quarters,), or (1,) for a constant."""
        driver = plan.rows[key].driver
        if driver is None or not plan.rows[key].timed:
            return np.array([self.table[key][ALL]])
        if driver.kind == "seasonal":
            by_season = [self.table[f"{key}[{member}]"][ALL] for member in driver.by[0].members]
            return np.array([by_season[quarter.number - 1] for quarter in plan.axis.quarters])
        values = self.table[key]
        last = str(LAST_YEAR)
        return np.array([
            values.get(str(quarter), values.get(str(quarter.year), values.get(last, math.nan)))
            for quarter in plan.axis.quarters
        ])  # fmt: skip


def driver_arrays(plan: Plan, scenarios: Sequence[Scenario]) -> dict[str, NDArray[np.float64]]:
    """Return every driver row for several scenarios side by side: shape (quarters or 1, scenarios)."""
    return {row.key: np.stack([each.series(plan, row.key) for each in scenarios], axis=1) for row in plan.driver_rows}


def load_scenario(name: str = BASE, as_of: str | Quarter | None = None, folder: Path | None = None) -> Scenario:
    """Compose a scenario.

    Parameters
    ----------
    name
        A scenario, or overlays joined to one by ``+``: ``"base+power_delay"``; blank is ``"base"``. A name that ends in
        ``.toml`` is the path of a file of the user's own.
    as_of
        Last reported quarter, instead of the scenario's own.
    folder
        Where to look for scenario files before those that ship.

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
    chain = _chain(first, folder)
    quarter = Quarter.parse(as_of) if isinstance(as_of, str) else as_of or chain[-1].as_of
    if quarter is None:
        message = f'{first}: needs as_of, such as as_of = "2026Q2"'
        raise InputError(message)
    axis_at(quarter)
    infos = driver_infos()
    table = {key: default_values(info, quarter) for key, info in infos.items()}
    sources = {key: Note(info.grade, info.source) for key, info in infos.items()}
    for file in chain:
        _apply_scenario(file, table, sources, infos, quarter)
    title = chain[-1].title
    for overlay_name in overlays:
        file = read_file(overlay_name, folder)
        if not file.overlay:
            message = f"{overlay_name!r} is a scenario, not an overlay: only overlays follow a +"
            raise InputError(message)
        _apply_overlay(file, table, sources, infos)
        title = f"{title}; {file.title[:1].lower()}{file.title[1:]}"
    full_name = "+".join([chain[-1].name, *overlays])
    check_sums(table, full_name)
    weight = 0.0 if overlays else chain[-1].weight
    return Scenario(full_name, title, quarter, weight, table, chain[-1].note, sources)


def _chain(name: str, folder: Path | None) -> list[ScenarioFile]:
    """Return the files that a scenario is based on, root first."""
    chain: list[ScenarioFile] = []
    while name:
        file = read_file(name, folder)
        if file.overlay:
            message = f"{name!r} is an overlay: write it after a scenario, such as base+{name}"
            raise InputError(message)
        if any(file.name == each.name for each in chain):
            message = f"{name!r}: scenarios are based on each other in a circle"
            raise InputError(message)
        chain.insert(0, file)
        name = file.base
    return chain


def _apply_scenario(
    file: ScenarioFile, table: dict[str, PeriodValues], sources: dict[str, Note], infos: Mapping[str, DriverInfo], as_of: Quarter
) -> None:
    for key, entry in file.entries.items():
        info = infos[key]
        given = entry_values(entry.get("values", entry.get("value")), info, file.name, check=True)
        if info.driver.kind == "yearly":
            if not info.repeats:
                table[key] = default_values(info, as_of)
            given = filled(given, repeats=info.repeats)
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
        for period, value in list(table[key].items()):
            operand = operands.get(period, operands.get(period[:4]))
            if operand is not None:
                changed = {"set": operand, "add": value + operand, "scale": value * operand}[operation]
                table[key][period] = info.check(changed, f"{file.name} ({period})")
        for period in operands.keys() - table[key].keys():
            year = table[key][period[:4]]
            table[key][period] = info.check(
                {"set": operands[period], "add": year + operands[period], "scale": year * operands[period]}[operation],
                f"{file.name} ({period})",
            )
        sources[key] = Note(str(entry.get("grade", "")), f"{file.name}: {operation}; {entry['source']}")
