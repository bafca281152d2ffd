"""The scenarios that a command is given, and those that a workbook offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf
from scenario_files import CASE, cases

from amzn_fcf.building.selection import MOST_OFFERED, default_scenarios, named, offered_with, shipped_at
from model.errors import InputError
from model.language.periods import Quarter
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios
from workbook_templates.engines.formualizer import LARGEST_SHEET
from workbook_templates.plan.layout import INPUTS
from workbook_templates.plan.workbook import plan_workbook

if TYPE_CHECKING:
    from pathlib import Path


def test_folders_and_patterns_stand_for_their_scenario_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases(tmp_path / "cases", 3)
    (tmp_path / "base").mkdir()
    files = [f"cases/case{number:02}.toml" for number in range(3)]
    assert named(["base", "cases", "bear+price_war"]) == ["base", *files, "bear+price_war"]
    assert named(["cases/case0[12].toml+price_war", "cases/*1.toml+price_war"]) == [
        "cases/case0[12].toml+price_war", "cases/case01.toml+price_war",
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"--scenario base\*: no scenario file"):
        named(["base*"])


def test_by_default_every_scenario_is_in_one_workbook_and_in_its_own_where_the_as_of_is_moved() -> None:
    built = default_scenarios()
    assert built == ["article", "base", "trend"]
    offered = [each.name for name in built for each in shipped_at(load_scenario(name).as_of)]
    assert {*offered, "trend"} == set(builtin_scenarios()) == set(default_scenarios(moved=True))


def test_a_selector_offers_what_can_be_read(tmp_path: Path) -> None:
    """Scenarios asked for together share one selector, unless the sheets become too long for the engines."""
    shipped = shipped_at(Quarter.parse("2026Q2"))
    few, many = (
        [load_scenario(str(path)) for path in cases(tmp_path, count)]
        for count in (MOST_OFFERED - len(shipped), 20)
    )
    names = [each.name for each in shipped]
    offered = offered_with(few[0], few, moved=False)
    assert [each.name for each in offered.scenarios] == [*names, *(each.name for each in few)]
    alone = offered_with(many[7], many, moved=False)
    assert [each.name for each in alone.scenarios] == [*names, "case07"]
    assert [each.name for each in alone.switches] == builtin_overlays()
    largest = plan_workbook(few[0], offered.scenarios, "test").sheets[INPUTS]
    assert max(row for row, _ in largest.cells) <= LARGEST_SHEET[0]


def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    for name in ("Mine", "mine"):
        (tmp_path / f"{name}1.toml").write_text(CASE.format(name=name, value=0.2), encoding="utf-8")
    done = amzn_fcf("build", "--scenario", "Mine1.toml", "mine1.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "--scenario Mine, mine is given twice, or two files have this name" in done.stderr
    assert not (tmp_path / "out").exists()


OVERLAY = """
name = "{name}"
overlay = true

[changes.{driver}]
unit = "ratio"
source = "a test"
{change}
"""


def overlay(folder: Path, file: str, name: str, driver: str, change: str) -> Path:
    path = folder / file
    path.write_text(OVERLAY.format(name=name, driver=driver, change=change), encoding="utf-8")
    return path


def test_overlays_in_another_order_than_the_workbooks_are_refused_if_it_matters(tmp_path: Path) -> None:
    twice = overlay(tmp_path, "twice.toml", "twice", "price_pressure", "scale = { 2028 = 2 }")
    apart = overlay(tmp_path, "apart.toml", "apart", "tax_rate", "add = { 2028 = 0.01 }")
    first, fine = (load_scenario(f"base+{each}+price_war") for each in (twice, apart))
    assert offered_with(fine, [fine], moved=False).selected(fine).name == "base+price_war+apart"
    with pytest.raises(InputError, match=r"base\+twice\+price_war: .* write base\+price_war\+twice"):
        offered_with(first, [first], moved=False).selected(first)
    then = load_scenario(f"base+price_war+{twice}")
    assert offered_with(then, [then], moved=False).selected(then).table["price_pressure"]["2028"] == 0.18


def test_two_overlays_or_scenarios_of_one_name_are_refused(tmp_path: Path) -> None:
    one, other = (
        overlay(tmp_path, f"{place}.toml", "same", "tax_rate", f"add = {{ 2028 = {place} }}")
        for place in (0.01, 0.02)
    )
    both = [load_scenario(f"{root}+{each}") for root, each in (("base", one), ("bull", other))]
    with pytest.raises(InputError, match="two overlays are called 'same'"):
        offered_with(both[0], both, moved=False)
    for place in (0.2, 0.3):
        (tmp_path / f"mine{place}.toml").write_text(CASE.format(name="mine", value=place), encoding="utf-8")
    mine = [load_scenario(f"{tmp_path}/mine{each}") for each in ("0.2.toml", "0.3.toml+price_war")]
    with pytest.raises(InputError, match="two scenarios are called 'mine'"):
        offered_with(mine[0], mine, moved=False)
