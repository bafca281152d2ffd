"""Workbooks of a company that is not Amazon: the same code, with and without presentation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from second_company import BAKERY, Bakery, Oven
from shared import recalculated

from model import companies
from model.errors import DeclarationError
from model.language.declarations import Block, Model
from model.presentation import (
    ChartWords,
    CoverRow,
    CoverWords,
    DriverWords,
    SectionWords,
    SensitivityWords,
    SheetWords,
    Statement,
    StatementRow,
    StepWords,
    TileWords,
    WorkbookWords,
)
from model.results import run
from model.scenarios.composing import load_scenario
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import COVER, SCENARIOS, SENSITIVITY, STATEMENTS
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.validation.parity import compare
from workbook_templates.validation.validate import validate
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from model.company import Company

MANY_WORDS = WorkbookWords(
    title="Two bakeries",
    sheets={"Bakery": SheetWords(title="Bread", holds="Bread sold")},
    statements=("results",),
    key_drivers=frozenset({"growth"}),
    cover=CoverWords(
        tiles=(
            TileWords(label="Sales {+0}", line="all_sales", ahead=0, text="margin {margin_ratio +0} | {-1}"),
            TileWords(label="Lowest cash", line="lowest_cash"), TileWords(label="Simulated", line="expected"),
        ),
        beside={"lowest_cash": "Cash at its lowest"},
        rows=(
            CoverRow(label="Lowest cash", line="lowest_cash", role="total"),
            CoverRow(label="Sales {+0}E", line="all_sales", ahead=0),
            CoverRow(label="of sales", line="margin_ratio", ahead=0, role="ratio"),
        ),
        race=ChartWords(title="Sales", lines={"all_sales": ("sales", "navy"), "margin": ("margin", "red")}),
    ),
    drivers={
        "All": (DriverWords(driver="tax_rate", label="Tax"), DriverWords(driver="flour_cost", label="Flour"))
    },
    sections=(
        SectionWords(title="Cash", lines=("lowest_cash",)),
        SectionWords(title="Sales", lines=("all_sales", "margin_ratio"), years=(1, 1)),
    ),
    sensitivity=SensitivityWords(
        tables={
            "lowest_cash": (
                StepWords(driver="tax_rate", step=0.01), StepWords(driver="flour_cost", step=0.01,
                operation="add"),
            )
        }
    ),
)  # fmt: skip


RESULTS = Statement(
    "Results",
    (
        StatementRow("heading", label="Bread"), StatementRow("subtotal", "all_sales"),
        StatementRow("line", "margin"), StatementRow("ratio", "margin_ratio", "of sales"),
        StatementRow("line", "cash"),
    ),
)  # fmt: skip


def with_words(words: WorkbookWords) -> Company:
    shown = replace(BAKERY.presentation, workbook=words, statements={"results": RESULTS})
    return replace(BAKERY, presentation=shown)


def planned() -> WorkbookPlan:
    offered = [load_scenario(name) for name in ("base", "boom")]
    return plan_workbook(offered[0], offered, "test")


def check(plan: WorkbookPlan) -> None:
    """Assert that a workbook calculates to the model's figures and that validate has nothing to say of it."""
    data = recalculated(write_workbook(plan))
    comparison = compare(plan, Formualizer().calculate(data), run(plan.scenarios))
    assert comparison.cells > 100
    assert not comparison.differences, str(comparison)
    report = validate(data, "bakery.xlsx")
    assert report.is_clean, report.findings[:3]
    assert report.scenario == "base"


def test_a_company_that_presents_nothing_has_a_workbook_of_its_blocks() -> None:
    with companies.using(with_words(WorkbookWords())):
        plan = planned()
        assert list(plan.sheets) == [
            "Cover", "Contents", "Inputs", "Bakery", "Oven", "Reported", "Sources", "Log",
        ]  # fmt: skip
        check(plan)


def test_what_a_company_presents_is_on_its_sheets() -> None:
    with companies.using(with_words(MANY_WORDS)):
        plan = planned()
        assert {STATEMENTS, SCENARIOS, SENSITIVITY} < set(plan.sheets)
        assert list(plan.sheets)[4:7] == ["Statements", "Bakery", "Oven"]
        assert len(plan.sheets[COVER].panels) == 1
        texts = {cell.content for cell in plan.sheets[COVER].cells.values()}
        assert {"Sales 2026", "Cash at its lowest", "The bakers strike", "off"} <= texts
        check(plan)


@pytest.mark.parametrize("name", ["Inputs", "Two words", "AB1", "Ä"])
def test_a_sheet_that_no_block_can_have_is_refused_in_one_line(name: str) -> None:
    class Wages(Block, sheet=name):
        """Wages."""

    company = replace(BAKERY, model=Model("Two Bakeries", [Bakery, Oven, Wages]))
    with (
        companies.using(company),
        pytest.raises(DeclarationError, match=r"block Wages: no sheet can be called"),
    ):
        planned()
