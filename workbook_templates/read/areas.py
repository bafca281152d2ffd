"""Cells that a formula reads together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from workbook_templates.a1 import quoted, reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook_templates.a1 import CellPlace


class Area(NamedTuple):
    """A range of cells: sheet, first row and column, last row and column."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self[1:3] == self[3:]

    @property
    def is_line(self) -> bool:
        """Whether they lie in one row or column."""
        return self.top == self.bottom or self.left == self.right

    @property
    def size(self) -> int:
        """Number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def places(self) -> Iterator[CellPlace]:
        """Yield their places, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield self.sheet, row, column

    def holds(self, other: Area) -> bool:
        """Tell whether all cells of another range are among these."""
        starts, ends = self.top <= other.top and self.left <= other.left, other[3:]
        return self.sheet == other.sheet and starts and self.bottom >= ends[0] and self.right >= ends[1]

    def __str__(self) -> str:
        """Return it as formulas of other sheets name it."""
        first, last = reference(self.top, self.left), reference(self.bottom, self.right)
        cells = first if self.is_cell else f"{first}:{last}"
        sheet = self.sheet if re.fullmatch(r"\w+", self.sheet) else quoted(self.sheet)
        return f"{sheet}!{cells}"
