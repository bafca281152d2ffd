"""Twins: the figure of the model that each kind of formula cell must equal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.errors import is_error
from model.scenarios.drivers import driver_specs
from workbook_templates.plan.cells import Twin
from workbook_templates.plan.layout import OFF, ON

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.language.periods import Frequency
    from model.results import Results
    from workbook_templates.plan.cells import WorkbookPlan


def figure_of(
    results: Results, draw: int, key: str, position: int | None = None, frequency: Frequency = "quarterly"
) -> float:
    """Return a row's figure of a draw: its one value, or that at a position among quarters or years."""
    values = results.values[key] if position is None else results.series(key, frequency)
    row = values[position or 0]
    return float(row[draw if len(row) > 1 else 0])  # what all draws share is there once


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
        return figure_of(results, draw, self.key, self.position, self.frequency)


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


@dataclass(frozen=True)
class Stamped(Twin):
    """A stamped value, in the cell of another sheet; NaN: it has no meaning, or there is none."""

    sheet: str
    place: tuple[int, int]

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:  # noqa: ARG002  # of the interface
        """See :class:`Twin`."""
        content = plan.sheets[self.sheet].cells[self.place].content
        return math.nan if content is None or is_error(content) else content


@dataclass(frozen=True)
class Difference(Twin):
    """A figure less another one, or (``share``) that as a share of the other, if it is above 0."""

    one: Twin
    other: Twin | float
    share: bool = False

    def unit(self, plan: WorkbookPlan) -> str:
        """See :class:`Twin`."""
        return "ratio" if self.share else self.one.unit(plan)

    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:
        """See :class:`Twin`."""
        one = self.one.expected(plan, results, draw)
        other = self.other if isinstance(self.other, float) else self.other.expected(plan, results, draw)
        if isinstance(one, str) or isinstance(other, str):
            return ""
        if not self.share:
            return one - other
        return one / other - 1 if other > 0 else ""


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
