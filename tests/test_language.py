"""The language refuses what it cannot mean, at the declaration, and says what to write instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from model.amazon import AMAZON
from model.backends.arrays import compile_plan
from model.backends.prose import definition
from model.errors import DeclarationError
from model.language.declarations import (
    Block,
    Driver,
    Line,
    Model,
    driver,
    has_own_value,
    line,
    of_year,
    result,
)
from model.language.nodes import Dimension, Expr, wrap
from model.language.periods import Quarter
from model.language.vocabulary import (
    at_as_of,
    following,
    highest,
    maximum,
    pick,
    prev,
    total,
    ttm,
    where,
    year_sum,
)
from model.plan.binding import bind

if TYPE_CHECKING:
    from collections.abc import Callable

AXIS = AMAZON.axis(Quarter.parse("2026Q2"))
COLOUR = Dimension("colour", ("red", "blue"))


def block(**declared: Line | Driver) -> type[Block]:
    return type("Section", (Block,), {"__doc__": "A section.", **declared})


def bound(**declared: Line | Driver) -> None:
    bind(Model("test", [block(**declared)]), AXIS)


def money() -> Driver:
    return driver("Money", "USD m")


@pytest.mark.parametrize(
    "use",
    [lambda a, b: 1 if a > b else 0, lambda a, b: a > b > a, max, lambda a, b: a < b < a, lambda a, _: not a],
)
def test_python_control_flow_on_a_formula_is_refused_with_what_to_write(
    use: Callable[[Expr, Expr], object],
) -> None:
    with pytest.raises(DeclarationError, match="where\\(condition, a, b\\)"):
        use(money(), money())


def test_sum_and_float_on_a_formula_are_refused() -> None:
    with pytest.raises(DeclarationError, match="total\\(line, DIMENSION\\) or ttm\\(line\\)"):
        sum(money())
    with pytest.raises(DeclarationError, match="evaluate the model"):
        float(money())


@pytest.mark.parametrize("value", ["1", None, True, [1]])
def test_only_numbers_and_lines_stand_in_a_formula(value: object) -> None:
    with pytest.raises(DeclarationError, match="cannot stand in a formula"):
        wrap(value)


def test_a_unit_that_does_not_fit_is_found_at_the_declaration() -> None:
    price, shares = driver("Price", "USD/share"), driver("Shares", "m shares")
    line("Value of the company", "USD m", price * shares)
    with pytest.raises(
        DeclarationError,
        match=r"test_language\.py:\d+: 'Wrong': is declared in 'ratio' but its formula yields 'USD m'",
    ):
        line("Wrong", "ratio", price * shares)
    with pytest.raises(DeclarationError, match="cannot add or subtract 'USD/share' and 'm shares'"):
        line("Wrong", "USD m", price + shares)
    with pytest.raises(DeclarationError, match="cannot choose between"):
        line("Wrong", "USD m", where(price > 0, price, shares))
    with pytest.raises(DeclarationError, match="cannot compare"):
        line("Wrong", "flag", price > shares)


def test_an_unknown_unit_names_the_nearest() -> None:
    with pytest.raises(DeclarationError, match="unknown unit 'USD mn'; did you mean USD m"):
        driver("Money", "USD mn")


def test_units_of_lines_named_before_they_are_declared_are_checked_when_the_model_is_built() -> None:
    cash = money()
    with pytest.raises(
        DeclarationError, match="first: is declared in 'ratio' but its formula yields 'USD m'"
    ):
        bound(
            cash=cash,
            first=line("First", "ratio", prev("second"), history=0),
            second=line("Second", "USD m", 2 * cash),
        )


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(DeclarationError, match="unknown name 'sals'; did you mean sales"):
        bound(sales=line("Sales", "USD m", prev("sals"), history=0))


def test_a_line_is_used_before_it_is_declared_only_with_a_lag() -> None:
    later = line("Later", "ratio", 1)
    with pytest.raises(
        DeclarationError, match="uses later, which is declared further down: write prev\\('later'\\)"
    ):
        bound(first=line("First", "ratio", later + 1), later=later)


def test_a_lag_needs_reported_values_before_as_of() -> None:
    with pytest.raises(DeclarationError, match="balance has no opening value: give history= to balance"):
        bound(balance=line("Balance", "ratio", prev("balance") + 1, history=None))
    with pytest.raises(DeclarationError, match="refers to itself in reported quarters; give history="):
        bound(balance=line("Balance", "ratio", prev("balance") + 1))


def test_only_results_look_over_the_axis_or_ahead() -> None:
    row = line("Row", "ratio", 1)
    with pytest.raises(DeclarationError, match="declare it with result"):
        bound(row=row, top=line("Top", "ratio", highest(row)))
    with pytest.raises(DeclarationError, match="looks ahead: only results may"):
        bound(row=row, top=line("Top", "ratio", following(row)))
    peak = result("Peak", "ratio", highest(row))
    with pytest.raises(DeclarationError, match="uses the result peak: only results may"):
        bound(row=row, peak=peak, after=line("After", "ratio", peak + 1))


def test_members_must_be_chosen_added_or_shared() -> None:
    by_colour = line("By colour", "ratio", 1, by=COLOUR)
    with pytest.raises(DeclarationError, match="varies by colour"):
        bound(by_colour=by_colour, plain=line("Plain", "ratio", by_colour + 1))
    green = line("By colour", "ratio", 1, by=COLOUR)
    with pytest.raises(DeclarationError, match="has no member 'green'"):
        bound(by_colour=green, plain=line("Plain", "ratio", green["green"]))
    with pytest.raises(DeclarationError, match="needs exactly red, blue"):
        pick(COLOUR, red=1, green=2)


def test_functions_of_lines_refuse_formulas() -> None:
    for function in (ttm, year_sum, highest):
        with pytest.raises(DeclarationError, match="takes a line, not a formula"):
            function(money() * 2)


@pytest.mark.parametrize("name", ["AWS2024", "fcf1", "tax2025", "r1c1", "Sales", "net sales"])
def test_names_that_look_like_cells_or_are_not_words_are_refused(name: str) -> None:
    with pytest.raises(DeclarationError, match="looks like a cell or is not snake_case"):
        Model("test", [block(**{name: line("Line", "ratio", 1)})])


def test_a_name_is_declared_once() -> None:
    row = line("Row", "ratio", 1)
    with pytest.raises(DeclarationError, match="'Row' is declared twice, as row and other"):
        block(row=row, other=row)
    with pytest.raises(DeclarationError, match="is declared already"):
        Model("test", [block(sales=line("Sales", "ratio", 1)), block(sales=line("Sales", "ratio", 2))])


def test_a_ratio_over_years_uses_what_has_years() -> None:
    cash = money()
    flow = line("Flow", "USD m", 1 * cash, annual="none")
    with pytest.raises(DeclarationError, match="annual='ratio' cannot use flow"):
        bound(cash=cash, flow=flow, share=line("Share", "ratio", flow / flow, annual="ratio"))


def test_a_ratio_over_years_is_made_of_lines_not_of_sums() -> None:
    cash = money()
    flow = line("Flow", "USD m", 1 * cash)
    with pytest.raises(
        DeclarationError, match="annual='ratio' cannot use Trailing: declare that part as a line first"
    ):
        bound(cash=cash, flow=flow, share=line("Share", "ratio", ttm(flow) / flow, annual="ratio"))


def test_values_of_years_are_those_of_yearly_drivers_this_year_or_beside_it_in_forecasts() -> None:
    growth, rate = driver("Growth", "ratio"), driver("Rate", "ratio", kind="constant")
    with pytest.raises(DeclarationError, match="this year, the next or the one before, not lead=2"):
        of_year(growth, 2)
    with pytest.raises(DeclarationError, match="'Rate' has no values by year: it is constant"):
        has_own_value(rate)
    with pytest.raises(DeclarationError, match=r"uses growth.year in reported quarters.*give history="):
        bound(growth=growth, row=line("Row", "ratio", of_year(growth)))
    plan = bind(
        Model("test", [block(growth=growth, row=line("Row", "ratio", of_year(growth), history=0))]), AXIS
    )
    assert [row.key for row in plan.parts["growth"]] == ["growth.year"]
    assert [row.key for row in plan.rows.values() if row.driver is not None] == ["growth"]


def test_a_sum_over_the_year_looks_back_by_whole_years() -> None:
    spent = line("Spent", "USD m", 1 * money())
    with pytest.raises(DeclarationError, match="looks back by whole years, not by 2 quarters"):
        year_sum(prev(spent, 2))
    with pytest.raises(DeclarationError, match=r"declared in 'USD m' but its formula yields 'USD m\^2'"):
        line("Squared", "USD m", year_sum(spent, prev(spent, 4)))


def test_what_needs_the_whole_year_cannot_depend_on_itself() -> None:
    spent = line("Spent", "ratio", prev("plan") + 0, history=1)
    plan_ = line("Plan", "ratio", year_sum(spent), history=1)
    plan = bind(Model("test", [block(spent=spent, plan=plan_)]), AXIS)
    with pytest.raises(DeclarationError, match="needs all quarters of spent, which in turn depends on plan"):
        compile_plan(plan)


def test_a_small_model_computes_by_hand() -> None:
    growth = driver("Growth", "ratio")
    sales = line("Sales", "ratio", prev("sales", 4) * (1 + growth), history=100)
    best = line("At least the base", "ratio", maximum(sales, at_as_of(sales)))
    by_colour = line("By colour", "ratio", pick(COLOUR, red=sales * 0.25, blue=sales * 0.75), by=COLOUR)
    both = line("Both", "ratio", total(by_colour, COLOUR))
    year = line("Year", "ratio", ttm(sales))
    plan = bind(
        Model(
            "test", [block(growth=growth, sales=sales, best=best, by_colour=by_colour, both=both, year=year)]
        ),
        AXIS,
    )
    values = compile_plan(plan).run({"growth": np.full((AXIS.length, 1), -0.5)}, {})
    assert values["sales"][17:27, 0].tolist() == [100, 50, 50, 50, 50, 25, 25, 25, 25, 12.5]
    assert set(values["best"][:, 0]) == {100.0}
    assert values["both"][20, 0] == 50
    assert values["year"][18, 0] == 350
    assert definition(plan.rows["sales"], plan) == "sales[t-4] * (1 + growth); reported: 100"
