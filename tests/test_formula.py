"""The printer matches the evaluator: random formulas agree in numpy and in a spreadsheet engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import formualizer
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.amazon import AMAZON
from model.backends.arrays import term_of
from model.errors import DeclarationError
from model.language.declarations import Block, Model, driver, line
from model.language.nodes import Binary, Call, Expr, Negate, Number, Ref, Trailing, Where
from model.language.periods import Quarter
from model.plan.binding import bind
from workbook_templates.formula_text import ALLOWED_FUNCTIONS, call
from workbook_templates.plan.formula import formula

if TYPE_CHECKING:
    from model.plan.plan import Plan
    from workbook_templates.plan.site import Site

AXIS = AMAZON.axis(Quarter.parse("2026Q2"))
COLUMN = 30
"""Column of the cell that is calculated; rows 1 to 3 hold the lines."""


def plan_of_three_lines() -> Plan:
    names = ("one", "two", "three")
    inputs = {f"input_{name}": driver(name, "ratio") for name in names}
    lines = {name: line(name, "ratio", inputs[f"input_{name}"] + 0) for name in names}
    return bind(
        Model("test", [type("Section", (Block,), {"__doc__": "A section.", **inputs, **lines})]), AXIS
    )


PLAN = plan_of_three_lines()
ROWS = {"one": 1, "two": 2, "three": 3}


class Grid:
    """A site on one sheet on which the rows 1 to 3 hold the lines; random formulas ask for no more."""

    def cell(self, key: str, lag: int) -> str:
        return f"{_letters(COLUMN - lag)}{ROWS[key]}"

    def window(self, key: str, first_lag: int, last_lag: int) -> str:
        return f"{self.cell(key, first_lag)}:{self.cell(key, last_lag)}"

    def fixed(self, key: str, position: int) -> str:
        raise AssertionError(key, position)

    def whole(self, key: str) -> str:
        raise AssertionError(key)

    def span(self, keys: tuple[str, ...]) -> str | None:
        raise AssertionError(keys)

    def header(self, what: str) -> str:
        raise AssertionError(what)

    def header_row(self, what: str) -> str:
        raise AssertionError(what)


SITE = cast("Site", Grid())


def _letters(column: int) -> str:
    return ("" if column <= 26 else chr(64 + (column - 1) // 26)) + chr(65 + (column - 1) % 26)


values = st.sampled_from([-3.0, -2.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 7.0])
numbers = values.map(Number)
references = st.builds(Ref, st.sampled_from(sorted(ROWS)), st.integers(0, 4))
totals = st.sampled_from(sorted(ROWS)).map(lambda key: Trailing(Ref(key)))
arithmetic = st.sampled_from(["+", "-", "*", "/", "^"])
comparisons = st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])
logical = st.sampled_from(["&", "|"])


def larger(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    compared = st.builds(Binary, comparisons, inner, inner)
    return st.one_of(
        st.builds(Binary, arithmetic, inner, inner),
        compared,
        st.builds(Binary, logical, compared, compared),
        st.builds(Negate, inner),
        st.builds(Where, st.one_of(inner, compared), inner, inner),
        st.builds(
            Call, st.sampled_from(["minimum", "maximum"]), st.lists(inner, min_size=2, max_size=3).map(tuple)
        ),
        st.builds(Call, st.just("absolute"), st.tuples(inner)),
    )


trees = st.recursive(st.one_of(numbers, references, totals), larger, max_leaves=12)


def by_numpy(tree: Expr, rows: dict[str, list[float]]) -> float:
    """Compute ``tree`` in the last of the quarters in ``rows``."""
    table = {key: np.array(row)[:, np.newaxis] for key, row in rows.items()}
    last = len(rows["one"])
    with np.errstate(all="ignore"):
        return float(np.broadcast_to(term_of(tree, PLAN)(table, last - 1, last), (1, 1))[0, 0])


def by_engine(tree: Expr, rows: dict[str, list[float]]) -> object:
    """Compute ``tree`` in a cell of a real spreadsheet engine."""
    book = formualizer.Workbook()
    book.add_sheet("S")
    for key, row in rows.items():
        for offset, value in enumerate(row):
            book.set_value("S", ROWS[key], COLUMN - len(row) + 1 + offset, value)
    text = formula(Where(tree, Number(1), Number(0)) if is_flag(tree) else tree, SITE)
    book.set_formula("S", 5, 1, text)
    return book.evaluate_cell("S", 5, 1)


def is_flag(tree: Expr) -> bool:
    return isinstance(tree, Binary) and tree.operator not in {"+", "-", "*", "/", "^"}


@settings(max_examples=400, deadline=None)
@given(trees, st.lists(st.lists(values, min_size=5, max_size=5), min_size=3, max_size=3))
def test_random_formulas_give_the_same_in_numpy_and_in_the_engine(
    tree: Expr, data: list[list[float]]
) -> None:
    rows = dict(zip(sorted(ROWS), data, strict=True))
    expected, found = by_numpy(tree, rows), by_engine(tree, rows)
    if not math.isfinite(expected) or abs(expected) > 1e100:
        return  # an error value, perhaps in an unused branch
    if isinstance(found, dict):
        assert has_hole(tree, rows), formula(tree, SITE)
        return
    assert float(found) == pytest.approx(expected, rel=1e-9, abs=1e-9), formula(tree, SITE)  # type: ignore[arg-type]  # a number


def has_hole(tree: Expr, rows: dict[str, list[float]]) -> bool:
    """Tell whether a part of ``tree`` is 0^0 or has no finite value: an error in a spreadsheet."""
    if (
        isinstance(tree, Binary)
        and tree.operator == "^"
        and by_numpy(tree.left, rows) == 0 == by_numpy(tree.right, rows)
    ):
        return True  # 1 in numpy, #NUM! in spreadsheets
    if not math.isfinite(by_numpy(tree, rows)):
        return True
    parts: tuple[Expr, ...] = ()
    if isinstance(tree, Binary):
        parts = (tree.left, tree.right)
    elif isinstance(tree, Where):
        parts = (tree.condition, tree.then, tree.otherwise)
    elif isinstance(tree, Call):
        parts = tree.arguments
    elif isinstance(tree, Negate):
        parts = (tree.operand,)
    return any(has_hole(part, rows) for part in parts)


A, B, C = Ref("one"), Ref("two"), Ref("three")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (A - (B - C), "=AD1-(AD2-AD3)"),
        (A - B - C, "=AD1-AD2-AD3"),
        (A / (B * C), "=AD1/(AD2*AD3)"),
        ((A + B) * C, "=(AD1+AD2)*AD3"),
        (-(A**B), "=-(AD1^AD2)"),
        ((-A) ** B, "=(-AD1)^AD2"),
        (A**B**C, "=AD1^(AD2^AD3)"),
        (A - (-B), "=AD1-(-AD2)"),
        (A * -2, "=AD1*(-2)"),
        (Where(A > B, A, B), "=IF(AD1>AD2,AD1,AD2)"),
        ((A > 1) * B, "=IF(AD1>1,1,0)*AD2"),
        (Where((A > 1) & (B < 2), 1 * A, 0 * A), "=IF(AND(AD1>1,AD2<2),1*AD1,0*AD1)"),
        (Ref("one", 4) * 0.25, "=Z1*0.25"),
        (Trailing(A), "=SUM(AA1:AD1)"),
    ],
)
def test_formulas_read_as_people_write_them(tree: Expr, text: str) -> None:
    assert formula(tree, SITE) == text


def test_functions_outside_the_allow_list_are_a_build_error() -> None:
    for name in ("OFFSET", "INDIRECT", "XLOOKUP", "ROUNDUP", "NPV", "TODAY"):
        with pytest.raises(DeclarationError, match="not among the functions that all engines agree on"):
            call(name, "A1")
    assert {
        "IF",
        "AND",
        "OR",
        "ISERROR",
        "MIN",
        "MAX",
        "ABS",
        "SUM",
        "SUMPRODUCT",
        "SUMIFS",
        "INDEX",
        "MATCH",
        "NA",
        "ROUND",
    } == ALLOWED_FUNCTIONS


def test_an_unbound_node_is_refused_not_guessed() -> None:
    with pytest.raises(DeclarationError, match="is not bound"):
        formula(Ref(driver("Growth", "ratio")), SITE)
