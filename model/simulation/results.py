"""The results of a simulation: its statistics by the names of figures and events."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from model.language.units import counted
from model.simulation.tally import BINS, Bins, Means, Tally, lower_tail_mean, percentile, variance_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from model.backends.arrays import Array
    from model.outputs import Output
    from model.simulation.blocks import SimulationJob
    from model.simulation.tally import Progress

    Item = TypeVar("Item")

PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
SHOWN_PERCENTILES: Final = (5, 25, 50, 75, 95)
"""Those that tables and pictures show."""
TAIL: Final = 0.05
"""Share of the draws, the lowest, whose mean is the expected shortfall."""


@dataclass(frozen=True)
class Estimate:
    """The statistics of one figure.

    ``plain``: the scenario's own figure, without draws; ``standard_error``: of the mean, from the spread
    between blocks; ``percentiles``: percent -> value; ``shortfall``: mean of the lowest 5% of the draws;
    ``bin_width``: the error of percentiles is smaller, unless they lie beyond the bins, which the first 256
    draws lay out; ``undefined``: share of draws in which the figure has no meaning, which are left out.
    NaN: unknown, such as the standard error of a single block.
    """

    name: str
    unit: str
    plain: float
    mean: float
    standard_error: float
    deviation: float
    percentiles: Mapping[int, float]
    shortfall: float
    lowest: float
    highest: float
    bin_width: float
    undefined: float


@dataclass(frozen=True)
class Chance:
    """A probability and its standard error."""

    probability: float
    standard_error: float


@dataclass(frozen=True)
class Convergence:
    """An estimate after some of the draws."""

    draws: int
    name: str
    mean: float
    standard_error: float


@dataclass(frozen=True, eq=False, repr=False)
class Simulation:
    """The results of a simulation; ``estimates``, ``above``, ``shares``, ``histograms`` by name of a figure.

    ``uncertainty``: the file of distributions; ``record``: what became of earlier bands with its widths;
    ``cash_flow``: the line of trailing free cash flow, empty if there is none; ``note``: the reason for a
    fallback to numpy; ``draws``, ``blocks``: in the results; ``asked``: draws that were asked for; ``lost``:
    the reason why the results are partial, empty if they are complete; ``events``: event -> quarter -> its
    probability there, where the quarter ``"never"`` is not on the axis; ``above``: probability above the
    threshold, 0 for cash flow and the price for value; ``shares``: driver's move -> share of variance
    (:func:`model.simulation.tally.variance_shares`); ``convergence``: headline estimates after 1, 2, 4, 8 ...
    blocks.
    """

    scenario: str
    as_of: str
    cash_flow: str
    uncertainty: str
    record: str
    sampling: str
    seed: int
    engine: str
    note: str
    draws: int
    asked: int
    blocks: int
    seconds: float
    lost: str
    estimates: Mapping[str, Estimate]
    events: Mapping[str, Mapping[str, Chance]]
    above: Mapping[str, Chance]
    shares: Mapping[str, Mapping[str, float]]
    convergence: Sequence[Convergence]
    histograms: Mapping[str, tuple[float, float, NDArray[np.int64]]]
    """Name of a figure -> starts of its first and second bin, and counts; all bins have one width."""

    def __repr__(self) -> str:
        draws = counted(self.draws, "draw")
        return f"<Simulation of {self.scenario}: {draws} by {self.engine}, seed {self.seed}>"

    def fan(self, key: str = "") -> dict[str, Estimate]:
        """Return the estimates of a line (without one: of the cash flow) by quarter, for a fan chart."""
        return _of_line(key or self.cash_flow, self.estimates)

    def positive_by_quarter(self) -> dict[str, Chance]:
        """Return the probability that TTM free cash flow is above 0, by quarter."""
        return _of_line(self.cash_flow, self.above)

    def chance_by(self, event: str, quarter: str) -> float:
        """Return the probability that an event has happened by a quarter, such as ``"2028Q1"``."""
        return math.fsum(each.probability for name, each in self.events[event].items() if name <= quarter)


def _of_line(key: str, figures: Mapping[str, Item]) -> dict[str, Item]:
    """Return what belongs to a line, by period."""
    names = [name for name in figures if name.startswith(f"{key} ")]
    return {name.partition(" ")[2]: figures[name] for name in names}


def summed_up(
    job: SimulationJob, plain: Array, bins: Bins, tally: Tally, history: Sequence[Progress]
) -> dict[str, object]:
    """Return the statistics of a tally as attributes of a :class:`Simulation`.

    ``plain``: the scenario's own figures, shape (outputs,); ``history``: after some of the blocks.
    """
    number_of = {output: number for number, output in enumerate(job.request.outputs)}
    above = [str(output) for output, _ in job.request.above]
    moves = [bound.move.name for bound in job.moves]
    estimates, histograms, shares = {}, {}, {}
    for output, number in number_of.items():
        name = str(output)
        estimates[name] = _estimate(float(plain[number]), bins, tally, output, number)
        histograms[name] = (bins.edge(number, 0), bins.edge(number, 1), tally.counts[number, 1 : BINS + 1])
    for target, output in enumerate(job.request.shared):
        own = dict.fromkeys(moves, 0.0)
        for move, share in zip(
            moves, variance_shares(tally, target, number_of[output]).tolist(), strict=True
        ):
            own[move] += share  # draws of one path do not depend on each other
        shares[str(output)] = own
    return {
        "estimates": estimates,
        "events": _events(job, tally),
        "above": dict(zip(above, _chances(tally.above), strict=True)),
        "shares": shares,
        "convergence": tuple(_convergence(job, number_of, history)),
        "histograms": histograms,
    }


def _estimate(plain: float, bins: Bins, tally: Tally, output: Output, number: int) -> Estimate:
    means, known = tally.outputs, int(tally.outputs.number[number])
    statistics = (means.mean, means.standard_error, means.deviation, tally.lowest, tally.highest)
    values = (float(each[number]) if known else math.nan for each in statistics)
    mean, error, deviation, lowest, highest = values
    percentiles = {percent: percentile(tally, bins, number, percent / 100) for percent in PERCENTILES}
    shortfall, width = lower_tail_mean(tally, bins, number, TAIL), float(bins.width[number])
    return Estimate(
        str(output), output.unit, plain, mean, error, deviation, percentiles, shortfall, lowest, highest,
        bin_width=width, undefined=1 - known / tally.draws,
    )  # fmt: skip


def _chances(means: Means) -> list[Chance]:
    return [Chance(*each) for each in zip(means.mean.tolist(), means.standard_error.tolist(), strict=True)]


def _events(job: SimulationJob, tally: Tally) -> dict[str, dict[str, Chance]]:
    """Return the probability of each event by quarter: those above 0, and that of no event."""
    quarters = [*map(str, job.plan.axis.quarters), "never"]
    chances = iter(_chances(tally.events))
    events = {}
    for event in job.request.events:
        pairs = list(zip(quarters, chances, strict=False))  # the next event's chances follow
        events[event] = {key: each for key, each in pairs if each.probability > 0 or key == "never"}
    return events


def _convergence(
    job: SimulationJob, number_of: Mapping[Output, int], history: Sequence[Progress]
) -> list[Convergence]:
    points = []
    shared, compared = job.request.shared, list(enumerate(job.request.above))
    for draws, outputs, above in history:
        headlines = [(str(each), outputs, number_of[each]) for each in shared]
        headlines += [(f"{each} > {limit:g}", above, at) for at, (each, limit) in compared if each in shared]
        for name, means, number in headlines:
            mean, error = float(means.mean[number]), float(means.standard_error[number])
            points.append(Convergence(draws, name, mean, error))
    return points
