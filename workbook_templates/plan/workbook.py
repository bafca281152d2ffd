"""A scenario workbook, planned cell by cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from model.scenarios.scenario import assumption_hash
from workbook_templates.plan.cells import WorkbookPlan
from workbook_templates.plan.layout import COVER, SENSITIVITY, Layout
from workbook_templates.plan.sheets.registry import sheets_of
from workbook_templates.plan.sheets.sheet import Edition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from model.company import Company
    from model.scenarios.scenario import Scenario

__all__ = ["WorkbookPlan", "plan_workbook", "preset_to", "sheet_names", "stamped_for"]


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

    ``functions`` gives the name by which a host's files call a function in cells; without it there is no
    sheet of them. A workbook that was written earlier has ``assumptions``, the hash with which it is stamped,
    and is not ``stamped`` with sensitivities if its inputs were changed by hand: it holds earlier ones.
    """
    sheets = sheets_of(selected.company, with_functions=functions is not None)
    layout = Layout(selected.plan, offered)
    stamp = assumption_hash(offered) if assumptions is None else assumptions
    stamped_for_it = selected if stamped else None
    edition = Edition(layout, selected, version, stamp, sheets, stamped_for_it, functions or str)
    return WorkbookPlan(selected, layout, {sheet.name: sheet.plan(edition) for sheet in sheets}, version)


def sheet_names(company: Company, *, with_functions: bool) -> tuple[str, ...]:
    """Return the names of the sheets of a company's workbooks, in their order."""
    return tuple(each.name for each in sheets_of(company, with_functions=with_functions))


def preset_to(plan: WorkbookPlan, selected: Scenario) -> WorkbookPlan:
    """Return the same workbook preset to another of its scenarios, with the sensitivities of that one."""
    return _again(replace(plan, selected=selected), selected, (COVER, SENSITIVITY))


def stamped_for(plan: WorkbookPlan, name: object) -> WorkbookPlan:
    """Return the same workbook with the sensitivities of another of its scenarios, if it has that one."""
    for scenario in plan.scenarios:
        if scenario.name == name:
            return _again(plan, scenario, (SENSITIVITY,))
    return plan


def _again(plan: WorkbookPlan, stamped: Scenario, names: Sequence[str]) -> WorkbookPlan:
    stamp, layout = assumption_hash(plan.scenarios), plan.layout
    kinds = sheets_of(layout.company, with_functions=False)
    edition = Edition(layout, plan.selected, plan.version, stamp, kinds, stamped)
    sheets = {each.name: each.plan(edition) for each in kinds if each.name in names}
    return replace(plan, sheets={**plan.sheets, **sheets})
