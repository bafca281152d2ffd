"""Where everything stands: sheets, rows and columns. The same column holds the same quarter, or year, on every sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from model.language.declarations import Block, Driver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.plan.plan import Plan
    from model.scenarios.scenario import Scenario

LABEL, NAME, UNIT, NOTE, VALUE = 1, 2, 3, 4, 5
"""Columns: what it is, its public name, unit, definition or source, and the value of what does not vary with time."""
FIRST_YEAR_COLUMN: Final = 6

TITLE_ROW, SUBTITLE_ROW = 1, 2
YEAR_ROW, SEASON_ROW, POSITION_ROW, ELAPSED_ROW, YEAR_NUMBER_ROW, END_ROW, PERIOD_ROW, BASIS_ROW = (
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
)
FIRST_ROW: Final = 12
"""First row below the header."""

COVER, INPUTS, REPORTED, ANNUAL, CHECKS, SOURCES = (
    "Cover",
    "Inputs",
    "Reported",
    "Annual",
    "Checks",
    "Sources",
)
SCENARIOS, SENSITIVITY, THESIS, CONTENTS, LOG = "Scenarios", "Sensitivity", "Thesis", "Contents", "Log"
FUNCTIONS: Final = "Functions"
"""A sheet of template workbooks only."""
STAMPED: Final = (SCENARIOS, SENSITIVITY, THESIS)
"""Sheets that hold values of the model beside formulas."""
SHEETS: Final = (
    COVER, CONTENTS, INPUTS, REPORTED, "Sales", "Assets", "Depreciation", "Margins", "Cash", ANNUAL, "Value", SCENARIOS,
    SENSITIVITY, THESIS, CHECKS, SOURCES, LOG,
)  # fmt: skip

AS_OF_CELL: Final = (4, 3)
SELECTED_CELL: Final = (5, 3)
VERSION_CELL: Final = (8, 3)
HASH_CELL: Final = (9, 3)
"""Cover: as-of, name of the selected scenario, version of the model, hash of the assumptions as built."""
STAMP_CELL: Final = (YEAR_ROW, NAME)
"""On the sheets that hold stamped values: what they come from."""
CHOICE_ROW: Final = FIRST_ROW
"""Inputs: number of the selected scenario, in column VALUE; the scenarios are listed below it."""

ANNUAL_LINES: Final = (
    "net_sales", "net_sales_growth", "aws_sales", "aws_sales_growth", "advertising_sales", "advertising_sales_growth",
    "north_america_sales", "international_sales",
    "aws_operating_income", "aws_margin", "advertising_operating_income", "advertising_operating_margin",
    "north_america_operating_income", "international_operating_income", "retail_margin",
    "operating_income", "operating_margin", "net_income", "net_margin", "normalised_net_income", "normalised_net_margin",
    "depreciation", "aws_depreciation", "depreciation_amortization", "stock_compensation",
    "operating_cash_flow", "net_capex", "capex", "property_additions",
    "free_cash_flow", "free_cash_flow_margin", "free_cash_flow_after_leases", "free_cash_flow_after_equipment_leases",
    "free_cash_flow_gross_capex", "free_cash_flow_after_stock_compensation",
    "cash", "debt", "finance_leases", "backlog",
)  # fmt: skip
"""Lines of the Annual sheet. What a ratio relates must be among them, above it."""


def sheet_names(*, with_functions: bool) -> tuple[str, ...]:
    """Return the names of all sheets in their order; that of the functions in cells is one of template workbooks only."""
    after = SHEETS.index(CONTENTS) + 1
    return (*SHEETS[:after], FUNCTIONS, *SHEETS[after:]) if with_functions else SHEETS


@dataclass(frozen=True)
class Place:
    """A row on a sheet."""

    sheet: str
    row: int


@dataclass(frozen=True)
class Heading:
    """The title of a section on a sheet."""

    row: int
    text: str


@dataclass(repr=False)
class Layout:
    """Places of every row of a plan, for a choice of scenarios.

    ``places``: rows of drivers, reported figures and lines; ``live``: rows of drivers on Inputs; ``given``:
    first of the rows, one a scenario, that hold a driver's values on Inputs; ``annual``: rows of the Annual
    sheet.
    """

    plan: Plan
    scenarios: Sequence[Scenario]
    places: dict[str, Place] = field(default_factory=dict)
    live: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    annual: dict[str, int] = field(default_factory=dict)
    headings: dict[str, list[Heading]] = field(default_factory=dict)
    last_row: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._place_reported()
        for block in self.plan.model.blocks:
            self._place_block(block)
        self._place_inputs()
        for row, key in enumerate(ANNUAL_LINES, start=FIRST_ROW):
            self.annual[key] = row

    @cached_property
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

    def driver_start(self, key: str) -> int:
        """Return the first quarter in which a driver matters: earlier ones are not shown."""
        return 0 if key in self.plan.used_in_history else self.plan.axis.forecast_start

    def _next_row(self, sheet: str, gap: int = 0) -> int:
        row = self.last_row.get(sheet, FIRST_ROW - 1) + 1 + gap
        self.last_row[sheet] = row
        return row

    def _heading(self, sheet: str, text: str) -> None:
        first = sheet not in self.last_row
        self.headings.setdefault(sheet, []).append(Heading(self._next_row(sheet, 0 if first else 1), text))

    def _place_reported(self) -> None:
        for key in self.plan.rows:
            if key.startswith("reported."):
                self.places[key] = Place(REPORTED, self._next_row(REPORTED))

    def _place_block(self, block: type[Block]) -> None:
        sheet = block.sheet
        self._heading(sheet, block.title)
        for item in block.declared:
            seasonal = isinstance(item, Driver) and item.kind == "seasonal"
            for key in (item.name,) if seasonal else self.plan.names[item.name]:
                row = self.plan.rows[key]
                if row.vintage is not None and not row.timed:
                    continue  # stands beside the row over time of the same vintage
                place = Place(sheet, self._next_row(sheet))
                self.places[key] = place
                if row.vintage is not None:
                    self.places[key.replace(item.name, "vintage_cost")] = place

    def _place_inputs(self) -> None:
        self.last_row[INPUTS] = CHOICE_ROW + len(self.scenarios) + 1
        for block in self.plan.model.blocks:
            drivers = [item for item in block.declared if isinstance(item, Driver)]
            if not drivers:
                continue
            self._heading(INPUTS, block.title)
            for driver in drivers:
                keys = self.plan.names[driver.name]
                for key in keys:
                    self.live[key] = self._next_row(INPUTS)
                    self.places.setdefault(
                        key, Place(INPUTS, self.live[key])
                    )  # members of a season stand nowhere else
                for key in keys:
                    self.given[key] = self.last_row[INPUTS] + 1
                    self.last_row[INPUTS] += len(self.scenarios)
