"""The proof: every formula cell of a workbook, calculated by an engine, equals the model's figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from model.errors import is_error
from model.language.units import UNITS
from workbook_templates.a1 import reference
from workbook_templates.plan.twins import NoError
from workbook_templates.read.values import Grids, Value, value_at

if TYPE_CHECKING:
    from collections.abc import Container

    from model.results import Results
    from workbook_templates.a1 import CellPlace
    from workbook_templates.plan.workbook import WorkbookPlan

RELATIVE_TOLERANCE: Final = 1e-9
ABSOLUTE_TOLERANCE: Final = 1e-6
"""In USD m, for figures below 1,000, where it is the wider of the two."""
ABSOLUTE_TOLERANCE_OF_RATIOS: Final = 1e-12
"""For everything that is not money."""
_MOST_SHOWN: Final = 20


@dataclass(frozen=True)
class Difference:
    """A cell that does not equal its twin."""

    place: CellPlace
    expected: Value
    found: Value

    @property
    def sheet(self) -> str:
        """The sheet."""
        return self.place[0]

    @property
    def cell(self) -> str:
        """The cell on the sheet."""
        return reference(*self.place[1:])


@dataclass
class Comparison:
    """The outcome of comparing cells with the model."""

    cells: int = 0
    """Number of cells with a number on both sides."""
    largest: float = 0.0
    """Largest relative difference of numbers away from 0."""
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        """Take in another comparison."""
        self.cells += other.cells
        self.largest = max(self.largest, other.largest)
        self.differences += other.differences

    def __str__(self) -> str:
        beyond = f"{len(self.differences)} beyond tolerance"
        lines = [f"{self.cells:,} cells, largest relative difference {self.largest:.1e}, {beyond}"]
        shown = self.differences[:_MOST_SHOWN]
        lines += [f"{each.sheet}!{each.cell}: expected {each.expected}, found {each.found}" for each in shown]
        return "\n".join(lines)


def compare(
    plan: WorkbookPlan,
    grids: Grids,
    results: Results,
    draw: int = 0,
    *,
    left_out: Container[tuple[str, int, int]] = (),
) -> Comparison:
    """Compare every formula cell of a planned workbook with the model.

    ``grids``: values of the workbook, from an engine or its cache; ``results``, ``draw``: the model computed
    with the drivers that the workbook has selected, and which of its scenarios that is; ``left_out``: cells
    that the model cannot judge.
    """
    report = Comparison()
    for name, sheet in plan.sheets.items():
        for (row, column), cell in sheet.cells.items():
            if cell.twin is None or (name, row, column) in left_out:
                continue
            found = value_at(grids, name, row, column)
            expected = cell.twin.expected(plan, results, draw)
            if isinstance(cell.twin, NoError):
                agrees = found is not None and not is_error(found)
            else:
                agrees = _agree(expected, found, cell.twin.unit(plan), report)
            if not agrees:
                report.differences.append(Difference((name, row, column), expected, found))
    return report


def _agree(expected: Value, found: Value, unit: str, report: Comparison) -> bool:
    if isinstance(expected, (str, bool)):
        return expected == found
    if expected is None or math.isnan(expected):
        return is_error(found)
    if isinstance(found, (str, bool)) or found is None:
        return False
    report.cells += 1
    distance = abs(found - expected)
    near_zero = ABSOLUTE_TOLERANCE if unit in UNITS and UNITS[unit].money else ABSOLUTE_TOLERANCE_OF_RATIOS
    if abs(expected) <= near_zero / RELATIVE_TOLERANCE:
        return distance <= near_zero
    report.largest = max(report.largest, distance / abs(expected))
    return distance <= RELATIVE_TOLERANCE * abs(expected)
