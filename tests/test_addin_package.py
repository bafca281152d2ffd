"""The package of the add-in for Excel, and its page of help."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
from readers_of_vba import VBA_Parser

from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.addin import addin, help_page
from xlwings_udfs.hosts.desktop.package import ADD_IN_TYPE, MACRO_TYPE, with_parts
from xlwings_udfs.hosts.desktop.vba_module import modules

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = r"C:\Users\Jürgen Ω\Python 3.12\python.exe"


def package_of(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_package_is_that_of_an_add_in() -> None:
    package = package_of(addin(PYTHON))
    types = package.read("[Content_Types].xml").decode()
    assert (
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>' in types
    )
    assert '"/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert package.testzip() is None
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(package.read(name))  # noqa: S314  # ours
    relations = package.read("_rels/.rels").decode()
    assert "relationships/ui/extensibility" in relations
    assert not [name for name in package.namelist() if "signature" in name.lower()]


def test_every_relation_leads_to_a_part_and_every_part_has_a_type() -> None:
    package = package_of(addin(PYTHON))
    types = package.read("[Content_Types].xml").decode()
    for name in package.namelist():
        assert f'PartName="/{name}"' in types or name.endswith((".rels", ".xml")), name
    for relations in (each for each in package.namelist() if each.endswith(".rels")):
        folder = relations.replace("_rels/", "").rpartition("/")[0]
        for target in re.findall(r'Target="(.*?)"', package.read(relations).decode()):
            assert f"{folder}/{target}".lstrip("/") in package.namelist(), target


def test_an_auditor_of_office_files_finds_no_fault(tmp_path: Path) -> None:
    """As a workbook, since the auditor does not know add-ins; it asks for a theme, which Excel does not."""
    from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types; loads its data

    path = tmp_path / "addin.xlsm"
    path.write_bytes(as_workbook(addin(PYTHON)))
    result = OpenXmlValidator().validate(str(path))
    assert [str(each) for each in result.errors if "relationships/theme" not in str(each)] == []


def as_workbook(data: bytes) -> bytes:
    """Return an add-in as a workbook with macros, for readers that do not know add-ins."""
    return with_parts(data, lambda _, part: part.replace(ADD_IN_TYPE.encode(), MACRO_TYPE.encode()))


def test_openpyxl_and_olevba_read_it() -> None:
    data = addin(PYTHON)
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(data)), keep_vba=True)
    (sheet,) = book.worksheets
    assert book.code_name == "ThisWorkbook"
    assert sheet.sheet_properties.codeName == "Sheet1"
    assert [sheet["A1"].value, sheet["B1"].value] == ["Interpreter_Win", PYTHON]
    if book.vba_archive:
        book.vba_archive.close()
    parser = VBA_Parser("vbaProject.bin", data=package_of(data).read("xl/vbaProject.bin"))
    names = [name.rpartition(".")[0] for _, _, name, _ in parser.extract_macros()]
    assert names == [each.name for each in modules(["Sheet1"])]


def test_the_ribbon_has_five_buttons_under_one_tab() -> None:
    ribbon = ET.fromstring(package_of(addin(PYTHON)).read("customUI/customUI14.xml"))  # noqa: S314  # ours
    space = "{http://schemas.microsoft.com/office/2009/07/customui}"
    assert [each.get("label") for each in ribbon.iter(f"{space}tab")] == ["Amazon FCF"]
    assert [each.get("label") for each in ribbon.iter(f"{space}button")] == [
        "Insert function", "Help", "Restart Python", "Version", "Log",
    ]  # fmt: skip


def test_the_same_path_gives_the_same_bytes_and_the_macros_do_not_hold_it() -> None:
    assert addin(PYTHON) == addin(PYTHON)
    one, other = (package_of(addin(path)).read("xl/vbaProject.bin") for path in (PYTHON, "/usr/bin/python"))
    assert one == other


def test_the_help_names_every_function() -> None:
    page = help_page()
    for name in FUNCTIONS:
        assert f'<h2 id="{name}">{name}(' in page
    assert "&lt;script" not in page
    assert page.isascii()
