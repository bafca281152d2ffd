"""The live grids of the sheet Sensitivity, those that are closed forms, and the rows behind them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from model.scenarios.drivers import driver_specs
from workbook_templates.a1 import absolute, reference
from workbook_templates.formula_text import call
from workbook_templates.plan.layout import SENSITIVITY
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.moved import HALF, SIZE, InGrid, LiveGrid, MovedDriver, MovedRow
from workbook_templates.plan.sheets.header import put_band, put_heads
from workbook_templates.plan.styles import numeric, whole
from workbook_templates.plan.twins import Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.presentation import StepWords
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_LABEL, _FIRST = 1, 12
"""Columns behind a grid: labels, and the first of seven values."""
_MIDDLE, _STEP, _LEAST, _MOST, _GIVEN = range(12, 17)
"""Columns: a driver's middle value and the step from there; its range, and the step where that allows it."""
_HEADS: Final = {
    _LABEL: "Driver", _MIDDLE: "middle", _STEP: "step", _LEAST: "lowest", _MOST: "highest",
    _GIVEN: "full step",
}  # fmt: skip


_DOWN, _ACROSS = 0, 1
"""Parts of a place in a grid: its row, and its column."""


def put_live_grid(sheet: SheetPlan, layout: Layout, grid: LiveGrid, corner: tuple[int, int], row: int) -> int:
    """Write a grid from its first value on, and below a row what is behind it; return the next free row."""
    return _Grid(sheet, layout, grid, corner).put(row)


class _Grid:
    """A live grid: its values, and behind it the rows that one of its drivers reaches, or both.

    ``again``: for each place in it, the cells of what moved there.
    """

    def __init__(self, sheet: SheetPlan, layout: Layout, grid: LiveGrid, corner: tuple[int, int]) -> None:
        self.sheet, self.layout, self.grid = sheet, layout, grid
        self.top, self.first = corner
        self.again: dict[tuple[int, int], dict[str, str]] = {
            (row, column): {} for row, column in product(range(SIZE), repeat=2)
        }

    def put(self, row: int) -> int:
        """Write it; return the next free row."""
        grid, rows = self.grid, self.layout.plan.rows
        title = f"Behind the live table of {rows[grid.figure].label}"
        put_band(self.sheet, row, title, _FIRST + SIZE - 1)
        put_heads(self.sheet, row + 1, _HEADS, (_LABEL,))
        self._put_values(grid.x, _ACROSS, row + 2, [(self.top - 1, self.first + at) for at in range(SIZE)])
        self._put_values(grid.y, _DOWN, row + 3, [(self.top + at, self.first - 1) for at in range(SIZE)])
        row += 5
        for key, reached in grid.cone.rows.items():
            if key == grid.figure:
                self._put_square(key, self.top)
                continue
            self.sheet.put(row, _LABEL, rows[key].label, "line")
            if len(reached) > 1:
                self._put_square(key, row + 1)
                row += SIZE
            else:
                self._put_line(key, _ACROSS if grid.x.driver in reached else _DOWN, row)
            row += 1
        return row + 1

    def _put_values(self, words: StepWords, axis: int, row: int, cells: Sequence[tuple[int, int]]) -> None:
        """Write the middle and the step of a driver into a row, and its values into the heads of the grid."""
        spec = driver_specs(self.layout.company)[words.driver]
        self.sheet.put(row, _LABEL, spec.label, "line")
        put_link(self.sheet, (row, _MIDDLE), linked(self.layout, words.centre or words.driver))
        columns = (_MIDDLE, _STEP, _LEAST, _MOST, _GIVEN)
        middle, step, least, most, given = (absolute(row, column) for column in columns)
        for column, value in ((_LEAST, spec.minimum), (_MOST, spec.maximum), (_GIVEN, words.step)):
            self.sheet.put(row, column, value, numeric("working", spec.driver.unit))
        room = call("MIN", f"{middle}-{least}", f"{most}-{middle}")
        taken = f"{call('MIN', f'{HALF}*{given}', room)}/{HALF}"
        twins = [MovedDriver(words.driver, InGrid(self.grid.number, *place)) for place in _line(axis)]
        self.sheet.put(
            row, _STEP, "=" + call("IF", f"{room}<0", "(0/0)", taken), numeric("calc", spec.driver.unit),
            Difference(twins[HALF + 1], twins[HALF]),
        )  # fmt: skip
        for at, (cell, twin) in enumerate(zip(cells, twins, strict=True)):
            style = numeric("base" if at == HALF else "calc", spec.driver.unit)
            self.sheet.put(*cell, f"={middle}{at - HALF:+d}*{step}", style, twin)
            self._know(words.driver, axis, at, cell)

    def _put_line(self, key: str, axis: int, row: int) -> None:
        """Write a row that one driver reaches, for each value of it."""
        for at, place in enumerate(_line(axis)):
            cell = row, _FIRST + at
            self._put(key, place, cell, "calc")
            self._know(key, axis, at, cell)

    def _know(self, key: str, axis: int, at: int, cell: tuple[int, int]) -> None:
        """Note the cell of what is the same in a whole row or column of the grid."""
        for place, again in self.again.items():
            if place[axis] == at:
                again[key] = absolute(*cell)

    def _put_square(self, key: str, top: int) -> None:
        """Write a row that both drivers reach, for each pair of values; the grid has a bold base."""
        for place, again in self.again.items():
            is_figure = key == self.grid.figure
            at_base = place.count(HALF) if is_figure else 0
            cell = top + place[_DOWN], (self.first if is_figure else _FIRST) + place[_ACROSS]
            self._put(key, place, cell, ("calc", "beside", "base")[at_base])
            again[key] = reference(*cell)

    def _put(self, key: str, place: tuple[int, int], cell: tuple[int, int], role: str) -> None:
        text = self.grid.cone.formula(self.layout, SENSITIVITY, key, self.again[place])
        twin = MovedRow(key, InGrid(self.grid.number, *place), self.grid.cone.rows[key])
        style = whole if key == self.grid.figure else numeric
        self.sheet.put(*cell, text, style(role, self.layout.plan.rows[key].unit), twin)


def _line(axis: int) -> list[tuple[int, int]]:
    """Return the places of a grid along one axis through its base."""
    return [(HALF, at) if axis == _ACROSS else (at, HALF) for at in range(SIZE)]
