"""What an analyst would sign: how value, cash and earnings move when one thing changes."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shared import computed

from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.results import Results
    from model.scenarios.scenario import Scenario

FAMILY = ("article", "base", "bull", "bear")
DCF = "value_per_share[dcf,mid]"
CASES = ("low", "mid", "high")
WHOLE_YEARS = range(2027, 2036)
"""Calendar years that lie wholly ahead at the latest as-of."""
SEEDS = range(2)


def rows(results: Results, key: str) -> NDArray[np.float64]:
    """Return a line of every scenario: what all of them share is repeated."""
    row = results.values[key]
    return np.broadcast_to(row, (row.shape[0], len(results.scenarios))).T


def one(results: Results, key: str) -> list[float]:
    """Return a result of every scenario."""
    found = results.values[key].ravel()
    return [float(found[min(place, len(found) - 1)]) for place in range(len(results.scenarios))]


def years(results: Results, key: str) -> NDArray[np.float64]:
    """Return a line in the whole years ahead."""
    return np.array([results.value(key, Period.parse(str(year))) for year in WHOLE_YEARS])


def ahead(scenario: Scenario, key: str) -> dict[str, float]:
    """Return the values of a driver in the years and quarters that are not reported."""
    first = str(scenario.as_of.shifted(1).year)
    return {period: value for period, value in scenario.table[key].items() if period[:4] >= first}


# Growth and capital expenditure


@pytest.mark.parametrize("name", FAMILY)
def test_a_point_more_of_store_growth_is_worth_something(name: str) -> None:
    """Stores buy what stores need: warehouses, not servers."""
    scenario = load_scenario(name)
    keys = ("stores_growth[north_america]", "stores_growth[international]")
    faster = {key: {period: value + 0.01 for period, value in ahead(scenario, key).items()} for key in keys}
    before, after = one(run([scenario, scenario.with_overrides(faster)]), DCF)
    assert after > before


@pytest.mark.parametrize("name", FAMILY)
def test_a_price_cut_saves_no_capital(name: str) -> None:
    """The machines that customers need are the same, whatever they pay for them."""
    scenario = load_scenario(name)
    cuts = [load_scenario(f"{name}+price_war"), scenario.with_overrides({"price_pressure": 0.3})]
    results = run([scenario, *cuts])
    spent, sales = rows(results, "net_capex"), rows(results, "aws_sales")
    for place in (1, 2):
        assert spent[place] == pytest.approx(spent[0], rel=1e-9)
        assert sales[place][-20:].max() < sales[0][-20:].max()


@pytest.mark.parametrize("name", FAMILY)
def test_a_shortage_of_capacity_saves_no_capital(name: str) -> None:
    """Demand that is turned away, and stays, is built for all the same."""
    scenario = load_scenario(name).with_overrides({"unmet_demand_lost": {ALL: 0.0}})
    results = run([scenario, scenario.with_overrides({"sales_yield": 0.05})])
    volume, spent = rows(results, "aws_volume"), rows(results, "net_capex")
    assert volume[1][-1] < volume[0][-1]
    assert spent[1] == pytest.approx(spent[0], rel=1e-9)


def test_cash_flow_before_growth_ranks_the_scenarios_in_every_year() -> None:
    bear, base, bull = (
        years(computed(name), "free_cash_flow_before_growth") for name in ("bear", "base", "bull")
    )
    assert (bear < base).all(), base - bear
    assert (base < bull).all(), bull - base


def test_bear_spends_what_its_demand_needs() -> None:
    """2026 is spent and demand falls short: use falls to 0.83 at most, and later runs as others do."""
    axis = computed("bear").plan.axis
    use = rows(computed("bear"), "aws_capacity_use")[0]
    for position in range(axis.forecast_start, axis.length):
        least = 0.83 if axis.quarters[position].year < 2028 else 0.85
        assert least <= use[position] <= 0.98, axis.quarters[position]


@pytest.mark.parametrize("name", FAMILY)
def test_short_lives_of_servers_lower_value_and_free_cash_flow(name: str) -> None:
    """They wear out three years after the first purchases ahead, and are bought again: capacity holds."""
    plain, short = computed(name), computed(f"{name}+short_lives")
    worn = 2029 - WHOLE_YEARS.start
    assert one(short, DCF)[0] < one(plain, DCF)[0]
    assert (years(short, "free_cash_flow") < years(plain, "free_cash_flow"))[worn:].all()
    assert (years(short, "capex_to_hold") > years(plain, "capex_to_hold"))[worn:].all()
    use = [rows(results, "aws_capacity_use")[0, -8:].mean() for results in (short, plain)]
    assert use[0] == pytest.approx(use[1], abs=0.06)


@pytest.mark.parametrize("name", FAMILY)
@pytest.mark.parametrize("asset", ["servers_and_network", "equipment", "buildings"])
def test_useful_lives_move_cash_by_tax_alone(name: str, asset: str) -> None:
    """Depreciation is no cash: what it takes from income comes back, but for tax, and interest on that."""
    scenario = load_scenario(name)
    results = run([scenario, scenario.with_overrides({f"useful_life[{asset}]": {ALL: 4.0}})])
    flow, taxed, earned, paid, working_capital = (
        rows(results, key)
        for key in ("free_cash_flow", "cash_tax", "interest_income", "interest_expense", "working_capital")
    )
    before_tax = flow + taxed - earned + paid - working_capital
    assert before_tax[1] == pytest.approx(before_tax[0], abs=1e-5, nan_ok=True)
    assert one(results, DCF)[1] < one(results, DCF)[0]


# Shares and earnings per share


@pytest.mark.parametrize("name", FAMILY)
def test_stock_pay_instead_of_cash_pay_is_neutral_once_cash_is_distributed(name: str) -> None:
    """Stock pay is doubled; operating income is what it was, so as much cash pay is saved.

    The cash saved is distributed, at the latest in the next quarter in which the plain run distributes:
    there cash ends at its target in both runs. A share issued at p is bought back at q or before: of a dollar
    of pay at most 1/p - 1/q shares are left. Interest earned on the way (3.7%) buys back less than the price
    rises (9.4%), so that at least none are left. Earnings gain that interest, and nothing else. It also
    raises tax, and with it the cap of deferral: value gains the deferral at most. Free cash flow moves by the
    pay, and after stock compensation by the interest at most.
    """
    scenario = load_scenario(name)
    twice = {period: 2 * value for period, value in ahead(scenario, "stock_compensation_ratio").items()}
    results = run([scenario, scenario.with_overrides({"stock_compensation_ratio": twice})])
    axis = results.plan.axis
    price, paid_out = rows(results, "price_path")[0], rows(results, "distributions")[0]
    more_pay = np.diff(rows(results, "stock_compensation"), axis=0)[0]
    shares = rows(results, "diluted_share_count")
    left, waiting = np.zeros(axis.length), list[tuple[float, float]]()
    for t in range(axis.forecast_start, axis.length):
        waiting.append((more_pay[t], price[t]))
        left[t] = left[t - 1] if t > axis.forecast_start else 0.0
        if paid_out[t] > 0:
            left[t] += sum(amount * (1 / issued - 1 / price[t]) for amount, issued in waiting)
            waiting = []
        in_flight = sum(amount / issued for amount, issued in waiting)
        assert -1e-6 <= shares[1, t] - shares[0, t] <= left[t] + in_flight + 1e-6, axis.quarters[t]
    borrowed = rows(results, "net_borrowing")[:, axis.forecast_start :]
    assert borrowed[1] == pytest.approx(borrowed[0], rel=1e-9)

    more_interest = np.diff(rows(results, "interest_income"), axis=0)[0]
    first = int(np.flatnonzero(~(paid_out > 0))[-1]) // 4 + 1
    assert first < len(axis.years) - 1
    eps = results.series("eps", "annual").T
    for year in range(first, len(axis.years)):
        quarters = slice(4 * year, 4 * year + 4)
        fall = 1 - eps[1, year] / eps[0, year]
        gained = more_interest[quarters].sum() / rows(results, "net_income")[0, quarters].sum()
        assert -gained - 1e-12 <= fall <= left[quarters].max() / shares[0, quarters].mean() + 1e-12
    issued = (more_pay / price)[axis.forecast_start :].sum()
    assert left[-1] < issued / 10

    taxed = rows(results, "tax_rate")[0] * one(results, "deferral_cap")[0]
    deferred = (more_interest * taxed * rows(results, "flow_discount_factor[mid]")[0])[axis.forecast_start :]
    before, after = one(results, DCF)
    assert -1e-9 <= after - before <= deferred.sum() / one(results, "diluted_shares")[0] + 1e-9
    assert after - before < 0.05
    more_cash, more_after_pay, total_pay, total_interest = (
        row[axis.forecast_start :].cumsum()
        for row in (
            np.diff(rows(results, "free_cash_flow"), axis=0)[0],
            np.diff(rows(results, "free_cash_flow_after_stock_compensation"), axis=0)[0],
            more_pay,
            more_interest,
        )
    )
    assert (more_cash >= total_pay - 1e-6).all()
    assert (more_after_pay <= total_interest + 1e-6).all()


FILED_EPS = {
    "2022Q3": 0.28, "2023Q1": 0.31, "2023Q2": 0.65, "2023Q3": 0.94, "2023Q4": 1.00, "2024Q1": 0.98,
    "2024Q2": 1.26, "2024Q3": 1.43, "2024Q4": 1.86, "2025Q1": 1.59, "2025Q2": 1.68, "2025Q3": 1.95,
    "2025Q4": 1.95, "2026Q1": 2.78, "2022": -0.27, "2024": 5.53, "2025": 7.17,
}  # fmt: skip
"""EarningsPerShareDiluted, USD, after the split of June 2022.

2025Q2, 2025Q3, 2026Q1, 2024 and 2025: EDGAR companyfacts of CIK 1018724 (10-Q 2025Q2, 2025Q3 and 2026Q1,
10-K FY2024 and FY2025). 2022: 10-K FY2022, XBRL instance. Other quarters: one page of an aggregator,
opencapital.sh/stocks/amzn/metrics/eps_diluted, which gives the three quarters of EDGAR as EDGAR does.
"""


@pytest.mark.parametrize("period", FILED_EPS)
def test_earnings_per_share_are_those_that_were_filed(period: str) -> None:
    assert computed("base").value("eps", Period.parse(period)) == pytest.approx(FILED_EPS[period], abs=0.01)


def test_earnings_per_share_of_reported_quarters_are_income_by_shares_as_filed() -> None:
    results, figures = computed("base"), load_actuals()
    reported = results.plan.axis.quarters[: results.plan.axis.forecast_start]
    for quarter in map(Quarter.parse, map(str, reported)):
        filed = figures.value("net_income", quarter) / figures.value("diluted_shares", quarter)
        assert results.value("eps", Period.parse(str(quarter))) == pytest.approx(filed, abs=0.01)


# Tax


def test_deferral_ahead_never_estimates_a_reported_quarter_again() -> None:
    """Not by its cap, and not by its ratio in the running year: only quarters ahead move."""
    scenario = load_scenario("base")
    changed = scenario.with_overrides({"deferral_ratio": 0.3, "deferral_cap": {ALL: 0.2}})
    results = run([scenario, changed])
    split, moved = results.plan.axis.forecast_start, set[str]()
    for key, row in results.values.items():
        line = results.plan.rows[key].line
        if line is None or line.result or row.shape[0] != results.plan.axis.length:
            continue
        before, after = rows(results, key)
        assert before[:split] == pytest.approx(after[:split], rel=1e-12, nan_ok=True), key
        if before[split:] != pytest.approx(after[split:], rel=1e-6, nan_ok=True):
            moved.add(key)
    assert {"deferred_tax", "cash_tax", "cash_tax_rate", "free_cash_flow"} <= moved
    assert "working_capital" not in moved


# Value


@pytest.mark.parametrize("name", FAMILY)
@pytest.mark.parametrize("case", CASES)
def test_enterprise_value_is_explicit_flows_and_fade_and_perpetuity(name: str, case: str) -> None:
    parts = [
        one(computed(name), f"{part}[{case}]")[0]
        for part in ("value_of_flows", "fade_value", "perpetuity_value")
    ]
    assert one(computed(name), f"enterprise_value[{case}]")[0] == pytest.approx(sum(parts), rel=1e-12)
    assert min(parts) > 0


@pytest.mark.parametrize("name", FAMILY)
def test_value_falls_with_the_cost_of_capital(name: str) -> None:
    scenario, rates = load_scenario(name), np.linspace(0.05, 0.2, 31)
    values = one(run([scenario.with_overrides({"wacc": float(rate)}) for rate in rates]), DCF)
    assert (np.diff(values) < 0).all()


@pytest.mark.parametrize("name", FAMILY)
@pytest.mark.parametrize(("wacc", "roic", "sign"), [(0.1, 0.15, 1), (0.12, 0.06, -1)])
def test_growth_after_the_axis_is_worth_something_where_it_earns_more_than_it_costs(
    name: str, wacc: float, roic: float, sign: int
) -> None:
    """A point of growth costs 1/roic points of income in its year and brings one more in all later ones.

    That is worth it where income for ever, about 1/wacc, is more: at 15 against 10%, not at 6 against 12.
    """
    scenario = load_scenario(name).with_overrides({"wacc": wacc, "fade_roic": roic, "terminal_roic": roic})
    growths = np.linspace(0, 0.07, 15)
    values = one(run([scenario.with_overrides({"terminal_growth": float(each)}) for each in growths]), DCF)
    assert (np.diff(values) * sign > 0).all()


@pytest.mark.parametrize("name", FAMILY)
def test_a_fade_that_goes_nowhere_is_a_perpetuity_from_the_start(name: str) -> None:
    """Ten years at the growth and the return that hold after them are the first ten of the perpetuity."""
    growth, wacc, roic = one(computed(name), "final_growth")[0], 0.12, 0.2
    same = {"terminal_growth": growth, "fade_roic": roic, "terminal_roic": roic, "wacc": wacc}
    results = run([load_scenario(name).with_overrides(same)])
    income = one(results, "final_income")[0]
    at_end = income * (1 + growth) * (1 - growth / roic) / (wacc - growth) * (1 + wacc) ** 0.5
    days = rows(results, "last_day")[0, -1] - one(results, "valuation_date")[0]
    found = sum(one(results, part)[0] for part in ("fade_value[mid]", "perpetuity_value[mid]"))
    assert found == pytest.approx(at_end / (1 + wacc) ** (days / 365.25), rel=1e-9)


@pytest.mark.parametrize("name", FAMILY)
def test_the_more_sales_fall_in_the_last_year_the_less_a_share_is_worth(name: str) -> None:
    """And the cases keep their order: a year of falling sales makes no fleet that has shrunk for ever."""
    keys = (
        "aws_growth",
        "advertising_growth",
        "stores_growth[north_america]",
        "stores_growth[international]",
    )
    falls = (0.02, 0.0, -0.02, -0.05, -0.1, -0.15)
    scenario = load_scenario(name)
    results = run([scenario.with_overrides({key: {"2035": fall} for key in keys}) for fall in falls])
    assert (np.diff(one(results, DCF)) < 0).all()
    low, mid, high = (np.array(one(results, f"value_per_share[dcf,{case}]")) for case in CASES)
    assert (low < mid).all()
    assert (mid < high).all()


def test_property_ahead_is_paid_or_leased_once_the_boom_is_over() -> None:
    """Rules alone cannot have additions for ever that nobody pays for."""
    results = computed("trend")
    added, paid, leased = (
        years(results, key)[1:] for key in ("property_additions", "net_capex", "finance_lease_additions")
    )
    assert added == pytest.approx(paid + leased, rel=0.02)


def test_the_price_typed_plays_no_part_in_the_case_of_net_margins() -> None:
    scenario = load_scenario("base")
    results = run([scenario, scenario.with_overrides({"price": 150.0})])
    for case in CASES:
        before, after = one(results, f"value_per_share[net_margin,{case}]")
        assert before == after
    eps = rows(results, "eps")
    assert eps[0, -1] < eps[1, -1]  # a lower price buys back more


def test_price_to_sales_is_of_reported_figures_alone() -> None:
    found = {one(computed(name), "value_per_share[price_to_sales,mid]")[0] for name in FAMILY[1:]}
    assert len(found) == 1
    assert 200 < found.pop() < 350


CONTINUOUS = (
    "aws_capex_to_demand", "other_capex_to_sales", "capex_scale", "capex_budget", "aws_capex_share",
    "accrual_ratio", "proceeds_ratio", "aws_retirement", "sales_yield", "price", "risk_free", "beta",
    "equity_premium", "stock_compensation_ratio", "tax_rate", "deferral_ratio", "deferral_cap", "fade_roic",
    "terminal_roic", "terminal_growth", "useful_life[servers_and_network]",
)  # fmt: skip
"""Drivers of capital expenditure, shares, tax and the years after the axis."""
FIGURES = (
    "fade_value[mid]", "perpetuity[mid]", "eps", "free_cash_flow", "cash_tax", "capex_to_hold", "property"
)  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", CONTINUOUS)
def test_no_figure_jumps_where_a_driver_moves_a_little(key: str, seed: int) -> None:
    """A stretch of the range is cut in ten, and of them the one that moves a figure most again, nine times.

    That ends on a jump, if there is one that outweighs the slopes. A stretch of a billionth of the range may
    move a figure by a millionth of its size, the largest on the axis. Stretches keep off the ends of the
    range, where some drivers divide; at 12% no growth comes near the discount rate.
    """
    spec, scenario = driver_specs()[key], load_scenario("base").with_overrides({"wacc": 0.12})
    shares = Random(f"{key} {seed}")
    low, high = (
        spec.minimum + shares.uniform(*part) * (spec.maximum - spec.minimum)
        for part in ((0.1, 0.4), (0.6, 0.9))
    )
    for _ in range(9):
        points = np.linspace(low, high, 11).tolist()
        results = run([scenario.with_overrides({key: each}) for each in points], rows=(DCF, *FIGURES))
        moves = []
        for name in (DCF, *FIGURES):
            figures = rows(results, name)[:, -30:]
            moves.append(np.abs(np.diff(figures, axis=0)).max(axis=1) / (1 + np.abs(figures).max()))
        largest = np.max(moves, axis=0)
        place = int(largest.argmax())
        low, high = points[place : place + 2]
    assert largest[place] <= 1e-6
