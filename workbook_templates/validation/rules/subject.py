"""The subject of rules: a workbook, and for one of ours its plan and where it deviates."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from model.language.units import counted
from workbook_templates.a1 import coordinates, covers, reference
from workbook_templates.formula_text import relative, same_formula
from workbook_templates.plan import layout as places
from workbook_templates.plan.styles import COLOURS, KEY
from workbook_templates.plan.switches import switch_row
from workbook_templates.read.looks import planned_looks
from workbook_templates.read.values import value_at
from workbook_templates.validation.findings import Finding
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
    from workbook_templates.validation.changed import ChangedInput
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

    @cached_property
    def cells(self) -> Sequence[tuple[CellPlace, Content]]:
        """Every cell of every sheet."""
        sheets = self.book.sheets.values()
        return [((sheet.name, *place), cell) for sheet in sheets for place, cell in sheet.cells.items()]

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

    @cached_property
    def forms(self) -> Mapping[CellPlace, str]:
        """These relative to their cells, so that copies of a formula are alike."""
        return {place: relative(formula, *place[1:]) for place, formula in self.readable.items()}


@dataclass(repr=False)
class ModelSubject(Subject):
    """A workbook of ours with all its sheets, the plan made from its inputs, and the model run with them."""

    plan: WorkbookPlan = field(kw_only=True)
    inputs: WorkbookInputs = field(kw_only=True)
    results: Results = field(kw_only=True)
    compared: dict[str, Comparison] = field(default_factory=dict)
    changed: Sequence[ChangedInput] = ()
    """Inputs that were changed since the workbook was built."""
    effects: dict[CellPlace, str] = field(default_factory=dict)
    """What a cause does to the figures that people ask for first."""
    told: set[CellPlace] = field(default_factory=set)
    """Causes that are findings, which say what follows from them."""

    @cached_property
    def added(self) -> Mapping[CellPlace, str]:
        """Formulas that are not the plan's."""
        formulas = self.formulas.items()
        return {place: formula for place, formula in formulas if not self._is_planned(place, formula)}

    def _is_planned(self, place: CellPlace, formula: str) -> bool:
        sheet = self.plan.sheets.get(place[0])
        cell = sheet.cells.get(place[1:]) if sheet else None
        return cell is not None and cell.twin is not None and _is_formula(cell, formula)

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

    def unlike(self, values: Grids) -> Iterator[Finding]:
        """Yield the cells whose input is not as planned, or whose cached value is not one that is known."""
        remedy = "build it again; if it stays, this is a fault of amzn-fcf"
        for _, place, planned, content in self._planned_cells():
            found = content.value if content else None
            expected = value_at(values, *place) if planned.twin else planned.content
            if found != expected and not (expected == "" and found is None) and not _close(found, expected):
                cell = reference(*place[1:])
                text = shown(found)
                yield Finding("input", "error", place[0], cell, shown(expected), text, remedy)

    @cached_property
    def unusable(self) -> list[CellPlace]:
        """Inputs of what is selected that are no numbers: the model was run with stand-ins for them."""
        cells = (
            coordinates(each.cell) for each in self.inputs.problems if not each.is_number and each.is_selected
        )
        return [(places.INPUTS, *place) for place in cells if place is not None]

    @cached_property
    def readers(self) -> Readers:
        """The formulas of the plan by the rows that they read from."""
        return readers_in(self.plan)

    @cached_property
    def not_compared(self) -> Mapping[CellPlace, CellPlace]:
        """Formula cells that follow from an unusable input, each with that input."""
        return followers(self.readers, self.unusable) if self.unusable else {}

    @cached_property
    def not_compared_by_cause(self) -> Counter[CellPlace]:
        """How many cells follow from each unusable input."""
        return Counter(self.not_compared.values())

    @cached_property
    def causes(self) -> Mapping[CellPlace, Sequence[Deviation]]:
        """Planned cells with other contents, by the first of those in a row that deviate in the same way."""
        found: dict[tuple[object, ...], list[Deviation]] = {}
        for each in self.deviations:
            found.setdefault(each.way, []).append(each)
        return {group[0].place: group for group in found.values()}

    @cached_property
    def cause_of(self) -> Mapping[CellPlace, CellPlace]:
        """Cells that deviate, or follow from one that does, each with the cause; labels cause nothing."""
        own = {
            each.place: cause
            for cause, group in self.causes.items()
            for each in group
            if each.kind != "label"
        }
        followed = followers(self.readers, own) if own else {}
        return {place: own[start] for place, start in followed.items()} | own

    @cached_property
    def consequences(self) -> Counter[CellPlace]:
        """How many cells with other values than the model's follow from each cause."""
        compared = self.compared.values()
        differing = {each.place for comparison in compared for each in comparison.differences}
        own = {each.place for group in self.causes.values() for each in group}
        return Counter(self.cause_of[place] for place in differing - own if place in self.cause_of)

    def consequence(self, cause: CellPlace) -> str:
        """Return what follows from a cause, as its finding says it; from then on it is told."""
        self.told.add(cause)
        parts = [following(self.consequences[cause]), self.effects.get(cause, "")]
        return "".join(f"; {each}" for each in parts if each)

    @cached_property
    def follows_input(self) -> Mapping[CellPlace, CellPlace]:
        """Cells whose cached values may be older than a changed input, each with that input.

        An input of the selected scenario or of a switch that is on, or what is selected, if its cached number
        is another.
        """
        selected, layout = self.inputs.selected, self.plan.layout
        on = {each.name for each in selected.overlays}
        names = {selected.root.name, *(f"+{each}" for each in on)}
        cells = [cell for each in self.changed if each.scenario in names for cell in each.cells]
        for place, each in enumerate(layout.switches):
            state = value_at(self.book.values, places.INPUTS, switch_row(layout, place), places.VALUE)
            if state != float(each.name in on):
                cells.insert(0, (places.COVER, *places.switch_cell(place)))
        choice = value_at(self.book.values, places.INPUTS, places.CHOICE_ROW, places.VALUE)
        if choice != 1.0 + [each.name for each in self.plan.scenarios].index(selected.root.name):
            cells.insert(0, (places.COVER, *places.SELECTED_CELL))
        return followers(self.readers, cells) if cells else {}

    @cached_property
    def looks(self) -> list[tuple[CellPlace, Look, Look]]:
        """Planned cells with another look: as planned, and as found."""
        planned_styles, looks = planned_looks(), self.book.looks
        different, alike = [], set[tuple[str, int]]()
        for _, place, cell, found in self._planned_cells():
            if found is None or found.style >= len(looks) or (cell.style, found.style) in alike:
                continue
            planned, look = planned_styles[cell.style], looks[found.style]
            as_its_mark = COLOURS.get(cell.style.removeprefix(KEY)) if cell.style.startswith(KEY) else None  # type: ignore[call-overload]
            if look in {planned, planned._replace(colour=as_its_mark or planned.colour)}:
                alike.add((cell.style, found.style))
            else:
                different.append((place, planned, look))
        return different


def following(count: int) -> str:
    """Write that so many cells follow from one; nothing for none."""
    return f"and {counted(count, 'cell')} {'follow' if count > 1 else 'follows'} from it" if count else ""


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
    def way(self) -> tuple[object, ...]:
        """What it has in common with others of its row that deviate alike."""
        sheet, *place = self.place
        if self.kind not in {"formula", "no formula"}:
            return self.place
        own = self.found.formula if self.found else None
        found = relative(own, *place) if own and len(own) <= LONGEST_FORMULA else self.shown
        return sheet, place[0], self.kind, relative(str(self.planned.content), *place), found

    @property
    def shown(self) -> str:
        """What stands in the cell."""
        return shown(self.found and self.found.content)


_NOISE: Final = 1e-12
"""Relative: programs save fifteen digits or more, and stamped values are computed again."""


def _is_as_planned(cell: Cell, found: Content | None) -> bool:
    content = cell.content
    if cell.twin is not None:
        return found is not None and found.formula is not None and _is_formula(cell, found.formula)
    if content is None or content == "":
        return True  # what a user writes into an empty cell is his own, unless it is a formula
    if found is None or found.formula is not None:
        return False
    if isinstance(content, str):
        return found.value == content
    return isinstance(found.value, float) and math.isclose(found.value, content, rel_tol=_NOISE)


def _is_formula(cell: Cell, formula: str) -> bool:
    return same_formula(str(cell.content)[1:], formula)


def _close(found: Value, expected: Value) -> bool:
    numbers = isinstance(found, float) and isinstance(expected, (int, float))
    return numbers and math.isclose(found, expected, rel_tol=_NOISE)  # type: ignore[arg-type]  # as just seen


def is_input(sheet: SheetPlan, place: tuple[int, int]) -> bool:
    """Tell whether a user may type into a cell."""
    return any(covers(each.cells, (*place, *place)) for each in sheet.ranges)


def _kind(sheet: SheetPlan, place: tuple[int, int], cell: Cell, found: Content | None) -> Kind:
    if cell.twin is not None:
        return "formula" if found and found.formula is not None else "no formula"
    if is_input(sheet, place):
        return "input"
    if sheet.name == places.REPORTED and isinstance(cell.content, float):
        return "history"
    if sheet.name in places.STAMPED or cell.style.startswith("stamp "):
        return "stamp"
    part = cell.style.rpartition(" ")[2]  # of a key figure's name: total name
    if kind := _KIND_OF_STYLE.get(cell.style) or _KIND_OF_STYLE.get(part):
        return kind
    return "label" if isinstance(cell.content, str) else "constant"
