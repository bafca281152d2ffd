"""The model for functions in cells, computed once for each scenario and set of overrides."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import NotAvailableError, NotMeaningfulError, UnknownNameError, did_you_mean, shown
from model.language.periods import Period, Quarter
from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios, parts_of
from xlwings_udfs.cells.arguments import Cell, Scalar, text_of
from xlwings_udfs.cells.overrides import FrozenOverrides, overrides_of, thawed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.outputs import Output
    from model.plan.plan import Row
    from model.scenarios.scenario import Scenario

CACHED_MODELS: Final = 64


def scenario_name(value: Cell) -> str:
    """Return the name of a shipped scenario, with overlays joined by +; blank is the base of the company.

    Files cannot be named in cells.
    """
    name = text_of(value, "scenario", companies.default().base)
    first, *overlays = parts_of(name)
    _check_known("scenario", first, builtin_scenarios())
    for each in overlays:
        _check_known("overlay", each, builtin_overlays())
    return "+".join([first, *overlays])


def _check_known(kind: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise UnknownNameError(f"unknown {kind} {shown(name)}{did_you_mean(name, known)}")


def computed(name: str, overrides: FrozenOverrides = ()) -> Results:
    """Return the model computed for a scenario with overrides; cached."""
    return _computed(name, overrides, companies.default())


@lru_cache(maxsize=CACHED_MODELS)
def _computed(name: str, overrides: FrozenOverrides, company: Company) -> Results:
    return run([_scenario(name, overrides, company)])


def scenario(name: str, overrides: FrozenOverrides = ()) -> Scenario:
    """Return a scenario with overrides; cached."""
    return _scenario(name, overrides, companies.default())


@lru_cache(maxsize=CACHED_MODELS)
def _scenario(name: str, overrides: FrozenOverrides, company: Company) -> Scenario:
    return load_scenario(name, company=company).with_overrides(thawed(overrides))


def scenario_of(value: Cell) -> Scenario:
    """Return the scenario for the argument of a cell."""
    return scenario(scenario_name(value))


def model_of(scenario: Cell, overrides: Cell = None) -> Results:
    """Return the model computed for the arguments of a cell."""
    return computed(scenario_name(scenario), overrides_of(overrides))


def current_year(results: Results) -> Period:
    """Return the fiscal year of the first quarter that is not reported yet."""
    return Period("annual", results.plan.axis.as_of.shifted(1).year)


def figure(results: Results, key: str, period: Period) -> float:
    """Return a figure of the model; no figure for the period, or none that has a meaning, is an error."""
    if results.plan.row(key).timed:
        return results.value(key, period)
    found = float(results.values[key][0, 0])
    if math.isfinite(found):
        return found
    if results.plan.row(key).unit == "quarter":
        raise NotAvailableError(f"{key} does not happen by {results.plan.axis.last}")
    raise NotMeaningfulError(f"{key} has no meaning in {results.scenarios[0].name}")


def in_cell(value: float, line: Row | Output) -> Scalar:
    """Return a figure as a cell shows it: quarters as text, everything else as a number."""
    return str(Quarter.from_code(value)) if line.unit == "quarter" else value
