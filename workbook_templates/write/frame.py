"""The file around the cells of a workbook: styles, charts, notes, pages; filled with cells and values."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

from model.errors import InputError, shown
from workbook_templates.a1 import reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.read.values import Grid, Grids
    from workbook_templates.write.rows import Rows

_CELLS: Final = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
_SIZE: Final = re.compile(rb'<dimension ref="[^"]*"')
_CORE: Final = "docProps/core.xml"
_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The first time that a package can name: for one whose time is not given."""
_LEVEL: Final = 6
_BLANK: Final = re.compile(rb"\x7f([0-9]+)\x7f")


def blank(number: int) -> str:
    """Return what stands in a frame for one of the texts that workbooks of one look do not share."""
    return f"\x7f{number}\x7f"


def parts_of(data: bytes) -> dict[str, bytes]:
    """Return the parts of a package; relations of sheets are named relative to them, as IronCalc requires."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {entry.filename: package.read(entry) for entry in package.infolist()}
    for name, part in parts.items():
        if name.startswith("xl/worksheets/_rels/"):
            parts[name] = part.replace(b'Target="/xl/', b'Target="../')
    return parts


@dataclass(repr=False)
class Frame:
    """A package of a workbook without its cells, and the sheets to fill, each by the part that holds it.

    Parts may hold blanks (:func:`blank`) for texts.
    """

    parts: Mapping[str, bytes]
    sheets: Mapping[str, tuple[str, Rows]]

    def filled(
        self, plans: Mapping[str, SheetPlan], title: str, texts: Sequence[str], values: Grids | None = None
    ) -> bytes:
        """Return the package with the cells of planned sheets, and the values of formulas, if there are any.

        ``title``: of the document; ``texts``: for the blanks. One without values is soon read by an engine,
        and not packed.
        """

        def text_of(found: re.Match[bytes]) -> bytes:
            return escape(texts[int(found[1])], quote=False).encode("ascii", "xmlcharrefreplace")

        target, time = io.BytesIO(), _time()
        kind = zipfile.ZIP_STORED if values is None else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(target, "w") as package:
            for name, part in self.parts.items():
                content = _BLANK.sub(text_of, part)
                if name in self.sheets:
                    sheet, rows = self.sheets[name]
                    grid = values.get(sheet, {}) if values is not None else None
                    content = _with_cells(content, plans[sheet], rows, grid)
                elif name == _CORE:
                    content = _properties(title, time)
                entry = zipfile.ZipInfo(name, (time or _EARLIEST).timetuple()[:6])
                entry.external_attr = 0o600 << 16
                package.writestr(entry, content, kind, _LEVEL)
        return target.getvalue()


def _with_cells(part: bytes, sheet: SheetPlan, rows: Rows, values: Grid | None) -> bytes:
    first, last = _CELLS.search(part).span()  # type: ignore[union-attr]  # openpyxl writes it
    end = reference(max(row for row, _ in sheet.cells), max(column for _, column in sheet.cells))
    head = _SIZE.sub(f'<dimension ref="A1:{end}"'.encode(), part[:first])
    return b"".join((head, rows.data(sheet, values).encode(), part[last:]))


def _time() -> datetime | None:
    """Return the time of the build, from the variable that reproducible builds set; None if it is not set."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return None
    try:
        found = datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(f"SOURCE_DATE_EPOCH needs seconds since 1970, not {shown(given)}") from None
    return max(found, _EARLIEST)


def _properties(title: str, time: datetime | None) -> bytes:
    """Return the properties of the document; without a time unless it is given: equal inputs, equal bytes."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else ""
    kind = 'xsi:type="dcterms:W3CDTF"'
    times = (f"<dcterms:{each} {kind}>{stamp}</dcterms:{each}>" for each in ("created", "modified"))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title, quote=False)}</dc:title><dc:creator>amzn-fcf</dc:creator>"
        f"{''.join(times) if stamp else ''}</cp:coreProperties>"
    ).encode()
