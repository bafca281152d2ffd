"""The path of trailing free cash flow: reported, ahead, and the bands of the draws."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

from amzn_fcf.pictures import files
from amzn_fcf.pictures.note import Fan, fan_figure
from amzn_fcf.report import drawn, headings
from amzn_fcf.report.figures import figure, in_table, in_words
from amzn_fcf.report.markup import Markup, head, joined, row, table
from model.language.periods import Period, Quarter
from model.language.units import counted, measure
from model.simulation.results import SHOWN_PERCENTILES

if TYPE_CHECKING:
    from amzn_fcf.report.note import Note

_BEFORE: Final = 7
"""Reported quarters that are shown."""
_AHEAD: Final = 10
"""Quarters ahead."""
_SMALL: Final = (360, 270)
"""Pixels of the fan on a narrow screen."""


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
    if files.can_draw():
        bands = draws and f"; dotted: the median; bands: half and nine tenths of {draws}"
        text = f"Trailing twelve months, USD bn. Solid: reported; dashed: {note.scenario.name}{bands}."
        pictures = _fans(note, title, text)
    else:
        text = f"Trailing twelve months, USD bn{draws and f': as it is, and percentiles of {draws}'}."
        pictures = Markup()
    return drawn.shown(drawn.Part(title, text, pictures, _table(note, key)))


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


def _fans(note: Note, title: str, text: str) -> Markup:
    quarters, reported = _quarters(note)
    words, scale = note.company.presentation, measure("USD m").chart_scale
    values = [note.value(words.questions.cash_flow, Period.of(each)) * scale for each in quarters]
    ahead = [str(each) for each in quarters[reported:]]
    estimates = {} if note.simulation is None else note.simulation.fan()
    bands = {
        percent: [estimates[each].percentiles[percent] * scale for each in ahead]
        for percent in (SHOWN_PERCENTILES if estimates else ())
    }
    _, chance = note.simulated("by_then")
    fan = Fan(
        [str(each) for each in quarters], values[:reported], values[reported - 1 :], bands,
        note.scenario.name, note.quarter(words.reports.trough), note.quarter(words.reports.positive),
        "" if math.isnan(chance) else in_words("ratio", chance),
    )  # fmt: skip
    wide = drawn.picture(lambda: fan_figure(fan), "fan", title, text, "wide-fan")
    small = partial(fan_figure, fan, _SMALL, short=True)
    return joined([wide, drawn.picture(small, "fan-small", title, text, "narrow-fan")])


def _table(note: Note, key: str) -> Markup:
    """Return the figures of the fan: a column a quarter, a row a percentile, and the chance above 0."""
    quarters, reported = _quarters(note)
    names, found = [str(each) for each in quarters], note.simulation
    values = [note.value(key, Period.of(each)) for each in quarters]
    marks = ["A" if place < reported else "E" for place in range(len(quarters))]
    heads = [f"{name[2:]}{mark}" for name, mark in zip(names, marks, strict=True)]
    own = (
        figure(in_table("USD m", value), value, "show", key, name)
        for name, value in zip(names, values, strict=True)
    )
    rows = [row(note.scenario.name, *own)]
    if found is not None:
        fan, chances, ahead = found.fan(), found.positive_by_quarter(), names[reported:]
        cells_of = {
            f"{percent}%": [(f"p{percent}", fan[name].percentiles[percent], "USD m") for name in ahead]
            for percent in SHOWN_PERCENTILES
        }
        cells_of["above 0"] = [("above", chances[name].probability, "ratio") for name in ahead]
        for label, cells in cells_of.items():
            shown = (
                figure(in_table(unit, value, whole=unit == "ratio"), value, "simulate", key, name, item=item)
                for name, (item, value, unit) in zip(ahead, cells, strict=True)
            )
            rows.append(row(label, *[""] * reported, *shown))
    return table("fan", [head("To", *heads)], rows)
