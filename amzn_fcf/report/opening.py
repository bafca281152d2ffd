"""The head of the note: what it is about, the verdict, and the headline figures."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from amzn_fcf.report import headings
from amzn_fcf.report.figures import figure, in_table, in_words
from amzn_fcf.report.markup import Markup, joined, tag
from model.language.periods import Period
from model.language.units import measure
from model.presentation import SIMULATED

if TYPE_CHECKING:
    from amzn_fcf.report.note import Note
    from model.presentation import TileWords

_ABSENT: Final = 'class="none"'
"""In a text, a figure that there is not."""
_BRACES: Final = re.compile(r"{([^{}]+)}")


def strip(note: Note) -> Markup:
    """Return the line at the top: company, subject, day of the price, last reported quarter, scenario."""
    scenario, words = note.scenario, note.company.presentation
    dated = [note.results.plan.row(key) for key in words.reports.dated[:1]]
    facts = [joined(["priced ", _plain(note, row.key)]) for row in dated]
    facts += [Markup(f"reported to {scenario.as_of}"), joined(["scenario ", tag("b", scenario.name)])]
    about = [tag("b", note.company.title)]
    about += [tag("span", words.note.subject)] if words.note.subject else []
    return tag("header", tag("p", joined(about, " ")), tag("p", joined(facts, "  |  ")))


def _plain(note: Note, key: str) -> Markup:
    return _figure(note, key, None, in_words(note.results.plan.row(key).unit, note.result(key)))


def verdict(note: Note) -> str:
    """Return the verdict, by the rules of :mod:`amzn_fcf.report.headings`."""
    words = note.company.presentation
    trough, positive = note.result(words.questions.trough), note.quarter(words.reports.positive)
    cash = trough, note.scenario.as_of, positive, note.company.last
    _, upside = note.simulated("expected_upside")
    if math.isnan(upside):
        own = note.result(words.questions.value) / note.result(words.questions.price) - 1
        return headings.verdict(own, *cash, "value") or note.company.title
    return headings.verdict(upside, *cash)


def lead(note: Note) -> Markup:
    """Return the sentences below the verdict: value to price, and when cash comes."""
    sentences = [each for each in (_worth(note), _cash(note)) if each]
    if note.why:
        sentences.append(Markup(tag("span", f"Not simulated: {note.why}.")))
    return tag("p", joined(sentences, " "), class_="lead") if sentences else Markup()


def _worth(note: Note) -> Markup:
    asked = note.company.presentation.questions
    price = note.result(asked.price)
    if math.isnan(price) or not asked.value:
        return Markup()
    _, expected = note.simulated("expected")
    simulated = not math.isnan(expected)
    value = expected if simulated else note.result(asked.value)
    difference = value / price - 1
    line = "expected_upside" if simulated else "value_upside"
    parts: list[str] = [
        "The expected value of " if simulated else "The value of ",
        simulated_figure(note, "expected") if simulated else _plain(note, asked.value),
        " USD per share lies ",
        figure(in_words("ratio", abs(difference)), abs(difference), "value", line, item="size"),
        f" {'above' if difference > 0 else 'below'} the price of ", _plain(note, asked.price),
    ]  # fmt: skip
    if simulated:
        parts += ["; nine draws in ten lie between ", simulated_figure(note, "low"), " and "]
        parts += [simulated_figure(note, "high"), ", and ", simulated_figure(note, "chance")]
        parts.append(" of them above the price")
    return joined([*parts, "."])


def _cash(note: Note) -> Markup:
    words = note.company.presentation
    trough = note.result(words.questions.trough)
    if math.isnan(trough) or not words.reports.trough:
        return Markup()
    shown = _plain(note, words.questions.trough)
    if trough >= 0:
        return joined(["Trailing free cash flow never falls below ", shown, "."])
    low = ["Trailing free cash flow falls to ", shown, " in the year to ", _plain(note, words.reports.trough)]
    if not note.quarter(words.reports.positive):
        return joined([*low, f" and is not above zero for good by {note.company.last}."])
    rest: list[str] = [" and is above zero for good from ", _plain(note, words.reports.positive)]
    if not math.isnan(note.simulated("by_then")[1]):
        rest += ["; the chance of that by then is ", simulated_figure(note, "by_then")]
    return joined([*low, *rest, "."])


def simulated_figure(note: Note, name: str, *, text: str = "") -> Markup:
    """Return one of :data:`model.presentation.SIMULATED` as a figure."""
    unit, value = note.simulated(name)
    shown = text or in_words(unit, value)
    places = {"expected": "", "error": "_standard_error", "low": "_p5", "high": "_p95"}
    if name in places:
        return figure(shown, value, "value", f"expected_value{places[name]}")
    if name == "expected_upside":
        return figure(shown, value, "value", name)
    asked, event = note.company.presentation.questions, note.company.presentation.workbook.simulated_event
    return figure(shown, value, "simulate", asked.value if name == "chance" else event, item=name)


def tiles(note: Note) -> Markup:
    """Return the headline figures that the company names."""
    found = [_tile(note, each) for each in note.company.presentation.note.tiles]
    return tag("div", *found, class_="tiles") if found else Markup()


def _tile(note: Note, words: TileWords) -> Markup:
    if words.line in SIMULATED:
        unit, value = note.simulated(words.line)
        whole = words.is_whole or measure(unit).percent
        shown = simulated_figure(note, words.line, text=in_table(unit, value, whole=whole))
    else:
        unit = note.results.plan.row(words.line).unit
        value = _value(note, words.line, words.ahead)
        shown = _figure(note, words.line, words.ahead, in_table(unit, value, whole=words.is_whole))
    kind = "big bad" if measure(unit).money and value < 0 else "big"
    label, text = (worded(note, each) for each in (words.label, words.text))
    text = Markup() if _ABSENT in text else text
    return tag("div", tag("p", label, class_="label"), tag("p", shown, class_=kind), tag("p", text))


def _value(note: Note, line: str, ahead: int | None) -> float:
    return note.result(line) if ahead is None else note.value(line, Period("annual", note.year + ahead))


def _figure(note: Note, line: str, ahead: int | None, text: str) -> Markup:
    unit = note.results.plan.row(line).unit
    exact = measure(unit).recorded(_value(note, line, ahead))
    return figure(text, exact, "show", line, "" if ahead is None else str(note.year + ahead))


def worded(note: Note, text: str) -> Markup:
    """Return a company's text with its figures, see :data:`model.presentation.names.FigureText`."""
    pieces: list[str] = []
    for place, part in enumerate(_BRACES.split(text)):
        name, _, ahead = part.partition(" ")
        if not place % 2:
            pieces.append(part)
        elif part[0] in "+-":
            pieces.append(str(note.year + int(part)))
        elif name in SIMULATED:
            pieces.append(simulated_figure(note, name))
        else:
            years = int(ahead) if ahead else None
            unit, value = note.results.plan.row(name).unit, _value(note, name, years)
            shown = in_table(unit, value) if not measure(unit).money else in_words(unit, value)
            pieces.append(_figure(note, name, years, shown))
    return joined(pieces)
