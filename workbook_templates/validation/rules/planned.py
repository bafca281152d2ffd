"""Rules over the planned cells of a workbook: formulas, labels, units, the axis, history, stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import calls_ours, coordinates, reference
from workbook_templates.plan.layout import CHECKS_FAILED, INPUTS, VALUE
from workbook_templates.validation.rules.formulas import looks_like_a_number
from workbook_templates.validation.rules.rule import Spot, gathered
from workbook_templates.validation.rules.subject import (
    Deviation,
    Kind,
    ModelSubject,
    Place,
    Subject,
    is_input,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbook_templates.read.sheets import Content


def added_formulas(subject: ModelSubject) -> Iterable[Spot]:
    """Find formulas where the model has none; a user's AMZN_ cells have a rule of their own."""
    for (name, row, column), formula in subject.added.items():
        if name not in subject.plan.sheets:
            continue
        planned = subject.plan.sheets[name].cells.get((row, column))
        is_free = planned is None or planned.content is None or planned.content == ""
        if is_free and not calls_ours(formula) and not is_input(subject.plan.sheets[name], (row, column)):
            yield Spot(name, reference(row, column), "no formula", f"={formula}")


def _changed(kind: Kind, what: str) -> Callable[[ModelSubject], Iterable[Spot]]:
    """Return the function that finds changed cells of a kind, with a docstring that says which they are."""

    def changed(subject: ModelSubject) -> Iterable[Spot]:
        found = (each for each in subject.deviations if each.kind == kind)
        return _spots(each for each in found if not _is_number_as_text(each))

    changed.__doc__ = f"Find {what}."
    return changed


changed_formulas = _changed("formula", "formulas that are not those of the model")
constants_over_formulas = _changed("no formula", "values typed over formulas, and formulas that were deleted")
changed_history = _changed("history", "reported figures that are not those of the filings")
_STAMPS: Final = "stamped values that are not the model's, unless the inputs of their scenario have changed"
changed_stamps = _changed("stamp", _STAMPS)
changed_units = _changed("unit", "units that are not those of the model")
changed_names = _changed("name", "names of lines and drivers that are not those of the model")
changed_axis = _changed("axis", "years, quarters, positions and headers that are not those of the axis")
changed_labels = _changed("label", "labels, definitions, notes and headings that are not those of the model")
changed_constants = _changed("constant", "other fixed numbers that are not as planned")


def _spots(found: Iterable[Deviation]) -> Iterable[Spot]:
    for each in found:
        yield Spot(each.place[0], reference(*each.place[1:]), shown(each.planned.content), each.shown)


def _is_number_as_text(each: Deviation) -> bool:
    return isinstance(each.planned.content, (int, float)) and _is_text_of_a_number(each.found)


def numbers_as_text(subject: ModelSubject) -> Iterable[Spot]:
    """Find numbers of the workbook, inputs too, that are stored as text."""
    broken: list[tuple[Place, str, str]] = [
        (each.place, "a number", f"the text {each.found.value!r}")
        for each in subject.deviations
        if _is_number_as_text(each) and each.found
    ]
    for cell, _ in subject.inputs.problems:
        place, found = _input_at(subject, cell)
        if _is_text_of_a_number(found):
            broken.append(((INPUTS, *place), "a number", f"the text {found.value!r}" if found else ""))
    return gathered(broken)


def _input_at(subject: ModelSubject, cell: str) -> tuple[tuple[int, int], Content | None]:
    place = coordinates(cell) or (0, 0)
    return place, subject.book.sheets[INPUTS].cells.get(place)


def _is_text_of_a_number(found: Content | None) -> bool:
    value = found.value if found is not None and found.formula is None else None
    return isinstance(value, str) and looks_like_a_number(value)


def wrong_inputs(subject: ModelSubject) -> Iterator[Spot]:
    """Find inputs that the model does not allow: missing, of the wrong kind, out of range, formulas."""
    for cell, problem in subject.inputs.problems:
        if not _is_text_of_a_number(_input_at(subject, cell)[1]):  # numbers_as_text reports those
            yield Spot(INPUTS, cell, "an allowed value", problem)


def failed_checks(subject: ModelSubject) -> Iterator[Spot]:
    """Find a model whose own checks fail with the inputs that the workbook holds."""
    place = subject.plan.layout.places.get(CHECKS_FAILED)
    failed = float(subject.results.values[CHECKS_FAILED][0, 0]) if place else 0.0
    if place and failed:
        yield Spot(place.sheet, reference(place.row, VALUE), "0 quarters beyond tolerance", f"{failed:g}")


def failed_functions(subject: Subject) -> Iterator[Spot]:
    """Find AMZN_ cells that show an error, with the message of AMZN_EXPLAIN."""
    for (sheet, row, column), message in subject.failures.items():
        cell = subject.book.sheets[sheet].cells[row, column]
        yield Spot(sheet, reference(row, column), f"a value of ={cell.formula}", message)
