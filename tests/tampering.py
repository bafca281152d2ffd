"""Workbooks changed part by part, as with a text editor: nothing is recalculated."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from workbook_templates.read.archive import Archive
from workbook_templates.read.book import sheet_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BOOK = "xl/workbook.xml"
TYPES = "[Content_Types].xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return every part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {entry.filename: package.read(entry) for entry in package.infolist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return parts as a package."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return target.getvalue()


def edited(data: bytes, part: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> bytes:
    """Replace the first match of a pattern in one part; that there is one is asserted."""
    parts = parts_of(data)
    text, count = re.subn(pattern, new, parts[part].decode(), count=1, flags=re.DOTALL)
    assert count == 1, f"{pattern} is not in {part}"
    assert text.encode() != parts[part], f"nothing changed in {part}"
    return packed({**parts, part: text.encode()})


def strict(data: bytes) -> bytes:
    """Return a workbook as Excel saves it as Strict Open XML: with other namespaces."""
    old, new = (
        rb"http://schemas\.openxmlformats\.org/(\w+ml|officeDocument)/2006/",
        rb"http://purl.oclc.org/ooxml/\1/",
    )
    parts = {name: re.sub(old, new, part) for name, part in parts_of(data).items()}
    return edited(packed(parts), BOOK, "<workbook ", '<workbook conformance="strict" ')


def with_part(data: bytes, name: str, content: bytes, kind: str = "", source: str = BOOK) -> bytes:
    """Add a part; with ``kind``, and a relation of that kind from another part."""
    parts = {**parts_of(data), name: content}
    return related(packed(parts), source, kind, "/" + name) if kind else packed(parts)


def related(data: bytes, source: str, kind: str, target: str, *, external: bool = False) -> bytes:
    """Add a relation from one part to another, or to an address."""
    folder, _, file = source.rpartition("/")
    name = f"{folder}/_rels/{file}.rels"
    parts = parts_of(data)
    namespace = b"http://schemas.openxmlformats.org/package/2006/relationships"
    empty = b'<Relationships xmlns="' + namespace + b'"></Relationships>'
    mode = ' TargetMode="External"' if external else ""
    entry = f'<Relationship Id="rIdAdded" Type="{_RELATION}/{kind}" Target={quoteattr(target)}{mode}/>'
    old = parts.get(name, empty)
    return packed({**parts, name: old.replace(b"</Relationships>", entry.encode() + b"</Relationships>")})


def sheet_part(data: bytes, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    return sheet_parts(Archive(data))[sheet]


def in_sheet(data: bytes, sheet: str, pattern: str, new: str | Callable[[re.Match[str]], str]) -> bytes:
    """Replace the first match of a pattern in the part of a sheet."""
    return edited(data, sheet_part(data, sheet), pattern, new)


def in_cell(data: bytes, sheet: str, cell: str, change: Callable[[str], str]) -> bytes:
    """Change the element of one cell that is there."""
    return in_sheet(data, sheet, rf'<c r="{cell}"(?: [^>]*)?(?:/>|>.*?</c>)', lambda match: change(match[0]))


def with_formula(data: bytes, sheet: str, cell: str, change: Callable[[str], str]) -> bytes:
    """Change the formula of one cell, and leave its cached value."""
    return in_cell(
        data, sheet, cell, lambda xml: re.sub(r"(?<=<f>).*?(?=</f>)", lambda match: change(match[0]), xml)
    )


def with_value(data: bytes, sheet: str, cell: str, value: float) -> bytes:
    """Change the number of one cell, or the cached one of its formula."""
    return in_cell(data, sheet, cell, lambda xml: re.sub(r"<v>.*?</v>|<v ?/>", f"<v>{value!r}</v>", xml))


def with_text(data: bytes, sheet: str, cell: str, text: str) -> bytes:
    """Put a text in place of what one cell holds."""

    def change(xml: str) -> str:
        style = re.search(r' s="\d+"', xml)
        return f'<c r="{cell}"{style[0] if style else ""} t="inlineStr"><is><t>{escape(text)}</t></is></c>'

    return in_cell(data, sheet, cell, change)


def with_row(data: bytes, sheet: str, row: int, cells: str) -> bytes:
    """Add a row below all others."""
    return in_sheet(data, sheet, "</sheetData>", f'<row r="{row}">{cells}</row></sheetData>')


def with_added_formula(data: bytes, formula: str, value: str = "1") -> bytes:
    """Add a formula far below the cells of the model."""
    return with_row(data, "Sales", 900, f'<c r="B900"><f>{escape(formula)}</f><v>{escape(value)}</v></c>')


def with_name(data: bytes, name: str, formula: str, attributes: str = "") -> bytes:
    """Add a defined name."""
    return edited(
        data,
        BOOK,
        "</definedNames>",
        f'<definedName name="{name}"{attributes}>{escape(formula)}</definedName></definedNames>',
    )


def with_sheet(data: bytes, name: str, kind: str = "worksheet") -> bytes:
    """Add a sheet with one number."""
    part = f"xl/{kind}s/added.xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    content = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
    changed = with_part(data, part, content.encode(), kind)
    entry = f'<sheet xmlns:r="{_RELATION}" name="{name}" sheetId="99" r:id="rIdAdded"/></sheets>'
    return edited(changed, BOOK, "</sheets>", entry)


def restyled(data: bytes, sheet: str, cell: str, change: Callable[[str], str]) -> bytes:
    """Give one cell a style of its own: a copy of the one that it has, changed."""
    parts = parts_of(data)
    found = re.search(rf'<c r="{cell}"[^>]*? s="(\d+)"', parts[sheet_part(data, sheet)].decode())
    assert found
    styles = parts["xl/styles.xml"].decode()
    group = re.search(r"<cellXfs[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
    assert group
    each = re.findall(r"<xf [^>]*?/>|<xf [^>]*?[^/]>.*?</xf>", group[1], re.DOTALL)
    new = change(each[int(found[1])])
    assert new != each[int(found[1])]
    styles = styles.replace(group[1] + "</cellXfs>", group[1] + new + "</cellXfs>")
    changed = packed({**parts, "xl/styles.xml": styles.encode()})
    return in_cell(changed, sheet, cell, lambda xml: re.sub(r' s="\d+"', f' s="{len(each)}"', xml, count=1))


def without_cell(data: bytes, sheet: str, cell: str) -> bytes:
    """Remove one cell."""
    return in_cell(data, sheet, cell, lambda _: "")
