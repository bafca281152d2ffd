"""The end of the note: drivers that matter, claims that are open, how far to trust it, and the sources."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final, get_args

from amzn_fcf.report import headings
from amzn_fcf.report.figures import NONE, change, figure, in_table, quoted, titled
from amzn_fcf.report.markup import Markup, head, joined, row, section, table, tag
from amzn_fcf.text.valuation import warnings_of
from model.evidence.claims import Status
from model.evidence.thesis import load_thesis
from model.language.units import with_minus
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from amzn_fcf.report.note import Note
    from model.analysis.sensitivity import Bar
    from model.evidence.claims import Entry

_MOST_DRIVERS: Final = 5
_MOST_CLAIMS: Final = 5
_LONGEST: Final = 38
"""Characters of a driver's name."""
_GRADES: Final = {
    "R": "reported", "G": "guidance", "A": "published thesis", "F": "fitted", "J": "judgement",
}  # fmt: skip


def drivers(note: Note) -> Markup:
    """Return the section of the drivers that move the value most."""
    if not note.tornados:
        return Markup()
    first = note.tornados[0]
    bars = first.bars[:_MOST_DRIVERS]
    title = headings.drivers([each.swing for each in bars], _short(bars[0].label))
    titles = [titled(each.output, each.output.unit) for each in note.tornados]
    above = [tag("th", each, colspan="2", scope="colgroup") for each in titles]
    heads = [
        tag("tr", tag("th"), tag("th"), *above, tag("th")),
        head("Driver", "Now", *(["a tenth less", "a tenth more"] * len(above)), "Rests on"),
    ]
    rows = [_driver_row(note, each) for each in bars]
    text = "One driver at a time, by a tenth of its own value in every period ahead: what changes."
    return section(title, text, table("drivers", heads, rows))


def _short(label: str) -> str:
    """Return a label up to its first explanation, in one line."""
    return textwrap.shorten(re.split("[,(]", label)[0], _LONGEST, placeholder=" \u2026")


def _driver_row(note: Note, bar: Bar) -> Markup:
    period = tag("small", "" if bar.period == ALL else bar.period)
    now = figure(
        in_table(bar.unit, bar.driver_base), bar.driver_base, "tornado", bar.driver,
        str(note.tornados[0].output), item="driver_base",
    )  # fmt: skip
    cells: list[str] = [joined([period, " ", now])]
    for found in note.tornados:
        own = next((each for each in found.bars if each.driver == bar.driver), None)
        for side in ("change_low", "change_high"):
            value = 0.0 if own is None else getattr(own, side)
            text = change(found.output.unit, value, whole=found.output.period is None)
            cells.append(figure(text, value, "tornado", bar.driver, str(found.output), item=side))
    grade = note.scenario.origin_of(bar.driver).grade
    return row(_short(bar.label), *cells, _GRADES.get(grade, "judgement"))


def claims(note: Note) -> Markup:
    """Return the section of claims that are not settled, with what is at stake."""
    thesis = load_thesis(note.company)
    if thesis is None or not note.entries:
        return Markup()
    unsettled = note.unsettled
    off_track = sum(each.status == "off_track" for each in unsettled)
    counts = Counter(each.status for each in note.entries)
    statuses = ", ".join(f"{counts[each]} {_plain(each)}" for each in get_args(Status) if counts[each])
    text = (
        f"{thesis.title}, {thesis.date}: {statuses}. At stake, in USD per share: what "
        f"{thesis.scenario} is worth less or more if the claim fails."
    )
    heads = head("Claim", "Status", f"{thesis.scenario} gives", "At stake", "What is known")
    rows = [_claim_row(each) for each in unsettled[:_MOST_CLAIMS]]
    shown = [table("claims", [heads], rows)] if rows else []
    return section(headings.claims(off_track, len(unsettled)), text, *shown)


def _plain(status: str) -> str:
    return status.replace("_", " ")


def _claim_row(entry: Entry) -> Markup:
    claim = entry.claim
    warned = "bad" if entry.status == "off_track" else None
    mark = "\u25bc " if warned else ""
    given = claim.written(entry.article)
    shown = figure(with_minus(given), entry.article, "claims", claim.name, item="article") if given else NONE
    text = change("USD/share", entry.at_stake)
    stake = figure(text, entry.at_stake, "claims", claim.name, item="usd_per_share_at_stake")
    text = quoted(claim.text, "claims", claim.name, "text")
    return row(
        text, tag("td", mark + _plain(entry.status), class_=warned), shown, stake,
        tag("td", quoted(entry.reason, "claims", claim.name, "reason"), class_="text"),
    )  # fmt: skip


def trust(note: Note) -> Markup:
    """Return what the note rests on: the record of earlier bands, and warnings of the valuation."""
    words, found = note.company.presentation, note.simulation
    texts: list[Markup] = []
    if found is not None and found.record:
        texts.append(joined([quoted(found.record, "simulate", "record", ""), "."]))
    if words.questions.value:
        warnings = map(headings.capitalised, warnings_of(note.results, words.reports))
        texts += [joined([quoted(each, "value", "warning", ""), "."]) for each in warnings]
    if note.comparison and any(each.orders for each in note.comparison.bridges):
        texts.append(Markup("Effects of the bridge are means over orders that were drawn."))
    if words.reports.note:
        texts.append(Markup(tag("span", words.reports.note)))
    if not texts:
        return Markup()
    return tag("section", tag("h2", "How far to trust it"), tag("p", joined(texts, " "), class_="text"))
