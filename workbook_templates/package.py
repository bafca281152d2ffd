"""The file around a workbook: an .xlsx is a ZIP of XML parts. Reads cells' values and changes single inputs in place."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from xml.sax.saxutils import escape

from model.axis import DAY_ZERO
from model.errors import WorkbookError
from workbook_templates.layout import column_letters

Value = float | str | bool | None
Grid = Sequence[Sequence[Value]]
Grids = Mapping[str, Grid]
"""Values by sheet, then row, then column, from 0."""
Changes = Mapping[tuple[str, int, int], float | str | None]
"""New contents of input cells, by sheet, row and column from 1; None empties a cell."""

LARGEST_FILE: Final = 50_000_000
LARGEST_CONTENT: Final = 400_000_000
"""Bytes of a file, and of its parts unpacked: beyond them it is none of ours."""


def value_at(grids: Grids, sheet: str, row: int, column: int) -> Value:
    """Return one value (row and column from 1); None for what is empty or missing."""
    grid = grids.get(sheet, ())
    if row > len(grid) or column > len(grid[row - 1]):
        return None
    return grid[row - 1][column - 1]


def read_grids(data: bytes, *, formulas: bool = False) -> dict[str, list[list[Value]]]:
    """Return the cached values of all sheets, or with ``formulas`` their contents.

    Raises
    ------
    WorkbookError
        If ``data`` is not a readable .xlsx file.
    """
    import openpyxl  # noqa: PLC0415  # slow to load, and only some commands read files

    try:
        _check_size(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
        grids = {sheet.title: [[_plain(value) for value in row] for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
        book.close()
    except WorkbookError:
        raise
    except Exception as error:  # noqa: BLE001  # a damaged file can make the reader fail in any way
        message = f"not a readable .xlsx workbook ({type(error).__name__}): save it again as .xlsx"
        raise WorkbookError(message) from None
    return grids


def _check_size(data: bytes) -> None:
    """Refuse a file whose parts are far larger than any of ours, before they are unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if sum(part.file_size for part in package.infolist()) > LARGEST_CONTENT:
            message = "its parts are too large when unpacked: not a workbook of this model"
            raise WorkbookError(message)


_LEAP_DAY_THAT_NEVER_WAS: Final = 60
"""Spreadsheets count 1900-02-29 as a day."""


def _plain(value: object) -> Value:
    """Return a content as a number (dates too), a text or a flag; array formulas, which we never write, as text."""
    if isinstance(value, date):
        return day_number(value)
    return value if value is None or isinstance(value, (int, float, str, bool)) else str(value)


def day_number(value: date) -> float:
    """Return the number that stands for a date, or a date and time, in a cell."""
    day = float(value.toordinal() - DAY_ZERO)
    if day <= _LEAP_DAY_THAT_NEVER_WAS:
        day -= 1
    if isinstance(value, datetime):
        day += (value - datetime.combine(value.date(), time.min, value.tzinfo)) / timedelta(days=1)
    return day


def with_changes(data: bytes, changes: Changes) -> bytes:
    """Return the file with some input cells replaced and every other part as it was; cached values become stale."""
    return _with_cells(data, changes, keep_formulas=False)


def with_cached(data: bytes, values: Changes) -> bytes:
    """Return the file with the cached values of some formula cells replaced and every other part as it was."""
    return _with_cells(data, values, keep_formulas=True)


def _with_cells(data: bytes, changes: Changes, *, keep_formulas: bool) -> bytes:
    if not changes:
        return data
    by_sheet: dict[str, dict[str, float | str | None]] = {}
    for (sheet, row, column), content in changes.items():
        by_sheet.setdefault(sheet, {})[f"{column_letters(column)}{row}"] = content
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        parts = _sheet_parts(source)
        wanted = {parts[sheet]: cells for sheet, cells in by_sheet.items()}
        for entry in source.infolist():
            part = source.read(entry)
            if entry.filename in wanted:
                part = _patched(part.decode(), wanted[entry.filename], keep_formulas=keep_formulas).encode()
            written.writestr(entry, part)
    return target.getvalue()


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each sheet."""
    book = package.read("xl/workbook.xml").decode()
    relations = package.read("xl/_rels/workbook.xml.rels").decode()
    targets = {}
    for tag in re.findall(r"<Relationship [^>]*>", relations):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        targets[attributes["Id"]] = attributes["Target"].lstrip("/").removeprefix("xl/")
    return {name: f"xl/{targets[identifier]}" for name, identifier in re.findall(r'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"', book)}


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
        message = f"cell {name}: row {row} is empty in this workbook"
        raise WorkbookError(message)
    place = match.end(1)
    for other in re.finditer(r'<c r="([A-Z]+)\d+"', match[1]):
        if (len(other[1]), other[1]) > (len(letters), letters):
            place = match.start(1) + other.start()
            break
    return xml[:place] + cell + xml[place:]
