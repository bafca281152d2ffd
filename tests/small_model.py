"""A small model whose results have known distributions, to hold simulations against closed forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.company import Company, Filings
from model.language.declarations import Block, Model, driver, line
from model.language.periods import Quarter
from model.outputs import Output
from model.scenarios.scenario import Scenario
from model.simulation.distributions import Distribution
from model.simulation.questions import Request
from model.simulation.run import Settings, prepared, run_job
from model.simulation.uncertainty import Move, Uncertainty

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.simulation.blocks import SimulationJob
    from model.simulation.results import Simulation


class Returns(Block):
    """Sums and products."""

    first = driver("First", "ratio", kind="constant")
    second = driver("Second", "ratio", kind="constant")
    both = line("Sum", "ratio", first + second, timed=False, annual="none")
    weighted = line("Weighted sum", "ratio", 2 * first + second, timed=False, annual="none")
    compound = line("Product", "ratio", first * second, timed=False, annual="none")
    inverse = line("Inverse", "ratio", 1 / (first - first + second), timed=False, annual="none")


SMALL = Company(
    home="small_model:SMALL", name="small", title="Small", model=Model("Small", [Returns]),
    first=Quarter(2026, 1),
    last=Quarter(2027, 4), earliest_as_of=Quarter(2026, 2), data=Path(__file__).parent / "data" / "small",
    filings=Filings(anchor="sales"),
)  # fmt: skip
SCENARIO = Scenario(
    "small", "Small", Quarter(2026, 2), 1.0, {"first": {"all": 1.0}, "second": {"all": 1.0}}, company=SMALL
)
PLAN = SCENARIO.plan
NORMAL = {"first": Distribution("normal", (3, 2)), "second": Distribution("normal", (-1, 0.5))}
LOGNORMAL = {"first": Distribution("lognormal", (2, 0.3)), "second": Distribution("lognormal", (0.5, 0.4))}


def uncertain(distributions: Mapping[str, Distribution], rank: float = 0.0) -> Uncertainty:
    """Return what is uncertain: both drivers set, and correlated."""
    moves = tuple(Move(key, key, "set", each) for key, each in distributions.items())
    pairs = {("first", "second"): rank} if rank else {}
    return Uncertainty("small", moves, pairs, dict.fromkeys(pairs, "a test"))


def job(  # noqa: PLR0913  # one keyword a choice of the user
    distributions: Mapping[str, Distribution], line: str, *, draws: int, seed: int = 1,
    sampling: str = "plain", rank: float = 0.0,
    threshold: float = 0.0,
) -> SimulationJob:  # fmt: skip
    """Return a simulation of one line, prepared."""
    output = Output.of(line, PLAN)
    request = Request((output,), (), ((output, threshold),), (output,))
    settings = Settings(draws, seed, sampling, "numpy")
    return prepared(SCENARIO, uncertain(distributions, rank), request, settings)[0]


def simulated(prepared_job: SimulationJob) -> Simulation:
    """Compute a simulation in this process."""
    return run_job(prepared_job, "", Settings(workers=1))
