"""The results of a simulation: what its tallies say, by the names of what was asked."""

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
    """What a simulation says of one figure.

    ``plain``: the scenario's own figure, without draws; ``standard_error``: of the mean, from the spread
    between blocks; ``percentiles``: percent -> value; ``shortfall``: mean of the lowest 5 % of the draws;
    ``bin_width``: percentiles are off by less than this, unless they lie beyond the bins that the first 256
    draws laid out; ``undefined``: share of draws in which the figure has no meaning, and which are left out.
    NaN: not known, as the standard error of a single block.
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
    """An estimate as it was after some of the draws."""

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
        What was simulated, and the file of distributions.
    cash_flow
        The line of trailing free cash flow; empty where there is none.
    engine, note
        ``kernel`` or ``numpy``, and why numpy, where the kernel was to be used.
    draws, asked, blocks
        Draws that are in the results, draws that were asked for, blocks that are in the results.
    lost
        Why the results are partial; empty when they are whole.
    estimates
        Name of a figure -> estimate.
    events
        Event -> quarter -> chance that it falls there; the quarter ``"never"``: not on the axis.
    above
        Name of a figure -> chance that it exceeds its threshold: 0 for cash flow, the price for value.
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
    """Name of a figure -> where its first and its second bin begin, and counts; all bins are of one width."""

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
        """Return the chance that TTM free cash flow is above 0, by quarter."""
        return {
            name.partition(" ")[2]: each
            for name, each in self.above.items()
            if name.startswith(f"{self.cash_flow} ")
        }


def summed_up(
    job: SimulationJob,
    plain: NDArray[np.float64],
    grid: Bins,
    tally: Tally,
    history: Sequence[tuple[int, Means, Means]],
) -> dict[str, object]:
    """Return what a tally says, as the attributes of a :class:`Simulation`.

    Parameters
    ----------
    plain
        The scenario's own figures, shape (outputs,).
    history
        Draws, means of outputs and chances as they were on the way.
    """
    request = job.request
    names = [str(output) for output in request.outputs]
    place = {output: number for number, output in enumerate(request.outputs)}
    quarters = [*(str(quarter) for quarter in job.plan.axis.quarters), "never"]
    events = _chances(tally.events)
    return {
        "estimates": {
            str(output): _estimate(float(plain[place[output]]), grid, tally, output, place[output])
            for output in request.outputs
        },
        "events": {
            event: {
                quarter: chance
                for quarter, chance in zip(quarters, events[number * len(quarters) :], strict=False)
                if chance.probability > 0 or quarter == "never"
            }
            for number, event in enumerate(request.events)
        },
        "above": {
            str(output): chance
            for (output, _), chance in zip(request.above, _chances(tally.above), strict=True)
        },
        "shares": {
            str(output): dict(
                zip(
                    (bound.move.name for bound in job.moves),
                    variance_shares(tally, target, place[output]).tolist(),
                    strict=True,
                )
            )
            for target, output in enumerate(request.shared)
        },
        "convergence": tuple(_convergence(job, names, place, history)),
        "histograms": {
            name: (grid.edge(number, 0), grid.edge(number, 1), tally.counts[number, 1 : BINS + 1])
            for number, name in enumerate(names)
        },
    }


def _estimate(plain: float, grid: Bins, tally: Tally, output: Output, number: int) -> Estimate:
    known = int(tally.outputs.number[number])
    return Estimate(
        str(output), output.unit, plain,
        float(tally.outputs.mean[number]) if known else math.nan,
        float(tally.outputs.standard_error[number]), float(tally.outputs.deviation[number]),
        {percent: percentile(tally, grid, number, percent / 100) for percent in PERCENTILES},
        lower_tail_mean(tally, grid, number, TAIL),
        float(tally.lowest[number]) if known else math.nan, float(tally.highest[number]) if known else math.nan,
        float(grid.width[number]), 1 - known / tally.draws,
    )  # fmt: skip


def _chances(means: Means) -> list[Chance]:
    return [
        Chance(float(mean), float(error))
        for mean, error in zip(means.mean, means.standard_error, strict=True)
    ]


def _convergence(
    job: SimulationJob,
    names: Sequence[str],
    place: Mapping[Output, int],
    history: Sequence[tuple[int, Means, Means]],
) -> list[Convergence]:
    found = []
    for draws, outputs, above in history:
        for output in job.request.shared:
            number = place[output]
            found.append(
                Convergence(
                    draws, names[number], float(outputs.mean[number]), float(outputs.standard_error[number])
                )
            )
        for number, (output, threshold) in enumerate(job.request.above):
            if output in job.request.shared:
                name = f"{output} > {threshold:g}"
                found.append(
                    Convergence(draws, name, float(above.mean[number]), float(above.standard_error[number]))
                )
    return found
