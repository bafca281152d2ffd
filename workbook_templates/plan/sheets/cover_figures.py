"""The figures that texts and tiles of the cover name: rows of the model, and those of a simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from workbook_templates.plan.layout import SENSITIVITY
from workbook_templates.plan.links import Link, linked, stamped, year_of
from workbook_templates.plan.sheets.sensitivity import expected_row
from workbook_templates.plan.sheets.simulated import CHANCES, EXPECTED
from workbook_templates.plan.twins import Computed
from workbook_templates.plan.wording import Figure, Wording, is_absent, unless_absent, worded, year_ahead

if TYPE_CHECKING:
    from model.results import Results
    from workbook_templates.plan.cells import Twin, WorkbookPlan
    from workbook_templates.plan.layout import Layout

_SIMULATED: Final = {
    "expected": "expected", "error": "+/-", "low": "5%", "high": "95%", "chance": "> price",
    "by_then": "event",
}  # fmt: skip
"""Word for a simulated figure -> its head on the sheet of sensitivities."""
_OF_ERRORS: Final = "times"
"""Unit in which a standard error is written: with a decimal, even where amounts a share have none."""
_NOT_SIMULATED: Final = "not simulated"


class Figures:
    """The figures that texts and tiles of the cover name."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.asked = self.layout.company.presentation.questions
        self.simulated = expected_row(self.layout)

    def link(self, name: str, ahead: int | None) -> Link | None:
        """Return the link to a figure; None where there is none."""
        if name == "expected_upside":
            return self._upside()
        if name in _SIMULATED:
            return self._stamped(name)
        return linked(self.layout, name, None if ahead is None else year_of(year_ahead(self.layout, ahead)))

    def _stamped(self, name: str) -> Link | None:
        if self.simulated is None:
            return None
        head = _SIMULATED[name]
        unit = "ratio" if head in CHANCES else self.layout.plan.row(self.asked.value).unit
        if name == "error":
            unit = _OF_ERRORS
        return stamped(SENSITIVITY, (self.simulated, EXPECTED[head]), unit)

    def _upside(self) -> Link | None:
        expected = self._stamped("expected")
        price = linked(self.layout, self.asked.price) if expected else None
        if expected is None or price is None:
            return None
        text = f"{expected.formula}/{price.formula.removeprefix('=')}-1"
        return self.where_simulated(
            Link(text, "ratio", Computed(partial(_ratio, expected.twin, price.twin))), "-"
        )

    def where_simulated(self, link: Link, otherwise: str) -> Link:
        """Return a link that shows a text where the scenario was not simulated."""
        if (expected := self._stamped("expected")) is None:
            return link
        cell = expected.formula.removeprefix("=")
        formula = f"={unless_absent(cell, otherwise, link.formula.removeprefix('='))}"
        return Link(
            formula, link.unit, Computed(partial(_unless_absent, expected.twin, otherwise, link.twin))
        )

    def text(self, text: str, *, whole: bool = False) -> Wording:
        """Return a text with its figures; ``whole``: amounts a share without decimals."""
        wording, expected = worded(text, self.layout, self.link, whole=whole), self._stamped("expected")
        if expected is None or not any(f"{{{name}}}" in text for name in _SIMULATED):
            return wording
        return replace(wording, needs=Figure.of(expected), otherwise=_NOT_SIMULATED)

    def verdict(self) -> Wording | None:
        """Return when free cash flow turns, and what the expected value is to the price."""
        asked, words = self.asked, self.layout.words
        pieces: list[str | Figure] = []
        trough = linked(self.layout, asked.trough) if asked.trough else None
        event = linked(self.layout, words.simulated_event) if words.simulated_event else None
        if trough and event:
            pieces += ["Trailing free cash flow bottoms at ", Figure.of(trough)]
            pieces += [" and is positive from ", Figure.of(event)]
        expected, upside = self._stamped("expected"), self._upside()
        if not expected or not upside:
            return Wording(tuple(pieces)) if pieces else None
        turns = Wording((*pieces, "."))
        cell = f"({upside.formula.removeprefix('=')})"
        pieces += ["; the expected value of ", Figure.of(expected, whole=True), " USD per share is "]
        pieces += [Figure(cell, "ratio", upside.twin, beside=True), " the price."]
        return Wording(tuple(pieces), needs=Figure.of(expected), otherwise=turns)


def _unless_absent(
    needed: Twin, otherwise: str, shown: Twin | None, plan: WorkbookPlan, results: Results, draw: int
) -> float | str:
    if shown is None or is_absent(needed.expected(plan, results, draw)):
        return otherwise
    return shown.expected(plan, results, draw)


def _ratio(above: Twin, below: Twin, plan: WorkbookPlan, results: Results, draw: int) -> float:
    found, other = (each.expected(plan, results, draw) for each in (above, below))
    return math.nan if isinstance(found, str) or isinstance(other, str) else found / other - 1
