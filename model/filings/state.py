"""Which data of a company are in force, and what of them is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from model.data_folder import SCENARIOS, TABLES, TEXTS
from model.filings.known import UNPROVED
from model.language.periods import DAY_ZERO, Quarter
from model.reported.actuals import load_actuals
from model.reported.csv_tables import rows_in
from model.reported.guidance import all_guidance
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_scenarios
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.company import Company

DAYS_TO_REPORT: Final = 40
"""Days after the end of a quarter in which a large filer must report it (Form 10-Q)."""
DAYS_OF_A_PRICE: Final = 31


@dataclass(frozen=True)
class FileState:
    """A file in force: rows that ship, and rows (or 1 for a whole file) of the user's own."""

    name: str
    shipped: int
    own: int


@dataclass(frozen=True)
class DataState:
    """The data in force on a day; ``estimates``: items of the latest quarter that no filing gives yet."""

    company: Company
    day: date
    files: tuple[FileState, ...]
    first: Quarter
    latest: Quarter
    estimates: tuple[str, ...]
    guidance: str
    as_ofs: tuple[tuple[str, Quarter], ...]
    price: float | None
    price_date: date | None

    @property
    def due(self) -> Quarter:
        """The quarter that is reported next."""
        return self.latest.shifted(1)

    @property
    def days_since_due(self) -> int:
        """Days since the end of the quarter that is reported next; below 0: it is not over."""
        return self.day.toordinal() - (self.due.last_day + DAY_ZERO)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is out of date, and what to do, in one line each."""
        found = []
        if self.days_since_due > DAYS_TO_REPORT:
            over = f"{self.due} ended {self.days_since_due} days ago and is not in the data"
            found.append(f"{over}: amzn-fcf import takes its filing")
        if self.price_date and (age := (self.day - self.price_date).days) > DAYS_OF_A_PRICE:
            old = f"the price of {self.price_date} is {age} days old"
            found.append(f"{old}: set price and valuation_date in drivers.csv of your folder of data")
        behind = [name for name, as_of in self.as_ofs if as_of < self.latest]
        if self.company.base in behind:
            found.append(
                f"scenario {self.company.base} is behind {self.latest}: amzn-fcf roll moves it there"
            )
        if self.estimates:
            count = f"{len(self.estimates)} figures of {self.latest} are estimates"
            found.append(f"{count}: amzn-fcf import of the 10-Q or 10-K replaces them")
        return tuple(found)


def data_state(company: Company, day: date) -> DataState:
    """Return the state of a company's data on a day.

    Examples
    --------
    >>> from model.companies import default
    >>> str(data_state(default(), date(2026, 8, 1)).due)
    '2026Q3'
    """
    actuals = load_actuals(company)
    latest, figures = actuals.latest, actuals.quarterly.values()
    anchored = [each.period for each in figures if each.item == company.filings.anchor]
    estimates = [each.item for each in figures if each.period == str(latest) and each.check in UNPROVED]
    told = [each.date for each in all_guidance(company)]
    price, price_date = _price(company)
    return DataState(
        company=company,
        day=day,
        files=tuple(_files(company)),
        first=Quarter.parse(min(anchored)),
        latest=latest,
        estimates=tuple(sorted(estimates)),
        guidance=max(told, default=""),
        as_ofs=tuple(
            (name, load_scenario(name, company=company).as_of) for name in builtin_scenarios(company)
        ),
        price=price,
        price_date=price_date,
    )


def _price(company: Company) -> tuple[float | None, date | None]:
    """Return the price of the base and its day, as far as the company has any."""
    table, words = load_scenario(company.base, company=company).table, company.presentation
    price, day = words.questions.price, words.cells.price_date
    return (
        table[price][ALL] if price else None,
        date.fromordinal(round(table[day][ALL]) + DAY_ZERO) if day else None,
    )


def _files(company: Company) -> Iterator[FileState]:
    own = company.own
    for name in TABLES:
        if company.has(name):
            shipped = company.shipped_text(name) if company.file(name).is_file() else ""
            yield FileState(name, rows_in(shipped), rows_in(own.text(name) or ""))
    scenarios = sorted(each for each in company.names(SCENARIOS) if each.endswith(".toml"))
    for name in [
        *(each for each in TEXTS if company.has(each)),
        *(f"{SCENARIOS}/{each}" for each in scenarios),
    ]:
        yield FileState(name, int(company.file(name).is_file()), int(own.text(name) is not None))
