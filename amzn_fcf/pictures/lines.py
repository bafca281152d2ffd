"""Picture of lines over time: what is reported and what is ahead, scenarios against each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.series import periods_of
from model.errors import InputError
from model.language.units import measure
from model.presentation.palette import ACCENT, AXIS, GRID, INK, LIGHT, MUTED, NAVY, STEEL
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from amzn_fcf.text.series import Series

_COLOURS: Final = (NAVY, ACCENT, STEEL, LIGHT, MUTED, AXIS)
_MOST_PANELS: Final = 6
_TICKS: Final = 16


def lines_figure(found: Sequence[Series]) -> Figure:
    """Draw lines over time: a panel a unit, or of several scenarios a panel a line.

    Reported figures are solid, those ahead dashed. A line that does not vary with time, a single period, and
    more panels or lines than fit are an :class:`InputError`.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only pictures need it

    periods = periods_of(found)
    if still := [each.line for each in found if ALL in each.values]:
        raise InputError(f"--plot draws lines over time: {still[0]} does not vary with time")
    if len(periods) == 1:
        raise InputError(
            f"--plot draws lines over time, not {periods[0]} alone: --period annual has all years"
        )
    several = len({each.scenario for each in found}) > 1
    panels: dict[str, list[Series]] = {}
    for each in found:
        panels.setdefault(each.line if several else measure(each.unit).chart_unit or each.unit, []).append(
            each
        )
    if len(panels) > _MOST_PANELS:
        raise InputError(f"--plot has room for {_MOST_PANELS} panels, not {len(panels)}: name fewer lines")
    if (lines := max(map(len, panels.values()))) > len(_COLOURS):
        raise InputError(f"--plot has {len(_COLOURS)} colours, not {lines} in a panel: name fewer lines")
    figure = Figure(figsize=(12, max(6.75, 0.6 + 2.2 * len(panels))), layout="constrained")
    many = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axes, series in zip(many, panels.values(), strict=True):
        _draw(axes, series, periods, several=several)
        if len(series) > 1 and (axes is many[0] or not several):
            axes.legend(frameon=False, fontsize=9, loc="best", handlelength=3.5)
    step = math.ceil(len(periods) / _TICKS)
    many[-1].set_xticks(range(0, len(periods), step), periods[::step])
    dated: dict[str, dict[str, None]] = {}
    for each in found:
        dated.setdefault(str(each.as_of), {})[each.scenario] = None
    names = "; ".join(f"{', '.join(scenarios)} (as of {as_of})" for as_of, scenarios in dated.items())
    figure.supxlabel(f"solid: reported, dashed: estimate; {names}", fontsize=9, x=0.01, ha="left", color=INK)
    return figure


def _draw(axes: Axes, series: Sequence[Series], periods: Sequence[str], *, several: bool) -> None:
    unit = measure(series[0].unit)
    places = {period: place for place, period in enumerate(periods)}
    for each, colour in zip(series, _COLOURS, strict=False):
        points = [
            (places[period], value * unit.chart_scale, each.bases[period] == "reported")
            for period, value in each.values.items()
            if math.isfinite(value)
        ]
        filed = [point[:2] for point in points if point[2]]
        ahead = [*filed[-1:], *(point[:2] for point in points if not point[2])]
        name = each.scenario if several else each.label
        known = INK if several else colour
        axes.plot(*_columns(filed), color=known, linewidth=2.4, marker="o", markersize=4, zorder=3)
        axes.plot(*_columns(ahead), color=colour, linewidth=2.2, linestyle=(0, (5, 2)), label=name)
    bases = (pair for each in series for pair in each.bases.items())
    filed_in = [places[period] for period, basis in bases if basis == "reported"]
    if filed_in:
        axes.axvline(max(filed_in), color=AXIS, linewidth=1)
    low, high = axes.get_ylim()
    if low < 0 < high:
        axes.axhline(0, color=INK, linewidth=0.8)
    title = series[0].label if several or len(series) == 1 else ""
    shown = unit.chart_unit or series[0].unit
    axes.set_title(f"{title}, {shown}" if title else shown, loc="left", fontsize=11, color=INK)
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
