"""A scenario moved to a new quarter: equal to one made for it; its value by cause, its misses by line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, refused
from held_out import QUARTER, SHIPPED, held_out, rows_of_the_quarter, table_of, written
from second_company import BAKERY

from model import companies
from model.amazon import AMAZON
from model.data_folder import forget_folders
from model.errors import InputError, NotAvailableError
from model.language.periods import Period, Quarter
from model.outputs import Output
from model.results import run
from model.roll.file import file_of
from model.roll.judged import bands, settled
from model.roll.rolling import CAUSES, roll
from model.roll.variance import misses
from model.scenarios.changes import changes
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.simulation.run import simulate
from xlwings_udfs import AMZN_ACTUAL, AMZN_FCF

if TYPE_CHECKING:
    from pathlib import Path

    from model.company import Company

NOW = Quarter.parse(QUARTER)
VALUE = "value_per_share[dcf,mid]"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Amazon before 2026Q2, its base with the guidance of then: 200bn for 2026."""
    company = held_out(tmp_path_factory.mktemp("shipped"))
    path = company.file("scenarios/base.toml")
    text = path.read_text(encoding="utf-8")
    assert "2026 = 220000.0" in text
    (SHIPPED / "scenarios" / "base.toml").read_text(encoding="utf-8")
    with open(str(path), "w", encoding="utf-8") as file:  # noqa: PTH123  # a Traversable
        file.write(text.replace("2026 = 220000.0", "2026 = 200000.0"))
    return company


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the quarter's figures, guidance, and a price of today."""
    folder = tmp_path_factory.mktemp("own")
    said = [row for row in table_of(SHIPPED / "guidance.csv") if row["as_of"] == QUARTER]
    drivers = {row["driver"]: row for row in table_of(SHIPPED / "drivers.csv")}
    rows = [
        {**drivers["price"], "default": "250"}, {**drivers["valuation_date"], "default": "2026-11-20"},
        {**drivers["beta"], "default": "1.2"},
    ]  # fmt: skip
    for name, table in (
        ("actuals_quarterly.csv", rows_of_the_quarter()), ("guidance.csv", said), ("drivers.csv", rows),
    ):  # fmt: skip
        (folder / name).write_text(written(table), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def now(before: Company, own: Path) -> Company:
    """Amazon with the user's data laid over it."""
    return companies.with_data_folder(own, before)


def test_a_rolled_base_is_the_base_made_for_the_quarter(before: Company, own: Path, tmp_path: Path) -> None:
    """Where no judgement changed: guidance for 2026 rose to 220bn, and nothing else."""
    for name in ("actuals_quarterly.csv", "guidance.csv"):
        (tmp_path / name).write_text((own / name).read_text(encoding="utf-8"), encoding="utf-8")
    found = roll("base", company=companies.with_data_folder(tmp_path, before))
    shipped = load_scenario("base", company=AMAZON)
    assert (found.before.as_of, found.after.as_of) == (NOW.shifted(-1), NOW)
    assert changes(found.after, shipped) == []
    assert [each.spec.key for each in changes(found.steps[0], shipped)] == ["capex_budget"]
    assert found.after.sources["capex_budget"].grade == "G"
    assert "2026-07-30" in found.after.sources["capex_budget"].source
    results, expected = run([found.after]), run([shipped])
    assert all(
        (results.values[key] == expected.values[key]).all() for key in (VALUE, "free_cash_flow", "cash")
    )


def test_causes_add_up_to_the_change_in_value(now: Company) -> None:
    found = roll("base", company=now)
    output = Output.of(VALUE, found.after.plan)
    first, last = (float(run([each]).values[VALUE][0, 0]) for each in (found.before, found.after))
    effects = dict(found.effects(output))
    assert list(effects) == list(CAUSES)
    assert sum(effects.values()) == pytest.approx(last - first, abs=1e-9)
    assert effects["refit"] == 0  # no year has ended since
    assert all(abs(effects[cause]) > 0.01 for cause in CAUSES if cause != "refit")

    def value(capex: float, price: float, day: float, beta: float) -> float:
        """Return the value of the scenario as of the quarter, by overrides of the shipped one."""
        shipped = load_scenario("base", company=AMAZON)
        given: dict[str, float | dict[str, float]] = {"valuation_date": day, "price": price, "beta": beta}
        given["capex_budget"] = {"2026": capex}
        return float(run([shipped.with_overrides(given)]).values[VALUE][0, 0])

    table = driver_specs(AMAZON)
    day, beta = (table[key].default["all"] for key in ("valuation_date", "beta"))
    later = day + 45  # 2026-10-06 to 2026-11-20
    steps = [
        value(200_000, 256.29, day, beta), value(200_000, 250, later, beta), value(220_000, 250, later, beta),
        value(220_000, 250, later, 1.2),
    ]  # fmt: skip
    assert effects["reported quarter"] == pytest.approx(steps[0] - first, abs=1e-9)
    assert effects["passage of time and price"] == pytest.approx(steps[1] - steps[0], abs=1e-9)
    assert effects["guidance"] == pytest.approx(steps[2] - steps[1], abs=1e-9)
    assert effects["own changes"] == pytest.approx(steps[3] - steps[2], abs=1e-9)


def test_the_parts_of_a_miss_add_up_to_it(now: Company) -> None:
    found = roll("base", company=now)
    missed = misses(found.before, NOW)
    flow = missed[0]
    assert (flow.line, flow.reported) == ("free_cash_flow", -7689)  # 45,387 - 54,208 + 1,132
    assert flow.estimate == run([found.before]).value("free_cash_flow", Period.parse(QUARTER))
    parts = [each.part for each in missed if each.part == each.part]  # not NaN
    assert len(parts) == len(AMAZON.roll.parts)
    assert sum(parts) == pytest.approx(flow.miss, abs=1e-6)
    by = {each.line: each for each in missed}
    assert by["capex"].part == -(54_208 - by["capex"].estimate)
    assert by["net_sales"].guided == (194_000 + 199_000) / 2  # said on 2026-04-29
    assert by["net_sales"].street == 196_470  # consensus before the results
    assert by["operating_income"].street == 23_570
    assert by["net_sales"].share == pytest.approx(200_606 / by["net_sales"].estimate - 1)


def test_fitted_drivers_are_what_their_rule_gives_on_the_shipped_data() -> None:
    """The rule gives the values that ship, which were typed in by hand."""
    found = roll("article", company=AMAZON)
    specs = driver_specs(AMAZON)
    for refit in AMAZON.roll.refits:
        assert found.after.table[refit.driver]["2030"] == pytest.approx(specs[refit.driver].default["2030"])
    off = load_scenario("article", company=AMAZON).with_overrides({"business_growth_gap[other]": 0.1})
    assert off.table["business_growth_gap[other]"]["2030"] == 0.1


def test_a_fit_is_renewed_and_is_a_cause_of_its_own(tmp_path: Path) -> None:
    gap = next(
        row for row in table_of(SHIPPED / "drivers.csv") if row["driver"] == "business_growth_gap[other]"
    )
    folder = tmp_path / "shipped"
    company = held_out(folder)
    text = (folder / "drivers.csv").read_text(encoding="utf-8")
    (folder / "drivers.csv").write_text(
        text.replace("gap[other],ratio,0.005", "gap[other],ratio,0.15"), "utf-8"
    )
    assert gap["default"] == "0.005"
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "actuals_quarterly.csv").write_text(written(rows_of_the_quarter()), encoding="utf-8")
    found = roll("base", company=companies.with_data_folder(tmp_path / "own", company))
    assert found.before.table["business_growth_gap[other]"]["2030"] == 0.15
    assert found.after.table["business_growth_gap[other]"]["2030"] == pytest.approx(0.005)
    assert found.after.sources["business_growth_gap[other]"].grade == "F"
    output = Output.parse("business_sales[other] 2028", found.after.plan)
    effects = dict(found.effects(output))
    assert abs(effects["refit"]) > 1
    assert effects["own changes"] == 0


def test_what_nobody_renewed_is_listed(now: Company) -> None:
    found = roll("base", company=now)
    review = {each.driver: each for each in found.review}
    assert "kept" in review["aws_growth"].reason
    assert "no rule" in review["sales_yield"].reason or review["sales_yield"].grade == "J"
    assert "not renewed" in review["stakes[anthropic]"].reason
    assert not {"price", "valuation_date", "capex_budget"} & set(review)
    late = load_scenario("base", company=now)
    assert "planned_borrowing 2026Q3" not in found.dropped
    assert late.as_of < NOW


def test_claims_and_the_band(now: Company) -> None:
    found = roll("base", company=now)
    moved = settled(found.before.as_of, NOW, found.after)
    assert all(each.before != each.after for each in moved)
    missed = misses(found.before, NOW)
    made = {each.line: each for each in bands(found.before, NOW, missed)}
    flow = made["free_cash_flow"]
    output = Output.parse(f"free_cash_flow {QUARTER}", found.before.plan)
    simulated = simulate(found.before, draws=4096, engine="numpy", workers=1, outputs=[output])
    estimate = simulated.estimates[str(output)]
    assert (flow.low, flow.high) == (estimate.percentiles[5], estimate.percentiles[95])
    assert (flow.low <= flow.reported) == (flow.rank >= 0.05 - 0.002)
    assert 0 <= flow.rank <= 1
    # of its own percentiles the rank is known
    for percent in (10, 25, 75):
        placed = replace(missed[0], reported=estimate.percentiles[percent])
        (again,) = [each for each in bands(found.before, NOW, [placed]) if each.line == "free_cash_flow"]
        assert again.rank == pytest.approx(percent / 100, abs=0.005)


def test_the_file_gives_the_scenario_and_cells_answer_at_the_new_as_of(
    before: Company, own: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for path in own.glob("*.csv"):
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    out = folder / "scenarios" / "base.toml"
    found = roll("base", company=companies.with_data_folder(folder, before)).after
    forget_folders()
    with companies.using(before):
        done = amzn_fcf("roll", "--data", str(folder), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert f"wrote {out}" in done.stdout
    for said in ("Free cash flow", "Value by cause", "To review", "In the band", "reported quarter"):
        assert said in done.stdout
    company = companies.with_data_folder(folder, before)
    written_one = load_scenario("base", company=company)
    assert (written_one.as_of, written_one.weight) == (NOW, 0.5)
    assert changes(written_one, found) == []
    with companies.using(company):
        assert AMZN_ACTUAL("operating_cash_flow", QUARTER) == 45_387
        assert AMZN_FCF(QUARTER) == 45_387 - 54_208 + 1_132
        assert "as of 2026Q2 already" in refused("roll", "--data", str(folder))
    results = run([written_one])
    assert results.values["checks_failed"][0, 0] == 0


def test_it_is_for_programs_too(before: Company, own: Path) -> None:
    with companies.using(before):
        done = amzn_fcf("roll", "--data", str(own), "--format", "json")
    found = json.loads(done.stdout)
    flow = next(each for each in found if each["kind"] == "miss" and each["line"] == "free_cash_flow")
    parts = [each["part"] for each in found if each["kind"] == "miss" and each["part"] is not None]
    assert sum(parts) == pytest.approx(flow["miss"], abs=1e-6)
    assert {each["kind"] for each in found} >= {"miss", "estimate", "bridge", "band", "review"}
    (turn,) = [each for each in found if each["kind"] == "estimate" and each["line"] == "turn"]
    both = [Quarter.parse(turn[side]) for side in ("before", "after")]
    assert both[1] - both[0] == turn["difference"]


def test_a_file_of_a_scenario_on_which_others_build(now: Company) -> None:
    found = roll("bull+price_war", company=now)
    text = file_of(found.after, "mine", takes_place=False)
    assert 'base = ""' in text
    assert "bull+price_war" not in text.split("[drivers", maxsplit=1)[0].partition("title")[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "base is as of 2026Q2 already: import a later quarter"),
        (["--to", "2027Q1"], "as-of 2027Q1 is not reported yet"),
        (["--scenario", "article", "--out", "x.txt"], "needs a name that ends in .toml"),
        (["--scenario", "article", "--out", "base.toml"], "base is a scenario in force: write it into"),
        (["--scenario", "nobody"], "unknown scenario 'nobody'"),
    ],
)
def test_what_cannot_be_rolled_is_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused("roll", *arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_company_without_rules_is_one_line(tmp_path: Path) -> None:
    row = {"period": "2026Q1", "unit": "USD m", "check": "judgement", "source": "made up", "read_at": ""}
    items = {"sales_north": "34", "sales_south": "23", "margin": "23", "free_cash": "15"}
    rows = [{"item": item, "value": value, **row} for item, value in items.items()]
    heads = ("item", "period", "value", "unit", "check", "source", "read_at")
    (tmp_path / "actuals_quarterly.csv").write_text(written(rows, heads), encoding="utf-8")
    with companies.using(BAKERY):
        assert "Two Bakeries has no line whose miss" in refused("roll", "--data", str(tmp_path))
    with pytest.raises(NotAvailableError):
        roll("base", Quarter.parse("2026Q4"), BAKERY)
    with pytest.raises(InputError, match="already"):
        roll("base", company=BAKERY)
