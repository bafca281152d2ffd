"""Reported figures, and the document behind each of them."""

from __future__ import annotations

from model.language.periods import QUARTERS_A_YEAR
from model.reported.actuals import load_actuals
from workbook_templates.plan.cells import SheetPlan
from workbook_templates.plan.layout import LABEL, NAME, NOTE, REPORTED, SOURCES, UNIT, Layout
from workbook_templates.plan.sheets.header import put_axis, put_state, put_title
from workbook_templates.plan.styles import numeric

_SOURCE_COLUMNS = {"Item": 58, "Period": 10, "Value": 14, "Unit": 10, "Check": 16, "Source": 110}
_FIRST_SOURCE_ROW = 7


def reported_sheet(layout: Layout) -> SheetPlan:
    """Return the sheet of reported figures up to as-of; estimates are in italics."""
    sheet = SheetPlan(REPORTED)
    put_title(
        sheet,
        "Reported figures",
        f"From the filings, to {layout.plan.axis.as_of}; estimates in italics; a source for each on {SOURCES}",
    )
    put_axis(sheet, layout, "Source of the last figure")
    actuals, axis = load_actuals(), layout.plan.axis
    for key, place in layout.places.items():
        if place.sheet != REPORTED:
            continue
        item = key.removeprefix("reported.")
        row = layout.plan.rows[key]
        label = layout.plan.model.words(item)
        sheet.put(place.row, LABEL, label[:1].upper() + label[1:], "label")
        sheet.put(place.row, NAME, item, "name")
        sheet.put(place.row, UNIT, row.unit, "unit")
        for position in range(axis.forecast_start):
            figure = actuals.quarterly[item, str(axis.quarters[position])]
            role = "estimate" if figure.check in {"estimate", "judgement"} else "filed"
            sheet.put(place.row, layout.quarter_column(position), figure.value, numeric(role, row.unit))
            sheet.put(place.row, NOTE, figure.source, "note")
        sheet.notes[place.row, LABEL] = _note(
            item, [str(quarter) for quarter in axis.quarters[: axis.forecast_start]]
        )
        for place_of_year, year in enumerate(axis.years[: axis.forecast_start // QUARTERS_A_YEAR]):
            annual = actuals.annual.get((item, str(year)))
            if annual is not None:
                sheet.put(
                    place.row, layout.year_column(place_of_year), annual.value, numeric("filed", row.unit)
                )
    return sheet


def _note(item: str, periods: list[str]) -> str:
    """Return the documents behind a row, each with its quarters."""
    found: dict[str, list[str]] = {}
    for period in periods:
        found.setdefault(load_actuals().quarterly[item, period].source, []).append(period)
    return "\n".join(f"{', '.join(quarters)}: {source}" for source, quarters in found.items())


def sources_sheet(layout: Layout) -> SheetPlan:
    """Return the list of every reported figure with its document."""
    sheet = SheetPlan(SOURCES)
    put_title(sheet, "Sources", "Every reported figure and the document that states it")
    put_state(sheet, layout)
    for column, (title, width) in enumerate(_SOURCE_COLUMNS.items(), start=1):
        sheet.put(_FIRST_SOURCE_ROW - 1, column, title, "period text")
        sheet.widths[column] = width
    actuals, row = load_actuals(), _FIRST_SOURCE_ROW
    for key in layout.places:
        if not key.startswith("reported."):
            continue
        for quarter in layout.plan.axis.quarters[: layout.plan.axis.forecast_start]:
            figure = actuals.quarterly[key.removeprefix("reported."), str(quarter)]
            entries: tuple[str | float, ...] = (
                figure.item,
                figure.period,
                figure.value,
                figure.unit,
                figure.check,
                figure.source,
            )
            for column, entry in enumerate(entries, start=1):
                style = numeric("filed", layout.plan.rows[key].unit) if isinstance(entry, float) else "remark"
                sheet.put(row, column, entry, style)
            row += 1
    sheet.frozen = (_FIRST_SOURCE_ROW, 2)
    return sheet
