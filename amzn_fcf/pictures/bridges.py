"""Picture of a bridge: a waterfall from one scenario to another."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from amzn_fcf.pictures.sensitivities import FAINT, HIGH, INK, LOW, tick_text, unit_of
from model.language.periods import Quarter
from model.language.units import measure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.analysis.bridge import Bridge


def bridge_figure(bridge: Bridge, ends: tuple[str, str]) -> Figure:
    """Draw a bridge from top to bottom: one figure, what each cause adds or takes, the other figure."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only pictures need it

    output = bridge.output
    kept = measure("quarters" if output.is_event else output.unit)
    scale, smallest = kept.chart_scale, 0.05 if output.is_event else 0.5 * 10**-kept.chart_decimals
    moved = [each for each in bridge.effects if abs(each.amount * scale) >= smallest]
    effects = sorted(moved, key=lambda each: -abs(each.amount))
    levels = [*accumulate((each.amount for each in effects), initial=bridge.before)]
    # name, start, end, text
    bars = [(ends[0], 0.0, bridge.before, _end(bridge, bridge.before))]
    for each, start, end in zip(effects, levels, levels[1:], strict=False):
        bars.append((each.cause.label, start, end, _amount(bridge, each.amount)))
    bars.append((ends[1], 0.0, bridge.after, _end(bridge, bridge.after)))
    figure = Figure(figsize=(12, 2 + 0.46 * len(effects)), layout="constrained")
    axes = figure.add_subplot()
    for place, (_, start, end, text) in enumerate(reversed(bars)):
        colour = INK if place in {0, len(bars) - 1} else HIGH if end > start else LOW
        axes.barh(place, (end - start) * scale, left=start * scale, height=0.62, color=colour)
        beside = max(start, end) * scale, place
        axes.annotate(text, beside, (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_yticks(range(len(bars)), [name for name, *_ in reversed(bars)], fontsize=9)
    low, high = min(levels) * scale, max(levels) * scale
    room = (high - low) / 4 or 1.0
    axes.set_xlim(low - room if output.is_event else min(low - room, 0.0), high + room)
    if output.is_event:
        axes.xaxis.set_major_formatter(lambda value, _: tick_text(output, value))
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    period = "" if output.period is None else f", {output.period}"
    axes.set_title(
        f"{output.label}{period}: {ends[0]} to {ends[1]}, {unit_of(output)}", loc="left", fontsize=11
    )
    return figure


def _end(bridge: Bridge, value: float) -> str:
    if bridge.output.is_event:
        return str(Quarter.from_count(value))
    return measure(bridge.output.unit).chart_text(value)


def _amount(bridge: Bridge, amount: float) -> str:
    return f"{amount:+.1f}" if bridge.output.is_event else measure(bridge.output.unit).chart_text(amount, "+")
