"""Reported figures, and the document behind each of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import QUARTERS_A_YEAR
from model.plan.plan import REPORTED_PREFIX
from model.reported.actuals import load_actuals
from model.reported.documents import accession_of, address_of
from workbook_templates.a1 import area, reference
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.input_rows import titled
from workbook_templates.plan.layout import LABEL, NOTE, REPORTED, SOURCES, TITLE_ROW, VALUE, Layout
from workbook_templates.plan.sheets.header import GAP_WIDTH, put_axis, put_heads, put_names, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.language.periods import Quarter
    from workbook_templates.plan.cells import SheetPlan

_DOCUMENT_COLUMNS: Final = {"No.": 5, "Check": 14, "Source": 80, "Read at": 68, "Filing": 22}
_ITEM_WIDTH, _NUMBER_WIDTH = 50.0, 7.5
_FIRST_QUARTER: Final = 3
_FIRST_SOURCE_ROW: Final = 7


def _fill_reported(sheet: SheetPlan, edition: Edition) -> None:
    """Write the reported years and quarters side by side; what has no figures is folded."""
    layout = edition.layout
    start = layout.plan.axis.forecast_start
    latest = layout.quarter_column(start - 1)
    put_axis(sheet, layout, "Source of the last figure", last=latest)
    ahead = layout.year_column(start // QUARTERS_A_YEAR), layout.year_column(layout.years) - 1
    sheet.column_outline += [Group(VALUE, VALUE, folded=True), Group(*ahead, folded=True)]
    sheet.widths[LABEL] = _ITEM_WIDTH
    sheet.print_columns, sheet.print_quarters = latest, None
    for key, place in layout.places.items():
        if place.sheet == REPORTED:
            _put_item(sheet, layout, key, place.row)


def _put_item(sheet: SheetPlan, layout: Layout, key: str, row: int) -> None:
    """Write the figures of an item up to as-of; estimates are in italics."""
    axis, unit = layout.plan.axis, layout.plan.rows[key].unit
    actuals = load_actuals(layout.company, axis.as_of)
    item = key.removeprefix(REPORTED_PREFIX)
    put_names(sheet, row, (titled(layout.plan.model.words(item)), item, unit))
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


class _Document(NamedTuple):
    """Where figures come from, and how that was checked."""

    check: str
    source: str
    read_at: str
    accession: str


def _fill_sources(sheet: SheetPlan, edition: Edition) -> None:
    """Write the number of the document of every figure, and at the right the documents."""
    layout = edition.layout
    quarters = layout.plan.axis.quarters[: layout.plan.axis.forecast_start]
    columns = dict(enumerate(quarters, start=_FIRST_QUARTER))
    first = _FIRST_QUARTER + len(quarters) + 1
    items = [key.removeprefix(REPORTED_PREFIX) for key in layout.places if key.startswith(REPORTED_PREFIX)]
    put_state(sheet, layout)
    heads = {LABEL: "Document of", LABEL + 1: "Name"} | {at: str(each) for at, each in columns.items()}
    put_heads(sheet, _FIRST_SOURCE_ROW - 1, heads, {LABEL, LABEL + 1})
    for row, item in enumerate(items, start=_FIRST_SOURCE_ROW):
        sheet.put(row, LABEL, titled(layout.plan.model.words(item)), "line")
        sheet.put(row, LABEL + 1, item, "name")
    documents = _put_numbers(sheet, layout, items, columns)
    last = _put_documents(sheet, layout, documents, first)
    sheet.widths |= {LABEL: _ITEM_WIDTH, first - 1: GAP_WIDTH} | dict.fromkeys(columns, _NUMBER_WIDTH)
    sheet.column_outline.append(Group(LABEL + 1, LABEL + 1, folded=True))
    sheet.frozen = (_FIRST_SOURCE_ROW, LABEL + 1)
    sheet.is_list = True
    above = _FIRST_SOURCE_ROW - 1
    sheet.pages = [
        area((1, LABEL), (above + len(items), first - 2)),
        area((1, first), (above + len(documents), last)),
    ]


def _put_numbers(
    sheet: SheetPlan, layout: Layout, items: Sequence[str], columns: Mapping[int, Quarter]
) -> list[_Document]:
    """Write the number of each figure's document, which leads to it; return the documents in their order."""
    company, found = layout.company, dict[_Document, int]()
    quarterly, first = load_actuals(company, layout.plan.axis.as_of).quarterly, max(columns) + 2
    for (column, quarter), (row, item) in product(columns.items(), enumerate(items, start=_FIRST_SOURCE_ROW)):
        figure = quarterly[item, str(quarter)]
        accession = accession_of(company, figure.source)
        document = _Document(figure.check, figure.source, figure.read_at, accession)
        number = found.setdefault(document, len(found) + 1)
        sheet.put(row, column, number, "working whole")
        sheet.links[row, column] = f"{SOURCES}!{reference(_FIRST_SOURCE_ROW - 1 + number, first)}"
    return list(found)


def _put_documents(sheet: SheetPlan, layout: Layout, documents: Sequence[_Document], first: int) -> int:
    """Write the numbered documents, from a column on; return their last column."""
    heads = dict(enumerate(_DOCUMENT_COLUMNS, start=first))
    put_heads(sheet, _FIRST_SOURCE_ROW - 1, heads, set(heads) - {first})
    sheet.put(TITLE_ROW, first, "Documents", "title")
    sheet.widths |= {at: float(_DOCUMENT_COLUMNS[head]) for at, head in heads.items()}
    for number, document in enumerate(documents, start=1):
        row = _FIRST_SOURCE_ROW - 1 + number
        sheet.put(row, first, number, "working whole")
        for column, text in enumerate(document, start=first + 1):
            sheet.put(row, column, text or None, "wrapped")
        if address := address_of(layout.company, document.accession):
            sheet.links[row, max(heads)] = address
    return max(heads)


SHEET: Final = Sheet(
    REPORTED, "Figures from the filings, by quarter and year", "Reported figures",
    "To {as_of}; italics: estimated", _fill_reported, by_places=True,
)  # fmt: skip
SOURCES_SHEET: Final = Sheet(
    SOURCES, "The document behind every reported figure", "Sources",
    "The number of each figure's document leads to it: the list at the right, with where it was read and its "
    "address", _fill_sources, by_places=True,
)  # fmt: skip
