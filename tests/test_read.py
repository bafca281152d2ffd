"""``read``: changes by hand in a workbook become a scenario file that gives the same figures."""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import amzn_fcf
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shared import family, input_cell, written

from amzn_fcf import __version__
from amzn_fcf.building.changed import base_of
from amzn_fcf.cli import main
from model.amazon import AMAZON
from model.errors import InputError, UnknownNameError
from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.results import run
from model.scenarios.changes import Heading, changes, scenario_text
from model.scenarios.composing import compose, load_scenario
from model.scenarios.drivers import ALL, driver_specs, shares_of_one
from model.scenarios.files import parse_own
from model.scenarios.scenario import Scenario, driver_arrays
from workbook_templates.a1 import column_letters
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import COVER, INPUTS, LABEL, SELECTED_CELL, VALUE, VERSION_CELL
from workbook_templates.plan.workbook import plan_workbook, preset_to
from workbook_templates.read.book import read_grids
from workbook_templates.read.inputs import read_inputs
from workbook_templates.read.values import value_at
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from model.scenarios.drivers import DriverSpec
    from workbook_templates.plan.workbook import WorkbookPlan
    from workbook_templates.read.values import Changes, Grids, Value

FAMILIES = ("2026Q2", "2025Q3")
Edit = tuple[str, str, float | None]
"""Driver row, period, and what is typed; None empties the cell."""


@cache
def contents_of(as_of: str) -> Grids:
    """Return the contents of a workbook of one as-of."""
    return read_grids(written("base" if as_of == "2026Q2" else "article")[2], formulas=True)


def edited(as_of: str, place: int, edits: list[Edit]) -> tuple[Scenario, Scenario]:
    """Return a scenario that a workbook offers: as it ships, and as read when selected and edited."""
    plan, _ = family(as_of)
    name = plan.scenarios[place].name
    contents = contents_of(as_of)
    typed: dict[tuple[int, int], Value] = {}
    for key, period, value in edits:
        _, row, column = input_cell(plan, key, period, place)
        typed[row, column] = value
    chosen = {**contents[COVER], SELECTED_CELL: name}
    inputs = read_inputs({**contents, COVER: chosen, INPUTS: {**contents[INPUTS], **typed}})
    assert not inputs.problems
    return plan.scenarios[place], inputs.selected


def through_a_file(selected: Scenario) -> Scenario:
    """Return the scenario that is composed from the file of what was changed."""
    base, before = base_of(selected)
    text = scenario_text(Heading("read", "Read", base, selected.as_of), changes(before, selected), "the test")
    assert tomllib.loads(text)["base"] == base
    return compose(parse_own(text, "the test", AMAZON), AMAZON)


@st.composite
def values(draw: st.DrawFn, spec: DriverSpec) -> float:
    """Draw a value that a driver may have: as people type it, or of any digits."""
    if spec.driver.unit == "quarter":
        return float(draw(st.sampled_from([20224, 20241, 20253, 20301])))
    if spec.driver.whole:
        return float(draw(st.integers(round(spec.minimum), round(spec.maximum))))
    value = draw(st.floats(spec.minimum, spec.maximum, allow_subnormal=False))
    value = (
        min(max(round(value, 6), spec.minimum), spec.maximum)
        if draw(st.booleans())
        else float(f"{value:.16g}")
    )
    return (
        0.0
        if spec.driver.zero_means_none and draw(st.booleans())
        else min(max(value, spec.minimum), spec.maximum)
    )


@st.composite
def edits_of_one(draw: st.DrawFn, as_of: str) -> list[Edit]:
    """Draw changes of one driver of any kind; of shares that add up to 1 all of a group."""
    spec = draw(st.sampled_from(list(driver_specs().values())))
    if spec.driver.sums_to_one:
        group = next(each for each in shares_of_one(spec.driver) if spec.key in each)
        weights = draw(st.lists(st.integers(1, 20), min_size=len(group), max_size=len(group)))
        return [(key, ALL, weight / sum(weights)) for key, weight in zip(group, weights, strict=True)]
    if spec.driver.kind in {"constant", "seasonal"}:
        return [(spec.key, ALL, draw(values(spec)))]
    layout = family(as_of)[0].layout
    start = layout.driver_start(spec.key)
    quarters = [str(quarter) for quarter in layout.plan.axis.quarters[start:]]
    if spec.driver.kind == "elapsed":
        return [(spec.key, draw(st.sampled_from(quarters)), draw(values(spec)))]
    years = [str(year) for year in layout.plan.axis.years[start // QUARTERS_A_YEAR :]]
    if draw(st.booleans()):
        return [(spec.key, draw(st.sampled_from(years)), draw(values(spec)))]
    return [(spec.key, draw(st.sampled_from(quarters)), draw(st.none() | values(spec)))]


@st.composite
def edited_workbooks(draw: st.DrawFn) -> tuple[str, int, list[Edit]]:
    """Draw an as-of, one of the scenarios that its workbooks offer, and several changes of its drivers."""
    as_of = draw(st.sampled_from(FAMILIES))
    place = draw(st.integers(0, len(family(as_of)[0].scenarios) - 1))
    found: dict[tuple[str, str], float | None] = {}
    for edits in draw(st.lists(edits_of_one(as_of), min_size=1, max_size=6)):
        found |= {(key, period): value for key, period, value in edits}
    return as_of, place, [(key, period, value) for (key, period), value in found.items()]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # six changes name the culprit; shrinking costs minutes
)
@given(case=edited_workbooks())
def test_any_allowed_change_of_any_driver_survives(case: tuple[str, int, list[Edit]]) -> None:
    """Numbers that were typed come back to the last bit; of the others a workbook holds sixteen digits."""
    before, selected = edited(*case)
    composed = through_a_file(selected)
    plan = selected.plan
    found, expected, untouched = (driver_arrays(plan, [each]) for each in (composed, selected, before))
    typed = {key.partition("[")[0] for key, _, _ in case[2]}
    for row in plan.driver_rows:
        first = 0 if not row.timed or row.key in plan.used_in_history else plan.axis.forecast_start
        one, other = found[row.key][first:], expected[row.key][first:]
        np.testing.assert_allclose(one, other, rtol=1e-15, atol=0, err_msg=row.key)
        if row.key.partition("[")[0] not in typed:
            np.testing.assert_array_equal(one, untouched[row.key][first:], err_msg=row.key)
    assert changes(composed, selected) == []
    figures, wanted = (run([each]).values for each in (composed, selected))
    assert not [
        key
        for key in wanted.keys() - {row.key for row in plan.driver_rows}
        if not np.allclose(figures[key], wanted[key], rtol=1e-9, atol=1e-6, equal_nan=True)
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=edited_workbooks())
def test_only_drivers_that_changed_are_listed(case: tuple[str, int, list[Edit]]) -> None:
    before, selected = edited(*case)
    listed = {change.spec.key: change for change in changes(before, selected)}
    assert set(listed) <= {key for key, _, _ in case[2]}
    for key, period, value in case[2]:
        old = before.table[key].get(period)
        differs = (
            value is not old if value is None or old is None else not math.isclose(value, old, rel_tol=1e-14)
        )
        assert differs == (key in listed and period in listed[key].before), (key, period, value, old)


def test_a_workbook_as_it_ships_changes_nothing_in_any_of_its_scenarios() -> None:
    for as_of in FAMILIES:
        for place, scenario in enumerate(family(as_of)[0].scenarios):
            _, selected = edited(as_of, place, [])
            base, before = base_of(selected)
            assert base == scenario.name
            assert changes(before, selected) == []


# The whole way: a file edited, read, built


def save(path: Path, plan: WorkbookPlan, data: bytes, edits: list[Edit], name: str) -> bytes:
    """Write a workbook with a scenario selected and edited, and return it."""
    place = [each.name for each in plan.scenarios].index(name)
    return save_cells(
        path,
        data,
        {**{input_cell(plan, *edit[:2], place): edit[2] for edit in edits}, (COVER, *SELECTED_CELL): name},
    )


def save_cells(path: Path, data: bytes, cells: Changes) -> bytes:
    """Write a workbook with cells changed, as one that this version built."""
    saved = with_changes(data, {**cells, (COVER, *VERSION_CELL): __version__})
    path.write_bytes(saved)
    return saved


def read(path: Path, *arguments: str) -> int:
    return main(["read", str(path), *arguments])


EDITS: Mapping[str, list[Edit]] = {
    "base": [
        ("aws_growth", "2028", 0.3), ("aws_growth", "2027Q2", 0.31), ("stores_growth[north_america]",
        "2026Q3", None),
        ("capex_budget", "2027", 200_000.0), ("capex_budget", "2028", 150_000.0), ("valuation_date", ALL,
        46_400.0),
        ("inflection_from", ALL, 20251.0),
        *((f"capex_phasing[q{number}]", ALL, share) for number, share in enumerate((0.15, 0.3, 0.3, 0.25),
        start=1)),
    ],
    "base+price_war": [
        ("price_pressure", "2027", 0.07), ("runoff_share[aws]", "2027Q1", 0.5), ("wacc", ALL, 0.085),
        ("asset_mix[aws,equipment]", ALL, 0.1), ("asset_mix[aws,buildings]", ALL, 0.3),
        ("planned_borrowing", "2026Q3", None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_edit_read_build_gives_the_same_figures(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The calculated edited workbook against the calculated workbook of the scenario file, cell by cell."""
    plan, _, data = written("base")
    book, file = tmp_path / "edited.xlsx", tmp_path / "mine.toml"
    saved = save(book, plan, data, EDITS[name], name)
    assert read(book, "--out", str(file)) == 0
    output = capsys.readouterr().out
    keys = {key for key, _, _ in EDITS[name]}
    assert output.startswith(f"wrote {file}: {name} with {len(keys)} drivers changed\n")
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    assert (content["name"], content["base"], content["as_of"]) == ("mine", name, "2026Q2")
    assert set(content["drivers"]) == keys
    assert {each["source"] for each in content["drivers"].values()} == {
        "changed by hand in edited.xlsx, sheet Inputs"
    }
    assert {each["grade"] for each in content["drivers"].values()} == {"J"}
    mine = load_scenario(str(file))
    again = preset_to(plan_workbook(mine, [mine], "test"), mine)
    before, after = Formualizer().calculate(saved), Formualizer().calculate(write_workbook(again))
    compared = 0
    for sheet in ("Sales", "Assets", "Depreciation", "Margins", "Cash", "Annual", "Value"):
        for place, value in after[sheet].items():
            if isinstance(value, float):
                found = value_at(before, sheet, *place)
                assert isinstance(found, float), (sheet, place)
                assert math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-6), (sheet, place)
                compared += 1
    assert compared > 20_000


def test_a_scenario_of_the_users_own_is_read_as_all_that_differs_from_what_ships(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\nbase = "bull"\nas_of = "2026Q2"\n'
        '[drivers.capex_budget]\nunit = "USD m"\nsource = "me"\nvalues = { 2027 = 180000 }\n',
        encoding="utf-8",
    )
    mine = load_scenario(str(tmp_path / "mine.toml"))
    plan = plan_workbook(mine, [load_scenario("base"), mine], "test")
    data = write_workbook(plan)
    book = tmp_path / "book.xlsx"
    save(book, plan, data, [], "mine")
    assert read(book, "--out", str(tmp_path / "again.toml")) == 0
    assert "mine: no driver was changed" in capsys.readouterr().out
    save(book, plan, data, [("wacc", ALL, 0.09)], "mine")
    assert read(book, "--out", str(tmp_path / "again.toml")) == 0
    content = tomllib.loads((tmp_path / "again.toml").read_text(encoding="utf-8"))
    assert content["base"] == "bull"
    assert content["drivers"]["wacc"]["value"] == 0.09
    assert content["drivers"]["capex_budget"]["values"] == {"2027": 180000.0}
    assert set(content["drivers"]) == {"wacc", "capex_budget"}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook in which one driver was changed."""
    path = tmp_path_factory.mktemp("changed") / "amzn-fcf_base+x.xlsx"
    plan, _, data = written("base")
    save(path, plan, data, [("wacc", ALL, 0.09)], "base")
    return path


def test_without_out_the_scenario_is_printed_and_named_after_the_workbook(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read(changed) == 0
    content = tomllib.loads(capsys.readouterr().out)
    assert content["name"] == "amzn-fcf_base_x"
    assert content["drivers"] == {
        "wacc": {
            "unit": "rate",
            "grade": "J",
            "source": "changed by hand in amzn-fcf_base+x.xlsx, sheet Inputs",
            "value": 0.09,
        }
    }
    assert read(changed, "--name", "other") == 0
    assert tomllib.loads(capsys.readouterr().out)["name"] == "other"


def test_an_unchanged_workbook_says_so_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.xlsx"
    save_cells(book, written("article")[2], {})
    assert read(book, "--out", str(tmp_path / "mine.toml")) == 0
    assert capsys.readouterr().out == f"{book}: article: no driver was changed; nothing to write\n"
    assert list(tmp_path.iterdir()) == [book]


def test_changes_of_scenarios_that_are_not_selected_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, _, data = written("base")
    bull = [each.name for each in plan.scenarios].index("bull")
    book = tmp_path / "book.xlsx"
    save_cells(book, data, {input_cell(plan, "wacc", ALL, bull): 0.09})
    assert read(book) == 0
    captured = capsys.readouterr()
    assert "no driver was changed" in captured.out
    assert (
        f"{book}: bull: also changed, but not selected: wacc; select it on Cover to read it\n" in captured.err
    )


def test_an_edited_formula_or_reported_figure_is_refused_with_its_cell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, _, data = written("base")
    layout, out = plan.layout, tmp_path / "mine.toml"
    formula, reported = layout.places["operating_cash_flow"], layout.places["reported.net_sales_aws"]
    first = (INPUTS, layout.given["wacc"], VALUE)
    column = layout.quarter_column(30)
    for place, content in (
        ((formula.sheet, formula.row, column), 50_000.0), ((reported.sheet, reported.row,
        layout.quarter_column(17)), 1.0),
        (first, 9.0),
    ):  # fmt: skip
        book = tmp_path / "book.xlsx"
        save_cells(book, data, {first: 0.09, place: content})
        assert read(book, "--out", str(out)) == 2
        line = capsys.readouterr().err
        assert re.fullmatch(
            rf"amzn-fcf: error: \S*book\.xlsx: {place[0]}!{column_letters(place[2])}{place[1]}: .*\n", line
        ), line
        assert not out.exists()


def test_shares_that_do_not_add_up_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, _, data = written("base")
    book = tmp_path / "book.xlsx"
    save_cells(book, data, {input_cell(plan, "asset_mix[aws,equipment]", ALL): 0.5})
    assert read(book) == 2
    captured = capsys.readouterr()
    assert "asset_mix[aws,equipment] + asset_mix[aws,buildings] = 1.3, must be 1" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "mine.txt"], "--out mine.txt: a scenario file needs a name that ends in .toml"),
        (
            ["--out", "there.toml"],
            "there.toml already exists: choose another name with --out, or replace it with --force",
        ),
        (["--out", "bull.toml"], "--name: 'bull' is the name of a scenario that ships: choose another"),
        (["--name", "a b"], "--name: needs name = "),
        (["--out", "no/such.toml", "--name", "x" * 61], "--name: needs name = "),
    ],
)
def test_targets_and_names_that_cannot_be_are_one_line(
    arguments: list[str],
    message: str,
    changed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.toml").write_text("mine", encoding="utf-8")
    assert read(changed, *arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"amzn-fcf: error: {message}")
    assert captured.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["there.toml"]
    assert (tmp_path / "there.toml").read_text(encoding="utf-8") == "mine"


def test_the_command_replaces_a_file_with_force_and_what_it_writes_is_shown(
    changed: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text("mine", encoding="utf-8")
    done = amzn_fcf("read", str(changed), "--out", "mine.toml", "--force", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "build it: amzn-fcf build --scenario mine.toml" in done.stdout
    assert load_scenario(str(tmp_path / "mine.toml")).table["wacc"] == {ALL: 0.09}


def test_texts_of_a_workbook_cannot_break_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, _, data = written("base")
    row = plan.layout.given["wacc"]
    book = tmp_path / 'a"b\\c\td_x0041_.xlsx'
    save_cells(book, data, {(INPUTS, row, VALUE): 0.09, (INPUTS, 13, LABEL): 'A "title"\\\n= 1'})
    assert read(book, "--name", "mine") == 0
    content = tomllib.loads(capsys.readouterr().out)
    assert content["title"] == 'A "title"\\?= 1, changed by hand'
    assert content["drivers"]["wacc"]["source"] == 'changed by hand in a"b\\c?d-x0041_.xlsx, sheet Inputs'


# A base with overlays


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


def test_a_run_off_table_is_given_by_as_few_knots_as_it_has() -> None:
    base = load_scenario("base")
    table = {
        **base.table,
        "runoff_share[aws]": {period: value / 2 for period, value in base.table["runoff_share[aws]"].items()},
    }
    (change,) = changes(base, Scenario("x", "", Quarter.parse("2026Q2"), 0.0, table))
    assert len(change.given) < 12
    assert change.given["1"] == table["runoff_share[aws]"]["2026Q3"]
