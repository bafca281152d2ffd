"""A reported quarter against what was expected of it, line by line, and what explains the miss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.language.periods import Period
from model.reported.guidance import all_estimates, guidance_at, known_by
from model.results import run
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    from model.language.periods import Quarter
    from model.scenarios.scenario import Scenario

_NONE: Final = math.nan
_STREET: Final = "consensus"


@dataclass(frozen=True)
class Miss:
    """A line of the quarter: reported, and estimated, guided and expected by the Street before.

    ``part``: of the miss of the flow. Formula: the line's miss with its sign in the flow; the parts add up to
    the flow's miss. NaN: nobody guided or expected it, or the line is none of the flow's parts.
    """

    line: str
    label: str
    unit: str
    reported: float
    estimate: float
    guided: float
    street: float
    part: float

    @property
    def miss(self) -> float:
        """Reported less estimate."""
        return self.reported - self.estimate

    @property
    def share(self) -> float:
        """The miss to the estimate, by its size; NaN of an estimate of 0."""
        return self.miss / abs(self.estimate) if self.estimate else _NONE


def misses(before: Scenario, quarter: Quarter) -> list[Miss]:
    """Return the lines of a quarter that is reported now against a scenario of an earlier as-of.

    The lines are those of the company's :class:`model.company.RollRules`: the flow first, its parts, then
    the others. A company without a flow is an :class:`InputError`.
    """
    company, rules = before.company, before.company.roll
    if not rules.flow:
        raise InputError(f"{company.title} has no line whose miss is explained: it cannot be rolled")
    period = Period.of(quarter)
    expected = known_by(company, before.as_of, all_estimates(company))
    street = {each.line: each.middle for each in expected if each.period == period and each.kind == _STREET}
    estimated, reported = run([before]), run([load_scenario(company.base, quarter, company)])
    found = []
    for line in (rules.flow, *rules.parts, *(each for each in rules.lines if each not in rules.parts)):
        row = estimated.plan.row(line)
        said = guidance_at(company, before.as_of, line, period)
        now, then = reported.value(line, period), estimated.value(line, period)
        part = rules.parts[line] * (now - then) if line in rules.parts else _NONE
        guided = said.middle if said else _NONE
        found.append(Miss(line, row.label, row.unit, now, then, guided, street.get(line, _NONE), part))
    return found
