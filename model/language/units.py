"""Unit algebra for the build check: what a declared line measures, and what its formula yields.

A unit is a product of powers of base units. Ratios, flags and counts of quarters have none. The text forms in
:data:`UNITS` are those that declarations, data files and workbooks use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from model.errors import DeclarationError, did_you_mean


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
        for text, unit in UNITS.items():
            if unit == self:
                return text
        return " ".join(base if power == 1 else f"{base}^{power}" for base, power in self.powers)


RATIO: Final = Unit()
QUARTER: Final = Unit((("quarter code", 1),))
DAY: Final = Unit((("day", 1),))

UNITS: Final[dict[str, Unit]] = {
    "ratio": RATIO,
    "USD m": Unit((("USD m", 1),)),
    "m shares": Unit((("m shares", 1),)),
    "USD/share": Unit((("USD m", 1), ("m shares", -1))),
    "yr": Unit((("yr", 1),)),
    "1/yr": Unit((("yr", -1),)),
    "GW": Unit((("GW", 1),)),
    "rate": RATIO,
    "times": RATIO,
    "flag": RATIO,
    "quarters": RATIO,
    "choice": RATIO,
    "quarter": QUARTER,
    "date": DAY,
    "days": DAY,
}


def parse_unit(text: str) -> Unit:
    """Return the unit that ``text`` names; an unknown one is a :class:`DeclarationError`."""
    try:
        return UNITS[text]
    except KeyError:
        raise DeclarationError(f"unknown unit {text!r}{did_you_mean(text, UNITS)}") from None
