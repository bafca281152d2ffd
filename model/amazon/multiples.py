"""What the share is worth by its parts, by its peers, and by the margin it may reach; all methods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.amazon.basis import RETAIL
from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income, Segments
from model.amazon.sales import Sales
from model.amazon.value import CASE, CapitalCost, EquityBridge, FirmCash, Terminal
from model.language.declarations import Block, driver, line, result
from model.language.finance import discount_factor, multiple_of
from model.language.nodes import Dimension
from model.language.vocabulary import (
    at_as_of,
    at_end,
    maximum,
    minimum,
    not_meaningful,
    pick,
    sum_over_axis,
    total,
    ttm,
    where,
)

if TYPE_CHECKING:
    from model.language.declarations import Driver, Line
    from model.language.nodes import Expr, Ref

PART: Final = Dimension("part", ("aws", "advertising", "stores"), labels={"aws": "AWS"})
PEER: Final = Dimension("peer", ("microsoft", "alphabet", "apple", "meta", "nvidia", "tesla"))
METHOD: Final = Dimension(
    "method", ("dcf", "exit_multiple", "sotp", "price_to_sales", "net_margin"),
    labels={"dcf": "discounted cash flow", "sotp": "sum of the parts"},
)


def _each_peer(figure: Line | Driver) -> list[Ref]:
    return [figure[peer] for peer in PEER.members]


def _lowest_above_zero(figure: Line, highest: Line) -> Expr:
    return minimum(*(where(each > 0, each, highest) for each in _each_peer(figure)))


class SumOfParts(Block, sheet="Value"):
    """Sum of the parts, on the next four quarters."""

    aws_ev_ebit = driver("AWS: enterprise value to operating income", "times", kind="constant")
    advertising_ev_ebit = driver("Advertising: enterprise value to operating income (assumed margin)", "times", kind="constant")
    stores_ev_sales = driver("Stores: enterprise value to net sales", "times", kind="constant")
    ttm_aws_operating_income = line("AWS operating income, TTM", "USD m", ttm(Segments.aws_operating_income), annual="last")
    ttm_advertising_income = line("Advertising operating income, TTM (assumed margin)", "USD m", ttm(Segments.advertising_operating_income), annual="last")
    all_stores_sales = line("Net sales of all stores", "USD m", total(Sales.stores_sales, RETAIL))
    ttm_stores_sales = line("Net sales of all stores, TTM", "USD m", ttm(all_stores_sales), annual="last")
    part_value = result(
        "Enterprise value of the part", "USD m",
        pick(
            PART,
            aws=at_as_of(ttm_aws_operating_income, -4) * aws_ev_ebit,
            advertising=at_as_of(ttm_advertising_income, -4) * advertising_ev_ebit,
            stores=at_as_of(ttm_stores_sales, -4) * stores_ev_sales,
        )
        * Terminal.case_factor,
        by=(PART, CASE),
    )
    part_value_per_share = result("Part, per share", "USD/share", part_value["mid"] / EquityBridge.diluted_shares, by=PART)
    net_assets_per_share = result("Cash, stakes, debt and leases, per share", "USD/share", EquityBridge.net_assets / EquityBridge.diluted_shares)
    parts_enterprise_value = result("Enterprise value, sum of the parts", "USD m", total(part_value, PART), by=CASE)


class Multiples(Block, sheet="Value"):
    """Multiples at the price of the valuation date, on twelve months that end with the quarter."""

    market_value = result("Market value of the diluted shares", "USD m", EquityBridge.price * EquityBridge.diluted_shares)
    ttm_normalised_net_income = line("Normalised net income, TTM", "USD m", ttm(Income.normalised_net_income), annual="last")
    price_to_sales = result("Price to sales", "times", multiple_of(market_value, Sales.ttm_net_sales), timed=True)
    market_enterprise_value = result(
        "Enterprise value at the price", "USD m", market_value + EquityBridge.net_debt,
        note="Stakes are not deducted, as data vendors do it: the multiple is slightly high for the operating businesses.",
    )
    ev_to_ebitda = result(
        "Enterprise value to EBITDA", "times", multiple_of(market_enterprise_value, Terminal.ttm_ebitda), timed=True,
        note="Flattered: EBITDA leaves out content and operating-lease amortization.",
    )
    price_to_operating_cash_flow = result(
        "Price to operating cash flow", "times", multiple_of(market_value, FreeCash.ttm_operating_cash_flow), timed=True
    )
    price_to_free_cash_flow = result(
        "Price to free cash flow", "times", multiple_of(market_value, FreeCash.ttm_free_cash_flow), timed=True,
        note="An error value where free cash flow is 0 or below: the multiple has no meaning.",
    )
    price_to_earnings = result(
        "Price to normalised earnings", "times", multiple_of(market_value, ttm_normalised_net_income), timed=True
    )
    price_to_sales_trailing = result("Price to sales, trailing", "times", at_as_of(price_to_sales))
    price_to_sales_ahead = result("Price to sales, next four quarters", "times", at_as_of(price_to_sales, -4))
    ev_to_ebitda_trailing = result("Enterprise value to EBITDA, trailing", "times", at_as_of(ev_to_ebitda))
    ev_to_ebitda_ahead = result("Enterprise value to EBITDA, next four quarters", "times", at_as_of(ev_to_ebitda, -4))
    price_to_earnings_trailing = result("Price to normalised earnings, trailing", "times", at_as_of(price_to_earnings))
    price_to_earnings_ahead = result("Price to normalised earnings, next four quarters", "times", at_as_of(price_to_earnings, -4))
    price_to_free_cash_flow_trailing = result("Price to free cash flow, trailing", "times", at_as_of(price_to_free_cash_flow))


class Peers(Block, sheet="Value"):
    """Peers in December 2025: the article's re-rating, at the price to sales that a net margin earns."""

    peer_market_value = driver("Market value", "USD m", by=PEER, kind="constant")
    peer_sales = driver("Net sales, TTM", "USD m", by=PEER, kind="constant")
    peer_net_income = driver("Net income, TTM (0: none known)", "USD m", by=PEER, kind="constant", zero_means_none=True)
    peer_ev_to_ebitda = driver("Enterprise value to EBITDA", "times", by=PEER, kind="constant")
    peer_cash_yield = driver("Free cash flow to market value", "ratio", by=PEER, kind="constant")
    least_peer_margin = driver("Least net margin of a peer for low and high", "ratio", kind="constant")
    peer_price_to_sales = result("Price to sales", "times", peer_market_value / peer_sales, by=PEER)
    peers_price_to_sales = result(
        "Price to sales of the peers: lowest, combined, highest", "times",
        pick(
            CASE,
            low=minimum(*_each_peer(peer_price_to_sales)),
            mid=total(peer_market_value, PEER) / total(peer_sales, PEER),
            high=maximum(*_each_peer(peer_price_to_sales)),
        ),
        by=CASE,
    )
    lowest_of_all = result("Amazon's price to sales is below that of every peer", "flag", Multiples.price_to_sales_trailing < peers_price_to_sales["low"])
    peer_net_margin = result("Net margin, as reported", "ratio", peer_net_income / peer_sales, by=PEER)
    peer_price_earnings = result(
        "Price to sales to net margin; 0 below the least net margin", "times",
        where(peer_net_income > least_peer_margin * peer_sales, multiple_of(peer_market_value, peer_net_income), 0), by=PEER,
        note="Price to sales divided by net margin is price to earnings: sales cancel out.",
    )
    highest_price_earnings = result("Price to sales to net margin: highest of the peers", "times", maximum(*_each_peer(peer_price_earnings)))
    lowest_price_earnings = result("Price to sales to net margin: lowest of the peers", "times", _lowest_above_zero(peer_price_earnings, highest_price_earnings))
    own_net_margin = result(
        "Amazon's normalised net margin, trailing", "ratio",
        at_as_of(Multiples.ttm_normalised_net_income) / at_as_of(Sales.ttm_net_sales),
    )
    peers_price_to_sales_at_own_margin = result(
        "Price to sales of the peers at Amazon's net margin", "times",
        where(
            (own_net_margin > 0) & (minimum(*_each_peer(peer_net_income)) > 0) & (highest_price_earnings > 0),
            pick(
                CASE,
                low=lowest_price_earnings,
                mid=peers_price_to_sales["mid"] / (total(peer_net_income, PEER) / total(peer_sales, PEER)),
                high=highest_price_earnings,
            )
            * own_net_margin,
            not_meaningful(),
        ),
        by=CASE,
        note="An error value where Amazon's margin is 0 or below, or a peer's net income is not known.",
    )


class MarginCase(Block, sheet="Value"):
    """The net-margin case: sales of the last year at a target margin and multiple of earnings."""

    target_net_margin = driver("Target net margin", "ratio", by=CASE, kind="constant")
    target_price_earnings = driver("Price to earnings at the end of the axis", "times", by=CASE, kind="constant")
    final_sales = result("Net sales of the last year", "USD m", at_end(Sales.ttm_net_sales))
    equity_discount_factor = result(
        "Discount factor of the last day of the axis at the cost of equity", "ratio",
        discount_factor(CapitalCost.equity_cost, at_end(Terminal.last_day) - FirmCash.valuation_date),
    )
    payout_present_value = line(
        "Present value of distributions and investments less stock compensation, at the cost of equity", "USD m",
        (Funding.distributions + Funding.investments - OperatingCash.stock_compensation) * discount_factor(CapitalCost.equity_cost, FirmCash.days_to_flow),
        history=0,
        note="What is paid out on the way counts, so does what is paid in shares; a stake bought is taken to be worth its price.",
    )
    payout_value = result("Paid out to the end of the axis, present value", "USD m", sum_over_axis(payout_present_value))
    net_cash_built = result(
        "Net cash at the end of the axis above that at as-of, present value", "USD m",
        (at_end(Funding.cash) - at_as_of(Funding.cash) - at_end(Funding.debt) + at_as_of(Funding.debt)) * equity_discount_factor,
        note="What was borrowed to be paid out is owed, and what was kept is there: a target margin does not know.",
    )
    margin_equity_value = result(
        "Equity value, net-margin case", "USD m",
        final_sales * target_net_margin * target_price_earnings * equity_discount_factor + payout_value + net_cash_built
        + EquityBridge.stakes_after_haircut,
        by=CASE,
    )
    final_net_margin = result(
        "Net margin of the last year before gains and special charges", "ratio", at_end(Multiples.ttm_normalised_net_income) / final_sales
    )
    own_margin_value_per_share = result(
        "Value per share at the scenario's own net margin, at the same multiples of earnings", "USD/share",
        (final_sales * final_net_margin * target_price_earnings * equity_discount_factor + payout_value + EquityBridge.stakes_after_haircut)
        / EquityBridge.diluted_shares,
        by=CASE,
    )


class FootballField(Block, sheet="Value"):
    """Value per share: every method, low, middle and high."""

    value_per_share = result(
        "Value per share", "USD/share",
        pick(
            METHOD,
            dcf=EquityBridge.equity_value,
            exit_multiple=EquityBridge.exit_enterprise_value + EquityBridge.net_assets,
            sotp=SumOfParts.parts_enterprise_value + EquityBridge.net_assets,
            price_to_sales=Peers.peers_price_to_sales_at_own_margin * at_as_of(Sales.ttm_net_sales),
            net_margin=MarginCase.margin_equity_value,
        )
        / EquityBridge.diluted_shares,
        by=(METHOD, CASE),
    )
    upside = result("Upside to the price", "ratio", value_per_share["mid"] / EquityBridge.price - 1, by=METHOD)

    # What a chart of floating columns needs: the steps from low to middle to high, and the price beside each
    step_to_mid = result("Value per share: from low to middle", "USD/share", value_per_share["mid"] - value_per_share["low"], by=METHOD)
    step_to_high = result("Value per share: from middle to high", "USD/share", value_per_share["high"] - value_per_share["mid"], by=METHOD)
