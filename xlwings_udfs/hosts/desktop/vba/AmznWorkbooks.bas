' What is done when workbooks are opened: texts for the function wizard, and links to this add-in.
Option Explicit
Option Private Module

Private watcher As AmznEvents
Private areDescribed As Boolean

' Called when the workbook or add-in has been opened.
Public Sub AmznOpened()
    Dim book As Workbook
    On Error Resume Next
    AmznDescribe
    If Not ThisWorkbook.IsAddin Then Exit Sub
    Set watcher = New AmznEvents
    watcher.Watch
    For Each book In Application.Workbooks
        AmznRepairLinks book
    Next book
End Sub

' Gives the function wizard its texts. At Excel's start there may be no window yet, which this needs: it is
' then done when the first workbook is shown.
Public Sub AmznDescribe()
    Dim wasSaved As Boolean
    If areDescribed Then Exit Sub
    wasSaved = ThisWorkbook.Saved
    On Error GoTo later
    DescribeFunctions
    areDescribed = True
later:
    ThisWorkbook.Saved = wasSaved
End Sub

' A workbook that was saved where the add-in lies elsewhere names that place in its formulas.
Public Sub AmznRepairLinks(ByVal book As Workbook)
    Dim links As Variant, place As Long, fileName As String, path As String
    On Error Resume Next
    If book Is ThisWorkbook Then Exit Sub
    links = book.LinkSources(xlExcelLinks)
    If Not IsArray(links) Then Exit Sub
    For place = LBound(links) To UBound(links)
        path = Replace(CStr(links(place)), "/", "\")
        fileName = Mid$(path, InStrRev(path, "\") + 1)
        If StrComp(fileName, ThisWorkbook.Name, vbTextCompare) = 0 _
            And StrComp(CStr(links(place)), ThisWorkbook.FullName, vbTextCompare) <> 0 Then
            book.ChangeLink CStr(links(place)), ThisWorkbook.FullName, xlLinkTypeExcelLinks
        End If
    Next place
End Sub

Private Sub DescribeFunctions()
    Dim ours As String
    ours = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!"
{descriptions}
End Sub
