"""The headless host: workbooks with AMZN_ functions calculate in formualizer, and follow their inputs."""

from __future__ import annotations

import math
from functools import cache

import formualizer
import pytest
from calls import CALLS, Call

from amzn_fcf.building.selection import shipped_at
from amzn_fcf.building.workbooks import build
from model.amazon.workbook import WORKBOOK
from model.language.periods import Quarter
from model.scenarios.composing import load_scenario
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.layout import COVER, FUNCTIONS, INPUTS, SELECTED_CELL, VALUE
from workbook_templates.plan.sheets.functions import FIRST_ROW
from workbook_templates.plan.styles import STYLES
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.read.book import read_book
from workbook_templates.read.values import value_at
from workbook_templates.validation.validate import validate
from workbook_templates.write.patching import with_changes
from xlwings_udfs.cells.error_values import ErrorValue
from xlwings_udfs.functions import FUNCTIONS as EVERY_FUNCTION
from xlwings_udfs.hosts.headless import register

EXAMPLES = WORKBOOK.examples
_KINDS = {"#N/A": "Na", "#VALUE!": "Value", "#NUM!": "Num"}
LIVE, NATIVE, DIFFERENCE = 3, 4, 5


def sheet_with(contents: dict[tuple[int, int], object]) -> formualizer.Workbook:
    """Return a calculated workbook of one sheet; a text that starts with = is a formula."""
    book = formualizer.Workbook()
    book.add_sheet("S")
    register(book)
    for (row, column), content in contents.items():
        if isinstance(content, str) and content.startswith("="):
            book.sheet("S").set_formula(row, column, content)
        elif content is not None:
            book.set_value("S", row, column, content)
    book.evaluate_all()
    return book


def in_cell(value: object) -> object:
    """Return what a cell must show for a value of Python."""
    if isinstance(value, ErrorValue):
        return {"type": "Error", "kind": _KINDS[value]}
    return "" if value is None else value


def agree(expected: object, found: object) -> bool:
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return expected == found


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_function_gives_in_cells_what_it_gives_in_python(call: Call) -> None:
    """Arguments stand in cells of their own; a range is a range, a blank is an empty cell.

    formualizer hands an empty cell over as 0, so a bare 0 counts as left out (docs/reference/functions.md).
    """
    contents: dict[tuple[int, int], object] = {}
    references = []
    for number, argument in enumerate(call.arguments):
        rows = argument if isinstance(argument, list) else [[argument]]
        top, left = 200, 100 + 30 * number
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                contents[top + row, left + column] = cell
        corner = f"{letters(left)}{top}:{letters(left + len(rows[0]) - 1)}{top + len(rows) - 1}"
        references.append(corner if isinstance(argument, list) else f"{letters(left)}{top}")
    contents[1, 1] = f"={call.name}({','.join(references)})"
    book = sheet_with(contents)
    expected = call.in_python()
    block = expected if isinstance(expected, list) else [[expected]]
    for row, cells in enumerate(block, start=1):
        for column, cell in enumerate(cells, start=1):
            assert agree(in_cell(cell), book.get_value("S", row, column)), (row, column)


def letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def test_the_calls_of_the_hosts_tests_hold_every_function() -> None:
    where = "add a call to tests/calls.py and an example to the sheet Functions"
    called, shown = {call.name for call in CALLS}, {example.function for example in EXAMPLES}
    assert called == set(EVERY_FUNCTION) == shown, f"{where}: {set(EVERY_FUNCTION) - (called & shown)}"


def test_a_sum_over_a_failed_cell_is_an_error_and_iferror_sees_it() -> None:
    book = sheet_with({
        (1, 1): "=AMZN_FCF(2026)", (2, 1): "=AMZN_FCF(2040)", (3, 1): "=SUM(A1:A2)", (4, 1): "=IFERROR(A2,7)",
        (5, 1): '=AMZN_FCF(2026,,"after_leases")', (6, 1): "=SUM(AMZN_FCF(C1:E1))", (1, 3): 2026, (1,
        4): 2027, (1, 5): 2040,
    })  # fmt: skip
    assert book.get_value("S", 3, 1) == {"type": "Error", "kind": "Na"}
    assert book.get_value("S", 4, 1) == 7
    assert book.get_value("S", 5, 1) == pytest.approx(EVERY_FUNCTION["AMZN_FCF"](2026, None, "after_leases"))
    assert book.get_value("S", 6, 1) == {"type": "Error", "kind": "Na"}


def test_the_drivers_of_one_scenario_spilled_into_cells_are_overrides_of_another() -> None:
    book = sheet_with({(1, 1): '=AMZN_DRIVERS("bull")', (1, 30): '=AMZN_VALUE("dcf","base",A1:N118)'})
    assert book.get_value("S", 1, 30) == pytest.approx(EVERY_FUNCTION["AMZN_VALUE"]("dcf", "bull"), rel=1e-12)


@cache
def template() -> tuple[WorkbookPlan, bytes]:
    plan = plan_workbook(load_scenario("base"), shipped_at(Quarter.parse("2026Q2")), "test", str)
    built = build(plan)
    assert built.report.is_clean, built.report.findings[:3]
    return plan, built.data


def test_a_template_shows_every_function_beside_its_native_formula_with_cached_values() -> None:
    _, data = template()
    grids = read_book(data).values
    for row, example in enumerate(EXAMPLES, start=FIRST_ROW):
        live, difference = value_at(grids, FUNCTIONS, row, LIVE), value_at(grids, FUNCTIONS, row, DIFFERENCE)
        assert live is not None, example
        assert not str(live).startswith("#"), example
        if example.key and example.key != "turn":
            assert isinstance(difference, float), example
            assert abs(difference) <= 1e-9 * abs(float(str(live))), example


def test_a_head_has_the_format_of_a_quarter_only_if_it_is_one() -> None:
    """A year under that format would read 0202Q6."""
    plan, _ = template()
    heads = [
        (name, cell.content)
        for name, sheet in plan.sheets.items()
        for cell in sheet.cells.values()
        if isinstance(cell.content, (int, float)) and STYLES[cell.style].format_name == "quarter"
    ]
    assert len(heads) > 100
    assert all(20221 <= content <= 20354 and 1 <= content % 10 <= 4 for _, content in heads), heads[:3]


@pytest.mark.parametrize(
    ("driver", "value"), [("wacc", 0.08), ("terminal_growth", 0.03), ("stakes[anthropic]", 0.0)]
)
def test_an_input_changed_by_hand_moves_the_functions_and_the_native_formulas_alike(
    driver: str, value: float
) -> None:
    plan, data = template()
    changes = {(INPUTS, plan.layout.inputs[driver].given[0], VALUE): value}
    before, after = (Formualizer(register).calculate(data, each) for each in ({}, changes))
    moved = 0
    for row, example in enumerate(EXAMPLES, start=FIRST_ROW):
        live, native = value_at(after, FUNCTIONS, row, LIVE), value_at(after, FUNCTIONS, row, NATIVE)
        if isinstance(native, float) and isinstance(live, float):
            assert live == pytest.approx(native, rel=1e-9, abs=1e-9), example
            moved += native != value_at(before, FUNCTIONS, row, NATIVE)
    assert moved


def test_the_selector_moves_the_functions_and_validate_takes_the_changed_workbook() -> None:
    plan, data = template()
    row = plan.layout.inputs["aws_growth"].given[0] + 1
    column = plan.layout.year_column(plan.layout.plan.axis.year_position(2028))
    changed = with_changes(data, {(COVER, *SELECTED_CELL): "bull", (INPUTS, row, column): 0.5})
    grids = Formualizer(register).calculate(changed)
    assert value_at(grids, FUNCTIONS, FIRST_ROW, LIVE) == pytest.approx(
        value_at(grids, FUNCTIONS, FIRST_ROW, NATIVE), rel=1e-9
    )
    report = validate(changed, "changed", register=register)
    assert not report.compared["formualizer"].differences, str(report.compared["formualizer"])
