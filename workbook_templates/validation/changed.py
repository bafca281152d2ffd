"""Which inputs of a workbook were changed since it was built, and what each change does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.errors import few
from model.scenarios.changes import changes, is_same
from model.scenarios.composing import load_scenario, shipped_overlays
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_overlays, builtin_scenarios
from model.scenarios.spec import as_text
from workbook_templates.a1 import coordinates, reference
from workbook_templates.plan.layout import INPUTS
from workbook_templates.read.inputs import input_place
from workbook_templates.validation.effects import effect_text, one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.scenarios.changes import Change
    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario
    from model.scenarios.spec import DriverSpec, PeriodValues
    from workbook_templates.a1 import CellPlace
    from workbook_templates.plan.layout import Layout
    from workbook_templates.read.inputs import WorkbookInputs

_SHOWN: Final = 4
"""Periods of a driver that are shown one by one."""


@dataclass(frozen=True)
class ChangedInput:
    """A driver that a workbook holds otherwise than the scenario on which its own is based.

    ``scenario``: its name, or that of a switch after a ``+``; ``values``: period, value before and after, as
    text; ``source``: what the workbook says of its source;
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
        first = f"{INPUTS}!{reference(*self.cells[0][1:])}"
        values = few(shown, _SHOWN)
        parts = [values, f"source: {self.source or 'none given'}", self.effect]
        return f"{first} {self.key} {'; '.join(filter(None, parts))}"


def base_of(selected: Scenario) -> tuple[str, Scenario]:
    """Return the shipped scenario, with shipped overlays, on which a workbook's scenario is based.

    It is the one of the same name, with those of its switches that ship. For a user's own scenario, whose
    file the workbook does not record, it is the one with the same as-of and the fewest differing drivers.
    """
    ship = builtin_overlays()
    overlays = [each.name for each in selected.overlays if each.name in ship]
    if selected.root.name in builtin_scenarios():
        name = "+".join([selected.root.name, *overlays])
        return name, load_scenario(name, selected.as_of)
    loaded = {name: load_scenario(name) for name in builtin_scenarios()}
    names = [name for name, each in loaded.items() if each.as_of == selected.as_of] or [selected.company.base]
    joined = ["+".join([name, *overlays]) for name in names]
    roots = {name: load_scenario(name, selected.as_of) for name in joined}
    return min(roots.items(), key=lambda root: len(changes(root[1], selected)))


def changed_inputs(inputs: WorkbookInputs, layout: Layout) -> list[ChangedInput]:
    """Return the changed drivers of every scenario and switch of a workbook; of those selected with effects.

    A row that several scenarios share is listed once: for the selected one, or else for the first.
    """
    if not builtin_scenarios():
        return []
    found = []
    unusable = {coordinates(each.cell) for each in inputs.problems}
    names = [each.name for each in inputs.scenarios]
    chosen = names.index(inputs.selected.root.name)
    for place, scenario in enumerate(inputs.scenarios):
        name, base = base_of(scenario)
        differing = [
            each
            for each in changes(base, scenario)
            if _is_own(layout, each.spec.key, place, chosen)
            and not unusable & {input_place(layout, each.spec.key, period, place) for period in each.before}
        ]
        on = inputs.selected.overlays
        effects = _effects(base, scenario, differing, on) if place == chosen else [""] * len(differing)
        pairs = zip(differing, effects, strict=True)
        found += [_changed(layout, (place, scenario, name), change, does) for change, does in pairs]
    return [*found, *_changed_switches(inputs, layout)]


def _is_own(layout: Layout, key: str, place: int, chosen: int) -> bool:
    """Tell whether a row is to be listed for a scenario: it is selected, or the row is its own alone."""
    rows = layout.inputs[key]
    return place == chosen or (place in rows.given and rows.of(place) != rows.of(chosen))


def differing_switches(inputs: WorkbookInputs) -> Iterator[tuple[int, str, list[str], PeriodValues]]:
    """Yield what switches that ship do otherwise than as they ship.

    Place of the switch, driver, periods that differ, and what it does as it ships.
    """
    selected = inputs.selected
    shipped = {each.name: each.adjustments for each in shipped_overlays(selected.as_of, selected.company)}
    for place, switch in enumerate(inputs.switches):
        for key, own in switch.adjustments.items() if switch.name in shipped else ():
            known = shipped[switch.name].get(key)
            was = known.operands if known else {}
            every = sorted(own.operands.keys() | was.keys())
            if periods := [each for each in every if not is_same(own.operands.get(each), was.get(each))]:
                yield place, key, periods, was


def _changed_switches(inputs: WorkbookInputs, layout: Layout) -> Iterator[ChangedInput]:
    """Yield the changed drivers of switches."""
    specs = driver_specs(inputs.selected.company)
    for place, key, periods, was in differing_switches(inputs):
        switch, spec = inputs.switches[place], specs[key]
        own, row = switch.adjustments[key], layout.inputs[key].switches[place].operands
        cells = tuple((INPUTS, row, input_place(layout, key, each)[1]) for each in periods)
        values = tuple(
            (each, _operand(was.get(each), spec), _operand(own.operands.get(each), spec)) for each in periods
        )
        yield ChangedInput(
            f"+{switch.name}", switch.name, key, spec.label, spec.driver.unit, cells, values,
            str(own.origin),
        )  # fmt: skip


def _operand(value: float | None, spec: DriverSpec) -> str:
    return "none" if value is None else as_text(value, spec.driver.unit)


def _changed(layout: Layout, where: tuple[int, Scenario, str], change: Change, does: str) -> ChangedInput:
    place, scenario, base = where
    spec, unit = change.spec, change.spec.driver.unit

    def text(value: float | None) -> str:
        return "as its year" if value is None else as_text(value, unit)

    values = tuple((each, text(was), text(change.after[each])) for each, was in change.before.items())
    cells = tuple((INPUTS, *input_place(layout, spec.key, each, place)) for each in change.before)
    source = str(scenario.origin_of(spec.key))
    return ChangedInput(scenario.name, base, spec.key, spec.label, unit, cells, values, source, does)


def _effects(
    base: Scenario, changed: Scenario, differing: Sequence[Change], overlays: Sequence[Overlay]
) -> list[str]:
    """Return what each change alone does to the watched figures, with the switches that are on."""
    if not differing:
        return []
    rows, found = one_by_one(base, changed, [each.spec.key for each in differing], overlays)
    return [effect_text(rows, each) for each in found]
