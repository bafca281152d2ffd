"""What a share is worth: the bridge from an older scenario, and the ranges of value with the price."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from amzn_fcf.pictures.bridges import NOTE, bridge_figure, steps_of
from amzn_fcf.pictures.note import Range, football_figure
from amzn_fcf.report import drawn, headings
from amzn_fcf.report.estimates import bridge_table, ends_of
from amzn_fcf.report.figures import change, figure, in_table, titled
from amzn_fcf.report.markup import Markup, head, joined, row, table, tag
from amzn_fcf.text.comparison import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amzn_fcf.report.note import Comparison, Note

_MOST_STEPS: Final = 6
"""Causes of a bridge that are drawn; the others are one bar."""


def bridge(note: Note) -> drawn.Part | None:
    """Return the bridge of the value from the older scenario."""
    found = note.comparison
    if found is None:
        return None
    names = names_of(found.pair.before, found.pair.after)
    if not found.bridges:
        return drawn.Part(" to ".join(names), f"No bridge: {found.why}.", Markup(), Markup())
    first = found.bridges[0]
    title = headings.moved(first.after - first.before, names[0])
    text = f"{titled(first.output, first.unit)}, by cause"
    steps = steps_of(first, names, _MOST_STEPS)
    picture = drawn.picture(lambda: bridge_figure(steps, NOTE), "bridge", title, text)
    return drawn.Part(title, text, picture, bridge_table(found))


def others(note: Note) -> Markup:
    """Return a sentence for each other figure that is bridged: what it was and is, and its largest cause."""
    found = note.comparison
    return joined(_others(found), " ") if found is not None and found.bridges else Markup()


def _others(found: Comparison) -> Iterator[Markup]:
    ends = {side: list(ends_of(found, side)) for side in ("before", "after")}
    for place, each in enumerate(found.bridges[1:], start=1):
        largest = each.effects[each.by_size[0]]
        if not largest.amount:
            continue
        text, cause = change(each.unit, largest.amount), largest.cause.label
        moved = figure(text, largest.amount, "compare", str(each.output), item=cause)
        shown = cause.partition(":")[0]
        name = titled(each.output, each.unit)
        yield tag(
            "p", f"{name}: ", ends["before"][place], " to ", ends["after"][place], ", most by ",
            f"{shown[:1].lower()}{shown[1:]} (", moved, ").", class_="also",
        )  # fmt: skip


def football(note: Note) -> drawn.Part | None:
    """Return the ranges of value by method and of the draws, with the price."""
    words = note.company.presentation
    if not words.reports.ranges:
        return None
    labels: Mapping[str, str] = words.workbook.cover.values.methods if words.workbook.cover.values else {}
    rows = [
        (labels.get(method, method), [(key, note.result(key)) for key in keys])
        for method, keys in words.reports.ranges.items()
    ]
    found = None if note.simulation is None else note.simulation.estimates.get(words.questions.value)
    if found is not None:
        rows.append(("Draws, 5% to 95%", [(f"p{each}", found.percentiles[each]) for each in (5, 50, 95)]))
    price = note.result(words.questions.price)
    title = headings.football(price, [(cells[0][1], cells[2][1]) for _, cells in rows])
    text = "Value per share, USD: low, middle (figure), high"
    known = [Range(label, *(value for _, value in cells)) for label, cells in rows]
    whole = [each for each in known if not any(map(math.isnan, each[1:]))]
    draw = partial(football_figure, whole, price)
    picture = drawn.picture(draw, "football", title, text) if whole else Markup()
    body = [row(label, *(_value(note, *each) for each in cells)) for label, cells in rows]
    heads = [head("USD per share", "Low", "Middle", "High")]
    return drawn.Part(title, text, picture, table("football", heads, body))


def _value(note: Note, key: str, value: float) -> Markup:
    """Return a value per share: of a row, or a percentile of the draws."""
    text, value_row = in_table("USD/share", value, whole=True), note.company.presentation.questions.value
    if key in note.results.plan.rows:
        return figure(text, value, "value", key)
    return figure(text, value, "simulate", value_row, item=key)
