"""The sheet Sensitivity: stamped figures are the model's, and the file says when live ones differ."""

from __future__ import annotations

import math
import re
from itertools import product

import pytest
from shared import calculated, input_cell, recalculated, written

from model.amazon.workbook import WORKBOOK
from model.analysis.sensitivity import grid, output_of, tornado
from model.analysis.swings import Steps
from model.errors import is_error
from model.language.periods import Quarter
from model.outputs import Output
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL
from model.simulation.files import load_uncertainty
from model.simulation.run import DEFAULT_SEED, STANDARD_DRAWS, simulate
from workbook_templates.a1 import coordinates, reference
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.cells import SheetPlan
from workbook_templates.plan.layout import COVER, SELECTED_CELL, SENSITIVITY, STAMP_CELL
from workbook_templates.plan.moved import SIZE, outputs_at
from workbook_templates.plan.sheets import sensitivity as on_sheet
from workbook_templates.plan.sheets import tornados
from workbook_templates.plan.sheets.simulated import put_simulation, simulation_of
from workbook_templates.plan.sheets.stamps import stamps_of
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.read.book import read_book
from workbook_templates.read.values import Changes, value_at
from workbook_templates.validation.parity import compare
from workbook_templates.validation.validate import Report, validate
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

SHARE = "value_per_share[dcf,mid]"


def contents(name: str) -> dict[tuple[int, int], float | str | None]:
    return {place: cell.content for place, cell in written(name)[0].sheets[SENSITIVITY].cells.items()}


def first_value(number: int) -> tuple[int, int]:
    """Return the cell of the first value of a grid."""
    band, left = on_sheet.GRIDS[number]
    return band + on_sheet.GRID_TOP, left + on_sheet.GRID_LEFT


@pytest.fixture
def clean(quick_validation: None) -> bytes:  # noqa: ARG001  # validates quickly
    """Return a workbook of bear as it ships."""
    return calculated("bear")


def after(clean: bytes, changes: Changes) -> tuple[Report, object]:
    """Return what validate finds after a change, and what the sheet says of its agreement."""
    data = recalculated(with_changes(clean, changes))
    return validate(data, "changed"), value_at(read_book(data).values, SENSITIVITY, *on_sheet.AGREEMENT_CELL)


def test_the_tornados_are_those_of_the_scenario_that_the_workbook_is_preset_to() -> None:
    scenario, cells = load_scenario("bear"), contents("bear")
    assert cells[on_sheet.SCENARIO_CELL] == "bear"
    for band, text in zip(on_sheet.TORNADO_ROWS, (SHARE, "free_cash_flow 2027"), strict=True):
        found = tornado(scenario, output_of(text, scenario))
        for row, bar in enumerate(found.bars[: tornados.BARS], start=band + 2):
            figures = [bar.low, bar.high, found.base, bar.change_low, bar.change_high]
            figures += [bar.driver_low, bar.driver_base, bar.driver_high]
            columns = [*range(tornados.LOW, tornados.CHANGE_HIGH + 1)]
            columns += range(tornados.DRIVER_LOW, tornados.PERIOD)
            assert [cells[row, column] for column in columns] == pytest.approx(figures)
            assert cells[row, on_sheet.NAME] == bar.driver


def test_the_grids_have_the_scenario_in_their_centre_and_are_runs_of_their_own() -> None:
    scenario, cells = load_scenario("bear"), read_book(calculated("bear")).values[SENSITIVITY]
    rate = float(run([scenario]).values["discount_rate[mid]"][0, 0])
    around = [place * 0.005 for place in range(-3, 4)]
    x, y = (
        Steps("wacc", tuple(rate + each for each in around)),
        Steps("terminal_growth", tuple(0.035 + each for each in around)),
    )
    assert scenario.table["terminal_growth"]["all"] == 0.035
    assert scenario.table["exit_ev_ebitda"]["all"] == 9
    growth = Steps("aws_growth", tuple(5 * each for each in around), "add")
    spending = Steps("capex_scale", (0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15), "scale")
    multiple = Steps("exit_ev_ebitda", (6, 7, 8, 9, 10, 11, 12))
    expected = {0: (SHARE, x, y), 3: ("value_per_share[exit_multiple,mid]", x, multiple)}
    expected |= {1: ("free_cash_flow 2027", spending, growth), 2: ("positive", spending, growth)}
    for number, (text, across, down) in expected.items():
        found = grid(scenario, output_of(text, scenario), across, down)
        top, left = first_value(number)
        for row, values in enumerate(found.values.tolist()):
            shown = [cells[top + row, left + column] for column in range(SIZE)]
            assert shown == pytest.approx(["#N/A" if math.isnan(each) else each for each in values])
        assert cells[top + 3, left + 3] == pytest.approx(found.base)
        styles = {place: cell.style for place, cell in written("bear")[0].sheets[SENSITIVITY].cells.items()}
        assert [
            place
            for place, style in styles.items()
            if style.split()[0] in {"centre", "base"}
            and place in product(range(top, top + 7), range(left, left + 7))
        ] == [(top + 3, left + 3)]


def test_the_sheet_says_when_another_scenario_is_selected_and_when_an_input_was_changed(clean: bytes) -> None:
    changes: dict[str, Changes] = {
        "stamped for another scenario": {(COVER, *SELECTED_CELL): "base"},
        "inputs changed": {input_cell(written("bear")[0], "beta", ALL): 1.3},
    }
    for expected, change in changes.items():
        report, said = after(clean, change)
        assert report.is_clean, report.findings[:3]
        assert said == expected


def test_a_falsified_stamp_is_found(clean: bytes) -> None:
    top, left = first_value(1)
    places = [
        (on_sheet.TORNADO_ROWS[0] + 2, tornados.LOW), (on_sheet.TORNADO_ROWS[1] + 4, tornados.CHANGE_HIGH),
        (top + 1, left),
        on_sheet.TOLERANCE_CELL, (on_sheet.FIRST_FIGURE_ROW, on_sheet.STAMPED),
    ]  # fmt: skip
    report = validate(with_changes(clean, {(SENSITIVITY, *place): 1.0 for place in places}), "stamps")
    found = {
        each.cell for each in report.findings if (each.rule, each.sheet) == ("stamped-value", SENSITIVITY)
    }
    assert found == {reference(*place) for place in places}


def test_inputs_that_the_model_refuses_are_findings_and_no_failure(clean: bytes) -> None:
    """Shares that do not add up to 1 cannot be moved; the checks of the sheet fail, and validate says so."""
    plan = written("bear")[0]
    report, said = after(clean, {input_cell(plan, "asset_mix[aws,buildings]", ALL): 0.3})
    assert {each.rule for each in report.findings} == {"failed-check"}
    assert said == "inputs changed"


def test_a_scenario_without_a_rate_or_a_value_has_a_sheet_all_the_same() -> None:
    """A cost of capital below the driver's range, and one below growth: errors where there is no figure."""
    for overrides in (
        {"beta": 0.0, "risk_free": 0.02, "cost_of_debt": 0.02},
        {"wacc": 0.05, "terminal_growth": 0.06},
    ):
        odd = load_scenario("base").with_overrides(overrides)
        workbook = plan_workbook(odd, [odd], "test")
        cells = workbook.sheets[SENSITIVITY].cells
        assert cells[on_sheet.FIRST_FIGURE_ROW + 1, on_sheet.STAMPED].content == pytest.approx(
            run([odd]).series("free_cash_flow", "annual")[5, 0]
        )
        top, left = first_value(0)
        found = Formualizer().calculate(write_workbook(workbook))
        assert is_error(value_at(found, SENSITIVITY, top + 3, left + 3))
        comparison = compare(workbook, found, run([odd]))
        assert not comparison.differences, str(comparison)


def test_near_the_end_of_a_range_a_grid_is_closer_together() -> None:
    edge = load_scenario("base").with_overrides({"terminal_growth": 0.097, "aws_growth": 0.8})
    stamped = stamps_of(edge).grids
    assert stamped[0] is None  # it is live
    assert stamped[1] is not None
    assert set(stamped[1].y.values) == {0.0}
    found = Formualizer().calculate(write_workbook(plan_workbook(edge, [edge], "test")))
    top, left = first_value(0)
    heads = [value_at(found, SENSITIVITY, top + row, left - 1) for row in range(SIZE)]
    assert heads == pytest.approx([0.097 + place * 0.001 for place in range(-3, 4)])


def test_what_a_scenario_is_stamped_with_follows_its_values_not_its_name() -> None:
    base = load_scenario("base")
    dear = base.with_overrides({"beta": 1.3})
    assert stamps_of(base) is stamps_of(load_scenario("base"))
    assert stamps_of(dear).figures[0] < stamps_of(base).figures[0]


def test_the_stamp_and_the_charts_are_there() -> None:
    sheet = written("bear")[0].sheets[SENSITIVITY]
    assert str(sheet.cells[STAMP_CELL].content).startswith("Stamped values: version test, assumptions ")
    titles = [chart.title for chart in sheet.charts]
    assert titles == [
        "Trailing free cash flow: percentiles of the draws", "Quarter from which it stays above 0",
    ]  # fmt: skip
    first, last = on_sheet.TORNADO_ROWS[0] + 2, on_sheet.TORNADO_ROWS[0] + 1 + tornados.BARS
    assert [each.cells for each in sheet.panels[0].bars] == [
        f"'Sensitivity'!${column}${first}:${column}${last}" for column in ("P", "Q")
    ]


def test_the_simulation_is_the_one_that_the_command_line_gives_for_its_draws_and_seed() -> None:
    plan, _, _ = written("base")
    sheet = plan.sheets[SENSITIVITY]
    rows = {
        cell.content: row
        for (row, column), cell in sheet.cells.items()
        if column == on_sheet.NAME and row > on_sheet.SIMULATION_ROW
    }
    outputs = [
        Output.parse(name, plan.layout.plan)
        for name in ("ttm_free_cash_flow 2027Q4", "value_per_share[dcf,mid]")
    ]
    found = simulate("base", draws=STANDARD_DRAWS, seed=DEFAULT_SEED, engine="numpy", outputs=outputs)
    for output in outputs:
        estimate, row = found.estimates[str(output)], rows[str(output)]
        shown = [sheet.cells[row, column].content for column in range(12, 20)]
        percentiles = [estimate.percentiles[each] for each in (5, 25, 50, 75, 95)]
        width = estimate.bin_width  # bins are laid by the first block, which holds all outputs or some
        assert shown[0] == pytest.approx(estimate.plain)
        assert shown[1] == pytest.approx(estimate.mean)
        assert shown[2:7] == pytest.approx(percentiles, abs=2 * width)
        assert shown[7] == pytest.approx(found.above[str(output)].probability, abs=1e-12)


def test_what_became_of_earlier_bands_stands_below_the_probabilities() -> None:
    cells = written("base")[0].sheets[SENSITIVITY].cells
    assert load_uncertainty().record in [cell.content for cell in cells.values()]


def expected_on_cover(plan: WorkbookPlan) -> list[object]:
    """Return the stamped figures that the tile of the expected value shows: mean, error, and both ends."""
    cells, stamps = plan.sheets[COVER].cells, plan.sheets[SENSITIVITY].cells
    ((row, column),) = (place for place, cell in cells.items() if cell.content == TILE)
    formulas = [str(cells[row + below, column].content) for below in (1, 2)]
    places = dict.fromkeys(re.findall(rf"{SENSITIVITY}!(\w+)", "".join(formulas)))
    return [stamps[coordinates(place) or (0, 0)].content for place in places]


TILE = "Expected value per share, USD"


def test_the_cover_shows_the_expected_value_and_its_range() -> None:
    value = simulate("base", draws=STANDARD_DRAWS, engine="numpy").estimates[SHARE]
    figures = [value.mean, value.standard_error, value.percentiles[5], value.percentiles[95]]
    assert expected_on_cover(written("base")[0]) == pytest.approx(figures)


@pytest.mark.usefixtures("no_uncertainty")
def test_a_company_without_uncertainty_has_no_expected_value_on_its_cover() -> None:
    base = load_scenario("base")
    plan = plan_workbook(base, [base], "test")
    assert "expected" not in [cell.content for cell in plan.sheets[SENSITIVITY].cells.values()]
    assert SENSITIVITY not in str([cell.content for cell in plan.sheets[COVER].cells.values()])


def test_a_scenario_that_the_distributions_do_not_fit_says_so() -> None:
    edge = load_scenario("base").with_overrides({"useful_life[servers_and_network]": 2.0})
    plan = plan_workbook(edge, [edge], "test")
    assert set(expected_on_cover(plan)) == {"-"}
    calculated = Formualizer().calculate(write_workbook(plan))
    comparison = compare(plan, calculated, run([edge]))
    assert not comparison.differences, str(comparison)
    texts = [value for value in calculated[COVER].values() if isinstance(value, str)]
    assert not [text for text in texts if is_error(text) or "n.m." in text or "expected value of" in text]
    assert {"not simulated", "none"} <= set(texts)
    assert re.search(
        r"^Trailing free cash flow bottoms at .+ and is positive from \d{4}Q\d\.$",
        "\n".join(texts),
        re.MULTILINE,
    )
    found = simulation_of(edge)
    assert isinstance(found, str)
    assert "useful_life[servers_and_network]" in found
    sheet = SheetPlan(SENSITIVITY)
    put_simulation(sheet, 5, found)
    assert str(sheet.cells[6, on_sheet.RIGHT].content).startswith("Not simulated: ")


def test_the_year_that_the_sheet_looks_at_is_the_first_without_a_reported_quarter() -> None:
    words = WORKBOOK.sensitivity
    assert words is not None
    for as_of, year in {"2025Q3": 2026, "2026Q2": 2027, "2025Q4": 2026}.items():
        plan = run([load_scenario("base", as_of)]).plan
        assert plan.axis.as_of == Quarter.parse(as_of)
        assert str(outputs_at(plan, words)[1]) == f"free_cash_flow {year}"
