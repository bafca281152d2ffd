"""Validation of a finished workbook: reads it, plans it again, calculates it, and applies the rules that fit.

A changed input is not an error: the model is run with it and must agree. A workbook that is not ours gets the
rules that need no plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from model import companies
from model.errors import EngineError, WorkbookError, few, is_error, located
from model.results import run
from model.scenarios.scenario import assumption_hash
from workbook_templates.engines.engines import DEFAULT_ENGINE, engine_named
from workbook_templates.engines.formualizer import Formualizer, Register
from workbook_templates.engines.limited import Calculated, Trials, calculate, calculate_apart
from workbook_templates.formula_text import AMZN, calls_ours, functions
from workbook_templates.memory import without_search
from workbook_templates.plan.layout import FUNCTIONS, HASH_CELL, LOG, SCENARIOS, SENSITIVITY
from workbook_templates.plan.sheets import scenarios as scenarios_sheet
from workbook_templates.plan.sheets.sensitivity import SCENARIO_CELL
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook, sheet_names, stamped_for
from workbook_templates.read.archive import LARGEST_FILE
from workbook_templates.read.book import read_book
from workbook_templates.read.inputs import read_inputs
from workbook_templates.read.values import value_at
from workbook_templates.validation.changed import changed_inputs
from workbook_templates.validation.findings import Finding, Report
from workbook_templates.validation.parity import compare
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.rules.formulas import AGREED
from workbook_templates.validation.rules.subject import ModelSubject, Subject
from workbook_templates.validation.rules.table import ANY, MODEL, OTHER, STRUCTURE
from workbook_templates.validation.rules.values import CACHED
from workbook_templates.validation.trials import take_effects, trials_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook_templates.a1 import CellPlace
    from workbook_templates.read.book import Book
    from workbook_templates.read.values import Grids, Value

__all__ = ["Finding", "Report", "bytes_of", "validate", "validate_file"]
_NAMED: Final = 3
_STAMPS: Final = frozenset({"stamp", "edge", "centre", "cross"})
"""First words of the styles of stamped figures."""
_CALL: Final = re.compile(rf"((?:[A-Z]+\.)*){AMZN}")
"""A call of one of our functions, and what stands before its name."""
_MACROS: Final = "xl/vbaProject.bin"
Companions = Callable[[], tuple[bytes, tuple[str, ...]]]


class Made(NamedTuple):
    """A workbook that was just made: its plan, and the values that an engine gave its formulas."""

    plan: WorkbookPlan
    engine: str
    values: Grids


def validate_file(
    path: Path,
    engines: Sequence[str] = (DEFAULT_ENGINE,),
    register: Register | None = None,
    choice: Choice | None = None,
    companions: Companions | None = None,
) -> Report:
    """Validate one workbook file; arguments as for :func:`validate`.

    A file that cannot be read, or must not be, is a :class:`WorkbookError`; an engine that is missing or
    fails is an :class:`EngineError`.
    """
    data = bytes_of(path)
    with located(str(path)):
        return validate(data, str(path), engines, register, choice, companions)


def bytes_of(path: Path) -> bytes:
    """Return a file that may be a workbook; what cannot be read is a :class:`WorkbookError`."""
    try:
        if path.exists() and not path.is_file():
            raise WorkbookError(f"{path}: cannot be read: not a file")
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise WorkbookError(f"{path}: cannot be read: {reason}") from None


def book_of(path: Path) -> Book:
    """Read a workbook file; what cannot be read is a :class:`WorkbookError`."""
    data = bytes_of(path)
    with located(str(path)):
        return read_book(data)


@without_search()
def validate(  # noqa: PLR0913  # a workbook, and what is known of it
    workbook: bytes | Book,
    path: str,
    engines: Sequence[str] = (DEFAULT_ENGINE,),
    register: Register | None = None,
    choice: Choice | None = None,
    companions: Companions | None = None,
    made: Made | None = None,
) -> Report:
    """Validate one workbook.

    Parameters
    ----------
    workbook, path
        The file, or what was read in it, and what the report calls it.
    engines
        Names of the spreadsheet engines that calculate it.
    register
        Makes the functions known that its cells may call; a function of a module, so that another process can
        find it.
    choice
        Which rules are applied; all unless given.
    companions
        Returns the VBA project that a template of ours may carry, and the sheets that come with it.
    made
        What is known of a workbook that was just made: it is not planned and calculated again, but every cell
        must be as planned, inputs too, and have the calculated value.
    """
    chosen, report = choice or Choice(), Report(path)
    book = read_book(workbook) if isinstance(workbook, bytes) else workbook
    remark = report.remarks.append
    standard = sheet_names(companies.default(), with_functions=False)
    missing = [name for name in standard if name not in book.sheets]
    if companions is not None and FUNCTIONS in book.sheets and _MACROS in book.archive.parts:
        _set_aside(book, companions(), report)
    if len(missing) > len(standard) / 2:
        lacks = few(missing, _NAMED, what="more of its sheets")
        remark(f"generic rules were applied because it is not a workbook of this model: it lacks {lacks}")
        subject = Subject(book)
        if chosen.needs_values and Formualizer.name in engines:
            _calculate_other(subject, report, register)
        elif chosen.needs_values and engines:
            remark(f"values were not calculated: only {Formualizer.name} does so here")
        report.findings += chosen.apply([*ANY, *OTHER], subject)
        return report
    expected = sheet_names(companies.default(), with_functions=FUNCTIONS in book.sheets)
    if missing:
        remark("rules that need the sheets of the model were not applied: put the sheets back first")
        whole_file = [rule for rule in ANY if rule.group in {"package", "structure"}]
        report.findings += chosen.apply([*STRUCTURE, *whole_file], Subject(book, expected_sheets=expected))
        return report
    ours = (
        _model_subject(book, expected, report, stamped=chosen.needs_stamps)
        if made is None
        else _made_subject(book, made, report)
    )
    if made is not None:
        report.findings += ours.unlike(made.values)  # so that what holds of one holds of the other
        report.compared[CACHED] = report.compared[made.engine] = compare(ours.plan, book.values, ours.results)
        ours.compared = report.compared
    elif chosen.needs_values:
        _calculate_model(ours, report, engines, register)
    report.findings += chosen.apply(MODEL, ours)
    report.findings += chosen.apply([*STRUCTURE, *ANY], ours)
    return report


def _set_aside(book: Book, companions: tuple[bytes, tuple[str, ...]], report: Report) -> None:
    """Take known macros, byte for byte, and their sheets out of a template before it is validated."""
    macros, sheets = companions
    if book.archive.read(_MACROS) == macros:
        del book.archive.parts[_MACROS]
        found = ", ".join(name for name in sheets if book.sheets.pop(name, None) is not None)
        judged = f"its sheets {found} were not judged"
        report.remarks.append(f"the macros are those of amzn-fcf, byte for byte; {judged}")


def _model_subject(book: Book, expected: Sequence[str], report: Report, *, stamped: bool) -> ModelSubject:
    """Return a workbook of ours with its plan, ``stamped`` as it is, and the model run with its inputs."""
    inputs = read_inputs(book.contents)
    stamp = str(value_at(book.contents, LOG, *HASH_CELL))
    unchanged = stamp == assumption_hash(inputs.scenarios, inputs.switches)
    named = _prefix(book).__add__ if FUNCTIONS in book.sheets else None
    selected = inputs.selected
    plan = plan_workbook(
        selected, inputs.scenarios, inputs.version, named, switches=inputs.switches, variants=inputs.variants,
        assumptions=stamp, stamped=False,
    )  # fmt: skip
    if stamped:
        scenario = value_at(book.contents, SENSITIVITY, *SCENARIO_CELL)
        plan = stamped_for(plan, scenario) if unchanged else _with_stamps(plan, book.contents)
    report.scenario, report.model = selected.name, run([selected])
    report.inputs, report.is_as_built = inputs, unchanged
    report.changed = [] if unchanged else changed_inputs(inputs, plan.layout)
    return ModelSubject(
        book, expected_sheets=expected, plan=plan, inputs=inputs, results=report.model, changed=report.changed
    )


def _made_subject(book: Book, made: Made, report: Report) -> ModelSubject:
    plan = made.plan
    report.scenario, report.model = plan.selected.name, run([plan.selected])
    report.inputs, report.is_as_built = read_inputs(book.contents), True
    names = tuple(plan.sheets)
    return ModelSubject(book, expected_sheets=names, plan=plan, inputs=report.inputs, results=report.model)


def _prefix(book: Book) -> str:
    """Return the prefix of function names in the file: LibreOffice's files name the extension."""
    for cell in book.sheets[FUNCTIONS].cells.values():
        if cell.formula is not None and (found := _CALL.search(cell.formula)):
            return found[1]
    return ""


def _with_stamps(plan: WorkbookPlan, contents: Grids) -> WorkbookPlan:
    """Return the plan with the file's stamps of offered scenarios, whose inputs may have changed since."""
    sheets = dict(plan.sheets)
    for name in {SCENARIOS, SENSITIVITY} & set(sheets):
        cells = dict(sheets[name].cells)
        for (row, column), cell in cells.items():
            is_stamp = (
                _is_offered(plan, row, column) if name == SCENARIOS else cell.style.split()[0] in _STAMPS
            )
            if is_stamp and not cell.twin:
                cells[row, column] = cell._replace(content=value_at(contents, name, row, column))
        sheets[name] = replace(sheets[name], cells=cells)
    return replace(plan, sheets=sheets)


def _is_offered(plan: WorkbookPlan, row: int, column: int) -> bool:
    """Tell whether a cell of Scenarios holds a figure of a scenario whose inputs the workbook holds."""
    columns = len(plan.scenarios) + len(plan.layout.switches)
    offered = range(scenarios_sheet.FIRST_COLUMN, scenarios_sheet.FIRST_COLUMN + columns)
    return row >= scenarios_sheet.FIRST_ROW and column in offered


def _cells(subject: Subject) -> dict[CellPlace, bool]:
    return {place: calls_ours(formula) for place, formula in subject.formulas.items()}


def _calculate_model(
    subject: ModelSubject, report: Report, engines: Sequence[str], register: Register | None
) -> None:
    cells = _cells(subject)
    calls = any(cells.values())
    ours = not subject.added  # any other formula may ask for any time
    subject.compared = report.compared
    compared = partial(compare, subject.plan, results=subject.results, left_out=subject.not_compared)
    report.compared[CACHED] = compared(subject.book.values)
    data = subject.book.archive.repacked() if engines else b""
    for name in engines:
        engine = engine_named(name)
        engine.require()
        if calls and name != Formualizer.name:
            remedy = f"validate it with {Formualizer.name}"
            raise EngineError(f"{name} does not know the workbook's AMZN_ functions: {remedy}")
        trials = trials_of(subject) if name == Formualizer.name else Trials()
        try:
            if not ours:
                found = calculate_apart(name, data, cells, register, _pinned(subject, subject.added), trials)
            elif name == Formualizer.name:
                found = calculate(data, cells, register if calls else None, trials=trials)
            else:
                found = Calculated(engine.calculate(data))
        except EngineError as error:
            if ours:
                raise
            subject.uncalculated[name] = str(error)
            continue
        _take(subject, report, name, found, cells)
        report.compared[name] = compared(found.grids)
        if name == Formualizer.name:
            take_effects(subject, found)


def _calculate_other(subject: Subject, report: Report, register: Register | None) -> None:
    """Calculate a workbook that is not ours with formualizer, as far as it can."""
    cells, name = _cells(subject), Formualizer.name
    if not cells:
        return
    pinned = _pinned(subject, subject.formulas)
    engine_named(name).require()
    try:
        found = calculate_apart(name, subject.book.archive.repacked(), cells, register, pinned)
    except EngineError as error:
        subject.uncalculated[name] = str(error)
        return
    _take(subject, report, name, found, cells)
    compared = f"{len(cells) - len(pinned):,} of {len(cells):,} formulas"
    remark = f"{compared} use only functions on which programs agree, and were calculated"
    report.remarks.append(remark)


def _pinned(subject: Subject, formulas: Mapping[CellPlace, str]) -> dict[CellPlace, Value]:
    """Return cached values of formulas that an engine may calculate unlike the program that saved them."""
    pinned: dict[CellPlace, Value] = {}
    for place, formula in formulas.items():
        value = subject.book.sheets[place[0]].cells[place[1:]].value
        agreed = functions(formula) <= AGREED and "[" not in formula
        if not (agreed or calls_ours(formula) or value is None or is_error(value)):
            pinned[place] = value
    return pinned


def _take(
    subject: Subject, report: Report, name: str, found: Calculated, cells: dict[CellPlace, bool]
) -> None:
    subject.calculated[name] = found.grids
    subject.failures.update(found.failures)
    if calls := sum(cells.values()):
        errors = f"{len(found.failures)} of them errors"
        report.remarks.append(f"{calls} cells with AMZN_ functions calculated, {errors}")
