"""A company: its model, the ends of its axis, its data, filings and forecast rules.

Everything outside ``model/amazon`` works for any company. :mod:`model.companies` holds the one that is used
where none is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module, resources
from typing import TYPE_CHECKING, Protocol

from model.errors import PeriodError
from model.language.periods import Axis, Quarter
from model.plan.binding import bind
from model.presentation import Presentation

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from model.language.declarations import Model
    from model.plan.plan import Plan


@dataclass(frozen=True)
class Figure:
    """One reported figure with its unit, the check that it passed, and its source."""

    item: str
    period: str
    value: float
    unit: str
    check: str
    source: str


Figures = dict[tuple[str, str], Figure]
"""By item and period: ``"2026Q2"`` or ``"2025"``."""


@dataclass(frozen=True, kw_only=True)
class Filings:
    """What is particular to a company's filings.

    Attributes
    ----------
    anchor
        An item of every quarterly report: the last quarter that has it is the latest one reported.
    complete
        Adds to the quarterly figures those that filings give by year or by parts only; takes the
        quarterly and the annual figures.
    """

    anchor: str
    complete: Callable[[Figures, Figures], None] = lambda _quarterly, _annual: None


class History(Protocol):
    """What was known at an as-of, for rules of a forecast."""

    @property
    def as_of(self) -> Quarter:
        """Last quarter that was known."""

    @property
    def years(self) -> range:
        """Fiscal years of the axis."""

    def over(self, line: str, quarters: int, earlier: int = 0) -> float:
        """Return the sum of a line over a number of quarters that end ``earlier`` quarters before as-of."""

    def growth(self, line: str, quarters: int) -> float:
        """Return the growth of a sum over the last quarters on the same quarters a year before."""

    def ratio(self, line: str, to: str, quarters: int = 4) -> float:
        """Return the ratio of two sums over the last quarters."""

    def last(self, line: str) -> float:
        """Return the figure of the last quarter."""

    def guided(self, line: str, year: int) -> float | None:
        """Return the middle of what the company has said of a line in a year; None: nothing."""


Overrides = dict[str, Mapping[str, float] | float]
"""Driver row -> one value for all periods to come, or values by period."""


@dataclass(frozen=True, kw_only=True)
class ForecastRules:
    """Forecasts without judgement, for the back-test.

    Attributes
    ----------
    rules
        Driver values that follow from what was known.
    lines
        What is tested.
    in_percent
        Lines whose errors are given in per cent of what was reported; those of the others in USD m.
    parts
        Line -> lines whose trailing sum, the first less the others, is its naive forecast.
    """

    rules: Callable[[History], Overrides]
    lines: tuple[str, ...]
    in_percent: frozenset[str] = frozenset()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Company:
    """A company and its model.

    Attributes
    ----------
    home
        Where it is found, ``"package.module:NAME"``: other processes load it from there.
    name, title
        What it is called in code and by people.
    model
        Its blocks of drivers and lines.
    first, last
        Ends of the axis: first quarter of a year, last quarter of a year.
    earliest_as_of
        First quarter from which the model can look ahead; before it lags would reach before the axis.
    data
        Package or folder of its data: drivers, reported figures, scenarios and, if there are any, guidance,
        claims and uncertainty.
    filings, forecast
        What is particular to its filings; rules of the back-test, where there are any.
    presentation
        What is shown of it.
    """

    home: str
    name: str
    title: str
    model: Model
    first: Quarter
    last: Quarter
    earliest_as_of: Quarter
    data: str | Traversable
    filings: Filings
    forecast: ForecastRules | None = None
    presentation: Presentation = field(default_factory=Presentation)

    def __repr__(self) -> str:
        return f"<Company {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Company], tuple[str]]:
        """Travel as the place where it is found: a company is the same in every process."""
        return _found_at, (self.home,)

    @cached_property
    def _plans(self) -> dict[Axis, Plan]:
        return {}

    def plan(self, axis: Axis) -> Plan:
        """Return the model bound to an axis; bound once an axis."""
        if axis not in self._plans:
            self._plans[axis] = bind(self.model, axis)
        return self._plans[axis]

    def axis(self, as_of: Quarter) -> Axis:
        """Return the axis of an as-of.

        Raises
        ------
        PeriodError
            If the lags of the model reach before the axis, or no quarter is left to forecast.
        """
        if not self.earliest_as_of <= as_of < self.last:
            before = self.earliest_as_of - self.first
            raise PeriodError(
                f"as-of {as_of} is outside {self.earliest_as_of}..{self.last.shifted(-1)}: "
                f"the lags need {before} reported quarters before it"
            )
        return Axis(as_of, self.first, self.last)

    def file(self, name: str) -> Traversable:
        """Return a file, or a folder, of its data."""
        return (resources.files(self.data) if isinstance(self.data, str) else self.data).joinpath(name)

    @property
    def years(self) -> range:
        """Fiscal years of the axis."""
        return range(self.first.year, self.last.year + 1)


def _found_at(home: str) -> Company:
    module, _, name = home.partition(":")
    company: Company = getattr(import_module(module), name)
    return company
