"""The tree behind a cell of any workbook: the cells that its formula reads, with their cached values."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.outline import Node, Parts, assembled
from model.errors import InputError, WorkbookError, did_you_mean, is_error, shown
from model.language.units import counted
from workbook_templates.a1 import LAST_COLUMN, LAST_ROW, column_number, rectangle, sheet_named
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.formula_text import functions
from workbook_templates.read.areas import Area
from workbook_templates.read.book import linked_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook_templates.read.book import Book
    from workbook_templates.read.values import Value

MOST_CELLS: Final = 12
"""Cells of a range that are followed one by one; of a larger one only the sum is told."""
_COLUMNS: Final = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS: Final = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")
_LINK: Final = re.compile(r"\[([0-9]+)\]")
_MOVING: Final = frozenset({"INDIRECT", "OFFSET"})
"""Functions that read cells which their arguments do not name."""


class _Word(NamedTuple):
    """What a formula names that is no range of this workbook: a name, a link, a table; as seen on a sheet."""

    text: str
    sheet: str


_Key = Area | _Word


def trace(book: Book, cell: str, depth: int | None = None) -> Node:
    """Return the tree behind a cell: what its formula reads, with the values that the file holds.

    ``cell``: such as ``Cash!C12``; a workbook of one sheet needs no sheet, and a name of a cell will do.
    Ranges of up to :data:`MOST_CELLS` cells are followed, larger ones summed up; what is in another file is
    named with its file.

    Errors: an :class:`InputError` for a sheet or cell that is not there, a :class:`WorkbookError` for a file
    whose formulas have no values.
    """
    Formualizer().require()
    found = _Tracer(book)
    return assembled(found.draft, found.start(cell), depth)


class _Tracer:
    def __init__(self, book: Book) -> None:
        self.book, self.files = book, linked_files(book)
        self.places = {name: sorted(sheet.cells) for name, sheet in book.sheets.items()}
        self.sheets = {name.lower(): name for name in book.sheets}
        self.names = {(each.sheet.lower(), each.name.lower()): each.formula for each in book.names}
        formulas = [
            each.value for sheet in book.sheets.values() for each in sheet.cells.values() if each.formula
        ]
        if formulas and all(each is None for each in formulas):
            raise WorkbookError("its formulas have no values: open it in a spreadsheet program and save it")

    def start(self, text: str) -> _Key:
        """Return what a text of the user names: a cell that is there."""
        sheet, _, cell = text.strip().rpartition("!")
        sheet = sheet_named(sheet)
        if sheet and sheet.lower() not in self.sheets:
            raise InputError(f"there is no sheet {shown(sheet)}{did_you_mean(sheet, self.book.sheets)}")
        if ("", cell.lower()) in self.names or (sheet.lower(), cell.lower()) in self.names:
            return _Word(cell, sheet)
        if not sheet and len(self.sheets) > 1:
            raise InputError(f"{shown(text)} needs its sheet, such as {next(iter(self.book.sheets))}!{cell}")
        key = self._named(cell, sheet or next(iter(self.book.sheets), ""))
        if not isinstance(key, Area) or not key.is_cell:
            raise InputError(f"{shown(text)} is not a cell: write one such as Cash!C12")
        if key[1:3] not in self.book.sheets[key.sheet].cells:
            raise InputError(f"{key} is empty")
        return key

    def draft(self, key: _Key) -> tuple[Node, Parts[_Key]]:
        """Return a cell, a range or a name without what it reads, and this."""
        if isinstance(key, _Word):
            return self._word(key)
        return self._cell(key) if key.is_cell else self._range(key)

    def _cell(self, key: Area) -> tuple[Node, Parts[_Key]]:
        content = self.book.sheets[key.sheet].cells.get((key.top, key.left))
        value, formula = (content.value, content.formula) if content else (None, None)
        node = _node(str(key), value, self._beside(key))
        if formula is None:
            return node, []
        if value is None:
            node = replace(node, text="(no value)")
        return self._computed(node, formula, key.sheet)

    def _computed(self, node: Node, formula: str, sheet: str) -> tuple[Node, Parts[_Key]]:
        """Return a cell or a name with its formula, and what this reads."""
        node = replace(node, formula=f"={formula}")
        moving = sorted(functions(formula) & _MOVING)
        reason = (
            f"{', '.join(moving)} reads cells that are known only when it is calculated" if moving else ""
        )
        try:
            parts = [*self._read(formula, sheet)]
        except WorkbookError as error:
            parts, reason = [], str(error)
        if reason:
            return replace(node, kind="unread", source=reason), [(each, None) for each in parts]
        return replace(node, kind="inputs" if parts else "given"), [(each, None) for each in parts]

    def _range(self, key: Area) -> tuple[Node, Parts[_Key]]:
        cells, places = self.book.sheets[key.sheet].cells, self.places[key.sheet]
        rows = places[bisect_left(places, (key.top, 0)) : bisect_left(places, (key.bottom + 1, 0))]
        inside = [
            Area(key.sheet, row, column, row, column)
            for row, column in rows
            if key.left <= column <= key.right
        ]
        values = [cells[each[1:3]].value for each in inside]
        numbers = [each for each in values if isinstance(each, float)]
        text = counted(len([each for each in values if each is not None]), "filled cell")
        if numbers:
            text += f", {counted(len(numbers), 'number')} from {min(numbers):,.6g} to {max(numbers):,.6g}"
        node = Node(str(key), "", "", "", math.nan, "range", source=text)
        if numbers:
            node = replace(node, text=f"{sum(numbers):,.10g} in all")
        return node, [(each, None) for each in inside] if len(inside) <= MOST_CELLS else []

    def _word(self, key: _Word) -> tuple[Node, Parts[_Key]]:
        """Return a name with what it stands for, or what cannot be followed with the reason."""
        node = Node(key.text, "", "", "", math.nan, "unread")
        link = _LINK.search(key.text)
        if link or "[" in key.text.rpartition("!")[0]:
            number = int(link[1]) if link else 0
            file = self.files[number - 1] if 0 < number <= len(self.files) else ""
            return replace(node, kind="linked", source=f"in the file {file or 'that the formula names'}"), []
        if "[" in key.text:
            return replace(node, source="a column of a table, which is not followed"), []
        if ":" in key.text.rpartition("!")[0]:
            return replace(node, source="a cell of several sheets, which is not followed"), []
        name = key.text.rpartition("!")[2].lower()
        formula = self.names.get((key.sheet.lower(), name)) or self.names.get(("", name))
        if formula is None:
            return replace(node, source="the workbook has no such name"), []
        node, parts = self._computed(node, formula, key.sheet)
        only = parts[0][0] if len(parts) == 1 else None
        if isinstance(only, Area) and only.is_cell:
            below = self._cell(only)[0]
            node = replace(node, value=below.value, text=below.text)
        return node, parts

    def _read(self, formula: str, sheet: str) -> Iterator[_Key]:
        """Yield what a formula names, in its order and each once."""
        import formualizer  # noqa: PLC0415  # a native library

        try:
            tokens = formualizer.tokenize(f"={formula}").tokens()
        except formualizer.TokenizerError:
            raise WorkbookError("its formula cannot be taken apart: open and save the file") from None
        known = dict.fromkeys(
            self._named(token.value, sheet)
            for token in tokens
            if token.subtype == formualizer.TokenSubType.Range
        )
        has_own_names = functions(formula) & {"LET", "LAMBDA"}
        for key in known:
            if not (has_own_names and isinstance(key, _Word) and ("", key.text.lower()) not in self.names):
                yield key

    def _named(self, text: str, sheet: str) -> _Key:
        """Return what a word of a formula on a sheet names."""
        there, _, cells = text.rpartition("!")
        name = self.sheets.get(sheet_named(there).lower() if there else sheet.lower())
        area = _rectangle(cells)
        return Area(name, *area) if name is not None and area is not None else _Word(text, sheet)

    def _beside(self, key: Area) -> str:
        """Return the first text of a cell's row, to its left, which most often tells what it is."""
        cells = self.book.sheets[key.sheet].cells
        row = (cells.get((key.top, column)) for column in range(1, key.left))
        texts = (each.value.strip() for each in row if each is not None and isinstance(each.value, str))
        return next((each for each in texts if each and not is_error(each)), "")


def _node(name: str, value: Value, label: str) -> Node:
    if isinstance(value, float):
        return Node(name, "", label, "", value, "given")
    text = "(empty)" if value is None else str(value).upper() if isinstance(value, bool) else value
    return Node(name, "", label, "", math.nan, "given", text=text or '""')


def _rectangle(text: str) -> tuple[int, int, int, int] | None:
    """Return first row, first column, last row and last column of cells, whole columns or whole rows."""
    if found := _COLUMNS.fullmatch(text):
        return 1, column_number(found[1]), LAST_ROW, column_number(found[2])
    if found := _ROWS.fullmatch(text):
        return int(found[1]), 1, int(found[2]), LAST_COLUMN
    return rectangle(text)
