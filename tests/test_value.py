"""Value of the share: an independent calibration, a second computation in plain loops, and properties."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import engines
from shared import AS_OFS, SHIPPED, computed, computed_flat, family, selecting, written

from model.amazon import AMAZON
from model.analysis.weighting import check_weights, weighted_scenario
from model.errors import InputError
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import Scenario
from model.scenarios.spec import ALL, DriverSpec
from workbook_templates.plan.layout import SCENARIOS, VALUE
from workbook_templates.plan.sheets.scenarios import FIRST_COLUMN, WEIGHT_ROW
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.read.values import value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook_templates.engines.engine import Engine

DCF = "value_per_share[dcf,mid]"
FAMILY = ("article", "base", "bull", "bear")


def one(results: Results, key: str, place: int = 0) -> float:
    row = results.values[key][0]
    return float(row[min(place, len(row) - 1)])


CALIBRATION = {
    "value_per_share[sotp,mid]": (1, 0.55, (211, 264, 272, 245)),
    "price_to_sales_ahead": (1, 0.005, (3.15, 3.15, 3.13, 3.19)),
    "ev_to_ebitda_ahead": (1, 0.051, (13.9, 12.4, 12.0, 12.9)),
    "price_to_earnings_ahead": (1, 0.05, (30.6, 28.0, 26.8, 30.6)),
    "built_up_wacc": (100, 0.005, (9.15, 9.15, 9.15, 9.15)),
    "equity_cost": (100, 0.005, (9.38, 9.38, 9.38, 9.38)),
}
"""Figures of an independent calibration: scale, half of the last digit, and article, base, bull, bear.

It grows on the same quarter of the year before: so these tests compute scenarios without paths. It is of
the first edition: what lies after the axis, and capital expenditure beyond budgets, differ since.
"""


@pytest.mark.parametrize("key", CALIBRATION)
def test_value_is_that_of_the_calibration_to_its_last_digit(key: str) -> None:
    scale, digit, expected = CALIBRATION[key]
    found = [one(computed_flat(name), key) * scale for name in FAMILY]
    assert found == pytest.approx(expected, abs=digit * 1.02)


@pytest.mark.parametrize(
    ("key", "name", "expected"),
    [
        ("part_value_per_share[aws]", "article", 117), ("part_value_per_share[advertising]", "article", 46),
        ("part_value_per_share[stores]", "article", 41), ("part_value_per_share[aws]", "base", 155),
        ("part_value_per_share[advertising]", "base", 54), ("part_value_per_share[stores]", "base", 44),
        ("price_to_free_cash_flow_trailing", "article", 166),
    ],
)  # fmt: skip
def test_parts_and_ranges_are_those_of_the_calibration(key: str, name: str, expected: float) -> None:
    assert one(computed_flat(name), key) == pytest.approx(expected, abs=0.51)


def test_flows_that_lie_before_the_valuation_date_count_for_more_than_themselves() -> None:
    values, split = computed("base").values, computed("base").plan.axis.forecast_start
    assert values["days_to_flow"][split, 0] == (date(2026, 9, 30) - date(2026, 10, 6)).days - 45
    assert (
        values["flow_discount_factor[mid]"][split, 0] > 1 > values["flow_discount_factor[mid]"][split + 1, 0]
    )
    assert np.isnan(values["flow_discount_factor[mid]"][:split]).all()


# Properties


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(FAMILY),
    rates=st.lists(
        st.integers(500, 2000).map(lambda points: points / 10_000), min_size=2, max_size=6, unique=True
    ),
)
def test_value_falls_with_the_cost_of_capital(name: str, rates: list[float]) -> None:
    rates.sort()
    results = run([load_scenario(name).with_overrides({"wacc": rate}) for rate in rates])
    for method in ("dcf", "exit_multiple"):
        assert (np.diff(results.values[f"value_per_share[{method},mid]"][0]) < 0).all()


GROWTH = (
    "advertising_growth", "aws_growth", "stores_growth[north_america]", "stores_growth[international]",
    "terminal_growth",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(FAMILY), driver=st.sampled_from(GROWTH), more=st.floats(0.0005, 0.01))
def test_value_rises_with_growth(name: str, driver: str, more: float) -> None:
    scenario = load_scenario(name)
    values = {
        period: value + more
        for period, value in scenario.table[driver].items()
        if period == ALL or period >= "2026"
    }
    results = run([scenario, scenario.with_overrides({driver: values})])
    before, after = results.values[DCF][0]
    assert after > before


CONTINUOUS = [
    spec
    for spec in driver_specs().values()
    if not (spec.driver.sums_to_one or spec.driver.whole or spec.driver.unit == "quarter")
]
"""Drivers that can be moved a little, alone: no whole numbers, dates, choices or shares of a total."""


@pytest.mark.parametrize("spec", CONTINUOUS, ids=lambda each: each.key)
def test_value_is_continuous_in_every_driver(spec: DriverSpec) -> None:
    """A step of a billionth of the range moves value by at most a ten-thousandth, but over switches."""
    width, switch = spec.maximum - spec.minimum, {"capex_budget", "wacc"}  # 0 means: none given
    points = [spec.minimum + width * share for share in (0.13, 0.5, 0.77)]
    points = [point for point in points if point or spec.key not in switch]
    pairs = [
        load_scenario("base").with_overrides({spec.key: each})
        for point in points
        for each in (point, point + width * 1e-9)
    ]
    results = run(pairs)
    for method in AMAZON.presentation.questions.values:
        row = np.broadcast_to(results.values[f"value_per_share[{method},mid]"][0], len(pairs)).reshape(-1, 2)
        known = np.isfinite(row).all(axis=1)
        assert known.any(), method
        before, after = row[known].T
        assert np.abs(after - before) == pytest.approx(0, abs=1e-4 * (1 + np.abs(before)).max(initial=0)), (
            method
        )


@pytest.mark.parametrize("name", FAMILY)
def test_each_terminal_implies_the_other(name: str) -> None:
    """A perpetuity at the implied growth is the exit value; the implied multiple gives the same value."""
    plain, scenario = computed(name), load_scenario(name)
    growth, rate = one(plain, "implied_terminal_growth"), one(plain, "discount_rate[mid]")
    income, roic = one(plain, "final_income"), one(plain, "terminal_roic")
    straight = income * (1 + growth) * (1 - growth / roic) / (rate - growth) * (1 + rate) ** 0.5
    assert straight == pytest.approx(one(plain, "exit_value[mid]"), rel=1e-12)
    leaving = run([scenario.with_overrides({"exit_ev_ebitda": one(plain, "implied_ev_ebitda")})])
    assert one(leaving, "value_per_share[exit_multiple,mid]") == pytest.approx(
        one(plain, "value_per_share[dcf,mid]"), rel=1e-12
    )


@pytest.mark.parametrize("as_of", AS_OFS)
def test_the_bridge_adds_up_at_every_as_of(as_of: str) -> None:
    results = computed("base", as_of)
    actuals, quarter = load_actuals(), Quarter.parse(as_of)

    def filed(*items: str) -> float:
        return sum(actuals.value(item, quarter) for item in items)

    net_debt = filed(
        "long_term_debt_noncurrent", "long_term_debt_current_portion", "finance_lease_liabilities"
    ) - filed("cash_and_equivalents", "marketable_securities")
    assert one(results, "net_debt") == net_debt
    enterprise = sum(
        one(results, f"{part}[mid]") for part in ("value_of_flows", "fade_value", "perpetuity_value")
    )
    equity = enterprise - net_debt + 0.75 * (190_400 + 28_700) - 9_315
    assert one(results, DCF) * one(results, "diluted_shares") == pytest.approx(equity, rel=1e-12)
    assert one(results, "basic_value_per_share") > one(results, DCF)


def test_stakes_grow_at_cost_by_what_is_invested_and_move_no_value() -> None:
    results = computed("base")
    held = {year: results.value("stakes_at_cost", Period.parse(year)) for year in ("2026", "2027", "2028")}
    # 22.5bn in 2026Q3, then by quarter 1.5bn in 2026, 3bn in 2027, 2bn in 2028
    assert held == {
        "2026": 219_100 + 22_500 + 1_500,
        "2027": 243_100 + 4 * 3_000,
        "2028": 255_100 + 4 * 2_000,
    }
    assert results.values["commitments"][0, 0] == 137_214 + 130_065 + 21_300 + 15_000
    memo = {"leases_not_commenced": 0.0, "purchase_obligations": 0.0, "unfunded_commitments": 0.0}
    for changed in (memo, {"investments": {"2030": 5_000.0}}):
        assert one(run([load_scenario("base").with_overrides(changed)]), DCF) == one(results, DCF)


def test_stock_compensation_is_counted_once() -> None:
    """It is an expense in operating income; adding it back in the cash flow moves value by less than a cent.

    What moves is interest on the cash, and with it the tax charge that caps deferral.
    """
    more = run([load_scenario("base").with_overrides({"stock_compensation_ratio": 0.08})])
    assert more.value("operating_cash_flow", Period.parse("2030")) > computed("base").value(
        "operating_cash_flow", Period.parse("2030")
    )
    assert one(more, DCF) == pytest.approx(one(computed("base"), DCF), abs=0.01)


def test_a_rate_at_or_below_growth_gives_no_value_instead_of_a_wrong_one() -> None:
    results = run(
        [
            load_scenario("base").with_overrides({"wacc": 0.04, "terminal_growth": growth})
            for growth in (0.04, 0.05)
        ]
    )
    assert np.isnan(results.values[DCF]).all()
    assert np.isfinite(results.values["value_per_share[exit_multiple,mid]"]).all()
    assert (results.values["checks_failed"] == 0).all()


def test_multiples_of_losses_are_not_meaningful() -> None:
    base = computed("base")
    row, cash = base.values["price_to_free_cash_flow"][:, 0], base.values["ttm_free_cash_flow"][:, 0]
    assert np.isnan(row[cash <= 0]).all()
    assert (row[cash > 0] == one(base, "market_value") / cash[cash > 0]).all()


def test_amazon_has_the_lowest_price_to_sales_of_the_magnificent_seven() -> None:
    results = computed("article")
    sales = sum(
        load_actuals().value("net_sales", Quarter.parse(quarter))
        for quarter in ("2024Q4", "2025Q1", "2025Q2", "2025Q3")
    )
    assert one(results, "price_to_sales_trailing") == pytest.approx(226.76 * 10845 / sales)
    assert one(results, "peers_price_to_sales[low]") == pytest.approx(1638000 / 189457)
    assert one(results, "lowest_of_all") == 1


PEERS = {
    "microsoft": (3611541, 293812, 104912),
    "alphabet": (3862328, 385477, 124251),
    "apple": (4095024, 416161, 112010),
    "meta": (1638000, 189457, 58528),
    "nvidia": (4432381, 187142, 99198),
    "tesla": (1513248, 95630, 5271),
}
"""Market value, net sales and net income, USD m: peers.csv by hand."""


@pytest.mark.parametrize(("name", "shares"), [("base", 10903), ("article", 10845)])
def test_the_peers_price_to_sales_is_taken_at_amazon_s_own_net_margin(name: str, shares: float) -> None:
    results = computed(name)
    as_of = Period.parse(str(results.scenarios[0].as_of))
    income, sales = (results.value(key, as_of) for key in ("ttm_normalised_net_income", "ttm_net_sales"))
    value, peers_sales, peers_income = (sum(column) for column in zip(*PEERS.values(), strict=True))
    middle = (value / peers_sales) * (income / sales) / (peers_income / peers_sales) * sales / shares
    assert one(results, "value_per_share[price_to_sales,mid]") == pytest.approx(middle)
    # Tesla keeps 5.5% of its sales: it counts in the middle, not at the ends
    ends = sorted(worth / earned for worth, sold, earned in PEERS.values() if earned / sold > 0.1)
    for case, multiple in {"low": ends[0], "high": ends[-1]}.items():
        assert one(results, f"value_per_share[price_to_sales,{case}]") == pytest.approx(
            multiple * income / shares
        )


def test_without_the_net_income_of_a_peer_that_method_alone_has_no_value() -> None:
    results = run([load_scenario("base").with_overrides({"peer_net_income[meta]": 0})])
    for method in ("dcf", "exit_multiple", "sotp", "price_to_sales", "net_margin"):
        found = [one(results, f"value_per_share[{method},{case}]") for case in ("low", "mid", "high")]
        assert np.isnan(found).all() == (method == "price_to_sales"), method
    none_comparable = run([load_scenario("base").with_overrides({"least_peer_margin": 0.6})])
    assert np.isnan(one(none_comparable, "value_per_share[price_to_sales,mid]"))


@pytest.mark.parametrize("name", SHIPPED)
def test_no_value_per_share_is_far_from_the_others(name: str) -> None:
    results = computed(name)
    assert all(one(results, key) < 600 for key in results.plan.names["value_per_share"])


# Returns of AWS


def test_return_on_aws_property_is_that_of_the_filings() -> None:
    figures = load_actuals()
    income = sum(figures.value("operating_income_aws", Quarter(2025, number)) for number in (1, 2, 3, 4)) * (
        1 - 0.19
    )
    start, end = (figures.annual["property_and_equipment_net_aws", year].value for year in ("2024", "2025"))
    results, year = computed("base"), Period.parse("2025")
    assert results.value("aws_return_on_capital", year) == pytest.approx(income / ((start + end) / 2))
    before = sum(figures.value("operating_income_aws", Quarter(2024, number)) for number in (1, 2, 3, 4)) * (
        1 - 0.19
    )
    earlier = figures.annual["property_and_equipment_net_aws", "2023"].value
    assert results.value("aws_incremental_return", year) == pytest.approx((income - before) / (end - start))
    assert results.value("aws_incremental_return_lagged", year) == pytest.approx(
        (income - before) / (start - earlier)
    )


def test_aws_property_rolls_forward_from_year_end_to_year_end() -> None:
    figures, results = load_actuals(), computed("base")
    for year in ("2022", "2023", "2024", "2025"):
        assert results.value("aws_property", Period.parse(year)) == pytest.approx(
            figures.annual["property_and_equipment_net_aws", year].value
        )
    marks = {
        figures.quarterly["property_and_equipment_net_aws", f"{year}Q2"].check for year in (2022, 2023, 2024)
    }
    assert marks == {"estimate"}


# Weights


def test_what_only_some_scenarios_give_has_no_mean() -> None:
    base = load_scenario("base")
    half = [
        replace(each, name=name, weight=0.5)
        for name, each in {"one": base, "two": base.with_overrides({"wacc": 0.09})}.items()
    ]
    with pytest.raises(InputError, match="wacc is given in some of one, two"):
        weighted_scenario(half)


def test_a_user_s_weight_does_not_enter_the_mix_of_the_workbook() -> None:
    mine = replace(load_scenario("base").with_overrides({"aws_growth": 0.3}), name="mine", weight=0.5)
    plan = plan_workbook(mine, [load_scenario("base"), mine], "version", stamped=False)
    cells = plan.sheets[SCENARIOS].cells
    weights = [
        cell.content for (row, column), cell in cells.items() if row == WEIGHT_ROW and column >= FIRST_COLUMN
    ]
    assert sum(weight for weight in weights if isinstance(weight, float)) == 1


def test_the_mix_of_one_scenario_with_itself_is_that_scenario() -> None:
    half = [
        Scenario(name, "", load_scenario("base").as_of, 0.5, load_scenario("base").table)
        for name in ("one", "two")
    ]
    assert one(run([weighted_scenario(half)]), DCF) == one(computed("base"), DCF)


def test_weights_that_do_not_add_up_to_one_are_refused() -> None:
    with pytest.raises(InputError, match=r"weights must add up to 1, not 0\.75"):
        weighted_scenario([load_scenario("base"), load_scenario("bull")])
    with pytest.raises(InputError, match="different as-of"):
        check_weights(
            [
                load_scenario("base"),
                load_scenario("bull"),
                Scenario("x", "", Quarter.parse("2025Q3"), 0.25, {}),
            ]
        )


# Every method, every scenario, every engine


@pytest.mark.parametrize("engine", engines(without="gnumeric"), indirect=True)
def test_value_per_share_is_the_same_in_every_engine(engine: Engine, measured: Callable[[str], None]) -> None:
    largest, count = 0.0, 0
    for as_of, name in (("2026Q2", "base"), ("2025Q3", "article")):
        plan, results = family(as_of)
        data = written(name)[2]
        grids = engine.calculate_all([(data, selecting(each.name)) for each in results.scenarios])
        for place, grid in enumerate(grids):
            for key in results.plan.names["value_per_share"]:
                home = plan.layout.places[key]
                found, expected = value_at(grid, home.sheet, home.row, VALUE), one(results, key, place)
                assert isinstance(found, float)
                assert math.isclose(found, expected, rel_tol=1e-9), (results.scenarios[place].name, key)
                largest, count = max(largest, abs(found / expected - 1)), count + 1
    assert count == 15 * len(SHIPPED)
    measured(f"{engine.name}: {count} values per share, largest relative difference {largest:.1e}")
