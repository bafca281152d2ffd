"""The VBA module that is imported by hand (File, Import File in the VBA editor)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.cells.error_values import BAD_VALUE, MARK, VBA_NAMES
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from xlwings_udfs.cells.descriptions import Description

PYTHON_MODULE: Final = "xlwings_udfs.hosts.desktop.udfs_marked"
CHECK_MACRO: Final = "CheckAmznFunctions"

_HEAD: Final = """\
Attribute VB_Name = "xlwings_udfs"
' The functions of amzn-fcf for cells. Generated: changes are lost when it is generated again.
' It has the name of the module that ImportPythonUDFs makes, so that one replaces the other.
' Python passes an error as a marked text; here it becomes an error value, which SUM does not ignore.
Option Explicit

Private Const PYTHON_MODULE As String = "{module}"

' Tells whether Python answers, or what is wrong, and gives the function wizard its descriptions.
Public Sub {check}()
    Dim answer As Variant
    On Error GoTo failed
    answer = XLPy.CallUDF(PYTHON_MODULE, "AMZN_VERSION", Array())
    DescribeFunctions
    Application.CalculateFull
    MsgBox CStr(answer), vbInformation, "{category}"
    Exit Sub
failed:
    MsgBox "Python does not answer: " & Err.Description, vbExclamation, "{category}"
End Sub

Private Function FromPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    On Error GoTo failed
    FromPython = WithErrorValues( _
        XLPy.CallUDF(PYTHON_MODULE, functionName, arguments, ThisWorkbook, Application.Caller))
    Exit Function
failed:
    FromPython = CVErr({otherwise})
End Function

Private Function WithErrorValues(ByVal answer As Variant) As Variant
    Dim i As Long, j As Long, lastColumn As Long
    If Not IsArray(answer) Then
        WithErrorValues = CellValue(answer)
        Exit Function
    End If
    lastColumn = -1
    On Error Resume Next  ' a single row comes with one dimension
    lastColumn = UBound(answer, 2)
    On Error GoTo 0
    For i = LBound(answer, 1) To UBound(answer, 1)
        If lastColumn < 0 Then
            answer(i) = CellValue(answer(i))
        Else
            For j = LBound(answer, 2) To lastColumn
                answer(i, j) = CellValue(answer(i, j))
            Next j
        End If
    Next i
    WithErrorValues = answer
End Function

Private Function CellValue(ByVal value As Variant) As Variant
    CellValue = value
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 1) <> ChrW$({mark}) Then Exit Function
    Select Case Mid$(value, 2)
{cases}
        Case Else: CellValue = CVErr({otherwise})
    End Select
End Function
"""


def vba_module() -> bytes:
    """Return the module as a ``.bas`` file; the VBA editor needs ASCII and Windows line ends."""
    cases = [f'        Case "{error}": CellValue = CVErr({name})' for error, name in VBA_NAMES.items()]
    head = _HEAD.format(
        module=PYTHON_MODULE, check=CHECK_MACRO, category=CATEGORY, mark=ord(MARK), cases="\n".join(cases),
        otherwise=VBA_NAMES[BAD_VALUE],
    )  # fmt: skip
    functions = descriptions().values()
    calls = "\n".join(map(_described, functions))
    parts = [head, *map(_function, functions), f"Private Sub DescribeFunctions()\n{calls}\nEnd Sub\n"]
    return "\n".join(parts).replace("\n", "\r\n").encode("ascii")


def _function(function: Description) -> str:
    names = [each.name for each in function.arguments]
    kinds = ["Optional ByVal" if each.optional else "ByVal" for each in function.arguments]
    declared = ", ".join(f"{kind} {name} As Variant" for kind, name in zip(kinds, names, strict=True))
    name, call = function.name, f'FromPython("{function.name}", Array({", ".join(names)}))'
    return f"Public Function {name}({declared}) As Variant\n    {name} = {call}\nEnd Function\n"


def _described(function: Description) -> str:
    call = (
        f'    Application.MacroOptions Macro:="{function.name}", Category:="{CATEGORY}", _\n'
        f"        Description:={_text(function.text)}"
    )
    if not function.arguments:
        return call
    texts = ", _\n            ".join(_text(each.text) for each in function.arguments)
    return f"{call}, _\n        ArgumentDescriptions:=Array( _\n            {texts})"


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
