"""Functions for cells: the definition of a line with the values behind it, and the version of the model."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.backends.prose import definition
from model.errors import AmznFcfError, PeriodError
from model.language.nodes import leaves
from model.language.periods import DAY_ZERO, Period, Quarter
from model.plan.plan import key_of
from model.scenarios.files import builtin_scenarios
from model.scenarios.scenario import assumption_hash
from xlwings_udfs.cells.arguments import period_of, text_of
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.models import current_year, model_of, scenario
from xlwings_udfs.functions.arguments import PeriodCell, ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import words

if TYPE_CHECKING:
    from model.plan.plan import Row
    from model.results import Results

_MOST_VALUES: Final = 12


@cell_function
def AMZN_EXPLAIN(
    line: Annotated[Any, "Name of a line of the model"],
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
) -> str:
    """Return the definition of a line and the values behind it; for wrong arguments, the fault.

    Example: ``AMZN_EXPLAIN("free_cash_flow", 2026)``.
    """
    try:
        results = model_of(scenario)
        key = text_of(line, "line", "")
        row = results.plan.row(key)
        when = period_of(period, current_year(results))
        meaning = definition(row, results.plan) or "an assumption"
        return f"{key} [{row.unit}] = {meaning}. {_values_used(results, row, when)}"
    except AmznFcfError as error:
        return str(error)


def _values_used(results: Results, row: Row, period: Period) -> str:
    own = _shown(results, row.key, period)
    quarter = Quarter(period.year, period.quarter)
    past = quarter <= results.plan.axis.as_of and row.line is not None and not row.line.result
    formula = row.history if past else row.forecast
    used = list(dict.fromkeys(key_of(leaf) for leaf in leaves(formula))) if formula is not None else []
    named = [f"{key} = {_shown(results, key, period)}" for key in used[:_MOST_VALUES]]
    rest = f" and {len(used) - _MOST_VALUES} more" if len(used) > _MOST_VALUES else ""
    values = f"; with {', '.join(named)}{rest}" if named else ""
    return f"In {period}, {results.scenarios[0].name}: {own}{values}"


def _shown(results: Results, key: str, period: Period) -> str:
    try:
        return f"{results.value(key, period):,.6g}"
    except PeriodError:
        return "no figure"


@cache
def version() -> str:
    """Return the version of this package."""
    from importlib import metadata  # noqa: PLC0415  # slow to load

    try:
        return metadata.version("amzn-fcf")
    except metadata.PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"


@cell_function
def AMZN_VERSION() -> str:
    """Version of the model, as-of and date of its data, and a hash of all shipped assumptions.

    Example: ``AMZN_VERSION()``.
    """
    results = model_of(None)
    assumptions = assumption_hash([scenario(name) for name in builtin_scenarios()])
    dated = words().price_date
    day = f", prices of {date.fromordinal(round(results.values[dated][0, 0]) + DAY_ZERO)}" if dated else ""
    return f"amzn-fcf {version()}, as-of {results.plan.axis.as_of}{day}, assumptions {assumptions}"
