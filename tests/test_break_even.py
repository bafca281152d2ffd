"""Break-even lines against the values that they lead back to."""

from __future__ import annotations

import math

import pytest
from shared import figure, noting

from model.analysis.sensitivity import break_even, output_of
from model.analysis.swings import Steps
from model.errors import InputError
from model.scenarios.composing import load_scenario

SHARE = "value_per_share[dcf,mid]"
BASE = load_scenario("base")


def test_at_every_point_of_a_break_even_line_the_figure_is_the_target() -> None:
    x = Steps("wacc", (0.08, 0.095))
    points = break_even(BASE, output_of(SHARE, BASE), x, Steps("terminal_growth", (0.03,)), 256.29)
    for point in points:
        put_back = BASE.with_overrides({"wacc": point.x, "terminal_growth": point.y})
        assert figure(SHARE, put_back) == pytest.approx(256.29, rel=1e-9)
    growth = Steps("aws_growth", (-0.05, 0.05), "add")
    seen: list[float] = []
    flow = output_of("free_cash_flow 2027", BASE)
    line = break_even(
        BASE, flow, growth, Steps("capex_scale", (1.0,)), 0.0, lambda values: noting(seen, values)
    )
    assert seen == [-0.05, 0.05]
    for point in line:
        put_back = growth.scenario_at(BASE, point.x).with_overrides({"capex_scale": point.y})
        assert figure("free_cash_flow 2027", put_back) == pytest.approx(0, abs=1e-3)
    assert line[0].y < line[1].y  # more demand pays for more spending


def test_what_is_added_to_a_driver_by_year_is_solved_for_too() -> None:
    (point,) = break_even(
        BASE, output_of(SHARE, BASE), Steps("beta", (1.2,)), Steps("aws_growth", (0.0,), "add"), 190.0
    )
    moved = Steps("aws_growth", (0.0,), "add").scenario_at(BASE.with_overrides({"beta": 1.2}), point.y)
    assert figure(SHARE, moved) == pytest.approx(190, rel=1e-9)


def test_where_there_is_no_break_even_the_point_says_so() -> None:
    (point,) = break_even(
        BASE, output_of(SHARE, BASE), Steps("beta", (1.0,)), Steps("terminal_growth", (0.03,)), 1e7
    )
    assert math.isnan(point.y)
    assert point.note.startswith("no root in [-0.05, 0.1]")


@pytest.mark.parametrize(
    ("text", "x", "y", "target", "message"),
    [
        ("positive", Steps("beta", (1.0,)), Steps("wacc", (0.08,)), 20281.0,
            "a figure that reaches it, not 20281 and positive"),
        (SHARE, Steps("beta", (1.0,)), Steps("wacc", (0.08,)), math.nan, "needs a number to reach"),
        (SHARE, Steps("beta", (1.0,)), Steps("beta", (1.0,)), 250.0, "two drivers, not beta twice"),
        (SHARE, Steps("beta", (1.0,)), Steps("aws_growth", (1.0,), "scale"), 250.0,
            "it cannot scale aws_growth"),
        (SHARE, Steps("beta", (1.0,)), Steps("terminal_growth", (0.0,), "add"), 250.0,
            "terminal_growth cannot be shifted"),
        (SHARE, Steps("beta", (1.0,)), Steps("service_lag[aws]", (1.0,)), 250.0, "cannot be solved for"),
    ],
)  # fmt: skip
def test_break_even_lines_that_cannot_be_are_refused(
    text: str, x: Steps, y: Steps, target: float, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        break_even(BASE, output_of(text, BASE), x, y, target)
