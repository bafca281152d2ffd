"""The named styles of :mod:`workbook_templates.plan.styles` as objects of openpyxl, which is slow to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils.indexed_list import IndexedList

from workbook_templates.plan import styles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl import Workbook


def register(workbook: Workbook, used: Iterable[str]) -> None:
    """Add the named styles that are used to a workbook; its own style, the unit of widths, gets our font."""
    plain = Font(name=styles.FONT, size=styles.SIZE, color=styles.INK)
    workbook._named_styles["Normal"].font = plain  # type: ignore[attr-defined]  # noqa: SLF001  # no other way to it
    workbook._fonts = IndexedList([plain, *workbook._fonts[1:]])  # type: ignore[attr-defined]  # noqa: SLF001  # as above
    for name in used:
        workbook.add_named_style(_named(styles.STYLES[name]))


def _named(style: styles.Style) -> NamedStyle:
    named = NamedStyle(style.name, number_format=style.number_format)
    named.font = Font(
        name=styles.FONT, size=style.size, bold=style.bold, italic=style.italic, color=style.colour
    )
    named.alignment = Alignment(
        horizontal=style.horizontal, vertical="center", wrap_text=style.wraps, shrink_to_fit=style.shrinks,
        indent=style.indent,
    )  # fmt: skip
    if style.fill:
        named.fill = PatternFill("solid", fgColor=style.fill)
    named.border = Border(top=_side(style.above), bottom=_side(style.below))
    named.protection = Protection(locked=style.locked)
    return named


def _side(rule: styles.Rule | None) -> Side:
    return Side() if rule is None else Side(style=rule.weight, color=rule.colour)


def split(border: Border) -> Border:
    """Return a border with the line before the first estimate at its left."""
    return Border(left=_side(styles.SPLIT), top=border.top, bottom=border.bottom)


def conditional(condition: str, look: str) -> Rule:
    """Return the rule of a conditional format."""
    found = styles.LOOKS[look]
    differs = DifferentialStyle()
    if found.colour:
        differs.font = Font(color=found.colour, bold=found.bold or None, italic=found.italic or None)
    if found.fill:
        differs.fill = PatternFill("solid", bgColor=found.fill)
    return Rule("expression", formula=[condition], dxf=differs)
