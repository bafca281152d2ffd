"""The ledger: statuses follow from what was known at the as-of, and from nothing later."""

from __future__ import annotations

import math

import pytest
from shared import AS_OFS, computed

from model.amazon import AMAZON
from model.evidence.claims import Entry, ledger
from model.evidence.running_period import reported_so_far
from model.evidence.thesis import load_thesis
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.reported.guidance import all_guidance, guidance_at
from model.results import run
from model.scenarios.composing import load_scenario

DCF = "value_per_share[dcf,mid]"


def entry(name: str, as_of: str) -> Entry:
    return next(each for each in ledger(Quarter.parse(as_of)) if each.claim.name == name)


STATUSES = {
    # claim: 2024Q4, 2025Q2, 2025Q3, 2025Q4, 2026Q2
    "capex-2024": ("met", "met", "met", "met", "met"),
    "capex-2025": ("on_track", "on_track", "on_track", "met", "met"),
    "capex-to-aws": ("open", "off_track", "off_track", "missed", "missed"),
    "capex-2026": ("open", "open", "open", "off_track", "off_track"),
    "capex-to-sales": ("open", "open", "open", "open", "off_track"),
    "aws-growth-dip": ("open", "met", "met", "met", "met"),
    "aws-growth-rebound": ("open", "open", "met", "met", "met"),
    "aws-growth-2026": ("open", "open", "open", "open", "on_track"),
    "backlog": ("open", "open", "met", "met", "met"),
    "aws-margin-2024": ("met", "met", "met", "met", "met"),
    "aws-margin-2026": ("open", "open", "open", "open", "on_track"),
    "operating-margin-2024": ("met", "met", "met", "met", "met"),
    "advertising-run-rate": ("open", "open", "met", "met", "met"),
    "advertising-growth": ("open", "on_track", "on_track", "met", "met"),
    "free-cash-flow-2026": ("open", "open", "open", "open", "off_track"),
    "price-to-sales": ("open", "open", "met", "met", "met"),
    "upside": ("not_testable",) * 5,
    "aws-growth-30": ("open", "open", "open", "open", "on_track"),
    "risk-silicon": ("open", "open", "open", "open", "on_track"),
    "net-margin": ("open", "open", "open", "open", "open"),
    "aws-cash-flow": ("open", "open", "open", "open", "on_track"),
    "aws-capex-cover": ("open", "open", "open", "open", "off_track"),
    "ai-services": ("open", "open", "open", "open", "on_track"),
    "net-margin-step-up": ("open", "off_track", "off_track", "missed", "missed"),
    "silicon": ("not_testable",) * 5,
    "suppliers": ("not_testable",) * 5,
    "reactors": ("not_testable",) * 5,
    "risk-price": ("not_testable",) * 5,
}
"""Read off the filings by hand: what each quarter's report, and guidance given with it, says of a claim."""


@pytest.mark.parametrize("name", STATUSES)
def test_status_by_as_of(name: str) -> None:
    found = tuple(entry(name, as_of).status for as_of in ("2024Q4", "2025Q2", "2025Q3", "2025Q4", "2026Q2"))
    assert found == STATUSES[name]


def test_the_ledger_holds_the_article_s_claims_at_every_as_of() -> None:
    for as_of in AS_OFS:
        entries = ledger(Quarter.parse(as_of))
        assert len(entries) >= 16
        assert all(each.reason for each in entries)
    thesis = load_thesis()
    assert thesis is not None
    assert len({claim.name for claim in thesis.claims}) == len(thesis.claims)


def test_the_claim_on_capital_expenditure_of_2026_names_what_was_spent_and_guided() -> None:
    now = entry("capex-2026", "2026Q2")
    assert now.reason == "2 of 4 quarters: 96.3bn; guidance of 2026-07-30: 220.0bn"
    assert math.isnan(now.reported)
    assert "guidance of 2026-02-05: 200.0bn" in entry("capex-2026", "2025Q4").reason


def test_free_cash_flow_of_2026_is_judged_by_reported_trailing_figures() -> None:
    assert entry("free-cash-flow-2026", "2026Q2").reason == (
        "TTM free cash flow: 2025Q3 14.8bn, 2025Q4 11.2bn, 2026Q1 1.2bn, 2026Q2 -7.6bn"
    )


def test_no_guidance_given_later_is_used() -> None:
    for as_of in map(Quarter.parse, AS_OFS):
        for said in all_guidance(AMAZON):
            known = guidance_at(AMAZON, as_of, said.line, said.period)
            assert known is None or known.as_of <= as_of
    assert guidance_at(AMAZON, Quarter.parse("2025Q3"), "net_capex", Period.parse("2026")) is None


def test_risks_are_priced_by_their_overlays() -> None:
    for name, overlay in {
        "risk-silicon": "silicon_delay",
        "risk-price": "price_war",
        "risk-power": "power_delay",
    }.items():
        expected = computed(f"article+{overlay}").values[DCF][0, 0] - computed("article").values[DCF][0, 0]
        assert entry(name, "2026Q2").at_stake == pytest.approx(expected)
        assert expected < 0


def test_aws_earns_less_than_two_thirds_of_its_capital_expenditure_in_the_first_half_of_2026() -> None:
    filed = load_actuals().value
    earned = spent = 0.0
    for quarter in (Quarter(2026, 1), Quarter(2026, 2)):
        earned += filed("operating_income_aws", quarter) + filed("property_depreciation_aws", quarter)
        net = filed("purchases_of_property_and_equipment", quarter)
        net -= filed("proceeds_from_property_and_equipment_sales_and_incentives", quarter)
        share = filed("net_property_additions_aws", quarter)
        spent += net * share / filed("net_property_additions_consolidated", quarter)
    assert entry("aws-capex-cover", "2026Q2").reason == f"2 of 4 quarters: {earned / spent:.2%}"
    assert earned / spent < 2 / 3


def test_the_net_margin_of_2025_was_in_the_range_that_is_called_a_step_up() -> None:
    figures = load_actuals()
    margin = figures.annual["net_income", "2025"].value / figures.annual["net_sales", "2025"].value
    assert entry("net-margin-step-up", "2025Q4").reported == pytest.approx(margin)
    assert 0.10 < margin < 0.12


def test_what_is_at_stake_is_the_article_with_that_one_claim_replaced() -> None:
    plain = computed("article").values[DCF][0, 0]
    for as_of, budget in (("2026Q2", 220_000.0), ("2025Q3", 140_000.0)):  # as guided then, and the threshold
        other = run([load_scenario("article").with_overrides({"capex_budget": {"2026": budget}})])
        assert entry("capex-2026", as_of).at_stake == pytest.approx(other.values[DCF][0, 0] - plain)
    assert math.isnan(entry("backlog", "2026Q2").at_stake), "a memo line: no value depends on it"
    assert entry("fair-value", "2026Q2").at_stake == pytest.approx(plain - 234.75)


# What a running year points to


def test_a_flow_so_far_points_to_the_year_at_last_year_s_season() -> None:
    results = computed("base")
    seen = reported_so_far(results, "net_capex", Period.parse("2026"))
    quarters = {
        f"2025Q{number}": results.value("net_capex", Period("quarterly", 2025, number))
        for number in (1, 2, 3, 4)
    }
    assert (seen.value, seen.quarters, seen.complete) == (96310, 2, False)
    half, whole = quarters["2025Q1"] + quarters["2025Q2"], sum(quarters.values())
    assert seen.outlook == pytest.approx(96310 * whole / half)


def test_a_growth_so_far_compares_with_the_same_quarters_of_the_year_before() -> None:
    results = computed("base")
    sales = {
        quarter: results.value("aws_sales", Period.parse(quarter))
        for quarter in ("2025Q1", "2025Q2", "2026Q1", "2026Q2")
    }
    expected = (sales["2026Q1"] + sales["2026Q2"]) / (sales["2025Q1"] + sales["2025Q2"]) - 1
    assert reported_so_far(results, "aws_sales_growth", Period.parse("2026")).value == pytest.approx(expected)


def test_a_ratio_of_trailing_sums_and_a_balance_are_those_of_the_last_quarter() -> None:
    results = computed("base")
    for line in ("capex_intensity", "backlog", "cash"):
        seen = reported_so_far(results, line, Period.parse("2026"))
        assert seen.value == results.value(line, Period.parse("2026Q2"))
        assert seen.latest


def test_a_change_of_a_ratio_so_far_compares_the_ratios_of_the_quarters_so_far() -> None:
    results = computed("base")

    def margin(*quarters: str) -> float:
        income, sales = (
            sum(results.value(line, Period.parse(q)) for q in quarters)
            for line in ("aws_operating_income", "aws_sales")
        )
        return income / sales

    seen = reported_so_far(results, "aws_margin_change", Period.parse("2026"))
    assert seen.value == pytest.approx(margin("2026Q1", "2026Q2") - margin("2025Q1", "2025Q2"))
    assert not seen.latest


def test_a_reported_period_is_complete_and_one_ahead_is_empty() -> None:
    results = computed("base")
    assert reported_so_far(results, "net_sales", Period.parse("2025")).value == 716924
    assert reported_so_far(results, "net_sales", Period.parse("2025Q4")).complete
    assert math.isnan(reported_so_far(results, "net_sales", Period.parse("2027")).value)
    assert not reported_so_far(results, "net_sales", Period.parse("2026Q3")).complete


def test_a_threshold_that_is_another_year_s_figure_is_as_known_at_the_as_of() -> None:
    """Before the 10-K of FY2025 it is the article's own figure for 2025; afterwards the reported one."""
    then, now = entry("free-cash-flow-2026", "2025Q3").claim, entry("free-cash-flow-2026", "2026Q2").claim
    assert then.minimum == pytest.approx(computed("article").value("free_cash_flow", Period.parse("2025")))
    assert now.minimum == 11194
    intensity = entry("capex-to-sales", "2026Q2").claim.maximum
    assert intensity == pytest.approx(128320 / 716924)
