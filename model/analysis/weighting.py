"""Probability-weighted value, both ways: the mix of the values, and the value of the mix of the drivers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_scenarios
from model.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company

_WEIGHT_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class WeightedValue:
    """Value per share of several scenarios, weighted, in USD.

    ``of_values``: the mean of their values; ``of_drivers``: the value of the one scenario whose drivers are
    their means. The two differ because value is not linear in the drivers.
    """

    method: str
    of_values: float
    of_drivers: float


def weighted_scenarios(company: Company | None = None) -> list[Scenario]:
    """Return the scenarios that ship with a weight above 0."""
    shipped = [load_scenario(name, company=company) for name in builtin_scenarios(company)]
    return [each for each in shipped if each.weight > 0]


def check_weights(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose weights do not add up to 1, or that differ in as-of."""
    total = math.fsum(each.weight for each in scenarios)
    if abs(total - 1) > _WEIGHT_TOLERANCE:
        weights = ", ".join(f"{each.name} {each.weight:g}" for each in scenarios)
        raise InputError(
            f"weights must add up to 1, not {total:g} ({weights}): change them in the scenario files"
        )
    if len({each.as_of for each in scenarios}) > 1:
        raise InputError(
            f"scenarios of different as-of cannot be mixed: {', '.join(f'{s.name} ({s.as_of})' for s in scenarios)}"
        )


def weighted_scenario(scenarios: Sequence[Scenario]) -> Scenario:
    """Return the scenario whose drivers are the weighted means of those of ``scenarios``.

    Raises
    ------
    InputError
        If the weights do not add up to 1, or scenarios differ in a driver that cannot be averaged (a date, a
        choice, a budget that only some of them give).
    """
    check_weights(scenarios)
    table = {}
    for key, spec in driver_specs(scenarios[0].company).items():
        periods = sorted({period for each in scenarios for period in each.table[key]})
        columns = {
            period: [
                each.table[key][period if period in each.table[key] else period[:4]] for each in scenarios
            ]
            for period in periods
        }
        if spec.driver.zero_means_none and any(0 in values and any(values) for values in columns.values()):
            raise InputError(
                f"{key} is given by some of {', '.join(each.name for each in scenarios)} and not by others: it has no mean"
            )
        if spec.driver.whole or spec.driver.unit == "quarter":
            differing = [period for period, values in columns.items() if len(set(values)) > 1]
            if differing:
                raise InputError(
                    f"{key} differs between {', '.join(each.name for each in scenarios)} and has no mean"
                )
            table[key] = {period: values[0] for period, values in columns.items()}
        else:
            table[key] = {
                period: values[0]
                if len(set(values)) == 1
                else math.fsum(v * s.weight for v, s in zip(values, scenarios, strict=True))
                for period, values in columns.items()
            }
    names = ", ".join(each.name for each in scenarios)
    title, first = f"Drivers of {names}, averaged by weight", scenarios[0]
    return Scenario("mix", title, first.as_of, 1.0, table, company=first.company)


def weighted_values(scenarios: Sequence[Scenario]) -> list[WeightedValue]:
    """Return the weighted value of every method.

    Examples
    --------
    >>> [each.method for each in weighted_values(weighted_scenarios())][0]
    'dcf'
    """
    results = run([*scenarios, weighted_scenario(scenarios)])
    found = []
    for method, key in scenarios[0].company.presentation.questions.values.items():
        *each, of_drivers = (float(value) for value in results.values[key][0])
        of_values = math.fsum(
            value * scenario.weight for value, scenario in zip(each, scenarios, strict=True)
        )
        found.append(WeightedValue(method, of_values, of_drivers))
    return found
