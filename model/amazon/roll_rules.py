"""How a scenario of Amazon moves to a new quarter: guidance, what is fitted anew, and what judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.amazon.statements import BUSINESS
from model.company import Refit, RollRules
from model.language.periods import QUARTERS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.history import History

_YEARS: Final = 2
_STEP: Final = 0.005
"""Half a point, to which the gaps are rounded."""


def _gap(business: str) -> Callable[[History], float]:
    """Return the growth of a business against that of all stores: mean of the last two full years, rounded."""

    def value(history: History) -> float:
        since_year_end = history.as_of.number % QUARTERS_A_YEAR

        def factor(line: str, year: int) -> float:
            last = since_year_end + QUARTERS_A_YEAR * year
            sales = history.over(line, QUARTERS_A_YEAR, last)
            return sales / history.over(line, QUARTERS_A_YEAR, last + QUARTERS_A_YEAR)

        line = f"business_sales[{business}]"
        gaps = [factor(line, year) / factor("all_stores_sales", year) - 1 for year in range(_YEARS)]
        return round(sum(gaps) / _YEARS / _STEP) * _STEP

    return value


ROLL: Final = RollRules(
    guided={"capex_budget": "net_capex"},
    refits=tuple(
        Refit(
            f"business_growth_gap[{business}]",
            "growth against that of all stores, mean of the last two full years, rounded to half a point",
            _gap(business),
        )
        for business in BUSINESS.members
    ),
    flow="free_cash_flow",
    parts={
        "north_america_operating_income": 1, "international_operating_income": 1, "aws_operating_income": 1,
        "interest_income": 1, "interest_expense": -1, "other_income": 1, "tax": -1, "equity_method": 1,
        "other_income_after_tax": -1, "depreciation_amortization": 1, "stock_compensation": 1, "deferred_tax": 1,
        "content_and_lease_spending": 1, "working_capital": 1, "other_operating": 1, "capex": -1, "proceeds": 1,
    },
    lines=(
        "north_america_sales", "international_sales", "aws_sales", "advertising_sales", "net_sales", "operating_income",
        "net_income", "operating_cash_flow", "net_capex", "property_additions", "depreciation",
    ),
)  # fmt: skip
