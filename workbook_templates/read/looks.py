"""Looks of cells: the styles of a file, and those of a plan, in a form that can be compared."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from workbook_templates.plan.styles import STYLES
from workbook_templates.read.archive import local_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from xml.etree.ElementTree import Element

_NO_COLOUR: Final = "000000"
_NO_FILL: Final = ""
_WHITE: Final = frozenset({"FFFFFF", "indexed 9", "indexed 65", "theme 0"})
"""The ground of a sheet: some programs write it as the fill of every cell."""
_FALSE: Final = frozenset({"0", "false", "off"})
_LITERAL: Final = re.compile(r'(\[[^\]]*\]|General)|"([^"]*)"|\\(.)|_(.)|([^\W\d_ymdhsegbapYMDHSEGBAP])')
"""Colours, conditions, locales; texts; marked characters; room for a character; letters that stand alone."""
_BARE: Final = frozenset("()-+/: $")
"""Literals that need no mark."""


class Look(NamedTuple):
    """The look of a cell: number format, colours of text and ground in hex, and whether it is locked."""

    number_format: str
    colour: str
    fill: str
    locked: bool


def formats_by_condition(parts: Iterable[Element]) -> int:
    """Return the number of conditional formats that set a number format."""
    formats = (each for group in parts if local_name(group) == "dxfs" for each in group)
    return sum(local_name(child) == "numFmt" for each in formats for child in each)


def looks_of(parts: Iterable[Element]) -> list[Look]:
    """Return the look of every cell style of a file, by index."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415  # slow to load, and only readers need it

    groups: dict[str, list[Element]] = {}
    for group in parts:
        groups.setdefault(local_name(group), list(group))  # the first of a kind is the one that programs read
    formats = {int(each.get("numFmtId", 0)): each.get("formatCode", "") for each in groups.get("numFmts", ())}
    fonts = [_colour(each, "color", _NO_COLOUR) for each in groups.get("fonts", ())]
    fills = [_fill(each) for each in groups.get("fills", ())]
    found = []
    for each in groups.get("cellXfs", ()):
        number = int(each.get("numFmtId", 0))
        guard = next((child for child in each if local_name(child) == "protection"), None)
        locked = guard is None or guard.get("locked", "1") not in _FALSE
        code = plain_format(formats.get(number, str(BUILTIN_FORMATS.get(number, "General"))))
        colour = _at(fonts, each.get("fontId"), _NO_COLOUR)
        found.append(Look(code, colour, _at(fills, each.get("fillId"), _NO_FILL), locked))
    return found


def plain_format(code: str) -> str:
    r"""Return a number format with its literals in one notation: a Q can be ``Q``, ``"Q"`` or ``\Q``.

    Room as wide as a character, ``_)``, is a blank in some formats of files.

    Examples
    --------
    >>> {plain_format(each) for each in ("0000Q0", '0000"Q"0', r"0000\Q0")}
    {'0000"Q"0'}
    """

    def marked(match: re.Match[str]) -> str:
        literal = match[2] or match[3] or match[5] or (" " if match[4] else "")
        return match[1] or "".join(each if each in _BARE else f'"{each}"' for each in literal)

    return _LITERAL.sub(marked, code)


@cache
def planned_looks() -> Mapping[str, Look]:
    """Return the look of every named style of ours."""
    looks = {}
    for name, style in STYLES.items():
        looks[name] = Look(plain_format(style.number_format), style.colour, style.fill, style.locked)
    return looks


def _at(values: Sequence[str], index: str | None, otherwise: str) -> str:
    place = int(index or 0)
    return values[place] if 0 <= place < len(values) else otherwise


def _colour(parent: Element, name: str, otherwise: str) -> str:
    for child in parent:
        if local_name(child) == name:
            if (rgb := child.get("rgb")) is not None:
                return rgb[-6:].upper()
            kind = next((key for key in ("theme", "indexed") if child.get(key) is not None), "")
            text = f"{kind} {child.get(kind)}" if kind else otherwise
            return otherwise if text in {"theme 1", "indexed 64", "indexed 8"} else text
    return otherwise


def _fill(element: Element) -> str:
    pattern = next((child for child in element if local_name(child) == "patternFill"), None)
    if pattern is None or pattern.get("patternType", "none") != "solid":
        return _NO_FILL
    colour = _colour(pattern, "fgColor", _NO_FILL)
    return _NO_FILL if colour in _WHITE else colour
