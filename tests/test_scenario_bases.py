"""Scenario files that are based on a scenario with overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from model.errors import InputError, UnknownNameError
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs

if TYPE_CHECKING:
    from pathlib import Path


"""Driver row, period, and what is typed; None empties the cell."""


def write(folder: Path, name: str, base: str, more: str = "") -> str:
    (folder / f"{name}.toml").write_text(
        f'name = "{name}"\nbase = "{base}"\nas_of = "2026Q2"\n{more}', encoding="utf-8"
    )
    return str(folder / f"{name}.toml")


def test_a_scenario_file_may_be_based_on_a_scenario_with_overlays(tmp_path: Path) -> None:
    plain = load_scenario(write(tmp_path, "mine", "bull+price_war+power_delay"))
    assert plain.table == load_scenario("bull+price_war+power_delay").table
    assert (plain.name, plain.weight) == ("mine", 0.0)
    (tmp_path / "cuts.toml").write_text(
        'name = "cuts"\noverlay = true\n[changes.capex_scale]\nunit = "ratio"\nsource = "me"\nscale = 0.9\n',
        encoding="utf-8",
    )
    unit = driver_specs()["capex_scale"].driver.unit
    (tmp_path / "cuts.toml").write_text(
        (tmp_path / "cuts.toml").read_text().replace('"ratio"', f'"{unit}"'), encoding="utf-8"
    )
    own = load_scenario(write(tmp_path, "own", "mine.toml+cuts.toml"))
    assert own.table["capex_scale"] == {
        period: 0.9 * value for period, value in plain.table["capex_scale"].items()
    }
    assert load_scenario(f"{tmp_path}/own.toml+silicon_delay").name == "own+silicon_delay"


def test_a_base_is_checked_as_a_name_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"price_war is applied in its base already"):
        load_scenario(write(tmp_path, "mine", "base+price_war") + "+price_war")
    with pytest.raises(InputError, match="'bear' is a scenario, not an overlay"):
        load_scenario(write(tmp_path, "two", "base+bear"))
    with pytest.raises(UnknownNameError, match="unknown scenario 'price_wa'; did you mean price_war"):
        load_scenario(write(tmp_path, "three", "base+price_wa"))
    write(tmp_path, "four", "five.toml+price_war")
    with pytest.raises(InputError, match="based on each other in a circle"):
        load_scenario(write(tmp_path, "five", "four.toml"))
