"""Are the probabilities right? Bands of simulations at earlier as-ofs, and what was then reported."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.evidence.backtest import AHEAD, Forecast, as_ofs, forecasts, known_then, rules_of
from model.evidence.widths import driver_errors, measured_widths, with_widths
from model.language.periods import Period
from model.outputs import Output
from model.simulation.files import load_uncertainty
from model.simulation.questions import Request
from model.simulation.results import PERCENTILES
from model.simulation.run import STANDARD_DRAWS, simulate
from model.simulation.special import scipy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.company import Company
    from model.plan.plan import Plan
    from model.simulation.uncertainty import Uncertainty

BANDS: Final = {50: (25, 75), 80: (10, 90), 90: (5, 95)}
"""Share of the draws in a band, per cent, and the percentiles at its ends."""
NAIVE: Final = "trailing_rate"
"""The benchmark in the middle of the naive distribution."""


@dataclass(frozen=True)
class Outcome:
    """A forecast with its distribution and a naive one, both by percentile, and what was reported.

    The naive distribution is normal around the benchmark :data:`NAIVE`; its deviation is the root of the mean
    square of that benchmark's own errors at the same distance, which is more than was known then.
    """

    forecast: Forecast
    percentiles: Mapping[int, float]
    naive: Mapping[int, float]

    def inside(self, band: int) -> bool:
        """Tell whether the outcome lies in a band of :data:`BANDS`, its ends included."""
        low, high = BANDS[band]
        return self.percentiles[low] <= self.forecast.reported <= self.percentiles[high]

    def loss(self, *, naive: bool = False) -> float:
        """Return the mean pinball loss over the percentiles, in the line's unit; the smaller, the better.

        ``share * (y - q)`` where the outcome y lies above the quantile q, else ``(1 - share) * (q - y)``.
        """
        outcome, quantiles = self.forecast.reported, self.naive if naive else self.percentiles
        losses = [
            max(percent / 100 * (outcome - value), (1 - percent / 100) * (value - outcome))
            for percent, value in quantiles.items()
        ]
        return math.fsum(losses) / len(losses)


@companies.cached
def outcomes(*, left_out: bool = False, company: Company | None = None) -> tuple[Outcome, ...]:
    """Return every forecast of the back-test with the distribution that the uncertainty gives it.

    ``left_out``: widths are measured anew for each as-of without the errors of its own forecasts. Otherwise
    those that ship, which were set with all of them: hindsight.
    """
    company = company or companies.default()
    errors, shipped = driver_errors(company), load_uncertainty(company=company)
    found: list[Outcome] = []
    for as_of in as_ofs(company):
        made = [each for each in forecasts(company) if each.as_of == as_of]
        widths = measured_widths(errors, without=as_of) if left_out else {}
        found += _simulated(made, with_widths(shipped, widths), company)
    return tuple(found)


def _simulated(made: Sequence[Forecast], uncertainty: Uncertainty, company: Company) -> list[Outcome]:
    """Simulate the forecasts of one as-of; a driver that its rules turn off is not drawn."""
    scenario = known_then(made[0].as_of, company)
    outputs = [_output(each, scenario.plan) for each in made]
    off = {key for key in scenario.sources if not any(scenario.ahead(key).values())}
    kept = tuple(move for move in uncertainty.moves if move.driver not in off)
    simulation = simulate(
        scenario, draws=STANDARD_DRAWS, engine="numpy", workers=1, question=Request(tuple(outputs)),
        uncertainty=replace(uncertainty, moves=kept),
    )  # fmt: skip
    return [
        Outcome(each, simulation.estimates[str(output)].percentiles, _naive(each, company))
        for each, output in zip(made, outputs, strict=True)
    ]


def _output(forecast: Forecast, plan: Plan) -> Output:
    quarter = forecast.quarter
    return Output.of(forecast.line, plan, Period.of(quarter))


def _naive(forecast: Forecast, company: Company) -> dict[int, float]:
    alike = [
        each for each in forecasts(company) if (each.line, each.ahead) == (forecast.line, forecast.ahead)
    ]
    errors = [each.benchmarks[NAIVE] - each.reported for each in alike]
    middle, deviation = forecast.benchmarks[NAIVE], math.sqrt(float(np.mean(np.square(errors))))
    quantile = scipy("special").ndtri
    return {percent: middle + deviation * float(quantile(percent / 100)) for percent in PERCENTILES}


@dataclass(frozen=True)
class Coverage:
    """How many outcomes of a line at a distance lie in each band; ``ahead`` 0: at all distances.

    ``independent``: windows that do not overlap; ``loss``, ``naive_loss``: mean pinball loss of the
    simulation and of the naive distribution.
    """

    line: str
    ahead: int
    number: int
    independent: int
    inside: Mapping[int, int]
    loss: float
    naive_loss: float


def coverage(found: Sequence[Outcome], company: Company | None = None) -> list[Coverage]:
    """Count outcomes in bands, by line and distance, then of the line as a whole."""
    rules = rules_of(company or companies.default())
    counted = []
    for line, ahead in product(rules.lines, (*AHEAD, 0)):
        chosen = [each for each in found if each.forecast.line == line and ahead in {0, each.forecast.ahead}]
        inside = {band: sum(each.inside(band) for each in chosen) for band in BANDS}
        windows = -(-len(chosen) // ahead) if ahead else sum(each.forecast.ahead == 1 for each in chosen)
        losses = (
            math.fsum(each.loss(naive=naive) for each in chosen) / len(chosen) for naive in (False, True)
        )
        counted.append(Coverage(line, ahead, len(chosen), windows, inside, *losses))
    return counted
