"""Scenarios: complete tables of driver values, and overrides of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from model import companies
from model.errors import check_type
from model.language.declarations import LEADS
from model.scenarios import drivers, given
from model.scenarios.overlay import Origin
from model.scenarios.spec import ALL, PeriodValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from model.company import Company
    from model.language.declarations import PartName
    from model.language.periods import Quarter
    from model.plan.plan import Plan
    from model.scenarios.overlay import Overlay


@dataclass(frozen=True, repr=False)
class Scenario:
    """A complete set of driver values.

    ``name``: such as ``"base+power_delay"``; ``as_of``: last reported quarter; ``weight``: in the
    probability-weighted value; ``table``: driver row -> values by ``"all"``, year or quarter; ``sources``:
    driver row -> source, see :meth:`origin_of`; ``overlays``: those joined to it, in order,
    and ``plain``: the scenario without them, if there are any.
    """

    name: str
    title: str
    as_of: Quarter
    weight: float
    table: Mapping[str, Mapping[str, float]]
    note: str = ""
    sources: Mapping[str, Origin] = field(default_factory=dict)
    company: Company = field(default_factory=companies.default)
    overlays: tuple[Overlay, ...] = ()
    plain: Scenario | None = None

    def __repr__(self) -> str:
        return f"<Scenario {self.name}, as of {self.as_of}: {self.title}>"

    @property
    def plan(self) -> Plan:
        """The company's model on the axis of the scenario."""
        return self.company.plan(self.company.axis(self.as_of))

    @property
    def root(self) -> Scenario:
        """The scenario without the overlays joined to it."""
        return self.plain or self

    def origin_of(self, driver: str) -> Origin:
        """Return the source of a driver's values; where a workbook has lost it, that of the driver."""
        spec = drivers.driver_specs(self.company)[driver]
        return self.sources.get(driver) or Origin(spec.grade, spec.source)

    def with_overlays(self, overlays: Sequence[Overlay], *, check: bool = True) -> Scenario:
        """Return the scenario with overlays joined to it: each changes what the one before it leaves.

        ``check``: see :meth:`model.scenarios.overlay.Overlay.applied`.
        """
        if not overlays:
            return self
        specs, table, sources = drivers.driver_specs(self.company), dict(self.table), self.sources
        name, title = self.name, self.title
        for each in overlays:
            table, sources = each.applied(table, specs, check=check), each.noted(sources)
            name, title = f"{name}+{each.name}", f"{title}; {each.title[:1].lower()}{each.title[1:]}"
        if check:
            given.check_sums(table, self.company, name)
        joined = (*self.overlays, *overlays)
        return replace(
            self, name=name, title=title, weight=0.0, table=table, sources=sources, overlays=joined,
            plain=self.root,
        )  # fmt: skip

    def with_overrides(self, overrides: Mapping[str, Mapping[str, float] | float]) -> Scenario:
        """Return the scenario with some values replaced.

        ``overrides``: driver row -> numbers by year, quarter, ``"2027+"`` (2027 and later) or ``"all"``, or
        one number, which is for ``"all"``: from the running year on (also for its reported quarters, where
        the model uses them). A year has precedence over ``"2027+"`` and ``"all"``. What is not named stays; a
        year that is named also replaces what its quarters had of their own.
        """
        check_type(overrides, Mapping, "overrides need a table of drivers, such as {'aws_growth': 0.2}")
        specs = drivers.driver_specs(self.company)
        # unchanged values stay the same objects, which driver_arrays() computes once
        table = dict(self.table)
        for key, value in overrides.items():
            spec = drivers.spec_named(key, specs, "override")
            values = given.given_values(given.pairs_of(value), spec, "override")
            given.check_ahead(spec, values, self.plan, "override")
            changed = dict(table[key])
            given.replace_values(changed, given.from_running_year(values, spec, self.as_of), spec)
            table[key] = changed
        given.check_sums(table, self.company, "override")
        return replace(self, table=table, overlays=(), plain=None)

    def first_used(self, key: str) -> Quarter:
        """Return the first quarter in which the model uses a driver."""
        return self.company.first if key in self.plan.used_in_history else self.as_of.shifted(1)

    def ahead(self, key: str, first: Quarter | None = None) -> PeriodValues:
        """Return a driver's values from a quarter on (default: after the as-of), by period."""
        return given.from_quarter(self.table[key], first or self.as_of.shifted(1), self.company.last)

    @cached_property
    def used_values(self) -> Mapping[str, list[str]]:
        """Every value that the model uses, by row, with twelve digits."""
        plan, found = self.plan, {}
        for row in plan.assumed_rows:
            start = 0 if not row.timed or row.key in plan.used_in_history else plan.axis.forecast_start
            found[row.key] = [f"{value:.12g}" for value in self.series(plan, row.key)[start:].tolist()]
        return found

    def series(self, plan: Plan, key: str) -> NDArray[np.float64]:
        """Return a row of a driver, or a part of one, on the axis of ``plan``: (quarters,), or (1,)."""
        row = plan.rows[key]
        if row.part is not None:
            return self._part(plan, row.driver_key, row.part.part)
        driver = row.driver
        if driver is None or not row.timed:
            return np.array([self.table[key][ALL]])
        if driver.kind == "seasonal":
            by_season = [self.table[f"{key}[{member}]"][ALL] for member in driver.by[0].members]
            return np.array([by_season[quarter.number - 1] for quarter in plan.axis.quarters])
        values = self.table[key]
        last = values.get(str(self.company.last.year), 0.0)  # of a longer axis than the model's own
        labels = plan.axis.labels
        return np.array([values.get(quarter, values.get(year, last)) for quarter, year in labels])

    def _part(self, plan: Plan, key: str, part: PartName) -> NDArray[np.float64]:
        """Return a part of a yearly driver: its values of years, or which quarters have their own."""
        values, axis = self.table[key], plan.axis
        if part == "own":
            return np.array([float(quarter in values) for quarter, _ in axis.labels])
        first, last = axis.quarters[axis.forecast_start].year, self.company.last.year
        years = (min(max(quarter.year + LEADS[part], first), last) for quarter in axis.quarters)
        return np.array([values.get(str(year), 0.0) for year in years])


def assumption_hash(scenarios: Sequence[Scenario], overlays: Sequence[Overlay] = ()) -> str:
    """Return twelve hex digits that change with any driver value of the scenarios that the model uses.

    ``overlays``: those that can be joined to any of them: the digits change with what these do, too.
    """
    content = {
        f"{each.name}: {key}": values for each in scenarios for key, values in each.used_values.items()
    }
    for overlay in overlays:
        for key, each in overlay.adjustments.items():
            operands = [f"{period} {value:.12g}" for period, value in sorted(each.operands.items())]
            content[f"+{overlay.name}: {key}"] = [each.operation, *operands]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def driver_arrays(plan: Plan, scenarios: Sequence[Scenario]) -> dict[str, NDArray[np.float64]]:
    """Return every driver row, and every part of one, for several scenarios side by side.

    Shape (quarters or 1, scenarios); (quarters or 1, 1) where all scenarios hold the very same values, as
    overrides of one do.
    """
    arrays = {}
    for row in plan.assumed_rows:
        parts = [row.driver_key] if row.driver_key in scenarios[0].table else plan.names[row.key]
        held = [tuple(id(each.table[part]) for part in parts) for each in scenarios]
        different = dict(zip(held, scenarios, strict=True))
        columns = {values: each.series(plan, row.key) for values, each in different.items()}
        arrays[row.key] = np.stack(
            [columns[each] for each in (held if len(columns) > 1 else columns)], axis=1
        )
    return arrays
