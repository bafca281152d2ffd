"""Rules over the planned cells of a workbook: formulas, labels, units, the axis, history, stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import number_hint
from model.language.units import counted
from workbook_templates.a1 import coordinates, ranges, reference
from workbook_templates.formula_text import calls_ours
from workbook_templates.plan.layout import INPUTS, VALUE
from workbook_templates.validation.rules.formulas import looks_like_a_number
from workbook_templates.validation.rules.rule import Spot, gathered
from workbook_templates.validation.rules.subject import (
    Deviation,
    Kind,
    ModelSubject,
    Subject,
    is_input,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from workbook_templates.a1 import CellPlace
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
        for cause, group in subject.causes.items():
            first = group[0]
            if first.kind == kind and not _is_number_as_text(first):
                expected, found = shown(first.planned.content), first.shown + subject.consequence(cause)
                for cells in ranges(each.place[1:] for each in group):
                    yield Spot(cause[0], cells, expected, found)

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


def _is_number_as_text(each: Deviation) -> bool:
    return isinstance(each.planned.content, (int, float)) and _is_text_of_a_number(each.found)


def numbers_as_text(subject: ModelSubject) -> Iterable[Spot]:
    """Find numbers of the workbook, inputs too, that are stored as text."""
    broken: list[tuple[CellPlace, str, str]] = [
        (each.place, _as_number(each.found), f"{_text(each.found)}{subject.consequence(each.place)}")
        for each in subject.deviations
        if _is_number_as_text(each) and each.found
    ]
    for each in subject.inputs.problems:
        place, found = _input_at(subject, each.cell)
        if found and _is_text_of_a_number(found):
            text = f"{_text(found)}{_not_compared(subject, place)}"
            broken.append(((INPUTS, *place), _as_number(found), text))
    return gathered(broken)


def _text(found: Content) -> str:
    return f"the text {found.value!r}"


def _as_number(found: Content) -> str:
    return f"a number{number_hint(found.value)}"


def _not_compared(subject: ModelSubject, place: tuple[int, int]) -> str:
    """Return how many cells follow from an unusable input, if anything was compared."""
    count = subject.not_compared_by_cause[INPUTS, *place] if subject.compared else 0
    if not count:
        return ""
    follow, were = ("follow", "were") if count > 1 else ("follows", "was")
    return f"; and {counted(count, 'cell')} that {follow} from it {were} not compared"


def _input_at(subject: ModelSubject, cell: str) -> tuple[tuple[int, int], Content | None]:
    place = coordinates(cell) or (0, 0)
    return place, subject.book.sheets[INPUTS].cells.get(place)


def _is_text_of_a_number(found: Content | None) -> bool:
    value = found.value if found is not None and found.formula is None else None
    return isinstance(value, str) and looks_like_a_number(value)


def wrong_inputs(subject: ModelSubject) -> Iterator[Spot]:
    """Find inputs that the model does not allow: missing, of the wrong kind, out of range, formulas."""
    for each in subject.inputs.problems:
        place, found = _input_at(subject, each.cell)
        if not _is_text_of_a_number(found):  # numbers_as_text reports those
            yield Spot(INPUTS, each.cell, "an allowed value", each.message + _not_compared(subject, place))


def unread_values(subject: ModelSubject) -> Iterable[Spot]:
    """Find values on Inputs in cells that nothing reads, such as years that are reported."""
    sheet = subject.plan.sheets[INPUTS]
    return gathered(
        ((INPUTS, *place), "an empty cell, because nothing reads it", shown(cell.value))
        for place, cell in subject.book.sheets[INPUTS].cells.items()
        if cell.formula is None and cell.value is not None and place not in sheet.cells
    )


def failed_checks(subject: ModelSubject) -> Iterator[Spot]:
    """Find checks of the model that fail with the inputs that the workbook holds."""
    for check in subject.results.failed_checks():
        place = subject.plan.layout.places[check.key]
        if (place.sheet, place.row, VALUE) not in subject.not_compared:
            cell = reference(place.row, VALUE)
            yield Spot(place.sheet, cell, "0 quarters beyond tolerance", str(check))


def failed_functions(subject: Subject) -> Iterator[Spot]:
    """Find AMZN_ cells that show an error, with the message of AMZN_EXPLAIN."""
    for (sheet, row, column), message in subject.failures.items():
        cell = subject.book.sheets[sheet].cells[row, column]
        yield Spot(sheet, reference(row, column), f"a value of ={cell.formula}", message)
