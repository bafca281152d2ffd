"""Drivers and scenarios: composition, overlays, and refusals that say what is wrong."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from scenario_files import HEAD, entry, write
from shared import computed

from model.amazon import AMAZON
from model.errors import AmznFcfError, InputError, UnknownNameError
from model.language.periods import Period
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import default_values, driver_specs
from model.scenarios.files import builtin_overlays, builtin_scenarios

if TYPE_CHECKING:
    from pathlib import Path

CONSTANT = '[drivers."{}"]\nunit = "{}"\nsource = "s"\nvalue = {}\n'


def test_every_driver_is_described_with_default_range_and_source() -> None:
    specs = driver_specs()
    assert {spec.driver for spec in specs.values()} == set(AMAZON.model.drivers.values())
    for spec in specs.values():
        assert spec.minimum < spec.maximum
        assert spec.source
        assert spec.description
        assert all(
            spec.minimum <= value <= spec.maximum or (spec.driver.zero_means_none and value == 0)
            for value in spec.default.values()
        )


def test_every_value_of_every_scenario_is_in_range_and_has_a_source() -> None:
    specs = driver_specs()
    for name in [*builtin_scenarios(), *(f"base+{overlay}" for overlay in builtin_overlays())]:
        scenario = load_scenario(name)
        assert set(scenario.table) == set(specs)
        assert all(note.source for note in scenario.sources.values())
        for key, values in scenario.table.items():
            for period, value in values.items():
                assert specs[key].check(value, period) == value


def test_weights_of_the_cases_sum_to_one_and_the_article_is_a_reference() -> None:
    weights = {name: load_scenario(name).weight for name in builtin_scenarios()}
    assert sum(weights.values()) == 1
    assert weights["article"] == 0


def test_a_derived_scenario_changes_only_what_it_names() -> None:
    base, bull = load_scenario("base"), load_scenario("bull")
    changed = {key for key in base.table if base.table[key] != bull.table[key]}
    named = {
        "aws_growth",
        "sales_yield",
        "advertising_growth",
        "stores_margin[north_america]",
        "aws_cash_cost_ratio",
    }
    assert changed == named | {"aws_capex_to_demand", "other_capex_to_sales", "capex_budget"}


def test_a_year_after_the_last_one_given_repeats_it_but_a_budget_does_not() -> None:
    base = load_scenario("base")
    assert base.table["investments"]["2035"] == base.table["investments"]["2030"] == 1000
    assert base.table["capex_budget"]["2027"] == 240000
    assert base.table["capex_budget"]["2028"] == 0


def test_a_value_for_one_quarter_wins_over_its_year() -> None:
    results = computed("base")
    growth = results.values["stores_growth[north_america]"][:, 0]
    assert growth[results.plan.axis.forecast_start] == 0.045
    assert growth[results.plan.axis.forecast_start + 1] == 0.085


@pytest.mark.parametrize("pair", list(itertools.combinations(builtin_overlays(), 2)), ids="+".join)
def test_overlays_compose_in_either_order_to_the_same_result(pair: tuple[str, str]) -> None:
    first, second = (load_scenario(f"base+{'+'.join(order)}") for order in (pair, pair[::-1]))
    assert first.table == second.table
    assert run([first]).values["trough_amount"] == run([second]).values["trough_amount"]


def test_an_overlay_means_the_same_on_every_base() -> None:
    for name in ("article", "base", "bear"):
        plain, changed = load_scenario(name), load_scenario(f"{name}+silicon_delay")
        for year in ("2026", "2027", "2030"):
            shift = {"2026": -0.05, "2027": -0.11, "2030": -0.12}[year]
            assert changed.table["silicon_mix"][year] == pytest.approx(
                plain.table["silicon_mix"][year] + shift
            )
        assert changed.table["capex_scale"]["2027"] == 1.04
        assert changed.table["capex_scale"]["2029"] == 1.0


def test_an_overlay_changes_the_quarters_given_in_its_year_too(tmp_path: Path) -> None:
    change = (
        entry("stores_growth[north_america]", values="{ 2026 = 0.5, 2027 = 1 }")
        .replace("drivers", "changes")
        .replace("values", "scale")
    )
    path = write(tmp_path, 'name = "slow"\noverlay = true\n' + change, "slow.toml")
    changed = load_scenario(f"base+{path}")
    assert changed.name == "base+slow"
    assert changed.table["stores_growth[north_america]"]["2026Q3"] == 0.0225
    assert changed.table["stores_growth[north_america]"]["2026"] == 0.0425


def test_a_derived_scenario_keeps_the_budgets_and_borrowing_that_it_does_not_name(tmp_path: Path) -> None:
    mine = load_scenario(write(tmp_path, HEAD + entry("capex_budget", "USD m", "{ 2027 = 180000 }")))
    assert mine.table["capex_budget"]["2026"] == 220000
    assert mine.table["capex_budget"]["2027"] == 180000
    assert mine.table["capex_budget"]["2028"] == 0
    assert mine.table["planned_borrowing"]["2026Q3"] == 25000


def test_a_year_that_a_file_sets_drops_what_its_base_gave_for_its_quarters(tmp_path: Path) -> None:
    mine = load_scenario(
        write(tmp_path, HEAD + entry("stores_growth[north_america]", values="{ 2026 = 0.1 }"))
    )
    assert "2026Q3" not in mine.table["stores_growth[north_america]"]
    assert mine.table["stores_growth[international]"]["2026Q3"] == 0.05


def test_a_scenario_of_the_users_own_is_read_from_a_path(tmp_path: Path) -> None:
    mine = load_scenario(write(tmp_path, HEAD + entry(values="{ 2027 = 0.30, 2026Q4 = 0.41 }")))
    assert mine.name == "mine"
    assert (mine.table["aws_growth"]["2027"], mine.table["aws_growth"]["2028"]) == (0.30, 0.25)
    assert mine.table["aws_growth"]["2026"] == 0.39
    assert mine.table["aws_growth"]["2026Q4"] == 0.41
    assert run([mine]).value("aws_sales_growth", Period.parse("2027")) < 0.33


BROKEN = {
    "unknown driver": (HEAD + entry("aws_grwth"), "unknown driver 'aws_grwth'; did you mean aws_growth"),
    "driver with members": (HEAD + entry("stores_growth"),
        "has members: write stores_growth\\[north_america\\]"),
    "out of range": (HEAD + entry(values="{ 2027 = 3.0 }"), "aws_growth = 3 is outside -0.2..0.8"),
    "not a number": (HEAD + entry(values='{ 2027 = "high" }'), "aws_growth \\(2027\\) needs a number"),
    "not finite": (HEAD + entry(values="{ 2027 = nan }"), "aws_growth \\(2027\\) needs a number"),
    "wrong unit": (HEAD + entry(unit="USD m"), "needs unit = 'ratio', not 'USD m'"),
    "no source": (HEAD + entry().replace("a test", " "), "needs source"),
    "no values": (HEAD + '[drivers.aws_growth]\nunit = "ratio"\nsource = "s"\n',
        "needs exactly one of value, values; found none"),
    "overlay operation": (HEAD + entry().replace("values", "add"),
        "needs exactly one of value, values; found add"),
    "unknown key": (HEAD + 'as_off = "2026Q1"\n',
        "'as_off' does not belong in a scenario; did you mean as_of"),
    "a key like none": (HEAD + "zz = 1\n", "a scenario; allowed: name, title, note, base, as_of"),
    "year off the axis": (HEAD + entry(values="{ 2050 = 0.1 }"), "2050 is outside 2022Q1..2035Q4"),
    "no period": (HEAD + entry(values="{ soon = 0.1 }"), "'soon' is not a period"),
    "constant by year": (HEAD + entry("aws_utilisation", values="{ 2027 = 0.9 }"), "does not vary with time"),
    "truncated": (HEAD + entry()[:-4], "is not valid TOML"),
    "weight": ("weight = 2\n" + HEAD, "weight must be a number from 0 to 1"),
    "no name": ('as_of = "2026Q2"\n', "needs name"),
    "name of a path": (HEAD.replace('"mine"', '"../mine"'), "needs name = .* of letters, digits"),
    "number as name": (HEAD.replace('"mine"', "5"), "name must be a text, not 5"),
    "number as as_of": (HEAD.replace('"2026Q2"', "2026"), "as_of must be a text, not 2026"),
    "drivers no table": (HEAD + "drivers = 3\n", "not drivers = 3"),
    "driver no table": (HEAD + "[drivers]\naws_growth = 1\n", "must be a table with unit, source and values"),
    "changes in a scenario": (HEAD + entry().replace("[drivers", "[changes"),
        "'changes' does not belong in a scenario"),
    "overlay no flag": ('overlay = "yes"\n' + HEAD, "overlay must be true or false"),
    "overlay with base": ("overlay = true\n" + HEAD, "'as_of' does not belong in an overlay"),
    "no value": (HEAD + entry(values="{}"), "aws_growth is given no value"),
    "given twice": (HEAD + entry(values="{ 2027q3 = 0.1, 2027Q3 = 0.2 }"),
        "aws_growth is given twice for 2027Q3"),
    "reported period": (HEAD + entry(values="{ 2026Q1 = 0.1 }"),
        "2026Q1, which is before the first forecast quarter 2026Q3"),
    "reported year": (HEAD + entry(values="{ 2024 = 0.1 }"),
        "2024, which is before the first forecast quarter 2026Q3"),
    "per cent": (HEAD + entry(values="{ 2027 = 12 }"), "outside -0.2..0.8 \\(ratio\\); 12% is 0.12"),
    "huge number": (HEAD + entry(values="{ 2027 = " + "9" * 400 + " }"), "needs a number"),
    "deeply nested": (HEAD + "x = " + "[" * 5000, "is not valid TOML"),
    "formula as title": (HEAD + 'title = "=1+1"\n', "does not start with ="),
    "control character": (HEAD + 'title = "a\\u0001b"\n', "no control characters"),
    "name that ships": (HEAD.replace('"mine"', '"Base"'), "'Base' is the name of a scenario that ships"),
    "run-off without knots": (HEAD + entry("runoff_share[aws]", values="{}"), "is given no value"),
    "run-off by year": (HEAD + entry("runoff_share[aws]", values="{ 2027 = 0.5 }"),
        "by quarters since as-of"),
    "null in base": (HEAD.replace('"base"', '"\\u0000.toml"'), "cannot read|control characters"),
    "list of values": (HEAD + entry(values="[1, 2]"), "needs a number"),
    "no as_of": ('name = "mine"\nbase = ""\n', "needs as_of"),
    "large number": (HEAD + entry("capex_budget", "USD m", "{ 2027 = 5e6 }"),
        "capex_budget = 5,000,000 is outside 10,000..1,000,000"),
    "two overlays of one name as base": (HEAD.replace('"base"', '"base+price_war+price_war"'),
        "base: 'base.price_war.price_war': write a scenario"),
    "early as_of": (HEAD.replace("2026Q2", "2024Q1"), f"outside 2024Q4..{load_actuals().latest}: "),
    "as_of not reported": (HEAD.replace("2026Q2", "2034Q4"),
        f"as-of 2034Q4 is not reported yet; the latest is {load_actuals().latest}"),
    "base in a circle": (HEAD.replace('"base"', '"mine"'), "unknown scenario 'mine'"),
    "shares": (HEAD + CONSTANT.format("asset_mix[aws,equipment]", "ratio", 0.3),
        "must be 1: change the others too"),
    "whole": (HEAD + CONSTANT.format("service_lag[aws]", "quarters", 1.5), "must be a whole number"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_scenario_file_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    text, message = BROKEN[case]
    with pytest.raises(AmznFcfError, match=message):
        load_scenario(write(tmp_path, text))


BROKEN_OVERLAYS = {
    "of what is not given": (
        CONSTANT.format("wacc", "rate", 0.01),
        "wacc is 0 \\(none given\\): add has nothing",
    ),
    "of a reported year": (
        entry(values="{ 2024 = 0.01 }"),
        "2024, which is before the first forecast quarter 2026Q3",
    ),
}


@pytest.mark.parametrize("case", BROKEN_OVERLAYS)
def test_a_broken_overlay_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    text, message = BROKEN_OVERLAYS[case]
    changes = (
        text.replace("[drivers", "[changes").replace("values = ", "add = ").replace("value = ", "add = ")
    )
    overlay = write(tmp_path, f'name = "mine"\noverlay = true\n{changes}')
    with pytest.raises(AmznFcfError, match=message):
        load_scenario(f"base+{overlay}")


def test_a_base_given_as_a_path_is_looked_up_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub", HEAD.replace("mine", "parent") + entry(), "parent.toml")
    child = write(tmp_path / "sub", HEAD.replace('"base"', '"parent.toml"'), "child.toml")
    assert load_scenario(child).table["aws_growth"]["2027"] == 0.30


@pytest.mark.parametrize("name", ["a+b/mine.toml", "1+1.toml", "a+b/c + d.toml", "MINE.TOML", "日本+.Toml"])
def test_any_path_of_a_scenario_file_works(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    write(tmp_path, HEAD + entry(), name)
    write(tmp_path, HEAD.replace('"mine"', '"child"').replace('"base"', f'"{name}+price_war"'), "child.toml")
    for path in (name, str(tmp_path / name), f" {name} "):
        assert load_scenario(path).table["aws_growth"]["2027"] == 0.30
        assert load_scenario(f"{path} + price_war").name == "mine+price_war"
    assert load_scenario("child.toml").table == load_scenario(f"{name}+price_war").table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_scenario_file_in_any_encoding_with_a_mark_is_read(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = f'{mark}{HEAD}title = "Höher"\n{entry()}'.replace("\n", "\r\n")  # as PowerShell's > writes it
    (tmp_path / "mine.toml").write_bytes(text.encode(encoding))
    assert load_scenario(str(tmp_path / "mine.toml")).title == "Höher"


def test_a_folder_and_a_file_of_another_ending_are_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "z.toml").mkdir()
    for name in (str(tmp_path), str(tmp_path / "z.toml"), f"{tmp_path / 'z.toml'}/"):
        with pytest.raises(InputError, match="is a folder: name a scenario file in it"):
            load_scenario(name)
    with pytest.raises(UnknownNameError, match="needs a name that ends in"):
        load_scenario(write(tmp_path, HEAD, "mine.txt"))


def test_names_are_listed_once_in_order_of_place_and_overlays_last() -> None:
    with pytest.raises(UnknownNameError) as caught:
        load_scenario("q")
    listed = ", ".join([*builtin_scenarios(), *builtin_overlays()])
    assert str(caught.value) == f"unknown scenario 'q'; allowed: {listed}"


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the scenario file: No such file"):
        load_scenario(str(tmp_path / "none.toml"))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        load_scenario(str(binary))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bse", "unknown scenario 'bse'; did you mean base"),
        ("base+pwr_delay", "unknown scenario 'pwr_delay'; did you mean power_delay"),
        ("power_delay", "is an overlay: write it after a scenario, such as base\\+power_delay"),
        ("base+bull", "'bull' is a scenario, not an overlay"),
        ("base+", "write a scenario and each overlay once"),
        ("+", "write a scenario and each overlay once"),
        ("+price_war", "write a scenario and each overlay once"),
        ("base+price_war+price_war", "write a scenario and each overlay once"),
    ],
)
def test_scenario_names_that_do_not_exist_name_the_nearest(name: str, message: str) -> None:
    with pytest.raises(AmznFcfError, match=message):
        load_scenario(name)


def test_blank_is_base_and_articles_and_base_are_not_computed_together() -> None:
    assert load_scenario("").name == "base"
    with pytest.raises(InputError, match=r"article \(2025Q3\), base \(2026Q2\)"):
        run(["article", "base"])


def test_a_scenario_without_a_base_starts_from_the_company_s_and_a_blank_base_from_the_defaults(
    tmp_path: Path,
) -> None:
    base = load_scenario("base")
    mine = load_scenario(write(tmp_path, 'name = "mine"\n' + entry()))
    assert mine.as_of == base.as_of
    assert {key for key in base.table if mine.table[key] != base.table[key]} == {"aws_growth"}
    bare = load_scenario(write(tmp_path, 'name = "mine"\nbase = ""\nas_of = "2026Q2"\n'))
    defaults = {key: default_values(spec, bare.as_of) for key, spec in driver_specs().items()}
    assert bare.table == defaults != base.table


def test_a_scenario_without_an_as_of_has_that_of_its_nearest_base(tmp_path: Path) -> None:
    write(tmp_path, 'name = "old"\nbase = "article"\n', "old.toml")
    child = write(tmp_path, 'name = "child"\nbase = "old.toml+price_war"\n', "child.toml")
    assert str(load_scenario(child).as_of) == "2025Q3"
    assert str(load_scenario(child, "2026Q1").as_of) == "2026Q1"


def test_run_off_is_straight_between_its_knots() -> None:
    values = list(load_scenario("base").table["runoff_share[aws]"].values())  # from one quarter after as-of
    assert values[3] == 0.93
    assert values[1] == pytest.approx((1 + 0.93) / 2)
    assert values[25] == pytest.approx(0.17 + (0.08 - 0.17) * 2 / 16)


def based(folder: Path, name: str, base: str) -> str:
    return write(folder, f'name = "{name}"\nbase = "{base}"\nas_of = "2026Q2"\n', f"{name}.toml")


def test_a_scenario_file_may_be_based_on_a_scenario_with_overlays(tmp_path: Path) -> None:
    plain = load_scenario(based(tmp_path, "mine", "bull+price_war+power_delay"))
    assert plain.table == load_scenario("bull+price_war+power_delay").table
    assert (plain.name, plain.weight) == ("mine", 0.0)
    unit = driver_specs()["capex_scale"].driver.unit
    change = f'[changes.capex_scale]\nunit = "{unit}"\nsource = "me"\nscale = 0.9\n'
    write(tmp_path, f'name = "cuts"\noverlay = true\n{change}', "cuts.toml")
    own = load_scenario(based(tmp_path, "own", "mine.toml+cuts.toml"))
    assert own.table["capex_scale"] == {
        period: (0.9 if period >= "2026" else 1) * value
        for period, value in plain.table["capex_scale"].items()
    }
    assert load_scenario(f"{tmp_path}/own.toml+silicon_delay").name == "own+silicon_delay"


def test_a_base_is_checked_as_a_name_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"price_war is applied in its base already"):
        load_scenario(based(tmp_path, "mine", "base+price_war") + "+price_war")
    with pytest.raises(InputError, match="'bear' is a scenario, not an overlay"):
        load_scenario(based(tmp_path, "two", "base+bear"))
    with pytest.raises(UnknownNameError, match="unknown scenario 'price_wa'; did you mean price_war"):
        load_scenario(based(tmp_path, "three", "base+price_wa"))
    based(tmp_path, "four", "five.toml+price_war")
    with pytest.raises(InputError, match="based on each other in a circle"):
        load_scenario(based(tmp_path, "five", "four.toml"))
