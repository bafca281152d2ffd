"""Each rule over the sense of formulas finds what is planted for it, and nothing in a sound form of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from shared import recalculated

from workbook_templates.formula_text import arguments_of
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import validate

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMN = {"A1": 1.0, "A2": 2.0, "A3": 3.0, "A4": 4.0}
_KEYS = {"A1": 10.0, "A2": 5.0, "A3": 7.0, "B1": 1.0, "B2": 2.0, "B3": 3.0}
_COPIES = {f"{letter}{row}": float(row) for letter in "AB" for row in (1, 2, 3)} | {
    f"C{row}": f"=A{row}*B{row}" for row in (1, 2, 3)
}
Cells = dict[str, Any]

PLANTED: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("short-sum", _COLUMN | {"A5": "=SUM(A1:A3)"}, "A5"),
    ("short-sum", {"A1": 1.0, "B1": 2.0, "C1": 3.0, "D1": "=SUM(A1:B1)"}, "D1"),
    ("short-sum", _COLUMN | {"A5": "=1+SUM($A$1:$A$3)"}, "A5"),
    ("short-sum", _COPIES | {"C4": "=SUM(C1:C2)"}, "C4"),
    ("total-with-parts", {"A1": 1.0, "A2": 2.0, "A3": "=SUM(A1:A2)", "A4": 4.0, "A5": "=SUM(A1:A4)"}, "A5"),
    ("total-with-parts", {"A1": 1.0, "A2": 2.0, "A3": "=SUM(A1:A2)", "C9": "=A1+A2+A3"}, "C9"),
    ("unsorted-lookup", _KEYS | {"D1": "=VLOOKUP(7,A1:B3,2)"}, "D1"),
    ("unsorted-lookup", _KEYS | {"D1": "=VLOOKUP(7,$A$1:$B$3,2,TRUE)"}, "D1"),
    ("unsorted-lookup", _KEYS | {"D1": "=INDEX(B1:B3,MATCH(7,A1:A3))"}, "D1"),
    ("unsorted-lookup", {"A1": "b", "B1": "a", "A2": 1.0, "B2": 2.0, "D1": '=HLOOKUP("a",A1:B2,2)'}, "D1"),
    ("empty-reference", {key: each for key, each in _COPIES.items() if key != "B2"}, "C2"),
    ("unused-input", _COLUMN | {"C1": "=A1*2", "C3": "=A3*2"}, "A2"),
    ("percent-added", {"A1": 250.0, "A2": 0.05, "A3": "=A1+A2"}, "A3"),
    ("percent-added", {"A1": 250.0, "A2": 0.05, "A3": "=MAX(A1-A2,0)"}, "A3"),
    ("swallowed-error", {"A1": "=1/0", "A2": "=IFERROR(A1,0)"}, "A2"),
    ("swallowed-error", {"A1": "=1/0", "A2": "=IF(ISERROR(A1*2),0,A1*2)"}, "A2"),
    ("swallowed-error", {"A2": "=IFERROR(#REF!*2,0)"}, "A2"),
)  # fmt: skip
"""Rule, cells, and the cell in which it is broken."""

SOUND: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("short-sum", _COLUMN | {"A5": "=SUM(A1:A4)"}),
    ("short-sum", {"A1": 1.0, "A2": 2.0, "A3": "=SUM(A1:A2)", "A4": "=A3*0.2", "A5": "=SUM(A1:A2)"}),
    ("short-sum", {"A1": "=B1", "A2": "=B2", "A3": "=COUNT(A1:A2)", "A4": "=SUM(A1:A2)"}),
    ("short-sum", {"A1": 1.0, "A2": 2.0, "A3": "a note", "A4": "=SUM(A1:A2)"}),
    ("total-with-parts", {"A1": 1.0, "A2": 2.0, "A3": "=SUM(A1:A2)", "A4": 4.0, "A5": "=SUM(A3:A4)"}),
    ("total-with-parts", {"A1": 1.0, "A2": 2.0, "A3": "=SUM(A1:A2)", "A5": "=SUM(A1:A3)/2"}),
    ("unsorted-lookup", _KEYS | {"D1": "=VLOOKUP(7,A1:B3,2,FALSE)", "D2": "=MATCH(7,A1:A3,0)"}),
    ("unsorted-lookup", _COLUMN | {"D1": "=VLOOKUP(3,A1:B4,1)"}),
    ("empty-reference", _COPIES),
    ("empty-reference", {key: each for key, each in _COPIES.items() if key[0] != "B"}),
    ("unused-input", _COLUMN | {"C1": "=A1*2", "C3": "=A3*2", "C9": "=SUM(A1:A4)"}),
    ("percent-added", {"A1": 250.0, "A2": 0.05, "A3": "=A1*(1+A2)"}),
    ("percent-added", {"A1": 0.5, "A2": 0.05, "A3": "=A1+A2"}),
    ("swallowed-error", {"A1": "=1/0", "A2": "=ISERROR(A1)", "A3": 1.0, "A4": "=IFERROR(1/A3,0)"}),
)


def found(cells: Mapping[str, Any], rule: str) -> list[str]:
    """Return the cells in which a rule is broken in somebody's calculated workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cell, content in cells.items():
        sheet[cell] = content
        if content == 0.05:
            sheet[cell].number_format = "0.0%"
    target = io.BytesIO()
    book.save(target)
    data = recalculated(target.getvalue())
    report = validate(data, "x", engines=(), choice=Choice(frozenset({rule})))
    return [each.cell for each in report.findings]


@pytest.mark.parametrize(("rule", "cells", "cell"), PLANTED)
def test_what_is_planted_is_found(rule: str, cells: Mapping[str, Any], cell: str) -> None:
    assert found(cells, rule) == [cell]


@pytest.mark.parametrize(("rule", "cells"), SOUND)
def test_what_is_sound_is_not(rule: str, cells: Mapping[str, Any]) -> None:
    assert found(cells, rule) == []


def test_every_rule_has_planted_cases_and_sound_ones() -> None:
    assert {rule for rule, _, _ in PLANTED} == {rule for rule, _ in SOUND}


@pytest.mark.parametrize(
    ("formula", "calls"),
    [
        ("PI()", [("PI", [])]),
        ('IF(A1,"a,(b",SUM((A1,B1)))', [("IF", ["A1", '"a,(b"', "SUM((A1,B1))"]), ("SUM", ["(A1,B1)"])]),
        ("_xlfn.IFNA(T[[a],[b]],{1,2})", [("IFNA", ["T[[a],[b]]", "{1,2}"])]),
        ("VLOOKUP(A1,B:C,2,)", [("VLOOKUP", ["A1", "B:C", "2", ""])]),
    ],
)  # fmt: skip
def test_calls_and_their_arguments_are_told_apart(formula: str, calls: list[tuple[str, list[str]]]) -> None:
    assert arguments_of(formula) == calls
