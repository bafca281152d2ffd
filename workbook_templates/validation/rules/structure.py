"""Rules over sheets, rows, columns, names and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.a1 import column_letters, looks_like_a_cell, reference, runs
from workbook_templates.formula_text import ALLOWED_FUNCTIONS, functions, without_texts
from workbook_templates.read.values import LONGEST_TEXT
from workbook_templates.validation.rules.rule import Spot
from workbook_templates.validation.rules.subject import LONGEST_FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbook_templates.read.book import DefinedName
    from workbook_templates.read.sheets import Hidden, SheetContents
    from workbook_templates.validation.rules.subject import ModelSubject, Subject

_COMMON_FUNCTIONS: Final = ALLOWED_FUNCTIONS | {
    "AVERAGE", "COUNT", "COUNTA", "COUNTIF", "DATE", "IFERROR", "INDIRECT", "INT", "IRR", "LEFT", "LOOKUP",
    "MEDIAN", "MID", "MOD", "NOT", "NOW", "NPV", "OFFSET", "PMT", "PV", "RATE", "RIGHT", "SQRT",
    "SUMIF", "TEXT", "TODAY", "TRUE", "FALSE", "VALUE", "VLOOKUP", "XIRR", "XLOOKUP", "XNPV", "YEAR",
}  # fmt: skip
_OF_PROGRAMS: Final = ("_xlnm.", "_xlfn.", "_xleta.", "_xlpm.")
"""Prefixes of names that spreadsheet programs make themselves."""
_OF_PRINT: Final = frozenset({"Print_Titles", "Print_Area"})
"""What some programs make of such names of a sheet."""


def missing_sheets(subject: Subject) -> Iterator[Spot]:
    """Find planned sheets that are missing."""
    sheets = subject.book.sheets
    for name in subject.expected_sheets:
        if name not in sheets:
            unplanned = [each for each in sheets if each not in subject.expected_sheets]
            near = f"; not planned: {', '.join(unplanned)}" if unplanned else ""
            yield Spot(name, "", f"sheet {name}", f"no such sheet{near}")


def added_sheets(subject: Subject) -> Iterator[Spot]:
    """Find sheets that are not planned."""
    for name in [*subject.book.sheets, *subject.book.others]:
        if name not in subject.expected_sheets:
            yield Spot(name, "", "no such sheet", f"a sheet of {len(subject.book.sheets[name].cells)} cells"
                       if name in subject.book.sheets else f"a {subject.book.others[name]}")  # fmt: skip


def sheet_order(subject: Subject) -> Iterator[Spot]:
    """Find planned sheets in another order."""
    planned = [name for name in subject.expected_sheets if name in subject.book.sheets]
    found = [name for name in subject.book.sheets if name in subject.expected_sheets]
    if planned != found:
        yield Spot("", "", ", ".join(planned), ", ".join(found))


def hidden_sheets(subject: Subject) -> Iterator[Spot]:
    """Find sheets that are hidden; very hidden ones do not even show in the menu."""
    for sheet in subject.book.sheets.values():
        if sheet.state != "visible":
            state = "very hidden" if sheet.state == "veryHidden" else sheet.state
            yield Spot(sheet.name, "", "visible", state)


def hidden_rows(subject: Subject) -> Iterator[Spot]:
    """Find hidden rows that hold something; those of an outline open with a click."""
    for sheet in subject.book.sheets.values():
        if sheet.hidden_rows:
            yield from _hidden(sheet, sheet.hidden_rows, {row for row, _ in _used(sheet)}, "row")


def hidden_columns(subject: Subject) -> Iterator[Spot]:
    """Find hidden columns that hold something; those of an outline open with a click."""
    for sheet in subject.book.sheets.values():
        if sheet.hidden_columns:
            yield from _hidden(sheet, sheet.hidden_columns, {column for _, column in _used(sheet)}, "column")


def _used(sheet: SheetContents) -> list[tuple[int, int]]:
    return [place for place, cell in sheet.cells.items() if cell.content is not None]


def _hidden(sheet: SheetContents, hidden: list[Hidden], used: set[int], what: str) -> Iterator[Spot]:
    alone = [each for each in hidden if not each.grouped]
    closed = sorted(place for each in alone for place in used if each.first <= place <= each.last)
    for ends in runs(closed):
        first, last = (column_letters(each) if what == "column" else str(each) for each in ends)
        yield Spot(sheet.name, f"{first}:{last}", "visible", f"hidden {what}{'s' if first != last else ''}")


def cells_twice(subject: Subject) -> Iterator[Spot]:
    """Find cells that a sheet's part holds twice, and cells where no sheet has one."""
    for sheet in subject.book.sheets.values():
        for place in sheet.twice:
            found = "the cell twice: programs differ in which they show"
            yield Spot(sheet.name, reference(*place), "one content", found)
        for outside in sheet.outside:
            yield Spot(sheet.name, "", "cells A1 to XFD1048576", f"a cell at {outside!r}")


def oversized_cells(subject: Subject) -> Iterator[Spot]:
    """Find formulas and texts that are longer than a spreadsheet program takes."""
    for (sheet, row, column), cell in subject.cells:
        text = cell.formula if cell.formula is not None else cell.value
        limit = LONGEST_TEXT if cell.formula is None else LONGEST_FORMULA
        if isinstance(text, str) and len(text) > limit:
            expected, found = f"at most {limit:,} characters", f"{len(text):,} characters"
            yield Spot(sheet, reference(row, column), expected, found)


def _own_names(subject: Subject) -> Iterator[DefinedName]:
    """Yield names that users made."""
    for each in subject.book.names:
        if not (each.name.startswith(_OF_PROGRAMS) or (each.sheet and each.name in _OF_PRINT)):
            yield each


def shadowing_names(subject: Subject) -> Iterator[Spot]:
    """Find names that read like a cell or a function, so that formulas mislead."""
    for each in _own_names(subject):
        if looks_like_a_cell(each.name):
            yield Spot(each.sheet, "", "names unlike cells", f"name {each.name} = {each.formula}")
        elif each.name.upper() in _COMMON_FUNCTIONS:
            yield Spot(each.sheet, "", "names unlike functions", f"name {each.name} = {each.formula}")


def formulas_in_names(subject: Subject) -> Iterator[Spot]:
    """Find names with a formula behind them, which no cell shows."""
    for each in _own_names(subject):
        if functions(each.formula):
            yield Spot(each.sheet, "", "names of cells and constants", f"name {each.name} = {each.formula}")


def hidden_names(subject: Subject) -> Iterator[Spot]:
    """Find names that the name manager does not show."""
    for each in _own_names(subject):
        if each.hidden:
            yield Spot(each.sheet, "", "names that can be seen", f"name {each.name} = {each.formula}")


def added_names(subject: ModelSubject) -> Iterator[Spot]:
    """Find names that the workbook did not have."""
    planned = {name: cell for sheet in subject.plan.sheets.values() for name, cell in sheet.names.items()}
    for each in _own_names(subject):
        cell = planned.get(each.name)
        if cell is None or each.formula.replace("'", "") != cell:
            expected = f"name {each.name} = {cell}" if cell else "no names of a user"
            yield Spot(each.sheet, "", expected, f"name {each.name} = {each.formula}")


def iterative_calculation(subject: Subject) -> Iterator[Spot]:
    """Find iterative calculation, under which circular formulas do not show."""
    if subject.book.calculation.get("iterate") in {"1", "true"}:
        yield Spot("", "", "no iterative calculation", "iterative calculation is on")


def manual_calculation(subject: Subject) -> Iterator[Spot]:
    """Find manual calculation, under which figures are those of an earlier input."""
    mode = subject.book.calculation.get("calcMode", "auto")
    if mode != "auto":
        yield Spot("", "", "automatic calculation", f"calculation mode {mode}")


def rounded_precision(subject: Subject) -> Iterator[Spot]:
    """Find a workbook that calculates with displayed instead of stored values."""
    if subject.book.calculation.get("fullPrecision") in {"0", "false"}:
        yield Spot("", "", "full precision", "precision as displayed")


def other_date_system(subject: Subject) -> Iterator[Spot]:
    """Find a workbook that counts days from 1904: it shows every date of the model four years late."""
    if subject.book.date_1904:
        yield Spot("", "", "days counted from 1900", "days counted from 1904")


def broken_names(subject: Subject) -> Iterator[Spot]:
    """Find names that point nowhere."""
    for each in _own_names(subject):
        if "#REF!" in without_texts(each.formula):
            yield Spot(each.sheet, "", "a reference", f"name {each.name} = {each.formula}")
