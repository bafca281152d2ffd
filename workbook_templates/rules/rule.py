"""What a rule is, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from workbook_templates.findings import Finding
from workbook_templates.layout import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from model.results import Results
    from workbook_templates.cells import Cell
    from workbook_templates.contents import Book
    from workbook_templates.findings import Severity
    from workbook_templates.looks import Look
    from workbook_templates.package import Grids, Value
    from workbook_templates.parity import Comparison
    from workbook_templates.read import WorkbookInputs
    from workbook_templates.rules.planned import Deviation
    from workbook_templates.writer import WorkbookPlan

Group = Literal["package", "structure", "formulas", "values", "functions", "inputs", "ties", "checks", "stamps", "conventions"]
Place = tuple[str, int, int]
"""Sheet, row and column from 1."""

LONGEST_FORMULA = 8_192
"""Characters, in Excel."""


class Spot(NamedTuple):
    """A place where a rule is broken: what should be there, and what is."""

    sheet: str
    cell: str
    expected: str
    found: str


@dataclass(repr=False)
class Subject:
    """A workbook under the eyes of rules."""

    book: Book
    calculated: dict[str, Grids] = field(default_factory=dict)
    """Values by engine."""
    failures: dict[Place, str] = field(default_factory=dict)
    """Cells whose AMZN_ function gave an error, and what the function said."""
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
    """A workbook of ours, with what it should be: the plan made from the inputs that it holds, and the model run with them."""

    plan: WorkbookPlan = field(kw_only=True)
    inputs: WorkbookInputs = field(kw_only=True)
    results: Results = field(kw_only=True)
    compared: dict[str, Comparison] = field(default_factory=dict)

    @cached_property
    def added(self) -> Mapping[Place, str]:
        """Formulas that are not the plan's."""
        return {place: formula for place, formula in self.formulas.items() if not self._is_planned(place, formula)}

    def _is_planned(self, place: Place, formula: str) -> bool:
        sheet = self.plan.sheets.get(place[0])
        cell = sheet.cells.get(place[1:]) if sheet else None
        return cell is not None and cell.content == f"={formula}"

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Planned cells that hold something else."""
        from workbook_templates.rules.planned import deviations  # noqa: PLC0415  # which needs this class

        return deviations(self)

    @cached_property
    def looks(self) -> list[tuple[Place, Cell, Look, Look]]:
        """Planned cells that look otherwise: as planned, and as found."""
        from workbook_templates.rules.conventions import looks  # noqa: PLC0415  # as above

        return looks(self)


S_contra = TypeVar("S_contra", bound=Subject, contravariant=True)


@dataclass(frozen=True)
class Rule(Generic[S_contra]):
    """One thing to look for."""

    name: str
    group: Group
    severity: Severity
    check: Callable[[S_contra], Iterable[Spot]]
    """Finds the places where the rule is broken; its docstring, ``Find ...``, says what it looks for."""
    remedy: str

    @property
    def looks_for(self) -> str:
        """What the rule looks for."""
        return " ".join((self.check.__doc__ or self.name).split()).removeprefix("Find ").rstrip(".")

    def findings(self, subject: S_contra) -> Iterable[Finding]:
        """Apply the rule."""
        for spot in self.check(subject):
            yield Finding(self.name, self.severity, spot.sheet, spot.cell, bearable(spot.expected), bearable(spot.found), self.remedy)


def bearable(text: str) -> str:
    """Return a text whole, unless it is longer than any formula can be."""
    return text if len(text) <= LONGEST_FORMULA else f"{text[:LONGEST_FORMULA]} ... ({len(text):,} characters)"


def cell_name(row: int, column: int) -> str:
    """Return ``B5`` for row 5, column 2."""
    return f"{column_letters(column)}{row}"


def shown(value: Value) -> str:
    """Return a value as findings show it."""
    return "empty" if value is None else repr(value) if isinstance(value, float) else str(value)


def ranges(places: Iterable[tuple[int, int]]) -> list[str]:
    """Return cells as few ranges, in reading order.

    Examples
    --------
    >>> ranges([(1, 1), (1, 2), (2, 1), (2, 2), (5, 3)])
    ['A1:B2', 'C5']
    """
    runs: list[list[int]] = []  # row, first column, last column
    for row, column in sorted(set(places)):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    blocks: list[list[int]] = []  # first row, last row, first column, last column
    open_: dict[tuple[int, int], list[int]] = {}
    for row, first, last in runs:
        block = open_.get((first, last))
        if block is not None and block[1] == row - 1:
            block[1] = row
        else:
            block = [row, row, first, last]
            open_[first, last] = block
            blocks.append(block)
    names = []
    for top, bottom, first, last in blocks:
        start, end = cell_name(top, first), cell_name(bottom, last)
        names.append(start if start == end else f"{start}:{end}")
    return names


def gathered(broken: Iterable[tuple[Place, str, str]]) -> Iterable[Spot]:
    """Return one spot a range for cells of a sheet that share what was expected and found."""
    places: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for (sheet, row, column), expected, found in broken:
        places.setdefault((sheet, expected, found), []).append((row, column))
    for (sheet, expected, found), cells in places.items():
        for name in ranges(cells):
            yield Spot(sheet, name, expected, found)
