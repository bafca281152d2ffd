"""Adding a thing to a company: it works at once, or one line says where to go.

A node, a unit and the labels of members are added in ``test_extending.py``, a function in
``test_functions_company.py``, a command in ``test_cli.py``.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from commands import refused
from second_company import BAKERY, Bakery, Oven
from small_model import SMALL

from amzn_fcf.cli import main
from model import companies
from model.amazon import AMAZON
from model.company import Filings
from model.errors import DeclarationError, InputError
from model.language.declarations import Block, Model, driver, line, reported
from model.language.periods import Quarter
from model.language.vocabulary import prev
from model.parallel.workers import in_order, local_workers
from model.presentation import (
    VALUE_HEADS,
    CellWords,
    ChartWords,
    Colour,
    CoverRow,
    CoverWords,
    Example,
    Presentation,
    Questions,
    ReportWords,
    SensitivityWords,
    SheetWords,
    StepWords,
    TileWords,
    ValueWords,
    WorkbookWords,
)
from model.presentation.checks import _names as named
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_overlays, builtin_scenarios
from workbook_templates.plan.sheets import registry
from workbook_templates.plan.sheets.sheet import Sheet
from workbook_templates.plan.sheets.stamps import stamps_of
from workbook_templates.plan.styles import COLOURS
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.validation import validate
from workbook_templates.validation.rules import choice, table
from workbook_templates.validation.rules.rule import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.company import Company
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.sheets.sheet import Edition
    from workbook_templates.validation.rules.subject import Subject


class Delivery(Block):
    """Bread that is brought to the door."""

    vans = line("Cost of vans", "USD m", 0.1 * Bakery.all_sales, history=0)
    vans_before = line("Cost of vans in the quarter before", "USD m", prev(vans), history=None)


class Rent(Block, sheet="Oven"):
    """What the ovens stand in."""

    rent = driver("Rent of a quarter", "USD m")
    rent_paid = line("Rent", "USD m", rent, history=0)


def bakery_with(folder: Path, *blocks: type[Block]) -> Company:
    """Return the made-up company with further sections, and a copy of its data."""
    data = folder / "data"
    if not data.exists():
        shutil.copytree(Path(str(BAKERY.data)), data)
    return replace(BAKERY, model=Model("Bakeries", [Bakery, Oven, *blocks]), data=data)


def test_a_new_line_in_a_new_section_is_computed_shown_and_has_its_sheet(tmp_path: Path) -> None:
    with companies.using(bakery_with(tmp_path, Delivery)):
        results = run([load_scenario("base")])
        assert results.values["vans"][4:] == pytest.approx(0.1 * results.values["all_sales"][4:])
        assert main(["show", "vans", "vans_before", "--period", "2026Q3"]) == 0
        plan = plan_workbook(results.scenarios[0], results.scenarios, "test")
        assert "Delivery" in plan.sheets
        assert main(["build", "--out", str(tmp_path / "out"), "--workers", "1"]) == 0


def test_a_new_driver_needs_a_row_in_the_data_and_then_works(tmp_path: Path) -> None:
    company = bakery_with(tmp_path, Rent)
    with pytest.raises(InputError, match=r"^drivers\.csv: no row for rent"):
        driver_specs(company)
    with (tmp_path / "data" / "drivers.csv").open("a", encoding="utf-8") as file:
        file.write('rent,USD m,2,0,10,repeat,J,"Rent","made up"\n')
    company = bakery_with(tmp_path, Rent)  # another company to the caches
    assert (run([load_scenario("boom", company=company)]).values["rent_paid"][4:] == 2).all()


def test_a_new_scenario_and_a_new_overlay_are_found_from_their_files(tmp_path: Path) -> None:
    bakery_with(tmp_path)
    folder = tmp_path / "data" / "scenarios"
    slow = (folder / "boom.toml").read_text("utf-8").replace("boom", "slow").replace("0.06", "0.001")
    (folder / "slow.toml").write_text(slow, encoding="utf-8")
    strike = (folder / "strike.toml").read_text("utf-8").replace('"strike"', '"fire"')
    (folder / "fire.toml").write_text(strike, encoding="utf-8")
    company = bakery_with(tmp_path)
    assert builtin_scenarios(company) == ["base", "boom", "slow"]
    assert builtin_overlays(company) == ["fire", "strike"]
    with companies.using(company):
        assert (
            main(["build", "--scenario", "slow+fire", "--out", str(tmp_path / "out"), "--workers", "1"]) == 0
        )
    assert (tmp_path / "out" / "amzn-fcf_slow+fire.xlsx").exists()


def test_a_scenario_that_is_not_named_after_its_file_is_one_line(tmp_path: Path) -> None:
    bakery_with(tmp_path)
    folder = tmp_path / "data" / "scenarios"
    shutil.copy(folder / "boom.toml", folder / "other.toml")
    with companies.using(bakery_with(tmp_path)):
        assert refused("show", "free_cash").startswith("amzn-fcf: error: other.toml: ")


def _notes(sheet: SheetPlan, _edition: Edition) -> None:
    sheet.put(5, 1, "Bread", "label")


def test_a_new_sheet_is_one_entry_and_contents_lists_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = registry.sheets_of(BAKERY, with_functions=False)
    notes = Sheet("Notes", "Notes of the baker", "Notes", "Since {as_of}", _notes)
    monkeypatch.setattr(registry, "END", (*registry.END, notes))
    with companies.using(BAKERY):
        scenario = load_scenario("base")
        plan = plan_workbook(scenario, [scenario], "test")
    assert list(plan.sheets) == [*(each.name for each in before), "Notes"]
    assert plan.sheets["Notes"].cells[5, 1].content == "Bread"
    listed = {cell.content for cell in plan.sheets["Contents"].cells.values()}
    assert {"Notes", "Notes of the baker"} <= listed


@pytest.mark.parametrize(
    ("name", "message"),
    [("Oven", "block Oven: no sheet can be called 'Oven': "), ("Log", "two sheets are called 'Log': ")],
)
def test_a_new_sheet_with_the_name_of_another_is_one_line(
    name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Sheet(name, "Notes of the baker", "Notes", "Since {as_of}", _notes)
    monkeypatch.setattr(registry, "END", (*registry.END, notes))
    with companies.using(BAKERY):
        scenario = load_scenario("base")
        with pytest.raises(DeclarationError, match=message):
            plan_workbook(scenario, [scenario], "test")


def chart(*colours: object, **lines: object) -> WorkbookWords:
    """Return a chart of lines in a colour."""
    drawn: Any = {name: (name, *colours) for name in lines}
    return WorkbookWords(cover=CoverWords(race=ChartWords(title="", lines=drawn)))


def table_of_values(**changes: Any) -> WorkbookWords:  # noqa: ANN401  # any field
    """Return a table of values whose heads are those that its chart needs."""
    parts = {"methods": {"a": "", "b": ""}, "columns": dict.fromkeys(VALUE_HEADS, "lowest_cash"), **changes}
    return WorkbookWords(cover=CoverWords(values=ValueWords(**parts)))


def tile(**parts: Any) -> WorkbookWords:  # noqa: ANN401  # any field
    return WorkbookWords(cover=CoverWords(tiles=(TileWords(**{"label": "", "line": "lowest_cash"} | parts),)))


def board(*rows: CoverRow) -> WorkbookWords:
    return WorkbookWords(cover=CoverWords(rows=rows))


_STEPS = (StepWords(driver="tax_rate", step=0.01), StepWords(driver="flour_cost", step=0.01, operation="add"))
_FLOUR = StepWords(driver="flour_cost", step=0.01)
_WORKBOOKS = {
    r"cover\.race\.lines: no row 'all_salez'; did you mean all_sales": chart("navy", all_salez=1),
    r"cover\.race\.lines\['cash'\]: no value 'pink'; allowed: navy": chart("pink", cash=1),
    r"key_drivers: no .* 'grow'; did you mean growth": WorkbookWords(key_drivers=frozenset({"grow"})),
    r"sheets: no sheet 'Bread'": WorkbookWords(sheets={"Bread": SheetWords(title="", holds="")}),
    r"tiles\.line: no row 'sales'": tile(line="sales"),
    r"tiles\.text: no row 'sales'": tile(text="{expected} and {cash +1}, but {sales +1} in {+1}"),
    r"examples\.key: no row 'ash'": WorkbookWords(examples=(Example(function="", arguments="", key="ash"),)),
    r"statements: no statement 'income'": WorkbookWords(statements=("income",)),
    r"rows: 'all_sales' is in no section with": board(CoverRow(label="", line="all_sales", ahead=0)),
    r"rows: 'lowest_cash' is in no section without": board(CoverRow(label="", line="lowest_cash")),
    r"columns: their chart needs .* low, low to mid, ": table_of_values(columns={"": "cash"}),
    r"columns: no row 'x_a'": table_of_values(columns={"low": "x_{method}"}),
    r"tables: no row 'free_csh'; did you mean free_cash": WorkbookWords(
        sensitivity=SensitivityWords(tables={"free_csh {year}": _STEPS})
    ),
    r"tables: 'flour_cost' varies with time: add": WorkbookWords(
        sensitivity=SensitivityWords(tables={"lowest_cash": (_FLOUR, _FLOUR)})
    ),
}
_OTHER_PARTS: dict[str, Any] = {
    r"questions\.price: no row of a driver 'cash'": Questions(price="cash"),
    r"cells\.multiples\['P/S'\]: no row 'det'": CellWords(multiples={"P/S": ("all_sales", "det")}),
    r"cells\.usual_event: 'lowest_cash' is not among": CellWords(usual_event="lowest_cash"),
    r"reports\.ranges\['all'\]: no row 'csh'": ReportWords(ranges={"all": ("cash", "cash", "csh")}),
    r"reports\.ranges: 'all' is no method": ReportWords(ranges={"all": ("cash", "cash", "cash")}),
    r"reports\.warnings\['cash'\]: no row 'csh'": ReportWords(warnings={"cash": "only {csh}"}),
}
_WRONG = {rf"workbook\..*{message}": {"workbook": part} for message, part in _WORKBOOKS.items()} | {
    message: {message.partition("\\")[0]: part} for message, part in _OTHER_PARTS.items()
}


@pytest.mark.parametrize("message", _WRONG)
def test_what_a_presentation_names_and_the_model_lacks_is_one_line(message: str) -> None:
    company = replace(BAKERY, presentation=Presentation(**_WRONG[message]))
    for _ in range(2):  # a plan that was refused is not kept
        with pytest.raises(DeclarationError, match=rf"^bakery: presentation\.{message}"):
            company.plan(company.axis(Quarter(2025, 4)))


def test_a_wrong_name_ends_a_command_in_one_line() -> None:
    wrong = Presentation(questions=Questions(price="prise"))
    with companies.using(replace(BAKERY, presentation=wrong)):
        line = refused("show", "cash")
    assert line.startswith("amzn-fcf: error: bakery: presentation.questions.price: no row of a driver ")


def texts(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Yield every text in a value with its field."""
    if isinstance(value, str):
        yield where, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts(getattr(value, each.name), f"{where}.{each.name}")
    elif isinstance(value, Mapping):
        yield from texts((*value.keys(), *value.values()), where)
    elif isinstance(value, (tuple, frozenset)):
        for each in value:
            yield from texts(each, where)


def test_every_field_that_names_lines_is_checked() -> None:
    plan = load_scenario("base").plan
    checked = {re.sub(r"\['.*?'\]", "", where) for where, *_ in named(Presentation, AMAZON.presentation, "")}
    checked |= {f".workbook.cover.values.{field}" for field in ("columns", "methods")}  # by method
    found = texts(AMAZON.presentation, "")
    assert {where for where, text in found if text in plan.rows or text in plan.names} <= checked
    assert set(get_args(Colour)) == set(COLOURS)


def test_stamps_are_those_of_the_company_of_the_scenario() -> None:
    for figure in ("lowest_cash", "checks_failed"):
        workbook = WorkbookWords(sensitivity=SensitivityWords(tables={figure: _STEPS}))
        company = replace(BAKERY, presentation=Presentation(workbook=workbook))
        found = stamps_of(load_scenario("base", company=company))
        assert found.tornados[0].output.key == figure


def _cake(subject: Subject) -> Iterator[Spot]:
    """Find workbooks without cake."""
    if "Cake" not in subject.book.sheets:
        yield Spot("Cover", "A1", "a sheet Cake", "none")


def test_a_new_rule_is_applied_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = Rule("no-cake", "structure", "warning", _cake, "bake some")
    with companies.using(BAKERY):
        assert main(["build", "--scenario", "base", "--out", str(tmp_path), "--workers", "1"]) == 0
        for module in (choice, validate):
            monkeypatch.setattr(module, "ANY", (*table.ANY, rule))
        command = ["validate", str(tmp_path / "amzn-fcf_base.xlsx"), "--rule", "no-cake"]
        assert main(command) == 0
        assert "bake some" in capsys.readouterr().out
        assert main([*command, "--strict"]) == 1


def test_companies_in_use_nest() -> None:
    with companies.using(BAKERY):
        with companies.using(AMAZON):
            assert companies.default() is AMAZON
        assert companies.default() is BAKERY
    assert companies.default() is AMAZON


def test_a_company_in_use_is_that_of_its_thread_and_of_the_threads_that_work_for_it() -> None:
    both_inside = threading.Barrier(2, timeout=20)

    def used(company: Company) -> list[Company]:
        with companies.using(company):
            both_inside.wait()
            with local_workers(2, processes=False) as workers:
                found = [
                    companies.default(),
                    *in_order(workers, lambda _piece: companies.default(), range(4)),
                ]
            both_inside.wait()
            return found

    with ThreadPoolExecutor(2) as threads:
        bakery, small = threads.map(used, (BAKERY, SMALL))
    assert bakery == [BAKERY] * 5
    assert small == [SMALL] * 5
    assert companies.default() is AMAZON


def test_a_company_without_drivers_has_a_workbook(tmp_path: Path) -> None:
    class Trend(Block):
        """Nothing is assumed."""

        free_cash = line("F", "USD m", prev("free_cash"), history=reported("free_cash"))

    data = bakery_with(tmp_path).data
    (tmp_path / "data" / "drivers.csv").write_text(
        "driver,unit,default,minimum,maximum,fill,grade,description,source\n", encoding="utf-8"
    )
    for name in ("base", "boom", "strike"):
        (tmp_path / "data" / "scenarios" / f"{name}.toml").unlink()
    text = 'name = "base"\ntitle = "Trend"\nas_of = "2025Q4"\n'
    (tmp_path / "data" / "scenarios" / "base.toml").write_text(text, encoding="utf-8")
    company = replace(BAKERY, model=Model("Trend", [Trend]), data=data, presentation=Presentation())
    company = replace(company, filings=Filings(anchor="free_cash"))
    with companies.using(company):
        assert main(["build", "--out", str(tmp_path / "out"), "--workers", "1"]) == 0


def test_a_figure_that_is_missing_in_the_middle_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bakery_with(tmp_path)
    path = tmp_path / "data" / "actuals_quarterly.csv"
    kept = [
        each for each in path.read_text("utf-8").splitlines() if not each.startswith("sales_south,2025Q3")
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with companies.using(bakery_with(tmp_path)):
        assert main(["build", "--out", str(tmp_path / "out"), "--workers", "1"]) != 0
    assert "sales_south was not reported for 2025Q3" in "".join(capsys.readouterr())


@pytest.mark.parametrize("name", ["scenarios/base.toml", "uncertainty.toml"])
def test_data_that_are_no_text_are_one_line(name: str, tmp_path: Path) -> None:
    bakery_with(tmp_path)
    (tmp_path / "data" / name).write_bytes(b"\xff\xfe\x00 name")
    with companies.using(bakery_with(tmp_path)):
        line = refused("simulate", "--draws", "16", "--engine", "numpy")
    assert line == f"amzn-fcf: error: {name}: cannot be read: not UTF-8 text"


def test_the_place_of_a_scenario_is_only_for_those_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('name = "mine"\nas_of = "2025Q4"\nplace = 3\n', encoding="utf-8")
    with companies.using(BAKERY):
        line = refused("show", "free_cash", "--scenario", str(own))
    assert "'place' does not belong in a scenario of your own" in line
