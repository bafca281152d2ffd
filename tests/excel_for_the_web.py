"""A workbook as Excel, on a desk or on the web, is known to write it again: an emulation.

Shared formulas; numbers in formulas with seventeen digits; the list of a cell that is on another sheet as an
extension; namespaces and attributes of newer editions; a chain of calculation; alternatives outside cells.
"""

from __future__ import annotations

import re

import tampering as t

from workbook_templates.a1 import column_number, reference
from workbook_templates.formula_text import relative

_NEWER = (
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
    ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
)
_ALTERNATIVE = (
    '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="https://d.docs.live.net/1/"'
    ' xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice>'
    "</mc:AlternateContent>"
    '<xr:revisionPtr revIDLastSave="1" documentId="8_{1}" xr6:coauthVersionLast="47"'
    ' xmlns:xr6="http://schemas.microsoft.com/office/spreadsheetml/2016/revision6"/>'
)
_LIST = re.compile(r'<dataValidation [^>]*type="list"[^>]*>.*?</dataValidation>', re.DOTALL)
_FORMULA = re.compile(r'<c r="([A-Z]+)([0-9]+)"([^>]*)><f>([^<]*)</f>')


def saved(data: bytes) -> bytes:
    """Return the workbook as it would be written again."""
    parts = t.parts_of(data)
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _sheet(part.decode()).encode()
    book = parts[t.BOOK].decode()
    book = re.sub(r"<workbook(?= )", f"<workbook{_NEWER}", book, count=1)
    book = re.sub(r"(<workbookPr[^>]*/>)", rf"\1{_ALTERNATIVE}", book, count=1)
    parts[t.BOOK] = re.sub(r"<calcPr[^>]*/>", '<calcPr calcId="191029"/>', book).encode()
    chain = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return t.with_part(t.packed(parts), "xl/calcChain.xml", chain, "calcChain")


def _sheet(xml: str) -> str:
    xml = re.sub(r"<worksheet(?= )", f"<worksheet{_NEWER}", xml, count=1)
    xml = re.sub(r"<row (?=r=)", '<row spans="1:62" x14ac:dyDescent="0.25" ', xml)
    xml = re.sub("(?<=<f>)[^<]*", lambda match: match[0].replace("0.000000001", "1.0000000000000001E-9"), xml)
    return _shared(_with_list_as_extension(xml))


def _with_list_as_extension(xml: str) -> str:
    found = _LIST.search(xml)
    if not found or "!" not in found[0]:
        return xml
    head, cells = re.match(r"<dataValidation ([^>]*)>", found[0]), re.search(r'sqref="([^"]*)"', found[0])
    formula = re.search(r"<formula1>(.*?)</formula1>", found[0])
    assert head
    assert cells
    assert formula
    attributes = head[1].replace(cells[0], "")
    rule = (
        f"<x14:dataValidation {attributes}><x14:formula1><xm:f>{formula[1]}</xm:f></x14:formula1>"
        f"<xm:sqref>{cells[1]}</xm:sqref></x14:dataValidation>"
    )
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"'
        ' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        f"{rule}</x14:dataValidations></ext></extLst>"
    )
    return xml.replace(found[0], "").replace("</worksheet>", f"{extension}</worksheet>")


def _shared(xml: str) -> str:
    """Let cells of a row share a formula with those to their left of which they are copies."""
    last: tuple[int, int, str] = (0, 0, "")
    count = 0

    def each(match: re.Match[str]) -> str:
        nonlocal last, count
        row, column = int(match[2]), column_number(match[1])
        form = relative(match[4], row, column)
        copies = last == (row, column - 1, form)
        last = (row, column, form)
        head = f'<c r="{match[1]}{row}"{match[3]}>'
        if copies:
            return f'{head}<f t="shared" si="{count}"/>'
        count += 1
        here = reference(row, column)
        return f'{head}<f t="shared" ref="{here}" si="{count}">{match[4]}</f>'

    return _FORMULA.sub(each, xml)
