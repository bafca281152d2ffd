"""Tornados and grids against runs by hand and closed forms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import computed, figure, noting

import model.analysis.sensitivity
from model.amazon import AMAZON
from model.analysis.sensitivity import Bar, grid, output_of, tornado, tornados
from model.analysis.swings import Steps, swing_of
from model.errors import AmznFcfError, InputError, NotAvailableError, PeriodError, UnknownNameError
from model.language.periods import Period, Quarter
from model.outputs import Output
from model.reported.actuals import axis_at
from model.results import run
from model.scenarios.adjustment import OPERATIONS
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.what_if import Lever

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from model.scenarios.scenario import Scenario

SHARE = "value_per_share[dcf,mid]"
BASE = load_scenario("base")
PLAN = AMAZON.plan(axis_at("2026Q2"))


def bar(text: str, driver: str, scenario: Scenario = BASE, swing: float = 0.1) -> Bar:
    (found,) = tornado(scenario, output_of(text, scenario), swing, [driver]).bars
    return found


def ahead(driver: str, change: Callable[[float], float]) -> dict[str, float]:
    """Return a driver's values of base from 2026 on, changed."""
    return {period: change(value) for period, value in BASE.table[driver].items() if period >= "2026"}


# What is asked


@pytest.mark.parametrize(
    ("text", "key", "period"),
    [
        ("free_cash_flow 2027", "free_cash_flow", "2027"), (" Free_Cash_Flow  ttm 2027q1 ", "free_cash_flow",
            "TTM 2027Q1"),
        ("ttm_free_cash_flow 2027Q1", "ttm_free_cash_flow", "2027Q1"), ("value_per_share[dcf, mid]", SHARE,
            None),
        ("positive", "positive", None), ("aws_margin 2027", "aws_margin", "2027"), ("backlog FY2026",
            "backlog", "2026"),
    ],
)  # fmt: skip
def test_an_output_is_a_line_and_where_it_varies_a_period(text: str, key: str, period: str | None) -> None:
    output = Output.parse(text, PLAN)
    assert (output.key, str(output.period) if output.period else None) == (key, period)
    assert output.read(computed("base"))[0] == figure(str(output), BASE)
    assert Output.parse(str(output), PLAN) == output


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", InputError, "names no line: write one such as"), ("[dcf]", InputError, "names no line"),
        ("free_cash_flw 2027", UnknownNameError, "did you mean free_cash_flow"),
        ("value_per_share", UnknownNameError, "has members: choose one of"),
        ("free_cash_flow", PeriodError,
            "varies with time: write a period after it, such as free_cash_flow 2027"),
        ("positive 2027", PeriodError, "does not vary with time: write it without '2027'"),
        ("free_cash_flow soon", PeriodError, "'soon' is not a period"),
        ("free_cash_flow 2050", NotAvailableError, "outside the axis"),
        ("fcff 2025", NotAvailableError, "has figures from 2026Q3 to 2035Q4, none for 2025"),
        ("calendar 2027", PeriodError, "has no annual figure: ask for a quarter"),
        ("service_lag[aws] TTM 2027Q1", PeriodError, "does not vary with time"),
        ("aws_growth TTM 2027Q1", PeriodError, "has no ttm figure"),
    ],
)  # fmt: skip
def test_an_output_that_is_none_says_why(text: str, kind: type[AmznFcfError], message: str) -> None:
    with pytest.raises(kind, match=message):
        Output.parse(text, PLAN)


def test_quarters_are_counted_so_that_their_differences_mean_something() -> None:
    event = Output.parse("positive", PLAN)
    codes = np.array([20274.0, 20281.0, math.nan])
    assert np.diff(event.counted(codes))[0] == 1
    assert math.isnan(event.counted(codes)[2])


# Tornado


@pytest.mark.parametrize(
    "text", [SHARE, "free_cash_flow 2027", "ttm_free_cash_flow 2028Q2", "net_margin 2030"]
)
@pytest.mark.parametrize(
    "driver",
    ["aws_growth", "aws_cash_cost_ratio", "capex_budget", "tax_rate", "useful_life[servers_and_network]"],
)
def test_a_bar_is_what_the_model_gives_with_every_value_ahead_moved_by_the_swing(
    text: str, driver: str
) -> None:
    found = bar(text, driver, swing=0.05)
    values = ahead(driver, lambda value: value) or dict(BASE.table[driver])
    for factor, side in ((0.95, found.low), (1.05, found.high)):
        moved = BASE.with_overrides({driver: {period: value * factor for period, value in values.items()}})
        assert side == pytest.approx(figure(text, moved), rel=1e-12)
    base = figure(text, BASE)
    assert (found.change_low, found.change_high) == pytest.approx(
        (found.low - base, found.high - base), rel=1e-9
    )
    assert found.swing == pytest.approx(max(found.low, found.high, base) - min(found.low, found.high, base))


def test_a_linear_line_moves_by_the_share_of_its_driver_to_both_sides() -> None:
    """Advertising income is sales * margin; value per share holds (1 - haircut) * stakes / diluted shares."""
    base = computed("base")
    expected = 0.1 * 0.4 * base.value("advertising_sales", Period.parse("2028"))
    found = bar("advertising_operating_income 2028", "advertising_margin")
    assert (found.change_low, found.change_high) == pytest.approx((-expected, expected), rel=1e-9)
    expected = 0.2 * 0.25 * (190_400 + 28_700) / 10_903
    found = bar(SHARE, "stake_haircut", swing=0.2)
    assert (found.change_low, found.change_high) == pytest.approx((expected, -expected), rel=1e-9)
    assert (found.driver_low, found.driver_base, found.driver_high) == pytest.approx((0.2, 0.25, 0.3))


@pytest.mark.parametrize("name", ["base", "article", "bear", "base+power_delay"])
def test_the_largest_swing_comes_first_and_no_driver_is_forgotten(name: str) -> None:
    scenario = load_scenario(name)
    for found in tornados(
        scenario, [output_of(text, scenario) for text in (SHARE, "free_cash_flow 2027", "trough_amount")]
    ):
        swings = [each.swing for each in found.bars]
        assert swings == sorted(swings, reverse=True)
        assert swings[-1] > 0
        assert {each.driver for each in found.bars} | set(found.still) | set(found.left_out) == set(
            driver_specs()
        )


def test_drivers_without_more_or_less_are_left_out_and_the_reason_is_said() -> None:
    found = tornado(BASE, output_of(SHARE, BASE))
    assert found.left_out == {
        "inflection_measure": "a choice", "inflection_from": "a quarter", "valuation_date": "a date",
            "wacc": "0: none is given",
        "diluted_shares": "counted, not assumed", "basic_shares": "counted, not assumed",
            "price": "a market price",
    }  # fmt: skip
    assert "wacc" not in tornado(BASE.with_overrides({"wacc": 0.08}), output_of(SHARE, BASE)).left_out


def test_a_driver_that_is_0_moves_by_a_share_of_its_range_and_stays_in_it() -> None:
    found = bar("free_cash_flow 2028", "price_pressure")
    assert (found.driver_low, found.change_low) == (0, 0)
    assert found.driver_high == pytest.approx(0.06)
    assert found.high == pytest.approx(
        figure("free_cash_flow 2028", BASE.with_overrides({"price_pressure": 0.06}))
    )
    assert found.note == "0 ahead: moved by 0.06, a share of its range; low held at 0, the end of its range"


def test_a_move_stops_at_the_end_of_the_driver_s_range() -> None:
    found = bar("free_cash_flow 2028", "runoff_share[other]")
    assert found.note == "high held at 1, the end of its range"
    moved = BASE.with_overrides(
        {"runoff_share[other]": {p: min(v * 1.1, 1) for p, v in BASE.ahead("runoff_share[other]").items()}}
    )
    assert found.high == pytest.approx(figure("free_cash_flow 2028", moved))


def test_whole_numbers_move_by_one_and_of_shares_the_others_give_way() -> None:
    lag = swing_of(BASE, Lever("service_lag[other]"), 0.1)
    assert not isinstance(lag, str)
    assert (lag.low.value, lag.high.value, lag.low.clipped) == (1, 2, True)
    share = swing_of(BASE, Lever("asset_mix[aws,servers_and_network]"), 0.1)
    assert not isinstance(share, str)
    assert {key: value["all"] for key, value in share.high.overrides.items()} == pytest.approx({
        "asset_mix[aws,servers_and_network]": 0.66, "asset_mix[aws,equipment]": 0.17,
            "asset_mix[aws,buildings]": 0.17,
    })  # fmt: skip
    shares = {"servers_and_network": 1, "equipment": 0, "buildings": 0}
    whole = BASE.with_overrides({f"asset_mix[aws,{name}]": value for name, value in shares.items()})
    assert (
        swing_of(whole, Lever("asset_mix[aws,servers_and_network]"), 0.1)
        == "it is the whole total; the other shares are 0"
    )


def test_a_negative_value_moves_down_and_up_as_others_do() -> None:
    shrinking = BASE.with_overrides({"stores_growth[international]": -0.1})
    found = bar("net_sales 2027", "stores_growth[international]", shrinking)
    assert (found.driver_low, found.driver_high) == pytest.approx((-0.11, -0.09))
    assert found.change_low < 0 < found.change_high


def test_an_event_moves_by_quarters_and_one_that_no_longer_happens_comes_first() -> None:
    found = bar("positive", "capex_scale")
    quarters = [
        Quarter.from_code(value)
        for value in (found.low, computed("base").values["positive"][0, 0], found.high)
    ]
    assert (found.change_low, found.change_high) == (quarters[0] - quarters[1], quarters[2] - quarters[1])
    first = tornado(BASE, output_of("positive", BASE), 1.0).bars[0]
    assert (first.driver, math.isnan(first.high), math.isnan(first.swing)) == ("price_pressure", True, True)
    assert np.isnan(run([BASE.with_overrides({"price_pressure": 0.6})]).values["positive"][0, 0])


def test_an_event_that_does_not_happen_in_the_scenario_shows_which_drivers_bring_it_about() -> None:
    dear = BASE.with_overrides({"capex_scale": 2.1})
    assert np.isnan(run([dear]).values["positive"][0, 0])
    found = tornado(dear, output_of("positive", dear), 0.3)
    assert {"capex_scale", "aws_capex_to_demand"} <= {each.driver for each in found.bars}
    assert all(
        math.isnan(each.swing) and not math.isnan(min(each.low, each.high))
        for each in found.bars
        if each.driver == "capex_scale"
    )


@pytest.mark.parametrize("swing", [0, -0.1, 1.5, math.nan, math.inf])
def test_a_swing_is_a_share(swing: float) -> None:
    with pytest.raises(InputError, match="swing must be above 0 and up to 1"):
        tornado(BASE, output_of(SHARE, BASE), swing)


def test_what_no_driver_moves_and_what_is_no_driver_is_refused() -> None:
    with pytest.raises(InputError, match="none of the drivers moves free_cash_flow 2025"):
        tornado(BASE, output_of("free_cash_flow 2025", BASE))
    with pytest.raises(InputError, match=r"moves free_cash_flow 2027: wacc is left out \(0: none is given\)"):
        tornado(BASE, output_of("free_cash_flow 2027", BASE), drivers=["wacc", "beta"])
    with pytest.raises(UnknownNameError, match="did you mean aws_growth"):
        tornado(BASE, output_of(SHARE, BASE), drivers=["aws_grwth"])
    with pytest.raises(NotAvailableError, match="has no figure in base"):
        tornado(BASE, output_of("net_sales TTM 2022Q2", BASE))


# Grid


MOVES: Mapping[str, tuple[Steps, Steps, Callable[[float, float], Scenario]]] = {
    "set": (
        Steps("wacc", (0.075, 0.09)), Steps("terminal_growth", (0.02, 0.035, 0.05)),
        lambda x, y: BASE.with_overrides({"wacc": x, "terminal_growth": y}),
    ),
    "add": (
        Steps("aws_growth", (-0.05, 0.0, 0.05), "add"), Steps("tax_rate", (0.01,), "add"),
        lambda x, y: BASE.with_overrides({
            "aws_growth": ahead("aws_growth", lambda value: value + x), "tax_rate": ahead("tax_rate",
                lambda value: value + y),
        }),
    ),
    "scale": (
        Steps("capex_budget", (0.9, 1.1), "scale"), Steps("beta", (0.8, 1.0), "scale"),
        lambda x, y: BASE.with_overrides({"capex_budget": ahead("capex_budget", lambda value: value * x),
            "beta": 1.15 * y}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", [SHARE, "free_cash_flow 2028", "positive"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_cell_of_a_grid_is_a_run_of_its_own(text: str, operation: str) -> None:
    x, y, moved = MOVES[operation]
    found = grid(BASE, output_of(text, BASE), x, y)
    expected = [[figure(text, moved(across, down)) for across in x.values] for down in y.values]
    assert found.values == pytest.approx(np.array(expected), rel=1e-12)
    assert found.base == figure(text, BASE)


def test_the_scenario_s_own_cell_is_known() -> None:
    output = output_of(SHARE, BASE)
    own = grid(
        BASE, output, Steps("aws_growth", (-0.01, 0.0), "add"), Steps("terminal_growth", (0.03, 0.035))
    )
    assert own.centre == (1, 1)
    assert own.values[1, 1] == own.base
    assert grid(BASE, output, Steps("capex_scale", (0.9, 1.0)), Steps("beta", (1.0, 1.15))).centre == (1, 1)
    assert (
        grid(BASE, output, Steps("aws_growth", (0.33,)), Steps("beta", (1.15,))).centre is None
    )  # it differs by year


def test_a_large_grid_is_computed_in_batches_and_one_that_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output, x, y = (
        output_of(SHARE, BASE),
        Steps("wacc", (0.07, 0.08, 0.09)),
        Steps("terminal_growth", (0.02, 0.03, 0.04)),
    )
    seen: list[int] = []
    whole = grid(BASE, output, x, y).values
    monkeypatch.setattr(model.analysis.sensitivity, "_BATCH", 4)
    assert (grid(BASE, output, x, y, lambda batches: noting(seen, batches)).values == whole).all()
    assert seen == [0, 4, 8]
    many = tuple(0.05 + 0.001 * place for place in range(101))
    with pytest.raises(InputError, match="grid of 101 by 101 values is too large: up to 10,000 cells"):
        grid(BASE, output, Steps("wacc", many), Steps("risk_free", many))


def test_a_figure_without_meaning_is_missing_in_its_cell_alone() -> None:
    found = grid(
        BASE, output_of(SHARE, BASE), Steps("wacc", (0.05, 0.09)), Steps("terminal_growth", (0.03, 0.06))
    )
    assert np.isnan(found.values).tolist() == [[False, False], [True, False]]


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: Steps("wac", (0.08,)), UnknownNameError, "did you mean wacc"),
        (lambda: Steps("wacc", ()), InputError, "wacc needs at least one value"),
        (lambda: Steps("wacc", (math.nan,)), InputError, "wacc needs numbers, not nan"),
        (lambda: Steps.parse("wacc ad", (0.08,)), InputError, "did you mean add"),
        (lambda: grid_of(Steps("wacc", (0.5,))), InputError, r"grid: wacc = 0.5 is outside 0.04..0.2"),
        (lambda: grid_of(Steps("wacc", (0.01,), "add")), InputError, r"wacc is 0 \(none given\): add has"),
        (lambda: grid_of(Steps("aws_growth", (0.6,), "add")), InputError,
            r"grid \(add 0.6\): aws_growth = 0.99 is outside"),
        (lambda: grid_of(Steps("service_lag[aws]", (1.5,))), InputError, "must be a whole number"),
        (lambda: grid_of(Steps("asset_mix[aws,buildings]", (0.5,))), InputError,
            "must be 1: change the others too"),
        (lambda: grid_of(Steps("beta", (1.0,))), InputError, "grid needs two drivers, not beta twice"),
    ],
)  # fmt: skip
def test_a_grid_that_cannot_be_is_refused(
    make: Callable[[], object], kind: type[AmznFcfError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        make()


def grid_of(x: Steps) -> object:
    return grid(BASE, output_of(SHARE, BASE), x, Steps("beta", (1.0,)))


@settings(max_examples=60, deadline=None)
@given(
    driver=st.sampled_from(sorted(driver_specs())),
    operation=st.sampled_from(OPERATIONS),
    share=st.floats(0, 1),
)
def test_in_the_room_that_a_driver_has_every_step_is_allowed(
    driver: str, operation: str, share: float
) -> None:
    spec = driver_specs()[driver]
    if (
        spec.driver.sums_to_one
        or spec.driver.whole
        or spec.driver.unit == "quarter"
        or (spec.driver.zero_means_none and operation != "set")
    ):
        return
    if driver == "wacc" and operation != "set":
        return
    steps = Steps(driver, (1.0,), operation)  # type: ignore[arg-type]  # one of the three
    low, high = (max(min(each, 1e6), -1e6) for each in steps.room(BASE))
    value = low + (1e-9 + share * (1 - 2e-9)) * (high - low)
    moved = steps.scenario_at(BASE, value).ahead(driver)
    assert all(spec.minimum <= each <= spec.maximum for each in moved.values())
    assert set(moved) == set(BASE.ahead(driver)) or operation == "set"
