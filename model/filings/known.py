"""The figures of a company's data while reports are taken in: what is known, and what is added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.reported.actuals import ANNUAL_FILE, QUARTERLY_FILE, known_at, versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.company import Company, Figure

Status = Literal["tied", "differs", "absent", "new", "derived", "estimated", "replaced", "restated"]
ESTIMATED: Final = "estimate"
UNPROVED: Final = frozenset({ESTIMATED, "judgement"})
Place = tuple[str, str, str]
"""File, item and period of a figure."""


def place_of(item: str, period: str) -> Place:
    """Return the place of a figure of a quarter (``2026Q3``) or a year (``2026``)."""
    return ANNUAL_FILE if period.isdecimal() else QUARTERLY_FILE, item, period


@dataclass(frozen=True)
class Entry:
    """A line of the tie report: what a report gives, what the data have, and what follows.

    ``figure``: the figure that is written, if any; ``since``: the quarter of the report that restates it;
    ``by``: the rule of an estimate or of a sum.
    """

    place: Place
    filing: float | None
    ours: float | None
    status: Status
    unit: str
    accession: str = ""
    figure: Figure | None = None
    since: str = ""
    by: str = ""

    @property
    def item(self) -> str:
        """Item of the data."""
        return self.place[1]

    @property
    def period(self) -> str:
        """Quarter or year."""
        return self.place[2]


@dataclass
class Known:
    """Figures by file, item and period, as known with the report of a quarter; later ones are added."""

    company: Company
    figures: dict[Place, Figure] = field(default_factory=dict)

    @classmethod
    def of(cls, company: Company, as_of: Quarter, added: Iterable[Entry] = ()) -> Known:
        """Return what a company's data hold, with restatements up to ``as_of``, and what is added to them.

        What :attr:`model.company.Filings.complete` adds is not in it.
        """
        known = cls(company)
        for file in (QUARTERLY_FILE, ANNUAL_FILE):
            figures = known_at(versions(company, file), as_of)
            known.figures |= {(file, item, period): figure for (item, period), figure in figures.items()}
        known.add(added)
        return known

    def add(self, entries: Iterable[Entry]) -> None:
        """Add the figures that entries write."""
        for entry in entries:
            if entry.figure is not None:
                self.figures[entry.place] = entry.figure

    @property
    def latest(self) -> Quarter:
        """The last quarter that has the anchor."""
        anchor = (QUARTERLY_FILE, self.company.filings.anchor)
        return Quarter.parse(max(period for file, item, period in self.figures if (file, item) == anchor))

    def figure(self, item: str, period: str) -> Figure | None:
        """Return the figure of a quarter or a year, if there is one."""
        return self.figures.get(place_of(item, period))

    def holds(self, place: Place) -> bool:
        """Tell whether the file of a place has its item in any period."""
        return any(each[:2] == place[:2] for each in self.figures)

    def at(self, quarter: Quarter) -> Around:
        """Return the figures of a quarter and of those before it."""
        return Around(self, quarter)


@dataclass(frozen=True)
class Around:
    """Figures of a quarter and of those before it: a :class:`model.company.Recent`."""

    known: Known
    quarter: Quarter

    def figure(self, item: str, before: int = 0) -> Figure:
        """Return a figure; one that is not known is a :class:`KeyError`."""
        period = str(self.quarter.shifted(-before))
        found = self.known.figure(item, period)
        if found is None:
            raise KeyError(item, period)
        return found

    def value(self, item: str, before: int = 0) -> float:
        """See :meth:`model.company.Recent.value`."""
        return self.figure(item, before).value

    def over(self, item: str, quarters: int, before: int = 0) -> float:
        """See :meth:`model.company.Recent.over`."""
        return sum(self.value(item, before + each) for each in range(quarters))

    def quarters(self, item: str, number: int = QUARTERS_A_YEAR) -> list[Figure] | None:
        """Return the figures of so many quarters up to this one; None: one is not known."""
        try:
            return [self.figure(item, before) for before in range(number)]
        except KeyError:
            return None
