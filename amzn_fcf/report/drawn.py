"""Pictures of the note with the tables of their figures, which stand alone where matplotlib is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from amzn_fcf.pictures import files, svg
from amzn_fcf.report.markup import Markup, joined, section, tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure


def picture(draw: Callable[[], Figure], name: str, title: str, text: str, kind: str = "") -> Markup:
    """Return a picture, see :func:`amzn_fcf.pictures.svg.inline`; nothing where matplotlib is missing."""
    return Markup(svg.inline(draw(), name, title, text, kind)) if files.can_draw() else Markup()


class Part(NamedTuple):
    """A section: its heading, the line below it, its pictures (none: it shows the table), and their table."""

    title: str
    text: str
    pictures: Markup
    table: Markup


def shown(*parts: Part | None) -> Markup:
    """Return parts beside each other, where a screen is wide enough, with their tables to open below them."""
    known = [each for each in parts if each is not None]
    sections = [
        section(each.title, each.text, each.pictures or tag("div", each.table, class_="instead"))
        for each in known
    ]
    tables = [each.table for each in known if each.pictures]
    word = "picture" if len(tables) == 1 else "pictures"
    below = tag("details", tag("summary", f"Figures of the {word}"), *tables) if tables else Markup()
    beside = tag("div", *sections, class_="pair") if known and len(parts) > 1 else joined(sections)
    return joined([beside, below])
