"""Figures as people read them in a terminal: units, quarters, dates, and what does not happen."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Final

from model.language.periods import DAY_ZERO, Quarter
from model.language.units import measure

if TYPE_CHECKING:
    from model.results import Results

_MONEY: Final = 1000.0
"""USD m in a USD bn."""


def shown(value: float, unit: str) -> float | str | None:
    """Return a figure as people and programs read it: quarters as 2026Q3, dates as 2026-10-06, an error value as nothing."""
    if not math.isfinite(value):
        return None
    if unit == "quarter":
        return str(Quarter.from_code(value))
    return date.fromordinal(round(value) + DAY_ZERO).isoformat() if unit == "date" else float(value)


def text(value: float | str | None, unit: str) -> str:
    """Return what :func:`shown` gave as text."""
    if value is None:
        return "not on the axis" if unit == "quarter" else "not meaningful"
    if isinstance(value, str):
        return value
    return measure(unit).text(value)


def exact(value: float, unit: str) -> str:
    """Return the value of a driver as text, with the digits in which drivers differ."""
    return f"{100 * value:.2f} %" if measure(unit).percent else text(shown(value, unit), unit)


def read(results: Results, key: str, scenario: int = 0) -> str:
    """Return one value of the model, which does not vary with time, as text."""
    row = results.plan.row(key)
    values = results.values[key][0]
    return text(shown(float(values[min(scenario, len(values) - 1)]), row.unit), row.unit)


def billions(value: float) -> str:
    """Return USD m as USD bn."""
    return f"{value / _MONEY:.1f}"


def event(results: Results, name: str, scenario: int = 0) -> str:
    """Return an inflection quarter as text, or that it does not happen."""
    code = results.values[name][0, scenario]
    return f"not by {results.plan.axis.last}" if math.isnan(code) else str(Quarter.from_code(code))


def positive(results: Results, scenario: int = 0) -> str:
    """Return from when free cash flow stays above 0, or that it never was below."""
    return (
        "never below 0"
        if results.values["trough_amount"][0, scenario] > 0
        else event(results, "positive", scenario)
    )
