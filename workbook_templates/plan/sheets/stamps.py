"""The stamped sensitivities of a scenario: tornados, two-way tables and a simulation."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.sensitivity import Grid, Tornado, grids, tornados
from model.analysis.swings import Steps
from model.results import run
from model.scenarios.scenario import assumption_hash
from model.scenarios.spec import ALL
from workbook_templates.plan.moved import TORNADOS, around, live_grids, outputs_at, words_at
from workbook_templates.plan.sheets.simulated import simulation_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.outputs import Output
    from model.presentation import StepWords
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Simulation

_ROUNDING: Final = 1 - 1e-9
"""Of the way to the end of a driver's range: the end itself could be missed by rounding."""
_NEUTRAL: Final = {"add": 0.0, "scale": 1.0}


class Stamps(NamedTuple):
    """Sensitivities of a scenario.

    ``figures``: unchanged; ``tornados``: of the first of them; ``grids``: of each, None where it is live, or
    the centre is outside the range of its driver; ``simulation``: see
    :func:`workbook_templates.plan.sheets.simulated.simulation_of`.
    """

    figures: Sequence[float]
    tornados: Sequence[Tornado]
    grids: Sequence[Grid | None]
    simulation: Simulation | str


_known: dict[tuple[Company, str, str], Stamps] = {}
_MOST_KNOWN: Final = 32


def stamps_of(scenario: Scenario) -> Stamps:
    """Return the sensitivities of a scenario; cached, for validation plans every workbook again."""
    key = scenario.company, str(scenario.as_of), assumption_hash([scenario])
    if key not in _known:
        if len(_known) == _MOST_KNOWN:
            del _known[next(iter(_known))]
        _known[key] = _computed(scenario)
    return _known[key]


def _computed(scenario: Scenario) -> Stamps:
    words, plain = words_at(scenario.company), run([scenario])
    outputs = outputs_at(plain.plan, words)
    figures = [float(output.read(plain)[0]) for output in outputs]
    found: dict[Output, Grid | None] = {}
    pairs = list(words.tables.values())
    live = {each.number for each in live_grids(plain.plan, scenario.company)}
    stamped = [
        (output, pair)
        for number, (output, pair) in enumerate(zip(outputs, pairs, strict=True))
        if number not in live
    ]
    for pair in dict.fromkeys(pair for _, pair in stamped):
        group = [output for output, own in stamped if own == pair]
        x, y = (_around(scenario, plain, each) for each in pair)
        tables = [None] * len(group) if x is None or y is None else grids(scenario, group, x, y)
        found |= dict(zip(group, tables, strict=True))
    bars = tornados(scenario, outputs[:TORNADOS])
    return Stamps(figures, bars, [found.get(output) for output in outputs], simulation_of(scenario))


def _around(scenario: Scenario, plain: Results, words: StepWords) -> Steps | None:
    """Return values on both sides of the centre, closer together where the driver's range would end."""
    middle = _centre(scenario, plain, words)
    centre = Steps(words.driver, (middle,), words.operation, scenario.company)
    low, high = (middle + (end - middle) * _ROUNDING for end in centre.room(scenario))
    values = around(middle, words.step, (low, high))
    return None if math.isnan(values[0]) else replace(centre, values=values)


def _centre(scenario: Scenario, plain: Results, words: StepWords) -> float:
    if words.centre:
        return float(plain.values[words.centre][0, 0])
    if words.operation in _NEUTRAL:
        return _NEUTRAL[words.operation]
    return scenario.table[words.driver][ALL]
