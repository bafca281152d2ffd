"""The night of the results: 26 figures of the press release, and every command at the new as-of."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, refused
from held_out import QUARTER, rows_of_the_quarter, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_filing import figures, instance, tags, ten_q
from shared import documents_listed
from taking_in import data_in, file_of, take, ties

from model import companies
from model.amazon import AMAZON
from model.data_folder import forget_folders, read_folder
from model.errors import AmznFcfError
from model.filings.files import write_entries
from model.filings.filled_in import report_of_table
from model.filings.intake import take_in
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from workbook_templates.read.book import read_book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from model.company import Company

NOW = Quarter.parse(QUARTER)
RELEASE = AMAZON.filings.release


def table(leave_out: frozenset[str] = frozenset(), form: str = "") -> str:
    """Return the table of the night, with some of its items left out; ``form``: how its figures are typed."""
    known = figures()
    rows = [
        {"item": item, "period": QUARTER, "value": f"{known[item, QUARTER]:{form}}"}
        for item in RELEASE
        if item not in leave_out
    ]
    return written(rows, ("item", "period", "value"))


@pytest.fixture(scope="module")
def night(before: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the folder of own data after the night."""
    folder = tmp_path_factory.mktemp("night")
    (folder / "q.csv").write_text(table(), encoding="utf-8")
    own = folder / "own"
    with companies.using(before):
        done = amzn_fcf("import", str(folder / "q.csv"), "--data", str(own))
        assert done.returncode == 0, done.stderr
        forget_folders()
        yield own


COMMANDS = {
    "show": ["show", "free_cash_flow", "--period", "TTM 2026Q3"],
    "statement": ["show", "--statement", "cash_flow"],
    "value": ["value", "--scenario", "base"],
    "solve": ["solve", "wacc"],
    "tornado": ["tornado", "free_cash_flow", "2027", "--driver", "wacc", "--driver", "aws_growth"],
    "grid": ["grid", "free_cash_flow", "2027", "--x", "capex_scale", "0.9", "1", "--y", "beta", "1", "1.2"],
    "simulate": ["simulate", "--draws", "200", "--engine", "numpy"],
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_works_at_the_new_as_of(name: str, night: Path) -> None:
    done = amzn_fcf(*COMMANDS[name], "--as-of", QUARTER, "--data", str(night))
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("arguments", [["claims"], ["backtest"], ["data", "--on", "2026-08-01"]])
def test_commands_without_a_scenario_see_the_quarter(arguments: list[str], night: Path) -> None:
    done = amzn_fcf(*arguments, "--data", str(night), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert QUARTER in done.stdout
    if arguments[0] == "data":
        warned = [each["value"] for each in json.loads(done.stdout) if each["kind"] == "warning"]
        assert any(f"figures of {QUARTER} are estimates" in each for each in warned)


def test_the_figures_are_those_of_the_release(before: Company, night: Path) -> None:
    """Free cash flow and its parts are as filed; what was estimated is near what was filed later."""
    company = companies.with_data_folder(night, before)
    found, shipped = (run([load_scenario("base", QUARTER, each)]) for each in (company, AMAZON))
    for line in ("net_sales", "operating_income", "operating_cash_flow", "free_cash_flow", "cash"):
        reported = shipped.value(line, Period.parse(QUARTER))
        assert found.value(line, Period.parse(QUARTER)) == pytest.approx(reported)
    assert found.value("aws_additions", Period.parse(QUARTER)) == pytest.approx(48_604, rel=0.15)  # as filed
    assert found.values["checks_failed"][0, 0] == shipped.values["checks_failed"][0, 0] == 0


def test_a_workbook_marks_estimates_on_reported(night: Path, tmp_path: Path) -> None:
    built = ["build", "--scenario", "base", "--as-of", QUARTER, "--out", str(tmp_path), "--data", str(night)]
    assert amzn_fcf(*built).returncode == 0
    data = (tmp_path / "amzn-fcf_base.xlsx").read_bytes()
    done = amzn_fcf("validate", str(tmp_path / "amzn-fcf_base.xlsx"), "--data", str(night))
    assert done.returncode == 0, done.stdout
    book = read_book(data)
    found = documents_listed({place: cell.value for place, cell in book.sheets["Sources"].cells.items()})
    assert found["net_property_additions_aws", QUARTER][0] == "estimate"
    assert found["operating_cash_flow", QUARTER][0] == "single-source"
    assert found["net_property_additions_aws", "2026Q1"][0] == "single-source"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leave_out=st.frozensets(st.sampled_from(RELEASE), max_size=5))
def test_whatever_is_left_out_is_refused_in_one_line_or_taken(
    leave_out: frozenset[str], before: Company, tmp_path: Path
) -> None:
    own = tmp_path / "-".join(sorted(leave_out))[:80]
    company = companies.laid_over(before, read_folder(str(own), may_be_new=True))
    try:
        intake = take_in(company, [report_of_table(company, table(leave_out), "q.csv")])
    except AmznFcfError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert leave_out
        assert QUARTER in said.split("\n", maxsplit=1)[0] == said
        return
    write_entries(company, intake.written)
    forget_folders()
    taken = companies.with_data_folder(own, before)
    assert load_actuals(taken).latest == load_actuals(AMAZON).latest
    run([load_scenario("base", QUARTER, taken)])
    forget_folders()


def test_what_no_rule_estimates_is_named(before: Company, tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text(table(frozenset({"operating_cash_flow"})), encoding="utf-8")
    with companies.using(before):
        line = refused("import", str(tmp_path / "q.csv"), "--data", str(tmp_path / "own"))
    assert "q.csv: 2026Q2 lacks operating_cash_flow" in line


def test_the_night_then_the_filing_end_in_the_shipped_data(before: Company, tmp_path: Path) -> None:
    own = tmp_path / "own"
    assert len(RELEASE) == 26
    done = take(before, own, file_of(tmp_path / "in", table(form=",.0f").encode(), "q2.csv"))
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


def test_an_item_in_another_unit_than_money_keeps_it(before: Company, tmp_path: Path) -> None:
    """A flag that the template lists: no map of tags says its unit, only the quarters before do."""
    rows = f"{table()}segment_depreciation_reported,{QUARTER},1\n"
    done = take(before, tmp_path / "own", file_of(tmp_path / "in", rows.encode(), "q.csv"))
    assert done.returncode == 0, done.stderr
    company = data_in(before, tmp_path / "own")
    assert load_actuals(company).figure("segment_depreciation_reported", NOW).unit == "flag"
    run([load_scenario("base", QUARTER, company)])
