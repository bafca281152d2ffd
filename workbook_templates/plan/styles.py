"""Named cell styles: one meaning per colour. Inputs blue, formulas black, links to other sheets green."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from model.errors import DeclarationError
from model.language.units import measure

if TYPE_CHECKING:
    from model.presentation import Colour

BLUE, BLACK, GREEN, GREY, WHITE = "0000FF", "000000", "008000", "7F7F7F", "FFFFFF"
NAVY, BROWN = "1F3864", "7B3F00"
YELLOW, PALE, BAND = "FFFFCC", "F2F2F2", "D9E1F2"
GOOD, BAD = "E2EFDA", "FCE4D6"
RED, TEAL, AMBER, PURPLE = "C00000", "2E8B8B", "E0A030", "7A5BA6"
BLUES: Final = (NAVY, "8FAADC")
COLOURS: Final[dict[Colour, str]] = {
    "navy": NAVY, "blue": BLUES[1], "teal": TEAL, "amber": AMBER, "red": RED, "green": GREEN, "grey": GREY,
}  # fmt: skip
"""Colours by the names that a company gives to what it draws."""
SERIES: Final = (TEAL, NAVY, AMBER, PURPLE, RED, GREY)
"""Colours of the series of a chart."""

FORMATS: Final = {
    "money": "#,##0;(#,##0);-",
    "percent": "0.0%;(0.0%);-",
    "rate": "0.00%;(0.00%);-",
    "times": '0.00"x"',
    "years": "0.0",
    "whole": "0",
    "quarter": '0000"Q"0',
    "date": "yyyy-mm-dd",
    "share": "#,##0.00;(#,##0.00);-",
    "truth": '"TRUE";"TRUE";"FALSE"',
    "text": "General",
}
FONTS: Final = {
    "calc": BLACK, "link": GREEN, "input": BLUE, "key": BLUE, "filed": BLUE, "estimate": BLUE,
    "live": BLACK, "total": BLACK, "stamp": BROWN, "edge": BROWN, "centre": BROWN, "tile": NAVY,
    "subtotal": GREEN, "ratio": GREEN,
}  # fmt: skip
"""Roles of numbers: computed, linked, typed in, typed in and decisive, from a filing, estimated from filings,
picked, highlighted, stamped, the driver's values at a grid, the scenario in its centre, headline,
linked as a sum or a rate of a statement."""
SIZES: Final = {"tile": 14}
BOLD: Final = frozenset({"subtotal", "live", "total", "edge", "centre", "tile"})
ITALIC: Final = frozenset({"ratio", "estimate"})
UNLOCKED: Final = frozenset({"input", "key"})
"""Roles of cells that stay open when a sheet is protected."""
FILLS: Final = {"subtotal": BAND, "key": YELLOW, "live": PALE, "edge": PALE, "centre": BAND}


@dataclass(frozen=True)
class Style:
    """A named style of cells."""

    name: str
    size: int = 10
    bold: bool = False
    italic: bool = False
    colour: str = BLACK
    fill: str = ""
    font: str = "Calibri"
    horizontal: Literal["left", "right"] | None = None
    indent: int = 0
    wraps: bool = False
    locked: bool = True
    format_name: str = "text"

    @property
    def number_format(self) -> str:
        """The number format, as spreadsheet programs write it."""
        return FORMATS[self.format_name]


_TEXTS: Final = (
    Style("title", 16, bold=True, colour=NAVY),
    Style("subtitle", colour=GREY),
    Style("tile label", 8, colour=GREY, horizontal="right", wraps=True),
    Style("entry", colour=BLUE, horizontal="left", wraps=True, locked=False),
    Style("as of", bold=True, horizontal="left", format_name="quarter"),
    Style("go to", 9, colour=GREEN),
    Style("heading", 11, bold=True, colour=WHITE, fill=NAVY),
    Style("label", wraps=True),
    Style("indented", colour=GREY, horizontal="left", indent=2),
    Style("caption", bold=True, colour=NAVY),
    Style("ratio label", italic=True, colour=GREY, horizontal="left", indent=2),
    Style("subtotal label", bold=True, fill=BAND),
    Style("subtotal name", 9, colour=GREY, font="Consolas", fill=BAND),
    Style("subtotal unit", 9, colour=GREY, fill=BAND),
    Style("name", 9, colour=GREY, font="Consolas"),
    Style("unit", 9, colour=GREY),
    Style("note", 9, colour=GREY, horizontal="left", indent=1, wraps=True),
    Style("remark", 9, colour=GREY, horizontal="left", indent=1),
    Style("wrapped", horizontal="left", indent=1, wraps=True),
    Style("axis", 8, colour=GREY, horizontal="right"),
    Style("axis date", 8, colour=GREY, horizontal="right", format_name="date"),
    Style("period", bold=True, fill=BAND, horizontal="right", format_name="quarter"),
    Style("period year", bold=True, fill=BAND, horizontal="right"),
    Style("period text", bold=True, fill=BAND),
    Style("period text wrapped", bold=True, fill=BAND, wraps=True),
    Style("good", bold=True, fill=GOOD),
    Style("bad", bold=True, fill=BAD),
    Style("neutral", colour=GREY),
    Style("basis", 9, italic=True, colour=GREY, fill=BAND, horizontal="right"),
    Style("check", bold=True),
    Style("selector", 12, bold=True, colour=BLUE, fill=YELLOW, locked=False),
)


def _style_of_numbers(role: str, format_name: str) -> Style:
    return Style(
        f"{role} {format_name}", SIZES.get(role, 10), bold=role in BOLD, italic=role in ITALIC,
        colour=FONTS[role], fill=FILLS.get(role, ""), horizontal="left" if format_name == "text" else "right",
        locked=role not in UNLOCKED, format_name=format_name,
    )  # fmt: skip


_NUMBERS: Final = [_style_of_numbers(*each) for each in product(FONTS, FORMATS)]
STYLES: Final = {style.name: style for style in (*_NUMBERS, *_TEXTS)}
LOOKS: Final = {
    "bad": (BAD, "9C0006"), "differs": ("E4DFEC", BLUE), "overruled": (WHITE, "A6A6A6"),
    "meaningless": (WHITE, "BFBFBF"),
}  # fmt: skip
"""Conditional formats, fill and colour: a failed check, an input that differs from the first scenario's, a
year overruled in some of its quarters, a figure without meaning."""


def numeric(role: str, unit: str) -> str:
    """Return the name of the style for a number in a role, with the format of its unit."""
    style = measure(unit).style
    if style not in FORMATS:
        raise DeclarationError(f"unit {unit!r}: style {style!r} is not in styles.FORMATS; add it there")
    return f"{role} {style}"
