"""Where the figures of the note come from, and what makes them reproducible: hashes, seed and version."""

from __future__ import annotations

import hashlib
import json
import textwrap
from typing import TYPE_CHECKING, Final

from amzn_fcf import __version__
from amzn_fcf.report.estimates import shown_expectations
from amzn_fcf.report.markup import Markup, joined, tag
from model.language.units import counted
from model.reported.actuals import load_actuals
from model.scenarios.scenario import assumption_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amzn_fcf.report.note import Note
    from model.reported.guidance import Expectation


_LONGEST: Final = 180
"""Characters of a source."""


def sources(note: Note) -> Markup:
    """Return the section of sources: filings, guidance, the Street, the price, the scenarios."""
    found = [tag("li", each) for each in _sources(note)]
    return tag("section", tag("h2", "Sources"), tag("ol", *found), class_="sources")


def _sources(note: Note) -> Iterator[Markup]:
    company, scenario = note.company, note.scenario
    latest = load_actuals(company, scenario.as_of).figure(company.filings.anchor, scenario.as_of)
    yield joined([f"Reported figures to {scenario.as_of}; the latest: ", _stopped(latest.source)])
    rows = [each for _, each in shown_expectations(note)]
    for word, said in (
        ("Guidance", [each.guidance for each in rows]),
        ("Street", [each.street for each in rows]),
    ):
        named = list(dict.fromkeys(_said(each) for each in said if each is not None))
        if named:
            yield joined([f"{word}: ", joined(named, "; "), "."])
    price = company.presentation.questions.price
    if price and (source := scenario.sources.get(price)):
        yield joined(["Price: ", _stopped(source.source)])
    titles = [joined([tag("b", scenario.name), f": {_stopped(scenario.title)}"])]
    if note.comparison is not None:
        older = note.comparison.pair.before
        titles.append(joined([tag("b", older.name), f", as of {older.as_of}: {_stopped(older.title)}"]))
    yield joined(titles, " ")
    if own := company.own.texts:
        yield joined(["Own data laid over those that ship: ", ", ".join(name for name, _ in own), "."])


def _said(said: Expectation) -> str:
    """Return who said something, when; the first part of its source, without notes."""
    source = said.source.partition(";")[0].partition(": ")[0]
    return source if said.date in source else f"{source}, {said.date}"


def _stopped(text: str) -> str:
    """Return a text with a full stop, in two lines at most."""
    kept = textwrap.shorten(text, _LONGEST, placeholder=" \u2026")
    return kept if kept.endswith((".", "\u2026")) else f"{kept}."


def footer(note: Note) -> Markup:
    """Return the last lines: version, hashes of inputs, draws and seed."""
    found = note.simulation
    inputs = [note.scenario]
    if note.comparison is not None and note.comparison.pair.before.name != note.scenario.name:
        inputs.append(note.comparison.pair.before)
    parts = [f"amzn-fcf {__version__}"]
    parts += [f"inputs of {each.name} {assumption_hash([each])}" for each in inputs]
    if own := note.company.own.texts:
        digest = hashlib.sha256(json.dumps(own).encode()).hexdigest()
        parts.append(f"own data {digest[:12]}")
    if found is not None:
        parts.append(f"{counted(found.draws, 'draw')}, {found.sampling.replace('_', ' ')}, seed {found.seed}")
    return tag(
        "footer", tag("p", "  |  ".join(parts), class_="made"),
        tag("p", "Every figure is what other commands of amzn-fcf print. Figures may not add because of "
                 "rounding. Not investment advice."),
    )  # fmt: skip
