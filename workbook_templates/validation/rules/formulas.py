"""Rules over the formulas of any workbook, as an auditor applies them without knowing its subject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from model.errors import is_error
from workbook_templates.formula_text import ALLOWED_FUNCTIONS, AMZN, constants, functions
from workbook_templates.validation.rules.rule import Spot, gathered
from workbook_templates.validation.rules.subject import ModelSubject, Subject, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from workbook_templates.a1 import CellPlace
    from workbook_templates.read.sheets import SheetContents

VOLATILE: Final = frozenset(
    {"OFFSET", "INDIRECT", "NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"}
)
AGREED: Final = ALLOWED_FUNCTIONS | {
    "AVERAGE", "COUNT", "COUNTA", "EXP", "HLOOKUP", "IFERROR", "INT", "LN", "MOD", "NOT", "ROUNDDOWN",
    "ROUNDUP", "SQRT", "VLOOKUP",
}  # fmt: skip
"""Functions that engines calculate alike in any workbook, so that a difference is a stale value."""
_REACHING_OUT: Final = frozenset({
    "WEBSERVICE", "RTD", "CALL", "REGISTER", "REGISTER.ID", "EXEC", "EVALUATE", "FILTERXML", "SQL.REQUEST",
    "IMAGE",
})  # fmt: skip
_PLAIN_CONSTANTS: Final = frozenset({
    "0", "1", "2", "3", "4", "7", "10", "12", "24", "30", "52", "60", "100", "360", "365", "1000", "1000000",
})  # fmt: skip
"""Numbers that stand for themselves: parts of a year, scales."""
_NUMBER: Final = re.compile(r"\s*[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d+)?\s*%?\s*")
_LONGEST_NUMBER: Final = 40


def looks_like_a_number(text: str) -> bool:
    """Tell whether a text reads as a number.

    Examples
    --------
    >>> [looks_like_a_number(each) for each in ("1,250.5", " 12 %", "1e3", "2026Q3", "")]
    [True, True, True, False, False]
    """
    return len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def volatile_functions(subject: Subject) -> Iterable[Spot]:
    """Find functions whose values change without a change of an input (volatile functions)."""
    yield from gathered(
        (place, "no volatile function", ", ".join(sorted(found)))
        for place, formula in subject.added.items()
        if (found := functions(formula) & VOLATILE)
    )
    for each in subject.book.names:
        if found := functions(each.formula) & VOLATILE:
            names = ", ".join(sorted(found))
            yield Spot(each.sheet, "", "no volatile function", f"{names} in name {each.name}")


def functions_that_reach_out(subject: Subject) -> Iterable[Spot]:
    """Find functions that call programs, servers or code."""
    return gathered(
        (place, "functions that calculate", f"={formula}")
        for place, formula in subject.added.items()
        if functions(formula) & _REACHING_OUT
    )


def functions_not_agreed_on(subject: ModelSubject) -> Iterable[Spot]:
    """Find functions that not all programs have or agree on; AMZN_ functions have a rule of their own."""
    judged = ALLOWED_FUNCTIONS | VOLATILE | _REACHING_OUT
    for place, formula in subject.added.items():
        if unknown := sorted(each for each in functions(formula) - judged if AMZN not in each):
            yield from gathered([(place, "functions that all programs agree on", ", ".join(unknown))])


def error_values(subject: Subject) -> Iterable[Spot]:
    """Find error values, except planned ones and those of AMZN_ cells, which have rules of their own."""
    broken = []
    for place, cell in subject.cells:
        if not is_error(cell.value) or place in subject.failures:
            continue
        if isinstance(subject, ModelSubject) and place[0] in subject.plan.sheets:
            planned = subject.plan.sheets[place[0]].cells.get(place[1:])
            if planned is not None and (planned.twin is not None or planned.content == cell.value):
                continue
        if cell.formula is None or "NA" not in functions(cell.formula):
            broken.append((place, "a value", str(cell.value)))
    return gathered(broken)


def circular_formulas(subject: Subject) -> Iterable[Spot]:
    """Find formulas that an engine says depend on themselves."""
    grids = (each for found in subject.calculated.values() for each in found.items())
    broken = ((name, *place) for name, grid in grids for place, value in grid.items() if value == "#CIRC!")
    return gathered((place, "no circular formula", "#CIRC!") for place in dict.fromkeys(broken))


def texts_like_formulas(subject: Subject) -> Iterable[Spot]:
    """Find texts that begin with =: they look like formulas, and run once exported and opened again."""
    texts = ((place, cell.value) for place, cell in subject.cells if cell.formula is None)
    return gathered(
        (place, "a formula, or a text that does not begin with =", text)
        for place, text in texts
        if isinstance(text, str) and text.startswith("=") and len(text) > 1
    )


def texts_like_numbers(subject: Subject) -> Iterable[Spot]:
    """Find numbers stored as text between numbers: sums skip them."""
    broken = []
    for sheet in subject.book.sheets.values():
        for (row, column), cell in sheet.cells.items():
            if cell.formula is None and isinstance(cell.value, str) and looks_like_a_number(cell.value):
                beside = [_is_number(sheet, row, column + step) for step in (-1, 1)]
                above = [_is_number(sheet, row + step, column) for step in (-1, 1)]
                if all(beside) or all(above):
                    broken.append(((sheet.name, row, column), "a number", f"the text {shown(cell.value)}"))
    return gathered(broken)


def _is_number(sheet: SheetContents, row: int, column: int) -> bool:
    cell = sheet.cells.get((row, column))
    return cell is not None and isinstance(cell.value, float)


def constants_in_formulas(subject: Subject) -> Iterable[Spot]:
    """Find numbers typed into formulas, except self-evident ones such as 12 months."""
    return gathered(
        (place, "inputs in cells of their own", f"{', '.join(dict.fromkeys(found))} in ={formula}")
        for place, formula in subject.readable.items()
        if (found := [each for each in constants(formula) if each not in _PLAIN_CONSTANTS])
    )


def inconsistent_formulas(subject: Subject) -> Iterator[Spot]:
    """Find formulas that differ from two neighbours, in the row or the column, that are alike."""
    forms = subject.forms
    for place, form in forms.items():
        around = _around(forms, place)
        # a neighbour of the same form: a line of its own, such as totals, across others
        if around is not None and around != form and form not in map(forms.get, _beside(place)):
            expected, found = f"as its neighbours: {around}", f"={subject.formulas[place]}"
            yield from gathered([(place, expected, found)])


def constants_among_formulas(subject: Subject) -> Iterator[Spot]:
    """Find numbers between two neighbours, in the row or the column, that hold the same formula."""
    forms = subject.forms
    cells = ((place, cell.value) for place, cell in subject.cells if cell.formula is None)
    numbers = {place: value for place, value in cells if isinstance(value, float)}
    for place, value in numbers.items():
        around = _around(forms, place)
        # a number beside it: a line of inputs across the formulas
        if around is not None and not any(each in numbers for each in _beside(place)):
            yield from gathered([(place, f"a formula, as its neighbours: {around}", shown(value))])


def _beside(place: CellPlace) -> tuple[CellPlace, ...]:
    sheet, row, column = place
    return (
        (sheet, row, column - 1),
        (sheet, row, column + 1),
        (sheet, row - 1, column),
        (sheet, row + 1, column),
    )


def _around(forms: Mapping[CellPlace, str], place: CellPlace) -> str | None:
    """Return the one form of both neighbours in the row, or of both in the column."""
    left, right, above, below = _beside(place)
    for before, after in ((left, right), (above, below)):
        form = forms.get(before)
        if form is not None and forms.get(after) == form and "R" in form:
            return form
    return None
