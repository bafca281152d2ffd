"""Rules over the sense of formulas in workbooks of others: sums, look-ups, operands, inputs."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from model.errors import is_error
from workbook_templates.a1 import coordinates, reference
from workbook_templates.formula_text import arguments_of, precedents, without_texts
from workbook_templates.read.areas import Area
from workbook_templates.validation.rules.rule import Spot, gathered
from workbook_templates.validation.rules.subject import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from workbook_templates.a1 import CellPlace
    from workbook_templates.read.sheets import Content
    from workbook_templates.read.values import Value
    from workbook_templates.validation.rules.subject import Subject

_MOST_CELLS: Final = 10_000
"""Of a range that is looked at cell by cell."""
_OPERAND: Final = r"(?<![\w.!:$\]'])(\$?[A-Z]{1,3}\$?[0-9]{1,7})(?![\w.(!:])"
_SUM_OF_TWO: Final = re.compile(rf"(?:^|[(,+])\s*{_OPERAND}\s*[+-]\s*(?={_OPERAND}\s*(?:$|[),+-]))")
_CELL: Final = re.compile(_OPERAND)
_ADDED: Final = re.compile(rf"\s*{_OPERAND}(?:\s*\+\s*{_OPERAND})+\s*")
_TESTS_BLANKS: Final = re.compile(r'ISBLANK\(|COUNTA?\(|=\s*""|<>\s*""|IFERROR\(|IF\(', re.IGNORECASE)
_ASKS: Final = re.compile(r"IF\(.*ISERROR\(", re.IGNORECASE)
_SIGNS: Final = frozenset("+-*/^")
_SMALL, _LARGE = 1.0, 10.0
"""A share is up to so much, and what it is wrongly added to is at least so much."""
_APPROXIMATE: Final = {"VLOOKUP": 3, "HLOOKUP": 3, "MATCH": 2, "LOOKUP": 9}
"""Functions that search in order, unless the argument at this place, from 0, is 0 or FALSE."""


def _area(text: str, sheet: str) -> Area | None:
    """Return the cells of an argument that is one range or cell."""
    found = precedents(text, sheet)
    plain = re.fullmatch(r"\s*(?:(?:'[^']+'|[\w.]+)!)?[$A-Za-z0-9]+(?::[$A-Za-z0-9]+)?\s*", text)
    return Area(*found[0]) if plain and len(found) == 1 else None


def _sums(subject: Subject) -> Iterator[tuple[CellPlace, str, Area]]:
    """Yield formulas that sum up a line of their own row or column, and that line."""
    for place, formula in subject.readable.items():
        if "SUM(" not in formula.upper():
            continue
        for name, arguments in arguments_of(formula):
            if name == "SUM" and len(arguments) == 1:
                area = _area(arguments[0], place[0])
                if area and area.is_line and 1 < area.size <= _MOST_CELLS and area.sheet == place[0]:
                    yield place, formula, area


def _content(subject: Subject, place: CellPlace) -> Content | None:
    sheet = subject.book.sheets.get(place[0])
    return sheet.cells.get(place[1:]) if sheet else None


def _value(subject: Subject, place: CellPlace) -> Value:
    found = _content(subject, place)
    return found.value if found else None


def _is_input(subject: Subject, place: CellPlace) -> bool:
    found = _content(subject, place)
    return found is not None and found.is_number


def short_sums(subject: Subject) -> Iterable[Spot]:
    """Find sums that end before the last number above them, or beside them."""
    for place, formula, area in _sums(subject):
        sheet, row, column = place
        if area.left == area.right == column and area.bottom < row - 1:
            between = [(sheet, each, column) for each in range(area.bottom + 1, row)]
        elif area.top == area.bottom == row and area.right < column - 1:
            between = [(sheet, row, each) for each in range(area.right + 1, column)]
        else:
            continue
        inside = list(area.places())
        forms = {subject.forms[each] for each in inside if each in subject.forms}
        holds_inputs = any(_is_input(subject, each) for each in inside)
        if len(between) <= area.size and all(
            _is_input(subject, each) if holds_inputs else subject.forms.get(each) in forms for each in between
        ):
            end = reference(*between[-1][1:])
            yield Spot(sheet, reference(row, column), f"a sum up to {end}", f"={formula}")


def totals_with_parts(subject: Subject) -> Iterable[Spot]:
    """Find sums that count a total and its parts."""
    sums = {
        place: area
        for place, formula, area in _sums(subject)
        if re.fullmatch(r"SUM\([^()]*\)", formula.strip().upper())
    }
    for place, formula, area in _sums(subject):
        if "/2" in formula.replace(" ", ""):
            continue  # half of everything, with the totals: an old way to sum up
        for inner in area.places():
            parts = sums.get(inner)
            if parts and inner != place and area.holds(parts):
                text = f"={formula}, in which {reference(*inner[1:])} sums up others"
                yield Spot(place[0], reference(*place[1:]), "every figure once", text)
                break
    for place, formula in subject.readable.items():
        if "+" in formula and _ADDED.fullmatch(formula):
            added = {(place[0], *cell) for each in formula.split("+") if (cell := coordinates(each.strip()))}
            for inner in added & sums.keys():
                if added & set(sums[inner].places()):
                    text = f"={formula}, in which {reference(*inner[1:])} sums up others"
                    yield Spot(place[0], reference(*place[1:]), "every figure once", text)


def unsorted_lookups(subject: Subject) -> Iterable[Spot]:
    """Find look-ups that need sorted keys and do not have them."""
    return gathered(
        (place, "keys in ascending order, or a look-up of equal keys", f"={formula}")
        for place, formula in subject.readable.items()
        if any(name in formula.upper() for name in _APPROXIMATE)
        and any(_is_unsorted(subject, place[0], *each) for each in arguments_of(formula))
    )


def _is_unsorted(subject: Subject, sheet: str, name: str, arguments: Sequence[str]) -> bool:
    if name not in _APPROXIMATE or len(arguments) < 2:  # noqa: PLR2004  # what is looked up, and where
        return False
    mode = arguments[_APPROXIMATE[name]].strip().upper() if len(arguments) > _APPROXIMATE[name] else "1"
    area = _area(arguments[1], sheet)
    if mode not in {"1", "TRUE", "TRUE()"} or area is None or area.size > _MOST_CELLS:
        return False
    down = name == "VLOOKUP" or (name == "LOOKUP" and area.bottom - area.top >= area.right - area.left)
    if name == "VLOOKUP" or (down and name == "LOOKUP"):
        area = area._replace(right=area.left)
    elif name in {"HLOOKUP", "LOOKUP"}:
        area = area._replace(bottom=area.top)
    keys = [_value(subject, each) for each in area.places()]
    numbers = [each for each in keys if isinstance(each, float)]
    texts = [each.casefold() for each in keys if isinstance(each, str)]
    return any(a > b for a, b in pairwise(numbers)) or any(a > b for a, b in pairwise(texts))


def empty_references(subject: Subject) -> Iterable[Spot]:
    """Find formulas that calculate with an empty cell where their copies beside them do not."""
    for place, formula in subject.readable.items():
        if _TESTS_BLANKS.search(formula):
            continue
        for empty in _operands(formula):
            if _is_empty(subject, place[0], empty) and _copies_have_values(subject, place, empty):
                cell = reference(*empty)
                yield Spot(place[0], reference(*place[1:]), f"a number in {cell}", f"={formula}")


def _operands(formula: str) -> list[tuple[int, int]]:
    """Return the single cells of its own sheet that a formula calculates with."""
    plain = without_texts(formula).upper().replace(" ", "")
    found = (
        coordinates(match[1])
        for match in _CELL.finditer(plain)
        if plain[match.start() - 1 : match.start()] in _SIGNS
        or plain[match.end() : match.end() + 1] in _SIGNS
    )
    return list(dict.fromkeys(place for place in found if place))


def _is_empty(subject: Subject, sheet: str, place: tuple[int, int]) -> bool:
    found = _content(subject, (sheet, *place))
    return found is None or found.content is None


def _copies_have_values(subject: Subject, place: CellPlace, empty: tuple[int, int]) -> bool:
    """Tell whether both neighbours in a row or column hold the formula, and a number where it finds none."""
    sheet, row, column = place
    for down, right in ((1, 0), (0, 1)):
        beside = [(sheet, row + sign * down, column + sign * right) for sign in (-1, 1)]
        theirs = [(empty[0] + sign * down, empty[1] + sign * right) for sign in (-1, 1)]
        alike = all(subject.forms.get(each) == subject.forms[place] for each in beside)
        if alike and not any(_is_empty(subject, sheet, each) for each in theirs):
            return True
    return False


def unused_inputs(subject: Subject) -> Iterable[Spot]:
    """Find numbers that no formula reads, between two that formulas read one by one."""
    single: set[CellPlace] = set()
    read: list[Area] = []
    for place, formula in subject.readable.items():
        for found in precedents(formula, place[0]):
            area = Area(*found)
            if area.size == 1:
                single.add((area.sheet, area.top, area.left))
            else:
                read.append(area)
    if not single:
        return
    covered = _covered(read)
    for sheet, row, column in sorted(single):
        inside, after = (sheet, row + 1, column), (sheet, row + 2, column)
        if after not in single or inside in single or covered(inside):
            continue
        around = [_content(subject, each) for each in ((sheet, row, column), inside, after)]
        if all(each and each.is_number for each in around):
            yield Spot(
                sheet, reference(*inside[1:]), "a formula that reads it", shown(_value(subject, inside))
            )


def _covered(areas: Sequence[Area]) -> Callable[[CellPlace], bool]:
    """Return the function that tells whether one of the areas holds a cell."""
    by_sheet: dict[str, list[Area]] = {}
    for each in dict.fromkeys(areas):
        by_sheet.setdefault(each.sheet, []).append(each)

    def covered(place: CellPlace) -> bool:
        return any(each.holds(Area(*place, *place[1:])) for each in by_sheet.get(place[0], ()))

    return covered


def percents_added(subject: Subject) -> Iterable[Spot]:
    """Find sums of a percentage and a number that is none."""
    for place, formula in subject.readable.items():
        if "+" not in formula and "-" not in formula:
            continue
        for match in _SUM_OF_TWO.finditer(without_texts(formula).upper()):
            cells = [coordinates(match[1]), coordinates(match[2])]
            share = [each and _is_percent(subject, place[0], each) for each in cells]
            values = [_value(subject, (place[0], *each)) if each else None for each in cells]
            if share[0] == share[1] or not all(isinstance(each, float) for each in values):
                continue
            small, large = (abs(values[share.index(which)]) for which in (True, False))  # type: ignore[arg-type]
            if 0 < small <= _SMALL and large >= _LARGE:
                cell = reference(*cells[share.index(True)])  # type: ignore[misc]
                yield Spot(place[0], reference(*place[1:]), f"1 plus the percentage in {cell}, as a factor",
                           f"={formula}")  # fmt: skip
                break


def _is_percent(subject: Subject, sheet: str, place: tuple[int, int]) -> bool:
    found, looks = _content(subject, (sheet, *place)), subject.book.looks
    return found is not None and found.style < len(looks) and "%" in looks[found.style].number_format


def swallowed_errors(subject: Subject) -> Iterable[Spot]:
    """Find formulas that hide the error value of a cell that they read, or a reference to nothing."""
    for place, formula in subject.readable.items():
        if "IFERROR(" not in formula.upper() and not _ASKS.search(formula):
            continue
        for name, arguments in arguments_of(formula):
            if name not in {"IFERROR", "ISERROR"} or not arguments:
                continue
            inner = arguments[0]
            broken = next((each for each in ("#REF!", "#NAME?") if each in without_texts(inner)), "")
            for found in precedents(inner, place[0]):
                value = _value(subject, found[:3])
                if found[1:3] == found[3:] and is_error(value):
                    broken = f"{value} of {reference(*found[1:3])}"
            if broken:
                yield Spot(place[0], reference(*place[1:]), "no error to hide", f"{broken} in ={formula}")
                break
