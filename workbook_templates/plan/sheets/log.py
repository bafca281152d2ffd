"""Log: versions of the model, what this workbook was built from, and a table for changes made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.reported.csv_tables import records
from workbook_templates.a1 import area
from workbook_templates.plan.cells import InputRange, SheetPlan
from workbook_templates.plan.layout import INPUTS, LOG
from workbook_templates.plan.sheets.header import put_band, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company

    Rows = Sequence[Sequence[str | None]]

VERSIONS: Final = "versions.csv"
_FIRST_ROW: Final = 6
_WIDTHS: Final = {1: 20.0, 2: 24.0, 3: 18.0, 4: 12.0, 5: 12.0, 6: 68.0}
_LAST: Final = 6
_ENTRIES: Final = 20
"""Rows for changes made by hand."""
_HEADS: Final = ("Date", "Who", "Sheet and cell", "From", "To", "Why, and the source")


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, version = edition.layout, edition.version
    sheet.widths |= _WIDTHS
    sheet.one_page = True
    put_state(sheet, layout)
    hashed = "hash of every driver value of every scenario and switch below, as built"
    built = [
        ("Version", version, "", "", "", "of the model that wrote this file"),
        ("As-of", str(layout.plan.axis.as_of), "", "", "", "last quarter taken as reported"),
        ("Assumptions", edition.assumptions, "", "", "", hashed),
    ]
    for place, each in enumerate(layout.scenarios, start=1):
        built.append((f"Scenario {place}", each.name, "", "", "", each.title))
    for place, switch in enumerate(layout.switches, start=1):
        built.append((f"Switch {place}", switch.name, "", "", "", switch.title))
    row = _put_table(sheet, _FIRST_ROW, "This workbook", ("What", "Value", "", "", "", "Meaning"), built)
    heads = ("Version", "Data", "", "", "", "Change")
    row = _put_table(sheet, row, "Versions of the model", heads, _versions(layout.company))
    title = f"Changes made by hand: write them here; amzn-fcf read FILE finds those of {INPUTS} by itself"
    blank = [(None,) * _LAST] * _ENTRIES
    _put_table(sheet, row, title, _HEADS, blank, style="entry")
    cells = area((row + 2, 1), (row + 1 + _ENTRIES, _LAST))
    sheet.ranges.append(InputRange(cells, free=True))


def _versions(company: Company) -> list[tuple[str, ...]]:
    versions = records(company, VERSIONS, ("version", "data", "change"), ("version",), optional=True)
    return [(each["version"], each["data"], "", "", "", each["change"]) for _, each in versions]


def _put_table(
    sheet: SheetPlan, row: int, title: str, heads: Sequence[str], rows: Rows, *, style: str = "wrapped"
) -> int:
    """Write a titled table; return the row after the free one below it."""
    put_band(sheet, row, title, _LAST)
    for column, head in enumerate(heads, start=1):
        sheet.put(row + 1, column, head or None, "period text")
    for place, entries in enumerate(rows, start=row + 2):
        for column, entry in enumerate(entries, start=1):
            sheet.put(place, column, entry or None, style)
    return row + 3 + len(rows)


SHEET: Final = Sheet(
    LOG, "Versions, what this workbook was built from, and room for changes made by hand", "Log",
    "Versions of the model, what this workbook was built from, and what was changed since", _fill,
)  # fmt: skip
