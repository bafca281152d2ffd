"""The subject of rules: a workbook, and for one of ours its plan and where it deviates."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from workbook_templates.a1 import coordinates, covers
from workbook_templates.plan.layout import INPUTS, REPORTED, STAMPED
from workbook_templates.read.looks import planned_looks
from workbook_templates.validation.followers import followers, readers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.results import Results
    from workbook_templates.a1 import CellPlace
    from workbook_templates.plan.cells import Cell, SheetPlan
    from workbook_templates.plan.workbook import WorkbookPlan
    from workbook_templates.read.book import Book
    from workbook_templates.read.inputs import WorkbookInputs
    from workbook_templates.read.looks import Look
    from workbook_templates.read.sheets import Content
    from workbook_templates.read.values import Grids, Value
    from workbook_templates.validation.followers import Readers
    from workbook_templates.validation.parity import Comparison

LONGEST_FORMULA: Final = 8_192
"""Characters, in Excel."""


@dataclass(repr=False)
class Subject:
    """A workbook to which rules are applied."""

    book: Book
    calculated: dict[str, Grids] = field(default_factory=dict)
    """Values by engine."""
    failures: dict[CellPlace, str] = field(default_factory=dict)
    """Cells whose AMZN_ function gave an error, and its message."""
    uncalculated: dict[str, str] = field(default_factory=dict)
    """Engines that could not calculate the workbook, and why."""
    expected_sheets: Sequence[str] = ()
    """Names of the sheets of a workbook of ours, in their order."""

    @property
    def cells(self) -> Iterator[tuple[CellPlace, Content]]:
        """Every cell of every sheet."""
        for sheet in self.book.sheets.values():
            for place, cell in sheet.cells.items():
                yield (sheet.name, *place), cell

    @cached_property
    def formulas(self) -> Mapping[CellPlace, str]:
        """Every formula, without its ``=``."""
        return {place: cell.formula for place, cell in self.cells if cell.formula is not None}

    @cached_property
    def added(self) -> Mapping[CellPlace, str]:
        """Formulas that no plan accounts for: all of a workbook that is not ours."""
        return self.formulas

    @cached_property
    def readable(self) -> Mapping[CellPlace, str]:
        """Those of them that are not longer than any can be, which is a finding of its own."""
        return {place: formula for place, formula in self.added.items() if len(formula) <= LONGEST_FORMULA}


@dataclass(repr=False)
class ModelSubject(Subject):
    """A workbook of ours with all its sheets, the plan made from its inputs, and the model run with them."""

    plan: WorkbookPlan = field(kw_only=True)
    inputs: WorkbookInputs = field(kw_only=True)
    results: Results = field(kw_only=True)
    compared: dict[str, Comparison] = field(default_factory=dict)

    @cached_property
    def added(self) -> Mapping[CellPlace, str]:
        """Formulas that are not the plan's."""
        formulas = self.formulas.items()
        return {place: formula for place, formula in formulas if not self._is_planned(place, formula)}

    def _is_planned(self, place: CellPlace, formula: str) -> bool:
        sheet = self.plan.sheets.get(place[0])
        cell = sheet.cells.get(place[1:]) if sheet else None
        return cell is not None and cell.content == f"={formula}"

    def _planned_cells(self) -> Iterator[tuple[SheetPlan, CellPlace, Cell, Content | None]]:
        """Yield every planned cell with what is found in it."""
        for name, sheet in self.plan.sheets.items():
            found = self.book.sheets[name].cells
            for place, cell in sheet.cells.items():
                yield sheet, (name, *place), cell, found.get(place)

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Planned cells with other contents; inputs may have them, they are read and judged apart."""
        found = []
        for sheet, place, planned, content in self._planned_cells():
            if not _is_as_planned(planned, content):
                found.append(Deviation(place, _kind(sheet, place[1:], planned, content), planned, content))
        return [each for each in found if each.kind != "input"]

    @cached_property
    def unusable(self) -> list[CellPlace]:
        """Inputs of the selected scenario that are no numbers: the model was run with stand-ins for them."""
        cells = (
            coordinates(each.cell)
            for each in self.inputs.problems
            if not each.is_number and each.scenario == self.inputs.selected.name
        )
        return [(INPUTS, *place) for place in cells if place is not None]

    @cached_property
    def _readers(self) -> Readers:
        return readers_in(self.plan)

    @cached_property
    def not_compared(self) -> Mapping[CellPlace, CellPlace]:
        """Formula cells that follow from an unusable input, each with that input."""
        return followers(self._readers, self.unusable) if self.unusable else {}

    @cached_property
    def not_compared_by_cause(self) -> Counter[CellPlace]:
        """How many cells follow from each unusable input."""
        return Counter(self.not_compared.values())

    @cached_property
    def follows(self) -> Mapping[CellPlace, CellPlace]:
        """Formula cells that follow from a planned cell with other contents, each with that cell."""
        causes = [each.place for each in self.deviations if each.kind != "label"]
        return followers(self._readers, causes) if causes else {}

    @cached_property
    def looks(self) -> list[tuple[CellPlace, Look, Look]]:
        """Planned cells with another look: as planned, and as found."""
        planned_styles, looks = planned_looks(), self.book.looks
        different = []
        for _, place, cell, found in self._planned_cells():
            if found is None or found.style >= len(looks):
                continue
            planned, look = planned_styles[cell.style], looks[found.style]
            if planned != look:
                different.append((place, planned, look))
        return different


def shown(value: Value) -> str:
    """Return a value as findings show it."""
    return "empty" if value is None else repr(value) if isinstance(value, float) else str(value)


Kind = Literal[
    "formula", "no formula", "input", "history", "stamp", "unit", "name", "axis", "constant", "label"
]

_KIND_OF_STYLE: Final[dict[str, Kind]] = {
    "unit": "unit", "name": "name", "axis": "axis", "axis date": "axis", "period": "axis",
    "period text": "axis", "period year": "axis", "period head": "axis", "basis": "axis",
}  # fmt: skip


class Deviation(NamedTuple):
    """A planned cell that holds something else."""

    place: CellPlace
    kind: Kind
    planned: Cell
    found: Content | None

    @property
    def shown(self) -> str:
        """What stands in the cell."""
        if self.found is None:
            return "empty"
        return f"={self.found.formula}" if self.found.formula is not None else shown(self.found.value)


_NOISE: Final = 1e-12
"""Relative: programs save fifteen digits or more, and stamped values are computed again."""


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
    return isinstance(found.value, float) and math.isclose(found.value, content, rel_tol=_NOISE)


def is_input(sheet: SheetPlan, place: tuple[int, int]) -> bool:
    """Tell whether a user may type into a cell."""
    return any(covers(each.cells, (*place, *place)) for each in sheet.ranges)


def _kind(sheet: SheetPlan, place: tuple[int, int], cell: Cell, found: Content | None) -> Kind:
    if cell.twin is not None:
        return "formula" if found and found.formula is not None else "no formula"
    if is_input(sheet, place):
        return "input"
    if sheet.name == REPORTED and isinstance(cell.content, float):
        return "history"
    if sheet.name in STAMPED or cell.style.startswith("stamp "):
        return "stamp"
    part = cell.style.rpartition(" ")[2]  # of a key figure's name: total name
    if kind := _KIND_OF_STYLE.get(cell.style) or _KIND_OF_STYLE.get(part):
        return kind
    return "label" if isinstance(cell.content, str) else "constant"
