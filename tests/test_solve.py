"""Reverse questions: a root is a root, a bracket holds it, and where there is none the message says why."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from shared import AS_CALIBRATED

from model.amazon import AMAZON
from model.analysis.brent import closed_in
from model.analysis.solve import solve, value_row
from model.errors import InputError, NoRootError, UnknownNameError
from model.language.periods import Period
from model.results import run
from model.scenarios.composing import load_scenario

DCF = value_row("dcf")
CALIBRATED = load_scenario("base").with_overrides(AS_CALIBRATED)


@pytest.mark.parametrize(
    ("name", "driver", "price", "shift", "expected", "digit"),
    [
        ("article", "wacc", 234.75, False, 0.076, 0.0005),
        ("article", "aws_cash_cost_ratio", 234.75, True, -0.20, 0.01),
    ],
)
def test_roots_are_those_of_the_calibration(
    name: str, driver: str, price: float, *, shift: bool, expected: float, digit: float
) -> None:
    root = solve(load_scenario(name).with_overrides(AS_CALIBRATED), driver, price, DCF, shift=shift)
    assert root.value == pytest.approx(expected, abs=digit)
    assert root.found == pytest.approx(price, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(
    name=st.sampled_from(["article", "base", "bull", "bear"]),
    question=st.sampled_from(
        [("wacc", 0.06, 0.15), ("aws_cash_cost_ratio", 0.2, 0.7), ("capex_scale", 0.4, 1.8)]
    ),
    share=st.floats(0.05, 0.95),
    method=st.sampled_from(["dcf", "exit_multiple"]),
)
def test_the_value_at_a_driver_leads_back_to_that_driver_or_to_one_of_the_same_value(
    name: str, question: tuple[str, float, float], share: float, method: str
) -> None:
    driver, low, high = question
    scenario, given_value = load_scenario(name), low + share * (high - low)
    price = float(run([scenario.with_overrides({driver: given_value})]).values[value_row(method)][0, 0])
    root = solve(scenario, driver, price, value_row(method), between=(low, high))
    assert root.bracket[0] <= root.value <= root.bracket[1]
    again = run([scenario.with_overrides({driver: root.value})]).values[value_row(method)][0, 0]
    assert again == pytest.approx(price, rel=1e-9)
    assert root.roots > 1 or root.value == pytest.approx(given_value, abs=1e-6)


def test_no_growth_of_aws_reaches_the_article_s_price_within_its_spending_and_the_message_says_why() -> None:
    article = load_scenario("article")
    spending = run([article]).table(["net_capex"])["net_capex"]
    budgets = {str(year): float(amount) for year, amount in spending.items() if str(year) > "2026"}
    with pytest.raises(
        NoRootError,
        match=r"no root in \[-0.2, 0.8\].* 234.75 was not found; .*capital expenditure.* caps AWS sales",
    ):
        solve(article.with_overrides({"capex_budget": budgets}), "aws_growth", 234.75, DCF)


def test_a_price_out_of_reach_says_what_is_reached() -> None:
    with pytest.raises(NoRootError, match=r"runs from [\d,.]+ to [\d,.]+, and 100,?000 was not found"):
        solve(load_scenario("base"), "wacc", 100_000, DCF)


def test_a_driver_that_does_not_move_the_figure_is_no_root() -> None:
    base = load_scenario("base")
    with pytest.raises(NoRootError, match="beta does not move value_per_share"):
        solve(base, "beta", 255, value_row("sotp"))
    own = float(run([base]).values[DCF][0, 0])
    with pytest.raises(NoRootError, match="exit_ev_ebitda does not move"):
        solve(base, "exit_ev_ebitda", own, DCF)


def test_a_root_on_a_point_of_the_scan_is_one_root() -> None:
    base = load_scenario("base")
    price = float(run([base.with_overrides({"wacc": 0.09})]).values[DCF][0, 0])
    root = solve(base, "wacc", price, DCF)
    assert root.roots == 1
    assert root.value == pytest.approx(0.09)
    last = float(run([base.with_overrides({"wacc": 0.20})]).values[DCF][0, 0])
    assert solve(base, "wacc", last, DCF).value == pytest.approx(0.20)


def test_a_method_that_has_no_meaning_in_the_bracket_is_no_root() -> None:
    scenario = load_scenario("base").with_overrides({"wacc": 0.05})
    with pytest.raises(NoRootError, match="has no meaning anywhere there"):
        solve(scenario, "terminal_growth", 250, DCF, between=(0.05, 0.09))


def test_a_root_is_found_where_free_cash_flow_is_negative() -> None:
    scenario = load_scenario("base").with_overrides({"capex_scale": 1.4})
    root = solve(scenario, "wacc", 80.0, DCF)
    assert root.results.value("free_cash_flow", Period.parse("2028")) < 0
    assert root.found == pytest.approx(80.0)


def test_a_shift_keeps_the_shape_of_the_years() -> None:
    scenario = load_scenario("base")
    root = solve(scenario, "aws_growth", 190, DCF, shift=True)
    moved = (
        root.results.series("aws_growth", "annual")[:, 0]
        - run([scenario]).series("aws_growth", "annual")[:, 0]
    )
    assert np.nanmin(moved[5:]) == pytest.approx(root.value)
    assert np.nanmax(moved[5:]) == pytest.approx(root.value)
    assert root.value < 0


def test_any_figure_can_be_the_target() -> None:
    period = Period.parse("2027")
    root = solve(load_scenario("base"), "capex_budget@2027", 0.0, "free_cash_flow", period=period)
    assert root.results.value("free_cash_flow", period) == pytest.approx(0, abs=1e-3)
    assert root.value == pytest.approx(238_700, rel=0.01)


@pytest.mark.parametrize("question", AMAZON.presentation.questions.drivers)
def test_questions_in_plain_words_stand_for_drivers(question: str) -> None:
    assert (
        solve(load_scenario("base"), question, 220, DCF).driver
        == AMAZON.presentation.questions.drivers[question]
    )


def test_what_cannot_be_solved_for_is_refused() -> None:
    base = load_scenario("base")
    for driver, message in {
        "service_lag[aws]": "whole number", "asset_mix[aws,buildings]": "share of a total",
            "capex_phasing[q1]": "a table",
        "inflection_from": "whole number",
    }.items():  # fmt: skip
        with pytest.raises(InputError, match=message):
            solve(base, driver, 220, DCF)
    with pytest.raises(UnknownNameError, match="did you mean aws_growth"):
        solve(base, "aws_grwth", 220, DCF)
    with pytest.raises(InputError, match=r"between needs two numbers in order, within 0\.04\.\.0\.2"):
        solve(base, "wacc", 220, DCF, between=(0.2, 0.1))
    with pytest.raises(InputError, match="solve for its value"):
        solve(base, "wacc", 220, DCF, shift=True)
    with pytest.raises(UnknownNameError, match="unknown method 'magic'; did you mean net_margin"):
        value_row("magic")
    assert all(value_row(method) in run([base]).values for method in AMAZON.presentation.questions.values)


def test_two_roots_between_two_points_of_the_scan_and_one_beside_a_pole_are_found() -> None:
    root = solve(CALIBRATED, "capex_scale", 265.5, DCF)
    assert root.found == pytest.approx(265.5)
    steep = solve(CALIBRATED, "terminal_growth", 10_000, DCF)
    assert steep.found == pytest.approx(10_000)
    assert steep.value < 0.0915168


@settings(max_examples=200, deadline=None)
@given(
    root=st.floats(-1, 1),
    slope=st.floats(0.1, 50),
    power=st.sampled_from([1, 3, 5]),
    level=st.floats(-0.5, 0.5),
)
def test_brent_s_method_is_scipy_s_to_the_last_bit(
    root: float, slope: float, power: int, level: float
) -> None:
    def function(x: float) -> float:
        return math.tanh(slope * (x - root)) + level * (x - root) ** power

    ends = (-1.5, 1.25)
    at_ends = [function(each) for each in ends]
    assume(at_ends[0] * at_ends[1] < 0)
    assert closed_in(function, ends, at_ends) == brentq(function, *ends, xtol=1e-13, rtol=1e-14)


def test_a_jump_is_no_root() -> None:
    """Without a budget capital expenditure follows sales: value jumps at 0, which the search leaves out."""
    root = solve(CALIBRATED, "capex_budget", 240, DCF)
    assert root.found == pytest.approx(240)
    with pytest.raises(InputError, match="0 means none is given"):
        solve(CALIBRATED, "capex_budget", 240, DCF, shift=True)
