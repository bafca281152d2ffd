"""Changes of single cells in a workbook file, a ZIP of XML parts, in place."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from model.errors import WorkbookError
from workbook_templates.a1 import column_letters
from workbook_templates.read.archive import Archive
from workbook_templates.read.book import sheet_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook_templates.read.values import Changes


def with_relative_targets(data: bytes) -> bytes:
    """Return the file with notes and drawings named relative to their sheets, as IronCalc requires."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename.startswith("xl/worksheets/_rels/"):
                part = part.replace(b'Target="/xl/', b'Target="../')
            written.writestr(entry.filename, part)
    return target.getvalue()


def with_changes(data: bytes, changes: Changes) -> bytes:
    """Return the file with some input cells replaced, all else unchanged; cached values become stale."""
    return _with_cells(data, changes, keep_formulas=False)


def with_cached(data: bytes, values: Changes) -> bytes:
    """Return the file with the cached values of some formula cells replaced, all else unchanged."""
    return _with_cells(data, values, keep_formulas=True)


def _with_cells(data: bytes, changes: Changes, *, keep_formulas: bool) -> bytes:
    if not changes:
        return data
    by_sheet: dict[str, dict[str, float | str | None]] = {}
    for (sheet, row, column), content in changes.items():
        by_sheet.setdefault(sheet, {})[f"{column_letters(column)}{row}"] = content
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        parts = sheet_parts(Archive(data))
        wanted = {parts[sheet]: cells for sheet, cells in by_sheet.items()}
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename in wanted:
                part = _patched(part.decode(), wanted[entry.filename], keep_formulas=keep_formulas).encode()
            written.writestr(entry, part)
    return target.getvalue()


def _patched(xml: str, cells: Mapping[str, float | str | None], *, keep_formulas: bool) -> str:
    for name, content in cells.items():
        new = ""
        if isinstance(content, str):
            new = f'<is><t xml:space="preserve">{escape(content)}</t></is>'
        elif content is not None:
            new = f"<v>{content!r}</v>"
        kind = ' t="inlineStr"' if isinstance(content, str) else ""
        pattern = re.compile(rf'<c r="{name}"([^>]*?)(?:/>|>.*?</c>)', re.DOTALL)
        match = pattern.search(xml)
        if match is not None:
            kept = re.sub(r'\s+t="[^"]*"', "", match[1]).rstrip("/ ")
            formula = re.search(r"<f\b[^>]*?(?:/>|>.*?</f>)", match[0], re.DOTALL) if keep_formulas else None
            if formula is not None:
                kind, new = _cached(content)
                new = formula[0] + new
            xml = f'{xml[: match.start()]}<c r="{name}"{kept}{kind}>{new}</c>{xml[match.end() :]}'
        elif content is not None:
            xml = _inserted(xml, name, f'<c r="{name}"{kind}>{new}</c>')
    return xml


def _cached(value: float | str | None) -> tuple[str, str]:
    """Return the type and the value of a formula cell: a text, an error, or a number."""
    if isinstance(value, str):
        return (' t="e"' if value.startswith("#") else ' t="str"'), f"<v>{escape(value)}</v>"
    return "", "" if value is None else f"<v>{value!r}</v>"


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
