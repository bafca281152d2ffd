"""Reported figures: read from ``model/data``, checked, completed where the filings give a year only, and cut at as-of."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np

from model.errors import InputError, NotAvailableError
from model.language.periods import QUARTERS_A_YEAR, Axis, Quarter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from model.plan.plan import Plan

QUARTERLY_FILE: Final = "actuals_quarterly.csv"
ANNUAL_FILE: Final = "actuals_annual.csv"
CHECKS: Final = frozenset({"verified", "single-source", "derived", "judgement", "estimate"})
_COLUMNS: Final = ("item", "period", "value", "unit", "check", "source", "read_at")
_ZERO_WHERE_SILENT: Final = ("one_offs_",)
"""Items that the filings mention only when there are any."""


@dataclass(frozen=True)
class Figure:
    """One reported figure with its unit and source."""

    item: str
    period: str
    value: float
    unit: str
    check: str
    source: str


@dataclass(frozen=True)
class Actuals:
    """All reported figures: ``quarterly[item, "2026Q2"]`` and ``annual[item, "2025"]``."""

    quarterly: Mapping[tuple[str, str], Figure]
    annual: Mapping[tuple[str, str], Figure]

    @property
    def latest(self) -> Quarter:
        """Last quarter with reported net sales."""
        return max(Quarter.parse(period) for item, period in self.quarterly if item == "net_sales")

    def value(self, item: str, quarter: Quarter) -> float:
        """Return one figure; not reported is a :class:`PeriodError`."""
        try:
            return self.quarterly[item, str(quarter)].value
        except KeyError:
            raise NotAvailableError(
                f"{item} was not reported for {quarter}; the data hold quarters to {self.latest}"
            ) from None

    def arrays(self, plan: Plan) -> dict[str, NDArray[np.float64]]:
        """Return the reported rows of ``plan``, each of the axis' length, NaN after as-of."""
        axis = plan.axis
        check_as_of(axis.as_of, self)
        table = {}
        for key in plan.rows:
            if not key.startswith("reported."):
                continue
            row = np.full(axis.length, np.nan)
            for position in range(axis.forecast_start):
                row[position] = self.value(key.removeprefix("reported."), axis.quarters[position])
            table[key] = row
        return table


def check_as_of(as_of: Quarter, actuals: Actuals) -> None:
    """Refuse an as-of for which nothing is reported yet."""
    if as_of > actuals.latest:
        raise NotAvailableError(f"as-of {as_of} is not reported yet; the latest is {actuals.latest}")


@cache
def load_actuals() -> Actuals:
    """Read the figures that ship with the package."""
    quarterly, annual = _read(QUARTERLY_FILE), _read(ANNUAL_FILE)
    _complete(quarterly, annual)
    return Actuals(quarterly, annual)


@cache
def reported_arrays(plan: Plan) -> dict[str, NDArray[np.float64]]:
    """Return the reported rows of ``plan`` from the figures that ship."""
    return load_actuals().arrays(plan)


def axis_at(as_of: str | Quarter) -> Axis:
    """Return the axis for an as-of quarter, refused when it is not reported yet."""
    quarter = as_of if isinstance(as_of, Quarter) else Quarter.parse(as_of)
    check_as_of(quarter, load_actuals())
    return Axis(quarter)


def _read(name: str) -> dict[tuple[str, str], Figure]:
    figures: dict[tuple[str, str], Figure] = {}
    with resources.files("model.amazon.data").joinpath(name).open(encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise InputError(f"{name}: columns must be {', '.join(_COLUMNS)}")
        for number, row in enumerate(reader, start=2):
            where = f"{name} line {number}"
            key = (row["item"], row["period"])
            if key in figures:
                raise InputError(f"{where}: {key[0]} of {key[1]} is given twice")
            if row["check"] not in CHECKS or not row["source"] or not row["unit"]:
                raise InputError(
                    f"{where}: needs a unit, a source and a check out of {', '.join(sorted(CHECKS))}"
                )
            try:
                value = float(row["value"])
            except ValueError:
                raise InputError(f"{where}: {row['value']!r} is not a number") from None
            figures[key] = Figure(*key, value, row["unit"], row["check"], row["source"])
    return figures


def _complete(quarterly: dict[tuple[str, str], Figure], annual: dict[tuple[str, str], Figure]) -> None:
    """Add what the model needs and the filings give only by year, or by parts, each marked as an estimate or derived."""
    quarters = sorted({period for item, period in quarterly if item == "net_sales"})

    def add(item: str, period: str, value: float, check: str, source: str, unit: str = "USD m") -> None:
        quarterly.setdefault((item, period), Figure(item, period, value, unit, check, source))

    for period in quarters:
        reported = ("property_depreciation_aws", period) in quarterly
        add(
            "segment_depreciation_reported",
            period,
            float(reported),
            "derived",
            "1 where segment notes give the quarter",
            "flag",
        )
        year = period[:4]
        if not reported:
            spread = quarterly["depreciation_amortization", period].value / sum(
                quarterly["depreciation_amortization", f"{year}Q{n + 1}"].value
                for n in range(QUARTERS_A_YEAR)
            )
            for part in ("aws", "north_america", "international", "consolidated"):
                figure = annual[f"property_depreciation_{part}", year]
                source = f"{year} figure spread by cash-flow depreciation; {figure.source}"
                add(figure.item, period, figure.value * spread, "estimate", source)
                figure = annual[f"net_property_additions_{part}", year]
                add(
                    figure.item,
                    period,
                    figure.value / QUARTERS_A_YEAR,
                    "estimate",
                    f"a fourth of {year}; {figure.source}",
                )
        parts = [
            quarterly[f"property_depreciation_{part}", period] for part in ("north_america", "international")
        ]
        add(
            "property_depreciation_other", period, sum(part.value for part in parts), parts[0].check,
            f"North America and International; {parts[0].source}",
        )  # fmt: skip
        for item in {item for item, _ in quarterly if item.startswith(_ZERO_WHERE_SILENT)}:
            add(item, period, 0.0, "derived", "no such charge in the release")
    for year in sorted({period[:4] for period in quarters}):
        _roll_forward(quarterly, annual, year, "aws")


def _roll_forward(
    quarterly: dict[tuple[str, str], Figure], annual: dict[tuple[str, str], Figure], year: str, part: str
) -> None:
    """Add property by quarter where only year-ends are reported: additions less depreciation, what is left spread evenly."""
    item = f"property_and_equipment_net_{part}"
    if (item, f"{year}Q1") in quarterly:
        return
    balance, end = annual[item, str(int(year) - 1)].value, annual[item, year]
    additions, depreciation = (
        [quarterly[f"{what}_{part}", f"{year}Q{n + 1}"].value for n in range(QUARTERS_A_YEAR)]
        for what in ("net_property_additions", "property_depreciation")
    )
    moves = [added - depreciated for added, depreciated in zip(additions, depreciation, strict=True)]
    rest = (end.value - balance - sum(moves)) / QUARTERS_A_YEAR
    for number, move in enumerate(moves, start=1):
        balance += move + rest
        key = (item, f"{year}Q{number}")
        source = f"year-end figures rolled forward by additions less depreciation; {end.source}"
        quarterly.setdefault(key, Figure(*key, balance, end.unit, "estimate", source))
