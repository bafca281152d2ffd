"""Why does this cell show what it shows? Cells of any workbook, with the values that the file holds."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
import tampering as t
from commands import amzn_fcf, refused
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink
from shared import calculated, place_of
from test_hostile_files import sheet_of, with_formulas

from workbook_templates.engines.trace import MOST_CELLS, trace
from workbook_templates.read.book import read_book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from model.analysis.outline import Node

FORMULAS = {
    "B5": "=B3*Rate+'Other sheet'!A1",
    "B6": "=SUM(B1:B3)",
    "B7": "=SUM(D:D)",
    "B8": "=[1]Prices!$B$4*2",
    "B9": "=OFFSET(B1,1,0)",
    "B10": "=B11+1",
    "B11": "=B10-1",
    "B12": "=LET(x,B1,x*2)",
    "B13": "=SUM(Table1[Sales])+SUM(Model:Other!A1)",
    "B14": "=B1*B1",
    "B15": "=Missing+1",
    "B16": "=SUM((B1",
}
VALUES = {
    "B5": 37.0, "B6": 60.0, "B7": 210.0, "B8": 14.0, "B9": 20.0, "B10": 1.0, "B11": 0.0, "B12": 0.0,
    "B13": 0.0, "B14": 100.0, "B15": 0.0, "B16": 0.0,
}  # fmt: skip


def workbook(values: Mapping[str, float] = VALUES) -> bytes:
    """Return a workbook of somebody else's, saved by a program that calculated these values."""
    book = openpyxl.Workbook()
    sheet, other = book.worksheets[0], book.create_sheet("Other sheet")
    sheet.title = "Model"
    sheet["A5"] = "Income"
    sheet["B1"], sheet["B2"], sheet["B3"], sheet["C1"] = 10, 20, 30, "text"
    for row in range(1, 21):
        sheet.cell(row, 4, row)
    for cell, formula in FORMULAS.items():
        sheet[cell] = formula
    other["A1"], other["A2"] = 7, True
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="Model!$C$2")
    sheet["C2"] = 1
    link = ExternalLink(externalBook=ExternalBook(id="rId1"))
    link.file_link = Relationship(
        type="externalLinkPath", Target="prices.xlsx", TargetMode="External", Id="rId1"
    )
    vars(book)["_external_links"].append(link)  # openpyxl has no other way
    target = io.BytesIO()
    book.save(target)
    parts = t.parts_of(target.getvalue())

    def saved(found: re.Match[str]) -> str:
        value = values.get(found[2])
        return found[0] if value is None else f"{found[1]}<v>{value}</v>"

    name = "xl/worksheets/sheet1.xml"
    of_cells = r'(<c r="(\w+)"[^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)'
    return t.packed({**parts, name: re.sub(of_cells, saved, parts[name].decode()).encode()})


def traced(cell: str, depth: int | None = None) -> Node:
    return trace(read_book(workbook()), cell, depth)


def names(node: Node) -> list[str]:
    return [part.node.name for part in node.parts]


def test_a_cell_leads_to_what_its_formula_reads_in_its_order() -> None:
    found = traced("Model!B5")
    assert (found.value, found.formula, found.label) == (37.0, "=B3*Rate+'Other sheet'!A1", "Income")
    assert names(found) == ["Model!B3", "Rate", "'Other sheet'!A1"]
    assert [part.node.value for part in found.parts] == [30.0, 1.0, 7.0]
    (rate,) = (part.node for part in found.parts if part.node.name == "Rate")
    assert (rate.formula, names(rate)) == ("=Model!$C$2", ["Model!C2"])


@pytest.mark.parametrize("cell", ["model!$b$5", "'Model'!B5", " Model!b5 "])
def test_a_cell_can_be_written_as_in_a_formula(cell: str) -> None:
    assert traced(cell, 1).name == "Model!B5"


def test_a_name_of_a_cell_can_be_asked_for() -> None:
    found = traced("rate")
    assert (found.value, names(found)) == (1.0, ["Model!C2"])


def test_a_small_range_is_followed_and_a_large_one_summed_up() -> None:
    (small,) = (part.node for part in traced("Model!B6").parts)
    assert (small.name, small.kind, small.text) == ("Model!B1:B3", "range", "60 in all")
    assert names(small) == ["Model!B1", "Model!B2", "Model!B3"]
    (large,) = (part.node for part in traced("Model!B7").parts)
    assert MOST_CELLS < 20
    assert (large.name, large.text, names(large)) == ("Model!D1:D1048576", "210 in all", [])
    assert large.source == "20 filled cells, 20 numbers from 1 to 20"


@pytest.mark.parametrize(
    ("cell", "name", "kind", "source"),
    [
        ("B8", "[1]Prices!$B$4", "linked", "in the file prices.xlsx"),
        ("B15", "Missing", "unread", "the workbook has no such name"),
        ("B13", "Table1[Sales]", "unread", "a column of a table, which is not followed"),
        ("B13", "Model:Other!A1", "unread", "a cell of several sheets, which is not followed"),
    ],
)
def test_what_cannot_be_followed_says_why(cell: str, name: str, kind: str, source: str) -> None:
    (found,) = (part.node for part in traced(f"Model!{cell}").parts if part.node.name == name)
    assert (found.kind, found.source) == (kind, source)


def test_names_that_a_formula_gives_itself_are_no_cells() -> None:
    assert names(traced("Model!B12", 1)) == ["Model!B1"]


def test_a_function_that_reads_other_cells_than_it_names_is_marked() -> None:
    found = traced("Model!B9")
    assert found.kind == "unread"
    assert found.source.startswith("OFFSET reads cells")


def test_a_formula_that_is_none_is_marked() -> None:
    found = traced("Model!B16")
    assert (found.kind, found.parts) == ("unread", ())
    assert found.source.startswith("its formula cannot be taken apart")


def test_a_circle_ends_and_a_cell_read_twice_is_there_once() -> None:
    (second,) = (part.node for part in traced("Model!B10").parts)
    assert second.name == "Model!B11"
    assert [(part.node.name, part.node.elsewhere) for part in second.parts] == [("Model!B10", True)]
    assert names(traced("Model!B14")) == ["Model!B1"]


def test_a_cell_of_ours_leads_to_the_inputs() -> None:
    sheet, cell = place_of("free_cash_flow", 20)
    found = trace(read_book(calculated("base")), f"{sheet}!{cell}", 1)
    sheets = {part.node.name.partition("!")[0] for part in found.parts}
    assert found.kind == "inputs"
    assert len(found.parts) == 2
    assert sheets == {"Cash", "Assets"}
    assert found.value == pytest.approx(found.parts[0].node.value - found.parts[1].node.value, abs=1e-6)


# On the command line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "book.xlsx").write_bytes(workbook())
    return tmp_path


ROWS = (
    '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><f>150*1.1</f><v>165</v></c></row>'
    '<row r="2"><c r="A2"><f>SUM(B2:C2)</f><v>1</v></c><c r="B2"><v>1E308</v></c>'
    '<c r="C2"><v>1E308</v></c></row>'
    '<row r="3"><c r="A3"><f>Local*Percent</f><v>165</v></c></row>'
)
NAMES = (
    '<definedName name="Local" localSheetId="0">Sheet!$B$1</definedName>'
    '<definedName name="Percent">0.1</definedName>'
)


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("B1", ["Sheet!B1 = 165", "     =150*1.1"]),
        ("A3", ["Sheet!A3 = 165", "├─ Local = 165", "└─ Percent", "        =0.1"]),
        ("Sheet!local", ["local = 165", "│    =Sheet!$B$1", "└─ Sheet!B1 = 165"]),
        ("A2", ["└─ Sheet!B2:C2 = inf in all"]),
    ],
)
def test_odd_cells_are_shown(cell: str, lines: list[str], tmp_path: Path) -> None:
    """A formula without inputs, a sheet's own name, an error beside a cell, a sum beyond all numbers."""
    book = t.edited(sheet_of(ROWS), t.BOOK, "</sheets>", f"</sheets><definedNames>{NAMES}</definedNames>")
    (tmp_path / "odd.xlsx").write_bytes(book)
    done = amzn_fcf("explain", "--cell", "odd.xlsx", cell, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(lines) <= set(done.stdout.splitlines())


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_long_chain_is_followed_as_deep_as_is_allowed(form: str, tmp_path: Path) -> None:
    (tmp_path / "chain.xlsx").write_bytes(with_formulas(f"A{row}+1" for row in range(2, 2000)))
    words = ("explain", "--cell", "chain.xlsx", "A1", "--format", form, "--depth")
    done = amzn_fcf(*words, "100", cwd=tmp_path)
    assert "Sheet!A101" in done.stdout
    assert "Sheet!A102" not in done.stdout
    assert "--depth goes down to 100 levels" in refused(*words, "101", cwd=tmp_path)


def test_the_command_prints_the_cells_and_their_values(folder: Path) -> None:
    done = amzn_fcf("explain", "--cell", "book.xlsx", "Model!B5", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "book.xlsx, values as saved", "", "Model!B5 = 37: Income", "│    =B3*Rate+'Other sheet'!A1",
        "│    from:",
        "├─ Model!B3 = 30", "├─ Rate = 1", "│  │    =Model!$C$2", "│  │    from:", "│  └─ Model!C2 = 1",
        "└─ 'Other sheet'!A1 = 7",
    ]  # fmt: skip


def test_json_holds_texts_and_numbers(folder: Path) -> None:
    done = amzn_fcf("explain", "--cell", "book.xlsx", "'Other sheet'!A2", "--format", "json", cwd=folder)
    (record,) = json.loads(done.stdout)
    assert (record["name"], record["value"], record["parts"]) == ("'Other sheet'!A2", "TRUE", [])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("book.xlsx", "Modl!B5"), "book.xlsx: there is no sheet 'Modl'; did you mean Model"),
        (("book.xlsx", "Model!Z99"), "book.xlsx: Model!Z99 is empty"),
        (("book.xlsx", "B5"), "'B5' needs its sheet, such as Model!B5"),
        (("book.xlsx", "Model!B1:B3"), "'Model!B1:B3' is not a cell: write one such as"),
        (("book.xlsx", "Model!income"), "'Model!income' is not a cell"),
        (("none.xlsx", "Model!B5"), "none.xlsx: cannot be read or written"),
        (
            ("never.xlsx", "Model!B5"),
            "its formulas have no values: open it in a spreadsheet program and save it",
        ),
        (("text.xlsx", "Model!B5"), "text.xlsx: not a readable .xlsx workbook"),
        (("mine.toml", "Model!B5"), "mine.toml is a scenario file, not a workbook"),
    ],
)
def test_what_cannot_be_traced_is_one_line(folder: Path, words: tuple[str, str], message: str) -> None:
    (folder / "never.xlsx").write_bytes(workbook({}))
    (folder / "text.xlsx").write_text("no workbook")
    assert message in refused("explain", "--cell", *words, cwd=folder)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("free_cash_flow",), "a line"), (("--scenario", "bull"), "--scenario"),
        (("--from", "2026"), "--from"),
        (("--set", "beta=1"), "--set"), (("--as-of", "2026Q1"), "--as-of"),
    ],
)  # fmt: skip
def test_a_cell_is_no_figure_of_a_scenario(folder: Path, words: tuple[str, ...], option: str) -> None:
    line = refused("explain", *words, "--cell", "book.xlsx", "Model!B5", cwd=folder)
    assert f"leave out {option}" in line
