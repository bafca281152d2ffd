"""One change of assumptions has one answer: by file, in Python, in a cell, or typed into a workbook."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf
from shared import computed, save, worth, written

from model.analysis.sensitivity import grid, output_of, tornado
from model.analysis.solve import solve
from model.analysis.swings import Steps
from model.scenarios.composing import load_scenario
from model.simulation.distributions import Distribution
from model.simulation.run import simulate
from model.simulation.uncertainty import Move, Uncertainty
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import VALUE
from workbook_templates.read.book import read_book
from workbook_templates.read.inputs import read_inputs
from xlwings_udfs import AMZN_VALUE

if TYPE_CHECKING:
    from pathlib import Path

    from model.outputs import Output
    from model.scenarios.scenario import Scenario

DCF = "value_per_share[dcf,mid]"
CHANGES = [("aws_growth", "2027", 0.25), ("capex_budget", "2027", 180_000.0)]
FILE = """
name = "pm"
base = "base"
as_of = "2026Q2"

[drivers.aws_growth]
unit = "ratio"
source = "a portfolio manager"
values = { 2027 = 0.25 }

[drivers.capex_budget]
unit = "USD m"
source = "a portfolio manager"
values = { 2027 = 180000 }
"""


@pytest.fixture(scope="module")
def by_file(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("pm") / "pm.toml"
    path.write_text(FILE, encoding="utf-8")
    return load_scenario(str(path))


def test_a_file_changes_what_it_names_and_nothing_else(by_file: Scenario) -> None:
    base = load_scenario("base")
    for key, values in base.table.items():
        own = {period: value for name, period, value in CHANGES if name == key}
        assert by_file.table[key] == {**values, **own}, key


def test_file_python_cell_and_workbook_give_one_value(by_file: Scenario, tmp_path: Path) -> None:
    expected = worth(by_file)
    assert expected != pytest.approx(computed("base").values[DCF][0, 0], rel=0.01)
    overrides = {key: {period: value} for key, period, value in CHANGES}
    assert worth(load_scenario("base").with_overrides(overrides)) == pytest.approx(expected, rel=1e-9)
    table = [["driver", 2027], *([key, value] for key, _, value in CHANGES)]
    assert AMZN_VALUE("dcf", "base", table) == pytest.approx(expected, rel=1e-9)
    plan, _, data = written("base")
    typed = save(tmp_path / "typed.xlsx", plan, data, list(CHANGES), "base")
    place = plan.layout.places[DCF]
    assert Formualizer().calculate(typed)[place.sheet][place.row, VALUE] == pytest.approx(expected, rel=1e-9)
    assert worth(read_inputs(read_book(typed).contents).selected) == pytest.approx(expected, rel=1e-9)


def test_what_is_read_from_a_workbook_is_what_was_changed(tmp_path: Path) -> None:
    plan, _, data = written("base")
    save(tmp_path / "typed.xlsx", plan, data, list(CHANGES), "base")
    done = amzn_fcf("read", str(tmp_path / "typed.xlsx"), "--out", str(tmp_path / "mine.toml"))
    assert done.returncode == 0, done.stderr
    content = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert {key: entry["values"] for key, entry in content["drivers"].items()} == {
        key: {period: value} for key, period, value in CHANGES
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"2027+": 0.25}, {"2026": 0.39, "2027": 0.25, "2030": 0.25, "2035": 0.25}),
        ({"2029": 0.3, "2027+": 0.25}, {"2028": 0.25, "2029": 0.3, "2030": 0.25}),
        ({"2027+": 0.25, "2030+": 0.1}, {"2026": 0.39, "2029": 0.25, "2030": 0.1, "2035": 0.1}),
    ],
)
def test_a_year_and_all_later_ones(
    given: dict[str, float], expected: dict[str, float], tmp_path: Path
) -> None:
    by_override = load_scenario("base").with_overrides({"aws_growth": given}).table["aws_growth"]
    assert {period: by_override[period] for period in expected} == expected
    path = tmp_path / "pm.toml"
    values = ", ".join(f'"{period}" = {value}' for period, value in given.items())
    path.write_text(FILE.replace("2027 = 0.25", values), encoding="utf-8")
    assert load_scenario(str(path)).table["aws_growth"] == by_override
    heads, row = list(given), list(given.values())
    table = [["driver", *heads], ["aws_growth", *row]]
    by_python = worth(load_scenario("base").with_overrides({"aws_growth": given}))
    assert AMZN_VALUE("dcf", "base", table) == pytest.approx(by_python, rel=1e-9)


def test_deferral_moved_by_year_by_quarter_and_by_every_analysis_gives_one_value() -> None:
    """It was estimated again in reported quarters by some of them, and in quarters ahead by all."""
    base, moved = load_scenario("base"), 0.09
    axis, output = base.plan.axis, output_of(DCF, base)
    ahead = {str(quarter): moved for quarter in axis.quarters[axis.forecast_start :]}
    expected = worth(base.with_overrides({"deferral_ratio": moved}))
    assert expected != pytest.approx(worth(base), rel=0.001)
    found = {
        "by year": worth(base.with_overrides({"deferral_ratio": {"2026+": moved}})),
        "by quarter": worth(base.with_overrides({"deferral_ratio": ahead})),
        "tornado": tornado(base, output, 1 - moved / 0.12, ["deferral_ratio"]).bars[0].low,
        "grid": grid(base, output, Steps("deferral_ratio", (moved,)), Steps("beta", (1.15,))).values[0, 0],
        "simulation": _always("deferral_ratio", moved, output),
    }
    assert found == pytest.approx(dict.fromkeys(found, expected), rel=1e-9)
    assert solve(base, "deferral_ratio", expected, DCF).value == pytest.approx(moved, rel=1e-6)


def _always(driver: str, value: float, output: Output) -> float:
    """Return the mean of a simulation in which a driver always has one value."""
    move = Move(driver, driver, "set", Distribution("discrete", ((value,), (1.0,))))
    never = Uncertainty("one value", (move,), {}, {})
    found = simulate("base", draws=16, uncertainty=never, outputs=[output], engine="numpy", workers=1)
    return found.estimates[str(output)].mean
