"""The commands of valuation and of the ledger, as users and scripts meet them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, records, refused
from scenario_files import HEAD, entry, write
from shared import computed

from model.analysis.solve import solve
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL
from model.simulation.run import simulate

if TYPE_CHECKING:
    from pathlib import Path

MINE = (
    'name = "mine"\ntitle = "Mine"\nbase = "base"\nas_of = "2026Q2"\n\n'
    '[drivers.valuation_date]\nunit = "date"\nsource = "x"\nvalue = {}\n'
)


def test_value_prints_every_method_and_what_it_rests_on() -> None:
    printed = records("value")
    found = {(each["scenario"], each["line"]): each["value"] for each in printed}
    for name in ("article", "base", "bull", "bear"):
        for key in computed(name).plan.names["value_per_share"]:
            assert found[name, key] == pytest.approx(computed(name).values[key][0, 0])
    assert found["base", "valuation_date"] == "2026-10-06"
    assert found["base", "price_to_free_cash_flow_trailing"] is None
    assert (
        found["mix of the values", "value_per_share[dcf,mid]"]
        > found["value of the mix", "value_per_share[dcf,mid]"]
    )


def figures_of(*arguments: str) -> dict[tuple[str, str, str], float]:
    """Return the figures that ``value`` gives to programs, by scenario, line and period."""
    found = records("value", *arguments)
    return {(each["scenario"], each["line"], each["period"]): each["value"] for each in found}


def test_the_expected_value_is_the_mean_that_simulate_gives_with_the_same_draws_and_seed() -> None:
    found = figures_of("--scenario", "bull", "--scenario", "base")
    draws, seed = (int(found["bull", f"expected_value_{each}", ALL]) for each in ("draws", "seed"))
    value = simulate("bull", draws=draws, seed=seed, engine="numpy").estimates["value_per_share[dcf,mid]"]
    figures = {
        "": value.mean,
        "_standard_error": value.standard_error,
        "_p5": value.percentiles[5],
        "_p95": value.percentiles[95],
    }
    for name, figure in figures.items():
        assert found["bull", f"expected_value{name}", ALL] == pytest.approx(figure, rel=1e-12)
    assert ("base", "expected_value", ALL) not in found
    assert value.standard_error < 0.5 * value.deviation / draws**0.5, "half that of plain draws"


def test_value_prints_expected_value_base_range_and_price_in_this_order() -> None:
    found, text = figures_of(), amzn_fcf("value").stdout
    mean, error, low, high = (
        f"{found['base', f'expected_value{each}', ALL]:.2f}"
        for each in ("", "_standard_error", "_p5", "_p95")
    )
    own = f"{found['base', 'value_per_share[dcf,mid]', ALL]:.2f}"
    rows = [re.split(" {2,}", line.strip()) for line in text.splitlines()[4:8]]
    assert rows == [
        ["expected: mean of 4,096 draws, seed 1", f"{mean} +/- {error}"],
        ["base, without draws", own],
        ["5% to 95% of the draws", f"{low} to {high}"],
        ["Share price on the valuation date", "256.29"],
    ]
    assert "weighted" not in text
    assert "mix" not in text


def test_years_fade_and_perpetuity_add_up_to_the_enterprise_value() -> None:
    found = figures_of("--scenario", "base", "--scenario", "bear")
    years = [str(year) for year in range(2026, 2036)]
    nopat = ("flow_operating_income", "flow_tax")
    parts = (
        "flow_nopat", "flow_depreciation_amortization", "flow_content_and_leases", "flow_working_capital",
        "flow_deferred_tax", "flow_net_capex", "flow_leased_property",
    )  # fmt: skip
    for name in ("base", "bear"):
        assert {period for scenario, _, period in found if scenario == name} == {ALL, *years}
        for year in years:
            flow, income = (found[name, each, year] for each in ("flow_to_firm", "flow_nopat"))
            assert sum(found[name, each, year] for each in parts) == pytest.approx(flow, rel=1e-9)
            assert sum(found[name, each, year] for each in nopat) == pytest.approx(income, rel=1e-9)
        present = [found[name, "present_value[mid]", year] for year in years]
        present += [found[name, f"fade_present_value[{number}]", ALL] for number in range(1, 11)]
        present.append(found[name, "perpetuity_value[mid]", ALL])
        assert sum(present) == pytest.approx(found[name, "enterprise_value[mid]", ALL], rel=1e-9)
        for number in range(1, 11):
            growth, income = (found[name, f"fade_{each}[{number}]", ALL] for each in ("growth", "income"))
            before = "final_income" if number == 1 else f"fade_income[{number - 1}]"
            start = computed(name).values[before][0, 0]
            assert start * (1 + growth) == pytest.approx(income, rel=1e-9)
            assert (name, f"fade_flow[{number}]", ALL) in found


@pytest.mark.usefixtures("no_uncertainty")
def test_a_company_without_uncertainty_has_values_and_no_expected_one() -> None:
    assert amzn_fcf("value", "--scenario", "base").stdout.startswith("Value per share, USD\n")
    done = amzn_fcf("value", "--scenario", "base", "--format", "csv")
    assert done.returncode == 0
    assert "expected" not in done.stdout


def test_a_scenario_that_the_distributions_do_not_fit_says_so(tmp_path: Path) -> None:
    short = entry("useful_life[servers_and_network]", "yr", "").replace("values = ", "value = 2.0")
    text = amzn_fcf("value", "--scenario", write(tmp_path, HEAD + short)).stdout
    assert text.startswith("mine has no expected value: uncertainty.toml: useful_life[servers_and_network]: ")


def test_value_warns_of_a_heavy_terminal_and_says_how_stock_compensation_is_counted(tmp_path: Path) -> None:
    limit = entry("terminal_share_limit", "ratio", "").replace("values = ", "value = 0.5")
    text = amzn_fcf("value", "--scenario", write(tmp_path, HEAD + limit), "--scenario", "base").stdout
    share = computed("base").values["terminal_share"][0, 0]
    assert f"warning: mine: {share:.2%} of the enterprise value lies after the axis (limit 50.00%)" in text
    assert (f"warning: base: {share:.2%} of the enterprise value" in text) == (share > 0.75)
    assert "Stock compensation is counted once" in text
    assert "weighted" not in text


def test_value_warns_where_the_last_year_invests_less_than_it_depreciates() -> None:
    starved = ("--set", "aws_capex_to_demand@2028+=0.03", "--set", "other_capex_to_sales@2028+=0.01")
    warning = "the last year invests less than it depreciates"
    assert warning in amzn_fcf("value", "--scenario", "base", *starved).stdout
    assert warning not in amzn_fcf("value", "--scenario", "base").stdout


def test_a_figure_without_meaning_is_no_warning() -> None:
    """Losses: no growth is implied by an exit multiple of them."""
    losses = (
        "aws_cash_cost_ratio@2035=0.8",
        *(f"stores_margin[{each}]@2035=-0.1" for each in ("north_america", "international")),
    )
    text = amzn_fcf("value", "--scenario", "base", *(f"--set={each}" for each in losses)).stdout
    assert re.search(r"Growth that the exit multiple implies +rate +not meaningful", text)
    assert "implies growth of" not in text


def test_solve_prints_root_bracket_and_the_value_there() -> None:
    text = amzn_fcf("solve", "wacc", "--price", "234.75", "--scenario", "article").stdout
    root = solve(load_scenario("article"), "wacc", 234.75, "value_per_share[dcf,mid]").value
    assert f"wacc = {root:.2%}: dcf gives 234.75 USD per share (article)" in text
    assert "bracket 7.50% to 8.00%, searched 4.00% to 20.00%" in text
    (record,) = records("solve", "aws_growth", "--price", "226")
    assert record["value_at_root"] == pytest.approx(226)
    assert record["bracket_low"] <= record["root"] <= record["bracket_high"]


def test_solve_takes_the_scenario_s_own_price_and_words_for_drivers() -> None:
    (record,) = csv.DictReader(
        io.StringIO(amzn_fcf("solve", "inflection", "--scenario", "bull", "--format", "csv").stdout)
    )
    assert (record["driver"], float(record["price"])) == ("capex_scale", 256.29)
    assert record["positive_at_root"].startswith("20")


def test_solve_warns_where_the_root_is_no_sound_valuation() -> None:
    """Towards the pole of the perpetuity high prices can be reached, by growth near the discount rate."""
    text = amzn_fcf("solve", "terminal_growth", "--price", "400").stdout
    root = solve(load_scenario("base"), "terminal_growth", 400, "value_per_share[dcf,mid]").value
    assert f"warning: at the root: terminal growth, {root:.2%}, is above the risk-free rate" in text
    assert "warning" not in amzn_fcf("solve", "wacc", "--price", "180").stdout


def test_an_impossible_price_is_one_line_and_status_3() -> None:
    assert "no root in [0.04, 0.2]" in refused("solve", "wacc", "--price", "1000000", status=3)
    assert "caps AWS sales" in refused(
        "solve", "aws_growth", "--price", "600", "--scenario", "article", status=3
    )
    assert "no root" in refused("solve", "wacc", "--price", "-5", status=3)


def test_bad_questions_are_one_line() -> None:
    assert "unknown driver 'wac'" in refused("solve", "wac", "--price", "200")
    assert "unknown method 'dfc'; did you mean dcf?" in refused(
        "solve", "wacc", "--price", "200", "--method", "dfc"
    )
    assert "--price needs a number" in refused("solve", "wacc", "--price", "nan")
    assert "needs a number such as 250 or 0.08, not 'much'" in refused("solve", "wacc", "--price", "much")
    assert "between needs" in refused("solve", "wacc", "--price", "200", "--between", "0.1", "0.05")
    assert "not reported yet" in refused("claims", "--as-of", "2030Q1")
    assert "is not a quarter" in refused("claims", "--as-of", "soon")
    assert "unknown scenario" in refused("value", "--scenario", "bse")


@pytest.mark.parametrize(("as_of", "status"), [("2025Q3", "open"), ("2026Q2", "off_track")])
def test_claims_by_as_of(as_of: str, status: str) -> None:
    rows = list(csv.DictReader(io.StringIO(amzn_fcf("claims", "--as-of", as_of, "--format", "csv").stdout)))
    assert len(rows) >= 16
    assert {row["claim"]: row["status"] for row in rows}["capex-2026"] == status
    assert {row["claim"]: row["status"] for row in rows}["backlog"] == "met"
    assert all(row["reason"] for row in rows)


@pytest.mark.usefixtures("frozen_data")
def test_backtest_gives_every_forecast_to_programs() -> None:
    found = records("backtest")
    assert sum(each["by_model"] for each in found) == 6 * (6 + 5 + 4 + 3)
    first = next(each for each in found if each["by_model"])
    assert (first["as_of"], first["period"], first["ahead"], first["line"]) == (
        "2024Q4",
        "2025Q1",
        1,
        "net_sales",
    )
    assert first["reported"] == 155667


@pytest.mark.parametrize("written", ["2026-09-30", '"2026-09-30"', "46295"])
def test_a_date_in_a_scenario_file(written: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.format(written), encoding="utf-8")
    done = amzn_fcf("show", "valuation_date", "--scenario", "mine.toml", "--format", "csv", cwd=tmp_path)
    assert done.stdout.splitlines()[1] == "figure,valuation_date,all,mine,2026-09-30,date"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('"autumn"', "needs a date such as 2026-10-06"),
        ("1999-01-01", "is outside"),
        ("2026-09-30T10:00:00", "needs a date"),
        ("46295.5", "whole"),
    ],
)
def test_a_bad_date_is_refused(written: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.format(written), encoding="utf-8")
    assert message in refused("value", "--scenario", "mine.toml", cwd=tmp_path)
