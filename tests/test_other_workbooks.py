"""Workbooks that are not ours get the rules that need no plan; AMZN_ cells are calculated in any workbook."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
import tampering as t
from commands import amzn_fcf
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter
from shared import calculated, recalculated
from xlsxwriter import Workbook as WrittenElsewhere

from workbook_templates.formula_text import moved, relative
from workbook_templates.read.book import read_book
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import Report, validate
from xlwings_udfs import AMZN_EXPLAIN, AMZN_FCF
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

QUARTERS = 8


def made(change: Callable[[Worksheet], None]) -> bytes:
    """Return somebody's calculated model with one change: growing sales, costs, margin, totals across."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for column in range(2, 2 + QUARTERS):
        here, before = (get_column_letter(each) for each in (column, column - 1))
        sheet[f"{here}1"] = f"Q{column - 1}"
        sheet[f"{here}2"] = 100.0 if column == 2 else f"={before}2*(1+$L$1)"
        sheet[f"{here}3"] = f"={here}2*$L$2"
        sheet[f"{here}4"] = f"={here}2-{here}3"
    for row, label in enumerate(("Quarter", "Sales", "Costs", "Margin"), start=1):
        sheet[f"A{row}"] = label
        if row > 1:
            sheet[f"J{row}"] = f"=SUM(B{row}:I{row})"
    sheet["L1"], sheet["L2"] = 0.02, 0.7
    change(sheet)
    target = io.BytesIO()
    book.save(target)
    return recalculated(target.getvalue())


def put(cell: str, content: float | str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = content

    return change


def rules(report: Report) -> dict[str, str]:
    return {finding.rule: finding.cell for finding in report.findings}


def test_a_sound_workbook_of_somebody_else_gives_no_finding_and_is_said_not_to_be_ours() -> None:
    report = validate(made(lambda _: None), "x", engines=())
    assert report.is_clean, report.findings
    assert "not a workbook of this model: it lacks Cover, Key drivers, Contents and" in report.remarks[0]


@pytest.mark.parametrize(
    ("cell", "content", "rule"),
    [
        ("E3", "=E2*$L$2*1.1", "inconsistent-formula"),
        ("E4", "=E2+E3", "inconsistent-formula"),
        ("E4", 12.5, "constant-among-formulas"),
        ("E1", "=1.37*L1", "constant-in-formula"),
        ("D2", '=INDIRECT("C2")*(1+$L$1)', "volatile-function"),
        ("M1", "=1/0", "error-value"),
    ],
)  # fmt: skip
def test_what_an_auditor_would_see_without_knowing_the_model_is_found(
    cell: str, content: float | str, rule: str
) -> None:
    report = validate(made(put(cell, content)), "x", register=register)
    assert rule in rules(report)
    assert cell in rules(report)[rule]


def test_a_circular_formula_is_found() -> None:
    data = t.with_formula(made(lambda _: None), "Sheet", "E3", lambda _: "E4*0.1")
    assert "circular-formula" in rules(validate(data, "x"))


def test_a_number_stored_as_text_between_numbers_is_found() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["B9"], sheet["C9"], sheet["D9"] = 1.0, "2", 3.0

    assert rules(validate(made(change), "x", engines=()))["text-number"] == "C9"


def test_a_value_that_is_older_than_its_inputs_is_found() -> None:
    data = t.with_value(made(lambda _: None), "Sheet", "L1", 0.5)
    assert {finding.rule for finding in validate(data, "x").findings} == {"stale-value"}


def test_formulas_that_a_program_shares_between_cells_are_read_in_every_cell() -> None:
    data = made(lambda _: None)
    shared = t.in_cell(
        data, "Sheet", "B3", lambda xml: xml.replace("<f>", '<f t="shared" ref="B3:I3" si="0">')
    )
    for column in "CDEFGHI":
        shared = t.in_cell(
            shared, "Sheet", f"{column}3", lambda xml: re.sub("<f>.*?</f>", '<f t="shared" si="0"/>', xml)
        )
    assert read_book(shared).contents == read_book(data).contents


@pytest.mark.parametrize(
    "formula",
    ["B1+$A$2", "SUM(B$1:$C9)*'It''s A1'!D4", 'IF(A1="B2",Sheet1!B2,LOG10(C3))', "A1B+NAME.A1+TRUE",
    "1E5*E5+R1C1"],
)  # fmt: skip
def test_formulas_are_moved_as_openpyxl_moves_them(formula: str) -> None:
    assert "=" + moved(formula, 3, 2) == Translator(f"={formula}", "F5").translate_formula("H8")
    assert relative(formula, 5, 6) == relative(moved(formula, 3, 2), 8, 8)


def test_amzn_cells_of_any_workbook_are_calculated_and_a_failed_one_says_what_amzn_explain_says() -> None:
    def change(sheet: Worksheet) -> None:
        sheet["A20"] = '=AMZN_FCF(2026,"base")'
        sheet["A21"] = '=AMZN_FCF(2026,"bul")'
        sheet["A22"] = '=A20+AMZN_LINE("free_cash_flo",2026)'

    book = openpyxl.Workbook()
    change(book.worksheets[0])
    target = io.BytesIO()
    book.save(target)
    report = validate(target.getvalue(), "x", register=register, choice=Choice(frozenset({"functions"})))
    found = {finding.cell: finding for finding in report.findings}
    assert set(found) == {"A21", "A22"}
    assert str(AMZN_EXPLAIN("free_cash_flow", 2026, "bul")) in found["A21"].found
    assert str(AMZN_EXPLAIN("free_cash_flo", 2026)) in found["A22"].found
    assert found["A21"].found.startswith("#VALUE!: ")
    assert "3 cells with AMZN_ functions calculated, 2 of them errors" in report.remarks


def test_amzn_cells_added_by_a_user_are_calculated_and_are_no_finding_unless_they_fail() -> None:
    clean = calculated("base")
    cells = '<c r="B900"><f>AMZN_FCF(2026,"bull")/1000</f><v>{}</v></c>'
    data = t.with_row(clean, "Sales", 900, cells.format(repr(float(AMZN_FCF(2026, "bull")) / 1000)))
    assert validate(data, "x", register=register).is_clean
    wrong = t.with_row(clean, "Sales", 900, '<c r="B900"><f>AMZN_FCF(2026,"bul")</f><v>1</v></c>')
    report = validate(wrong, "x", register=register)
    assert [(finding.rule, finding.place) for finding in report.findings] == [("amzn-cell", "Sales!B900")]
    assert "did you mean bull?" in report.findings[0].found
    stale = t.with_row(clean, "Sales", 900, '<c r="B900"><f>AMZN_FCF(2026,"bull")</f><v>1</v></c>')
    assert rules(validate(stale, "x", register=register)) == {"stale-value": "B900"}


def test_a_workbook_that_another_library_wrote_is_read_with_its_texts_names_and_limits(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.xlsx"
    with WrittenElsewhere(path) as book:
        sheet = book.add_worksheet("Bücher & co")
        sheet.write_rich_string("A1", "free ", book.add_format({"bold": True}), "cash", " flow")
        sheet.write_formula("A2", "=1+1", value=2)
        sheet.set_column("C:D", None, None, {"hidden": True})
        sheet.write("C1", 1)
        sheet.data_validation(
            "A3", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        )
        book.define_name("Rate", "='Bücher & co'!$A$2")
    found = read_book(path.read_bytes())
    sheet_found = found.sheets["Bücher & co"]
    assert found.values["Bücher & co"] == {(1, 1): "free cash flow", (2, 1): 2.0, (1, 3): 1.0}
    assert found.contents["Bücher & co"][2, 1] == "=1+1"
    assert [(each.name, each.formula) for each in found.names] == [("Rate", "'Bücher & co'!$A$2")]
    assert [(each.first, each.last) for each in sheet_found.hidden_columns] == [(3, 4)]
    assert [(each.cells, each.kind, each.limits) for each in sheet_found.allowed] == [
        ("A3", "decimal", ["0", "1"])
    ]


def test_rules_are_chosen_by_name_and_group_and_warnings_fail_only_when_strict(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(made(put("E4", 12.5)))
    assert amzn_fcf("validate", "x.xlsx", cwd=tmp_path).returncode == 0
    strict = amzn_fcf("validate", "x.xlsx", "--strict", cwd=tmp_path)
    assert strict.returncode == 1
    assert "warning: constant-among-formulas" in strict.stdout
    assert amzn_fcf("validate", "x.xlsx", "--strict", "--skip", "formulas", cwd=tmp_path).returncode == 0
    only = amzn_fcf(
        "validate", "x.xlsx", "--rule", "constant-among-formulas", "--format", "json", cwd=tmp_path
    )
    (finding,) = json.loads(only.stdout)[0]["findings"]
    assert finding == {
        "rule": "constant-among-formulas", "severity": "warning", "sheet": "Sheet", "cell": "E4",
        "expected": "a formula, as its neighbours: R[-2]C[0]-R[-1]C[0]", "found": "12.5",
        "remedy": "copy the neighbour, or mark it as an input",
    }  # fmt: skip
    unknown = amzn_fcf("validate", "x.xlsx", "--rule", "colours", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "unknown rule 'colours'; did you mean colour" in unknown.stderr
    listed = amzn_fcf("validate", "--list-rules")
    assert listed.returncode == 0
    assert "constant-over-formula" in listed.stdout
