"""Streaming statistics of a simulation: fixed-size sums and counts, merged block by block.

Percentiles come from counts in 4,096 bins of equal width, laid out once from a pilot of a few hundred draws.
Since counts are exact, a percentile lies in the very bin that is found: it is off by less than one bin's
width, about 0.004 standard deviations. Draws beyond the bins are counted apart, below and above; a percentile
that falls there is only known to lie between the last bin and the extreme.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Counts = NDArray[np.int64]

BINS: Final = 4096
_BEYOND: Final = 0.75
"""Reach of the bins beyond the pilot's draws on either side, as a share of their span."""
_DIGITS: Final = 3


@dataclass(frozen=True, eq=False)
class Bins:
    """Bins of every output: the start of the first and the width, shape (outputs,)."""

    low: Array
    width: Array

    def edge(self, output: int, number: int) -> float:
        """Return the start of one of an output's bins, which is the end of the one before."""
        return float(self.low[output] + self.width[output] * number)


def bins_of(pilot: Array) -> Bins:
    """Lay out bins for outputs from a pilot of their draws, shape (outputs, draws).

    Ends are rounded to a few digits of the span, so that engines that differ in the last digit count in the
    same bins.
    """
    low, width = np.zeros(len(pilot)), np.zeros(len(pilot))
    for place, row in enumerate(pilot):
        known = row[np.isfinite(row)]
        first, last = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        span = last - first if last > first else max(abs(first), 1.0) * 1e-6
        unit = 10.0 ** (math.floor(math.log10(span)) - _DIGITS + 1)
        low[place] = math.floor((first - _BEYOND * span) / unit) * unit
        width[place] = math.ceil((1 + 2 * _BEYOND) * span / unit + 1) * unit / BINS
    return Bins(low, width)


@dataclass(frozen=True, eq=False)
class Means:
    """Means of quantities over draws, with the sums that their spread and standard errors need.

    ``number``: draws that have a value; ``squares``: squared deviations from the mean, summed over draws;
    ``between``: of the means of blocks, each times its draws; ``blocks``: how many blocks had a value. All of
    shape (quantities,).
    """

    number: Array
    mean: Array
    squares: Array
    between: Array
    blocks: Array

    @classmethod
    def of(cls, values: Array) -> Means:
        """Take one block of values, shape (quantities, draws); NaN is no value."""
        known = np.isfinite(values)
        number = known.sum(axis=1).astype(float)
        whole = bool(known.all())
        kept = values if whole else np.where(known, values, 0.0)
        mean = kept.sum(axis=1) / np.maximum(number, 1)
        apart = kept - mean[:, np.newaxis]
        if not whole:
            apart[~known] = 0.0
        squares = np.einsum("ij,ij->i", apart, apart)
        return cls(number, mean, squares, np.zeros_like(mean), (number > 0).astype(float))

    @classmethod
    def of_counts(cls, counts: Counts, draws: int) -> Means:
        """Take the counts of events in one block of draws; their means are probabilities."""
        chance = counts / draws
        number = np.full(len(counts), float(draws))
        squares = number * chance * (1 - chance)
        return cls(number, chance, squares, np.zeros_like(chance), np.ones_like(chance))

    def __add__(self, other: Means) -> Means:
        """Merge these with a later block (Chan, Golub and LeVeque 1979)."""
        number = self.number + other.number
        share = np.divide(other.number, number, out=np.zeros_like(number), where=number > 0)
        apart = other.mean - self.mean
        moved = apart * apart * self.number * share
        mean, squares = self.mean + apart * share, self.squares + other.squares + moved
        between = self.between + other.between + moved
        return Means(number, mean, squares, between, self.blocks + other.blocks)

    @property
    def standard_error(self) -> Array:
        """Standard error of the means, from the spread between blocks; NaN for fewer than two blocks.

        ``sqrt(between / (blocks - 1) / number)``: blocks are independent samples, whatever the way of
        sampling.
        """
        free = np.where(self.blocks > 1, self.blocks - 1, np.nan)
        return np.sqrt(self.between / free / np.where(self.number > 0, self.number, np.nan))

    @property
    def deviation(self) -> Array:
        """Standard deviation of the draws."""
        return np.sqrt(self.squares / np.where(self.number > 1, self.number - 1, np.nan))


Progress = tuple[int, Means, Means]
"""Draws, means of outputs, and probabilities so far."""


@dataclass(frozen=True, eq=False)
class Tally:
    """The statistics of the draws so far.

    ``outputs``, ``above``, ``events``: means of the outputs, and of indicators that one is above its
    threshold, that an event falls in a quarter; ``counts``: of each output in its bins, with one more on
    either side, shape (outputs, bins + 2); ``lowest``, ``highest``: of each output; ``beyond``: sums of the
    draws below and above its bins, shape (outputs, 2); ``class_counts`` and ``class_sums``: of each target by
    class of each driver, shape (targets, drivers, classes).
    """

    draws: int
    outputs: Means
    above: Means
    events: Means
    counts: Counts
    lowest: Array
    highest: Array
    beyond: Array
    class_counts: Counts
    class_sums: Array

    def __add__(self, other: Tally) -> Tally:
        """Merge this with a later block; the order matters for the last bits, so blocks come in order."""
        return Tally(
            self.draws + other.draws, self.outputs + other.outputs, self.above + other.above,
            self.events + other.events, self.counts + other.counts, np.minimum(self.lowest, other.lowest),
            np.maximum(self.highest, other.highest), self.beyond + other.beyond,
            self.class_counts + other.class_counts, self.class_sums + other.class_sums,
        )  # fmt: skip


def tally_of(  # noqa: PLR0913  # what one block holds
    values: Array,
    above: Means,
    events: Means,
    bins: Bins,
    targets: tuple[int, ...],
    classes: NDArray[np.intp],
    number: int,
) -> Tally:
    """Tally one block.

    ``values``: outputs, shape (outputs, draws); NaN has no meaning and is left out; ``above``, ``events``:
    chances in this block; ``targets``: outputs whose variance is attributed to drivers; ``classes``: class of
    each driver's draw, from 0, shape (draws, drivers); ``number``: of classes.
    """
    draws = values.shape[1]
    outputs = Means.of(values)
    counts = np.zeros((len(values), BINS + 2), dtype=np.int64)
    lowest, highest = np.full(len(values), np.inf), np.full(len(values), -np.inf)
    beyond = np.zeros((len(values), 2))
    for output, row in enumerate(values):
        known = row if outputs.number[output] == draws else row[np.isfinite(row)]
        if not known.size:
            continue
        scaled = (known - bins.low[output]) * (1 / bins.width[output]) + 1
        in_bins = np.clip(scaled, 0, BINS + 1).astype(np.intp)
        counts[output] = np.bincount(in_bins, minlength=BINS + 2)
        lowest[output], highest[output] = known.min(), known.max()
        for side, end in enumerate((0, BINS + 1)):
            if counts[output, end]:
                beyond[output, side] = known[in_bins == end].sum()
    shape = (len(targets), classes.shape[1], number)
    class_counts, class_sums = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for target, output in enumerate(targets):
        row = values[output] - bins.low[output]  # near 0, so that sums keep their digits
        known = np.isfinite(row)
        for driver in range(classes.shape[1]):
            of_driver = classes[known, driver]
            class_counts[target, driver] = np.bincount(of_driver, minlength=number)
            class_sums[target, driver] = np.bincount(of_driver, weights=row[known], minlength=number)
    return Tally(draws, outputs, above, events, counts, lowest, highest, beyond, class_counts, class_sums)


def percentile(tally: Tally, bins: Bins, output: int, share: float) -> float:
    """Return the value below which a share of the draws lies, interpolated in its bin; NaN without draws."""
    counts = tally.counts[output]
    total = int(counts.sum())
    if not total:
        return math.nan
    below = np.cumsum(counts)
    place = int(np.searchsorted(below, share * total, side="left"))
    place = min(max(place, int(np.argmax(counts > 0))), BINS + 1)
    first, last = _ends(tally, bins, output, place)
    inside = float((share * total - (below[place] - counts[place])) / counts[place])
    lowest, highest = float(tally.lowest[output]), float(tally.highest[output])
    return min(max(first + (last - first) * inside, lowest), highest)


def _ends(tally: Tally, bins: Bins, output: int, place: int) -> tuple[float, float]:
    """Return the ends of a bin; the outer ends of the two open bins are the extremes."""
    first = bins.edge(output, place - 1) if place else float(tally.lowest[output])
    last = bins.edge(output, place) if place <= BINS else float(tally.highest[output])
    return first, last


def lower_tail_mean(tally: Tally, bins: Bins, output: int, share: float) -> float:
    """Return the mean of the lowest share of the draws (expected shortfall).

    Each is taken as the middle of its bin; those beyond the bins, as their mean.
    """
    counts = tally.counts[output].astype(float)
    left = share * counts.sum()
    if not left:
        return math.nan
    total = 0.0
    for place in np.flatnonzero(counts):
        taken = min(left, counts[place])
        total += taken * _middle(tally, bins, output, int(place))
        left -= taken
        if left <= 0:
            break
    return float(total / (share * counts.sum()))


def _middle(tally: Tally, bins: Bins, output: int, place: int) -> float:
    """Return the middle of a bin, or the mean of the draws beyond the bins."""
    if place in {0, BINS + 1}:
        return float(tally.beyond[output, int(place > 0)] / tally.counts[output, place])
    return math.fsum(_ends(tally, bins, output, place)) / 2


def variance_shares(tally: Tally, target: int, output: int) -> Array:
    """Return the share of an output's variance due to each driver: correlation ratios less chance.

    ``(between - (classes - 1) * within) / all``, where ``between`` is the variation of the means of classes
    of the driver and ``within`` the mean variation inside them (epsilon squared, Kelley 1935). It is the
    first-order Sobol index, estimated from the draws at hand. For independent drivers the shares add up to 1
    less what they do only together; a driver that is correlated with others also gets what goes with these,
    and shares can add up to more. Shape (drivers,); NaN where the output does not vary.
    """
    number, sums = tally.class_counts[target].astype(float), tally.class_sums[target]
    total = number.sum(axis=1)
    all_variation = float(tally.outputs.squares[output])
    if not all_variation > 0:
        return np.full(len(number), np.nan)
    squared = np.divide(sums * sums, number, out=np.zeros_like(sums), where=number > 0).sum(axis=1)
    between = squared - sums.sum(axis=1) ** 2 / total
    free = (number > 0).sum(axis=1) - 1
    within = (all_variation - between) / np.maximum(total - free - 1, 1)
    shares: Array = np.clip((between - free * within) / all_variation, 0, 1)
    return shares
