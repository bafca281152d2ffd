"""Rules over looks and guards: colours, locked cells, limits of inputs."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import covers, rectangle
from workbook_templates.formula_text import relative
from workbook_templates.validation.rules.rule import Spot, gathered
from workbook_templates.validation.rules.subject import LONGEST_FORMULA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbook_templates.plan.cells import InputRange
    from workbook_templates.read.looks import Look
    from workbook_templates.read.sheets import Allowed
    from workbook_templates.validation.rules.subject import ModelSubject

_KEEPS_ONE_FORMAT: Final = "gnumeric"
"""A program that saves one alone of several conditional formats of a cell."""
_SHAPES: Final = frozenset({"sp", "pic", "cxnSp", "grpSp"})
_SHOWN: Final = 1e-5
"""Limits are written with six digits."""
_MOST_FORMATTED: Final = 200_000
_SHORTENED: Final = 200
"""Cells of a conditional format that are looked at one by one, and how much is shown of one that has more."""


def _looks_other(
    what: str, of: Callable[[Look], str], only: str = ""
) -> Callable[[ModelSubject], Iterable[Spot]]:
    """Return the function that finds cells with another look than planned, or ``only`` those planned so."""

    def found(subject: ModelSubject) -> Iterable[Spot]:
        pairs = ((place, of(planned), of(look)) for place, planned, look in subject.looks)
        return gathered(each for each in pairs if each[1] != each[2] and only in {"", each[1]})

    found.__doc__ = f"Find {what}."
    return found


def _colour(look: Look) -> str:
    return f"text {look.colour}" + (f" on {look.fill}" if look.fill else "")


def _lock(look: Look) -> str:
    return "locked" if look.locked else "unlocked"


_COLOURS: Final = "cells whose colour does not match their content: blue: input, black: formula, green: link"
number_formats = _looks_other(
    "numbers whose format is not that of their unit", lambda look: look.number_format
)
colours = _looks_other(_COLOURS, _colour)
locked_inputs = _looks_other("inputs that are locked", _lock, "unlocked")
unlocked_formulas = _looks_other("formulas and labels that are not locked", _lock, "locked")


def merged_cells(subject: ModelSubject) -> Iterator[Spot]:
    """Find cells that are merged: all but the first are covered."""
    for sheet in subject.book.sheets.values():
        for cells in sheet.merged:
            if sheet.name in subject.plan.sheets:
                yield Spot(sheet.name, cells, "single cells", "merged cells")


def conditional_formats(subject: ModelSubject) -> Iterator[Spot]:
    """Find conditional formats that are not as planned, or that set a number format."""
    keeps_one = subject.book.program == _KEEPS_ONE_FORMAT
    for name, planned in subject.plan.sheets.items():
        wanted = _by_condition((each.cells, each.condition) for each in planned.highlights)
        found = _by_condition(subject.book.sheets[name].conditions)
        kept = (
            set().union(*(wanted[each] & found.get(each, set()) for each in wanted)) if keeps_one else set()
        )
        for condition in sorted(wanted | found):
            lost = wanted.get(condition, set()) - found.get(condition, set()) - kept
            added = found.get(condition, set()) - wanted.get(condition, set())
            yield from gathered(((name, *place), f"a format where {condition}", "none") for place in lost)
            yield from gathered(
                ((name, *place), "no such format", f"one where {condition}") for place in added
            )
    if subject.book.formats_by_condition:
        yield Spot("", "", "no number formats by condition", f"{subject.book.formats_by_condition} of them")


def _by_condition(formats: Iterable[tuple[str, str]]) -> dict[str, set[tuple[int, int]]]:
    """Return the cells of each condition, whose references are distances: programs join and split ranges."""
    found: dict[str, set[tuple[int, int]]] = {}
    for cells, condition in formats:
        corners = [corner for each in cells.split() if (corner := rectangle(each))]
        start = corners[0][:2] if corners else (1, 1)
        size = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in corners)
        if not corners or size > _MOST_FORMATTED or len(condition) > LONGEST_FORMULA:
            found.setdefault(f"{condition[:_SHORTENED]} in {cells[:_SHORTENED]}", set()).add(start)
            continue
        of_condition = found.setdefault(relative(condition, *start), set())
        for top, left, bottom, right in corners:
            of_condition.update(product(range(top, bottom + 1), range(left, right + 1)))
    return found


def shapes(subject: ModelSubject) -> Iterator[Spot]:
    """Find text boxes, shapes and pictures, which can cover cells."""
    archive = subject.book.archive
    for each in subject.book.relations:
        if each.kind == "drawing" and each.target in archive.parts:
            elements = archive.tree(each.target).iter()
            found = sum(element.tag.rpartition("}")[2] in _SHAPES for element in elements)
            if found:
                yield Spot("", "", "charts alone", f"{found} shapes or pictures in {each.target}")


def protection(subject: ModelSubject) -> Iterator[Spot]:
    """Find sheets whose protection is not as planned."""
    words = {True: "protected", False: "not protected"}
    for name, sheet in subject.plan.sheets.items():
        if subject.book.sheets[name].protected != sheet.protected:
            yield Spot(name, "", words[sheet.protected], words[not sheet.protected])


def input_limits(subject: ModelSubject) -> Iterator[Spot]:
    """Find inputs with wider limits than the model allows, and missing lists."""
    for name, sheet in subject.plan.sheets.items():
        allowed = subject.book.sheets[name].allowed
        by_cells = {each.cells: each for each in allowed}
        for planned in (each for each in sheet.ranges if not each.free):
            found = by_cells.get(planned.cells) or _covering(allowed, planned)
            if not _guards(planned, found):
                yield Spot(name, planned.cells, _limits_planned(planned), _limits_found(found))


def _covering(allowed: Iterable[Allowed], planned: InputRange) -> Allowed | None:
    wanted = rectangle(planned.cells)
    return next((each for each in allowed if wanted and covers(each.cells, wanted)), None)


def _guards(planned: InputRange, found: Allowed | None) -> bool:
    if found is None or not found.shows_error:
        return False
    if planned.choices:
        lists = [each.lstrip("=") for each in found.limits[:1]]  # some programs write a second formula, a 0
        return found.kind == "list" and lists == [planned.choices.lstrip("=")]
    kinds = {"whole"} if planned.whole else {"decimal", "whole"}
    limits = [_number(each) for each in found.limits]
    if found.kind not in kinds or found.operator != "between" or len(limits) < 2:  # noqa: PLR2004  # from and to
        return False
    wanted = (planned.minimum, planned.maximum)
    return all(
        bound is None or math.isclose(bound, limit, rel_tol=_SHOWN, abs_tol=1e-12)
        for bound, limit in zip(wanted, limits, strict=True)
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _limits_planned(planned: InputRange) -> str:
    if planned.choices:
        return f"a list: {planned.choices.lstrip('=')}"
    kind = "a whole number" if planned.whole else "a number"
    return f"{kind} from {planned.minimum:g} to {planned.maximum:g}"


def _limits_found(found: Allowed | None) -> str:
    if found is None:
        return "anything may be typed"
    limits = found.limits[:1] if found.kind == "list" else [found.operator, " and ".join(found.limits)]
    text = " ".join([found.kind, *limits])
    return text if found.shows_error else f"{text}, without a refusal"
