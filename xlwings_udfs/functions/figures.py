"""Functions for cells: Amazon's free cash flow, margins and value. One source for every host.

Money is in USD millions, value per share in USD, ratios are fractions (0.10 = 10 %). Arguments in brackets
can be left out. ``period``: 2026 (fiscal year), "2026Q3" (quarter), "TTM 2026Q3"; a range of periods gives a
block of the same shape. ``scenario``: a name, or overlays joined to it by +: "base+power_delay".
``overrides``: a range of two columns (driver, value for all years ahead) or a driver table with years across,
as AMZN_DRIVERS spills it.

In Python these are plain functions that raise typed exceptions; hosts show them as #VALUE!, #N/A or #NUM!.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any, Literal, cast, get_args

from model.analysis.solve import solve, value_row
from model.analysis.weighting import weighted_scenarios
from model.backends.prose import definition
from model.errors import AmznFcfError, NotAvailableError, NotMeaningfulError, PeriodError
from model.evidence.claims import ledger
from model.language.periods import DAY_ZERO, Frequency, Period, Quarter
from model.results import Results, run
from model.scenarios.drivers import ALL, driver_specs
from model.scenarios.files import builtin_scenarios
from model.scenarios.scenario import assumption_hash
from xlwings_udfs.cells.arguments import (
    Block,
    Result,
    Scalar,
    choice_of,
    is_blank,
    number_of,
    over_periods,
    overrides_of,
    period_of,
    text_of,
    thawed,
)
from xlwings_udfs.cells.models import (
    computed,
    current_year,
    figure,
    in_cell,
    model_of,
    scenario,
    scenario_name,
    scenario_of,
)
from xlwings_udfs.cells.registry import cell_function
from xlwings_udfs.functions.arguments import OverridesCell, PeriodCell, ScenarioCell  # noqa: TC001  # hosts read annotations when they run
from xlwings_udfs.functions.explain import values_used, version
from xlwings_udfs.functions.words import (
    CAPEX,
    DENOMINATORS,
    FREE_CASH_FLOW,
    MARGINS,
    SALES,
    STATEMENTS,
    statement_rows,
)

Measure = Literal[
    "company", "after_leases", "after_equipment_leases", "gross_capex", "after_stock_compensation", "fcff"
]
Segment = Literal["total", "aws", "advertising", "north_america", "international", "stores"]
Margin = Literal["operating", "aws", "advertising", "retail", "net", "normalised_net", "fcf"]
CapexPart = Literal["net", "gross", "aws", "other"]
Method = Literal["dcf", "exit_multiple", "sotp", "price_to_sales", "net_margin", "weighted"]
Multiple = Literal["P/S", "EV/EBITDA", "P/OCF", "P/FCF", "P/E"]
Event = Literal["trough", "turn", "positive", "recross", "intensity_peak"]
Statement = Literal["income", "sales", "assets", "cash", "margins", "value", "inflection"]


def _line(key: str, period: Any, scenario: Any, overrides: Any) -> Result:  # whatever a cell holds
    results = model_of(scenario, overrides)
    row = results.plan.row(key)
    if not row.timed:
        return in_cell(figure(results, key, current_year(results)), row)
    return over_periods(period, current_year(results), lambda each: in_cell(figure(results, key, each), row))


@cell_function
def AMZN_FCF(
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
    measure: Annotated[
        Measure, {"doc": "Measure of free cash flow; company is Amazon's own definition"}
    ] = "company",
    overrides: OverridesCell = None,
) -> Any:
    """Free cash flow of Amazon, USD m.

    Example: ``AMZN_FCF(2026, "bull")``. Formula: operating cash flow less net capital expenditure;
    ``measure`` picks another.
    """
    return _line(
        FREE_CASH_FLOW[choice_of(measure, "measure", get_args(Measure), "company")],
        period,
        scenario,
        overrides,
    )


@cell_function
def AMZN_LINE(
    line: Annotated[Any, {"doc": "Name of a line of the model, such as aws_sales; AMZN_TABLE shows many"}],
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return any line of the model by name.

    Example: ``AMZN_LINE("aws_utilisation")``, ``AMZN_LINE("backlog", "2026Q4", "base")``.
    """
    return _line(text_of(line, "line", ""), period, scenario, overrides)


@cell_function
def AMZN_ACTUAL(
    line: Annotated[Any, {"doc": "Name of a line of the model, such as net_sales"}], period: PeriodCell
) -> Any:
    """Return a reported figure only; #N/A if it is not reported yet.

    Example: ``AMZN_ACTUAL("free_cash_flow", "TTM 2026Q2")``.
    """
    results = model_of(None)
    key = text_of(line, "line", "")
    row = results.plan.row(key)
    if not row.timed or (row.line is not None and row.line.result):
        raise NotAvailableError(f"{key} is not a figure that is reported: use AMZN_LINE")

    def reported(each: Period) -> Scalar:
        if Quarter(each.year, each.quarter) > results.plan.axis.as_of:
            raise NotAvailableError(
                f"{key} is not reported for {each}: the latest quarter is {results.plan.axis.as_of}"
            )
        return in_cell(figure(results, key, each), row)

    return over_periods(period, Period("annual", results.plan.axis.as_of.year - 1), reported)


@cell_function
def AMZN_REVENUE(
    period: PeriodCell = None,
    segment: Annotated[
        Segment, {"doc": "total, a segment, or advertising or stores, which cut across the retail segments"}
    ] = "total",
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Net sales, USD m.

    Example: ``AMZN_REVENUE("2026Q3", "aws")``.
    """
    return _line(
        SALES[choice_of(segment, "segment", get_args(Segment), "total")], period, scenario, overrides
    )


@cell_function
def AMZN_MARGIN(
    period: PeriodCell = None,
    margin: Annotated[Margin, {"doc": "Which margin; the advertising margin is an assumption"}] = "operating",
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return a margin as a fraction of sales.

    Example: ``AMZN_MARGIN(2026, "aws", "article")``.
    """
    return _line(
        MARGINS[choice_of(margin, "margin", get_args(Margin), "operating")], period, scenario, overrides
    )


@cell_function
def AMZN_CAPEX(
    period: PeriodCell = None,
    part: Annotated[
        CapexPart,
        {"doc": "net (of proceeds, as guidance is spoken), gross, or property additions of aws or other"},
    ] = "net",
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Capital expenditure, USD m; aws and other are property additions, accrued and leased as well as paid.

    Example: ``AMZN_CAPEX(2026)``.
    """
    return _line(CAPEX[choice_of(part, "part", get_args(CapexPart), "net")], period, scenario, overrides)


def _value(method: str, scenario: Any, overrides: Any) -> float:  # whatever a cell holds
    if method != "weighted":
        results = model_of(scenario, overrides)
        return figure(results, value_row(method), current_year(results))
    changed = thawed(overrides_of(overrides))
    mix = [each.with_overrides(changed) for each in weighted_scenarios()]
    values = run(mix).values[value_row("dcf")][0]
    found = math.fsum(float(value) * each.weight for value, each in zip(values, mix, strict=True))
    if not math.isfinite(found):
        raise NotMeaningfulError("the weighted value has no meaning: one of the scenarios has none")
    return found


@cell_function
def AMZN_VALUE(
    method: Annotated[
        Method,
        {"doc": "dcf, exit_multiple, sotp, price_to_sales, net_margin; weighted: dcf of base, bull and bear"},
    ] = "dcf",
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Value per share, USD.

    Example: ``AMZN_VALUE("dcf", "article")``. ``weighted`` takes the scenarios' own weights and no scenario.
    """
    return _value(choice_of(method, "method", get_args(Method), "dcf"), scenario, overrides)


@cell_function
def AMZN_UPSIDE(
    price: Annotated[Any, {"doc": "Price of the share, USD. Blank: the scenario's own"}] = None,
    method: Annotated[Method, {"doc": "Method of valuation"}] = "dcf",
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return value / price - 1.

    Example: ``AMZN_UPSIDE(250, "sotp")``.
    """
    worth = _value(choice_of(method, "method", get_args(Method), "dcf"), scenario, overrides)
    return worth / _price(price, model_of(scenario, overrides)) - 1


def _price(price: Any, results: Results) -> float:  # whatever a cell holds
    found = float(results.values["price"][0, 0]) if is_blank(price) else number_of(price, "price")
    if found <= 0:
        raise NotMeaningfulError(f"price must be above 0, not {found:g}")
    return found


@cell_function
def AMZN_MULTIPLE(
    multiple: Annotated[
        Multiple,
        {"doc": "P/S, EV/EBITDA, P/OCF, P/FCF or P/E (on income before gains on stakes and special charges)"},
    ],
    period: Annotated[
        Any, {"doc": "Twelve months of the figure: 2026, TTM 2026Q3. Blank: the last four reported quarters"}
    ] = None,
    scenario: ScenarioCell = None,
    price: Annotated[Any, {"doc": "Price of the share, USD. Blank: the scenario's own"}] = None,
    overrides: OverridesCell = None,
) -> Any:
    """Multiple at a price, on diluted shares; #NUM! where the figure is 0 or below.

    Example: ``AMZN_MULTIPLE("P/FCF", "TTM 2027Q4")``.
    """
    kind = choice_of(multiple, "multiple", get_args(Multiple), "")
    results = model_of(scenario, overrides)
    worth = _price(price, results) * float(results.values["diluted_shares"][0, 0])
    if kind == "EV/EBITDA":
        worth += float(results.values["net_debt"][0, 0])

    def at(each: Period) -> Scalar:
        twelve_months = Period("ttm", each.year, each.quarter) if each.frequency == "quarterly" else each
        found = figure(results, DENOMINATORS[kind], twelve_months)
        if found <= 0:
            raise NotMeaningfulError(
                f"{kind} has no meaning in {twelve_months}: {DENOMINATORS[kind]} is {found:,.0f}"
            )
        return worth / found

    as_of = results.plan.axis.as_of
    return over_periods(period, Period("ttm", as_of.year, as_of.number), at)


@cell_function
def AMZN_IMPLIED(
    driver: Annotated[
        Any, {"doc": "Driver to solve for, such as wacc or aws_growth; or growth, margin, capex, inflection"}
    ],
    price: Annotated[Any, {"doc": "Price of the share to reach, USD"}],
    method: Annotated[Method, {"doc": "Method of valuation"}] = "dcf",
    scenario: ScenarioCell = None,
) -> Any:
    """Return the driver value, the same in all years ahead, at which the method equals the price; #NUM! if there is none.

    Example: ``AMZN_IMPLIED("wacc", 234.75, "dcf", "article")``.
    """
    row = value_row(choice_of(method, "method", get_args(Method), "dcf"))
    return solve(scenario_of(scenario), text_of(driver, "driver", ""), number_of(price, "price"), row).value


@cell_function
def AMZN_INFLECTION(
    event: Annotated[
        Event,
        {
            "doc": "trough, turn, positive (from when it stays above 0), recross of the earlier peak, intensity_peak"
        },
    ] = "positive",
    scenario: ScenarioCell = None,
    measure: Annotated[Measure, {"doc": "Measure of free cash flow"}] = "company",
    overrides: OverridesCell = None,
) -> Any:
    """Quarter in which trailing-twelve-month free cash flow turns, such as "2027Q2"; #N/A if it does not by 2035.

    Example: ``AMZN_INFLECTION("turn", "bear")``.
    """
    chosen = choice_of(measure, "measure", get_args(Measure)[:-1], "company")
    frozen = overrides_of(overrides)
    if chosen != "company":
        frozen = tuple(
            sorted({**dict(frozen), "inflection_measure": float(get_args(Measure).index(chosen) + 1)}.items())
        )
    results = computed(scenario_name(scenario), frozen)
    key = choice_of(event, "event", get_args(Event), "positive")
    return in_cell(figure(results, key, current_year(results)), results.plan.row(key))


@cell_function
def AMZN_TABLE(
    statement: Annotated[
        Statement, {"doc": "income, sales, assets, cash, margins, value or inflection"}
    ] = "cash",
    scenario: ScenarioCell = None,
    frequency: Annotated[
        Literal["annual", "quarterly", "ttm"], {"doc": "annual, quarterly or ttm (trailing twelve months)"}
    ] = "annual",
    overrides: OverridesCell = None,
) -> Any:
    """Return a statement as a block: one row a line, periods across; empty where a line has no figure.

    Example: ``AMZN_TABLE("cash", "base", "annual")``.
    """
    name = choice_of(statement, "statement", get_args(Statement), "cash")
    how = choice_of(frequency, "frequency", get_args(Frequency), "annual")
    return statement_rows(model_of(scenario, overrides), STATEMENTS[name], cast("Frequency", how))


@cell_function
def AMZN_DRIVERS(scenario: ScenarioCell = None) -> Any:
    """Drivers of a scenario as a block: values by year, and under "all" those that do not vary; it can be used as overrides.

    Example: ``AMZN_DRIVERS("bull")``.
    """
    results = model_of(scenario)
    found, as_of = results.scenarios[0], results.plan.axis.as_of
    specs = {key: spec for key, spec in driver_specs().items() if spec.driver.kind != "elapsed"}
    first = str(as_of.shifted(1).year)
    quarters = sorted(
        {period for key in specs for period in found.table[key] if "Q" in period and period > str(as_of)}
    )
    periods = [ALL, *(str(year) for year in results.plan.axis.years if str(year) >= first), *quarters]
    heads: list[Scalar] = [int(each) if each.isdigit() else each for each in periods]
    block: Block = [["driver", "unit", *heads]]
    block += [
        [key, spec.driver.unit, *(found.table[key].get(period) for period in periods)]
        for key, spec in specs.items()
    ]
    return block


@cell_function
def AMZN_SCENARIOS() -> Any:
    """Scenarios that ship, as a block: name, title, as-of, weight, free cash flow 2026, quarter from which it is positive, value.

    Example: ``AMZN_SCENARIOS()``.
    """
    block: Block = [
        ["scenario", "title", "as_of", "weight", "free_cash_flow 2026", "positive", "value_per_share[dcf]"]
    ]
    for name in builtin_scenarios():
        results = computed(name)
        each = results.scenarios[0]
        flow = results.value("free_cash_flow", Period("annual", 2026))
        block.append(
            [
                name,
                each.title,
                str(each.as_of),
                each.weight,
                flow,
                AMZN_INFLECTION("positive", name),
                AMZN_VALUE("dcf", name),
            ]
        )
    return block


@cell_function
def AMZN_CLAIMS(
    as_of: Annotated[
        Any, {"doc": "Quarter by whose results the claims are judged. Blank: the latest"}
    ] = None,
) -> Any:
    """Return the article's claims as a block: claim, status, what the article scenario gives, reported, USD a share at stake, why.

    Example: ``AMZN_CLAIMS("2025Q3")``.
    """
    latest = model_of(None).plan.axis.as_of
    period = period_of(as_of, Period("quarterly", latest.year, latest.number))
    if period.frequency != "quarterly":
        raise PeriodError(f"as_of needs a quarter such as 2026Q2, not {period}")

    def known(value: float) -> Scalar:
        return None if math.isnan(value) else value

    block: Block = [["claim", "status", "article", "reported", "unit", "usd_per_share_at_stake", "reason"]]
    for each in ledger(Quarter(period.year, period.quarter)):
        figures = (known(each.article), known(each.reported), each.claim.unit, known(each.at_stake))
        block.append([each.claim.text, each.status, *figures, each.reason])
    return block


@cell_function
def AMZN_EXPLAIN(
    line: Annotated[Any, {"doc": "Name of a line of the model"}],
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
) -> Any:
    """Return the definition of a line and the values that went into it; for arguments that fail, what is wrong with them.

    Example: ``AMZN_EXPLAIN("free_cash_flow", 2026)``.
    """
    try:
        results = model_of(scenario)
        key = text_of(line, "line", "")
        row = results.plan.row(key)
        when = period_of(period, current_year(results))
        return f"{key} [{row.unit}] = {definition(row, results.plan) or 'an assumption'}. {values_used(results, row, when)}"
    except AmznFcfError as error:
        return str(error)


@cell_function
def AMZN_VERSION() -> Any:
    """Version of the model, as-of and date of the data, and a hash of all assumptions that ship.

    Example: ``AMZN_VERSION()``.
    """
    results = model_of(None)
    shipped = [scenario(name) for name in builtin_scenarios()]
    day = date.fromordinal(round(results.values["valuation_date"][0, 0]) + DAY_ZERO)
    return f"amzn-fcf {version()}, as-of {results.plan.axis.as_of}, prices of {day}, assumptions {assumption_hash(shipped)}"
