"""Distributions, correlations and ways of sampling, against scipy's and against their definitions."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from small_model import LOGNORMAL, NORMAL, job, simulated

from model.errors import InputError
from model.simulation.correlation import (
    SMALLEST_EIGENVALUE,
    correlated,
    nearest_correlations,
    normal_correlations,
)
from model.simulation.distributions import Distribution, distribution_of, within
from model.simulation.sampling import SAMPLINGS, blocks_of, uniform_block

SHARES = np.array([1e-9, 0.001, 0.05, 0.2, 0.25, 0.5, 0.7, 0.99, 1 - 1e-9])
if TYPE_CHECKING:
    from collections.abc import Mapping

INDEPENDENT = np.eye(3)
_NAMED = re.compile(r"(\w) and (\w) (-?0\.\d+)")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Distribution("normal", (2, 0.5)), stats.norm(2, 0.5)),
        (Distribution("lognormal", (3, 0.4)), stats.lognorm(0.4, scale=3)),
        (Distribution("uniform", (-1, 4)), stats.uniform(-1, 5)),
        (Distribution("triangular", (1, 2, 5)), stats.triang(0.25, 1, 4)),
        (Distribution("triangular", (0, 0, 2)), stats.triang(0, 0, 2)),
        (Distribution("pert", (1, 2, 5)), stats.beta(2, 4, 1, 4)),
        (Distribution("normal", (0, 1), (-0.5, 2)), stats.truncnorm(-0.5, 2)),
    ],
    ids=lambda each: getattr(each, "kind", ""),
)
def test_quantiles_and_probabilities_are_scipys(ours: Distribution, theirs: stats.rv_continuous) -> None:
    assert ours.quantile(SHARES) == pytest.approx(theirs.ppf(SHARES), rel=1e-9, abs=1e-9)
    for value in theirs.ppf(SHARES):
        assert ours.below(float(value)) == pytest.approx(theirs.cdf(value), rel=1e-7, abs=1e-12)
    assert (ours.below(-1e9), ours.below(1e9)) == (0, 1)


def test_a_discrete_distribution_gives_each_value_its_probability() -> None:
    risk = Distribution("discrete", ((0.0, 0.03, 0.1), (0.65, 0.25, 0.1)))
    drawn = risk.quantile((np.arange(1000) + 0.5) / 1000)
    assert [int((drawn == value).sum()) for value in risk.parameters[0]] == [650, 250, 100]
    assert risk.below(0.03) == 0.65


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("normale", {}, "unknown distribution 'normale'; did you mean normal"),
        (5, {}, "unknown distribution 5; allowed: normal, lognormal"),
        ("normal", {"mean": 0}, "normal needs mean and sd, found mean"),
        ("normal", {"mean": 0, "sd": 0}, "sd must be above 0"),
        ("normal", {"mean": "much", "sd": 1}, "mean needs a number, not 'much'"),
        ("normal", {"mean": math.nan, "sd": 1}, "needs a number, not nan"),
        ("lognormal", {"median": -1, "sigma": 0.1}, "must be above 0"),
        ("uniform", {"low": 2, "high": 1}, "low must be below high"),
        ("pert", {"low": 0, "mode": 3, "high": 2}, "low <= mode <= high"),
        ("triangular", {"low": 1, "mode": 1, "high": 1}, "low below high"),
        ("discrete", {"values": [0, 1], "probabilities": [0.5, 0.4]}, "must add up to 1, not 0.9"),
        ("discrete", {"values": [1, 0], "probabilities": [0.5, 0.5]}, "values must rise"),
        ("discrete", {"values": [0, 1], "probabilities": [1]}, "as many probabilities as values"),
        ("discrete", {"values": 3, "probabilities": [1]}, "needs a list of numbers"),
    ],
)  # fmt: skip
def test_wrong_parameters_say_what_is_wrong(
    kind: object, parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        distribution_of(kind, parameters, "mine.toml: sales_yield")
    assert str(caught.value).startswith("mine.toml: sales_yield: ")


def test_unbounded_kinds_are_truncated_and_bounded_ones_refused_outside_the_range() -> None:
    kept = within(Distribution("normal", (0, 1)), -1, 3, "here")
    drawn = kept.quantile(SHARES)
    assert -1 <= drawn.min() < -0.99
    assert 2.9 < drawn.max() <= 3
    assert kept.quantile(np.array([0.5]))[0] == pytest.approx(stats.truncnorm(-1, 3).median())
    assert within(Distribution("uniform", (0, 1)), 0, 1, "here") == Distribution("uniform", (0, 1))
    with pytest.raises(InputError, match=r"here: uniform from 0 to 2 leaves 0\.\.1"):
        within(Distribution("uniform", (0, 2)), 0, 1, "here")
    with pytest.raises(InputError, match=r"here: only 2\.3% of the normal distribution lies in 2\.\.9"):
        within(Distribution("normal", (0, 1)), 2, 9, "here")


@settings(max_examples=60, deadline=None)
@given(
    mean=st.floats(-5, 5), sd=st.floats(0.01, 5), low=st.floats(-8, 0), high=st.floats(0.5, 8),
    share=st.floats(1e-15, 1 - 1e-15),
)  # fmt: skip
def test_whatever_is_drawn_from_a_truncated_distribution_lies_in_its_interval(
    mean: float, sd: float, low: float, high: float, share: float
) -> None:
    kept = Distribution("normal", (mean, sd), (low, high))
    untruncated = Distribution("normal", (mean, sd))
    if untruncated.below(high) - untruncated.below(low) > 1e-12:
        assert low <= kept.quantile(np.array([share]))[0] <= high


# Blocks


@pytest.mark.parametrize(
    ("draws", "count", "size"),
    [(1, 1, 16), (256, 16, 16), (1000, 32, 32), (100_000, 25, 4096), (1_000_000, 245, 4096)],
)
def test_draws_are_cut_into_blocks_by_their_number_alone(draws: int, count: int, size: int) -> None:
    blocks = blocks_of(draws)
    assert (blocks.count, blocks.size) == (count, size)
    assert sum(map(blocks.size_of, range(blocks.count))) == draws


@pytest.mark.parametrize("draws", [0, -5, 10**12, 2.5, True, "many"])
def test_a_number_of_draws_that_cannot_be_is_refused(draws: object) -> None:
    with pytest.raises(InputError, match="draws must be a whole number from 1 to 1,000,000,000"):
        blocks_of(draws)


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_a_block_is_the_same_whenever_it_is_drawn_and_differs_from_others(sampling: str) -> None:
    one = uniform_block(sampling, 7, 3, 100, INDEPENDENT)  # type: ignore[arg-type]  # of the list
    uniform_block(sampling, 7, 4, 100, INDEPENDENT)  # type: ignore[arg-type]  # as above
    assert np.array_equal(one, uniform_block(sampling, 7, 3, 100, INDEPENDENT))  # type: ignore[arg-type]
    for seed, block in ((7, 4), (8, 3)):
        other = uniform_block(sampling, seed, block, 100, INDEPENDENT)  # type: ignore[arg-type]
        assert not np.isin(one, other).any()
    assert 0 < one.min() < one.max() < 1


def test_each_column_of_a_latin_hypercube_has_one_draw_in_every_stratum_even_when_correlated() -> None:
    scores = normal_correlations(["a", "b", "c"], {("a", "b"): 0.7, ("b", "c"): -0.4}, "here")
    for matrix in (INDEPENDENT, scores):
        drawn = uniform_block("latin_hypercube", 1, 0, 500, matrix)
        for column in drawn.T:
            assert np.array_equal(np.sort((column * 500).astype(int)), np.arange(500))


def test_a_sobol_block_fills_every_cell_of_a_grid_alike() -> None:
    drawn = uniform_block("sobol", 1, 0, 1024, np.eye(2))
    counts, _, _ = np.histogram2d(drawn[:, 0], drawn[:, 1], bins=(32, 32), range=((0, 1), (0, 1)))
    assert (counts == 1).all()


# Correlations


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_sampled_rank_correlations_are_those_that_were_asked_for(sampling: str) -> None:
    asked = {("a", "b"): 0.7, ("b", "c"): -0.4, ("c", "d"): 0.2, ("a", "e"): -0.4}
    names = list("abcdef")
    scores = normal_correlations(names, asked, "here")
    blocks = [
        uniform_block(sampling, 1, block, 8192, scores)  # type: ignore[arg-type]
        for block in range(12)
    ]
    drawn = np.concatenate(blocks)
    found = np.asarray(stats.spearmanr(drawn).statistic)
    worst = 0.0
    for place, one in enumerate(names):
        for further, other in enumerate(names[:place]):
            worst = max(
                worst, abs(found[place, further] - asked.get((one, other), asked.get((other, one), 0.0)))
            )
    print(f"{sampling}: {len(drawn):,} draws, largest error of a rank correlation: {worst:.4f}")
    assert worst < 0.01


def test_rearranged_blocks_have_their_correlations_without_chance() -> None:
    scores = normal_correlations(["a", "b"], {("a", "b"): 0.6}, "here")
    found = [
        stats.spearmanr(uniform_block("latin_hypercube", 1, block, 4096, scores)).statistic
        for block in range(10)
    ]
    plain = [stats.spearmanr(uniform_block("plain", 1, block, 4096, scores)).statistic for block in range(10)]
    assert np.abs(np.array(found) - 0.6).max() < 0.01
    assert np.std(found) < np.std(plain) / 2


def test_correlations_that_contradict_each_other_are_refused_with_the_nearest_that_do_not() -> None:
    for pairs in (
        {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9},
        {("a", "b"): 0.7, ("b", "c"): -0.4, ("a", "d"): -0.85},  # b and d are uncorrelated, and stay it
    ):
        with pytest.raises(
            InputError, match=r"mine\.toml: the correlations contradict each other \(not positive definite\)"
        ) as caught:
            normal_correlations(list("abcd"), pairs, "mine.toml")
        named = {(one, other): float(value) for one, other, value in _NAMED.findall(str(caught.value))}
        assert set(named) == set(pairs)
        assert (
            np.linalg.eigvalsh(
                normal_correlations(list("abcd"), named, "what the message names is accepted")
            )[0]
            > 0
        )


def test_the_nearest_correlation_matrix_is_highams() -> None:
    """Higham (2002), section 4: the nearest to this matrix has 0.7607 and 0.1573."""
    matrix = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    least = 2 * SMALLEST_EIGENVALUE
    nearest = nearest_correlations(matrix, least, np.eye(3, dtype=bool))
    assert nearest == pytest.approx(
        np.array([[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]), abs=5e-5
    )
    assert np.linalg.eigvalsh(nearest)[0] >= SMALLEST_EIGENVALUE
    allowed = np.array([[1.0, 0.3], [0.3, 1]])
    found = nearest_correlations(allowed, least, np.eye(2, dtype=bool))
    assert found == pytest.approx(allowed, abs=1e-12)


def test_columns_that_are_not_correlated_stay_as_they_are() -> None:
    shares = np.random.default_rng(1).random((50, 3))
    scores = normal_correlations(["a", "b", "c"], {("a", "c"): 0.5}, "here")
    for rearranged in (True, False):
        found = correlated(shares, scores, rearranged=rearranged)
        assert np.array_equal(found[:, 1], shares[:, 1])
        assert not np.array_equal(found[:, 2], shares[:, 2])


# What the ways of sampling are worth


def test_sobol_and_latin_hypercube_are_nearer_to_the_truth_than_plain_draws() -> None:
    seeds, draws = range(8), 4096
    truth = {"both": 2.0, "compound": math.exp((0.3**2 + 0.4**2) / 2)}
    distributions: dict[str, Mapping[str, Distribution]] = {"both": NORMAL, "compound": LOGNORMAL}
    for line, exact in truth.items():
        errors = {
            sampling: math.sqrt(
                np.mean(
                    [
                        (
                            simulated(
                                job(distributions[line], line, draws=draws, seed=seed, sampling=sampling)
                            )
                            .estimates[line]
                            .mean
                            - exact
                        )
                        ** 2
                        for seed in seeds
                    ]
                )
            )
            for sampling in SAMPLINGS
        }
        print(
            f"{line}, {draws:,} draws, {len(seeds)} seeds, root mean square error: "
            + ", ".join(f"{k} {v:.2e}" for k, v in errors.items())
        )
        assert errors["sobol"] < errors["plain"] / 4
        assert errors["latin_hypercube"] < errors["plain"] / 2


@pytest.mark.parametrize("sampling", SAMPLINGS)
def test_standard_errors_are_as_large_as_the_errors(sampling: str) -> None:
    exact = math.exp((0.3**2 + 0.4**2) / 2)
    found = [
        simulated(job(LOGNORMAL, "compound", draws=2048, seed=seed, sampling=sampling)).estimates["compound"]
        for seed in range(40)
    ]
    scaled = [(each.mean - exact) / each.standard_error for each in found]
    print(
        f"{sampling}: errors in standard errors, 40 seeds: "
        f"root mean square {math.sqrt(np.mean(np.square(scaled))):.2f}"
    )
    assert 0.7 < math.sqrt(np.mean(np.square(scaled))) < 1.4
