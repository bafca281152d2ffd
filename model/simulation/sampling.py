"""Uniform draws in blocks: plain, Latin hypercube, Sobol.

A block is seeded by the seed and its own number alone, so it is the same whoever computes it, and when. Each
block is a randomised sample of its own: the estimates of blocks are independent, and their spread gives the
standard error, also of Latin hypercube and Sobol samples, whose single draws are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from model.errors import InputError, did_you_mean, shown
from model.simulation.correlation import correlated
from model.simulation.special import scipy

if TYPE_CHECKING:
    from model.backends.arrays import Array

Sampling = Literal["latin_hypercube", "sobol", "plain"]
SAMPLINGS: Final[tuple[Sampling, ...]] = get_args(Sampling)
MOST_DRAWS: Final = 1_000_000_000
LARGEST_BLOCK: Final = 4096
_SMALLEST_BLOCK: Final = 16
_LEAST_BLOCKS: Final = 16
_EDGE: Final = 2.0**-53
"""Quantiles of 0 and 1 are infinite: draws keep this distance, the smallest below 1."""


@dataclass(frozen=True)
class Blocks:
    """Draws cut into blocks: each holds a power of two draws, except the last."""

    draws: int
    size: int

    @property
    def count(self) -> int:
        """Number of blocks."""
        return -(-self.draws // self.size)

    def size_of(self, block: int) -> int:
        """Return the number of draws in a block."""
        return min(self.size, self.draws - block * self.size)

    def together(self, draws: int) -> list[range]:
        """Return the numbers of blocks in pieces of at most so many draws, or of one block."""
        several = max(draws // self.size, 1)
        return [range(first, min(first + several, self.count)) for first in range(0, self.count, several)]


def blocks_of(draws: object) -> Blocks:
    """Cut draws into blocks of at most 4,096, at least 16 from 256 draws on, by their number alone."""
    if isinstance(draws, bool) or not isinstance(draws, int) or not 1 <= draws <= MOST_DRAWS:
        raise InputError(f"draws must be a whole number from 1 to {MOST_DRAWS:,}, not {shown(draws)}")
    size = 1 << max(draws // _LEAST_BLOCKS, 1).bit_length() - 1
    return Blocks(draws, min(max(size, _SMALLEST_BLOCK), LARGEST_BLOCK))


def check_seed(seed: object) -> int:
    """Return a seed that is a whole number of 0 or more; anything else is an :class:`InputError`."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 128:
        raise InputError(f"seed must be a whole number of 0 or more, not {shown(seed)}")
    return seed


def check_sampling(name: str) -> Sampling:
    """Return the name of a sampling method; an unknown one is an :class:`InputError`."""
    if name not in SAMPLINGS:
        raise InputError(f"unknown sampling {shown(name)}{did_you_mean(name, SAMPLINGS)}")
    return name


def uniform_block(sampling: Sampling, seed: int, block: int, size: int, scores: Array) -> Array:
    """Return the draws of one block as shares of probability: shape (size, columns), above 0 and below 1.

    Parameters
    ----------
    sampling
        ``plain``: independent draws. ``latin_hypercube``: of each column one draw in every 1/size. ``sobol``:
        a scrambled Sobol sequence, which fills all columns together evenly.
    seed, block
        Seed the generator: ``SeedSequence(seed, spawn_key=(block,))``.
    scores
        Correlations of normal scores (:func:`model.simulation.correlation.normal_correlations`), by column.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
    columns = len(scores)
    if sampling == "plain":
        shares = generator.random((size, columns))
    elif sampling == "latin_hypercube":
        strata = generator.permuted(np.tile(np.arange(size), (columns, 1)), axis=1).T
        shares = (strata + generator.random((size, columns))) / size
    else:
        power = (size - 1).bit_length()
        shares = scipy("stats.qmc").Sobol(columns, scramble=True, rng=generator).random_base2(power)[:size]
    inside = np.clip(shares, _EDGE, 1 - _EDGE)
    return np.clip(correlated(inside, scores, rearranged=sampling == "latin_hypercube"), _EDGE, 1 - _EDGE)
