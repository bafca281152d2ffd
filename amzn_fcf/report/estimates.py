"""Tables of the note: estimates beside what others expect, and beside those of an older scenario."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.report import headings
from amzn_fcf.report.figures import NONE, change, figure, in_table, titled
from amzn_fcf.report.markup import Markup, head, joined, row, section, table, tag
from amzn_fcf.text.comparison import names_of
from amzn_fcf.text.figures import difference_of
from model.language.periods import Period, Quarter
from model.language.units import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amzn_fcf.report.note import Comparison, Note
    from amzn_fcf.text.comparison import Estimate
    from model.evidence.against import Compared
    from model.reported.guidance import Expectation
    from model.scenarios.scenario import Scenario

_MARKS: Final = {1: ("\u25b2", "above"), -1: ("\u25bc", "below")}
_MONTH: Final = 7
"""Characters of a date without its day."""


def expected(note: Note) -> Markup:
    """Return the section of estimates beside reported figures, guidance and the Street."""
    words = note.company.presentation.note
    ahead = note.scenario.as_of.shifted(1)
    groups = ((Period.of(ahead), words.quarter), (Period("annual", note.year), words.year))
    rows: list[Markup] = []
    for period, lines in groups:
        if lines:
            rows.append(_group(note, period, lines))
            rows += [_row(note, line, period, label) for line, label in lines.items()]
    if not rows:
        return Markup()
    sides = [side_of(each) for _, each in _guided(note)]
    dated = any(note.expectations[key].street for key, _ in shown_expectations(note))
    street = (
        "Street: with the month of the estimate" if dated else "Street: no estimate of these is in the data"
    )
    marks = "; \u25b2 above the guided range, \u25bc below it." if any(sides) else "."
    heads = head("USD bn unless stated", "Reported", "Estimate", "Guidance", "Street", "Next year")
    shown = table("expected", [heads], rows, _columns(1, 1, "estimate", 3))
    return section(headings.expectations(sides), street + marks, shown)


def _columns(*parts: int | str) -> Markup:
    """Return the columns of a table: plain ones, and those of a class."""
    return joined(
        tag("col", span=str(each)) if isinstance(each, int) else tag("col", class_=each) for each in parts
    )


def shown_expectations(note: Note) -> Iterator[tuple[tuple[str, str], Compared]]:
    """Yield the expectations that the table shows."""
    words, ahead = note.company.presentation.note, note.scenario.as_of.shifted(1)
    for lines, period in ((words.quarter, str(ahead)), (words.year, str(note.year))):
        yield from (
            ((line, period), note.expectations[line, period])
            for line in lines
            if (line, period) in note.expectations
        )


def _guided(note: Note) -> Iterator[tuple[tuple[str, str], Compared]]:
    yield from ((key, each) for key, each in shown_expectations(note) if each.guidance is not None)


def side_of(found: Compared) -> int:
    """Tell whether an estimate lies above the guided range (1), below it (-1) or in it, in digits shown."""
    if found.guidance is None:
        return 0
    look = measure(found.unit)
    unit = 10**-look.chart_decimals / look.chart_scale
    said = found.guidance
    low, high = (said.low, said.high) if said.point is None else (said.point, said.point)
    if high is not None and found.model - high >= unit / 2:
        return 1
    return -1 if low is not None and low - found.model >= unit / 2 else 0


def _group(note: Note, period: Period, lines: Mapping[str, str]) -> Markup:
    """Return the row above a group: its periods, and the day of the guidance."""
    before, after = period.shifted(-1), period.shifted(1)
    said = [each for (line, when), each in _guided(note) if when == str(period) and line in lines]
    days = dict.fromkeys(each.guidance.date for each in said if each.guidance)
    name = "Year" if period.frequency == "annual" else "Quarter"
    following = _dated(note, after) if period.frequency == "annual" else ""
    return row(name, _dated(note, before), _dated(note, period), ", ".join(days), "", following, kind="group")


def _dated(note: Note, period: Period) -> str:
    """Return a period with A for reported, E for an estimate."""
    return f"{period}{'A' if note.results.plan.axis.basis(period) == 'reported' else 'E'}"


def _row(note: Note, line: str, period: Period, label: str) -> Markup:
    before, after = period.shifted(-1), period.shifted(1)
    found = note.expectations.get((line, str(period)))
    own = _shown(note, line, period)
    if found and (side := side_of(found)):
        mark, word = _MARKS[side]
        own = joined([tag("abbr", mark, title=f"{word} the guided range"), " ", own])
    guided = _said(found.guidance, line, period, "guidance", found.unit) if found else NONE
    street = _said(found.street, line, period, "street", found.unit) if found else NONE
    if found and found.street:
        street = joined([tag("small", found.street.date[:_MONTH]), " ", street])
    following = _shown(note, line, after) if period.frequency == "annual" else ""
    strong = "strong" if line in note.company.presentation.note.strong else None
    return row(label, _shown(note, line, before), own, guided, street, following, kind=strong)


def _shown(note: Note, line: str, period: Period) -> Markup:
    value, unit = note.value(line, period), note.results.plan.row(line).unit
    return figure(in_table(unit, value), value, "show", line, str(period))


def _said(said: Expectation | None, line: str, period: Period, word: str, unit: str) -> str:
    """Return a range or a point of what is expected."""
    if said is None:
        return NONE
    ends = {"low": said.low, "high": said.high} if said.point is None else {"middle": said.point}
    shown = [
        figure(in_table(unit, each), each, "against", line, str(period), item=f"{word}_{name}")
        for name, each in ends.items()
        if each is not None
    ]
    only = "" if len(shown) > 1 or said.point is not None else "over " if said.high is None else "up to "
    return joined([only, joined(shown, " \u2013 ")])


def revised(note: Note) -> Markup:
    """Return the section of estimates old and new: lines by year, each with its difference."""
    found = note.comparison
    if found is None:
        return Markup()
    older, _ = names_of(found.pair.before, found.pair.after)
    by_line: dict[str, list[Estimate]] = {}
    for each in found.estimates:
        if each.period:
            by_line.setdefault(each.line, []).append(each)
    years = [each.period for each in next(iter(by_line.values()))]
    flow = by_line.get(note.company.presentation.reports.flow, [])
    differences = {int(each.period): each.after - each.before for each in flow}
    above = tag("tr", tag("th"), *(tag("th", f"{year}E", scope="colgroup", colspan="3") for year in years))
    heads = head("USD bn unless stated", *(["old", "new", "change"] * len(years)))
    rows = [_revised_row(note, line, each) for line, each in by_line.items()]
    title = headings.revised(differences, older)
    old, new = _named(found.pair.before), _named(found.pair.after)
    text = f"Old: {old}; new: {new}. Changes of percentages in points."
    columns = _columns(1, *(["was", "estimate", "change"] * len(years)))
    shown = table("revised", [above, heads], rows, columns)
    return section(title, text, shown)


def _named(scenario: Scenario) -> str:
    return f"{scenario.name} as of {scenario.as_of}"


def _revised_row(note: Note, line: str, found: list[Estimate]) -> Markup:
    cells: list[str] = []
    for each in found:
        difference = difference_of(each.unit, each.before, each.after)
        moved = math.nan if difference is None else difference
        cells += [
            figure(in_table(each.unit, value), value, "compare", line, each.period, item=item)
            for item, value in (("before", each.before), ("after", each.after))
        ]
        cells.append(figure(change(each.unit, moved), moved, "compare", line, each.period, item="difference"))
    strong = "strong" if line in note.company.presentation.note.strong else None
    unit = ", USD" if found[0].unit == "USD/share" else ""
    return row(found[0].label.partition(":")[0] + unit, *cells, kind=strong)


def bridge_table(found: Comparison) -> Markup:
    """Return the bridge as a table: its causes, the largest first, and what each adds to every figure."""
    older, newer = names_of(found.pair.before, found.pair.after)
    unit, first = found.bridges[0].unit, found.bridges[0].effects
    rows = [row(older, *ends_of(found, "before"), kind="strong")]
    for place in found.bridges[0].by_size:
        cells = []
        for each in found.bridges:
            amount = each.effects[place].amount
            text = change(each.unit, amount)
            cells.append(figure(text, amount, "compare", str(each.output), item=first[place].cause.label))
        is_still = change(unit, first[place].amount) == change(unit, 0.0)
        rows.append(row(first[place].cause.label, *cells, kind="still" if is_still else None))
    rows.append(row(newer, *ends_of(found, "after"), kind="strong"))
    return table("bridge", [head("Cause", *(titled(each.output, each.unit) for each in found.bridges))], rows)


def ends_of(found: Comparison, side: str) -> Iterator[Markup]:
    """Yield the figures at one end of the bridges."""
    for bridge in found.bridges:
        output, value = bridge.output, getattr(bridge, side)
        if output.is_event:
            shown = str(Quarter.from_count(value))
            is_known = shown != bridge.beyond
            text, exact = (shown, shown) if is_known else (f"not before {shown}", None)
        else:
            text, exact = in_table(output.unit, value), value
        yield figure(text, exact, "compare", output.key, str(output.period or ""), item=side)
