"""Functions for cells: the definition of a line with the values behind it, and the version of the model."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

from model.analysis.outline import outline
from model.analysis.tree import explain
from model.backends.prose import definition
from model.errors import AmznFcfError, PeriodError, few
from model.language.nodes import leaves
from model.language.periods import DAY_ZERO, Period, Quarter
from model.outputs import Output
from model.plan.plan import key_of
from model.scenarios.files import builtin_scenarios
from model.scenarios.scenario import assumption_hash
from model.scenarios.spec import ALL
from xlwings_udfs.cells.arguments import is_blank_or_zero, period_of, text_of, whole_of
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.models import computed, current_year, model_of, scenario, scenario_name
from xlwings_udfs.cells.overrides import overrides_of
from xlwings_udfs.functions.arguments import OverridesCell, PeriodCell, ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.functions.words import words

if TYPE_CHECKING:
    from model.plan.plan import Row
    from model.results import Results
    from xlwings_udfs.cells.overrides import FrozenOverrides

_MOST_VALUES: Final = 12
_MOST_OVERRIDES: Final = 200
_DEEPEST: Final = 6
_LONGEST_TEXT: Final = 32_767
"""Characters of a text in a cell."""


@cell_function
def AMZN_EXPLAIN(
    line: Annotated[Any, "Name of a line of the model"],
    period: PeriodCell = None,
    scenario: ScenarioCell = None,
    overrides: OverridesCell = None,
    depth: Annotated[Any, "Levels of the tree behind the figure, to 6. Blank: its definition"] = None,
) -> str:
    """Return the definition of a line, the values behind it and the overrides as understood; or the fault.

    Example: ``AMZN_EXPLAIN("free_cash_flow", 2026)``. With a depth: the tree behind the figure, largest
    contributions first.
    """
    try:
        taken = overrides_of(overrides)
        results = computed(scenario_name(scenario), taken)
        key = text_of(line, "line", "")
        row = results.plan.row(key)
        when = period_of(period, current_year(results))
        if not is_blank_or_zero(depth):
            return _tree(results, row, when, depth)
        meaning = definition(row, results.plan) or "an assumption"
        return f"{key} [{row.unit}] = {meaning}. {_values_used(results, row, when)}{_listed(taken)}"
    except AmznFcfError as error:
        return str(error)


def _tree(results: Results, row: Row, when: Period, depth: object) -> str:
    levels = whole_of(depth, "depth", 1, (1, _DEEPEST))
    output = Output.of(row.key, results.plan, when if row.timed else None)
    text = "\n".join(outline(explain(results, output, levels)))
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 4]} ..."


def _values_used(results: Results, row: Row, period: Period) -> str:
    own = _shown(results, row.key, period)
    quarter = Quarter(period.year, period.quarter)
    past = quarter <= results.plan.axis.as_of and row.line is not None and not row.line.result
    formula = row.history if past else row.forecast
    used = list(dict.fromkeys(key_of(leaf) for leaf in leaves(formula))) if formula is not None else []
    named = [f"{key} = {_shown(results, key, period)}" for key in used]
    values = f"; with {few(named, _MOST_VALUES)}" if named else ""
    return f"In {period}, {results.scenarios[0].name}: {own}{values}"


def _listed(overrides: FrozenOverrides) -> str:
    """Return overrides as text: ``". Overrides: wacc = 0.09; aws_growth 2027 = 0.25"``."""
    named = []
    for driver, given in overrides:
        values = given if isinstance(given, tuple) else ((ALL, given),)
        named += [f"{driver}{'' if when == ALL else f' {when}'} = {value:,.6g}" for when, value in values]
    return f". Overrides: {few(named, _MOST_OVERRIDES, '; ')}" if named else ""


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
