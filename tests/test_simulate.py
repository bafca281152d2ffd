"""Simulations against closed forms, against exact percentiles, and against themselves."""

from __future__ import annotations

import contextlib
import math
import sys
import tracemalloc
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil  # type: ignore[import-untyped]  # has no types
import pytest
from scipy import stats
from shared import answers, computed
from small_model import LOGNORMAL, NORMAL, job, simulated

from model.amazon import AMAZON
from model.backends.kernel import kernel_for
from model.errors import AmznFcfError, EngineError, InputError
from model.language.periods import Period
from model.outputs import Output
from model.parallel.workers import in_order, local_workers
from model.results import run
from model.scenarios.composing import load_scenario
from model.simulation.blocks import compute_blocks, tally_blocks
from model.simulation.distributions import Distribution
from model.simulation.questions import Request, default_request, output_ahead
from model.simulation.run import Settings, prepared, simulate
from model.simulation.sampling import SAMPLINGS
from model.simulation.tally import BINS, Bins, Means, Tally, bins_of, lower_tail_mean, percentile, tally_of
from model.simulation.uncertainty import Move, Uncertainty

if TYPE_CHECKING:
    from model.backends.arrays import Array
    from model.simulation.results import Simulation

DRAWS = 60_000
STANDARD = Distribution("normal", (0, 1))


# Closed forms


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("rank", [0.0, 0.5])
def test_a_sum_of_normals_is_normal(sampling: str, rank: float) -> None:
    pearson = 2 * math.sin(math.pi * rank / 6)
    exact = stats.norm(2, math.sqrt(4 + 0.25 + 2 * pearson * 2 * 0.5))
    found = simulated(job(NORMAL, "both", draws=DRAWS, sampling=sampling, rank=rank))
    agrees(found, "both", exact)
    tail = exact.mean() - exact.std() * float(stats.norm.pdf(stats.norm.ppf(0.05))) / 0.05
    assert found.estimates["both"].shortfall == pytest.approx(tail, abs=0.05)


@pytest.mark.parametrize("sampling", SAMPLINGS)
@pytest.mark.parametrize("rank", [0.0, -0.6])
def test_a_product_of_lognormals_is_lognormal(sampling: str, rank: float) -> None:
    pearson = 2 * math.sin(math.pi * rank / 6)
    sigma = math.sqrt(0.3**2 + 0.4**2 + 2 * pearson * 0.3 * 0.4)
    agrees(
        simulated(job(LOGNORMAL, "compound", draws=DRAWS, sampling=sampling, rank=rank, threshold=1.0)),
        "compound",
        stats.lognorm(sigma),
        1,
    )


def agrees(
    simulation: Simulation,
    name: str,
    exact: Any,  # noqa: ANN401  # scipy's frozen distribution
    threshold: float = 0,
) -> None:
    """Assert that mean, spread, percentiles and a probability are those of a distribution, but for chance."""
    found = simulation.estimates[name]
    assert abs(found.mean - exact.mean()) < 4 * found.standard_error
    assert found.standard_error < 1.6 * exact.std() / math.sqrt(DRAWS)
    assert found.deviation == pytest.approx(exact.std(), rel=0.02)
    for percent, value in found.percentiles.items():
        share = percent / 100
        error = math.sqrt(share * (1 - share) / DRAWS) / exact.pdf(exact.ppf(share))
        assert abs(value - exact.ppf(share)) < found.bin_width + 4 * error, percent
    chance = simulation.above[name]
    assert abs(chance.probability - exact.sf(threshold)) < max(4 * chance.standard_error, 4 / DRAWS)


def test_the_standard_error_of_plain_draws_is_the_textbooks() -> None:
    errors = [
        simulated(job(NORMAL, "both", draws=16_384, seed=seed)).estimates["both"].standard_error
        for seed in range(10)
    ]
    assert np.mean(errors) == pytest.approx(math.sqrt(4.25) / math.sqrt(16_384), rel=0.1)


def test_variance_is_shared_out_as_the_weights_of_a_sum_say() -> None:
    found = simulated(job({"first": STANDARD, "second": STANDARD}, "weighted", draws=DRAWS))
    assert found.shares["weighted"] == pytest.approx({"first": 0.8, "second": 0.2}, abs=0.015)
    nothing = simulated(
        job({"first": STANDARD, "second": Distribution("uniform", (1, 2))}, "inverse", draws=DRAWS)
    )
    assert nothing.shares["inverse"]["first"] < 0.002
    assert nothing.shares["inverse"]["second"] > 0.99


def test_correlated_drivers_each_get_what_they_share() -> None:
    """2a + b, correlation r: what goes with a alone is (2 + r)^2, with b (1 + 2r)^2, of 5 + 4r."""
    r = 2 * math.sin(math.pi * 0.5 / 6)
    found = simulated(job({"first": STANDARD, "second": STANDARD}, "weighted", draws=DRAWS, rank=0.5)).shares[
        "weighted"
    ]
    exact = {"first": (2 + r) ** 2 / (5 + 4 * r), "second": (1 + 2 * r) ** 2 / (5 + 4 * r)}
    assert found == pytest.approx(exact, abs=0.015)


# Tallies


def test_a_percentile_is_off_by_less_than_one_bin() -> None:
    generator = np.random.default_rng(1)
    values = np.stack(
        [
            generator.normal(100, 1, 30_000),
            generator.lognormal(0, 1, 30_000),
            generator.integers(0, 4, 30_000).astype(float),
        ]
    )
    grid = bins_of(values[:, :256])
    tally = merged(values, grid, 1000)
    for output, row in enumerate(values):
        for share in (0.01, 0.05, 0.25, 0.5, 0.9, 0.99):
            exact = np.quantile(row, share, method="inverted_cdf")
            assert abs(percentile(tally, grid, output, share) - exact) <= grid.width[output]
        worst = np.sort(row)[: 30_000 // 20]
        assert lower_tail_mean(tally, grid, output, 0.05) == pytest.approx(
            worst.mean(), abs=grid.width[output] / 2
        )
    print(f"width of a bin: {grid.width[0] / values[0].std():.4f} standard deviations of a normal sample")
    assert grid.width[0] < 0.005 * values[0].std()


def merged(values: Array, grid: Bins, size: int) -> Tally:
    parts = [
        tally_of(
            part, Means.of(part), Means.of(part), grid, (0,), np.zeros((part.shape[1], 1), dtype=np.intp), 2
        )
        for part in np.array_split(values, values.shape[1] // size, axis=1)
    ]
    whole, *rest = parts
    for part in rest:
        whole = whole + part
    return whole


def test_merged_blocks_are_the_whole_and_nan_is_left_out() -> None:
    values = np.random.default_rng(2).normal(5, 2, (2, 8000))
    values[1, ::4] = np.nan
    grid = bins_of(values)
    tally = merged(values, grid, 500)
    assert tally.outputs.mean == pytest.approx(np.nanmean(values, axis=1), rel=1e-12)
    assert tally.outputs.deviation == pytest.approx(np.nanstd(values, axis=1, ddof=1), rel=1e-12)
    assert tally.outputs.number.tolist() == [8000, 6000]
    assert tally.counts.sum(axis=1).tolist() == [8000, 6000]
    assert (tally.lowest[1], tally.highest[1]) == (np.nanmin(values[1]), np.nanmax(values[1]))
    means = np.nanmean(values.reshape(2, 16, 500), axis=2)
    assert tally.outputs.standard_error == pytest.approx(means.std(axis=1, ddof=1) / 4, rel=1e-9)


def test_draws_beyond_the_bins_are_counted_and_keep_percentiles_within_the_extremes() -> None:
    grid = bins_of(np.linspace(0, 1, 256)[np.newaxis])
    values = np.concatenate([np.full(10, -50.0), np.linspace(0, 1, 80), np.full(10, 90.0)])[np.newaxis]
    tally = merged(values, grid, 100)
    assert tally.counts[0, [0, BINS + 1]].tolist() == [10, 10]
    assert -50 <= percentile(tally, grid, 0, 0.05) < 0
    assert percentile(tally, grid, 0, 0.5) == pytest.approx(0.5, abs=0.02)
    assert percentile(tally, grid, 0, 1.0) == 90


def test_what_never_has_a_meaning_has_no_estimate_and_no_error() -> None:
    found = simulated(
        job({"first": STANDARD, "second": Distribution("uniform", (-1, 1))}, "inverse", draws=500)
    )
    assert found.estimates["inverse"].undefined == 0
    values = np.full((1, 40), np.nan)
    grid = bins_of(values)
    tally = merged(values, grid, 20)
    assert math.isnan(percentile(tally, grid, 0, 0.5))
    assert math.isnan(lower_tail_mean(tally, grid, 0, 0.05))
    assert np.isnan(tally.outputs.standard_error).all()


def test_memory_does_not_grow_with_draws() -> None:
    peaks = []
    for draws in (150_000, 600_000):
        prepared_job = job(NORMAL, "both", draws=draws, sampling="latin_hypercube")
        tracemalloc.start()
        simulated(prepared_job)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    print(f"peak of memory: {peaks[0] / 1e6:.1f} MB for 150,000 draws, {peaks[1] / 1e6:.1f} MB for 600,000")
    assert peaks[1] < 1.1 * peaks[0]


# The model of Amazon


@pytest.fixture(scope="module")
def base() -> Simulation:
    return simulate("base", draws=2000, engine="numpy", workers=1)


def test_events_fall_somewhere_or_never_and_follow_each_other(base: Simulation) -> None:
    assert tuple(base.events) == AMAZON.presentation.questions.events
    for event, chances in base.events.items():
        assert math.fsum(each.probability for each in chances.values()) == pytest.approx(1), event
    trough = min(base.events["trough"])
    assert trough < min(base.events["turn"]) <= min(base.events["recross"])
    assert str(load_scenario("base").as_of) < min(base.events["positive"])


def test_figures_are_those_of_the_scenario_where_nothing_is_drawn(base: Simulation) -> None:
    plain = computed("base")
    for name, each in base.estimates.items():
        output = output_ahead(name, plain.plan)
        expected = (
            plain.values[output.key][0, 0]
            if output.period is None
            else plain.value(output.key, output.period)
        )
        assert each.plain == pytest.approx(expected, rel=1e-12)
    assert base.fan()["2028Q4"].plain == plain.value("free_cash_flow", Period.parse("2028"))


def test_a_draw_is_the_scenario_with_those_drivers() -> None:
    """The arrays of drivers that draws are composed of give what overrides give, one scenario at a time."""
    moves = (
        Move("growth", "aws_growth", "add", Distribution("uniform", (-0.1, 0.1)), "1-2"),
        Move("capex", "capex_scale", "scale", Distribution("uniform", (0.8, 1.2)), "2028+"),
        Move("beta", "beta", "set", Distribution("uniform", (1, 1.4))),
    )
    uncertainty = Uncertainty("test", moves, {}, {})
    scenario = load_scenario("base+price_war")
    outputs = [
        output_ahead(text, computed("base").plan)
        for text in ("free_cash_flow 2028", "aws_margin 2029", "ttm_net_sales 2030Q2")
    ]
    question = default_request(computed("base").scenarios[0], outputs)
    made, _ = prepared(scenario, uncertainty, question, Settings(draws=16, engine="numpy"))
    ((shares, values, _),) = compute_blocks(made, {0: 16})
    for place in (0, 7, 15):
        growth, capex, beta = (
            -0.1 + 0.2 * shares[place, 0],
            0.8 + 0.4 * shares[place, 1],
            1 + 0.4 * shares[place, 2],
        )
        table = scenario.table
        single = run([scenario.with_overrides({
            "aws_growth": {year: table["aws_growth"][year] + growth for year in ("2027", "2028")},
            "capex_scale": {str(year): capex for year in range(2028, 2036)}, "beta": beta,
        })])  # fmt: skip
        for number, output in enumerate(question.outputs):
            expected = (
                single.values[output.key][0, 0]
                if output.period is None
                else single.value(output.key, output.period)
            )
            assert values[number, place] == pytest.approx(expected, rel=1e-10), str(output)


def test_the_same_seed_gives_the_same_bits_with_one_two_and_four_processes(base: Simulation) -> None:
    assert answers(simulate("base", draws=2000, engine="numpy", workers=1)) == answers(base)
    for workers in (2, 4):
        assert answers(simulate("base", draws=2000, engine="numpy", workers=workers)) == answers(base)
    assert answers(simulate("base", draws=2000, engine="numpy", workers=1, seed=2)) != answers(base)


def test_the_same_seed_gives_the_same_bits_with_one_two_and_four_threads() -> None:
    made = job(LOGNORMAL, "compound", draws=20_000, sampling="sobol", rank=0.3)
    ((_, pilot, _),) = compute_blocks(made, {5: 64})
    grid, pieces = bins_of(pilot), [range(each, each + 1) for each in range(made.blocks.count)]
    found = []
    for number in (1, 2, 4):
        with local_workers(number, processes=False) as workers:
            whole, *rest = chain(*in_order(workers, partial(tally_blocks, made, grid), pieces))
        for part in rest:
            whole = whole + part
        found.append(
            [
                whole.outputs.mean.tobytes(),
                whole.outputs.between.tobytes(),
                whole.counts.tobytes(),
                whole.class_sums.tobytes(),
            ]
        )
    assert found[0] == found[1] == found[2]


def test_a_worker_process_that_is_killed_leaves_the_blocks_that_were_done() -> None:
    def kill(_done: int) -> None:
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):  # it may have ended since
                if "spawn_main" in " ".join(child.cmdline()):
                    child.kill()

    found = simulate("base", draws=4000, engine="numpy", workers=2, on_block=kill)
    assert found.lost.startswith("a worker process was killed")
    assert 0 < found.draws < found.asked == 4000


def test_sobol_brings_value_nearer_to_the_truth_than_plain_draws() -> None:
    outputs = (Output.of("value_per_share[dcf,mid]", computed("base").plan),)

    def value(sampling: str, draws: int, seed: int) -> float:
        found = simulate(
            "base",
            draws=draws,
            seed=seed,
            sampling=sampling,
            engine="numpy",
            workers=1,
            question=Request(outputs),
        )
        return found.estimates[str(outputs[0])].mean

    exact = value("sobol", 8192, 99)
    errors = {
        sampling: math.sqrt(np.mean([(value(sampling, 1024, seed) - exact) ** 2 for seed in range(8)]))
        for sampling in SAMPLINGS
    }
    print(
        "value of base, 1,024 draws, 8 seeds, root mean square error in USD: "
        + ", ".join(f"{k} {v:.3f}" for k, v in errors.items())
    )
    assert errors["sobol"] < errors["plain"] / 2
    assert errors["latin_hypercube"] < errors["plain"] / 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wacc", "wacc is an assumption"), ("reported.net_sales_aws 2025Q1", "or a reported figure"),
            ("net_sals 2027", "did you mean"),
        ("net_sales", "write a period after it, such as net_sales 2027"), ("net_sales 2024",
            "is reported already"),
        ("net_sales 2050", "outside the axis"), ("net_sales soon", "is not a period"), ("terminal_share 2027",
            "does not vary with time"),
        ("aws_capacity_use 2027", "has no annual figure"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_asked_for_are_refused(text: str, message: str) -> None:
    with pytest.raises(AmznFcfError, match=message):
        output_ahead(text, computed("base").plan)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 0}, "draws must be a whole number from 1 to"), ({"draws": 10**12}, "not 1000000000000"),
        ({"seed": 1.5}, "seed must be a whole number of 0 or more, not 1.5"), ({"seed": -1}, "seed must be"),
        ({"sampling": "sobl"}, "unknown sampling 'sobl'; did you mean sobol"), ({"engine": "gpu"},
            "unknown engine 'gpu'"),
        ({"workers": 0}, "workers must be a whole number from 1"), ({"workers": 5000}, "not 5000"),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_before_anything_is_computed(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        simulate("base", **{"draws": 100, "engine": "numpy", **arguments})  # type: ignore[arg-type]


def test_numpy_replaces_a_kernel_that_cannot_be_compiled_and_a_note_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    kernel_for.cache_clear()  # an earlier test may have needed the same one
    found = simulate("base", draws=20)
    assert found.engine == "numpy"
    assert "computed by numpy: numba compiles the model, and cannot be imported" in found.note
    with pytest.raises(EngineError, match=r"pip install 'amzn-fcf\[fast\]'"):
        simulate("base", draws=20, engine="kernel")
