"""Pictures of the note with the figures that they draw: as SVG, or as tables where matplotlib is missing."""

from __future__ import annotations

import importlib.util
import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.report import headings
from amzn_fcf.report.figures import change, figure, in_table, in_words
from amzn_fcf.report.markup import Markup, head, joined, row, table, tag
from amzn_fcf.report.tables import bridge_table, bridged, ends_of, unit_of
from amzn_fcf.text.comparison import names_of
from model.language.periods import Period, Quarter
from model.language.units import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amzn_fcf.report.note import Comparison, Note
    from model.analysis.bridge import Bridge

_BEFORE: Final = 7
"""Reported quarters that are shown."""
_AHEAD: Final = 10
"""Quarters ahead, and those up to the end of the year then."""
_PERCENTS: Final = (5, 25, 50, 75, 95)
_MOST_STEPS: Final = 6
"""Causes of a bridge that are drawn; the others are one bar."""
_SMALL: Final = (360, 270)
"""Pixels of the fan on a narrow screen."""
BILLION: Final = 1e-3


def can_draw() -> bool:
    """Tell whether there is matplotlib."""
    return importlib.util.find_spec("matplotlib") is not None


def path(note: Note) -> Markup:
    """Return the section of trailing free cash flow, with the bands of the draws."""
    words, found = note.company.presentation, note.simulation
    key = words.questions.cash_flow
    if not key:
        return Markup()
    _, chance = note.simulated("by_then")
    turn, positive = (note.quarter(each) for each in (words.reports.turn, words.reports.positive))
    title = headings.path(note.result(words.questions.trough), turn, positive, chance, note.company.last)
    draws = "" if found is None else counted(found.draws, "draw")
    if can_draw():
        bands = draws and f"; dotted: the median; bands: half and nine tenths of {draws}"
        text = f"Trailing twelve months, USD bn. Solid: reported; dashed: {note.scenario.name}{bands}."
    else:
        text = f"Trailing twelve months, USD bn{draws and f': as it is, and percentiles of {draws}'}."
    pictures = _fans(note, title, text) if can_draw() else []
    shown = with_figures(pictures, _fan_table(note, key))
    return tag("section", tag("h2", title), tag("p", text, class_="sub"), *shown, class_="path")


def _quarters(note: Note) -> tuple[list[Quarter], int]:
    """Return the quarters shown, and how many of them are reported."""
    axis = note.results.plan.axis
    first = max(0, axis.forecast_start - _BEFORE)
    last = min(axis.length, axis.forecast_start + _AHEAD)
    if note.simulation is not None:
        last = min(last, axis.forecast_start + len(note.simulation.fan()))
    known = note.results.series(note.company.presentation.questions.cash_flow)[:, 0]
    while first < axis.forecast_start - 1 and math.isnan(known[first]):
        first += 1
    return list(axis.quarters[first:last]), axis.forecast_start - first


def _fans(note: Note, title: str, text: str) -> list[Markup]:
    from amzn_fcf.pictures.note import Fan, fan_figure  # noqa: PLC0415  # matplotlib may be missing
    from amzn_fcf.pictures.svg import inline  # noqa: PLC0415  # as above

    quarters, reported = _quarters(note)
    words = note.company.presentation
    values = [note.value(words.questions.cash_flow, _period(each)) * BILLION for each in quarters]
    ahead = [str(each) for each in quarters[reported:]]
    estimates = {} if note.simulation is None else note.simulation.fan()
    bands = {
        percent: [estimates[each].percentiles[percent] * BILLION for each in ahead]
        for percent in (_PERCENTS if estimates else ())
    }
    _, chance = note.simulated("by_then")
    fan = Fan(
        [str(each) for each in quarters], values[:reported], values[reported - 1 :], bands,
        note.scenario.name, note.quarter(words.reports.trough), note.quarter(words.reports.positive),
        "" if math.isnan(chance) else in_words("ratio", chance),
    )  # fmt: skip
    return [
        Markup(inline(fan_figure(fan), "fan", title, text, "wide-fan")),
        Markup(inline(fan_figure(fan, _SMALL, short=True), "fan-small", title, text, "narrow-fan")),
    ]


def _period(quarter: Quarter) -> Period:
    return Period("quarterly", quarter.year, quarter.number)


def _fan_table(note: Note, key: str) -> Markup:
    """Return the figures of the fan: a column a quarter, a row a percentile, and the chance above 0."""
    quarters, reported = _quarters(note)
    names, found = [str(each) for each in quarters], note.simulation
    values = [note.value(key, _period(each)) for each in quarters]
    marks = ["A" if place < reported else "E" for place in range(len(quarters))]
    heads = [f"{name[2:]}{mark}" for name, mark in zip(names, marks, strict=True)]
    own = (
        figure(in_table("USD m", value), value, "show", key, name)
        for name, value in zip(names, values, strict=True)
    )
    rows = [row(note.scenario.name, *own)]
    if found is not None:
        fan, chances, ahead = found.fan(), found.positive_by_quarter(), names[reported:]
        drawn = {
            f"{percent}%": [(f"p{percent}", fan[name].percentiles[percent], "USD m") for name in ahead]
            for percent in _PERCENTS
        }
        drawn["above 0"] = [("above", chances[name].probability, "ratio") for name in ahead]
        for label, cells in drawn.items():
            shown = (
                figure(in_table(unit, value, whole=unit == "ratio"), value, "simulate", key, name, item=item)
                for name, (item, value, unit) in zip(ahead, cells, strict=True)
            )
            rows.append(row(label, *[""] * reported, *shown))
    return table("fan", [head("To", *heads)], rows)


def with_figures(pictures: Sequence[Markup], shown: Markup) -> list[Markup]:
    """Return pictures with the table of their figures to open, or the table alone."""
    if not pictures:
        return [tag("div", shown, class_="instead")]
    return [*pictures, tag("details", tag("summary", "Figures of the picture"), shown)]


def bridge(note: Note) -> Markup:
    """Return the bridge of the value from the older scenario."""
    found = note.comparison
    if found is None:
        return Markup()
    older, newer = names_of(found.pair.before, found.pair.after)
    if not found.bridges:
        return tag("section", tag("h2", f"{older} to {newer}"), tag("p", f"No bridge: {found.why}."))
    first = found.bridges[0]
    title = headings.moved(first.after - first.before, older)
    text = f"{bridged(first)}, by cause"
    pictures = [_bridge(found, first, title, text)] if can_draw() else []
    shown = with_figures(pictures, bridge_table(found))
    return tag("section", tag("h2", title), tag("p", text, class_="sub"), *shown)


def others(note: Note) -> Markup:
    """Return a sentence for each other figure that is bridged: what it was and is, and its largest cause."""
    found = note.comparison
    return joined(_others(found), " ") if found is not None and found.bridges else Markup()


def _others(found: Comparison) -> Iterator[Markup]:
    ends = {side: list(ends_of(found, side)) for side in ("before", "after")}
    for place, each in enumerate(found.bridges[1:], start=1):
        largest = max(each.effects, key=lambda effect: abs(effect.amount))
        if not largest.amount:
            continue
        text, cause = change(unit_of(each), largest.amount), largest.cause.label
        moved = figure(text, largest.amount, "compare", str(each.output), item=cause)
        shown = cause.partition(":")[0]
        yield tag(
            "p", f"{bridged(each)}: ", ends["before"][place], " to ", ends["after"][place], ", most by ",
            f"{shown[:1].lower()}{shown[1:]} (", moved, ").", class_="also",
        )  # fmt: skip


def _bridge(found: Comparison, first: Bridge, title: str, text: str) -> Markup:
    from amzn_fcf.pictures.bridges import NOTE, bridge_figure, steps_of  # noqa: PLC0415  # matplotlib may be missing
    from amzn_fcf.pictures.svg import inline  # noqa: PLC0415  # as above

    steps = steps_of(first, names_of(found.pair.before, found.pair.after), _MOST_STEPS)
    return Markup(inline(bridge_figure(steps, NOTE), "bridge", title, text))


def football(note: Note) -> Markup:
    """Return the ranges of value by method and of the draws, with the price."""
    words = note.company.presentation
    ranges = {
        words.workbook.cover.values.methods.get(method, method)
        if words.workbook.cover.values
        else method: keys
        for method, keys in words.reports.ranges.items()
    }
    if not ranges:
        return Markup()
    rows = [(label, [(key, note.result(key)) for key in keys]) for label, keys in ranges.items()]
    found = None if note.simulation is None else note.simulation.estimates.get(words.questions.value)
    if found is not None:
        percents = {"p5": found.percentiles[5], "p50": found.percentiles[50], "p95": found.percentiles[95]}
        rows.append(("Draws, 5% to 95%", list(percents.items())))
    price = note.result(words.questions.price)
    title = headings.football(price, [(cells[0][1], cells[2][1]) for _, cells in rows])
    text = "Value a share, USD: low, middle (figure), high"
    pictures = [_football(rows, price, title, text)] if can_draw() else []
    cells = [row(label, *(_value(note, *each) for each in found)) for label, found in rows]
    shown = with_figures(pictures, table("football", [head("USD a share", "Low", "Middle", "High")], cells))
    return tag("section", tag("h2", title), tag("p", text, class_="sub"), *shown)


def _value(note: Note, key: str, value: float) -> Markup:
    """Return a value per share: of a row, or a percentile of the draws."""
    text, value_row = in_table("USD/share", value, whole=True), note.company.presentation.questions.value
    if key in note.results.plan.rows:
        return figure(text, value, "value", key)
    return figure(text, value, "simulate", value_row, item=key)


def _football(
    rows: Sequence[tuple[str, list[tuple[str, float]]]], price: float, title: str, text: str
) -> Markup:
    from amzn_fcf.pictures.note import Range, football_figure  # noqa: PLC0415  # matplotlib may be missing
    from amzn_fcf.pictures.svg import inline  # noqa: PLC0415  # as above

    known = [Range(label, *(value for _, value in cells)) for label, cells in rows]
    drawn = [each for each in known if not any(map(math.isnan, each[1:]))]
    return Markup(inline(football_figure(drawn, price), "football", title, text))


def side_by_side(*sections: Markup) -> Markup:
    """Return sections beside each other, where a screen is wide enough."""
    return tag("div", joined(sections), class_="pair") if any(sections) else Markup()
