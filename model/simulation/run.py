"""Monte Carlo simulation: draws of the drivers, the model computed for each, and statistics of the results.

Draws stream through in blocks: each is drawn, computed and tallied (:mod:`model.simulation.tally`) by any
free worker, and forgotten. Tallies are merged in the order of the blocks, so results are the same to the
last bit for any number of workers, and memory does not grow with the number of draws.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Final

from model.backends.choice import CHUNK, chosen_engine
from model.errors import InputError, check_type
from model.outputs import Output
from model.parallel.cluster import cluster_workers
from model.parallel.workers import Workers, WorkersLostError, check_workers, cores, in_order, local_workers
from model.reported.actuals import reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import Scenario, driver_arrays
from model.simulation import blocks as block_work
from model.simulation.blocks import SimulationJob
from model.simulation.files import has_uncertainty, load_uncertainty
from model.simulation.questions import Request, default_request
from model.simulation.results import Simulation, summed_up
from model.simulation.sampling import blocks_of, check_sampling, check_seed
from model.simulation.tally import Progress, Tally, bins_of
from model.simulation.uncertainty import Uncertainty, bind_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager


DEFAULT_DRAWS: Final = 100_000
DEFAULT_SEED: Final = 1
STANDARD_DRAWS: Final = 4096
"""Of the simulation that ``value`` and workbooks show: 16 blocks, 1.5 s, and 0.3 USD of standard error."""
_FEW_DRAWS: Final = 20_000
"""Below it numpy finishes before further processes have started."""
_MOST_CLASSES: Final = 64
_DRAWS_A_CLASS: Final = 50


@dataclass(frozen=True)
class Settings:
    """How a simulation is computed; see :func:`simulate`."""

    draws: int = DEFAULT_DRAWS
    seed: int = DEFAULT_SEED
    sampling: str = "latin_hypercube"
    engine: str = "auto"
    workers: int | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        """Refuse impossible settings before anything is computed."""
        blocks_of(self.draws)
        check_seed(self.seed)
        check_sampling(self.sampling)
        if self.workers is not None:
            check_workers(self.workers)


def simulate(  # noqa: PLR0913  # one keyword a choice of the user
    scenario: Scenario | str | None = None,
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
    """Simulate a scenario.

    Parameters
    ----------
    seed
        The same seed gives the same result.
    sampling
        ``latin_hypercube``, ``sobol`` or ``plain`` (:func:`model.simulation.sampling.uniform_block`).
    engine
        ``auto`` (the kernel, or numpy where there is none), ``kernel`` or ``numpy``.
    workers, scheduler
        Workers on this machine, by default one for each core; or the address of a Dask scheduler.
    uncertainty
        Distributions and correlations: an uncertainty, or the path of a file; default: the file that ships.
    question
        The request; default: :func:`model.simulation.questions.default_request` with ``outputs``.
    on_block
        Called with the number of draws done, after each block.

    Raises
    ------
    InputError, UnknownNameError, EngineError
        For bad arguments, or distributions that leave the range of their drivers; if the engine or cluster
        is not available, or is lost before the first block (later: ``lost`` of the result gives the reason).

    Examples
    --------
    >>> simulate("base", draws=1000, engine="numpy").events["trough"]["2027Q1"].probability > 0
    True
    """
    settings = Settings(draws, seed, sampling, engine, workers, scheduler)
    chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    check_type(uncertainty, (Uncertainty, str, NoneType), "uncertainty needs the path of a file")
    check_type(question, (Request, NoneType), "question needs a Request")
    check_type(outputs, (list, tuple), "outputs need a list, such as [Output.parse(text, plan)]")
    for each in outputs:
        check_type(each, Output, "outputs need figures, such as Output.parse('net_sales 2027', plan)")
    if uncertainty is None or isinstance(uncertainty, str):
        uncertainty = load_uncertainty(uncertainty, chosen.company)
    request = question or default_request(chosen, outputs)
    return run_job(*prepared(chosen, uncertainty, request, settings), settings, on_block)


def standard_simulation(scenario: Scenario, question: Request) -> Simulation | str:
    """Return the simulation that everything shows unasked, or why there is none.

    The distributions that ship need not fit every scenario. numpy computes it, whatever is installed: the
    same draws give the same percentiles on every machine.
    """
    try:
        return simulate(scenario, draws=STANDARD_DRAWS, engine="numpy", workers=1, question=question)
    except InputError as error:
        return str(error)


def expected_value(scenario: Scenario) -> Simulation | str | None:
    """Return the standard simulation of the value per share; None for a company without uncertainty.

    Its mean is the expected value.
    """
    value = scenario.company.presentation.questions.value
    if not value or not has_uncertainty(scenario.company):
        return None
    return standard_simulation(scenario, Request((Output.of(value, scenario.plan),)))


def prepared(
    scenario: Scenario, uncertainty: Uncertainty, request: Request, settings: Settings
) -> tuple[SimulationJob, str]:
    """Check and bind the inputs of a simulation; return the job with a note about its engine."""
    plan, company = scenario.plan, scenario.company
    drivers = driver_arrays(plan, [scenario])
    moves = bind_moves(uncertainty, plan, drivers, driver_specs(company))
    varying = frozenset(bound.move.driver for bound in moves)
    scores = uncertainty.scores([bound.name for bound in moves])
    engine, note = chosen_engine(settings.engine, plan, varying, request.rows(plan))
    sampling, blocks = check_sampling(settings.sampling), blocks_of(settings.draws)
    job = SimulationJob(
        plan, company, scenario.name, uncertainty.name, uncertainty.record, drivers,
        reported_arrays(company, plan), moves, scores, request, sampling, settings.seed, blocks, engine,
        classes=max(2, min(_MOST_CLASSES, settings.draws // _DRAWS_A_CLASS)),
    )  # fmt: skip
    return job, note


def run_job(
    job: SimulationJob, note: str, settings: Settings, on_block: Callable[[int], None] | None = None
) -> Simulation:
    """Compute a prepared simulation; see :func:`simulate`."""
    started = time.perf_counter()
    tally: Tally | None = None
    done, lost = 0, ""
    history: list[Progress] = []
    try:
        with _workers(job, settings) as workers:
            ((_, pilot, _),) = block_work.compute_blocks(job, {block_work.PILOT: block_work.PILOT_DRAWS})
            bins, plain = bins_of(pilot), block_work.path_outputs(job)
            pieces = in_order(
                workers, partial(block_work.tally_blocks, job, bins), job.blocks.together(CHUNK)
            )
            for block in chain.from_iterable(pieces):
                tally = block if tally is None else tally + block
                done += 1
                if done & (done - 1) == 0 or done == job.blocks.count:
                    history.append((tally.draws, tally.outputs, tally.above))
                if on_block is not None:
                    on_block(tally.draws)
    except WorkersLostError as error:
        if tally is None:
            raise
        lost = str(error)
    if tally is None:
        raise WorkersLostError("no block was computed")
    return Simulation(
        job.scenario, str(job.plan.axis.as_of), job.company.presentation.questions.cash_flow,
        job.uncertainty, job.record,
        job.sampling, job.seed, job.engine, note, draws=tally.draws, asked=job.blocks.draws, blocks=done,
        seconds=time.perf_counter() - started, lost=lost,
        **summed_up(job, plain, bins, tally, history),  # type: ignore[arg-type]  # attributes by name
    )  # fmt: skip


def _workers(job: SimulationJob, settings: Settings) -> AbstractContextManager[Workers]:
    """Return a cluster's workers, threads for the kernel (it releases the GIL), or processes for numpy."""
    if settings.scheduler is not None:
        return cluster_workers(settings.scheduler)
    by_numpy = job.engine == "numpy"
    number = settings.workers or (1 if by_numpy and job.blocks.draws < _FEW_DRAWS else cores())
    return local_workers(min(number, job.blocks.count), processes=by_numpy)
