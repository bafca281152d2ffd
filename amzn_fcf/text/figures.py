"""Figures of results as text, and events that do not happen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.language.periods import Quarter
from model.language.units import measure
from model.reported.actuals import load_actuals

if TYPE_CHECKING:
    from model.analysis.swings import Steps
    from model.company import Company
    from model.results import Results

billions: Final = measure("USD m").chart_text
"""Writes USD m as USD bn."""


def share_text(share: float, decimals: int = 1) -> str:
    """Return a share or a probability in per cent; one that does not exist is ``-``."""
    return "-" if math.isnan(share) else f"{share:.{decimals}%}"


def step_text(steps: Steps, value: float) -> str:
    """Return a step of a driver as text: its value, the amount added, or the factor."""
    if steps.operation == "scale":
        return f"x {value:g}"
    if steps.operation == "add":
        return measure(steps.spec.driver.unit).change_text(value)
    return steps.spec.driver.look.text(value)


def difference_of(unit: str, before: float, after: float) -> float | None:
    """Return the difference of two figures in a unit, of quarters their number; None: there is none."""
    if math.isnan(before) or math.isnan(after):
        return None
    if unit == "quarter":
        return float(Quarter.from_code(after) - Quarter.from_code(before))
    return after - before


def figure_text(results: Results, key: str) -> str:
    """Return a figure that does not vary over time as text."""
    return results.plan.row(key).look.text(float(results.values[key][0, 0]))


def event_text(results: Results, name: str) -> str:
    """Return the quarter of an event as text, or that it does not happen.

    The quarter from which free cash flow stays positive is "never below 0" if the trough is above 0.
    """
    words = results.scenarios[0].company.presentation
    trough = words.questions.trough
    if name == words.reports.positive and trough and results.values[trough][0, 0] > 0:
        return "never below 0"
    code = results.values[name][0, 0]
    return f"not by {results.plan.axis.last}" if math.isnan(code) else str(Quarter.from_code(code))


def price_of(results: Results, option: str) -> float:
    """Return the share price of a scenario; ``option``: the one to give if the company has no price."""
    company = results.scenarios[0].company
    price = company.presentation.questions.price
    if not price:
        raise InputError(f"{option} needs a number: {company.title} has no share price")
    return float(results.values[price][0, 0])


def first_year(company: Company) -> int:
    """Return the year of the first quarter that is not reported yet; tables of all as-ofs begin with it."""
    return load_actuals(company).latest.shifted(1).year
