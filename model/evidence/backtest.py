"""Back-test: forecasts from the information at each as-of, simple benchmarks, and the reported outcomes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from model import companies
from model.errors import InputError
from model.history import History, Known
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.reported.guidance import guidance_at
from model.results import Results, run
from model.scenarios.drivers import default_values, driver_specs
from model.scenarios.overlay import Origin
from model.scenarios.scenario import Scenario
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.company import Company
    from model.history import ForecastRules, Overrides, Rows
    from model.scenarios.spec import DriverSpec

    Row = NDArray[np.float64]


AHEAD: Final = (1, 2, 3, 4)
BENCHMARKS: Final = ("no_change", "drift", "trailing_rate", "guidance")
"""Simple forecasts; for a trailing sum each is that of the quarters in it.

The same quarter of the year before; that, and the mean change of the last four quarters on the year; that,
grown at their rate; and the middle of the company's range for the next quarter.
"""
_LEAST_HISTORY: Final = 8
"""Quarters that growth on the year before takes, over four quarters."""


@dataclass(frozen=True)
class Forecast:
    """One line in one quarter from an as-of: by the model, by benchmarks (NaN: none), and reported."""

    as_of: Quarter
    quarter: Quarter
    ahead: int
    line: str
    model: float
    benchmarks: Mapping[str, float]
    reported: float


@dataclass(frozen=True)
class Score:
    """Mean and mean absolute errors of one line at one distance: of the model, and of each benchmark.

    In per cent of what was reported or in USD m. ``bias``: mean to mean absolute error of the model; 1 or -1:
    every error lies on one side.
    """

    line: str
    ahead: int
    number: int
    model: tuple[float, float]
    benchmarks: Mapping[str, tuple[float, float]]

    @property
    def bias(self) -> float:
        """Mean error to mean absolute error of the model."""
        mean, absolute = self.model
        return mean / absolute if absolute else 0.0

    @property
    def better(self) -> tuple[str, ...]:
        """The benchmarks with a smaller mean absolute error than the model."""
        return tuple(name for name, (_, absolute) in self.benchmarks.items() if absolute < self.model[1])


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
    start = results.plan.axis.forecast_start

    def with_rules(overrides: Overrides) -> Scenario:
        allowed = {key: _clipped(specs[key], given) for key, given in overrides.items()}
        return replace(plain, table=plain.with_overrides(allowed).table)

    def forecast(overrides: Overrides) -> Rows:
        values = run([with_rules(overrides)]).values
        return lambda line: values[line][start:, 0]

    past = history_at(as_of, results)
    known = Known(**vars(past), last_year=chosen.last.year, forecast=forecast)
    rules = rules_of(chosen)
    overrides = rules.rules(known)
    sources = {key: Origin("F", rules.sources.get(key.partition("[")[0], "")) for key in overrides}
    return replace(with_rules(overrides), sources=sources)


def _clipped(spec: DriverSpec, given: Mapping[str, float] | float) -> Mapping[str, float] | float:
    """Return what rules give, in the range of the driver."""
    if isinstance(given, Mapping):
        return {period: spec.clipped(value) for period, value in given.items()}
    return spec.clipped(given)


def history_at(as_of: Quarter, results: Results) -> History:
    """Return what was known at an as-of, from results that hold it, and perhaps quarters reported later."""
    scenario, axis = results.scenarios[0], results.plan.axis
    company, stop = scenario.company, axis.position(as_of) + 1

    def guided(line: str, period: Period) -> float | None:
        said = guidance_at(company, as_of, line, period)
        return None if said is None else said.middle

    def assumed(key: str, year: int) -> float:
        values = scenario.table[key]
        return values.get(ALL, values.get(str(year), 0.0))

    return History(as_of, company.first, lambda line: results.values[line][:stop, 0], guided, assumed)


@companies.cached
def forecasts(company: Company | None = None) -> tuple[Forecast, ...]:
    """Return all forecasts with reported outcomes: of every line, one to four quarters ahead."""
    company = company or companies.default()
    rules, reported = rules_of(company), reported_results(company)
    made: list[Forecast] = []
    for as_of in as_ofs(company):
        values = run([known_then(as_of, company)]).values
        made += _outcomes(as_of, {line: values[line][:, 0] for line in rules.lines}, reported)
    return tuple(made)


@companies.cached
def earlier_forecasts(company: Company | None = None) -> tuple[Forecast, ...]:
    """Return forecasts from as-ofs before those of the model, of the lines that follow from figures alone.

    The model needs quarters before its as-of that the data do not hold; paths of the rules
    (:class:`model.history.ForecastRules`) need fewer.
    """
    company = company or companies.default()
    rules, reported = rules_of(company), reported_results(company)
    first = company.first.shifted(_LEAST_HISTORY - 1)
    made: list[Forecast] = []
    for as_of in (first.shifted(each) for each in range(company.earliest_as_of - first)):
        start = as_of.shifted(1) - company.first
        paths = rules.paths(history_at(as_of, reported))
        rows = {line: _continued(reported, line, start, path) for line, path in paths.items()}
        for line, parts in rules.parts.items():
            if set(parts) <= set(rows):
                rows[line] = _trailing(rows, parts)
        made += _outcomes(as_of, {line: rows[line] for line in rules.lines if line in rows}, reported)
    return tuple(made)


def reported_results(company: Company) -> Results:
    """Return results that hold every figure reported so far."""
    return run([known_then(load_actuals(company).latest, company)])


def _outcomes(as_of: Quarter, rows: Mapping[str, Row], reported: Results) -> list[Forecast]:
    """Return the forecasts of some rows, with their benchmarks and what was reported since."""
    axis, company = reported.plan.axis, reported.scenarios[0].company
    simple = {name: _simple(reported, as_of, name) for name in BENCHMARKS[:-1]}
    made = []
    for ahead, line in product(AHEAD, rows):
        quarter = as_of.shifted(ahead)
        if quarter > axis.as_of:
            break
        said = guidance_at(company, as_of, line, Period.of(quarter))
        place = axis.position(quarter)
        benchmarks = {name: float(simple[name][line][place]) for name in simple}
        benchmarks["guidance"] = math.nan if said is None else said.middle
        outcome = float(reported.values[line][place, 0])
        made.append(Forecast(as_of, quarter, ahead, line, float(rows[line][place]), benchmarks, outcome))
    return made


def _simple(reported: Results, as_of: Quarter, name: str) -> dict[str, Row]:
    """Return the forecasts of one benchmark: see :data:`BENCHMARKS`."""
    rules = rules_of(reported.scenarios[0].company)
    start = reported.plan.axis.position(as_of) + 1

    def extended(line: str) -> Row:
        row = reported.values[line][:, 0]
        last, before = row[start - 4 : start], row[start - 8 : start - 4]
        following = {
            "no_change": last,
            "drift": last + (last - before).mean(),
            "trailing_rate": last * last.sum() / before.sum(),
        }
        return _continued(reported, line, start, following[name])

    parts = {part for line in rules.lines for part in rules.parts.get(line, (line,))}
    rows = {part: extended(part) for part in parts}
    return rows | {line: _trailing(rows, parts) for line, parts in rules.parts.items()}


def _continued(reported: Results, line: str, start: int, path: Row) -> Row:
    """Return a line as reported before a quarter, then a path, then nothing."""
    row = reported.values[line][:, 0].copy()
    row[start:] = np.nan
    row[start : start + len(path)] = path
    return row


def _trailing(rows: Mapping[str, Row], parts: Sequence[str]) -> Row:
    """Return the sum over four quarters of the first row less the others."""
    first, *others = (rows[part] for part in parts)
    row = first - np.sum(others, axis=0) if others else first
    sums = np.full_like(row, np.nan)
    sums[3:] = np.convolve(row, np.ones(4), "valid")
    return sums


def scores(made: Sequence[Forecast], rules: ForecastRules) -> list[Score]:
    """Return mean and mean absolute errors by line and distance, in per cent or USD m."""
    found = []
    for line, ahead in product(rules.lines, AHEAD):
        chosen = [each for each in made if each.line == line and each.ahead == ahead]
        if chosen:
            outcomes = np.array([each.reported for each in chosen])
            scale = outcomes / 100 if line in rules.in_percent else np.ones(len(chosen))
            errors = (np.array([each.model for each in chosen]) - outcomes) / scale
            benchmarks = {
                name: _means((np.array([each.benchmarks[name] for each in chosen]) - outcomes) / scale)
                for name in BENCHMARKS
            }
            found.append(Score(line, ahead, len(chosen), _means(errors), benchmarks))
    return found


def _means(errors: Row) -> tuple[float, float]:
    """Return the mean and the mean absolute error."""
    return float(np.mean(errors)), float(np.mean(np.abs(errors)))
