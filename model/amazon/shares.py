"""Shares by quarter, and what is left for each: earnings and free cash flow per share."""

from __future__ import annotations

from model.amazon.cash import FreeCash, Funding, OperatingCash
from model.amazon.margins import Income
from model.amazon.value import CapitalCost, EquityBridge, FirmCash
from model.language.declarations import Block, line, reported
from model.language.finance import discount_factor
from model.language.vocabulary import not_meaningful, prev, where


class PerShare(Block, sheet="Value"):
    """Shares and earnings per share."""

    price_path = line(
        "Share price that grows at the cost of equity", "USD/share",
        EquityBridge.price / discount_factor(CapitalCost.equity_cost, FirmCash.days_to_flow), history=None, annual="none",
        note="No forecast: the price at which stock pay and buybacks leave the value of a share where it is.",
    )
    shares_issued = line(
        "Shares issued as pay less shares bought back", "m shares",
        (OperatingCash.stock_compensation - Funding.distributions) / price_path, history=None,
        note="Distributions count as buybacks.",
    )
    shares_left = line(
        "Diluted shares after that, 0 or below where more is bought back than there is", "m shares",
        where(prev("shares_left") > 0, prev("shares_left") + shares_issued, prev("shares_left")),
        history=reported("diluted_shares", "m shares"), annual="none",
    )
    diluted_share_count = line(
        "Diluted shares in the quarter", "m shares",
        where(shares_left > 0, shares_left, not_meaningful()),
        history=reported("diluted_shares", "m shares"),
        annual="mean",
        note="Value per share divides by diluted_shares, the count at as-of: pay in shares is an expense in the flows.",
    )
    eps = line(
        "Diluted earnings per share", "USD/share", Income.net_income / diluted_share_count, annual="ratio",
        note="Of a year: its income by the mean of its quarters' shares.",
    )
    normalised_eps = line(
        "Diluted earnings per share before one-offs", "USD/share",
        Income.normalised_net_income / diluted_share_count, annual="ratio", note="Without gains on stakes and special charges.",
    )
    free_cash_flow_per_share = line(
        "Free cash flow per share", "USD/share", FreeCash.free_cash_flow / diluted_share_count, annual="ratio",
    )
