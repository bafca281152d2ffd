"""A scenario workbook, planned cell by cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from model.scenarios.composing import shipped_overlays
from model.scenarios.scenario import assumption_hash
from workbook_templates.memory import without_search
from workbook_templates.plan.cells import WorkbookPlan
from workbook_templates.plan.layout import COVER, DRIVERS, SENSITIVITY, Layout
from workbook_templates.plan.sheets.registry import sheets_of
from workbook_templates.plan.sheets.sheet import Edition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from model.company import Company
    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.input_rows import VariantsAt

__all__ = ["WorkbookPlan", "plan_workbook", "preset_to", "sheet_names", "stamped_for"]


@without_search()
def plan_workbook(  # noqa: PLR0913  # one keyword a choice of its caller
    selected: Scenario,
    offered: Sequence[Scenario],
    version: str,
    functions: Callable[[str], str] | None = None,
    *,
    switches: Sequence[Overlay] | None = None,
    variants: VariantsAt | None = None,
    assumptions: str | None = None,
    stamped: bool = True,
    like: WorkbookPlan | None = None,
) -> WorkbookPlan:
    """Return the plan of a workbook preset to ``selected`` that offers ``offered`` (all of its as-of).

    ``selected``: one of them, or one with overlays of ``switches``: these are the overlays that ship, unless
    given. ``variants``: what the rows of its inputs tell apart, unless what differs decides.
    ``functions`` gives the name by which a host's files call a function in cells; without it there is no
    sheet of them. A workbook that was written earlier has ``assumptions``, the hash with which it is stamped,
    and is not ``stamped`` with sensitivities if its inputs were changed by hand: it holds earlier ones.
    ``like``: a plan made before, both without functions; sheets that are the same in both are taken from it.
    """
    sheets = sheets_of(selected.company, with_functions=functions is not None)
    if switches is None:
        switches = shipped_overlays(selected.as_of, selected.company)
    layout = Layout(selected.plan, offered, switches, variants)
    stamp = assumption_hash(offered, switches) if assumptions is None else assumptions
    stamped_for_it = selected if stamped else None
    edition = Edition(layout, selected, version, stamp, sheets, stamped_for_it, functions or str)
    shared = like.sheets if like and layout.has_places_of(like.layout) and like.version == version else {}
    planned = {
        each.name: shared[each.name] if each.by_places and each.name in shared else each.plan(edition)
        for each in sheets
    }
    return WorkbookPlan(selected, layout, planned, version)


def sheet_names(company: Company, *, with_functions: bool) -> tuple[str, ...]:
    """Return the names of the sheets of a company's workbooks, in their order."""
    return tuple(each.name for each in sheets_of(company, with_functions=with_functions))


@without_search()
def preset_to(plan: WorkbookPlan, selected: Scenario) -> WorkbookPlan:
    """Return the same workbook preset to another of its scenarios, with the sensitivities of that one."""
    return _again(replace(plan, selected=selected), selected, (COVER, DRIVERS, SENSITIVITY))


def stamped_for(plan: WorkbookPlan, name: object) -> WorkbookPlan:
    """Return the same workbook with the sensitivities of a scenario by name, else of the selected one."""
    scenario = plan.scenario_named(name) if isinstance(name, str) else None
    return _again(plan, scenario or plan.selected, (DRIVERS, SENSITIVITY))


def _again(plan: WorkbookPlan, stamped: Scenario, names: Sequence[str]) -> WorkbookPlan:
    layout = plan.layout
    stamp = assumption_hash(plan.scenarios, layout.switches)
    kinds = sheets_of(layout.company, with_functions=False)
    edition = Edition(layout, plan.selected, plan.version, stamp, kinds, stamped)
    sheets = {each.name: each.plan(edition) for each in kinds if each.name in names}
    return replace(plan, sheets={**plan.sheets, **sheets})
