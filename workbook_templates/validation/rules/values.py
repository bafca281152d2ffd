"""Rules over values: cached and calculated ones must equal the model's."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from model.language.units import counted
from workbook_templates.a1 import coordinates, reference
from workbook_templates.validation.rules.rule import Spot
from workbook_templates.validation.rules.subject import ModelSubject, Subject, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook_templates.a1 import CellPlace
    from workbook_templates.validation.parity import Comparison

CACHED: Final = "cached"
_STALE: Final = 1e-6
"""Relative difference beyond which a cached value is stale: engines agree to far less."""
_NEAR_ZERO: Final = 1e-9


def missing_values(subject: Subject) -> Iterator[Spot]:
    """Find a workbook whose formulas have no values: readers that do not calculate show blanks."""
    total = len(subject.formulas)
    empty = sum(cell.formula is not None and cell.value is None for _, cell in subject.cells)
    if total and empty > total / 2:
        yield Spot("", "", f"values of {total:,} formulas", f"no values of {empty:,} formulas")


def cached_values(subject: ModelSubject) -> Iterator[Spot]:
    """Find cached values that are not the model's."""
    if CACHED in subject.compared and not any(missing_values(subject)):
        yield from _differences(subject, subject.compared[CACHED], "")


def calculated_values(subject: ModelSubject) -> Iterator[Spot]:
    """Find values that an engine calculates from the formulas and that are not the model's."""
    for name, comparison in subject.compared.items():
        if name != CACHED:
            yield from _differences(subject, comparison, f" ({name})")


def _differences(subject: ModelSubject, comparison: Comparison, by: str) -> Iterator[Spot]:
    """Yield the differences; those that follow from a cell with other contents are counted there."""
    changed = {each.place for each in subject.deviations}
    following: Counter[CellPlace] = Counter()
    for each in comparison.differences:
        place = (each.sheet, *(coordinates(each.cell) or (0, 0)))
        if place not in changed and place in subject.follows:
            following[subject.follows[place]] += 1
        else:
            yield Spot(each.sheet, each.cell, shown(each.expected), shown(each.found) + by)
    for (sheet, row, column), count in following.items():
        found = f"other values in {counted(count, 'cell')} that follow from this one{by}"
        yield Spot(sheet, reference(row, column), "the model's values", found)


def stale_values(subject: Subject) -> Iterator[Spot]:
    """Find cached numbers of formulas beyond the model that an engine calculates differently."""
    if any(missing_values(subject)):
        return
    for sheet, row, column in subject.added:
        cached = subject.book.sheets[sheet].cells[row, column].value
        for name, grids in subject.calculated.items():
            found = grids.get(sheet, {}).get((row, column))
            if type(cached) is not float or type(found) is not float or not math.isfinite(found):
                continue
            if not math.isclose(cached, found, rel_tol=_STALE, abs_tol=_NEAR_ZERO):
                yield Spot(sheet, reference(row, column), f"{shown(found)} ({name})", shown(cached))


def uncalculated(subject: Subject) -> Iterator[Spot]:
    """Find workbooks that an engine could not calculate."""
    for name, reason in subject.uncalculated.items():
        yield Spot("", "", f"calculated by {name}", reason)
