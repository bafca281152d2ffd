"""Overrides of drivers: one set of rules for scenario files, Python and cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scenario_files import HEAD, entry, write

import xlwings_udfs
from model.errors import InputError, PeriodError, UnknownNameError
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from pathlib import Path


def test_overrides_are_checked_like_files() -> None:
    base = load_scenario("base")
    assert base.with_overrides({"aws_growth": {"2028": 0.2}}).table["aws_growth"]["2028"] == 0.2
    everywhere = base.with_overrides({"aws_growth": 0.1}).table["aws_growth"]
    assert {everywhere[str(year)] for year in range(2026, 2036)} == {0.1}
    assert "2026Q3" not in base.with_overrides({"investments": 0.0}).table["investments"]
    assert "2026Q3" not in base.with_overrides({"investments": {"2026": 0.0}}).table["investments"]
    with pytest.raises(UnknownNameError, match="did you mean aws_growth"):
        base.with_overrides({"aws_grow": 0.1})
    with pytest.raises(InputError, match="outside"):
        base.with_overrides({"aws_growth": {"2028": 9.0}})
    with pytest.raises(PeriodError, match="outside 2022Q1"):
        base.with_overrides({"aws_growth": {"2040": 0.1}})
    with pytest.raises(InputError, match="must be 1"):
        base.with_overrides({"capex_phasing[q1]": {ALL: 0.5}})


@pytest.mark.parametrize("period", ["2026Q1", "2025", "2026q2"])
def test_every_way_in_refuses_a_value_for_a_reported_period_in_the_same_words(
    period: str, tmp_path: Path
) -> None:
    words = f"aws_growth is given for {period.upper()}, which is before the first forecast quarter 2026Q3"
    with pytest.raises(InputError, match=words):
        load_scenario(write(tmp_path, HEAD + entry(values=f"{{ {period} = 0.1 }}")))
    with pytest.raises(InputError, match=words):
        load_scenario("base").with_overrides({"aws_growth": {period: 0.1}})
    with pytest.raises(InputError, match=words):
        xlwings_udfs.AMZN_FCF(2027, "base", None, [["driver", period], ["aws_growth", 0.1]])


def test_a_driver_that_the_model_uses_in_history_takes_values_for_reported_periods() -> None:
    key = "advertising_margin"
    assert key in load_scenario("base").plan.used_in_history
    assert load_scenario("base").with_overrides({key: {"2025": 0.3}}).table[key]["2025"] == 0.3


def test_every_way_in_refuses_a_period_that_is_given_twice_in_the_same_words(tmp_path: Path) -> None:
    words = "aws_growth is given twice for 2027"
    with pytest.raises(InputError, match=words):
        load_scenario(write(tmp_path, HEAD + entry(values="{ 2027 = 0.1, FY2027 = 0.2 }")))
    with pytest.raises(InputError, match=words):
        load_scenario("base").with_overrides({"aws_growth": {"2027": 0.1, "FY2027": 0.2}})
    with pytest.raises(InputError, match=words):
        xlwings_udfs.AMZN_FCF(2027, "base", None, [["driver", 2027, "FY2027"], ["aws_growth", 0.1, 0.2]])


def test_a_value_without_a_period_is_one_for_all_and_a_year_wins_over_it(tmp_path: Path) -> None:
    base = load_scenario("base")
    for driver, value in {"aws_growth": 0.1, "capex_budget": 150_000.0, "runoff_share[aws]": 0.5}.items():
        one, everywhere = (base.with_overrides({driver: each}) for each in (value, {"all": value}))
        assert one.table == everywhere.table
        unit = driver_specs()[driver].driver.unit
        for word, given in (("value", value), ("values", f"{{ all = {value} }}")):
            text = f'[drivers."{driver}"]\nunit = "{unit}"\nsource = "s"\n{word} = {given}\n'
            mine = load_scenario(write(tmp_path, HEAD + text))
            assert set(mine.ahead(driver).values()) == set(one.ahead(driver).values()) == {value}
    mixed = base.with_overrides({"aws_growth": {"ALL": 0.1, "2027": 0.2}}).table["aws_growth"]
    assert (mixed["2026"], mixed["2027"], mixed["2028"]) == (0.1, 0.2, 0.1)
