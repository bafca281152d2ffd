"""Uncertainty files: the one that ships is complete and fits every scenario; a mistake is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shared import SHIPPED

from model.amazon.forecast_rules import RULES
from model.errors import AmznFcfError, InputError
from model.outputs import Output
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import driver_arrays
from model.simulation.distributions import distribution_of, within
from model.simulation.files import load_uncertainty
from model.simulation.questions import Request
from model.simulation.run import simulate
from model.simulation.uncertainty import bind_moves, with_draws

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from model.backends.arrays import Array
    from model.simulation.uncertainty import BoundMove

GOOD = """
[drivers.sales_yield]
unit = "ratio"
grade = "J"
source = "a test"
scale = { distribution = "lognormal", median = 1, sigma = 0.1 }
[drivers.capex]
driver = "capex_scale"
years = "1+"
unit = "times"
grade = "J"
source = "a test"
scale = { distribution = "uniform", low = 0.9, high = 1.2 }
[[correlations]]
between = ["sales_yield", "capex"]
rank = -0.3
reason = "a test"
"""
CAPEX = 'driver = "capex_scale"\nyears = "1+"\nunit = "times"'
PAIR = 'between = ["sales_yield", "capex"]'
LOGNORMAL = 'scale = { distribution = "lognormal", median = 1, sigma = 0.1 }'


def bound(
    text: str, folder: Path, scenario: str = "base"
) -> tuple[tuple[BoundMove, ...], Mapping[str, Array]]:
    """Read a file and bind it to a scenario; return its moves and the scenario's drivers."""
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    chosen = load_scenario(scenario)
    plan = chosen.plan
    drivers = driver_arrays(plan, [chosen])
    return bind_moves(load_uncertainty(str(path)), plan, drivers, driver_specs()), drivers


def test_what_ships_says_why_of_every_width_and_every_correlation() -> None:
    shipped = load_uncertainty()
    assert len({move.driver for move in shipped.moves}) >= 14
    assert all(len(move.source) > 40 for move in shipped.moves)
    measured = {move.name for move in shipped.moves if move.grade == "F"}
    assert measured == set(RULES.widths), "a width is measured, or judgement"
    assert {move.grade for move in shipped.moves} == {"F", "J"}
    assert all(len(shipped.reasons[pair]) > 20 for pair in shipped.correlations)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_keeps_every_driver_of_every_scenario_in_its_range(name: str) -> None:
    scenario, specs = load_scenario(name), driver_specs()
    plan = scenario.plan
    drivers = driver_arrays(plan, [scenario])
    moves = bind_moves(load_uncertainty(), plan, drivers, specs)
    extremes = np.array([[1e-15], [0.5], [1 - 1e-15]]) * np.ones(len(moves))
    drawn = with_draws(moves, drivers, extremes)
    moved = {each.move.driver for each in moves} | {key for each in moves for key in each.parts}
    for key in {each.move.driver for each in moves}:
        assert drawn[key].shape[1] == 3
        assert specs[key].minimum <= drawn[key].min() <= drawn[key].max() <= specs[key].maximum
        assert (
            np.array_equal(
                drawn[key][: plan.axis.forecast_start],
                np.repeat(drivers[key], 3, axis=1)[: plan.axis.forecast_start],
            )
            or len(drivers[key]) == 1
        )
    assert all(drawn[key] is drivers[key] for key in drivers if key not in moved)


def test_a_walk_is_a_draw_a_year_that_stays(tmp_path: Path) -> None:
    walk = GOOD.replace(CAPEX, CAPEX.replace('"1+"', '"1+"\npath = "walk"'))
    moves, drivers = bound(walk, tmp_path)
    assert [each.name for each in moves[1:]] == ["capex", *(f"capex {year}" for year in range(2028, 2036))]
    shares = np.full((1, len(moves)), 0.5)
    shares[0, 2:4] = 1 - 1e-12, 1e-12  # 2028 and 2029: the ends of 0.9 to 1.2
    drawn = with_draws(moves, drivers, shares)["capex_scale"][:, 0]
    axis = load_scenario("base").plan.axis
    by_year = {year: drawn[axis.year_position(year) * 4 + 2] for year in (2026, 2027, 2028, 2029, 2035)}
    middle = 1.05
    assert by_year[2026] == 1.0
    assert by_year[2027] == pytest.approx(middle)
    assert by_year[2028] == pytest.approx(middle * 1.2)
    assert by_year[2029] == pytest.approx(middle * 1.2 * 0.9)
    assert by_year[2035] == pytest.approx(middle**7 * 1.2 * 0.9)


def test_draws_by_quarter_move_one_quarter_each(tmp_path: Path) -> None:
    text = GOOD.replace(CAPEX, CAPEX.replace('"1+"', '"0-1"\npath = "quarters"'))
    moves, drivers = bound(text, tmp_path)
    assert [each.name for each in moves[1:3]] == ["capex", "capex 2026Q4"]
    assert [len(each.rows) for each in moves[1:]] == [1] * 6
    drawn = with_draws(moves, drivers, np.array([[0.5, 1e-12, 0.5, 0.5, 0.5, 0.5, 1 - 1e-12]]))
    start = load_scenario("base").plan.axis.forecast_start
    moved = drawn["capex_scale"][start : start + 7, 0]
    assert moved.tolist() == pytest.approx([0.9, 1.05, 1.05, 1.05, 1.05, 1.2, 1.0])


def test_correlations_hold_for_the_first_draw_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        GOOD.replace(CAPEX, CAPEX.replace('"1+"', '"1+"\npath = "walk"')), encoding="utf-8"
    )
    found = load_uncertainty(str(tmp_path / "mine.toml"))
    scores = found.scores(["sales_yield", "capex", "capex 2028"])
    assert scores[0, 1] == pytest.approx(2 * np.sin(np.pi * -0.3 / 6))
    assert scores[0, 2] == scores[1, 2] == 0


def test_spread_of_spending_grows_with_the_horizon() -> None:
    plan = load_scenario("base").plan
    outputs = tuple(Output.parse(f"net_capex {year}", plan) for year in range(2026, 2036))
    found = simulate("base", draws=512, engine="numpy", workers=1, question=Request(outputs))
    spreads = [each.deviation / each.mean for each in found.estimates.values()]
    assert spreads == sorted(spreads)
    assert spreads[-1] > 2 * spreads[1] > 4 * spreads[0]


@pytest.mark.parametrize(
    ("replaced", "by", "message"),
    [
        ('"1+"', '"1+"\npath = "hike"', 'path must be "walk" or "quarters", not'),
        ('"1+"\nunit = "times"', '"1+"\npath = "walk"\nunit = "times"\nset = {}', "needs exactly one of"),
        (f'{CAPEX}\ngrade = "J"\nsource = "a test"\nscale',
         f'{CAPEX}\npath = "walk"\ngrade = "J"\nsource = "a test"\nset', "a walk adds up: use add or scale"),
        (CAPEX, 'driver = "aws_growth"\npath = "quarters"\nunit = "ratio"',
         "aws_growth rules a year: it cannot be drawn by quarter"),
        (CAPEX, 'driver = "beta"\npath = "walk"\nunit = "times"',
         "does not vary with time: leave out years and path"),
    ],
)  # fmt: skip
def test_a_path_that_makes_no_sense_is_one_line(replaced: str, by: str, message: str, tmp_path: Path) -> None:
    assert replaced in GOOD
    with pytest.raises(InputError, match=message):
        bound(GOOD.replace(replaced, by, 1), tmp_path)


def test_years_are_counted_from_the_running_one_or_named(tmp_path: Path) -> None:
    quarters = load_scenario("base").plan.axis.quarters
    for years, first, last in (
        ("0", "2026Q3", "2026Q4"), ("1-2", "2027Q1", "2028Q4"), ("3+", "2029Q1", "2035Q4"), ("2027", "2027Q1",
            "2027Q4"),
        ("2030-2031", "2030Q1", "2031Q4"), ("2026+", "2026Q3", "2035Q4"),
    ):  # fmt: skip
        moves, _ = bound(GOOD.replace('"1+"', f'"{years}"'), tmp_path)
        assert (str(quarters[moves[1].rows[0]]), str(quarters[moves[1].rows[-1]])) == (first, last)
    moves, _ = bound(GOOD.replace('"1+"', '"0"'), tmp_path, "article")
    assert [str(quarters[row]) for row in moves[1].rows] == ["2025Q4"]


@pytest.mark.parametrize(
    ("years", "first", "last"), [("0", 2026, 2026), ("1-2", 2027, 2028), ("9+", 2035, 2035), ("", 2026, 2035)]
)
def test_values_of_years_move_as_if_the_scenario_gave_them(
    years: str, first: int, last: int, tmp_path: Path
) -> None:
    text = GOOD.replace('"1+"', f'"{years}"' if years else '"0+"')
    text = text.replace('driver = "capex_scale"', 'driver = "aws_growth"').replace(
        'unit = "times"', 'unit = "ratio"'
    )
    moves, drivers = bound(text, tmp_path)
    drawn = with_draws(moves, drivers, np.array([[0.5, 0.5]]))
    base = load_scenario("base")
    growth = {str(year): 1.05 * base.table["aws_growth"][str(year)] for year in range(first, last + 1)}
    expected = driver_arrays(base.plan, [base.with_overrides({"aws_growth": growth})])
    parts = [row.key for row in base.plan.parts["aws_growth"]]
    assert {key.partition(".")[2] for key in parts} == {"year", "next_year", "own"}
    for key in ("aws_growth", *parts):
        ahead = slice(base.plan.axis.forecast_start, None)
        np.testing.assert_allclose(drawn[key][ahead], expected[key][ahead], rtol=1e-12, err_msg=key)


def test_operations_do_what_overlays_do(tmp_path: Path) -> None:
    shares = np.array([[0.25, 0.5]])
    for operation, expected in (("set", 1.05), ("add", 2.05), ("scale", 1.05)):
        text = GOOD.replace('years = "1+"\n', "").replace(
            'scale = { distribution = "uniform"', f'{operation} = {{ distribution = "uniform"'
        )
        moves, drivers = bound(text, tmp_path)
        assert with_draws(moves, drivers, shares)["capex_scale"][-1, 0] == pytest.approx(expected)


def test_a_budget_that_is_not_given_is_not_moved(tmp_path: Path) -> None:
    text = GOOD.replace('driver = "capex_scale"', 'driver = "capex_budget"').replace(
        'unit = "times"', 'unit = "USD m"'
    )
    moves, drivers = bound(text, tmp_path)
    drawn = with_draws(moves, drivers, np.array([[0.5, 0.5]]))["capex_budget"]
    assert drawn[20:24, 0].tolist() == pytest.approx([240_000 * 1.05] * 4)
    assert not drawn[24:].any()
    with pytest.raises(
        InputError, match=r"capex_budget is 0 \(none given\): scale has nothing to change; use set"
    ):
        bound(text.replace('"1+"', '"2+"'), tmp_path)


@pytest.mark.parametrize(
    ("replaced", "by", "message"),
    [
        ("[drivers.sales_yield]", "[drivers.sales_yeld]",
            "unknown driver 'sales_yeld'; did you mean sales_yield"),
        ('"capex_scale"', '"stores_growth"',
            r"'stores_growth' has members: write stores_growth\[north_america\]"),
        ('unit = "ratio"', 'unit = "USD m"', "sales_yield: needs unit = 'ratio', not 'USD m'"),
        ('source = "a test"', 'source = " "', "needs source"),
        ('grade = "J"', 'grade = "Z"', "grade, one of"),
        ("scale = {", "scales = {", "found scales"),
        ("sigma = 0.1 }", "sigma = 0.1 }\nset = 1", "needs exactly one of set, add, scale; found set, scale"),
        (LOGNORMAL, "scale = 1.1", "scale needs a distribution, such as"),
        ('"lognormal"', '"lognorm"', "unknown distribution 'lognorm'; did you mean lognormal"),
        ("high = 1.2", "high = 0.8", "low must be below high"),
        ('"1+"', '"next"', "years = 'next': write \"0\" for the running year"),
        ('"1+"', '"2-1"', "years = '2-1'"), ('"1+"', '"1-2030"', "years = '1-2030'"),
        ("high = 1.2", "high = 9", "uniform from 0.9 to 9 leaves 0.25..4"),
        ("median = 1,", "median = 9,", r"only [0-9.]+% of the lognormal distribution lies in"),
        ('"1+"', '"20+"', "holds no quarter from 2026Q3 to 2035Q4"),
        (CAPEX, 'driver = "beta"\nyears = "1+"\nunit = "times"', "beta does not vary with time"),
        (CAPEX, 'driver = "sales_yield"\nunit = "ratio"', "both move sales_yield in the same years"),
        (CAPEX, 'driver = "service_lag[aws]"\nunit = "quarters"', "cannot be drawn"),
        (CAPEX, 'driver = "runoff_share[aws]"\nunit = "ratio"', "cannot be drawn"),
        (CAPEX, 'driver = "capex_phasing[q1]"\nunit = "ratio"', "cannot be drawn"),
        (CAPEX, 'driver = "valuation_date"\nunit = "date"', "cannot be drawn"),
        ("rank = -0.3", "rank = -1.3", "must lie between -1 and 1, not -1.3"), ("rank = -0.3", 'rank = "low"',
            "needs a number"),
        (PAIR, 'between = ["sales_yield", "capexx"]', "'capexx', which has no entry; did you mean capex"),
        (PAIR, 'between = ["capex", "capex"]', "between needs two different names"),
        (PAIR, 'between = "capex"', "between needs two different names"),
        ('reason = "a test"', 'reason = ""', "needs a reason"), ('reason = "a test"', "", "needs between = "),
        ("[[correlations]]", "[correlations]", r"correlations are written as \[\[correlations\]\]"),
        ("[drivers.capex]", "[driver.capex]",
            "'driver' does not belong in an uncertainty file; did you mean drivers"),
        ("[drivers.capex]", "[drivers.capex", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_one_line_that_says_what_is_wrong(
    replaced: str, by: str, message: str, tmp_path: Path
) -> None:
    assert replaced in GOOD
    with pytest.raises(AmznFcfError, match=message) as caught:
        bound(GOOD.replace(replaced, by, 1), tmp_path)
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value).partition("is not valid TOML")[0]


def test_contradicting_correlations_and_missing_files_are_refused(tmp_path: Path) -> None:
    third = (
        GOOD.split("[[correlations]]", maxsplit=1)[0]
        .replace("sales_yield", "accrual_ratio", 1)
        .replace('"ratio"', '"times"', 1)
    )
    pairs = "".join(
        f'[[correlations]]\nbetween = ["{one}", "{other}"]\nrank = {rank}\nreason = "a test"\n'
        for one, other, rank in (
            ("sales_yield", "capex", 0.9),
            ("capex", "accrual_ratio", 0.9),
            ("sales_yield", "accrual_ratio", -0.9),
        )
    )
    text = (
        GOOD.split("[[correlations]]", maxsplit=1)[0] + third.split("[drivers.capex]", maxsplit=1)[0] + pairs
    )
    with pytest.raises(InputError, match="nearest that do not: sales_yield and capex 0") as caught:
        bound(text, tmp_path)
    assert "not positive definite" in str(caught.value)
    with pytest.raises(InputError, match="given twice"):
        bound(GOOD + GOOD[GOOD.index("[[") :], tmp_path)
    with pytest.raises(InputError, match="cannot read the uncertainty file: No such file"):
        load_uncertainty(str(tmp_path / "none.toml"))
    with pytest.raises(InputError, match="needs a table"):
        bound("title = 'empty'", tmp_path)


@pytest.mark.parametrize("kind", ["lognormal", "normal"])
def test_draws_of_an_absurdly_wide_distribution_stay_in_range_without_a_warning(kind: str) -> None:
    parameters = {"lognormal": {"median": 1, "sigma": 1e308}, "normal": {"mean": 0, "sd": 1e308}}[kind]
    end = {"lognormal": 3.0, "normal": 1e308}[kind]
    wide = within(distribution_of(kind, parameters, "mine.toml"), -end, end, "mine.toml")
    drawn = wide.quantile(np.linspace(0.001, 0.999, 99))  # a warning would be an error
    assert -end <= drawn.min() <= drawn.max() <= end
