"""Formulas as text: what they are made of, what they read and call, and how they move. Knows no model."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError
from workbook_templates.a1 import REFERENCE, column_letters, column_number, coordinates, quoted, sheet_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALLOWED_FUNCTIONS: Final = frozenset({
    "IF", "AND", "OR", "ISERROR", "MIN", "MAX", "ABS", "SUM", "SUMPRODUCT", "SUMIFS", "INDEX", "MATCH",
    "ROUND", "NA",
})  # fmt: skip
"""What Excel 2010, LibreOffice 7.4, IronCalc and formualizer all have and agree on."""
TOKEN: Final = re.compile(
    r"""
    (?P<text>"[^"]*")                                        # a text; a doubled quote makes two texts
    | (?P<sheet>'[^']*'!?|\[[^\[\]]*\])                      # a quoted sheet, a linked file, a table column
    | (?P<call>[A-Za-z_\\][\w.\\]*(?=\())                    # a function
    | (?P<reference>(?<![\w.])\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![\w.(!]))
    | (?P<name>[A-Za-z_\\$][\w.\\$]*!?)                      # a name, a sheet, a whole column
    | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    """,
    re.VERBOSE,
)
"""What a formula is made of. Alternatives begin with different characters and repeat nothing nested: time is
linear in the length."""
_SYNTAX: Final = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*'!?|\[(?:[^\[\]]|\[[^\[\]]*\])*\]|\{[^{}]*\})|(?P<name>[A-Za-z_\\][\w.\\]*(?=\())|[(),]"""
)
"""What separates the arguments of functions, and what may hold such characters itself."""
_PLAIN_SHEET: Final = re.compile(r"'[A-Za-z_][A-Za-z_.]*'!")
"""A sheet that needs no quotes."""
_PREFIXES: Final = re.compile(r"^(_XLFN\.)?(_XLWS\.)?(_XLUDF\.)?(_XLDUDF_)?")


def _rewritten(formula: str, change: Callable[[str, int, str, int], str]) -> str:
    """Return a formula with every reference changed, given as column and row, each after its ``$`` or not."""

    def each(match: re.Match[str]) -> str:
        if match.lastgroup != "reference":
            return match[0]
        fixed_column, letters, fixed_row, digits = REFERENCE.fullmatch(match[0]).groups()  # type: ignore[union-attr]  # it matched above
        return change(fixed_column, column_number(letters), fixed_row, int(digits))

    return TOKEN.sub(each, formula)


def relative(formula: str, row: int, column: int) -> str:
    """Return a formula with its references as distances from its cell: the same for copies of a formula.

    Examples
    --------
    >>> relative("B1+$A$2", 1, 3)
    'R[0]C[-1]+R2C1'
    """

    def distance(fixed_column: str, at_column: int, fixed_row: str, at_row: int) -> str:
        down = f"R{at_row}" if fixed_row else f"R[{at_row - row}]"
        return down + (f"C{at_column}" if fixed_column else f"C[{at_column - column}]")

    return _rewritten(formula, distance)


def moved(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads when it is copied that many rows down and columns right.

    Examples
    --------
    >>> moved("B1*$A1", 1, 1)
    'C2*$A2'
    """

    def there(fixed_column: str, column: int, fixed_row: str, row: int) -> str:
        column += 0 if fixed_column else columns
        row += 0 if fixed_row else rows
        return f"{fixed_column}{column_letters(column)}{fixed_row}{row}" if min(row, column) > 0 else "#REF!"

    return _rewritten(formula, there)


def carried(
    formula: str, sheet: str, place: Callable[[str, int, int], tuple[int, int]], names: Mapping[str, str]
) -> str:
    """Return a formula of a sheet as it reads once cells lie elsewhere: ``place`` says where a cell went.

    ``names``: new names of sheets that were renamed.

    Examples
    --------
    >>> carried("SUM(B1:B3)*Old!$C5", "Sales", lambda _sheet, row, column: (row + 1, column), {"Old": "New"})
    "SUM(B2:B4)*'New'!$C6"
    """
    parts: list[str] = []
    there, last, end = sheet, sheet, 0
    for match in TOKEN.finditer(formula):
        text, between = match[0], formula[end : match.start()]
        if text.endswith("!"):
            there = sheet_named(text[:-1])
            if there in names:
                text = f"{quoted(names[there])}!"
        elif match.lastgroup == "reference":
            there = last if between == ":" else there
            fixed_column, letters, fixed_row, digits = REFERENCE.fullmatch(text).groups()  # type: ignore[union-attr]  # it matched above
            row, column = place(there, int(digits), column_number(letters))
            text = f"{fixed_column}{column_letters(column)}{fixed_row}{row}"
            there, last = sheet, there
        parts += [between, text]
        end = match.end()
    return "".join([*parts, formula[end:]])


def call(name: str, *arguments: str) -> str:
    """Write a call of an allowed function; any other is a :class:`DeclarationError`."""
    if name not in ALLOWED_FUNCTIONS:
        allowed = ", ".join(sorted(ALLOWED_FUNCTIONS))
        raise DeclarationError(f"{name} is not among the functions that all engines agree on: {allowed}")
    return f"{name}({','.join(arguments)})"


def in_row(cells: str, position: str) -> str:
    """Write the cell at a position, from 1, of cells in one row; Gnumeric takes a lone number for a row.

    Examples
    --------
    >>> in_row("B2:E2", "A1")
    'INDEX(B2:E2,1,A1)'
    """
    return call("INDEX", cells, "1", position)


@lru_cache(maxsize=1 << 15)
def functions(formula: str) -> frozenset[str]:
    """Return the functions that a formula calls, in capitals and without the prefixes of newer ones.

    Cached: several rules ask for those of one formula.

    Examples
    --------
    >>> sorted(functions('IF(A1>0,_xlfn.XLOOKUP(A1,B:B,C:C),"SUM(x)")'))
    ['IF', 'XLOOKUP']
    """
    calls = (match[0].upper() for match in TOKEN.finditer(formula) if match.lastgroup == "call")
    return frozenset(_PREFIXES.sub("", each) for each in calls)


def precedents(formula: str, sheet: str) -> list[tuple[str, int, int, int, int]]:
    """Return the cells that a formula on a sheet reads: sheet, first row and column, last row and column.

    Examples
    --------
    >>> precedents("SUM(B1:B3)*Inputs!$C$5", "Sales")
    [('Sales', 1, 2, 3, 2), ('Inputs', 5, 3, 5, 3)]
    """
    found: list[tuple[str, int, int, int, int]] = []
    there, end = sheet, -1
    for match in TOKEN.finditer(formula):
        text = match[0]
        if text.endswith("!"):
            there = sheet_named(text[:-1])
        elif match.lastgroup == "reference" and (place := coordinates(text)):
            if found and formula[end : match.start()] == ":":
                found[-1] = (*found[-1][:3], *place)
            else:
                found.append((there, *place, *place))
            there, end = sheet, match.end()
    return found


def arguments_of(formula: str) -> list[tuple[str, list[str]]]:
    """Return the calls of a formula, outer ones first: function in capitals, and its arguments as text.

    Examples
    --------
    >>> arguments_of('IF(A1>0,SUM(B1,"a,b"),0)')
    [('IF', ['A1>0', 'SUM(B1,"a,b")', '0']), ('SUM', ['B1', '"a,b"'])]
    """
    found: list[tuple[str, list[str]]] = []
    open_: list[tuple[int, list[int]]] = []  # its place among the calls, -1 for none; starts of arguments
    name = ""
    for match in _SYNTAX.finditer(formula):
        text = match[0]
        if text == "(":
            open_.append((len(found) if name else -1, [match.end()]))
            if name:
                found.append((_PREFIXES.sub("", name.upper()), []))
        elif text in ",)" and open_:
            place, starts = open_[-1]
            if place >= 0 and (text == "," or formula[starts[-1] : match.start()].strip() or found[place][1]):
                found[place][1].append(formula[starts[-1] : match.start()].strip())
            starts.append(match.end())
            if text == ")":
                open_.pop()
        name = text if match.lastgroup == "name" else ""
    return found


def constants(formula: str) -> list[str]:
    """Return the numbers that are typed into a formula."""
    return [match[0] for match in TOKEN.finditer(formula) if match.lastgroup == "number"]


def without_texts(formula: str) -> str:
    """Return a formula without the texts in it: the syntax."""
    return TOKEN.sub(lambda match: '""' if match.lastgroup == "text" else match[0], formula)


def same_formula(one: str, other: str) -> bool:
    """Tell whether two formulas are the same but for what programs rewrite: digits, blanks, quotes of sheets.

    Examples
    --------
    >>> same_formula("MIN(Cash!A1,0.12)", "min('Cash'!A1, 0.119999999999999999998)")
    True
    """
    return one == other or _canonical(one) == _canonical(other)


def _canonical(formula: str) -> str:
    found, end = [], 0
    for match in TOKEN.finditer(formula):
        found.append("".join(formula[end : match.start()].split()))
        text, end = match[0], match.end()
        if match.lastgroup == "number":
            text = f"{float(text):.15g}"
        elif match.lastgroup == "sheet" and _PLAIN_SHEET.fullmatch(text):
            text = text.replace("'", "")
        found.append(text if match.lastgroup == "text" else text.upper())
    return "".join(found) + "".join(formula[end:].split())


AMZN: Final = "AMZN_"


def calls_ours(formula: str) -> bool:
    """Tell whether a formula calls an AMZN_ function, with or without the name of LibreOffice's extension.

    Examples
    --------
    >>> [calls_ours(each) for each in ("AMZN_FCF(2026)", "ORG.AMZNFCF.ADDIN.AMZN_FCF()", 'N("AMZN_")')]
    [True, True, False]
    """
    return AMZN in formula and any(name.rpartition(".")[2].startswith(AMZN) for name in functions(formula))
