"""Probability-weighted value: the mean of scenarios' values, and the value at the mean of their drivers."""

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
    from model.scenarios.spec import DriverSpec, PeriodValues

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
        found = f"{total:g} ({', '.join(f'{each.name} {each.weight:g}' for each in scenarios)})"
        raise InputError(f"weights must add up to 1, not {found}: change them in the scenario files")
    if len({each.as_of for each in scenarios}) > 1:
        listed = ", ".join(f"{each.name} ({each.as_of})" for each in scenarios)
        raise InputError(f"scenarios of different as-of cannot be mixed: {listed}")


def weighted_scenario(scenarios: Sequence[Scenario]) -> Scenario:
    """Return the scenario whose drivers are the weighted means of those of ``scenarios``.

    An :class:`InputError` if the weights do not add up to 1, or the scenarios differ in a driver that cannot
    be averaged (a date, a choice, a budget that only some of them give).
    """
    check_weights(scenarios)
    specs = driver_specs(scenarios[0].company)
    table = {key: _weighted_driver(spec, scenarios) for key, spec in specs.items()}
    names = ", ".join(each.name for each in scenarios)
    title, first = f"Drivers of {names}, averaged by weight", scenarios[0]
    return Scenario("mix", title, first.as_of, 1.0, table, company=first.company)


def _weighted_driver(spec: DriverSpec, scenarios: Sequence[Scenario]) -> PeriodValues:
    key, names = spec.key, ", ".join(each.name for each in scenarios)
    tables = [each.table[key] for each in scenarios]
    periods = sorted(set().union(*tables))
    # a quarter without a value of its own has that of its year
    columns = {each: [values[each if each in values else each[:4]] for values in tables] for each in periods}
    differs = any(len(set(values)) > 1 for values in columns.values())
    if differs and spec.is_discrete:
        raise InputError(f"{key} differs between {names} and has no mean")
    if any(len(set(map(spec.driver.look.is_none, values))) > 1 for values in columns.values()):
        raise InputError(f"{key} is given in some of {names} and not in others: it has no mean")
    return {period: _mean(values, scenarios) for period, values in columns.items()}


def _mean(values: Sequence[float], scenarios: Sequence[Scenario]) -> float:
    if len(set(values)) == 1:  # exactly: the weights may not add up to 1 to the last bit
        return values[0]
    return math.fsum(value * each.weight for value, each in zip(values, scenarios, strict=True))


def weighted_values(scenarios: Sequence[Scenario]) -> list[WeightedValue]:
    """Return the weighted value of every method.

    Examples
    --------
    >>> [each.method for each in weighted_values(weighted_scenarios())][0]
    'dcf'
    """
    results = run([*scenarios, weighted_scenario(scenarios)])
    weighted = []
    for method, key in scenarios[0].company.presentation.questions.values.items():
        *values, of_drivers = results.values[key][0].tolist()
        of_values = math.fsum(value * each.weight for value, each in zip(values, scenarios, strict=True))
        weighted.append(WeightedValue(method, of_values, of_drivers))
    return weighted
