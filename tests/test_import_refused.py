"""Filings and tables that cannot be: one line each, and nothing is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import refused
from held_out import QUARTER, SHIPPED, held_out, table_of, written
from made_up_filing import first_day, instance, last_day, tags, ten_k, ten_q
from taking_in import file_of, take

from model import companies
from model.data_folder import forget_folders
from model.language.periods import Quarter

if TYPE_CHECKING:
    from model.company import Company

NOW = Quarter.parse(QUARTER)
PURCHASES = "purchases_of_property_and_equipment"


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


def assert_refused(before: Company, folder: Path, name: str, message: str) -> None:
    """Assert that a file is refused in one line, and that nothing is written."""
    forget_folders()
    with companies.using(before):
        line = refused("import", name, "--data", str(folder / "own"))
    assert re.search(message, line), line
    assert not (folder / "own").exists()


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
    assert_refused(before, tmp_path, file_of(tmp_path / "in", data), message)


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
    assert_refused(before, tmp_path, file_of(tmp_path / "in", text.encode(), "q.csv"), message)


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


def test_a_table_that_is_in_use_leaves_both_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table of years is renamed first: it goes back to what it was, or away."""
    company, own = held_out(tmp_path / "shipped", "2025Q4"), tmp_path / "own"
    filing = file_of(tmp_path / "in", instance(ten_k(2025), "2025Q4", "10-K"))
    release = written([{"item": "diluted_shares", "period": "2025Q4", "value": "10872"}])
    table = file_of(tmp_path / "in", release.encode(), "release.csv")
    replace, renamed = Path.replace, list[str]()

    def in_use(part: Path, target: Path) -> Path:
        renamed.append(target.name)
        if target.name == "actuals_quarterly.csv":
            raise PermissionError(13, "in use")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", in_use)
    done = take(company, own, filing, table)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "actuals_quarterly.csv: cannot be written (in use)" in done.stderr
    assert renamed == ["actuals_annual.csv", "actuals_quarterly.csv"]
    assert list(own.iterdir()) == []
    kept = written(row for row in table_of(SHIPPED / "actuals_annual.csv") if row["period"] == "2024")
    (own / "actuals_annual.csv").write_text(kept, encoding="utf-8")
    assert take(company, own, filing, table).returncode == 2
    assert [(each.name, each.read_text(encoding="utf-8")) for each in own.iterdir()] == [
        ("actuals_annual.csv", kept)
    ]
    monkeypatch.undo()
    assert take(company, own, filing, table).returncode == 0
    assert {each.name for each in own.iterdir()} == {"actuals_annual.csv", "actuals_quarterly.csv"}


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
