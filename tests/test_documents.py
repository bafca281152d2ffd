"""The documents behind figures: accession numbers, addresses, and the grade of what others read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from held_out import QUARTER, SHIPPED, held_out, table_of, written
from second_company import BAKERY
from shared import documents_listed

from model.amazon import AMAZON
from model.companies import with_data_folder
from model.errors import InputError
from model.reported.actuals import QUARTERLY_FILE
from model.reported.documents import accession_of, address_of
from model.scenarios.composing import load_scenario
from workbook_templates.plan.layout import SOURCES
from workbook_templates.plan.workbook import plan_workbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "accession"),
    [
        ("AMZN 10-Q (2026Q3), accession 0001018724-26-000040", "0001018724-26-000040"),
        ("AMZN 10-K (FY2022), 2023-02-03", "0001018724-23-000004"),
        ("AMZN 8-K Ex. 99.1 (2025Q2); same in AMZN 10-Q (2025Q2), 2025-08-01", "0001018724-25-000086"),
        # of two filings the one that is named first
        ("AMZN 10-K (FY2025), 2026-02-06; same in AMZN 10-Q (2026Q1), 2026-04-30", "0001018724-26-000004"),
        ("AMZN 8-K Ex. 99.1 (2025Q2), 2025-07-31", ""),
        ("derived", ""),
    ],
)  # fmt: skip
def test_the_accession_number_is_that_of_the_filing_named_first(source: str, accession: str) -> None:
    assert accession_of(AMAZON, source) == accession
    folder = f"https://www.sec.gov/Archives/edgar/data/1018724/{accession.replace('-', '')}/"
    assert address_of(AMAZON, accession) == (folder if accession else "")


def test_a_company_without_filings_has_no_addresses() -> None:
    assert accession_of(BAKERY, "made up") == ""
    assert address_of(BAKERY, "0001018724-26-000040") == ""
    assert address_of(AMAZON, "../../x") == ""


def test_a_document_without_its_number_is_one_line(tmp_path: Path) -> None:
    text = "document,accession,source\nAMZN 10-Q (2026Q3),26-40,me\n"
    (tmp_path / "documents.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"documents.csv line 2: needs a document and its accession number"):
        accession_of(with_data_folder(tmp_path, AMAZON), "AMZN 10-Q (2026Q3)")


def test_what_was_read_only_in_extracts_of_others_is_graded_so() -> None:
    """No figure says that a filing's instance was read where only an extract of it was."""
    rows = table_of(SHIPPED / QUARTERLY_FILE)
    copies = ("stored copy of the SEC filing", "tests/fixtures/xbrl/amzn")
    read = [row for row in rows if row["read_at"]]
    extracts = [row for row in read if not any(copy in row["read_at"] for copy in copies)]
    assert len(extracts) == 19
    assert {row["check"] for row in extracts} == {"third-party", "derived"}
    assert not [row for row in extracts if "XBRL instance" in row["source"]]
    assert {row["check"] for row in rows if row not in extracts} == {
        "verified", "single-source", "derived", "judgement",
    }  # fmt: skip


def test_sources_lead_to_the_filing_and_say_where_it_was_read(tmp_path: Path) -> None:
    company = held_out(tmp_path / "shipped")
    row = {
        "item": "net_sales_aws", "period": QUARTER, "value": "42232", "unit": "USD m",
        "check": "single-source", "source": "AMZN 10-Q (2026Q2), accession 0001018724-26-000026",
        "read_at": "a folder of mine",
    }  # fmt: skip
    others = [each for each in table_of(SHIPPED / QUARTERLY_FILE) if each["period"] == QUARTER]
    rows = [row, *(each for each in others if each["item"] != "net_sales_aws")]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / QUARTERLY_FILE).write_text(written(rows), encoding="utf-8")
    scenario = load_scenario("base", QUARTER, with_data_folder(tmp_path / "own", company))
    plain = replace(scenario.company.presentation, workbook=BAKERY.presentation.workbook)
    scenario = replace(scenario, company=replace(scenario.company, presentation=plain))
    sheet = plan_workbook(scenario, [scenario], "test").sheets[SOURCES]
    cells = {place: cell.content for place, cell in sheet.cells.items()}
    check, _, read_at, filing = documents_listed(cells)["net_sales_aws", QUARTER]
    assert (check, read_at, filing) == ("single-source", "a folder of mine", "0001018724-26-000026")
    (at,) = [place for place, value in cells.items() if value == "a folder of mine"]
    address = "https://www.sec.gov/Archives/edgar/data/1018724/000101872426000026/"
    assert sheet.links[at[0], at[1] + 1] == address
