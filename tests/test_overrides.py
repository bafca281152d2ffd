"""Overrides of drivers: one set of rules for scenario files, Python and cells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from scenario_files import HEAD, entry, write
from shared import family, worth

import xlwings_udfs
from model.errors import InputError, PeriodError, UnknownNameError
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL
from model.scenarios.what_if import what_if

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


def test_every_way_in_refuses_a_quarter_for_an_amount_of_the_full_year_in_the_same_words(
    tmp_path: Path,
) -> None:
    words = "capex_budget is that of a full year: give it for 2027, not for 2027Q1"
    with pytest.raises(InputError, match=words):
        load_scenario(write(tmp_path, HEAD + entry("capex_budget", "USD m", "{ 2027Q1 = 60000 }")))
    with pytest.raises(InputError, match=words):
        load_scenario("base").with_overrides({"capex_budget": {"2027Q1": 60_000.0}})
    with pytest.raises(InputError, match=words):
        xlwings_udfs.AMZN_FCF(2027, "base", None, [["driver", "2027Q1"], ["capex_budget", 60_000.0]])
    with pytest.raises(InputError, match=words):
        what_if(load_scenario("base"), ["capex_budget@2027Q1=60000"])


def test_a_workbook_has_no_cells_to_type_for_the_quarters_of_an_amount_of_the_full_year() -> None:
    plan, _ = family("2026Q2")
    layout, inputs = plan.layout, plan.sheets["Inputs"].cells
    rows = layout.inputs["capex_budget"]
    assert (rows.live, layout.year_column(layout.years - 1)) in inputs
    quarters = range(layout.first_quarter_column, layout.last_column + 1)
    assert not [
        place for place in inputs if place[0] in {rows.live, *rows.given.values()} and place[1] in quarters
    ]


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


@pytest.mark.parametrize(
    ("driver", "value"), [("deferral_ratio", 0.2), ("advertising_margin", 0.3), ("tax_rate", 0.2)]
)
def test_one_number_holds_from_the_running_year_on_by_every_way_in(
    driver: str, value: float, tmp_path: Path
) -> None:
    """Also for drivers that the model uses in reported quarters, where earlier years would matter."""
    head = f'[{{}}.{driver}]\nunit = "ratio"\nsource = "a test"\n'
    expected = load_scenario("base").with_overrides({driver: value})
    assert expected.table[driver]["2025"] == load_scenario("base").table[driver]["2025"]
    for given in (f"value = {value}", f"values = {{ all = {value} }}", f'values = {{ "2026+" = {value} }}'):
        mine = write(tmp_path, HEAD + head.format("drivers") + given)
        assert load_scenario(mine).table == expected.table, given
    changed = f'name = "over"\noverlay = true\n{head.format("changes")}set = {value}'
    overlay = write(tmp_path, changed, "over.toml")
    assert load_scenario(f"base+{overlay}").table == expected.table
    for cells in (
        [[driver, value]],
        [["driver", "all"], [driver, value]],
        [["driver", "2026+"], [driver, value]],
    ):
        assert xlwings_udfs.AMZN_VALUE("dcf", "base", cells) == worth(expected)


def test_the_as_of_of_the_base_judges_the_periods_of_a_file_that_gives_none(tmp_path: Path) -> None:
    text = 'name = "mine"\nbase = "article"\n' + entry(values="{ 2025 = 0.3 }")
    mine = load_scenario(write(tmp_path, text), "2026Q2")
    same = load_scenario(write(tmp_path, 'as_of = "2025Q3"\n' + text), "2026Q2")
    assert mine.table == same.table


@pytest.mark.parametrize(
    ("driver", "cell", "text"),
    [
        ("inflection_from", "2027Q1", "2027Q1"),
        ("valuation_date", "2026-12-31", "2026-12-31"),
        ("valuation_date", datetime(2026, 12, 31), "2026-12-31"),  # noqa: DTZ001  # as hosts hand a date over
    ],
)
def test_quarters_and_dates_are_written_in_cells_as_in_files(driver: str, cell: object, text: str) -> None:
    expected = worth(load_scenario("base").with_overrides({driver: text}))  # type: ignore[dict-item]  # a text
    assert xlwings_udfs.AMZN_VALUE("dcf", "base", [[driver, cell]]) == expected


def test_a_name_that_no_file_can_have_is_an_unknown_scenario() -> None:
    with pytest.raises(UnknownNameError, match="unknown scenario 'xxx"):
        load_scenario("x" * 5000)


@pytest.mark.parametrize(
    ("typed", "meant"), [("0,5", "0.5"), ("35%", "0.35"), ("1,000", "1000"), ("-2.5 %", "-0.025")]
)
def test_a_text_that_stands_for_a_number_is_answered_with_that_number(typed: str, meant: str) -> None:
    with pytest.raises(InputError, match=f"write {meant}$"):
        load_scenario("base").with_overrides({"aws_growth": {"2027": typed}})  # type: ignore[dict-item]  # a text
    with pytest.raises(InputError, match=f"write {meant}$"):
        xlwings_udfs.AMZN_VALUE("dcf", "base", [["aws_growth", typed]])


def test_a_year_and_later_without_quotes_is_answered_with_the_quotes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'write "2027\+" in quotes$'):
        load_scenario(write(tmp_path, HEAD + entry(values="{ 2027+ = 0.3 }")))
