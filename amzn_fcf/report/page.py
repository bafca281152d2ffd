"""The note as one file: sections in their order, with the style sheet inside and nothing from elsewhere."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

from amzn_fcf.pictures import files
from amzn_fcf.report import drawn, estimates, opening, reasons, sources, worth
from amzn_fcf.report.markup import Markup, joined, tag
from amzn_fcf.report.path import path
from model.presentation import palette

if TYPE_CHECKING:
    from amzn_fcf.report.note import Note

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""A browser that opens the note asks for nothing, whatever a text in it holds."""
_COLOURS: Final = {
    "navy": palette.NAVY, "accent": palette.ACCENT, "ink": palette.INK, "muted": palette.MUTED,
    "rule": palette.RULE, "hair": palette.GRID, "live": palette.PALE,
}  # fmt: skip
"""Of the style sheet."""
NO_PICTURES: Final = (
    "Tables stand for pictures: these need matplotlib (python -m pip install 'amzn-fcf[plot]')."
)


def page(note: Note) -> str:
    """Return the note as HTML; the same note gives the same bytes."""
    title = opening.verdict(note)
    first = [
        opening.strip(note), tag("h1", title), opening.lead(note), opening.tiles(note),
        estimates.expected(note), path(note), _missing(), estimates.revised(note),
    ]  # fmt: skip
    second = [
        drawn.shown(worth.bridge(note), worth.football(note)), worth.others(note),
        reasons.drivers(note), reasons.claims(note), reasons.trust(note), sources.sources(note),
        sources.footer(note),
    ]  # fmt: skip
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("meta", name_="viewport", content="width=device-width"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", f"{note.company.title}, {note.scenario.name}: {title}"),
        Markup('<link rel="icon" href="data:,">'), tag("style", _style()),
    )  # fmt: skip
    body = tag("body", tag("main", tag("div", *first, class_="page"), tag("div", *second, class_="page")))
    return joined(
        [Markup("<!DOCTYPE html>\n"), tag("html", head, Markup("\n"), body, lang="en"), Markup("\n")]
    )


def _missing() -> Markup:
    return Markup() if files.can_draw() else tag("p", NO_PICTURES, class_="sub")


def _style() -> Markup:
    text = resources.files("amzn_fcf.report").joinpath("note.css").read_text(encoding="utf-8")
    colours = "".join(f"--{name}: {colour}; " for name, colour in _COLOURS.items())
    return Markup(f":root {{ {colours}}}\n{text}")
