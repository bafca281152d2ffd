"""The formulas of a planned workbook that follow from given cells, through any number of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook_templates.a1 import precedents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbook_templates.plan.cells import WorkbookPlan

Place = tuple[str, int, int]
"""Sheet, row and column from 1."""


def followers(plan: WorkbookPlan, causes: Iterable[Place]) -> dict[Place, Place]:
    """Return every formula cell that follows from a cause, with the first cause that it follows from."""
    readers = _readers(plan)
    found: dict[Place, Place] = {}
    for cause in causes:
        waiting = [cause]
        while waiting:
            sheet, row, column = waiting.pop()
            for first, last, reader in readers.get((sheet, row), ()):
                if first <= column <= last and reader not in found:
                    found[reader] = cause
                    waiting.append(reader)
    return found


def _readers(plan: WorkbookPlan) -> dict[tuple[str, int], list[tuple[int, int, Place]]]:
    """Return for each row of a sheet the formulas that read from it, with first and last column."""
    readers: dict[tuple[str, int], list[tuple[int, int, Place]]] = {}
    for name, sheet in plan.sheets.items():
        for place, cell in sheet.cells.items():
            if cell.twin is None:
                continue
            for read, top, left, bottom, right in precedents(str(cell.content), name):
                for row in range(top, bottom + 1):
                    readers.setdefault((read, row), []).append((left, right, (name, *place)))
    return readers
