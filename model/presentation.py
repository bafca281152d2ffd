"""What the outer packages show of a company: names of its lines and drivers, by the place where they are shown.

Every part has defaults: what a company does not name is left out where it would be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from model.language.periods import Axis

Names = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What is asked of a company's model: its headline lines, methods of value, events, and drivers that answer.

    Attributes
    ----------
    cash_flow
        Trailing free cash flow by quarter: fan charts, and the chance that it is above 0.
    values
        Method of valuation -> row of its value per share in the middle case; the first is the default.
    price
        Driver of the share price that values are compared with.
    trough
        Result: the lowest trailing free cash flow.
    events
        Results that hold the quarter of an event.
    next_year
        Lines that a simulation reports for the first full year ahead.
    results
        Results that a simulation reports.
    drivers
        Question in plain words -> the driver that answers it.
    hint
        Adds to the message that a driver reaches no target: takes the driver, the values of the model and its
        axis; an empty text adds nothing.
    """

    cash_flow: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    price: str = ""
    trough: str = ""
    events: Names = ()
    next_year: Names = ()
    results: Names = ()
    drivers: Mapping[str, str] = field(default_factory=dict)
    hint: Callable[[str, Mapping[str, Any], Axis], str] = lambda _driver, _values, _axis: ""

    @property
    def value(self) -> str:
        """Row of the value per share by the first method; empty where there is none."""
        return next(iter(self.values.values()), "")


@dataclass(frozen=True, kw_only=True)
class WorkbookWords:
    """What the sheets of a workbook show."""


@dataclass(frozen=True, kw_only=True)
class CellWords:
    """What the words in arguments of functions stand for, and which lines a statement holds."""


@dataclass(frozen=True, kw_only=True)
class ReportWords:
    """What commands print beside what was asked for."""


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """What is shown of a company, by who shows it."""

    questions: Questions = field(default_factory=Questions)
    workbook: WorkbookWords = field(default_factory=WorkbookWords)
    cells: CellWords = field(default_factory=CellWords)
    reports: ReportWords = field(default_factory=ReportWords)
