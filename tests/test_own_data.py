"""A folder of the user's own data, laid over those that ship."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, records, refused
from held_out import SHIPPED, held_out, rows_of_the_quarter, table_of, written
from second_company import BAKERY

import amzn_fcf as package
from amzn_fcf.commands import COMMANDS
from model import companies
from model.amazon import AMAZON
from model.data_folder import read_folder
from model.errors import AmznFcfError, InputError, UnknownNameError
from model.language.periods import Period, Quarter
from model.reported.actuals import load_actuals
from model.reported.guidance import guidance_at
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from workbook_templates.read.book import read_book
from xlwings_udfs import AMZN_ACTUAL, AMZN_LINE
from xlwings_udfs.cells import calls

if TYPE_CHECKING:
    from pathlib import Path

HEADS = "item,period,value,unit,check,source,read_at"
OLD = Quarter.parse("2026Q1")


def folder_with(folder: Path, **files: str) -> Path:
    """Write files of own data; ``__`` in a name is a dot, and ``scenarios_`` the folder of scenarios."""
    for name, text in files.items():
        path = folder / name.replace("__", ".").replace("scenarios_", "scenarios/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_rows_replace_those_of_the_same_key_and_others_are_added(tmp_path: Path) -> None:
    price = next(row for row in table_of(SHIPPED / "drivers.csv") if row["driver"] == "price")
    told = {
        "as_of": "2026Q2", "date": "2026-09-01", "line": "net_sales", "period": "2026Q3", "low": "198000",
        "high": "", "point": "", "unit": "USD m", "check": "single-source", "source": "A talk", "read_at": "",
    }  # fmt: skip
    folder = folder_with(
        tmp_path,
        drivers__csv=written([{**price, "default": "300.5"}]),
        guidance__csv=written([told]),
        actuals_quarterly__csv=f"{HEADS}\nnet_sales,2026Q1,181520,USD m,verified,My own reading,\n",
    )
    company = companies.with_data_folder(folder, AMAZON)
    assert driver_specs(company)["price"].default == {"all": 300.5}
    assert len(driver_specs(company)) == len(driver_specs(AMAZON))
    said = guidance_at(company, Quarter.parse("2026Q2"), "net_sales", Period.parse("2026Q3"))
    assert said is not None
    assert said.ends == (198000.0,)
    theirs = guidance_at(company, OLD, "net_sales", Period.parse("2026Q2"))
    assert theirs is not None
    assert theirs.ends == (194000.0, 199000.0)
    changed, shipped = load_actuals(company).quarterly, load_actuals(AMAZON).quarterly
    assert {key for key in shipped if shipped[key] != changed[key]} == {("net_sales", "2026Q1")}
    assert changed["net_sales", "2026Q1"].value == 181520


def test_a_quarter_added_by_the_user_gives_what_the_shipped_quarter_gives(tmp_path: Path) -> None:
    """Figures, values and a workbook's processes: 2026Q2 as rows of the user's own."""
    own = folder_with(tmp_path / "own", actuals_quarterly__csv=written(rows_of_the_quarter()))
    company = companies.with_data_folder(own, held_out(tmp_path / "data"))
    assert load_actuals(company).latest == Quarter.parse("2026Q2")
    found = run([load_scenario("base", "2026Q2", company)])
    expected = run([load_scenario("base", "2026Q2", AMAZON)])
    for line in ("free_cash_flow", "net_sales", "aws_margin"):
        assert (found.values[line] == expected.values[line]).all()
    before = run([load_scenario("base", "2026Q1", company)])
    assert (before.values["net_sales"][:17] == expected.values["net_sales"][:17]).all()


def test_a_restated_figure_is_seen_only_from_the_report_that_restated_it(tmp_path: Path) -> None:
    row = "depreciation_amortization,2025Q4,19000,USD m,verified,Restated in 10-Q (2026Q2),,2026Q2"
    folder = folder_with(tmp_path, actuals_quarterly__csv=f"{HEADS},since\n{row}\n")
    company = companies.with_data_folder(folder, AMAZON)
    filed = load_actuals(AMAZON).value("depreciation_amortization", Quarter.parse("2025Q4"))
    assert filed != 19000
    for as_of, value in ((OLD, filed), (Quarter.parse("2026Q2"), 19000), (None, 19000)):
        found = load_actuals(company, as_of).value("depreciation_amortization", Quarter.parse("2025Q4"))
        assert found == value
    for moved, value in (("2026Q1", filed), ("2026Q2", 19000)):
        results = run([load_scenario("base", moved, company)])
        assert results.value("depreciation_amortization", Period.parse("2025Q4")) == value


def test_scenarios_are_added_and_replaced_whole(tmp_path: Path) -> None:
    base = (SHIPPED / "scenarios" / "base.toml").read_text(encoding="utf-8")
    folder = folder_with(
        tmp_path,
        scenarios_base__toml=base.replace("2027 = 0.33", "2027 = 0.5"),
        scenarios_mine__toml=base.replace('name = "base"', 'name = "mine"').replace("weight = 0.5", ""),
        notes__txt="mine",
    )
    company = companies.with_data_folder(folder, AMAZON)
    assert load_scenario("base", company=company).table["aws_growth"]["2027"] == 0.5
    assert load_scenario("mine", company=company).table["aws_growth"]["2027"] == 0.33
    assert load_scenario("bull", company=company).table == load_scenario("bull", company=AMAZON).table
    done = amzn_fcf("data", "--data", str(folder))
    assert "not used: notes.txt" in done.stdout
    assert "mine as of 2026Q2" in done.stdout


def test_a_folder_is_used_in_python_in_cells_and_by_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = AMZN_ACTUAL("interest_income", "2026Q2")
    row = "interest_income,2026Q2,1296,USD m,verified,My own reading,"
    folder = folder_with(tmp_path, actuals_quarterly__csv=f"{HEADS}\n{row}\n")
    with package.using_data(folder):
        assert AMZN_ACTUAL("interest_income", "2026Q2") == 1296 != shipped
        assert run(["base"]).value("interest_income", Period.parse("2026Q2")) == 1296
    assert AMZN_ACTUAL("interest_income", "2026Q2") == shipped
    monkeypatch.setenv("AMZN_FCF_DATA", str(folder))
    assert AMZN_LINE("interest_income", "2026Q2") == 1296
    shown = ["show", "interest_income", "--period", "2026Q2", "--format", "json"]
    assert json.loads(amzn_fcf(*shown).stdout)[0]["value"] == 1296
    (tmp_path / "other").mkdir()
    assert json.loads(amzn_fcf(*shown, "--data", str(tmp_path / "other")).stdout)[0]["value"] == shipped


def test_functions_in_cells_see_what_another_process_wrote_into_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMZN_FCF_DATA", str(tmp_path))
    monkeypatch.setattr(calls, "SECONDS", 0.0)  # a look with every call
    row = "interest_income,2026Q2,{},USD m,verified,My own reading,"
    for given in (1296, 1300):
        folder_with(tmp_path, actuals_quarterly__csv=f"{HEADS}\n{row.format(given)}\n")
        assert AMZN_ACTUAL("interest_income", "2026Q2") == given
        assert AMZN_LINE("interest_income", ["2026Q2"]) == given  # a range: not kept
    own = 'name = "mine"\ntitle = "Mine"\nbase = "base"\nas_of = "2026Q2"\n'
    with pytest.raises(UnknownNameError):
        AMZN_LINE("net_sales", 2027, "mine")
    folder_with(tmp_path, scenarios_mine__toml=own)
    assert AMZN_LINE("net_sales", 2027, "mine") == AMZN_LINE("net_sales", 2027)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_other_processes_see_the_same_data(workers: str, tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path / "own", actuals_quarterly__csv=f"{HEADS}\nfree_cash,2025Q4,3.25,USD m,verified,x,\n"
    )
    company = companies.with_data_folder(folder, AMAZON)
    assert pickle.loads(pickle.dumps(company)) is company  # noqa: S301  # our own
    assert pickle.loads(pickle.dumps(AMAZON)) is AMAZON  # noqa: S301
    with companies.using(BAKERY):
        built = ["build", "--out", str(tmp_path / "out"), "--workers", workers, "--data", str(folder)]
        assert amzn_fcf(*built).returncode == 0
        kept = amzn_fcf(*built).stdout
        folder_with(
            tmp_path / "more", actuals_quarterly__csv=f"{HEADS}\nfree_cash,2025Q4,3.5,USD m,verified,x,\n"
        )
        again = amzn_fcf(*built[:-1], str(tmp_path / "more"))
        assert ("kept" in kept, "kept" in again.stdout) == (True, False), again.stdout
    for path in (tmp_path / "out").glob("*.xlsx"):
        assert 3.5 in read_book(path.read_bytes()).values["Reported"].values()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_folder(command: str) -> None:
    assert "--data DIR" in amzn_fcf(command, "--help").stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADS}\nnet_sales,2026Q2,much,USD m,verified,s,\n", "_quarterly.csv line 2: 'much' is not"),
        ("item,period\n", "columns must be item, period, value, .*, and may end with since"),
        (f"{HEADS},since\nnet_sales,2025Q2,1,USD m,verified,s,,soon\n", "line 2: since: 'soon' is not a"),
        (f"{HEADS}\nnet_sales,2026Q2,1,USD m,verified,s,\nnet_sales,2026Q2,2,USD m,verified,s,\n",
         "line 3: net_sales of 2026Q2 is given twice"),
        (f"{HEADS}\nnet_sales,2026Q2,1,ratio,verified,s,\n", "net_sales is in 'ratio'"),
    ],
    ids=["a word", "columns", "since", "twice", "unit"],
)  # fmt: skip
def test_a_mistake_names_the_file_in_the_folder(text: str, message: str, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, actuals_quarterly__csv=text)
    with pytest.raises(AmznFcfError, match=message) as caught:
        load_actuals(companies.with_data_folder(folder, AMAZON))
    assert str(caught.value).startswith(f"{folder}/")
    assert refused("show", "net_sales", "--data", str(folder))


def test_a_folder_that_is_none_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is no folder of data" in refused("show", "--data", str(tmp_path / "nowhere"))
    assert "needs the name of a folder" in refused("show", "--data", "")
    (tmp_path / "drivers.csv").write_bytes(b"\xff\xfe\xff")
    assert "not UTF-8 text" in refused("data", "--data", str(tmp_path))
    monkeypatch.setenv("AMZN_FCF_DATA", str(tmp_path / "gone"))
    with pytest.raises(InputError, match="is no folder of data"):
        companies.default()
    assert "is no folder of data" in refused("value")


def test_what_is_out_of_date_is_said_on_the_day_it_becomes_so() -> None:
    """2026Q3 ends on 2026-09-30; the price is of 2026-10-06."""
    warnings = {
        day: [line for line in amzn_fcf("data", "--on", day).stdout.splitlines() if line[:8] == "warning:"]
        for day in ("2026-11-06", "2026-11-07", "2026-11-09", "2026-11-10")
    }
    assert warnings["2026-11-06"] == []
    assert len(warnings["2026-11-07"]) == 1
    assert "the price of 2026-10-06 is 32 days old" in warnings["2026-11-07"][0]
    assert len(warnings["2026-11-09"]) == 1
    assert "2026Q3 ended 41 days ago" in warnings["2026-11-10"][0]
    assert "--on needs a day" in refused("data", "--on", "yesterday")


def test_the_state_is_for_programs_too() -> None:
    found = records("data", "--on", "2026-11-27")
    rows = {each["name"]: each["ships"] for each in found if each["kind"] == "file"}
    assert rows["actuals_quarterly.csv"] == len(table_of(SHIPPED / "actuals_quarterly.csv"))
    facts = {each["name"]: each["value"] for each in found if each["kind"] == "fact"}
    assert facts["quarters"] == "2022Q1 to 2026Q2"
    assert [each["kind"] for each in found].count("warning") == 2


def test_a_folder_is_read_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, actuals_annual__csv=f"{HEADS}\n")
    before = read_folder(str(folder))
    (folder / "actuals_annual.csv").write_text("broken", encoding="utf-8")
    assert read_folder(str(folder)) is before
