"""The proof: every formula cell of a workbook, calculated by an engine, equals the model's figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from model.language.periods import Quarter
from model.language.units import UNITS
from workbook_templates.a1 import column_letters
from workbook_templates.plan.layout import CHECKS, COVER, SCENARIOS, SELECTED_CELL, SENSITIVITY, THESIS
from workbook_templates.plan.sheets import scenarios as scenarios_sheet
from workbook_templates.plan.sheets import sensitivity as sensitivity_sheet
from workbook_templates.plan.sheets import thesis as thesis_sheet
from workbook_templates.read.values import Grids, Value, value_at

if TYPE_CHECKING:
    from model.results import Results
    from workbook_templates.plan.cells import Twin
    from workbook_templates.plan.workbook import WorkbookPlan

RELATIVE_TOLERANCE: Final = 1e-9
ABSOLUTE_TOLERANCE: Final = 1e-6
"""In USD m, for figures below 1,000, where it is the wider of the two."""
ABSOLUTE_TOLERANCE_OF_RATIOS: Final = 1e-12
"""For everything that is not money."""
_ERROR_MARK: Final = "#"
_MOST_SHOWN: Final = 20


@dataclass(frozen=True)
class Difference:
    """A cell that does not equal its twin."""

    sheet: str
    cell: str
    expected: Value
    found: Value


@dataclass
class Comparison:
    """What was compared, and what differs."""

    cells: int = 0
    largest: float = 0.0
    """Largest relative difference of numbers away from 0."""
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: Comparison) -> None:
        """Take in another comparison."""
        self.cells += other.cells
        self.largest = max(self.largest, other.largest)
        self.differences += other.differences

    def __str__(self) -> str:
        text = f"{self.cells:,} cells, largest relative difference {self.largest:.1e}, {len(self.differences)} beyond tolerance"
        shown = [
            f"{d.sheet}!{d.cell}: expected {d.expected}, found {d.found}"
            for d in self.differences[:_MOST_SHOWN]
        ]
        return "\n".join([text, *shown])


def compare(plan: WorkbookPlan, grids: Grids, results: Results, draw: int = 0) -> Comparison:
    """Compare every formula cell of a planned workbook with the model.

    Parameters
    ----------
    grids
        Values of the workbook, from an engine or its cache.
    results, draw
        The model computed with the drivers that the workbook has selected, and which of its scenarios that
        is.
    """
    report = Comparison()
    for name, sheet in plan.sheets.items():
        for (row, column), cell in sheet.cells.items():
            if cell.twin is None:
                continue
            found = value_at(grids, name, row, column)
            report.cells += 1
            if cell.twin.kind == "call":
                if found is None or (isinstance(found, str) and found.startswith(_ERROR_MARK)):
                    report.differences.append(
                        Difference(name, f"{column_letters(column)}{row}", "no error", found)
                    )
                continue
            expected, unit = expected_value(cell.twin, plan, results, draw)
            if not _agree(expected, found, unit, report):
                report.differences.append(Difference(name, f"{column_letters(column)}{row}", expected, found))
    return report


def _agree(expected: Value, found: Value, unit: str, report: Comparison) -> bool:
    if isinstance(expected, (str, bool)):
        return expected == found
    if expected is None or math.isnan(expected):
        return isinstance(found, str) and found.startswith(_ERROR_MARK)
    if isinstance(found, (str, bool)) or found is None:
        return False
    distance = abs(found - expected)
    near_zero = ABSOLUTE_TOLERANCE if unit in UNITS and UNITS[unit].money else ABSOLUTE_TOLERANCE_OF_RATIOS
    if abs(expected) <= near_zero / RELATIVE_TOLERANCE:
        return distance <= near_zero
    report.largest = max(report.largest, distance / abs(expected))
    return distance <= RELATIVE_TOLERANCE * abs(expected)


def expected_value(twin: Twin, plan: WorkbookPlan, results: Results, draw: int) -> tuple[Value, str]:
    """Return what a cell must show, and in which unit."""
    key, place = twin.key, twin.place
    scenario = results.scenarios[draw]
    if twin.kind == "text":
        return _expected_text(key, plan, results, draw), "text"
    if twin.kind == "choice":
        return float([each.name for each in plan.scenarios].index(scenario.name) + 1), "choice"
    if twin.kind == "passes":
        return float(results.values[key][0, draw] == 0), "flag"
    if twin.kind == "agrees":
        return _agrees(plan, results, draw, twin.place), "flag"
    if twin.kind == "mix":
        return _mix(plan, twin.place), "USD/share"
    if twin.kind == "count":
        statuses = [
            cell.content
            for (_, column), cell in plan.sheets[THESIS].cells.items()
            if column == thesis_sheet.STATUS_COLUMN
        ]
        return float(statuses.count(key)), "choice"
    if twin.kind == "quarter text":
        return str(Quarter.from_code(results.values[key][0, draw])), "text"
    unit = plan.layout.plan.rows[key].unit
    if twin.kind == "no difference":
        return 0.0, unit
    if twin.kind == "driver year":
        return scenario.table[key][str(place)], unit
    if twin.kind == "value":
        array = results.values[key][0]
    elif twin.kind == "year":
        array = results.series(key, "annual")[place]
    elif twin.kind == "ttm":
        array = results.series(key, "ttm")[place]
    else:
        array = results.values[key][place]
    return float(array[draw if len(array) > 1 else 0]), unit


def _expected_text(key: str, plan: WorkbookPlan, results: Results, draw: int) -> Value:
    scenario = results.scenarios[draw]
    if key == "scenario":
        return scenario.name
    if key == "title":
        return scenario.title
    if key == "agreement":
        rows = [
            cell.twin.place
            for cell in plan.sheets[SCENARIOS].cells.values()
            if cell.twin and cell.twin.kind == "agrees"
        ]
        lowest = float(np.min([_agrees(plan, results, draw, row) for row in rows]))
        return lowest if math.isnan(lowest) else "agrees" if lowest else "inputs changed"
    if key == "sensitivity":
        return _sensitivity(plan, results, draw)
    if key == "never below 0":
        return key if results.values["trough_amount"][0, draw] > 0 else "below 0 at the trough"
    return "all checks pass" if results.values["checks_failed"][0, draw] == 0 else f"CHECK: see {CHECKS}"


def _sensitivity(plan: WorkbookPlan, results: Results, draw: int) -> float | str:
    """Return whether the live figures on Sensitivity are those stamped there, NaN where that is an error."""
    cells = plan.sheets[SENSITIVITY].cells
    if cells[sensitivity_sheet.SCENARIO_CELL].content != results.scenarios[draw].name:
        return "stamped for another scenario"
    limit = _stamp(plan, *sensitivity_sheet.TOLERANCE_CELL, SENSITIVITY)
    for live_place, stamped_place in sensitivity_sheet.compared():
        twin = cells[live_place].twin
        live, _ = expected_value(twin, plan, results, draw) if twin else (math.nan, "")
        stamped = _stamp(plan, *stamped_place, SENSITIVITY)
        if not isinstance(live, float) or math.isnan(live) or math.isnan(stamped):
            return math.nan
        if abs(live - stamped) > limit * abs(stamped):
            return "inputs changed"
    return "agrees"


def _stamp(plan: WorkbookPlan, row: int, column: int, sheet: str = SCENARIOS) -> float:
    content = plan.sheets[sheet].cells[row, column].content
    return content if isinstance(content, (int, float)) else math.nan


def _agrees(plan: WorkbookPlan, results: Results, draw: int, row: int) -> float:
    """Return 1 if the live figure in a row of Scenarios is the one stamped for the selected scenario, NaN if it is an error."""
    choice = [each.name for each in plan.scenarios].index(results.scenarios[draw].name)
    stamped = _stamp(plan, row, scenarios_sheet.FIRST_COLUMN + choice)
    limit = _stamp(plan, scenarios_sheet.TOLERANCE_ROW, scenarios_sheet.LIVE)
    twin = plan.sheets[SCENARIOS].cells[row, scenarios_sheet.LIVE].twin
    live, _ = expected_value(twin, plan, results, draw) if twin else (math.nan, "")
    if not isinstance(live, float) or math.isnan(live) or math.isnan(stamped):
        return math.nan
    return float(abs(live - stamped) <= limit * abs(stamped))


def _mix(plan: WorkbookPlan, row: int) -> float:
    """Return the figures stamped in a row of Scenarios, weighted."""
    columns = [
        at
        for stamped_row, at in plan.sheets[SCENARIOS].cells
        if stamped_row == row and at >= scenarios_sheet.FIRST_COLUMN
    ]
    return math.fsum(_stamp(plan, scenarios_sheet.WEIGHT_ROW, at) * _stamp(plan, row, at) for at in columns)


def selecting(name: str) -> dict[tuple[str, int, int], float | str | None]:
    """Return the change of inputs that selects a scenario."""
    return {(COVER, *SELECTED_CELL): name}
