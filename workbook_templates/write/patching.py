"""Changes of single cells in a workbook file, a ZIP of XML parts, in place."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape
from typing import TYPE_CHECKING

from model.errors import WorkbookError
from workbook_templates.a1 import reference
from workbook_templates.read.archive import Archive
from workbook_templates.read.book import sheet_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook_templates.read.values import Changes


def with_changes(data: bytes, changes: Changes) -> bytes:
    """Return the file with some input cells replaced, all else unchanged; cached values become stale."""
    if not changes:
        return data
    by_sheet: dict[str, dict[str, float | str | None]] = {}
    for (sheet, row, column), content in changes.items():
        by_sheet.setdefault(sheet, {})[reference(row, column)] = content
    parts = sheet_parts(Archive(data))
    wanted = {parts[sheet]: cells for sheet, cells in by_sheet.items()}
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for entry in source.infolist():
            name, part = entry.filename, source.read(entry)
            written.writestr(entry, _patched(part.decode(), wanted[name]) if name in wanted else part)
    return target.getvalue()


def _patched(xml: str, cells: Mapping[str, float | str | None]) -> str:
    for name, content in cells.items():
        kind, new = "", "" if content is None else f"<v>{content!r}</v>"
        if isinstance(content, str):
            kind, new = (
                ' t="inlineStr"',
                f'<is><t xml:space="preserve">{escape(content, quote=False)}</t></is>',
            )
        pattern = re.compile(rf'<c r="{name}"([^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
        match = pattern.search(xml)
        if match is not None:
            kept = re.sub(r'\s+t="[^"]*"', "", match[1]).rstrip("/ ")
            xml = f'{xml[: match.start()]}<c r="{name}"{kept}{kind}>{new}</c>{xml[match.end() :]}'
        elif content is not None:
            xml = _inserted(xml, name, f'<c r="{name}"{kind}>{new}</c>')
    return xml


def _inserted(xml: str, name: str, cell: str) -> str:
    """Put a cell that was empty into its row, in the order of columns."""
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", name).groups()  # type: ignore[union-attr]  # names come from column_letters
    match = re.search(rf'<row r="{row}"[^>]*>(.*?)</row>', xml, re.DOTALL)
    if match is None:
        raise WorkbookError(f"cell {name}: row {row} is empty in this workbook")
    place = match.end(1)
    for other in re.finditer(r'<c r="([A-Z]+)\d+"', match[1]):
        if (len(other[1]), other[1]) > (len(letters), letters):
            place = match.start(1) + other.start()
            break
    return xml[:place] + cell + xml[place:]
