"""Room for texts: rows as tall as their wrapped texts, the column of names as wide as the longest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from workbook_templates.plan.layout import NAME
from workbook_templates.plan.styles import wrapped_size

if TYPE_CHECKING:
    from workbook_templates.plan.cells import SheetPlan

_CHARACTERS_PER_UNIT: Final = 12.0
"""Per unit of width, at one point: a unit is a digit of 11 points, and letters are a little narrower."""
_LINE: Final = 1.3
"""Height of a line, of its size."""
_MARGIN: Final = 3.0
_STANDARD_HEIGHT: Final = 15.0
_UNITS_PER_NAME_CHARACTER: Final = 1.02
"""Names stand in 9 points of a font whose letters are all as wide as its digits."""


def fit(sheet: SheetPlan) -> None:
    """Set the heights of rows with wrapped texts, unless given, and the width of the column of names."""
    names = [
        len(cell.content)
        for (_, column), cell in sheet.cells.items()
        if _is_name(column, cell.style) and isinstance(cell.content, str)
    ]
    if names:
        sheet.widths[NAME] = max(sheet.widths.get(NAME, 0.0), _UNITS_PER_NAME_CHARACTER * max(names) + 1)
    needed: dict[int, float] = {}
    for (row, column), cell in sheet.cells.items():
        size = wrapped_size(cell.style)
        if size and isinstance(cell.content, str) and not cell.twin and column in sheet.widths:
            room = sheet.widths[column] * _CHARACTERS_PER_UNIT / size
            lines = sum(max(1, math.ceil(len(part) / room)) for part in cell.content.split("\n"))
            if lines > 1:
                needed[row] = max(needed.get(row, 0.0), lines * size * _LINE + _MARGIN)
    for row, height in needed.items():
        sheet.heights.setdefault(row, max(height, _STANDARD_HEIGHT))


def _is_name(column: int, style: str) -> bool:
    return column == NAME and style == "name"
