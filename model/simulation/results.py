"""The results of a simulation: its statistics by the names of figures and events."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.simulation.tally import BINS, lower_tail_mean, percentile, variance_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from model.outputs import Output
    from model.simulation.blocks import SimulationJob
    from model.simulation.tally import Bins, Means, Tally

PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
TAIL: Final = 0.05
"""Share of the draws, the lowest, whose mean is the expected shortfall."""


@dataclass(frozen=True)
class Estimate:
    """The statistics of one figure.

    ``plain``: the scenario's own figure, without draws; ``standard_error``: of the mean, from the spread
    between blocks; ``percentiles``: percent -> value; ``shortfall``: mean of the lowest 5 % of the draws;
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
    """The results of a simulation.

    Attributes
    ----------
    scenario, as_of, uncertainty
        The scenario that was simulated, and the file of distributions.
    cash_flow
        The line of trailing free cash flow; empty where there is none.
    engine, note
        ``kernel`` or ``numpy``, and the reason for a fallback to numpy.
    draws, asked, blocks
        Draws in the results, draws that were asked for, blocks in the results.
    lost
        The reason why the results are partial; empty if they are complete.
    estimates
        Name of a figure -> estimate.
    events
        Event -> quarter -> its probability there; the quarter ``"never"``: not on the axis.
    above
        Name of a figure -> probability above its threshold: 0 for cash flow, the price for value.
    shares
        Name of a figure -> driver's move -> share of variance (see
        :func:`model.simulation.tally.variance_shares`).
    convergence
        Headline estimates after 1, 2, 4, 8 ... blocks.
    """

    scenario: str
    as_of: str
    cash_flow: str
    uncertainty: str
    sampling: str
    seed: int
    engine: str
    note: str
    draws: int
    asked: int
    blocks: int
    block_size: int
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
        return f"<Simulation of {self.scenario}: {self.draws:,} draws by {self.engine}, seed {self.seed}>"

    def fan(self, key: str = "") -> dict[str, Estimate]:
        """Return the estimates of a line (without one: of the cash flow) by quarter, for a fan chart."""
        key = key or self.cash_flow
        return {
            name.partition(" ")[2]: each
            for name, each in self.estimates.items()
            if name.startswith(f"{key} ")
        }

    def positive_by_quarter(self) -> dict[str, Chance]:
        """Return the probability that TTM free cash flow is above 0, by quarter."""
        return {
            name.partition(" ")[2]: each
            for name, each in self.above.items()
            if name.startswith(f"{self.cash_flow} ")
        }


def summed_up(
    job: SimulationJob,
    plain: NDArray[np.float64],
    bins: Bins,
    tally: Tally,
    history: Sequence[tuple[int, Means, Means]],
) -> dict[str, object]:
    """Return the statistics of a tally as attributes of a :class:`Simulation`.

    Parameters
    ----------
    plain
        The scenario's own figures, shape (outputs,).
    history
        Draws, means of outputs and probabilities after some of the blocks.
    """
    outputs, above = job.request.outputs, [str(output) for output, _ in job.request.above]
    names = [str(output) for output in outputs]
    number_of = {output: number for number, output in enumerate(outputs)}
    moves = [bound.move.name for bound in job.moves]
    shares = {}
    for target, output in enumerate(job.request.shared):
        of_output = variance_shares(tally, target, number_of[output]).tolist()
        shares[str(output)] = dict(zip(moves, of_output, strict=True))
    return {
        "estimates": {
            name: _estimate(float(plain[number]), bins, tally, outputs[number], number)
            for number, name in enumerate(names)
        },
        "events": _events(job, tally),
        "above": dict(zip(above, _chances(tally.above), strict=True)),
        "shares": shares,
        "convergence": tuple(_convergence(job, number_of, history)),
        "histograms": {
            name: (bins.edge(number, 0), bins.edge(number, 1), tally.counts[number, 1 : BINS + 1])
            for number, name in enumerate(names)
        },
    }


def _estimate(plain: float, bins: Bins, tally: Tally, output: Output, number: int) -> Estimate:
    known = int(tally.outputs.number[number])
    mean, lowest, highest = (
        float(values[number]) if known else math.nan
        for values in (tally.outputs.mean, tally.lowest, tally.highest)
    )
    return Estimate(
        name=str(output),
        unit=output.unit,
        plain=plain,
        mean=mean,
        standard_error=float(tally.outputs.standard_error[number]),
        deviation=float(tally.outputs.deviation[number]),
        percentiles={percent: percentile(tally, bins, number, percent / 100) for percent in PERCENTILES},
        shortfall=lower_tail_mean(tally, bins, number, TAIL),
        lowest=lowest,
        highest=highest,
        bin_width=float(bins.width[number]),
        undefined=1 - known / tally.draws,
    )


def _chances(means: Means) -> list[Chance]:
    return [Chance(*each) for each in zip(means.mean.tolist(), means.standard_error.tolist(), strict=True)]


def _events(job: SimulationJob, tally: Tally) -> dict[str, dict[str, Chance]]:
    """Return the probability of each event by quarter: those above 0, and that of no event."""
    quarters = [*map(str, job.plan.axis.quarters), "never"]
    chances = iter(_chances(tally.events))
    events = {}
    for event in job.request.events:
        by_quarter = {quarter: next(chances) for quarter in quarters}
        events[event] = {
            key: each for key, each in by_quarter.items() if each.probability > 0 or key == "never"
        }
    return events


def _convergence(
    job: SimulationJob, number_of: Mapping[Output, int], history: Sequence[tuple[int, Means, Means]]
) -> list[Convergence]:
    """Return the means of headline figures, and their probabilities, after some of the draws."""
    points = []
    for draws, outputs, above in history:
        headlines = [(str(output), outputs, number_of[output]) for output in job.request.shared]
        for number, (output, threshold) in enumerate(job.request.above):
            if output in job.request.shared:
                headlines.append((f"{output} > {threshold:g}", above, number))
        for name, means, number in headlines:
            mean, error = float(means.mean[number]), float(means.standard_error[number])
            points.append(Convergence(draws, name, mean, error))
    return points
