"""``amzn-fcf against``: a scenario beside guidance, the Street and the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, records, refused
from shared import computed

from model.amazon import AMAZON
from model.evidence.against import Compared, compared
from model.language.periods import Period, Quarter
from model.reported.guidance import all_estimates, all_guidance, known_by

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("frozen_data")


def row(line: str, period: str, scenario: str = "base") -> Compared:
    return next(
        each for each in compared(computed(scenario)) if (each.line, str(each.period or "")) == (line, period)
    )


def test_what_ships_is_all_that_was_found() -> None:
    """38 ranges of a quarter, 6 words on spending in a year, 26 figures of the Street."""
    said = [(each.line, each.as_of) for each in all_guidance(AMAZON)]
    assert [sum(line == each for line, _ in said) for each in ("net_sales", "operating_income")] == [19, 19]
    assert {as_of for line, as_of in said if line == "net_sales"} == {
        Quarter(2021, 4).shifted(each) for each in range(19)
    }
    assert len(said) == 44
    assert len(all_estimates(AMAZON)) == 26
    assert all(each.source and each.date for each in all_estimates(AMAZON))


def test_the_next_quarter_beside_guidance_and_the_street() -> None:
    sales, income = row("net_sales", "2026Q3"), row("operating_income", "2026Q3")
    assert sales.model == pytest.approx(203_000, rel=0.005)  # the calibration's figure
    assert sales.guidance is not None
    assert list(sales.guidance.ends) == [197_000, 202_000]
    assert sales.guidance.date == "2026-07-30"
    assert sales.street is not None
    assert sales.street.middle == 204_000
    assert sales.year_before == 180_169
    assert sales.is_reported
    assert income.guidance is not None
    assert list(income.guidance.ends) == [22_500, 26_500]
    assert income.street is not None
    assert income.street.middle == 24_790


def test_years_ahead_beside_the_street() -> None:
    earned = row("eps", "2027")
    assert earned.street is not None
    assert (earned.street.middle, earned.street.date) == (10.467, "2026-08-13"), "the latest, not 10.532"
    assert earned.model == computed("base").value("eps", Period("annual", 2027))
    assert not earned.is_reported
    flow = row("free_cash_flow", "2026")
    assert flow.street is not None
    assert (flow.street.low, flow.street.high, flow.street.middle) == (-28_000, -17_000, -22_500)
    assert "Morgan Stanley" in flow.street.source
    assert "Bank of America" in flow.street.source
    later = row("free_cash_flow", "2028")
    assert later.street is not None
    assert later.street.middle == 81_000
    target = row("value_per_share[dcf,mid]", "")
    assert target.street is not None
    assert (target.street.low, target.street.high, target.street.middle) == (175, 370, 313)
    assert target.year_before is None


def test_nothing_is_shown_that_was_not_known_at_the_as_of() -> None:
    found = compared(computed("article"))
    assert all(each.period is None or each.period.year >= 2025 for each in found)
    dates = [each.date for row in found for each in (row.guidance, row.street) if each is not None]
    assert dates
    assert max(dates) <= "2026-02-05", "the day of the results of 2025Q4"
    assert known_by(AMAZON, Quarter(2026, 2), all_estimates(AMAZON)) == list(all_estimates(AMAZON))


def test_the_command_gives_text_with_sources_and_records() -> None:
    text = amzn_fcf("against").stdout
    assert "197.0 to 202.0" in text
    assert "Street, free_cash_flow 2028: 2026-04-29, Wall Street consensus for 2028" in text
    found = records("against", "--scenario", "bear")
    first = next(each for each in found if each["line"] == "net_sales" and each["period"] == "2026Q3")
    assert first["guidance_middle"] == 199_500
    assert first["guidance_difference"] == pytest.approx(first["model"] - 199_500)
    assert first["street_difference_share"] == pytest.approx(first["model"] / 204_000 - 1)
    assert first["year_before_difference_share"] == pytest.approx(first["model"] / 180_169 - 1)


OWN = "date,line,period,low,high,point,unit,kind,check,source,read_at\n"
GOOD = "2026-09-01,net_sales,2027,,,940000,USD m,consensus,single-source,my broker,\n"


def test_a_file_of_the_users_own_takes_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(OWN + GOOD, encoding="utf-8")
    printed = records("against", "--consensus", "mine.csv", cwd=tmp_path)
    found = {(each["line"], each["period"]): each["street_middle"] for each in printed}
    assert found["net_sales", "2027"] == 940_000
    assert ("eps", "2027") not in found
    assert found["net_sales", "2026Q3"] is None, "guided, but not in this file"


def test_a_consensus_in_the_users_folder_of_data_wins(tmp_path: Path) -> None:
    (tmp_path / "consensus.csv").write_text(OWN + GOOD, encoding="utf-8")
    printed = records("against", "--data", str(tmp_path))
    found = {(each["line"], each["period"]): each["street_middle"] for each in printed}
    assert found["net_sales", "2027"] == 940_000, "the latest: what ships is of April 2025"
    assert found["eps", "2027"] == 10.467, "and the rest of what ships"


@pytest.mark.parametrize(
    ("replaced", "by", "message"),
    [
        ("net_sales", "net_sale", "mine.csv line 2: needs a line of the model, its unit"),
        ("USD m", "USD bn", "mine.csv line 2: needs a line of the model, its unit"),
        ("2027", "27", "mine.csv line 2: '27' is not a period"),
        (",2027,", ",,", "mine.csv line 2: net_sales needs a period"),
        ("940000", "many", "mine.csv line 2: 'many' is not a number"),
        (",940000,", ",,", "mine.csv line 2: needs a date, a source, and low, high or point"),
        ("consensus,", "guess,", "mine.csv line 2: kind must be analyst or consensus, not 'guess'"),
        ("my broker", "", "mine.csv line 2: needs a date, a source"),
        (",,,940000", ",9,8,", "mine.csv line 2: low 9 is above high 8"),
        ("period,", "", "mine.csv: columns must be date, line, period"),
        ("940000", "1,2", "mine.csv line 2: has 12 cells, needs 11"),
    ],
)
def test_a_wrong_file_is_one_line(replaced: str, by: str, message: str, tmp_path: Path) -> None:
    text = OWN + GOOD
    assert replaced in text
    (tmp_path / "mine.csv").write_text(text.replace(replaced, by, 1), encoding="utf-8")
    assert message in refused("against", "--consensus", "mine.csv", cwd=tmp_path)


def test_a_file_that_is_missing_is_one_line(tmp_path: Path) -> None:
    assert "none.csv: cannot read the consensus file: No such file" in refused(
        "against", "--consensus", "none.csv", cwd=tmp_path
    )
