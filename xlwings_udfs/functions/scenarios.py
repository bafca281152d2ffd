"""Functions for cells: a scenario's inflection, statements and drivers, all scenarios, and the claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from model.errors import NotAvailableError, PeriodError
from model.evidence.claims import ledger
from model.language.periods import Period, Quarter
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_scenarios
from model.scenarios.spec import ALL
from xlwings_udfs.cells.arguments import Block, Scalar, is_blank, period_of
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.error_values import NOT_AVAILABLE
from xlwings_udfs.cells.models import computed, current_year, figure, in_cell, model_of, scenario_name
from xlwings_udfs.cells.overrides import overrides_of
from xlwings_udfs.functions.arguments import OverridesCell, ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import (
    FREQUENCIES,
    choice,
    known,
    meaning,
    questions,
    statement_rows,
    statements,
    words,
)

if TYPE_CHECKING:
    from model.results import Results


@cell_function
def AMZN_INFLECTION(
    event: Annotated[Any, choice(
        "trough, turn, positive (and stays above 0), recross of the earlier peak, intensity_peak",
        questions().events, words().usual_event or None,
    )] = None,
    scenario: ScenarioCell = None,
    measure: Annotated[Any, choice("Measure of free cash flow", words().inflection_measures)] = None,
    overrides: OverridesCell = None,
) -> str:  # fmt: skip
    """Quarter in which trailing-twelve-month free cash flow turns, such as "2027Q2"; #N/A if it never does.

    Example: ``AMZN_INFLECTION("turn", "bear")``.
    """
    key = meaning(event, "event", {each: each for each in questions().events}, words().usual_event or None)
    frozen, measures = overrides_of(overrides), words().inflection_measures
    if measures or not is_blank(measure):
        number = meaning(measure, "measure", measures)
        if number != meaning(None, "measure", measures):
            frozen = tuple(sorted({**dict(frozen), words().inflection_driver: number}.items()))
    results = computed(scenario_name(scenario), frozen)
    return str(in_cell(figure(results, key, current_year(results)), results.plan.row(key)))


@cell_function
def AMZN_TABLE(
    statement: Annotated[
        Any, choice("A statement (income, cash_flow, position) or another table", statements())
    ] = None,
    scenario: ScenarioCell = None,
    frequency: Annotated[
        Any, choice("annual, quarterly or ttm (trailing twelve months)", FREQUENCIES)
    ] = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return a statement as a block: one row per line, periods across; empty where a line has no figure.

    Example: ``AMZN_TABLE("income", "base", "annual")``.
    """
    lines = meaning(statement, "statement", statements()).lines
    return statement_rows(model_of(scenario, overrides), lines, meaning(frequency, "frequency", FREQUENCIES))


@cell_function
def AMZN_DRIVERS(scenario: ScenarioCell = None) -> Any:
    """Drivers of a scenario as a block that can be used as overrides.

    Example: ``AMZN_DRIVERS("bull")``. Values by year; those that do not vary stand under "all".
    """
    results = model_of(scenario)
    found, as_of = results.scenarios[0], results.plan.axis.as_of
    specs = {key: spec for key, spec in driver_specs(found.company).items() if spec.driver.kind != "elapsed"}
    years = [str(year) for year in results.plan.axis.years if year >= as_of.shifted(1).year]
    given = {period for key in specs for period in found.table[key]}
    quarters = sorted(period for period in given if "Q" in period and period > str(as_of))
    periods = [ALL, *years, *quarters]
    block: Block = [["driver", "unit", *(int(each) if each.isdigit() else each for each in periods)]]
    for key, spec in specs.items():
        block.append([key, spec.driver.unit, *(found.table[key].get(period) for period in periods)])
    return block


@cell_function
def AMZN_SCENARIOS() -> Any:
    """Scenarios that ship, as a block: name, title, as-of, weight and the main figures of each.

    Example: ``AMZN_SCENARIOS()``. The free cash flow is that of the current year.
    """
    base = model_of(None)
    year, headlines = current_year(base), words().headlines
    heads = [f"{head} {year.year}" if base.plan.row(key).timed else head for head, key in headlines.items()]
    block: Block = [["scenario", "title", "as_of", "weight", *heads]]
    for name in builtin_scenarios():
        results = computed(name)
        each = results.scenarios[0]
        figures = [_or_not_available(results, key, year) for key in headlines.values()]
        block.append([name, each.title, str(each.as_of), each.weight, *figures])
    return block


def _or_not_available(results: Results, key: str, period: Period) -> Scalar:
    try:
        return in_cell(figure(results, key, period), results.plan.row(key))
    except NotAvailableError:
        return NOT_AVAILABLE


@cell_function
def AMZN_CLAIMS(
    as_of: Annotated[Any, "Quarter by whose results the claims are judged. Blank: the latest"] = None,
) -> Any:
    """Return the article's claims as a block.

    Example: ``AMZN_CLAIMS("2025Q3")``. Columns: claim, status, figure of the article scenario, reported
    figure, USD per share at stake, reason.
    """
    latest = model_of(None).plan.axis.as_of
    period = period_of(as_of, Period.of(latest))
    if period.frequency != "quarterly":
        raise PeriodError(f"as_of needs a quarter such as {latest}, not {period}")

    block: Block = [["claim", "status", "article", "reported", "unit", "usd_per_share_at_stake", "reason"]]
    for each in ledger(Quarter(period.year, period.quarter)):
        figures = (known(each.article), known(each.reported), each.claim.unit, known(each.at_stake))
        block.append([each.claim.text, each.status, *figures, each.reason])
    return block
