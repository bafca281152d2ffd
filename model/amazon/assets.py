"""Capital expenditure, and depreciation vintage by vintage."""

from __future__ import annotations

from model.amazon.basis import ASSET_CLASS, QUARTERS_PER_YEAR, SEASON, SITE, Basis
from model.amazon.sales import Sales
from model.language.declarations import Block, driver, line, reported
from model.language.nodes import VINTAGE
from model.language.vocabulary import (
    age,
    at_as_of,
    at_vintage,
    constant,
    maximum,
    minimum,
    pick,
    prev,
    total,
    ttm,
    vintage_elapsed,
    where,
    year_sum,
)

_SERVERS, _EQUIPMENT, _BUILDINGS = (constant(years, "yr") for years in (5.5, 10, 40))
"""Useful lives in the 10-K FY2025: servers five to six years, heavy equipment ten, buildings forty."""


class Assets(Block, sheet="Assets"):
    """Capital expenditure and property additions."""

    # Cash: guidance is net of proceeds
    capex_budget = driver(
        "Net capital expenditure budget of the full year (0: none)", "USD m", zero_means_none=True, full_year=True
    )
    aws_capex_share = driver("AWS share of a capital expenditure budget", "ratio")
    aws_capex_to_demand = driver("AWS net capital expenditure to TTM AWS demand, where no budget is given", "ratio")
    other_capex_to_sales = driver("Other net capital expenditure to TTM other net sales, where no budget is given", "ratio")
    capex_phasing = driver("Share of the year's capital expenditure", "ratio", by=SEASON, kind="seasonal", sums_to_one=True)
    capex_scale = driver("Scale of capital expenditure", "times")
    reported_net_capex = line(
        "Net capital expenditure, as reported", "USD m", 0,
        history=reported("purchases_of_property_and_equipment")
        - reported("proceeds_from_property_and_equipment_sales_and_incentives"),
    )
    phasing_to_come = line("Phasing of the remaining quarters", "ratio", capex_phasing, history=0, annual="none")
    net_capex_spent = line(
        "Net capital expenditure reported in the year", "USD m", year_sum(reported_net_capex), history=None, annual="none"
    )
    phasing_left = line("Phasing of the rest of the year", "ratio", year_sum(phasing_to_come), history=None, annual="none")
    budget_left = line(
        "Share of the quarter in what is left of the budget", "USD m",
        (capex_budget - net_capex_spent) * capex_phasing / phasing_left, history=None, annual="none",
    )
    aws_reported_share = line(
        "AWS share of reported property additions", "ratio", None,
        history=reported("net_property_additions_aws") / reported("net_property_additions_consolidated"), annual="none",
    )
    aws_net_capex = line(
        "AWS net capital expenditure", "USD m",
        where(capex_budget > 0, aws_capex_share * budget_left, aws_capex_to_demand * ttm(Sales.aws_demand) * capex_phasing)
        * capex_scale,
        history=aws_reported_share * reported_net_capex,
        note="Beyond budgets it follows demand at plan prices: neither a price cut nor a shortage saves capital. "
        "Filings give additions by segment, not cash: reported quarters are cut by the share of additions.",
    )
    other_net_capex = line(
        "Other net capital expenditure", "USD m",
        where(
            capex_budget > 0, (1 - aws_capex_share) * budget_left,
            other_capex_to_sales * ttm(Sales.other_net_sales) * capex_phasing,
        )
        * capex_scale,
        history=(1 - aws_reported_share) * reported_net_capex,
    )
    net_capex = line("Net capital expenditure: purchases less proceeds", "USD m", aws_net_capex + other_net_capex, history=reported_net_capex)
    proceeds_ratio = driver("Proceeds from sales and incentives to net capital expenditure", "ratio", kind="constant")
    proceeds = line(
        "Proceeds from property and equipment sales and incentives", "USD m",
        proceeds_ratio * net_capex,
        history=reported("proceeds_from_property_and_equipment_sales_and_incentives"),
    )
    capex = line("Purchases of property and equipment (gross)", "USD m", net_capex + proceeds)

    # Accrued and leased as well as paid: what comes into service
    accrual_ratio = driver("Property additions to net capital expenditure", "times")
    aws_additions = line(
        "AWS property additions", "USD m",
        accrual_ratio * aws_net_capex,
        history=reported("net_property_additions_aws"),
        note="Before 2024Q1 a quarter is a fourth of the reported year.",
    )
    property_additions = line(
        "Property additions", "USD m",
        accrual_ratio * net_capex,
        history=reported("net_property_additions_consolidated"),
    )
    other_additions = line("Other property additions", "USD m", property_additions - aws_additions)
    aws_additions_share = line("AWS share of property additions", "ratio", aws_additions / property_additions, annual="ratio")
    capex_to_hold = line(
        "AWS capital expenditure that holds capacity", "USD m",
        prev(Sales.aws_capacity) * Sales.aws_retirement / QUARTERS_PER_YEAR
        / (Sales.sales_yield * Sales.compute_per_dollar) / accrual_ratio,
        history=None,
        note="What replacing the capacity that retires costs at the sales yield of the year.",
    )
    capex_to_grow = line(
        "AWS capital expenditure that adds capacity", "USD m", aws_net_capex - capex_to_hold, history=None,
        note="Below 0 where less is bought than retires. Capital expenditure of the stores counts as held.",
    )
    delayed = driver("Share of AWS additions that come into service a year late", "ratio")
    aws_additions_delayed = line(
        "AWS additions delayed by a year", "USD m", delayed * aws_additions, history=0,
        note="Power, permits, shells. Delay moves capacity, not depreciation.",
    )
    aws_additions_on_time = line("AWS additions in service on time", "USD m", aws_additions - aws_additions_delayed)


class Depreciation(Block, sheet="Depreciation"):
    """Depreciation, vintage by vintage."""

    useful_life = driver("Useful life of new AWS assets", "yr", by=ASSET_CLASS, kind="constant")
    asset_life = line(
        "Useful life of new assets, by site", "yr",
        pick(SITE, aws=useful_life, other=pick(ASSET_CLASS, servers_and_network=_SERVERS, equipment=_EQUIPMENT, buildings=_BUILDINGS)),
        by=(SITE, ASSET_CLASS), timed=False, annual="none",
        note="That of stores stays as reported: their margin is after depreciation, so a shorter life would add cash and cost nothing.",
    )
    vintage_cost = line(
        "Cost of the vintage", "USD m",
        where(
            vintage_elapsed() + Basis.service_lag > 0,
            at_vintage(pick(SITE, aws=Assets.aws_additions, other=Assets.other_additions)) * Basis.asset_mix,
            0,
        ),
        by=(SITE, ASSET_CLASS, VINTAGE), timed=False, annual="none",
        note="Reported vintages count only if not yet in service at as-of; the others are in the run-off.",
    )
    vintage_depreciation = line(
        "Depreciation of the vintage", "USD m",
        where(
            age() < Basis.service_lag,
            0,
            vintage_cost
            * maximum(0, minimum(1, QUARTERS_PER_YEAR * asset_life - (age() - Basis.service_lag)))
            / (QUARTERS_PER_YEAR * asset_life),
        ),
        history=None,
        by=(SITE, ASSET_CLASS, VINTAGE),
    )
    aws_retirement_steady = line(
        "Share of an AWS fleet without growth that ends its life in a year", "1/yr",
        1 / (useful_life["servers_and_network"] * Basis.asset_mix["aws", "servers_and_network"]
             + useful_life["equipment"] * Basis.asset_mix["aws", "equipment"]
             + useful_life["buildings"] * Basis.asset_mix["aws", "buildings"]),
        timed=False, annual="none",
        note="A memo line beside aws_retirement: a growing fleet is younger, and less of it leaves.",
    )
    new_depreciation = line(
        "Depreciation of new assets", "USD m", total(vintage_depreciation, VINTAGE), history=None, by=(SITE, ASSET_CLASS)
    )
    runoff_share = driver("Depreciation of assets in service at as-of: share remaining", "ratio", by=SITE, kind="elapsed")
    existing_depreciation = line(
        "Depreciation of assets in service at as-of", "USD m",
        at_as_of(pick(SITE, aws=reported("property_depreciation_aws"),
                      other=reported("property_depreciation_other"))) * runoff_share,
        history=None, by=SITE,
    )
    aws_depreciation = line(
        "AWS depreciation of property and equipment", "USD m",
        existing_depreciation["aws"] + total(new_depreciation["aws"], ASSET_CLASS),
        history=reported("property_depreciation_aws"),
        note="Before 2024Q1 the year's figure is spread by the depreciation and amortization of the cash-flow statement.",
    )
    other_depreciation = line(
        "Other depreciation of property and equipment", "USD m",
        existing_depreciation["other"] + total(new_depreciation["other"], ASSET_CLASS),
        history=reported("property_depreciation_other"),
    )
    depreciation = line("Depreciation of property and equipment", "USD m", aws_depreciation + other_depreciation)
    other_amortization_ratio = driver("Other amortization to net sales", "ratio", kind="constant")
    other_amortization = line(
        "Other amortization: content, operating-lease and other", "USD m",
        other_amortization_ratio * Sales.net_sales,
        history=reported("depreciation_amortization") - depreciation,
    )
    depreciation_amortization = line("Depreciation and amortization (cash-flow line)", "USD m", depreciation + other_amortization)
