"""The cells of a planned sheet as XML, with or without the values of its formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError, is_error
from workbook_templates.a1 import column_letters
from workbook_templates.plan.cells import Cell, Text
from workbook_templates.plan.layout import PERIOD_ROW
from workbook_templates.plan.styles import COLOURS, FONT, INK, KEY, MARK, SIZE
from workbook_templates.read.values import LONGEST_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook_templates.plan.cells import Content, SheetPlan
    from workbook_templates.read.values import Grid, Value

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, repr=False)
class Rows:
    """What is needed to write the cells of a sheet.

    ``styles``: their indexes in the file, by name and whether a cell is at the split before estimates;
    ``attributes``: of rows that have any, such as a height; ``split``: columns.
    """

    styles: Mapping[tuple[str, bool], int]
    attributes: Mapping[int, str]
    split: frozenset[int]

    def data(self, sheet: SheetPlan, values: Grid | None) -> str:
        """Return the element ``sheetData`` of a sheet; ``values``: of its formulas, or None."""
        cells: dict[int, list[tuple[int, Cell]]] = {row: [] for row in self.attributes}
        end = max(row for row, _ in sheet.cells)
        for (row, column), cell in sheet.cells.items():
            cells.setdefault(row, []).append((column, cell))
        for column in self.split:
            for row in range(PERIOD_ROW, end + 1):
                if (row, column) not in sheet.cells and row not in sheet.unsplit:
                    cells.setdefault(row, []).append((column, _BLANK))
        parts = ["<sheetData>"]
        for row in sorted(cells):
            parts.append(f'<row r="{row}"{self.attributes.get(row, "")}>')
            for column, cell in sorted(cells[row], key=_by_column):
                is_split = column in self.split and row >= PERIOD_ROW and row not in sheet.unsplit
                style = self.styles[cell.style, is_split]
                start = f'<c r="{column_letters(column)}{row}" s="{style}"'
                value = values.get((row, column)) if values is not None else None
                key = cell.style.startswith(KEY)
                parts.append(start + (_key(cell) if key else _content(cell.content, value)))
            parts.append("</row>")
        parts.append("</sheetData>")
        return "".join(parts)


_BLANK: Final = Cell(None, "")


def _key(cell: Cell) -> str:
    """Return the rest of the element of a key: its mark has the colour of its series."""
    colour, text = COLOURS[cell.style.removeprefix(KEY)], str(cell.content).removeprefix(MARK)  # type: ignore[index]
    runs = (
        f'<r><rPr><sz val="{SIZE}"/><color rgb="00{ink}"/><rFont val="{FONT}"/></rPr>{_text(each)}</r>'
        for ink, each in ((colour, MARK), (INK, text))
    )
    return f' t="inlineStr"><is>{"".join(runs)}</is></c>'


def _content(content: Content, value: Value) -> str:
    """Return the rest of a cell's element; ``value``: that of a formula."""
    if content is None or content == "":
        return "/>"
    if not isinstance(content, str):
        return f"><v>{content!r}</v></c>"
    is_text = isinstance(content, Text)
    if content.startswith("=") and len(content) > 1 and not is_text:
        return _formula(content[1:], value)
    if is_error(content) and not is_text:
        return f' t="e"><v>{content}</v></c>'
    return f' t="inlineStr"><is>{_text(content)}</is></c>'


def _by_column(cell: tuple[int, Cell]) -> int:
    return cell[0]


def _formula(text: str, value: Value) -> str:
    formula = f"<f>{escape(text, quote=False)}</f>"
    if type(value) is float:
        return f">{formula}<v>{value!r}</v></c>"
    if value is None:
        return f">{formula}<v/></c>"
    if isinstance(value, bool):
        return f' t="b">{formula}<v>{int(value)}</v></c>'
    kind = "e" if is_error(value) else "str"
    return f' t="{kind}">{formula}<v>{escape(str(value), quote=False)}</v></c>'


def _text(text: str) -> str:
    """Return a text as an element; one that no spreadsheet program can hold is a :class:`WorkbookError`."""
    if _ILLEGAL.search(text):
        raise WorkbookError(f"the text {text[:40]!r} holds characters that no workbook can")
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{escape(text[:LONGEST_TEXT], quote=False)}</t>"
