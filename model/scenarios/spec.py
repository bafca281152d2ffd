"""One driver: its data, the range of its values, and its numbers as texts.

Values of one driver are keyed by period: ``"all"`` (constants), a year ``"2026"``, or a quarter
``"2026Q3"`` that wins over its year.
"""

from __future__ import annotations

import contextlib
import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Final

from model.errors import InputError, PeriodError, located, number_hint, shown
from model.language.periods import DAY_ZERO, QUARTERS_A_YEAR, Quarter
from model.language.units import measure
from model.plan.plan import labelled

if TYPE_CHECKING:
    from model.company import Company
    from model.language.declarations import Driver

ALL: Final = "all"

_QUARTER: Final = re.compile(r"Q\s*([1-4])[\s/-]*([0-9]{4})|([0-9]{4})[\s/-]+Q([1-4])")
_AMOUNT: Final = re.compile(r"\$?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(bn|b|billion|mn|m|million)", re.IGNORECASE)
_ISO_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(?::00(?:\.0+)?)?")
PeriodValues = dict[str, float]


def number(value: object, where: str, unit: str = "") -> float:
    """Return ``value`` as a finite number, or raise an :class:`InputError` that starts with ``where``.

    For a quarter or a date as text, the message says the number that stands for it.
    """
    if not isinstance(value, bool) and isinstance(value, Real):
        with contextlib.suppress(OverflowError):
            found = float(value)
            if math.isfinite(found):
                return found
    if value is None:
        message = f"{where} is empty: it needs a number"
    elif isinstance(value, str) and value.startswith("="):
        message = f"{where} needs a number, not the formula {shown(value)}: type its result"
    else:
        message = f"{where} needs a number, not {shown(value)}{_code_hint(value, unit) or number_hint(value)}"
    raise InputError(message)


def _code_hint(value: object, unit: str) -> str:
    """Return ``": write 20273"`` for a text of a quarter, and likewise for a date, or for ``180bn``."""
    if not isinstance(value, str):
        return ""
    if unit == "USD m" and (amount := _AMOUNT.fullmatch(value.strip())):
        millions = float(amount[1].replace(",", "")) * (1000 if amount[2][0] in "bB" else 1)
        return f": write {millions:.15g}, in {unit}"
    if unit not in {"quarter", "date"}:
        return ""
    text = _QUARTER.sub(lambda match: f"{match[2] or match[3]}Q{match[1] or match[4]}", value.strip().upper())
    text = _ISO_DATE.sub(r"\1", text) if unit == "date" else text
    with contextlib.suppress(PeriodError, ValueError):
        return f": write {coded(text, unit):.0f}"
    example = {"quarter": "2027Q3", "date": "2026-10-06"}[unit]
    return f": write a {unit} as its number, such as {coded(example, unit):.0f} for {example}"


@dataclass(frozen=True)
class DriverSpec:
    """The data of one driver row: unit, default, range, and the source of the default."""

    company: Company
    key: str
    driver: Driver
    default: PeriodValues
    minimum: float
    maximum: float
    repeats: bool
    grade: str
    description: str
    source: str

    @property
    def label(self) -> str:
        """Name for people, with its members."""
        members = self.key.partition("[")[2].removesuffix("]")
        return labelled(self.driver, members.split(",") if members else ())

    @property
    def is_discrete(self) -> bool:
        """Whether its values are whole numbers, quarters or dates, which have nothing in between."""
        return self.driver.whole or self.driver.unit in {"quarter", "date"}

    @property
    def fixed_because(self) -> str:
        """Why no other number can be found or drawn for it; empty: one can."""
        if self.is_discrete:
            return "it is a whole number, a quarter or a date"
        if self.driver.kind in {"seasonal", "elapsed"}:
            return "it is a table"
        return "it is a share of a total" if self.driver.sums_to_one else ""

    @property
    def range_text(self) -> str:
        """The range of its values, for messages."""
        return f"{readable(self.minimum, self.driver.unit)}..{readable(self.maximum, self.driver.unit)}"

    def clipped(self, value: float) -> float:
        """Return the nearest value in the driver's range."""
        return min(max(value, self.minimum), self.maximum)

    def check(self, value: object, where: str) -> float:
        """Return ``value`` if it is allowed, or raise an :class:`InputError` that starts with ``where``."""
        value = number(value, f"{where}: {self.key}", self.driver.unit)
        if not self.minimum <= value <= self.maximum and not self.driver.look.is_none(value):
            unit = self.driver.unit
            per_cent = measure(unit).percent and self.minimum <= value / 100 <= self.maximum
            hint = f"; {value:g}% is {value / 100:g}" if per_cent else ""
            if measure(unit).money and self.minimum <= value * 1000 <= self.maximum:
                hint = f"; {value:g}bn is {value * 1000:.15g}"
            outside = f"{readable(value, unit)} is outside {self.range_text} ({unit})"
            raise InputError(f"{where}: {self.key} = {outside}{hint}")
        if self.driver.whole and value != round(value):
            raise InputError(f"{where}: {self.key} = {value:g} must be a whole number")
        if self.driver.unit == "quarter":
            with located(f"{where}: {self.key}"):
                Quarter.from_code(value)
        return value


def driver_keys(driver: Driver) -> list[str]:
    """Return the row keys of a driver: one for each combination of members."""
    keys = [driver.name]
    for place, dimension in enumerate(driver.by):
        keys = [f"{key}{'[' if place == 0 else ','}{member}" for key in keys for member in dimension.members]
    return [f"{key}]" for key in keys] if driver.by else keys


def shares_of_one(driver: Driver) -> list[list[str]]:
    """Return the rows of a driver in groups that sum to one: those of the last dimension."""
    groups: dict[str, list[str]] = {}
    for key in driver_keys(driver):
        groups.setdefault(key.rpartition(",")[0] or driver.name, []).append(key)
    return list(groups.values())


def coded(text: str, unit: str) -> float:
    """Return the number of a quarter (``2026Q3``) or a date (``2026-10-06``) in cells; or the number itself.

    A text that is not of the unit is a :class:`PeriodError` or a :class:`ValueError`.
    """
    if unit == "quarter":
        return Quarter.parse(text).code
    return date.fromisoformat(text).toordinal() - DAY_ZERO if unit == "date" else float(text)


def as_text(value: float, unit: str) -> str:
    """Return a value in the form that :func:`coded` reads: quarters as 2026Q3, dates as 2026-10-06."""
    if unit == "date" and value == round(value) and 1 <= value + DAY_ZERO <= date.max.toordinal():
        return date.fromordinal(round(value) + DAY_ZERO).isoformat()
    if unit == "quarter" and value == round(value) and 1 <= value % 10 <= QUARTERS_A_YEAR:
        return str(Quarter.from_code(value))
    text = f"{value:g}"
    return f"{Decimal(text):f}" if "e" in text else text  # 0.00001 and 1000000, not 1e-05 and 1e+06


def readable(value: float, unit: str = "") -> str:
    """Return a value for messages: as :func:`as_text`, a number with up to ten digits and with commas."""
    return as_text(value, unit) if unit in {"quarter", "date"} else f"{value:,.10g}"
