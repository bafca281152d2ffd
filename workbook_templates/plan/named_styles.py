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
    for style in styles.STYLES.values():
        named = NamedStyle(style.name, number_format=style.number_format)
        named.font = Font(
            name=style.font, size=style.size, bold=style.bold, italic=style.italic, color=style.colour
        )
        named.alignment = Alignment(
            horizontal=style.horizontal, vertical="center", wrap_text=style.wraps, indent=style.indent
        )
        if style.fill:
            named.fill = PatternFill("solid", fgColor=style.fill)
        if style.name.startswith("subtotal"):
            named.border = Border(top=Side(style="thin", color=styles.NAVY))
        if style.name.startswith("period") or style.name == "entry":
            named.border = Border(bottom=Side(style="thin", color=styles.GREY))
        named.protection = Protection(locked=style.locked)
        workbook.add_named_style(named)


def conditional(condition: str, look: str) -> Rule:
    """Return the rule of a conditional format."""
    fill, colour = styles.LOOKS[look]
    font = Font(color=colour, italic=look == "overruled")
    differs = DifferentialStyle(fill=PatternFill("solid", bgColor=fill), font=font)
    return Rule("expression", formula=[condition], dxf=differs)
