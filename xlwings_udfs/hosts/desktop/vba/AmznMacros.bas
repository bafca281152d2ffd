' What the buttons of the ribbon do, and the macros of a workbook without a ribbon of its own.
Option Explicit

' Tells whether Python answers, or what is wrong.
Public Sub {check}()
    Dim answer As Variant
    On Error GoTo failed
    answer = CallPython("AMZN_VERSION", Array())
    AmznDescribe
    MsgBox CStr(answer) & vbCrLf & vbCrLf & "Called from " & ThisWorkbook.FullName & vbCrLf & _
        "Python: " & Setting("Interpreter_Win"), vbInformation, "{category}"
    Exit Sub
failed:
    MsgBox "Python does not answer: " & Err.Description, vbExclamation, "{category}"
End Sub

' Ends Python, starts it again and computes the functions anew, in all open workbooks.
Public Sub RestartAmznPython()
    Dim book As Workbook, sheet As Worksheet, answer As Variant
    On Error GoTo failed
    EndPython
    answer = CallPython("AMZN_VERSION", Array())
    On Error Resume Next
    For Each book In Application.Workbooks
        For Each sheet In book.Worksheets
            MarkForCalculation sheet.UsedRange
        Next sheet
    Next book
    If Application.Calculation <> xlCalculationManual Then Application.Calculate
    Exit Sub
failed:
    MsgBox "Python does not answer: " & Err.Description, vbExclamation, "{category}"
End Sub

Private Sub MarkForCalculation(ByVal area As Range)
    Dim cell As Range, first As String
    Set cell = area.Find("AMZN_", LookIn:=xlFormulas, LookAt:=xlPart, MatchCase:=False, SearchFormat:=False)
    If cell Is Nothing Then Exit Sub
    first = cell.Address
    Do
        cell.Dirty
        Set cell = area.FindNext(cell)
        If cell Is Nothing Then Exit Do
    Loop Until cell.Address = first
End Sub

Public Sub AmznInsertFunction(ByVal control As Object)
    On Error Resume Next
    AmznDescribe
    Application.Dialogs(xlDialogFunctionWizard).Show
End Sub

Public Sub AmznRestart(ByVal control As Object)
    RestartAmznPython
End Sub

Public Sub AmznVersion(ByVal control As Object)
    {check}
End Sub

Public Sub AmznShowLog(ByVal control As Object)
    If Exists(LogFile) Then
        ShowFile LogFile
    Else
        MsgBox "There is no log yet: Python was not called from Excel.", vbInformation, "{category}"
    End If
End Sub

Public Sub AmznHelp(ByVal control As Object)
    ShowFile ThisWorkbook.Path & "\{files}\{help}"
End Sub

Private Sub ShowFile(ByVal path As String)
    On Error GoTo failed
    ThisWorkbook.FollowHyperlink path
    Exit Sub
failed:
    MsgBox path & " cannot be opened: " & Err.Description, vbExclamation, "{category}"
End Sub
