"""What-ifs in one line: ``--set`` equals the overrides of Python, on every command."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, records, refused
from shared import worth

from amzn_fcf import cli
from model.analysis.sensitivity import grid, output_of, tornado
from model.analysis.solve import solve, value_row, varies_by_year
from model.analysis.swings import Steps
from model.errors import InputError
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.what_if import what_if
from xlwings_udfs import AMZN_TORNADO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BASE = load_scenario("base")
OWN = BASE.table
SHARE = "value_per_share[dcf,mid]"

WITHOUT = {
    "roll": "moves a scenario as it was written, and tells own changes from reported ones",
    "template": "its functions name a scenario that other workbooks know too",
}
"""Commands that take a scenario and no changes, with the reason."""

CASES: dict[str, tuple[list[str], Mapping[str, Mapping[str, float] | float]]] = {
    "a year": (["aws_growth@2027=0.25"], {"aws_growth": {"2027": 0.25}}),
    "a year and later": (["aws_growth@2027+=0.25"], {"aws_growth": {"2027+": 0.25}}),
    "a quarter": (["aws_growth@2026Q3=0.41"], {"aws_growth": {"2026Q3": 0.41}}),
    "all years": (["advertising_growth = 0.1"], {"advertising_growth": 0.1}),
    "a constant": (["beta=1.2"], {"beta": 1.2}),
    "two drivers": (
        ["aws_growth@2027=0.25", "capex_budget@2027=180000"],
        {"aws_growth": {"2027": 0.25}, "capex_budget": {"2027": 180_000.0}},
    ),
    "an amount": (
        ["aws_growth@2027 add=-0.03"], {"aws_growth": {"2027": OWN["aws_growth"]["2027"] - 0.03}},
    ),
    "a factor": (
        ["capex_budget@2027 scale=0.9"], {"capex_budget": {"2027": OWN["capex_budget"]["2027"] * 0.9}},
    ),
    "a factor from a year on": (
        ["advertising_growth@2034+ scale=2"],
        {"advertising_growth": {each: OWN["advertising_growth"][each] * 2 for each in ("2034", "2035")}},
    ),
    "an amount to a constant": (["beta add=0.1"], {"beta": OWN["beta"]["all"] + 0.1}),
    "a date": (["valuation_date=2026-11-02"], {"valuation_date": OWN["valuation_date"]["all"] + 27}),
    "shares of a total": (
        [f"capex_phasing[q{number}]=0.25" for number in (1, 2, 3, 4)],
        {f"capex_phasing[q{number}]": 0.25 for number in (1, 2, 3, 4)},
    ),
    "one after the other": (["beta=1.2", "beta add=0.1"], {"beta": 1.3}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_as_text_is_the_override_of_python(case: str) -> None:
    texts, overrides = CASES[case]
    changed, expected = what_if(BASE, texts), BASE.with_overrides(overrides)
    for key, values in expected.table.items():
        assert changed.table[key] == pytest.approx(values, rel=1e-15), key
    assert worth(changed) == pytest.approx(worth(expected), rel=1e-12)
    assert (changed.name, changed.weight) == ("base_what_if", 0.0)


def test_a_quarter_starts_from_its_year() -> None:
    changed = what_if(BASE, ["aws_growth@2028Q2 add=0.01"])
    assert changed.table["aws_growth"]["2028Q2"] == OWN["aws_growth"]["2028"] + 0.01
    assert changed.table["aws_growth"]["2028"] == OWN["aws_growth"]["2028"]


def test_no_change_is_the_scenario_itself() -> None:
    assert what_if(BASE, []) is BASE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("aws_grwth=0.1", "--set: unknown driver 'aws_grwth'; did you mean aws_growth"),
        ("aws_growth@2020=0.1", "aws_growth: 2020 is outside 2022Q1..2035Q4"),
        ("aws_growth@2024=0.1", "aws_growth is given for 2024, which is before the first forecast quarter"),
        ("aws_growth@2024 add=0.1", "no value ahead in 2024: the first forecast quarter is 2026Q3"),
        ("aws_growth@soon=0.1", "is not a period"),
        ("aws_growth ad=0.1", "write set, add or scale after the driver, not 'ad'"),
        ("aws_growth=8%", "--set aws_growth needs a number, not '8%': write 0.08"),
        ("aws_growth=", "--set aws_growth needs a number"),
        ("aws_growth", "write a change such as aws_growth=0.25"),
        ("=5", "names no driver"),
        ("aws_growth=5", "aws_growth = 5 is outside"),
        ("beta@2027=1.2", "beta does not vary with time"),
        ("stores_margin=0.1", "has members: write stores_margin[north_america]"),
        ("capex_phasing[q1]=0.4", "must be 1: change the others too"),
        ("wacc scale=2", "0 (none given): scale has nothing to change"),
        ("aws_growth=nan", "needs a number"),
        ("capex_budget@2027=180", "180 is outside 10,000..1,000,000 (USD m); 180bn is 180000"),
        ("capex_budget@2027=180bn", "needs a number, not '180bn': write 180000, in USD m"),
        ("capex_budget@2027=$1,500.5 million", "write 1500.5, in USD m"),
    ],
)
def test_a_wrong_change_is_one_line(text: str, message: str) -> None:
    line = refused("show", "free_cash_flow", "--set", text)
    assert message in line


def test_every_command_that_takes_a_scenario_takes_changes(tmp_path: Path) -> None:
    changes = ("--set", "aws_growth@2027=0.25", "--set", "capex_budget@2027=180000")
    expected = worth(what_if(BASE, changes[1::2]))
    shown = amzn_fcf("show", SHARE, "--format", "json", *changes)
    assert json.loads(shown.stdout)[0]["value"] == expected
    tornado = amzn_fcf("tornado", SHARE, "--driver", "beta", "--format", "json", *changes)
    assert json.loads(tornado.stdout)[0]["base"] == pytest.approx(expected, rel=1e-12)
    cells = amzn_fcf(
        "grid", SHARE, "--x", "beta", "1", "--y", "risk_free", "0.04", "--format", "json", *changes
    )
    moved = what_if(BASE, [*changes[1::2], "beta=1", "risk_free=0.04"])
    assert json.loads(cells.stdout)[0]["value"] == pytest.approx(worth(moved), rel=1e-12)
    root = amzn_fcf("solve", "beta", "--price", f"{expected}", "--format", "json", *changes)
    assert json.loads(root.stdout)[0]["root"] == pytest.approx(BASE.table["beta"]["all"], abs=1e-6)
    drawn = amzn_fcf(
        "simulate", "--draws", "64", "--engine", "numpy", "--workers", "1", "--format", "json", *changes
    )
    assert "base_what_if" in drawn.stdout
    assert amzn_fcf("compare", "base", "base", *changes).returncode == 1
    built = amzn_fcf("build", "--scenario", "base", "--out", "out", *changes, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "out" / "amzn-fcf_base_what_if.xlsx").is_file()


def test_every_command_with_a_scenario_has_the_option() -> None:
    (found,) = (each for each in cli._parser()._actions if isinstance(each.choices, dict))  # noqa: SLF001
    assert isinstance(found.choices, dict)
    options = {
        name: {text for each in command._actions for text in (*each.option_strings, each.dest)}  # noqa: SLF001
        for name, command in found.choices.items()
    }
    taking = {name for name, words in options.items() if words & {"--scenario", "after"}}
    assert {"show", "value", "explain", "compare", "against"} < taking
    assert {name for name in taking if "--set" not in options[name]} == set(WITHOUT)


# One driver in one period: grids, tornados and solve


def test_a_grid_moves_one_year() -> None:
    x, y = (
        Steps.parse("capex_budget@2027", (180_000.0, 240_000.0)),
        Steps.parse("aws_growth@2028+ add", (-0.02, 0.0)),
    )
    found = grid(BASE, output_of(SHARE, BASE), x, y)
    for row, growth in zip(found.values, y.values, strict=True):
        for value, budget in zip(row, x.values, strict=True):
            changes = [f"capex_budget@2027={budget}", f"aws_growth@2028+ add={growth}"]
            assert value == pytest.approx(worth(what_if(BASE, changes)), rel=1e-12)
    assert found.centre == (1, 1)


def test_one_driver_in_two_years_is_a_grid_and_in_overlapping_ones_is_none() -> None:
    output = output_of(SHARE, BASE)
    first, second = Steps("beta", (1.0,)), Steps.parse("capex_budget@2027", (1e5,))
    grid(BASE, output, second, Steps.parse("capex_budget@2026", (2e5,)))
    with pytest.raises(InputError, match="needs two drivers, not capex_budget twice"):
        grid(BASE, output, second, Steps.parse("capex_budget@2026+", (2e5,)))
    with pytest.raises(InputError, match="needs two drivers, not beta twice"):
        grid(BASE, output, first, first)


def test_a_tornado_moves_one_year() -> None:
    output = output_of(SHARE, BASE)
    (year,) = tornado(BASE, output, 0.1, ["aws_growth@2028"]).bars
    (ahead,) = tornado(BASE, output, 0.1, ["aws_growth"]).bars
    assert (year.driver, year.period, year.driver_base) == (
        "aws_growth@2028",
        "2028",
        OWN["aws_growth"]["2028"],
    )
    for value, factor in ((year.low, 0.9), (year.high, 1.1)):
        assert value == pytest.approx(worth(what_if(BASE, [f"aws_growth@2028 scale={factor}"])), rel=1e-12)
    assert 0 < year.swing < ahead.swing
    block = AMZN_TORNADO(SHARE, "base", 0.1, [["aws_growth@2028"], [None], ["beta"]])
    assert {row[0] for row in block[1:]} == {"aws_growth@2028", "beta"}
    assert block[1 + [row[0] for row in block[1:]].index("aws_growth@2028")][1] == year.low
    shown = amzn_fcf("tornado", SHARE, "--driver", "aws_growth@2028", "--format", "json")
    assert json.loads(shown.stdout)[0]["low"] == year.low


@pytest.mark.parametrize(
    ("driver", "message"),
    [
        ("aws_growth@2024", "tornado: aws_growth has no value ahead in 2024"),
        ("aws_growth@soon", "is not a period"),
        ("aws_growth@2028 add", "write the driver alone"),
        ("beta@2028", "beta does not vary with time"),
        ("capex_budget@2030", "capex_budget@2030 is left out (0: none is given)"),
    ],
)
def test_a_wrong_driver_of_a_tornado_is_one_line(driver: str, message: str) -> None:
    assert message in refused("tornado", SHARE, "--driver", driver)


def test_solve_moves_one_year() -> None:
    root = solve(BASE, "aws_growth@2027", 195.0, value_row("dcf"))
    assert root.driver == "aws_growth@2027"
    changed = what_if(BASE, [f"aws_growth@2027={root.value!r}"])
    assert worth(changed) == pytest.approx(195.0, rel=1e-9)


def test_solve_on_the_command_line_keeps_the_shape_of_the_years_unless_asked() -> None:
    shifted = records("solve", "aws_growth", "--price", "190")[0]
    flat = records("solve", "aws_growth", "--price", "190", "--flat")[0]
    assert (shifted["shifted"], flat["shifted"]) == (True, False)
    row = value_row("dcf")
    assert shifted["root"] == solve(BASE, "aws_growth", 190.0, row, shift=True).value
    assert flat["root"] == solve(BASE, "aws_growth", 190.0, row).value
    assert not varies_by_year(BASE, "wacc")
    assert not varies_by_year(BASE, "capex_budget")  # 0 means none: an amount has nothing to start from
    assert not varies_by_year(BASE, "aws_growth@2027")
    constant = BASE.with_overrides({"aws_growth": 0.2})
    assert not varies_by_year(constant, "growth")


def test_a_scenario_at_the_root_of_a_shift_is_the_one_that_set_gives() -> None:
    (found,) = records("solve", "aws_growth", "--price", "190")
    changed = what_if(BASE, [f"aws_growth add={found['root']!r}"])
    assert math.isclose(float(run([changed]).values[SHARE][0, 0]), 190.0, rel_tol=1e-9)
