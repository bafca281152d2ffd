"""A made-up company goes through the same commands, workbooks and functions as Amazon."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from second_company import BAKERY

from amzn_fcf.building.selection import default_scenarios, shipped_at
from amzn_fcf.cli import main
from model import companies
from model.errors import AmznFcfError
from model.language.periods import Period
from model.results import run
from model.scenarios.composing import load_scenario
from model.simulation.run import simulate
from workbook_templates.engines.engines import DEFAULT_ENGINE, ENGINES
from workbook_templates.read.book import read_book
from xlwings_udfs.cells.models import scenario_name

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def bakery() -> Iterator[None]:
    """Make the second company the one in use."""
    with companies.using(BAKERY):
        yield


def free_cash(growth_north: float, growth_south: float, flour: float) -> list[float]:
    """Return free cash flow of the four quarters to come by a plain loop, from what the data say."""
    north, south, found = 33.0, 23.0, []
    for _ in range(4):
        north *= 1 + growth_north
        south *= 1 + growth_south
        found.append((north + south) * (1 - flour) * (1 - 0.2) - 3)
    return found


@pytest.mark.parametrize(
    ("name", "drivers"),
    [("base", (0.03, 0.01, 0.6)), ("boom", (0.03, 0.06, 0.6)), ("boom+strike", (0.03, 0.06, 0.7))],
)
def test_its_model_is_what_a_plain_loop_gives(name: str, drivers: tuple[float, float, float]) -> None:
    results = run([load_scenario(name)])
    assert results.values["free_cash"][4:, 0] == pytest.approx(free_cash(*drivers))
    assert results.value("free_cash", Period.parse("2026")) == pytest.approx(sum(free_cash(*drivers)))


def test_show_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "free_cash", "--scenario", "boom", "--format", "json"]) == 0
    found = {each["period"]: each["value"] for each in json.loads(capsys.readouterr().out)}
    assert found["2026"] == pytest.approx(sum(free_cash(0.03, 0.06, 0.6)))


def test_it_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    found = simulate("base", draws=4000, engine="numpy", workers=1)
    sales = sum((33 * 1.03 ** (quarter + 1) + 23 * 1.01 ** (quarter + 1)) for quarter in range(4))
    last = found.estimates["ttm_free_cash 2026Q4"]
    assert last.mean == pytest.approx(sum(free_cash(0.03, 0.01, 0.6)), abs=5 * last.standard_error)
    assert last.deviation == pytest.approx(0.02 * 0.8 * sales, rel=0.05)
    assert main(["simulate", "--draws", "500", "--engine", "numpy", "--output", "free_cash 2026"]) == 0
    assert "free_cash 2026" in capsys.readouterr().out


@pytest.mark.parametrize("workers", ["1", "2"])
def test_its_workbook_is_built_and_valid(
    workers: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenarios = ["--scenario", "base", "boom"]
    assert main(["build", *scenarios, "--out", str(tmp_path), "--workers", workers]) == 0
    names = sorted(path.name for path in tmp_path.glob("*.xlsx"))
    assert names == ["amzn-fcf_base.xlsx", "amzn-fcf_boom.xlsx"]
    assert main(["validate", *(str(tmp_path / name) for name in names)]) == 0
    assert "error" not in capsys.readouterr().out
    data = (tmp_path / "amzn-fcf_boom.xlsx").read_bytes()
    sheets = list(read_book(data).sheets)
    assert {"Cover", "Contents", "Inputs", "Reported", "Bakery", "Oven"} <= set(sheets)
    assert not {"Thesis", "Sales", "Value"} & set(sheets)
    values = ENGINES[DEFAULT_ENGINE].calculate(data)["Oven"].values()
    flow = sum(free_cash(0.03, 0.06, 0.6))
    assert any(isinstance(each, float) and np.isclose(each, flow) for each in values)


def test_its_base_can_have_any_name_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(BAKERY.data, Path)
    shutil.copytree(BAKERY.data, tmp_path, dirs_exist_ok=True)
    scenarios, content = tmp_path / "scenarios", (BAKERY.data / "scenarios" / "base.toml").read_text()
    (scenarios / "base.toml").unlink()
    (scenarios / "usual.toml").write_text(
        content.replace('"base"', '"usual"').replace("place = 1", "place = 3")
    )
    (scenarios / "boom.toml").write_text((scenarios / "boom.toml").read_text().replace('"base"', '"usual"'))
    with companies.using(replace(BAKERY, data=tmp_path, base="usual")):
        assert load_scenario().name == simulate(draws=100, engine="numpy").scenario == "usual"
        offered = [each.name for each in shipped_at(load_scenario().as_of)]
        assert offered == ["boom", "usual"]
        assert default_scenarios() == ["usual"]  # which offers the other one too
        assert main(["show", "free_cash", "--format", "csv"]) == 0
        assert "usual" in capsys.readouterr().out
        assert scenario_name(None) == "usual"


def test_functions_in_cells_answer_for_it() -> None:
    from xlwings_udfs import AMZN_DRIVERS, AMZN_LINE, AMZN_SIMULATE  # noqa: PLC0415  # loaded when first used

    assert AMZN_LINE("free_cash", 2026, "boom") == pytest.approx(sum(free_cash(0.03, 0.06, 0.6)))
    overrides = [["flour_cost", 0.5]]
    assert AMZN_LINE("free_cash", "2026Q1", "base", overrides) == pytest.approx(free_cash(0.03, 0.01, 0.5)[0])
    assert "oven_budget" in {row[0] for row in AMZN_DRIVERS("base")}
    assert AMZN_SIMULATE("free_cash 2026", "base", 500, 1)[0][0]


@pytest.mark.parametrize(
    "arguments",
    [["claims"], ["backtest"], ["value"], ["solve", "flour_cost"], ["template", "--host", "desktop"]],
    ids=lambda arguments: arguments[0],
)
def test_what_it_lacks_is_said_in_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments[0] == "template":
        arguments = [*arguments, "--out", str(tmp_path)]
    status = main(arguments)
    said = capsys.readouterr().err.strip()
    if arguments[0] == "template":
        assert status == 0
    else:
        assert status == 2
        assert said.startswith("amzn-fcf: error: ")
        assert "\n" not in said
        assert BAKERY.title in said


def test_functions_say_what_it_lacks() -> None:
    from xlwings_udfs import AMZN_CLAIMS, AMZN_FCF, AMZN_VALUE  # noqa: PLC0415  # as above

    for call in (lambda: AMZN_FCF(2026), lambda: AMZN_VALUE("dcf"), AMZN_CLAIMS):
        with pytest.raises(AmznFcfError, match=BAKERY.title):
            call()
