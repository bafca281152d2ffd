"""From scenarios to workbook files: what ships, what a selector offers, and the proof before a file is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import AmznFcfError, InputError
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios, read_file
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import FUNCTIONS
from workbook_templates.read.values import value_at
from workbook_templates.validation.validate import Report, validate
from workbook_templates.write.patching import with_cached
from workbook_templates.write.xlsx import write_workbook
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.language.periods import Quarter
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.workbook import WorkbookPlan


MOST_OFFERED: Final = 12


@dataclass(frozen=True, repr=False)
class Built:
    """A workbook, calculated, and what validating it found."""

    scenario: Scenario
    data: bytes
    report: Report


def load_distinct(names: Sequence[str], as_of: str | None) -> list[Scenario]:
    """Compose scenarios, refusing two of one name: their files and columns could not be told apart."""
    scenarios = [load_scenario(name, as_of) for name in names]
    refuse_repeated(scenarios)
    return scenarios


def refuse_repeated(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose names differ in nothing but case, as file systems and cells see them."""
    found = [each.name.lower() for each in scenarios]
    repeated = sorted({each.name for each in scenarios if found.count(each.name.lower()) > 1})
    if repeated:
        raise InputError(f"--scenario {', '.join(repeated)} is given twice, or two files have this name")


def default_scenarios() -> list[str]:
    """Names of what is built by default: every scenario, and base with each overlay."""
    return [*builtin_scenarios(), *(f"base+{overlay}" for overlay in builtin_overlays())]


def named(given: Sequence[str]) -> list[str]:
    """Return the scenarios that were given, each file of a folder or of a pattern such as ``cases/*.toml`` by itself.

    What overlays follow a folder holds for all its files; files that are overlays are not scenarios, and are
    left out.
    """
    names = []
    for each in given:
        first, plus, overlays = each.partition("+")
        path = Path(first)
        if first in builtin_scenarios() or not (path.is_dir() or "*" in first):
            names.append(each)
            continue
        files = path.glob("*.toml") if path.is_dir() else path.parent.glob(path.name)
        found = [str(file) for file in sorted(files) if file.suffix == ".toml" and not _is_overlay(file)]
        if not found:
            raise InputError(f"--scenario {first}: no scenario file (.toml) there")
        names += [f"{name}{plus}{overlays}" for name in found]
    return names


def _is_overlay(file: Path) -> bool:
    try:
        return read_file(str(file), companies.default()).overlay
    except AmznFcfError:
        return False  # said when it is composed


def file_name(scenario: Scenario) -> str:
    """Return the name of a scenario's workbook."""
    return f"amzn-fcf_{scenario.name}.xlsx"


def offered_with(selected: Scenario, requested: Sequence[Scenario], *, moved: bool) -> list[Scenario]:
    """Return what the selector offers: everything of the same as-of that ships or was asked for.

    When the as-of was ``moved``, only what was asked for: the scenarios that ship were not made for it. When
    that is more than :data:`MOST_OFFERED`, only ``selected`` of what was asked for: sheets would become too
    long to read.
    """
    offered = {} if moved else {each.name: each for each in shipped_at(selected.as_of)}
    together = {each.name: each for each in requested if each.as_of == selected.as_of}
    if len(offered | together) > MOST_OFFERED:
        together = {selected.name: selected}
    return list((offered | together).values())


@cache
def shipped_at(as_of: Quarter) -> tuple[Scenario, ...]:
    """Return the scenarios that ship with an as-of, and the first of them with each overlay."""
    roots = [scenario for name in builtin_scenarios() if (scenario := load_scenario(name)).as_of == as_of]
    return (*roots, *(load_scenario(f"{roots[0].name}+{overlay}") for overlay in builtin_overlays() if roots))


def build(plan: WorkbookPlan, base: bytes | None = None) -> Built:
    """Write a planned workbook in memory (in front of the sheets of ``base``), calculate it, and compare it with the model."""
    data = Formualizer().with_cached_values(write_workbook(plan, base))
    if FUNCTIONS in plan.sheets:
        data = with_functions_cached(plan, data)
    return Built(plan.selected, data, validate(data, file_name(plan.selected), register=register))


def with_functions_cached(plan: WorkbookPlan, data: bytes, source: bytes | None = None) -> bytes:
    """Return the workbook with the values of its functions cached, which the engine's own cache writer does not know.

    ``source``: the workbook to calculate instead, where a host's files call the functions by names of their
    own.
    """
    grids = Formualizer(register).calculate(source or data)
    values: dict[tuple[str, int, int], float | str | None] = {}
    for (row, column), cell in plan.sheets[FUNCTIONS].cells.items():
        value = value_at(grids, FUNCTIONS, row, column)
        if cell.twin is not None and not isinstance(value, bool):
            values[FUNCTIONS, row, column] = value
    return with_cached(data, values)
