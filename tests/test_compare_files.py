"""The command compare over two workbooks: those of this model, and any."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import tampering as t
from commands import amzn_fcf, records, refused
from once import made_once
from programs import needs_engine, saved_by_libreoffice
from shared import calculated, input_cell, place_of, recalculated, worth, written

from amzn_fcf.building import compared_files
from model.plan.plan import REPORTED_PREFIX
from model.results import run
from model.scenarios.composing import load_scenario
from workbook_templates.engines.engines import ENGINES
from workbook_templates.plan.layout import LABEL, REPORTED
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

Record = dict[str, Any]
TYPED = {("aws_growth", "2028"): 0.2, ("beta", "all"): 1.3}
CASH = "operating_cash_flow"
ADDED = 1_000.0
MODEL_WORDS = {"input", "formula", "cell", "sheet", "inserted", "deleted"}
YEAR_END = 23
"""Position of 2027Q4."""


def changed_by_hand() -> bytes:
    """Return the workbook of base with two inputs and one formula changed, recalculated."""
    return made_once("base changed by hand", _changed_by_hand)


def _changed_by_hand() -> bytes:
    cells = {input_cell(written("base")[0], *key): value for key, value in TYPED.items()}
    sheet, cell = place_of(CASH, YEAR_END)
    data = t.with_formula(
        with_changes(calculated("base"), cells), sheet, cell, lambda formula: f"{formula}+{ADDED:g}"
    )
    return recalculated(data)


def of_words(found: list[Record]) -> list[Record]:
    """Return what was changed, in its order; it must come first."""
    words = [each for each in found if each["kind"] in MODEL_WORDS]
    assert words == found[: len(words)]
    return words


def assert_is_what_was_changed(folder: Path) -> None:
    found = records("compare", "old.xlsx", "new.xlsx", cwd=folder)
    growth, beta, formula = of_words(found)
    base = load_scenario("base")
    for each, (key, value) in zip((growth, beta), TYPED.items(), strict=True):
        assert (each["kind"], each["driver"], each["period"], each["after"]) == ("input", *key, value)
        changed = base.with_overrides({key[0]: {key[1]: value}})
        assert each["effect_on_value"] == pytest.approx(worth(changed) - worth(base), abs=1e-9)
        flows = [run([one]).values["ttm_free_cash_flow"][YEAR_END, 0] for one in (base, changed)]
        assert each["effect_on_cash_flow"] == pytest.approx(flows[1] - flows[0], abs=1e-6)
        assert each["source"]
    sheet, cell = place_of(CASH, YEAR_END)
    assert (formula["kind"], formula["sheet"], formula["cells"]) == ("formula", sheet, cell)
    assert formula["label"] == f"{CASH} 2027Q4"
    assert formula["after"].endswith("+1000")
    assert formula["effect_on_cash_flow"] == pytest.approx(ADDED, abs=1e-6)
    assert formula["effect_on_value"] is not None
    assert sum(each["count"] for each in found if each["kind"] == "consequences") > 5_000


def test_two_inputs_and_a_formula_changed_by_hand_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compared_files, "compared_files", cache(compared_files.compared_files))  # shown twice
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    (tmp_path / "new.xlsx").write_bytes(changed_by_hand())
    assert_is_what_was_changed(tmp_path)
    done = amzn_fcf("compare", "old.xlsx", "new.xlsx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].endswith(": 2 drivers differ, 1 formula")
    sheet, cell = place_of(CASH, YEAR_END)
    assert f"  {sheet}!{cell}  {CASH} 2027Q4" in lines
    assert "figures follow" in lines[-1]


@pytest.mark.libreoffice
def test_it_is_so_after_libreoffice_saved_the_file(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    needs_engine(request, ENGINES["libreoffice"])
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    (tmp_path / "new.xlsx").write_bytes(saved_by_libreoffice(changed_by_hand(), ["xlsx"], tmp_path))
    assert_is_what_was_changed(tmp_path)


def test_words_and_figures_that_were_typed_over_come_after_formulas(tmp_path: Path) -> None:
    row = written("base")[0].layout.places[f"{REPORTED_PREFIX}{CASH}"].row
    figure = (REPORTED, row, written("base")[0].layout.quarter_column(YEAR_END - 8))
    sheet, cell = place_of(CASH, YEAR_END)
    data = with_changes(calculated("base"), {(REPORTED, row, LABEL): "My own words", figure: 45_000.0})
    data = t.in_cell(data, sheet, cell, lambda xml: re.sub("<f>.*</f>", "", xml))
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    (tmp_path / "new.xlsx").write_bytes(data)
    formula, label, typed = of_words(records("compare", "old.xlsx", "new.xlsx", cwd=tmp_path))
    assert (formula["kind"], type(formula["before"]), type(formula["after"])) == ("formula", str, float)
    assert (label["kind"], label["sheet"], label["after"]) == ("cell", REPORTED, "My own words")
    assert (typed["kind"], typed["after"]) == ("cell", 45_000.0)
    assert typed["label"].endswith("2025Q4")
    assert typed["effect_on_value"] != 0


def test_workbooks_of_two_scenarios_differ_in_inputs_and_their_stamps_follow(tmp_path: Path) -> None:
    for name in ("base", "bull"):
        (tmp_path / f"{name}.xlsx").write_bytes(calculated(name))
    found = records("compare", "base.xlsx", "bull.xlsx", cwd=tmp_path)
    (chosen,) = [each for each in of_words(found) if each["kind"] != "input"]
    assert (chosen["sheet"], chosen["before"], chosen["after"]) == ("Cover", "base", "bull")
    inputs = {each["driver"] for each in found if each["kind"] == "input"}
    scenarios = records("compare", "base", "bull")
    assert inputs == {each["driver"] for each in scenarios if each["kind"] == "input"}
    total = next(each for each in found if each["kind"] == "bridge_sum")
    difference = worth(load_scenario("bull")) - worth(load_scenario("base"))
    assert chosen["effect_on_value"] == pytest.approx(difference, rel=1e-6)
    assert total["effect"] == pytest.approx(difference)


def test_a_workbook_is_no_different_from_itself(tmp_path: Path) -> None:
    (tmp_path / "one.xlsx").write_bytes(calculated("base"))
    done = amzn_fcf("compare", "one.xlsx", "one.xlsx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_one_of_ours_that_cannot_be_read_back_is_compared_by_its_cells(tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    broken = with_changes(calculated("base"), {input_cell(written("base")[0], "beta", "all"): "much"})
    (tmp_path / "new.xlsx").write_bytes(broken)
    done = amzn_fcf("compare", "old.xlsx", "new.xlsx", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("compared cell by cell: new.xlsx: Inputs!")
    assert "    + much\n" in done.stdout


HEAD = ["Item", 2025, 2026, 2027, "Total"]
ITEMS = {"Rent": 2, "Wages": 3, "Energy": 4, "Travel": 5, "Other": 6}


def saved(make: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    make(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def budget(sheet: Worksheet, items: dict[str, int]) -> int:
    """Write a table with totals by row and column; return its last row."""
    sheet.append(HEAD)
    for row, (name, value) in enumerate(items.items(), start=2):
        sheet.append([name, value, value + 1, value + 2, f"=SUM(B{row}:D{row})"])
    last = len(items) + 1
    sheet.append(["All", *(f"=SUM({column}2:{column}{last})" for column in "BCDE")])
    return last + 1


def plain(book: openpyxl.Workbook) -> None:
    last = budget(book.create_sheet("Plan"), ITEMS)
    book.create_sheet("Out").append(["Twice", f"=Plan!E{last}*2", f"=Plan!$E${last}"])


def compared(folder: Path, before: Callable[[openpyxl.Workbook], None], after: Any) -> list[Record]:  # noqa: ANN401  # as before
    (folder / "a.xlsx").write_bytes(saved(before))
    (folder / "b.xlsx").write_bytes(saved(after))
    return records("compare", "a.xlsx", "b.xlsx", cwd=folder)


def test_rows_inserted_in_any_workbook_do_not_make_the_later_ones_differ(tmp_path: Path) -> None:
    def after(book: openpyxl.Workbook) -> None:
        items = {"Rent": 2, "Cloud": 7, "Wages": 3, "Energy": 4, "Travel": 5, "Other": 6}
        last = budget(book.create_sheet("Plan"), items)
        book.create_sheet("Out").append(["Twice", f"=Plan!E{last}*2", f"=Plan!$E${last}"])
        book["Plan"]["C6"] = 99

    cell, row = compared(tmp_path, plain, after)
    assert (row["kind"], row["sheet"], row["cells"]) == ("inserted", "Plan", "3:3")
    assert (cell["kind"], cell["cells"], cell["label"]) == ("cell", "C6", "Travel")
    assert (cell["before"], cell["after"]) == (6, 99)
    back = records("compare", "b.xlsx", "a.xlsx", cwd=tmp_path)
    assert [each["kind"] for each in back] == ["cell", "deleted"]


def test_a_fixed_reference_that_a_row_pushed_aside_is_a_difference(tmp_path: Path) -> None:
    """A library that inserts rows leaves the formulas as they are: ``$E$7`` is another cell then."""

    def after(book: openpyxl.Workbook) -> None:
        plain(book)
        book["Plan"].insert_rows(3)

    found = compared(tmp_path, plain, after)
    (fixed,) = [each for each in found if each.get("sheet") == "Out" and each["cells"] == "C1"]
    assert (fixed["kind"], fixed["before"], fixed["after"]) == ("formula", "=Plan!$E$8", "=Plan!$E$7")


def test_a_column_inserted_is_one_difference(tmp_path: Path) -> None:
    def after(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Plan")
        sheet.append([*HEAD[:2], "2025 again", *HEAD[2:]])
        for row, (name, value) in enumerate(ITEMS.items(), start=2):
            sheet.append([name, value, 0, value + 1, value + 2, f"=SUM(B{row}:E{row})"])
        sheet.append(["All", *(f"=SUM({column}2:{column}6)" for column in "BCDEF")])
        book.create_sheet("Out").append(["Twice", "=Plan!F7*2", "=Plan!$F$7"])

    (column,) = compared(tmp_path, plain, after)
    assert (column["kind"], column["cells"]) == ("inserted", "C:C")


def test_a_sheet_with_another_name_is_renamed_and_its_readers_are_the_same(tmp_path: Path) -> None:
    def after(book: openpyxl.Workbook) -> None:
        last = budget(book.create_sheet("My plan"), ITEMS)
        book.create_sheet("Out").append(["Twice", f"='My plan'!E{last}*2", f"='My plan'!$E${last}"])
        book.create_sheet("More")

    found = compared(tmp_path, plain, after)
    assert [(each["before"], each["after"]) for each in found] == [("Plan", "My plan"), (None, "More")]


def test_a_formula_filled_otherwise_is_one_difference_for_all_its_cells(tmp_path: Path) -> None:
    def after(book: openpyxl.Workbook) -> None:
        plain(book)
        for row in range(2, 7):
            book["Plan"][f"E{row}"] = f"=SUM(B{row}:D{row})*1.1"
        book["Plan"]["E7"] = 66
        book["Out"]["C1"] = "=Plan!$E$6"

    filled, typed, other = compared(tmp_path, plain, after)
    assert (filled["cells"], filled["before"], filled["after"]) == ("E2:E6", "=SUM(B2:D2)", "=SUM(B2:D2)*1.1")
    assert (typed["kind"], typed["cells"], typed["after"]) == ("formula", "E7", 66)
    assert (other["sheet"], other["after"]) == ("Out", "=Plan!$E$6")


def test_values_that_follow_are_counted(tmp_path: Path) -> None:
    def after(book: openpyxl.Workbook) -> None:
        plain(book)
        book["Plan"]["B2"] = 50

    for name, make in (("a", plain), ("b", after)):
        (tmp_path / f"{name}.xlsx").write_bytes(recalculated(saved(make)))
    found = records("compare", "a.xlsx", "b.xlsx", cwd=tmp_path)
    assert [(each["kind"], each.get("sheet"), each.get("count")) for each in found[1:]] == [
        ("consequences", "Plan", 3), ("consequences", "Out", 2),
    ]  # fmt: skip
    assert amzn_fcf("compare", "a.xlsx", "a.xlsx", cwd=tmp_path).returncode == 0


def test_what_needs_the_model_is_refused_for_other_workbooks(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(saved(plain))
    for option in (["--set", "beta=1.2"], ["--output", "positive"], ["--plot", "x.png"], ["--by-driver"]):
        line = refused("compare", "a.xlsx", "a.xlsx", *option, cwd=tmp_path)
        assert f"{option[0]} needs two workbooks of this model: a.xlsx is not" in line
    assert "no.xlsx: cannot be read" in refused("compare", "a.xlsx", "no.xlsx", cwd=tmp_path)
