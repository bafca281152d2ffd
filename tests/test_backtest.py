"""The back-test: rules recomputed from the data files alone, benchmarks, no look-ahead."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from importlib import resources
from typing import NamedTuple

import pytest

from model.amazon import AMAZON
from model.amazon.forecast_rules import RULES
from model.evidence import claims
from model.evidence.backtest import (
    BENCHMARKS,
    Forecast,
    as_ofs,
    earlier_forecasts,
    forecasts,
    known_then,
    scores,
)
from model.evidence.claims import ledger
from model.language.periods import Quarter
from model.reported import actuals
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs

pytestmark = pytest.mark.usefixtures("frozen_data")

START, LAST = Quarter(2022, 1), Quarter(2026, 2)
PHASING = (0.22, 0.25, 0.26, 0.27)


class Data(NamedTuple):
    """Reported quarters from 2022Q1, and guidance: (as-of, line, period) -> the middle of the range."""

    rows: dict[str, list[float]]
    guided: dict[tuple[Quarter, str, str], float]


@pytest.fixture(scope="module")
def data() -> Data:
    """Read the data files without the model."""

    def table(name: str) -> list[dict[str, str]]:
        text = (resources.files(str(AMAZON.data)) / name).read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    given = {(row["item"], row["period"]): float(row["value"]) for row in table("actuals_quarterly.csv")}
    quarters = [str(START.shifted(each)) for each in range(LAST - START + 1)]

    def row(*items: str) -> list[float]:
        return [sum(given.get((item, quarter), 0.0) for item in items) for quarter in quarters]

    bought, sold = (
        row("purchases_of_property_and_equipment"),
        row("proceeds_from_property_and_equipment_sales_and_incentives"),
    )
    rows = {
        "net_sales": row("net_sales"),
        "aws_sales": row("net_sales_aws"),
        "operating_income": row("operating_income"),
        "before_charges": row(
            "operating_income", "one_offs_north_america", "one_offs_international", "one_offs_aws"
        ),
        "operating_cash_flow": row("operating_cash_flow"),
        "net_capex": [one - other for one, other in zip(bought, sold, strict=True)],
    }
    guided = {}
    for each in table("guidance.csv"):
        ends = [float(each[key]) for key in ("low", "high", "point") if each[key]]
        guided[Quarter.parse(each["as_of"]), each["line"], each["period"]] = sum(ends) / len(ends)
    return Data(rows, guided)


def said(data: Data, as_of: Quarter, line: str, period: str) -> float | None:
    """Return the middle of the last statement by an as-of."""
    known = [key for key in data.guided if key[0] <= as_of and key[1:] == (line, period)]
    return data.guided[max(known)] if known else None


def expected(data: Data, as_of: Quarter) -> dict[str, list[float]]:
    """Return the rules of docs/method.md in plain arithmetic, for the next four quarters."""
    end = as_of - START + 1
    following = str(as_of.shifted(1))
    sales, income = data.rows["net_sales"], data.rows["before_charges"]
    beats, excesses = [], []
    for place in range(end - 8, end):
        before, quarter = START.shifted(place - 1), str(START.shifted(place))
        beats.append(sales[place] / data.guided[before, "net_sales", quarter])
        missed = income[place] - data.guided[before, "operating_income", quarter]
        excesses.append(missed / sales[place])
    first = data.guided[as_of, "net_sales", following] * sum(beats) / 8
    growth = first / sales[end - 4]
    margin = data.guided[as_of, "operating_income", following] / first + sum(excesses) / 8
    change = margin - income[end - 4] / sales[end - 4]
    grown = [sales[end - 4 + each] * growth for each in range(4)]
    margins = [income[end - 4 + each] / sales[end - 4 + each] + change for each in range(4)]
    return {
        "net_sales": grown,
        "operating_income": [one * other for one, other in zip(grown, margins, strict=True)],
        "net_capex": capital(data, as_of)[:4],
    }


def capital(data: Data, as_of: Quarter) -> list[float]:
    """Return the next quarters' spending: half what guidance implies, half the run-rate."""
    end = as_of - START + 1
    row = data.rows["net_capex"]
    pace = (row[end - 1] / row[end - 5]) ** 0.25
    running = [row[end - 1] * pace ** min(each, 4) for each in range(1, 9)]
    year = as_of.shifted(1).year
    budget = said(data, as_of, "net_capex", str(year))
    if budget is None:
        return running
    quarters = [as_of.shifted(each) for each in range(1, 9) if as_of.shifted(each).year <= year + 1]
    left = budget - sum(row[place] for place in range(end) if START.shifted(place).year == year)
    in_year = [each for each in quarters if each.year == year]
    shares = sum(PHASING[each.number - 1] for each in in_year)
    guided = [
        left * PHASING[each.number - 1] / shares
        if each.year == year
        else max(budget * PHASING[each.number - 1], left / len(in_year))
        for each in quarters
    ]
    return [(one + other) / 2 for one, other in zip(guided, running, strict=False)]


def named(made: tuple[Forecast, ...], as_of: Quarter, line: str) -> list[float]:
    return [each.model for each in made if (each.as_of, each.line) == (as_of, line)]


def test_rules_are_those_of_the_documents_in_plain_arithmetic(data: Data) -> None:
    for as_of in as_ofs():
        path, made = expected(data, as_of), named(forecasts(), as_of, "net_sales")
        assert made == pytest.approx(path["net_sales"][: len(made)], rel=1e-9), as_of
        made = named(forecasts(), as_of, "operating_income")
        assert made == pytest.approx(path["operating_income"][: len(made)], rel=1e-9), as_of
        spent = run([known_then(as_of)]).values["net_capex"][as_of - START + 1 :, 0]
        assert spent[:4].tolist() == pytest.approx(path["net_capex"], rel=1e-9), as_of


def test_a_longer_window_holds_what_follows_from_figures_alone(data: Data) -> None:
    found = {str(each.as_of) for each in earlier_forecasts()}
    assert found == {"2023Q4", "2024Q1", "2024Q2", "2024Q3"}, "eight quarters are needed, from 2022Q1"
    for as_of in map(Quarter.parse, found):
        path = expected(data, as_of)
        for line in ("net_sales", "operating_income"):
            made = named(earlier_forecasts(), as_of, line)
            assert made == pytest.approx(path[line], rel=1e-9)
        end, row = as_of - START + 1, data.rows["net_capex"]
        whole = [*row[:end], *path["net_capex"]]
        trailing = [sum(whole[end - 3 + each : end + 1 + each]) for each in range(4)]
        assert named(earlier_forecasts(), as_of, "ttm_net_capex") == pytest.approx(trailing, rel=1e-9)


def test_it_covers_every_as_of_and_only_what_is_reported() -> None:
    assert [str(each) for each in as_ofs()] == ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    found = scores(forecasts(), RULES)
    assert {score.ahead: score.number for score in found} == {1: 6, 2: 5, 3: 4, 4: 3}
    assert len(forecasts()) == 108
    numbers = [value for each in forecasts() for value in (each.model, each.reported)]
    assert all(map(math.isfinite, numbers))


def test_benchmarks_are_plain_arithmetic_on_reported_quarters(data: Data) -> None:
    as_of = Quarter(2025, 2)
    end = as_of - START + 1

    def simple(line: str, each: int) -> tuple[float, float, float]:
        row = data.rows[line]
        now, before = sum(row[end - 4 : end]), sum(row[end - 8 : end - 4])
        last_year = row[end - 5 + each]
        return last_year, last_year + (now - before) / 4, last_year * now / before

    for made in forecasts():
        if made.as_of != as_of:
            continue
        steps = range(1, made.ahead + 1)
        if made.line in data.rows:
            figures: tuple[float, ...] = simple(made.line, made.ahead)
        else:
            cash, spent = data.rows["operating_cash_flow"], data.rows["net_capex"]
            sign = {"ttm_net_capex": (0, 1), "ttm_free_cash_flow": (1, -1)}[made.line]
            known = [sign[0] * one + sign[1] * other for one, other in zip(cash, spent, strict=True)]
            kept = sum(known[end - 4 + made.ahead : end])
            figures = tuple(
                kept
                + sum(
                    sign[0] * simple("operating_cash_flow", each)[kind]
                    + sign[1] * simple("net_capex", each)[kind]
                    for each in steps
                )
                for kind in range(3)
            )
        found = [made.benchmarks[name] for name in BENCHMARKS[:3]]
        assert found == pytest.approx(figures, rel=1e-9), (made.line, made.ahead)


def test_scores_are_means_of_errors() -> None:
    made = [each for each in forecasts() if (each.line, each.ahead) == ("net_sales", 2)]
    errors = [(each.model / each.reported - 1) * 100 for each in made]
    score = next(each for each in scores(made, RULES))
    assert score.model == pytest.approx((sum(errors) / 5, sum(map(abs, errors)) / 5))
    assert score.bias == pytest.approx(sum(errors) / sum(map(abs, errors)))
    worse = replace(score, benchmarks={"no_change": (0.0, score.model[1] * 0.9), "drift": (0.0, math.nan)})
    assert worse.better == ("no_change",)


@pytest.mark.parametrize("as_of", ["2024Q4", "2025Q2", "2025Q4"])
def test_figures_reported_later_change_no_forecast_and_no_claim(
    as_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter = Quarter.parse(as_of)

    def seen() -> tuple[object, ...]:
        for name in ("_believed", "_scenario_where"):
            getattr(claims, name).cache_clear()
        actuals.reported_arrays.cache_clear()
        vars(ledger)["cache_clear"]()
        values = run([known_then(quarter)]).values
        entries = [(each.status, each.reason, each.reported) for each in ledger(quarter)]
        return repr([values[line].tolist() for line in RULES.lines]), repr(entries)

    before = seen()
    true = actuals.load_actuals()
    spoilt = {
        key: replace(figure, value=figure.value * 1.7 + 3)
        if Quarter.parse(figure.period) > quarter
        else figure
        for key, figure in true.quarterly.items()
    }
    monkeypatch.setattr(
        actuals, "load_actuals", lambda _company=None, _as_of=None: replace(true, quarterly=spoilt)
    )
    after = seen()
    monkeypatch.undo()
    assert seen() == before
    assert after == before


def test_rules_use_what_was_reported_last() -> None:
    """Demand grows as in the last quarter reported, to the end of next year, and fades."""
    scenario = known_then(Quarter(2025, 3))
    growth = scenario.table["aws_growth"]
    assert growth["2025"] == growth["2026"] == pytest.approx(33006 / 27452 - 1)
    assert growth["2035"] == scenario.table["terminal_growth"]["all"]
    assert growth["2030"] == pytest.approx((growth["2029"] + growth["2031"]) / 2)
    law = known_then(Quarter(2025, 1)).table["deferral_ratio"]
    assert law["2026"] == 0, "the law of July 2025 was to come"


def test_guidance_is_a_benchmark_for_the_next_quarter_only() -> None:
    found = {(each.line, each.ahead) for each in forecasts() if math.isfinite(each.benchmarks["guidance"])}
    assert found == {("net_sales", 1), ("operating_income", 1)}


def test_the_scenario_that_ships_of_the_rules_is_what_they_give() -> None:
    """``python benchmarks/trend_scenario.py`` writes it, with five decimals, and amounts to the million."""
    shipped, made = load_scenario("trend"), known_then(Quarter.parse(str(LAST)))
    assert (shipped.as_of, shipped.weight) == (LAST, 0.0)
    assert set(shipped.sources) >= set(made.sources)
    for key in driver_specs():
        given, ruled = shipped.ahead(key), made.ahead(key)
        assert given.keys() == ruled.keys(), key
        for period, value in ruled.items():
            assert given[period] == pytest.approx(value, abs=0.5 if value > 10 else 5.1e-6), (key, period)
