"""Vintages: each depreciates to exactly its cost, and the sum joins the reported figures without a step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import AS_OFS, computed

from model.amazon import AMAZON
from model.language.periods import Axis, Quarter
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL

LONG_AXIS = Axis(Quarter.parse("2026Q2"), AMAZON.first, Quarter.parse("2085Q4"))
CLASSES = ("servers_and_network", "equipment", "buildings")


@settings(max_examples=12, deadline=None)
@given(
    lives=st.tuples(st.floats(2, 8), st.floats(2, 12), st.floats(2, 40)),
    lags=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_each_vintage_depreciates_to_exactly_its_cost(
    lives: tuple[float, ...], lags: tuple[int, ...]
) -> None:
    overrides = {f"useful_life[{name}]": {ALL: life} for name, life in zip(CLASSES, lives, strict=True)}
    overrides |= {
        f"service_lag[{site}]": {ALL: float(lag)} for site, lag in zip(("aws", "other"), lags, strict=True)
    }
    results = run([load_scenario("base").with_overrides(overrides)], LONG_AXIS)
    horizon = LONG_AXIS.position(Quarter.parse("2040Q1"))  # forty years and more lie after it
    complete = 0
    for key, row in results.plan.rows.items():
        if key.startswith("vintage_depreciation[") and row.vintage is not None and row.vintage < horizon:
            cost = results.values[key.replace("vintage_depreciation", "vintage_cost")][0, 0]
            charged = results.values[key][:, 0]
            assert charged.sum() == pytest.approx(cost, rel=1e-12)
            assert (charged >= 0).all()
            complete += cost > 0
    assert complete > 300


@pytest.mark.parametrize("as_of", AS_OFS)
@pytest.mark.parametrize("site", ["aws", "other"])
def test_depreciation_joins_the_reported_figure_without_a_step(site: str, as_of: str) -> None:
    results = computed("base", as_of)
    split = results.plan.axis.forecast_start
    reported = results.values[f"reported.property_depreciation_{site}"][split - 1, 0]
    existing = results.values[f"existing_depreciation[{site}]"][split, 0]
    assert results.values[f"{site}_depreciation"][split - 1, 0] == reported
    # the first forecast quarter is the reported one run off by a quarter, plus what has just come into
    # service
    share = results.values[f"runoff_share[{site}]"][split, 0]
    assert existing == pytest.approx(reported * share)
    assert 0.97 < share < 1
    added = sum(results.values[f"new_depreciation[{site},{name}]"][split, 0] for name in CLASSES)
    assert results.values[f"{site}_depreciation"][split, 0] == pytest.approx(existing + added)
    assert 0 < added < 0.25 * reported


def test_only_vintages_that_are_not_yet_in_service_at_as_of_enter() -> None:
    results = computed("base")
    axis = results.plan.axis
    for site, lag in (("aws", 2), ("other", 1)):
        for back in range(4):
            quarter = axis.quarters[axis.forecast_start - 1 - back]
            cost = results.values[f"vintage_cost[{site},servers_and_network,{quarter}]"][0, 0]
            additions = results.values[f"{site}_additions"][axis.forecast_start - 1 - back, 0]
            share = results.values[f"asset_mix[{site},servers_and_network]"][0, 0]
            assert cost == pytest.approx(additions * share if back < lag else 0)


def test_the_sum_of_the_parts_is_the_cash_flow_line() -> None:
    results = computed("base")
    parts = (
        results.values["aws_depreciation"]
        + results.values["other_depreciation"]
        + results.values["other_amortization"]
    )
    np.testing.assert_allclose(parts, results.values["depreciation_amortization"], rtol=1e-12)


def test_delay_moves_capacity_but_not_depreciation() -> None:
    plain, late = computed("base"), computed("base+power_delay")
    year = slice(*(plain.plan.axis.position(Quarter.parse(text)) for text in ("2027Q1", "2028Q1")))
    assert (late.values["aws_capacity"][year] < plain.values["aws_capacity"][year]).all()
    np.testing.assert_allclose(
        late.values["aws_depreciation"][year], plain.values["aws_depreciation"][year], rtol=1e-3
    )
