"""What each cause of wrong values does alone, tried by calculating the workbook with all others put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.engines.limited import Trials
from workbook_templates.read.values import value_at
from workbook_templates.validation.effects import effect_text, effects, watched

if TYPE_CHECKING:
    from workbook_templates.a1 import CellPlace
    from workbook_templates.engines.limited import Calculated
    from workbook_templates.validation.rules.subject import ModelSubject

_MOST_TRIED: Final = 4
"""Causes that are tried one by one: a calculation each."""


def _tried(subject: ModelSubject) -> list[CellPlace]:
    """Return the causes whose effects are asked for: few, or none where inputs cannot be used."""
    acting = [
        cause
        for cause, group in subject.causes.items()
        if group[0].kind in {"formula", "no formula", "history", "constant", "axis"}
    ]
    return acting if len(acting) <= _MOST_TRIED and not subject.unusable else []


def trials_of(subject: ModelSubject) -> Trials:
    """Return the calculations that show what each of several causes does alone: all others are put right."""
    causes = _tried(subject)
    cells = [
        row.cell(subject.plan.layout) for row in watched(subject.results.plan, subject.plan.layout.company)
    ]
    right = {cause: {each.place: each.planned.content for each in subject.causes[cause]} for cause in causes}
    contents = [
        {place: content for other in causes if other != cause for place, content in right[other].items()}
        for cause in causes
    ]
    return Trials(contents if len(causes) > 1 else (), cells)


def take_effects(subject: ModelSubject, found: Calculated) -> None:
    """Note what each cause does to the watched figures, from what an engine calculated."""
    rows = watched(subject.results.plan, subject.plan.layout.company)
    before = [row.value(subject.results, 0) for row in rows]
    as_is = [value_at(found.grids, *row.cell(subject.plan.layout)) for row in rows]
    for cause, after in zip(_tried(subject), found.trials or [as_is], strict=False):
        subject.effects[cause] = effect_text(rows, effects(before, after))
