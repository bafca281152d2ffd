"""Sheets of computed lines (Sales, Assets, ..., Checks): one row per line, one formula per row."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from model.backends.prose import definition
from model.language.periods import MARKS, QUARTERS_A_YEAR, Period
from model.presentation import SheetWords, default_role
from model.results import in_years
from workbook_templates.a1 import absolute, area, reference
from workbook_templates.formula_text import call, in_row
from workbook_templates.plan import layout as places
from workbook_templates.plan.arrangement import FOLDED, Group
from workbook_templates.plan.cells import Highlight, SheetPlan
from workbook_templates.plan.formula import copies, formula
from workbook_templates.plan.layout import CHECKS, INPUTS
from workbook_templates.plan.links import linked, put_link, year_of, years_known
from workbook_templates.plan.sheets.cover_panels import put_values
from workbook_templates.plan.sheets.header import put_axis, put_headings, put_heads, put_names
from workbook_templates.plan.sheets.inputs import mark_overruled
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.site import Site
from workbook_templates.plan.styles import RULES, numeric
from workbook_templates.plan.twins import Computed, DriverInYear, OfRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.language.declarations import Driver
    from model.language.nodes import Expr
    from model.plan.plan import Row
    from model.presentation import Role, StatementRow, ValueWords
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.layout import Layout

_LINK: Final = re.compile(r"=[A-Za-z]+!\$?[A-Z]+\$?\d+")
_CHECK_WIDTH, _FAILING_WIDTH, _PASSES_WIDTH = 62.0, 18.0, 10.0
PASS_COLUMN: Final = places.FIRST_YEAR_COLUMN
"""On Checks: it shows TRUE or FALSE; the cell holds 1 or 0."""
_AT_RIGHT: Final = 4
"""Columns from the label of a row at the right to its first figure."""
_REST_OF_YEAR: Final = {2: "Q2-Q4", 3: "H2", 4: "Q4"}
"""Names of what is left of a year from a quarter on."""
_SUBTITLE: Final = "A reported, E estimate"
_FOLDED: Final = "Drivers and workings are folded: 1 and 2 at the top left close and open them."
LOOKS_OF_ROLE: Final[dict[Role, str]] = {
    "line": "", "less": "", "detail": "detail", "subtotal": "subtotal", "total": "total", "ratio": "ratio",
    "driver": "driver", "working": "working",
}  # fmt: skip
"""First words of the styles of labels, by the role of their line."""
LOOKS_OF_NUMBERS: Final[dict[Role, str]] = {
    "subtotal": "subtotal", "total": "total", "ratio": "ratio", "working": "working",
}  # fmt: skip
"""Roles whose figures look alike, whether computed here or linked."""


def calculation(name: str, words: SheetWords | None) -> Sheet:
    """Return a sheet of computed lines, with the company's texts for it."""
    words = words or SheetWords(title=name, holds=name)
    return Sheet(name, words.holds, words.title, words.subtitle or _SUBTITLE, _fill, by_places=True)


def _put_lines(sheet: SheetPlan, layout: Layout) -> None:
    put_axis(sheet, layout)
    put_headings(sheet, layout)
    sheet.summary_below = True
    shown = layout.shown.get(sheet.name, {})
    for key, place in layout.places.items():
        if place.sheet == sheet.name:
            _put_row(sheet, layout, layout.plan.rows[key], shown.get(place.row))
    for at, row in shown.items():
        if row.role == "heading":
            _put_heads_beside(sheet, row, at)
        elif row.beside:
            _put_beside(sheet, layout, row, at)
        elif layout.places[row.line] != (sheet.name, at):
            _put_link_row(sheet, layout, row, at)
    for at, row in layout.at_right.get(sheet.name, {}).items():
        _put_at_right(sheet, layout, row, at)
    sheet.outline += layout.folds.get(sheet.name, ())
    sheet.print_rows = layout.printed_rows.get(sheet.name, 0)
    _fill_key_rows(sheet, layout, shown)
    for rows in _sections(layout, sheet.name):
        lines = (shown[at].line for at in rows if at in shown)
        if not any(line and layout.plan.rows[line].timed for line in lines):
            sheet.unsplit |= set(rows)


def _sections(layout: Layout, name: str) -> list[list[int]]:
    """Return the rows of each section of a sheet that are not folded, its heading first."""
    headings = {each.row for each in layout.headings[name]}
    found: list[list[int]] = []
    for at in sorted(headings | layout.shown.get(name, {}).keys()):
        if at in headings:
            found.append([])
        found[-1].append(at)
    return found


def _put_values(sheet: SheetPlan, layout: Layout, words: ValueWords) -> None:
    """Write the football field beside the first section of rows without time."""
    rows = next((rows for rows in _sections(layout, sheet.name) if rows[0] in sheet.unsplit), None)
    if rows:
        left, right = sheet.split[0], layout.year_column(layout.years)
        put_values(sheet, layout, words, ((rows[0], left), (rows[-1] + 1, right)))


def _fill_key_rows(sheet: SheetPlan, layout: Layout, shown: Mapping[int, StatementRow]) -> None:
    """Carry rules and ground of key figures and subtotals through the cells without a figure."""
    for at, row in shown.items():
        if row.role in RULES:
            last = places.VALUE + len(row.beside) + 2 if row.beside else layout.last_column
            for column in range(places.UNIT, last + 1):
                if (at, column) not in sheet.cells and column != layout.first_quarter_column - 1:
                    sheet.put(at, column, None, f"{row.role} unit")


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    _put_lines(sheet, layout)
    sheet.put(places.SUBTITLE_ROW, places.FIRST_YEAR_COLUMN, _FOLDED, "subtitle")
    first, last = (places.FIRST_ROW, places.VALUE), (layout.last_row[sheet.name], layout.last_column)
    words = layout.words.sheets.get(sheet.name)
    if words and words.ahead_only:
        _put_rest_of_year(sheet, layout)
        _blank_the_past(sheet)
    if words and words.shows_values and layout.words.cover.values:
        _put_values(sheet, layout, layout.words.cover.values)
    # a multiple of a loss is an error value, so that no sum takes it in
    sheet.highlights.append(Highlight(area(first, last), f"ISERROR({reference(*first)})", "meaningless"))


def _put_rest_of_year(sheet: SheetPlan, layout: Layout) -> None:
    """Head the running year by its quarters ahead, such as H2 2026."""
    axis = layout.plan.axis
    first = axis.quarters[axis.forecast_start]
    if name := _REST_OF_YEAR.get(first.number):
        column = layout.year_column(axis.years.index(first.year))
        sheet.put(places.PERIOD_ROW, column, f"{name} {first.year}", "period head")
        sheet.put(places.BASIS_ROW, column, MARKS["forecast"], "basis")


def _blank_the_past(sheet: SheetPlan) -> None:
    """Show nothing in place of 0 in the years before the first estimate."""
    for (row, column), cell in sheet.cells.items():
        if places.FIRST_YEAR_COLUMN <= column < sheet.split[0] and row not in sheet.unsplit:
            sheet.cells[row, column] = cell._replace(style=cell.style.replace(" money", " ahead"))


def _fill_checks(sheet: SheetPlan, edition: Edition) -> None:
    """Write the differences by quarter, the number beyond tolerance, and whether that is none."""
    layout = edition.layout
    _put_lines(sheet, layout)
    sheet.print_columns, sheet.print_quarters = PASS_COLUMN, None
    sheet.widths[places.LABEL] = _CHECK_WIDTH
    sheet.column_outline.append(Group(places.UNIT, places.UNIT, folded=True))
    sheet.widths |= {places.VALUE: _FAILING_WIDTH, PASS_COLUMN: _PASSES_WIDTH}
    heads = {places.LABEL: "Check", places.VALUE: "Quarters that fail", PASS_COLUMN: "Passes"}
    put_heads(sheet, places.PERIOD_ROW, heads, (places.LABEL,))
    sheet.put(places.BASIS_ROW, PASS_COLUMN, "", "basis")
    for key, place in layout.places.items():
        if place.sheet == CHECKS and places.counts_failures(key):
            count = reference(place.row, places.VALUE, fixed_column=True)
            text = "=" + call("IF", f"{count}=0", "1", "0")
            sheet.put(place.row, PASS_COLUMN, text, "calc truth", Computed(partial(_passes, key)))


def _passes(key: str, _plan: WorkbookPlan, results: Results, draw: int) -> float:
    return float(results.values[key][0, draw] == 0)


def _put_row(sheet: SheetPlan, layout: Layout, row: Row, shown: StatementRow | None) -> None:
    """Write one row of the model: a driver linked from Inputs, or a computed line."""
    at = layout.places[row.key].row
    if row.vintage is not None and not row.timed:  # heads a row of the triangle: what the vintage cost
        sheet.put(at, places.NOTE, row.vintage + 1, "axis")
        _put_formula(sheet, layout, row, at, LOOKS_OF_NUMBERS["working"])
        return
    role = shown.role if shown else default_role(row)
    if role not in FOLDED and shown is None:
        role = "working"
    label = shown.text(layout.plan) if shown else row.label
    put_names(sheet, at, (label, row.key, row.unit), role=LOOKS_OF_ROLE[role])
    if row.driver is not None:
        _put_driver(sheet, layout, row, row.driver)
        return
    if row.vintage is None:
        note = definition(row, layout.plan)
        if row.line is not None and row.line.note:
            note = f"{note}. {row.line.note}"
        sheet.put(at, places.NOTE, note, f"{LOOKS_OF_ROLE[role]} note".lstrip())
    look = LOOKS_OF_NUMBERS.get(role, "")
    if not row.timed:
        _put_formula(sheet, layout, row, at, look)
        return
    _put_quarters(sheet, layout, row, at, look)
    _put_years(sheet, layout, row, at, look or "calc")


def _put_link_row(sheet: SheetPlan, layout: Layout, shown: StatementRow, at: int) -> None:
    """Write a row that shows a line of another sheet, or one that stands elsewhere on this."""
    row, axis = layout.plan.row(shown.line), layout.plan.axis
    put_names(sheet, at, (shown.text(layout.plan), row.key, row.unit), role=LOOKS_OF_ROLE[shown.role])
    sheet.put(
        at, places.NOTE, f"See {layout.places[row.key].sheet}", f"{LOOKS_OF_ROLE[shown.role]} note".lstrip()
    )
    look = LOOKS_OF_NUMBERS.get(shown.role, "link")
    if not row.timed:
        put_link(sheet, (at, places.VALUE), linked(layout, row.key), look)
        return
    for place, year in enumerate(axis.years):
        put_link(sheet, (at, layout.year_column(place)), linked(layout, row.key, year_of(year)), look)
    for position in range(row.start, row.stop):
        quarter = axis.quarters[position]
        link = linked(layout, row.key, Period.of(quarter))
        put_link(sheet, (at, layout.quarter_column(position)), link, look)


def _put_heads_beside(sheet: SheetPlan, shown: StatementRow, at: int) -> None:
    for column, text in enumerate(shown.heads, start=places.FIRST_YEAR_COLUMN):
        sheet.put(at, column, text, "heading right")


def _put_beside(sheet: SheetPlan, layout: Layout, shown: StatementRow, at: int) -> None:
    """Write rows of one value each beside each other, from the first year's column."""
    first = layout.plan.row(shown.beside[0])
    names = (shown.text(layout.plan), "", first.unit)
    put_names(sheet, at, names, role=LOOKS_OF_ROLE[shown.role])
    look = LOOKS_OF_NUMBERS.get(shown.role, "link")
    for column, key in enumerate(shown.beside, start=places.FIRST_YEAR_COLUMN):
        put_link(sheet, (at, column), linked(layout, key), look)


def _put_at_right(sheet: SheetPlan, layout: Layout, shown: StatementRow, at: int) -> None:
    """Write a row below the years ahead: a figure, and what to compare it with."""
    left, right = sheet.split[0], layout.year_column(layout.years) - 1
    sheet.unsplit |= {at}
    sheet.put(at, left, shown.label, "heading beside" if shown.role == "heading" else "beside")
    for column, key in zip((left + _AT_RIGHT, right), shown.beside, strict=False):
        put_link(sheet, (at, column), linked(layout, key))
    for text in shown.heads:
        sheet.put(at, left + _AT_RIGHT + 1, text, "indented")


def _put_formula(sheet: SheetPlan, layout: Layout, row: Row, at: int, look: str) -> None:
    """Write the formula of a line's one value; ``look``: that of its role, if any."""
    text = formula(cast("Expr", row.forecast), Site(layout, sheet.name, at, places.VALUE))
    sheet.put(at, places.VALUE, text, _style(text, row, look), OfRow(row.key))


def _put_quarters(sheet: SheetPlan, layout: Layout, row: Row, at: int, look: str) -> None:
    """Write a line's formula in every quarter: reported ones, then those ahead, copied from their first."""
    is_result = row.line is not None and row.line.result
    split = row.start if is_result else min(max(layout.plan.axis.forecast_start, row.start), row.stop)
    for node, first, stop in ((row.history, row.start, split), (row.forecast, split, row.stop)):
        if first == stop:
            continue
        column = layout.quarter_column(first)
        text = formula(cast("Expr", node), Site(layout, sheet.name, at, column))
        style, copied = _style(text, row, look), copies(text)
        for place in range(stop - first):
            sheet.put(at, column + place, copied(place), style, OfRow(row.key, first + place))


def _style(text: str, row: Row, look: str) -> str:
    return numeric(look or ("link" if _LINK.fullmatch(text) else "calc"), row.unit)


def _put_driver(sheet: SheetPlan, layout: Layout, row: Row, driver: Driver) -> None:
    key, at = row.key, layout.places[row.key].row
    members = layout.plan.names[driver.name] if driver.kind == "seasonal" else (key,)
    live, last_live = (layout.inputs[each].live for each in (members[0], members[-1]))
    own_quarters = driver.kind == "yearly" and not driver.full_year
    grey = "; a grey year: some of its quarters have values of their own, to the right"
    note = f"Assumption: see Inputs{grey if own_quarters else ''}"
    sheet.put(at, places.NOTE, note, "note")
    is_looked_up = driver.kind == "seasonal" or driver.full_year
    style, of_quarter = (numeric(role, row.unit) for role in ("link", "calc" if is_looked_up else "link"))
    if driver.kind == "constant":
        sheet.put(at, places.VALUE, f"={INPUTS}!{absolute(live, places.VALUE)}", style, OfRow(key))
        return
    start = layout.driver_start(key)
    for position in range(start, layout.plan.axis.length):
        column = layout.quarter_column(position)
        text = f"={INPUTS}!{reference(live, column)}"
        if driver.kind == "seasonal":
            values = f"{INPUTS}!{absolute(live, places.VALUE)}:{absolute(last_live, places.VALUE)}"
            text = "=" + call("INDEX", values, reference(places.SEASON_ROW, column, fixed_row=True))
        elif driver.full_year:
            text = f"={layout.in_year_of(at, column)}"
        elif own_quarters and not layout.inputs[key].is_picked:  # the quarter's own, or its year's
            own = text.removeprefix("=")
            text = "=" + call("IF", f'{own}=""', layout.in_year_of(at, column), own)
        sheet.put(at, column, text, of_quarter, OfRow(key, position))
    if driver.kind == "yearly":
        first = start // QUARTERS_A_YEAR
        for place, year in enumerate(layout.plan.axis.years[first:], start=first):
            column = layout.year_column(place)
            sheet.put(at, column, f"={INPUTS}!{reference(live, column)}", style, DriverInYear(key, year=year))
        if own_quarters:
            mark_overruled(sheet, layout, at, layout.year_column(first), start_of=key)


def _put_years(sheet: SheetPlan, layout: Layout, row: Row, at: int, look: str) -> None:
    """Write the figures of years: a sum or mean, the last quarter, or the row's own formula over years."""
    rule = row.line.annual if row.line is not None else "none"
    own = layout.over_axis(at)
    for place in years_known(row, layout.plan):
        column = layout.year_column(place)
        if rule in {"sum", "mean"}:
            first, last = (layout.quarter_column(QUARTERS_A_YEAR * place + quarter) for quarter in (0, 3))
            text = "=" + call("SUM", area((at, first), (at, last)))
            text += f"/{QUARTERS_A_YEAR}" if rule == "mean" else ""
        elif rule == "last":
            text = "=" + in_row(own, reference(places.POSITION_ROW, column, fixed_row=True))
        else:
            text = formula(in_years(cast("Expr", row.forecast)), Site(layout, sheet.name, at, column))
        sheet.put(at, column, text, numeric(look, row.unit), OfRow(row.key, place, "annual"))


CHECKS_SHEET: Final = Sheet(
    CHECKS, "Arithmetic, ties to the filings, signs, ranges; every header shows whether all of them pass",
    "Checks", "A difference in any quarter beyond the tolerance fails its check", _fill_checks,
    by_places=True,
)  # fmt: skip
