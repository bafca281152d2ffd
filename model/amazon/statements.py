"""What the statements show beyond the lines of the model: net sales by business, property, invested capital."""

from __future__ import annotations

from typing import Final

from model.amazon.assets import Assets, Depreciation
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income, Segments
from model.amazon.multiples import SumOfParts
from model.amazon.sales import Sales
from model.amazon.value import Terminal
from model.language.declarations import Block, driver, line, reported
from model.language.nodes import Dimension
from model.language.vocabulary import prev, total, ttm

BUSINESS: Final = Dimension(
    "business",
    ("online_stores", "physical_stores", "third_party_seller_services", "subscription_services", "other"),
    labels={"third_party_seller_services": "third-party seller services"},
)
"""Stores, as net sales by business report them; AWS and advertising are lines of their own."""


class Businesses(Block, sheet="Sales"):
    """Net sales by business, as reported: shares of all stores (a memo: nothing depends on them)."""

    business_growth_gap = driver(
        "Growth of the business against that of all stores, a year", "ratio", by=BUSINESS
    )
    business_weight = line(
        "Net sales a year before, grown by the gap",
        "USD m",
        prev("business_sales", 4) * (1 + business_growth_gap),
        history=None,
        by=BUSINESS,
        annual="none",
    )
    business_sales = line(
        "Net sales by business",
        "USD m",
        SumOfParts.all_stores_sales * business_weight / total(business_weight, BUSINESS),
        history=reported("net_sales", by=BUSINESS),
        by=BUSINESS,
        note="All stores, in proportion to the weights: so each keeps its season, and together they are all stores.",
    )
    business_share = line(
        "Share of all stores' net sales",
        "ratio",
        business_sales / SumOfParts.all_stores_sales,
        by=BUSINESS,
        annual="ratio",
    )


class IncomeRatios(Block, sheet="Margins"):
    """Ratios of the income statement."""

    ebitda_margin = line("EBITDA margin", "ratio", Terminal.ebitda / Sales.net_sales, annual="ratio")
    effective_tax_rate = line(
        "Effective tax rate", "ratio", Income.tax / Income.pretax_income, annual="ratio"
    )


class Property(Block, sheet="Assets"):
    """Property and equipment: what is added less what is depreciated."""

    property = line(
        "Property and equipment, net",
        "USD m",
        prev("property") + Assets.property_additions - Depreciation.depreciation,
        history=reported("property_and_equipment_net_consolidated"),
        annual="last",
        note="Owned and under finance leases.",
    )
    property_gap = line(
        "Reported property less that rolled forward",
        "USD m",
        0,
        history=property - prev(property) - Assets.property_additions + Depreciation.depreciation,  # noqa: A003  # the line above
        note="Retirements, impairments, currency; before 2024 also the estimates of additions and depreciation by quarter.",
    )


class Position(Block, sheet="Cash"):
    """Position: change in cash, net debt, invested capital and the return on it."""

    change_in_cash = line(
        "Change in cash and marketable securities", "USD m", Funding.cash - prev(Funding.cash)
    )
    opening_cash = line(
        "Cash and marketable securities at the start", "USD m", Funding.cash - change_in_cash, annual="ratio",
        note="Of the quarter, or of the year.",
    )
    other_cash_flow = line(
        "Stakes, acquisitions and other",
        "USD m",
        change_in_cash - FreeCash.free_cash_flow_after_leases - Funding.net_borrowing + Funding.distributions,
        note="What is left of the change in cash; ahead it is the investments in stakes.",
    )

    net_financial_debt = line(
        "Net debt: debt and finance leases less cash",
        "USD m",
        Funding.debt + FreeCash.finance_leases - Funding.cash,
        annual="last",
        note="Cash with marketable securities; below 0: net cash.",
    )
    net_debt_to_ebitda = line(
        "Net debt to EBITDA, TTM", "times", net_financial_debt / Terminal.ttm_ebitda, annual="ratio"
    )
    non_cash_working_capital = line(
        "Non-cash working capital",
        "USD m",
        prev("non_cash_working_capital") - OperatingCash.working_capital - OperatingCash.other_operating
        - (Assets.property_additions - Assets.net_capex - FreeCash.finance_lease_additions),
        history=reported("current_assets")
        - Funding.cash
        - (reported("current_liabilities") - reported("long_term_debt_current_portion")),
        annual="last",
        note="Current assets less cash and securities, less current liabilities without the current portion of debt. Ahead, "
        "additions that are neither paid nor leased are owed.",
    )
    invested_capital = line(
        "Invested capital",
        "USD m",
        Property.property + non_cash_working_capital,
        annual="last",
        note="Property and non-cash working capital; without goodwill and stakes, and operating leases remain a cost.",
    )
    average_invested_capital = line(
        "Invested capital, mean of now and a year ago",
        "USD m",
        (invested_capital + prev(invested_capital, 4)) / 2,
        annual="last",
    )
    income_after_tax = line(
        "NOPAT: operating income after tax", "USD m", Segments.operating_income * (1 - Income.operating_tax_rate)
    )
    ttm_income_after_tax = line(
        "NOPAT, TTM", "USD m", ttm(income_after_tax), annual="last"
    )
    return_on_invested_capital = line(
        "Return on invested capital (ROIC)",
        "ratio",
        ttm_income_after_tax / average_invested_capital,
        annual="ratio",
        note="NOPAT of twelve months to mean invested capital.",
    )
