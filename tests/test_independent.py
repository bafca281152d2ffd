"""The model computed again by plain loops, written from its notes, not from its declarations.

Two models that share no code must agree on every line, in scenarios that push the branches: capacity binding,
cash below its least, no budget, other service lags, tax deferral capped, shares bought back to the last one,
growth that rises or costs more than it earns after the axis.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from second_model import PER_SHARE, Plain
from second_value import PlainValue, shares_of_years

from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario

STRESSES: dict[str, tuple[str, dict[str, dict[str, float] | float]]] = {
    "base": ("base", {}),
    "article": ("article", {}),
    "bear": ("bear", {}),
    "all overlays": ("base+silicon_delay+price_war+power_delay", {}),
    "capacity binds": ("base", {"sales_yield": 0.03, "unmet_demand_lost": {ALL: 0.2}, "delayed": 0.6}),
    "cash short": ("base", {"capex_scale": 2.5, "minimum_cash": {ALL: 100000.0},
    "planned_borrowing": {"2029Q2": 7000.0}}),
    "no budget": (
        "article",
        {"capex_budget": 0.0, "aws_capex_to_demand": 0.7, "other_capex_to_sales": 0.04, "book_to_bill": 2.0},
    ),
    "other lags and lives": (
        "base",
        {
            "service_lag[aws]": {ALL: 4.0}, "service_lag[other]": {ALL: 3.0},
            "useful_life[servers_and_network]": {ALL: 2.3},
            "useful_life[equipment]": {ALL: 3.9}, "asset_mix[aws,servers_and_network]": {ALL: 0.5},
            "asset_mix[aws,buildings]": {ALL: 0.3},
        },
    ),
    "tax and silicon": (
        "bull",
        {
            "deferral_ratio": 0.35, "deferral_cap": {ALL: 0.3}, "silicon_cost_saving": {ALL: 0.5},
            "silicon_mix": 0.9,
            "price_performance": 1.5, "stores_margin[international]": -0.1,
        },
    ),
    "quarters of their own": (
        "base+price_war",
        {
            "aws_growth": {"2026Q4": 0.5, "2028Q2": -0.1, "2028Q3": 0.6, "2031": 0.3, "2035Q4": 0.0},
            "advertising_growth": {"2027Q1": 0.4, "2029": -0.1, "2029Q4": 0.3},
            "stores_growth[international]": {f"2030Q{quarter}": 0.1 * quarter for quarter in (1, 2, 3, 4)},
            "price_pressure": {"2027Q2": 0.3, "2032": 0.4},
            "unmet_demand_lost": {ALL: 0.3}, "sales_yield": 0.06,
        },
    ),
    "seasons": (
        "base",
        {
            "capex_phasing[q1]": {ALL: 0.4}, "capex_phasing[q2]": {ALL: 0.1}, "capex_phasing[q3]": {ALL: 0.2},
            "capex_phasing[q4]": {ALL: 0.3}, "stock_compensation_phasing[q2]": {ALL: 3.0},
            "working_capital_timing": {"2026Q3": 0.1, "2027Q1": -0.2, "2030": 0.05},
        },
    ),
    "shares run out": ("bull", {"price": {ALL: 40.0}, "beta": {ALL: 0.2}}),
    "shares issued": (
        "bear",
        {
            "price": {ALL: 90.0}, "stock_compensation_ratio": 0.08, "target_cash": {ALL: 1000000.0},
            "risk_free": {ALL: 0.07}, "valuation_date": {ALL: 46400},
        },
    ),
    "growth rises after the axis": (
        "bear",
        {
            "terminal_growth": {ALL: 0.07}, "wacc": {ALL: 0.11}, "terminal_roic": {ALL: 0.25},
            "fade_roic": {ALL: 0.3}, "useful_life[buildings]": {ALL: 25.0},
        },
    ),
    "growth costs more than it earns": (
        "bull",
        {"fade_roic": {ALL: 0.05}, "terminal_roic": {ALL: 0.06}, "terminal_growth": {ALL: 0.04}},
    ),
    "no perpetuity": ("base", {"wacc": {ALL: 0.045}, "terminal_growth": {ALL: 0.05}}),
    "sales shrink": (
        "article",
        {
            "aws_growth": {"2033+": -0.05}, "advertising_growth": {"2033+": -0.05},
            "stores_growth[north_america]": {"2033+": -0.05},
            "stores_growth[international]": {"2033+": -0.05}, "terminal_growth": {ALL: -0.02},
        },
    ),
    "bridge": (
        "base",
        {
            "stakes[anthropic]": {ALL: 100000.0}, "stakes[openai]": {ALL: 50000.0},
            "stake_haircut": {ALL: 0.4}, "financing_obligations_owed": {ALL: 20000.0},
            "investments": {"2027+": 5000.0}, "diluted_shares": {ALL: 11500.0},
        },
    ),
}  # fmt: skip


RUNS = [*((name, None) for name in STRESSES), ("base", "2025Q4"), ("base", "2026Q1"), ("base", "2024Q4")]
"""Stresses, and as-ofs other than the scenario's own."""
SEGMENTS_SINCE = 8
"""2024Q1: before it, filings give the segments' property by year only, and some lines start later."""


def stressed(name: str, as_of: str | None = None) -> Scenario:
    base, overrides = STRESSES[name]
    return load_scenario(base, as_of).with_overrides(overrides)


@cache
def computed_twice(name: str, as_of: str | None) -> tuple[Results, Plain]:
    results = run([stressed(name, as_of)])
    return results, Plain(results)


@pytest.mark.parametrize(("name", "as_of"), RUNS)
def test_the_forecast_computed_again_in_plain_loops_is_the_same(name: str, as_of: str | None) -> None:
    results, plain = computed_twice(name, as_of)
    for line in plain.lines():
        found = results.values[line][plain.split :, 0].tolist()
        expected = plain.x[line][plain.split :]
        assert expected == pytest.approx(found, rel=1e-9, abs=1e-6, nan_ok=True), line
    assert len(plain.lines()) >= 65


@pytest.mark.parametrize(("name", "as_of"), RUNS)
def test_reported_quarters_are_arithmetic_on_what_was_filed(name: str, as_of: str | None) -> None:
    """Deferred tax there follows constants of its own, whatever a scenario says of deferral ahead."""
    results, plain = computed_twice(name, as_of)
    for line, expected in plain.reported.items():
        found = results.values[line][: plain.split, 0]
        both = np.isfinite(found) & np.isfinite(expected)
        assert both[SEGMENTS_SINCE:].all(), line
        assert found[both] == pytest.approx(np.array(expected)[both], rel=1e-9, abs=1e-6), line
    assert len(plain.reported) == 10


@pytest.mark.parametrize(("name", "as_of"), RUNS)
def test_the_value_computed_again_in_plain_loops_is_the_same(name: str, as_of: str | None) -> None:
    results, plain = computed_twice(name, as_of)
    for result, expected in PlainValue(plain).one.items():
        found = float(results.values[result].ravel()[0])
        assert expected == pytest.approx(found, rel=1e-9, abs=1e-6, nan_ok=True), result


@pytest.mark.parametrize("name", ["base", "article", "shares issued"])
def test_a_year_per_share_is_the_years_total_by_the_mean_of_its_shares(name: str) -> None:
    results, plain = computed_twice(name, None)
    for per_share, line in PER_SHARE.items():
        expected = shares_of_years(plain, line)
        found = results.series(per_share, "annual")[:, 0].tolist()
        assert list(expected.values()) == pytest.approx(found, rel=1e-9), per_share


def test_capacity_says_what_a_dollar_placed_in_service_has_served() -> None:
    """Pooled over the last eight quarters: 0.138, the figure that `sales_yield` is set against."""
    plain = computed_twice("base", None)[1]
    last = range(plain.split - 8, plain.split)
    placed = {t: plain.x["aws_placed"][t] * plain.computing_per_dollar(t) for t in last}
    served = sum(plain.reported["sales_yield_implied"][t] * placed[t] for t in last)
    assert served / sum(placed.values()) == pytest.approx(0.138, abs=0.0005)


def test_the_stresses_reach_the_branches_they_are_meant_for() -> None:
    binding = computed_twice("capacity binds", None)[0].values
    assert (binding["aws_volume"] < binding["aws_demand"]).sum() > 20
    short = computed_twice("cash short", None)[0].values
    assert (short["net_borrowing"][18:] > 1000).sum() > 10
    assert (short["cash"][18:] == 100000).sum() > 10
    capped = computed_twice("tax and silicon", None)[0].values
    assert (capped["carried"][20:] > 1000).sum() > 10
    assert np.isnan(computed_twice("shares run out", None)[0].values["eps"][18:]).sum() > 2
    assert computed_twice("shares issued", None)[1].x["diluted_share_count"][-1] > 11000
    for name, sign in (("growth rises after the axis", 1), ("growth costs more than it earns", -1)):
        growth = [PlainValue(computed_twice(name, None)[1]).one[f"fade_growth[{k}]"] for k in (1, 10)]
        assert (growth[1] - growth[0]) * sign > 0, name
    assert PlainValue(computed_twice("growth costs more than it earns", None)[1]).one["fade_flow[1]"] < 0
    assert np.isnan(PlainValue(computed_twice("no perpetuity", None)[1]).one["equity_value[mid]"])
    assert PlainValue(computed_twice("sales shrink", None)[1]).one["final_growth"] < 0
