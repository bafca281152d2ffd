"""Reported quarters hold the published figures, whatever the as-of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shared import AS_OFS, computed

from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs

if TYPE_CHECKING:
    from model.language.periods import Quarter

FILED = {
    "net_sales": "net_sales",
    "aws_sales": "net_sales_aws",
    "north_america_sales": "net_sales_north_america",
    "international_sales": "net_sales_international",
    "advertising_sales": "net_sales_advertising_services",
    "operating_income": "operating_income",
    "aws_operating_income": "operating_income_aws",
    "north_america_operating_income": "operating_income_north_america",
    "international_operating_income": "operating_income_international",
    "interest_income": "interest_income",
    "interest_expense": "interest_expense",
    "pretax_income": "pretax_income",
    "tax": "income_tax_provision",
    "net_income": "net_income",
    "depreciation_amortization": "depreciation_amortization",
    "stock_compensation": "stock_based_compensation",
    "operating_cash_flow": "operating_cash_flow",
    "capex": "purchases_of_property_and_equipment",
    "proceeds": "proceeds_from_property_and_equipment_sales_and_incentives",
    "free_cash_flow": "free_cash_flow",
    "finance_leases": "finance_lease_liabilities",
    "backlog": "remaining_performance_obligations",
}
"""Lines and the items of the filings that they must equal, quarter by quarter."""

FILED_TTM = {
    "operating_cash_flow": "operating_cash_flow_ttm",
    "depreciation_amortization": "depreciation_amortization_ttm",
    "stock_compensation": "stock_based_compensation_ttm",
    "capex": "purchases_of_property_and_equipment_ttm",
    "proceeds": "proceeds_from_property_and_equipment_sales_and_incentives_ttm",
    "net_capex": "purchases_net_of_proceeds_ttm",
    "free_cash_flow": "free_cash_flow_ttm",
    "free_cash_flow_after_leases": "free_cash_flow_less_principal_repayments_ttm",
}
"""Lines and the trailing-twelve-month figures that the company published."""

MEASURES = {
    "free_cash_flow_after_leases": {
        "free_cash_flow": 1, "principal_repayments_of_finance_leases": -1,
        "principal_repayments_of_financing_obligations": -1,
    },
    "free_cash_flow_after_equipment_leases": {
        "free_cash_flow": 1, "property_acquired_under_finance_leases": -1,
        "principal_repayments_of_financing_obligations": -1,
    },
    "free_cash_flow_gross_capex": {"operating_cash_flow": 1, "purchases_of_property_and_equipment": -1},
    "free_cash_flow_after_stock_compensation": {"free_cash_flow": 1, "stock_based_compensation": -1},
    "cash": {"cash_and_equivalents": 1, "marketable_securities": 1},
    "debt": {"long_term_debt_noncurrent": 1, "long_term_debt_current_portion": 1},
    "net_capex": {
        "purchases_of_property_and_equipment": 1,
        "proceeds_from_property_and_equipment_sales_and_incentives": -1,
    },
}  # fmt: skip
"""Lines and the reported components that they must equal."""

TOLERANCE = 1.0
"""USD m: filings round to whole millions."""


def reported(item: str, quarter: Quarter) -> float:
    return load_actuals().quarterly[item, str(quarter)].value


@pytest.mark.parametrize("as_of", AS_OFS)
@pytest.mark.parametrize("line", FILED)
def test_every_quarter_equals_the_filing(line: str, as_of: str) -> None:
    results = computed("base", as_of)
    for position in range(results.plan.axis.forecast_start):
        quarter = results.plan.axis.quarters[position]
        assert results.values[line][position, 0] == pytest.approx(
            reported(FILED[line], quarter), abs=TOLERANCE
        ), str(quarter)


@pytest.mark.parametrize("as_of", AS_OFS)
@pytest.mark.parametrize("line", FILED_TTM)
def test_every_trailing_year_equals_the_published_one(line: str, as_of: str) -> None:
    results = computed("base", as_of)
    series = results.series(line, "ttm")
    compared = 0
    for position in range(3, results.plan.axis.forecast_start):
        quarter = results.plan.axis.quarters[position]
        assert series[position, 0] == pytest.approx(reported(FILED_TTM[line], quarter), abs=TOLERANCE), str(
            quarter
        )
        compared += 1
    assert compared == results.plan.axis.forecast_start - 3


@pytest.mark.parametrize("as_of", AS_OFS)
@pytest.mark.parametrize("line", MEASURES)
def test_every_measure_equals_its_reported_components(line: str, as_of: str) -> None:
    results = computed("base", as_of)
    for position in range(results.plan.axis.forecast_start):
        quarter = results.plan.axis.quarters[position]
        expected = sum(sign * reported(item, quarter) for item, sign in MEASURES[line].items())
        assert results.values[line][position, 0] == pytest.approx(expected, abs=TOLERANCE), str(quarter)


@pytest.mark.parametrize("year", ["2022", "2023", "2024", "2025"])
@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("net_sales", "net_sales"),
        ("operating_income", "operating_income"),
        ("net_income", "net_income"),
        ("operating_cash_flow", "operating_cash_flow"),
        ("free_cash_flow", "free_cash_flow"),
        ("net_capex", "purchases_net_of_proceeds"),
        ("depreciation", "property_depreciation_consolidated"),
        ("aws_depreciation", "property_depreciation_aws"),
        ("property_additions", "net_property_additions_consolidated"),
        ("aws_additions", "net_property_additions_aws"),
    ],
)
def test_every_year_equals_the_annual_report(line: str, item: str, year: str) -> None:
    results = computed("base")
    found = results.series(line, "annual")[results.plan.axis.year_position(int(year)), 0]
    # four rounded quarters
    assert found == pytest.approx(load_actuals().annual[item, year].value, abs=2.0)


@pytest.mark.parametrize("as_of", AS_OFS)
def test_no_check_fails_and_nothing_after_as_of_is_reported(as_of: str) -> None:
    results = computed("base", as_of)
    assert results.values["checks_failed"][0, 0] == 0
    for key, row in results.values.items():
        if key.startswith("reported."):
            assert all(math.isnan(value) for value in row[results.plan.axis.forecast_start :, 0])


def test_every_figure_has_a_unit_a_check_and_a_source() -> None:
    actuals = load_actuals()
    figures = [*actuals.quarterly.values(), *actuals.annual.values()]
    assert len(figures) > 1200
    assert all(figure.unit and figure.source and figure.check for figure in figures)


def test_segments_and_free_cash_flow_in_the_data_add_up() -> None:
    quarterly = load_actuals().quarterly
    for item, period in list(quarterly):
        if item == "net_sales":
            parts = [
                quarterly[f"net_sales_{part}", period].value
                for part in ("aws", "north_america", "international")
            ]
            assert sum(parts) == pytest.approx(quarterly[item, period].value, abs=TOLERANCE)
        if item == "free_cash_flow":
            bridge = (
                quarterly["operating_cash_flow", period].value
                - quarterly["purchases_of_property_and_equipment", period].value
                + quarterly["proceeds_from_property_and_equipment_sales_and_incentives", period].value
            )
            assert bridge == pytest.approx(quarterly[item, period].value, abs=TOLERANCE)


# What does not move them


MEMOS_OF_ASSUMPTIONS = {
    "aws_placed", "compute_per_dollar", "aws_capacity_placed", "aws_capacity_gained", "sales_yield_implied",
}  # fmt: skip
"""What reported sales say of a driver, given others."""
FINDS_EVENTS = {"looked_at", "before_trough", "trough_column", "reported_column"}
SPLITS = {"advertising_margin", "advertising_share_north_america", "aws_utilisation"}
"""Assumptions on reported figures themselves, because Amazon does not disclose them."""
AT_THE_PRICE = {"price", "diluted_shares"}
"""Data of the valuation date: they move multiples of reported quarters."""


def test_no_assumption_about_what_lies_ahead_moves_a_reported_quarter() -> None:
    scenario, moved = load_scenario("base"), dict[str, set[str]]()
    cases = []
    for key, spec in driver_specs().items():
        if key in SPLITS | AT_THE_PRICE or spec.driver.sums_to_one or key.startswith("inflection"):
            continue
        value = list(scenario.table[key].values())[-1]
        step = 1 if spec.driver.whole or spec.driver.unit == "date" else max(abs(value) * 0.1, 0.01)
        near = value - step if value + step > spec.maximum else value + step
        cases.append((key, scenario.with_overrides({key: max(near, spec.minimum)})))
    results = run([scenario, *(each for _, each in cases)])
    split, draws = results.plan.axis.forecast_start, len(results.scenarios)
    for name, row in results.values.items():
        if results.plan.rows[name].line is None or row.shape[0] != results.plan.axis.length:
            continue
        found = np.broadcast_to(row, (row.shape[0], draws)).T[:, :split]
        for (key, _), after in zip(cases, found[1:], strict=True):
            if not np.array_equal(after, found[0], equal_nan=True):
                moved.setdefault(name, set()).add(key)
    assert set(moved) - MEMOS_OF_ASSUMPTIONS - FINDS_EVENTS == set(), moved
