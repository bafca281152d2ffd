"""References to cells, written and read as text. Knows no model."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CellPlace = tuple[str, int, int]
"""Sheet, row and column from 1."""

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384

REFERENCE: Final = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})")
_NUMBERED: Final = re.compile(r"[rR][0-9]*([cC][0-9]*)?|[cC][0-9]*")
"""A reference by row and column numbers."""


@cache
def column_number(letters: str) -> int:
    """Return the number of a column, from 1.

    Examples
    --------
    >>> column_number("AB")
    28
    """
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


@lru_cache(maxsize=1 << 16)
def coordinates(reference: str) -> tuple[int, int] | None:
    """Return row and column of a reference such as ``$B$5``; None for anything else.

    Cached: sheets have cells at the same places.
    """
    match = REFERENCE.fullmatch(reference)
    if match is None:
        return None
    row, column = int(match[4]), column_number(match[2])
    return (row, column) if 1 <= row <= LAST_ROW and column <= LAST_COLUMN else None


def rectangle(reference: str) -> tuple[int, int, int, int] | None:
    """Return first row, first column, last row and last column of ``B5`` or ``B5:D9``, else None."""
    first, _, last = reference.partition(":")
    start, end = coordinates(first), coordinates(last or first)
    return None if start is None or end is None else (*start, *end)


def quoted(sheet: str) -> str:
    """Write the name of a sheet as formulas do, in quotes."""
    return "'{}'".format(sheet.replace("'", "''"))


def sheet_named(text: str) -> str:
    """Return the name of the sheet that a formula writes so, in quotes or without."""
    return text.strip("'").replace("''", "'")


def looks_like_a_cell(name: str) -> bool:
    """Tell whether a name could be read as a reference, in either style."""
    return coordinates(name) is not None or _NUMBERED.fullmatch(name) is not None


@cache
def column_letters(column: int) -> str:
    """Return the letters of a column, from 1.

    Examples
    --------
    >>> column_letters(28)
    'AB'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def reference(row: int, column: int, *, fixed_row: bool = False, fixed_column: bool = False) -> str:
    """Write a cell as ``A1``, with ``$`` before what stays when the formula is copied."""
    return f"{'$' if fixed_column else ''}{column_letters(column)}{'$' if fixed_row else ''}{row}"


def absolute(row: int, column: int) -> str:
    """Write a cell as ``$A$1``."""
    return reference(row, column, fixed_row=True, fixed_column=True)


def area(
    first: tuple[int, int], last: tuple[int, int], *, fixed_row: bool = False, fixed_column: bool = False
) -> str:
    """Write the cells between two corners as ``A1:B2``, with ``$`` as for :func:`reference`."""
    corners = (reference(*each, fixed_row=fixed_row, fixed_column=fixed_column) for each in (first, last))
    return ":".join(corners)


def across(sheet: str, row: int, first: int, last: int) -> str:
    """Write the cells of a row on a sheet, wherever the reference stands."""
    return f"'{sheet}'!{area((row, first), (row, last), fixed_row=True, fixed_column=True)}"


def down(sheet: str, column: int, rows: range) -> str:
    """Write the cells of a column on a sheet, wherever the reference stands."""
    return f"'{sheet}'!{area((rows[0], column), (rows[-1], column), fixed_row=True, fixed_column=True)}"


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers in their order as first and last of those that follow one another.

    Examples
    --------
    >>> runs([1, 2, 3, 7])
    [[1, 3], [7, 7]]
    """
    found: list[list[int]] = []
    for each in numbers:
        if found and found[-1][1] == each - 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return found


def ranges(places: Iterable[tuple[int, int]]) -> list[str]:
    """Return cells as few ranges, in reading order.

    Examples
    --------
    >>> ranges([(1, 1), (1, 2), (2, 1), (2, 2), (5, 3)])
    ['A1:B2', 'C5']
    """
    blocks: list[list[int]] = []  # first row, last row, first column, last column
    open_: dict[tuple[int, int], list[int]] = {}
    for row, cells in groupby(sorted(set(places)), itemgetter(0)):
        for first, last in runs(column for _, column in cells):
            block = open_.get((first, last))
            if block is not None and block[1] == row - 1:
                block[1] = row
            else:
                open_[first, last] = block = [row, row, first, last]
                blocks.append(block)
    names = ((reference(top, first), reference(bottom, last)) for top, bottom, first, last in blocks)
    return [start if start == end else f"{start}:{end}" for start, end in names]


def covers(cells: str, wanted: tuple[int, int, int, int]) -> bool:
    """Tell whether one of the ranges in ``cells`` holds a rectangle."""
    top, left, bottom, right = wanted
    found = (rectangle(each) for each in cells.split())
    return any(r and r[0] <= top and r[1] <= left and r[2] >= bottom and r[3] >= right for r in found)
