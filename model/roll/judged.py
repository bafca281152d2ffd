"""What a reported quarter settles: claims, and the band in which it was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.evidence.claims import ledger
from model.evidence.thesis import load_thesis
from model.outputs import Output
from model.simulation.files import has_uncertainty
from model.simulation.run import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.evidence.claims import Status
    from model.language.periods import Quarter
    from model.roll.variance import Miss
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation

DRAWS = 4096


@dataclass(frozen=True)
class Settled:
    """A claim whose status changed with the quarter."""

    name: str
    claim: str
    before: Status
    after: Status


@dataclass(frozen=True)
class Band:
    """A line of the quarter in the simulation made before it.

    ``low``, ``middle``, ``high``: 5th, 50th and 95th percentile; ``rank``: share of the draws below what was
    reported.
    """

    line: str
    unit: str
    low: float
    middle: float
    high: float
    reported: float
    rank: float


def settled(before: Quarter, after: Quarter, scenario: Scenario) -> list[Settled]:
    """Return the claims whose status changed between two as-ofs; none without claims."""
    company = scenario.company
    if load_thesis(company) is None:
        return []
    earlier = {each.claim.name: each.status for each in ledger(before, company)}
    return [
        Settled(each.claim.name, each.claim.text, earlier[each.claim.name], each.status)
        for each in ledger(after, company)
        if each.status != earlier[each.claim.name]
    ]


def bands(before: Scenario, quarter: Quarter, misses: Sequence[Miss]) -> list[Band]:
    """Return where each line of a quarter fell in the simulation of the scenario made before it."""
    if not has_uncertainty(before.company):
        return []
    outputs = [Output.parse(f"{each.line} {quarter}", before.plan) for each in misses]
    found = simulate(before, draws=DRAWS, engine="numpy", workers=1, outputs=outputs)
    return [_band(each, str(output), found) for each, output in zip(misses, outputs, strict=True)]


def _band(miss: Miss, name: str, found: Simulation) -> Band:
    estimate = found.estimates[name]
    low, middle, high = (estimate.percentiles[percent] for percent in (5, 50, 95))
    return Band(miss.line, miss.unit, low, middle, high, miss.reported, _rank(miss.reported, name, found))


def _rank(value: float, name: str, found: Simulation) -> float:
    """Return the share of the draws below a value: whole bins, and a part of the one it lies in."""
    estimate = found.estimates[name]
    if value <= estimate.lowest or value >= estimate.highest:
        return float(value >= estimate.highest)
    first, second, counts = found.histograms[name]
    width = second - first
    place = (value - first) / width if width else 0.0
    whole = min(max(int(place), 0), len(counts) - 1)
    below = counts[:whole].sum() + counts[whole] * min(max(place - whole, 0.0), 1.0)
    return float(below / counts.sum())
