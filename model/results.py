"""Computed figures by quarter, by year and over trailing twelve months, as arrays and as pandas tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import NoneType
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from model.backends.arrays import Array, Values, applied, by_year, compile_plan
from model.errors import InputError, NotAvailableError, PeriodError, check_type, did_you_mean, shown
from model.language.nodes import CountBeyond, Expr, Ref, leaves, mapped
from model.language.periods import FREQUENCIES, QUARTERS_A_YEAR, Axis, Frequency, Period, Quarter
from model.plan.plan import Plan, Row, key_of
from model.reported.actuals import reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.scenario import Scenario, driver_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


class FailedCheck(NamedTuple):
    """A check with quarters beyond its tolerance: the row that counts them, and its largest difference."""

    key: str
    label: str
    failures: float
    quarter: str
    """Quarter of the largest difference; empty for a check without time."""
    amount: str

    def __str__(self) -> str:
        where = f"{self.failures:g} of its quarters, most in {self.quarter}: " if self.quarter else ""
        return f"{self.label}: {where}{self.amount}"


@dataclass(repr=False)
class Results:
    """The model computed for one or more scenarios of the same as-of, in the order of the draws.

    ``values``: row key -> array (quarters or 1, scenarios).
    """

    plan: Plan
    scenarios: tuple[Scenario, ...]
    values: Values
    _views: dict[Frequency, Values] = field(default_factory=dict)

    def __repr__(self) -> str:
        names = ", ".join(each.name for each in self.scenarios)
        return f"<Results of {names}, as of {self.plan.axis.as_of}: {len(self.plan.lines)} lines>"

    def series(self, key: str, frequency: Frequency = "quarterly") -> Array:
        """Return a line at a frequency: (periods, scenarios), or (1, scenarios) for one value; NaN: none.

        Formula: a flow is summed over the year or the trailing four quarters, a balance is the last one, a
        ratio is computed anew from the sums and balances that it relates. A line that has no figure at this
        frequency is a :class:`PeriodError`.

        Examples
        --------
        >>> run(["base"]).series("net_sales", "annual").shape
        (14, 1)
        """
        check_type(key, str, "series needs the name of a line, such as 'net_sales'")
        row = self.plan.row(key)
        _check_frequency(frequency)
        if frequency == "quarterly" or not row.timed:
            return self.values[key]
        view = self._views.setdefault(frequency, {})
        if key not in view:
            view[key] = self._viewed(row, frequency)
        return view[key]

    def value(self, key: str, period: Period, scenario: int = 0) -> float:
        """Return one figure; a period outside the axis, or without a figure, is a :class:`PeriodError`."""
        check_type(key, str, "value needs the name of a line, such as 'net_sales'")
        check_type(period, Period, "value needs a period, such as Period.parse('2027')")
        row = self.plan.row(key)
        timed, as_of = row.timed, self.plan.axis.as_of
        is_reported = Quarter(period.year, period.quarter) <= as_of
        if timed and row.driver is not None and is_reported and key not in self.plan.used_in_history:
            raise NotAvailableError(
                f"{key} is an assumption: it has no figure for {period}, which is reported"
            )
        place = self.plan.axis.period_position(period) if timed else 0
        value = float(self._column(self.series(key, period.frequency), scenario)[place])
        if timed and np.isnan(value):
            reason = "it starts later, or has no meaning there"
            raise NotAvailableError(f"{key} has no figure for {period}: {reason}")
        return value

    def periods(self, frequency: Frequency) -> list[Period]:
        """Return all periods of the axis at a frequency."""
        _check_frequency(frequency)
        axis = self.plan.axis
        if frequency == "annual":
            return [Period("annual", year) for year in axis.years]
        return [Period.of(quarter, frequency) for quarter in axis.quarters]

    def failed_checks(self, scenario: int = 0) -> list[FailedCheck]:
        """Return the checks of a scenario that fail, each with the quarter of its largest difference."""
        found = []
        for row in self.plan.rows.values():
            if not isinstance(row.forecast, CountBeyond):
                continue
            count = float(self._column(self.values[row.key], scenario)[0])
            if count == 0:
                continue
            check = self.plan.rows[key_of(row.forecast.ref)]
            differences = np.abs(np.nan_to_num(self._column(self.values[check.key], scenario)))
            place = int(differences.argmax())
            quarter = str(self.plan.axis.quarters[place]) if check.timed else ""
            amount = f"{differences[place]:,.6g} {check.unit}"
            found.append(FailedCheck(row.key, check.label, count, quarter, amount))
        return found

    def table(self, keys: Sequence[str], frequency: Frequency = "annual", scenario: int = 0) -> pd.DataFrame:
        """Return lines as a table: one row per period, one column per line."""
        import pandas as pd  # noqa: PLC0415  # slow to load, and only tables need it

        check_type(keys, (list, tuple), "table needs a list of lines, such as ['net_sales']")
        periods = self.periods(frequency)
        rows = {key: self._column(self.series(key, frequency), scenario) for key in keys}
        columns = {key: np.broadcast_to(row, len(periods)) for key, row in rows.items()}
        return pd.DataFrame(columns, index=pd.Index([str(period) for period in periods], name="period"))

    def _column(self, rows: Array, scenario: int) -> Array:
        """Return the figures of one scenario; what all scenarios share is there once."""
        if scenario not in range(len(self.scenarios)):
            raise InputError(
                f"scenario needs a place from 0 to {len(self.scenarios) - 1}, not {shown(scenario)}"
            )
        return rows[:, min(scenario, rows.shape[1] - 1)]

    def _viewed(self, row: Row, frequency: Frequency) -> Array:
        if row.driver is not None and row.driver.kind == "yearly" and frequency == "annual":
            tables = [each.table[row.key] for each in self.scenarios]
            years = map(str, self.plan.axis.years)
            return np.array([[table.get(year, np.nan) for table in tables] for year in years])
        rule = row.line.annual if row.line is not None else "none"
        if rule == "none":
            raise PeriodError(f"{row.key} has no {frequency} figure: ask for quarters, such as 2026Q3")
        if rule == "ratio":
            return self._ratio(row, frequency)
        quarterly = self.values[row.key]
        if frequency == "annual":
            quarters = by_year(quarterly)
            if rule == "last":
                return quarters[:, -1]
            return np.asarray(quarters.sum(axis=1) if rule == "sum" else quarters.mean(axis=1))
        if rule == "last":
            return quarterly
        trailing, last = np.full_like(quarterly, np.nan), len(quarterly) - QUARTERS_A_YEAR + 1
        trailing[QUARTERS_A_YEAR - 1 :] = sum(quarterly[lag : last + lag] for lag in range(QUARTERS_A_YEAR))
        return trailing if rule == "sum" else trailing / QUARTERS_A_YEAR

    def _ratio(self, row: Row, frequency: Frequency) -> Array:
        formula = cast("Expr", row.forecast)
        if frequency == "annual":
            formula = in_years(formula)
        inputs = {key: self.series(key, frequency) for key in map(key_of, leaves(formula))}
        shape = len(self.periods(frequency)), self.values[row.key].shape[1]
        return applied(formula, inputs, shape, self.plan)


def _check_frequency(frequency: str) -> None:
    if frequency not in FREQUENCIES:
        hint = did_you_mean(str(frequency), FREQUENCIES)
        raise PeriodError(f"unknown frequency {shown(frequency)}{hint}")


def in_years(node: Expr) -> Expr:
    """Return the formula of a ratio over quarters as a formula over years: lags count years."""
    if isinstance(node, Ref):
        return replace(node, lag=node.lag // QUARTERS_A_YEAR)
    return mapped(node, in_years)


def run(scenarios: Sequence[Scenario | str], axis: Axis | None = None, rows: tuple[str, ...] = ()) -> Results:
    """Compute the model for scenarios of one company that share an as-of, composed or by name.

    ``axis``: another one than the company's own; ``rows``: compute only these and those that they need.

    Examples
    --------
    >>> round(float(run(["base"]).series("free_cash_flow", "annual")[3, 0]))
    11194
    """
    check_type(scenarios, (list, tuple), "run needs a list of scenarios, such as ['base']")
    check_type(axis, (Axis, NoneType), "run needs an axis, such as axis_at('2026Q2')")
    check_type(rows, (list, tuple), "run needs a list of rows, such as ('net_sales',)")
    for each in scenarios:
        check_type(each, (Scenario, str), "run needs scenarios or their names")
    composed = tuple(each if isinstance(each, Scenario) else load_scenario(each) for each in scenarios)
    if not composed:
        raise InputError("no scenario was given: name at least one")
    if len({each.company for each in composed}) != 1:
        listed = ", ".join(f"{each.name} ({each.company.name})" for each in composed)
        raise InputError(f"scenarios of different companies cannot be computed together: {listed}")
    if len({each.as_of for each in composed}) != 1:
        listed = ", ".join(f"{each.name} ({each.as_of})" for each in composed)
        raise InputError(f"scenarios must share an as-of to be computed together: {listed}")
    company = composed[0].company
    plan = company.plan(axis) if axis else composed[0].plan
    program = compile_plan(plan, tuple(rows))
    drivers, reported = driver_arrays(program.plan, composed), reported_arrays(company, plan)
    return Results(program.plan, composed, program.run(drivers, reported, len(composed)))
