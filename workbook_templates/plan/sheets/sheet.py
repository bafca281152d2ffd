"""What a sheet declares, and the workbook that it is made for."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from workbook_templates.plan import layout as places
from workbook_templates.plan.cells import SheetPlan
from workbook_templates.plan.styles import BLUE, NAVY, STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.presentation import WorkbookWords
    from model.scenarios.scenario import Scenario

_CHARACTERS_PER_UNIT: Final = 11.7
"""Per unit of width, at one point: a unit is a digit of 10 points, and letters are a little narrower."""
_UNITS_PER_INDENT: Final = 1.3
_RESULTS: Final = (
    places.COVER,
    places.DRIVERS,
    places.STATEMENTS,
    places.SCENARIOS,
    places.SENSITIVITY,
    places.THESIS,
    places.AGAINST,
)
_TABS: Final = {places.INPUTS: BLUE, **dict.fromkeys(_RESULTS, NAVY)}
"""Colours of tabs: where one types, and what comes out; none for the way between."""
_TITLE_HEIGHT: Final = 16.5
_LINE: Final = 1.275
"""Height of a line, of its size."""
_MARGIN: Final = 0.5
_STANDARD_HEIGHT: Final = 12.75
_UNITS_PER_NAME_CHARACTER: Final = 0.95
_NAMES: Final = frozenset(name for name in STYLES if name.rpartition(" ")[2] == "name")


@dataclass(frozen=True, repr=False)
class Edition:
    """A workbook that is being planned, preset to the scenario ``selected``."""

    layout: places.Layout
    selected: Scenario
    version: str
    assumptions: str
    """The hash with which it is stamped."""
    sheets: tuple[Sheet, ...]
    stamped: Scenario | None = None
    """The scenario whose sensitivities it holds; None: room for them only."""
    functions: Callable[[str], str] = str
    """Gives the name by which a host's files call a function."""

    @property
    def words(self) -> WorkbookWords:
        """What workbooks show of the company."""
        return self.layout.words

    def has(self, name: str) -> bool:
        """Tell whether the workbook has a sheet."""
        return any(each.name == name for each in self.sheets)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: name, entry on Contents, head, and the function that writes its cells."""

    name: str
    holds: str
    title: str
    subtitle: str
    """``{as_of}`` stands for the last reported quarter."""
    fill: Callable[[SheetPlan, Edition], None]
    is_needed: Callable[[WorkbookWords], bool] = lambda _words: True
    """Tells whether a workbook has it: a company may lack what it would show."""
    by_places: bool = False
    """Whether its cells follow from the places of cells alone, whatever the scenarios are and hold."""

    def plan(self, edition: Edition) -> SheetPlan:
        """Return its cells."""
        sheet = SheetPlan(self.name)
        as_of = edition.layout.plan.axis.as_of
        sheet.put(places.TITLE_ROW, places.LABEL, self.title, "title")
        sheet.put(places.SUBTITLE_ROW, places.LABEL, self.subtitle.format(as_of=as_of), "subtitle")
        sheet.heights[places.TITLE_ROW] = _TITLE_HEIGHT
        sheet.tab = _TABS.get(self.name, "")
        self.fill(sheet, edition)
        fit(sheet)
        return sheet


def fit(sheet: SheetPlan) -> None:
    """Set the heights of rows with wrapped texts, unless given, and the width of the column of names."""
    for (_, column), cell in sheet.cells.items():
        if cell.style in _NAMES:
            longest = _UNITS_PER_NAME_CHARACTER * len(str(cell.content)) + 1
            sheet.widths[column] = max(sheet.widths.get(column, 0.0), longest)
    folded = {at for each in sheet.column_outline if each.folded for at in range(each.first, each.last + 1)}
    needed: dict[int, float] = {}
    for (row, column), cell in sheet.cells.items():
        style = STYLES[cell.style]
        if (
            style.wraps
            and isinstance(cell.content, str)
            and not cell.twin
            and column in sheet.widths
            and column not in folded
        ):
            units = sheet.widths[column] - _UNITS_PER_INDENT * style.indent
            room = max(1, int(units * _CHARACTERS_PER_UNIT / style.size))
            lines = sum(len(wrap(part, room)) or 1 for part in cell.content.split("\n"))
            if lines > 1:
                needed[row] = max(needed.get(row, 0.0), lines * style.size * _LINE + _MARGIN)
    for row, height in needed.items():
        sheet.heights.setdefault(row, max(height, _STANDARD_HEIGHT))
