"""Declarations: drivers, lines, results, and the blocks that hold them in reading order.

Nothing here computes. Formulas are written with the functions of :mod:`model.language.vocabulary`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from model.errors import DeclarationError, did_you_mean
from model.language.nodes import Declared, Dimension, Expr, Operand, Ref, wrap
from model.language.unit_check import check_units
from model.language.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

DriverKind = Literal["yearly", "constant", "seasonal", "elapsed"]
Annual = Literal["sum", "last", "ratio", "none"]
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
    0 means that no value is given.
    """

    kind: DriverKind = "yearly"
    whole: bool = False
    sums_to_one: bool = False
    zero_means_none: bool = False


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
    """Return file and line of the declaration that calls ``driver()`` or ``line()``."""
    frame = sys._getframe(2)  # noqa: SLF001  # inspect.stack() does the same, far slower
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
    zero_means_none: bool = False,
) -> Driver:
    """Declare an assumption; see :class:`Driver`.

    Parameters
    ----------
    label
        Label in an analyst's words.
    unit
        One of :data:`model.language.units.UNITS`.
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
        raise DeclarationError(f"{origin}: {label!r}: unknown unit {unit!r}{did_you_mean(unit, UNITS)}")
    if kind == "seasonal" and not by:
        raise DeclarationError(f"{origin}: {label!r}: a seasonal driver needs by= the quarters of the year")
    return Driver(
        label=label,
        unit=unit,
        by=_dimensions(by),
        origin=origin,
        kind=kind,
        whole=whole,
        sums_to_one=sums_to_one,
        zero_means_none=zero_means_none,
    )


def reported(item: str, unit: str = "USD m", by: Members = ()) -> Ref:
    """Refer to a reported figure by the name of its item in the reported data.

    With ``by`` the member's name follows the item's: ``reported("net_sales", by=SEGMENT)`` is
    ``net_sales_aws`` for AWS.
    """
    figure = Reported(
        label=item.replace("_", " ").capitalize(), unit=unit, by=_dimensions(by), origin=_origin()
    )
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
        Label in an analyst's words, and one of :data:`model.language.units.UNITS`.
    forecast
        Formula for the quarters after as-of; None: the line ends with as-of.
    history
        Formula for reported quarters; default: the same; None: the line starts after as-of.
    by
        Dimensions: one row a combination of members.
    annual
        How a year (and trailing twelve months) follows from quarters: ``sum`` for flows, ``last`` for
        balances, ``ratio`` to apply the formula to the annual figures, ``none``.
    timed
        False: one value, not a row over time.
    note
        A remark for readers.

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
    check_units(node, unit, f"{origin}: {label!r}")
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
                raise DeclarationError(
                    f"{value.origin}: {value.label!r} is declared twice, as {value.name} and {name}"
                )
        cls.declared = tuple(found.values())
        cls.sheet = sheet or cls.__name__
        cls.title = (cls.__doc__ or cls.__name__).strip().split("\n")[0].rstrip(".")


_CELL_NAME: Final = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")

_FULL_WORDS: Final = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]")


class Model:
    """The blocks of a model, in reading order = order of evaluation = order of rows.

    Raises
    ------
    DeclarationError
        If a name is used twice, looks like a cell, or is not in full lower-case words.
    """

    def __init__(self, name: str, blocks: Sequence[type[Block]]) -> None:
        self.name = name
        self.blocks = tuple(blocks)
        self.declared: dict[str, Declared] = {}
        for block in self.blocks:
            for item in block.declared:
                self._add(item)

    def _add(self, item: Declared) -> None:
        if item.name in self.declared:
            raise DeclarationError(
                f"{item.origin}: {item.name!r} is declared already at {self.declared[item.name].origin}"
            )
        if _CELL_NAME.fullmatch(item.name) or not _FULL_WORDS.fullmatch(item.name):
            raise DeclarationError(
                f"{item.origin}: {item.name!r} looks like a cell or is not snake_case; use full words"
            )
        self.declared[item.name] = item

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
