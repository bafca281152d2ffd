"""Bridge: the way of each figure from one scenario to the other, its sums live, as table and waterfall."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.bridge import short_name
from model.language.periods import Quarter
from model.language.units import measure
from workbook_templates.a1 import area, down, reference
from workbook_templates.formula_text import call
from workbook_templates.plan.cells import Drawn, Panel, SheetPlan, Text, width
from workbook_templates.plan.styles import ACCENT, KEY, MARK, NAVY, RULE, numeric
from workbook_templates.plan.wording import Figure, Wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.analysis.bridge import Bridge, Effect

BRIDGE: Final = "Bridge"
_CAUSE, _EFFECT, _TOTAL, _ERROR, _GAP, _CHART, _LAST = range(1, 8)
_NAME, _LABEL, _SUM, _PLACE, _BASE, _WHOLE, _ADDS, _ADDS_BELOW, _TAKES, _TAKES_BELOW = range(9, 19)
"""What the charts draw stands to the right of what is printed: hidden cells would not be drawn."""
_WIDTHS: Final = {_CAUSE: 470, _EFFECT: 84, _TOTAL: 96, _ERROR: 84, _GAP: 14, _CHART: 100, _LAST: 500}
"""Pixels."""
_HEADS: Final = {
    _CAUSE: "cause", _EFFECT: "effect", _TOTAL: "running total", _NAME: "name", _LABEL: "label", _SUM: "sum",
    _PLACE: "from the foot", _BASE: "base", _WHOLE: "whole", _ADDS: "adds", _ADDS_BELOW: "adds below 0",
    _TAKES: "takes", _TAKES_BELOW: "takes below 0",
}  # fmt: skip
_DRAWN: Final = {
    _BASE: "", _WHOLE: RULE, _ADDS: NAVY, _ADDS_BELOW: NAVY, _TAKES: ACCENT, _TAKES_BELOW: ACCENT,
}  # fmt: skip
_TEXTS: Final = frozenset({_CAUSE, _NAME, _LABEL, _CHART, _LAST, _GAP})
_LETTERS: Final = 42
"""Of a name beside a bar."""
_FIRST: Final = 3
_MOST_ROWS: Final = 52
"""Of a page that prints at eight points."""
_PLUS, _EMPTY = '"+"', '""'
_UNPROVED: Final = Wording(())


class _Unit(NamedTuple):
    """How figures of a bridge are written, and added up: quarters by their number."""

    name: str
    is_event: bool

    @property
    def of_effects(self) -> str:
        """In what effects are given."""
        percent = "percentage points" if measure(self.name).percent else self.name
        return "quarters" if self.is_event else percent

    def figure(self, role: str) -> str:
        """Return the style of a figure."""
        return numeric(role, self.name)

    def effect(self, role: str) -> str:
        """Return the style of an effect, which has more decimals than a figure."""
        kind = measure(self.name)
        return f"{role} {'years' if self.is_event else 'rate' if kind.percent else kind.style}"

    def moved(self, cell: str) -> str:
        """Write an effect as part of a text, with its sign unless it rounds to 0."""
        kind = measure(self.name)
        digits = "1" if self.is_event else str(kind.chart_decimals)
        figure = call("ROUND", f"{cell}*{kind.chart_scale:g}", digits)
        unit = '&"bn"' if kind.chart_scale < 1 else ""
        return call("IF", f"{figure}=0", '"0"', f"{call('IF', f'{cell}>0', _PLUS, _EMPTY)}&{figure}{unit}")

    def stamped(self, figure: float) -> float:
        """Return a figure of a bridge as cells hold it: quarters as codes."""
        return Quarter.from_count(figure).code if self.is_event else figure

    def counted(self, cell: str) -> str:
        """Return a figure as what can be added."""
        return counted(cell) if self.is_event else cell

    def shown(self, cell: str) -> str:
        """Return the figure that a sum stands for: of quarters, the nearest."""
        count = call("ROUND", cell, "0")
        return f"{count}+6*{call('ROUND', f'({count}-1.5)/4', '0')}+1" if self.is_event else cell


def bridge_sheet(
    title: str, ends: tuple[str, str], bridges: Sequence[Bridge], notes: Sequence[str] = ()
) -> SheetPlan:
    """Return the sheet of bridges between two scenarios, named ``ends``; ``notes`` stand below them.

    Effects, and the figures at both ends, are stamped. Running totals, the end as their sum, what it leaves
    of the figure there, and all that the charts draw, are formulas.
    """
    sheet = SheetPlan(BRIDGE, protected=False)
    sheet.widths |= {column: width(pixels) for column, pixels in _WIDTHS.items()}
    sheet.put(1, _CAUSE, Text(title), "title")
    top, start = _FIRST, 1
    for bridge in bridges:
        rows = range(top + 2, top + 4 + len(bridge.effects))
        if rows.stop - start > _MOST_ROWS and top > _FIRST:
            sheet.pages.append(area((start, 1), (top - 1, _LAST)))
            start = top
        _put_heads(sheet, bridge, top)
        _put_rows(sheet, bridge, ends, rows)
        _put_chart(sheet, bridge, rows)
        top = rows.stop + 2
    for row, note in enumerate(notes, start=top):
        sheet.put(row, _CAUSE, Text(note), "remark")
    sheet.pages.append(area((start, 1), (top + len(notes) - 1, _LAST)))
    return sheet


def counted(cell: str) -> str:
    """Write the number of quarters of the quarter in a cell; see :meth:`Output.counted`."""
    return f"{cell}-6*{call('ROUND', f'({cell}-5)/10', '0')}-1"


def _unit(bridge: Bridge) -> _Unit:
    return _Unit(bridge.output.unit, bridge.output.is_event)


def _by_size(bridge: Bridge) -> list[Effect]:
    return [bridge.effects[place] for place in bridge.by_size]


def _put_heads(sheet: SheetPlan, bridge: Bridge, top: int) -> None:
    period = "" if bridge.output.period is None else f", {bridge.output.period}"
    effects = f"; effects in {_unit(bridge).of_effects}"
    sheet.put(top, _CAUSE, Text(f"{bridge.output.label}{period}{effects}"), "section")
    sheet.put(top, _CHART, f"{MARK}adds", f"{KEY}navy")
    sheet.put(top, _LAST, f"{MARK}takes away", f"{KEY}red")
    sheet.put(top, _NAME, "What the chart draws", "remark")
    heads = {**dict.fromkeys(range(_CAUSE, _LAST + 1), ""), **_HEADS}
    if bridge.orders:
        heads[_ERROR] = "standard error"
    for column, text in heads.items():
        sheet.put(top + 1, column, text or None, "table text" if column in _TEXTS else "table head")


def _put_rows(sheet: SheetPlan, bridge: Bridge, ends: tuple[str, str], rows: range) -> None:
    """Write the figure at the start, the causes by size, the end, and what it leaves."""
    unit, first, last = _unit(bridge), rows[0], rows[-1]
    effect, at = unit.effect("calc"), reference
    causes = _by_size(bridge)
    labels = [ends[0], *(each.cause.label for each in causes), ends[1]]
    sums = [f"={unit.counted(at(first, _EFFECT))}"]
    sums += [f"={at(row - 1, _SUM)}+{at(row, _EFFECT)}" for row in rows[1:-1]]
    sums.append(f"={at(first, _SUM)}+{at(last, _EFFECT)}")
    lowest = call("MIN", area((first, _SUM), (last, _SUM), fixed_row=True))
    foot = f"-{lowest}+1" if unit.is_event else ""
    for row, label, total in zip(rows, labels, sums, strict=True):
        is_end = row in {first, last}
        sheet.put(row, _CAUSE, Text(label), "subtotal label" if is_end else "line")
        sheet.put(row, _TOTAL, f"={unit.shown(at(row, _SUM))}", unit.figure("subtotal" if is_end else "calc"))
        sheet.put(row, _SUM, total, effect)
        sheet.put(row, _PLACE, f"={at(row, _SUM)}{foot}", effect)
        sheet.put(row, _NAME, Text(short_name(label, _LETTERS)), "line")
        end = Figure(at(row, _TOTAL), unit.name, _UNPROVED, points=True)
        text = end.formula if is_end else unit.moved(at(row, _EFFECT))
        sheet.put(row, _LABEL, f'={at(row, _NAME)}&"  "&{text}', "line")
        drawn = {_WHOLE: f"={at(row, _PLACE)}"} if is_end else _floating(row)
        for column in _DRAWN:
            sheet.put(row, column, drawn.get(column, 0.0), effect)
    for row, each in zip(rows[1:], causes, strict=False):
        sheet.put(row, _EFFECT, each.amount, unit.effect("stamp"))
        if bridge.orders:
            sheet.put(row, _ERROR, each.error, unit.effect("stamp"))
    sheet.put(first, _EFFECT, unit.stamped(bridge.before), unit.figure("stamp"))
    effects = area((rows[1], _EFFECT), (rows[-2], _EFFECT))
    sheet.put(last, _EFFECT, f"={call('SUM', effects)}" if causes else 0.0, unit.effect("subtotal"))
    sheet.put(last + 1, _CAUSE, Text(f"What the effects leave of {ends[1]}, computed alone"), "remark")
    rest = f"={unit.counted(at(last + 1, _TOTAL))}-({at(last, _SUM)})"
    sheet.put(last + 1, _EFFECT, rest, effect)
    sheet.put(last + 1, _TOTAL, unit.stamped(bridge.after), unit.figure("stamp"))


def _floating(row: int) -> dict[int, str]:
    """Return the parts of a bar from the place before to its own: bars stack upwards and downwards from 0."""
    ends = reference(row - 1, _PLACE), reference(row, _PLACE)
    (above, above_now), (below, below_now) = (
        [call(function, "0", each) for each in ends] for function in ("MAX", "MIN")
    )
    return {
        _BASE: f"={call('MIN', above, above_now)}+{call('MAX', below, below_now)}",
        _ADDS: f"={call('MAX', '0', f'{above_now}-{above}')}",
        _ADDS_BELOW: f"={call('MIN', '0', f'{below}-{below_now}')}",
        _TAKES: f"={call('MAX', '0', f'{above}-{above_now}')}",
        _TAKES_BELOW: f"={call('MIN', '0', f'{below_now}-{below}')}",
    }  # fmt: skip


def _put_chart(sheet: SheetPlan, bridge: Bridge, rows: range) -> None:
    """Put the bars beside their rows; the axis begins at 0 unless they lie on both sides of it."""
    levels = [*accumulate((each.amount for each in _by_size(bridge)), initial=bridge.before)]
    bounds = 0 if min(levels) >= 0 else None, 0 if max(levels) <= 0 else None, None
    bars = tuple(Drawn(down(BRIDGE, column, rows), colour) for column, colour in _DRAWN.items())
    corners = (rows[0], _CHART), (rows.stop, _LAST + 1)
    names = down(BRIDGE, _LABEL, rows)
    sheet.panels.append(
        Panel(corners, names, (0.54, 0.0, 0.45, 1.0), bars, horizontal=True, gap=35, bounds=bounds)
    )
