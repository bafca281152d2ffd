"""Named cell styles: what a colour means is said once. Inputs blue, formulas black, links to other sheets green."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from model.language.units import measure

if TYPE_CHECKING:
    from openpyxl import Workbook

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
_FONTS: Final = {
    "calc": BLACK, "link": GREEN, "input": BLUE, "key": BLUE, "filed": BLUE, "estimate": BLUE, "live": BLACK, "total": BLACK,
    "stamp": BROWN, "edge": BROWN, "centre": BROWN, "tile": NAVY,
}  # fmt: skip
"""Roles of numbers: computed, linked, typed in, typed in and decisive, from a filing, estimated from filings, picked, highlighted,
value of the model without a formula, the driver's values beside a grid, the scenario in its centre, headline."""
_SIZES: Final = {"tile": 14}
_BOLD: Final = frozenset({"live", "total", "edge", "centre", "tile"})
_FILLS: Final = {"key": YELLOW, "live": PALE, "edge": PALE, "centre": BAND}


@dataclass(frozen=True)
class _Text:
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


_TEXTS: Final = (
    _Text("title", 16, bold=True, colour=NAVY),
    _Text("subtitle", colour=GREY),
    _Text("tile label", 8, colour=GREY, horizontal="right", wraps=True),
    _Text("entry", colour=BLUE, horizontal="left", wraps=True),
    _Text("as of", bold=True, horizontal="left"),
    _Text("go to", 9, colour=GREEN),
    _Text("heading", 11, bold=True, colour=WHITE, fill=NAVY),
    _Text("label", wraps=True),
    _Text("indented", colour=GREY, indent=2),
    _Text("name", 9, colour=GREY, font="Consolas"),
    _Text("unit", 9, colour=GREY),
    _Text("note", 9, colour=GREY, horizontal="left", indent=1, wraps=True),
    _Text("remark", 9, colour=GREY, horizontal="left", indent=1),
    _Text("wrapped", horizontal="left", indent=1, wraps=True),
    _Text("axis", 8, colour=GREY, horizontal="right"),
    _Text("axis date", 8, colour=GREY, horizontal="right"),
    _Text("period", bold=True, fill=BAND, horizontal="right"),
    _Text("period text", bold=True, fill=BAND),
    _Text("period text wrapped", bold=True, fill=BAND, wraps=True),
    _Text("good", bold=True, fill=GOOD),
    _Text("bad", bold=True, fill=BAD),
    _Text("neutral", colour=GREY),
    _Text("basis", 9, italic=True, colour=GREY, fill=BAND, horizontal="right"),
    _Text("check", bold=True),
    _Text("selector", 12, bold=True, colour=BLUE, fill=YELLOW),
)


_WRAPPED: Final = {text.name: text.size for text in _TEXTS if text.wraps}
_FORMAT_OF_TEXT: Final = {"period": "quarter", "axis date": "date", "as of": "quarter"}


_LOOKS: Final = {
    "bad": (BAD, "9C0006"),
    "differs": ("E4DFEC", BLUE),
    "overruled": ("FFFFFF", "A6A6A6"),
    "meaningless": ("FFFFFF", "BFBFBF"),
}
"""Conditional formats: fill and colour of a failed check, of an input that differs from the first scenario's, of a year some
of whose quarters have values of their own, and of a figure without meaning."""


def conditional(condition: str, look: str) -> Rule:
    """Return the rule of a conditional format."""
    fill, colour = _LOOKS[look]
    differs = DifferentialStyle(
        fill=PatternFill("solid", bgColor=fill), font=Font(color=colour, italic=look == "overruled")
    )
    return Rule("expression", formula=[condition], dxf=differs)


def numeric(role: str, unit: str) -> str:
    """Return the name of the style for a number in a role, with the format of its unit."""
    return f"{role} {measure(unit).style}"


def wrapped_size(name: str) -> int:
    """Return the size of a text that is broken into lines, in points; 0 for one that is not."""
    return _WRAPPED.get(name, 0)


def register(workbook: Workbook) -> None:
    """Add all named styles to a workbook."""
    for style in named_styles():
        workbook.add_named_style(style)


def named_styles() -> list[NamedStyle]:
    """Return every named style."""
    thin = Side(style="thin", color=GREY)
    styles = []
    for role, colour in _FONTS.items():
        for name, number_format in FORMATS.items():
            style = NamedStyle(f"{role} {name}", number_format=number_format)
            style.font = Font(
                name="Calibri",
                size=_SIZES.get(role, 10),
                color=colour,
                bold=role in _BOLD,
                italic=role == "estimate",
            )
            style.protection = Protection(locked=role not in {"input", "key"})
            style.alignment = Alignment(horizontal="left" if name == "text" else "right", vertical="center")
            if role in _FILLS:
                style.fill = PatternFill("solid", fgColor=_FILLS[role])
            styles.append(style)
    for text in _TEXTS:
        style = NamedStyle(text.name, number_format=FORMATS[_FORMAT_OF_TEXT.get(text.name, "text")])
        style.font = Font(
            name=text.font, size=text.size, bold=text.bold, italic=text.italic, color=text.colour
        )
        style.alignment = Alignment(
            horizontal=text.horizontal, vertical="center", wrap_text=text.wraps, indent=text.indent
        )
        if text.fill:
            style.fill = PatternFill("solid", fgColor=text.fill)
        if text.name.startswith("period") or text.name == "entry":
            style.border = Border(bottom=thin)
        style.protection = Protection(locked=text.name not in {"selector", "entry"})
        styles.append(style)
    return styles
