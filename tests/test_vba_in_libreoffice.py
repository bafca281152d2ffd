"""The generated VBA runs: LibreOffice loads the project and calls the functions from cells.

Only what Windows brings is stood in for: the functions of libraries, and the object by which xlwings'
library calls Python; it looks the answer of Python up on a sheet. So the declarations, the missing arguments,
the error values, the shapes of blocks, the start and the restart are the ones that Excel runs. LibreOffice
shows an error value that Basic made as the text ``Error 2042``.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from calls import CALLS, Call
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from programs import absent

from workbook_templates.engines.libreoffice import office_environment
from xlwings_udfs.cells.error_values import ErrorValue, marked
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop import package
from xlwings_udfs.hosts.desktop.exchange import udf
from xlwings_udfs.hosts.desktop.vba_module import PROJECT, SERVER, SETTINGS, TO_PYTHON, modules
from xlwings_udfs.hosts.desktop.vba_project import class_module, procedures, vba_project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from xlwings_udfs.hosts.desktop.vba_project import VbaModule

LIBRARY_SIDE = """
Option Explicit
Option Private Module

Public starts As Long
Public ends As Long
Public loaded As String
Public started As String

Public Function LoadLibraryW(ByVal path As Variant) As Variant
    loaded = CStr(path)
    LoadLibraryW = IIf(InStr(loaded, "amzn-fcf") > 0, 1, 0)
End Function

Public Function GetShortPathNameW(ByVal path As Variant, ByVal other As Variant, ByVal size As Long) As Long
End Function

Public Function GetFileAttributesW(ByVal path As Variant) As Long
    GetFileAttributesW = IIf(InStr(path, "Gone") > 0, -1, 32)
End Function

Public Function GetEnvironmentVariableW( _
    ByVal variableName As Variant, ByVal content As Variant, ByVal size As Long) As Long
End Function

Public Function StrPtr(ByVal text As String) As String
    StrPtr = text
End Function

Public Function XLPyDLLActivateAuto(answer As Variant, ByVal command As String, ByVal mode As Long) As Long
    If mode = -1 Then
        ends = ends + 1
    Else
        starts = starts + 1
        started = command
        Set answer = New PythonObject
    End If
End Function

Public Function PROBE_LIBRARY() As Variant
    PROBE_LIBRARY = loaded
End Function

Public Function PROBE_COMMAND() As Variant
    PROBE_COMMAND = started
End Function

Public Function PROBE_STARTS() As Variant
    PROBE_STARTS = starts
End Function

Public Function PROBE_RESTART() As Variant
    EndPython
    PROBE_RESTART = CallPython("AMZN_VERSION", Array()) & " after " & ends & " end"
End Function

Public Function PROBE_OPENED() As Variant
    AmznOpened
    AmznRepairLinks ThisWorkbook
    PROBE_OPENED = Setting("UDF Modules") & LogFile
End Function
"""
PYTHON_OBJECT = """
Option Explicit

Public Function CallUDF( _
    ByVal moduleName As String, ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim asked As String, place As Long, rows As Long, columns As Long, i As Long, j As Long
    Dim one() As Variant, two() As Variant
    If starts = 1 Then Err.Raise 462, "the first Python", "is gone"
    asked = functionName
    For place = LBound(arguments) To UBound(arguments)
        asked = asked & "|"
        If Not IsMissing(arguments(place)) Then
            Select Case TypeName(arguments(place))
                Case "Range": asked = asked & arguments(place).Address(False, False)
                Case "Double": If arguments(place) <> 0 Then asked = asked & CStr(arguments(place))
                Case Else: asked = asked & CStr(arguments(place))
            End Select
        End If
    Next place
    With ThisWorkbook.Worksheets("Answers")
        For place = 1 To 2000
            If .Cells(place, 1).Value = asked Then Exit For
        Next place
        If place > 2000 Then Err.Raise 1000, "stand-in", "no answer to " & asked
        rows = .Cells(place, 2).Value
        columns = .Cells(place, 3).Value
        If rows = 1 And columns = 1 Then
            CallUDF = .Cells(place, 4).Value
        ElseIf rows = 1 Then
            ReDim one(0 To columns - 1)
            For j = 0 To columns - 1
                one(j) = .Cells(place, 4 + j).Value
            Next j
            CallUDF = one
        Else
            ReDim two(0 To rows - 1, 0 To columns - 1)
            For i = 0 To rows - 1
                For j = 0 To columns - 1
                    two(i, j) = .Cells(place + i, 4 + j).Value
                Next j
            Next i
            CallUDF = two
        End If
    End With
End Function
"""
IN_EXCEL = {
    'Not Application.CommandBars("Standard").Controls(1).Enabled':
        'ThisWorkbook.Worksheets("Inputs").Range("A1").Value = "wizard"',
    "Application.Caller.Cells(1, 1).Formula": 'ThisWorkbook.Worksheets("Inputs").Range("A2").Value',
}  # fmt: skip
"""How the VBA asks Excel for its state and for the formula of the calling cell; here cells say so."""
PROBES = ("PROBE_RESTART", "PROBE_LIBRARY", "PROBE_COMMAND", "PROBE_STARTS", "PROBE_OPENED")
READ_CELLS = """
import json, os, sys, time, uno
from com.sun.star.beans import PropertyValue

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(150):
    try:
        office = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.2)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
always = PropertyValue("MacroExecutionMode", 0, 4, 0)
book = desktop.loadComponentFromURL(sys.argv[2], "_blank", 0, (PropertyValue("Hidden", 0, True, 0), always))
book.calculateAll()
library = book.BasicLibraries.getByName(sys.argv[3])
found = {"modules": {name: library.getByName(name) for name in library.ElementNames}, "cells": {}}
for sheet in book.Sheets:
    if sheet.Name.startswith("Call"):
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        area = sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
        found["cells"][sheet.Name] = [list(row) for row in area.DataArray]
book.Sheets.getByName("Inputs").getCellByPosition(0, 0).String = "wizard"
book.calculateAll()
found["in the wizard"] = book.Sheets.getByName("Call0").getCellByPosition(0, 0).String
book.Sheets.getByName("Inputs").getCellByPosition(0, 1).String = "=1+amzn_fcf()"
book.calculateAll()
found["in Goal Seek"] = book.Sheets.getByName("Call0").getCellByPosition(0, 0).Value
print(json.dumps(found))
book.close(True)
desktop.terminate()
sys.stdout.flush()
os._exit(0)  # the office's Python can crash when it tears itself down
"""
NUMBERS = {"#N/A": 2042, "#NUM!": 2036, "#VALUE!": 2015, "#REF!": 2023, "#DIV/0!": 2007}
"""What CVErr is given in VBA."""


def has_flag(call: Call) -> bool:
    """Whether a truth value is an argument: LibreOffice hands it over as a number."""
    return any(isinstance(each, bool) for each in call.arguments)


ASKED = [call for call in CALLS if not has_flag(call)]


def without_windows(module: VbaModule) -> VbaModule:
    """Leave out what declares the functions of Windows' libraries, and how Excel's wizard is noticed."""
    source = re.sub(r"#If Win64 Then\n(Private Const .*\n)(?:.*\n)*?#End If\n", r"\1", module.source)
    source = re.sub(r"#If Mac Then\n.*\n#End If\n", "", source)
    source = re.sub(r"Private Declare (?:.* _\n)*.*\n", "", source)
    for asked, answered in IN_EXCEL.items():
        assert asked in source
        source = source.replace(asked, answered)
    return dataclasses.replace(module, source=source)


class Book:
    """A workbook with the project, a sheet for each call, and the answers of Python."""

    def __init__(self) -> None:
        ours = modules(["Sheet1", "Sheet2"])
        project = [
            *(without_windows(each) if each.name == TO_PYTHON else each for each in ours),
            procedures("Library", LIBRARY_SIDE),
            class_module("PythonObject", PYTHON_OBJECT),
        ]
        settings = [["Interpreter_Win", "python"], ["UDF Modules", "of the settings"]]
        base = package.MacroBook({"Inputs": [[" "]], SETTINGS: settings}).as_bytes()
        data = package.with_parts(
            base, lambda name, part: vba_project(PROJECT, project) if name == package.VBA_PART else part
        )
        self.sources = {each.name: each.source for each in project}
        self._book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=True)
        self._inputs, self._answers = self._book["Inputs"], self._book.create_sheet("Answers")
        self._next_answer, self._next_input = 1, 3
        for number, call in enumerate(ASKED):
            self._put(f"Call{number}", call)
        sheet = self._book.create_sheet("CallUnknown")
        sheet["A1"] = '=AMZN_LINE("the stand-in knows no answer to this")'
        for name in PROBES:
            self._book.create_sheet(f"Call{name}")["A1"] = f"={name}()"

    def _put(self, name: str, call: Call) -> None:
        arguments = [self._written(each) for each in call.arguments]
        content = f"={call.name}({','.join(shown for shown, _ in arguments)})"
        answer = as_rows(udf(call.name, marked)(*call.arguments))
        keys = [key for _, key in arguments]
        places = FUNCTIONS[call.name].__wrapped__.__code__.co_argcount  # type: ignore[attr-defined]  # of the function itself
        asked = "|".join([call.name, *keys, *[""] * (places - len(keys))])
        row = self._next_answer
        put(self._answers, row, 1, [[asked, len(answer), len(answer[0]), *answer[0]]])
        put(self._answers, row + 1, 4, answer[1:])
        self._next_answer += len(answer)
        area = f"A1:{get_column_letter(len(answer[0]))}{len(answer)}"
        sheet = self._book.create_sheet(name)
        sheet["A1"] = content if area == "A1:A1" else ArrayFormula(area, content)

    def _written(self, argument: Any) -> tuple[str, str]:  # noqa: ANN401  # a value or a range
        """Return an argument as a formula holds it, and as the stand-in names it."""
        if isinstance(argument, list):
            left = self._next_input
            put(self._inputs, 1, left, argument)
            self._next_input += len(argument[0]) + 1
            first, last = get_column_letter(left), get_column_letter(left + len(argument[0]) - 1)
            one = len(argument) == 1 and first == last
            area = f"{first}1" if one else f"{first}1:{last}{len(argument)}"
            return f"Inputs!{area}", area
        if isinstance(argument, str):
            return f'"{argument}"', argument
        return ("", "") if argument is None else (repr(argument), f"{argument:.15g}" if argument else "")

    def save(self, path: Path) -> None:
        self._book.save(path)
        if self._book.vba_archive:
            self._book.vba_archive.close()


def as_rows(answer: Any) -> list[list[Any]]:  # noqa: ANN401  # a value or a block
    return answer if isinstance(answer, list) else [[answer]]


def put(sheet: Worksheet, top: int, left: int, rows: Sequence[Sequence[Any]]) -> None:
    for row, values in enumerate(rows, start=top):
        for column, value in enumerate(values, start=left):
            if value is not None:
                sheet.cell(row, column).value = value
                if isinstance(value, str):
                    sheet.cell(row, column).data_type = "s"


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what LibreOffice holds: calculated cells by sheet, and the modules as it read them."""
    program = shutil.which("soffice")
    python = next((path for path in ("/usr/bin/python3",) if Path(path).exists()), None)
    if program is None or python is None:
        absent(request, "LibreOffice is missing (Debian: apt-get install libreoffice-calc python3-uno)")
    folder = tmp_path_factory.mktemp("vba")
    path = folder / "calls.xlsm"
    book = Book()
    book.save(path)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    name = f"amzn{os.getpid()}"
    accept = f"--accept=pipe,name={name};urp;StarOffice.ComponentContext"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [program, profile, "--headless", "--norestore", accept],
        env=office_environment(),
        stdout=pipe,
        stderr=pipe,
    ) as office:
        try:
            command = [python, "-c", READ_CELLS, name, path.as_uri(), PROJECT]
            done = subprocess.run(
                command, env=office_environment(), capture_output=True, text=True, timeout=300, check=False
            )
            office.wait(60 if done.returncode == 0 else 0.1)
        finally:
            office.kill()
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "sources": book.sources}


def in_libreoffice(value: object) -> object:
    """Return what LibreOffice shows of a value or an error value that VBA returned."""
    if isinstance(value, ErrorValue):
        return f"Error {NUMBERS[value]}"
    if value is None:
        return ""
    return float(value) if isinstance(value, (int, float)) else value


@pytest.mark.libreoffice
def test_libreoffice_reads_the_sources_that_were_written(found: dict[str, Any]) -> None:
    assert set(found["modules"]) == set(found["sources"])
    for name, source in found["sources"].items():
        ours = [line for line in source.splitlines() if not line.startswith("Attribute ")]
        theirs = found["modules"][name].splitlines()
        assert [line for line in theirs if not line.startswith(("Rem Attribute", "Option VBASupport"))][
            : len(ours)
        ] == ours or set(ours) <= {line.removeprefix("Rem ") for line in theirs}, name


@pytest.mark.libreoffice
def test_a_table_of_calls(found: dict[str, Any]) -> None:
    """Print every call with its value, its error code, or the size of its block."""
    for number, call in enumerate(ASKED):
        rows = found["cells"][f"Call{number}"]
        one = len(rows) == 1 and len(rows[0]) == 1
        print(f"{call!s:72}{rows[0][0] if one else f'{len(rows)} x {len(rows[0])}: {rows[0][0]}'}")
    assert len(ASKED) >= len(CALLS) - 2


@pytest.mark.libreoffice
@pytest.mark.parametrize("number", range(len(ASKED)), ids=lambda number: str(ASKED[number]))
def test_a_cell_shows_by_vba_what_python_gives(found: dict[str, Any], number: int) -> None:
    expected = as_rows(ASKED[number].in_python())
    rows = found["cells"][f"Call{number}"]
    assert len(rows) == len(expected)
    for shown, wanted in zip(rows, expected, strict=True):
        for each, value in zip(shown, map(in_libreoffice, wanted), strict=True):
            assert each == (pytest.approx(value, rel=1e-12) if isinstance(value, float) else value)


@pytest.mark.libreoffice
def test_python_that_fails_is_value_and_the_wizard_gets_not_available(found: dict[str, Any]) -> None:
    assert found["cells"]["CallUnknown"] == [["Error 2015"]]
    assert found["in the wizard"] == "Error 2042"


@pytest.mark.libreoffice
def test_a_cell_that_holds_the_function_is_computed_while_a_dialog_is_open(found: dict[str, Any]) -> None:
    """Goal Seek and other dialogs look to VBA like the wizard: cells must not fill with #N/A."""
    assert ASKED[0].name == "AMZN_FCF"
    assert found["in Goal Seek"] == pytest.approx(ASKED[0].in_python(), rel=1e-12)


@pytest.mark.libreoffice
def test_one_command_starts_python_once_and_again_after_it_has_died(found: dict[str, Any]) -> None:
    cells = found["cells"]
    assert cells["CallPROBE_COMMAND"] == [[f'"python" -E -P -B -m {SERVER} $(CLSID)']]
    # the first died at its first call, and one follows; a restart by hand may come before or after this cell
    assert cells["CallPROBE_STARTS"][0][0] in {2.0, 3.0}
    assert cells["CallPROBE_RESTART"][0][0].startswith("amzn-fcf ")
    assert cells["CallPROBE_RESTART"][0][0].endswith(" end")
    assert "amzn-fcf" in cells["CallPROBE_LIBRARY"][0][0]  # the copy beside the workbook comes first
    assert cells["CallPROBE_LIBRARY"][0][0].endswith(f"xlwings64-{version('xlwings')}.dll")


@pytest.mark.libreoffice
def test_what_runs_when_a_workbook_is_opened_runs_and_reads_settings(found: dict[str, Any]) -> None:
    assert found["cells"]["CallPROBE_OPENED"] == [[r"of the settings\amzn-fcf\excel.log"]]
