"""Named cell styles: one font, three sizes, one palette. Inputs blue, formulas dark, links green.

The role of a line
decides on weight, rules and ground: key figures and subtotals are bold and ruled, ratios in italics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from model.errors import DeclarationError
from model.language.units import measure
from model.presentation import palette

if TYPE_CHECKING:
    from model.presentation import Colour

FONT: Final = "Arial"
LARGE, MIDDLE, SIZE = 20, 12, 10
"""Titles of the cover and its figures; titles of sheets and sections; all else."""
NAVY, LIGHT, STEEL, ACCENT, INK, MUTED, RULE, GRID, AXIS, BAND, PALE, YELLOW = (
    each.removeprefix("#")
    for each in (
        palette.NAVY, palette.LIGHT, palette.STEEL, palette.ACCENT, palette.INK, palette.MUTED, palette.RULE,
        palette.GRID, palette.AXIS, palette.BAND, palette.PALE, palette.YELLOW,
    )
)  # fmt: skip
BLUE, GREEN, BROWN = "0000FF", "008000", "7B3F00"
COLOURS: Final[dict[Colour, str]] = {
    "navy": NAVY, "blue": LIGHT, "teal": MUTED, "amber": RULE, "red": ACCENT, "green": STEEL, "grey": AXIS,
}  # fmt: skip
"""Colours by the names that a company gives to what it draws."""
KEY: Final = "legend "
"""How the styles of keys to charts begin; programs may take the colour of a key's mark for the cell's."""
MARK: Final = "■ "
"""Before the word of a key, in the colour after which its style is called."""

MILLIONS: Final = "USD m"
FORMATS: Final = {
    "money": '#,##0_);(#,##0);"–"_)',
    "ahead": "#,##0_);(#,##0);;@",
    "percent": '0.0%_);(0.0%);"–"_)',
    "rate": '0.00%_);(0.00%);"–"_)',
    "times": '0.00"x"_)',
    "years": "0.0_)",
    "whole": "0_)",
    "quarter": '0000"Q"0_)',
    "date": "yyyy-mm-dd_)",
    "share": '#,##0.00_);(#,##0.00);"–"_)',
    "billions": '#,##0.0,_);(#,##0.0,);"–"_)',
    "change": "0%_);(0%)",
    "truth": '"✓"_);"✓"_);"▲"_)',
    "tolerance": "0.000000_)",
    "head": "@_)",
    "text": "General",
}
"""The closing space is as wide as a parenthesis: figures stand below each other."""
FONTS: Final = {
    "calc": INK, "link": GREEN, "input": BLUE, "key": BLUE, "filed": BLUE, "estimate": BLUE,
    "live": INK, "stamp": BROWN, "edge": BROWN, "centre": BROWN, "cross": BROWN, "tile": NAVY,
    "base": INK, "beside": INK, "total": INK, "subtotal": INK, "ratio": MUTED, "working": MUTED,
}  # fmt: skip
"""Roles of numbers: computed, linked, typed in, typed in and decisive, from a filing, estimated from filings,
picked, stamped, the driver's values at a grid, its centre, beside it, headline, the same two of a live grid,
and by a line's role."""
SIZES: Final = {"tile": LARGE}
BOLD: Final = frozenset({"subtotal", "total", "live", "centre", "cross", "base", "beside", "tile"})
ITALIC: Final = frozenset({"ratio", "estimate"})
UNLOCKED: Final = frozenset({"input", "key"})
"""Roles of cells that stay open when a sheet is protected."""
FILLS: Final = {"total": BAND, "key": YELLOW, "live": PALE, "centre": BAND, "base": BAND}


class Rule(NamedTuple):
    """A border: its weight and colour."""

    weight: Literal["thin", "medium", "hair"]
    colour: str


_NAVY_RULE: Final = Rule("thin", NAVY)
RULES: Final[dict[str, tuple[Rule | None, Rule | None]]] = {
    "total": (_NAVY_RULE, _NAVY_RULE), "subtotal": (Rule("thin", AXIS), None),
}  # fmt: skip
"""Rules above and below the rows of a role."""


@dataclass(frozen=True)
class Style:
    """A named style of cells."""

    name: str
    size: int = SIZE
    bold: bool = False
    italic: bool = False
    colour: str = INK
    fill: str = ""
    horizontal: Literal["left", "right", "center"] | None = None
    indent: int = 0
    wraps: bool = False
    shrinks: bool = False
    locked: bool = True
    format_name: str = "text"
    above: Rule | None = None
    below: Rule | None = None

    @property
    def number_format(self) -> str:
        """The number format, as spreadsheet programs write it."""
        return FORMATS[self.format_name]


_HEAD_RULE: Final = Rule("medium", NAVY)
_HEAD: Final = Style("", bold=True, colour=NAVY, fill=BAND)
_TEXTS: Final = (
    Style("title", MIDDLE, bold=True, colour=NAVY),
    Style("cover title", LARGE, bold=True, colour=NAVY),
    Style("verdict", MIDDLE),
    Style("section", MIDDLE, bold=True, colour=NAVY),
    Style("plain"),
    Style("source", colour=MUTED, horizontal="left", wraps=True, below=Rule("hair", RULE)),
    Style("ruled", below=Rule("thin", RULE)),
    *(Style(f"{KEY}{name}") for name in COLOURS),
    Style("subtitle", colour=MUTED),
    Style("entry", colour=BLUE, horizontal="left", wraps=True, locked=False, below=Rule("thin", RULE)),
    Style("go to", colour=GREEN),
    Style("go back", colour=GREEN, horizontal="right"),
    Style("heading", MIDDLE, bold=True, colour=NAVY, above=_HEAD_RULE),
    Style("heading right", bold=True, colour=NAVY, horizontal="right", format_name="head", above=_HEAD_RULE),
    Style("heading beside", MIDDLE, bold=True, colour=NAVY, horizontal="left", indent=1, above=_HEAD_RULE),
    Style("line", horizontal="left"),
    Style("beside", horizontal="left", indent=1),
    Style("indented", colour=MUTED, horizontal="left", indent=2),
    Style("caption", bold=True, colour=NAVY),
    Style("remark", colour=MUTED, horizontal="left"),
    Style("state", colour=MUTED, horizontal="right"),
    Style("wrapped", horizontal="left", indent=1, wraps=True),
    Style("axis", colour=MUTED, horizontal="right"),
    Style("axis date", colour=MUTED, horizontal="right", format_name="date", shrinks=True),
    Style("tolerance", colour=MUTED, horizontal="right", format_name="tolerance"),
    replace(_HEAD, name="period", horizontal="right", format_name="quarter", shrinks=True),
    replace(_HEAD, name="period year", horizontal="right", format_name="whole"),
    replace(_HEAD, name="period head", horizontal="right", format_name="head", shrinks=True),
    replace(_HEAD, name="period wrapped", horizontal="right", wraps=True, format_name="head"),
    replace(_HEAD, name="period text"),
    replace(_HEAD, name="period text wrapped", wraps=True),
    replace(_HEAD, name="period note", horizontal="left", indent=1),
    Style("basis", colour=MUTED, fill=BAND, horizontal="right", format_name="head", below=_HEAD_RULE),
    Style("table above", colour=MUTED, fill=BAND, horizontal="right", format_name="head"),
    Style("table head", colour=MUTED, fill=BAND, horizontal="right", format_name="head", below=_NAVY_RULE),
    Style("table text", bold=True, colour=NAVY, fill=BAND, horizontal="left", below=_NAVY_RULE),
    Style("good", bold=True, colour=NAVY),
    Style("bad", bold=True, colour=ACCENT),
    Style("neutral", colour=MUTED),
    Style("check", bold=True),
    Style("selector", bold=True, colour=BLUE, fill=YELLOW, locked=False),
)
_INDENTS: Final = {"ratio": 1, "driver": 1, "working": 1, "detail": 1}


def _styles_of_texts(role: str) -> list[Style]:
    """Return the label, name, unit and note of a row; those of plain lines have no prefix."""
    above, below = RULES.get(role, (None, None))
    fill, prefix = FILLS.get(role, ""), f"{role} " if role else ""
    colour = MUTED if role in {"ratio", "working", "detail"} else INK
    label = Style(
        f"{prefix}label", bold=role in BOLD, italic=role in ITALIC, colour=colour, fill=fill,
        horizontal="left", indent=_INDENTS.get(role, 0), wraps=True, above=above, below=below,
    )  # fmt: skip
    quiet = Style("", colour=MUTED, fill=fill, horizontal="left", above=above, below=below)
    parts = ("name", "unit", "note")
    return [label, *(replace(quiet, name=prefix + part, wraps=part == "note") for part in parts)]


def _style_of_numbers(role: str, format_name: str) -> Style:
    above, below = RULES.get(role, (None, None))
    is_text = format_name == "text"
    side: Literal["left", "right"] = "left" if is_text or role == "tile" else "right"
    return Style(
        f"{role} {format_name}", SIZES.get(role, SIZE), bold=role in BOLD, italic=role in ITALIC,
        colour=FONTS[role], fill=FILLS.get(role, ""), horizontal=side,
        shrinks=not is_text, locked=role not in UNLOCKED, format_name=format_name, above=above, below=below,
    )  # fmt: skip


def _styles_of_board() -> list[Style]:
    """Return the looks of the cover's table of scenarios: key rows bold, ratios in italics, hair rules."""
    hair, found = Rule("hair", RULE), []
    head = Style(
        "board head", bold=True, colour=NAVY, horizontal="right", format_name="head", below=_NAVY_RULE
    )
    found += [
        head, replace(head, name="board head live", fill=BAND),
        replace(
            head, name="board head text", bold=False, colour=MUTED, horizontal="left", format_name="text"
        ),
    ]  # fmt: skip
    for kind in ("key", "line", "ratio"):
        row = Style("", bold=kind == "key", italic=kind == "ratio", below=hair)
        found.append(replace(row, name=f"board {kind} label"))
        for (role, colour, fill), format_name in product(
            (("live", INK, BAND), ("stamp", BROWN, ""), ("link", GREEN, ""), ("muted", MUTED, "")), FORMATS
        ):
            name = f"board {kind} {role} {format_name}"
            figures = replace(row, name=name, colour=colour, fill=fill, horizontal="right", shrinks=True)
            found.append(replace(figures, format_name=format_name))
    return found


_NUMBERS: Final = [_style_of_numbers(*each) for each in product(FONTS, FORMATS)]
_ROWS: Final = [
    style
    for role in ("", "live", "total", "subtotal", "ratio", "driver", "working", "detail")
    for style in _styles_of_texts(role)
]
STYLES: Final = {style.name: style for style in (*_NUMBERS, *_TEXTS, *_ROWS, *_styles_of_board())}


class Differing(NamedTuple):
    """A conditional format: colours of text and ground, weight and slant."""

    colour: str = ""
    fill: str = ""
    bold: bool = False
    italic: bool = False


LOOKS: Final = {
    "bad": Differing(ACCENT, bold=True),
    "differs": Differing(BLUE, PALE),
    "overruled": Differing(AXIS, italic=True),
    "meaningless": Differing(RULE),
    "apart": Differing(INK, bold=True),
    "chosen": Differing(fill=PALE),
}
"""Conditional formats: a failed check, an input that differs from the first scenario's, a year overruled in
some of its quarters, a figure without meaning, a key driver that differs from the first scenario's,
the column of the live scenario."""
SPLIT: Final = Rule("thin", AXIS)
"""The line before the first estimate."""


def large(role: str, unit: str) -> str:
    """Return the style of a number where money stands in billions; see :func:`in_large`."""
    return f"{role} billions" if unit == MILLIONS else numeric(role, unit)


def whole(role: str, unit: str) -> str:
    """Return the style of a number of a table: money in billions, amounts a share without decimals."""
    return f"{role} money" if measure(unit).style == "share" else large(role, unit)


def in_large(unit: str) -> str:
    """Return the unit of a number of style :func:`large`."""
    return "USD bn" if unit == MILLIONS else measure(unit).sign or unit


def axis_format(unit: str) -> str:
    """Return the number format of the axis of a chart of figures of style :func:`large`."""
    return "#,##0,;-#,##0," if unit == MILLIONS else "0"


def numeric(role: str, unit: str) -> str:
    """Return the name of the style for a number in a role, with the format of its unit."""
    style = measure(unit).style
    if style not in FORMATS:
        raise DeclarationError(f"unit {unit!r}: style {style!r} is not in styles.FORMATS; add it there")
    return f"{role} {style}"
