"""Pictures of tornados and grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from amzn_fcf.text.figures import step_text
from model.language.periods import Quarter
from model.language.units import measure, with_minus
from model.presentation.palette import ACCENT, GRID, INK, LIGHT, NAVY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import XAxis, YAxis
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

    from model.analysis.sensitivity import Bar, Grid, Point, Tornado
    from model.analysis.swings import Steps
    from model.outputs import Output

_BARS: Final = 15
_NUMBERED: Final = 225
"""Cells of a grid up to which each shows its figure."""
_DARK: Final = 0.45
"""Luminance below which a cell carries white figures."""


def tornado_figure(found: Tornado, top: int = _BARS) -> Figure:
    """Draw a tornado: the ``top`` drivers that move the output most."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only pictures need it
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    bars, output = found.bars[:top], found.output
    figure = Figure(figsize=(12, 2 + 0.46 * len(bars)), layout="constrained")
    axes = figure.add_subplot()
    base = _drawn(output, found.base)
    places = range(len(bars) - 1, -1, -1)  # the first bar on top

    def side(name: str, colour: str, ends: Sequence[float]) -> BarContainer:
        lengths = [_drawn(output, end) - base for end in ends]
        return axes.barh(places, lengths, left=base, height=0.62, color=colour, label=name)

    low = side("driver low", LIGHT, [bar.low for bar in bars])
    high = side("driver high", NAVY, [bar.high for bar in bars])
    for pair in zip(low, high, strict=True):  # the shorter one lies on top if both point the same way
        min(pair, key=lambda patch: abs(patch.get_width())).set_zorder(1.5)
    for place, bar in zip(places, bars, strict=True):
        _name_ends(axes, output, base, bar, place)
    axes.axvline(base, color=INK, linewidth=1)
    axes.set_yticks(places, [_bar_name(bar) for bar in bars], fontsize=9)
    axes.set_ylim(-0.7, len(bars) - 0.3)
    axes.margins(x=0.14)
    if output.is_event:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: tick_text(output, value))
    axes.set_xlabel(unit_of(output))
    axes.grid(axis="x", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, fontsize=9)
    moved = f"one driver at a time, its forecast values {found.swing:.0%} down and up (low / as it is / high)"
    _set_title(figure, found, f"; {moved}")
    return figure


def _set_title(figure: Figure, found: Tornado | Grid, more: str = "") -> None:
    output, scenario = found.output, found.scenario
    period = "" if output.period is None else f", {output.period}"
    unit = "" if output.is_event else f" {unit_of(output)}"
    heading = f"{output.label}{period}: {_figure(output, found.base)}{unit}"
    title = f"{heading}\n{scenario.name}, as of {scenario.as_of}{more}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)


def _name_ends(axes: Axes, output: Output, base: float, bar: Bar, place: int) -> None:
    """Write the lower figure of a bar on its left, the higher one on its right; one off the axis in words."""
    ends = sorted((_drawn(output, value), value) for value in (bar.low, bar.high) if np.isfinite(value))
    if not ends:
        return
    for right, (drawn, value) in ((False, ends[0]), (True, ends[-1])):
        if (drawn > base) if right else (drawn < base):
            _write(axes, _figure(output, value), drawn, place, right=right)
    if len(ends) == 1:
        _write(axes, measure(output.unit).text(np.nan), base, place, right=ends[0][0] <= base)


def _write(axes: Axes, words: str, at: float, place: int, *, right: bool) -> None:
    shift, side = (4, "left") if right else (-4, "right")
    axes.annotate(
        words, (at, place), xytext=(shift, 0), textcoords="offset points", ha=side, va="center", fontsize=8,
        color=INK,
    )  # fmt: skip


def _bar_name(bar: Bar) -> str:
    values = map(measure(bar.unit).text, (bar.driver_low, bar.driver_base, bar.driver_high))
    return f"{bar.label}\n{' / '.join(values)}{'' if bar.period == 'all' else f' ({bar.period})'}"


def grid_figure(found: Grid, line: Sequence[Point] = (), target: float = np.nan) -> Figure:
    """Draw a grid as a map of colours, the scenario's cell framed, with the break-even line at a target."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only pictures need it
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    output, (rows, columns) = found.output, found.values.shape
    figure = Figure(figsize=(min(4 + 0.9 * columns, 16), min(3.2 + 0.5 * rows, 12)), layout="constrained")
    axes = figure.add_subplot()
    drawn = np.array([[_drawn(output, value) for value in row] for row in found.values])
    mesh = axes.pcolormesh(np.ma.masked_invalid(drawn), cmap="Blues")
    if found.values.size <= _NUMBERED:
        mesh.set(edgecolor="white", linewidth=0.5)
        for (row, column), value in np.ndenumerate(found.values):
            colour = mesh.cmap(mesh.norm(drawn[row, column]))[:3] if np.isfinite(value) else (1.0, 1.0, 1.0)
            ink = "white" if np.dot(colour, (0.299, 0.587, 0.114)) < _DARK else INK
            axes.text(
                column + 0.5, row + 0.5, _figure(output, float(value)), ha="center", va="center", fontsize=8,
                color=ink, zorder=3,
            )  # fmt: skip
    if found.centre is not None:
        row, column = found.centre
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=ACCENT, linewidth=2.5))
    _draw_line(axes, found, line, f"break-even: {_figure(output, target)} {unit_of(output)}")
    for steps, axis in ((found.x, axes.xaxis), (found.y, axes.yaxis)):
        _name_steps(axis, steps)
    bar = figure.colorbar(mesh, ax=axes, format=lambda value, _: tick_text(output, value))
    bar.set_label(unit_of(output))
    _set_title(figure, found)
    return figure


def _draw_line(axes: Axes, found: Grid, line: Sequence[Point], name: str) -> None:
    """Draw a break-even line if the rows of the grid are in order; points outside the grid are left out."""
    heights = np.array(found.y.values)
    steps = np.diff(heights)
    if not line or not steps.size or not ((steps > 0).all() or (steps < 0).all()):
        return
    order = np.argsort(heights)
    y = [point.y for point in line]
    places = np.interp(y, heights[order], order + 0.5, left=np.nan, right=np.nan)
    if np.isfinite(places).any():
        x = np.arange(len(line)) + 0.5
        axes.plot(x, places, color=ACCENT, marker="o", markersize=4, linewidth=1.5, label=name)
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.12), frameon=False, fontsize=9)


def _name_steps(axis: XAxis | YAxis, steps: Steps) -> None:
    """Write the values of a driver along an axis, at most two dozen of them."""
    places = range(0, len(steps.values), 1 + len(steps.values) // 24)
    labels = [step_text(steps, steps.values[place]) for place in places]
    axis.set_ticks([place + 0.5 for place in places], labels, fontsize=8)
    operation = "" if steps.operation == "set" else f", {steps.operation}"
    axis.set_label_text(f"{steps.spec.label}\n({steps.name}{operation})", fontsize=9)


def unit_of(output: Output) -> str:
    """Return the unit of a picture's axis."""
    return measure(output.unit).chart_unit or output.unit


def _drawn(output: Output, value: float) -> float:
    """Return the position of a figure in a picture: quarters are counted, other units scaled."""
    return float(output.counted(np.array(value))) * measure(output.unit).chart_scale


def tick_text(output: Output, drawn: float) -> str:
    """Return the text of a tick: a number, or the quarter of a whole count."""
    if not output.is_event:
        text = f"{drawn:,.{measure(output.unit).chart_decimals}f}"
        return with_minus(text.rstrip("0").rstrip(".") if "." in text else text)
    return str(Quarter.from_count(drawn)) if drawn == round(drawn) else ""


def _figure(output: Output, value: float) -> str:
    """Return a figure as text, in the unit of the picture."""
    look = measure(output.unit)
    return (
        look.text(value) if output.is_event or not np.isfinite(value) else with_minus(look.chart_text(value))
    )
