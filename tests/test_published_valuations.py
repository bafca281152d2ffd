"""Published valuations, every input and answer public, come out of the very formulas that value Amazon.

The formulas are those of ``model/language/finance.py``; here they are given numbers instead of lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from model.amazon import AMAZON
from model.backends.arrays import term_of
from model.language.finance import (
    cost_of_equity,
    discount_factor,
    flow_of_growth,
    growing_perpetuity,
    implied_growth,
    implied_growth_at_reinvestment,
    multiple_of,
    terminal_value,
    weighted_cost_of_capital,
)
from model.language.vocabulary import constant
from model.reported.actuals import axis_at

if TYPE_CHECKING:
    from model.language.nodes import Expr

PLAN = AMAZON.plan(axis_at("2026Q2"))


def value(formula: Expr) -> float:
    with np.errstate(divide="ignore"):
        return float(term_of(formula, PLAN)({}, 0, 1)[0, 0])


def years(number: float) -> Expr:
    return constant(365.25 * number, "days")


def damodaran_amazon(first_rate: float) -> tuple[float, float]:
    """Value Amazon as A. Damodaran did in October 2014: terminal value, and value per share.

    Source: "Narrative and Numbers" (Columbia University Press, 2017), table 9.7, and the slides of the same
    valuation: sales of 85,246 grow by 15% for five years, then fading in equal steps to 2.2%; operating
    margin from 0.47 to 7.38% in ten equal steps; tax 31.8%; a dollar reinvested for 3.68 of new sales; cost
    of capital 8.39% for five years, then in equal steps to 8%; after year ten growth of 2.2% at a return
    on capital of 10%; debt 9,202, cash 10,252, 463.01m shares.
    """
    sales, factor, present = 85246.0, 1.0, 0.0
    income = 0.0
    for year in range(1, 11):
        fade = max(0, year - 5) / 5
        grown = sales * (1 + 0.15 - (0.15 - 0.022) * fade)
        income = grown * (0.0047 + (0.0738 - 0.0047) * year / 10) * (1 - 0.318)
        factor *= value(discount_factor(first_rate - (first_rate - 0.08) * fade, years(1)))
        present += (income - (grown - sales) / 3.68) * factor
        sales = grown
    terminal = value(growing_perpetuity(flow_of_growth(income, 0.022, 0.10), 0.08, 0.022))
    return terminal, (present + terminal * factor - 9202 + 10252) / 463.01


def test_damodaran_s_amazon_of_october_2014() -> None:
    """Published: terminal value 168,379, value per share 175.25; first cost of capital printed as 8.39%."""
    terminal, share = damodaran_amazon(0.0839)
    assert terminal == pytest.approx(168379, abs=0.5)
    assert share == pytest.approx(175.25, abs=0.06)
    assert damodaran_amazon(0.08395)[1] < 175.25 < damodaran_amazon(0.08385)[1], (
        "the answer lies within the rounding of the input"
    )


def test_a_worked_exercise_with_growing_flows() -> None:
    """Published (wizedu.com, question 832128): 22, 27, 32, 36, 38, then 5%; WACC 10%; 61.70 a share."""
    flows = (22, 27, 32, 36, 38)
    terminal = value(growing_perpetuity(38 * 1.05, 0.10, 0.05))
    assert terminal == pytest.approx(798)
    enterprise = sum(
        flow * value(discount_factor(0.10, years(year))) for year, flow in enumerate(flows, start=1)
    )
    enterprise += terminal * value(discount_factor(0.10, years(5)))
    assert enterprise == pytest.approx(610.0348337, abs=5e-8)
    assert (enterprise + 10 - 3) / 10 == pytest.approx(61.70, abs=0.005)


def test_a_worked_cost_of_capital() -> None:
    """Published (fin-sim, IB course 1): 60% equity at 10%, debt at 5%, tax 25%; 80 growing by 2.5%."""
    wacc = value(weighted_cost_of_capital(0.10, 0.05, 0.25, 0.40))
    assert wacc == pytest.approx(0.075)
    assert value(growing_perpetuity(80 * 1.025, wacc, 0.025)) == pytest.approx(1640)
    assert value(cost_of_equity(0.04, 1.2, 0.05)) == pytest.approx(0.10)


def test_half_a_year_is_worth_half_a_year_of_return() -> None:
    end_of_year = value(growing_perpetuity(flow_of_growth(100, 0.03, 0.15), 0.09, 0.03))
    assert value(terminal_value(100, 0.03, 0.15, 0.09)) == pytest.approx(end_of_year * 1.09**0.5)
    assert value(discount_factor(0.09, years(-0.5))) == pytest.approx(1.09**0.5)


@pytest.mark.parametrize("growth", [-0.02, 0.0, 0.03, 0.06, 0.085])
def test_implied_growth_is_the_inverse_of_the_terminal_value(growth: float) -> None:
    worth = value(terminal_value(100, growth, 0.18, 0.0915))
    assert value(implied_growth(worth, 100, 0.18, 0.0915)) == pytest.approx(growth, abs=1e-12)
    kept = value(growing_perpetuity(100 * (1 + growth) * 0.8, 0.0915, growth)) * 1.0915**0.5
    assert value(implied_growth_at_reinvestment(kept, 100, 0.2, 0.0915)) == pytest.approx(growth, abs=1e-12)


def test_what_has_no_meaning_is_no_number() -> None:
    for formula in (
        growing_perpetuity(100, 0.03, 0.03),
        growing_perpetuity(100, 0.03, 0.04),
        multiple_of(100, 0),
        multiple_of(100, -1),
    ):
        assert np.isnan(value(formula))
