"""A scenario of the last as-of becomes one at a new as-of: each step is a cause of its change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from model.company import with_own_data
from model.errors import InputError
from model.evidence.backtest import history_at
from model.language.periods import Period, Quarter
from model.reported.actuals import check_as_of, load_actuals
from model.reported.guidance import guidance_at
from model.results import run
from model.scenarios.changes import changes
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import DRIVERS_FILES, driver_specs
from model.scenarios.overlay import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from model.company import Company
    from model.outputs import Output
    from model.results import Results
    from model.scenarios.scenario import Scenario

REPORTED: Final = "reported quarter"
DATED: Final = "passage of time and price"
GUIDANCE: Final = "guidance"
REFIT: Final = "refit"
OWN: Final = "own changes"
CAUSES: Final = (REPORTED, DATED, GUIDANCE, REFIT, OWN)
"""In the order in which they are taken in."""
_FITTED: Final = "F"


@dataclass(frozen=True)
class Review:
    """A driver whose value was kept: to be judged anew."""

    driver: str
    grade: str
    source: str
    reason: str


@dataclass(frozen=True)
class Roll:
    """A scenario before and after a quarter; ``steps``: the scenario after each of the causes, in order."""

    before: Scenario
    steps: tuple[Scenario, ...]
    dropped: tuple[str, ...]
    """Values of drivers for quarters that are reported now."""
    review: tuple[Review, ...]

    @property
    def after(self) -> Scenario:
        """The scenario at the new as-of."""
        return self.steps[-1]

    @cached_property
    def results(self) -> list[Results]:
        """The scenario before, and after each step, computed."""
        return [run([each]) for each in (self.before, *self.steps)]

    def effects(self, output: Output) -> list[tuple[str, float]]:
        """Return what each cause adds to a figure: together the whole difference.

        Formula: the figure after a step less the figure before it; the causes are taken in the order of
        :data:`CAUSES`.
        """
        values = [float(output.read(each)[0]) for each in self.results]
        return [(cause, values[place + 1] - values[place]) for place, cause in enumerate(CAUSES)]


def roll(name: str | None = None, to: Quarter | None = None, company: Company | None = None) -> Roll:
    """Move a scenario to the latest reported quarter, or to the one given.

    Reported quarters drop out of drivers; guidance that is new since the scenario's as-of, and the price and
    what is dated with it, come from the data; drivers with a rule are fitted anew; judgement is kept, and
    listed for review. The scenario before has the drivers that ship, without those of the user's own data.

    Raises
    ------
    InputError
        If the scenario is as of the quarter, or later.
    NotAvailableError
        If the quarter is not reported.

    Examples
    --------
    >>> [str(each.as_of) for each in roll("article").steps][-1]
    '2026Q2'
    """
    newest = load_scenario(name, company=company)
    chosen = newest.company
    actuals = load_actuals(chosen)
    quarter = to or actuals.latest
    check_as_of(quarter, actuals)
    if quarter <= newest.as_of:
        raise InputError(f"{newest.name} is as of {newest.as_of} already: import a later quarter, then roll")
    shipped = _with_drivers_that_ship(chosen)
    before = load_scenario(name, company=shipped)
    reported = load_scenario(name, quarter, shipped)
    now = load_scenario(name, quarter, chosen)
    dated = _with(reported, {key: now.table[key] for key in chosen.presentation.reports.dated}, now.sources)
    guided = _guided(dated, before.as_of)
    refitted = _refitted(guided)
    moved = [key for key in now.table if now.table[key] != reported.table[key]]
    own = {key: now.table[key] for key in moved if key not in chosen.presentation.reports.dated}
    after = replace(_with(refitted, own, now.sources), company=chosen)
    changed = {each.spec.key for each in changes(reported, after)}
    steps = (reported, dated, guided, refitted, after)
    return Roll(before, steps, tuple(_dropped(before, quarter)), tuple(_review(after, changed)))


def _with_drivers_that_ship(company: Company) -> Company:
    own = company.own
    left = tuple(each for each in own.texts if each[0] not in DRIVERS_FILES)
    return with_own_data(company, replace(own, texts=left))


def _with(
    scenario: Scenario, values: Mapping[str, Mapping[str, float]], sources: Mapping[str, Origin]
) -> Scenario:
    notes = {key: sources[key] for key in values if key in sources}
    return replace(scenario, table={**scenario.table, **values}, sources={**scenario.sources, **notes})


def _guided(scenario: Scenario, since: Quarter) -> Scenario:
    """Return the scenario with what the company has said after the results of ``since``."""
    company = scenario.company
    for driver, line in company.roll.guided.items():
        values, said = dict(scenario.table[driver]), None
        first = scenario.as_of.shifted(1).year
        for year in range(first, company.last.year + 1):
            found = guidance_at(company, scenario.as_of, line, Period("annual", year))
            if found and found.as_of > since:
                values[str(year)], said = found.middle, found
        if said is not None:
            origin = Origin("G", f"Guidance of {said.date}: {said.source}")
            scenario = _with(scenario, {driver: values}, {driver: origin})
    return scenario


def _refitted(scenario: Scenario) -> Scenario:
    company = scenario.company
    history, specs = history_at(scenario.as_of, run([scenario])), driver_specs(company)
    for refit in company.roll.refits:
        spec = specs[refit.driver]
        value = spec.clipped(refit.value(history))
        if any(abs(value - each) > 1e-12 for each in scenario.ahead(refit.driver).values()):  # noqa: PLR2004
            origin = Origin(_FITTED, f"{refit.rule}; as of {scenario.as_of}")
            moved = scenario.with_overrides({refit.driver: value})
            scenario = replace(moved, sources={**scenario.sources, refit.driver: origin})
    return scenario


def _dropped(scenario: Scenario, quarter: Quarter) -> Iterator[str]:
    for key, spec in driver_specs(scenario.company).items():
        if spec.driver.kind == "yearly":
            for period in (each for each in scenario.table[key] if "Q" in each):
                if scenario.as_of < Quarter.parse(period) <= quarter:
                    yield f"{key} {period}"


def _review(scenario: Scenario, changed: set[str]) -> Iterator[Review]:
    """Yield what nobody renewed: judgement, what is dated, and fits without a rule."""
    company = scenario.company
    dated, refits = company.presentation.reports.dated, {each.driver for each in company.roll.refits}
    for key, spec in driver_specs(company).items():
        origin = scenario.origin_of(key)
        grade = origin.grade or spec.grade
        if key in changed:
            continue
        if key in dated:
            yield Review(key, grade, origin.source, "as of the valuation date: not renewed in drivers.csv")
        elif grade == _FITTED and key not in refits:
            yield Review(key, grade, origin.source, "fitted on earlier figures: no rule fits it anew")
        elif key in scenario.sources and origin.source != spec.source:
            yield Review(key, grade, origin.source, "the scenario's own: kept")
