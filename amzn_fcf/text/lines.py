"""Lines of the model with their definitions, and the words for periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from amzn_fcf.text.tables import print_records
from model.backends.prose import definition
from model.errors import PeriodError, did_you_mean, shown
from model.language.periods import Frequency, Period

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario


def frequency_of(period: str) -> Frequency | None:
    """Return the frequency that a text names; None if it is one period. Anything else is an error."""
    if period.lower() in get_args(Frequency):
        return cast("Frequency", period.lower())
    try:
        Period.parse(period)
    except PeriodError:
        forms = "annual, quarterly, ttm, 2026, 2026Q3 or 'TTM 2026Q3'"
        near = did_you_mean(period, get_args(Frequency)).partition("; allowed")[0]
        raise PeriodError(f"{shown(period)} is not a period{near}; write {forms}") from None
    return None


def print_lines(scenario: Scenario, form: str) -> None:
    """Print the name, unit, label and definition of every line."""
    plan = scenario.plan
    lines = [
        {"line": row.key, "unit": row.unit, "label": row.label, "definition": definition(row, plan)}
        for row in plan.rows.values()
        if row.line is not None and row.vintage is None and not row.key.startswith("check_")
    ]
    if form != "text":
        print_records(lines, form, "line")
        return
    for each in lines:
        print(f"{each['line']} [{each['unit']}]: {each['label']}\n    = {each['definition']}")
