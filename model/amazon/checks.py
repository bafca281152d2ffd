"""Checks: differences that must be 0, each with a tolerance. They are lines too, so the workbook shows every quarter."""

from __future__ import annotations

from functools import reduce
from operator import add as add_up
from typing import TYPE_CHECKING, Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.basis import ASSET_CLASS, RETAIL, SEASON, Basis
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income, MarginBridge, Margins, Segments
from model.amazon.sales import Sales
from model.amazon.shares import PerShare
from model.amazon.statements import BUSINESS, Businesses
from model.language.declarations import Block, Line, driver, reported, result
from model.language.vocabulary import count_beyond, elapsed, maximum, minimum, total, where

if TYPE_CHECKING:
    from model.language.nodes import Declared, Expr, Operand

_FILINGS: Final[dict[str, tuple[str, Expr, str]]] = {
    "net_sales": ("Net sales", Sales.net_sales.node(), "net_sales"),
    "aws_sales": ("AWS net sales", Sales.aws_sales.node(), "net_sales_aws"),
    "north_america_sales": ("North America net sales", Sales.north_america_sales.node(), "net_sales_north_america"),
    "international_sales": ("International net sales", Sales.international_sales.node(), "net_sales_international"),
    "operating_income": ("Operating income", Segments.operating_income.node(), "operating_income"),
    "aws_operating_income": ("AWS operating income", Segments.aws_operating_income.node(), "operating_income_aws"),
    "north_america_operating_income": (
        "North America operating income", Segments.north_america_operating_income.node(), "operating_income_north_america",
    ),
    "international_operating_income": (
        "International operating income", Segments.international_operating_income.node(), "operating_income_international",
    ),
    "pretax_income": ("Income before tax", Income.pretax_income.node(), "pretax_income"),
    "net_income": ("Net income", Income.net_income.node(), "net_income"),
    "depreciation_amortization": (
        "Depreciation and amortization", Depreciation.depreciation_amortization.node(), "depreciation_amortization",
    ),
    "operating_cash_flow": (
        "Bridge of operating cash flow",
        OperatingCash.cash_earnings + OperatingCash.working_capital + OperatingCash.other_operating,
        "operating_cash_flow",
    ),
    "capex": ("Purchases of property and equipment", Assets.capex.node(), "purchases_of_property_and_equipment"),
    "ttm_operating_cash_flow": ("TTM operating cash flow", FreeCash.ttm_operating_cash_flow.node(), "operating_cash_flow_ttm"),
    "ttm_net_capex": ("TTM net capital expenditure", FreeCash.ttm_net_capex.node(), "purchases_net_of_proceeds_ttm"),
    "ttm_free_cash_flow": ("TTM free cash flow", FreeCash.ttm_free_cash_flow.node(), "free_cash_flow_ttm"),
    "ttm_free_cash_flow_after_leases": (
        "TTM FCF after lease principal",
        FreeCash.ttm_free_cash_flow_after_leases.node(),
        "free_cash_flow_less_principal_repayments_ttm",
    ),
}
"""Lines that must equal a figure of the filings: label, line, item."""

_SHARES: Final[dict[str, tuple[str, Expr]]] = {
    "aws_asset_mix": ("Asset mix of AWS adds up to 1", total(Basis.asset_mix["aws"], ASSET_CLASS) - 1),
    "other_asset_mix": ("Asset mix of other segments adds up to 1", total(Basis.asset_mix["other"], ASSET_CLASS) - 1),
    "capex_phasing": ("Phasing of capital expenditure adds up to 1", total(Assets.capex_phasing.node(), SEASON) - 1),
}

_ARITHMETIC: Final[dict[str, tuple[str, str, Expr]]] = {
    "sales_by_business": (
        "Net sales = AWS + advertising + stores", "USD m",
        Sales.net_sales - Sales.aws_sales - Sales.advertising_sales - total(Sales.stores_sales.node(), RETAIL),
    ),
    "sales_as_reported": (
        "Net sales = the seven businesses as reported", "USD m",
        Sales.net_sales - total(Businesses.business_sales, BUSINESS) - Sales.advertising_sales - Sales.aws_sales,
    ),
    "income_by_segment": (
        "Operating income = segments", "USD m",
        Segments.operating_income - Segments.aws_operating_income - Segments.north_america_operating_income
        - Segments.international_operating_income,
    ),
    "margin_bridge": (
        "Bridge of the AWS margin adds up to the change", "ratio",
        MarginBridge.aws_margin_change - MarginBridge.aws_margin_change_silicon - MarginBridge.aws_margin_change_cost
        - MarginBridge.aws_margin_change_depreciation - MarginBridge.aws_margin_change_price
        - MarginBridge.aws_margin_change_one_offs,
    ),
    "cash_identity": (
        "Change in cash = sources less uses", "USD m",
        where(
            elapsed() > 0,
            Funding.cash_before_funding + Funding.net_borrowing - Funding.distributions - Funding.cash,
            0,
        ),
    ),
    "capacity": (
        "AWS does not sell more than its capacity", "USD m",
        where(elapsed() > 0, maximum(0, Sales.aws_volume - Sales.aws_capacity), 0),
    ),
    "minimum_cash": (
        "Cash stays at or above its minimum", "USD m", where(elapsed() > 0, maximum(0, Funding.minimum_cash - Funding.cash), 0)
    ),
    "net_capex_sign": (
        "Net capital expenditure is not negative: no budget below what is spent", "USD m",
        where(elapsed() > 0, minimum(0, Assets.net_capex), 0),
    ),
    "net_sales_sign": ("Net sales are above 0", "USD m", minimum(0, Sales.net_sales)),
    "debt_sign": ("Debt is not negative", "USD m", minimum(0, Funding.debt)),
    "share_count_sign": (
        "Fewer shares are bought back than there are", "flag", where(elapsed() > 0, where(PerShare.shares_left > 0, 0, 1), 0),
    ),
    "operating_margin_range": ("Operating margin lies between -100 and 100%", "ratio",
                               maximum(0, Margins.operating_margin - 1) + minimum(0, Margins.operating_margin + 1)),
}


def _declare() -> dict[str, Declared]:
    filing_tolerance = driver("Tolerance of ties to filings", "USD m", kind="constant")
    rounding_tolerance = driver("Tolerance of sums of money", "USD m", kind="constant")
    ratio_tolerance = driver("Tolerance of sums of ratios", "ratio", kind="constant")
    found: dict[str, Declared] = {
        "filing_tolerance": filing_tolerance, "rounding_tolerance": rounding_tolerance, "ratio_tolerance": ratio_tolerance,
    }
    failures: list[Line] = []

    def add(name: str, label: str, unit: str, difference: Operand, tolerance: Expr, *, timed: bool = True) -> None:
        line = result(label, unit, difference, timed=timed)
        count = result(label, "quarters", count_beyond(line, tolerance))
        found[f"check_{name}"], found[f"check_{name}_failures"] = line, count
        failures.append(count)

    for name, (label, line, item) in _FILINGS.items():
        add(f"filed_{name}", f"{label} = filing", "USD m", line - reported(item), filing_tolerance)
    for name, (label, unit, difference) in _ARITHMETIC.items():
        add(name, label, unit, difference, rounding_tolerance if unit == "USD m" else ratio_tolerance)
    for name, (label, difference) in _SHARES.items():
        add(name, label, "ratio", difference, ratio_tolerance, timed=False)
    everything = reduce(add_up, (count.node() for count in failures))
    found["checks_failed"] = result("All checks", "quarters", everything)
    return found


Checks: Final = type("Checks", (Block,), {"__doc__": "Checks: differences that must be 0.", **_declare()})
