"""Every formula cell of every workbook, in every scenario and every engine, equals the model."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from programs import engines
from shared import AS_OFS, family, input_cell, scenario_of, selecting, written

from amzn_fcf.building.selection import offered_with
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_overlays
from model.scenarios.spec import ALL
from workbook_templates.engines.engines import ENGINES
from workbook_templates.plan.layout import COVER, DRIVERS, OFF, ON, SELECTED_CELL, SENSITIVITY, switch_cell
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.read.book import read_book
from workbook_templates.read.values import value_at
from workbook_templates.validation.parity import Comparison, compare
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbook_templates.engines.engine import Engine
    from workbook_templates.plan.workbook import WorkbookPlan
    from workbook_templates.read.values import Changes, Grid


def test_every_cell_equals_the_model_in_every_scenario_with_any_switches(
    engine: Engine, measured: Callable[[str], None]
) -> None:
    """One workbook of each as-of: every scenario with every choice of switches; fewer in slow engines."""
    total, count = Comparison(), 0
    for first, *_ in families():
        plan, _, data = written(first)
        names = list(combinations(plan, every=engine.name not in {"libreoffice", "gnumeric"}))
        results = run([scenario_of(plan, name) for name in names])
        for draw, grids in enumerate(engine.calculate_all([(data, selecting(name)) for name in names])):
            found = compare(plan, grids, results, draw)
            assert not found.differences, f"{names[draw]}: {found}"
            total.add(found)
        count += len(names)
    measured(f"{engine.name}: {count} choices of scenario and switches: {total}")
    assert total.cells > count * 25_000


def combinations(plan: WorkbookPlan, *, every: bool) -> Iterator[str]:
    """Yield the names of scenarios with switches: all of three switches, and the others alone and with them.

    Else each scenario without switches, each switch with one of the scenarios, and all switches together.
    """
    roots, switches = ([each.name for each in some] for some in (plan.scenarios, plan.layout.switches))
    if not every:
        yield from roots
        yield from (f"{roots[place % len(roots)]}+{switch}" for place, switch in enumerate(switches))
        yield "+".join([roots[-1], *switches])
        return
    for root in roots:
        for chosen in itertools.product((False, True), repeat=3):
            yield "+".join([root, *itertools.compress(switches, chosen)])
        yield from (f"{root}+{switch}" for switch in switches[3:])
        yield "+".join([root, *switches])


def test_a_workbook_named_with_overlays_is_that_of_its_scenario_with_these_switches_on() -> None:
    plan, _, data = written("bull+power_delay+silicon_delay")
    wanted = load_scenario("bull+power_delay+silicon_delay")
    assert plan.selected.table == wanted.table
    results = run([scenario_of(plan, "bull+power_delay+silicon_delay")])
    comparison = compare(plan, ENGINES["formualizer"].calculate(data), results)
    assert not comparison.differences, str(comparison)
    grids = read_book(data).values
    assert [value_at(grids, COVER, *switch_cell(place)) for place in range(4)] == [ON, OFF, ON, OFF]


def test_workbooks_of_one_as_of_differ_in_what_is_selected_and_its_sensitivities_alone() -> None:
    for first, *others in families():
        expected = read_book(written(first)[2]).contents
        for name in [*others, f"{first}+price_war"]:
            found = read_book(written(name)[2]).contents
            assert list(found) == list(expected)
            assert {sheet for sheet in found if found[sheet] != expected[sheet]} == {
                COVER,
                DRIVERS,
                SENSITIVITY,
            }
            for sheet in (COVER, DRIVERS, SENSITIVITY):
                assert formulas_of(found[sheet]) == formulas_of(expected[sheet])


def families() -> list[list[str]]:
    """Return the names of the workbooks that ship, by as-of, in the order of the selector."""
    return [[each.name for each in family(as_of)[0].scenarios] for as_of in ("2025Q3", "2026Q2")]


def formulas_of(grid: Grid) -> Grid:
    return {place: text for place, text in grid.items() if isinstance(text, str) and text.startswith("=")}


@pytest.mark.parametrize("as_of", AS_OFS)
def test_every_cell_equals_the_model_at_every_as_of(as_of: str) -> None:
    scenario = load_scenario("base", as_of)
    plan = plan_workbook(scenario, [scenario], "test")
    comparison = compare(plan, ENGINES["formualizer"].calculate(write_workbook(plan)), run([scenario]))
    assert comparison.cells > 15_000
    assert not comparison.differences, str(comparison)


def test_the_comparison_finds_a_cell_that_is_off_by_a_billionth() -> None:
    plan, results, data = written("base")
    grids = {name: dict(grid) for name, grid in ENGINES["formualizer"].calculate(data).items()}
    place = plan.layout.places["free_cash_flow"]
    column = plan.layout.quarter_column(30)
    value = grids[place.sheet][place.row, column]
    assert isinstance(value, float)
    for wrong in (value * (1 + 2e-9), "#N/A", None, "text", True):
        grids[place.sheet][place.row, column] = wrong
        found = compare(plan, grids, results).differences
        assert [(each.sheet, each.found) for each in found] == [(place.sheet, wrong)]
    grids[place.sheet][place.row, column] = value * (1 + 1e-12)
    assert not compare(plan, grids, results).differences


def test_every_formula_cell_has_a_twin() -> None:
    for as_of in ("2025Q3", "2026Q2"):
        plan, _ = family(as_of)
        for sheet in plan.sheets.values():
            for cell in sheet.cells.values():
                assert (cell.twin is not None) == (
                    isinstance(cell.content, str) and cell.content.startswith("=")
                )


# A driver changed by hand


def changeable() -> list[str]:
    """Return the drivers that can be changed alone: not shares that add up to 1."""
    return [key for key, spec in driver_specs().items() if not spec.driver.sums_to_one]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str, float]:
    """Draw a driver, the period of one of its cells, and an allowed value."""
    key = draw(st.sampled_from(changeable()))
    spec = driver_specs()[key]
    value = draw(st.floats(spec.minimum, spec.maximum).map(lambda number: round(number, 6)))
    value = min(max(value, spec.minimum), spec.maximum)
    if spec.driver.whole or spec.driver.unit == "quarter":
        value = (
            draw(st.sampled_from([20241.0, 20253.0]))
            if spec.driver.unit == "quarter"
            else float(round(value))
        )
    if spec.driver.kind in {"constant", "seasonal"}:
        return key, ALL, value
    year = draw(st.integers(2026, 2035))
    quarters = [] if spec.driver.full_year else ["Q3", "Q4"]
    quarter = draw(st.sampled_from(quarters if spec.driver.kind == "elapsed" else ["", *quarters]))
    return key, f"{year}{quarter}", value


@pytest.mark.parametrize("engine", engines(without="gnumeric"), indirect=True)
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=[
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ],  # a group names the culprit; shrinking costs minutes
)
@given(batch=st.lists(edits(), min_size=10, max_size=10, unique_by=lambda edit: edit[0]))
@example(batch=[("investments", "2026", -9883.5), ("stores_growth[international]", "2026", 0.05)])
def test_drivers_changed_in_the_workbook_equal_the_model_with_these_overrides(
    engine: Engine, batch: list[tuple[str, str, float]]
) -> None:
    """Ten drivers are changed, two in a workbook; five for LibreOffice, which needs seconds for a file.

    A quarter's own value stays in its cell when that of the year is typed; an override of the year drops it.
    """
    plan, _, data = written("base")
    size = 5 if engine.name == "libreoffice" else 2
    groups = [batch[place : place + size] for place in range(0, len(batch), size)]
    jobs = [
        (data, {input_cell(plan, key, period): value for key, period, value in group}) for group in groups
    ]
    base = load_scenario("base")
    own = {
        (key, period): {
            each: value for each, value in base.table[key].items() if each.startswith(f"{period}Q")
        }
        for key, period, _ in batch
    }
    overrides = [
        {key: {period: value, **own[key, period]} for key, period, value in group} for group in groups
    ]
    changed = run([base.with_overrides(each) for each in overrides])
    for draw, values in enumerate(engine.calculate_all(jobs)):
        comparison = compare(plan, values, changed, draw)
        assert not comparison.differences, f"{overrides[draw]}: {comparison}"


OWN: Final = """
name = "slow"
title = "All goes slowly"
overlay = true

[changes."stores_growth[north_america]"]
unit = "ratio"
source = "a test"
scale = { "2026+" = 0.5, 2027Q2 = 0.25 }

[changes.silicon_mix]
unit = "ratio"
source = "a test"
add = { 2027 = 0.01, 2028Q3 = 0.02 }

[changes.capex_budget]
unit = "USD m"
source = "a test"
scale = { "2027+" = 0.9 }

[changes.price_pressure]
unit = "ratio"
source = "a test"
set = { 2027 = 0.01, 2027Q1 = 0.02 }

[changes.wacc]
unit = "rate"
source = "a test"
set = 0.09
"""


def test_switches_of_the_users_own_follow_those_that_ship(engine: Engine, tmp_path: Path) -> None:
    """Set, add and scale, by year and quarter; two switches on one driver; a 0 that means none; edits."""
    (tmp_path / "slow.toml").write_text(OWN, encoding="utf-8")
    names = [f"{name}+{tmp_path / 'slow.toml'}" for name in ("base+silicon_delay+price_war", "bear")]
    wanted = [load_scenario(name) for name in names]
    offers = [offered_with(each, wanted, moved=False) for each in wanted]
    assert offers[0] == offers[1]
    assert [each.name for each in offers[0].switches] == [*builtin_overlays(), "slow"]
    base, _, bear = offers[0].scenarios
    plan = plan_workbook(base, offers[0].scenarios, "test", switches=offers[0].switches, stamped=False)
    data = write_workbook(plan)
    on = [(COVER, *switch_cell(place)) for place in range(5)]
    edits = {("silicon_mix", "2028"): 0.6, ("price_pressure", "2027Q1"): 0.05, ("beta", ALL): 1.3}
    edited = base.with_overrides({key: {period: value} for (key, period), value in edits.items()})
    states = [(base, (0, 1, 4)), (bear, (4,)), (base, ()), (edited, (0, 1, 4)), (edited, (1,))]
    scenarios = [root.with_overlays([offers[0].switches[place] for place in each]) for root, each in states]
    assert scenarios[0].table == wanted[0].table
    assert scenarios[1].table == wanted[1].table
    jobs: list[tuple[bytes, Changes]] = []
    for root, each in states:
        chosen: Changes = {cell: ON if place in each else OFF for place, cell in enumerate(on)}
        typed: Changes = {input_cell(plan, *edit): value for edit, value in edits.items() if root is edited}
        jobs.append((data, {**chosen, (COVER, *SELECTED_CELL): root.name, **typed}))
    results = run(scenarios)
    for draw, grids in enumerate(engine.calculate_all(jobs)):
        comparison = compare(plan, grids, results, draw)
        unstamped = [each for each in comparison.differences if each.sheet != COVER]
        assert not unstamped, f"{scenarios[draw].name}: {comparison}"


def test_changing_one_cell_leaves_every_other_part_of_the_file_as_it_was() -> None:
    plan, _, data = written("base")
    sheet, row, column = input_cell(plan, "aws_growth", "2028")
    changed = with_changes(data, {(sheet, row, column): 0.05})
    before, after = (zipfile.ZipFile(io.BytesIO(each)) for each in (data, changed))
    assert before.namelist() == after.namelist()
    different = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert len(different) == 1
    cell = re.compile(rf'<c r="{get_column_letter(column)}{row}"[^>]*>.*?</c>')
    old, new = (each.read(different[0]).decode() for each in (before, after))
    assert cell.sub("", old) == cell.sub("", new)
    assert "<v>0.05</v>" in cell.search(new)[0]  # type: ignore[index]  # it is there
    assert with_changes(data, {}) is data
