"""Building a workbook: written, calculated, and compared with the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amzn_fcf.building.selection import file_name
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import FUNCTIONS
from workbook_templates.read.values import value_at
from workbook_templates.validation.validate import Made, Report, validate
from workbook_templates.write.patching import with_cached
from workbook_templates.write.xlsx import write_workbook
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.workbook import WorkbookPlan


ENGINE: Final = Formualizer()
"""Keeps the workbook calculated last: of scenarios that follow one another little differs."""


@dataclass(frozen=True, repr=False)
class Built:
    """A calculated workbook and the report of its validation."""

    scenario: Scenario
    data: bytes
    report: Report


def build(plan: WorkbookPlan, base: bytes | None = None) -> Built:
    """Write a planned workbook (before the sheets of ``base``), calculate it, compare it with the model."""
    with_functions, path = FUNCTIONS in plan.sheets, file_name(plan.selected)
    engine = Formualizer(register) if with_functions else ENGINE
    values = engine.values_of(plan, lambda: write_workbook(plan, base))
    data = write_workbook(plan, base, values)
    if base or with_functions:
        return Built(plan.selected, data, validate(data, path, register=register))
    return Built(plan.selected, data, validate(data, path, made=Made(plan, engine.name, values)))


def with_functions_cached(plan: WorkbookPlan, data: bytes, source: bytes | None = None) -> bytes:
    """Return the workbook with cached values of its functions, which the engine's cache writer lacks.

    ``source``: the workbook to calculate instead, if a host's files call the functions by other names.
    """
    if FUNCTIONS not in plan.sheets:  # most workbooks have none
        return data
    grids = Formualizer(register).calculate(source or data)
    values = {}
    for (row, column), cell in plan.sheets[FUNCTIONS].cells.items():
        value = value_at(grids, FUNCTIONS, row, column)
        if cell.twin is not None and not isinstance(value, bool):
            values[FUNCTIONS, row, column] = value
    return with_cached(data, values)
