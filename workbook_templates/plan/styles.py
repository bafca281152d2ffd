"""Named cell styles: one meaning a colour. Inputs blue, formulas black, links to other sheets green."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from model.language.units import measure

BLUE, BLACK, GREEN, GREY, WHITE, NAVY, BROWN = (
    "0000FF",
    "000000",
    "008000",
    "7F7F7F",
    "FFFFFF",
    "1F3864",
    "7B3F00",
)
YELLOW, PALE, BAND = "FFFFCC", "F2F2F2", "D9E1F2"
GOOD, BAD = "E2EFDA", "FCE4D6"
RED, TEAL, AMBER, PURPLE = "C00000", "2E8B8B", "E0A030", "7A5BA6"
BLUES: Final = (NAVY, "8FAADC")
COLOURS: Final = {
    "navy": NAVY, "blue": BLUES[1], "teal": TEAL, "amber": AMBER, "red": RED, "green": GREEN, "grey": GREY,
}  # fmt: skip
"""Colours by the names that a company gives to what it draws."""
SERIES: Final = (TEAL, NAVY, AMBER, PURPLE, RED, GREY)
"""Colours of the series of a chart."""

FORMATS: Final = {
    "money": "#,##0;(#,##0);-",
    "percent": "0.0%;(0.0%);-",
    "rate": "0.00%;(0.00%);-",
    "times": "0.00x",
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
}  # fmt: skip
"""Roles of numbers: computed, linked, typed in, typed in and decisive, from a filing, estimated from filings,
picked, highlighted, stamped, the driver's values at a grid, the scenario in its centre, headline."""
SIZES: Final = {"tile": 14}
BOLD: Final = frozenset({"live", "total", "edge", "centre", "tile"})
UNLOCKED: Final = frozenset({"input", "key", "selector", "entry"})
"""Roles and texts of cells that stay open when a sheet is protected."""
FILLS: Final = {"key": YELLOW, "live": PALE, "edge": PALE, "centre": BAND}


@dataclass(frozen=True)
class TextLook:
    """The look of a kind of text."""

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


TEXTS: Final = (
    TextLook("title", 16, bold=True, colour=NAVY),
    TextLook("subtitle", colour=GREY),
    TextLook("tile label", 8, colour=GREY, horizontal="right", wraps=True),
    TextLook("entry", colour=BLUE, horizontal="left", wraps=True),
    TextLook("as of", bold=True, horizontal="left"),
    TextLook("go to", 9, colour=GREEN),
    TextLook("heading", 11, bold=True, colour=WHITE, fill=NAVY),
    TextLook("label", wraps=True),
    TextLook("indented", colour=GREY, indent=2),
    TextLook("name", 9, colour=GREY, font="Consolas"),
    TextLook("unit", 9, colour=GREY),
    TextLook("note", 9, colour=GREY, horizontal="left", indent=1, wraps=True),
    TextLook("remark", 9, colour=GREY, horizontal="left", indent=1),
    TextLook("wrapped", horizontal="left", indent=1, wraps=True),
    TextLook("axis", 8, colour=GREY, horizontal="right"),
    TextLook("axis date", 8, colour=GREY, horizontal="right"),
    TextLook("period", bold=True, fill=BAND, horizontal="right"),
    TextLook("period text", bold=True, fill=BAND),
    TextLook("period text wrapped", bold=True, fill=BAND, wraps=True),
    TextLook("good", bold=True, fill=GOOD),
    TextLook("bad", bold=True, fill=BAD),
    TextLook("neutral", colour=GREY),
    TextLook("basis", 9, italic=True, colour=GREY, fill=BAND, horizontal="right"),
    TextLook("check", bold=True),
    TextLook("selector", 12, bold=True, colour=BLUE, fill=YELLOW),
)


_WRAPPED: Final = {text.name: text.size for text in TEXTS if text.wraps}
FORMAT_OF_TEXT: Final = {"period": "quarter", "axis date": "date", "as of": "quarter"}


LOOKS: Final = {
    "bad": (BAD, "9C0006"),
    "differs": ("E4DFEC", BLUE),
    "overruled": ("FFFFFF", "A6A6A6"),
    "meaningless": ("FFFFFF", "BFBFBF"),
}
"""Conditional formats, fill and colour: a failed check, an input that differs from the first scenario's, a
year overruled in some of its quarters, a figure without meaning."""


def numeric(role: str, unit: str) -> str:
    """Return the name of the style for a number in a role, with the format of its unit."""
    return f"{role} {measure(unit).style}"


def wrapped_size(name: str) -> int:
    """Return the size of a text that is broken into lines, in points; 0 for one that is not."""
    return _WRAPPED.get(name, 0)
