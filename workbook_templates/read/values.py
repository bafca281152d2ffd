"""The values of cells, and how they are addressed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from model.language.periods import DAY_ZERO

Value = float | str | bool | None
Grid = Mapping[tuple[int, int], Value]
Grids = Mapping[str, Grid]
"""Values by sheet, then by row and column from 1; what is empty is not there."""
Changes = Mapping[tuple[str, int, int], float | str | None]
"""New contents of input cells, by sheet, row and column from 1; None empties a cell."""
LONGEST_TEXT: Final = 32_767
"""Characters of a text in a cell."""
_LEAP_DAY_THAT_NEVER_WAS: Final = 60
"""Spreadsheets count 1900-02-29 as a day."""


def value_at(grids: Grids, sheet: str, row: int, column: int) -> Value:
    """Return one value (row and column from 1); None for what is empty or missing."""
    return grids.get(sheet, {}).get((row, column))


def day_number(value: datetime) -> float:
    """Return the number that stands for a date with its time of the day in a cell."""
    day = float(value.toordinal() - DAY_ZERO)
    if day <= _LEAP_DAY_THAT_NEVER_WAS:
        day -= 1
    return day + (value - datetime.combine(value.date(), time.min, value.tzinfo)) / timedelta(days=1)
