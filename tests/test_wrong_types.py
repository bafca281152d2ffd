"""Arguments of the wrong type are refused in one line, where they enter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from shared import computed

from amzn_fcf import Period, Quarter, axis_at, load_scenario, run, simulate
from model.analysis.solve import solve
from model.errors import AmznFcfError

if TYPE_CHECKING:
    from collections.abc import Callable

DCF = "value_per_share[dcf,mid]"
BASE: Any = load_scenario("base")
RESULTS: Any = computed("base")
YEAR = Period.parse("2027")


def any_of(function: object) -> Any:  # noqa: ANN401  # the types that are wrong here
    return function


CALLS: dict[str, tuple[Callable[[], object], str]] = {
    "run, a name": (lambda: any_of(run)("base"), "run needs a list of scenarios, such as"),
    "run, a number": (lambda: any_of(run)([5]), "run needs scenarios or their names, not 5"),
    "run, an axis": (lambda: any_of(run)(["base"], "2026Q2"), "run needs an axis"),
    "run, a row": (lambda: any_of(run)(["base"], None, "net_sales"), "run needs a list of rows"),
    "value, a period as text": (lambda: RESULTS.value("net_sales", "2027"), "value needs a period, such as"),
    "value, a year": (lambda: RESULTS.value("net_sales", 2027), "value needs a period, such as"),
    "value, a line": (lambda: RESULTS.value(5, YEAR), "value needs the name of a line"),
    "value, a scenario": (lambda: RESULTS.value("net_sales", YEAR, 1), "needs a place from 0 to 0, not 1"),
    "value, its name": (lambda: RESULTS.value("net_sales", YEAR, "base"), "needs a place from 0 to 0"),
    "series, a list": (lambda: RESULTS.series(["net_sales"]), "series needs the name of a line"),
    "series, a frequency": (lambda: RESULTS.series("net_sales", ["annual"]), "unknown frequency"),
    "periods, a frequency": (lambda: RESULTS.periods("yearly"), "did you mean annual"),
    "table, a line": (lambda: RESULTS.table("net_sales"), "table needs a list of lines"),
    "load_scenario, a path": (lambda: any_of(load_scenario)(Path("x.toml")), "scenario needs a name"),
    "load_scenario, an as-of": (lambda: any_of(load_scenario)("base", 20262), "as-of needs a quarter"),
    "load_scenario, a company": (lambda: any_of(load_scenario)(company="x"), "company needs a Company"),
    "overrides, a list": (lambda: BASE.with_overrides(["wacc"]), "overrides need a table of drivers"),
    "overrides, a number": (lambda: BASE.with_overrides({5: 1}), "override needs the name of a driver"),
    "overrides, a text": (lambda: BASE.with_overrides({"wacc": "0.1"}), "wacc needs a number, not '0.1'"),
    "simulate, a number": (lambda: any_of(simulate)(5), "scenario needs a name"),
    "simulate, draws": (lambda: any_of(simulate)(draws="x"), "draws must be a whole number"),
    "simulate, a sampling": (lambda: any_of(simulate)(sampling=5), "unknown sampling 5"),
    "simulate, an engine": (lambda: any_of(simulate)(engine=5), "unknown engine 5"),
    "simulate, outputs": (lambda: any_of(simulate)(outputs=["net_sales 2027"]), "outputs need figures"),
    "simulate, an output": (lambda: any_of(simulate)(outputs="net_sales 2027"), "outputs need a list"),
    "simulate, uncertainty": (lambda: any_of(simulate)(uncertainty=5), "uncertainty needs the path"),
    "solve, a name": (lambda: any_of(solve)("base", "wacc", 200, DCF), "solve needs a scenario"),
    "solve, a driver": (lambda: solve(BASE, any_of(5), 200, DCF), "solve needs the name of a driver"),
    "solve, a target": (lambda: solve(BASE, "wacc", any_of("x"), DCF), "target needs a number, not 'x'"),
    "solve, a figure": (lambda: solve(BASE, "wacc", 200, any_of(5)), "solve needs the name of a line"),
    "solve, no period": (lambda: solve(BASE, "wacc", 200, "free_cash_flow"), "varies with time: give"),
    "solve, a year": (
        lambda: solve(BASE, "wacc", 200, "net_sales", period=any_of("2027")), "solve needs a period"
    ),
    "solve, between": (lambda: solve(BASE, "wacc", 200, DCF, between=any_of("ab")), "needs two numbers"),
    "solve, one end": (lambda: solve(BASE, "wacc", 200, DCF, between=any_of((1,))), "needs two numbers"),
    "a period": (lambda: Period.parse(any_of(2027)), "2027 is not a period"),
    "a quarter": (lambda: Quarter.parse(any_of(20272)), "20272 is not a quarter"),
    "an axis": (lambda: any_of(axis_at)(5), "5 is not a quarter"),
}  # fmt: skip


@pytest.mark.parametrize("case", CALLS)
def test_an_argument_of_the_wrong_type_is_refused_in_one_line(case: str) -> None:
    call, message = CALLS[case]
    with pytest.raises(AmznFcfError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
