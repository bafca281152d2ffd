"""The smallest workbook with macros, as a package of parts: [ECMA-376], and [MS-OE376] for macros and ribbon.

openpyxl neither makes a VBA project nor an add-in. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from xlwings_udfs.hosts.desktop.vba_module import project
from xlwings_udfs.hosts.packing import packed, put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ADD_IN_TYPE: Final = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
MACRO_TYPE: Final = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
VBA_PART: Final = "xl/vbaProject.bin"
PROPERTIES_PART: Final = "docProps/custom.xml"

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_VBA_RELATION: Final = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_RELATION: Final = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_USER_PROPERTIES: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class MacroBook:
    """A workbook with macros: the rows of texts of its sheets, by name, and what an add-in has besides."""

    sheets: Mapping[str, Sequence[Sequence[str]]]
    properties: Mapping[str, str] = field(default_factory=dict)
    """Custom properties of the document."""
    ribbon: str = ""
    is_addin: bool = False

    def as_bytes(self) -> bytes:
        """Return the file; the code names of its sheets are Sheet1, Sheet2 and so on."""
        parts = {"[Content_Types].xml": self._types(), "_rels/.rels": self._root_relations()}
        parts |= {"xl/workbook.xml": self._workbook(), "xl/_rels/workbook.xml.rels": self._relations()}
        texts = list(dict.fromkeys(text for rows in self.sheets.values() for row in rows for text in row))
        for number, rows in enumerate(self.sheets.values(), start=1):
            parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(number, rows, texts)
        parts["xl/sharedStrings.xml"] = _shared(texts)
        parts["xl/styles.xml"] = _STYLES
        if self.ribbon:
            parts["customUI/customUI14.xml"] = self.ribbon
        if self.properties:
            parts[PROPERTIES_PART] = self._properties()
        contents = {name: (_HEAD + text).encode() for name, text in parts.items()}
        return packed({**contents, VBA_PART: project(code_names(len(self.sheets)))})

    def _types(self) -> str:
        types = {"/xl/workbook.xml": ADD_IN_TYPE if self.is_addin else MACRO_TYPE}
        for number in range(1, len(self.sheets) + 1):
            types[f"/xl/worksheets/sheet{number}.xml"] = f"{_SHEET_TYPE}.worksheet+xml"
        types["/xl/sharedStrings.xml"] = f"{_SHEET_TYPE}.sharedStrings+xml"
        types["/xl/styles.xml"] = f"{_SHEET_TYPE}.styles+xml"
        types["/xl/vbaProject.bin"] = "application/vnd.ms-office.vbaProject"
        if self.properties:
            custom = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
            types[f"/{PROPERTIES_PART}"] = custom
        overrides = "".join(
            f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in types.items()
        )
        return (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        )

    def _root_relations(self) -> str:
        relations = {f"{_OFFICE}/relationships/officeDocument": "xl/workbook.xml"}
        if self.properties:
            relations[f"{_OFFICE}/relationships/custom-properties"] = PROPERTIES_PART
        if self.ribbon:
            relations[_RIBBON_RELATION] = "customUI/customUI14.xml"
        return _relations(list(relations.items()))

    def _relations(self) -> str:
        sheets = [
            (f"{_OFFICE}/relationships/worksheet", f"worksheets/sheet{number}.xml")
            for number in range(1, len(self.sheets) + 1)
        ]
        others = [
            (f"{_OFFICE}/relationships/sharedStrings", "sharedStrings.xml"),
            (f"{_OFFICE}/relationships/styles", "styles.xml"),
            (_VBA_RELATION, "vbaProject.bin"),
        ]
        return _relations([*sheets, *others])

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in enumerate(self.sheets, start=1)
        )
        return (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
            f'<workbookPr codeName="ThisWorkbook"/><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets></workbook>"
        )

    def _properties(self) -> str:
        properties = "".join(
            f'<property fmtid="{_USER_PROPERTIES}" pid="{number}" name={quoteattr(name)}>'
            f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
            for number, (name, value) in enumerate(self.properties.items(), start=2)
        )
        return (
            f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
            f"{properties}</Properties>"
        )


def code_names(count: int) -> list[str]:
    """Return the names under which the VBA project knows the sheets of a workbook."""
    return [f"Sheet{number}" for number in range(1, count + 1)]


def with_parts(
    data: bytes, change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a package with its parts, given by name and content, changed, and with more parts at the end."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for entry in source.infolist():
            written.writestr(entry, change(entry.filename, source.read(entry)))
        for name, content in (more or {}).items():
            put(written, name, content)
    return target.getvalue()


def _relations(relations: Sequence[tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _sheet(number: int, rows: Sequence[Sequence[str]], texts: Sequence[str]) -> str:
    lines = []
    for row, cells in enumerate(rows, start=1):
        places = zip("ABCDEFGHIJ", cells, strict=False)
        line = "".join(
            f'<c r="{letter}{row}" t="s"><v>{texts.index(text)}</v></c>' for letter, text in places
        )
        lines.append(f'<row r="{row}">{line}</row>')
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet{number}"/>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _shared(texts: Sequence[str]) -> str:
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">{items}</sst>'
