"""The compiled model equals numpy: every line of Amazon, errors too; see also test_kernel_nodes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from model.amazon import AMAZON
from model.backends.arrays import compile_plan
from model.backends.kernel import Kernel, kernel_for
from model.backends.kernel.cache import FOLDER_VARIABLE
from model.errors import InputError, UnknownNameError
from model.language.periods import Quarter
from model.reported.actuals import reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import driver_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from model.backends.arrays import Array, Values
    from model.plan.plan import Plan

pytestmark = pytest.mark.usefixtures("kernel_folder")
RELATIVE: Final = 1e-12
SALES_OF_A_YEAR: Final = 1e6
"""USD m: figures are differences of sums of this size, and agree to 1e-12 of those."""
SIMULATED: Final = (
    "free_cash_flow", "ttm_free_cash_flow", "trough", "turn", "positive", "recross", "intensity_peak",
    "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
)  # fmt: skip
OVERLAYS: Final = "+silicon_delay+price_war+power_delay"


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
    assert np.ptp(found["ttm_free_cash_flow"][-1]) > 100  # by tax alone
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
