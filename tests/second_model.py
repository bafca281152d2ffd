"""The forecast in plain loops, written from the notes on the model, not from its declarations."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.results import Results

CLASSES = ("servers_and_network", "equipment", "buildings")
STORES_LIVES = dict(zip(CLASSES, (5.5, 10, 40), strict=True))
"""Years that property other than AWS's lasts, whatever a scenario says of AWS (10-K FY2025)."""
RETAIL = ("north_america", "international")
STAKES = ("stakes[anthropic]", "stakes[openai]")
PER_SHARE = {
    "eps": "net_income",
    "normalised_eps": "normalised_net_income",
    "free_cash_flow_per_share": "free_cash_flow",
}
"""Lines per share, and what they divide."""


NOT_COMPUTED = -math.inf
"""What a quarter ahead holds before its turn: whatever uses it is wrong, and seen to be."""
_REPORTED_CAP = 0.85
"""Largest share of the tax charge that is taken as deferred in reported quarters."""
DATE_ZERO = 693594
"""Day 0 of dates in cells, 1899-12-30, in days of Python."""


class Plain:
    """The forecast of one scenario: ``self.x[line][t]``, with reported quarters taken from the results.

    ``self.reported``: lines that are arithmetic on reported figures, in reported quarters; NaN: not known.
    """

    def __init__(self, results: Results) -> None:
        self.results, self.axis = results, results.plan.axis
        self.split = self.axis.forecast_start
        self.x: dict[str, list[float]] = defaultdict(lambda: [NOT_COMPUTED] * self.axis.length)
        for key, row in results.values.items():
            if results.plan.rows[key].line is not None and row.shape[0] == self.axis.length:
                self.x[key][: self.split] = row[: self.split, 0].tolist()
        self.reported: dict[str, list[float]] = defaultdict(list)
        for t in range(self.split):
            self.reported_quarter(t)
        for t in range(self.split, self.axis.length):
            self.quarter(t)

    def lines(self) -> list[str]:
        """Return the lines that were computed ahead."""
        return [line for line, row in self.x.items() if NOT_COMPUTED not in row[self.split :]]

    def d(self, key: str, t: int = 0) -> float:
        """Return a driver in a quarter."""
        row = self.results.values[key]
        return float(row[t if row.shape[0] > 1 else 0, 0])

    def of_year(self, key: str, year: int) -> float:
        """Return a driver's value of a calendar year; beyond the last one, of that."""
        return self.results.scenarios[0].table[key][str(min(year, self.axis.last.year))]

    def own(self, key: str, t: int) -> float | None:
        """Return the value that a quarter has of its own."""
        return self.results.scenarios[0].table[key].get(str(self.axis.quarters[t]))

    def on_path(self, key: str, t: int) -> list[int]:
        """Return the quarters ahead in the year of ``t`` that have no value of their own."""
        first = t - t % 4
        return [s for s in range(max(first, self.split), first + 4) if self.own(key, s) is None]

    def between_mid_years(self, key: str, t: int, reported: float) -> float:
        """Return a driver on the line from mid-year, where it has the year's value, to the next mid-year.

        A quarter's middle lies 3/8 or 1/8 of a year from that of its year. ``reported``: the value of a
        year without a quarter ahead.
        """
        year, distance = self.axis.quarters[t].year, (-3 / 8, -1 / 8, 1 / 8, 3 / 8)[t % 4]
        here = self.of_year(key, year)
        if distance > 0:
            return here + distance * (self.of_year(key, year + 1) - here)
        is_reported = t - t % 4 <= self.split
        before = reported if is_reported else self.of_year(key, year - 1)
        return here - distance * (before - here)

    def grown(self, line: str, key: str, t: int) -> float:
        """Return sales that grow linearly between mid-years, and in total as much as the driver says."""
        sales = self.x[line]
        own = self.own(key, t)
        if own is not None:
            return sales[t - 4] * (1 + own)
        first = t - t % 4
        reported = sum(sales[first - 4 : first]) / sum(sales[first - 8 : first - 4]) - 1
        factor = {s: 1 + self.between_mid_years(key, s, reported) for s in self.on_path(key, t)}
        total = (1 + self.of_year(key, self.axis.quarters[t].year)) * sum(sales[s - 4] for s in factor)
        return total * sales[t - 4] * factor[t] / sum(sales[s - 4] * factor[s] for s in factor)

    def demand(self, t: int) -> float:
        """Return AWS demand: its year's total along the year's shape, or grown by the quarter's own value."""
        base, key, year = self.x["aws_demand_base"], "aws_growth", self.axis.quarters[t].year
        own = self.own(key, t)
        if own is not None:
            return base[t - 4] * (1 + own)
        this, following = (1 + self.of_year(key, each) for each in (year, year + 1))
        shape = [1.0]
        for weight in (0.75, 0.5, 0.25):
            shape.append(shape[-1] * this ** (weight / 4) * following ** ((1 - weight) / 4))
        quarters = self.on_path(key, t)
        total = this * sum(base[s - 4] for s in quarters)
        return total * shape[t % 4] / sum(shape[s % 4] for s in quarters)

    def year_sum(self, line: str, t: int, positions: range) -> float:
        return sum(self.x[line][s] for s in positions if s // 4 == t // 4)

    def ttm(self, line: str, t: int) -> float:
        return sum(self.x[line][t - 3 : t + 1])

    def quarter(self, t: int) -> None:
        self.sales(t)
        self.capex(t)
        self.depreciation(t)
        self.income(t)
        self.cash(t)
        self.per_share(t)

    def sales(self, t: int) -> None:
        x, d = self.x, self.d
        x["aws_demand"][t] = self.demand(t)
        lag = int(d("service_lag[aws]"))
        placed = x["aws_additions"][t - lag] * (1 - self.delay(t - lag)) + x["aws_additions"][
            t - lag - 4
        ] * self.delay(t - lag - 4)
        per_dollar = self.computing_per_dollar(t)
        kept_capacity = x["aws_capacity"][t - 1] * (1 - d("aws_retirement", t) / 4)
        x["compute_per_dollar"][t] = per_dollar
        x["aws_capacity"][t] = kept_capacity + placed * per_dollar * d("sales_yield", t)
        x["aws_volume"][t] = min(x["aws_demand"][t], x["aws_capacity"][t])
        unmet = x["aws_demand"][t] - x["aws_volume"][t]
        x["aws_demand_base"][t] = x["aws_volume"][t] + (1 - d("unmet_demand_lost")) * unmet
        own_cut = self.own("price_pressure", t)
        cut = self.between_mid_years("price_pressure", t, 0.0) if own_cut is None else own_cut
        x["aws_sales"][t] = x["aws_volume"][t] * (1 - cut)
        x["advertising_sales"][t] = self.grown("advertising_sales", "advertising_growth", t)
        for segment in RETAIL:
            line = f"stores_sales[{segment}]"
            x[line][t] = self.grown(line, f"stores_growth[{segment}]", t)
        stores = sum(x[f"stores_sales[{segment}]"][t] for segment in RETAIL)
        x["net_sales"][t] = x["aws_sales"][t] + x["advertising_sales"][t] + stores
        x["backlog"][t] = x["backlog"][t - 1] + (d("book_to_bill", t) - 1) * x["aws_sales"][t]

    def computing_per_dollar(self, t: int) -> float:
        d = self.d
        power = (1 + d("silicon_mix", t) * d("price_performance", t)) / (
            1 + d("silicon_mix_base") * d("price_performance_base")
        )
        return 1 + d("asset_mix[aws,servers_and_network]") * (power - 1)

    def delay(self, t: int) -> float:
        return self.d("delayed", t) if t >= self.split else 0.0

    def capex(self, t: int) -> None:
        x, d = self.x, self.d
        self.net_capex(t)
        x["net_capex"][t] = x["aws_net_capex"][t] + x["other_net_capex"][t]
        x["proceeds"][t] = d("proceeds_ratio") * x["net_capex"][t]
        x["capex"][t] = x["net_capex"][t] + x["proceeds"][t]
        for segment in ("aws", "other"):
            x[f"{segment}_additions"][t] = d("accrual_ratio", t) * x[f"{segment}_net_capex"][t]
        x["property_additions"][t] = x["aws_additions"][t] + x["other_additions"][t]
        retired = x["aws_capacity"][t - 1] * d("aws_retirement", t) / 4
        bought_again = retired / (d("sales_yield", t) * x["compute_per_dollar"][t])
        x["capex_to_hold"][t] = bought_again / d("accrual_ratio", t)
        x["capex_to_grow"][t] = x["aws_net_capex"][t] - x["capex_to_hold"][t]

    def net_capex(self, t: int) -> None:
        """Spend the budget of the year, or what demand of AWS, at plan prices, and the other sales need."""
        x, d = self.x, self.d
        phasing, scale = [d(f"capex_phasing[q{n}]") for n in (1, 2, 3, 4)], d("capex_scale", t)
        if d("capex_budget", t) > 0:
            spent = self.year_sum("net_capex", t, range(self.split))
            left = sum(phasing[s % 4] for s in range(self.split, self.axis.length) if s // 4 == t // 4)
            total = (d("capex_budget", t) - spent) * phasing[t % 4] / left * scale
            x["aws_net_capex"][t] = d("aws_capex_share", t) * total
            x["other_net_capex"][t] = total - x["aws_net_capex"][t]
            return
        other_sales = self.ttm("net_sales", t) - self.ttm("aws_sales", t)
        of_the_year = phasing[t % 4] * scale
        x["aws_net_capex"][t] = d("aws_capex_to_demand", t) * self.ttm("aws_demand", t) * of_the_year
        x["other_net_capex"][t] = d("other_capex_to_sales", t) * other_sales * of_the_year

    def depreciation(self, t: int) -> None:
        x, d = self.x, self.d
        for site in ("aws", "other"):
            lag, anchor = int(d(f"service_lag[{site}]")), x[f"{site}_depreciation"][self.split - 1]
            total = anchor * d(f"runoff_share[{site}]", t)
            for bought in range(self.split - lag, t - lag + 1):
                for name in CLASSES:
                    cost = x[f"{site}_additions"][bought] * d(f"asset_mix[{site},{name}]")
                    quarters = 4 * self.life(site, name)
                    total += cost / quarters * max(0.0, min(1.0, quarters - (t - bought - lag)))
            x[f"{site}_depreciation"][t] = total
        x["depreciation"][t] = x["aws_depreciation"][t] + x["other_depreciation"][t]
        x["other_amortization"][t] = d("other_amortization_ratio") * x["net_sales"][t]
        x["depreciation_amortization"][t] = x["depreciation"][t] + x["other_amortization"][t]
        x["property"][t] = x["property"][t - 1] + x["property_additions"][t] - x["depreciation"][t]

    def life(self, site: str, name: str) -> float:
        return self.d(f"useful_life[{name}]") if site == "aws" else STORES_LIVES[name]

    def income(self, t: int) -> None:
        x, d = self.x, self.d
        saved = d("silicon_cost_saving") * (d("silicon_mix", t) - d("silicon_mix_base"))
        x["aws_cash_cost"][t] = x["aws_volume"][t] * d("aws_cash_cost_ratio", t) * (1 - saved)
        x["aws_operating_income"][t] = x["aws_sales"][t] - x["aws_cash_cost"][t] - x["aws_depreciation"][t]
        x["advertising_operating_income"][t] = x["advertising_sales"][t] * d("advertising_margin", t)
        operating = x["aws_operating_income"][t] + x["advertising_operating_income"][t]
        for segment in RETAIL:
            season = self.season(segment, t)
            income = x[f"stores_sales[{segment}]"][t] * (d(f"stores_margin[{segment}]", t) + season)
            x[f"stores_operating_income[{segment}]"][t] = income
            operating += income
        x["operating_income"][t] = operating
        x["interest_income"][t] = d("interest_rate_cash", t) / 4 * x["cash"][t - 1]
        x["interest_expense"][t] = (
            d("interest_rate_debt", t) / 4 * (x["debt"][t - 1] + x["finance_leases"][t - 1])
        )
        x["pretax_income"][t] = operating + x["interest_income"][t] - x["interest_expense"][t]
        x["tax"][t] = d("tax_rate", t) * x["pretax_income"][t]
        x["net_income"][t] = x["pretax_income"][t] - x["tax"][t]
        x["normalised_net_income"][t] = x["net_income"][t]
        x["ebitda"][t] = operating + x["depreciation_amortization"][t]

    def season(self, segment: str, t: int) -> float:
        """Mean over two blocks of four quarters ending at as-of of the quarter's margin less the block's."""
        last = self.split - 1
        own = next(s for s in range(last - 3, last + 1) if s % 4 == t % 4)
        total = 0.0
        for block_end, quarter in ((last, own), (last - 4, own - 4)):
            block = range(block_end - 3, block_end + 1)
            margin = sum(self.before_one_offs(segment, s) for s in block) / sum(
                self.x[f"stores_sales[{segment}]"][s] for s in block
            )
            total += (
                self.before_one_offs(segment, quarter) / self.x[f"stores_sales[{segment}]"][quarter] - margin
            )
        return total / 2

    def before_one_offs(self, segment: str, t: int) -> float:
        return self.x[f"stores_operating_income[{segment}]"][t] + self.x[f"one_offs[{segment}]"][t]

    def cash(self, t: int) -> None:
        x, d = self.x, self.d
        season = d(f"stock_compensation_phasing[q{t % 4 + 1}]")
        x["stock_compensation"][t] = d("stock_compensation_ratio", t) * self.ttm("net_sales", t) / 4 * season
        timing = d("deferral_ratio", t) * (x["property_additions"][t] - x["depreciation"][t])
        x["deferred_tax"][t] = min(timing + x["carried"][t - 1], d("deferral_cap") * max(x["tax"][t], 0))
        x["carried"][t] = x["carried"][t - 1] + timing - x["deferred_tax"][t]
        x["cash_tax"][t] = x["tax"][t] - x["deferred_tax"][t]
        x["cash_tax_rate"][t] = x["cash_tax"][t] / x["pretax_income"][t]
        own = next(s for s in range(self.split - 4, self.split) if s % 4 == t % 4)
        ratios = [
            self.rest_of_cash_flow(s)
            for s in (own, own - 4)
            if s >= self.axis.quarters.index(self.axis.first.shifted(8))
        ]
        x["working_capital_early"][t] = self.d("working_capital_timing", t) * x["net_sales"][t]
        came, left = x["working_capital_early"][t], x["working_capital_early"][t - 1]
        x["working_capital"][t] = sum(ratios) / len(ratios) * x["net_sales"][t] + came - left
        earnings = (
            x["net_income"][t]
            + x["depreciation_amortization"][t]
            + x["stock_compensation"][t]
            + x["deferred_tax"][t]
        )
        x["operating_cash_flow"][t] = earnings - x["other_amortization"][t] + x["working_capital"][t]
        x["free_cash_flow"][t] = x["operating_cash_flow"][t] - x["net_capex"][t]
        principal = d("finance_lease_repayment") / 4 * x["finance_leases"][t - 1]
        acquired = d("lease_additions_ratio") * x["net_sales"][t]
        x["finance_leases"][t] = x["finance_leases"][t - 1] + acquired - principal
        x["finance_lease_additions"][t] = acquired
        obligations = d("financing_obligation_principal")
        x["free_cash_flow_after_leases"][t] = x["free_cash_flow"][t] - principal - obligations
        x["free_cash_flow_after_equipment_leases"][t] = x["free_cash_flow"][t] - acquired - obligations
        x["free_cash_flow_gross_capex"][t] = x["operating_cash_flow"][t] - x["capex"][t]
        x["free_cash_flow_after_stock_compensation"][t] = x["free_cash_flow"][t] - x["stock_compensation"][t]
        x["free_cash_flow_before_growth"][t] = x["free_cash_flow"][t] + x["capex_to_grow"][t]
        before = x["cash"][t - 1] + x["free_cash_flow_after_leases"][t] - d("investments", t)
        x["net_borrowing"][t] = d("planned_borrowing", t) + max(
            0.0, d("minimum_cash") - before - d("planned_borrowing", t)
        )
        after = before + x["net_borrowing"][t]
        x["distributions"][t] = max(0.0, after - max(d("target_cash"), d("minimum_cash")))
        x["cash"][t] = after - x["distributions"][t]
        x["debt"][t] = x["debt"][t - 1] + x["net_borrowing"][t]

    def rest_of_cash_flow(self, t: int) -> float:
        """Return the residual of reported operating cash flow to sales."""
        x = self.x
        gains = x["other_income"][t] * (1 - x["tax"][t] / x["pretax_income"][t])
        terms = x["net_income"][t] - gains + x["depreciation"][t] + x["stock_compensation"][t]
        return (x["operating_cash_flow"][t] - terms - self.deferral_reported(t)) / x["net_sales"][t]

    def deferral_reported(self, t: int) -> float:
        """Return the estimate of a reported quarter, by constants that no scenario moves."""
        x, d = self.x, self.d
        tax = self.tax_but_on_gains(t)
        timing = d("deferral_ratio_reported", t) * (x["property_additions"][t] - x["depreciation"][t])
        return min(timing, _REPORTED_CAP * max(tax, 0))

    def tax_but_on_gains(self, t: int) -> float:
        """Return a reported tax charge without that on gains on stakes, which is not paid in cash."""
        x = self.x
        return x["tax"][t] - x["other_income"][t] * x["tax"][t] / x["pretax_income"][t]

    def days(self, t: int) -> float:
        """Return the days from the valuation date to the last day of a quarter."""
        quarter = self.axis.quarters[t]
        following = date(quarter.year + quarter.number // 4, quarter.number % 4 * 3 + 1, 1)
        return following.toordinal() - 1 - DATE_ZERO - self.d("valuation_date")

    def years_to_middle(self, t: int) -> float:
        """Return the years from the valuation date to the middle of a quarter, 45 days before its end."""
        return (self.days(t) - 45) / 365.25

    def equity_cost(self) -> float:
        return self.d("risk_free") + self.d("beta") * self.d("equity_premium")

    def per_share(self, t: int) -> None:
        x = self.x
        price = self.d("price") * (1 + self.equity_cost()) ** self.years_to_middle(t)
        issued = (x["stock_compensation"][t] - x["distributions"][t]) / price
        shares = x["diluted_share_count"][t - 1] + issued
        x["price_path"][t] = price
        x["diluted_share_count"][t] = shares if shares > 0 else math.nan
        for name, line in PER_SHARE.items():
            x[name][t] = x[line][t] / x["diluted_share_count"][t]
        before = x["stakes_at_cost"][t - 1] if t > self.split else sum(self.d(each) for each in STAKES)
        x["stakes_at_cost"][t] = before + self.d("investments", t)

    def reported_quarter(self, t: int) -> None:
        x, found = self.x, {}
        share = x["aws_additions"][t] / x["property_additions"][t]
        found["aws_net_capex"] = share * x["net_capex"][t]
        found["other_net_capex"] = x["net_capex"][t] - found["aws_net_capex"]
        found["deferred_tax"] = self.deferral_reported(t)
        found["cash_tax"] = self.tax_but_on_gains(t) - found["deferred_tax"]
        found["cash_tax_rate"] = found["cash_tax"] / x["pretax_income"][t]
        special = x["other_income"][t] - sum(x[f"one_offs[{each}]"][t] for each in ("aws", *RETAIL))
        own_rate = x["tax"][t] / x["pretax_income"][t]
        found["normalised_net_income"] = x["net_income"][t] - special * (1 - own_rate)
        for name, line in PER_SHARE.items():
            found[name] = found.get(line, x[line][t]) / x["diluted_share_count"][t]
        if t > 0:
            kept = x["aws_capacity"][t - 1] * (1 - self.d("aws_retirement", t) / 4)
            placed = x["aws_placed"][t] * self.computing_per_dollar(t)
            found["sales_yield_implied"] = (x["aws_capacity"][t] - kept) / placed
        for name, value in found.items():
            self.reported[name] += [math.nan] * (t - len(self.reported[name])) + [value]
