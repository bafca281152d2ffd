"""Live tables and bars of the sheet Sensitivity: formulas that follow scenario, switches and typed inputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pytest
from shared import calculated, input_cell, recalculated, selecting, written

from model.analysis.sensitivity import grid, output_of, tornado
from model.analysis.swings import Steps
from model.language.declarations import Block, Model, driver, line, result
from model.language.vocabulary import at_end, maximum, sum_over_axis
from model.plan.binding import bind
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.spec import ALL
from workbook_templates.plan.closed_form import cone_of
from workbook_templates.plan.layout import SENSITIVITY
from workbook_templates.plan.sheets import sensitivity as on_sheet
from workbook_templates.plan.sheets import tornados
from workbook_templates.read.book import read_book
from workbook_templates.read.values import Changes, Grid, value_at
from workbook_templates.validation.validate import validate
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.plan.plan import Plan
    from model.scenarios.scenario import Scenario
    from workbook_templates.engines.engine import Engine

DCF, EXIT = "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]"
PRICE_WAR: Final = "base+price_war"
CASES: Final[dict[str, tuple[str, dict[str, float]]]] = {
    "as built": ("base", {}),
    "another scenario": ("bear", {}),
    "a switch": (PRICE_WAR, {}),
    "a rate is typed": ("base", {"wacc": 0.088}),
    "more is typed under a switch": (
        PRICE_WAR,
        {"beta": 1.3, "terminal_growth": 0.0985, "exit_ev_ebitda": 11.5},
    ),
}
"""What is selected, and what is typed for the scenario base."""


def changes_of(name: str, typed: Mapping[str, float]) -> Changes:
    plan, changes = written("base")[0], dict(selecting(name))
    for key, value in typed.items():
        changes[input_cell(plan, key, ALL)] = value
    return changes


def scenario_of(name: str, typed: Mapping[str, float]) -> Scenario:
    root, *switches = name.split("+")
    scenario = load_scenario(root).with_overrides(typed)
    plan = written("base")[0]
    return scenario.with_overlays([each for each in plan.layout.switches if each.name in switches])


def steps(driver: str, centre: float, step: float, low: float, high: float) -> Steps:
    """Return seven values around a centre that stay in a range."""
    reach = min(3 * step, centre - low, high - centre) * (1 - 1e-12)
    return Steps(driver, tuple(centre + reach * place / 3 for place in range(-3, 4)))


def check(cells: Grid, scenario: Scenario) -> None:
    """Compare every live table and bar with the model's own grids and tornado for a scenario."""
    rate = float(run([scenario]).values["discount_rate[mid]"][0, 0])
    across = steps("wacc", rate, 0.005, 0.04, 0.2)
    growth = steps("terminal_growth", scenario.table["terminal_growth"][ALL], 0.005, -0.05, 0.1)
    multiple = steps("exit_ev_ebitda", scenario.table["exit_ev_ebitda"][ALL], 1.0, 1.0, 40.0)
    for number, figure, down in ((0, DCF, growth), (3, EXIT, multiple)):
        band, left = on_sheet.GRIDS[number]
        top, first = band + on_sheet.GRID_TOP, left + on_sheet.GRID_LEFT
        assert [cells[top - 1, first + at] for at in range(7)] == pytest.approx(across.values, rel=1e-9)
        assert [cells[top + at, first - 1] for at in range(7)] == pytest.approx(down.values, rel=1e-9)
        found = grid(scenario, output_of(figure, scenario), across, down)
        for row, values in enumerate(found.values.tolist()):
            texts = [cells[top + row, first + at] for at in range(7)]
            shown = [math.nan if str(each).startswith("#") else each for each in texts]
            assert shown == pytest.approx(values, rel=1e-9, nan_ok=True), (figure, row)
    live = live_rows(cells)
    expected = tornado(scenario, output_of(DCF, scenario), drivers=list(live))
    bars = {bar.driver: bar for bar in expected.bars}
    assert set(bars) | set(expected.still) == set(live)
    for key, row in live.items():
        base = expected.base
        low, high = (bars[key].low, bars[key].high) if key in bars else (base, base)
        assert cells[row, tornados.LOW] == pytest.approx(low, rel=1e-9), key
        assert cells[row, tornados.HIGH] == pytest.approx(high, rel=1e-9), key
        assert cells[row, tornados.CHANGE_LOW] == pytest.approx(low - base, abs=1e-7), key


def live_rows(cells: Grid) -> dict[str, int]:
    """Return the rows of the live drivers, by their names."""
    named = {row: text for (row, column), text in cells.items() if column == tornados.NAME}
    return {str(text): row for row, text in named.items() if row > on_sheet.LIVE_ROW and text != "Name"}


def test_live_tables_and_bars_are_the_models_whatever_is_selected_and_typed(engine: Engine) -> None:
    choices = [(written("base")[2], changes_of(*case)) for case in CASES.values()]
    for case, grids in zip(CASES.values(), engine.calculate_all(choices), strict=True):
        check(grids[SENSITIVITY], scenario_of(*case))


def test_the_chart_shows_live_bars_where_the_sheet_says_live_and_stamped_ones_elsewhere() -> None:
    before = read_book(calculated("base")).values[SENSITIVITY]
    data = recalculated(with_changes(calculated("base"), changes_of(PRICE_WAR, {"beta": 1.3})))
    cells, live, band = read_book(data).values[SENSITIVITY], live_rows(before), on_sheet.TORNADO_ROWS[0]
    kinds = {}
    for row in range(band + 2, band + 2 + tornados.BARS):
        key, kind, label = (before[row, at] for at in (tornados.NAME, tornados.KIND, tornados.LABEL))
        kinds[key] = kind
        assert str(label).endswith("(live)") == (kind == "live")
        for shown, change in (
            (tornados.SHOWN_LOW, tornados.CHANGE_LOW), (tornados.SHOWN_HIGH, tornados.CHANGE_HIGH),
        ):  # fmt: skip
            source = live[str(key)] if kind == "live" else row
            assert cells[row, shown] == cells[source, change]
            assert before[row, shown] == pytest.approx(before[row, change], abs=1e-7)
            assert (cells[row, shown] == before[row, shown]) == (kind == "stamped")
    assert {key for key, kind in kinds.items() if kind == "live"} == {"beta", "risk_free", "equity_premium"}
    other = [before[row, tornados.KIND] for row in range(on_sheet.TORNADO_ROWS[1] + 2, on_sheet.LIVE_ROW - 2)]
    assert set(other) == {"stamped"}


def test_titles_say_which_tables_are_live() -> None:
    cells = read_book(calculated("base")).values[SENSITIVITY]
    said = [str(cells[place]).rpartition("; ")[2] for place in on_sheet.GRIDS]
    assert said == ["live", "stamped", "stamped", "live"]


@pytest.mark.usefixtures("quick_validation")
def test_a_changed_input_is_no_finding_and_a_falsified_live_cell_is_one() -> None:
    changed = recalculated(with_changes(calculated("base"), changes_of("base", {"wacc": 0.088})))
    assert validate(changed, "typed").is_clean
    band, left = on_sheet.GRIDS[0]
    place = band + on_sheet.GRID_TOP, left + on_sheet.GRID_LEFT
    for cell in (place, (on_sheet.LIVE_ROW + 2, tornados.LOW)):
        report = validate(with_changes(changed, {(SENSITIVITY, *cell): 250.0}), "falsified")
        assert {(each.rule, each.sheet) for each in report.findings} == {
            ("constant-over-formula", SENSITIVITY)
        }


@pytest.mark.usefixtures("quick_validation")
@pytest.mark.parametrize("number", [99.0, 0.5, -1.0, 1e300, "text"])
def test_a_number_of_a_live_bar_that_was_changed_by_hand_ends_no_validation(number: float | str) -> None:
    place = SENSITIVITY, on_sheet.TORNADO_ROWS[0] + 2, tornados.NUMBER
    changes = {**changes_of("base", {"wacc": 0.088}), place: number}
    found = validate(recalculated(with_changes(calculated("base"), changes)), "numbered")
    assert found.is_clean == (number != "text"), found.findings


def test_a_scenario_whose_rate_lies_outside_the_range_has_error_values_in_the_table() -> None:
    data = recalculated(with_changes(calculated("base"), changes_of("base", {"terminal_growth": 0.15})))
    band, left = on_sheet.GRIDS[0]
    centre = value_at(
        read_book(data).values, SENSITIVITY, band + on_sheet.GRID_TOP + 3, left + on_sheet.GRID_LEFT + 3
    )
    assert isinstance(centre, str)
    assert centre.startswith("#")


class Flows(Block):
    """What may lie between a driver and a figure."""

    rate = driver("Rate", "ratio", kind="constant")
    cap = driver("Cap", "ratio", kind="constant")
    share = driver("Share", "ratio", kind="constant")
    growth = driver("Growth", "ratio", kind="yearly")
    flow = line("Flow", "ratio", growth * 2, history=0)
    discounted = line("Discounted", "ratio", flow * (1 + rate) ** -2, history=0)
    capped = line("Capped", "ratio", maximum(flow, cap), history=0)
    reported_too = line("Also in history", "ratio", flow * share)
    discounted_value = result("Sum of what is discounted", "ratio", sum_over_axis(discounted))
    capped_value = result("Sum of what is capped", "ratio", sum_over_axis(capped))
    last_value = result("The last one alone", "ratio", at_end(discounted))
    reported_value = result("Sum with history", "ratio", sum_over_axis(reported_too))
    total = result("Both", "ratio", discounted_value + capped_value)


@pytest.fixture(scope="module")
def plan() -> Plan:
    axis = load_scenario("base").plan.axis
    return bind(Model("Flows", [Flows]), axis)


@pytest.mark.parametrize(
    ("figure", "drivers", "rows"),
    [
        ("discounted_value", {"rate"}, ["discounted_value"]),
        ("total", {"rate"}, ["discounted_value", "total"]),
        ("total", {"rate", "cap"}, None),  # the larger of two is not one function over all quarters at once
        ("capped_value", {"cap"}, None),
        ("last_value", {"rate"}, None),  # a single quarter has no cell of its own
        ("reported_value", {"share"}, None),  # it moves reported quarters too
        ("discounted_value", {"cap"}, None),  # which does not reach it
    ],
)
def test_a_figure_is_a_closed_form_of_drivers_that_only_plain_sums_over_time_lie_between(
    plan: Plan, figure: str, drivers: set[str], rows: list[str] | None
) -> None:
    cone = cone_of(plan, figure, frozenset(drivers))
    assert (None if cone is None else list(cone.rows)) == rows
    if cone is not None:
        assert cone.within == {"discounted"}
        assert set(cone.rows[figure]) == drivers
