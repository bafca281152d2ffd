"""Twins: the figure of the model that each kind of formula cell must equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.language.periods import Quarter
from workbook_templates.plan.cells import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.backends.arrays import Array
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan


@dataclass(frozen=True)
class Single(Twin):
    """A row that does not vary with time."""

    key: str

    def unit(self, plan: WorkbookPlan) -> str:
        """See :class:`Twin`."""
        return plan.layout.plan.rows[self.key].unit

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        values = self.values(results)
        return float(values[draw if len(values) > 1 else 0])

    def values(self, results: Results) -> Array:
        """Return the figure in every draw, or the one figure of all."""
        row: Array = results.values[self.key][0]
        return row


@dataclass(frozen=True)
class InQuarter(Single):
    """A row in the quarter at a position of the axis."""

    position: int

    def values(self, results: Results) -> Array:
        """See :class:`Single`."""
        row: Array = results.values[self.key][self.position]
        return row


@dataclass(frozen=True)
class InYear(InQuarter):
    """A row in the year at a position."""

    def values(self, results: Results) -> Array:
        """See :class:`Single`."""
        row: Array = results.series(self.key, "annual")[self.position]
        return row


@dataclass(frozen=True)
class InTwelveMonths(InQuarter):
    """A row over the twelve months that end with a quarter."""

    def values(self, results: Results) -> Array:
        """See :class:`Single`."""
        row: Array = results.series(self.key, "ttm")[self.position]
        return row


@dataclass(frozen=True)
class DriverInYear(Single):
    """The scenario's value of a driver for a calendar year."""

    year: int

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return results.scenarios[draw].table[self.key][str(self.year)]


@dataclass(frozen=True)
class Passes(Twin):
    """1 if a row that counts failures is 0, else 0."""

    key: str

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return float(results.values[self.key][0, draw] == 0)


@dataclass(frozen=True)
class QuarterText(Twin):
    """A row that holds a quarter, as text: ``2027Q2``."""

    key: str

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> str:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return str(Quarter.from_code(results.values[self.key][0, draw]))


@dataclass(frozen=True)
class NoDifference(Single):
    """0, within the tolerance of a row."""

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return 0.0


@dataclass(frozen=True)
class NoError(Twin):
    """Any value but an error: a function in a cell."""

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> str:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return "no error"


@dataclass(frozen=True)
class Computed(Twin):
    """The result of a named function of the cell's module; with a lambda a plan could not be pickled."""

    function: Callable[[WorkbookPlan, Results, int], float | str]

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:
        """See :class:`Twin`."""
        return self.function(plan, results, draw)


def scenario_name(plan: WorkbookPlan, results: Results, draw: int) -> str:  # noqa: ARG001  # of the interface
    """Return the name of the selected scenario."""
    return results.scenarios[draw].name


def scenario_title(plan: WorkbookPlan, results: Results, draw: int) -> str:  # noqa: ARG001  # of the interface
    """Return the title of the selected scenario."""
    return results.scenarios[draw].title


def scenario_number(plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return the number of the selected scenario among those that the workbook offers, from 1."""
    return float([each.name for each in plan.scenarios].index(results.scenarios[draw].name) + 1)
