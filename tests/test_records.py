"""The records of ``--format json``: every command that prints figures gives them, in one schema."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from commands import records
from jsonschema import Draft202012Validator
from reference import parsers
from shared import calculated, input_cell, recalculated, written

from amzn_fcf.commands import COMMANDS
from amzn_fcf.text.schema import FIELDS, KINDS, TYPES, json_schema
from workbook_templates.write.patching import with_changes

NO_FIGURES = {"report", "template", "addin", "mcp"}
"""Commands that install or serve something, and the note, whose figures are those of the others."""
ELSEWHERE = {"outcome"}
"""Kinds that take long: tests/test_coverage.py has them."""
FILING = Path(__file__).parent / "data" / "filings" / "amzn-20241231.htm"
GRID = "grid value_per_share[dcf,mid] --x wacc 0.08 0.09 --y beta 0.5 2"
OTHERS = {
    "a.xlsx": [["a", 1, "=B1"], ["only here", 3], ["b", 2], ["c", 9]],
    "b.xlsx": [["a", 1, "=B1*2"], ["b", 4], ["only there", 7], ["c", 9]],
}
"""Workbooks that differ in every way."""
LINES = {
    "build": ["build --scenario base"],
    "show": ["show", "show free_cash_flow turn wacc", "show --statement income --period 2027"],
    "value": ["value"],
    "explain": ["explain free_cash_flow 2027 --depth 3", "explain --cell old.xlsx Sales!AW16"],
    "compare": ["compare article base", "compare old.xlsx new.xlsx", "compare a.xlsx b.xlsx"],
    "solve": ["solve wacc --price 234.75 --scenario article"],
    "tornado": ["tornado positive", "tornado free_cash_flow 2027"],
    "grid": [f"{GRID} --break-even price"],
    "claims": ["claims"],
    "against": ["against"],
    "backtest": ["backtest", "backtest --widths"],
    "simulate": ["simulate --draws 200 --engine numpy --workers 1"],
    "validate": ["validate --list-rules", "validate old.xlsx new.xlsx missing.xlsx"],
    "read": ["read new.xlsx", "read old.xlsx"],
    "data": ["data --data . --on 2028-01-01"],
    "import": [f"import --dry-run {FILING}"],
    "roll": ["roll --scenario article"],
}


@pytest.fixture
def folder(tmp_path: Path, command: str) -> Path:
    """Return a folder with what the lines of a command name."""
    if any("old.xlsx" in line for line in LINES[command]):
        (tmp_path / "old.xlsx").write_bytes(calculated("base"))
        cell = input_cell(written("base")[0], "aws_growth", "2028")
        (tmp_path / "new.xlsx").write_bytes(recalculated(with_changes(calculated("base"), {cell: 0.2})))
    for name, rows in OTHERS.items():
        book = openpyxl.Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.create_sheet(f"Of {name}")
        book.save(tmp_path / name)
    (tmp_path / "unused.csv").write_text("nothing\n", encoding="utf-8")
    return tmp_path


def test_every_command_that_prints_figures_takes_json() -> None:
    for name, parser in parsers().items():
        form = next((each for each in parser._actions if "--format" in each.option_strings), None)  # noqa: SLF001  # argparse has no public way
        assert ("json" in (form.choices or ()) if form else False) == (name not in NO_FIGURES), name


@pytest.mark.parametrize("command", LINES)
def test_every_command_gives_its_kinds_of_records_as_the_schema_says(command: str, folder: Path) -> None:
    seen = {each["kind"] for line in LINES[command] for each in records(*line.split(), cwd=folder)}
    assert seen == {name for name, kind in KINDS.items() if command in kind.commands} - ELSEWHERE


def test_a_new_command_has_lines_here() -> None:
    assert set(LINES) == set(COMMANDS) - NO_FIGURES, "add lines that give every kind of its records"


def test_the_schema_is_valid_and_has_no_field_that_no_kind_has() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    whole = Draft202012Validator(schema)
    known = [{"kind": "dropped", "driver": "aws_growth 2026Q2"}]
    assert whole.is_valid(known)
    assert not whole.is_valid([{**known[0], "more": 1}])
    assert not whole.is_valid([{"kind": "dropped"}])
    assert not whole.is_valid(known[0])
    assert set(FIELDS) == {field for kind in KINDS.values() for field in kind.fields}
    assert {field.type for field in FIELDS.values()} == set(TYPES)
