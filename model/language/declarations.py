"""Declarations: drivers, lines, results, and the blocks that hold them in reading order.

Nothing here computes. Formulas are written with the functions of :mod:`model.language.vocabulary`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from model.errors import DeclarationError, did_you_mean, located
from model.language.nodes import Declared, Dimension, Expr, Operand, Ref, wrap
from model.language.unit_check import check_units
from model.language.units import UNITS, Measure, measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DriverKind = Literal["yearly", "constant", "seasonal", "elapsed"]
PartName = Literal["year_before", "year", "next_year", "own"]
LEADS: Final[dict[PartName, int]] = {"year_before": -1, "year": 0, "next_year": 1}
"""Years from that of the quarter to the one whose value a part of a driver is."""
Annual = Literal["sum", "mean", "last", "ratio", "none"]
Members = Dimension | tuple[Dimension, ...]


class Same:
    """The type of :data:`SAME`: the formula of the forecast also computes reported quarters."""


SAME: Final = Same()


@dataclass(frozen=True, eq=False, kw_only=True)
class Driver(Declared):
    """An assumption; its values, range and source are in the data files of the company.

    ``kind``: how its values vary with time. ``yearly``: by calendar year, and a quarter can have its own;
    ``constant``: not at all; ``seasonal``: by quarter of the year; ``elapsed``: by quarters since as-of.
    ``whole``: whole numbers only. ``sums_to_one``: its members are shares of one total. ``zero_means_none``:
    0 means that no value is given. ``full_year``: its values are those of whole years, and no quarter has its
    own, as with an amount for the year.
    """

    kind: DriverKind = "yearly"
    whole: bool = False
    sums_to_one: bool = False
    zero_means_none: bool = False
    full_year: bool = False

    @property
    def look(self) -> Measure:
        """How its values are written."""
        return replace(measure(self.unit), zero_means_none=self.zero_means_none)


@dataclass(frozen=True, eq=False, kw_only=True)
class DriverPart(Declared):
    """What a formula can ask of a yearly driver beside its value in the quarter.

    ``part``: its value of the quarter's calendar year, of the year before or of the next one; or ``own``, 1
    where the quarter has a value of its own. Outside the years that have quarters ahead, the nearest counts.
    """

    driver: Driver
    part: PartName


@dataclass(frozen=True, eq=False, kw_only=True)
class Reported(Declared):
    """A figure from the filings, by quarter up to as-of."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Line(Declared):
    """A computed line: a formula for forecast quarters and one (or none, or the same) for reported ones."""

    forecast: Expr | None
    history: Expr | Same | None = SAME
    annual: Annual = "sum"
    timed: bool = True
    result: bool = False
    note: str = ""


def _origin() -> str:
    frame = sys._getframe(2)  # noqa: SLF001  # inspect.stack() does the same, far slower
    path = Path(frame.f_code.co_filename)
    return f"{'/'.join(path.parts[-3:])}:{frame.f_lineno}"


def _dimensions(by: Members) -> tuple[Dimension, ...]:
    return (by,) if isinstance(by, Dimension) else by


def driver(  # noqa: PLR0913  # one keyword per property of a driver
    label: str,
    unit: str,
    *,
    by: Members = (),
    kind: DriverKind = "yearly",
    whole: bool = False,
    sums_to_one: bool = False,
    zero_means_none: bool = False,
    full_year: bool = False,
) -> Driver:
    """Declare an assumption, with a label in an analyst's words; see :class:`Driver`.

    ``unit``: one of :data:`model.language.units.UNITS`; ``by``: dimensions whose members have values of their
    own.

    Examples
    --------
    >>> life = driver("Useful life of new assets", "yr", kind="constant")
    >>> 4 / life
    Binary(...)
    """
    origin = _origin()
    if unit not in UNITS:
        raise DeclarationError(f"{origin}: {label!r}: unknown unit {unit!r}{did_you_mean(unit, UNITS)}")
    if kind == "seasonal" and not by:
        raise DeclarationError(f"{origin}: {label!r}: a seasonal driver needs by= the quarters of the year")
    return Driver(
        label=label, unit=unit, by=_dimensions(by), origin=origin, kind=kind, whole=whole,
        sums_to_one=sums_to_one, zero_means_none=zero_means_none, full_year=full_year,
    )  # fmt: skip


def reported(item: str, unit: str = "USD m", by: Members = ()) -> Ref:
    """Refer to a reported figure by the name of its item in the reported data.

    With ``by`` the member's name follows the item's: ``reported("net_sales", by=SEGMENT)`` is
    ``net_sales_aws`` for AWS.
    """
    label = item.replace("_", " ").capitalize()
    figure = Reported(label=label, unit=unit, by=_dimensions(by), origin=_origin())
    object.__setattr__(figure, "name", item)
    return Ref(figure)


def of_year(driver: Driver, lead: int = 0) -> Ref:
    """Refer to a driver's value for the calendar year, whatever its quarters have of their own.

    ``lead``: 0 for the year of the quarter, 1 for the next year, -1 for the year before. Forecasts only: all
    values of drivers are known beforehand.
    """
    names = {number: part for part, number in LEADS.items()}
    if lead not in names:
        raise DeclarationError(f"of_year() reads this year, the next or the one before, not lead={lead}")
    return _part(driver, names[lead], driver.unit)


def has_own_value(driver: Driver) -> Ref:
    """Tell whether (1 or 0) a quarter has its own value of a driver, instead of its year's."""
    return _part(driver, "own", "flag")


def _part(driver: Driver, part: PartName, unit: str) -> Ref:
    if driver.kind != "yearly":
        raise DeclarationError(f"{driver.label!r} has no values by year: it is {driver.kind}")
    label = f"{driver.label} ({part.replace('_', ' ')})"
    found = DriverPart(label=label, unit=unit, by=driver.by, origin=driver.origin, driver=driver, part=part)
    return Ref(found)


def line(  # noqa: PLR0913  # one keyword per property of a line
    label: str,
    unit: str,
    forecast: Operand | None,
    *,
    history: Operand | Same | None = SAME,
    by: Members = (),
    annual: Annual = "sum",
    timed: bool = True,
    note: str = "",
) -> Line:
    """Declare a line of the model.

    Parameters
    ----------
    label, unit
        Label in an analyst's words, and one of :data:`model.language.units.UNITS`.
    forecast
        Formula for the quarters after as-of; None: the line ends with as-of.
    history
        Formula for reported quarters; default: the same; None: the line starts after as-of.
    by
        Dimensions: one row per combination of members.
    annual
        How a year (and trailing twelve months) follows from quarters: ``sum`` for flows, ``mean`` and
        ``last`` for balances, ``ratio`` to apply the formula to the annual figures, ``none``.
    timed
        False: one value, not a row over time.
    note
        A remark for readers.
    """
    origin = _origin()
    past = history if history is None or isinstance(history, Same) else wrap(history)
    formula = None if forecast is None else wrap(forecast)
    with located(f"{origin}: {label!r}"):
        for part in (formula, past):
            if isinstance(part, Expr):
                check_units(part, unit)
    return Line(
        label=label, unit=unit, by=_dimensions(by), origin=origin, forecast=formula, history=past,
        annual=annual, timed=timed, note=note,
    )  # fmt: skip


def result(
    label: str, unit: str, formula: Operand, *, by: Members = (), timed: bool = False, note: str = ""
) -> Line:
    """Declare a result: one value, or a row if ``timed``.

    It may look over all quarters, and only other results may use it.
    """
    origin = _origin()
    node = wrap(formula)
    with located(f"{origin}: {label!r}"):
        check_units(node, unit)
    return Line(
        label=label, unit=unit, by=_dimensions(by), origin=origin, forecast=node, annual="none", timed=timed,
        result=True, note=note,
    )  # fmt: skip


class Block:
    """A section of the model: declarations in reading order. Subclass it and assign drivers and lines.

    ``class Sales(Block, sheet="Sales")`` names its sheet in workbooks; several blocks may share one. Default:
    the name of the class.
    """

    title: ClassVar[str]
    sheet: ClassVar[str]
    declared: ClassVar[tuple[Declared, ...]]

    def __init_subclass__(cls, *, sheet: str = "") -> None:
        found = {name: value for name, value in vars(cls).items() if isinstance(value, Declared)}
        for name, value in found.items():
            if value.name != name:
                twice = f"{value.label!r} is declared twice, as {value.name} and {name}"
                raise DeclarationError(f"{value.origin}: {twice}")
        cls.declared = tuple(found.values())
        cls.sheet = sheet or cls.__name__
        cls.title = (cls.__doc__ or cls.__name__).strip().split("\n")[0].rstrip(".")


_CELL_NAME: Final = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")

_FULL_WORDS: Final = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]")


class Model:
    """The blocks of a model, in reading order = order of evaluation = order of rows.

    ``synonyms``: words that people use for names of lines, which messages then suggest.
    """

    def __init__(
        self, name: str, blocks: Sequence[type[Block]], synonyms: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.synonyms = synonyms or {}
        self.blocks = tuple(blocks)
        self.declared: dict[str, Declared] = {}
        for item in (item for block in self.blocks for item in block.declared):
            name, where = item.name, f"{item.origin}: {item.name!r}"
            if name in self.declared:
                raise DeclarationError(f"{where} is declared already at {self.declared[name].origin}")
            if _CELL_NAME.fullmatch(name) or not _FULL_WORDS.fullmatch(name):
                raise DeclarationError(f"{where} looks like a cell or is not snake_case; use full words")
            self.declared[name] = item

    def words(self, name: str) -> str:
        """Return a name as people write it: ``ttm_aws_sales`` is TTM AWS sales."""
        labels = {"ttm": "TTM"}
        for item in self.declared.values():
            for dimension in item.by:
                labels |= dimension.labels
        for word, label in labels.items():
            name = re.sub(rf"(?<![^_]){word}(?![^_])", label, name)
        return name.replace("_", " ")

    @property
    def drivers(self) -> dict[str, Driver]:
        """Drivers by name."""
        return {name: item for name, item in self.declared.items() if isinstance(item, Driver)}
