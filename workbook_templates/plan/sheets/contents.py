"""Contents: what is on each sheet, how to read it, and the method on half a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import Period
from workbook_templates.a1 import absolute, coordinates
from workbook_templates.plan.layout import CONTENTS, COVER, INPUTS, LOG
from workbook_templates.plan.links import linked
from workbook_templates.plan.sheets.header import put_band, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_FIRST_ROW: Final = 6
_NAME, _TEXT = 1, 2
_WIDTHS: Final = {_NAME: 24.0, _TEXT: 140.0}
_HOW_TO_READ: Final = {
    "One column": "The same column holds the same quarter, or year, on every sheet. Year columns come first, "
    "quarters after the gap.",
    "One formula a row": "Up to as-of a row holds reported figures, after it one formula; the definition "
    "beside it says which.",
    "Folds": "Bold: key figures and subtotals; italics: growth and margins of the row above. Drivers and "
    "workings, names and definitions are folded: 1 and 2 at the edges open and close them.",
    "A scenario": f"Choose it on {COVER}. {INPUTS} holds the drivers of all; the live row picks the chosen "
    "one, and everything follows.",
    "A change": f"Type into a blue cell of {INPUTS}: by year, or in a quarter's column, which wins over its "
    f"year. Note it on {LOG}.",
    "Units": "USD millions unless the unit says otherwise; ratios are shown as per cent; quarters read "
    "2026Q3. Parentheses are negative.",
    "Grades": "Behind every driver: R reported, G company guidance, A the article, F fitted to reported "
    "figures, J judgement.",
    "Numbers": "Inputs are numbers, no formulas; 0 where a note says that it means none. Money is in USD "
    "millions: 180bn is 180000.",
    "Protection": "Sheets are protected without a password, so that formulas are not overtyped by accident: "
    "Review, Unprotect Sheet.",
}
_PROOF: Final = (
    "The same declaration is computed by numpy and printed as these formulas; every formula cell was "
    "compared with the model when the file was built, and amzn-fcf validate does it again."
)
_NO_ADVICE: Final = "This is a model, not advice."
_COLOURS: Final = {
    "input money": f"Input on {INPUTS}: type here. On pale blue it differs from the first scenario; "
    "grey: quarters of the year have their own",
    "key money": "Input that the answer depends on most",
    "calc money": "Formula",
    "link money": "Link to another sheet",
    "live money": "Driver that the selector has picked",
    "stamp money": "Value of the model, stamped when the workbook was built",
    "filed money": "Reported in a filing, locked",
    "estimate money": "Reported, estimated from a year's figure",
}
_SAMPLE: Final = 1234.0
_NAMED_YEARS: Final = (1, 4)
"""Years before and after that of the latest reported quarter whose figures have names."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    words = edition.words
    sheet.widths |= _WIDTHS
    put_state(sheet, edition.layout, _TEXT)
    row = _put_texts(sheet, _FIRST_ROW, "Sheets", [(each.name, each.holds) for each in edition.sheets])
    for place, each in enumerate(edition.sheets, start=_FIRST_ROW + 1):
        sheet.links[place, _NAME] = each.name
        sheet.put(place, _NAME, each.name, "go to")
    row = _put_texts(sheet, row, "How to read it", _HOW_TO_READ.items())
    limits = f"{words.limits} {_NO_ADVICE}".lstrip()
    row = _put_texts(sheet, row, "Method", [*words.method.items(), ("Proof", _PROOF), ("Limits", limits)])
    if named := [group for figure in words.names.items() if (group := _named(edition.layout, *figure))]:
        sheet.names |= {each.name: each.cell for group in named for each in group}
        texts = [(_ends(each.name for each in group), _shown(group)) for group in named]
        row = _put_texts(sheet, row, "Names for links from other workbooks", texts)
    put_band(sheet, row, "Colour key", _TEXT)
    for place, (style, meaning) in enumerate(_COLOURS.items(), start=row + 1):
        sheet.put(place, _NAME, _SAMPLE, style)
        sheet.put(place, _TEXT, meaning, "wrapped")


class _Named(NamedTuple):
    """A name for links, the cell that it stands for, and the figure there."""

    name: str
    cell: str
    label: str
    period: str


def _named(layout: Layout, name: str, figure: str) -> list[_Named]:
    """Return the names of a figure, one a year if it varies with time."""
    found = []
    for year in layout.shown_years(*_NAMED_YEARS) if "{year}" in name else (0,):
        key, _, period = figure.format(year=year).partition(" ")
        if link := linked(layout, key, Period.parse(period) if period else None):
            sheet, _, place = link.formula.removeprefix("=").partition("!")
            cell = f"{sheet}!{absolute(*coordinates(place) or (1, 1))}"
            found.append(_Named(name.format(year=year), cell, layout.called[key], period))
    return found


def _ends(texts: Iterable[str]) -> str:
    """Return the first and the last of texts, or the only one."""
    first, *others = texts
    return " to ".join((first, *others[-1:]))


def _shown(group: Sequence[_Named]) -> str:
    """Return what names stand for: the figure, and its years."""
    return ", ".join(text for text in (group[0].label, _ends(each.period for each in group)) if text)


def _put_texts(sheet: SheetPlan, row: int, title: str, texts: Iterable[tuple[str, str]]) -> int:
    """Write a section of names and texts; return the row after the free one below it."""
    put_band(sheet, row, title, _TEXT)
    for name, text in texts:
        row += 1
        sheet.put(row, _NAME, name, "label")
        sheet.put(row, _TEXT, text, "wrapped")
    return row + 2


SHEET: Final = Sheet(
    CONTENTS, "This page", "Contents, method and colour key", "Each name leads to its sheet", _fill,
    by_places=True,
)  # fmt: skip
