"""Scenarios computed together equal each alone; years and trailing twelve months follow from quarters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from second_company import BAKERY
from shared import computed, family

from model.errors import InputError, PeriodError, UnknownNameError
from model.language.periods import Period, Quarter
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL


def test_a_batch_equals_its_scenarios_one_by_one() -> None:
    _, together = family("2026Q2")
    for draw, scenario in enumerate(together.scenarios):
        alone = run([scenario])
        for key in together.plan.lines:
            np.testing.assert_array_equal(together.values[key][:, draw], alone.values[key][:, 0], err_msg=key)


def test_years_and_trailing_years_follow_from_quarters() -> None:
    results = computed("base")
    sales = results.values["net_sales"][:, 0]
    assert results.value("net_sales", Period.parse("2027")) == pytest.approx(sales[20:24].sum())
    assert results.value("net_sales", Period.parse("TTM 2027Q2")) == pytest.approx(sales[18:22].sum())
    assert results.value("cash", Period.parse("2027")) == results.values["cash"][23, 0]
    margin = results.value("aws_operating_income", Period.parse("2027")) / results.value(
        "aws_sales", Period.parse("2027")
    )
    assert results.value("aws_margin", Period.parse("2027")) == pytest.approx(margin)
    growth = (
        results.value("net_sales", Period.parse("2027")) / results.value("net_sales", Period.parse("2026"))
        - 1
    )
    assert results.value("net_sales_growth", Period.parse("2027")) == pytest.approx(growth)
    assert results.value("net_sales_growth", Period.parse("TTM 2027Q4")) == pytest.approx(growth)


def test_a_year_at_its_end_is_the_trailing_year() -> None:
    results = computed("bull")
    for line in ("free_cash_flow", "operating_margin", "cash", "aws_sales_growth", "backlog"):
        for year in range(2024, 2036):
            annual, trailing = (
                results.value(line, Period.parse(text)) for text in (str(year), f"TTM {year}Q4")
            )
            assert annual == pytest.approx(trailing), (line, year)


def test_the_bridge_of_the_aws_margin_adds_up_in_quarters_years_and_trailing_years() -> None:
    results = computed("base+price_war")
    parts = ("silicon", "cost", "depreciation", "price", "one_offs")
    for frequency in ("quarterly", "annual", "ttm"):
        total = sum(results.series(f"aws_margin_change_{part}", frequency) for part in parts)
        np.testing.assert_allclose(total, results.series("aws_margin_change", frequency), atol=1e-12)
    assert results.value("aws_margin_change_price", Period.parse("2027")) < -0.02


def test_what_is_asked_for_must_exist() -> None:
    results = computed("base")
    with pytest.raises(UnknownNameError, match="unknown line 'free_cash'; did you mean free_cash_flow"):
        results.series("free_cash")
    with pytest.raises(
        UnknownNameError, match=r"'stores_sales' has members: choose one of stores_sales\[north_america\]"
    ):
        results.series("stores_sales")
    with pytest.raises(PeriodError, match="has no annual figure: ask for quarters"):
        results.series("aws_capacity_use", "annual")
    with pytest.raises(PeriodError, match="2036 is outside the axis"):
        results.value("net_sales", Period.parse("2036"))
    with pytest.raises(PeriodError, match="net_sales_growth has no figure for 2022"):
        results.value("net_sales_growth", Period.parse("2022"))


def test_tables_are_pandas_with_one_row_a_period() -> None:
    table = computed("base").table(["net_sales", "turn"], "annual")
    assert list(table.index[:2]) == ["2022", "2023"]
    assert table.loc["2025", "net_sales"] == 716924
    assert set(table["turn"]) == {20272.0}


# The inflection, computed again in plain Python from its definition


def inflection(series: list[float], first: int) -> dict[str, int | None]:
    """Return positions of the events on a series of TTM free cash flow, looked at from ``first``."""
    known = range(3, len(series))
    window = [t for t in known if t >= first]
    trough = min(window, key=lambda t: series[t])
    pairs = [t for t in known if t + 1 < len(series)]
    peak = max(series[t] for t in window if t <= trough)
    return {
        "trough": trough,
        "turn": next(
            (t for t in pairs if t > trough and series[t] > series[t - 1] and series[t + 1] > series[t]), None
        ),
        "positive": next((t for t in pairs if t >= trough and series[t] > 0 and series[t + 1] > 0), None),
        "recross": next((t for t in known if t > trough and series[t] > peak), None),
    }


MEASURES = ("", "_after_leases", "_after_equipment_leases", "_gross_capex", "_after_stock_compensation")


@settings(max_examples=25, deadline=None)
@given(
    measure=st.integers(1, 5),
    scale=st.floats(0.25, 4),
    growth=st.floats(-0.2, 0.8),
    first=st.sampled_from(["2022Q4", "2024Q1", "2027Q3", "2030Q1"]),
)
def test_inflection_events_follow_their_definition(
    measure: int, scale: float, growth: float, first: str
) -> None:
    overrides: dict[str, dict[str, float] | float] = {
        "inflection_measure": {ALL: float(measure)},
        "inflection_from": {ALL: float(Quarter.parse(first).code)},
        "capex_scale": scale, "aws_growth": growth,
    }  # fmt: skip
    results = run([load_scenario("base").with_overrides(overrides)])
    axis = results.plan.axis
    series = results.values[f"ttm_free_cash_flow{MEASURES[measure - 1]}"][:, 0].tolist()
    for event, position in inflection(series, axis.position(Quarter.parse(first))).items():
        found = results.values[event][0, 0]
        if position is None:
            assert math.isnan(found), event
        else:
            assert found == axis.quarters[position].code, event


def test_the_article_never_saw_negative_free_cash_flow_and_base_does() -> None:
    assert computed("article").values["trough_amount"][0, 0] > 0
    assert computed("article").values["positive"] == computed("article").values["trough"]
    assert computed("base").values["trough_amount"][0, 0] < 0


def test_results_and_scenarios_introduce_themselves_in_one_line() -> None:
    assert repr(computed("base")).startswith("<Results of base, as of 2026Q2: ")
    assert repr(load_scenario("bear")) == "<Scenario bear, as of 2026Q2: Demand fades after the build-out>"


def test_a_table_of_another_scenario_shows_what_all_scenarios_share() -> None:
    results = run([load_scenario("base"), load_scenario("bull")])
    shared = results.table(["tax_rate", "free_cash_flow"], scenario=1)
    assert shared.loc["2030", "tax_rate"] == results.value("tax_rate", Period.parse("2030"), 1)
    assert shared.loc["2030", "free_cash_flow"] == results.value("free_cash_flow", Period.parse("2030"), 1)
    twice = run([load_scenario("base"), load_scenario("base")])
    assert twice.table(["tax_rate"], "quarterly", 1).notna().to_numpy().all()


def test_scenarios_of_two_companies_are_refused() -> None:
    other = load_scenario("base", company=BAKERY)
    with pytest.raises(InputError, match=r"of different companies .*\(amazon\), base \(bakery\)"):
        run([load_scenario("base"), other])


def test_an_unknown_frequency_is_refused() -> None:
    with pytest.raises(PeriodError, match="unknown frequency 'yearly'; did you mean annual"):
        computed("base").series("net_sales", "yearly")  # type: ignore[arg-type]  # as a user may write
