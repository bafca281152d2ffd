"""Filings and tables taken in: tied to the data, told apart by their days, completed, checked, written."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, refused
from held_out import QUARTER, SHIPPED, held_out, rows_of_the_quarter, table_of, written
from made_up_filing import Put, figures, first_day, inline, instance, last_day, put, tags, ten_k, ten_q
from taking_in import data_in, file_of, take, ties

from model import companies
from model.amazon import AMAZON
from model.data_folder import forget_folders
from model.language.periods import Quarter
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    from model.company import Company

REAL = Path(__file__).parent / "data" / "filings"
NOW = Quarter.parse(QUARTER)
PURCHASES = "purchases_of_property_and_equipment"


@pytest.mark.parametrize(
    ("name", "year", "fewest"), [("amzn-20221231_htm.xml", "2022", 100), ("amzn-20241231.htm", "2024", 280)]
)
def test_real_filings_tie_in_every_annual_item(name: str, year: str, fewest: int) -> None:
    found = ties(amzn_fcf("import", str(REAL / name), "--dry-run", "--format", "json"))
    tied = {(each["item"], each["period"]) for each in found if each["status"] == "tied"}
    annual = {row["item"] for row in table_of(SHIPPED / "actuals_annual.csv") if row["period"] == year}
    assert {item for item, period in tied if period == year} == annual & set(tags())
    assert len(tied) >= fewest
    # the number of shares of the fourth quarter is in no annual report
    assert {(each["item"], each["period"]) for each in found if each["status"] != "tied"} == {
        ("diluted_shares", f"{year}Q4")
    }


def test_the_tie_report_is_printed_with_its_document(before: Company, tmp_path: Path) -> None:
    name = file_of(tmp_path / "000101872426000026", instance(ten_q(QUARTER), QUARTER))
    done = take(before, tmp_path / "own", name, "--dry-run")
    row = next(line for line in done.stdout.splitlines() if line.split()[:1] == ["net_sales"])
    assert row.split()[1:] == ["2026Q2", "200,606", "-", "new", "0001018724-26-000026"]
    assert "filing: https://www.sec.gov/Archives/edgar/data/1018724/000101872426000026/" in done.stdout
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize("form", ["instance", "inline", "inline in thousands"])
def test_a_ten_q_gives_the_shipped_quarter(form: str, before: Company, tmp_path: Path) -> None:
    """Quarter, year to date and twelve months are told apart by their days."""
    facts, expected = ten_q(QUARTER), figures()
    data = (
        instance(facts, QUARTER)
        if form == "instance"
        else inline(facts, QUARTER, 6 if form == "inline" else 3)
    )
    name = file_of(tmp_path / "in", data, "q.xml" if form == "instance" else "q.htm")
    done = take(before, tmp_path / "own", name)
    assert done.returncode == 0, done.stderr
    found = load_actuals(data_in(before, tmp_path / "own"))
    shipped = load_actuals(AMAZON)
    assert found.latest == NOW
    for (item, period), figure in shipped.quarterly.items():
        assert found.quarterly[item, period].value == pytest.approx(figure.value), (item, period)
    assert (
        expected["operating_cash_flow_ttm", QUARTER]
        == found.quarterly["operating_cash_flow_ttm", QUARTER].value
    )
    assert not [
        each for each in found.quarterly.values() if each.period == QUARTER and each.check == "estimate"
    ]
    again = take(before, tmp_path / "own", name)
    assert "nothing to write" in again.stdout


def test_the_fourth_quarter_is_the_year_less_nine_months(tmp_path: Path) -> None:
    company = held_out(tmp_path / "shipped", "2025Q4")
    name = file_of(tmp_path / "in", instance(ten_k(2025), "2025Q4", "10-K"))
    # an annual report gives no average number of shares of the quarter: the release does
    release = written([{"item": "diluted_shares", "period": "2025Q4", "value": "10872"}])
    table = file_of(tmp_path / "in", release.encode(), "release.csv")
    done = take(company, tmp_path / "own", name, table)
    assert done.returncode == 0, done.stderr
    found, shipped = load_actuals(data_in(company, tmp_path / "own")), load_actuals(AMAZON)
    for item in (
        "net_sales",
        "operating_income_aws",
        PURCHASES,
        "free_cash_flow",
        "net_property_additions_aws",
    ):
        figure = found.quarterly[item, "2025Q4"]
        # rounded quarters may miss the year by 1
        assert figure.value == pytest.approx(shipped.quarterly[item, "2025Q4"].value, abs=1), item
        assert figure.check == "derived"
        assert found.annual[item, "2025"].value == shipped.annual[item, "2025"].value
    year = found.annual["net_sales", "2025"].value
    quarters = [found.quarterly["net_sales", f"2025Q{number}"].value for number in range(1, 5)]
    assert sum(quarters) == year


def test_half_a_year_less_a_quarter_is_the_quarter(before: Company, tmp_path: Path) -> None:
    """Where a filing gives only the year to date, as of property acquired under leases."""
    item, known = "property_acquired_under_finance_leases", figures()
    tag = tags()[item]["tags"]
    kept = [
        each for each in ten_q(QUARTER)
        if each.tag != tag or each.start != first_day(NOW)
    ]  # fmt: skip
    assert len(kept) == len(ten_q(QUARTER)) - 1
    take(before, tmp_path / "own", file_of(tmp_path / "in", instance(kept, QUARTER)))
    figure = load_actuals(data_in(before, tmp_path / "own")).quarterly[item, QUARTER]
    assert (figure.value, figure.check) == (known[item, QUARTER], "derived")
    assert "6 months less the quarters before" in figure.source


def test_an_older_tag_and_a_rounded_figure_beside_the_exact_one(before: Company, tmp_path: Path) -> None:
    known, (start, end) = figures(), (first_day(NOW), last_day(NOW))
    facts = [each for each in ten_q(QUARTER) if each.tag != "us-gaap:InterestExpenseNonoperating"]
    facts.append(put("interest_expense", start, end, known["interest_expense", QUARTER], tag=1))
    assert facts[-1].tag == "us-gaap:InterestExpense"
    facts.insert(0, Put("us-gaap:Depreciation", "", start, end, "13900000000", "usd", "-8"))
    take(before, tmp_path / "own", file_of(tmp_path / "in", instance(facts, QUARTER)))
    found = load_actuals(data_in(before, tmp_path / "own")).quarterly
    for item in ("interest_expense", "property_depreciation_consolidated"):
        assert found[item, QUARTER].value == known[item, QUARTER]


def test_a_restated_comparative_is_kept_as_filed_and_as_restated(before: Company, tmp_path: Path) -> None:
    item, known = "stock_based_compensation", figures()
    filed, quarter = known[item, "2025Q2"], Quarter.parse("2025Q2")
    tag = tags()[item]["tags"]
    facts = [
        each._replace(text=str(int(each.text) + 25_000_000))
        if each.tag == tag and each.end == last_day(quarter) and each.start == first_day(quarter)
        else each
        for each in ten_q(QUARTER)
    ]
    done = take(
        before, tmp_path / "own", file_of(tmp_path / "in", instance(facts, QUARTER)), "--format", "json"
    )
    (told,) = [each for each in ties(done) if each["status"] == "restated"]
    assert (told["item"], told["period"], told["ours"], told["filing"]) == (item, "2025Q2", filed, filed + 25)
    assert told["since"] == QUARTER
    company = data_in(before, tmp_path / "own")
    assert load_actuals(company, NOW).value(item, quarter) == filed + 25
    assert load_actuals(company, NOW.shifted(-1)).value(item, quarter) == filed
    old = run([load_scenario("base", "2026Q1", company)])
    assert old.values["stock_compensation"][quarter - AMAZON.first, 0] == filed


def test_what_follows_from_a_restated_figure_is_restated_too(before: Company, tmp_path: Path) -> None:
    known, quarter = figures(), Quarter.parse("2025Q2")
    tag = tags()["operating_cash_flow"]["tags"]
    facts = [
        each._replace(text=str(int(each.text) - 40_000_000))
        if each.tag == tag and (each.start, each.end) == (first_day(quarter), last_day(quarter))
        else each
        for each in ten_q(QUARTER)
    ]
    name = file_of(tmp_path / "in", instance(facts, QUARTER))
    found = ties(take(before, tmp_path / "own", name, "--format", "json"))
    restated = {each["item"] for each in found if each["status"] == "restated"}
    assert restated == {"operating_cash_flow", "free_cash_flow"}
    company = data_in(before, tmp_path / "own")
    filed = known["free_cash_flow", "2025Q2"]
    assert load_actuals(company, NOW).value("free_cash_flow", quarter) == filed - 40
    assert load_actuals(company, NOW.shifted(-1)).value("free_cash_flow", quarter) == filed


def test_what_a_filing_lacks_is_estimated_by_its_rule(before: Company, tmp_path: Path) -> None:
    item, known = "finance_lease_liabilities", figures()
    tag = tags()[item]["tags"]
    kept = [each for each in ten_q(QUARTER) if each.tag != tag]
    take(before, tmp_path / "own", file_of(tmp_path / "in", instance(kept, QUARTER)))
    figure = load_actuals(data_in(before, tmp_path / "own")).quarterly[item, QUARTER]
    expected = (
        known[item, "2026Q1"]
        + known["property_acquired_under_finance_leases", QUARTER]
        - known["principal_repayments_of_finance_leases", QUARTER]
    )
    assert (figure.value, figure.check) == (expected, "estimate")
    assert figure.source.startswith("Estimate until the filing gives it: ")


def test_a_figure_that_differs_from_its_own_filing_is_told_and_replaced_on_demand(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    rows = [row for row in rows_of_the_quarter() if row["item"] == "common_shares_outstanding"]
    changed_rows = [{**row, "value": "10784"} for row in rows]
    (own / "actuals_quarterly.csv").write_text(written(changed_rows), encoding="utf-8")
    name = file_of(tmp_path / "in", instance(ten_q(QUARTER), QUARTER))
    done = take(AMAZON, own, name)
    assert done.returncode == 1
    assert "differs" in done.stdout
    assert "1 figure of the data differ from their own filing: nothing was written" in done.stdout
    assert "10784" in (own / "actuals_quarterly.csv").read_text()
    assert take(AMAZON, own, name, "--replace").returncode == 0
    assert load_actuals(data_in(AMAZON, own)).value("common_shares_outstanding", NOW) == 10783


def test_company_facts_tie_and_say_what_they_lack(tmp_path: Path) -> None:
    entry = {"accn": "0001018724-26-000026", "form": "10-Q", "filed": "2026-07-31", "fy": 2025, "fp": "Q1"}
    days = {"start": "2026-04-01", "end": "2026-06-30"}
    half = {"start": "2026-01-01", "end": "2026-06-30"}

    def concept(*values: dict[str, object]) -> dict[str, object]:
        return {"units": {"USD": [{**entry, **each} for each in values]}}

    facts = {
        "OperatingIncomeLoss": concept({**days, "val": 27461000000}, {**half, "val": 51313000000}),
        "CashAndCashEquivalentsAtCarryingValue": concept({"end": "2026-06-30", "val": 78213000000}),
    }
    content = {"cik": 1018724, "entityName": "AMAZON COM INC", "facts": {"us-gaap": facts}}
    name = file_of(tmp_path / "in", json.dumps(content).encode(), "facts.json")
    done = amzn_fcf("import", name, "--dry-run")
    assert done.returncode == 0
    tied = [line.split()[:2] for line in done.stdout.splitlines() if " tied " in line]
    assert tied == [["operating_income", "2026Q2"], ["cash_and_equivalents", "2026Q2"]]
    assert "proceeds_from_property_and_equipment_sales_and_incentives" in done.stdout
    assert "free_cash_flow" in done.stdout.partition("so ")[2]
    before = held_out(tmp_path / "shipped")
    forget_folders()
    with companies.using(before):
        line = refused("import", name, "--data", str(tmp_path / "own"))
    assert "2026Q2 lacks" in line or "a figure" in line
    for broken in (
        b"{}",
        b"[1]",
        b'{"cik": 1018724, "facts": {"a": 1}}',
        b'{"cik": 320193, "facts": {}}',
        b"\xff",
    ):
        assert refused("import", file_of(tmp_path / "in", broken, "facts.json"), "--dry-run")


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -1e30, 10**400], ids=["none", "infinite", "huge", "no float"]
)
def test_a_number_that_is_no_amount_of_money_is_left_out(value: float, tmp_path: Path) -> None:
    entry: dict[str, object] = {
        "accn": "0001018724-26-000026", "form": "10-Q", "filed": "2026-07-31", "end": "2026-06-30",
    }  # fmt: skip
    values = {
        "CashAndCashEquivalentsAtCarryingValue": {**entry, "val": 78213000000},
        "NetIncomeLoss": {**entry, "start": "2026-04-01", "val": 62647000000},
        "OperatingIncomeLoss": {**entry, "start": "2026-04-01", "val": value},
    }
    facts = {tag: {"units": {"USD": [each]}} for tag, each in values.items()}
    content = {"cik": 1018724, "entityName": "AMAZON COM INC", "facts": {"us-gaap": facts}}
    name = file_of(tmp_path, json.dumps(content).encode(), "facts.json")
    found = ties(amzn_fcf("import", name, "--dry-run", "--format", "json"))
    statuses = {(each["item"], each["period"]): each["status"] for each in found}
    assert statuses["cash_and_equivalents", QUARTER] == "tied"
    assert statuses["operating_income", QUARTER] == "absent"


def test_days_of_no_report_are_left_out(before: Company, tmp_path: Path) -> None:
    odd = [
        Put("us-gaap:NetIncomeLoss", "", date(9999, 10, 1), date.max, "1"),
        Put("us-gaap:NetIncomeLoss", "", date.min, date(1, 3, 31), "2"),
        Put("us-gaap:CashAndCashEquivalentsAtCarryingValue", "", None, date.max, "3"),
        Put("us-gaap:Lease", "", None, last_day(NOW), f"P{'9' * 400}Y", ""),
    ]
    data = instance([*odd, *ten_q(QUARTER)], QUARTER)
    for each in (data, data.replace(b">0001-01-01<", b">0001-01-01T00:00:00<")):
        done = take(before, tmp_path / "own", file_of(tmp_path / "in", each), "--dry-run", "--format", "json")
        assert {each["status"] for each in ties(done) if each["item"] == "net_income"} == {"new", "tied"}


def test_periods_out_of_step_are_left_out(before: Company, tmp_path: Path) -> None:
    """Facts of other periods than a report has are left out: five weeks, and a quarter out of step."""
    known = figures()["net_income", QUARTER]
    odd = [
        Put("us-gaap:NetIncomeLoss", "", date(2026, 5, 1), date(2026, 6, 5), "1"),
        Put("us-gaap:NetIncomeLoss", "", date(2026, 2, 15), date(2026, 5, 14), "2"),
        Put("us-gaap:NetIncomeLoss", "StatementEquityComponentsAxis=RetainedEarningsMember", first_day(NOW),
            last_day(NOW), "3"),
    ]  # fmt: skip
    take(before, tmp_path / "own", file_of(tmp_path / "in", instance([*odd, *ten_q(QUARTER)], QUARTER)))
    assert load_actuals(data_in(before, tmp_path / "own")).value("net_income", NOW) == known
