"""Workbooks open elsewhere as they were written: by schema, in pandas and openpyxl, in LibreOffice."""

from __future__ import annotations

import io
import re
import tomllib
from functools import partial
from typing import TYPE_CHECKING

import excel_for_the_web
import openpyxl
import pandas as pd
import programs
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from shared import calculated, input_cell, recalculated, written

from amzn_fcf.cli import main
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL, as_text
from workbook_templates.a1 import reference
from workbook_templates.engines.engines import ENGINES
from workbook_templates.engines.gnumeric import convert
from workbook_templates.plan.layout import SENSITIVITY
from workbook_templates.plan.sheets.sensitivity import FIRST_FIGURE_ROW
from workbook_templates.read.book import read_book
from workbook_templates.read.values import day_number
from workbook_templates.validation.parity import compare
from workbook_templates.validation.validate import validate, validate_file
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook_templates.read.values import Value

_ORDER_OF_FONTS = {f"Unexpected element '{each}' found" for each in ("b", "i", "color", "sz")}
"""openpyxl writes the elements of a font in an order of its own, as ECMA-376 allows (CT_Font is a choice);
the data of openxml-audit, those of the Open XML SDK, ask for one. Schemas: docs/evidence.md."""


def test_every_part_keeps_to_the_schemas_of_the_open_xml_sdk(tmp_path: Path) -> None:
    from openxml_audit import OpenXmlValidator, ValidationSeverity  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types; loads its data, and only this test needs it

    path = tmp_path / "x.xlsx"
    path.write_bytes(calculated("base"))
    errors = [
        each for each in OpenXmlValidator().validate(path).errors if each.severity is ValidationSeverity.ERROR
    ]
    found = {(each.part_uri, each.description) for each in errors}
    assert found <= {("/xl/styles.xml", text) for text in _ORDER_OF_FONTS}, found
    assert errors, "the order of fonts is no longer an error: take it out of the test"


def test_openpyxl_reads_the_values_of_the_model_and_every_formula() -> None:
    """It is the second reader: ours must see the same cells."""
    plan, results, _ = written("base")
    book = read_book(calculated("base"))
    for values_only, ours in ((True, book.values), (False, book.contents)):
        theirs = openpyxl.load_workbook(io.BytesIO(calculated("base")), data_only=values_only, read_only=True)
        grids = {
            sheet.title: {
                (cell.row, cell.column): _plain(cell.value)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            }
            for sheet in theirs.worksheets
        }
        for name, grid in ours.items():  # an empty text is no value to openpyxl
            grids[name].update({at: "" for at, each in grid.items() if each == ""})
        assert {name: dict(grid) for name, grid in ours.items()} == grids
        if values_only:
            assert not compare(plan, grids, results).differences


def _plain(value: object) -> Value:
    assert not isinstance(value, ArrayFormula)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value if isinstance(value, (str, bool)) else day_number(value)  # type: ignore[arg-type]  # a date
    return float(value)


def test_pandas_reads_the_values_of_the_model() -> None:
    plan, results, _ = written("base")
    frames = pd.read_excel(io.BytesIO(calculated("base")), sheet_name=None, header=None)
    place = plan.layout.places["free_cash_flow"]
    first = plan.layout.first_quarter_column - 1
    row = frames[place.sheet].iloc[place.row - 1, first : first + plan.layout.plan.axis.length]
    assert row.astype(float).to_numpy() == pytest.approx(results.values["free_cash_flow"][:, 0], rel=1e-9)
    assert set(frames) == set(plan.sheets)


@pytest.mark.parametrize("formats", [("xlsx",), ("ods", "xlsx")], ids="-".join)
def test_a_clean_workbook_that_libreoffice_saved_keeps_everything_and_is_clean(
    formats: Sequence[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    programs.needs_engine(request, ENGINES["libreoffice"])
    saved = programs.saved_by_libreoffice(calculated("base"), formats, tmp_path)
    assert validate(saved, "saved").findings == []
    converted = read_book(saved)
    plan, results, _ = written("base")
    assert list(converted.sheets) == list(plan.sheets)
    formulas = {
        name: {place for place, cell in sheet.cells.items() if cell.formula is not None}
        for name, sheet in converted.sheets.items()
    }
    planned = {
        name: {place for place, cell in sheet.cells.items() if cell.twin}
        for name, sheet in plan.sheets.items()
    }
    assert formulas == planned
    assert not compare(plan, converted.values, results).differences


def test_a_clean_workbook_that_openpyxl_saved_lacks_its_values_and_nothing_else() -> None:
    target = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(calculated("base"))).save(target)
    assert [each.rule for each in validate(target.getvalue(), "saved").findings] == ["no-values"]
    assert validate(recalculated(target.getvalue()), "calculated").findings == []


def saved_by_gnumeric(data: bytes, folder: Path) -> bytes:
    """Return a workbook that Gnumeric saved."""
    source, target = folder / "source.xlsx", folder / "saved.xlsx"
    source.write_bytes(data)
    convert(source, target)
    return target.read_bytes()


@pytest.mark.libreoffice
def test_a_clean_workbook_that_gnumeric_saved_is_clean(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """It keeps one alone of several conditional formats of a cell, which is no fault of the workbook."""
    programs.needs_engine(request, ENGINES["gnumeric"])
    report = validate(saved_by_gnumeric(calculated("base"), tmp_path), "saved")
    assert report.findings == []
    assert report.compared["cached"].cells > 20_000


def test_a_clean_workbook_as_excel_writes_it_again_is_clean() -> None:
    saved = excel_for_the_web.saved(calculated("base"))
    assert saved.count(b'<f t="shared" si=') > 10_000
    assert validate(saved, "saved").findings == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("program", ["libreoffice", "gnumeric"])
def test_an_edited_workbook_that_another_program_saved_has_its_inputs_listed_and_read(
    program: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two inputs and one formula were changed: one finding, with what follows from it; read names it."""
    programs.needs_engine(request, ENGINES[program])
    plan, _, data = written("base")
    home, column = plan.layout.places["operating_cash_flow"], plan.layout.quarter_column(23)
    changes = {input_cell(plan, "aws_growth", "2028"): 0.3, input_cell(plan, "wacc", ALL): 0.09}
    edited = with_changes(data, {**changes, (home.sheet, home.row, column): 50_000.0})
    save = (
        saved_by_gnumeric
        if program == "gnumeric"
        else partial(programs.saved_by_libreoffice, formats=("xlsx",))
    )
    path = tmp_path / "edited.xlsx"
    path.write_bytes(save(edited, folder=tmp_path))
    report = validate_file(path)
    (finding,) = report.findings
    cell = f"{home.sheet}!{reference(home.row, column)}"
    assert (finding.rule, finding.place) == ("constant-over-formula", cell)
    says = r"; and [0-9,]+ cells follow from it; value per share unchanged, ttm_\w+ 2027Q4 [+-][0-9,]+ USD m"
    assert re.search(says, finding.found)
    assert {(each.key, *each.values[0][1:]) for each in report.changed} == {
        ("aws_growth", as_text(load_scenario("base").table["aws_growth"]["2028"], "ratio"), "0.3"),
        ("wacc", as_text(load_scenario("base").table["wacc"][ALL], "rate"), "0.09"),
    }  # fmt: skip
    assert main(["read", str(path), "--out", str(tmp_path / "mine.toml")]) == 0
    captured = capsys.readouterr()
    assert f"{path}: {cell}: constant-over-formula, which a scenario file cannot hold" in captured.err
    assert set(tomllib.loads((tmp_path / "mine.toml").read_text())["drivers"]) == {"aws_growth", "wacc"}


@pytest.mark.parametrize(("difference", "rules"), [(3e-14, []), (1e-9, ["stamped-value"])])
def test_a_stamped_value_may_lack_the_digits_that_programs_do_not_save(
    difference: float, rules: list[str]
) -> None:
    plan = written("base")[0]
    place, stamped = next(
        (place, cell.content)
        for place, cell in plan.sheets[SENSITIVITY].cells.items()
        if place[0] >= FIRST_FIGURE_ROW and isinstance(cell.content, float) and cell.twin is None
    )
    changed = with_changes(calculated("base"), {(SENSITIVITY, *place): stamped * (1 + difference)})
    assert [each.rule for each in validate(changed, "changed", engines=()).findings] == rules
