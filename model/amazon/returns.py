"""What AWS earns on its property: return on capital, and on what was added to it."""

from __future__ import annotations

from model.amazon.assets import Assets, Depreciation
from model.amazon.margins import Income, Segments
from model.language.declarations import Block, line, reported
from model.language.vocabulary import prev, ttm


class AwsReturns(Block, sheet="Margins"):
    """Return on AWS capital, on property and equipment only."""

    aws_property = line(
        "AWS property and equipment, net", "USD m",
        prev("aws_property") + Assets.aws_additions - Depreciation.aws_depreciation,
        history=reported("property_and_equipment_net_aws"), annual="last",
        note="Before 2024Q4 reported at year-ends only; quarters are rolled forward by additions less depreciation.",
    )
    aws_average_property = line(
        "AWS property and equipment, mean of now and a year ago", "USD m", (aws_property + prev(aws_property, 4)) / 2, annual="last"
    )
    aws_income_after_tax = line("AWS operating income after tax", "USD m", Segments.aws_operating_income * (1 - Income.operating_tax_rate))
    ttm_aws_income_after_tax = line("AWS operating income after tax, TTM", "USD m", ttm(aws_income_after_tax), annual="last")
    aws_return_on_capital = line(
        "Return on AWS property", "ratio", ttm_aws_income_after_tax / aws_average_property, annual="ratio",
        note="Amazon reports no working capital or leased assets by segment: the return is on owned and finance-leased property.",
    )
    aws_net_investment = line("AWS property added in a year, net of depreciation", "USD m", aws_property - prev(aws_property, 4), annual="last")
    aws_incremental_return = line(
        "Incremental return: growth of AWS income after tax to property added in the same year", "ratio",
        (ttm_aws_income_after_tax - prev(ttm_aws_income_after_tax, 4)) / aws_net_investment, annual="ratio",
    )
    aws_incremental_return_lagged = line(
        "Incremental return: growth of AWS income after tax to property added in the year before", "ratio",
        (ttm_aws_income_after_tax - prev(ttm_aws_income_after_tax, 4)) / prev(aws_net_investment, 4), annual="ratio",
        note="New property serves customers with a lag: the fairer of the two measures while investment grows.",
    )
    aws_operating_cash_flow = line(
        "AWS operating income before depreciation", "USD m", Segments.aws_operating_income + Depreciation.aws_depreciation,
        note="What the filings allow of an operating cash flow by segment: without tax, working capital and stock compensation.",
    )
    aws_operating_cash_flow_growth = line(
        "Growth of AWS operating income before depreciation, on the year", "ratio",
        aws_operating_cash_flow / prev(aws_operating_cash_flow, 4) - 1, annual="ratio",
    )
    aws_capex_cover = line(
        "AWS operating income before depreciation to AWS net capital expenditure", "ratio",
        aws_operating_cash_flow / Assets.aws_net_capex, annual="ratio",
    )
