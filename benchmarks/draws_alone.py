"""Why the expected value is not that of the scenario: its mean when one driver alone is drawn.

Run ``python benchmarks/draws_alone.py``; each line takes 4,096 draws around ``base``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from model.analysis.sensitivity import output_of
from model.results import run
from model.scenarios.composing import load_scenario
from model.simulation.files import load_uncertainty
from model.simulation.run import simulate

DRAWS: Final = 4096
SCENARIO: Final = "base"
FIGURE: Final = "value_per_share[dcf,mid]"
RISKS: Final = ("price_performance", "price_pressure", "delayed")
"""Drivers of the three execution risks."""


def mean_of(drivers: set[str]) -> tuple[float, float]:
    """Return the mean of the figure and its standard error when these drivers alone are drawn."""
    known = load_uncertainty()
    moves = tuple(move for move in known.moves if move.driver in drivers)
    names = {move.name for move in moves}
    together = {pair: each for pair, each in known.correlations.items() if names.issuperset(pair)}
    drawn = replace(known, moves=moves, correlations=together)
    output = output_of(FIGURE, load_scenario(SCENARIO))
    estimate = simulate(SCENARIO, draws=DRAWS, seed=1, uncertainty=drawn, outputs=[output]).estimates[FIGURE]
    return estimate.mean, estimate.standard_error


def main() -> None:
    """Print the means, the lowest first."""
    plain = run([load_scenario(SCENARIO)]).values[FIGURE][0, 0]
    print(f"{plain:8.2f}            {SCENARIO}, nothing drawn")
    drivers = {move.driver for move in load_uncertainty().moves}
    groups = {"all drivers": drivers, "the three execution risks": set(RISKS)}
    groups |= {each: {each} for each in drivers}
    found = sorted((mean_of(each), name) for name, each in groups.items())
    for (mean, error), name in found:
        print(f"{mean:8.2f} +/- {error:5.2f}  {name}")


if __name__ == "__main__":
    main()
