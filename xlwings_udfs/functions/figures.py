"""Functions for cells: figures of the model by line, period and scenario.

Money is in USD millions, value per share in USD, ratios are fractions (0.10 = 10%). Arguments in brackets
can be left out. ``period``: 2026 (fiscal year), "2026Q3" (quarter), "TTM 2026Q3"; a range of periods gives a
block of the same shape. ``scenario``: a name, with overlays joined by +: "base+power_delay". ``overrides``: a
range of two columns (driver, value for every forecast period) or a driver table with years across, as
AMZN_DRIVERS spills it.

In Python these are plain functions that raise typed exceptions; hosts show them as #VALUE!, #N/A or #NUM!.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from model.errors import NotAvailableError
from model.language.periods import Period, Quarter
from xlwings_udfs.cells.arguments import Result, Scalar, over_periods, text_of
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.models import current_year, figure, in_cell, model_of
from xlwings_udfs.functions.arguments import OverridesCell, PeriodCell, ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import choice, meaning, words

if TYPE_CHECKING:
    from model.results import Results


def _line(results: Results, key: str, period: Any) -> Result:
    row = results.plan.row(key)
    if not row.timed:
        return in_cell(figure(results, key, current_year(results)), row)
    return over_periods(period, current_year(results), lambda each: in_cell(figure(results, key, each), row))


@cell_function
def AMZN_FCF(
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
    measure: Annotated[
        Any, choice("Measure of free cash flow; company is Amazon's own definition", words().measures)
    ] = None,
    overrides: OverridesCell = None,
) -> Any:
    """Free cash flow of Amazon, USD m.

    Example: ``AMZN_FCF(2026, "bull")``. Formula: operating cash flow less net capital expenditure;
    ``measure`` picks another.
    """
    return _line(model_of(scenario, overrides), meaning(measure, "measure", words().measures), period)


@cell_function
def AMZN_LINE(
    line: Annotated[Any, "Name of a line of the model, such as aws_sales; AMZN_TABLE shows many"],
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return any line of the model by name.

    Example: ``AMZN_LINE("aws_utilisation")``, ``AMZN_LINE("backlog", "2026Q4", "base")``.
    """
    return _line(model_of(scenario, overrides), text_of(line, "line", ""), period)


@cell_function
def AMZN_ACTUAL(
    line: Annotated[Any, "Name of a line of the model, such as net_sales"],
    period: Annotated[Any, "2025 (fiscal year), 2026Q2 (quarter) or TTM 2026Q2; a range gives a block"],
) -> Any:
    """Return a reported figure only; #N/A if it is not reported yet.

    Example: ``AMZN_ACTUAL("free_cash_flow", "TTM 2026Q2")``.
    """
    results = model_of(None)
    key = text_of(line, "line", "")
    row, as_of = results.plan.row(key), results.plan.axis.as_of
    if not row.timed or (row.line is not None and row.line.result):
        raise NotAvailableError(f"{key} is not a reported figure: use AMZN_LINE")

    def reported(each: Period) -> Scalar:
        if Quarter(each.year, each.quarter) > as_of:
            raise NotAvailableError(f"{key} is not reported for {each}: the latest quarter is {as_of}")
        return in_cell(figure(results, key, each), row)

    return over_periods(period, Period("annual", as_of.year - 1), reported)


@cell_function
def AMZN_REVENUE(
    period: PeriodCell = None,
    segment: Annotated[Any, choice(
        "total, a segment, or advertising or stores, which cut across the retail segments", words().segments
    )] = None,
    scenario: ScenarioCell = None, overrides: OverridesCell = None,
) -> Any:  # fmt: skip
    """Net sales, USD m.

    Example: ``AMZN_REVENUE("2026Q3", "aws")``.
    """
    return _line(model_of(scenario, overrides), meaning(segment, "segment", words().segments), period)


@cell_function
def AMZN_MARGIN(
    period: PeriodCell = None,
    margin: Annotated[
        Any, choice("Which margin; the advertising margin is an assumption", words().margins)
    ] = None,
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
) -> Any:
    """Return a margin as a fraction of sales.

    Example: ``AMZN_MARGIN(2026, "aws", "article")``.
    """
    return _line(model_of(scenario, overrides), meaning(margin, "margin", words().margins), period)


@cell_function
def AMZN_CAPEX(
    period: PeriodCell = None,
    part: Annotated[Any, choice(
        "net (of proceeds, as in guidance), gross, or property additions of aws or other", words().capex
    )] = None,
    scenario: ScenarioCell = None, overrides: OverridesCell = None,
) -> Any:  # fmt: skip
    """Capital expenditure, USD m; aws and other are property additions: paid, accrued or leased.

    Example: ``AMZN_CAPEX(2026)``.
    """
    return _line(model_of(scenario, overrides), meaning(part, "part", words().capex), period)
