"""The formulas of a planned workbook that follow from given cells, through any number of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from workbook_templates.a1 import CellPlace
from workbook_templates.formula_text import precedents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook_templates.plan.cells import WorkbookPlan

Readers = Mapping[tuple[str, int], Sequence[tuple[int, int, CellPlace]]]
"""For each row of a sheet: the formulas that read from it, with first and last column."""


def followers(readers: Readers, causes: Iterable[CellPlace]) -> dict[CellPlace, CellPlace]:
    """Return every formula cell that follows from a cause, with the first cause that it follows from."""
    found: dict[CellPlace, CellPlace] = {}
    for cause in causes:
        waiting = [cause]
        while waiting:
            sheet, row, column = waiting.pop()
            for first, last, reader in readers.get((sheet, row), ()):
                if first <= column <= last and reader not in found:
                    found[reader] = cause
                    waiting.append(reader)
    return found


def roots(readers: Readers, cells: Iterable[CellPlace]) -> dict[CellPlace, CellPlace]:
    """Return, for each of the cells, the first among them from which it follows through others of them.

    A cell that reads none of them is its own root.
    """
    among = dict.fromkeys(cells)
    direct = {
        cell: [
            reader
            for first, last, reader in readers.get(cell[:2], ())
            if first <= cell[2] <= last and reader in among and reader != cell
        ]
        for cell in among
    }
    follow = {reader for found in direct.values() for reader in found}
    root_of: dict[CellPlace, CellPlace] = {}
    for start in [*(cell for cell in among if cell not in follow), *among]:
        waiting = [start] if start not in root_of else []
        while waiting:
            cell = waiting.pop()
            root_of[cell] = start
            waiting += [reader for reader in direct[cell] if reader not in root_of]
    return root_of


def readers_in(plan: WorkbookPlan) -> Readers:
    """Return the formulas of a plan by the rows that they read from."""
    readers: dict[tuple[str, int], list[tuple[int, int, CellPlace]]] = {}
    for name, sheet in plan.sheets.items():
        for place, cell in sheet.cells.items():
            if cell.twin is None:
                continue
            for read, top, left, bottom, right in precedents(str(cell.content), name):
                for row in range(top, bottom + 1):
                    readers.setdefault((read, row), []).append((left, right, (name, *place)))
    return readers
