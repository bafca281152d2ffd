"""Rules over values: cached and calculated ones must equal the model's."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from model.language.units import counted
from workbook_templates.a1 import reference
from workbook_templates.validation.followers import roots
from workbook_templates.validation.rules.rule import Spot
from workbook_templates.validation.rules.subject import ModelSubject, Subject, following, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workbook_templates.validation.parity import Comparison, Difference

CACHED: Final = "cached"
_STALE: Final = 1e-6
"""Relative difference beyond which a cached value is stale: engines agree to far less."""
_NEAR_ZERO: Final = 1e-9


def missing_values(subject: Subject) -> Iterator[Spot]:
    """Find a workbook whose formulas have no values: readers that do not calculate show blanks."""
    total = len(subject.formulas)
    empty = sum(cell.formula is not None and cell.value is None for _, cell in subject.cells)
    if total and empty > total / 2:
        yield Spot(
            "",
            "",
            f"values of {total:,} formulas",
            f"no values of {empty:,} formulas: nothing cached was compared",
        )


def cached_values(subject: ModelSubject) -> Iterator[Spot]:
    """Find cached values that are not the model's."""
    if CACHED not in subject.compared or any(missing_values(subject)):
        return
    unexplained: list[Difference] = []
    old: list[Difference] = []
    for each in _unexplained(subject, subject.compared[CACHED]):
        (old if each.place in subject.follows_input else unexplained).append(each)
    if old:
        first = subject.follows_input[old[0].place]
        others = len({subject.follows_input[each.place] for each in old}) - 1
        more = f" and of {counted(others, 'other input')}" if others else ""
        found = f"older values in {counted(len(old), 'cell')} that follow from it{more}"
        yield Spot(first[0], reference(*first[1:]), "values calculated with the changed input", found)
    yield from _by_root(subject, unexplained, "")


def calculated_values(subject: ModelSubject) -> Iterator[Spot]:
    """Find values that an engine calculates from the formulas and that are not the model's."""
    for name, comparison in subject.compared.items():
        if name != CACHED:
            yield from _by_root(subject, list(_unexplained(subject, comparison)), f" ({name})")


def _unexplained(subject: ModelSubject, comparison: Comparison) -> Iterator[Difference]:
    """Yield the differences but those that the finding of their cause has counted."""
    for each in comparison.differences:
        if not (subject.told and subject.cause_of.get(each.place) in subject.told):
            yield each


def _by_root(subject: ModelSubject, differences: Sequence[Difference], by: str) -> Iterator[Spot]:
    """Yield the cells with which differences begin; those that follow from one are counted there."""
    if not differences:
        return
    root_of = roots(subject.readers, (each.place for each in differences))
    count = Counter(root for place, root in root_of.items() if place != root)
    for each in differences:
        if root_of[each.place] == each.place:
            follow = "; ".join(filter(None, [shown(each.found) + by, following(count[each.place])]))
            yield Spot(each.sheet, each.cell, shown(each.expected), follow)


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
