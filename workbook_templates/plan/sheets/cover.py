"""Cover: a page: headline figures, the choice of scenario and switches, charts, scenarios side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.evidence.thesis import load_thesis
from model.language.units import measure
from model.simulation.run import STANDARD_DRAWS
from workbook_templates.a1 import reference
from workbook_templates.formula_text import call
from workbook_templates.plan import layout as places
from workbook_templates.plan.cells import Highlight, InputRange, SheetPlan, height, width
from workbook_templates.plan.input_rows import titled
from workbook_templates.plan.links import linked, stamped
from workbook_templates.plan.sheets import scenarios
from workbook_templates.plan.sheets.cover_figures import Figures
from workbook_templates.plan.sheets.cover_panels import BLOCKS, put_flow, put_panels
from workbook_templates.plan.sheets.header import put_check
from workbook_templates.plan.sheets.inputs import scenario_list
from workbook_templates.plan.sheets.sensitivity import SCENARIO_CELL
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.sheets.thesis import count_of, status_cells
from workbook_templates.plan.twins import Computed
from workbook_templates.plan.wording import Figure, Wording, year_ahead

if TYPE_CHECKING:
    from model.presentation import CoverRow, TileWords
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.layout import Layout

_COLUMN, _GUTTER, _EDGE = 102, 18, 14
"""Pixels: twelve columns in three blocks, with gutters between them."""
_LAST: Final = 15
_TILE_COLUMNS: Final = (2, 4, 7, 9, 12, 14)
_TITLE, _VERDICT, _RULE, _LABELS, _FIGURES, _LINES, _HAIR, _HEADS = range(1, 9)
_HEIGHTS: Final = {
    _TITLE: 36, _VERDICT: 24, _RULE: 8, _LABELS: 20, _FIGURES: 32, _LINES: 20, _HAIR: 8, _HEADS: 24,
}  # fmt: skip
_ROW, _NARROW = 20, 17
"""Pixels of other rows: of the choice and its state, and of the table."""
_LIVE: Final = 5
_STAMPED_COLUMNS: Final = tuple(each for first, last in BLOCKS[1:] for each in range(first, last + 1))
_LEAST_FLOW_ROWS: Final = 10


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, words = edition.layout, edition.words.cover
    figures = Figures(layout)
    _set_grid(sheet)
    _put_head(sheet, edition, figures)
    for column, tile in zip(_TILE_COLUMNS, words.tiles, strict=False):
        _put_tile(sheet, figures, tile, column)
    below = _put_choice(sheet, edition)
    row = _put_state(sheet, edition, figures, below + 1)
    row = max(row, _HEADS + 1 + _LEAST_FLOW_ROWS)
    if words.flow:
        put_flow(sheet, layout, words.flow, _HEADS, row)
    if edition.has(places.SCENARIOS) and words.rows:
        row = _put_table(sheet, edition, figures, row + 1)
    row = put_panels(sheet, figures, row + 1)
    if words.note:
        sheet.put(row, 2, words.note, "remark")
    for each in range(1, row + 1):
        sheet.heights.setdefault(each, height(_ROW))
    sheet.print_columns = _LAST + 1


def _set_grid(sheet: SheetPlan) -> None:
    widths = {column: _COLUMN for first, last in BLOCKS for column in range(first, last + 1)}
    widths |= {1: _EDGE, 6: _GUTTER, 11: _GUTTER, _LAST + 1: _EDGE}
    sheet.widths |= {column: width(pixels) for column, pixels in widths.items()}
    sheet.heights |= {row: height(pixels) for row, pixels in _HEIGHTS.items()}
    sheet.one_page = True


def _put_head(sheet: SheetPlan, edition: Edition, figures: Figures) -> None:
    title = sheet.cells.pop((_TITLE, 1)).content
    sheet.cells.pop((_VERDICT, 1), None)
    sheet.put(_TITLE, 2, title, "cover title")
    as_of = edition.layout.plan.axis.as_of
    sheet.put(_TITLE, _LAST, f"Reported to {as_of}  |  USD bn unless stated", "state")
    if (verdict := figures.verdict()) is not None:
        sheet.put(_VERDICT, 2, verdict.formula, "verdict", verdict.twin)
    for column in range(2, _LAST + 1):
        sheet.put(_RULE, column, None, "heading")
    for first, last in BLOCKS:
        for column in range(first, last + 1):
            sheet.put(_HAIR, column, None, "ruled")


def _put_tile(sheet: SheetPlan, figures: Figures, tile: TileWords, column: int) -> None:
    label, link = figures.text(tile.label), figures.link(tile.line, tile.ahead)
    sheet.put(_LABELS, column, label.formula, "remark", label.twin)
    if link is None:
        return
    style = _format(link.unit, is_whole=tile.is_whole or measure(link.unit).style == "percent")
    sheet.put(_FIGURES, column, link.formula, f"tile {style}", link.twin)
    cell = reference(_FIGURES, column)
    if style != "quarter":
        sheet.highlights.append(Highlight(cell, f"{cell}<0", "bad"))
    text = figures.text(tile.text, whole=tile.is_whole)
    sheet.put(_LINES, column, text.formula, "plain", text.twin)


def _format(unit: str, *, is_whole: bool) -> str:
    """Return the number format of a figure: money in billions, other figures with or without decimals."""
    kind = measure(unit)
    if kind.style == "money":
        return "billions"
    return ("change" if kind.percent else "whole") if is_whole else kind.style


def _put_choice(sheet: SheetPlan, edition: Edition) -> int:
    """Write the lists of scenarios and of the states of switches; return the next free row."""
    layout, (row, column) = edition.layout, places.SELECTED_CELL
    sheet.put(_HEADS, 2, "Choose", "section")
    sheet.put(_HEADS, column, f"to {places.CONTENTS}", "go to")
    sheet.links[_HEADS, column] = places.CONTENTS
    on = {each.name for each in edition.selected.overlays}
    entries = [("Scenario", edition.selected.root.name)]
    entries += [(each.title, places.ON if each.name in on else places.OFF) for each in layout.switches]
    for at, (label, chosen) in enumerate(entries, start=row):
        sheet.put(at, 2, label, "plain")
        sheet.put(at, column, chosen, "selector")
    choices = f"={places.INPUTS}!{scenario_list(layout)}"
    sheet.ranges.append(InputRange(reference(row, column), choices=choices, message="Choose a scenario"))
    for place, each in enumerate(layout.switches):
        cell, message = reference(*places.switch_cell(place)), f"{each.title}: {places.ON} or {places.OFF}"
        sheet.ranges.append(InputRange(cell, choices=f'"{places.ON},{places.OFF}"', message=message))
    return row + len(entries)


def _put_state(sheet: SheetPlan, edition: Edition, figures: Figures, top: int) -> int:
    """Write whether all is well, and of what the chances are; return the next free row."""
    layout, column, row = edition.layout, places.SELECTED_CELL[1], top
    if put_check(sheet, layout, row, column):
        sheet.put(row, 2, "Checks", "plain")
        row += 1
    if edition.has(places.SCENARIOS):
        sheet.put(row, 2, "Live figures against stamped", "plain")
        text = f"={places.SCENARIOS}!{scenarios.agreement_cell()}"
        sheet.put(row, column, text, "check", Computed(scenarios.agreement))
        row += 1
    if figures.simulated is not None:
        link = figures.where_simulated(stamped(places.SENSITIVITY, SCENARIO_CELL, ""), "none")
        sheet.put(row, 2, f"Chances: {STANDARD_DRAWS:,} draws of", "plain")
        sheet.put(row, column, link.formula, "stamp text", link.twin)
        row += 1
    for key, label in layout.words.cover.beside.items():
        sheet.put(row, 2, label, "plain")
        if (found := linked(layout, key)) is not None:
            shown = Wording((Figure.of(found),))
            sheet.put(row, column, shown.formula, "check", shown.twin)
        row += 1
    if thesis := load_thesis(layout.company):
        sheet.put(row, 2, f"Claims of the {thesis.scenario}", "go to")
        sheet.links[row, 2] = places.THESIS
        sheet.put(row, column, _claims(layout), "check", Computed(_claims_text))
        row += 1
    return row


def _claims(layout: Layout) -> str:
    met, missed = (
        call("SUMPRODUCT", f'({places.THESIS}!{status_cells(layout)}="{status}")*1')
        for status in ("met", "missed")
    )
    return f'={met}&" met, "&{missed}&" missed"'


def _claims_text(plan: WorkbookPlan, results: Results, draw: int) -> str:
    met, missed = (round(count_of(each, plan, results, draw)) for each in ("met", "missed"))
    return f"{met} met, {missed} missed"


def _put_table(sheet: SheetPlan, edition: Edition, figures: Figures, top: int) -> int:
    """Write the live scenario beside those that are stamped; return the next free row."""
    layout = edition.layout
    names = scenarios.column_names(layout)
    left_out = {scenarios.MIX_OF_DRIVERS, *layout.words.apart}
    shown = [each for each, name in names.items() if name not in left_out]
    columns = dict(zip(_STAMPED_COLUMNS, shown, strict=False))
    sheet.put(top, 2, "Scenarios side by side", "section")
    for column in range(2, _LAST + 1):
        sheet.put(top + 1, column, None, "board head")
    sheet.put(top + 1, 2, "USD bn unless stated", "board head text")
    sheet.put(top + 1, _LIVE, "Live", "board head live")
    for column, there in columns.items():
        sheet.put(top + 1, column, titled(names[there].rpartition("+")[2]), "board head")
    for row, each in enumerate(layout.words.cover.rows, start=top + 2):
        _put_row(sheet, figures, each, row, columns)
    last = top + 1 + len(layout.words.cover.rows)
    for row in range(top + 1, last + 1):
        sheet.heights[row] = height(_NARROW)
    return last + 1


def _put_row(sheet: SheetPlan, figures: Figures, words: CoverRow, row: int, columns: dict[int, int]) -> None:
    layout = figures.layout
    label = figures.text(words.label)
    kind = {"total": "key", "ratio": "ratio"}.get(words.role, "line")
    for column in range(2, _LAST + 1):
        sheet.put(row, column, None, f"board {kind} label")
    sheet.put(row, 2, label.formula, f"board {kind} label", label.twin)
    unit = layout.plan.row(words.line).unit
    style = _format(unit, is_whole=words.is_whole)
    year = 0 if words.ahead is None else year_ahead(layout, words.ahead)
    if link := figures.link(words.line, words.ahead):
        sheet.put(row, _LIVE, link.formula, f"board {kind} live {style}", link.twin)
    there = scenarios.figure_rows(layout).get(scenarios.LineInYear(words.line, year))
    if there is None:
        return
    for column, at in columns.items():
        link = stamped(places.SCENARIOS, (there, at), unit)
        sheet.put(row, column, link.formula, f"board {kind} stamp {style}", link.twin)


def cover(title: str) -> Sheet:
    """Return the cover of a company's workbooks."""
    return Sheet(
        places.COVER,
        "Headline figures, the choice of scenario and switches, when free cash flow turns, scenarios side by "
        "side, charts",
        title, "", _fill,
    )  # fmt: skip
