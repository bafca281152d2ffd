"""Thesis: claims about the company, their status at as-of, and the live scenario's figures for them."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from model.evidence.claims import ledger
from workbook_templates.a1 import area
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.layout import THESIS, Layout
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.sheets.header import put_columns, put_stamp
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from model.evidence.claims import Entry
    from model.evidence.thesis import Thesis
    from model.results import Results
    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan

HEADER_ROW: Final = 5
_COLUMNS: Final = {
    "Claim of the {source}": 38, "Name": 22, "Line": 30, "Period": 8, "Holds if": 22, "Status": 11,
    "{Source} scenario": 10, "Reported": 10, "Live scenario": 10, "USD per share at stake": 9, "Why": 44,
    "Note": 52,
}  # fmt: skip
_CLAIM, _NAME, _LINE, _PERIOD, _THRESHOLD, STATUS_COLUMN = range(1, 7)
_SCENARIO, _REPORTED, _LIVE, _STAKE, _WHY, _NOTE = range(7, 13)
_TEXTS: Final = frozenset({_CLAIM, _NAME, _LINE, _PERIOD, _THRESHOLD, STATUS_COLUMN, _WHY, _NOTE})
_LOOKS: Final = {
    "met": "good", "on_track": "good", "missed": "bad", "off_track": "bad", "open": "neutral",
    "not_testable": "neutral",
}  # fmt: skip
_HEAD_HEIGHT: Final = 40


def status_cells(layout: Layout) -> str:
    """Return the reference (on this sheet) to the statuses of all claims."""
    last = HEADER_ROW + len(ledger(layout.plan.axis.as_of, layout.company))
    return area((HEADER_ROW + 1, STATUS_COLUMN), (last, STATUS_COLUMN), fixed_row=True)


def count_of(status: str, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG001  # of the interface
    """Return how many claims have a status: the twin of a cell that counts them."""
    cells = plan.sheets[THESIS].cells
    statuses = [cell.content for (_, column), cell in cells.items() if column == STATUS_COLUMN]
    return float(statuses.count(status))


def _fill(thesis: Thesis, sheet: SheetPlan, edition: Edition) -> None:
    source = thesis.scenario
    put_stamp(sheet, edition)
    named = {"source": source, "Source": source.capitalize()}
    heads = {text.format(**named): units for text, units in _COLUMNS.items()}
    put_columns(sheet, HEADER_ROW, heads, _TEXTS)
    sheet.heights[HEADER_ROW] = _HEAD_HEIGHT
    entries = ledger(edition.layout.plan.axis.as_of, edition.layout.company)
    for row, entry in enumerate(entries, start=HEADER_ROW + 1):
        _put_entry(sheet, edition.layout, entry, row)
    sheet.frozen = (HEADER_ROW + 1, 2)
    sheet.column_outline += [Group(_NAME, _LINE, folded=True), Group(_NOTE, _NOTE, folded=True)]


def _put_entry(sheet: SheetPlan, layout: Layout, entry: Entry, row: int) -> None:
    claim = entry.claim
    period = "" if claim.period is None else str(claim.period)
    texts = {
        _CLAIM: (claim.text, "label"), _NAME: (claim.name, "name"), _LINE: (claim.line, "name"),
        _PERIOD: (period, "unit"), _THRESHOLD: (claim.threshold, "wrapped"),
        STATUS_COLUMN: (entry.status.replace("_", " "), _LOOKS[entry.status]),
        _WHY: (entry.reason, "wrapped"), _NOTE: (claim.note, "wrapped"),
    }  # fmt: skip
    for column, (text, style) in texts.items():
        sheet.put(row, column, text or None, style)
    figures = {
        _SCENARIO: (entry.article, claim.unit), _REPORTED: (entry.reported, claim.unit),
        _STAKE: (entry.at_stake, "USD/share"),
    }  # fmt: skip
    for column, (value, unit) in figures.items():
        if not math.isnan(value):
            sheet.put(row, column, value, numeric("stamp", unit))
    if claim.kind in {"range", "rebound", "flag"} and claim.period is not None:  # a figure in a period
        put_link(sheet, (row, _LIVE), linked(layout, claim.line, claim.period))


def thesis_sheet(thesis: Thesis) -> Sheet:
    """Return the sheet of the claims about a company."""
    return Sheet(
        THESIS,
        f"The claims of the {thesis.scenario} of {thesis.date}, what became of them, and what each is worth",
        f"The {thesis.scenario}'s claims, and what became of them",
        "Judged by what was known between the results of {as_of} and the next; the column Live is formulas, "
        "the rest is stamped",
        partial(_fill, thesis),
    )
