"""Figures as text: units, quarters, dates, and events that do not happen."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.language.periods import DAY_ZERO, Quarter
from model.language.units import measure
from model.reported.actuals import load_actuals

if TYPE_CHECKING:
    from model.analysis.swings import Steps
    from model.company import Company
    from model.results import Results

_MONEY: Final = 1000.0
"""USD m in a USD bn."""


def shown(value: float, unit: str) -> float | str | None:
    """Return a figure as a record holds it: quarters as 2026Q3, dates as 2026-10-06, error values as None."""
    if not math.isfinite(value):
        return None
    if unit == "quarter":
        return str(Quarter.from_code(value))
    return date.fromordinal(round(value) + DAY_ZERO).isoformat() if unit == "date" else float(value)


def text(value: float | str | None, unit: str) -> str:
    """Return the value of a record as text."""
    if value is None:
        return "not on the axis" if unit == "quarter" else "not meaningful"
    if isinstance(value, str):
        return value
    return measure(unit).text(value)


def exact(value: float, unit: str) -> str:
    """Return the value of a driver as text, with two decimals for percentages."""
    return f"{100 * value:.2f} %" if measure(unit).percent else text(shown(value, unit), unit)


def step_text(steps: Steps, value: float) -> str:
    """Return a step of a driver as text: its value, the amount added, or the factor."""
    if steps.operation == "scale":
        return f"x {value:g}"
    words = exact(value, steps.spec.driver.unit)
    return f"+{words}" if steps.operation == "add" and value > 0 else words


def read(results: Results, key: str) -> str:
    """Return a value that does not vary over time as text."""
    row = results.plan.row(key)
    return text(shown(float(results.values[key][0, 0]), row.unit), row.unit)


def billions(value: float, sign: str = "") -> str:
    """Return USD m as USD bn; ``sign="+"`` shows the sign of positive figures, too."""
    return f"{value / _MONEY:{sign}.1f}"


def event(results: Results, name: str) -> str:
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
