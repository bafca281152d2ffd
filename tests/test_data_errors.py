"""A mistake in a company's data ends in one line: where it is, and what to do."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from model.amazon import AMAZON
from model.errors import AmznFcfError, InputError
from model.evidence.thesis import load_thesis
from model.reported.actuals import load_actuals
from model.reported.guidance import all_guidance
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_overlays, builtin_scenarios
from model.simulation.files import load_uncertainty

if TYPE_CHECKING:
    from pathlib import Path

    from model.company import Company


def company_with(folder: Path, file: str, old: str, new: str) -> Company:
    """Return Amazon with other data: one text in one file replaced at its first place."""
    data = folder / "data"
    with resources.as_file(AMAZON.file("")) as own:
        shutil.copytree(own, data, ignore=shutil.ignore_patterns("__pycache__"))
    text = (data / file).read_text(encoding="utf-8")
    assert old in text
    (data / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return replace(AMAZON, data=data)


def read_all(company: Company) -> None:
    """Read every file of a company's data."""
    driver_specs(company)
    load_actuals(company)
    all_guidance(company)
    for name in builtin_scenarios(company):
        load_scenario(name, company=company)
    for name in builtin_overlays(company):
        load_scenario(f"base+{name}", company=company)
    load_uncertainty(company=company)
    load_thesis(company)


QUARTERLY, BASE = "actuals_quarterly.csv", "scenarios/base.toml"
STAKE = 'stake = { driver = "capex_budget@2025" }'
BROKEN = {
    "a column missing in drivers": ("drivers.csv", ",fill,", ",",
        "drivers.csv: columns must be driver, unit, default"),
    "a driver without a row": ("drivers.csv", "\nbeta,", "\nbetta,",
        "drivers.csv line .*'betta' is not a driver; did you mean beta"),
    "a row too short": ("drivers.csv", "\nbeta,", "\nbeta\nbeta,",
        "drivers.csv line .*has 1 cells, needs 9"),
    "a row too long": (QUARTERLY, "\nnet_sales,2026Q2,", "\nnet_sales,2026Q2,1,",
        "line .*has 8 cells, needs 7: a text that holds a comma needs quotes"),
    "a default for a quarter only": ("drivers.csv", ",2022=0.19;2027=0.195,", ",2026Q3=0.19,",
        "drivers.csv line .*tax_rate needs a default from 2022 on"),
    "a default that starts late": ("drivers.csv", ",2022=0.19;2027=0.195,", ",2027=0.195,",
        "drivers.csv line .*tax_rate needs a default from 2022 on"),
    "a default that is given twice": ("drivers.csv", ";2027=0.195,", ";2027=0.195;2027=0.2,",
        "drivers.csv line .*tax_rate is given twice for 2027"),
    "a figure of no unit": (QUARTERLY, "116444,USD m,", "116444,USD million,",
        "line 2: unknown unit 'USD million'"),
    "a figure of another unit than those before": (QUARTERLY, "\nnet_sales,2022Q2,121234,USD m,",
        "\nnet_sales,2022Q2,121234,ratio,", "line .*net_sales is in 'ratio', but rows above give it"),
    "a minimum that is a word": ("drivers.csv", "\nbeta,times,1.15,", "\nbeta,times,1.15,low",
        "drivers.csv line .*is not a number"),
    "a default of no period": ("drivers.csv", ",2022=0.06;", ",soon=0.06;",
        "drivers.csv line .*'soon' is not a period"),
    "a run-off of no number": ("drivers.csv", ",0=1;4=", ",0=1;four=",
        "drivers.csv line .*quarters since as-of"),
    "a column missing in figures": (QUARTERLY, ",check,", ",", f"{QUARTERLY}: columns must be item, period"),
    "a figure that is a word": (QUARTERLY, "\nnet_sales,2026Q2,", "\nnet_sales,2026Q2,n",
        "line .*is not a number"),
    "a figure of no period": (QUARTERLY, "\nnet_sales,2026Q2,", "\nnet_sales,2026q,",
        "line .*'2026q' is not a period"),
    "a figure that is missing": (QUARTERLY, "\ndepreciation_amortization,2022Q3,", "\nother,2022Q3,",
        "a figure is missing: .*depr"),
    "a column missing in guidance": ("guidance.csv", ",high,", ",",
        "guidance.csv: columns must be as_of, date"),
    "an as-of of no quarter": ("guidance.csv", "\n20", "\nQ20", "guidance.csv line 2: .*is not a period"),
    "an as-of that is a year": ("guidance.csv", "\n2024Q4,", "\n2024,",
        "guidance.csv line .*as_of must be a quarter"),
    "a guided figure that is a word": ("guidance.csv", "USD m,", "USD million,",
        "guidance.csv line .*needs a line of the model, its unit"),
    "a scenario's as-of": (BASE, 'as_of = "2026Q2"', 'as_of = "2026"',
        "base.toml: as_of: '2026' is not a quarter; write"),
    "a scenario's place": (BASE, "place = ", 'place = "1" # ',
        "base.toml: place must be a whole number, not '1'"),
    "a scenario without drivers": (BASE, "[drivers.", "[driver.",
        "'driver' does not belong in a scenario; did you mean drivers"),
    "a scenario under another's name": ("scenarios/bull.toml", 'name = "bull"', 'name = "base"',
        "bull.toml: holds the scenario 'base'"),
    "an overlay that is no table": ("scenarios/price_war.toml", "[changes.", "changes = 1\n[x.",
        "price_war.toml: "),
    "claims that are no TOML": ("claims.toml", "[[claim]]", "[[claim]", "claims.toml: is not valid TOML"),
    "claims that are no tables": ("claims.toml", 'title = "', 'claim = [1]\ntitle = "', "claims.toml: "),
    "a thesis without a date": ("claims.toml", 'date = "', 'dated = "', "claims.toml: needs title, date"),
    "a claim without its kind": ("claims.toml", 'kind = "range"', "",
        r"claim 1 \(capex-2024\): needs id, claim and kind"),
    "a claim with another key": ("claims.toml", "minimum = 82500", "least = 82500",
        r"claim 1 .*'least' does not belong"),
    "a claim without its line": ("claims.toml", 'line = "capex"', "",
        r"claim 1 .*needs the line and the period"),
    "a claim of no period": ("claims.toml", 'period = "2024"', 'period = "then"',
        r"claim 1 .*'then' is not a period"),
    "a period as a number": ("claims.toml", 'period = "2024"', "period = 2024",
        "period must be a text, not 2024"),
    "a bound that is a word": ("claims.toml", "minimum = 82500", 'minimum = "much"',
        "minimum must be a number, not 'much'"),
    "a range without a bound": ("claims.toml", "minimum = 82500\nmaximum = 83500", "",
        r"claim 1 .*a range needs minimum or maximum"),
    "a stake that is no table": ("claims.toml", STAKE, "stake = 5",
        r"claim 2 .*stake must be a table, not 5"),
    "a stake without a year": ("claims.toml", "capex_budget@2025", "capex_budget",
        r"claim 2 .*needs fair_value, an overlay, a driver"),
    "a stake at no bound": ("claims.toml", STAKE, STAKE.replace(" }", ', edge = "maximum" }'),
        "edge must be a bound"),
    "a stake in a year that is none": ("claims.toml", "capex_budget@2025", "capex_budget@soon",
        "capex_budget: 'SOON' is not a period"),
    "a stake in words": ("claims.toml", "fair_value = 234.75", 'fair_value = "high"',
        "stake: fair_value must be a number"),
    "a correlation of a word": ("uncertainty.toml", "between = [", "between = [[], ",
        "between needs two different names"),
    "uncertainty that is no TOML": ("uncertainty.toml", "[drivers.", "[drivers", "uncertainty.toml: "),
}  # fmt: skip
"""What is wrong: the file, the text that is replaced, what replaces it, and what the message says."""


@pytest.mark.parametrize("case", BROKEN)
def test_a_mistake_in_the_data_is_one_line(case: str, tmp_path: Path) -> None:
    file, old, new, message = BROKEN[case]
    with pytest.raises(AmznFcfError, match=message) as caught:
        read_all(company_with(tmp_path, file, old, new))
    assert "\n" not in str(caught.value).partition("is not valid TOML")[0]


def test_a_default_may_name_a_year_and_every_later_one(tmp_path: Path) -> None:
    company = company_with(tmp_path, "drivers.csv", ";2027=0.195,", ";2027+=0.195;2026=0.2,")
    default = driver_specs(company)["tax_rate"].default
    assert default == driver_specs()["tax_rate"].default | {"2026": 0.2}
    assert default["2035"] == 0.195  # as given


@pytest.mark.parametrize("name", ["drivers.csv", QUARTERLY])
def test_a_file_that_is_missing_or_not_text_is_named(name: str, tmp_path: Path) -> None:
    company = company_with(tmp_path, name, "unit", "unit")
    (tmp_path / "data" / name).write_bytes(b"\xff\xfe")
    with pytest.raises(
        InputError, match=f"{name}: is not a table in UTF-8 text|{name}: cannot be read|drivers.csv: no row"
    ):
        read_all(company)
    (tmp_path / "data" / name).unlink()
    with pytest.raises(InputError, match=f"{name}: cannot be read|drivers.csv: no row for"):
        read_all(replace(company))


def test_an_item_in_another_unit_than_the_model_s_is_refused(tmp_path: Path) -> None:
    company = company_with(tmp_path, QUARTERLY, "unit", "unit")
    path = tmp_path / "data" / QUARTERLY
    text = re.sub(r"(?m)^(net_sales,[^,]*,[^,]*),USD m,", r"\1,m shares,", path.read_text("utf-8"))
    path.write_text(text, encoding="utf-8")
    message = "net_sales of 2022Q1: unit is 'm shares', the model needs 'USD m'"
    with pytest.raises(InputError, match=message):
        run([load_scenario("base", company=company)])
