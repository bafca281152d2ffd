"""Which inputs of a workbook were changed since it was built, and what each change does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from model.results import run
from model.scenarios.changes import changes
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios
from model.scenarios.scenario import assumption_hash
from model.scenarios.spec import as_text
from workbook_templates.a1 import coordinates, reference
from workbook_templates.plan.layout import INPUTS
from workbook_templates.read.inputs import input_place
from workbook_templates.validation.effects import effect, watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.scenarios.changes import Change
    from model.scenarios.scenario import Scenario
    from workbook_templates.a1 import CellPlace
    from workbook_templates.plan.layout import Layout
    from workbook_templates.read.inputs import WorkbookInputs

_SHOWN: Final = 4
"""Periods of a driver that are shown one by one."""


@dataclass(frozen=True)
class ChangedInput:
    """A driver that a workbook holds otherwise than the scenario on which its own is based.

    ``values``: period, value before and after, as text; ``source``: what the workbook says of its source;
    ``effect``: what this change alone does, for the selected scenario.
    """

    scenario: str
    base: str
    key: str
    label: str
    unit: str
    cells: tuple[CellPlace, ...]
    values: tuple[tuple[str, str, str], ...]
    source: str
    effect: str = ""

    def __str__(self) -> str:
        shown = [
            f"{period}: {before} -> {after}".removeprefix("all: ") for period, before, after in self.values
        ]
        more = f" and {len(shown) - _SHOWN} more periods" if len(shown) > _SHOWN else ""
        first = f"{INPUTS}!{reference(*self.cells[0][1:])}"
        parts = [f"{', '.join(shown[:_SHOWN])}{more}", f"source: {self.source or 'none given'}", self.effect]
        return f"{first} {self.key} {'; '.join(filter(None, parts))}"


def base_of(selected: Scenario) -> tuple[str, Scenario]:
    """Return the shipped scenario on which a workbook's scenario is based.

    It is the one of the same name. For a user's own scenario, whose file the workbook does not record, it is
    the one with the same as-of and the fewest differing drivers.
    """
    first, *overlays = selected.name.split("+")
    if first in builtin_scenarios() and set(overlays) <= set(builtin_overlays()):
        return selected.name, load_scenario(selected.name, selected.as_of)
    loaded = {name: load_scenario(name) for name in builtin_scenarios()}
    names = [name for name, each in loaded.items() if each.as_of == selected.as_of] or [selected.company.base]
    roots = {name: load_scenario(name, selected.as_of) for name in names}
    return min(roots.items(), key=lambda root: len(changes(root[1], selected)))


def changed_inputs(inputs: WorkbookInputs, layout: Layout, stamp: str) -> list[ChangedInput]:
    """Return the changed drivers of every scenario of a workbook; those of the selected one with effects.

    ``stamp``: the hash of the assumptions with which it was built, from which follows that none was changed.
    """
    if stamp == assumption_hash(inputs.scenarios) or not builtin_scenarios():
        return []
    found = []
    unusable = {coordinates(each.cell) for each in inputs.problems}
    for place, scenario in enumerate(inputs.scenarios):
        name, base = base_of(scenario)
        differing = [
            each
            for each in changes(base, scenario)
            if not unusable & {input_place(layout, each.spec.key, period, place) for period in each.before}
        ]
        is_selected = scenario is inputs.selected
        effects = _effects(base, scenario, differing) if is_selected else [""] * len(differing)
        for change, does in zip(differing, effects, strict=True):
            found.append(_changed(layout, (place, scenario, name), change, does))
    return found


def _changed(layout: Layout, where: tuple[int, Scenario, str], change: Change, does: str) -> ChangedInput:
    place, scenario, base = where
    spec, unit = change.spec, change.spec.driver.unit
    table, note = scenario.table[spec.key], scenario.sources.get(spec.key)

    def text(value: float | None) -> str:
        return "as its year" if value is None else as_text(value, unit)

    values = tuple((each, text(was), text(table.get(each))) for each, was in change.before.items())
    cells = tuple((INPUTS, *input_place(layout, spec.key, each, place)) for each in change.before)
    source = str(note) if note else spec.source
    return ChangedInput(scenario.name, base, spec.key, spec.label, unit, cells, values, source, does)


def _effects(base: Scenario, changed: Scenario, differing: Sequence[Change]) -> list[str]:
    """Return what each change alone does to the watched figures."""
    alone = [
        replace(base, table={**base.table, each.spec.key: changed.table[each.spec.key]}) for each in differing
    ]
    if not alone:
        return []
    results = run([base, *alone])
    rows = watched(results.plan, base.company)
    before = [row.value(results, 0) for row in rows]
    return [
        effect(rows, before, [row.value(results, draw) for row in rows]) for draw in range(1, len(alone) + 1)
    ]
