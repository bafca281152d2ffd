"""Filings and tables taken in: tied to the data, told apart by their days, completed, checked, written."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import Done, amzn_fcf, refused
from held_out import QUARTER, SHIPPED, held_out, rows_of_the_quarter, table_of, written
from made_up_filing import Put, figures, first_day, inline, instance, last_day, put, tags, ten_k, ten_q

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
RELEASE = AMAZON.filings.release


def take(company: Company, folder: Path, *arguments: str) -> Done:
    """Run ``import`` for a company with a folder of data."""
    forget_folders()
    with companies.using(company):
        return amzn_fcf("import", *arguments, "--data", str(folder))


def data_in(company: Company, folder: Path) -> Company:
    """Return a company with what is in the folder now."""
    forget_folders()
    return companies.with_data_folder(folder, company)


def ties(done: Done) -> list[dict[str, object]]:
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def file_of(folder: Path, data: bytes, name: str = "amzn_htm.xml") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)


@pytest.fixture
def before(tmp_path: Path) -> Company:
    """Amazon as it was before 2026Q2."""
    return held_out(tmp_path / "shipped")


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


def changed(item: str, change: int) -> bytes:
    """Return the 10-Q with one figure of the quarter changed by USD m."""
    tag, where = tags()[item]["tags"].split("|")[0], tags()[item]["where"].split("|")[0]
    return instance(
        [
            each._replace(text=str(int(each.text) + change * 1_000_000))
            if (each.tag, each.where) == (tag, where)
            and (each.start, each.end) == (first_day(NOW), last_day(NOW))
            else each
            for each in ten_q(QUARTER)
        ],
        QUARTER,
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed("net_sales_aws", 2), "net_sales of 2026Q2 is 200,606, but net_sales_north.* is 200,608"),
        (changed("operating_income_aws", -5), "operating_income of 2026Q2 is 27,461, but .* is 27,456"),
        (changed("interest_income", 5), "pretax_income of 2026Q2 is 80,857, but .* is 80,862"),
        (changed(PURCHASES, -2 * 54_208), f"{PURCHASES} of 2026Q2: -54,208 is below 0: a wrong sign"),
        (changed("operating_cash_flow", 3), "operating_cash_flow_ttm of 2026Q2 is .* four quarters to"),
        (instance([each._replace(text=each.text[:-3]) if each.text.endswith("000") else each
                   for each in ten_q(QUARTER)], QUARTER), "on another scale"),
        (instance([*ten_q(QUARTER), ten_q(QUARTER)[0]._replace(text="1000000")], QUARTER), "two values"),
        (instance(ten_q(QUARTER), QUARTER, cik="0000320193"), "SOMEBODY ELSE INC, CIK 0000320193; Am"),
        (instance(ten_q(QUARTER), QUARTER)[:-2000], "is not well-formed XML"),
        (b"<xbrl/>", "holds no XBRL"),
        (b"", "is not well-formed XML"),
        (instance(ten_q(QUARTER), QUARTER).replace(b">2026-06-30<", b">2026-05-10<"), "no quarter ends"),
        (b"<a>" * 200_000 + b"</a>" * 200_000, "holds no XBRL|not well-formed"),
        (b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><xbrl>&lol2;</xbrl>', "refused"),
    ],
    ids=["segments", "income", "pretax", "sign", "twelve months", "scale", "twice", "other company",
         "truncated", "no xbrl", "empty", "overlapping", "deep", "entities"],
)  # fmt: skip
def test_a_filing_that_cannot_be_is_refused_and_nothing_is_written(
    data: bytes, message: str, before: Company, tmp_path: Path
) -> None:
    name = file_of(tmp_path / "in", data)
    forget_folders()
    with companies.using(before):
        line = refused("import", name, "--data", str(tmp_path / "own"))
    assert re.search(message, line), line
    assert not (tmp_path / "own").exists()


def release_table(folder: Path, leave_out: frozenset[str] = frozenset()) -> str:
    """Write the table of the results night: what the press release gives, as the template asks for it."""
    known = figures()
    rows = [
        {"item": item, "period": QUARTER, "value": f"{known[item, QUARTER]:,.0f}"}
        for item in RELEASE
        if item not in leave_out
    ]
    folder.mkdir(exist_ok=True)
    (folder / "q2.csv").write_text(written(rows, ("item", "period", "value")), encoding="utf-8")
    return str(folder / "q2.csv")


def test_the_night_then_the_filing_end_in_the_shipped_data(before: Company, tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert len(RELEASE) == 26
    done = take(before, own, release_table(tmp_path / "in"))
    assert done.returncode == 0, done.stderr
    night, shipped = load_actuals(data_in(before, own)), load_actuals(AMAZON)
    for item in ("net_sales", "operating_income", "pretax_income", "free_cash_flow", "free_cash_flow_ttm"):
        assert night.value(item, NOW) == shipped.value(item, NOW)
        assert night.figure(item, NOW).check == "derived"
    estimates = {
        each.item for each in night.quarterly.values() if (each.period, each.check) == (QUARTER, "estimate")
    }
    assert {
        "net_property_additions_aws",
        "property_depreciation_aws",
        "finance_lease_liabilities",
    } < estimates
    assert not estimates & set(RELEASE)
    done = take(before, own, file_of(tmp_path / "in", instance(ten_q(QUARTER), QUARTER)), "--format", "json")
    statuses = {each["item"]: each["status"] for each in ties(done) if each["period"] == QUARTER}
    assert {statuses[item] for item in RELEASE} == {"tied"}
    assert {statuses[item] for item in estimates & set(tags())} == {"replaced"}
    company = data_in(before, own)
    after = load_actuals(company)
    for key, figure in shipped.quarterly.items():
        assert after.quarterly[key].value == pytest.approx(figure.value), key
    assert not [
        each for each in after.quarterly.values() if (each.period, each.check) == (QUARTER, "estimate")
    ]
    assert after.figure("operating_cash_flow", NOW).check == "verified"
    found, expected = (run([load_scenario("base", QUARTER, each)]) for each in (company, AMAZON))
    assert all(
        (found.values[key] == expected.values[key]).all()
        for key in ("free_cash_flow", "value_per_share[dcf,mid]")
    )


def test_the_template_lists_what_is_needed_and_comes_back(before: Company, tmp_path: Path) -> None:
    with companies.using(before):
        done = amzn_fcf("import", "--template", QUARTER)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    by = {
        how: [row["item"] for row in rows if row["given_by"] == how]
        for how in ("release", "derived", "filing")
    }
    assert set(by["release"]) == set(RELEASE)
    assert "free_cash_flow" in by["derived"]
    assert {"remaining_performance_obligations", "property_depreciation_aws"} < set(by["filing"])
    known = figures()
    for row in rows:
        value = known.get((row["item"], QUARTER))
        row["value"] = "" if value is None else f"({-value:,.6g})" if value < 0 else f"{value:.10g}"
    (tmp_path / "all.csv").write_text(written(rows), encoding="utf-8")
    assert take(before, tmp_path / "own", str(tmp_path / "all.csv")).returncode == 0
    found = load_actuals(data_in(before, tmp_path / "own")).quarterly
    for row in rows_of_the_quarter():
        assert found[row["item"], QUARTER].value == pytest.approx(float(row["value"])), row["item"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "needs the columns item, period, value"),
        ("item,period,value\nnet_salse,2026Q2,1\n", "line 2: 'net_salse' is no item of the data; did"),
        ("item,period,value\nnet_sales,Q2,1\n", "line 2: 'Q2' is not a period"),
        ("item,period,value\nnet_sales,2026Q2,much\n", "line 2: 'much' is not a number"),
        ("item,period,value,unit\nnet_sales,2026Q2,1,USD bn\n", "line 2: net_sales is in 'USD m', not"),
        ("item,period,value\nnet_sales,2026Q2,1\nnet_sales,2026Q2,1\n", "line 3: net_sales of 2026Q2 is"),
        ("item,period,value\nnet_sales,2026Q2,\n", "no value is filled in"),
        ("item,period,value\nnet_sales,2027Q2,1\n", "is of 2027Q2; the data take 2022Q1 to 2026Q2"),
        ("item,period,value\nnet_sales,2026Q2,200606\n", "2026Q2 lacks .* --template 2026Q2 lists what is"),
        ('item,period,value\n"net_sales,2026Q2,1\n', "is not a table"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_one_line(text: str, message: str, before: Company, tmp_path: Path) -> None:
    name = file_of(tmp_path / "in", text.encode(), "q.csv")
    forget_folders()
    with companies.using(before):
        line = refused("import", name, "--data", str(tmp_path / "own"))
    assert re.search(message, line), line
    assert not (tmp_path / "own").exists()


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


def test_a_folder_that_cannot_be_written_is_one_line(before: Company, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    name = file_of(tmp_path / "in", instance(ten_q(QUARTER), QUARTER))
    with companies.using(before):
        assert "is no folder of data" in refused("import", name, "--data", str(tmp_path / "file"))
        assert "--data" in refused("import", name)
        assert "cannot read" in refused("import", str(tmp_path / "none.xml"), "--dry-run")
        assert "needs a filing" in refused("import", str(tmp_path / "none.pdf"), "--dry-run")
        assert "import needs a file" in refused("import", "--dry-run")


def test_a_file_of_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.htm"
    with path.open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk
    assert "larger than 48 MB" in refused("import", str(path), "--dry-run")


def test_an_interruption_leaves_nothing_half_written(
    before: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, own = file_of(tmp_path / "in", instance(ten_q(QUARTER), QUARTER)), tmp_path / "own"

    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("model.files.os.fsync", interrupted)
    done = take(before, own, name)
    assert (done.returncode, done.stderr.count("\n")) == (130, 1)
    assert list(own.iterdir()) == []


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
