"""Figures to compute: a line of the model, with a period if it varies with time.

The same notation serves simulations, tornados and grids, in Python, in cells and on the command line:
``free_cash_flow 2027``, ``ttm_free_cash_flow 2027Q1``, ``free_cash_flow TTM 2027Q1``,
``value_per_share[dcf,mid]``, ``positive``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from model.errors import InputError, NotAvailableError, PeriodError, shown
from model.language.nodes import leaves
from model.language.periods import QUARTERS_A_YEAR, Frequency, Period, Quarter
from model.plan.plan import Plan, Row, key_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.results import Results

_PARTS: Final = re.compile(r"([^\s\[]+)\s*(\[[^\]]*\])?\s*(.*)")


@dataclass(frozen=True)
class Output:
    """A figure of the model by name; ``period`` is None for a line that does not vary with time."""

    key: str
    period: Period | None
    label: str
    unit: str

    @classmethod
    def parse(cls, text: str, plan: Plan) -> Output:
        """Read ``"line"`` or ``"line period"``, in any case.

        Examples
        --------
        >>> from model.scenarios.composing import load_scenario
        >>> str(Output.parse("Free_Cash_Flow 2027", load_scenario("base").plan))
        'free_cash_flow 2027'
        """
        match = _PARTS.fullmatch(text.strip().lower())
        if match is None:
            examples = "free_cash_flow 2027 or value_per_share[dcf,mid]"
            raise InputError(f"{shown(text)} names no line: write one such as {examples}")
        key = match[1] + re.sub(r"\s", "", match[2] or "")
        if key not in plan.rows:  # names of quarters of purchase have a capital letter
            key = next((each for each in plan.rows if each.lower() == key), key)
        row = plan.row(key)
        if row.timed and not match[3]:
            examples = f"{key} 2027, {key} 2027Q1 or {key} TTM 2027Q1"
            raise PeriodError(f"{key} varies with time: write a period after it, such as {examples}")
        if match[3] and not row.timed:
            given = shown(match[3])
            raise PeriodError(f"{key} does not vary with time: write it without {given}")
        return cls.of(key, plan, Period.parse(match[3]) if row.timed else None)

    @classmethod
    def of(cls, key: str, plan: Plan, period: Period | None = None) -> Output:
        """Return the figure of a line in a period; errors as of :meth:`parse`."""
        row = plan.row(key)
        if period is None:
            return cls(key, None, row.label, row.unit)
        place = plan.axis.position(Quarter(period.year, period.quarter))
        if not row.start <= place < row.stop:
            first, last = plan.axis.quarters[row.start], plan.axis.quarters[row.stop - 1]
            raise NotAvailableError(f"{key} has figures from {first} to {last}, none for {period}")
        if period.frequency != "quarterly" and not _has_annual(row, period.frequency):
            hint = f"ask for a quarter, such as {key} 2027Q1"
            raise PeriodError(f"{key} has no {period.frequency} figure: {hint}")
        return cls(key, period, row.label, row.unit)

    @property
    def is_event(self) -> bool:
        """Whether the figure is the quarter of an event."""
        return self.unit == "quarter"

    def read(self, results: Results) -> NDArray[np.float64]:
        """Return the figure in every scenario or draw, shape (scenarios,); NaN: no meaning, or no event.

        Quarters are codes, such as 20263; see :meth:`counted`.
        """
        return np.broadcast_to(self.row(results), len(results.scenarios))

    def row(self, results: Results) -> NDArray[np.float64]:
        """Return the figure in every scenario or draw, or once if all are equal: shape (scenarios or 1,)."""
        if self.period is None:
            return cast("NDArray[np.float64]", results.series(self.key)[0])
        row = results.series(self.key, self.period.frequency)[results.plan.axis.period_position(self.period)]
        return cast("NDArray[np.float64]", row)

    def counted(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values that can be subtracted: quarters as counts, all others unchanged.

        Formula: ``4 * year + number - 1`` for quarter codes ``10 * year + number``.
        """
        if not self.is_event:
            return values
        years, numbers = np.divmod(values, 10)
        return QUARTERS_A_YEAR * years + numbers - 1

    def __str__(self) -> str:
        return self.key if self.period is None else f"{self.key} {self.period}"


def rows_behind(key: str, period: Period | None, plan: Plan) -> tuple[str, ...]:
    """Return the rows that a figure is computed from: for a ratio over a year, also those that it relates."""
    row = plan.row(key)
    ratio = row.line is not None and row.line.annual == "ratio"
    if period is None or period.frequency == "quarterly" or not ratio or row.forecast is None:
        return (row.key,)
    behind = [each for leaf in leaves(row.forecast) for each in rows_behind(key_of(leaf), period, plan)]
    return (row.key, *dict.fromkeys(behind))


def _has_annual(row: Row, frequency: Frequency) -> bool:
    """Tell whether a row has figures at a frequency other than quarterly."""
    if row.driver is not None:
        return row.driver.kind == "yearly" and frequency == "annual"
    return row.line is not None and row.line.annual != "none"
