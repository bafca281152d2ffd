"""The command compare, as users and scripts meet it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, refused
from programs import needs
from shared import calculated, computed, input_cell, worth, written
from test_hostile_files import old_format

from model.scenarios.composing import load_scenario
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from pathlib import Path

    Record = dict[str, object]

VALUE = "value_per_share[dcf,mid]"


def records(*arguments: str, cwd: Path | None = None) -> list[Record]:
    done = amzn_fcf("compare", *arguments, "--format", "json", cwd=cwd)
    assert (done.returncode, done.stderr) == (1, "")
    found: list[Record] = json.loads(done.stdout)
    return found


def of_kind(found: list[Record], kind: str) -> list[Record]:
    return [each for each in found if each["kind"] == kind]


def effects(found: list[Record], output: str) -> dict[object, float]:
    parts = [each for each in of_kind(found, "bridge") if each["output"] == output]
    return {each["driver"]: float(str(each["effect"])) for each in parts}


@pytest.mark.parametrize(("before", "after"), [("base", "bull"), ("article", "base")])
def test_the_bridge_adds_up_to_the_difference_of_the_estimates(before: str, after: str) -> None:
    found = records(before, after)
    (value,) = [each for each in of_kind(found, "estimate") if each["line"] == VALUE]
    difference = worth(load_scenario(after)) - worth(load_scenario(before))
    assert value["difference"] == pytest.approx(difference, abs=1e-9)
    assert math.fsum(effects(found, VALUE).values()) == pytest.approx(difference, abs=1e-9)


def test_estimates_are_the_figures_of_both_scenarios() -> None:
    found = of_kind(records("base", "bull"), "estimate")
    (flow,) = [each for each in found if (each["line"], each["period"]) == ("free_cash_flow", "2027")]
    for name, side in (("base", "before"), ("bull", "after")):
        assert flow[side] == computed(name).series("free_cash_flow", "annual")[5, 0]


def test_inputs_that_differ_have_both_values_by_period() -> None:
    found = of_kind(records("base", "bull"), "input")
    (budget,) = [each for each in found if each["driver"] == "capex_budget"]
    assert (budget["period"], budget["before"], budget["after"]) == ("2027", 240_000.0, 250_000.0)
    tables = load_scenario("base").table, load_scenario("bull").table
    growth = {each["period"]: each for each in found if each["driver"] == "aws_growth"}
    assert (growth["2028"]["before"], growth["2028"]["after"]) == tuple(
        each["aws_growth"]["2028"] for each in tables
    )


def test_two_workbooks_are_compared_by_what_was_typed_into_them(tmp_path: Path) -> None:
    plan = written("base")[0]
    typed = {"aws_growth": ("2028", 0.2), "beta": ("all", 1.3)}
    changes = {input_cell(plan, key, period): value for key, (period, value) in typed.items()}
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    (tmp_path / "new.xlsx").write_bytes(with_changes(calculated("base"), changes))
    found = records("old.xlsx", "new.xlsx", cwd=tmp_path)
    assert {(each["driver"], each["period"], each["after"]) for each in of_kind(found, "input")} == {
        ("aws_growth", "2028", 0.2), ("beta", "all", 1.3),
    }  # fmt: skip
    changed = load_scenario("base").with_overrides({"aws_growth": {"2028": 0.2}, "beta": 1.3})
    total = math.fsum(effects(found, VALUE).values())
    assert total == pytest.approx(worth(changed) - worth(load_scenario("base")), abs=1e-9)


def test_scenarios_that_are_equal_are_no_difference(tmp_path: Path) -> None:
    done = amzn_fcf("compare", "base", "base@2026Q2", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == "base (as of 2026Q2) and base (as of 2026Q2): no driver differs\n"


def test_one_scenario_at_two_as_ofs_differs_by_time_alone() -> None:
    found = records("base@2026Q1", "base")
    (effect,) = effects(found, VALUE).items()
    assert effect[0] == "Reported quarters and passage of time"
    then, now = worth(load_scenario("base", "2026Q1")), worth(load_scenario("base"))
    assert effect[1] == pytest.approx(now - then, abs=1e-9)
    assert not of_kind(found, "input")


def test_the_text_has_inputs_estimates_and_bridges_of_what_was_asked() -> None:
    done = amzn_fcf("compare", "base", "base+price_war", "--output", "aws_margin 2028", "--output", VALUE)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "base (as of 2026Q2) against base+price_war (as of 2026Q2): 1 driver differs"
    row = next(line for line in lines if line.strip().startswith("Price cut forced by rivals"))
    difference = worth(load_scenario("base+price_war")) - worth(load_scenario("base"))
    assert row.split()[-1] == f"{difference:.2f}"
    assert "aws_margin 2028" in next(line for line in lines if VALUE in line and "aws" in line)


def test_a_picture_is_a_waterfall(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    needs(request, "matplotlib")
    for output in (VALUE, "positive"):
        command = ("compare", "article", "base", "--output", output, "--plot", "way.png")
        assert amzn_fcf(*command, cwd=tmp_path).stdout.endswith("wrote way.png\n")
        assert (tmp_path / "way.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("base", "bul"), "unknown scenario 'bul'; did you mean bull"),
        (("base", "base@2031Q1"), "as-of 2031Q1 is not reported yet"),
        (("base", "bull", "--output", "free_cash"), "did you mean free_cash_flow"),
        (("base", "bull", "--output", "free_cash_flow"), "write a period after it"),
        (("base", "missing.xlsx"), "missing.xlsx"),
        (("base", "old.xls"), "old.xls: is of the old .xls format: open it in a spreadsheet program"),
        (("old.xls", "old.xls"), "old.xls: is of the old .xls format: open it in a spreadsheet program"),
    ],
)
def test_wrong_arguments_are_said(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(old_format(encrypted=False))
    assert message in refused("compare", *arguments, cwd=tmp_path)


def test_a_workbook_has_one_as_of(tmp_path: Path) -> None:
    (tmp_path / "base.xlsx").write_bytes(calculated("base"))
    assert "is a workbook as of 2026Q2" in refused("compare", "base.xlsx@2026Q1", "base", cwd=tmp_path)
