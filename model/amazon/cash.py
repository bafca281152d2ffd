"""Cash flow: operating cash flow, five measures of free cash flow, cash and debt."""

from __future__ import annotations

from typing import Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.basis import QUARTERS_PER_YEAR, SEASON, Basis
from model.amazon.margins import Income
from model.amazon.sales import Sales
from model.language.declarations import Block, driver, line, reported
from model.language.vocabulary import at_as_of, constant, maximum, minimum, prev, ttm, where

_BONUS_FROM: Final = constant(20251, "quarter")
_BONUS_KNOWN: Final = constant(20252, "quarter")
"""Bonus depreciation was restored in July 2025, before the results of 2025Q2, from the start of 2025."""
_REPORTED_RATIO: Final = constant(0.12, "ratio")
_REPORTED_CAP: Final = constant(0.85, "ratio")
"""Of reported quarters; those ahead have drivers."""


class OperatingCash(Block, sheet="Cash"):
    """Operating cash flow."""

    stock_compensation_ratio = driver("Stock compensation to TTM net sales", "ratio")
    stock_compensation_phasing = driver("Seasonal factor of stock compensation (1: even)", "times", by=SEASON, kind="seasonal")
    stock_compensation = line(
        "Stock-based compensation", "USD m",
        stock_compensation_ratio * Sales.ttm_net_sales / 4 * stock_compensation_phasing,
        history=reported("stock_based_compensation"),
        note="Pay in shares: more of it raises free cash flow and brings the turn nearer; the value of a share stays.",
    )

    # Deferred tax: bonus depreciation and its reversal in one line; what the tax bill cannot absorb is
    # carried
    deferral_ratio = driver("Deferred tax per dollar of additions above depreciation", "ratio")
    deferral_cap = driver("Largest share of the tax charge that can be deferred", "ratio", kind="constant")
    deferral_ratio_reported = line(
        "Deferred tax per dollar of additions above depreciation, in reported quarters", "ratio", None,
        history=where((Basis.calendar >= _BONUS_FROM) & (at_as_of(Basis.calendar) >= _BONUS_KNOWN), _REPORTED_RATIO, 0),
        annual="none",
        note="An assumption that no scenario moves: bonus depreciation was restored in July 2025, for all of 2025.",
    )
    tax_timing = line(
        "Tax deferred by faster tax depreciation", "USD m",
        deferral_ratio * (Assets.property_additions - Depreciation.depreciation),
        history=deferral_ratio_reported * (Assets.property_additions - Depreciation.depreciation),
    )
    tax_before_gains = line(
        "Income tax excluding tax on other income", "USD m", Income.tax - Income.other_income * Income.quarter_tax_rate,
        note="Unrealised gains are not taxed in cash, so they leave no room for deferral.",
    )
    deferred_tax = line(
        "Deferred tax (estimate)", "USD m",
        minimum(tax_timing + prev("carried"), deferral_cap * maximum(tax_before_gains, 0)),
        history=minimum(tax_timing, _REPORTED_CAP * maximum(tax_before_gains, 0)),
        note="An estimate in reported quarters too, by constants of their own: our data do not give it by quarter.",
    )
    cash_tax = line(
        "Cash tax: income tax, without that on gains on stakes, less what is deferred", "USD m", tax_before_gains - deferred_tax,
        note="An estimate in reported quarters, as deferred tax is.",
    )
    cash_tax_rate = line(
        "Cash tax to income before tax", "ratio", cash_tax / Income.pretax_income, annual="ratio",
        note="Low while additions outrun depreciation: deferral_cap leaves 15% of the tax charge to be paid, the rest is carried.",
    )
    carried = line("Tax deferral carried forward", "USD m", prev("carried") + tax_timing - deferred_tax, history=0, annual="last")

    content_and_lease_spending = line(
        "Spending on content and operating leases", "USD m", -Depreciation.other_amortization,
        note="Paid through working-capital lines; without it operating cash flow would be about 24bn a year too high.",
    )
    other_income_after_tax = line("Other income after tax", "USD m", Income.other_income * (1 - Income.quarter_tax_rate))
    cash_earnings = line(
        "Operating cash flow before working capital and other", "USD m",
        Income.net_income - other_income_after_tax + Depreciation.depreciation_amortization + stock_compensation
        + deferred_tax + content_and_lease_spending,
    )
    working_capital_reported = line(
        "Residual of reported operating cash flow to net sales", "ratio", None,
        history=(reported("operating_cash_flow") - cash_earnings) / Sales.net_sales, annual="none",
    )
    working_capital_ratio = line(
        "Working capital to net sales", "ratio",
        prev("working_capital_ratio", 4),
        history=(working_capital_reported
                 + prev(reported("segment_depreciation_reported", "flag"), 4) * prev(working_capital_reported, 4))
        / (1 + prev(reported("segment_depreciation_reported", "flag"), 4)),
        annual="none",
        note="Mean of the same quarters of the last two years; only quarters for which depreciation by segment was reported (from 2024Q1).",
    )
    working_capital_timing = driver("Cash that comes a quarter early, from working capital, to net sales", "ratio")
    working_capital_early = line(
        "Cash from working capital that came early", "USD m", working_capital_timing * Sales.net_sales, history=0, annual="last",
        note="A level: what comes early is missed in the next quarter, and over time it adds up to nothing.",
    )
    working_capital = line(
        "Working capital", "USD m",
        working_capital_ratio * Sales.net_sales + working_capital_early - prev(working_capital_early),
        history=working_capital_ratio * Sales.net_sales,
    )
    other_operating = line(
        "Other operating cash flow", "USD m", 0,
        history=reported("operating_cash_flow") - cash_earnings - working_capital,
        note="Reported figure less the lines above; 0 in forecast quarters.",
    )
    operating_cash_flow = line(
        "Operating cash flow", "USD m", cash_earnings + working_capital + other_operating,
        history=reported("operating_cash_flow"),
    )
    operating_cash_flow_growth = line(
        "Operating cash flow growth, year on year", "ratio", operating_cash_flow / prev(operating_cash_flow, 4) - 1, annual="ratio"
    )
    operating_cash_flow_margin = line("Operating cash flow margin", "ratio", operating_cash_flow / Sales.net_sales, annual="ratio")


class FreeCash(Block, sheet="Cash"):
    """Free cash flow, five measures."""

    # Leases
    finance_lease_repayment = driver("Share of finance leases repaid a year", "1/yr", kind="constant")
    lease_additions_ratio = driver("Property acquired under finance leases to net sales", "ratio", kind="constant")
    financing_obligation_principal = driver("Principal of financing obligations repaid a quarter", "USD m", kind="constant")
    finance_lease_principal = line(
        "Principal repayments of finance leases", "USD m",
        finance_lease_repayment / QUARTERS_PER_YEAR * prev("finance_leases"),
        history=reported("principal_repayments_of_finance_leases"),
    )
    financing_obligation_repayments = line(
        "Principal repayments of financing obligations", "USD m",
        financing_obligation_principal,
        history=reported("principal_repayments_of_financing_obligations"),
    )
    finance_lease_additions = line(
        "Property acquired under finance leases", "USD m",
        lease_additions_ratio * Sales.net_sales,
        history=reported("property_acquired_under_finance_leases"),
    )
    finance_leases = line(
        "Finance lease liabilities", "USD m",
        prev("finance_leases") + finance_lease_additions - finance_lease_principal,
        history=reported("finance_lease_liabilities"),
        annual="last",
    )

    # Five measures
    free_cash_flow = line("Free cash flow", "USD m", OperatingCash.operating_cash_flow - Assets.net_capex, note="Amazon's own definition.")
    free_cash_flow_after_leases = line(
        "Free cash flow after lease principal", "USD m",
        free_cash_flow - finance_lease_principal - financing_obligation_repayments,
    )
    free_cash_flow_after_equipment_leases = line(
        "Free cash flow after equipment leases", "USD m",
        free_cash_flow - finance_lease_additions - financing_obligation_repayments,
        note="Computed: the company no longer reports this split.",
    )
    free_cash_flow_gross_capex = line(
        "Free cash flow before proceeds", "USD m", OperatingCash.operating_cash_flow - Assets.capex,
        note="What data vendors print.",
    )
    free_cash_flow_after_stock_compensation = line(
        "Free cash flow after stock compensation", "USD m", free_cash_flow - OperatingCash.stock_compensation,
        note="Belongs beside Amazon's own measure, which pay in shares improves.",
    )
    free_cash_flow_margin = line("Free cash flow margin", "ratio", free_cash_flow / Sales.net_sales, annual="ratio")

    free_cash_flow_before_growth = line(
        "Free cash flow before growth", "USD m", free_cash_flow + Assets.capex_to_grow, history=None,
        note="Without the capital expenditure that adds AWS capacity: what the business as it stands would leave.",
    )

    # Trailing twelve months
    ttm_operating_cash_flow = line("Operating cash flow, TTM", "USD m", ttm(OperatingCash.operating_cash_flow), annual="last")
    ttm_net_capex = line("Net capital expenditure, TTM", "USD m", ttm(Assets.net_capex), annual="last")
    ttm_free_cash_flow = line("Free cash flow, TTM", "USD m", ttm(free_cash_flow), annual="last")
    ttm_free_cash_flow_after_leases = line(
        "Free cash flow after lease principal, TTM", "USD m", ttm(free_cash_flow_after_leases), annual="last"
    )
    ttm_free_cash_flow_after_equipment_leases = line(
        "Free cash flow after equipment leases, TTM", "USD m", ttm(free_cash_flow_after_equipment_leases), annual="last"
    )
    ttm_free_cash_flow_gross_capex = line("Free cash flow before proceeds, TTM", "USD m", ttm(free_cash_flow_gross_capex), annual="last")
    ttm_free_cash_flow_after_stock_compensation = line(
        "Free cash flow after stock compensation, TTM", "USD m", ttm(free_cash_flow_after_stock_compensation), annual="last"
    )
    capex_intensity = line("Net capital expenditure to net sales, TTM", "ratio", ttm_net_capex / Sales.ttm_net_sales, annual="ratio")


class Funding(Block, sheet="Cash"):
    """Cash and debt: interest on opening balances, so no circular reference."""

    investments = driver("Investments in stakes, a quarter", "USD m")
    planned_borrowing = driver("Planned net borrowing, a quarter", "USD m")
    minimum_cash = driver("Minimum cash and securities: the model borrows below it", "USD m", kind="constant")
    target_cash = driver("Maximum cash and securities: the model distributes above it", "USD m", kind="constant")
    cash_before_funding = line(
        "Cash before funding", "USD m",
        prev("cash") + FreeCash.free_cash_flow_after_leases - investments,
        history=None, annual="last",
    )
    net_borrowing = line(
        "Net borrowing", "USD m",
        planned_borrowing + maximum(0, minimum_cash - cash_before_funding - planned_borrowing),
        history=reported("long_term_debt_noncurrent") + reported("long_term_debt_current_portion")
        - prev(reported("long_term_debt_noncurrent")) - prev(reported("long_term_debt_current_portion")),
        note="In reported quarters the change of debt on the balance sheet.",
    )
    distributions = line(
        "Distributions", "USD m",
        maximum(0, cash_before_funding + net_borrowing - maximum(target_cash, minimum_cash)), history=reported("repurchases_of_common_stock"),
        note="Without distributions cash would reach 1.5tn by 2035 and its interest would pass for margin.",
    )
    cash = line(
        "Cash and marketable securities", "USD m",
        prev("cash") + FreeCash.free_cash_flow_after_leases - investments + net_borrowing - distributions,
        history=reported("cash_and_equivalents") + reported("marketable_securities"),
        annual="last",
    )
    debt = line(
        "Debt", "USD m", prev("debt") + net_borrowing,
        history=reported("long_term_debt_noncurrent") + reported("long_term_debt_current_portion"),
        annual="last",
    )
