"""``validate`` finds what was changed in a workbook, and what follows from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from shared import calculated, input_cell, place_of, recalculated, tampered, written

from workbook_templates.a1 import reference
from workbook_templates.plan.layout import SCENARIOS
from workbook_templates.plan.sheets.scenarios import FIRST_ROW, LIVE, TOLERANCE_ROW
from workbook_templates.read.book import read_book
from workbook_templates.read.values import value_at
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import validate
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.workbook import Workbook

    from workbook_templates.read.values import Changes


pytestmark = pytest.mark.usefixtures("quick_validation")


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

    found = validate(tampered(clean, change), "x").findings
    assert {each.rule for each in found} == {"added-formula"}


def plus_for_minus(sheet: str, cell: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = str(book[sheet][cell].value).replace("-", "+")

    return change


def test_a_wrong_formula_is_one_finding_with_the_cells_that_follow_and_what_it_does(clean: bytes) -> None:
    sheet, cell = place_of("free_cash_flow", 23)
    data = tampered(clean, plus_for_minus(sheet, cell))
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
    value = value_at(read_book(data).values, place.sheet, place.row, column)
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
    only = Choice(frozenset({"calculated-value"}))
    found = validate(tampered(clean, plus_for_minus(sheet, cell)), "x", choice=only).findings
    assert [(each.rule, each.cell) for each in found] == [("calculated-value", cell)]


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


def test_a_falsified_stamp_is_found(clean: bytes) -> None:
    """Statuses and figures of the ledger, figures of scenarios, and the tolerance of their agreement."""
    changes: Changes = {
        ("Thesis", 9, 6): "met",
        ("Thesis", 9, 7): 1.0,
        (SCENARIOS, FIRST_ROW + 1, 9): 300.0,
        (SCENARIOS, TOLERANCE_ROW, LIVE): 9.0,
        (SCENARIOS, FIRST_ROW + 1, 15): 1.0,
    }
    report = validate(with_changes(clean, changes), "stamped")
    assert {(each.sheet, each.cell) for each in report.findings if each.rule == "stamped-value"} == {
        (sheet, reference(row, column)) for sheet, row, column in changes
    }
