"""From sales to net income; margins; the bridge of the AWS margin."""

from __future__ import annotations

from model.amazon.assets import Depreciation
from model.amazon.basis import QUARTERS_PER_YEAR, RETAIL, SEGMENT, Basis
from model.amazon.sales import Sales
from model.language.declarations import Block, driver, line, reported
from model.language.vocabulary import at_as_of, elapsed, prev, total, ttm, where

_REPORTED_TAX_RATE = 0.19
"""Of income before tax: 19.0% in FY2023, 19.6% in FY2025 (10-K). FY2022 was a loss, and FY2024 was taxed at 13.5%."""


class Segments(Block, sheet="Margins"):
    """Operating income by segment, advertising carved out."""

    one_offs = line("Special charges in operating income", "USD m", 0, history=reported("one_offs", by=SEGMENT), by=SEGMENT)

    # AWS
    aws_cash_cost_ratio = driver("AWS cash cost per dollar at plan prices, before silicon", "ratio")
    silicon_cost_saving = driver("AWS cash cost saved per share of compute moved to custom silicon", "ratio", kind="constant")
    aws_cash_cost_before_silicon = line(
        "AWS cash cost before savings of custom silicon", "USD m",
        Sales.aws_volume * aws_cash_cost_ratio,
        history=Sales.aws_sales - Depreciation.aws_depreciation - one_offs["aws"] - reported("operating_income_aws"),
    )
    aws_cash_cost = line(
        "AWS cash cost", "USD m",
        aws_cash_cost_before_silicon * (1 - silicon_cost_saving * (Basis.silicon_mix - Basis.silicon_mix_base)),
        history=aws_cash_cost_before_silicon,
    )
    aws_operating_income = line(
        "AWS operating income", "USD m",
        Sales.aws_sales - aws_cash_cost - Depreciation.aws_depreciation - one_offs["aws"],
    )

    # Advertising
    advertising_margin = driver("Operating margin of advertising (not disclosed: an assumption)", "ratio")
    advertising_operating_income = line(
        "Advertising operating income (assumed margin)", "USD m", Sales.advertising_sales * advertising_margin
    )

    # Stores
    stores_margin = driver("Operating margin of stores before special charges", "ratio", by=RETAIL)
    stores_reported_income = line(
        "Reported stores' income before special charges", "USD m", None,
        history=reported("operating_income", by=RETAIL) - Sales.retail_advertising * advertising_margin + one_offs,
        by=RETAIL,
    )
    stores_reported_margin = line(
        "Reported stores' margin before special charges", "ratio", None,
        history=stores_reported_income / Sales.stores_sales, by=RETAIL, annual="none",
    )
    stores_reported_margin_ttm = line(
        "Reported stores' margin before special charges, TTM", "ratio", None,
        history=ttm(stores_reported_income) / ttm(Sales.stores_sales), by=RETAIL, annual="none",
    )
    stores_margin_seasonal = line(
        "Seasonal deviation of the stores' margin", "ratio",
        prev("stores_margin_seasonal", 4),
        history=where(
            elapsed() > -4,
            (stores_reported_margin - at_as_of(stores_reported_margin_ttm)
             + prev(stores_reported_margin, 4) - at_as_of(stores_reported_margin_ttm, 4)) / 2,
            0,
        ),
        by=RETAIL, annual="none",
        note="Quarter's margin less that of its four quarters, mean of the last two years.",
    )
    stores_operating_income = line(
        "Operating income of stores", "USD m",
        Sales.stores_sales * (stores_margin + stores_margin_seasonal) - one_offs,
        history=stores_reported_income - one_offs,
        by=RETAIL,
    )
    north_america_operating_income = line(
        "North America operating income", "USD m",
        stores_operating_income["north_america"] + Sales.retail_advertising["north_america"] * advertising_margin,
    )
    international_operating_income = line(
        "International operating income", "USD m",
        stores_operating_income["international"] + Sales.retail_advertising["international"] * advertising_margin,
    )
    operating_income = line(
        "Operating income", "USD m",
        aws_operating_income + advertising_operating_income + total(stores_operating_income, RETAIL),
    )


class Income(Block, sheet="Margins"):
    """From operating income to net income."""

    interest_rate_cash = driver("Interest rate earned on cash and securities", "1/yr")
    interest_income = line(
        "Interest income", "USD m", interest_rate_cash / QUARTERS_PER_YEAR * prev("cash"), history=reported("interest_income")
    )
    interest_rate_debt = driver("Interest rate paid on debt and finance leases", "1/yr")
    interest_expense = line(
        "Interest expense", "USD m",
        interest_rate_debt / QUARTERS_PER_YEAR * (prev("debt") + prev("finance_leases")),
        history=reported("interest_expense"),
    )
    other_income = line("Other income (gains on stakes)", "USD m", 0, history=reported("other_income_expense_net"))
    pretax_income = line("Income before tax", "USD m", Segments.operating_income + interest_income - interest_expense + other_income)
    tax_rate = driver("Tax rate on income before tax", "ratio")
    tax = line("Income tax", "USD m", tax_rate * pretax_income, history=reported("income_tax_provision"))
    equity_method = line("Equity-method results, after tax", "USD m", 0, history=reported("net_income") - (pretax_income - tax))
    net_income = line("Net income", "USD m", pretax_income - tax + equity_method)
    quarter_tax_rate = line("Tax rate of the quarter", "ratio", tax_rate, history=tax / pretax_income, annual="none")
    operating_tax_rate = line(
        "Tax rate on operating income", "ratio", tax_rate, history=_REPORTED_TAX_RATE, annual="none",
        note="For returns on capital. Reported quarters have a constant that no scenario moves: their own rates swing with gains.",
    )
    normalised_net_income = line(
        "Net income before gains on stakes and special charges", "USD m",
        net_income - (other_income - total(Segments.one_offs, SEGMENT)) * (1 - quarter_tax_rate),
    )


class Margins(Block):
    """Margins."""

    aws_margin = line("AWS operating margin", "ratio", Segments.aws_operating_income / Sales.aws_sales, annual="ratio")
    advertising_operating_margin = line(
        "Advertising operating margin", "ratio",
        Segments.advertising_operating_income / Sales.advertising_sales, annual="ratio",
    )
    retail_margin = line(
        "Retail operating margin: North America and International", "ratio",
        (Segments.north_america_operating_income + Segments.international_operating_income)
        / (Sales.north_america_sales + Sales.international_sales),
        annual="ratio",
    )
    north_america_margin = line(
        "North America operating margin", "ratio", Segments.north_america_operating_income / Sales.north_america_sales, annual="ratio"
    )
    international_margin = line(
        "International operating margin", "ratio", Segments.international_operating_income / Sales.international_sales, annual="ratio"
    )
    operating_margin = line("Operating margin", "ratio", Segments.operating_income / Sales.net_sales, annual="ratio")
    net_margin = line("Net margin", "ratio", Income.net_income / Sales.net_sales, annual="ratio")
    normalised_net_margin = line(
        "Net margin before gains on stakes and special charges", "ratio",
        Income.normalised_net_income / Sales.net_sales, annual="ratio",
    )


class MarginBridge(Block, sheet="Margins"):
    """Bridge of the AWS margin, year on year: five parts that add up to the change."""

    aws_price_level = line("AWS prices against plan", "ratio", Sales.aws_sales / Sales.aws_volume, annual="ratio")
    aws_unit_cost = line(
        "AWS cash cost before silicon per dollar at plan prices", "ratio",
        Segments.aws_cash_cost_before_silicon / Sales.aws_volume, annual="ratio",
    )
    aws_silicon_factor = line(
        "AWS cash cost after savings of custom silicon to before", "ratio",
        Segments.aws_cash_cost / Segments.aws_cash_cost_before_silicon, annual="ratio",
    )
    aws_unit_depreciation = line(
        "AWS depreciation per dollar at plan prices", "ratio", Depreciation.aws_depreciation / Sales.aws_volume, annual="ratio"
    )
    aws_one_offs_ratio = line("AWS special charges to sales", "ratio", Segments.one_offs["aws"] / Sales.aws_sales, annual="ratio")
    aws_margin_change_silicon = line(
        "AWS margin change: custom silicon", "ratio",
        -prev(aws_unit_cost, 4) * (aws_silicon_factor - prev(aws_silicon_factor, 4)) / prev(aws_price_level, 4), annual="ratio",
    )
    aws_margin_change_cost = line(
        "AWS margin change: other cash cost", "ratio",
        -(aws_unit_cost - prev(aws_unit_cost, 4)) * aws_silicon_factor / prev(aws_price_level, 4), annual="ratio",
    )
    aws_margin_change_depreciation = line(
        "AWS margin change: depreciation", "ratio",
        -(aws_unit_depreciation - prev(aws_unit_depreciation, 4)) / prev(aws_price_level, 4), annual="ratio",
    )
    aws_margin_change_price = line(
        "AWS margin change: price", "ratio",
        -(aws_unit_cost * aws_silicon_factor + aws_unit_depreciation) * (1 / aws_price_level - 1 / prev(aws_price_level, 4)),
        annual="ratio",
    )
    aws_margin_change_one_offs = line(
        "AWS margin change: special charges", "ratio", -(aws_one_offs_ratio - prev(aws_one_offs_ratio, 4)), annual="ratio"
    )
    aws_margin_change = line("AWS margin change, year on year", "ratio", Margins.aws_margin - prev(Margins.aws_margin, 4), annual="ratio")
