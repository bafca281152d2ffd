"""Units: their algebra, which checks formulas, and one table of how figures in each unit are written.

A unit is a product of powers of base units. Ratios, flags and counts of quarters have none.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from model.errors import DeclarationError, did_you_mean
from model.language.periods import DAY_ZERO, Quarter


@dataclass(frozen=True)
class Unit:
    """A product of base units, as sorted (base, power) pairs without zero powers.

    Examples
    --------
    >>> parse_unit("USD m") / parse_unit("m shares") == parse_unit("USD/share")
    True
    """

    powers: tuple[tuple[str, int], ...] = ()

    def _combine(self, other: Unit, sign: int) -> Unit:
        total = dict(self.powers)
        for base, power in other.powers:
            total[base] = total.get(base, 0) + sign * power
        return Unit(tuple(sorted((base, power) for base, power in total.items() if power)))

    def __mul__(self, other: Unit) -> Unit:
        return self._combine(other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return self._combine(other, -1)

    def __str__(self) -> str:
        for name, entry in UNITS.items():
            if entry.unit == self:
                return name
        return " ".join(base if power == 1 else f"{base}^{power}" for base, power in self.powers)


RATIO: Final = Unit()
QUARTER: Final = Unit((("quarter code", 1),))
DAY: Final = Unit((("day", 1),))
_USD_M: Final = Unit((("USD m", 1),))
_M_SHARES: Final = Unit((("m shares", 1),))
_YEAR: Final = Unit((("yr", 1),))
MINUS: Final = "\N{MINUS SIGN}"
_HYPHEN_AS_MINUS: Final = re.compile(r"(?<![\w-])-(?=[\d.])")
_COUNTED: Final = {"quarter": "quarter", "date": "day"}
"""What the difference of two figures counts, by the style of their unit."""
NONE_GIVEN: Final = "none given"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A unit, and how its figures are written everywhere.

    ``style``: number format in workbooks, a name in ``workbook_templates.plan.styles.FORMATS``.
    ``decimals``: in text; None: up to three. ``percent``: shown as a percentage. ``money``: compared with a
    tolerance for amounts. ``chart_unit``: title of a chart's axis, and unit of overviews; empty: the unit.
    ``chart_scale``: factor from a figure to the chart. ``chart_decimals``: decimals there. ``not_swung``: why
    a sensitivity analysis does not move drivers in this unit; empty: it does. ``sign``: what stands for the
    unit in a narrow column; empty: its name. ``zero_means_none``: 0 says that no value of a driver
    is given.
    """

    unit: Unit
    style: str
    decimals: int | None = None
    percent: bool = False
    money: bool = False
    chart_unit: str = ""
    chart_scale: float = 1.0
    chart_decimals: int = 2
    not_swung: str = ""
    sign: str = ""
    zero_means_none: bool = False

    def is_none(self, value: float) -> bool:
        """Tell whether a value means that none is given."""
        return self.zero_means_none and value == 0

    def recorded(self, value: float) -> float | str | None:
        """Return a figure for a record: quarters as 2026Q3, dates as 2026-10-06; None: there is none."""
        if self.is_none(value) or not math.isfinite(value):
            return None
        if self.style == "quarter":
            return str(Quarter.from_code(value))
        return date.fromordinal(round(value) + DAY_ZERO).isoformat() if self.style == "date" else float(value)

    def text(self, value: float) -> str:
        """Write a figure in this unit, without the unit.

        Examples
        --------
        >>> measure("ratio").text(0.379), measure("USD m").text(-1306.3), measure("quarter").text(20263)
        ('37.90%', '-1,306', '2026Q3')
        """
        known = self.recorded(value)
        if self.is_none(value):
            return NONE_GIVEN
        if known is None:
            return "not on the axis" if self.style == "quarter" else "not meaningful"
        if isinstance(known, str):
            return known
        decimals = (0 if known == round(known) else 3) if self.decimals is None else self.decimals
        kept = round(known, decimals + 2 if self.percent else decimals) or 0.0  # no "-0"
        return f"{kept:,.{decimals}{'%' if self.percent else 'f'}}"

    def chart_text(self, value: float, decimals: int | None = None) -> str:
        """Write a figure in ``chart_unit``, without the unit; ``decimals``: other than usual."""
        return _decimal(value * self.chart_scale, self.chart_decimals if decimals is None else decimals)

    def change_text(self, change: float | None, *, chart: bool = False, decimals: int | None = None) -> str:
        """Write a difference of two figures in this unit, with its sign; where there is none, ``-``.

        Of percentages it is in points, of quarters and dates counted. One that rounds to 0 has no sign.
        ``chart``: in ``chart_unit``, which stands beside it, with its ``decimals`` or others.

        Examples
        --------
        >>> measure("ratio").change_text(0.012), measure("USD m").change_text(-5.0)
        ('+1.20 pp', '-5')
        >>> measure("quarter").change_text(-1), measure("USD m").change_text(1306.3, chart=True)
        ('-1 quarter', '+1.3')
        """
        if change is None or not math.isfinite(change):
            return "-"
        if chart:
            text = self.chart_text(change, decimals)
        elif self.percent:
            text = f"{_decimal(100 * change, 2)} pp"
        elif self.style in _COUNTED:
            text = counted(round(change), _COUNTED[self.style])
        elif self.style == "whole":  # the mean of counts is none
            text = _decimal(change, 0 if change == round(change) else 1)
        else:
            text = replace(self, zero_means_none=False).text(change)
        return f"+{text}" if change > 0 and any(each in "123456789" for each in text) else text


def _percentage(unit: Unit, style: str) -> Measure:
    return Measure(
        unit=unit, style=style, decimals=2, percent=True,
        chart_unit="%", chart_scale=100.0, chart_decimals=1, sign="%",
    )  # fmt: skip


UNITS: Final[dict[str, Measure]] = {
    "ratio": _percentage(RATIO, "percent"),
    "USD m": Measure(
        unit=_USD_M, style="money", decimals=0, money=True,
        chart_unit="USD bn", chart_scale=1e-3, chart_decimals=1,
    ),
    "m shares": Measure(
        unit=_M_SHARES, style="money", decimals=0, not_swung="counted, not assumed", sign="m",
    ),
    "USD/share": Measure(
        unit=_USD_M / _M_SHARES, style="share", decimals=2,
        chart_unit="USD per share", not_swung="a market price", sign="USD",
    ),
    "yr": Measure(unit=_YEAR, style="years"),
    "1/yr": _percentage(RATIO / _YEAR, "percent"),
    "GW": Measure(unit=Unit((("GW", 1),)), style="years"),
    "rate": _percentage(RATIO, "rate"),
    "times": Measure(unit=RATIO, style="times", sign="x"),
    "flag": Measure(unit=RATIO, style="whole"),
    "quarters": Measure(unit=RATIO, style="whole", chart_decimals=1),
    "choice": Measure(unit=RATIO, style="whole", not_swung="a choice"),
    "quarter": Measure(unit=QUARTER, style="quarter", not_swung="a quarter"),
    "date": Measure(unit=DAY, style="date", not_swung="a date"),
    "days": Measure(unit=DAY, style="whole"),
}  # fmt: skip
"""Every unit by its name in declarations, data files and workbooks. A unit is added here, and a new ``style``
in ``workbook_templates.plan.styles.FORMATS`` too."""


def counted(number: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> counted(1, "draw"), counted(2000, "draw"), counted(-1, "quarter")
    ('1 draw', '2,000 draws', '-1 quarter')
    """
    return f"{number:,} {noun}{'' if abs(number) == 1 else 's'}"


def _decimal(value: float, decimals: int) -> str:
    return f"{round(value, decimals) or 0.0:,.{decimals}f}"  # no "-0"


def with_minus(text: str) -> str:
    """Return a text with the real minus sign before its negative numbers, as print has it.

    Examples
    --------
    >>> with_minus("2026-10-06: -5.0") == "2026-10-06: \u22125.0"
    True
    """
    return _HYPHEN_AS_MINUS.sub(MINUS, text)


def measure(name: str) -> Measure:
    """Return the entry of a unit in :data:`UNITS`; an unknown one is a :class:`DeclarationError`."""
    try:
        return UNITS[name]
    except KeyError:
        raise DeclarationError(f"unknown unit {name!r}{did_you_mean(name, UNITS)}") from None


def parse_unit(name: str) -> Unit:
    """Return the unit with this name; an unknown one is a :class:`DeclarationError`."""
    return measure(name).unit
