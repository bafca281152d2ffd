"""Roles of lines, for any company: what is shown, what is folded, what is a link, and how it looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from second_company import BAKERY

from model.errors import DeclarationError
from model.presentation import Presentation, SheetWords, StatementRow, WorkbookWords, default_role
from model.scenarios.composing import load_scenario
from workbook_templates.plan.layout import LABEL, NAME, Place
from workbook_templates.plan.workbook import plan_workbook

if TYPE_CHECKING:
    from model.presentation import Role
    from workbook_templates.plan.workbook import WorkbookPlan

ROWS = (
    StatementRow("heading", label="What is left"),
    StatementRow("line", "margin", "Sales less flour"),
    StatementRow("ratio", "margin_ratio", "of sales"),
    StatementRow("total", "free_cash"),
    StatementRow("heading", label="Cash", heads=("lowest", "of all")),
    StatementRow("subtotal", "cash"),
    StatementRow("line", label="Lowest", beside=("lowest_cash", "lowest_cash")),
)


def planned(rows: tuple[StatementRow, ...]) -> WorkbookPlan:
    """Return a workbook of the bakery whose sheet Oven has these rows."""
    sheets = {"Oven": SheetWords(title="Oven", holds="Ovens", rows=rows)}
    company = replace(BAKERY, presentation=Presentation(workbook=WorkbookWords(sheets=sheets)))
    scenario = load_scenario("base", company=company)
    return plan_workbook(scenario, [scenario], "test")


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("flour_cost", "driver"),
        ("sales[north]", "line"),
        ("margin", "line"),
        ("margin_ratio", "ratio"),
        ("lowest_cash", "line"),
        ("cash_check", "working"),
        ("checks_failed", "working"),
    ],
)
def test_a_line_without_a_role_has_one_by_its_kind_and_unit(key: str, role: Role) -> None:
    assert default_role(load_scenario("base", company=BAKERY).plan.rows[key]) == role


def test_without_an_arrangement_a_block_is_a_section_from_cause_to_result() -> None:
    plan = planned(())
    cells, layout = plan.sheets["Oven"].cells, plan.layout
    assert cells[11, LABEL].content == "What is spent on ovens, and what is left"
    order = sorted((place.row, key) for key, place in layout.places.items() if place.sheet == "Oven")
    assert [key for _, key in order] == [
        "oven_budget", "opening_cash", "tax_rate", "cash_check", "checks_failed",
        "free_cash", "cash", "ttm_free_cash", "lowest_cash",
    ]  # fmt: skip
    assert [(each.first, each.last) for each in layout.folds["Oven"]] == [(12, 16)]


def test_an_arrangement_decides_on_order_labels_and_looks() -> None:
    plan = planned(ROWS)
    sheet, layout = plan.sheets["Oven"], plan.layout
    shown = [(row, sheet.cells[row, LABEL]) for row in range(11, layout.last_row["Oven"] + 1)]
    folded = {row for each in sheet.outline for row in range(each.first, each.last + 1)}
    visible = [(str(cell.content), cell.style) for row, cell in shown if row not in folded]
    assert visible == [
        ("What is left", "heading"), ("Sales less flour", "label"), ("of sales", "ratio label"),
        ("Free cash flow", "total label"), ("Cash", "heading"), ("Cash", "subtotal label"),
        ("Lowest", "label"),
    ]  # fmt: skip
    assert len(folded - set(range(3, 9))) == 7  # everything else of the block, and no line twice


def test_a_line_of_another_sheet_is_a_link_to_its_home() -> None:
    plan = planned(ROWS)
    home = plan.layout.places["margin"]
    assert home.sheet == "Bakery"
    cells = plan.sheets["Oven"].cells
    row = next(row for (row, at), each in cells.items() if at == NAME and each.content == "margin")
    cell = cells[row, plan.layout.quarter_column(5)]
    assert str(cell.content).startswith("=Bakery!")
    assert str(cell.content).endswith(str(home.row))
    assert cell.style == "link money"
    assert plan.layout.places["free_cash"] != Place("Oven", row)


def test_a_name_that_the_model_lacks_is_refused_with_its_place() -> None:
    wrong = (StatementRow("heading", label="x"), StatementRow("line", "marginn"))
    with pytest.raises(DeclarationError, match=r"workbook\.sheets\['Oven'\].*no row 'marginn'"):
        planned(wrong)
