"""Rules over a finished workbook. A changed input is not an error: the model is run with it and must agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from model.errors import AmznFcfError, EngineError, WorkbookError
from model.inputs import assumption_hash
from model.results import Results, run
from workbook_templates.cells import is_formula
from workbook_templates.layout import (
    COVER,
    FUNCTIONS,
    HASH_CELL,
    INPUTS,
    REPORTED,
    SCENARIOS,
    SENSITIVITY,
    STAMP_CELL,
    STAMPED,
    VALUE,
    column_letters,
)
from workbook_templates.package import LARGEST_FILE, Grids, Value, read_grids, value_at
from workbook_templates.parity import RELATIVE_TOLERANCE, Comparison, compare
from workbook_templates.read import read_inputs
from workbook_templates.recalc import DEFAULT_ENGINE, Formualizer, Register, engine_named
from workbook_templates.sheets import scenarios as scenarios_sheet
from workbook_templates.sheets.sensitivity import FIRST_FIGURE_ROW, SCENARIO_CELL
from workbook_templates.writer import WorkbookPlan, plan_workbook, stamped_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Severity = Literal["error", "warning"]
_DIGITS_OF_A_FILE: Final = 1e-14
"""A file holds sixteen digits."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a workbook: which rule, where, what was expected and found."""

    rule: str
    severity: Severity
    sheet: str
    cell: str
    expected: str
    found: str


@dataclass
class Report:
    """The outcome of validating one workbook."""

    path: str
    scenario: str
    results: Results
    """The model, computed with the inputs that the workbook has selected."""
    findings: list[Finding] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
    """What was compared with the model: the cached values, and each engine's."""

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def validate_file(path: Path, engines: Sequence[str] = (DEFAULT_ENGINE,), register: Register | None = None) -> Report:
    """Validate one workbook file; ``register`` makes the functions that its cells call known to formualizer.

    Raises
    ------
    WorkbookError
        If the file cannot be read, or is not one of ours.
    EngineError
        If an engine is missing or fails.
    """
    try:
        if path.exists() and not path.is_file():
            message = f"{path}: cannot be read: not a file"
            raise WorkbookError(message)
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        message = f"{path}: cannot be read: {error.strerror if isinstance(error, OSError) else error}"
        raise WorkbookError(message) from None
    if len(data) > LARGEST_FILE:
        message = f"{path}: is larger than {LARGEST_FILE // 1_000_000} MB: not a workbook of this model"
        raise WorkbookError(message)
    try:
        return validate(data, str(path), engines, register)
    except AmznFcfError as error:
        message = f"{path}: {error}"
        raise type(error)(message) from None


def validate(data: bytes, path: str, engines: Sequence[str] = (DEFAULT_ENGINE,), register: Register | None = None) -> Report:
    """Validate one workbook: its formulas, inputs and history, and its cached and calculated values."""
    contents = read_grids(data, formulas=True)
    inputs = read_inputs(contents)
    with_functions = FUNCTIONS in contents
    unchanged = value_at(contents, COVER, *HASH_CELL) == assumption_hash(inputs.scenarios)
    planned = plan_workbook(inputs.selected, inputs.scenarios, inputs.version, str if with_functions else None, stamped=unchanged)
    if unchanged:
        planned = stamped_for(planned, value_at(contents, SENSITIVITY, *SCENARIO_CELL))
    plan = _with_stamps(planned, contents)
    results = run([inputs.selected])
    report = Report(path, inputs.selected.name, results)
    report.findings += [Finding("input", "error", INPUTS, cell, "an allowed value", text) for cell, text in inputs.problems]
    report.findings += _changed_formulas(plan, contents)
    report.findings += _changed_history(plan, contents)
    report.findings += _changed_stamps(planned, contents, unchanged=unchanged)
    grids: dict[str, Grids] = {"cached": read_grids(data)}
    for name in engines:
        engine = Formualizer(register) if with_functions and name == Formualizer.name else engine_named(name)
        if with_functions and not isinstance(engine, Formualizer):
            message = f"{name} does not know the functions of sheet {FUNCTIONS}: validate this workbook with {Formualizer.name}"
            raise EngineError(message)
        grids[name] = engine.calculate(data)
    for name, values in grids.items():
        comparison = compare(plan, values, results)
        report.compared[name] = comparison
        if name == "cached" and sum(each.found is None for each in comparison.differences) > comparison.cells / 2:
            remedy = "no values: open the workbook in a spreadsheet program and save it"
            report.findings.append(Finding("cached value", "error", COVER, "A1", "cached values", remedy))
            continue
        report.findings += [
            Finding(f"{name} value", "error", each.sheet, each.cell, _text(each.expected), _text(each.found))
            for each in comparison.differences
        ]
    report.findings += _failed_checks(plan, results.values["checks_failed"][0, 0])
    return report


def _with_stamps(plan: WorkbookPlan, contents: Grids) -> WorkbookPlan:
    """Return the plan with the figures of offered scenarios that the file was stamped with: its inputs may have changed since."""
    sheets = dict(plan.sheets)
    for name in (SCENARIOS, SENSITIVITY):
        cells = dict(sheets[name].cells)
        for (row, column), cell in cells.items():
            if _is_offered(plan, name, row, column) and not cell.twin:
                cells[row, column] = cell._replace(content=value_at(contents, name, row, column))
        sheets[name] = replace(sheets[name], cells=cells)
    return replace(plan, sheets=sheets)


def _is_offered(plan: WorkbookPlan, name: str, row: int, column: int) -> bool:
    """Tell whether a stamped cell holds a figure of a scenario whose inputs the workbook holds."""
    if name == SENSITIVITY:
        return row >= FIRST_FIGURE_ROW or (row, column) == SCENARIO_CELL
    first = scenarios_sheet.FIRST_COLUMN
    return name == SCENARIOS and row >= scenarios_sheet.FIRST_ROW and first <= column < first + len(plan.scenarios)


def _changed_stamps(plan: WorkbookPlan, contents: Grids, *, unchanged: bool) -> Iterator[Finding]:
    """Find stamped values and labels that are not the model's; those of offered scenarios once no input was changed since."""
    for name in STAMPED:
        for (row, column), cell in plan.sheets[name].cells.items():
            if cell.twin or (_is_offered(plan, name, row, column) and not unchanged):
                continue
            found = value_at(contents, name, row, column)
            same = (
                _same_number(found, cell.content, RELATIVE_TOLERANCE)
                if isinstance(cell.content, (int, float))
                else found == (cell.content or None)
            )
            if not same and (row, column) != STAMP_CELL:  # which says what the file was built with
                where = f"{column_letters(column)}{row}"
                yield Finding("stamped value", "error", name, where, _text(cell.content), _text(found))


def _text(value: Value) -> str:
    return "empty" if value is None else repr(value) if isinstance(value, float) else str(value)


def _changed_formulas(plan: WorkbookPlan, contents: Grids) -> Iterator[Finding]:
    """Find formulas that are not those of the model, and constants where formulas belong."""
    for name, sheet in plan.sheets.items():
        for (row, column), cell in sheet.cells.items():
            if cell.twin is None:
                continue
            found = value_at(contents, name, row, column)
            if found != cell.content:
                where = f"{column_letters(column)}{row}"
                yield Finding("formula", "error", name, where, str(cell.content), _text(found))
        for row, line in enumerate(contents[name], start=1):
            for column, content in enumerate(line, start=1):
                planned = sheet.cells.get((row, column))
                if is_formula(content) and (planned is None or planned.twin is None):
                    where = f"{column_letters(column)}{row}"
                    yield Finding("unknown formula", "error", name, where, "no formula", str(content))


def _changed_history(plan: WorkbookPlan, contents: Grids) -> Iterator[Finding]:
    """Find reported figures that are not those of the filings."""
    for (row, column), cell in plan.sheets[REPORTED].cells.items():
        found = value_at(contents, REPORTED, row, column)
        if isinstance(cell.content, float) and not _same_number(found, cell.content):
            yield Finding("history", "error", REPORTED, f"{column_letters(column)}{row}", _text(cell.content), _text(found))


def _same_number(found: Value, expected: float, tolerance: float = _DIGITS_OF_A_FILE) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool) and math.isclose(found, expected, rel_tol=tolerance)


def _failed_checks(plan: WorkbookPlan, failed: float) -> Iterator[Finding]:
    if failed:
        place = plan.layout.places["checks_failed"]
        yield Finding("checks", "error", place.sheet, f"{column_letters(VALUE)}{place.row}", "0 quarters beyond tolerance", f"{failed:g}")
