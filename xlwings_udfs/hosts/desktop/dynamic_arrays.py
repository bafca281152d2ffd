"""The mark of Excel 365 for formulas that may spill: without it, a formula in a file shows an ``@``.

A cell formula becomes an array formula of its own cell, with a number of cell metadata that says "dynamic"
([MS-XLSX] 2.2.4.10). Older versions of Excel and other programs take it for an array formula of one cell.
"""

from __future__ import annotations

import re
from typing import Final

from xlwings_udfs.hosts.desktop.package import with_parts

_PART: Final = "xl/metadata.xml"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheetMetadata+xml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sheetMetadata"
_METADATA: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<metadata xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">'
    '<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" pasteAll="1" '
    'pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" clearComments="1" assign="1" '
    'coerce="1" cellMeta="1"/></metadataTypes>'
    '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
    '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)
_CELL: Final = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f>')


def with_dynamic_arrays(data: bytes, prefix: str) -> bytes:
    """Return a workbook whose formulas that call functions with this prefix are marked as dynamic."""
    wanted, marked = prefix.encode(), []

    def mark(match: re.Match[bytes]) -> bytes:
        cell, attributes, formula = match.groups()
        if wanted not in formula:
            return match[0]
        marked.append(cell)
        return b'<c r="%b"%b cm="1"><f t="array" ref="%b">%b</f>' % (cell, attributes, cell, formula)

    def change(name: str, part: bytes) -> bytes:
        return _CELL.sub(mark, part) if name.startswith("xl/worksheets/sheet") else part

    def register(name: str, part: bytes) -> bytes:
        if name == "[Content_Types].xml":
            entry = f'<Override PartName="/{_PART}" ContentType="{_TYPE}"/></Types>'
            return part.replace(b"</Types>", entry.encode())
        if name == "xl/_rels/workbook.xml.rels":
            entry = (
                f'<Relationship Id="rIdMetadata" Type="{_RELATION}" Target="metadata.xml"/></Relationships>'
            )
            return part.replace(b"</Relationships>", entry.encode())
        return part

    changed = with_parts(data, change)
    return with_parts(changed, register, {_PART: _METADATA.encode()}) if marked else data
