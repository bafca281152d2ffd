"""What-ifs: a driver of a scenario, ahead or in one period, is set, added to, or scaled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import InputError, did_you_mean, shown
from model.scenarios.adjustment import OPERATIONS, Operation, adjustable, adjusted
from model.scenarios.drivers import driver_specs, spec_named
from model.scenarios.given import ONWARDS, decoded, period_key
from model.scenarios.overlay import Origin
from model.scenarios.spec import ALL, DriverSpec, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.company import Company
    from model.scenarios.scenario import Scenario
    from model.scenarios.spec import PeriodValues

_PARTS: Final = re.compile(r"([^\s@]+)\s*(?:@\s*(\S+))?\s*(.*)")
_FORM: Final = "aws_growth=0.25, aws_growth@2027=0.25, or aws_growth@2027+ add=-0.02"
WHAT_IF: Final = "_what_if"
"""Ends the name of a scenario that was changed on the command line."""


@dataclass(frozen=True)
class Lever:
    """What can be moved: a driver, in all periods ahead or in ``period``, and what a number does to it.

    ``period``: a year, a quarter, or ``"2027+"``; empty: all periods ahead. ``operation``: ``set`` to the
    number, ``add`` it to the scenario's own values, or ``scale`` those by it.
    """

    driver: str
    period: str = ""
    operation: Operation = "set"
    where: str = "lever"
    """Begins a message."""
    company: Company = field(default_factory=companies.default, compare=False)

    def __post_init__(self) -> None:
        spec_named(self.driver, driver_specs(self.company), self.where)
        if self.period:
            period_key(self.spec, self.period, self.where)

    @classmethod
    def parse(cls, text: str, where: str, company: Company | None = None) -> Lever:
        """Read ``"driver"``, ``"driver@2027"``, either followed by ``add`` or ``scale``."""
        found = _PARTS.fullmatch(text.strip().lower())
        if found is None:
            raise InputError(f"{where}: {shown(text)} names no driver")
        driver, period, operation = found[1], (found[2] or "").upper(), found[3] or "set"
        if operation not in OPERATIONS:
            wrong = f"{shown(operation)}{did_you_mean(operation, OPERATIONS)}"
            raise InputError(f"{shown(text)}: write set, add or scale after the driver, not {wrong}")
        return cls(driver, period, operation, where, company or companies.default())

    @property
    def name(self) -> str:
        """The driver, with its period."""
        return f"{self.driver}@{self.period}" if self.period else self.driver

    @property
    def spec(self) -> DriverSpec:
        """The data of the driver."""
        return driver_specs(self.company)[self.driver]

    def own(self, scenario: Scenario) -> PeriodValues:
        """Return the scenario's own values that are moved, by period."""
        ahead = scenario.ahead(self.driver)
        chosen = ahead
        if self.period.endswith(ONWARDS):
            chosen = {each: value for each, value in ahead.items() if each[:4] >= self.period[:4]}
        elif "Q" in self.period:
            value = ahead.get(self.period, ahead.get(self.period[:4]))
            chosen = {} if value is None else {self.period: value}
        elif self.period:
            chosen = {each: value for each, value in ahead.items() if each[:4] == self.period}
        if not chosen:
            reason = f"the first forecast quarter is {scenario.as_of.shifted(1)}"
            raise InputError(f"{self.where}: {self.driver} has no value ahead in {self.period}: {reason}")
        return chosen

    def overrides(
        self, scenario: Scenario, value: float, *, clip: bool = False
    ) -> Mapping[str, PeriodValues]:
        """Return what is moved in a scenario.

        A value out of the driver's range is refused, or if ``clip`` the nearest in it is taken.
        """
        where = self.where
        if self.operation == "set":
            moved = {self.period or ALL: value}
        else:
            known = adjustable(self.spec, self.operation, self.own(scenario))
            moved = {period: adjusted(self.operation, each, value) for period, each in known.items()}
            where += f" ({self.operation} {value:g})"
        kept = self.spec.clipped if clip else partial(self.spec.check, where=where)
        return {self.driver: {period: kept(each) for period, each in moved.items()}}


def what_if(scenario: Scenario, texts: Sequence[str]) -> Scenario:
    """Return a scenario with changes given as texts, in their order; without any, the scenario itself.

    ``texts``: ``"driver=number"``, ``"driver@period=number"``, with ``add`` or ``scale`` before the equals
    sign; quarters and dates are written 2026Q3 and 2026-10-06. Values that are set one after the other are
    set together, so that shares of a total can be: as in a file a year wins over ``2027+``, a quarter over
    its year, and what is given twice is refused.

    Examples
    --------
    >>> what_if(load_scenario("base"), ["aws_growth@2027 add=-0.03"]).table["aws_growth"]["2027"]
    0.30000000000000004
    """
    if not texts:
        return scenario
    changed, sources = scenario, dict(scenario.sources)
    together: dict[str, PeriodValues] = {}
    set_already: set[str] = set()
    for text in texts:
        left, equals, right = text.rpartition("=")
        if not equals:
            raise InputError(f"--set {shown(text)}: write a change such as {_FORM}")
        lever = Lever.parse(left, "--set", scenario.company)
        value = _value(right.strip(), lever)
        if lever.operation == "set":
            if lever.name in set_already:
                raise InputError(f"--set {lever.name} is given twice: give it once")
            set_already.add(lever.name)
            for key, values in lever.overrides(changed, value).items():
                together[key] = {**together.get(key, {}), **values}
        else:
            changed, together = changed.with_overrides(together), {}
            changed = changed.with_overrides(lever.overrides(changed, value))
        sources[lever.driver] = Origin("J", f"--set {text.strip()}")
    changed = changed.with_overrides(together)
    title = "; ".join([scenario.title, *(text.strip() for text in texts)])
    return replace(changed, name=f"{scenario.name}{WHAT_IF}", title=title, weight=0.0, sources=sources)


def _value(text: str, lever: Lever) -> float:
    here = f"--set {lever.name}"
    try:
        return float(text)
    except ValueError:
        return number(decoded(text, lever.spec, here), here, lever.spec.driver.unit)
