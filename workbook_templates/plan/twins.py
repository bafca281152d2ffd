"""Twins: the figure of the model that each kind of formula cell must equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.scenarios.drivers import driver_specs
from workbook_templates.plan.cells import Twin
from workbook_templates.plan.layout import OFF, ON

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


@dataclass(frozen=True)
class AfterSwitch(Twin):
    """The value of a driver in a period after the switch of a place; an empty text if it has none."""

    key: str
    period: str
    place: int

    def unit(self, plan: WorkbookPlan) -> str:
        """See :class:`Twin`."""
        return plan.layout.plan.rows[self.key].unit

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:
        """See :class:`Twin`."""
        scenario, spec = results.scenarios[draw], driver_specs(plan.layout.company)[self.key]
        values = scenario.root.table[self.key]
        known = {each.name: each for each in scenario.overlays}
        for each in plan.layout.switches[: self.place + 1]:
            if each.name in known and self.key in known[each.name].adjustments:
                values = known[each.name].adjustments[self.key].after(values, spec)
        return values.get(self.period, "")


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


def scenario_number(plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return the number of the selected scenario among those that the workbook offers, from 1."""
    root = results.scenarios[draw].root.name
    return float([each.name for each in plan.scenarios].index(root) + 1)


def switch_is_on(name: str, _plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return whether a switch is on."""
    return float(name in {each.name for each in results.scenarios[draw].overlays})


def state_text(name: str, plan: WorkbookPlan, results: Results, draw: int) -> str:
    """Return whether a switch is on, in words."""
    return ON if switch_is_on(name, plan, results, draw) else OFF
