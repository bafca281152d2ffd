"""Bands of simulations at earlier as-ofs against what was reported, and widths against errors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from commands import amzn_fcf, records, refused

from model.amazon.forecast_rules import RULES
from model.evidence.backtest import Forecast, as_ofs, forecasts, known_then, reported_results
from model.evidence.coverage import Outcome, coverage, outcomes
from model.evidence.widths import driver_errors, measured_widths, shipped_widths, with_widths
from model.language.periods import Quarter
from model.results import run
from model.simulation.files import load_uncertainty

pytestmark = pytest.mark.usefixtures("frozen_data")


def test_widths_that_ship_are_those_measured() -> None:
    shipped = shipped_widths(load_uncertainty())
    measured = measured_widths(driver_errors())
    assert measured.keys() == RULES.widths.keys()
    assert {move: shipped[move] for move in measured} == measured


def test_a_width_is_the_root_of_the_mean_square_of_plain_differences() -> None:
    from model import companies  # noqa: PLC0415

    reported = reported_results(companies.default()).values
    squares: dict[str, list[float]] = {"aws": [], "capex": [], "timing": []}
    for as_of in as_ofs():
        values, start = run([known_then(as_of)]).values, as_of - Quarter(2022, 1) + 1
        extra = 0.0
        for place in range(start, min(start + 4, 18)):
            is_next = place // 4 > start // 4
            cash = [table["working_capital"][place, 0] + table["other_operating"][place, 0]
                    for table in (reported, values)]  # fmt: skip
            extra += cash[0]
            forecast = sum(values["working_capital"][start : place + 1, 0])
            level = extra / reported["net_sales"][place, 0] - forecast / values["net_sales"][place, 0]
            squares["timing"].append(level**2)
            if is_next:
                quotient = reported["net_capex"][place, 0] / values["net_capex"][place, 0]
                squares["capex"].append(math.log(quotient) ** 2)
                grown = [table["aws_sales"][place, 0] / table["aws_sales"][place - 4, 0]
                         for table in (reported, values)]  # fmt: skip
                squares["aws"].append((grown[0] - grown[1]) ** 2)
    found = measured_widths(driver_errors())
    for key, move in (("aws", "aws_growth"), ("capex", "capex"), ("timing", "working_capital_timing")):
        plain = math.sqrt(sum(squares[key]) / len(squares[key]))
        assert found[move] == pytest.approx(plain, rel=0.05), "two digits"
    assert len(squares["capex"]) == 5


def test_leaving_out_an_as_of_leaves_out_its_errors_only() -> None:
    errors = driver_errors()
    spoilt = [replace(each, error=9.9) if each.as_of == Quarter(2025, 1) else each for each in errors]
    assert measured_widths(spoilt, without=Quarter(2025, 1)) == measured_widths(
        errors, without=Quarter(2025, 1)
    )
    assert measured_widths(spoilt) != measured_widths(errors)


def test_other_widths_change_nothing_else() -> None:
    shipped = load_uncertainty()
    wider = with_widths(shipped, {"capex": 0.5, "aws_growth": 0.2})
    for one, other in zip(shipped.moves, wider.moves, strict=True):
        changed = {"capex": (0.986, 0.5), "aws_growth": (0, 0.2)}
        assert other.distribution.parameters == changed.get(one.name, one.distribution.parameters)
        assert (one.name, one.path) == (other.name, other.path)


def of(reported: float, percentiles: dict[int, float]) -> Outcome:
    forecast = Forecast(Quarter(2025, 1), Quarter(2025, 2), 1, "net_sales", 1.0, {}, reported)
    return Outcome(forecast, percentiles, percentiles)


def test_pinball_loss_and_bands_by_hand() -> None:
    own = {5: 10.0, 10: 12.0, 25: 14.0, 50: 20.0, 75: 26.0, 90: 28.0, 95: 30.0}
    losses = [0.05 * 15, 0.1 * 13, 0.25 * 11, 0.5 * 5, 0.25 * 1, 0.1 * 3, 0.05 * 5]
    found = of(25.0, own)
    assert found.loss() == pytest.approx(sum(losses) / 7)
    assert [found.inside(band) for band in (50, 80, 90)] == [True, True, True]
    assert [of(27.0, own).inside(band) for band in (50, 80, 90)] == [False, True, True]
    assert [of(29.0, own).inside(band) for band in (50, 80, 90)] == [False, False, True]
    assert [of(9.9, own).inside(band) for band in (50, 80, 90)] == [False, False, False]


@pytest.mark.parametrize("left_out", [False, True])
def test_bands_hold_about_what_they_say(left_out: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Bounds set before the widths were measured: 80 to 106 of 108 at 90%, 35 to 75% at 50%."""
    found = outcomes(left_out=left_out)
    assert len(found) == len(forecasts()) == 108
    assert 80 <= sum(each.inside(90) for each in found) <= 106
    assert 0.35 <= sum(each.inside(50) for each in found) / 108 <= 0.75
    whole = [each for each in coverage(found) if not each.ahead]
    assert len(whole) == 6
    for each in whole:
        assert each.inside[90] >= 0.6 * each.number, each.line
        assert each.inside[50] <= each.inside[80] <= each.inside[90]


def test_the_naive_distribution_is_normal_around_the_trailing_rate() -> None:
    chosen = [each for each in outcomes() if (each.forecast.line, each.forecast.ahead) == ("net_sales", 1)]
    errors = [each.forecast.benchmarks["trailing_rate"] - each.forecast.reported for each in chosen]
    spread = float(np.sqrt(np.mean(np.square(errors))))
    first = chosen[0]
    assert first.naive[50] == pytest.approx(first.forecast.benchmarks["trailing_rate"])
    assert first.naive[95] - first.naive[50] == pytest.approx(1.6449 * spread, rel=1e-4)


def test_the_record_beside_probabilities_is_what_the_bands_held() -> None:
    held = {
        (band, left_out): sum(each.inside(band) for each in outcomes(left_out=left_out))
        for band in (50, 80, 90)
        for left_out in (False, True)
    }
    hindsight, honest = ([held[band, left_out] for band in (90, 80, 50)] for left_out in (False, True))
    sentence = (
        "In the back-test bands of 90% held {} of 108 outcomes, of 80% {}, of 50% {}, with hindsight; "
        "{}, {} and {} with widths set without the forecasts of the as-of itself"
    )
    assert load_uncertainty().record == sentence.format(*hindsight, *honest)


def test_windows_that_overlap_are_not_counted_as_independent() -> None:
    found = {each.ahead: (each.number, each.independent) for each in coverage(outcomes())[:5]}
    assert found == {1: (6, 6), 2: (5, 3), 3: (4, 2), 4: (3, 1), 0: (18, 6)}


def test_the_commands_print_counts_widths_and_records() -> None:
    text = amzn_fcf("backtest", "--coverage").stdout
    inside = sum(each.inside(90) for each in outcomes())
    assert f"90% bands hold {inside} of 108" in text
    assert "hindsight" in text
    assert {each["move"] for each in records("backtest", "--widths")} == set(RULES.widths)
    assert {each["kind"] for each in records("backtest", "--coverage")} == {"outcome"}
    assert "give one of them" in refused("backtest", "--coverage", "--widths")
