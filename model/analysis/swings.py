"""Moves of one driver of a scenario: to a value, by an amount, by a factor, or by a swing to either side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from model import companies
from model.errors import InputError
from model.language.units import measure
from model.scenarios.adjustment import adjustable, room
from model.scenarios.spec import ALL, DriverSpec, as_text, shares_of_one
from model.scenarios.what_if import Lever

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company
    from model.scenarios.adjustment import Operation
    from model.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Steps:
    """Values for a driver, ahead or in ``period``: ``set``, or ``add`` to or ``scale`` the scenario's own.

    Examples
    --------
    >>> steps = Steps("aws_growth", (-0.05, 0, 0.05), "add")
    >>> steps.scenario_at(load_scenario("base"), 0.05).table["aws_growth"]["2027"]
    0.38
    """

    driver: str
    values: tuple[float, ...]
    operation: Operation = "set"
    company: Company = field(default_factory=companies.default, compare=False)
    period: str = ""

    def __post_init__(self) -> None:
        name = self.name  # refuses a driver and a period that cannot be
        if not self.values:
            raise InputError(f"{name} needs at least one value")
        for value in self.values:
            if not math.isfinite(value):
                raise InputError(f"{name} needs numbers, not {value:g}")

    @classmethod
    def parse(cls, text: str, values: tuple[float, ...]) -> Steps:
        """Read ``"driver"`` or ``"driver@2027"``, either followed by ``add`` or ``scale``."""
        found = Lever.parse(text, "grid")
        return cls(found.driver, values, found.operation, period=found.period)

    @cached_property
    def lever(self) -> Lever:
        """What a value does to the driver."""
        return Lever(self.driver, self.period, self.operation, "grid", self.company)

    @property
    def name(self) -> str:
        """The driver, with its period."""
        return self.lever.name

    @property
    def spec(self) -> DriverSpec:
        """The data of the driver."""
        return self.lever.spec

    def scenario_at(self, scenario: Scenario, value: float) -> Scenario:
        """Return the scenario with the driver moved, or refuse a value out of range."""
        return scenario.with_overrides(self.lever.overrides(scenario, value))

    def base(self, scenario: Scenario) -> int | None:
        """Return the place of the value that leaves the scenario as it is, if there is one."""
        own = {"add": {0.0}, "scale": {1.0}}.get(self.operation, {*self.lever.own(scenario).values()})
        return next((place for place, value in enumerate(self.values) if own == {value}), None)

    def room(self, scenario: Scenario) -> tuple[float, float]:
        """Return the lowest and highest value that keep the driver in its range in every period moved."""
        own = adjustable(self.spec, self.operation, self.lever.own(scenario))
        return room(self.spec, self.operation, own.values())


class Side(NamedTuple):
    """One side of a swing: overrides, the driver's value, and whether its range cut the move short."""

    overrides: Mapping[str, Mapping[str, float]]
    value: float
    clipped: bool


class Swing(NamedTuple):
    """A driver's swing: its value in a period, both sides, and a note."""

    period: str
    value: float
    low: Side
    high: Side
    note: str


def swing_of(scenario: Scenario, lever: Lever, share: float) -> Swing | str:
    """Return the swing of a driver by a share of its own value, or the reason why it is left out.

    Every value ahead, or of the lever's period, moves by ``share`` of its own amount, down and up, and stays
    in the driver's range.
    Special cases: a driver that is 0 throughout moves by ``share`` of its range; a whole number by 1; of
    shares of a total the others adjust in proportion; a choice, a date, a count of shares, a price, and a
    driver that is not given (0 means "none") are left out.

    Examples
    --------
    >>> swing_of(load_scenario("base"), Lever("beta"), 0.1).high.value
    1.265
    """
    spec = lever.spec
    reason = measure(spec.driver.unit).not_swung
    if reason:
        return reason
    own = lever.own(scenario)
    if all(map(spec.driver.look.is_none, own.values())):
        return "0: none is given"
    if spec.driver.sums_to_one and own[ALL] == 1:
        return "it is the whole total; the other shares are 0"
    step, note = 0.0, ""
    if spec.driver.whole:
        step, note = 1.0, "moved by 1"
    elif not any(own.values()):
        step = share * (spec.maximum - spec.minimum)
        note = f"0 ahead: moved by {step:g}, a share of its range"
    period = _shown_period(scenario, own)
    amounts = {each: step or share * abs(value) for each, value in own.items()}
    low = _side(scenario, lever, {each: value - amounts[each] for each, value in own.items()}, period)
    high = _side(scenario, lever, {each: value + amounts[each] for each, value in own.items()}, period)
    if spec.driver.sums_to_one:
        note = "the other shares adjust in proportion"
    notes = [note] if note else []
    for name, side, end in (("low", low, spec.minimum), ("high", high, spec.maximum)):
        if side.clipped:
            notes.append(f"{name} held at {as_text(end, spec.driver.unit)}, the end of its range")
    return Swing(period, own[period], low, high, "; ".join(notes))


def _shown_period(scenario: Scenario, own: Mapping[str, float]) -> str:
    """Return the period shown for a driver: the first full year ahead, or the first in which it is not 0."""
    if ALL in own:
        return ALL
    year = str(min(scenario.as_of.year + 1, scenario.company.last.year))
    first = next((each for each in (year, f"{year}Q4") if each in own), next(iter(own)))
    return first if own[first] else next((period for period, value in own.items() if value), first)


def _side(scenario: Scenario, lever: Lever, wanted: Mapping[str, float], period: str) -> Side:
    spec, own = lever.spec, lever.own(scenario)
    # a 0 that means "none" may lie outside the range: what did not move is not clipped
    moved = {each: value if value == own[each] else spec.clipped(value) for each, value in wanted.items()}
    overrides: dict[str, Mapping[str, float]] = {spec.key: moved}
    if spec.driver.sums_to_one:
        (group,) = (keys for keys in shares_of_one(spec.driver) if spec.key in keys)
        factor = (1 - moved[ALL]) / (1 - own[ALL])
        overrides |= {key: {ALL: scenario.table[key][ALL] * factor} for key in group if key != spec.key}
    return Side(overrides, moved[period], moved != wanted)
