"""Blocks of a simulation: drawn, computed and tallied from a self-contained job, by any worker."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from model.backends.choice import compute_by
from model.simulation.questions import Request, event_counts, read_outputs
from model.simulation.sampling import Blocks, Sampling, uniform_block
from model.simulation.tally import Bins, Means, Tally, tally_of
from model.simulation.uncertainty import BoundMove, with_draws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from model.backends.arrays import Array
    from model.company import Company
    from model.plan.plan import Plan

PILOT_DRAWS: Final = 256
PILOT: Final = 2**32 - 1
"""Number of the block whose draws lay out the bins; no other block has it."""


@dataclass(frozen=True, eq=False, repr=False)
class SimulationJob:
    """A simulation that is ready to be computed, block by block.

    ``drivers``: the scenario's path, row -> (quarters or 1, 1); ``scores``: correlations of the moves' normal
    scores; ``engine``: ``numpy`` or ``kernel``; ``classes``: number of classes of each driver's draws, for
    shares of variance.
    """

    plan: Plan
    company: Company
    scenario: str
    uncertainty: str
    record: str
    drivers: Mapping[str, Array]
    reported: Mapping[str, Array]
    moves: tuple[BoundMove, ...]
    scores: Array
    request: Request
    sampling: Sampling
    seed: int
    blocks: Blocks
    engine: str
    classes: int

    def __reduce__(self) -> tuple[Callable[..., SimulationJob], tuple[object, ...]]:
        """Send the plan as its axis: a company's model is the same in every process."""
        state = {each.name: getattr(self, each.name) for each in fields(self)}
        return _arrived, ({**state, "plan": self.plan.axis},)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Rows that the request needs."""
        return self.request.rows(self.plan)

    @property
    def varying(self) -> frozenset[str]:
        """Driver rows that differ between draws."""
        return frozenset(bound.move.driver for bound in self.moves)


def _arrived(state: dict[str, Any]) -> SimulationJob:
    return SimulationJob(**{**state, "plan": state["company"].plan(state["plan"])})


def compute_blocks(
    job: SimulationJob, sizes: Mapping[int, int]
) -> Iterator[tuple[Array, Array, NDArray[np.int64]]]:
    """Draw blocks, by number and size, and compute them together.

    Yield of each: uniform draws (size, moves), outputs (outputs, size), events (events, quarters + 1).
    """
    drawn = [uniform_block(job.sampling, job.seed, each, size, job.scores) for each, size in sizes.items()]
    drivers = with_draws(job.moves, job.drivers, np.concatenate(drawn))
    compute = compute_by(job.engine, job.plan, job.varying, job.wanted)
    values = compute(drivers, job.reported, sum(sizes.values()))
    last = 0
    for shares, size in zip(drawn, sizes.values(), strict=True):
        first, last = last, last + size
        own = {key: row[:, first:last] if row.shape[1] > 1 else row for key, row in values.items()}
        outputs = read_outputs(job.request.outputs, job.plan, own, size)
        yield shares, outputs, event_counts(job.request.events, job.plan, own, size)


def path_outputs(job: SimulationJob) -> Array:
    """Return the outputs of the scenario itself, without draws, shape (outputs,)."""
    compute = compute_by(job.engine, job.plan, job.varying, job.wanted)
    return read_outputs(job.request.outputs, job.plan, compute(job.drivers, job.reported, 1), 1)[:, 0]


def tally_blocks(job: SimulationJob, bins: Bins, blocks: Sequence[int]) -> list[Tally]:
    """Draw and compute blocks, and tally each."""
    computed = compute_blocks(job, {block: job.blocks.size_of(block) for block in blocks})
    return [_tallied(job, bins, *each) for each in computed]


def _tallied(
    job: SimulationJob, bins: Bins, shares: Array, outputs: Array, events: NDArray[np.int64]
) -> Tally:
    size = len(shares)
    place = {output: number for number, output in enumerate(job.request.outputs)}
    beyond = np.empty((len(job.request.above), size))
    for number, (output, threshold) in enumerate(job.request.above):
        row = outputs[place[output]]
        beyond[number] = np.where(np.isnan(row), np.nan, row > threshold)
    classes = (shares * job.classes).astype(np.intp)
    targets = tuple(place[output] for output in job.request.shared)
    events_met = Means.of_counts(events.ravel(), size)
    return tally_of(outputs, Means.of(beyond), events_met, bins, targets, classes, job.classes)
