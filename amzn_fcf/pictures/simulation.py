"""A picture of a simulation: free cash flow, its turning point, and value against the price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from amzn_fcf.pictures.files import save
from model.language.periods import Quarter
from model.language.units import counted, measure
from model.presentation.palette import ACCENT, GRID, INK, LIGHT, NAVY, STEEL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes

    from model.results import Results
    from model.simulation.results import Simulation

_BANDS: Final = ((5, 95, "5 to 95%"), (10, 90, "10 to 90%"), (25, 75, "25 to 75%"))
_BARS: Final = 60
_ROOM: Final = 20
"""Bars on each side of the price, for its label."""
_LEAST_CHANCE: Final = 0.004
_TICKS: Final = 7
"""Quarters named below the chances of events."""
_STYLE: Final = {
    "font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left",
    "axes.titleweight": "bold",
}  # fmt: skip
_QUARTERS_BEFORE: Final = 8
"""Reported quarters before the forecast."""
_TO_BILLIONS: Final = measure("USD m").chart_scale


def write_plot(simulation: Simulation, plain: Results, path: Path) -> None:
    """Write the picture of a simulation as PNG; ``plain``: its scenario computed without draws."""
    from matplotlib import rc_context  # noqa: PLC0415  # an extra
    from matplotlib.figure import Figure  # noqa: PLC0415  # as above

    company = plain.scenarios[0].company
    words, reports = company.presentation.questions, company.presentation.reports
    colours = {reports.trough: ACCENT, reports.turn: LIGHT, reports.positive: NAVY}
    events = {event: colour for event, colour in colours.items() if event in simulation.events}
    with rc_context(_STYLE):  # type: ignore[arg-type]  # names of settings
        figure = Figure(figsize=(12, 8.4), layout="constrained")
        grid = figure.add_gridspec(2, 2, height_ratios=(1.25, 1))
        if simulation.fan():
            _fan(figure.add_subplot(grid[0, :]), simulation, plain)
        if events:
            _quarters(figure.add_subplot(grid[1, 0]), simulation, events)
        if words.value in simulation.above:
            price = float(plain.values[words.price][0, 0])
            _value(figure.add_subplot(grid[1, 1]), simulation, words.value, price)
        scenario = f"{company.title}, scenario {simulation.scenario}, as of {simulation.as_of}"
        draws = f"{counted(simulation.draws, 'draw')}, {simulation.sampling.replace('_', ' ')}"
        title = f"{scenario}: {draws}, seed {simulation.seed}{', PARTIAL' if simulation.lost else ''}"
        figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=13)
        save(figure, path, dpi=130)


def _fan(axes: Axes, simulation: Simulation, plain: Results) -> None:
    """Draw free cash flow: reported, the scenario's own, and the bands of the draws."""
    fan = list(simulation.fan().values())
    split = plain.plan.axis.forecast_start
    path = plain.series(simulation.cash_flow)[:, 0] * _TO_BILLIONS
    quarters = [str(quarter) for quarter in plain.plan.axis.quarters]
    ahead = np.arange(split - 1, len(quarters))

    def percentiles(percent: int) -> list[float]:
        return [each.percentiles[percent] * _TO_BILLIONS for each in fan]

    for number, (low, high, label) in enumerate(_BANDS):
        lower, upper = ([path[split - 1], *percentiles(percent)] for percent in (low, high))
        alpha = 0.16 + 0.1 * number
        axes.fill_between(ahead, lower, upper, color=STEEL, alpha=alpha, linewidth=0, label=label)
    axes.plot(ahead[1:], percentiles(50), color=NAVY, linewidth=2, label="median")
    own = path[split - 1 :]
    axes.plot(ahead, own, color=NAVY, linewidth=1, linestyle=":", label="scenario, without draws")
    before = np.arange(split - _QUARTERS_BEFORE, split)
    axes.plot(before, path[before], color=INK, linewidth=1.5, marker="o", markersize=3, label="reported")
    axes.axhline(0, color=ACCENT, linewidth=1)
    axes.set_xlim(before[0], len(quarters) - 1)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom - 0.08 * (top - bottom), top)
    ends = [place for place in range(before[0], len(quarters)) if quarters[place].endswith("Q4")]
    chances = simulation.positive_by_quarter()
    for place in ends:
        if quarters[place] in chances:
            chance = f"{chances[quarters[place]].probability:.0%}"
            axes.annotate(
                chance, (place, 0.015), xycoords=("data", "axes fraction"), ha="center", color=ACCENT
            )
    axes.set_xticks(ends, [quarters[place] for place in ends])
    axes.set_title("Free cash flow, trailing twelve months, USD bn (orange: chance that it is above 0)")
    axes.legend(loc="upper left", frameon=False)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _quarters(axes: Axes, simulation: Simulation, events: Mapping[str, str]) -> None:
    """Draw the chances of the events, each in its colour, by quarter."""
    every = [item for event in events for item in simulation.events[event].items()]
    likely = {quarter for quarter, chance in every if chance.probability >= _LEAST_CHANCE} - {"never"}
    first, last = (Quarter.parse(end(likely, default=str(simulation.as_of))) for end in (min, max))
    shown = [str(first.shifted(step)) for step in range(last - first + 1)]
    width = 0.8 / len(events)
    for number, (event, colour) in enumerate(events.items()):
        chances = simulation.events[event]
        heights = [100 * chances[quarter].probability if quarter in chances else 0.0 for quarter in shown]
        never = chances["never"].probability
        label = event if never < _LEAST_CHANCE else f"{event} (never: {never:.0%})"
        axes.bar(np.arange(len(shown)) + (number - 1) * width, heights, width, color=colour, label=label)
    ends = [place for place, quarter in enumerate(shown) if quarter.endswith("Q4")] or [0]
    ends = ends[:: 1 + len(ends) // _TICKS]
    axes.set_xticks(ends, [shown[place] for place in ends])
    axes.set_title("When it turns: chance by quarter, %")
    axes.legend(frameon=False)


def _value(axes: Axes, simulation: Simulation, row: str, price: float) -> None:
    """Draw the distribution of value; one bar begins at the price."""
    estimate = simulation.estimates[row]
    low, high = estimate.percentiles[1], estimate.percentiles[99]
    spread = high - low
    width = 1.3 * spread / _BARS
    low = min(low - 0.15 * spread, price - _ROOM * width)
    high = max(high + 0.15 * spread, price + _ROOM * width)
    bars = price + width * np.arange(np.floor((low - price) / width), np.ceil((high - price) / width) + 1)
    first, second, counts = simulation.histograms[row]
    middles = first + (second - first) * (np.arange(len(counts)) + 0.5)
    heights = 100 * np.histogram(middles, bars, weights=counts)[0] / simulation.draws
    colours = [NAVY if left >= price else LIGHT for left in bars[:-1]]
    axes.bar(bars[:-1], heights, np.diff(bars), align="edge", color=colours, edgecolor="white", linewidth=0.3)
    top = axes.get_ylim()[1]
    axes.set_ylim(0, 1.2 * top)
    median, chance = estimate.percentiles[50], simulation.above[row].probability
    above = f"price {price:,.2f}\nchance above it: {chance:.1%}"
    marks = [(median, f"median {median:,.0f}", INK), (price, above, ACCENT)]
    for (place, label, colour), side in zip(sorted(marks), ("right", "left"), strict=True):
        axes.axvline(place, color=colour, linewidth=1.5)
        offset = (-6 if side == "right" else 6, 0)
        axes.annotate(
            label, (place, 1.18 * top), xytext=offset, textcoords="offset points", ha=side, va="top",
            color=colour,
        )  # fmt: skip
    axes.set_xlim(low, high)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_title("Value per share, discounted cash flow, USD")
