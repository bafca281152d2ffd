"""Reported figures, and the document behind each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.language.periods import QUARTERS_A_YEAR
from model.plan.plan import REPORTED_PREFIX
from model.reported.actuals import load_actuals
from model.reported.documents import accession_of, address_of
from workbook_templates.plan.layout import LABEL, NOTE, REPORTED, SOURCES, Layout
from workbook_templates.plan.sheets.header import put_axis, put_columns, put_names, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from workbook_templates.plan.cells import SheetPlan

_SOURCE_COLUMNS: Final = {
    "Item": 40, "Period": 9, "Value": 12, "Unit": 8, "Check": 13, "Source": 50, "Read at": 36, "Filing": 23,
}  # fmt: skip
_AMOUNT: Final = 3
_FIRST_SOURCE_ROW: Final = 7


def _fill_reported(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout, "Source of the last figure")
    latest = layout.quarter_column(layout.plan.axis.forecast_start - 1)
    if sheet.print_quarters:
        sheet.print_quarters = (sheet.print_quarters[0], max(sheet.print_quarters[0], latest))
    for key, place in layout.places.items():
        if place.sheet == REPORTED:
            _put_item(sheet, layout, key, place.row)


def _put_item(sheet: SheetPlan, layout: Layout, key: str, row: int) -> None:
    """Write the figures of an item up to as-of; estimates are in italics."""
    axis, unit = layout.plan.axis, layout.plan.rows[key].unit
    actuals = load_actuals(layout.company, axis.as_of)
    item = key.removeprefix(REPORTED_PREFIX)
    label = layout.plan.model.words(item)
    put_names(sheet, row, (label[:1].upper() + label[1:], item, unit))
    sources: dict[str, list[str]] = {}
    for position, quarter in enumerate(axis.quarters[: axis.forecast_start]):
        figure = actuals.figure(item, quarter)
        role = "estimate" if figure.check in {"estimate", "judgement"} else "filed"
        sheet.put(row, layout.quarter_column(position), figure.value, numeric(role, unit))
        sheet.put(row, NOTE, figure.source, "note")
        sources.setdefault(figure.source, []).append(str(quarter))
    notes = (f"{', '.join(quarters)}: {source}" for source, quarters in sources.items())
    sheet.notes[row, LABEL] = "\n".join(notes)
    for place, year in enumerate(axis.years[: axis.forecast_start // QUARTERS_A_YEAR]):
        annual = actuals.annual.get((item, str(year)))
        if annual is not None:
            sheet.put(row, layout.year_column(place), annual.value, numeric("filed", unit))


def _fill_sources(sheet: SheetPlan, edition: Edition) -> None:
    plan = edition.layout.plan
    quarterly = load_actuals(edition.layout.company, plan.axis.as_of).quarterly
    put_state(sheet, edition.layout)
    put_columns(sheet, _FIRST_SOURCE_ROW - 1, _SOURCE_COLUMNS, {*range(1, 9)} - {_AMOUNT})
    row = _FIRST_SOURCE_ROW
    for key in (key for key in edition.layout.places if key.startswith(REPORTED_PREFIX)):
        for quarter in plan.axis.quarters[: plan.axis.forecast_start]:
            figure = quarterly[key.removeprefix(REPORTED_PREFIX), str(quarter)]
            accession = accession_of(edition.layout.company, figure.source)
            if address := address_of(edition.layout.company, accession):
                sheet.links[row, len(_SOURCE_COLUMNS)] = address
            entries: tuple[str | float, ...] = (
                figure.item, figure.period, figure.value, figure.unit, figure.check, figure.source,
                figure.read_at or "-", accession or "-",
            )  # fmt: skip
            for column, entry in enumerate(entries, start=1):
                style = numeric("filed", plan.rows[key].unit) if isinstance(entry, float) else "wrapped"
                sheet.put(row, column, entry, style)
            row += 1
    sheet.frozen = (_FIRST_SOURCE_ROW, 2)


SHEET: Final = Sheet(
    REPORTED, "Figures from the filings, by quarter and year", "Reported figures",
    "To {as_of}; italics: estimated", _fill_reported,
)  # fmt: skip
SOURCES_SHEET: Final = Sheet(
    SOURCES, "The document behind every reported figure", "Sources",
    "Every reported figure, its document, where that was read, and its address", _fill_sources,
)  # fmt: skip
