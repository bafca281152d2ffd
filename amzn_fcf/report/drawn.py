"""Pictures of the note with the tables of their figures, which stand alone where matplotlib is missing."""

from __future__ import annotations

import importlib.util
from typing import NamedTuple

from amzn_fcf.report.markup import Markup, joined, tag


def can_draw() -> bool:
    """Tell whether there is matplotlib."""
    return importlib.util.find_spec("matplotlib") is not None


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
        tag(
            "section", tag("h2", each.title), tag("p", each.text, class_="sub"),
            each.pictures or tag("div", each.table, class_="instead"),
        )
        for each in known
    ]  # fmt: skip
    tables = [each.table for each in known if each.pictures]
    word = "picture" if len(tables) == 1 else "pictures"
    below = tag("details", tag("summary", f"Figures of the {word}"), *tables) if tables else Markup()
    beside = tag("div", *sections, class_="pair") if known and len(parts) > 1 else joined(sections)
    return joined([beside, below])
