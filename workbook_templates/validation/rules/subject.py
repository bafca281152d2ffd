"""The subject of rules: a workbook, and for one of ours its plan and where it deviates."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from workbook_templates.a1 import covers
from workbook_templates.plan.layout import REPORTED, STAMPED
from workbook_templates.read.looks import planned_looks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.results import Results
    from workbook_templates.plan.cells import Cell, SheetPlan
    from workbook_templates.plan.workbook import WorkbookPlan
    from workbook_templates.read.book import Book
    from workbook_templates.read.inputs import WorkbookInputs
    from workbook_templates.read.looks import Look
    from workbook_templates.read.sheets import Content
    from workbook_templates.read.values import Grids, Value
    from workbook_templates.validation.parity import Comparison


Place = tuple[str, int, int]
"""Sheet, row and column from 1."""


@dataclass(repr=False)
class Subject:
    """A workbook to which rules are applied."""

    book: Book
    calculated: dict[str, Grids] = field(default_factory=dict)
    """Values by engine."""
    failures: dict[Place, str] = field(default_factory=dict)
    """Cells whose AMZN_ function gave an error, and its message."""
    uncalculated: dict[str, str] = field(default_factory=dict)
    """Engines that could not calculate the workbook, and why."""
    expected_sheets: Sequence[str] = ()
    """Names of the sheets of a workbook of ours, in their order."""

    @cached_property
    def formulas(self) -> Mapping[Place, str]:
        """Every formula, without its ``=``."""
        return {
            (sheet.name, *place): cell.formula
            for sheet in self.book.sheets.values()
            for place, cell in sheet.cells.items()
            if cell.formula is not None
        }

    @cached_property
    def added(self) -> Mapping[Place, str]:
        """Formulas that no plan accounts for: all of a workbook that is not ours."""
        return self.formulas


@dataclass(repr=False)
class ModelSubject(Subject):
    """A workbook of ours, with the plan made from its inputs, and the model run with them."""

    plan: WorkbookPlan = field(kw_only=True)
    inputs: WorkbookInputs = field(kw_only=True)
    results: Results = field(kw_only=True)
    compared: dict[str, Comparison] = field(default_factory=dict)

    @cached_property
    def added(self) -> Mapping[Place, str]:
        """Formulas that are not the plan's."""
        return {
            place: formula for place, formula in self.formulas.items() if not self._is_planned(place, formula)
        }

    def _is_planned(self, place: Place, formula: str) -> bool:
        sheet = self.plan.sheets.get(place[0])
        cell = sheet.cells.get(place[1:]) if sheet else None
        return cell is not None and cell.content == f"={formula}"

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Planned cells with other contents."""
        return deviations(self)

    @cached_property
    def looks(self) -> list[tuple[Place, Cell, Look, Look]]:
        """Planned cells with another look: as planned, and as found."""
        return looks(self)


def shown(value: Value) -> str:
    """Return a value as findings show it."""
    return "empty" if value is None else repr(value) if isinstance(value, float) else str(value)


DIGITS_OF_A_FILE: Final = 1e-14
"""A file holds sixteen digits."""

Kind = Literal["formula", "input", "history", "stamp", "unit", "name", "axis", "constant", "label"]

_KIND_OF_STYLE: Final[dict[str, Kind]] = {
    "unit": "unit", "name": "name", "axis": "axis", "axis date": "axis", "period": "axis",
    "period text": "axis", "basis": "axis",
}  # fmt: skip


class Deviation(NamedTuple):
    """A planned cell that holds something else."""

    place: Place
    kind: Kind
    planned: Cell
    found: Content | None

    @property
    def shown(self) -> str:
        """What stands in the cell."""
        if self.found is None:
            return "empty"
        return f"={self.found.formula}" if self.found.formula is not None else shown(self.found.value)


def deviations(subject: ModelSubject) -> list[Deviation]:
    """Return every planned cell that holds something else; inputs may, they are read and judged apart."""
    return list(_deviations(subject))


def _deviations(subject: ModelSubject) -> Iterator[Deviation]:
    for name, sheet in subject.plan.sheets.items():
        if name not in subject.book.sheets:
            continue
        cells = subject.book.sheets[name].cells
        for place, cell in sheet.cells.items():
            found = cells.get(place)
            if not _is_as_planned(cell, found):
                kind = _kind(name, sheet, place, cell)
                if kind != "input":
                    yield Deviation((name, *place), kind, cell, found)


def _is_as_planned(cell: Cell, found: Content | None) -> bool:
    content = cell.content
    if cell.twin is not None:
        return found is not None and found.formula is not None and content == f"={found.formula}"
    if content is None or content == "":
        return True  # what a user writes into an empty cell is his own, unless it is a formula
    if found is None or found.formula is not None:
        return False
    if isinstance(content, str):
        return found.value == content
    value = found.value
    return isinstance(value, float) and (
        value == content or math.isclose(value, content, rel_tol=DIGITS_OF_A_FILE)
    )


def _kind(name: str, sheet: SheetPlan, place: tuple[int, int], cell: Cell) -> Kind:
    if cell.twin is not None:
        return "formula"
    if any(covers(each.cells, (*place, *place)) for each in sheet.ranges):
        return "input"
    if name == REPORTED and isinstance(cell.content, float):
        return "history"
    if name in STAMPED or cell.style.startswith("stamp "):
        return "stamp"
    if cell.style in _KIND_OF_STYLE:
        return _KIND_OF_STYLE[cell.style]
    return "label" if isinstance(cell.content, str) else "constant"


def looks(subject: ModelSubject) -> list[tuple[Place, Cell, Look, Look]]:
    """Return planned cells that do not look as planned, with the planned look and the one found."""
    planned, found_looks = planned_looks(), subject.book.looks
    alike: dict[tuple[str, int], bool] = {}
    different = []
    for name, sheet in subject.plan.sheets.items():
        if name not in subject.book.sheets:
            continue
        cells = subject.book.sheets[name].cells
        for place, cell in sheet.cells.items():
            found = cells.get(place)
            if found is None:
                continue
            key = (cell.style, found.style)
            same = alike.get(key)
            if same is None:
                same = alike[key] = (
                    found.style < len(found_looks) and planned[cell.style] == found_looks[found.style]
                )
            if not same and found.style < len(found_looks):
                row_style = sheet.row_styles.get(
                    place[0]
                )  # what a cell takes on that is typed into for the first time
                if row_style is not None and planned[row_style] == found_looks[found.style]:
                    continue
                different.append(((name, *place), cell, planned[cell.style], found_looks[found.style]))
    return different
