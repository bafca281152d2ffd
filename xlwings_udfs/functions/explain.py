"""What AMZN_EXPLAIN and AMZN_VERSION say."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Final

from model.errors import PeriodError
from model.language.nodes import leaves
from model.language.periods import Period, Quarter
from model.plan.plan import key_of

if TYPE_CHECKING:
    from model.plan.plan import Row
    from model.results import Results

_MOST_VALUES: Final = 12


def values_used(results: Results, row: Row, period: Period) -> str:
    """Return the figure of a line in a period, and of every line that its formula uses, as text."""
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
    try:
        return installed_version("amzn-fcf")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "unknown"
