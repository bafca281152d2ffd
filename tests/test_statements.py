"""Statements: they add up, the lines made for them are right, and every way shows the same rows."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
from commands import amzn_fcf, refused
from second_company import BAKERY
from shared import calculated, computed

from model import companies
from model.amazon.statement_rows import CASH_FLOW, INCOME, POSITION, STATEMENTS
from model.amazon.statements import BUSINESS
from model.language.periods import Period
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from workbook_templates.plan.layout import FIRST_ROW, FIRST_YEAR_COLUMN, NAME
from xlwings_udfs import AMZN_TABLE

if TYPE_CHECKING:
    from model.presentation import Statement
    from model.results import Results

SCENARIOS = ("base", "bear", "article")


def section(statement: Statement, last: str) -> list[tuple[str, int]]:
    """Return the lines between a sum and the sum or heading before it, each with its sign."""
    found: list[tuple[str, int]] = []
    for row in statement.rows:
        if row.role == "subtotal" and row.line == last:
            return found
        if row.role in {"subtotal", "heading"}:
            found = []
        elif row.role in {"line", "less"}:
            found.append((row.line, -1 if row.role == "less" else 1))
    raise AssertionError(last)


def in_years(results: Results, key: str) -> np.ndarray:
    return results.series(key, "annual")[:, 0]


def added(results: Results, lines: list[tuple[str, int]]) -> np.ndarray:
    parts = np.array([sign * in_years(results, key) for key, sign in lines])
    return np.asarray(parts.sum(axis=0))


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize(
    ("statement", "total", "opening"),
    [
        (INCOME, "net_sales", ""),
        (INCOME, "operating_income", ""),
        (INCOME, "pretax_income", "operating_income"),
        (INCOME, "net_income", "pretax_income"),
        (CASH_FLOW, "operating_cash_flow", ""),
        (CASH_FLOW, "net_capex", ""),
        (CASH_FLOW, "free_cash_flow_after_leases", "free_cash_flow"),
        (CASH_FLOW, "change_in_cash", "free_cash_flow_after_leases"),
        (POSITION, "net_financial_debt", ""),
        (POSITION, "invested_capital", ""),
    ],
)
def test_each_sum_is_the_lines_above_it_from_2023_on(
    statement: Statement, total: str, opening: str, name: str
) -> None:
    results = computed(name)
    lines = [*section(statement, total), *([(opening, 1)] if opening else [])]
    assert in_years(results, total)[1:] == pytest.approx(added(results, lines)[1:], abs=1e-5)


@pytest.mark.parametrize("name", SCENARIOS)
def test_balances_move_by_what_the_statements_say(name: str) -> None:
    results = computed(name)
    cash, property_ = in_years(results, "cash"), in_years(results, "property")
    assert np.diff(cash) == pytest.approx(in_years(results, "change_in_cash")[1:])
    moves = added(results, section(POSITION, "property"))
    assert np.diff(property_) == pytest.approx(moves[1:])
    ahead = slice(results.plan.axis.forecast_start, None)
    assert results.values["other_cash_flow"][ahead] == pytest.approx(
        -results.values["investments"][ahead], abs=1e-5
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_businesses_add_up_to_net_sales_in_every_quarter(name: str) -> None:
    values = computed(name).values
    keys = [f"business_sales[{each}]" for each in BUSINESS.members]
    businesses = sum(values[key] for key in (*keys, "advertising_sales", "aws_sales"))
    assert businesses == pytest.approx(values["net_sales"])
    assert {*keys, "advertising_sales", "aws_sales"} <= set(INCOME.lines)


def test_shares_of_businesses_add_up_whatever_their_gaps() -> None:
    gaps = {"business_growth_gap[online_stores]": -0.2, "business_growth_gap[other]": 0.2}
    found = run([load_scenario("base").with_overrides(gaps)])
    shares = {each: found.values[f"business_share[{each}]"] for each in BUSINESS.members}
    assert sum(shares.values()) == pytest.approx(1)
    assert (np.diff(shares["online_stores"][18::4, 0]) < 0).all()
    assert found.values["value_per_share[dcf,mid]"] == computed("base").values["value_per_share[dcf,mid]"]


def test_a_business_keeps_its_season_and_grows_with_stores_where_no_gap_is_given() -> None:
    flat = {f"business_growth_gap[{each}]": 0.0 for each in BUSINESS.members}
    shares = run([load_scenario("base").with_overrides(flat)]).values["business_share[physical_stores]"]
    assert shares[18:] == pytest.approx(shares[14:-4])


def test_property_is_what_filings_report_and_the_gap_is_shown() -> None:
    values, actuals = computed("base").values, load_actuals()
    for place, quarter in enumerate(computed("base").plan.axis.quarters[:18]):
        reported = actuals.quarterly["property_and_equipment_net_consolidated", str(quarter)]
        assert reported.check in {"verified", "single-source"}
        assert values["property"][place, 0] == reported.value
    rolled = values["property"][3:17] + values["property_additions"][4:18] - values["depreciation"][4:18]
    gap = values["property_gap"]
    assert gap[4:18] == pytest.approx(values["property"][4:18] - rolled)
    assert (np.abs(gap[1:18]) < 0.035 * values["property"][1:18]).all()
    assert not gap[18:].any()


def test_return_on_invested_capital_is_nopat_to_the_mean_of_two_year_ends() -> None:
    results = computed("base")
    annual = load_actuals().annual

    def capital(year: str) -> float:
        found = {item: figure.value for (item, each), figure in annual.items() if each == year}
        return (
            found["property_and_equipment_net_consolidated"]
            + found["current_assets"] - found["cash_and_equivalents"] - found["marketable_securities"]
            - found["current_liabilities"] + found["long_term_debt_current_portion"]
        )  # fmt: skip

    nopat = results.value("income_after_tax", Period.parse("2025"))
    expected = nopat / ((capital("2024") + capital("2025")) / 2)
    assert results.value("return_on_invested_capital", Period.parse("2025")) == pytest.approx(expected)
    assert results.value("net_debt_to_ebitda", Period.parse("2025")) == pytest.approx(
        (68396 + 12286 - 123029) / (79975 + 65756)
    )


def shown(*arguments: str) -> str:
    done = amzn_fcf("show", "--statement", *arguments)
    assert done.returncode == 0
    return done.stdout


def test_show_prints_a_statement_with_sums_ruled_and_rates_below_their_line() -> None:
    lines = shown("income", "--scenario", "bull").splitlines()
    assert lines[0] == f"Income statement: {load_scenario('bull').title} (bull)"
    assert lines[2].split()[:4] == ["2024", "2025", "2026", "2027"]
    assert re.split(" {2,}", lines[3].strip())[-12:][:4] == ["A", "A", "A + E", "E"]
    at = next(place for place, each in enumerate(lines) if each.startswith("   Net sales  "))
    assert set(lines[at - 1].strip()) == {"─"}
    assert lines[at].split()[2:4] == ["637,959", "716,924"]
    assert lines[at + 1].startswith("     growth, YoY ")
    assert len(shown("cash_flow", "--scenario", "base", "--scenario", "bear").split("(bear)")) == 2


def test_show_gives_the_lines_of_a_statement_to_programs() -> None:
    found = json.loads(shown("position", "--period", "2025", "--format", "json"))
    assert [each["line"] for each in found] == list(POSITION.lines)
    assert found[0].keys() == {"kind", "line", "period", "scenario", "value", "unit"}
    text = shown("position", "--period", "2025", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["line"]: float(row["value"]) if row["value"] else None for row in rows} == {
        each["line"]: each["value"] and pytest.approx(each["value"]) for each in found
    }
    assert {each["line"]: each["value"] for each in found}["stakes_at_cost"] is None  # from as-of on


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--statement", "incme"], "no statement 'incme'; did you mean income?"),
        (["--statement", "x"], "no statement 'x'; allowed: cash_flow, income, position, "),
        (["net_sales", "--statement", "income"], "--statement shows all of its lines: leave out net_sales"),
        (["--statement", "income", "--period", "yearly"], "did you mean annual"),
        (["--statement", "income", "--period", "2050"], "2050"),
    ],
)
def test_a_wrong_statement_ends_in_one_line(arguments: list[str], said: str) -> None:
    assert said in refused("show", *arguments)


def test_a_company_without_statements_says_so() -> None:
    with companies.using(BAKERY):
        assert "Two Bakeries has no statements" in refused("show", "--statement", "income")


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_table_in_cells_has_the_rows_of_the_statement(name: str) -> None:
    block = AMZN_TABLE(name)
    assert [row[0] for row in block[1:]] == list(STATEMENTS[name].lines)
    assert AMZN_TABLE() == AMZN_TABLE("cash") == AMZN_TABLE("cash_flow")


def test_the_sheet_shows_each_row_by_year_with_its_role() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(calculated("base")), data_only=True)["Statements"]
    results, at = computed("base"), FIRST_ROW
    for statement in (INCOME, CASH_FLOW, POSITION):
        assert sheet.cell(at, 1).value == statement.title
        for row in statement.rows:
            at += 1
            assert sheet.cell(at, 1).value == row.text(results.plan)
            cell = sheet.cell(at, FIRST_YEAR_COLUMN + 5)
            if row.line:
                assert sheet.cell(at, NAME).value == row.line
                assert cell.value == pytest.approx(results.value(row.line, Period.parse("2027")))
            is_sum = row.role in {"subtotal", "total"}
            assert (cell.font.b, bool(cell.border.top and cell.border.top.style)) == (is_sum, is_sum)
            assert bool(cell.border.bottom and cell.border.bottom.style) == (row.role == "total")
            assert cell.font.i == (row.role == "ratio")
        at += 1
    assert [sheet.cell(10, FIRST_YEAR_COLUMN + place).value for place in (3, 4, 5)] == [
        "A", "A + E", "E",
    ]  # fmt: skip
