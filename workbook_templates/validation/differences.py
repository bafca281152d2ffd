"""What differs between any two workbooks: sheets, rows, columns, formulas, constants, and what follows."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from workbook_templates.a1 import ranges
from workbook_templates.formula_text import carried, relative, same_formula
from workbook_templates.validation.rules.subject import LONGEST_FORMULA
from workbook_templates.validation.sides import EMPTY, Line, Sides, by_row, signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workbook_templates.read.book import Book
    from workbook_templates.read.sheets import SheetContents
    from workbook_templates.read.values import Value
    from workbook_templates.validation.sides import Place, Signature

_NOISE: Final = 1e-9
"""Relative: engines round differently, and programs save fifteen digits."""
_LIKE: Final = 0.5
"""Share of equal rows from which a sheet of another name is the same one, renamed."""
_MOST_RENAMED: Final = 20
"""New sheets among which one of another name is looked for: each is compared with each."""
_FIXED: Final = re.compile(r"(?<![A-Za-z])[RC][0-9]+")
"""A fixed row or column of a reference, as :func:`relative` writes it."""


class Changed(NamedTuple):
    """Cells that were changed alike: a formula, or a constant.

    ``before``, ``after``: contents of the first of them, formulas with their ``=``; ``places``: where each
    lay on the sheet before, and where it lies on ``sheet`` now; ``label``: the first text of its row.
    """

    kind: Literal["formula", "cell"]
    sheet: str
    before: Value
    after: Value
    places: tuple[tuple[Place, Place], ...]
    label: str

    @property
    def cells(self) -> str:
        """The cells as few ranges."""
        return " ".join(ranges(place for _, place in self.places))


@dataclass
class Differences:
    """What differs: sheets (name before, name after; empty: none), lines, cells, consequences by sheet.

    ``consequences``: formulas that are the same and have another value.
    """

    sheets: list[tuple[str, str]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    consequences: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.sheets or self.lines or self.changed or self.consequences)


def differences(before: Book, after: Book) -> Differences:
    """Compare two workbooks: rows that were inserted or deleted do not make others differ.

    A formula is the same if it reads the same cells, wherever these lie now, or is the same in R1C1.
    """
    found = Differences()
    names = _renamed(before, after)
    found.sheets = [(old, new) for old, new in names.items() if old != new]
    paired = set(names.values())
    found.sheets += [(name, "") for name in before.sheets if name not in names]
    found.sheets += [("", name) for name in after.sheets if name not in paired]
    both = _Both({old: Sides(before.sheets[old], after.sheets[new]) for old, new in names.items()})
    for sides in both.sheets.values():
        found.lines += sides.lines()
        found.changed += both.changed(sides, found.consequences)
    return found


def _renamed(before: Book, after: Book) -> dict[str, str]:
    """Return the sheets that both have, with their names: the same, or of most rows in common."""
    names = {name: name for name in before.sheets if name in after.sheets}
    new = [each for name, each in after.sheets.items() if name not in names][:_MOST_RENAMED]
    left = {each.name: _rows_in(each) for each in new}
    for name, sheet in before.sheets.items():
        rows = _rows_in(sheet) if name not in names and left else set()
        shares = {other: len(rows & theirs) / max(len(rows | theirs), 1) for other, theirs in left.items()}
        best = max(shares, key=shares.__getitem__, default="")
        if shares.get(best, 0.0) > _LIKE:
            names[name] = best
            del left[best]
    return names


def _rows_in(sheet: SheetContents) -> set[Signature]:
    return {tuple(signature_of(each) for each in row.values()) for row in by_row(sheet).values()}


class _Both:
    """Two workbooks, sheet by sheet: ``sheets`` by their names before."""

    def __init__(self, sheets: Mapping[str, Sides]) -> None:
        self.sheets = sheets
        self.stays = all(each.stays for each in sheets.values())
        self.renamed = {old: each.new for old, each in sheets.items() if old != each.new}

    def changed(self, sides: Sides, consequences: Counter[str]) -> Iterator[Changed]:
        """Yield the changed cells of a sheet, formulas that changed alike together; count what follows."""
        alike: dict[tuple[Value, Value], tuple[Value, Value, list[tuple[Place, Place]]]] = {}
        for was_at, one, place, two in sides.pairs():
            before, after = (each and each.content for each in (one, two))
            where = (was_at, place)
            formulas = [each for each in (one, two) if each and each.formula is not None]
            if len(formulas) > 1 and self._is_same(sides.name, where, (str(before), str(after))):
                values = [each.value for each in formulas]
                if None not in values and not _same_value(*values):
                    consequences[sides.new] += 1
            elif formulas:
                if before == after:  # what it would read now
                    before = carried(str(before), sides.name, self._carried, self.renamed)
                key = _in_r1c1(before, was_at), _in_r1c1(after, place)
                alike.setdefault(key, (before, after, []))[2].append(where)
            elif not _same_value(before, after):
                yield Changed("cell", sides.new, before, after, (where,), sides.label(place[0]))
        for before, after, places in alike.values():
            yield Changed("formula", sides.new, before, after, tuple(places), sides.label(places[0][1][0]))

    def _is_same(self, sheet: str, where: tuple[Place, Place], formulas: tuple[str, str]) -> bool:
        """Tell whether two formulas read the same cells, those that are not fixed also relative to theirs."""
        one, two = formulas
        if self.stays and one == two:
            return True
        if max(map(len, formulas)) > LONGEST_FORMULA:
            return one == two
        there = carried(one, sheet, self._carried, self.renamed)
        if same_formula(there, two):
            return True
        then, now = relative(there, *where[1]), relative(two, *where[1])
        # a fixed reference that stayed behind where its cell moved away reads another cell
        return same_formula(relative(one, *where[0]), now) and _FIXED.findall(then) == _FIXED.findall(now)

    def _carried(self, sheet: str, row: int, column: int) -> Place:
        return self.sheets[sheet].carried(row, column) if sheet in self.sheets else (row, column)


def _in_r1c1(content: Value, place: Place) -> Value:
    if isinstance(content, str) and content.startswith("=") and len(content) <= LONGEST_FORMULA:
        return relative(content, *place)
    return content


def _same_value(one: Value, two: Value) -> bool:
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=_NOISE, abs_tol=_NOISE)
    return one == two or (one in EMPTY and two in EMPTY)
