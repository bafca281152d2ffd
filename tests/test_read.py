"""``read``: changes by hand in a workbook become a scenario file that gives the same figures."""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from commands import Done, amzn_fcf, refused
from shared import input_cell, save, save_cells, written

from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL
from workbook_templates.a1 import column_letters
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import CHOICE_ROW, COVER, INPUTS, LABEL, VALUE, switch_cell
from workbook_templates.plan.workbook import plan_workbook, preset_to
from workbook_templates.read.values import value_at
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shared import Edit


def read(path: Path, *arguments: str) -> Done:
    """Read a workbook; assert that it can be."""
    done = amzn_fcf("read", str(path), *arguments)
    assert done.returncode == 0, done.stderr
    return done


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
        ("price_pressure +price_war", "2027", 0.07),
        ("runoff_share[aws]", "2027Q1", 0.5), ("wacc", ALL, 0.085),
        ("asset_mix[aws,equipment]", ALL, 0.1), ("asset_mix[aws,buildings]", ALL, 0.3),
        ("planned_borrowing", "2026Q3", None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_edit_read_build_gives_the_same_figures(name: str, tmp_path: Path) -> None:
    """The calculated edited workbook against the calculated workbook of the scenario file, cell by cell."""
    plan, _, data = written("base")
    book, file = tmp_path / "edited.xlsx", tmp_path / "mine.toml"
    saved = save(book, plan, data, EDITS[name], name)
    output = read(book, "--out", str(file)).stdout
    keys = {key.partition(" ")[0] for key, _, _ in EDITS[name]}
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
    for sheet in ("Sales", "Assets", "Depreciation", "Margins", "Cash", "Statements", "Value"):
        for place, value in after[sheet].items():
            if isinstance(value, float):
                found = value_at(before, sheet, *place)
                assert isinstance(found, float), (sheet, place)
                assert math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-6), (sheet, place)
                compared += 1
    assert compared > 20_000


def test_a_scenario_of_the_users_own_is_read_as_all_that_differs_from_what_ships(tmp_path: Path) -> None:
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
    assert "mine: no driver was changed" in read(book, "--out", str(tmp_path / "again.toml")).stdout
    save(book, plan, data, [("wacc", ALL, 0.09)], "mine")
    read(book, "--out", str(tmp_path / "again.toml"))
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


def test_without_out_the_scenario_is_printed_and_named_after_the_workbook(changed: Path) -> None:
    content = tomllib.loads(read(changed).stdout)
    assert content["name"] == "amzn-fcf_base_x"
    assert content["drivers"] == {
        "wacc": {
            "unit": "rate",
            "grade": "J",
            "source": "changed by hand in amzn-fcf_base+x.xlsx, sheet Inputs",
            "value": 0.09,
        }
    }
    assert tomllib.loads(read(changed, "--name", "other").stdout)["name"] == "other"


@pytest.mark.parametrize(
    ("file", "name"),
    [("base.xlsx", "base_changed"), ("日本.xlsx", "mine"), ("Price_War.xlsx", "Price_War_changed"),
    (f"{'long ' * 20}.xlsx", "long_" * 10), ("-x (2).xlsx", "x_2_")],
)  # fmt: skip
def test_a_workbook_of_any_name_gives_a_scenario_of_an_allowed_name(
    file: str, name: str, changed: Path, tmp_path: Path
) -> None:
    (tmp_path / file).write_bytes(changed.read_bytes())
    out = tmp_path / "my scenario.toml"
    assert tomllib.loads(read(tmp_path / file).stdout)["name"] == name
    assert f"build it: amzn-fcf build --scenario '{out}'" in read(tmp_path / file, "--out", str(out)).stdout
    assert load_scenario(str(out)).table["wacc"][ALL] == 0.09


def test_an_unchanged_workbook_says_so_and_writes_nothing(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    save_cells(book, written("article")[2], {})
    done = read(book, "--out", str(tmp_path / "mine.toml"))
    assert done.stdout == f"{book}: article: no driver was changed; nothing to write\n"
    assert list(tmp_path.iterdir()) == [book]


def test_changes_of_scenarios_that_are_not_selected_are_said(tmp_path: Path) -> None:
    plan, _, data = written("base")
    bull = [each.name for each in plan.scenarios].index("bull")
    book = tmp_path / "book.xlsx"
    save_cells(book, data, {input_cell(plan, "aws_growth", "2028", bull): 0.2})
    done = read(book)
    assert "no driver was changed" in done.stdout
    assert (
        f"{book}: bull: also changed, but not selected: aws_growth; select it on Cover to read it\n"
        in done.stderr
    )


def test_a_switch_is_read_as_its_overlay_and_an_edit_of_one_that_is_off_is_said(tmp_path: Path) -> None:
    plan, _, data = written("base")
    book = tmp_path / "book.xlsx"
    save(book, plan, data, [], "bear+price_war+power_delay")
    assert "bear+price_war+power_delay: no driver was changed; nothing to write" in read(book).stdout
    changed: list[Edit] = [("price_pressure +price_war", "2028", 0.2), ("aws_growth", "2028", 0.2)]
    save(book, plan, data, changed, "base+power_delay")
    done = read(book)
    said = "switch price_war: also changed, but off: price_pressure; switch it on (Cover) to read it"
    assert said in done.stderr
    content = tomllib.loads(done.stdout)
    assert (content["base"], set(content["drivers"])) == ("base+power_delay", {"aws_growth"})
    save_cells(book, data, {(COVER, *switch_cell(1)): "perhaps"})
    assert "Cover!D11: a switch is on or off, not 'perhaps'" in refused("read", str(book))


def test_a_value_that_nothing_reads_is_named_with_its_cell(tmp_path: Path) -> None:
    plan, _, data = written("base")
    book, row = tmp_path / "book.xlsx", plan.layout.inputs["aws_growth"].given[0]
    save_cells(book, data, {(INPUTS, row, plan.layout.year_column(0)): 0.3})
    done = read(book)
    assert f"{book}: Inputs!F{row}: 0.3 was typed where nothing reads it; delete it" in done.stderr
    assert "no driver was changed" in done.stdout


def test_inputs_are_taken_beside_an_edited_formula_or_reported_figure_which_is_named(tmp_path: Path) -> None:
    plan, _, data = written("base")
    layout, out, book = plan.layout, tmp_path / "mine.toml", tmp_path / "book.xlsx"
    formula, reported = layout.places["operating_cash_flow"], layout.places["reported.net_sales_aws"]
    cells = {
        (formula.sheet, formula.row, layout.quarter_column(30)): "constant-over-formula",
        (reported.sheet, reported.row, layout.quarter_column(17)): "history",
    }
    save_cells(
        book, data, {(INPUTS, layout.inputs["wacc"].given[0], VALUE): 0.09, **dict.fromkeys(cells, 1.0)}
    )
    lines = read(book, "--out", str(out)).stderr.splitlines()
    for (sheet, row, column), rule in cells.items():
        cell = f"{sheet}!{column_letters(column)}{row}"
        said = f"{book}: {cell}: {rule}, which a scenario file cannot hold: expected "
        assert any(line.startswith(said) for line in lines), lines
    assert set(tomllib.loads(out.read_text())["drivers"]) == {"wacc"}


@pytest.mark.parametrize(
    ("key", "text", "hint"),
    [
        ("valuation_date", "2026-10-06", "write 46301"),
        ("valuation_date", "6 Oct 2026", "write a date as its number, such as 46301 for 2026-10-06"),
        ("inflection_from", "2027Q3", "write 20273"),
        ("inflection_from", "Q3 2027", "write 20273"),
        ("inflection_from", "2027-Q3", "write 20273"),
        ("inflection_from", "mid 2027", "write a quarter as its number, such as 20273 for 2027Q3"),
        ("wacc", "9 %", "write 0.09"),
    ],
)
def test_an_input_that_cannot_be_used_is_refused_with_the_number_to_type(
    key: str, text: str, hint: str, tmp_path: Path
) -> None:
    plan, _, data = written("base")
    book, row = tmp_path / "book.xlsx", plan.layout.inputs[key].given[0]
    save_cells(book, data, {(INPUTS, row, VALUE): text})
    line, cell = refused("read", str(book)), f"{INPUTS}!{column_letters(VALUE)}{row}"
    assert re.fullmatch(rf"amzn-fcf: error: \S*book\.xlsx: {cell}: .*{re.escape(repr(text))}.*", line)
    assert hint in line


def test_shares_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    plan, _, data = written("base")
    book = tmp_path / "book.xlsx"
    save_cells(book, data, {input_cell(plan, "asset_mix[aws,equipment]", ALL): 0.5})
    line = refused("read", str(book))
    assert "asset_mix[aws,equipment] + asset_mix[aws,buildings] = 1.3, must be 1" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "mine.txt"], "--out mine.txt: a scenario file needs a name that ends in .toml"),
        (
            ["--out", "there.toml"],
            "there.toml already exists: choose another name with --out, or replace it with --force",
        ),
        (["--name", "bull"], "--name: 'bull' is the name of a scenario that ships: choose another"),
        (["--name", "a b"], "--name: needs name = "),
        (["--out", "such.toml", "--name", "x" * 61], "--name: needs name = "),
        (["--out", "no/such.toml"], "--out no/such.toml: there is no folder no"),
    ],
)
def test_targets_and_names_that_cannot_be_are_one_line(
    arguments: list[str], message: str, changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.toml").write_text("mine", encoding="utf-8")
    assert refused("read", str(changed), *arguments).startswith(f"amzn-fcf: error: {message}")
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


def test_texts_of_a_workbook_cannot_break_the_file(tmp_path: Path) -> None:
    plan, _, data = written("base")
    row = plan.layout.inputs["wacc"].given[0]
    book = tmp_path / 'a"b\\c\td_x0041_.xlsx'
    save_cells(book, data, {(INPUTS, row, VALUE): 0.09, (INPUTS, CHOICE_ROW + 1, LABEL): 'A "title"\\\n= 1'})
    content = tomllib.loads(read(book, "--name", "mine").stdout)
    assert content["title"] == 'A "title"\\?= 1, changed by hand'
    assert content["drivers"]["wacc"]["source"] == 'changed by hand in a"b\\c?d-x0041_.xlsx, sheet Inputs'
