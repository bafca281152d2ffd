"""Thesis: the article's claims, their status at the workbook's as-of, and what the live scenario gives in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from model.evidence.claims import Status, ledger
from model.language.periods import Quarter
from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.layout import THESIS, VALUE, Layout
from workbook_templates.plan.sheets.header import put_stamp, put_title
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from model.evidence.claims import Entry
    from model.evidence.thesis import Claim

HEADER_ROW: Final = 5
_COLUMNS: Final = {
    "Claim of the article": 50, "Name": 22, "Line": 30, "Period": 9, "Holds if": 28, "Status": 13, "Article scenario": 17,
    "Reported": 13, "Live scenario": 14, "USD a share at stake": 11, "Why": 52, "Note": 52,
}  # fmt: skip
_LOOKS: Final = {
    "met": "good",
    "on_track": "good",
    "missed": "bad",
    "off_track": "bad",
    "open": "neutral",
    "not_testable": "neutral",
}


STATUSES: Final = tuple(status.replace("_", " ") for status in get_args(Status))
STATUS_COLUMN: Final = 6


def status_cells(layout: Layout) -> str:
    """Return the reference (on this sheet) to the statuses of all claims."""
    last = HEADER_ROW + len(ledger(layout.plan.axis.as_of))
    return f"{reference(HEADER_ROW + 1, STATUS_COLUMN, fixed_row=True)}:{reference(last, STATUS_COLUMN, fixed_row=True)}"


def thesis_sheet(layout: Layout, assumptions: str, version: str) -> SheetPlan:
    """Return the ledger of claims."""
    sheet = SheetPlan(
        THESIS, widths={column: float(width) for column, width in enumerate(_COLUMNS.values(), start=1)}
    )
    as_of = layout.plan.axis.as_of
    put_title(sheet, "The article's claims, and what became of them",
        f"Judged by what was known between the results of {as_of} and the next; the column Live is formulas, the rest is stamped",
    )  # fmt: skip
    put_stamp(sheet, layout, assumptions, version)
    for column, text in enumerate(_COLUMNS, start=1):
        sheet.put(HEADER_ROW, column, text, "period text wrapped")
    sheet.heights[HEADER_ROW] = 28
    for row, entry in enumerate(ledger(as_of), start=HEADER_ROW + 1):
        _put_entry(sheet, layout, entry, row)
    sheet.frozen = (HEADER_ROW + 1, 2)
    return sheet


def _put_entry(sheet: SheetPlan, layout: Layout, entry: Entry, row: int) -> None:
    claim = entry.claim
    texts = {
        1: (claim.text, "wrapped"), 2: (claim.name, "name"), 3: (claim.line, "name"),
        4: ("" if claim.period is None else str(claim.period), "unit"), 5: (claim.threshold, "wrapped"),
        STATUS_COLUMN: (entry.status.replace("_", " "), _LOOKS[entry.status]), 11: (entry.reason, "wrapped"), 12: (claim.note, "wrapped"),
    }  # fmt: skip
    for column, (text, style) in texts.items():
        sheet.put(row, column, text or None, style)
    for column, value in {7: entry.article, 8: entry.reported}.items():
        if not np.isnan(value):
            sheet.put(row, column, value, numeric("stamp", claim.unit))
    _put_live(sheet, layout, claim, row)
    if not np.isnan(entry.at_stake):
        sheet.put(row, 10, entry.at_stake, numeric("stamp", "USD/share"))
    sheet.heights[row] = 28


def _put_live(sheet: SheetPlan, layout: Layout, claim: Claim, row: int) -> None:
    """Link the live scenario's figure for a claim, where the model has one."""
    if claim.kind not in {"range", "rebound", "flag"} or claim.period is None:
        return
    home, line, period = layout.places[claim.line], layout.plan.row(claim.line), claim.period
    if not line.timed:
        column, twin = VALUE, Twin("value", claim.line)
    elif period.frequency == "annual":
        place = layout.plan.axis.year_position(period.year)
        column, twin = layout.year_column(place), Twin("year", claim.line, place)
    else:
        place = layout.plan.axis.position(Quarter(period.year, period.quarter))
        column, twin = layout.quarter_column(place), Twin("quarter", claim.line, place)
    sheet.put(row, 9, f"={home.sheet}!{reference(home.row, column)}", numeric("link", claim.unit), twin)
