"""Forecasts without judgement: what rules alone make of the figures known at an as-of, for the back-test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.company import ForecastRules
from model.language.periods import Quarter

if TYPE_CHECKING:
    from model.company import History, Overrides

_FASTER_TAX_DEPRECIATION: Final = Quarter(2025, 2)
"""First results after the law of July 2025 that restored it: before, the rules defer no tax."""


def drivers_known(history: History) -> Overrides:
    """Return the drivers that follow from the figures reported by an as-of and the guidance given by then.

    Rules: AWS demand grows as in the last quarter; advertising and stores as over the last four; AWS cash
    cost as over the last two; margins of stores and all ratios as over the last four; capital expenditure by
    guidance, then, by segment, as much again in the next year and in step with sales after it; no tax deferred
    before the law of July 2025. What remains of later knowledge, fitted or read on figures to 2026Q2: asset mix, lives, service
    lag, run-off, sales yield, the share of tax that is deferred, phasing of capital expenditure and stock
    compensation, the interest rate on debt, and repayment of finance leases.
    """
    over, growth, ratio = history.over, history.growth, history.ratio
    rules: Overrides = {
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
        rules[f"stores_margin[{segment}]"] = history.last(f"stores_reported_margin_ttm[{segment}]")
    if history.as_of < _FASTER_TAX_DEPRECIATION:
        rules["deferral_ratio"] = 0.0
    return rules | _capital_expenditure(history)


def _capital_expenditure(history: History) -> Overrides:
    """Return budgets by guidance for the running and the next year, and the ratios to sales that rule the others."""
    budgets = {}
    for year in sorted({history.as_of.shifted(1).year, history.as_of.year + 1}):
        said = history.guided("net_capex", year)
        if said is not None:
            budgets[str(year)] = said
    base = budgets[max(budgets)] if budgets else history.over("net_capex", 4)
    share = history.ratio("aws_additions", "property_additions")
    rules: Overrides = {"capex_budget": budgets}
    for driver, sales, part in (
        ("aws_capex_to_demand", "aws_sales", share), ("other_capex_to_sales", "other_net_sales", 1 - share),
    ):
        rules[driver] = base * part / history.over(sales, 4) / (1 + history.growth(sales, 4))
    return rules


RULES: Final = ForecastRules(
    rules=drivers_known,
    lines=(
        "net_sales", "aws_sales", "operating_income", "operating_cash_flow", "ttm_free_cash_flow", "ttm_net_capex",
        "aws_depreciation",
    ),
    in_percent=frozenset({"net_sales", "aws_sales", "aws_depreciation"}),
    parts={"ttm_net_capex": ("net_capex",), "ttm_free_cash_flow": ("operating_cash_flow", "net_capex")},
    note="All of them lie in one boom of investment.",
)
