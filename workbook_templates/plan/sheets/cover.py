"""Cover: a dashboard on one page: the selector, headlines, the inflection, expected value, claims, charts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from model.evidence.thesis import load_thesis
from model.simulation.run import STANDARD_DRAWS
from workbook_templates.a1 import call, reference
from workbook_templates.plan.cells import InputRange, SheetPlan, Twin, WorkbookPlan
from workbook_templates.plan.layout import (
    AS_OF_CELL,
    CONTENTS,
    COVER,
    INPUTS,
    SCENARIOS,
    SELECTED_CELL,
    SENSITIVITY,
    THESIS,
    choice_cell,
)
from workbook_templates.plan.links import linked, put_link, year_of
from workbook_templates.plan.sheets import scenarios
from workbook_templates.plan.sheets.cover_charts import ValueTable, cover_charts
from workbook_templates.plan.sheets.header import put_band, put_check, put_heads, put_names
from workbook_templates.plan.sheets.inputs import scenario_list
from workbook_templates.plan.sheets.sensitivity import (
    AGREEMENT_CELL,
    SCENARIO_CELL,
    agreement_text,
    expected_row,
    stamped_link,
)
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.sheets.simulated import EXPECTED
from workbook_templates.plan.sheets.thesis import STATUSES, count_of, status_cells
from workbook_templates.plan.twins import Computed, scenario_title

if TYPE_CHECKING:
    from model.presentation import ValueWords
    from model.results import Results
    from workbook_templates.plan.layout import Layout

_LABEL, _NAME, _UNIT, _FIRST, _LAST = 1, 2, 3, 4, 10
_WIDTHS: Final = {_LABEL: 46, _NAME: 32, _UNIT: 24, _LAST + 1: 2.0} | dict.fromkeys(
    range(_FIRST, _LAST + 1), 12.0
)
_ROW_HEIGHT: Final = 15.0
_TILE_HEIGHTS: Final = {AS_OF_CELL[0]: 28.0, SELECTED_CELL[0]: 24.0}
_HEADLINE_YEARS: Final = (2, 4)
"""Years shown before and after that of the latest reported quarter."""
_NEVER, _BELOW = "never below 0", "below 0 at the trough"


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    sheet.widths |= _WIDTHS
    sheet.heights |= _TILE_HEIGHTS
    sheet.one_page = True
    _put_entries(sheet, edition)
    _put_tiles(sheet, layout)
    row = SELECTED_CELL[0] + 6
    if layout.words.headlines:
        row = _put_headlines(sheet, layout, row) + 1
    if layout.words.events:
        row = _put_events(sheet, layout, row) + 1
    if (there := expected_row(layout)) is not None:
        row = _put_expected(sheet, layout, there, row) + 1
    table = None
    if layout.words.values is not None:
        table = _value_table(layout.words.values, row + 2)
        row = _put_values(sheet, layout, layout.words.values, row) + 1
    last = row - 1
    if thesis := load_thesis(layout.company):
        last = _put_claims(sheet, layout, thesis.scenario, row)
    corners = (_LABEL, _FIRST, _LAST + 2)
    sheet.charts += cover_charts(layout, table, last + 4, corners, by_scenario=edition.has(SCENARIOS))
    for each in range(1, last + 4):
        sheet.heights.setdefault(each, _ROW_HEIGHT)  # charts are as tall as so many rows


def _put_entries(sheet: SheetPlan, edition: Edition) -> None:
    """Write the as-of, the selector, and the state of the workbook."""
    layout = edition.layout
    row, column = SELECTED_CELL
    titles = f"{INPUTS}!{scenario_list(layout, _LABEL)}"
    title = f"={call('INDEX', titles, f'{INPUTS}!{choice_cell()}')}"
    entries: list[tuple[str, str | float, str, Twin | None]] = [
        ("Last reported quarter (as-of)", layout.plan.axis.as_of.code, "as of", None),
        ("Scenario (choose from the list)", edition.selected.name, "selector", None),
        ("What it stands for", title, "check", Computed(scenario_title)),
        ("Checks", "", "check", None),
        ("Model version", edition.version, "label", None),
        ("Assumptions as built (hash of all drivers)", edition.assumptions, "label", None),
    ]
    if edition.has(SCENARIOS):
        agreement = f"={SCENARIOS}!{scenarios.agreement_cell()}"
        label = f"Live figures against those stamped on {SCENARIOS}"
        entries.append((label, agreement, "link text", Computed(scenarios.agreement)))
    for offset, (label, content, style, twin) in enumerate(entries):
        sheet.put(AS_OF_CELL[0] + offset, _LABEL, label, "label")
        sheet.put(AS_OF_CELL[0] + offset, column, content, style, twin)
    put_check(sheet, layout, row + 2, column)
    choices = f"={INPUTS}!{scenario_list(layout)}"
    sheet.ranges.append(InputRange(reference(row, column), choices=choices, message="Choose a scenario"))
    sheet.put(row + 3, _FIRST, f"{CONTENTS}: sheets, method, colour key", "link text")
    sheet.links[row + 3, _FIRST] = CONTENTS


def _put_tiles(sheet: SheetPlan, layout: Layout) -> None:
    first_year = layout.plan.axis.as_of.shifted(1).year
    top = AS_OF_CELL[0]
    for column, tile in enumerate(layout.words.tiles, start=_FIRST):
        year = first_year + (tile.ahead or 0)
        link = linked(layout, tile.line, None if tile.ahead is None else year_of(year))
        sheet.put(top, column, tile.label.format(year=year), "tile label")
        put_link(sheet, (top + 1, column), link, role="tile")


def _put_line(sheet: SheetPlan, layout: Layout, row: int, key: str) -> None:
    line = layout.plan.row(key)
    put_names(sheet, row, (line.label, key, line.unit), (_LABEL, _NAME, _UNIT))


def _put_headlines(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write headline lines by year; return the next free row."""
    years = layout.shown_years(*_HEADLINE_YEARS)
    put_band(sheet, top, "Headline figures by fiscal year", _LAST)
    put_heads(sheet, top + 1, {_FIRST + place: f"FY{year}" for place, year in enumerate(years)}, ())
    for row, key in enumerate(layout.words.headlines, start=top + 2):
        _put_line(sheet, layout, row, key)
        for column, year in enumerate(years, start=_FIRST):
            put_link(sheet, (row, column), linked(layout, key, year_of(year)))
    return top + 2 + len(layout.words.headlines)


def _put_events(sheet: SheetPlan, layout: Layout, top: int) -> int:
    """Write the inflection of free cash flow; return the next free row."""
    words = layout.words
    put_band(sheet, top, words.events_title, _LAST)
    for row, key in enumerate(words.events, start=top + 1):
        _put_line(sheet, layout, row, key)
        put_link(sheet, (row, _UNIT), linked(layout, key))
        if key in words.meanings:
            sheet.put(row, _FIRST, words.meanings[key], "remark")
        if key == layout.company.presentation.questions.trough:
            text = f'=IF({reference(row, _UNIT)}>0,"{_NEVER}","{_BELOW}")'
            sheet.put(row, _FIRST, text, "remark", Computed(partial(_trough_text, key)))
    return top + 1 + len(words.events)


def _trough_text(key: str, plan: WorkbookPlan, results: Results, draw: int) -> str:  # noqa: ARG001  # of the interface
    return _NEVER if results.values[key][0, draw] > 0 else _BELOW


def _put_values(sheet: SheetPlan, layout: Layout, words: ValueWords, top: int) -> int:
    """Write value per share by every method, with the price; return the next free row."""
    put_band(sheet, top, "Value per share, USD: every method, low, middle and high", _LAST)
    put_heads(sheet, top + 1, dict(enumerate(words.columns, start=_FIRST)), ())
    for row, (method, label) in enumerate(words.methods.items(), start=top + 2):
        put_names(sheet, row, (label, words.name.format(method=method), "USD/share"), (_LABEL, _NAME, _UNIT))
        for column, key in enumerate(words.columns.values(), start=_FIRST):
            put_link(sheet, (row, column), linked(layout, key.format(method=method)))
    after = top + 2 + len(words.methods)
    for row, key in enumerate(words.lines, start=after):
        _put_line(sheet, layout, row, key)
        put_link(sheet, (row, _FIRST + 1), linked(layout, key))
    return after + len(words.lines)


def _put_expected(sheet: SheetPlan, layout: Layout, there: int, top: int) -> int:
    """Write the expected value, the live one, the range and the price; return the next free row.

    ``there``: the row of the sheet of sensitivities that holds the stamped figures.
    """
    asked = layout.company.presentation.questions
    unit = layout.plan.row(asked.value).unit
    draws = f"mean and range of {STANDARD_DRAWS:,} draws, stamped"
    put_band(sheet, top, f"Expected value per share, USD: {draws}; the scenario itself; the price", _LAST)
    expected, error, *ends = ((head, stamped_link((there, at), unit)) for head, at in EXPECTED.items())
    live = {"selected": linked(layout, asked.value), "price": linked(layout, asked.price)}
    selected, price = live.items()
    _put_line(sheet, layout, top + 2, asked.value)
    for column, (head, link) in enumerate((expected, error, selected, *ends, price), start=_FIRST):
        sheet.put(top + 1, column, head, "period")
        put_link(sheet, (top + 2, column), link, "link" if head in live else "stamp")
    row = top + 3
    sheet.put(row, _LABEL, "Scenario simulated; are live figures its own?", "label")
    link = stamped_link(SCENARIO_CELL, "")
    sheet.put(row, _FIRST, link.formula, "stamp text", link.twin)
    text = f"={SENSITIVITY}!{reference(*AGREEMENT_CELL)}"
    sheet.put(row, _FIRST + 1, text, "link text", Computed(agreement_text))
    return row + 1


def _value_table(words: ValueWords, first: int) -> ValueTable:
    columns = {head: column for column, head in enumerate(words.columns, start=_FIRST)}
    rows = range(first, first + len(words.methods))
    return ValueTable(words.chart, rows, columns, _LABEL)


def _put_claims(sheet: SheetPlan, layout: Layout, source: str, top: int) -> int:
    """Count the claims by status; return the last row."""
    put_band(sheet, top, f"The {source}'s claims, by what was known at {layout.plan.axis.as_of}", _LAST)
    sheet.put(top + 1, _LABEL, f"to {THESIS}", "go to")
    sheet.links[top + 1, _LABEL] = THESIS
    sheet.put(top + 2, _LABEL, "Number of claims", "label")
    for column, status in enumerate(STATUSES, start=_FIRST):
        sheet.put(top + 1, column, status, "period")
        text = "=" + call("SUMPRODUCT", f'({THESIS}!{status_cells(layout)}="{status}")*1')
        sheet.put(top + 2, column, text, "link whole", Computed(partial(count_of, status)))
    return top + 2


def cover(title: str) -> Sheet:
    """Return the cover of a company's workbooks."""
    return Sheet(
        COVER,
        "The selector, headline figures, when free cash flow turns, value per share, the ledger in numbers, "
        "charts",
        title,
        "USD millions; figures are live formulas, but for the expected value, the charts by scenario and the "
        "claims, which are stamped; choose a scenario",
        _fill,
    )
