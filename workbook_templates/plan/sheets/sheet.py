"""What a sheet declares, and the workbook that it is made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_templates.plan.cells import SheetPlan
from workbook_templates.plan.fitting import fit
from workbook_templates.plan.layout import LABEL, SUBTITLE_ROW, TITLE_ROW, Layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.presentation import WorkbookWords
    from model.scenarios.scenario import Scenario

_TITLE_HEIGHT = 24


@dataclass(frozen=True, repr=False)
class Edition:
    """A workbook that is being planned.

    Attributes
    ----------
    selected
        The scenario to which it is preset.
    assumptions
        The hash with which it is stamped.
    sheets
        All that it has, in their order.
    stamped
        The scenario whose sensitivities it holds; None: room for them only.
    functions
        Gives the name by which a host's files call a function.
    """

    layout: Layout
    selected: Scenario
    version: str
    assumptions: str
    sheets: tuple[Sheet, ...]
    stamped: Scenario | None = None
    functions: Callable[[str], str] = str

    @property
    def words(self) -> WorkbookWords:
        """What workbooks show of the company."""
        return self.layout.words

    def has(self, name: str) -> bool:
        """Tell whether the workbook has a sheet."""
        return any(each.name == name for each in self.sheets)


def _always(_words: WorkbookWords) -> bool:
    return True


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: all that is said of it outside its cells.

    Attributes
    ----------
    holds
        Its entry on Contents.
    title, subtitle
        At its top; ``{as_of}`` stands for the last reported quarter.
    fill
        Writes its cells.
    is_needed
        Tells whether a workbook has it: a company may lack what it would show.
    """

    name: str
    holds: str
    title: str
    subtitle: str
    fill: Callable[[SheetPlan, Edition], None]
    is_needed: Callable[[WorkbookWords], bool] = _always

    def plan(self, edition: Edition) -> SheetPlan:
        """Return its cells."""
        sheet = SheetPlan(self.name)
        as_of = edition.layout.plan.axis.as_of
        sheet.put(TITLE_ROW, LABEL, self.title, "title")
        sheet.put(SUBTITLE_ROW, LABEL, self.subtitle.format(as_of=as_of), "subtitle")
        sheet.heights[TITLE_ROW] = _TITLE_HEIGHT
        self.fill(sheet, edition)
        fit(sheet)
        return sheet
