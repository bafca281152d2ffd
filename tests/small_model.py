"""A small model whose results have known distributions, to hold simulations against closed forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.language.declarations import Block, Model, driver, line
from model.language.periods import Axis, Quarter
from model.outputs import Output
from model.plan.binding import bind
from model.scenarios.drivers import DriverSpec
from model.simulation.distributions import Distribution, LogNormal, Normal
from model.simulation.questions import Request
from model.simulation.run import prepared, run_job
from model.simulation.uncertainty import Move, Uncertainty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.simulation.blocks import SimulationJob
    from model.simulation.results import Simulation

BOUND = 1e6


class Returns(Block):
    """Sums and products."""

    first = driver("First", "ratio", kind="constant")
    second = driver("Second", "ratio", kind="constant")
    both = line("Sum", "ratio", first + second, timed=False, annual="none")
    weighted = line("Weighted sum", "ratio", 2 * first + second, timed=False, annual="none")
    compound = line("Product", "ratio", first * second, timed=False, annual="none")
    inverse = line("Inverse", "ratio", 1 / (first - first + second), timed=False, annual="none")


PLAN = bind(Model("Small", [Returns]), Axis(Quarter.parse("2026Q2")))
INFOS = {
    key: DriverSpec(
        key, item, {"all": 1.0}, -BOUND, BOUND, repeats=True, grade="J", description="", source=""
    )
    for key, item in PLAN.model.drivers.items()
}
PATH = {"first": np.array([[1.0]]), "second": np.array([[1.0]])}
NORMAL = {"first": Normal(3, 2), "second": Normal(-1, 0.5)}
LOGNORMAL = {"first": LogNormal(2, 0.3), "second": LogNormal(0.5, 0.4)}


def uncertain(distributions: Mapping[str, Distribution], rank: float = 0.0) -> Uncertainty:
    """Return what is uncertain: both drivers set, and correlated."""
    moves = tuple(Move(key, key, "set", each) for key, each in distributions.items())
    pairs = {("first", "second"): rank} if rank else {}
    return Uncertainty("small", moves, pairs, dict.fromkeys(pairs, "a test"))


def job(  # noqa: PLR0913  # one keyword a choice of the user
    distributions: Mapping[str, Distribution], line: str, *, draws: int, seed: int = 1, sampling: str = "plain", rank: float = 0.0,
    threshold: float = 0.0,
) -> SimulationJob:  # fmt: skip
    """Return a simulation of one line, prepared."""
    output = Output.of(line, PLAN)
    question = Request((output,), (), ((output, threshold),), (output,))
    return prepared(
        PLAN,
        PATH,
        {},
        uncertain(distributions, rank),
        INFOS,
        question,
        draws=draws,
        seed=seed,
        sampling=sampling,
        engine="numpy",
    )[0]


def simulated(prepared_job: SimulationJob) -> Simulation:
    """Compute a simulation in this process."""
    return run_job(prepared_job, "small", "small", workers=1)
