"""The compiled model equals numpy: every line of Amazon, every node of the language, errors too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
import pytest
from once import run_folder

from model.amazon import AMAZON
from model.backends.arrays import compile_plan
from model.backends.kernel import Kernel, kernel_for
from model.backends.kernel.cache import FOLDER_VARIABLE
from model.errors import DeclarationError, InputError, UnknownNameError
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
from model.reported.actuals import reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import driver_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from model.backends.arrays import Array, Values
    from model.plan.plan import Plan

RELATIVE: Final = 1e-12
SALES_OF_A_YEAR: Final = 1e6
"""USD m: figures are differences of sums of this size, and agree to 1e-12 of those."""
SIMULATED: Final = (
    "free_cash_flow", "ttm_free_cash_flow", "trough", "turn", "positive", "recross", "intensity_peak",
    "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
)  # fmt: skip
OVERLAYS: Final = "+silicon_delay+price_war+power_delay"


@pytest.fixture(scope="module", autouse=True)
def _empty_folder() -> Iterator[None]:
    """Kernels of these tests are compiled into a folder that is empty when the test run begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(run_folder("kernels")))
        yield


def assert_agree(found: Values, expected: Values, plan: Plan) -> None:
    assert found
    for key, values in found.items():
        unit = plan.rows[key].unit
        scale = SALES_OF_A_YEAR if unit == "USD m" else 1.0
        assert values.shape == expected[key].shape, key
        np.testing.assert_allclose(values, expected[key], rtol=RELATIVE, atol=RELATIVE * scale, err_msg=key)


def amazon(as_of: str) -> Plan:
    return AMAZON.plan(AMAZON.axis(Quarter.parse(as_of)))


def side_by_side(plan: Plan, draws: int, seed: int) -> tuple[dict[str, Array], int]:
    """Return drivers of all scenarios, and of draws that move each driver within its range at random."""
    as_of = str(plan.axis.as_of)
    names = ("article", "base", "bull", "bear", f"article{OVERLAYS}", f"base{OVERLAYS}")
    scenarios = driver_arrays(plan, [load_scenario(name, as_of) for name in names])
    base = driver_arrays(plan, [load_scenario("base", as_of)])
    generator = np.random.default_rng(seed)
    specs = driver_specs()
    drivers = {}
    for row in plan.assumed_rows:
        drawn = np.broadcast_to(base[row.key], (len(base[row.key]), draws))
        spec = specs.get(row.driver_key)
        if row.unit == "flag":  # whether a quarter has its own value
            drawn = generator.integers(0, 2, drawn.shape).astype(float)
        elif spec is not None and row.unit != "quarter":
            anywhere = generator.uniform(spec.minimum, spec.maximum, drawn.shape)
            drawn = np.where(
                generator.random(draws) < 0.3, np.round(anywhere) if spec.driver.whole else anywhere, drawn
            )
        drivers[row.key] = np.hstack([np.broadcast_to(scenarios[row.key], (len(drawn), len(names))), drawn])
    return drivers, len(names) + draws


def test_every_line_of_amazon_is_what_numpy_computes() -> None:
    """All lines at one as-of (compiling them takes a minute); those of a simulation at the other, below."""
    plan = amazon("2025Q3")
    drivers, draws = side_by_side(plan, 60, seed=1)
    given = reported_arrays(AMAZON, plan)
    expected = compile_plan(plan).run(drivers, given, draws)
    found = kernel_for(plan, frozenset(drivers), plan.lines).run(drivers, given, draws)
    assert_agree(found, expected, plan)
    # the draws reach what they are meant to reach
    assert any(np.isnan(expected[key]).any() and not np.isnan(expected[key]).all() for key in SIMULATED)
    assert (expected["aws_volume"] < expected["aws_demand"]).any()
    assert (expected["net_borrowing"] > expected["planned_borrowing"]).any()
    assert expected["checks_failed"].any()


@pytest.fixture(scope="module")
def simulated() -> tuple[Plan, dict[str, Array], Kernel, int]:
    """Draws of four drivers that vary only ahead, more of them than are gathered at a time."""
    plan, draws = amazon("2026Q2"), 1203
    drivers = driver_arrays(plan, [load_scenario("base")])
    generator = np.random.default_rng(7)
    ahead = np.arange(plan.axis.length)[:, np.newaxis] >= plan.axis.forecast_start
    moved = ahead * generator.normal(0, 0.1, draws)
    for key in ("aws_growth", "aws_growth.year", "aws_growth.next_year"):
        drivers[key] = drivers[key] + moved
    drivers["capex_scale"] = drivers["capex_scale"] * generator.lognormal(0, 0.2, draws)
    drivers["advertising_margin"] = drivers["advertising_margin"] + ahead * generator.normal(0, 0.02, draws)
    drivers["wacc"] = generator.uniform(0.02, 0.12, (1, draws))
    varying = frozenset({"aws_growth", "capex_scale", "advertising_margin", "wacc"})
    return plan, drivers, kernel_for(plan, varying, SIMULATED), draws


def test_what_a_simulation_wants_is_what_numpy_computes(
    simulated: tuple[Plan, dict[str, Array], Kernel, int],
) -> None:
    plan, drivers, kernel, draws = simulated
    found = kernel.run(drivers, reported_arrays(AMAZON, plan), draws)
    assert tuple(found) == SIMULATED
    assert_agree(found, compile_plan(plan).run(drivers, reported_arrays(AMAZON, plan), draws), plan)
    assert np.isnan(
        found["value_per_share[dcf,mid]"]
    ).any()  # a perpetuity that grows faster than it is discounted
    assert not np.isnan(found["value_per_share[dcf,mid]"]).all()


def test_threads_give_the_same_to_the_bit(simulated: tuple[Plan, dict[str, Array], Kernel, int]) -> None:
    plan, drivers, kernel, draws = simulated
    reported_rows = reported_arrays(AMAZON, plan)
    alone = kernel.run(drivers, reported_rows, draws)

    def part(begin: int) -> Values:
        some = {
            key: array[:, begin : begin + 201] if array.shape[1] > 1 else array
            for key, array in drivers.items()
        }
        return kernel.run(some, reported_rows, min(201, draws - begin))

    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(part, range(0, draws, 201)))
    for key in SIMULATED:
        np.testing.assert_array_equal(np.hstack([each[key] for each in parts]), alone[key], err_msg=key)


def test_other_drivers_vary_without_another_kernel(
    simulated: tuple[Plan, dict[str, Array], Kernel, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, drivers, kernel, draws = simulated
    kernel.run(drivers, reported_arrays(AMAZON, plan), draws)  # it is compiled
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    drivers = driver_arrays(plan, [load_scenario("bull", "2026Q2")])
    drivers["useful_life[servers_and_network]"] = np.linspace(2.0, 8.0, 37)[np.newaxis]
    found = kernel_for(plan, frozenset({"useful_life[servers_and_network]"}), SIMULATED).run(
        drivers, reported_arrays(AMAZON, plan), 37
    )
    assert_agree(found, compile_plan(plan).run(drivers, reported_arrays(AMAZON, plan), 37), plan)
    assert np.ptp(found["ttm_free_cash_flow"][-1]) > 1000
    assert not list(tmp_path.iterdir())


def test_drivers_and_reported_rows_come_back_as_given(
    simulated: tuple[Plan, dict[str, Array], Kernel, int],
) -> None:
    plan, drivers, _, draws = simulated
    wanted, varying = (
        ("aws_growth", "reported.net_sales_aws"),
        frozenset({"aws_growth", "capex_scale", "advertising_margin", "wacc"}),
    )
    found = kernel_for(plan, varying, wanted).run(drivers, reported_arrays(AMAZON, plan), draws)
    expected = compile_plan(plan).run(drivers, reported_arrays(AMAZON, plan), draws)
    for key in wanted:
        np.testing.assert_array_equal(found[key], expected[key])


def test_what_is_asked_for_must_exist_and_fit(simulated: tuple[Plan, dict[str, Array], Kernel, int]) -> None:
    plan, drivers, kernel, draws = simulated
    with pytest.raises(UnknownNameError, match="did you mean free_cash_flow"):
        kernel_for(plan, frozenset(), ("free_cash",))
    with pytest.raises(InputError, match="net_sales is computed or reported: only drivers can vary"):
        kernel_for(plan, frozenset({"net_sales"}), SIMULATED)
    with pytest.raises(
        InputError, match=r"tax_rate: an array of shape \(56, 1203\) .* not among the drivers said to vary"
    ):
        kernel.run(
            {**drivers, "tax_rate": np.repeat(drivers["tax_rate"], draws, axis=1)},
            reported_arrays(AMAZON, plan),
            draws,
        )
    with pytest.raises(
        InputError, match=r"capex_scale: an array of shape \(56, 1203\) does not fit 56 quarters and 7 draws"
    ):
        kernel.run({**drivers, "aws_growth": drivers["aws_growth"][:, :7]}, reported_arrays(AMAZON, plan), 7)


# Every node of the language, in a model of its own

COLOUR: Final = Dimension("colour", ("red", "blue"))


class Bestiary(Block):
    """Every node, fed with numbers that make errors, ties and zeros."""

    alpha = driver("A", "ratio")
    beta = driver("B", "ratio", by=COLOUR)
    gamma = driver("C", "ratio", kind="constant")
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


def test_a_result_that_looks_for_what_varies_with_time_is_refused() -> None:
    class Wrong(Block):
        """Wrong."""

        alpha = driver("Alpha", "ratio")
        where_it_is = result("Where it is", "quarters", position_of(alpha, alpha), timed=True)

    plan = bind(Model("test", [Wrong]), AMAZON.axis(Quarter.parse("2026Q2")))
    with pytest.raises(
        DeclarationError,
        match=r"test_kernel\.py:\d+: where_it_is searches the axis for a value that varies with time",
    ):
        kernel_for(plan, frozenset({"alpha"}), ("where_it_is",)).run({"alpha": np.ones((56, 2))}, {}, 2)


def test_one_value_that_looks_back_is_refused() -> None:
    class Wrong(Block):
        """Wrong."""

        alpha = driver("Alpha", "ratio")
        before = result("Before", "ratio", prev(alpha))

    plan = bind(Model("test", [Wrong]), AMAZON.axis(Quarter.parse("2026Q2")))
    with pytest.raises(
        DeclarationError, match=r"test_kernel\.py:\d+: before is one value, and cannot look back at alpha"
    ):
        kernel_for(plan, frozenset({"alpha"}), ("before",)).run({"alpha": np.ones((56, 2))}, {}, 2)
