"""Pictures of a bridge: a waterfall from one scenario to another, for a slide and for the note."""

from __future__ import annotations

import math
import textwrap
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from amzn_fcf.pictures.svg import blank, write
from model.analysis.bridge import short_name
from model.language.periods import Quarter
from model.language.units import MINUS, measure, with_minus
from model.presentation.palette import ACCENT, AXIS, NAVY, RULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from model.analysis.bridge import Bridge

_BAR: Final = 0.7
"""Of a row."""
_TITLE: Final = 34
"""Pixels above the bars, where there is a title."""


class Shape(NamedTuple):
    """Pixels of a waterfall: its width, room for names and for texts, a row; letters of a line of a name."""

    width: int
    left: int
    right: int
    row: int
    letters: int


SLIDE: Final = Shape(864, 380, 70, 33, 60)
NOTE: Final = Shape(330, 168, 48, 24, 26)


class Step(NamedTuple):
    """A bar: its name, where it starts and ends, and the figure that it stands for, as text."""

    name: str
    start: float
    end: float
    text: str


def steps_of(bridge: Bridge, ends: tuple[str, str], most: int | None = None) -> list[Step]:
    """Return the bars from top to bottom: one figure, what each cause adds or takes, the other figure.

    Causes stand in the order of their size, without those that round to 0; after the first ``most`` the
    others are one.
    """
    moved = [(each.cause.label, each.amount) for each in bridge.effects if _text(bridge, each.amount)]
    moved.sort(key=lambda each: -abs(each[1]))
    rest = math.fsum(amount for _, amount in moved[most:]) if most is not None else 0.0
    named = moved[:most] + ([("Other causes", rest)] if _text(bridge, rest) else [])
    levels = [*accumulate((amount for _, amount in named), initial=bridge.before)]
    foot = min(*levels, bridge.after) - 1 if bridge.output.is_event else 0.0
    steps = [Step(ends[0], foot, bridge.before, _end(bridge, bridge.before))]
    for (name, amount), (start, end) in zip(named, pairwise(levels), strict=True):
        steps.append(Step(name, start, end, _text(bridge, amount)))
    return [*steps, Step(ends[1], foot, bridge.after, _end(bridge, bridge.after))]


def _end(bridge: Bridge, value: float) -> str:
    if bridge.output.is_event:
        return str(Quarter.from_count(value))
    return with_minus(measure(bridge.unit).chart_text(value))


def _text(bridge: Bridge, amount: float) -> str:
    """Return what a cause adds, with its sign; empty if it rounds to 0."""
    text = with_minus(measure(bridge.unit).change_text(amount, chart=True))
    return text if text.startswith(("+", MINUS)) else ""


def bridge_figure(steps: Sequence[Step], shape: Shape, title: str = "") -> Figure:
    """Draw the bars of a bridge, of which the first and the last are whole figures."""
    above, height = _TITLE if title else 2, shape.row * len(steps)
    place = shape.left, 2, shape.width - shape.left - shape.right, height
    figure, axes = blank(shape.width, height + above + 2, place)
    last = len(steps) - 1
    for at, each in enumerate(steps):
        is_end = at in {0, last}
        colour = RULE if is_end else NAVY if each.end >= each.start else ACCENT
        axes.barh(at, each.end - each.start, left=each.start, height=_BAR, color=colour)
        if at < last:
            axes.plot([each.end] * 2, [at + _BAR / 2, at + 1 - _BAR / 2], color=AXIS, linewidth=0.8)
        write(axes, each.text, (max(each.start, each.end), at), shift=(5, 0), bold=is_end)
        lines = textwrap.wrap(each.name, shape.letters)
        if len(lines) > 2:  # noqa: PLR2004  # the lines of a bar
            lines = textwrap.wrap(short_name(each.name, 2 * shape.letters - 8), shape.letters)
        for number, line in enumerate(lines):
            write(
                axes, line, (0, at), shift=(-8, 5.5 * (len(lines) - 1) - 11 * number), side="right",
                size=12 if len(lines) == 1 else 11, bold=is_end, across=("axes fraction", "data"),
            )  # fmt: skip
    reached = [place for each in steps for place in (each.start, each.end)]
    axes.set_xlim(min(reached), max(*reached, min(reached) + 1e-9))
    axes.axvline(steps[0].start, color=AXIS, linewidth=1)
    axes.set_ylim(last + 0.5, -0.5)
    if title:
        write(axes, title, (0, -0.5), shift=(-shape.left + 8, 18), bold=True, colour=NAVY,
              across=("axes fraction", "data"))  # fmt: skip
    return figure
