"""Charts: the figures that the charts of the cover draw, live, with the texts beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from workbook_templates.a1 import area, reference
from workbook_templates.formula_text import call
from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.layout import CHARTS
from workbook_templates.plan.links import linked, put_link, year_of
from workbook_templates.plan.sheets.header import put_band, put_heads, put_state
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import large, numeric
from workbook_templates.plan.twins import Computed, figure_of
from workbook_templates.plan.wording import Figure, Wording, year_ahead, year_mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.presentation import BridgeWords, ChartWords, CoverWords, ValueWords
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.layout import Layout

_FIRST_ROW: Final = 6
TEXT, FIRST = 1, 2
_WIDTHS: Final = {TEXT: 34.0} | dict.fromkeys(range(FIRST, 10), 14.0)
_LAST: Final = 9
_ROOM: Final = 1.5
"""Of the trough: how far down a chart reaches, so that its label has room."""
_PRICE_WIDTH: Final = 0.01
"""Of the price: the width of its line."""


class Blocks(NamedTuple):
    """Rows of the sheet, by chart; none for a chart that a company does not show."""

    flow: range
    race: range
    values: range
    bridge: range


def blocks(layout: Layout) -> Blocks:
    """Return the rows of the figures of each chart: two below its title, with a free row after them."""
    words = layout.words.cover
    sizes = (
        len(_quarters(layout, words.flow)) if words.flow else 0,
        len(layout.shown_years(*words.race.years)) if words.race else 0,
        len(words.values.methods) if words.values else 0,
        len(words.bridge.parts) + 2 if words.bridge else 0,
    )
    found, row = [], _FIRST_ROW
    for size in sizes:
        found.append(range(row + 2, row + 2 + size))
        row += size + 3 if size else 0
    return Blocks(*found)


def _quarters(layout: Layout, words: ChartWords) -> list[tuple[int, Quarter]]:
    """Return the quarters shown, with their places: from the end of the first year on."""
    years = layout.shown_years(*words.years)
    first, last = Quarter(years[0], QUARTERS_A_YEAR), Quarter(years[-1], QUARTERS_A_YEAR)
    return [(place, each) for place, each in enumerate(layout.plan.axis.quarters) if first <= each <= last]


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, words = edition.layout, edition.words.cover
    sheet.widths |= _WIDTHS
    put_state(sheet, layout)
    rows = blocks(layout)
    if words.flow:
        _put_flow(sheet, layout, words.flow, rows.flow)
    if words.race:
        _put_race(sheet, layout, words.race, rows.race)
    if words.values:
        _put_values(sheet, layout, words.values, rows.values)
    if words.bridge:
        _put_bridge(sheet, layout, words.bridge, rows.bridge)


def _put_title(sheet: SheetPlan, rows: range, title: str, heads: Sequence[str]) -> None:
    put_band(sheet, rows[0] - 2, title, _LAST)
    put_heads(sheet, rows[0] - 1, {TEXT: "", **dict(enumerate(heads, start=FIRST))}, {TEXT})


def _put_flow(sheet: SheetPlan, layout: Layout, words: ChartWords, rows: range) -> None:
    """Write columns by quarter, and what stands above or below the last quarters of years and the trough."""
    heads = [title for title, _ in words.lines.values()]
    _put_title(sheet, rows, words.title, [*heads, "above", "below", "lowest", "room"])
    keys, unit = list(words.lines), layout.plan.row(next(iter(words.lines))).unit
    style = large("calc", unit)
    above, below, lowest, room = range(FIRST + len(keys), FIRST + len(keys) + 4)
    troughs = area((rows[0], above - 1), (rows[-1], above - 1), fixed_row=True)
    for row, (place, quarter) in zip(rows, _quarters(layout, words), strict=True):
        is_last = quarter.number == QUARTERS_A_YEAR
        sheet.put(row, TEXT, f"FY{quarter.year % 100}" if is_last else " ", "label")
        for column, key in enumerate(keys, start=FIRST):
            put_link(sheet, (row, column), linked(layout, key, Period.of(quarter)), style=large)
        total = call("SUM", area((row, FIRST), (row, above - 2)))
        if is_last or quarter == layout.plan.axis.as_of:
            near = call("SUM", area((row - 1, above - 1), (row + 1, above - 1)))
            for column, sign in ((above, ">"), (below, "<")):
                text = call("IF", call("AND", f"{total}{sign}0", f"{near}=0"), total, call("NA"))
                shown = _Shown(tuple(keys[:-1]), place, 1 if sign == ">" else -1, keys[-1])
                sheet.put(row, column, f"={text}", style, shown)
        trough = reference(row, above - 1)
        text = call("IF", f"{trough}=0", call("NA"), trough)
        sheet.put(row, lowest, f"={text}", style, _Shown(tuple(keys[-1:]), place, 0))
        text = f"={_ROOM}*{call('MIN', '0', call('SUM', troughs))}"
        positions = tuple(each for each, _ in _quarters(layout, words))
        sheet.put(row, room, text, style, Computed(partial(_room, keys[-1], positions)))


@dataclass(frozen=True)
class _Shown(Twin):
    """The sum of rows in a quarter if it has a sign (0: either), else an error value.

    ``apart``: so it is, too, if this row has a figure in the quarter or beside it.
    """

    keys: tuple[str, ...]
    position: int
    sign: int
    apart: str = ""

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        around = range(self.position - 1, min(self.position + 2, results.plan.axis.length))
        if self.apart and any(figure_of(results, draw, self.apart, each) for each in around):
            return math.nan
        total = sum(figure_of(results, draw, key, self.position) for key in self.keys)
        return total if (total * self.sign > 0 if self.sign else total != 0) else math.nan


def _room(key: str, positions: Sequence[int], _plan: WorkbookPlan, results: Results, draw: int) -> float:
    return _ROOM * min(0.0, sum(figure_of(results, draw, key, each) for each in positions))


def _put_race(sheet: SheetPlan, layout: Layout, words: ChartWords, rows: range) -> None:
    _put_title(sheet, rows, words.title, [title for title, _ in words.lines.values()])
    for row, year in zip(rows, layout.shown_years(*words.years), strict=True):
        sheet.put(row, TEXT, f"{year % 100}{year_mark(layout, year)}", "label")
        for column, key in enumerate(words.lines, start=FIRST):
            put_link(sheet, (row, column), linked(layout, key, year_of(year)), style=large)


def _put_values(sheet: SheetPlan, layout: Layout, words: ValueWords, rows: range) -> None:
    _put_title(sheet, rows, words.title, [*words.columns, "to the price", "its line"])
    price, free = FIRST + list(words.columns).index("price"), FIRST + len(words.columns)
    for row, (method, label) in zip(rows, words.methods.items(), strict=True):
        links = {head: linked(layout, key.format(method=method)) for head, key in words.columns.items()}
        for column, link in enumerate(links.values(), start=FIRST):
            put_link(sheet, (row, column), link)
        middle = links["mid"]
        text = Wording((f"{label}  ", *([Figure.of(middle)] if middle else [])))
        sheet.put(row, TEXT, text.formula, "label", text.twin)
        if at := links["price"]:
            before = f"={reference(row, price)}-{reference(row, free + 1)}/2"
            sheet.put(
                row, free, before, "calc share", Computed(partial(_part, at.twin, 1 - _PRICE_WIDTH / 2))
            )
            width = f"={_PRICE_WIDTH}*{reference(row, price)}"
            sheet.put(row, free + 1, width, "calc share", Computed(partial(_part, at.twin, _PRICE_WIDTH)))


def _part(twin: Twin, share: float, plan: WorkbookPlan, results: Results, draw: int) -> float:
    found = twin.expected(plan, results, draw)
    return math.nan if isinstance(found, str) else share * found


def bridge_years(layout: Layout, words: BridgeWords) -> tuple[int, int]:
    """Return the years from which and to which a bridge leads."""
    return year_ahead(layout, -1), year_ahead(layout, words.ahead)


def _put_bridge(sheet: SheetPlan, layout: Layout, words: BridgeWords, rows: range) -> None:
    """Write the ratio at both ends, the sum of each cause over the years, and the bars that float."""
    title = words.title.replace("{", "").replace("}", "")
    _put_title(sheet, rows, title, ["starts", "whole", "adds", "takes", "figure", "so far"])
    starts, whole, adds, takes, figure, so_far = range(FIRST, FIRST + 6)
    first, last = bridge_years(layout, words)
    axis, unit = layout.plan.axis, layout.plan.row(words.line).unit
    style = numeric("calc", unit)
    positions = [axis.year_position(year) for year in range(first + 1, last + 1)]
    keys = list(words.parts)
    for row, year in ((rows[0], first), (rows[-1], last)):
        link = linked(layout, words.line, year_of(year))
        if link is None:
            continue
        put_link(sheet, (row, figure), link)
        sheet.put(row, whole, f"={reference(row, figure)}", style, link.twin)
        sheet.put(row, so_far, f"={reference(row, figure)}", style, link.twin)
        label = f"{words.line_label} {year}{year_mark(layout, year)}  "
        text = Wording((label, replace(Figure(reference(row, figure), unit, link.twin), points=True)))
        sheet.put(row, TEXT, text.formula, "label", text.twin)
    for count, (row, (key, label)) in enumerate(zip(rows[1:-1], words.parts.items(), strict=True), start=1):
        home = layout.places[key]
        years = [(home.row, layout.year_column(place)) for place in (positions[0], positions[-1])]
        twin = _Moved(words.line, (key,), positions[0] - 1, tuple(positions), "own")
        sheet.put(row, figure, f"={call('SUM', f'{home.sheet}!{area(*years)}')}", style, twin)
        own, before, after = (
            reference(row, figure), reference(row - 1, so_far), reference(row, so_far)
        )  # fmt: skip
        upto = tuple(keys[:count])
        parts = {
            so_far: (f"={before}+{own}", "so far"), starts: (f"={call('MIN', before, after)}", "starts"),
            adds: (f"={call('MAX', own, '0')}", "adds"), takes: (f"={call('MAX', f'-{own}', '0')}", "takes"),
        }  # fmt: skip
        for column, (formula, what) in parts.items():
            sheet.put(row, column, formula, style, replace(twin, keys=upto, what=what))
        text = Wording((f"{label}  ", Figure(own, unit, twin, points=True, signed=True)))
        sheet.put(row, TEXT, text.formula, "label", text.twin)


@dataclass(frozen=True)
class _Moved(Twin):
    """A bar of a bridge: of the last of its causes, after those before it."""

    line: str
    keys: tuple[str, ...]
    start: int
    positions: tuple[int, ...]
    what: str

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        in_year = partial(figure_of, results, draw, frequency="annual")
        moves = [sum(in_year(key, place) for place in self.positions) for key in self.keys]
        after = in_year(self.line, self.start) + sum(moves)
        own = moves[-1]
        return {
            "own": own, "so far": after, "starts": min(after, after - own), "adds": max(own, 0.0),
            "takes": max(-own, 0.0),
        }[self.what]  # fmt: skip


def _has_charts(words: CoverWords) -> bool:
    return any((words.flow, words.race, words.values, words.bridge))


SHEET: Final = Sheet(
    CHARTS, "The figures that the charts of the cover draw", "Figures of the charts",
    "Live; the texts are those beside the charts' bars", _fill,
    is_needed=lambda words: _has_charts(words.cover), by_places=True,
)  # fmt: skip
