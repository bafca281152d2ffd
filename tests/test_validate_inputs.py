"""``validate`` takes changed inputs for what they are, and finds those that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shared import family, input_cell, place_of, recalculated, tampered, written

from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL, as_text
from workbook_templates.a1 import reference
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import INPUTS, SCENARIOS, SELECTED_CELL, VALUE
from workbook_templates.plan.sheets.scenarios import AS_OF_ROW, LIVE
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.read.book import read_book
from workbook_templates.read.inputs import read_inputs
from workbook_templates.read.values import value_at
from workbook_templates.validation.followers import followers, readers_in
from workbook_templates.validation.parity import compare
from workbook_templates.validation.validate import Report, validate
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook


pytestmark = pytest.mark.usefixtures("quick_validation")


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


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
    read = read_inputs(read_book(data).contents).selected
    assert read.table["aws_growth"]["2028"] == 0.1
    assert read.table["capex_scale"]["2027Q1"] == 1.5


def test_sixty_days_from_a_changed_date_are_sixty(clean: bytes) -> None:
    """From 2029-09-17 to the middle of 2029Q4, 45 days before its end; as a date of 1900 it would be 59."""
    place = input_cell(written("base")[0], "valuation_date", ALL)
    data = with_changes(clean, {place: 47_378.0})
    report = validate(data, "x")
    assert report.compared["formualizer"].cells > 20_000
    assert not report.compared["formualizer"].differences, str(report.compared["formualizer"])
    grids = Formualizer().calculate(clean, {place: 47_378.0})
    assert not compare(written("base")[0], grids, report.results).differences


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


def test_inputs_are_read_back_as_they_were_written() -> None:
    for as_of in ("2025Q3", "2026Q2"):
        plan, _ = family(as_of)
        read = read_inputs(read_book(written(plan.scenarios[0].name)[2]).contents)
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


def test_scenarios_of_a_workbook_do_not_depend_on_files() -> None:
    mine = replace(load_scenario("base"), name="mine")
    data = write_workbook(plan_workbook(mine, [mine, load_scenario("bull")], "test"))
    read = read_inputs(read_book(data).contents)
    assert read.selected.name == "mine"
    expected = load_scenario("base").table["aws_growth"]
    assert all(
        read.selected.table["aws_growth"][year] == value for year, value in expected.items() if year >= "2026"
    )


def test_a_changed_input_leaves_the_stamps_of_its_scenario_as_they_were(clean: bytes) -> None:
    """The live figure moves away from the stamp, the sheet says so, and nothing is wrong with that."""
    row = written("base")[0].layout.inputs["terminal_growth"].given[0]
    data = recalculated(with_changes(clean, {(INPUTS, row, VALUE): 0.03}))
    report = validate(data, "changed")
    assert report.is_clean, report.findings
    assert value_at(read_book(data).values, SCENARIOS, AS_OF_ROW, LIVE) == "inputs changed"
