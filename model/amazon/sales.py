"""Net sales: AWS demand against capacity, advertising, stores; backlog as a memo."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from model.amazon.basis import QUARTERS_PER_YEAR, RETAIL, Basis
from model.language.declarations import Block, Driver, Line, driver, has_own_value, line, of_year, reported
from model.language.vocabulary import (
    at_as_of,
    elapsed,
    lagged,
    minimum,
    pick,
    prev,
    quarter_of_year,
    ttm,
    where,
    year_sum,
)

if TYPE_CHECKING:
    from model.language.nodes import Expr, Operand


def between_mid_years(assumption: Driver, before: Operand) -> Expr:
    """Return a driver as a line from the middle of each year to that of the next.

    The middle of a quarter lies 3/8 or 1/8 of a year from that of its year. ``before``: the value in the year
    before, where that year is wholly reported; else the driver's counts.
    """
    quarter, year = quarter_of_year(), of_year(assumption)
    preceding = where(elapsed() <= quarter, before, of_year(assumption, -1))
    neighbour = where(quarter <= 2, preceding, of_year(assumption, 1))
    return year + abs(5 - 2 * quarter) / 8 * (neighbour - year)


def grown_in_the_year(sales: str, growth: Driver, on_path: Expr, path: Expr) -> Expr:
    """Return seasonal sales that grow by a path within the year, scaled so that the year's total is kept."""
    before = prev(sales, 4)
    scale = (1 + of_year(growth)) * year_sum(before, on_path) / year_sum(before, path)
    return before * where(on_path, path * scale, 1 + growth)


def growth_of_last_year(sales: Expr) -> Expr:
    """Return the growth of the latest calendar year that is complete in a reported quarter."""
    this_year, year_before, two_before = (year_sum(each) for each in (sales, prev(sales, 4), prev(sales, 8)))
    return where(quarter_of_year() == 4, this_year / year_before, year_before / two_before) - 1


def last_two_years(flow: Line) -> Expr:
    """Return the sum of a flow over the eight quarters that end at as-of."""
    return reduce(add, (at_as_of(flow.node(), lag) for lag in range(8)))


class Sales(Block, sheet="Sales"):
    """Net sales: AWS demand against capacity, advertising, stores."""

    # AWS: what customers ask for
    aws_growth = driver("AWS demand growth, year on year", "ratio")
    unmet_demand_lost = driver("Share of unmet AWS demand that never returns", "ratio", kind="constant")
    aws_on_path = line(
        "AWS demand follows the path of its year (0: grows as given for the quarter)", "flag",
        1 - has_own_value(aws_growth), history=0, annual="none",
    )
    aws_shape = line(
        "Path of AWS demand within the year", "ratio",
        where(
            quarter_of_year() == 1,
            1,
            prev("aws_shape")
            * (1 + of_year(aws_growth)) ** ((5 - quarter_of_year()) / 16)
            * (1 + of_year(aws_growth, 1)) ** ((quarter_of_year() - 1) / 16),
        ),
        history=1, annual="none",
        note="First quarter: 1. Quarterly growth passes from that of this year to that of the next; only proportions matter.",
    )
    aws_demand = line(
        "AWS demand at plan prices", "USD m",
        where(
            aws_on_path,
            (1 + of_year(aws_growth)) * year_sum(prev("aws_demand_base", 4), aws_on_path)
            * aws_shape / year_sum(aws_shape, aws_on_path),
            (1 + aws_growth) * prev("aws_demand_base", 4),
        ),
        history=reported("net_sales_aws"),
        note="The year's growth holds for the sum of its quarters ahead, on the same quarters of the year before.",
    )

    # AWS: what the assets in service can serve
    aws_placed = line(
        "AWS additions that come into service", "USD m",
        lagged("aws_additions_on_time", Basis.service_lag["aws"], longest=4)
        + lagged("aws_additions_delayed", Basis.service_lag["aws"], longest=4, further=4),
        history=lagged("aws_additions_on_time", Basis.service_lag["aws"], longest=4),
        note="Nothing that was bought in reported quarters counts as late.",
    )
    compute_per_dollar = line(
        "Computing power per dollar against today's mix of chips", "times",
        1 + Basis.asset_mix["aws", "servers_and_network"]
        * ((1 + Basis.silicon_mix * Basis.price_performance)
           / (1 + Basis.silicon_mix_base * Basis.price_performance_base) - 1),
        annual="none",
    )
    sales_yield = driver("Sales yield: quarterly sales that a dollar placed in service can serve", "ratio")
    aws_retirement = driver("Share of AWS capacity retired a year", "1/yr")
    aws_utilisation = driver("Share of AWS capacity in use at as-of", "ratio", kind="constant")
    aws_capacity = line(
        "AWS capacity, in quarterly sales at plan prices", "USD m",
        prev("aws_capacity") * (1 - aws_retirement / QUARTERS_PER_YEAR) + aws_placed * compute_per_dollar * sales_yield,
        history=reported("net_sales_aws") / aws_utilisation,
        annual="last",
    )
    aws_capacity_placed = line("AWS additions that come into service, in today's computing power", "USD m", aws_placed * compute_per_dollar)
    aws_capacity_gained = line(
        "AWS capacity gained before retirement", "USD m",
        aws_capacity - prev("aws_capacity") * (1 - aws_retirement / QUARTERS_PER_YEAR), annual="none",
    )
    sales_yield_implied = line(
        "Sales yield implied by the change of capacity", "ratio", aws_capacity_gained / aws_capacity_placed, annual="none",
        note="A memo line: what reported sales say of sales_yield; in forecast quarters it is sales_yield.",
    )
    sales_yield_pooled = line(
        "Sales yield implied by the last eight reported quarters", "ratio",
        last_two_years(aws_capacity_gained) / last_two_years(aws_capacity_placed), timed=False, annual="none",
        note="The sums are related, not the quarters averaged: one quarter's additions serve the sales of others too.",
    )
    aws_volume = line(
        "AWS sales at plan prices: demand that capacity can serve", "USD m",
        minimum(aws_demand, aws_capacity),
        history=reported("net_sales_aws"),
    )
    aws_demand_base = line(
        "AWS demand that the next year grows from", "USD m",
        aws_volume + (1 - unmet_demand_lost) * (aws_demand - aws_volume),
    )
    price_pressure = driver("Price cut forced by rivals: level against plan prices", "ratio")
    price_cut = line(
        "Price cut in the quarter, linear between mid-years", "ratio",
        where(has_own_value(price_pressure), price_pressure, between_mid_years(price_pressure, before=0)),
        history=0, annual="none",
    )
    aws_sales = line("AWS net sales", "USD m", aws_volume * (1 - price_cut), history=reported("net_sales_aws"))
    aws_capacity_use = line("Share of AWS capacity in use", "ratio", aws_volume / aws_capacity, annual="none")

    # Advertising, inside the two retail segments
    advertising_growth = driver("Advertising growth, year on year", "ratio")
    advertising_growth_reported = line(
        "Advertising growth of the last year that is wholly reported", "ratio",
        prev("advertising_growth_reported"),
        history=growth_of_last_year(reported("net_sales_advertising_services")), annual="none",
    )
    advertising_on_path = line(
        "Advertising follows the path of its year (0: grows as given for the quarter)", "flag",
        1 - has_own_value(advertising_growth), history=0, annual="none",
    )
    advertising_path = line(
        "Advertising: 1 + growth, linear between mid-years", "ratio",
        advertising_on_path * (1 + between_mid_years(advertising_growth, before=advertising_growth_reported)),
        history=0, annual="none",
        note="Before it is scaled so that the year's total is kept.",
    )
    advertising_sales = line(
        "Advertising net sales", "USD m",
        grown_in_the_year("advertising_sales", advertising_growth, advertising_on_path, advertising_path),
        history=reported("net_sales_advertising_services"),
    )
    advertising_share_north_america = driver("Share of advertising sales in North America (assumption)", "ratio", kind="constant")
    retail_advertising = line(
        "Advertising net sales by retail segment", "USD m",
        pick(
            RETAIL,
            north_america=advertising_sales * advertising_share_north_america,
            international=advertising_sales * (1 - advertising_share_north_america),
        ),
        by=RETAIL,
    )

    # Stores: retail less advertising
    stores_growth = driver("Growth of stores, year on year", "ratio", by=RETAIL)
    stores_sales_reported = line(
        "Net sales of stores, as reported", "USD m", None,
        history=reported("net_sales", by=RETAIL) - retail_advertising, by=RETAIL,
    )
    stores_growth_reported = line(
        "Growth of stores in the last year that is wholly reported", "ratio",
        prev("stores_growth_reported"), history=growth_of_last_year(stores_sales_reported.node()), by=RETAIL, annual="none",
    )
    stores_on_path = line(
        "Stores follow the path of their year (0: grow as given for the quarter)", "flag",
        1 - has_own_value(stores_growth), history=0, by=RETAIL, annual="none",
    )
    stores_path = line(
        "Stores: 1 + growth, linear between mid-years", "ratio",
        stores_on_path * (1 + between_mid_years(stores_growth, before=stores_growth_reported)),
        history=0, by=RETAIL, annual="none",
        note="Before it is scaled so that the year's total is kept.",
    )
    stores_sales = line(
        "Net sales of stores: retail less advertising", "USD m",
        grown_in_the_year("stores_sales", stores_growth, stores_on_path, stores_path),
        history=stores_sales_reported,
        by=RETAIL,
    )

    # Reported segments
    north_america_sales = line("North America net sales", "USD m", stores_sales["north_america"] + retail_advertising["north_america"])
    international_sales = line("International net sales", "USD m", stores_sales["international"] + retail_advertising["international"])
    other_net_sales = line("Net sales other than AWS", "USD m", north_america_sales + international_sales)
    net_sales = line("Net sales", "USD m", north_america_sales + international_sales + aws_sales)

    # Backlog
    book_to_bill = driver("New commitments per dollar of AWS sales", "times")
    backlog = line(
        "AWS backlog (remaining performance obligations)", "USD m",
        prev("backlog") + (book_to_bill - 1) * aws_sales,
        history=reported("remaining_performance_obligations"),
        annual="last",
        note="A memo line: it does not feed demand.",
    )
    book_to_bill_implied = line(
        "Book to bill implied by the change of backlog", "times",
        1 + (backlog - prev(backlog)) / aws_sales, annual="none",
    )

    # Trailing twelve months and growth
    ttm_aws_sales = line("AWS net sales, TTM", "USD m", ttm(aws_sales), annual="last")
    ttm_net_sales = line("Net sales, TTM", "USD m", ttm(net_sales), annual="last")
    backlog_cover = line("Backlog in years of TTM AWS sales", "times", backlog / ttm_aws_sales, annual="ratio")
    aws_sales_growth = line("AWS growth, year on year", "ratio", aws_sales / prev(aws_sales, 4) - 1, annual="ratio")
    advertising_sales_growth = line(
        "Advertising growth, year on year", "ratio", advertising_sales / prev(advertising_sales, 4) - 1, annual="ratio"
    )
    net_sales_growth = line("Net sales growth, year on year", "ratio", net_sales / prev(net_sales, 4) - 1, annual="ratio")
