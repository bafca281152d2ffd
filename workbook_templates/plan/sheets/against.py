"""Against: live figures beside company guidance, the Street and the year before."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from model.evidence.against import compared
from model.language.units import measure
from model.results import run
from workbook_templates.a1 import reference
from workbook_templates.formula_text import call
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.layout import AGAINST, Layout
from workbook_templates.plan.links import Link, linked, put_link
from workbook_templates.plan.sheets.header import put_band, put_columns, put_stamp
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import Difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.evidence.against import Compared
    from model.reported.guidance import Expectation
    from workbook_templates.plan.cells import SheetPlan, Twin

HEADER_ROW: Final = 5
_COLUMNS: Final = {
    "Figure": 30, "Name": 22, "Period": 7, "Unit": 9, "Live": 9, "Guidance low": 9.5, "Guidance high": 9.5,
    "Middle": 9, "Live less middle": 9, "in %": 8, "Street": 9, "Dated": 11, "Live less Street": 9,
    "in % ": 8, "Year before": 9, "Change": 9, "in %  ": 8, "Sources": 9,
}  # fmt: skip
_LABEL, _NAME, _PERIOD, _UNIT, _LIVE, _LOW, _HIGH, _MIDDLE, _TO_MIDDLE, _OF_MIDDLE = range(1, 11)
_STREET, _DATE, _TO_STREET, _OF_STREET, _BEFORE, _CHANGE, _OF_BEFORE, _SOURCES = range(11, 19)
_HEAD_HEIGHT: Final = 30
_LETTERS: Final = 170
"""Of a source in a line over the whole width."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    put_stamp(sheet, edition)
    put_columns(sheet, HEADER_ROW, _COLUMNS, {_LABEL, _NAME, _PERIOD, _UNIT, _DATE, _SOURCES})
    sheet.heights[HEADER_ROW] = _HEAD_HEIGHT
    rows = compared(run([edition.selected]))
    sources: dict[str, int] = {}
    for place, row in enumerate(rows, start=HEADER_ROW + 1):
        _put_row(sheet, edition.layout, row, place, sources)
    if not rows:
        sheet.put(HEADER_ROW + 1, _LABEL, "None known of a period ahead", "remark")
    _put_sources(sheet, sources, HEADER_ROW + len(rows) + 2)
    sheet.frozen = (HEADER_ROW + 1, 2)
    sheet.column_outline.append(Group(_NAME, _NAME, folded=True))


def _put_sources(sheet: SheetPlan, sources: Mapping[str, int], row: int) -> None:
    """Write the numbered sources below the table, over its whole width."""
    if sources:
        put_band(sheet, row, "Sources", _SOURCES)
    for text, number in sources.items():
        for part in wrap(text, _LETTERS, initial_indent=f"{number}  ", subsequent_indent="    "):
            row += 1
            sheet.put(row, _LABEL, part, "remark")


def _put_row(sheet: SheetPlan, layout: Layout, row: Compared, place: int, known: dict[str, int]) -> None:
    """Write a figure and what it is set beside; ``known`` takes in its sources, with their numbers."""
    live = linked(layout, row.line, row.period)
    sheet.put(place, _LABEL, layout.called[row.line], "line")
    sheet.put(place, _NAME, row.line, "name")
    sheet.put(place, _PERIOD, str(row.period) if row.period else None, "unit")
    sheet.put(place, _UNIT, measure(row.unit).sign or row.unit, "unit")
    put_link(sheet, (place, _LIVE), live)
    sources = []
    if row.guidance is not None:
        ends = {_LOW: row.guidance.low, _HIGH: row.guidance.high}
        for column, end in ends.items():
            if end is not None:
                sheet.put(place, column, end, numeric("stamp", row.unit))
        _put_expected(sheet, place, (_MIDDLE, _TO_MIDDLE), live, row.guidance)
        sources.append(f"Guidance of {row.guidance.date}: {row.guidance.source}")
    if row.street is not None:
        sheet.put(place, _DATE, row.street.date, "unit")
        _put_expected(sheet, place, (_STREET, _TO_STREET), live, row.street)
        sources.append(f"Street of {row.street.date}: {row.street.source}")
    numbers = (str(known.setdefault(each, len(known) + 1)) for each in sources)
    sheet.put(place, _SOURCES, ", ".join(numbers), "indented")
    before = None
    if row.period is not None and row.year_before is not None:
        before = linked(layout, row.line, row.period.shifted(-1))
    put_link(sheet, (place, _BEFORE), before)
    if live is not None and before is not None:
        _put_difference(sheet, place, (_BEFORE, _CHANGE), live.twin, before.twin, row.unit)


def _put_difference(
    sheet: SheetPlan, row: int, columns: tuple[int, int], live: Twin, other: Twin | float, unit: str
) -> None:
    """Write the difference of the live figure to that in the first column, and its share of it."""
    own, to = reference(row, _LIVE), reference(row, columns[0])
    sheet.put(row, columns[1], f"={own}-{to}", numeric("calc", unit), Difference(live, other))
    share = call("IF", f"{to}>0", f"{own}/{to}-1", '""')
    sheet.put(row, columns[1] + 1, f"={share}", numeric("calc", "ratio"), Difference(live, other, share=True))


def _put_expected(
    sheet: SheetPlan, row: int, columns: tuple[int, int], live: Link | None, said: Expectation
) -> None:
    """Write the middle of what is expected, and the difference of the live figure to it."""
    if live is not None:
        sheet.put(row, columns[0], said.middle, numeric("stamp", live.unit))
        _put_difference(sheet, row, columns, live.twin, said.middle, live.unit)


SHEET: Final = Sheet(
    AGAINST,
    "The live scenario beside company guidance, the Street and the year before",
    "Guidance, the Street and the year before",
    "Known between the results of {as_of} and the next; guidance and estimates are stamped, all else is live",
    _fill,
)
