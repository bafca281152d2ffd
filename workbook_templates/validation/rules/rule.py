"""Rules and the places where they are broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from workbook_templates.a1 import ranges
from workbook_templates.validation.findings import Finding
from workbook_templates.validation.rules.subject import LONGEST_FORMULA, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workbook_templates.a1 import CellPlace
    from workbook_templates.validation.findings import Severity

Group = Literal[
    "package", "structure", "formulas", "values", "functions", "inputs", "ties", "checks",
    "stamps", "conventions",
]  # fmt: skip


class Spot(NamedTuple):
    """A place where a rule is broken: what should be there, and what is."""

    sheet: str
    cell: str
    expected: str
    found: str


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
            expected, found = bearable(spot.expected), bearable(spot.found)
            yield Finding(self.name, self.severity, spot.sheet, spot.cell, expected, found, self.remedy)


def bearable(text: str) -> str:
    """Return a text, cut where it is longer than any formula can be."""
    if len(text) <= LONGEST_FORMULA:
        return text
    return f"{text[:LONGEST_FORMULA]} ... ({len(text):,} characters)"


def gathered(broken: Iterable[tuple[CellPlace, str, str]]) -> Iterable[Spot]:
    """Return one spot per range for cells of a sheet with the same expected and found content."""
    places: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for (sheet, row, column), expected, found in broken:
        places.setdefault((sheet, expected, found), []).append((row, column))
    for (sheet, expected, found), cells in places.items():
        for name in ranges(cells):
            yield Spot(sheet, name, expected, found)
