"""Net sales: AWS demand against capacity, advertising, stores; backlog as a memo."""

from __future__ import annotations

from model.amazon.basis import QUARTERS_PER_YEAR, RETAIL, Basis
from model.language.declarations import Block, driver, line, reported
from model.language.vocabulary import lagged, minimum, pick, prev, ttm


class Sales(Block, sheet="Sales"):
    """Net sales: AWS demand against capacity, advertising, stores."""

    # AWS: what customers ask for
    aws_growth = driver("AWS demand growth, year on year", "ratio")
    unmet_demand_lost = driver("Share of unmet AWS demand that never returns", "ratio", kind="constant")
    aws_demand = line(
        "AWS demand at plan prices", "USD m",
        (prev("aws_volume", 4) + (1 - unmet_demand_lost) * (prev("aws_demand", 4) - prev("aws_volume", 4)))
        * (1 + aws_growth),
        history=reported("net_sales_aws"),
    )

    # AWS: what the assets in service can serve
    aws_placed = line(
        "AWS additions that come into service", "USD m",
        lagged("aws_additions_on_time", Basis.service_lag["aws"], longest=4)
        + lagged("aws_additions_delayed", Basis.service_lag["aws"], longest=4, further=4),
    )
    compute_per_dollar = line(
        "Computing power per dollar against today's mix of chips", "times",
        1 + Basis.asset_mix["aws", "servers_and_network"]
        * ((1 + Basis.silicon_mix * Basis.price_performance)
           / (1 + Basis.silicon_mix_base * Basis.price_performance_base) - 1),
        history=None, annual="none",
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
    aws_volume = line(
        "AWS sales at plan prices: demand that capacity can serve", "USD m",
        minimum(aws_demand, aws_capacity),
        history=reported("net_sales_aws"),
    )
    price_pressure = driver("Price cut forced by rivals: level against plan prices", "ratio")
    aws_sales = line("AWS net sales", "USD m", aws_volume * (1 - price_pressure), history=reported("net_sales_aws"))
    aws_capacity_use = line("Share of AWS capacity in use", "ratio", aws_volume / aws_capacity, annual="none")

    # Advertising, inside the two retail segments
    advertising_growth = driver("Advertising growth, year on year", "ratio")
    advertising_sales = line(
        "Advertising net sales", "USD m",
        prev("advertising_sales", 4) * (1 + advertising_growth),
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
    stores_sales = line(
        "Net sales of stores: retail less advertising", "USD m",
        prev("stores_sales", 4) * (1 + stores_growth),
        history=reported("net_sales", by=RETAIL) - retail_advertising,
        by=RETAIL,
    )

    # Reported segments
    north_america_sales = line("North America net sales", "USD m", stores_sales["north_america"] + retail_advertising["north_america"])
    international_sales = line("International net sales", "USD m", stores_sales["international"] + retail_advertising["international"])
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
