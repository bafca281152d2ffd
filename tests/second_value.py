"""What the forecast in plain loops is worth, written from the notes on the model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from second_model import CLASSES, STAKES

if TYPE_CHECKING:
    from second_model import Plain

CASES = ("low", "mid", "high")
FADE_YEARS = range(1, 11)


class PlainValue:
    """The value of one forecast: ``self.one[result]``."""

    def __init__(self, plain: Plain) -> None:
        self.plain, self.x, self.d = plain, plain.x, plain.d
        self.ahead = range(plain.split, plain.axis.length)
        self.one: dict[str, float] = {}
        self.bridge()
        self.after_the_axis()
        for case in CASES:
            self.fade_and_perpetuity(case)
        self.other_methods()

    def year(self, line: str, before: int = 0) -> float:
        """Return the sum over the last year, or over one ``before`` it."""
        end = self.plain.axis.length - 4 * before
        return sum(self.x[line][end - 4 : end])

    def last(self, key: str) -> float:
        """Return a driver in the last quarter."""
        return self.d(key, self.plain.axis.length - 1)

    def reported_year(self, line: str) -> float:
        """Return the sum over the last four reported quarters."""
        return sum(self.x[line][self.plain.split - 4 : self.plain.split])

    def years_to_end(self) -> float:
        return self.plain.days(self.plain.axis.length - 1) / 365.25

    def rate(self, case: str) -> float:
        """Return the discount rate of a case: the value is low where the rate is high."""
        d, side = self.d, {"low": 1, "mid": 0, "high": -1}[case]
        after_tax = d("cost_of_debt") * (1 - d("marginal_tax_rate"))
        built_up = (1 - d("debt_weight")) * self.plain.equity_cost() + d("debt_weight") * after_tax
        return (d("wacc") or built_up) + side * d("wacc_spread")

    def bridge(self) -> None:
        one, d, as_of = self.one, self.d, self.plain.split - 1
        one["stakes_after_haircut"] = sum(d(each) for each in STAKES) * (1 - d("stake_haircut"))
        owed = self.x["debt"][as_of] + self.x["finance_leases"][as_of]
        one["net_debt"] = owed - self.x["cash"][as_of]
        rest = one["stakes_after_haircut"] - d("financing_obligations_owed")
        one["net_assets"] = rest - one["net_debt"]

    def after_the_axis(self) -> None:
        """Depreciation comes to what additions cause, then growth fades to that of the perpetuity."""
        one, d = self.one, self.d
        one["final_growth"] = self.year("net_sales") / self.year("net_sales", 1) - 1
        one["steady_depreciation"] = sum(self.steady_additions(site) for site in ("aws", "other"))
        still_to_come = one["steady_depreciation"] - self.year("depreciation")
        one["final_income"] = (self.year("operating_income") - still_to_come) * (1 - self.last("tax_rate"))
        income = one["final_income"]
        for k in FADE_YEARS:
            growth = one["final_growth"] + (d("terminal_growth") - one["final_growth"]) * k / 10
            income *= 1 + growth
            one[f"fade_growth[{k}]"], one[f"fade_income[{k}]"] = growth, income
            one[f"fade_flow[{k}]"] = income * (1 - growth / d("fade_roic"))

    def steady_additions(self, site: str) -> float:
        """Return the depreciation of a site whose additions have long grown as sales do."""
        intensity = sum(
            self.year(f"{site}_additions", before) / self.site_sales(site, before) for before in range(3)
        )
        additions, growth = intensity / 3 * self.site_sales(site, 0), max(self.one["final_growth"], 0)
        total = 0.0
        for name in CLASSES:
            life, ratio = self.plain.life(site, name), 1.0
            if abs(growth) >= 1e-9:
                ratio = growth * life / (1 - (1 + growth) ** -life)
            total += additions * self.d(f"asset_mix[{site},{name}]") / ratio
        return total

    def site_sales(self, site: str, before: int) -> float:
        aws = self.year("aws_sales", before)
        return aws if site == "aws" else self.year("net_sales", before) - aws

    def fade_and_perpetuity(self, case: str) -> None:
        one, d, rate, end = self.one, self.d, self.rate(case), self.years_to_end()
        growth, gap = d("terminal_growth"), rate - d("terminal_growth")
        one[f"discount_rate[{case}]"] = rate
        one[f"value_of_flows[{case}]"] = sum(
            self.flow(t) / (1 + rate) ** self.plain.years_to_middle(t) for t in self.ahead
        )
        one[f"fade_value[{case}]"] = sum(
            one[f"fade_flow[{k}]"] / (1 + rate) ** (end + k - 0.5) for k in FADE_YEARS
        )
        kept = one["fade_income[10]"] * (1 + growth) * (1 - growth / d("terminal_roic"))
        one[f"perpetuity[{case}]"] = kept / gap * (1 + rate) ** 0.5 if gap > 0 else math.nan
        one[f"perpetuity_value[{case}]"] = one[f"perpetuity[{case}]"] / (1 + rate) ** (end + 10)
        after = one[f"fade_value[{case}]"] + one[f"perpetuity_value[{case}]"]
        one[f"enterprise_value[{case}]"] = one[f"value_of_flows[{case}]"] + after
        one[f"equity_value[{case}]"] = one[f"enterprise_value[{case}]"] + one["net_assets"]
        one[f"value_per_share[dcf,{case}]"] = one[f"equity_value[{case}]"] / d("diluted_shares")
        if case == "mid":
            one["terminal_share"] = after / one["enterprise_value[mid]"]
            one["implied_ev_ebitda"] = after * (1 + rate) ** end / self.year("ebitda")
            leaving = d("exit_ev_ebitda") * self.year("ebitda") / (1 + rate) ** end
            total = one["value_of_flows[mid]"] + leaving + one["net_assets"]
            one["value_per_share[exit_multiple,mid]"] = total / d("diluted_shares")

    def flow(self, t: int) -> float:
        """Return the free cash flow to the firm of a quarter."""
        x = self.x
        after_tax = x["operating_income"][t] * (1 - self.d("tax_rate", t))
        content_and_leases = -x["other_amortization"][t]
        kept = after_tax + x["depreciation_amortization"][t] + content_and_leases + x["working_capital"][t]
        return kept + x["deferred_tax"][t] - x["net_capex"][t] - x["finance_lease_additions"][t]

    def other_methods(self) -> None:
        one, d, cost = self.one, self.d, self.plain.equity_cost()
        paid_out = sum(
            (self.x["distributions"][t] + d("investments", t) - self.x["stock_compensation"][t])
            / (1 + cost) ** self.plain.years_to_middle(t)
            for t in self.ahead
        )
        cash, debt, now = self.x["cash"], self.x["debt"], self.plain.split - 1
        built = (cash[-1] - debt[-1] - cash[now] + debt[now]) / (1 + cost) ** self.years_to_end()
        stakes = one["stakes_after_haircut"] / d("diluted_shares")
        for case in CASES:
            earned = d(f"target_net_margin[{case}]") * self.year("net_sales")
            priced = earned * d(f"target_price_earnings[{case}]") / (1 + cost) ** self.years_to_end()
            per_share = (priced + paid_out + built) / d("diluted_shares") + stakes
            one[f"value_per_share[net_margin,{case}]"] = per_share
        one["value_per_share[price_to_sales,mid]"] = self.at_price_to_sales_of_peers()

    def at_price_to_sales_of_peers(self) -> float:
        """Return the value at the peers' price to sales, less or more as the own margin is than theirs."""
        peers = [key.removeprefix("peer_sales") for key in self.plain.results.values if "peer_sales[" in key]
        items = ("peer_market_value", "peer_sales", "peer_net_income")
        value, sales, income = (sum(self.d(item + peer) for peer in peers) for item in items)
        own_sales = self.reported_year("net_sales")
        own_margin = self.reported_year("normalised_net_income") / own_sales
        is_missing = any(self.d(f"peer_net_income{peer}") == 0 for peer in peers)
        if is_missing or own_margin <= 0 or income <= 0:
            return math.nan
        return value / sales * own_margin / (income / sales) * own_sales / self.d("diluted_shares")


def shares_of_years(plain: Plain, line: str) -> dict[int, float]:
    """Return a line a share by year: the year's total over the mean of its four quarters' shares."""
    found = {}
    for place, year in enumerate(plain.axis.years):
        quarters = slice(4 * place, 4 * place + 4)
        found[year] = sum(plain.x[line][quarters]) / (sum(plain.x["diluted_share_count"][quarters]) / 4)
    return found
