"""Every node of the language, in a model of its own: the kernel computes what numpy computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import pytest

from model.amazon import AMAZON
from model.backends.arrays import compile_plan
from model.backends.kernel import kernel_for
from model.errors import DeclarationError
from model.language.declarations import Block, Model, driver, has_own_value, line, of_year, reported, result
from model.language.nodes import VINTAGE, Bound, Calendar, Dimension, walk
from model.language.periods import Quarter
from model.language.vocabulary import (
    age,
    at_as_of,
    at_end,
    at_position,
    at_vintage,
    count_beyond,
    elapsed,
    following,
    highest,
    lagged,
    lowest,
    maximum,
    minimum,
    not_meaningful,
    position,
    position_of,
    prev,
    quarter_code,
    quarter_end,
    sum_over_axis,
    total,
    ttm,
    vintage_elapsed,
    where,
    year_sum,
)
from model.plan.binding import bind

if TYPE_CHECKING:
    from model.backends.arrays import Array
    from model.plan.plan import Plan

pytestmark = pytest.mark.usefixtures("kernel_folder")
RELATIVE: Final = 1e-12
COLOUR: Final = Dimension("colour", ("red", "blue"))


class Bestiary(Block):
    """Every node, fed with numbers that make errors, ties and zeros."""

    alpha = driver("A", "ratio")
    beta = driver("B", "ratio", by=COLOUR)
    gamma = driver("C", "ratio", kind="constant")
    scale = driver("Scale", "ratio", kind="constant", by=COLOUR)
    lag = driver("Lag", "quarters", kind="constant", whole=True)
    given = line("Given", "ratio", prev("given", 4) * (1 + alpha / 100), history=reported("thing", "ratio"))
    plain = line("Plain", "ratio", given - 0.25 * alpha)
    power = line("Power", "ratio", alpha**gamma + plain**2 + 2**alpha)
    quotient = line(
        "Quotient", "ratio", alpha / beta["red"] - gamma / (4 * beta["blue"]) + given * gamma / beta["blue"]
    )
    negated = line("Negated", "ratio", -(alpha - beta["red"]))
    less = line("Less", "flag", quotient < power)
    at_most = line("At most", "flag", alpha <= beta["red"])
    more = line("More", "flag", alpha > gamma)
    at_least = line("At least", "flag", quotient >= 0)
    same = line("Same", "flag", alpha == beta["blue"])
    other = line("Other", "flag", alpha != beta["blue"])
    both = line("Both", "flag", (alpha > 0) & (quotient > 0))
    either = line("Either", "flag", (alpha > 0) | (quotient > 0))
    chosen = line(
        "Chosen", "ratio", where(quotient > alpha, power, where(alpha == 0, not_meaningful(), gamma))
    )
    smallest = line("Smallest", "ratio", minimum(alpha, quotient, 0.5, power))
    largest = line("Largest", "ratio", maximum(0, quotient, alpha, beta["red"]))
    size = line("Size", "ratio", abs(alpha - 1))
    late = line(
        "Late",
        "ratio",
        lagged("given", lag, longest=4) + lagged("plain", lag, longest=3, further=2),
        history=0,
    )
    year = line("Year", "ratio", ttm(plain) / year_sum(beta["red"]), history=None)
    of_years = line(
        "Of years",
        "ratio",
        of_year(alpha) - of_year(alpha, 1) * has_own_value(alpha) + of_year(alpha, -1),
        history=0,
    )
    weighed = line(
        "Weighed",
        "ratio",
        year_sum(prev("weighed", 4), of_years, beta["red"]) / year_sum(prev("weighed", 8)),
        history=alpha,
    )
    known_years = line("Known years", "ratio", 0, history=year_sum(prev(plain, 4), beta["red"]))
    year_so_far = line("Year so far", "ratio", 0, history=year_sum(plain))
    colours = line("Colours", "ratio", total(beta, COLOUR) * at_as_of(plain))
    scales = line("Scales", "ratio", total(scale, COLOUR) * alpha)
    stock = line("Stock", "ratio", prev("stock") * gamma + prev("flow"), history=alpha)
    flow = line("Flow", "ratio", minimum(stock, 3) - prev("flow", 2), history=gamma)
    code = line("Code", "quarter", quarter_code())
    end = line("End", "date", quarter_end())
    clock = line("Clock", "quarters", position() + elapsed())
    calendar = line("Calendar", "ratio", Calendar("year") + Calendar("quarter"))
    cost = line(
        "Cost",
        "ratio",
        where(vintage_elapsed() > -2, at_vintage(plain) * gamma, beta["red"] * 0),
        by=VINTAGE,
        timed=False,
    )
    worn = line(
        "Worn", "ratio", cost * maximum(0, minimum(1, gamma - age() / 4)) / gamma, history=None, by=VINTAGE
    )
    all_worn = line("All worn", "ratio", total(worn, VINTAGE), history=None)
    lowest_plain = result("Lowest", "ratio", lowest(plain))
    highest_quotient = result("Highest", "ratio", highest(quotient))
    summed = result("Summed", "ratio", sum_over_axis(flow) + at_end(stock))
    all_cost = result("All cost", "ratio", total(cost, VINTAGE))
    rises = result(
        "Rises", "flag", (following(plain) > plain) & (plain > 1 + gamma) & (position() > 5), timed=True
    )
    first_rise = result("First rise", "quarter", at_position(code, position_of(1, rises)))
    lowest_at = result("Lowest at", "quarters", position_of(lowest_plain, plain))
    found_at = result("Found at", "quarters", position_of(3 * gamma, alpha))
    anywhere = result("Anywhere", "ratio", at_position(plain, 20 * gamma))
    beyond = result("Beyond", "quarters", count_beyond(plain, 0.5) + count_beyond(quotient, gamma))


@pytest.fixture(scope="module")
def bestiary() -> Plan:
    return bind(Model("test", [Bestiary]), AMAZON.axis(Quarter.parse("2026Q2")))


def beasts(plan: Plan, draws: int, columns: int) -> dict[str, Array]:
    """Return draws from few numbers, so that they meet, cancel and divide by 0."""
    generator = np.random.default_rng(3)
    numbers = np.array([-2.0, -0.5, 0.0, 0.0, 0.25, 0.5, 1.0, 1.0, 3.0])
    drivers = {}
    for row in plan.assumed_rows:
        shape = (plan.axis.length if row.timed else 1, columns if row.driver_key == "alpha" else draws)
        drivers[row.key] = (
            generator.integers(1, 5, shape).astype(float)
            if row.key == "lag"
            else generator.choice(numbers, shape)
        )
    drivers["beta[red]"][:, ::2] = (
        np.abs(drivers["beta[red]"][:, ::2]) + 0.5
    )  # half of the draws are without most errors
    drivers["beta[blue]"][:, ::2] = np.abs(drivers["beta[blue]"][:, ::2]) + 0.5
    return drivers


def things(plan: Plan) -> dict[str, Array]:
    found = np.full(plan.axis.length, np.nan)
    found[: plan.axis.forecast_start] = np.random.default_rng(4).normal(1, 0.5, plan.axis.forecast_start)
    return {"reported.thing": found}


def test_the_bestiary_holds_every_node(bestiary: Plan) -> None:
    formulas = [
        formula
        for row in bestiary.rows.values()
        for formula in (row.history, row.forecast)
        if formula is not None
    ]
    held = {type(node) for formula in formulas for node in walk(formula)}
    assert held == set(get_args(Bound))


def test_every_node_is_what_numpy_computes(bestiary: Plan) -> None:
    draws = 200
    drivers, given = beasts(bestiary, draws, draws), things(bestiary)
    expected = compile_plan(bestiary).run(drivers, given, draws)
    found = kernel_for(bestiary, frozenset(drivers), bestiary.lines).run(drivers, given, draws)
    for key in bestiary.lines:
        np.testing.assert_allclose(found[key], expected[key], rtol=RELATIVE, atol=RELATIVE, err_msg=key)
        assert np.isfinite(expected[key]).any(), key
    for key in (
        "quotient",
        "chosen",
        "smallest",
        "largest",
        "both",
        "either",
        "first_rise",
        "found_at",
        "anywhere",
        "beyond",
    ):
        assert np.isnan(expected[key][-1]).any(), key
        assert not np.isnan(expected[key][-1]).all(), key


def test_rows_that_no_varying_driver_moves_are_the_same_for_all_draws(bestiary: Plan) -> None:
    drivers, given = beasts(bestiary, 1, 50), things(bestiary)
    expected = compile_plan(bestiary).run(drivers, given, 50)
    found = kernel_for(bestiary, frozenset({"alpha"}), bestiary.lines).run(drivers, given, 50)
    for key in bestiary.lines:
        np.testing.assert_allclose(found[key], expected[key], rtol=RELATIVE, atol=RELATIVE, err_msg=key)


def assert_refused(block: type[Block], name: str, message: str) -> None:
    plan = bind(Model("test", [block]), AMAZON.axis(Quarter.parse("2026Q2")))
    with pytest.raises(DeclarationError, match=rf"test_kernel_nodes\.py:\d+: {name} {message}"):
        kernel_for(plan, frozenset({"alpha"}), (name,)).run({"alpha": np.ones((56, 2))}, {}, 2)


def test_a_result_that_looks_for_what_varies_with_time_is_refused() -> None:
    class Wrong(Block):
        """Wrong."""

        alpha = driver("Alpha", "ratio")
        where_it_is = result("Where it is", "quarters", position_of(alpha, alpha), timed=True)

    assert_refused(Wrong, "where_it_is", "searches the axis for a value that varies with time")


def test_one_value_that_looks_back_is_refused() -> None:
    class Wrong(Block):
        """Wrong."""

        alpha = driver("Alpha", "ratio")
        before = result("Before", "ratio", prev(alpha))

    assert_refused(Wrong, "before", "is one value, and cannot look back at alpha")
