"""Forecasts made with what was known at each as-of, against what was reported afterwards, with two benchmarks beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from model.language.periods import EARLIEST_AS_OF, QUARTERS_A_YEAR, Period, Quarter
from model.reported.actuals import load_actuals
from model.reported.guidance import guidance_at
from model.results import Results, run
from model.scenarios.drivers import default_values, driver_specs
from model.scenarios.scenario import Note, Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LINES: Final = (
    "net_sales", "aws_sales", "operating_income", "operating_cash_flow", "ttm_free_cash_flow", "ttm_net_capex", "aws_depreciation",
)  # fmt: skip
"""What is tested; the first two and the last in per cent of what was reported, the others in USD m."""
IN_PERCENT: Final = frozenset({"net_sales", "aws_sales", "aws_depreciation"})
AHEAD: Final = (1, 2, 3, 4)
_FASTER_TAX_DEPRECIATION: Final = Quarter.parse("2025Q2")
"""First results after the law of July 2025 that restored it: before, the rules defer no tax."""
_FADE_OF_INTENSITY: Final = 1.08
"""Without guidance for a year, capital expenditure to sales is the last year's, divided by this: sales grow, spending does not."""


@dataclass(frozen=True)
class Forecast:
    """One line in one quarter as seen from an as-of: the model, the two benchmarks (NaN: none), and what was reported."""

    as_of: Quarter
    quarter: Quarter
    ahead: int
    line: str
    model: float
    naive: float
    guidance: float
    reported: float


@dataclass(frozen=True)
class Score:
    """Errors of one line at one distance: mean and mean absolute, of the model, the naive benchmark and guidance."""

    line: str
    ahead: int
    number: int
    model: tuple[float, float]
    naive: tuple[float, float]
    guidance: tuple[float, float]


def as_ofs() -> list[Quarter]:
    """Return every as-of that can be tested: from 2024Q4 to the last but one reported quarter."""
    first, latest = Quarter.parse(EARLIEST_AS_OF), load_actuals().latest
    return [first.shifted(place) for place in range(latest - first)]


def known_then(as_of: Quarter) -> Scenario:
    """Return the forecast that rules alone make of the figures reported by ``as_of``, and of guidance given by then.

    Rules: AWS demand grows as in the last quarter; advertising and stores as over the last four; AWS cash
    cost as over the last two; margins of stores and all ratios as over the last four; capital expenditure by
    guidance, and in years without it at last year's ratio to sales / 1.08; no tax deferred before the law of
    July 2025. What remains of later knowledge, fitted or read on figures to 2026Q2: asset mix, lives, service
    lag, run-off, sales yield, the share of tax that is deferred, phasing of capital expenditure and stock
    compensation, the interest rate on debt, and repayment of finance leases.
    """
    specs = driver_specs()
    table = {key: default_values(spec, as_of) for key, spec in specs.items()}
    plain = Scenario(f"known at {as_of}", "Rules applied to what was known", as_of, 0.0, table)
    results = run([plain])
    values, last = results.values, results.plan.axis.forecast_start

    def over(key: str, quarters: int, earlier: int = 0) -> float:
        return float(values[key][last - earlier - quarters : last - earlier, 0].sum())

    def growth(key: str, quarters: int) -> float:
        return over(key, quarters) / over(key, quarters, QUARTERS_A_YEAR) - 1

    def ratio(key: str, to: str, quarters: int = QUARTERS_A_YEAR) -> float:
        return over(key, quarters) / over(to, quarters)

    rules = {
        "aws_growth": growth("aws_sales", 1),
        "advertising_growth": growth("advertising_sales", 4),
        "aws_cash_cost_ratio": ratio("aws_cash_cost", "aws_sales", 2),
        "accrual_ratio": ratio("property_additions", "net_capex"),
        "aws_capex_share": ratio("aws_additions", "property_additions"),
        "proceeds_ratio": ratio("proceeds", "net_capex"),
        "other_amortization_ratio": ratio("other_amortization", "net_sales"),
        "stock_compensation_ratio": ratio("stock_compensation", "net_sales"),
        "tax_rate": ratio("tax", "pretax_income"),
        "interest_rate_cash": over("interest_income", 4) / over("cash", 4, 1) * 4,
        "lease_additions_ratio": ratio("finance_lease_additions", "net_sales"),
    }
    for segment in ("north_america", "international"):
        rules[f"stores_growth[{segment}]"] = growth(f"stores_sales[{segment}]", 4)
        rules[f"stores_margin[{segment}]"] = float(
            values[f"stores_reported_margin_ttm[{segment}]"][last - 1, 0]
        )
    overrides: dict[str, dict[str, float] | float] = {
        key: min(max(value, specs[key].minimum), specs[key].maximum) for key, value in rules.items()
    }
    if as_of < _FASTER_TAX_DEPRECIATION:
        overrides["deferral_ratio"] = dict.fromkeys((str(year) for year in results.plan.axis.years), 0.0)
    overrides |= _capital_expenditure(as_of, over("net_capex", 4), over("net_sales", 4))
    scenario = plain.with_overrides(overrides)
    return Scenario(
        scenario.name,
        scenario.title,
        as_of,
        0.0,
        scenario.table,
        sources={key: Note("F", "rule") for key in overrides},
    )


def _capital_expenditure(
    as_of: Quarter, trailing: float, sales: float
) -> dict[str, dict[str, float] | float]:
    """Return budgets by guidance for the running and the next year, and the ratio to sales that rules the others."""
    budgets = {}
    for year in {as_of.shifted(1).year, as_of.year + 1}:
        said = guidance_at(as_of, "net_capex", Period("annual", year))
        if said is not None:
            budgets[str(year)] = said.middle
    base = budgets[max(budgets)] if budgets else trailing
    return {"capex_budget": budgets, "capex_to_sales": base / sales / _FADE_OF_INTENSITY}


@cache
def forecasts() -> tuple[Forecast, ...]:
    """Return every forecast of every line, one to four quarters ahead, for which the outcome is reported."""
    latest = load_actuals().latest
    reported = run([known_then(latest)])
    found = []
    for as_of in as_ofs():
        results = run([known_then(as_of)])
        naive = _naive(reported, as_of)
        for ahead in AHEAD:
            quarter = as_of.shifted(ahead)
            if quarter > latest:
                break
            place = results.plan.axis.position(quarter)
            for line in LINES:
                said = guidance_at(as_of, line, Period("quarterly", quarter.year, quarter.number))
                found.append(Forecast(
                    as_of, quarter, ahead, line, float(results.values[line][place, 0]), float(naive[line][place]),
                    said.middle if said is not None else float("nan"), float(reported.values[line][place, 0]),
                ))  # fmt: skip
    return tuple(found)


def _naive(reported: Results, as_of: Quarter) -> dict[str, NDArray[np.float64]]:
    """Return the naive benchmark: the same quarter a year ago, grown as the last four quarters grew on the four before."""
    split = reported.plan.axis.position(as_of) + 1

    def extended(line: str) -> NDArray[np.float64]:
        row = reported.values[line][:, 0].copy()
        row[split:] = np.nan
        rate = row[split - 4 : split].sum() / row[split - 8 : split - 4].sum()
        row[split : split + 4] = row[split - 4 : split] * rate
        return row

    def trailing(row: NDArray[np.float64]) -> NDArray[np.float64]:
        found = np.full_like(row, np.nan)
        found[3:] = np.convolve(row, np.ones(4), "valid")
        return found

    rows = {line: extended(line) for line in LINES if not line.startswith("ttm_")}
    capex = extended("net_capex")
    rows["ttm_net_capex"] = trailing(capex)
    rows["ttm_free_cash_flow"] = trailing(rows["operating_cash_flow"] - capex)
    return rows


def scores(given: Sequence[Forecast] | None = None) -> list[Score]:
    """Return mean and mean absolute errors by line and distance, in per cent or USD m."""
    known = forecasts() if given is None else given
    found = []
    for line in LINES:
        for ahead in AHEAD:
            chosen = [each for each in known if each.line == line and each.ahead == ahead]
            if chosen:
                model, naive, guidance = (_errors(chosen, what) for what in ("model", "naive", "guidance"))
                found.append(Score(line, ahead, len(chosen), model, naive, guidance))
    return found


def _errors(chosen: Sequence[Forecast], what: str) -> tuple[float, float]:
    errors = np.array([getattr(each, what) - each.reported for each in chosen])
    if chosen[0].line in IN_PERCENT:
        errors = errors / np.array([each.reported for each in chosen]) * 100
    return float(np.mean(errors)), float(np.mean(np.abs(errors)))
