"""The named styles of :mod:`workbook_templates.plan.styles` as objects of openpyxl, which is slow to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from workbook_templates.plan import styles

if TYPE_CHECKING:
    from openpyxl import Workbook


def register(workbook: Workbook) -> None:
    """Add all named styles to a workbook."""
    for style in named_styles():
        workbook.add_named_style(style)


def named_styles() -> list[NamedStyle]:
    """Return every named style."""
    numbers = [_number(role, name) for role in styles.FONTS for name in styles.FORMATS]
    return [*numbers, *map(_text, styles.TEXTS)]


def _number(role: str, name: str) -> NamedStyle:
    style = NamedStyle(f"{role} {name}", number_format=styles.FORMATS[name])
    style.font = Font(
        name="Calibri", size=styles.SIZES.get(role, 10), color=styles.FONTS[role], bold=role in styles.BOLD,
        italic=role == "estimate",
    )  # fmt: skip
    style.protection = Protection(locked=role not in styles.UNLOCKED)
    style.alignment = Alignment(horizontal="left" if name == "text" else "right", vertical="center")
    if role in styles.FILLS:
        style.fill = PatternFill("solid", fgColor=styles.FILLS[role])
    return style


def _text(text: styles.TextLook) -> NamedStyle:
    style = NamedStyle(text.name, number_format=styles.FORMATS[styles.FORMAT_OF_TEXT.get(text.name, "text")])
    style.font = Font(name=text.font, size=text.size, bold=text.bold, italic=text.italic, color=text.colour)
    style.alignment = Alignment(
        horizontal=text.horizontal, vertical="center", wrap_text=text.wraps, indent=text.indent
    )
    if text.fill:
        style.fill = PatternFill("solid", fgColor=text.fill)
    if text.name.startswith("period") or text.name == "entry":
        style.border = Border(bottom=Side(style="thin", color=styles.GREY))
    style.protection = Protection(locked=text.name not in styles.UNLOCKED)
    return style


def conditional(condition: str, look: str) -> Rule:
    """Return the rule of a conditional format."""
    fill, colour = styles.LOOKS[look]
    differs = DifferentialStyle(
        fill=PatternFill("solid", bgColor=fill), font=Font(color=colour, italic=look == "overruled")
    )
    return Rule("expression", formula=[condition], dxf=differs)
