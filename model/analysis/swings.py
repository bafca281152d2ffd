"""How a scenario is moved, one driver at a time: to a value, by an amount, by a factor, or by a swing to either side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from model import companies
from model.errors import InputError, did_you_mean
from model.language.units import measure
from model.scenarios.drivers import ALL, as_text, driver_specs, shares_of_one, spec_named
from model.scenarios.files import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company
    from model.scenarios.drivers import DriverSpec
    from model.scenarios.scenario import Scenario

Operation = Literal["set", "add", "scale"]


@dataclass(frozen=True)
class Steps:
    """What a driver takes, one after the other: ``set`` to values ahead, or ``add`` to or ``scale`` the scenario's own.

    Raises
    ------
    UnknownNameError
        No such driver.
    InputError
        No values, or one that is not a number.

    Examples
    --------
    >>> Steps("aws_growth", (-0.05, 0, 0.05), "add").scenario_at(load_scenario("base"), 0.05).table["aws_growth"]["2027"]
    0.38
    """

    driver: str
    values: tuple[float, ...]
    operation: Operation = "set"
    company: Company = field(default_factory=companies.default, compare=False)

    def __post_init__(self) -> None:
        spec_named(self.driver, driver_specs(self.company), "grid")
        if not self.values:
            raise InputError(f"{self.driver} needs at least one value")
        for value in self.values:
            if not math.isfinite(value):
                raise InputError(f"{self.driver} needs numbers, not {value:g}")

    @classmethod
    def parse(cls, text: str, values: tuple[float, ...]) -> Steps:
        """Read ``"driver"``, ``"driver add"`` or ``"driver scale"``."""
        driver, _, word = text.strip().lower().partition(" ")
        operation = word.strip() or "set"
        if operation not in OPERATIONS:
            raise InputError(
                f"{text[:80]!r}: after the driver comes set, add or scale, not {operation!r}{did_you_mean(operation, OPERATIONS)}"
            )
        return cls(driver, values, operation)  # type: ignore[arg-type]  # one of the three

    @property
    def spec(self) -> DriverSpec:
        """What the data say of the driver."""
        return driver_specs(self.company)[self.driver]

    def scenario_at(self, scenario: Scenario, value: float) -> Scenario:
        """Return the scenario with the driver moved in all that lies ahead; out of its range is an :class:`InputError`."""
        if self.operation == "set":
            return scenario.with_overrides({self.driver: self.spec.check(value, "grid")})
        return scenario.with_overrides({
            self.driver: {
                period: self.spec.check(own + value if self.operation == "add" else own * value, f"grid ({self.operation} {value:g})")
                for period, own in self._own(scenario).items()
            }
        })  # fmt: skip

    def base(self, scenario: Scenario) -> int | None:
        """Return the place of the value that leaves the scenario as it is, if there is one."""
        neutral = {"add": 0.0, "scale": 1.0}.get(self.operation)
        for place, value in enumerate(self.values):
            if value == neutral or (
                neutral is None and all(own == value for own in scenario.ahead(self.driver).values())
            ):
                return place
        return None

    def room(self, scenario: Scenario) -> tuple[float, float]:
        """Return the lowest and highest value at which the driver stays in its range, in everything that lies ahead."""
        low, high = self.spec.minimum, self.spec.maximum
        if self.operation == "set":
            return low, high
        own = list(self._own(scenario).values())
        if self.operation == "add":
            return low - min(own), high - max(own)
        factors = [sorted((low / value, high / value)) for value in own if value]
        return max((least for least, _ in factors), default=-math.inf), min(
            (most for _, most in factors), default=math.inf
        )

    def _own(self, scenario: Scenario) -> Mapping[str, float]:
        own = scenario.ahead(self.driver)
        if self.spec.driver.zero_means_none:
            own = {period: value for period, value in own.items() if value}
            if not own:
                raise InputError(
                    f"{self.driver} is 0, which means that none is given: {self.operation} has nothing to change; set it"
                )
        return own


class Side(NamedTuple):
    """A driver on one side of its swing: what to override, the driver's value there, and whether its range cut the move short."""

    overrides: Mapping[str, Mapping[str, float]]
    value: float
    clipped: bool


class Swing(NamedTuple):
    """A driver's swing: its value in a period, moved down and up, and what is to be said of it."""

    period: str
    value: float
    low: Side
    high: Side
    note: str


def swing_of(scenario: Scenario, spec: DriverSpec, share: float) -> Swing | str:
    """Return how a driver swings by a share of itself, or why it is left out.

    Every value ahead moves by ``share`` of its own amount, down and up, and stays in the driver's range.
    Special cases: a driver that is 0 throughout moves by ``share`` of its range; a whole number by 1; of
    shares of one whole the others give way in proportion; a choice, a date, a count of shares, a price, and a
    driver that is not given (a switch at 0) are left out.

    Examples
    --------
    >>> swing_of(load_scenario("base"), driver_specs()["beta"], 0.1).high.value
    1.265
    """
    reason = measure(spec.driver.unit).not_swung
    if reason:
        return reason
    own = scenario.ahead(spec.key)
    if spec.driver.zero_means_none and not any(own.values()):
        return "0: none is given"
    if spec.driver.sums_to_one and own[ALL] == 1:
        return "the whole: its other shares are 0"
    step, note = 0.0, ""
    if spec.driver.whole:
        step, note = 1.0, "moved by 1"
    elif not any(own.values()):
        step = share * (spec.maximum - spec.minimum)
        note = f"0 ahead: moved by {step:g}, a share of its range"
    period = _shown_period(scenario, own)
    low, high = (_move(scenario, spec, own, period, (sign, share, step)) for sign in (-1, 1))
    if spec.driver.sums_to_one:
        note = "the other shares give way"
    held = [f"{side} held at {as_text(end, spec.driver.unit)}, the end of its range"
            for side, move, end in (("low", low, spec.minimum), ("high", high, spec.maximum)) if move.clipped]  # fmt: skip
    return Swing(period, own[period], low, high, "; ".join([note, *held] if note else held))


def _shown_period(scenario: Scenario, own: Mapping[str, float]) -> str:
    """Return whose value stands for a driver: the first full year ahead, or the first in which it is not 0."""
    if ALL in own:
        return ALL
    year = str(min(scenario.as_of.year + 1, scenario.company.last.year))
    first = year if year in own else f"{year}Q4"
    return first if own[first] else next((period for period, value in own.items() if value), first)


def _move(
    scenario: Scenario, spec: DriverSpec, own: Mapping[str, float], period: str, by: tuple[int, float, float]
) -> Side:
    sign, share, step = by
    wanted = {each: value + sign * (step or share * abs(value)) for each, value in own.items()}
    moved = {
        each: value if value == own[each] else min(max(value, spec.minimum), spec.maximum)
        for each, value in wanted.items()
    }
    overrides = {spec.key: moved}
    if spec.driver.sums_to_one:
        (group,) = (keys for keys in shares_of_one(spec.driver) if spec.key in keys)
        factor = (1 - moved[ALL]) / (1 - own[ALL])
        overrides |= {key: {ALL: scenario.table[key][ALL] * factor} for key in group if key != spec.key}
    return Side(overrides, moved[period], moved != wanted)
