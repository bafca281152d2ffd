"""Pictures of the note: the fan of free cash flow, and the football field."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from amzn_fcf.pictures.svg import blank, write
from model.language.units import with_minus
from model.presentation.palette import ACCENT, AXIS, BAND, GRID, LIGHT, MUTED, NAVY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_AXIS_SIZE: Final = 11
_FIELD_ROW: Final = 30
"""Pixels of a row of the football field."""
_BAR: Final = 0.7
"""Of a row."""
_LONGEST: Final = 7
"""Characters of a scenario's name that fit beside the end of its line."""
_BELOW: Final = 0.15
"""Of the height, below the last reported figure: there is its text."""
_END_GAP: Final = 12
"""Pixels between the names at the ends of lines."""


class Fan(NamedTuple):
    """Trailing free cash flow in USD bn, by quarter.

    ``quarters``: all of them; ``reported``: figures of the first ones; ``plain``: of the scenario, from the
    last reported one on; ``bands``: percent -> figures of the quarters ahead, none without a simulation;
    ``trough``, ``positive``: quarters, empty where there is none; ``chance``: of being above 0 for good by
    ``positive``.
    """

    quarters: Sequence[str]
    reported: Sequence[float]
    plain: Sequence[float]
    bands: Mapping[int, Sequence[float]]
    scenario: str
    trough: str
    positive: str
    chance: str


def fan_figure(fan: Fan, size: tuple[int, int] = (680, 198), *, short: bool = False) -> Figure:
    """Draw the fan; ``short``: with shorter texts, for a narrow screen."""
    width, height = size
    figure, axes = blank(width, height, (38, 24, width - 38 - 42, height - 24 - 8))
    start = len(fan.reported) - 1
    ahead = range(start, len(fan.quarters))
    last = fan.reported[-1]
    for (low, high), colour in (((5, 95), BAND), ((25, 75), LIGHT)):
        if low in fan.bands:
            lower, upper = ([last, *fan.bands[each]] for each in (low, high))
            axes.fill_between(ahead, lower, upper, color=colour, linewidth=0)
    axes.axhline(0, color=AXIS, linewidth=1)
    axes.plot(ahead, fan.plain, color=NAVY, linewidth=2.4, dashes=(3, 1.6))
    if 50 in fan.bands:  # noqa: PLR2004  # the median
        axes.plot(ahead, [last, *fan.bands[50]], color=NAVY, linewidth=1.6, dashes=(1, 1.8))
    axes.plot(
        range(start + 1), fan.reported, color=NAVY, linewidth=2.6, marker="o", markersize=5, clip_on=False
    )
    axes.set_xlim(0, len(fan.quarters) - 1)
    every = [*fan.reported, *fan.plain, *(each for band in fan.bands.values() for each in band)]
    bottom, top = min(every), max(every)
    bottom = min(bottom - 0.04 * (top - bottom), last - _BELOW * (top - bottom))
    axes.set_ylim(bottom, top + (0.22 if short else 0.12) * (top - bottom))
    _draw_scales(axes, fan)
    _name_ends(axes, fan)
    _name_points(axes, fan, short=short)
    return figure


def _draw_scales(axes: Axes, fan: Fan) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # slow to load, and only pictures need it

    low, high = axes.get_ylim()
    for value in MaxNLocator(5).tick_values(low, high):
        if low <= value <= high:
            axes.axhline(value, color=GRID, linewidth=0.8, zorder=0)
            text = with_minus(f"{value:,.10g}")
            write(axes, text, (0, value), shift=(-6, 0), side="right", size=_AXIS_SIZE, colour=MUTED)
    for place, quarter in enumerate(fan.quarters):
        if quarter.endswith("Q4"):
            year = f"FY{quarter[2:4]}"
            write(axes, year, (place, low), shift=(0, -13), side="center", size=_AXIS_SIZE, colour=MUTED)


def _name_ends(axes: Axes, fan: Fan) -> None:
    """Name the lines where they end, one above the other."""
    ends = [(values[-1], f"{percent}%", False) for percent, values in fan.bands.items() if percent != 50]  # noqa: PLR2004  # as above
    own = fan.scenario if len(fan.scenario) <= _LONGEST else "case"
    ends.append((fan.plain[-1], own, True))
    low, high = axes.get_ylim()
    pixels = axes.get_position().height * axes.figure.get_figheight() * 72 / (high - low)  # type: ignore[union-attr]
    previous, last = float("-inf"), len(fan.quarters) - 1
    for value, text, is_own in sorted(ends):
        height = max(value * pixels, previous + _END_GAP)
        previous = height
        write(
            axes, text, (last, value), shift=(5, height - value * pixels), size=_AXIS_SIZE, bold=is_own,
            colour=NAVY if is_own else MUTED,
        )  # fmt: skip


def _name_points(axes: Axes, fan: Fan, *, short: bool) -> None:
    """Name the ends of what is reported, the trough, and the quarter from which it is above 0."""
    start = len(fan.reported) - 1
    if start:
        write(axes, bn(fan.reported[0]), (0, fan.reported[0]), shift=(0, 14), bold=True, colour=NAVY)
    text = bn(fan.reported[-1]) + ("" if short else " reported")
    right, side = (-4, "right") if start > 1 else (0, "left")
    low, high = axes.get_ylim()
    write(axes, text, (start, fan.reported[-1]), shift=(right, -16), side=side, bold=True, colour=NAVY)
    ahead = fan.quarters[start + 1 :]
    if fan.positive in ahead and fan.positive != fan.trough:
        named = fan.positive if short else f"above 0 from {fan.positive}"
        text = f"{named}: {fan.chance}" if fan.chance else named
        _lead(axes, fan, fan.positive, high - 0.06 * (high - low), text, NAVY)
    if fan.trough in ahead:
        place = fan.quarters.index(fan.trough) - start
        around = fan.bands.get(95, fan.plain[1:])[max(0, place - 4) : place + 3]
        level = min(max(0.0, *around) + 0.13 * (high - low), high - 0.24 * (high - low))
        text = bn(fan.plain[place]) if short else f"trough: {bn(fan.plain[place])}, {fan.trough}"
        _lead(axes, fan, fan.trough, level, text, ACCENT)
        axes.plot([place + start], [fan.plain[place]], color=ACCENT, marker="o", markersize=8)


def _lead(axes: Axes, fan: Fan, quarter: str, level: float, text: str, colour: str) -> None:
    """Write a text at a level, with a line down to the figure of a quarter."""
    low, high = axes.get_ylim()
    place = fan.quarters.index(quarter)
    value = fan.plain[place - len(fan.reported) + 1]
    axes.plot([place, place], [value, level - 0.05 * (high - low)], color=colour, linewidth=1)
    write(axes, text, (place, level), side="center", bold=True, colour=colour)


def bn(value: float) -> str:
    """Write an amount in USD bn."""
    return with_minus(f"{round(value, 1) or 0.0:,.1f}")


class Range(NamedTuple):
    """A row of the football field."""

    name: str
    low: float
    middle: float
    high: float


def football_figure(ranges: Sequence[Range], price: float) -> Figure:
    """Draw ranges of value from low to middle and from middle to high, with the price across them."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # as above

    width, left, height = 330, 158, _FIELD_ROW * len(ranges) + 42
    figure, axes = blank(width, height, (left, 22, width - left - 10, height - 42))
    for place, each in enumerate(ranges):
        axes.barh(place, each.middle - each.low, left=each.low, height=_BAR, color=LIGHT)
        axes.barh(place, each.high - each.middle, left=each.middle, height=_BAR, color=NAVY)
        axis = ("axes fraction", "data")
        write(axes, each.name, (0, place), shift=(-36, 0), side="right", across=axis)
        write(axes, f"{each.middle:.0f}", (0, place), shift=(-8, 0), side="right", bold=True, across=axis)
    known = [place for each in ranges for place in (each.low, each.high)] + (
        [] if math.isnan(price) else [price]
    )
    lowest, highest = min(known), max(known)
    room = 0.04 * (highest - lowest)
    axes.set_xlim(lowest - room, highest + room)
    axes.set_ylim(len(ranges) - 0.5, -0.5)
    for value in MaxNLocator(4).tick_values(lowest, highest):
        if lowest - room <= value <= highest + room:
            axes.axvline(value, color=GRID, linewidth=0.8, zorder=0)
            at = value, len(ranges) - 0.5
            write(axes, f"{value:.0f}", at, shift=(0, -12), side="center", size=_AXIS_SIZE, colour=MUTED)
    if math.isnan(price):
        return figure
    axes.axvline(price, color=ACCENT, linewidth=2.5)
    write(axes, f"price {price:.0f}", (price, -0.5), shift=(0, 9), side="center", bold=True, colour=ACCENT)
    return figure
