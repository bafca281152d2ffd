' The way to Python: a call into xlwings' library (BSD licence), which starts Python once and hands on calls.
Option Explicit
Option Private Module

Private Const MODULE_OF_FUNCTIONS As String = "{module}"
Private Const SETTINGS As String = "{settings}"
Private Const FILES As String = "{files}"
Private Const SERVER_GONE As Long = 462
Private Const CALL_FAILED As Long = &H800706BE
Private Const SERVER_UNAVAILABLE As Long = &H800706BA
Private Const CLIENTS_DISCONNECTED As Long = &H80010108

#If Win64 Then
Private Const LIBRARY As String = "xlwings64-{xlwings}.dll"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings64-{xlwings}.dll" ( _
    ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
#Else
Private Const LIBRARY As String = "xlwings32-{xlwings}.dll"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings32-{xlwings}.dll" ( _
    ByRef answer As Variant, ByVal command As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr
Private Declare PtrSafe Function GetShortPathNameW Lib "kernel32" ( _
    ByVal path As LongPtr, ByVal shortPath As LongPtr, ByVal size As Long) As Long
Private Declare PtrSafe Function GetFileAttributesW Lib "kernel32" (ByVal path As LongPtr) As Long
Private Declare PtrSafe Function GetEnvironmentVariableW Lib "kernel32" ( _
    ByVal variableName As LongPtr, ByVal content As LongPtr, ByVal size As Long) As Long

Private python As Object
Private startCommand As String
Private isLoaded As Boolean

' Returns what a function gives in Python. If Python was ended since the last call, it is started again.
Public Function CallPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim isSecond As Boolean, code As Long, reason As String
again:
    On Error GoTo failed
    If python Is Nothing Then Set python = StartedPython
    CallPython = python.CallUDF(MODULE_OF_FUNCTIONS, functionName, arguments)
    Exit Function
failed:
    code = Err.Number
    reason = Err.Description
    Select Case code
        Case SERVER_GONE, CALL_FAILED, SERVER_UNAVAILABLE, CLIENTS_DISCONNECTED
            EndPython
            If Not isSecond Then
                isSecond = True
                Resume again
            End If
    End Select
    Err.Raise code, "{category}", reason
End Function

' Ends Python; the next call starts it again. Settings are read again.
Public Sub EndPython()
    Dim answer As Variant
    Set python = Nothing
    LoadLibraryOnce
    XLPyDLLActivateAuto answer, CommandOnce, -1
    startCommand = ""
End Sub

' Excel asks a function again at every letter that is typed in its wizard: it then answers without Python.
' Excel looks the same while it opens a CSV file, or in Goal Seek: a cell that holds the function is computed.
Public Function WizardIsOpen(ByVal functionName As String) As Boolean
    Dim isBusy As Boolean, content As String
    On Error Resume Next
    isBusy = Not Application.CommandBars("Standard").Controls(1).Enabled
    If isBusy Then content = Application.Caller.Cells(1, 1).Formula
    WizardIsOpen = isBusy And InStr(1, content, functionName, vbTextCompare) = 0
End Function

' Returns a setting of this workbook: a name in column A, its value in column B.
Public Function Setting(ByVal settingName As String) As String
    Dim place As Long
    With ThisWorkbook.Worksheets(SETTINGS)
        place = 1
        Do While CStr(.Cells(place, 1).Value) <> ""
            If StrComp(CStr(.Cells(place, 1).Value), settingName, vbTextCompare) = 0 Then
                Setting = CStr(.Cells(place, 2).Value)
                Exit Function
            End If
            place = place + 1
        Loop
    End With
End Function

Private Function StartedPython() As Object
    Dim answer As Variant
    LoadLibraryOnce
    If XLPyDLLActivateAuto(answer, CommandOnce, 1) <> 0 Then
        Err.Raise vbObjectError + 513, "{category}", CStr(answer) & vbCrLf & _
            "The log says more: " & LogFile
    End If
    Set StartedPython = answer
End Function

' Returns the command that starts Python, which is the same for all workbooks: the library starts one Python
' for each command.
Private Function CommandOnce() As String
    Dim interpreter As String
    If startCommand = "" Then
        interpreter = Setting("Interpreter_Win")
        If InStr(interpreter, "\") > 0 And Not Exists(interpreter) Then
            Err.Raise vbObjectError + 514, "{category}", interpreter & " is not there: " & Remedy
        End If
        startCommand = """" & AnsiPath(interpreter) & """ -E -P -B -m {server} $(CLSID)"
    End If
    CommandOnce = startCommand
End Function

' Windows hands the command on in the letters of one language: a path with others goes by its short name.
Private Function AnsiPath(ByVal path As String) As String
    Dim place As Long, size As Long, buffer As String
    AnsiPath = path
    For place = 1 To Len(path)
        If AscW(Mid$(path, place, 1)) < 0 Or AscW(Mid$(path, place, 1)) > 126 Then
            buffer = String$(1024, vbNullChar)
            size = GetShortPathNameW(StrPtr(path), StrPtr(buffer), 1024)
            If size > 0 And size < 1024 Then AnsiPath = Left$(buffer, size)
            Exit Function
        End If
    Next place
End Function

' Loads xlwings' library by its full path; the calls above then find it by its name.
Private Sub LoadLibraryOnce()
    Dim interpreter As String, folders As Variant, place As Long, path As String
    If isLoaded Then Exit Sub
#If Mac Then
    Err.Raise vbObjectError + 516, "{category}", "a macro cannot call Python in Excel for Mac: {other_ways}"
#End If
    interpreter = Setting("Interpreter_Win")
    folders = Array(ThisWorkbook.Path & "\" & FILES, Setting("Library folder"), Parent(interpreter), _
        Parent(Parent(interpreter)))
    For place = LBound(folders) To UBound(folders)
        path = CStr(folders(place)) & "\" & LIBRARY
        If Len(CStr(folders(place))) > 0 Then isLoaded = LoadLibraryW(StrPtr(path)) <> 0
        If isLoaded Then Exit Sub
    Next place
    Err.Raise vbObjectError + 515, "{category}", LIBRARY & " is not beside " & ThisWorkbook.Name & _
        " nor with Python: " & Remedy
End Sub

Private Function Parent(ByVal path As String) As String
    If InStrRev(path, "\") > 1 Then Parent = Left$(path, InStrRev(path, "\") - 1)
End Function

' VBA's own Dir and Environ know the letters of one language only; the same goes for what comes next.
Public Function Exists(ByVal path As String) As Boolean
    Exists = GetFileAttributesW(StrPtr(path)) <> -1
End Function

' What helps if Python or the library is not where it was.
Private Function Remedy() As String
    If ThisWorkbook.IsAddin Then
        Remedy = "close Excel and run  {install}  or the install.cmd that you were given"
    Else
        Remedy = "write the path of python.exe to the sheet " & SETTINGS & ", Interpreter_Win"
    End If
End Function

Public Function LogFile() As String
    Dim variableName As String, size As Long, buffer As String
    variableName = "LOCALAPPDATA"
    buffer = String$(1024, vbNullChar)
    size = GetEnvironmentVariableW(StrPtr(variableName), StrPtr(buffer), 1024)
    LogFile = Left$(buffer, size) & "\amzn-fcf\excel.log"
End Function
