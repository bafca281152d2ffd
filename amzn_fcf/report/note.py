"""What the note holds, computed once: results, a simulation, expectations, drivers, claims, a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from amzn_fcf.building.compared import Pair, default_outputs, pair_of, scenario_of
from amzn_fcf.text.comparison import Estimate, estimates
from model import companies
from model.analysis.bridge import bridges
from model.analysis.sensitivity import tornados
from model.errors import InputError, NotAvailableError
from model.evidence.against import compared
from model.evidence.claims import ledger
from model.evidence.thesis import load_thesis
from model.language.periods import Period, Quarter
from model.outputs import Output
from model.results import run
from model.scenarios.changes import changes
from model.scenarios.what_if import what_if
from workbook_templates.plan.sheets.simulated import simulation_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.analysis.bridge import Bridge
    from model.analysis.sensitivity import Tornado
    from model.company import Company
    from model.evidence.against import Compared
    from model.evidence.claims import Entry
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation

_UNSETTLED: Final = ("off_track", "open", "on_track")


class Comparison(NamedTuple):
    """The note's scenario beside an older one; ``why``: the reason why there is no bridge."""

    pair: Pair
    estimates: Sequence[Estimate]
    bridges: Sequence[Bridge]
    why: str


@dataclass(frozen=True)
class Note:
    """All figures of a note; ``why``: the reason why there is no simulation, empty if none was asked for.

    ``expectations``: by line and period; ``tornados``: of the value and of next year's cash flow, as far as
    the company has them; ``entries``: claims of its thesis, none without one.
    """

    results: Results
    simulation: Simulation | None
    why: str
    expectations: Mapping[tuple[str, str], Compared]
    tornados: Sequence[Tornado]
    entries: Sequence[Entry]
    comparison: Comparison | None

    @property
    def scenario(self) -> Scenario:
        """The scenario that the note is about."""
        return self.results.scenarios[0]

    @property
    def company(self) -> Company:
        """Its company."""
        return self.scenario.company

    @property
    def year(self) -> int:
        """The year of the first quarter ahead."""
        return self.scenario.as_of.shifted(1).year

    def result(self, key: str) -> float:
        """Return a figure without time; NaN for an empty name."""
        return float(self.results.values[key][0, 0]) if key else math.nan

    def quarter(self, event: str) -> str:
        """Return the quarter of an event; empty where it does not happen."""
        code = self.result(event)
        return "" if math.isnan(code) else str(Quarter.from_code(code))

    def value(self, key: str, period: Period) -> float:
        """Return a figure of a period; NaN where there is none."""
        try:
            return self.results.value(key, period)
        except NotAvailableError:
            return math.nan

    @property
    def unsettled(self) -> list[Entry]:
        """Claims that the next results can settle, what is most at stake first."""
        found = [each for each in self.entries if each.status in _UNSETTLED]
        return sorted(found, key=lambda each: -abs(each.at_stake) if each.at_stake == each.at_stake else 0.0)

    def simulated(self, name: str) -> tuple[str, float]:
        """Return one of :data:`model.presentation.SIMULATED` with its unit; NaN without a simulation."""
        asked, event = self.company.presentation.questions, self.company.presentation.workbook.simulated_event
        found = self.simulation
        unit = self.results.plan.row(asked.value).unit if asked.value and name in _OF_VALUE else "ratio"
        if found is None or asked.value not in found.estimates:
            return unit, math.nan
        value = found.estimates[asked.value]
        if name == "by_then":
            by = self.quarter(event) or str(self.company.last)
            return unit, found.chance_by(event, by) if event in found.events else math.nan
        return unit, {
            "expected": value.mean, "error": value.standard_error,
            "low": value.percentiles[5], "high": value.percentiles[95],
            "chance": found.above[asked.value].probability,
            "expected_upside": value.mean / self.result(asked.price) - 1,
        }[name]  # fmt: skip


_OF_VALUE: Final = ("expected", "error", "low", "high")


def note_of(name: str, settings: Sequence[str] = (), against: str | None = None) -> Note:
    """Compute the note of a scenario, a file or a workbook; ``against``: what it is compared with.

    ``settings`` change the scenario, see :func:`model.scenarios.what_if.what_if`. Without ``against`` it is
    compared with the scenario of the company's published thesis, as of a quarter not after its own.
    """
    pair = None
    if against is not None:
        pair = pair_of(against, name, settings)
        scenario = pair.after
    else:
        scenario = what_if(scenario_of(name), settings)
        thesis = load_thesis(scenario.company)
        if thesis is not None and thesis.scenario != scenario.root.name:
            older = scenario_of(thesis.scenario)
            rolled = scenario_of(thesis.scenario, scenario.as_of)
            is_older = older.as_of < scenario.as_of
            pair = Pair(older, scenario, rolled) if is_older else Pair(rolled, scenario, None)
    results, company = run([scenario]), scenario.company
    found = simulation_of(scenario)
    return Note(
        results, None if isinstance(found, str) else found, found if isinstance(found, str) else "",
        {(each.line, str(each.period or "")): each for each in compared(results)},
        [each for each in tornados(scenario, _moved(scenario)) if each.bars],
        ledger(scenario.as_of, company) if load_thesis(company) else (),
        None if pair is None else _comparison(pair),
    )  # fmt: skip


def _moved(scenario: Scenario) -> list[Output]:
    """Return the figures whose drivers are shown: value, and next year's flow; else the first result."""
    words, plan = scenario.company.presentation, scenario.plan
    found = [Output.of(words.questions.value, plan)] if words.questions.value else []
    year = min(scenario.as_of.shifted(1).year + 1, scenario.company.last.year)
    if words.reports.flow:
        found.append(Output.of(words.reports.flow, plan, Period("annual", year)))
    return found or [Output.of(each, plan) for each in words.questions.results[:1]]


def _comparison(pair: Pair) -> Comparison:
    words = pair.after.company.presentation
    if pair.before.as_of == pair.after.as_of and not changes(pair.before, pair.after):
        raise InputError(
            f"no driver differs between {pair.before.name} and {pair.after.name}: change --against"
        )
    if not words.reports.compared or not words.questions.value:
        raise InputError(f"{pair.after.company.title} has no figures to compare: leave out --against")
    figures = estimates(pair.before, pair.after)
    try:
        found = bridges(pair.before, pair.after, default_outputs(pair), pair.rolled)
    except NotAvailableError as error:
        return Comparison(pair, figures, (), str(error))
    return Comparison(pair, figures, found, "")


def named(name: str | None, as_of: str | None) -> str:
    """Return a scenario with its as-of as :func:`amzn_fcf.building.compared.scenario_of` reads it."""
    given = name or companies.default().base
    return given if as_of is None else f"{given}@{as_of}"
