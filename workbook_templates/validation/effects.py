"""What a change does to the figures that people ask for first: value per share, trailing free cash flow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from model.language.periods import Quarter
from model.language.units import measure
from model.results import run
from workbook_templates.plan.layout import VALUE
from workbook_templates.plan.twins import figure_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.plan.plan import Plan
    from model.results import Results
    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario
    from workbook_templates.a1 import CellPlace
    from workbook_templates.plan.layout import Layout
    from workbook_templates.read.values import Value

Effect = tuple[float, ...]
"""What a change does to each of the watched figures; empty where that is not known."""


class Watched(NamedTuple):
    """A figure of the model: its row, and its position on the axis, None for a single value."""

    key: str
    position: int | None
    label: str
    unit: str

    def value(self, results: Results, draw: int) -> float:
        """Return the figure of a scenario."""
        return figure_of(results, draw, self.key, self.position)

    def cell(self, layout: Layout) -> CellPlace:
        """Return the cell that holds the figure."""
        home = layout.places[self.key]
        column = VALUE if self.position is None else layout.quarter_column(self.position)
        return home.sheet, home.row, column


def watched(plan: Plan, company: Company) -> list[Watched]:
    """Return a company's figures: value per share, trailing cash flow at the end of the next year."""
    asked, found = company.presentation.questions, []
    if asked.value:
        found.append(Watched(asked.value, None, "value per share", plan.row(asked.value).unit))
    if asked.cash_flow:
        end = Quarter(plan.axis.as_of.year + 1, 4)
        label = f"{asked.cash_flow} {end}"
        found.append(Watched(asked.cash_flow, plan.axis.position(end), label, plan.row(asked.cash_flow).unit))
    return found


def one_by_one(
    base: Scenario, changed: Scenario, drivers: Sequence[str], overlays: Sequence[Overlay] | None = None
) -> tuple[list[Watched], list[Effect]]:
    """Return the watched figures of a scenario, and what each driver alone, as in another one, does to them.

    ``overlays``: those to lay over all of them; None: they stay as they are.
    """
    alone = [replace(base, table={**base.table, key: changed.table[key]}) for key in drivers]
    every = (base, *alone)
    results = run([each if overlays is None else each.with_overlays(overlays, check=False) for each in every])
    rows = watched(results.plan, base.company)
    before, *after = ([row.value(results, draw) for row in rows] for draw in range(len(every)))
    return rows, [effects(before, each) for each in after]


def effects(before: Sequence[Value], after: Sequence[Value]) -> Effect:
    """Return what becomes of figures: 0 where only rounding differs, NaN where one is no number."""
    return tuple(map(_effect, before, after))


def _effect(before: Value, after: Value) -> float:
    if not isinstance(before, float) or not isinstance(after, float):
        return math.nan
    return 0.0 if math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-9) else after - before


def effect_text(rows: Sequence[Watched], effect: Effect) -> str:
    """Write what becomes of figures, such as ``value per share +3.20 USD/share``; () is not known."""
    return ", ".join(_text(*each) for each in zip(rows, effect, strict=False))


def _text(row: Watched, amount: float) -> str:
    if not math.isfinite(amount):
        return f"{row.label} without meaning"
    if not amount:
        return f"{row.label} unchanged"
    look = measure(row.unit)
    return f"{row.label} {look.change_text(amount)}{'' if look.percent else f' {row.unit}'}"
