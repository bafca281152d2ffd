' The functions of amzn-fcf for cells. Generated: changes are lost when it is generated again.
' Python passes an error as a marked text; here it becomes an error value, which SUM does not ignore.
Option Explicit

Private Function FromPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    On Error GoTo failed
    If WizardIsOpen(functionName) Then
        FromPython = CVErr({unknown})
        Exit Function
    End If
    FromPython = WithErrorValues(CallPython(functionName, arguments))
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

{functions}
