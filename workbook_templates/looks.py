"""What cells look like: the styles of a file, and those that a plan asks for, as figures that can be compared."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from openpyxl.styles import PatternFill

_NO_COLOUR: Final = "000000"
_NO_FILL: Final = ""
_FALSE: Final = frozenset({"0", "false", "off"})


class Look(NamedTuple):
    """The look of a cell: number format, colour of the text and of the ground (six hex digits), and whether it is locked."""

    number_format: str
    colour: str
    fill: str
    locked: bool


def looks_of(styles: Element) -> list[Look]:
    """Return the look of every cell style of a file, by index."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415  # slow to load, and only readers need it

    groups = {_local(group): list(group) for group in styles}
    formats = {int(each.get("numFmtId", 0)): each.get("formatCode", "") for each in groups.get("numFmts", ())}
    fonts = [_colour(each, "color", _NO_COLOUR) for each in groups.get("fonts", ())]
    fills = [_fill(each) for each in groups.get("fills", ())]
    found = []
    for each in groups.get("cellXfs", ()):
        number = int(each.get("numFmtId", 0))
        guard = next((child for child in each if _local(child) == "protection"), None)
        locked = guard is None or guard.get("locked", "1") not in _FALSE
        found.append(
            Look(
                formats.get(number, str(BUILTIN_FORMATS.get(number, "General"))),
                _at(fonts, each.get("fontId"), _NO_COLOUR),
                _at(fills, each.get("fillId"), _NO_FILL),
                locked,
            )
        )
    return found


@cache
def planned_looks() -> Mapping[str, Look]:
    """Return the look of every named style of ours."""
    from workbook_templates import styles  # noqa: PLC0415  # loads openpyxl

    found = {}
    for style in styles.named_styles():
        font, fill = style.font, cast("PatternFill", style.fill)
        colour = str(font.color.rgb)[-6:] if font.color is not None else _NO_COLOUR
        ground = str(fill.fgColor.rgb)[-6:] if fill.fill_type == "solid" else _NO_FILL
        found[style.name] = Look(style.number_format, colour, ground, bool(style.protection.locked))
    return found


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _at(values: Sequence[str], index: str | None, otherwise: str) -> str:
    place = int(index or 0)
    return values[place] if 0 <= place < len(values) else otherwise


def _colour(parent: Element, name: str, otherwise: str) -> str:
    for child in parent:
        if _local(child) == name:
            if (rgb := child.get("rgb")) is not None:
                return rgb[-6:].upper()
            kind = next((key for key in ("theme", "indexed") if child.get(key) is not None), "")
            text = f"{kind} {child.get(kind)}" if kind else otherwise
            return otherwise if text in {"theme 1", "indexed 64", "indexed 8"} else text
    return otherwise


def _fill(element: Element) -> str:
    pattern = next((child for child in element if _local(child) == "patternFill"), None)
    if pattern is None or pattern.get("patternType", "none") != "solid":
        return _NO_FILL
    return _colour(pattern, "fgColor", _NO_FILL)
