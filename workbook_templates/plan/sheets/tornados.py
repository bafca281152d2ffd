"""The tornados of the sheet Sensitivity: stamped, but live for drivers that act after the flows."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from model.analysis.sensitivity import DEFAULT_SWING
from workbook_templates.a1 import absolute, area, down, reference
from workbook_templates.formula_text import call
from workbook_templates.plan import links
from workbook_templates.plan.cells import Corners, Drawn, Panel
from workbook_templates.plan.layout import SENSITIVITY
from workbook_templates.plan.links import linked, put_link
from workbook_templates.plan.moved import ASide, MovedDriver, MovedRow, live_bars
from workbook_templates.plan.sheets.header import put_band, put_heads
from workbook_templates.plan.styles import LIGHT, NAVY, axis_format, in_large, large, numeric
from workbook_templates.plan.twins import Computed
from workbook_templates.plan.wording import Figure, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from model.analysis.sensitivity import Tornado
    from model.outputs import Output
    from model.results import Results
    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan
    from workbook_templates.plan.layout import Layout
    from workbook_templates.plan.moved import LiveBar

BARS: Final = 12
"""Rows of a tornado: the drivers that move its output most."""
LABEL, LOW, HIGH, BASE, CHANGE_LOW, CHANGE_HIGH = 1, 5, 6, 7, 8, 9
"""Columns: the driver; the output with the driver on either side and as it is, and its changes."""
DRIVER_LOW, DRIVER_BASE, DRIVER_HIGH, PERIOD, SHOWN_LOW, SHOWN_HIGH, KIND, NUMBER = range(12, 20)
"""Columns: the driver's values in a period; the changes that the chart shows, whether these are live, and the
driver's number among those whose bars are."""
LEAST, MOST, SHARE = PERIOD, SHOWN_LOW, SHOWN_HIGH
"""Columns of live drivers: their range, and the share of their value by which they move."""
TEXT: Final = 20
"""Column: what stands beside a bar, the driver and both changes."""
NAME, NOTE = 21, 22
_BEHIND: Final = 23
"""First column of the rows behind live bars."""
_HEADS: Final = {
    LABEL: "Driver", NAME: "Name", LOW: "figure, low", HIGH: "figure, high", BASE: "as it is",
    CHANGE_LOW: "change, low", CHANGE_HIGH: "change, high", DRIVER_LOW: "driver, low",
    DRIVER_BASE: "driver, as is", DRIVER_HIGH: "driver, high",
}  # fmt: skip
_LIVE_HEADS: Final = {LEAST: "lowest", MOST: "highest", SHARE: "moved by"}
_STAMPED_HEADS: Final = {KIND: "", PERIOD: "year", NOTE: "Note"}
_INNER: Final = (0.48, 0.02, 0.50, 0.88)
"""Place and size of the bars within their chart."""
_TEXTS: Final = (LABEL, KIND, NAME, PERIOD, NOTE)
_NO_DRIVERS: Final = frozenset[str]()


def titled(layout: Layout, output: Output) -> str:
    """Return the name of a figure of the sheet, with its unit."""
    year = "" if output.period is None else f" {output.period}E"
    unit = "" if output.is_event else f", {in_large(output.unit)}"
    return f"{layout.called[output.key]}{year}{unit}"


def live_numbers(layout: Layout, output: Output) -> dict[str, int]:
    """Return the drivers whose bars are live, with their numbers from 1."""
    bars = live_bars(layout.plan, layout.company, output)
    return {bar.spec.key: number for number, bar in enumerate(bars, start=1)}


def put_tornado(sheet: SheetPlan, layout: Layout, found: Tornado, band: int, live: Mapping[str, int]) -> None:
    """Write a tornado as stamped: a row a driver, which says whether the chart shows it live instead."""
    title = f"{titled(layout, found.output)}: each driver alone, its values ahead"
    put_band(sheet, band, f"{title} {found.swing:.0%} down and up, stamped", NAME)
    put_heads(sheet, band + 1, _HEADS | _STAMPED_HEADS, _TEXTS)
    for row, bar in enumerate(found.bars[:BARS], start=band + 2):
        is_live = bar.driver in live
        label = layout.called[bar.driver]
        sheet.put(row, LABEL, f"{label} (live)" if is_live else label, "stamp text")
        sheet.put(row, KIND, "live" if is_live else "stamped", "remark")
        if live:
            sheet.put(row, NUMBER, live.get(bar.driver, 0), "stamp whole")
        sheet.put(row, NAME, bar.driver, "name")
        figures = (bar.low, bar.high, found.base, bar.change_low, bar.change_high)
        for column, value in enumerate(figures, start=LOW):
            sheet.put(row, column, links.stamp(value), large("stamp", found.output.unit))
        if not live:
            text = _beside(found.output, label, (bar.change_low, bar.change_high))
            sheet.put(row, TEXT, text, "remark")
        for column, value in enumerate((bar.driver_low, bar.driver_base, bar.driver_high), start=DRIVER_LOW):
            sheet.put(row, column, links.stamp(value), numeric("stamp", bar.unit))
        sheet.put(row, PERIOD, bar.period, "remark")
        if bar.note:
            sheet.put(row, NOTE, bar.note, "remark")


def tornado(output: Output, band: int, corners: Corners, *, live: bool) -> Panel:
    """Return the bars of a tornado; ``live``: some of them are."""
    rows = range(band + 2, band + 2 + BARS)
    columns = (TEXT, SHOWN_LOW, SHOWN_HIGH) if live else (TEXT, CHANGE_LOW, CHANGE_HIGH)
    drivers, low, high = (down(SENSITIVITY, column, rows) for column in columns)
    bars = Drawn(low, LIGHT), Drawn(high, NAVY)
    shown = axis_format(output.unit)
    return Panel(corners, drivers, _INNER, bars, horizontal=True, shows_values=True, value_format=shown)


def put_shown(sheet: SheetPlan, output: Output, band: int, rows: range) -> None:
    """Write the changes that a chart shows: from the rows of live drivers, or as stamped."""
    put_heads(sheet, band + 1, {SHOWN_LOW: "shown, low", SHOWN_HIGH: "shown, high"}, ())
    for row in range(band + 2, band + 2 + BARS):
        sheet.put(row, LABEL, None, "stamp text")
        sheet.put(row, NUMBER, None, "stamp whole")
        number = reference(row, NUMBER)
        for column, change, side in ((SHOWN_LOW, CHANGE_LOW, -1), (SHOWN_HIGH, CHANGE_HIGH, 1)):
            sheet.put(row, change, None, numeric("stamp", output.unit))
            live = call("INDEX", area((rows[0], change), (rows[-1], change), fixed_row=True), number)
            text = "=" + call("IF", f"{number}>=1", live, reference(row, change))
            twin = Computed(partial(_shown, output, (row, change), side))
            sheet.put(row, column, text, numeric("calc", output.unit), twin)
        ends = (_figure(output, reference(row, column)).formula for column in (SHOWN_LOW, SHOWN_HIGH))
        text = '&"  "&'.join((reference(row, LABEL), '&" / "&'.join(ends)))
        sheet.put(row, TEXT, f"={text}", "remark", Computed(partial(_text, output, row)))


def _figure(output: Output, cell: str) -> Figure:
    return Figure(cell, output.unit, Wording(()), signed=True, whole=True)


def _beside(output: Output, label: str, changes: Iterable[float]) -> str:
    low, high = (_figure(output, "").text(each) for each in changes)
    return f"{label}  {low} / {high}"


def _text(output: Output, row: int, plan: WorkbookPlan, results: Results, draw: int) -> str:
    """Return what stands beside a bar."""
    label = plan.sheets[SENSITIVITY].cells[row, LABEL].content
    changes = (
        _shown(output, (row, change), side, plan, results, draw)
        for change, side in ((CHANGE_LOW, -1), (CHANGE_HIGH, 1))
    )
    return _beside(output, str(label or ""), changes)


def _shown(  # a cell, and the state of the workbook
    output: Output, stamped: tuple[int, int], side: int, plan: WorkbookPlan, results: Results, draw: int
) -> float:
    """Return the change that a chart shows: live, or as stamped; nothing is 0."""
    sheet = plan.sheets[SENSITIVITY]
    if (number := sheet.number(stamped[0], NUMBER)) >= 1:
        drivers = [*live_numbers(plan.layout, output)]
        if number >= len(drivers) + 1:
            return math.nan  # it was changed by hand
        move = ASide(drivers[int(number) - 1], side)
        return MovedRow(output.key, move, _NO_DRIVERS, less_base=True).expected(plan, results, draw)
    return 0.0 if sheet.cells[stamped].content is None else sheet.number(*stamped)


def put_live_bars(sheet: SheetPlan, layout: Layout, output: Output, row: int) -> tuple[int, range]:
    """Write the drivers of which a figure is a closed form, a tenth lower and higher, from a row on.

    Return the next free row, and the rows of the drivers.
    """
    bars = live_bars(layout.plan, layout.company, output)
    rows = range(row + 2, row + 2 + len(bars))
    if not bars:
        return row, rows
    title = (
        f"{titled(layout, output)}, live: drivers that act after the flows, {DEFAULT_SWING:.0%} down and up"
    )
    put_band(sheet, row, title, NAME)
    put_heads(sheet, row + 1, _HEADS | _LIVE_HEADS, (LABEL, NAME))
    keys = {key for bar in bars for key in bar.cone.rows}
    in_order = sorted(keys, key=layout.plan.order.__getitem__)
    behind = {key: at for at, key in enumerate(in_order, start=rows.stop + 1)}
    for key, at in behind.items():
        sheet.put(at, LABEL, layout.plan.rows[key].label, "line")
    for place, (bar, at) in enumerate(zip(bars, rows, strict=True)):
        _put_driver(sheet, layout, bar, at)
        put_link(sheet, (at, BASE), linked(layout, output.key))
        for column, side in ((_BEHIND + 2 * place, -1), (_BEHIND + 2 * place + 1, 1)):
            head = f"{bar.spec.key} {'low' if side < 0 else 'high'}"
            sheet.put(rows.stop, column, head, "period head")
            _put_side(sheet, layout, (bar, output), ASide(bar.spec.key, side), (at, column), behind)
    return rows.stop + len(behind) + 2, rows


def _put_driver(sheet: SheetPlan, layout: Layout, bar: LiveBar, at: int) -> None:
    """Write a driver's own value, and that a tenth lower and higher, within its range."""
    spec = bar.spec
    sheet.put(at, LABEL, spec.label, "line")
    sheet.put(at, NAME, spec.key, "name")
    put_link(sheet, (at, DRIVER_BASE), linked(layout, spec.key))
    for column, value in ((LEAST, spec.minimum), (MOST, spec.maximum)):
        sheet.put(at, column, value, numeric("working", spec.driver.unit))
    sheet.put(at, SHARE, DEFAULT_SWING, numeric("working", "ratio"))
    base, least, most, share = (reference(at, column) for column in (DRIVER_BASE, LEAST, MOST, SHARE))
    amount = f"{share}*{call('IF', f'{base}=0', f'{most}-{least}', call('ABS', base))}"
    low, high = call("MAX", least, f"{base}-{amount}"), call("MIN", most, f"{base}+{amount}")
    for column, text, side in ((DRIVER_LOW, low, -1), (DRIVER_HIGH, high, 1)):
        style = numeric("calc", spec.driver.unit)
        sheet.put(at, column, f"={text}", style, MovedDriver(spec.key, ASide(spec.key, side)))


def _put_side(  # a place on the sheet, and what belongs there
    sheet: SheetPlan,
    layout: Layout,
    what: tuple[LiveBar, Output],
    move: ASide,
    place: tuple[int, int],
    behind: Mapping[str, int],
) -> None:
    """Write the rows behind a bar with its driver on one side, in a column, and what the figure becomes."""
    (bar, output), (at, column) = what, place
    is_low = move.side < 0
    again = {move.driver: absolute(at, DRIVER_LOW if is_low else DRIVER_HIGH)}
    for key in bar.cone.rows:
        text, unit = bar.cone.formula(layout, SENSITIVITY, key, again), layout.plan.rows[key].unit
        twin = MovedRow(key, move, _NO_DRIVERS)
        sheet.put(behind[key], column, text, numeric("calc", unit), twin)
        again[key] = reference(behind[key], column)
    value, change = (LOW, CHANGE_LOW) if is_low else (HIGH, CHANGE_HIGH)
    style = numeric("calc", output.unit)
    sheet.put(at, value, f"={again[output.key]}", style, MovedRow(output.key, move, _NO_DRIVERS))
    text = f"={reference(at, value)}-{reference(at, BASE)}"
    sheet.put(at, change, text, style, MovedRow(output.key, move, _NO_DRIVERS, less_base=True))
