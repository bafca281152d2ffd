"""Monte Carlo simulation: drivers drawn from their distributions, the whole model computed for each draw, the draws summed up.

Draws stream through in blocks: each is drawn, computed and tallied (:mod:`model.simulation.tally`) by whoever
is free, and forgotten. Tallies are merged in the order of the blocks, so results are the same to the last bit
however many workers there are, and memory does not grow with the number of draws.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from model.amazon import plan_at
from model.backends.choice import chosen_engine
from model.parallel.cluster import cluster_workers
from model.parallel.workers import WorkersLostError, check_workers, cores, in_order, local_workers
from model.reported.actuals import axis_at, reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import Scenario, driver_arrays
from model.simulation.blocks import (
    PILOT,
    PILOT_DRAWS,
    SimulationJob,
    compute_block,
    path_outputs,
    tally_block,
)
from model.simulation.files import load_uncertainty
from model.simulation.questions import amazon_question
from model.simulation.results import Simulation, summed_up
from model.simulation.sampling import blocks_of, check_sampling, check_seed
from model.simulation.tally import bins_of
from model.simulation.uncertainty import bind_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from model.backends.arrays import Array
    from model.outputs import Output
    from model.parallel.workers import Workers
    from model.plan.plan import Plan
    from model.scenarios.drivers import DriverSpec
    from model.simulation.questions import Request
    from model.simulation.tally import Means, Tally
    from model.simulation.uncertainty import Uncertainty

DEFAULT_DRAWS: Final = 100_000
DEFAULT_SEED: Final = 1
_FEW_DRAWS: Final = 20_000
"""Below it numpy is done before further processes have started."""
_MOST_CLASSES: Final = 64
_DRAWS_A_CLASS: Final = 50


def simulate(  # noqa: PLR0913  # one keyword a choice of the user
    scenario: Scenario | str = "base",
    *,
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    sampling: str = "latin_hypercube",
    engine: str = "auto",
    workers: int | None = None,
    scheduler: str | None = None,
    uncertainty: Uncertainty | str | None = None,
    question: Request | None = None,
    outputs: Sequence[Output] = (),
    on_block: Callable[[int], None] | None = None,
) -> Simulation:
    """Simulate a scenario of Amazon.

    Parameters
    ----------
    scenario
        A scenario, or its name.
    draws, seed
        How many draws, and what they are seeded with: the same seed gives the same result.
    sampling
        ``latin_hypercube``, ``sobol`` or ``plain`` (:func:`model.simulation.sampling.uniform_block`).
    engine
        ``auto`` (the kernel, or numpy where there is none), ``kernel`` or ``numpy``.
    workers
        How many on this machine; default: one a core.
    scheduler
        Address of a Dask scheduler whose workers compute instead.
    uncertainty
        Distributions and correlations: an uncertainty, or the path of a file; default: those that ship.
    question
        What is asked; default: :func:`model.simulation.questions.amazon_question`, and ``outputs``.
    on_block
        Called with the number of draws done, after each block.

    Returns
    -------
    Simulation
        Its ``lost`` says why, where a cluster was lost on the way and the results are partial.

    Raises
    ------
    InputError, UnknownNameError
        For bad arguments, or distributions that leave the range of their drivers.
    EngineError
        If the engine or the cluster cannot be had, or is lost before the first block.

    Examples
    --------
    >>> simulate("base", draws=1000, engine="numpy").events["trough"]["2027Q1"].probability > 0
    True
    """
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    plan = plan_at(axis_at(chosen.as_of))
    drivers = driver_arrays(plan, [chosen])
    found = (
        uncertainty
        if uncertainty is not None and not isinstance(uncertainty, str)
        else load_uncertainty(uncertainty)
    )
    asked = question or amazon_question(plan, float(drivers["price"][0, 0]), outputs)
    job, note = prepared(
        plan,
        drivers,
        reported_arrays(plan),
        found,
        driver_specs(),
        asked,
        draws=draws,
        seed=seed,
        sampling=sampling,
        engine=engine,
    )
    return run_job(
        job, chosen.name, found.name, note=note, workers=None if workers is None else check_workers(workers), scheduler=scheduler,
        on_block=on_block,
    )  # fmt: skip


def prepared(  # noqa: PLR0913  # a model, what is uncertain in it, what is asked, and how
    plan: Plan,
    drivers: Mapping[str, Array],
    reported: Mapping[str, Array],
    uncertainty: Uncertainty,
    specs: Mapping[str, DriverSpec],
    question: Request,
    *,
    draws: int,
    seed: int = DEFAULT_SEED,
    sampling: str = "latin_hypercube",
    engine: str = "auto",
) -> tuple[SimulationJob, str]:
    """Check and bind everything that a simulation needs, of any model; return it with the note of the engine."""
    blocks = blocks_of(draws)
    moves = bind_moves(uncertainty, plan, drivers, specs)
    varying = frozenset(bound.move.driver for bound in moves)
    name, note = chosen_engine(engine, plan, varying, question.rows(plan))
    classes = max(2, min(_MOST_CLASSES, draws // _DRAWS_A_CLASS))
    job = SimulationJob(
        plan,
        drivers,
        reported,
        moves,
        uncertainty.scores,
        question,
        check_sampling(sampling),
        check_seed(seed),
        blocks,
        name,
        classes,
    )
    return job, note


def run_job(  # noqa: PLR0913  # as above
    job: SimulationJob,
    scenario: str,
    uncertainty: str,
    *,
    note: str = "",
    workers: int | None = None,
    scheduler: str | None = None,
    on_block: Callable[[int], None] | None = None,
) -> Simulation:
    """Compute a simulation that is prepared; see :func:`simulate`."""
    started = time.perf_counter()
    grid = bins_of(compute_block(job, PILOT, PILOT_DRAWS)[1])
    plain = path_outputs(job)
    tally: Tally | None = None
    done, lost = 0, ""
    history: list[tuple[int, Means, Means]] = []
    try:
        with _workers(job, workers, scheduler) as chosen:
            for block in in_order(chosen, partial(tally_block, job, grid), range(job.blocks.count)):
                if tally is None:
                    tally = block
                else:
                    tally.add(block)
                done += 1
                if done & (done - 1) == 0 or done == job.blocks.count:
                    history.append((tally.draws, tally.outputs.copy(), tally.above.copy()))
                if on_block is not None:
                    on_block(tally.draws)
    except WorkersLostError as error:
        if tally is None:
            raise
        lost = str(error)
    if tally is None:
        raise WorkersLostError("no block was computed")
    return Simulation(
        scenario=scenario, as_of=str(job.plan.axis.as_of), uncertainty=uncertainty, sampling=job.sampling, seed=job.seed,
        engine=job.engine, note=note, draws=tally.draws, asked=job.blocks.draws, blocks=done, block_size=job.blocks.size,
        seconds=time.perf_counter() - started, lost=lost, **summed_up(job, plain, grid, tally, history),  # type: ignore[arg-type]  # its attributes by name
    )  # fmt: skip


def _workers(
    job: SimulationJob, workers: int | None, scheduler: str | None
) -> AbstractContextManager[Workers]:
    """Return whoever computes: a cluster, threads for the kernel (it releases Python's lock), processes for numpy (it does not)."""
    if scheduler is not None:
        return cluster_workers(scheduler)
    by_numpy = job.engine == "numpy"
    number = workers or (1 if by_numpy and job.blocks.draws < _FEW_DRAWS else cores())
    return local_workers(min(number, job.blocks.count), processes=by_numpy)
