"""Declarations: drivers, lines, results, and the blocks that hold them in reading order.

The functions of this module are the vocabulary of :mod:`model.amazon`. Nothing here computes; see :mod:`model.expr`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Literal

from model.errors import DeclarationError, did_you_mean
from model.expr import (
    AsOf,
    AtVintage,
    Calendar,
    Call,
    Expr,
    Lagged,
    Number,
    Operand,
    Pick,
    Ref,
    Total,
    Trailing,
    Where,
    YearSum,
    wrap,
)
from model.unit_check import check_units
from model.units import UNITS, parse_unit


@dataclass(frozen=True)
class Dimension:
    """A closed list of members that a line or driver varies by.

    ``within`` names a larger dimension that holds the same members: a line by the larger one can be used, member by
    member, in a line by the smaller one and the other way round.
    """

    name: str
    members: tuple[str, ...]
    within: Dimension | None = None

    def covers(self, other: Dimension) -> bool:
        """Tell whether a member of ``other`` selects a member of this dimension."""
        return self is other or self.within is other or other.within is self


VINTAGE: Final = Dimension("vintage", ())
"""Quarters in which assets are bought. Its members depend on the axis: see :func:`model.build.vintages`."""

VINTAGES_BEFORE: Final = 4
"""How many reported quarters, ending with as-of, can hold assets not yet in service (the longest service lag)."""

DriverKind = Literal["yearly", "constant", "seasonal", "elapsed"]
Annual = Literal["sum", "last", "ratio", "none"]
Members = Dimension | tuple[Dimension, ...]


class Same:
    """History is computed by the formula of the forecast."""


SAME: Final = Same()


@dataclass(frozen=True, eq=False, kw_only=True)
class Declared(Expr):
    """What has a name, a unit, and a place in the model."""

    label: str
    unit: str
    by: tuple[Dimension, ...] = ()
    origin: str = ""
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        if not self.name:
            object.__setattr__(self, "name", name)

    def node(self) -> Ref:
        """Return the reference to this in the same quarter."""
        return Ref(self)

    def __getitem__(self, member: str | tuple[str, ...]) -> Ref:
        return self.node()[member]


@dataclass(frozen=True, eq=False, kw_only=True)
class Driver(Declared):
    """An assumption. Its values, range and source are data (``model/data``); its kind says how they vary with time.

    ``yearly``: by calendar year, a quarter can be given its own; ``constant``: not at all; ``seasonal``: by quarter of
    the year; ``elapsed``: by quarters since as-of. ``whole``: whole numbers only. ``sums_to_one``: its members are shares.
    ``switch``: 0 means that none is given.
    """

    kind: DriverKind = "yearly"
    whole: bool = False
    sums_to_one: bool = False
    switch: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Reported(Declared):
    """A figure from the filings, by quarter up to as-of."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Line(Declared):
    """A computed line: one formula for forecast quarters and one (or none, or the same) for reported quarters."""

    forecast: Expr | None
    history: Expr | Same | None = SAME
    annual: Annual = "sum"
    timed: bool = True
    result: bool = False
    note: str = ""


def _origin() -> str:
    """Return file and line of the declaration that is being read, as people would open it."""
    frame = sys._getframe(2)  # noqa: SLF001  # the caller of driver() or line(): no public function gives it as cheaply
    path = Path(frame.f_code.co_filename)
    return f"{'/'.join(path.parts[-3:])}:{frame.f_lineno}"


def _dimensions(by: Members) -> tuple[Dimension, ...]:
    return (by,) if isinstance(by, Dimension) else by


def driver(  # noqa: PLR0913  # one keyword a property of a driver
    label: str,
    unit: str,
    *,
    by: Members = (),
    kind: DriverKind = "yearly",
    whole: bool = False,
    sums_to_one: bool = False,
    switch: bool = False,
) -> Driver:
    """Declare an assumption; see :class:`Driver`.

    Parameters
    ----------
    label
        What it is, in an analyst's words.
    unit
        One of :data:`model.units.UNITS`.
    by
        Dimensions whose members have values of their own.

    Examples
    --------
    >>> life = driver("Useful life of new assets", "yr", kind="constant")
    >>> 4 / life
    Binary(...)
    """
    origin = _origin()
    if unit not in UNITS:
        message = f"{origin}: {label!r}: unknown unit {unit!r}{did_you_mean(unit, UNITS)}"
        raise DeclarationError(message)
    return Driver(label=label, unit=unit, by=_dimensions(by), origin=origin, kind=kind, whole=whole, sums_to_one=sums_to_one, switch=switch)


def reported(item: str, unit: str = "USD m", by: Members = ()) -> Ref:
    """Refer to a reported figure by the name of its item in ``model/data/actuals_quarterly.csv``.

    With ``by`` the member's name follows the item's: ``reported("net_sales", by=SEGMENT)`` is ``net_sales_aws`` for AWS.
    """
    figure = Reported(label=item.replace("_", " ").capitalize(), unit=unit, by=_dimensions(by), origin=_origin())
    object.__setattr__(figure, "name", item)
    return Ref(figure)


def line(  # noqa: PLR0913  # one keyword a property of a line
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
        What it is, in an analyst's words, and one of :data:`model.units.UNITS`.
    forecast
        Formula for the quarters after as-of; None: the line ends with as-of.
    history
        Formula for reported quarters; default: the same; None: the line starts after as-of.
    by
        Dimensions: one row a combination of members.
    annual
        How a year (and trailing twelve months) follows from quarters: ``sum`` for flows, ``last`` for balances,
        ``ratio`` to apply the formula to the annual figures, ``none``.
    timed
        False: one value, not a row over time.
    note
        What a reader should know beyond label and formula.

    Raises
    ------
    DeclarationError
        If the formula does not yield the declared unit.
    """
    origin = _origin()
    past = history if history is None or isinstance(history, Same) else wrap(history)
    formula = None if forecast is None else wrap(forecast)
    for part in (formula, past):
        if isinstance(part, Expr):
            check_units(part, unit, f"{origin}: {label!r}")
    return Line(
        label=label, unit=unit, by=_dimensions(by), origin=origin, forecast=formula, history=past, annual=annual,
        timed=timed, note=note,
    )  # fmt: skip


def result(label: str, unit: str, formula: Operand, *, by: Members = (), timed: bool = False, note: str = "") -> Line:
    """Declare a result: one value (or, ``timed``, a row) that only results may use, so it can look over all quarters."""
    origin = _origin()
    node = wrap(formula)
    check_units(node, unit, f"{origin}: {label!r}")
    return Line(
        label=label, unit=unit, by=_dimensions(by), origin=origin, forecast=node, annual="none", timed=timed,
        result=True, note=note,
    )  # fmt: skip


class Block:
    """A section of the model: declarations in reading order. Subclass it and assign drivers and lines."""

    title: ClassVar[str]
    declared: ClassVar[tuple[Declared, ...]]

    def __init_subclass__(cls) -> None:
        found = {name: value for name, value in vars(cls).items() if isinstance(value, Declared)}
        for name, value in found.items():
            if value.name != name:
                message = f"{value.origin}: {value.label!r} is declared twice, as {value.name} and {name}"
                raise DeclarationError(message)
        cls.declared = tuple(found.values())
        cls.title = (cls.__doc__ or cls.__name__).strip().split("\n")[0].rstrip(".")


def reference_of(value: Expr, function: str) -> Ref:
    """Return what stands for a line in the formula of another; what is not a line is a :class:`DeclarationError`."""
    node = wrap(value)
    if not isinstance(node, Ref):
        message = f"{function}() takes a line, not a formula: declare the formula as a line first"
        raise DeclarationError(message)
    return node


def prev(value: Expr | str, lag: int = 1) -> Ref:
    """Refer to a line ``lag`` quarters earlier; by its name when it is declared further down."""
    if lag < 1:
        message = f"prev() looks back: lag must be at least 1, not {lag}"
        raise DeclarationError(message)
    if isinstance(value, str):
        return Ref(value, lag)
    node = reference_of(value, "prev")
    return Ref(node.line, node.lag + lag, node.members)


def lagged(name: str, by: Expr, longest: int, further: int = 0) -> Lagged:
    """Refer to a line ``by + further`` quarters earlier, where ``by`` is a driver with whole values 1..longest."""
    return Lagged(Ref(name), wrap(by), longest, further)


def at_as_of(value: Expr, lag: int = 0) -> AsOf:
    """Refer to the last reported value of a line, or to the one ``lag`` quarters before it (after it: results only)."""
    return AsOf(wrap(value), lag)


def at_vintage(value: Expr) -> AtVintage:
    """Refer to a line in the quarter in which the vintage of this row was bought."""
    return AtVintage(wrap(value))


def pick(dimension: Dimension, **choices: Operand) -> Pick:
    """Write a different formula for each member of a dimension."""
    if set(choices) != set(dimension.members):
        message = f"pick({dimension.name}) needs exactly {', '.join(dimension.members)}, not {', '.join(choices)}"
        raise DeclarationError(message)
    return Pick(dimension, {member: wrap(choice) for member, choice in choices.items()})


def total(value: Expr, dimension: Dimension) -> Total:
    """Sum a line over the members of a dimension."""
    return Total(reference_of(value, "total"), dimension)


def ttm(value: Expr) -> Trailing:
    """Sum a flow over the twelve months that end with this quarter."""
    return Trailing(reference_of(value, "ttm"))


def year_sum(value: Expr) -> YearSum:
    """Sum a line over the four quarters of this calendar year, reported and to come."""
    return YearSum(reference_of(value, "year_sum"))


def where(condition: Operand, then: Operand, otherwise: Operand) -> Where:
    """Choose ``then`` where the condition holds (is not 0), else ``otherwise``."""
    return Where(wrap(condition), wrap(then), wrap(otherwise))


def choose(number: Operand, *choices: Operand) -> Expr:
    """Choose the first formula where ``number`` is 1, the second where it is 2, and so on; the last otherwise."""
    *rest, node = (wrap(choice) for choice in choices)
    for position in range(len(rest), 0, -1):
        node = where(wrap(number) == position, rest[position - 1], node)
    return node


def minimum(*arguments: Operand) -> Call:
    """Return the smallest argument."""
    return Call("minimum", tuple(wrap(argument) for argument in arguments))


def maximum(*arguments: Operand) -> Call:
    """Return the largest argument."""
    return Call("maximum", tuple(wrap(argument) for argument in arguments))


def elapsed() -> Calendar:
    """Quarters since as-of: 0 at as-of, 1 in the first forecast quarter."""
    return Calendar("elapsed")


def quarter_code() -> Calendar:
    """Code of the quarter: 20263 for 2026Q3."""
    return Calendar("code")


def position() -> Calendar:
    """Position of the quarter on the axis, from 1."""
    return Calendar("index")


def quarter_end() -> Calendar:
    """Date of the last day of the quarter, as spreadsheets count days."""
    return Calendar("end")


def age() -> Expr:
    """Quarters since the vintage of this row was bought."""
    return Calendar("index") - Calendar("vintage")


def vintage_elapsed() -> Expr:
    """Quarters from as-of to the purchase of the vintage of this row."""
    return Calendar("vintage") - Calendar("as_of")


def constant(value: float, unit: str) -> Number:
    """Write a structural constant that has a unit, such as four quarters a year."""
    return Number(value, parse_unit(unit))
