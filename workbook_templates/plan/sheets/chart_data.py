"""Charts: the figures that the charts of the cover draw, live, with the texts beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.results import run
from workbook_templates.a1 import area, call, down, reference
from workbook_templates.plan.cells import Corners, Drawn, Panel, SheetPlan, Twin
from workbook_templates.plan.layout import CHARTS
from workbook_templates.plan.links import linked, put_link, year_of
from workbook_templates.plan.sheets.header import put_band, put_heads, put_state
from workbook_templates.plan.sheets.scenarios import own_columns
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import ACCENT, COLOURS, LIGHT, NAVY, RULE, numeric
from workbook_templates.plan.twins import Computed, OfRow, figure_of
from workbook_templates.plan.wording import Figure, Wording, year_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.presentation import BridgeWords, ChartWords, CoverWords, ValueWords
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan
    from workbook_templates.plan.layout import Layout

_FIRST_ROW: Final = 6
_TEXT, _FIRST = 1, 2
_WIDTHS: Final = {_TEXT: 34.0} | dict.fromkeys(range(_FIRST, 10), 14.0)
_LAST: Final = 9
_ROOM: Final = 1.5
"""Of the trough: how far down a chart reaches, so that its label has room."""
_STEP: Final = 50
"""USD a share between the figures of the football field."""
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
    put_heads(sheet, rows[0] - 1, {_TEXT: "", **dict(enumerate(heads, start=_FIRST))}, {_TEXT})


def _put_flow(sheet: SheetPlan, layout: Layout, words: ChartWords, rows: range) -> None:
    """Write columns by quarter, and what stands above or below the last quarters of years and the trough."""
    heads = [title for title, _ in words.lines.values()]
    _put_title(sheet, rows, words.title, [*heads, "above", "below", "lowest", "room"])
    keys, unit = list(words.lines), layout.plan.row(next(iter(words.lines))).unit
    style = _style("calc", unit)
    above, below, lowest, room = range(_FIRST + len(keys), _FIRST + len(keys) + 4)
    troughs = area((rows[0], above - 1), (rows[-1], above - 1), fixed_row=True)
    for row, (place, quarter) in zip(rows, _quarters(layout, words), strict=True):
        is_last = quarter.number == QUARTERS_A_YEAR
        sheet.put(row, _TEXT, f"FY{quarter.year % 100}" if is_last else " ", "label")
        for column, key in enumerate(keys, start=_FIRST):
            home = layout.places[key]
            text = f"={home.sheet}!{reference(home.row, layout.quarter_column(place))}"
            sheet.put(row, column, text, _style("link", unit), OfRow(key, place))
        total = call("SUM", area((row, _FIRST), (row, above - 2)))
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
        sheet.put(row, _TEXT, f"{year % 100}{year_mark(layout, year)}", "label")
        for column, key in enumerate(words.lines, start=_FIRST):
            if link := linked(layout, key, year_of(year)):
                sheet.put(row, column, link.formula, _style("link", link.unit), link.twin)


def _style(role: str, unit: str) -> str:
    """Return the style of a figure that a label shows: money in billions."""
    return f"{role} billions" if unit == "USD m" else numeric(role, unit)


def year_mark(layout: Layout, year: int) -> str:
    """Return what stands behind a year: A if all of it is reported, else E."""
    return "A" if layout.plan.axis.basis(year_of(year)) == "reported" else "E"


def _put_values(sheet: SheetPlan, layout: Layout, words: ValueWords, rows: range) -> None:
    _put_title(sheet, rows, words.title, [*words.columns, "to the price", "its line"])
    price, free = _FIRST + list(words.columns).index("price"), _FIRST + len(words.columns)
    for row, (method, label) in zip(rows, words.methods.items(), strict=True):
        links = {head: linked(layout, key.format(method=method)) for head, key in words.columns.items()}
        for column, link in enumerate(links.values(), start=_FIRST):
            put_link(sheet, (row, column), link)
        middle = links["mid"]
        text = Wording((f"{label}  ", *([Figure.of(middle)] if middle else [])))
        sheet.put(row, _TEXT, text.formula, "label", text.twin)
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


def value_bounds(layout: Layout, words: ValueWords) -> tuple[float, float, float]:
    """Return the ends of the football field for all scenarios of the workbook, and its step."""
    results = run(own_columns(layout))
    ends = []
    for method in words.methods:
        low, *steps = (
            results.values[words.columns[head].format(method=method)][0]
            for head in ("low", "low to mid", "mid to high")
        )
        high = low + sum(steps)
        ends += [each for each in (*low, *high) if math.isfinite(each)]
    lowest, highest = min(ends), max(ends)
    step = _STEP * max(1, math.ceil((highest - lowest) / (8 * _STEP)))
    return math.floor(lowest / step) * step, math.ceil(highest / step) * step, step


def bridge_years(layout: Layout, words: BridgeWords) -> tuple[int, int]:
    """Return the years from which and to which a bridge leads."""
    return year_ahead(layout, -1), year_ahead(layout, words.ahead)


def _put_bridge(sheet: SheetPlan, layout: Layout, words: BridgeWords, rows: range) -> None:
    """Write the ratio at both ends, the sum of each cause over the years, and the bars that float."""
    title = words.title.replace("{", "").replace("}", "")
    _put_title(sheet, rows, title, ["starts", "whole", "adds", "takes", "figure", "so far"])
    starts, whole, adds, takes, figure, so_far = range(_FIRST, _FIRST + 6)
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
        sheet.put(row, _TEXT, text.formula, "label", text.twin)
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
        sheet.put(row, _TEXT, text.formula, "label", text.twin)


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


def flow_panel(layout: Layout, words: ChartWords, corners: Corners) -> Panel:
    """Return the columns by quarter."""
    rows, count = blocks(layout).flow, len(words.lines)
    cells = [down(CHARTS, _FIRST + place, rows) for place in range(count + 4)]
    bars = [
        Drawn(each, COLOURS[colour]) for each, (_, colour) in zip(cells, words.lines.values(), strict=False)
    ]
    above, below, lowest, room = cells[count:]
    lines = (
        Drawn(above, labels="t"), Drawn(below, labels="b"),
        Drawn(lowest, ACCENT, labels="b", strong=True), Drawn(room),
    )  # fmt: skip
    return Panel(
        corners, down(CHARTS, _TEXT, rows), (0.01, 0.06, 0.98, 0.82), tuple(bars), lines, gap=28,
    )  # fmt: skip


def race_panel(layout: Layout, words: ChartWords, corners: Corners) -> Panel:
    """Return lines by year: the first solid, the second dashed, with the labels of three years."""
    rows, years = blocks(layout).race, layout.shown_years(*words.years)
    marked = [
        years.index(year)
        for year in (year_ahead(layout, -2), year_ahead(layout, 0), years[-1])
        if year in years
    ]
    results = run([layout.scenarios[0]])
    first, second = (results.series(key, "annual") for key in list(words.lines)[:2])
    axis = layout.plan.axis
    lines = []
    for column, (_, colour) in enumerate(words.lines.values(), start=_FIRST):
        sides = {}
        for place in marked:
            at = axis.year_position(years[place])
            is_upper = (first[at, 0] >= second[at, 0]) == (column == _FIRST)
            sides[place] = "t" if is_upper else "b"
        cells = down(CHARTS, column, rows)
        lines.append(Drawn(cells, COLOURS[colour], points=sides, dashed=column > _FIRST, strong=True))
    return Panel(
        corners, down(CHARTS, _TEXT, rows), (0.04, 0.08, 0.92, 0.76), lines=tuple(lines),
        bounds=(0, None, None),
    )  # fmt: skip


def value_panel(layout: Layout, words: ValueWords, corners: Corners) -> Panel:
    """Return the football field, with the price as a line across it."""
    rows, heads = blocks(layout).values, list(words.columns)
    low, to_mid, to_high = (
        down(CHARTS, _FIRST + heads.index(head), rows) for head in ("low", "low to mid", "mid to high")
    )
    before, line = (down(CHARTS, _FIRST + len(heads) + place, rows) for place in range(2))
    return Panel(
        corners, down(CHARTS, _TEXT, rows), (0.46, 0.03, 0.50, 0.84),
        (Drawn(low), Drawn(to_mid, LIGHT), Drawn(to_high, NAVY)), over=(Drawn(before), Drawn(line, ACCENT)),
        horizontal=True, gap=60, bounds=value_bounds(layout, words), shows_values=True,
    )  # fmt: skip


def bridge_panel(layout: Layout, corners: Corners) -> Panel:
    """Return the bridge."""
    rows = blocks(layout).bridge
    starts, whole, adds, takes = (down(CHARTS, _FIRST + place, rows) for place in range(4))
    return Panel(
        corners, down(CHARTS, _TEXT, rows), (0.46, 0.03, 0.52, 0.94),
        (Drawn(starts), Drawn(whole, RULE), Drawn(adds, NAVY), Drawn(takes, ACCENT)),
        horizontal=True, gap=35, bounds=(0, None, None),
    )  # fmt: skip


def _has_charts(words: CoverWords) -> bool:
    return any((words.flow, words.race, words.values, words.bridge))


SHEET: Final = Sheet(
    CHARTS, "The figures that the charts of the cover draw", "Figures of the charts",
    "Live; the texts are those beside the charts' bars", _fill,
    is_needed=lambda words: _has_charts(words.cover),
)  # fmt: skip
