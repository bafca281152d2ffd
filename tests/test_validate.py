"""``validate`` finds what was changed in a workbook, and takes changed inputs for what they are."""

from __future__ import annotations

import io
import random
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
import tampering as t
from shared import calculated, family, input_cell, recalculated, written

from model.errors import WorkbookError
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL, as_text
from workbook_templates.a1 import reference
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import INPUTS, SELECTED_CELL, VALUE
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.read.book import read_book, read_grids
from workbook_templates.read.inputs import read_inputs
from workbook_templates.read.values import value_at
from workbook_templates.validation.followers import followers, readers_in
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import Report, validate, validate_file
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.workbook import Workbook

    from workbook_templates.read.values import Changes


pytestmark = pytest.mark.usefixtures("quick_validation")


@pytest.fixture
def clean() -> bytes:
    """Return a workbook as it ships."""
    return calculated("base")


def tampered(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    """Return the workbook with something changed by hand, recalculated as a spreadsheet would on saving."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    target = io.BytesIO()
    book.save(target)
    return recalculated(target.getvalue())


def place_of(key: str, position: int) -> tuple[str, str]:
    layout = written("base")[0].layout
    place = layout.places[key]
    sheet = openpyxl.Workbook().worksheets[0]
    return place.sheet, sheet.cell(place.row, layout.quarter_column(position)).coordinate


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def test_a_workbook_as_it_ships_is_clean_in_every_family(clean: bytes) -> None:
    assert validate(clean, "base").is_clean
    report = validate(calculated("article"), "article", ["formualizer", "ironcalc"])
    assert report.is_clean
    assert set(report.compared) == {"cached", "formualizer", "ironcalc"}
    assert all(each.cells > 20_000 for each in report.compared.values())


def test_a_constant_over_a_formula_is_found_where_it_stands(clean: bytes) -> None:
    sheet, cell = place_of("operating_cash_flow", 23)

    def change(book: Workbook) -> None:
        book[sheet][cell] = 50000

    (found,) = validate(tampered(clean, change), "x").findings
    assert (found.rule, found.sheet, found.cell) == ("constant-over-formula", sheet, cell)
    assert re.fullmatch(
        r"50000.0; and [0-9,]+ cells follow from it; value per share unchanged, ttm_.*[+-].*", found.found
    )


@pytest.mark.parametrize("line", ["free_cash_flow", "aws_capacity_use"])
def test_an_off_by_one_reference_and_a_swapped_sign_are_found(line: str, clean: bytes) -> None:
    sheet, cell = place_of(line, 25)

    def change(book: Workbook) -> None:
        text = str(book[sheet][cell].value)
        other = re.sub(r"(\d+)$", lambda match: str(int(match[1]) - 1), text)
        book[sheet][cell] = text.replace("-", "+") if "-" in text else other

    (found,) = validate(tampered(clean, change), "x").findings
    assert (found.rule, found.cell) == ("changed-formula", cell)
    assert "; value per share " in found.found


def test_a_changed_reported_figure_is_found(clean: bytes) -> None:
    layout = written("base")[0].layout

    def change(book: Workbook) -> None:
        cell = book["Reported"].cell(layout.places["reported.net_sales_aws"].row, layout.quarter_column(17))
        cell.value = float(str(cell.value)) + 1

    (found,) = validate(tampered(clean, change), "x").findings
    assert found.rule == "history"
    assert "follow from it; value per share " in found.found


def test_a_formula_where_none_belongs_is_found(clean: bytes) -> None:
    def change(book: Workbook) -> None:
        book["Sales"]["B500"] = "=1+1"

    assert rules(validate(tampered(clean, change), "x")) == {"added-formula"}


@pytest.mark.parametrize("content", ["0,5", None, "=1/5"], ids=["text", "blank", "formula"])
def test_an_unusable_input_is_the_one_finding_and_what_follows_from_it_is_counted_not_compared(
    content: str | None, clean: bytes
) -> None:
    plan = written("base")[0]
    place = input_cell(plan, "aws_growth", "2028")

    def change(book: Workbook) -> None:
        book[INPUTS].cell(*place[1:]).value = content

    report = validate(tampered(clean, change), "x")
    (found,) = report.findings
    assert (found.rule, found.cell) == ("input", reference(*place[1:]))
    following = followers(readers_in(plan), [place])
    assert len(following) > 10_000
    assert found.found.endswith(f"; and {len(following):,} cells that follow from it were not compared")
    formulas = sum(each.twin is not None for sheet in plan.sheets.values() for each in sheet.cells.values())
    assert all(5_000 < each.cells <= formulas - len(following) for each in report.compared.values())


def test_beside_an_unusable_input_what_does_not_follow_from_it_is_compared(clean: bytes) -> None:
    cost, (sheet, cell) = input_cell(written("base")[0], "wacc", ALL), place_of("operating_cash_flow", 30)

    def change(book: Workbook) -> None:
        book[INPUTS].cell(*cost[1:]).value = "low"
        book[sheet][cell] = 50000

    found = validate(tampered(clean, change), "x").findings
    assert {(each.rule, each.cell) for each in found} == {
        ("input", reference(*cost[1:])), ("constant-over-formula", cell),
    }  # fmt: skip


def test_an_unusable_input_of_a_scenario_that_is_not_selected_leaves_all_cells_compared(clean: bytes) -> None:
    plan = written("base")[0]
    place = input_cell(plan, "aws_growth", "2028", 1)
    report = validate(with_changes(clean, {place: "fast"}), "x")
    assert [each.cell for each in report.findings] == [reference(*place[1:])]
    assert report.compared["formualizer"].cells == validate(clean, "x").compared["formualizer"].cells


def test_a_wrong_formula_is_one_finding_with_the_cells_that_follow_and_what_it_does(clean: bytes) -> None:
    sheet, cell = place_of("free_cash_flow", 23)

    def change(book: Workbook) -> None:
        book[sheet][cell] = str(book[sheet][cell].value).replace("-", "+")

    data = tampered(clean, change)
    report = validate(data, "x")
    (found,) = report.findings
    assert (found.rule, found.place) == ("changed-formula", f"{sheet}!{cell}")
    follow = len(report.compared["formualizer"].differences) - 1
    assert follow > 100
    moved = trailing(data) - trailing(clean)
    assert abs(moved) > 1_000
    assert f"; and {follow} cells follow from it; " in found.found
    assert f"ttm_free_cash_flow 2027Q4 {moved:+,.0f} USD m" in found.found


def trailing(data: bytes) -> float:
    """Return trailing free cash flow at the end of 2027, as the workbook shows it."""
    layout = written("base")[0].layout
    place, column = layout.places["ttm_free_cash_flow"], layout.quarter_column(23)
    value = value_at(read_grids(data), place.sheet, place.row, column)
    assert isinstance(value, float)
    return value


def test_of_several_causes_each_says_what_it_does_alone(clean: bytes) -> None:
    first, second = place_of("free_cash_flow", 23), place_of("free_cash_flow", 22)

    def change(*cells: tuple[str, str]) -> Callable[[Workbook], None]:
        def add(book: Workbook) -> None:
            for number, (sheet, cell) in enumerate(cells):
                book[sheet][cell] = f"{book[sheet][cell].value}+{1000 + number}"

        return add

    found = {each.cell: each.found for each in validate(tampered(clean, change(first, second)), "x").findings}
    assert set(found) == {first[1], second[1]}
    assert "ttm_free_cash_flow 2027Q4 +1,000 USD m" in found[first[1]]
    assert re.search(r"2027Q4 \+1,0[0-9]{2} USD m", found[second[1]])  # and a little interest on it


def test_copies_of_one_wrong_formula_in_a_row_are_one_finding(clean: bytes) -> None:
    cells = [place_of("free_cash_flow", position) for position in (23, 24, 25)]

    def change(book: Workbook) -> None:
        for sheet, cell in cells:
            book[sheet][cell] = f"{book[sheet][cell].value}+1"

    (found,) = validate(tampered(clean, change), "x").findings
    assert found.cell == f"{cells[0][1]}:{cells[-1][1]}"


def test_a_chosen_rule_finds_what_another_rule_would_have_explained(clean: bytes) -> None:
    sheet, cell = place_of("free_cash_flow", 25)

    def change(book: Workbook) -> None:
        book[sheet][cell] = str(book[sheet][cell].value).replace("-", "+")

    only = Choice(frozenset({"calculated-value"}))
    found = validate(tampered(clean, change), "x", choice=only).findings
    assert [(each.rule, each.cell) for each in found] == [("calculated-value", cell)]


@pytest.mark.parametrize(("key", "period", "value"), [("aws_growth", "2028", 0.1), ("wacc", ALL, 0.12)])
def test_every_cell_that_an_input_moves_follows_from_it(key: str, period: str, value: float) -> None:
    plan, _, data = written("base")
    place = input_cell(plan, key, period)
    before, after = (Formualizer().calculate(data, changes) for changes in ({}, {place: value}))
    moved = {
        (name, *cell)
        for name, sheet in plan.sheets.items()
        for cell, planned in sheet.cells.items()
        if planned.twin and value_at(before, name, *cell) != value_at(after, name, *cell)
    }
    assert len(moved) > 100
    assert moved <= set(followers(readers_in(plan), [place]))


def test_only_cells_with_a_number_on_both_sides_are_counted(clean: bytes) -> None:
    compared = validate(written("base")[2], "x").compared
    numbers = [
        cell
        for _, sheet in read_book(clean).sheets.items()
        for cell in sheet.cells.values()
        if cell.formula is not None and isinstance(cell.value, float)
    ]
    assert (compared["cached"].cells, compared["formualizer"].cells) == (0, len(numbers))


def test_a_failed_check_is_named_with_its_quarter(clean: bytes) -> None:
    place = input_cell(written("base")[0], "capex_budget", "2026")
    data = recalculated(with_changes(clean, {place: 1_000.0}))
    report = validate(data, "x")
    found = [each for each in report.findings if each.rule == "failed-check"]
    assert {each.sheet for each in found} == {"Checks"}
    text = r"Net capital expenditure is not negative: .*: 2 of its quarters, most in 2026Q[34]: .* USD m"
    assert any(re.fullmatch(text, each.found) for each in found), found


def test_old_values_after_a_changed_input_are_one_finding(clean: bytes) -> None:
    place = input_cell(written("base")[0], "aws_growth", "2028")
    report = validate(with_changes(clean, {place: 0.1}), "x")
    (found,) = report.findings
    stale = len(report.compared["cached"].differences)
    assert stale > 1_000
    assert (found.rule, found.cell) == ("cached-value", reference(*place[1:]))
    assert found.found == f"older values in {stale:,} cells that follow from it"


def test_another_selection_with_old_values_is_one_finding(clean: bytes) -> None:
    report = validate(with_changes(clean, {("Cover", *SELECTED_CELL): "bear"}), "x")
    (found,) = report.findings
    assert (found.rule, found.place) == ("cached-value", "Cover!D9")
    count = len(report.compared["cached"].differences)
    assert count > 10_000
    assert found.found == f"older values in {count:,} cells that follow from it"


def test_changed_inputs_are_listed_with_old_and_new_value_source_and_effect(clean: bytes) -> None:
    plan = written("base")[0]
    growth, cost = input_cell(plan, "aws_growth", "2028"), input_cell(plan, "wacc", ALL)
    other = input_cell(plan, "aws_growth", "2028", 1)  # all scenarios share the row of wacc
    data = recalculated(with_changes(clean, {growth: 0.1, cost: 0.12, other: 0.11}))
    report = validate(data, "x")
    assert report.is_clean
    base = load_scenario("base")
    listed = {(each.scenario, each.key): each for each in report.changed}
    assert set(listed) == {("base", "aws_growth"), ("base", "wacc"), (plan.scenarios[1].name, "aws_growth")}
    found = listed["base", "wacc"]
    assert found.cells == (cost,)
    assert found.values == (("all", as_text(base.table["wacc"][ALL], "rate"), "0.12"),)
    assert found.source
    alone = run([base.with_overrides({"wacc": 0.12}), base]).values["value_per_share[dcf,mid]"][0]
    assert f"value per share {alone[0] - alone[1]:+,.2f} USD/share" in found.effect
    assert not validate(clean, "x").changed


def test_a_changed_input_is_no_error_and_the_model_is_run_with_it(clean: bytes) -> None:
    layout = written("base")[0].layout

    def change(book: Workbook) -> None:
        book[INPUTS].cell(layout.inputs["aws_growth"].given[0], layout.year_column(6)).value = 0.1
        book[INPUTS].cell(layout.inputs["capex_scale"].given[0], layout.quarter_column(20)).value = 1.5

    data = tampered(clean, change)
    assert validate(data, "x").is_clean
    read = read_inputs(read_grids(data, formulas=True)).selected
    assert read.table["aws_growth"]["2028"] == 0.1
    assert read.table["capex_scale"]["2027Q1"] == 1.5


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("aws_growth", "F"), ("aws_growth", "T"), ("aws_growth", "U"), ("aws_growth", "CD"), ("wacc", "J"),
        ("deferral_cap", "G"),
    ],
)  # fmt: skip
def test_a_value_that_nothing_reads_is_named_with_its_cell(key: str, column: str, clean: bytes) -> None:
    """In reported years and quarters, between both, to the right of both, beside a driver without time."""
    cell = f"{column}{written('base')[0].layout.inputs[key].given[0]}"

    def change(book: Workbook) -> None:
        book[INPUTS][cell] = 0.3

    (found,) = validate(tampered(clean, change), "x").findings
    assert (found.rule, found.sheet, found.cell, found.found) == ("unread-value", INPUTS, cell, "0.3")


def test_an_input_out_of_range_or_of_the_wrong_kind_is_found(clean: bytes) -> None:
    layout = written("base")[0].layout

    def too_high(book: Workbook) -> None:
        book[INPUTS].cell(layout.inputs["aws_growth"].given[0], layout.year_column(6)).value = 5

    def text(book: Workbook) -> None:
        book[INPUTS].cell(layout.inputs["aws_growth"].given[0], layout.year_column(6)).value = "fast"

    assert "input" in rules(validate(tampered(clean, too_high), "x"))
    assert "input" in rules(validate(tampered(clean, text), "x"))


@pytest.mark.parametrize("content", [None, "high"])
@pytest.mark.parametrize("key", ["deferral_cap", "runoff_share[aws]"])
def test_an_emptied_or_overtyped_constant_is_a_finding(key: str, content: str | None, clean: bytes) -> None:
    layout = written("base")[0].layout
    column = VALUE if key == "deferral_cap" else layout.quarter_column(20)

    def change(book: Workbook) -> None:
        book[INPUTS].cell(layout.inputs[key].given[0], column).value = content

    assert "input" in rules(validate(tampered(clean, change), "x"))


def test_a_workbook_without_cached_values_says_so_once() -> None:
    found = validate(written("base")[2], "x").findings
    assert [each.rule for each in found] == ["no-values"]


def test_flipped_bits_are_one_refusal_or_findings(clean: bytes) -> None:
    generator, outcomes = random.Random(7), set()
    for _ in range(12):
        damaged = bytearray(clean)
        for _ in range(20):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        outcomes.add(outcome(bytes(damaged)))
    assert outcomes <= {"not a readable .xlsx", "findings", "clean"}
    assert "not a readable .xlsx" in outcomes


def outcome(data: bytes) -> str:
    """Validate a file and return in a word what came of it; any other exception is a failure."""
    try:
        return "clean" if validate(data, "x", engines=()).is_clean else "findings"
    except WorkbookError as error:
        return "not a readable .xlsx" if "not a readable .xlsx" in str(error) else str(error)


def test_parts_that_are_too_large_when_unpacked_are_refused() -> None:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(410):
            part.write(b" " * 1_000_000)
    assert len(target.getvalue()) < 1_000_000
    with pytest.raises(WorkbookError, match="too large when unpacked"):
        validate(target.getvalue(), "bomb.xlsx")


def test_inputs_are_read_back_as_they_were_written() -> None:
    for as_of in ("2025Q3", "2026Q2"):
        plan, _ = family(as_of)
        read = read_inputs(read_grids(written(plan.scenarios[0].name)[2], formulas=True))
        assert [each.name for each in read.scenarios] == [each.name for each in plan.scenarios]
        assert not read.problems
        for found, expected in zip(read.scenarios, plan.scenarios, strict=True):
            for key, values in expected.table.items():
                shown = {period: value for period, value in found.table[key].items() if period in values}
                first = plan.layout.plan.axis.quarters[plan.layout.driver_start(key)]
                for period, value in values.items():
                    if period == "all" or 2035 >= int(period[:4]) >= first.year + (
                        len(period) > 4 and first.number > 1
                    ):
                        assert shown[period] == pytest.approx(value, rel=1e-14), (key, period)


def test_another_selection_is_validated_as_what_is_selected(clean: bytes) -> None:
    def change(book: Workbook) -> None:
        book["Cover"]["D9"] = "bear"

    report = validate(tampered(clean, change), "x")
    assert report.is_clean
    assert report.scenario == "bear"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a readable .xlsx"),
        (b"PK\x03\x04 broken", "not a readable .xlsx"),
        (b"<html></html>", "not a readable .xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match=f"x.xlsx: {message}"):
        validate_file(path)


def test_a_workbook_saved_as_strict_open_xml_is_refused_with_what_to_do(clean: bytes) -> None:
    with pytest.raises(WorkbookError, match="is saved as Strict Open XML: save it as Excel Workbook"):
        validate(t.strict(clean), "x")


def test_a_truncated_workbook_and_one_of_somebody_else_are_refused(clean: bytes, tmp_path: Path) -> None:
    path = tmp_path / "half.xlsx"
    path.write_bytes(clean[: len(clean) // 2])
    with pytest.raises(WorkbookError, match=r"not a readable \.xlsx"):
        validate_file(path)
    other = io.BytesIO()
    openpyxl.Workbook().save(other)
    with pytest.raises(WorkbookError, match="cannot be read: No such file"):
        validate_file(tmp_path / "none.xlsx")


def test_scenarios_of_a_workbook_do_not_depend_on_files() -> None:
    mine = replace(load_scenario("base"), name="mine")
    data = write_workbook(plan_workbook(mine, [mine, load_scenario("bull")], "test"))
    read = read_inputs(read_grids(data, formulas=True))
    assert read.selected.name == "mine"
    expected = load_scenario("base").table["aws_growth"]
    assert all(
        read.selected.table["aws_growth"][year] == value for year, value in expected.items() if year >= "2026"
    )


def test_a_falsified_stamp_is_found(clean: bytes) -> None:
    """Statuses and figures of the ledger, figures of scenarios, and the tolerance of their agreement."""
    changes: Changes = {
        ("Thesis", 9, 6): "met",
        ("Thesis", 9, 7): 1.0,
        ("Scenarios", 13, 9): 300.0,
        ("Scenarios", 8, 5): 9.0,
        ("Scenarios", 13, 15): 1.0,
    }
    report = validate(with_changes(clean, changes), "stamped")
    assert {(each.sheet, each.cell) for each in report.findings if each.rule == "stamped-value"} == {
        ("Thesis", "F9"), ("Thesis", "G9"), ("Scenarios", "I13"), ("Scenarios", "E8"), ("Scenarios", "O13"),
    }  # fmt: skip


def test_a_changed_input_leaves_the_stamps_of_its_scenario_as_they_were(clean: bytes) -> None:
    """The live figure moves away from the stamp, the sheet says so, and nothing is wrong with that."""
    row = written("base")[0].layout.inputs["terminal_growth"].given[0]
    data = recalculated(with_changes(clean, {(INPUTS, row, VALUE): 0.03}))
    report = validate(data, "changed")
    assert report.is_clean, report.findings
    assert value_at(read_grids(data), "Scenarios", 6, 5) == "inputs changed"
