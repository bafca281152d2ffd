"""Twins: the figure of the model that each kind of formula cell must equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_templates.plan.cells import Twin

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.language.periods import Frequency
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan


@dataclass(frozen=True)
class OfRow(Twin):
    """A row of the model: its one value, or its figure at a position among quarters or years.

    ``frequency``: ``"annual"`` for the year, ``"ttm"`` for the twelve months that end with the quarter.
    """

    key: str
    position: int | None = None
    frequency: Frequency = "quarterly"

    def unit(self, plan: WorkbookPlan) -> str:
        """See :class:`Twin`."""
        return plan.layout.plan.rows[self.key].unit

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        is_single = self.position is None
        values = results.values[self.key] if is_single else results.series(self.key, self.frequency)
        row = values[self.position or 0]
        return float(row[draw if len(row) > 1 else 0])


@dataclass(frozen=True)
class DriverInYear(OfRow):
    """The scenario's value of a driver for a calendar year."""

    year: int = 0

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return results.scenarios[draw].table[self.key][str(self.year)]


class OwnValue(OfRow):
    """The value of a driver that a quarter has of its own; else an empty text."""

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:
        """See :class:`Twin`."""
        quarter = str(results.plan.axis.quarters[self.position or 0])
        is_own = quarter in results.scenarios[draw].table[self.key]
        return super().expected(plan, results, draw) if is_own else ""


class NoDifference(OfRow):
    """0, within the tolerance of a row."""

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        return 0.0


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


def scenario_name(_plan: WorkbookPlan, results: Results, draw: int) -> str:
    """Return the name of the selected scenario."""
    return results.scenarios[draw].name


def scenario_title(_plan: WorkbookPlan, results: Results, draw: int) -> str:
    """Return the title of the selected scenario."""
    return results.scenarios[draw].title


def scenario_number(plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return the number of the selected scenario among those that the workbook offers, from 1."""
    return float([each.name for each in plan.scenarios].index(results.scenarios[draw].name) + 1)
