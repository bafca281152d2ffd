"""The back-test: what it gives is what an independent calibration of the same rules gave, and its benchmarks are what they say."""

from __future__ import annotations

import math

import pytest

from model.axis import Period, Quarter
from model.backtest import as_ofs, forecasts, known_then, scores
from model.results import run

CALIBRATION = {
    "net_sales": (("-1.8", "2.6"), ("-3.3", "3.3"), ("-4.1", "4.1"), ("-5.0", "5.0")),
    "aws_sales": (("-2.3", "2.9"), ("-4.5", "5.0"), ("-6.8", "6.8"), ("-9.0", "9.0")),
    "operating_income": (("-1.7", "2.3"), ("-2.1", "2.8"), ("-2.2", "3.6"), ("-3.3", "3.3")),
    "ttm_net_capex": (("-3.1", "3.3"), ("-11.4", "11.4"), ("-28.5", "28.5"), ("-42.6", "42.6")),
    "aws_depreciation": (("-1.4", "3.1"), ("-2.8", "4.2"), ("-7.5", "7.5"), ("-11.0", "11.0")),
}
"""Mean and mean absolute error, 1 to 4 quarters ahead; per cent, or USD bn; the rules leave small choices open (0.13)."""


@pytest.mark.parametrize("line", CALIBRATION)
def test_errors_are_those_of_the_calibration(line: str) -> None:
    scale = 1000 if line in {"operating_income", "ttm_net_capex"} else 1
    for score, expected in zip([each for each in scores() if each.line == line], CALIBRATION[line], strict=True):
        assert [error / scale for error in score.model] == pytest.approx([float(each) for each in expected], abs=0.13)


def test_it_covers_every_as_of_and_only_what_is_reported() -> None:
    assert [str(each) for each in as_ofs()] == ["2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    assert {score.ahead: score.number for score in scores()} == {1: 6, 2: 5, 3: 4, 4: 3}
    assert all(math.isfinite(each.reported) and math.isfinite(each.model) and math.isfinite(each.naive) for each in forecasts())


def test_the_naive_benchmark_is_the_same_quarter_of_the_year_before_at_the_trailing_rate() -> None:
    sales = run([known_then(Quarter.parse("2026Q2"))])

    def of(quarter: Quarter) -> float:
        return sales.value("net_sales", Period("quarterly", quarter.year, quarter.number))

    as_of = Quarter.parse("2025Q2")
    rate = sum(of(as_of.shifted(-n)) for n in range(4)) / sum(of(as_of.shifted(-n)) for n in range(4, 8))
    for ahead in (1, 2, 3, 4):
        found = next(each for each in forecasts() if each.as_of == as_of and each.ahead == ahead and each.line == "net_sales")
        assert found.naive == pytest.approx(of(as_of.shifted(ahead - 4)) * rate)
        assert found.reported == of(as_of.shifted(ahead))


def test_a_forecast_uses_nothing_reported_after_its_as_of() -> None:
    """Guidance of capital expenditure is the one then known; demand grows as in the last quarter reported."""
    scenario = known_then(Quarter.parse("2025Q3"))
    assert scenario.table["capex_budget"]["2025"] == 125_000
    assert scenario.table["capex_budget"]["2026"] == 0, "no figure for 2026 was known"
    results = run([scenario])
    growth = results.value("aws_sales", Period.parse("2025Q3")) / results.value("aws_sales", Period.parse("2024Q3")) - 1
    assert scenario.table["aws_growth"]["2026"] == pytest.approx(growth)
    assert known_then(Quarter.parse("2024Q4")).table["capex_budget"]["2025"] == 100_000


def test_guidance_is_a_benchmark_for_the_next_quarter_only() -> None:
    found = {(each.line, each.ahead) for each in forecasts() if math.isfinite(each.guidance)}
    assert found == {("net_sales", 1), ("operating_income", 1)}
