"""Excel on Windows: the macro workbook, its settings, argument help and instructions."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from programs import needs_engine
from shared import family

from model.errors import WorkbookError
from workbook_templates.engines.engines import ENGINES
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.engines.libreoffice import office_program
from workbook_templates.write.xlsx import write_workbook
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.template import HOW_TO, INTELLISENSE, UDF_MODULE, write_template
from xlwings_udfs.hosts.desktop.vba_module import SETTINGS, modules, project
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from pathlib import Path


class Template(NamedTuple):
    """A macro workbook that was written, as a package and as openpyxl reads it."""

    path: Path
    package: zipfile.ZipFile
    book: Workbook


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("desktop")
    plan, _ = family("2026Q2")
    values = Formualizer().values_of(plan, lambda: write_workbook(plan))
    path = write_template(folder / "amzn-fcf_base.xlsm", lambda base: write_workbook(plan, base, values))
    assert [each.name for each in folder.iterdir()] == ["amzn-fcf_base.xlsm"]
    return Template(path, zipfile.ZipFile(path), openpyxl.load_workbook(path, keep_vba=True))


def test_it_carries_the_vba_project_of_the_add_in(template: Template) -> None:
    assert template.package.read("xl/vbaProject.bin") == project(["Sheet1", "Sheet2"])
    assert [name for name in template.package.namelist() if name.endswith(".bin")] == ["xl/vbaProject.bin"]


def test_content_types_and_relations_are_those_of_a_macro_workbook(template: Template) -> None:
    types = template.package.read("[Content_Types].xml").decode()
    assert '"/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"' in types
    assert 'ContentType="application/vnd.ms-office.vbaProject"' in types
    assert "spreadsheetml.sheet.main+xml" not in types
    relations = template.package.read("xl/_rels/workbook.xml.rels").decode()
    assert 'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"' in relations


def test_no_sheet_is_lost_and_the_vba_project_finds_its_own(template: Template) -> None:
    plan, _ = family("2026Q2")
    assert template.book.sheetnames == [*plan.sheets, HOW_TO, SETTINGS, INTELLISENSE]
    assert template.book.code_name == "ThisWorkbook"
    code_names = {
        sheet.title: sheet.sheet_properties.codeName
        for sheet in template.book.worksheets
        if sheet.sheet_properties.codeName
    }
    assert code_names == {HOW_TO: "Sheet1", SETTINGS: "Sheet2"}
    assert template.book.active is template.book.worksheets[0]
    assert not any(sheet.sheet_view.tabSelected for sheet in template.book.worksheets[1:])


def test_the_sheets_of_the_scenario_workbook_are_in_it_with_formulas_and_their_values(
    template: Template,
) -> None:
    plan, _ = family("2026Q2")
    values = openpyxl.load_workbook(template.path, data_only=True)
    formulas = 0
    for name, sheet in plan.sheets.items():
        for (row, column), cell in sheet.cells.items():
            if isinstance(cell.content, str) and cell.content.startswith("="):
                formulas += 1
                found = template.book[name].cell(row, column).value
                found = found.text if isinstance(found, ArrayFormula) else found
                assert found == cell.content, f"{name} {row} {column}"
                known = values[name].cell(row, column).value is not None
                assert known or '""' in cell.content, (
                    f"{name} {row} {column}"
                )  # an empty text is read as None
    assert formulas > 20_000


def settings_of(book: Workbook) -> dict[str, object]:
    """Read the settings as xlwings' VBA does: down from A1 to the first blank, no name twice."""
    found: dict[str, object] = {}
    for name, value, *_ in book[SETTINGS].iter_rows(values_only=True):
        if name is None:
            break
        assert str(name).upper() not in map(str.upper, found)
        found[str(name)] = value
    return found


def test_the_settings_name_the_module_and_an_interpreter_only_where_it_is_one_of_windows(
    template: Template,
) -> None:
    settings = settings_of(template.book)
    assert settings["UDF Modules"] == UDF_MODULE
    assert settings["Interpreter_Win"] == (sys.executable if sys.platform == "win32" else "python")
    assert settings["ADD_WORKBOOK_TO_PYTHONPATH"] is False
    (source,) = (each.source for each in modules([]) if each.name == "AmznPython")
    assert set(re.findall(r'Setting\("(.*?)"\)', source)) <= set(settings)


def test_formulas_that_call_functions_are_marked_as_dynamic_for_excel_365(
    template: Template, tmp_path: Path
) -> None:
    """Without the mark Excel shows ``=@AMZN_FCF(...)`` and a block does not spill."""

    def with_formulas(base: bytes) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(base), keep_vba=True)
        sheet = book.create_sheet("Calls", 0)
        sheet["A1"], sheet["B2"], sheet["C3"] = '=AMZN_FCF(2026,"bull")', "=1+1", "=SUM(AMZN_FCF(A1:A3),1)"
        data = io.BytesIO()
        book.save(data)
        if book.vba_archive:
            book.vba_archive.close()
        return data.getvalue()

    package = zipfile.ZipFile(write_template(tmp_path / "book.xlsm", with_formulas))
    cells = re.findall(r"<c [^>]*><f[^>]*>[^<]*</f>", package.read("xl/worksheets/sheet1.xml").decode())
    assert cells == [
        '<c r="A1" cm="1"><f t="array" ref="A1">AMZN_FCF(2026,"bull")</f>',
        '<c r="B2"><f>1+1</f>',
        '<c r="C3" cm="1"><f t="array" ref="C3">SUM(AMZN_FCF(A1:A3),1)</f>',
    ]
    metadata = package.read("xl/metadata.xml").decode()
    assert 'fDynamic="1"' in metadata
    assert '<rc t="1" v="0"/>' in metadata
    assert "/xl/metadata.xml" in package.read("[Content_Types].xml").decode()
    assert 'Target="metadata.xml"' in package.read("xl/_rels/workbook.xml.rels").decode()
    assert "xl/metadata.xml" not in template.package.namelist()  # no call, no mark


def test_the_interpreter_can_be_named(tmp_path: Path) -> None:
    path = write_template(tmp_path / "book.xlsm", interpreter=r"C:\Python312\python.exe")
    assert settings_of(openpyxl.load_workbook(path))["Interpreter_Win"] == r"C:\Python312\python.exe"
    assert openpyxl.load_workbook(path).sheetnames == [HOW_TO, SETTINGS, INTELLISENSE]


def test_argument_help_is_laid_out_as_excel_dna_reads_it(template: Template) -> None:
    """Name, description, help topic, then from the fourth column on arguments and texts in turn."""
    sheet = template.book[INTELLISENSE]
    assert template.book.sheetnames[-1] == INTELLISENSE
    assert sheet.sheet_state == "hidden"
    head, *rows = sheet.iter_rows(values_only=True)
    assert head[0] == "FunctionInfo"
    found: dict[object, Any] = {row[0]: row[1:] for row in rows}
    assert set(found) == set(FUNCTIONS)
    for name, (text, topic, *pairs) in found.items():
        expected = descriptions()[str(name)]
        assert (text, topic) == (expected.text, None)
        shown = [
            (argument, about) for argument, about in zip(pairs[::2], pairs[1::2], strict=False) if argument
        ]
        assert shown == [
            (f"[{each.name}]" if each.optional else each.name, each.text) for each in expected.arguments
        ]


def test_the_how_to_names_what_is_in_the_files(template: Template) -> None:
    cells = [cell for row in template.book[HOW_TO].iter_rows() for cell in row if cell.value is not None]
    text = "\n".join(str(cell.value) for cell in cells)
    assert all(cell.data_type == "s" for cell in cells)  # examples of formulas are texts
    macro = re.search(r"choose (\w+), Run", text)
    assert macro is not None
    assert any(f"Public Sub {macro[1]}()" in each.source for each in modules([]))
    assert "PATH" not in text
    assert "Import" not in text
    for name in re.findall(r"=(AMZN_\w+)\(", text.replace("AMZN_...", "")):
        assert name in FUNCTIONS
    assert len(text.splitlines()) < 45


def test_a_file_that_cannot_be_written_leaves_the_earlier_ones(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    write_template(path)
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    def fails(_: bytes) -> bytes:
        raise ValueError("no workbook")

    with pytest.raises(ValueError, match="no workbook"):
        write_template(path, fails)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
    with pytest.raises(WorkbookError, match="cannot be written"):
        write_template(path / "book.xlsm")


@pytest.mark.libreoffice
def test_libreoffice_opens_and_converts_it(
    template: Template, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    needs_engine(request, ENGINES["libreoffice"])
    command = [
        str(office_program()), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
        "--convert-to", "xlsx", "--outdir", str(tmp_path), str(template.path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    converted = openpyxl.load_workbook(tmp_path / "amzn-fcf_base.xlsx", data_only=True)
    assert converted.sheetnames == template.book.sheetnames
    values = openpyxl.load_workbook(template.path, data_only=True)
    for row in values["Statements"].iter_rows():
        for cell in row:
            if isinstance(cell.value, float):
                assert converted["Statements"][cell.coordinate].value == pytest.approx(
                    cell.value, rel=1e-9, abs=1e-9
                )
