"""Building a workbook: written, calculated, and compared with the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from amzn_fcf.building.selection import file_name
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.memory import without_search
from workbook_templates.plan.layout import FUNCTIONS
from workbook_templates.validation.validate import Made, Report, validate
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


@without_search()
def build(plan: WorkbookPlan) -> Built:
    """Write a planned workbook, calculate it, compare it with the model."""
    with_functions, path = FUNCTIONS in plan.sheets, file_name(plan.selected)
    engine = Formualizer(register) if with_functions else ENGINE
    values = engine.values_of(plan, lambda: write_workbook(plan))
    data = write_workbook(plan, values=values)
    if with_functions:
        return Built(plan.selected, data, validate(data, path, register=register))
    return Built(plan.selected, data, validate(data, path, made=Made(plan, engine.name, values)))
