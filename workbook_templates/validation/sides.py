"""A sheet in two workbooks: its rows and columns aligned, and the cells that belong together."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from workbook_templates.a1 import column_letters, runs
from workbook_templates.validation.alignment import aligned

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from workbook_templates.read.sheets import Content, SheetContents

    Signature = tuple[Hashable, ...]
    Place = tuple[int, int]

_DIGITS: Final = re.compile(r"[0-9]+")
EMPTY: Final = frozenset({None, ""})


class Line(NamedTuple):
    """Rows (``12:14``) or columns (``C:D``) that only one workbook has, of its own sheet of that name."""

    kind: Literal["inserted", "deleted"]
    sheet: str
    cells: str


def by_row(sheet: SheetContents) -> dict[int, dict[int, Content]]:
    """Return the cells that hold something, by row and column in their order."""
    rows: dict[int, dict[int, Content]] = {}
    for row, column in sorted(sheet.cells):
        cell = sheet.cells[row, column]
        if cell.formula is not None or cell.value not in EMPTY:
            rows.setdefault(row, {})[column] = cell
    return rows


def signature_of(cell: Content, *, numbers: bool = True) -> Hashable:
    """Return what a cell has in common with itself elsewhere: a formula without its digits, or a value."""
    if cell.formula is not None:
        return "=" + _DIGITS.sub("", cell.formula.replace("$", ""))
    return cell.value if numbers or isinstance(cell.value, str) else None


class _Lines:
    """Rows, or columns, of both sides: which belong together."""

    def __init__(self, before: Sequence[int], after: Sequence[int], pairs: Sequence[Place]) -> None:
        self.to = {before[one]: after[other] for one, other in pairs}
        self.back = {other: one for one, other in self.to.items()}
        self.known = sorted(self.to)
        self.deleted = [each for each in before if each not in self.to]
        self.inserted = [each for each in after if each not in self.back]
        self.stay = all(one == other for one, other in self.to.items())
        self.gone = set(self.deleted)

    def carried(self, line: int) -> int:
        """Return where a line lies now: an empty one as the one before it, a deleted one there."""
        if self.stay or line in self.to:
            return self.to.get(line, line)
        at = bisect_right(self.known, line) - 1
        if at < 0:
            return line
        near = self.known[at]
        return self.to[near] + (0 if line in self.gone else line - near)


class Sides:
    """A sheet in both workbooks, with its rows and columns aligned."""

    def __init__(self, before: SheetContents, after: SheetContents) -> None:
        self.name, self.new = before.name, after.name
        self.rows = by_row(before), by_row(after)
        heads = [_heads(rows) for rows in self.rows]
        columns = [[(each,) for each in head.values()] for head in heads]
        self.columns = _Lines([*heads[0]], [*heads[1]], aligned([(columns[0], columns[1])]))
        levels = [
            (self._signatures(0, numbers=full), self._signatures(1, numbers=full)) for full in (True, False)
        ]
        self.lines_of_rows = _Lines([*self.rows[0]], [*self.rows[1]], aligned(levels))

    def _signatures(self, side: int, *, numbers: bool) -> list[Signature]:
        """Return a signature for each row, of the cells in columns that both sides have."""
        shared = self.columns.to if side == 0 else {each: each for each in self.columns.back}
        return [
            tuple(
                (shared[column], signature)
                for column, cell in row.items()
                if column in shared and (signature := signature_of(cell, numbers=numbers)) is not None
            )
            for row in self.rows[side].values()
        ]

    @cached_property
    def stays(self) -> bool:
        """Whether every cell lies where it lay."""
        return self.lines_of_rows.stay and self.columns.stay and self.name == self.new

    def carried(self, row: int, column: int) -> Place:
        """Return where a cell lies now."""
        return self.lines_of_rows.carried(row), self.columns.carried(column)

    def lines(self) -> Iterator[Line]:
        """Yield the rows and columns that only one side has."""
        rows, columns = self.lines_of_rows, self.columns
        for kind, name, numbers, letters in (
            ("inserted", self.new, rows.inserted, columns.inserted),
            ("deleted", self.name, rows.deleted, columns.deleted),
        ):
            for first, last in runs(numbers):
                yield Line(kind, name, f"{first}:{last}")  # type: ignore[arg-type]  # one of the two
            for first, last in runs(letters):
                yield Line(kind, name, f"{column_letters(first)}:{column_letters(last)}")  # type: ignore[arg-type]  # as above

    def pairs(self) -> Iterator[tuple[Place, Content | None, Place, Content | None]]:
        """Yield each cell of rows and columns that both sides have: where it was, and is."""
        to = self.columns.to
        for row, new in self.lines_of_rows.to.items():
            one, two = self.rows[0][row], self.rows[1][new]
            for column, cell in one.items():
                if column in to:
                    yield (row, column), cell, (new, to[column]), two.get(to[column])
            for column, cell in two.items():
                if (old := self.columns.back.get(column)) is not None and old not in one:
                    yield (row, old), None, (new, column), cell

    def label(self, row: int) -> str:
        """Return the first text of a row."""
        return next((each.value for each in self.rows[1][row].values() if isinstance(each.value, str)), "")


def _heads(rows: Mapping[int, Mapping[int, Content]]) -> dict[int, Hashable]:
    """Return the columns in their order, each with the signature of its first cell."""
    found: dict[int, Hashable] = {}
    for row in rows.values():
        for column, cell in row.items():
            if column not in found:
                found[column] = signature_of(cell)
    return dict(sorted(found.items()))
