"""Facts of a filing, and the map that says which of them is which item of a company's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from model.errors import InputError, shown
from model.language.periods import DAY_ZERO, Quarter
from model.reported.actuals import load_actuals
from model.reported.csv_tables import number_in, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from model.company import Company

TAGS_FILE: Final = "tags.csv"
Kind = Literal["flow", "stock", "average"]
"""Of an item: over a period and adding up, at a day, or over a period and not adding up."""
EXACT: Final = 99
"""Decimals of a fact that is not rounded."""
_MONTHS: Final = {3: range(80, 101), 6: range(170, 195), 9: range(262, 286), 12: range(350, 381)}
"""Months of a period -> the days that it may have."""
_YEARS: Final = range(1900, 2200)
"""Years that a report may tell of."""
_MOST: Final = 1e18
"""Above it a number is no amount of money."""
_DAYS_OFF: Final = 7
"""Days by which a fiscal quarter may end before or after a calendar quarter."""
_NEUTRAL: Final = ("ConsolidationItemsAxis", "OperatingSegmentsMember")
"""A dimension that says no more than the segment beside it."""
_ANY: Final = "*"
_SCALES: Final = {"USD m": 1e6, "m shares": 1e6, "yr": 1.0}
_MEASURES: Final = {"USD m": "USD", "m shares": "shares", "yr": "duration"}
"""Unit of ours -> the unit of a fact."""
_COLUMNS: Final = ("item", "kind", "unit", "least", "tags", "where")

Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Fact:
    """A number in a filing: its tag and dimensions by their local names, its days, and its precision.

    ``start`` is None for a balance at the day ``end``; ``decimals``: 6 below 0 is rounded to millions.
    """

    tag: str
    dimensions: Dimensions
    start: date | None
    end: date
    value: float
    unit: str
    decimals: int

    @property
    def months(self) -> int | None:
        """Months of its period: 0 (a balance), 3, 6, 9 or 12; None: of no period that a report has."""
        if self.start is None:
            return 0
        days = (self.end - self.start).days + 1
        return next((months for months, allowed in _MONTHS.items() if days in allowed), None)

    @property
    def quarter(self) -> Quarter | None:
        """The quarter that it ends with; None: it ends with none."""
        return quarter_ending(self.end)


@dataclass(frozen=True)
class Item:
    """An item of a company's data, and the facts that it can be, the best first.

    ``least``: the smallest value it can have; None: any. ``facts``: tag and dimensions.
    """

    name: str
    kind: Kind
    unit: str
    least: float | None
    facts: tuple[tuple[str, Dimensions], ...]


@dataclass(frozen=True)
class Stated:
    """What a filing states of an item: its value in our unit, and half of the last digit that it gives."""

    value: float
    tolerance: float
    unit: str


Key = tuple[str, Quarter, int]
"""Item, last quarter, and months (0: a balance)."""


def quarter_ending(day: date) -> Quarter | None:
    """Return the quarter that ends about a day; None: none does."""
    for shift in (0, -1):
        quarter = Quarter(day.year, (day.month - 1) // 3 + 1).shifted(shift)
        if abs(quarter.last_day + DAY_ZERO - day.toordinal()) <= _DAYS_OFF:
            return quarter
    return None


def day_of(text: str) -> date:
    """Return the day that a text gives; none, or one in no year of a report, is a :class:`ValueError`."""
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError(text)
    return day


@cache
def items_of(company: Company) -> dict[str, Item]:
    """Read the map of a company's tags, ``tags.csv`` of its data, by item."""
    found: dict[str, Item] = {}
    for where, row in records(company, TAGS_FILE, _COLUMNS, ("item",), optional=True):
        if row["kind"] not in get_args(Kind) or row["unit"] not in _SCALES or not row["tags"]:
            needed = f"a kind ({', '.join(get_args(Kind))}), a unit ({', '.join(_SCALES)}) and tags"
            raise InputError(f"{where}: needs {needed}")
        places = [_dimensions(place, where) for place in row["where"].split("|")]
        tags = [_local(tag) for tag in row["tags"].split("|")]
        facts = tuple((tag, place) for tag in tags for place in places)
        least = number_in(row["least"], where) if row["least"] else None
        kind: Kind = next(each for each in get_args(Kind) if each == row["kind"])
        found[row["item"]] = Item(row["item"], kind, row["unit"], least, facts)
    return found


@cache
def units_of(company: Company) -> dict[str, str]:
    """Return the items that a report of a company can state, with their units."""
    found = {item.name: item.unit for item in items_of(company).values()}
    for (item, _), figure in load_actuals(company).quarterly.items():
        found.setdefault(item, figure.unit)
    return found


def _dimensions(text: str, where: str) -> Dimensions:
    pairs = [each.partition("=") for each in text.split("&") if each]
    if any(not (axis and member) for axis, _, member in pairs):
        raise InputError(f"{where}: where needs AXIS=MEMBER, joined by &, not {shown(text)}")
    return frozenset((_local(axis), _local(member)) for axis, _, member in pairs)


def _local(name: str) -> str:
    return name.strip().rpartition(":")[2]


def stated(facts: Iterable[Fact], items: Iterable[Item], where: str) -> dict[Key, Stated]:
    """Return what facts state of items, by item, quarter and months.

    Of several facts for one figure the most precise counts; two of one precision that differ are an
    :class:`InputError`, which begins with ``where``. What is no number, or no amount of money, is left out.
    """
    by_tag: dict[str, list[Fact]] = {}
    for fact in facts:
        if abs(fact.value) < _MOST:
            by_tag.setdefault(fact.tag, []).append(fact)
    found: dict[Key, Stated] = {}
    for item in items:
        for tag, place in reversed(item.facts):  # what is first replaces what comes after it
            grouped: dict[Key, list[Fact]] = {}
            for fact in by_tag.get(tag, ()):
                quarter, months = fact.quarter, fact.months
                wanted = (months == 0) == (item.kind == "stock") and fact.unit == _MEASURES[item.unit]
                if quarter is not None and months is not None and wanted and _is_at(fact, place):
                    grouped.setdefault((item.name, quarter, months), []).append(fact)
            found |= {key: _one(each, item, key, where) for key, each in grouped.items()}
    return found


def _is_at(fact: Fact, place: Dimensions) -> bool:
    """Tell whether a fact has just these dimensions; ``*`` stands for any member."""
    own = dict(fact.dimensions - {_NEUTRAL})
    return own.keys() == dict(place).keys() and all(member in {_ANY, own[axis]} for axis, member in place)


def _one(facts: Sequence[Fact], item: Item, key: Key, where: str) -> Stated:
    """Return the figure that facts for one place and period give.

    Where dimensions are dates (``*``), the one that starts the day after the balance counts.
    """
    starts = str(facts[0].end + timedelta(days=1))
    following = [each for each in facts if any(member == starts for _, member in each.dimensions)]
    chosen = following or facts
    finest = max(each.decimals for each in chosen)
    values = {each.value for each in chosen if each.decimals == finest}
    if len(values) > 1:
        low, high = (f"{each / _SCALES[item.unit]:,.10g}" for each in (min(values), max(values)))
        raise InputError(f"{where}: gives two values of {item.name} for {key[1]}: {low} and {high}")
    half = 0.5 * 10.0**-finest / _SCALES[item.unit] if finest < EXACT else 0.0
    least = 0.05 if item.unit == "yr" else 0.5
    return Stated(round(values.pop() / _SCALES[item.unit], 6), max(half, least), item.unit)
