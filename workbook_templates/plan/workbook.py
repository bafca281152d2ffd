"""A scenario workbook: planned cell by cell, written with openpyxl, calculated by an engine so that values are cached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from model.scenarios.scenario import assumption_hash
from workbook_templates.plan.fitting import fit
from workbook_templates.plan.layout import (
    ANNUAL,
    CHECKS,
    CONTENTS,
    COVER,
    FUNCTIONS,
    INPUTS,
    LOG,
    REPORTED,
    SCENARIOS,
    SENSITIVITY,
    SOURCES,
    THESIS,
    Layout,
    sheet_names,
)
from workbook_templates.plan.sheets.annual import annual_sheet
from workbook_templates.plan.sheets.calculation import calculation_sheet
from workbook_templates.plan.sheets.checks import checks_sheet
from workbook_templates.plan.sheets.contents import contents_sheet
from workbook_templates.plan.sheets.cover import cover_sheet
from workbook_templates.plan.sheets.functions import functions_sheet
from workbook_templates.plan.sheets.history import reported_sheet, sources_sheet
from workbook_templates.plan.sheets.inputs import inputs_sheet
from workbook_templates.plan.sheets.log import log_sheet
from workbook_templates.plan.sheets.scenarios import scenarios_sheet
from workbook_templates.plan.sheets.sensitivity import sensitivity_sheet
from workbook_templates.plan.sheets.thesis import thesis_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.cells import SheetPlan


@dataclass(frozen=True, repr=False)
class WorkbookPlan:
    """A workbook before it is a file: the scenario it is preset to, the choices it offers, and its sheets."""

    selected: Scenario
    layout: Layout
    sheets: Mapping[str, SheetPlan]
    version: str

    @property
    def scenarios(self) -> Sequence[Scenario]:
        """Scenarios that the selector offers."""
        return self.layout.scenarios


def plan_workbook(
    selected: Scenario,
    offered: Sequence[Scenario],
    version: str,
    functions: Callable[[str], str] | None = None,
    *,
    assumptions: str | None = None,
    stamped: bool = True,
) -> WorkbookPlan:
    """Return the plan of a workbook preset to ``selected`` that offers ``offered`` (all of its as-of).

    With ``functions`` it has a sheet of the functions in cells, each by the name that ``functions`` gives it.
    ``assumptions``: the hash with which the workbook is stamped, where it was written earlier, from inputs
    that may have been changed since. Unless ``stamped`` sensitivities are left out: a file whose inputs were
    changed by hand holds those of its scenario as it was.
    """
    stamp = assumption_hash(offered) if assumptions is None else assumptions
    layout = Layout(selected.plan, offered)
    makers: dict[str, Callable[[], SheetPlan]] = {
        COVER: lambda: cover_sheet(layout, selected, version, stamp),
        CONTENTS: lambda: contents_sheet(layout, with_functions=functions is not None),
        FUNCTIONS: lambda: functions_sheet(layout, stamp, version, functions or str),
        INPUTS: lambda: inputs_sheet(layout),
        REPORTED: lambda: reported_sheet(layout),
        ANNUAL: lambda: annual_sheet(layout),
        SCENARIOS: lambda: scenarios_sheet(layout, stamp, version),
        SENSITIVITY: lambda: sensitivity_sheet(layout, selected if stamped else None, stamp, version),
        THESIS: lambda: thesis_sheet(layout, stamp, version),
        CHECKS: lambda: checks_sheet(layout),
        SOURCES: lambda: sources_sheet(layout),
        LOG: lambda: log_sheet(layout, stamp, version),
    }
    names = sheet_names(with_functions=functions is not None)
    sheets = {name: makers[name]() if name in makers else calculation_sheet(layout, name) for name in names}
    for sheet in sheets.values():
        fit(sheet)
    return WorkbookPlan(selected, layout, sheets, version)


def preset_to(plan: WorkbookPlan, selected: Scenario) -> WorkbookPlan:
    """Return the same workbook with the selector preset to another of its scenarios, and the sensitivities of that one."""
    cover = cover_sheet(plan.layout, selected, plan.version, assumption_hash(plan.scenarios))
    fit(cover)
    return stamped_for(replace(plan, selected=selected, sheets={**plan.sheets, COVER: cover}), selected.name)


def stamped_for(plan: WorkbookPlan, name: object) -> WorkbookPlan:
    """Return the same workbook with the sensitivities of another of its scenarios; as it is, if it has none of that name."""
    for scenario in plan.scenarios:
        if scenario.name == name:
            sheet = sensitivity_sheet(plan.layout, scenario, assumption_hash(plan.scenarios), plan.version)
            fit(sheet)
            return replace(plan, sheets={**plan.sheets, SENSITIVITY: sheet})
    return plan
