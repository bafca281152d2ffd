"""What follows from a report that brings a new quarter: sums, twelve months, the year, and estimates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from model.company import Figure
from model.errors import InputError, few
from model.filings.facts import items_of, units_of
from model.filings.filled_in import TRAILING
from model.filings.identities import signed
from model.filings.known import ESTIMATED, UNPROVED, Entry, place_of
from model.language.periods import QUARTERS_A_YEAR
from model.plan.plan import REPORTED_PREFIX
from model.reported.actuals import ANNUAL_FILE, QUARTERLY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from model.company import Estimate, Figures
    from model.filings.known import Known, Place, Status
    from model.filings.report import FiledReport

_NAMED: Final = 6
"""Names in a message."""


def completed(report: FiledReport, known: Known) -> list[Entry]:
    """Return what follows from a report of a quarter, and add it to what is known.

    What is missing of the model's rows and has a rule is estimated, and marked so. What has none is an
    :class:`InputError`.
    """
    found: list[Entry] = []

    def keep(entries: Iterable[Entry]) -> bool:
        """Keep entries, one after the other, as each may follow from those before it."""
        before = len(found)
        for entry in entries:
            known.add([entry])
            found.append(entry)
        return len(found) > before

    def derive(period: str) -> None:
        while keep(_derived(report, known, period)):
            pass

    period = str(report.quarter)
    derive(period)
    for estimate in known.company.filings.estimates:
        if known.figure(estimate.item, period) is None and report.quarter >= known.latest:
            keep(_estimated(report, known, estimate))
            derive(period)
    keep(_trailing(report, known))
    if report.quarter.number == QUARTERS_A_YEAR:
        keep(_year(report, known))
        derive(str(report.quarter.year))
    derive(period)
    _check_complete(report, known)
    return found


def restated_sums(report: FiledReport, known: Known, entries: Sequence[Entry]) -> list[Entry]:
    """Return the sums that follow anew from restated terms, and add them to what is known."""
    found: list[Entry] = []
    waiting = [entry for entry in entries if entry.since]
    for entry in waiting:
        for identity in known.company.filings.identities:
            total, terms = known.figure(identity.total, entry.period), signed(known, identity, entry.period)
            if entry.item not in identity.terms or total is None or total.check != "derived" or None in terms:
                continue
            value = sum(term for term in terms if term is not None)
            if value != total.value:
                place = place_of(identity.total, entry.period)
                by = identity.rule(identity.total)
                figure = replace(total, value=value, source=f"{by}; {report.source}", read_at=report.read_at)
                again = Entry(
                    place, None, total.value, "restated", total.unit, report.accession, figure, entry.since,
                    by,
                )  # fmt: skip
                known.add([again])
                found.append(again)
                waiting.append(again)
    return found


def _derived(report: FiledReport, known: Known, period: str) -> Iterator[Entry]:
    """Yield the one item that each identity lacks, if the data have the item at all."""
    for identity in known.company.filings.identities:
        total = known.figure(identity.total, period)
        terms = dict(zip(identity.terms, signed(known, identity, period), strict=True))
        missing = [item for item, term in terms.items() if term is None]
        if (total is None) + len(missing) != 1:
            continue
        item = missing[0] if missing else identity.total
        rest = sum(term for term in terms.values() if term is not None)
        value = rest if total is None else identity.terms[item] * (total.value - rest)
        if known.holds(place := place_of(item, period)):
            used = [known.figure(each, period) for each in (identity.total, *identity.terms)]
            yield _following(report, place, value, [each for each in used if each], identity.rule(item))


def _estimated(report: FiledReport, known: Known, estimate: Estimate) -> list[Entry]:
    try:
        value, unit = estimate.value(known.at(report.quarter)), units_of(known.company)[estimate.item]
    except (KeyError, ZeroDivisionError):  # what it needs is not known: said if the model needs the item
        return []
    source = f"Estimate until the filing gives it: {estimate.rule}"
    figure = Figure(estimate.item, str(report.quarter), value, unit, ESTIMATED, source, report.read_at)
    return [_entry(report, figure, estimate.rule)]


def _trailing(report: FiledReport, known: Known) -> Iterator[Entry]:
    """Yield sums over twelve months that the report does not give."""
    for item in known.company.filings.trailing:
        place = place_of(f"{item}{TRAILING}", str(report.quarter))
        last = known.at(report.quarter).quarters(item)
        if place not in known.figures and last is not None and known.holds(place):
            yield _following(report, place, sum(each.value for each in last), last, "four quarters")


def _year(report: FiledReport, known: Known) -> Iterator[Entry]:
    """Yield figures of the year that the report does not give: four quarters, or the last balance."""
    quarter = report.quarter
    for item in items_of(known.company).values():
        place = place_of(item.name, str(quarter.year))
        if place in known.figures or not known.holds(place):
            continue
        if item.kind == "flow" and (last := known.at(quarter).quarters(item.name)) is not None:
            yield _following(report, place, sum(each.value for each in last), last, "four quarters")
        elif item.kind == "stock" and (end := known.figure(item.name, str(quarter))) is not None:
            yield _following(report, place, end.value, [end], "the end of the last quarter")


def _following(report: FiledReport, place: Place, value: float, used: Sequence[Figure], by: str) -> Entry:
    """Return a figure that follows from others: an estimate if one of them is."""
    check = ESTIMATED if any(each.check in UNPROVED for each in used) else "derived"
    some = ", of which some are estimates" if check == ESTIMATED else ""
    source = f"{by}{some}; {report.source}"
    return _entry(report, Figure(*place[1:], value, used[0].unit, check, source, report.read_at), by)


def _entry(report: FiledReport, figure: Figure, by: str) -> Entry:
    place = place_of(figure.item, figure.period)
    status: Status = "estimated" if figure.check == ESTIMATED else "derived"
    return Entry(place, None, None, status, figure.unit, report.accession, figure, by=by)


def _check_complete(report: FiledReport, known: Known) -> None:
    """Refuse a newest quarter that lacks what the model needs."""
    quarter, company = report.quarter, known.company
    if quarter < known.latest:
        return
    figures: dict[str, Figures] = {QUARTERLY_FILE: {}, ANNUAL_FILE: {}}
    for (file, item, period), figure in known.figures.items():
        figures[file][item, period] = figure
    try:
        company.filings.complete(figures[QUARTERLY_FILE], figures[ANNUAL_FILE])
    except KeyError as error:
        missing = [str(error.args[0])]
    else:
        rows = company.plan(company.axis(company.earliest_as_of)).rows
        needed = (key.removeprefix(REPORTED_PREFIX) for key in rows if key.startswith(REPORTED_PREFIX))
        missing = [item for item in needed if (item, str(quarter)) not in figures[QUARTERLY_FILE]]
    if missing:
        remedy = f"no rule estimates that; amzn-fcf import --template {quarter} lists what is needed"
        raise InputError(f"{report.file}: {quarter} lacks {few(missing, _NAMED)}: {remedy}")
