"""Nodes as Excel formulas: the twin of ``model/backends/arrays.py``. Text only; knows no openpyxl.

Functions are limited to :data:`workbook_templates.formula_text.ALLOWED_FUNCTIONS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.backends.infix import infix
from model.language import nodes
from model.language.periods import QUARTERS_A_YEAR
from model.plan.plan import key_of
from workbook_templates.a1 import column_letters, column_number
from workbook_templates.formula_text import TOKEN, call, in_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.language.nodes import Expr
    from workbook_templates.plan.site import Site

_FUNCTIONS: Final = {
    "minimum": "MIN", "maximum": "MAX", "absolute": "ABS", "where": "IF", "&": "AND", "|": "OR",
}  # fmt: skip
_REDUCTIONS: Final = {"lowest": "MIN", "highest": "MAX", "sum": "SUM"}


def formula(node: Expr, site: Site) -> str:
    """Return ``node`` as the formula of a cell, with its ``=``.

    Examples
    --------
    ``aws_volume * (1 - price_pressure)`` in 2026Q3 on the sheet of sales is ``=AM35*(1-AM36)``.
    """
    return "=" + infix(node, Excel(site))


def copies(formula: str) -> Callable[[int], str]:
    """Return a function that writes a formula as it is when copied so many columns to the right.

    The formula is read once, whatever the number of its copies.

    Examples
    --------
    >>> copies("Cash!B1+$A$2")(2)
    'Cash!D1+$A$2'
    """
    parts: list[str | int] = []
    end = 0
    for match in TOKEN.finditer(formula):
        if match.lastgroup == "reference" and not match[0].startswith("$"):
            letters = match[0].rstrip("0123456789$")
            parts += (formula[end : match.start()], column_number(letters))
            end = match.start() + len(letters)
    parts.append(formula[end:])

    def copied(columns: int) -> str:
        return "".join(part if isinstance(part, str) else column_letters(part + columns) for part in parts)

    return copied


class Excel:
    """The dialect of Excel, at one cell."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def operator(self, symbol: str) -> str:
        """Write an operator as it is."""
        return symbol

    def flag(self, text: str) -> str:
        """Write a condition as 1 or 0."""
        return call("IF", text, "1", "0")

    def call(self, name: str, arguments: list[str]) -> str:
        """Write a function by its name in Excel."""
        return call(_FUNCTIONS[name], *arguments)

    def leaf(self, node: nodes.Leaf) -> str:
        """Write a reference, or a function over references."""
        site = self.site
        match node:
            case nodes.Ref(_, lag):
                return site.cell(key_of(node), lag)
            case nodes.Lagged(ref, by, longest, further):
                window = site.window(key_of(ref), longest + further, 1 + further)
                return in_row(window, f"{longest + 1}-{infix(by, self)}")
            case nodes.Fixed(ref, position):
                return site.fixed(key_of(ref), position)
            case nodes.Sum(refs):
                keys = tuple(key_of(ref) for ref in refs)
                span = site.span(keys)
                return call("SUM", span) if span else call("SUM", *(site.cell(key, 0) for key in keys))
            case nodes.Trailing(ref):
                return call("SUM", site.window(key_of(ref), QUARTERS_A_YEAR - 1, 0))
            case nodes.YearSum((nodes.Ref(_, 0) as ref,)):
                return call("SUMIFS", site.whole(key_of(ref)), site.header_row("year"), site.header("year"))
            case nodes.YearSum(refs):
                years, *rows = site.around_the_year([(key_of(ref), ref.lag) for ref in refs])
                return call("SUMPRODUCT", "*".join([*rows, f"({years}={site.header('year')})"]))
            case nodes.Calendar(what):
                return site.header(what)
            case nodes.Reduction(function, ref):
                return call(_REDUCTIONS[function], site.whole(key_of(ref)))
            case nodes.NotMeaningful():
                return "(0/0)"
            case nodes.PositionOf(value, ref):
                return call("MATCH", infix(value, self), site.whole(key_of(ref)), "0")
            case nodes.AtPosition(ref, position):
                return in_row(site.whole(key_of(ref)), infix(position, self))
            case nodes.CountBeyond(ref, tolerance):
                row, limit = site.whole(key_of(ref)), infix(tolerance, self)
                return call("SUMPRODUCT", f"({row}>{limit})+({row}<-{limit})")
            case _:
                raise nodes.no_case(node, __name__)
