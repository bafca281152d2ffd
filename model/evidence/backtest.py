"""Back-test: forecasts from the information at each as-of, two benchmarks, and the reported outcomes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.company import Company, ForecastRules, History
from model.errors import InputError
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.reported.guidance import guidance_at
from model.results import Results, run
from model.scenarios.drivers import default_values, driver_specs
from model.scenarios.scenario import Note, Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray


AHEAD: Final = (1, 2, 3, 4)


@dataclass(frozen=True)
class Forecast:
    """One line in one quarter from an as-of: the model's, two benchmarks (NaN: none), and the outcome."""

    as_of: Quarter
    quarter: Quarter
    ahead: int
    line: str
    model: float
    naive: float
    guidance: float
    reported: float


@dataclass(frozen=True)
class Score:
    """Mean and mean absolute errors of one line at one distance: of the model, naive forecasts, guidance."""

    line: str
    ahead: int
    number: int
    model: tuple[float, float]
    naive: tuple[float, float]
    guidance: tuple[float, float]


def rules_of(company: Company) -> ForecastRules:
    """Return the rules of a company's back-test; a company without rules is an :class:`InputError`."""
    if company.forecast is None:
        raise InputError(f"{company.title} has no forecast rules: it cannot be back-tested")
    return company.forecast


def as_ofs(company: Company | None = None) -> list[Quarter]:
    """Return every as-of that can be tested, up to the last but one reported quarter."""
    chosen = company or companies.default()
    first, latest = chosen.earliest_as_of, load_actuals(chosen).latest
    return [first.shifted(each) for each in range(latest - first)]


def known_then(as_of: Quarter, company: Company | None = None) -> Scenario:
    """Return the forecast by rules alone from the figures and the guidance known at an as-of."""
    chosen = company or companies.default()
    specs = driver_specs(chosen)
    table = {key: default_values(spec, as_of) for key, spec in specs.items()}
    title = "Rules applied to what was known"
    plain = Scenario(f"known at {as_of}", title, as_of, 0.0, table, company=chosen)
    results = run([plain])

    def reported(line: str) -> NDArray[np.float64]:
        return results.values[line][: results.plan.axis.forecast_start, 0]

    def guided(line: str, year: int) -> float | None:
        said = guidance_at(chosen, as_of, line, Period("annual", year))
        return None if said is None else said.middle

    overrides = dict(rules_of(chosen).rules(History(as_of, reported, guided)))
    for key, given in overrides.items():
        if not isinstance(given, Mapping):
            overrides[key] = specs[key].clipped(given)
    sources = {key: Note("F", "rule") for key in overrides}
    return replace(plain, table=plain.with_overrides(overrides).table, sources=sources)


@companies.cached
def forecasts(company: Company | None = None) -> tuple[Forecast, ...]:
    """Return all forecasts with reported outcomes: of every line, one to four quarters ahead."""
    company = company or companies.default()
    latest = load_actuals(company).latest
    reported = run([known_then(latest, company)])
    made: list[Forecast] = []
    for as_of in as_ofs(company):
        results = run([known_then(as_of, company)])
        naive = _naive(reported, as_of, rules_of(company))
        for ahead in AHEAD:
            quarter = as_of.shifted(ahead)
            if quarter > latest:
                break
            made.extend(_forecasts_of(quarter, results, reported, naive))
    return tuple(made)


def _forecasts_of(
    quarter: Quarter, results: Results, reported: Results, naive: Mapping[str, NDArray[np.float64]]
) -> list[Forecast]:
    company, as_of = results.scenarios[0].company, results.plan.axis.as_of
    column, period = results.plan.axis.position(quarter), Period("quarterly", quarter.year, quarter.number)
    made = []
    for line in rules_of(company).lines:
        said = guidance_at(company, as_of, line, period)
        guided = math.nan if said is None else said.middle
        model, outcome = (float(each.values[line][column, 0]) for each in (results, reported))
        benchmark = float(naive[line][column])
        made.append(Forecast(as_of, quarter, quarter - as_of, line, model, benchmark, guided, outcome))
    return made


def _naive(reported: Results, as_of: Quarter, rules: ForecastRules) -> dict[str, NDArray[np.float64]]:
    """Return the naive forecast: the quarter a year ago, grown at the rate of the last four quarters."""
    start = reported.plan.axis.position(as_of) + 1

    def extended(line: str) -> NDArray[np.float64]:
        row = reported.values[line][:, 0].copy()
        row[start:] = np.nan
        rate = row[start - 4 : start].sum() / row[start - 8 : start - 4].sum()
        row[start : start + 4] = row[start - 4 : start] * rate
        return row

    def trailing(parts: tuple[str, ...]) -> NDArray[np.float64]:
        first, *others = map(extended, parts)
        row = first - sum(others) if others else first
        sums = np.full_like(row, np.nan)
        sums[3:] = np.convolve(row, np.ones(4), "valid")
        return sums

    simple = {line: extended(line) for line in rules.lines if line not in rules.parts}
    return simple | {line: trailing(parts) for line, parts in rules.parts.items()}


def scores(company: Company | None = None) -> list[Score]:
    """Return mean and mean absolute errors by line and distance, in per cent or USD m."""
    rules = rules_of(company or companies.default())
    found = []
    for line, ahead in product(rules.lines, AHEAD):
        chosen = [each for each in forecasts(company) if each.line == line and each.ahead == ahead]
        if chosen:
            percent = line in rules.in_percent
            errors = [_errors(chosen, each, percent=percent) for each in ("model", "naive", "guidance")]
            found.append(Score(line, ahead, len(chosen), *errors))
    return found


def _errors(chosen: Sequence[Forecast], source: str, *, percent: bool) -> tuple[float, float]:
    errors = np.array([getattr(each, source) - each.reported for each in chosen])
    if percent:
        errors = errors / np.array([each.reported for each in chosen]) * 100
    return float(np.mean(errors)), float(np.mean(np.abs(errors)))
