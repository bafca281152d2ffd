"""The places of all cells: sheets, rows, columns. A column holds the same quarter or year on every sheet."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from model.errors import DeclarationError
from model.language.declarations import Driver
from model.plan.plan import REPORTED_PREFIX
from model.presentation import default_role
from model.reported.actuals import load_actuals
from workbook_templates.a1 import absolute, area, reference
from workbook_templates.formula_text import call, in_row
from workbook_templates.plan.arrangement import Group, Section, sections_of
from workbook_templates.plan.input_rows import DriverRows, VariantsAt, groups, variants_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.language.declarations import Model
    from model.plan.plan import Plan, Row
    from model.presentation import Role, StatementRow, WorkbookWords
    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario

LABEL, UNIT, VALUE, NAME, NOTE = 1, 2, 3, 4, 5
"""Columns: label, unit, the value of rows without time, public name, and definition or source; the last two
are folded."""
FIRST_YEAR_COLUMN: Final = 6

TITLE_ROW, SUBTITLE_ROW = 1, 2
YEAR_ROW, SEASON_ROW, POSITION_ROW, ELAPSED_ROW = 3, 4, 5, 6
YEAR_NUMBER_ROW, END_ROW, PERIOD_ROW, BASIS_ROW = 7, 8, 9, 10
FIRST_ROW: Final = 11
"""First row below the header."""

COVER, CONTENTS, FUNCTIONS, INPUTS, REPORTED = "Cover", "Contents", "Functions", "Inputs", "Reported"
STATEMENTS, SCENARIOS, SENSITIVITY, THESIS = "Statements", "Scenarios", "Sensitivity", "Thesis"
AGAINST: Final = "Against"
CHECKS, SOURCES, LOG = "Checks", "Sources", "Log"
DRIVERS, CHARTS = "Key drivers", "Charts"
STAMPED: Final = (SCENARIOS, SENSITIVITY, THESIS, AGAINST)
"""Sheets that hold values of the model beside formulas."""
CHECKS_FAILED: Final = "checks_failed"
"""The line that sums up all checks."""
SELECTED_CELL: Final = (9, 4)
"""Cover: name of the selected scenario; the switches stand below it."""
VERSION_CELL: Final = (8, 2)
AS_OF_CELL: Final = (9, 2)
HASH_CELL: Final = (10, 2)
"""Log: version of the model, as-of, hash of the assumptions as built."""
STAMP_CELL: Final = (YEAR_ROW, 4)
"""On the sheets that hold stamped values: their source."""
CHOICE_ROW: Final = FIRST_ROW
"""Inputs: number of the selected scenario, in column VALUE; scenarios and switches are listed below it."""


def words_of(scenario: Scenario) -> WorkbookWords:
    """Return what workbooks show of the company of a scenario."""
    return scenario.company.presentation.workbook


def calculation_sheets(model: Model) -> tuple[str, ...]:
    """Return the sheets of computed lines, in the order in which blocks name them."""
    return tuple(dict.fromkeys(block.sheet for block in model.blocks if block.sheet != CHECKS))


class Place(NamedTuple):
    """A row on a sheet."""

    sheet: str
    row: int


class SectionTitle(NamedTuple):
    """The title of a section on a sheet."""

    row: int
    text: str


def counts_failures(key: str) -> bool:
    """Tell whether a line of Checks counts the quarters beyond the tolerance of a check, or of all."""
    return key.endswith("_failures") or key == CHECKS_FAILED


def _role_of_check(row: Row) -> Role:
    """Return the role of a row of Checks: a count of failures is shown, the differences behind it are not."""
    return "line" if counts_failures(row.key) else "working"


def choice_cell() -> str:
    """Return the reference (on Inputs) to the number of the selected scenario."""
    return absolute(CHOICE_ROW, VALUE)


def chosen_name_cell() -> str:
    """Return the reference (on Inputs) to the name of the selected scenario, with switches that are on."""
    return absolute(CHOICE_ROW, NAME)


ON, OFF = "on", "off"
"""States of a switch on the Cover."""
SWITCH: Final = "switch"
"""What stands in the list of scenarios and switches beside a switch."""


def switch_cell(place: int) -> tuple[int, int]:
    """Return the cell of the Cover that turns a switch on or off, by its place from 0."""
    return SELECTED_CELL[0] + 1 + place, SELECTED_CELL[1]


@dataclass(repr=False)
class Layout:
    """Places of every row of a plan, for a choice of scenarios and of switches.

    ``places``: rows of drivers, reported figures and lines; ``inputs``: rows of drivers on Inputs;
    ``variants``: gives what these tell apart, unless what differs decides; ``shown``: rows of a sheet that
    are not folded, with their roles; ``at_right``: what stands beside them; ``folds``: those that are;
    ``printed_rows``: the last one printed.
    """

    plan: Plan
    scenarios: Sequence[Scenario]
    switches: Sequence[Overlay] = ()
    variants: InitVar[VariantsAt | None] = None
    places: dict[str, Place] = field(default_factory=dict)
    inputs: dict[str, DriverRows] = field(default_factory=dict)
    headings: dict[str, list[SectionTitle]] = field(default_factory=dict)
    shown: dict[str, dict[int, StatementRow]] = field(default_factory=dict)
    at_right: dict[str, dict[int, StatementRow]] = field(default_factory=dict)
    folds: dict[str, list[Group]] = field(default_factory=dict)
    printed_rows: dict[str, int] = field(default_factory=dict)
    last_row: dict[str, int] = field(default_factory=dict)

    def __post_init__(self, variants: VariantsAt | None) -> None:
        for key in self.plan.rows:
            if key.startswith(REPORTED_PREFIX):
                self.places[key] = Place(REPORTED, self._next_row(REPORTED))
        for sheet in dict.fromkeys(block.sheet for block in self.plan.model.blocks):
            self._place_sheet(sheet)
        known = {} if variants else variants_of(self.plan, self.scenarios, self.switches)
        self._place_inputs(variants or (lambda key, _row: known[key]))

    def has_places_of(self, other: Layout) -> bool:
        """Tell whether all rows stand where they stand in another layout, of other scenarios."""
        return (
            self.plan is other.plan  # from which headings and folds follow
            and self.company == other.company  # and its data
            and len(self.scenarios) == len(other.scenarios)
            and self.switches == other.switches
            and (self.inputs, self.places) == (other.inputs, other.places)
        )

    @property
    def company(self) -> Company:
        """The company of the scenarios."""
        return self.scenarios[0].company

    @property
    def words(self) -> WorkbookWords:
        """What workbooks show of the company."""
        return words_of(self.scenarios[0])

    @cached_property
    def called(self) -> dict[str, str]:
        """What rows are called where figures are compared: by their short name, if they have one."""
        drivers = (each for group in self.words.drivers.values() for each in group)
        short = {each.driver: each.label for each in drivers} | dict(self.words.called)
        return {key: short.get(key, row.label) for key, row in self.plan.rows.items()}

    def shown_years(self, before: int, after: int) -> list[int]:
        """Return years of the axis around that of the latest reported quarter."""
        latest = load_actuals(self.company).latest.year
        return [year for year in self.plan.axis.years if latest - before <= year <= latest + after]

    @property
    def years(self) -> int:
        """Number of year columns."""
        return len(self.plan.axis.years)

    @cached_property
    def first_quarter_column(self) -> int:
        """Column of the first quarter; the one before it is a narrow gap."""
        return FIRST_YEAR_COLUMN + self.years + 1

    @property
    def last_column(self) -> int:
        """Column of the last quarter."""
        return self.first_quarter_column + self.plan.axis.length - 1

    def quarter_column(self, position: int) -> int:
        """Return the column of a quarter, by its position from 0."""
        return self.first_quarter_column + position

    def year_column(self, position: int) -> int:
        """Return the column of a year, by its position from 0."""
        return FIRST_YEAR_COLUMN + position

    def in_year_of(self, row: int, column: int) -> str:
        """Write the value of a row in the year of the quarter in a column."""
        ends = ((row, self.year_column(place)) for place in (0, self.years - 1))
        number = reference(YEAR_NUMBER_ROW, column, fixed_row=True)
        return in_row(area(*ends, fixed_column=True), number)

    def over_axis(self, row: int, *, fixed_row: bool = False) -> str:
        """Write the cells of a row in all quarters, whatever the column of the formula."""
        first, last = (row, self.first_quarter_column), (row, self.last_column)
        return area(first, last, fixed_row=fixed_row, fixed_column=True)

    def picked(self, key: str, column: int, sheet: str = "") -> str:
        """Write the value that the selected scenario and the switches give a driver in a column, maybe none.

        ``sheet``: ``Inputs!`` in formulas on other sheets.
        """
        switches = self.inputs[key].switches
        return self.before_switch(key, max(switches, default=-1) + 1, column, sheet)

    def before_switch(self, key: str, place: int, column: int, sheet: str = "") -> str:
        """Write the value of a driver before the switch of a place, as the switches before it leave it."""
        rows = self.inputs[key]
        earlier = [each for each in rows.switches if each < place]
        if earlier:
            return sheet + reference(rows.switches[max(earlier)].after, column)
        given = list(rows.given)
        if len(given) == 1:
            return sheet + reference(rows.given[0], column)
        cells = area((rows.given[0], column), (rows.given[given[-1]], column))
        chosen = f"{sheet}{choice_cell()}"
        if len(given) == len(self.scenarios):
            return call("INDEX", sheet + cells, chosen)
        own = [f"{count}*({chosen}={place + 1})" for count, place in enumerate(given) if count]
        return call("INDEX", sheet + cells, "+".join(["1", *own]))

    def driver_start(self, key: str) -> int:
        """Return the first quarter in which a driver matters: earlier ones are not shown."""
        return 0 if key in self.plan.used_in_history else self.plan.axis.forecast_start

    def _next_row(self, sheet: str, gap: int = 0) -> int:
        row = self.last_row.get(sheet, FIRST_ROW - 1) + 1 + gap
        self.last_row[sheet] = row
        return row

    def _heading(self, sheet: str, text: str) -> None:
        gap = 1 if sheet in self.last_row else 0
        self.headings.setdefault(sheet, []).append(SectionTitle(self._next_row(sheet, gap), text))

    def _place_sheet(self, sheet: str) -> None:
        """Place the rows of a sheet of computed lines, section by section."""
        blocks = [block for block in self.plan.model.blocks if block.sheet == sheet]
        words = self.words.sheets.get(sheet)
        role_of = _role_of_check if sheet == CHECKS else default_role
        sections = sections_of(self.plan, blocks, words.rows if words else (), role_of)
        workings = 0
        for section in sections:
            if section.heading.at_right:
                self._place_at_right(sheet, section)
                continue
            if section.is_working and not workings:
                self.printed_rows[sheet] = self.last_row.get(sheet, FIRST_ROW - 1)
                workings = self._next_row(sheet) + 1
            row = self._next_row(sheet)
            self.headings.setdefault(sheet, []).append(SectionTitle(row, section.heading.label))
            if section.heading.heads:
                self.shown.setdefault(sheet, {})[row] = section.heading
            self._place_section(sheet, section)
        if workings:
            self.folds.setdefault(sheet, []).append(Group(workings, self.last_row[sheet], folded=True))

    def _place_at_right(self, sheet: str, section: Section) -> None:
        """Place a section at the right of the one before, row beside row."""
        top = self.headings[sheet][-1].row
        rows = dict(enumerate((section.heading, *section.shown), start=top))
        self.at_right.setdefault(sheet, {}).update(rows)
        self.last_row[sheet] = max(self.last_row[sheet], *rows)

    def _place_section(self, sheet: str, section: Section) -> None:
        beside, vintages = [], {}
        first = self.last_row[sheet] + 1
        for key in section.folded:
            row = self.plan.rows[key]
            if row.vintage is not None and not row.timed:
                beside.append(row)
                continue
            self.places[key] = place = Place(sheet, self._next_row(sheet))
            if row.vintage is not None:
                vintages[row.members] = place
        for row in beside:  # the cost of a vintage stands in the row of its figures over time
            if row.members not in vintages:
                fault = "its block has no line over time by the same vintages"
                raise DeclarationError(f"{row.key}: {fault}")
            self.places[row.key] = vintages[row.members]
        if section.folded and not section.is_working:
            self.folds.setdefault(sheet, []).append(Group(first, self.last_row[sheet], folded=True))
        for shown in section.shown:
            at = self._next_row(sheet)
            self.shown.setdefault(sheet, {})[at] = shown
            if shown.line and not shown.beside and self._is_home(sheet, shown.line):
                self.places[shown.line] = Place(sheet, at)

    def _is_home(self, sheet: str, key: str) -> bool:
        """Tell whether a row of a sheet is the one that computes a line, and no link to it."""
        return key not in self.places and key in self._homes[sheet]

    @cached_property
    def _homes(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for block in self.plan.model.blocks:
            keys = found.setdefault(block.sheet, set())
            for item in block.declared:
                keys.update((item.name, *self.plan.names[item.name]))
        return found

    def _place_inputs(self, variants: VariantsAt) -> None:
        listed = len(self.scenarios) + len(self.switches)
        self.last_row[INPUTS] = CHOICE_ROW + listed + 1
        for block in self.plan.model.blocks:
            drivers = [item for item in block.declared if isinstance(item, Driver)]
            if not drivers:
                continue
            self._heading(INPUTS, block.title)
            for keys in (each for driver in drivers for each in groups(self.plan, driver)):
                for key in keys:
                    self.inputs[key] = DriverRows(self._next_row(INPUTS))
                    self.places.setdefault(key, Place(INPUTS, self.inputs[key].live))  # of a season
                for key in keys:
                    free = self.last_row[INPUTS] + 1
                    self.last_row[INPUTS] = self.inputs[key].place(variants(key, free), free) - 1
