"""Reports taken in: tied to the data, completed by what follows, and checked before they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from model.company import Figure
from model.errors import InputError
from model.filings.completion import completed, restated_sums
from model.filings.facts import items_of
from model.filings.filled_in import TRAILING, TYPED
from model.filings.identities import check
from model.filings.known import UNPROVED, Entry, Known, place_of
from model.language.periods import QUARTERS_A_YEAR
from model.reported.actuals import load_actuals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from model.company import Company
    from model.filings.facts import Key, Stated
    from model.filings.known import Place, Status
    from model.filings.report import FiledReport
    from model.language.periods import Quarter

_QUARTER, _YEAR = 3, 12
_LEAST_RATIO, _MOST_RATIO = 0.1, 10.0
"""Of the anchor to that of the quarter before: outside, the figures are on another scale."""
_TOLERANCE: Final = 0.5


@dataclass(frozen=True)
class Intake:
    """What came of reports: a line for each figure, and what files lack."""

    company: Company
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]

    @property
    def written(self) -> list[Entry]:
        """Entries with a figure to write."""
        return [each for each in self.entries if each.figure is not None]

    def count(self, status: Status) -> int:
        """Return the number of entries of a status."""
        return sum(each.status == status for each in self.entries)


def take_in(company: Company, reports: Sequence[FiledReport], *, replaces: bool = False) -> Intake:
    """Tie reports to a company's data, the oldest first, and complete the quarters that are new.

    ``replaces``: a figure of the data that differs from its own report is replaced; without it such a figure
    is only told. A report that leaves a gap, figures that do not add up, of the wrong sign or on another
    scale, and what the model needs and nobody gives are an :class:`InputError`: nothing of it is to be
    written.
    """
    entries: list[Entry] = []
    latest = load_actuals(company).latest
    in_order = sorted(reports, key=lambda each: (each.quarter, each.is_filing))
    for quarter, group in groupby(in_order, key=lambda each: each.quarter):
        known, of_quarter = Known.of(company, quarter, entries), list(group)
        report = of_quarter[-1]
        reached = max(latest, known.latest)
        if not company.first <= quarter <= reached.shifted(1):
            inside = f"{company.first} to {reached.shifted(1)}: import the quarters between first"
            raise InputError(f"{report.file}: is of {quarter}; the data take {inside}")
        found: list[Entry] = []
        for each in of_quarter:
            tied = list(_tied(each, known, replaces=replaces))
            _check_signs(company, each, tied)
            known.add(tied)
            found += tied
        _check_scale(report, known)
        found += restated_sums(report, known, found)
        found += completed(report, known)
        check(known, [each for each in found if each.figure is not None], quarter, report.file)
        entries += [*found, *_absent(report, known, found)]
    return Intake(company, tuple(_last(entries)), tuple(_notes(reports, latest)))


def _notes(reports: Sequence[FiledReport], latest: Quarter) -> Iterator[str]:
    for report in reports:
        if report.quarter < latest:
            yield f"{report.file} is of {report.quarter}; the data have {latest} already"
        if report.lacks:
            yield f"{report.file}: {report.lacks}"


def _last(entries: Sequence[Entry]) -> list[Entry]:
    """Return one entry for each figure that is written: the last, as a filing replaces a release."""
    last = {(entry.place, entry.since): entry for entry in entries if entry.figure is not None}
    return [each for each in entries if each.figure is None or each is last[each.place, each.since]]


def _tied(report: FiledReport, known: Known, *, replaces: bool) -> Iterator[Entry]:
    is_new, periods = report.quarter >= known.latest, _own_periods(report)
    for place, (key, stated, by) in _places(report, known).items():
        ours, own = known.figures.get(place), place[2] in periods
        if ours is None and not (own and is_new):
            continue  # the data of an earlier quarter do without it
        unit = ours.unit if ours else stated.unit
        check, source = report.notes.get(key, ("derived" if by else "single-source", ""))
        source = source or (f"{report.source}: {by}" if by else report.source)
        figure = Figure(place[1], place[2], stated.value, unit, check, source, report.read_at)
        entry = Entry(
            place, stated.value, ours.value if ours else None, "tied", unit, report.accession, by=by
        )
        if ours is None:
            yield replace(entry, status="new", figure=figure)
        elif own and ours.check in UNPROVED and check not in UNPROVED:
            yield replace(entry, status="replaced", figure=figure)
        elif abs(ours.value - stated.value) <= stated.tolerance:
            yield replace(entry, figure=_confirmed(ours, report) if own and not by else None)
        elif not own and report.is_filing and not by:
            yield replace(entry, status="restated", figure=figure, since=str(report.quarter))
        elif not own:
            continue  # a difference of rounded or restated figures says nothing of an earlier quarter
        elif replaces or (ours.check == "derived" and not by):
            yield replace(entry, status="replaced", figure=figure)
        else:
            yield replace(entry, status="differs")


def _confirmed(ours: Figure, report: FiledReport) -> Figure | None:
    """Return a figure of the user's own that a second document gives as well; None: nothing is new."""
    if not report.is_filing or TYPED not in ours.source or ours.check != "single-source":
        return None
    return replace(ours, check="verified", source=f"{ours.source}; same in {report.source}")


def _own_periods(report: FiledReport) -> tuple[str, ...]:
    """Return the quarter of a report, and the year if it ends one."""
    quarter = report.quarter
    return (str(quarter), str(quarter.year)) if quarter.number == QUARTERS_A_YEAR else (str(quarter),)


def _places(report: FiledReport, known: Known) -> dict[Place, tuple[Key, Stated, str]]:
    """Return where each stated figure belongs: figure, and how a quarter follows from longer periods."""
    found: dict[Place, tuple[Key, Stated, str]] = {}
    first, last = known.company.first, report.quarter
    given = {key: each for key, each in report.stated.items() if first <= key[1] <= last}
    for key, stated in given.items():
        item, quarter, months = key
        trailing = place_of(f"{item}{TRAILING}", str(quarter))
        if months in {0, _QUARTER}:
            found[place_of(item, str(quarter))] = (key, stated, "")
        if months == _YEAR and known.holds(trailing):
            found[trailing] = (key, stated, "")
        if months in {0, _YEAR} and quarter.number == QUARTERS_A_YEAR:
            found[place_of(item, str(quarter.year))] = (key, stated, "")
    items = items_of(known.company)
    for key in sorted(given, key=lambda each: each[2]):
        item, quarter, months = key
        place, is_flow = place_of(item, str(quarter)), item not in items or items[item].kind == "flow"
        if is_flow and months == _QUARTER * quarter.number and place not in found:
            rest = _less_earlier(report.stated, known, key)
            if rest is not None:
                found[place] = (key, *rest)
    return found


def _less_earlier(stated: Mapping[Key, Stated], known: Known, key: Key) -> tuple[Stated, str] | None:
    """Return a quarter as its year to date less the quarters before it."""
    item, quarter, months = key
    whole, before = stated[key], stated.get((item, quarter.shifted(-1), months - _QUARTER))
    what = "year" if quarter.number == QUARTERS_A_YEAR else f"{months} months"
    if before is not None:
        value, off = whole.value - before.value, whole.tolerance + before.tolerance
        return replace(whole, value=value, tolerance=off), f"{what} less {months - _QUARTER} months"
    last = quarter.shifted(-1)
    earlier = known.at(last).quarters(item, last.number)
    if earlier is None:
        return None
    value = whole.value - sum(each.value for each in earlier)
    off = whole.tolerance + _TOLERANCE * len(earlier)
    return replace(whole, value=value, tolerance=off), f"{what} less the quarters before"


def _check_signs(company: Company, report: FiledReport, entries: Sequence[Entry]) -> None:
    items = items_of(company)
    for entry in entries:
        item = items.get(entry.item.removesuffix(TRAILING))
        if item and item.least is not None and entry.filing is not None and entry.filing < item.least:
            wrong = f"{entry.filing:,.10g} is below {item.least:g}: a wrong sign?"
            raise InputError(f"{report.file}: {entry.item} of {entry.period}: {wrong}")


def _check_scale(report: FiledReport, known: Known) -> None:
    """Refuse figures in thousands or in units: the anchor moves by less than a factor of ten."""
    anchor = known.company.filings.anchor
    now, before = (known.figure(anchor, str(report.quarter.shifted(-each))) for each in (0, 1))
    if now and before and not _LEAST_RATIO <= now.value / before.value <= _MOST_RATIO:
        last = f"{before.period} was {before.value:,.10g}"
        scale = f"{anchor} of {now.period} is {now.value:,.10g} {now.unit}, but {last}: on another scale?"
        raise InputError(f"{report.file}: {scale}")


def _absent(report: FiledReport, known: Known, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield what the map knows and a filing does not give of its own quarter or year."""
    if not report.is_filing:
        return
    told = {entry.place for entry in entries}
    for item in items_of(known.company).values():
        for place in (place_of(item.name, period) for period in _own_periods(report)):
            ours = known.figures.get(place)
            if ours and place not in told:
                yield Entry(place, None, ours.value, "absent", item.unit, report.accession)
