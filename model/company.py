"""A company: its model, the bounds of its axis, its data, and the particulars of its filings and forecasts.

Everything outside ``model/amazon`` works for any company. :mod:`model.companies` holds the one that is used
where none is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from importlib import import_module, resources
from typing import TYPE_CHECKING, Protocol

from model.data_folder import OwnData
from model.errors import InputError, PeriodError
from model.language.periods import Axis, Quarter
from model.plan.binding import bind
from model.presentation import Presentation
from model.presentation.checks import check_presentation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from importlib.resources.abc import Traversable

    from model.history import ForecastRules, History
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
    read_at: str = ""


Figures = dict[tuple[str, str], Figure]
"""By item and period: ``"2026Q2"`` or ``"2025"``."""


@dataclass(frozen=True)
class Identity:
    """Items that add up to another: by their signs. A total that is not given follows from it."""

    total: str
    terms: Mapping[str, int]

    def rule(self, item: str) -> str:
        """Return in words how the total, or one of the terms, follows from the others.

        Examples
        --------
        >>> Identity("profit", {"sales": 1, "cost": -1}).rule("profit")
        'sales - cost'
        >>> Identity("profit", {"sales": 1, "cost": -1}).rule("cost")
        '- profit + sales'
        """
        signs = dict(self.terms)
        if own := signs.pop(item, 0):
            signs = {self.total: own, **{term: -sign * own for term, sign in signs.items()}}
        return " ".join(f"{'+' if sign > 0 else '-'} {term}" for term, sign in signs.items()).removeprefix(
            "+ "
        )


class Recent(Protocol):
    """Figures of a quarter and of those before it."""

    def value(self, item: str, before: int = 0) -> float:
        """Return a figure of the quarter, or of one so many quarters before; a :class:`KeyError` if none."""

    def over(self, item: str, quarters: int, before: int = 0) -> float:
        """Return the sum of an item over quarters, the last one so many quarters before; errors as above."""


@dataclass(frozen=True)
class Estimate:
    """An item that a press release does not give: how it is estimated until the filing replaces it."""

    item: str
    rule: str
    """In words, for the source of the figure."""
    value: Callable[[Recent], float]


@dataclass(frozen=True, kw_only=True)
class Filings:
    """What is particular to a company's filings.

    - ``anchor``: an item of every quarterly report; the last quarter that has it is the latest one reported.
    - ``complete`` adds to the quarterly figures what the model needs and the filings give by year, or by
      parts; it takes the quarterly and the annual figures.
    - ``ticker``, ``cik``: what its filings are called, and its number at the SEC (0: it files nothing).
    - ``release``: items that a press release gives.
    - ``trailing``: items that are given over twelve months too, under their name with ``_ttm``.
    - ``identities``: of a quarter, or of a year; ``estimates``: in the order in which they are made.
    """

    anchor: str
    complete: Callable[[Figures, Figures], None] = lambda _quarterly, _annual: None
    ticker: str = ""
    cik: int = 0
    release: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    estimates: tuple[Estimate, ...] = ()


@dataclass(frozen=True)
class Refit:
    """A driver fitted to reported figures by a rule, which gives its value anew when figures are added."""

    driver: str
    rule: str
    """In words, for the source of the value."""
    value: Callable[[History], float]


@dataclass(frozen=True, kw_only=True)
class RollRules:
    """How a scenario moves to a new quarter.

    ``guided``: driver by year -> the line on which guidance gives its values; ``refits``: drivers fitted
    anew; ``flow``: the line whose miss is explained, and ``parts``: lines that add up to it, with their
    signs; ``lines``: other lines that are compared with the reported quarter.
    """

    guided: Mapping[str, str] = field(default_factory=dict)
    refits: tuple[Refit, ...] = ()
    flow: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Company:
    """A company and its model.

    ``home``: where it is found, ``"package.module:NAME"``, from which other processes load it; ``name``,
    ``title``: what it is called in code and by people; ``first``, ``last``: ends of the axis, the first
    quarter of a year and the last of one; ``earliest_as_of``: first quarter from which the model can look
    ahead, before which lags would reach before the axis; ``data``: package or folder of its data (drivers,
    reported figures, scenarios and, where there are any, guidance, claims and uncertainty); ``base``: the
    scenario that is used where none is named; ``own``: data of the user's own, laid over its data.
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
    base: str = "base"
    forecast: ForecastRules | None = None
    roll: RollRules = field(default_factory=RollRules)
    presentation: Presentation = field(default_factory=Presentation)
    own: OwnData = field(default_factory=partial(OwnData, ""))

    def __repr__(self) -> str:
        return f"<Company {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str, OwnData], Company], tuple[str, OwnData]]:
        """Pickle as ``home``, from which every process imports the same company, and the user's own data."""
        return _found_at, (self.home, self.own)

    @cached_property
    def _plans(self) -> dict[Axis, Plan]:
        return {}

    def plan(self, axis: Axis) -> Plan:
        """Return the model bound to an axis; bound once an axis. The first one checks the presentation."""
        if axis not in self._plans:
            plan = bind(self.model, axis)
            if not self._plans:
                check_presentation(self.presentation, plan, self.name)
            self._plans[axis] = plan
        return self._plans[axis]

    def axis(self, as_of: Quarter, latest: Quarter | None = None) -> Axis:
        """Return the axis of an as-of that leaves room for the lags before it, and a quarter to forecast.

        ``latest``: the latest reported quarter, for the message about another as-of.
        """
        if not self.earliest_as_of <= as_of < self.last:
            allowed = f"{self.earliest_as_of}..{latest or self.last.shifted(-1)}"
            needed = f"the lags need {self.earliest_as_of - self.first} reported quarters before it"
            raise PeriodError(f"as-of {as_of} is outside {allowed}: {needed}")
        return Axis(as_of, self.first, self.last)

    def file(self, name: str) -> Traversable:
        """Return a file, or a folder, of the data that ship with it."""
        return (resources.files(self.data) if isinstance(self.data, str) else self.data).joinpath(name)

    def has(self, name: str) -> bool:
        """Tell whether its data, or those of the user's own, hold a file."""
        return self.own.text(name) is not None or self.file(name).is_file()

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder of its data, and of the user's own."""
        shipped = self.file(folder)
        found = [each.name for each in shipped.iterdir()] if shipped.is_dir() else []
        return list(dict.fromkeys([*found, *self.own.names(folder)]))

    def text(self, name: str) -> str:
        """Return the text of a file: the user's own, or that of its data.

        What is no UTF-8 is an :class:`InputError`.
        """
        own = self.own.text(name)
        return self.shipped_text(name) if own is None else own

    def shipped_text(self, name: str) -> str:
        """Return the text of a file of its data, as :meth:`text` does, whatever the user has laid over it."""
        try:
            return self.file(name).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise InputError(f"{name}: cannot be read: {reason}") from None

    @property
    def years(self) -> range:
        """Fiscal years of the axis."""
        return range(self.first.year, self.last.year + 1)


def _found_at(home: str, own: OwnData) -> Company:
    module, _, name = home.partition(":")
    company: Company = getattr(import_module(module), name)
    return with_own_data(company, own)


@cache
def with_own_data(company: Company, own: OwnData) -> Company:
    """Return a company with data of the user's own laid over its data; the same one for the same data."""
    if not own.folder:
        return company
    laid = replace(company, own=own)
    vars(laid)["_plans"] = company._plans  # noqa: SLF001  # a plan is of the model: no data are in it
    return laid
