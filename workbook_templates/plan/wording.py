"""Texts with live figures: ``in {trough}; turns in {turn}`` as the formula of a cell."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.language.periods import Quarter
from model.language.units import MINUS, measure
from workbook_templates.formula_text import call
from workbook_templates.plan.cells import Twin
from workbook_templates.plan.links import year_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.layout import Layout
    from workbook_templates.plan.links import Link

_BRACES: Final = re.compile(r"{([^{}]+)}")
_BILLION: Final = 1000
"""In USD m."""
_THOUSAND: Final = 1000
_BELOW, _ABOVE = " below", " above"
_LARGE: Final = 100
"""USD per share, and USD bn, from which on no decimals are shown."""
ABSENT: Final = "n.m."
"""In place of an error value."""


def unless_absent(cell: str, otherwise: str, shown: str) -> str:
    """Write what is shown where a cell has a number; ``otherwise``: a text or a formula of one."""
    other = otherwise.removeprefix("=") if otherwise.startswith("=") else f'"{otherwise}"'
    return call("IF", call("ISERROR", f"0+{cell}"), other, shown)


def is_absent(value: float | str) -> bool:
    """Tell whether a cell holds an error value or a text."""
    return isinstance(value, str) or math.isnan(value)


@dataclass(frozen=True)
class Figure:
    """A figure within a text: its cell, its unit and its twin.

    ``points``: a ratio in percentage points with one decimal; ``signed``: with a plus if it is above 0;
    ``whole``: an amount a share without decimals; ``beside``: its size, and whether it is below or above 0.
    """

    cell: str
    unit: str
    twin: Twin
    points: bool = False
    signed: bool = False
    whole: bool = False
    beside: bool = False

    @classmethod
    def of(cls, link: Link, *, whole: bool = False) -> Figure:
        """Return the figure that a link shows."""
        return cls(link.formula.removeprefix("="), link.unit, link.twin, whole=whole)

    @property
    def formula(self) -> str:
        """Its text as part of a formula."""
        cell, style = self.cell, measure(self.unit).style
        if style == "quarter":
            year = call("ROUND", f"({cell}-5)/10", "0")
            text = f'{year}&"Q"&({cell}-10*{year})'
        elif measure(self.unit).percent:
            text = self._written(f"100*{cell}", int(self.points)) + ("" if self.points else '&"%"')
        elif self.unit == "USD m":
            both = (self._written(f"{cell}/{_BILLION}", digits) for digits in (1, 0))
            text = call("IF", f"{call('ABS', cell)}<{_LARGE * _BILLION}", *both) + '&"bn"'
        elif self.unit == "USD/share":
            both = (self._written(cell, digits) for digits in (2, 0))
            is_small = f"{call('ABS', cell)}<{_LARGE}"
            text = self._written(cell, 0) if self.whole else call("IF", is_small, *both)
        else:
            text = self._written(cell, 1)
        if self.beside:
            text += "&" + call("IF", f"{cell}<0", f'"{_BELOW}"', f'"{_ABOVE}"')
        return unless_absent(cell, ABSENT, text)

    def _written(self, amount: str, digits: int) -> str:
        """Write a number with decimals and commas; no engine's format of numbers is needed for it."""
        scaled = f"{10**digits}*" if digits else ""
        number = call("ROUND", f"{scaled}{call('ABS', amount)}", "0")
        if digits:
            whole = _quotient(number, 10**digits)
            rest = f"{number}-{10**digits}*{whole}"
            text = f'{whole}&"."&{_padded(rest, digits)}'
        else:
            thousands = _quotient(number, _THOUSAND)
            rest = f"{number}-{_THOUSAND}*{thousands}"
            grouped = f'{thousands}&","&{_padded(rest, 3)}'
            text = call("IF", f"{number}<{_THOUSAND}", number, grouped)
        if self.beside:
            return text
        plus = '"+"' if self.signed else '""'
        sign = call("IF", f"{amount}<0", f'"{MINUS}"', plus)
        return call("IF", f"{number}=0", '""', sign) + f"&{text}"

    def text(self, value: float | str) -> str:
        """Return what the formula gives for a value of the cell."""
        if isinstance(value, str) or math.isnan(value):
            return ABSENT
        if measure(self.unit).style == "quarter":
            return str(Quarter.from_code(value))
        if measure(self.unit).percent:
            text = self._text(100 * value, int(self.points)) + ("" if self.points else "%")
        elif self.unit == "USD m":
            text = f"{self._text(value / _BILLION, int(abs(value) < _LARGE * _BILLION))}bn"
        elif self.unit == "USD/share":
            text = self._text(value, 2 if abs(value) < _LARGE and not self.whole else 0)
        else:
            text = self._text(value, 1)
        return text + ((_BELOW if value < 0 else _ABOVE) if self.beside else "")

    def _text(self, amount: float, digits: int) -> str:
        """Return a number rounded as spreadsheet programs do, halves away from 0."""
        number = math.floor(abs(amount) * 10**digits + 0.5)
        text = f"{number / 10**digits:.{digits}f}" if digits else f"{number:,}"
        if not number or self.beside:
            return text
        return (MINUS if amount < 0 else "+" * self.signed) + text


def _quotient(number: str, by: int) -> str:
    """Write the whole part of a whole number from 0, divided; some engines have a text -0 for less than 0."""
    return f"({call('ROUND', f'({number}+0.5)/{by}+0.5', '0')}-1)"


def _padded(number: str, digits: int) -> str:
    """Write a whole number from 0 with zeros before it."""
    text = f"({number})"
    for place in range(1, digits):
        text = call("IF", f"{number}<{10**place}", '"0"', '""') + f"&{text}"
    return text


@dataclass(frozen=True)
class Wording(Twin):
    """A text of pieces, some of them figures.

    ``needs``: a figure without which the whole text is ``otherwise``.
    """

    pieces: tuple[str | Figure, ...]
    needs: Figure | None = None
    otherwise: str | Wording = ""

    @property
    def formula(self) -> str:
        """The formula of its cell, with its ``=``; a text without figures is that text."""
        if all(isinstance(each, str) for each in self.pieces):
            return "".join(map(str, self.pieces))
        text = "&".join(
            f'"{each}"' if isinstance(each, str) else each.formula for each in self.pieces if each
        )
        if self.needs is None:
            return f"={text}"
        plain = self.otherwise if isinstance(self.otherwise, str) else self.otherwise.formula
        return f"={unless_absent(self.needs.cell, plain, text)}"

    @property
    def twin(self) -> Twin | None:
        """Itself, for a text with figures."""
        return self if self.formula.startswith("=") else None

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> str:
        """See :class:`Twin`."""
        if self.needs is not None and is_absent(self.needs.twin.expected(plan, results, draw)):
            plain = self.otherwise
            return plain if isinstance(plain, str) else plain.expected(plan, results, draw)
        return "".join(
            each if isinstance(each, str) else each.text(each.twin.expected(plan, results, draw))
            for each in self.pieces
        )


def worded(
    text: str, layout: Layout, figure: Callable[[str, int | None], Link | None], *, whole: bool = False
) -> Wording:
    """Return a company's text with figures in braces, see :data:`model.presentation.FigureText`.

    ``figure`` gives the link to a figure by its name, and by how many years it lies after the first forecast
    one. ``whole``: see :class:`Figure`.
    """
    pieces: list[str | Figure] = []
    for place, part in enumerate(_BRACES.split(text)):
        name, _, ahead = part.partition(" ") if place % 2 else (part, "", "")
        if not place % 2:
            pieces.append(part)
        elif name[0] in "+-":
            pieces.append(str(year_ahead(layout, int(name))))
        else:
            link = figure(name, int(ahead) if ahead else None)
            pieces.append(ABSENT if link is None else Figure.of(link, whole=whole))
    return Wording(tuple(each for each in pieces if each))


def year_ahead(layout: Layout, ahead: int) -> int:
    """Return a year, counted from the first forecast one."""
    return layout.plan.axis.as_of.shifted(1).year + ahead


def year_mark(layout: Layout, year: int) -> str:
    """Return what stands behind a year: A if all of it is reported, else E."""
    return "A" if layout.plan.axis.basis(year_of(year)) == "reported" else "E"
