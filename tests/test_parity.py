"""Every formula cell of every workbook, in every scenario and every engine, equals the model."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from programs import engines
from shared import AS_OFS, SHIPPED, family, input_cell, selecting, written

from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL
from workbook_templates.engines.engines import ENGINES
from workbook_templates.plan.layout import COVER, SENSITIVITY
from workbook_templates.plan.workbook import plan_workbook
from workbook_templates.read.book import read_grids
from workbook_templates.validation.parity import Comparison, compare
from workbook_templates.write.patching import with_changes
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook_templates.engines.engine import Engine
    from workbook_templates.read.values import Grid


def test_every_cell_of_every_workbook_in_every_scenario_equals_the_model(
    engine: Engine, measured: Callable[[str], None]
) -> None:
    """The first workbook of an as-of is calculated in every scenario, others in three: see the next test.

    Gnumeric needs three seconds for a file: it calculates one workbook in three scenarios.
    """
    total = Comparison()
    few = engine.name == "gnumeric"
    for names in [families()[-1][:1]] if few else families():
        jobs = [
            (name, place)
            for number, name in enumerate(names)
            for place, _ in enumerate(written(name)[0].scenarios)
            if number == 0 or abs(place - number) <= 1
        ][: 3 if few else None]
        offered = written(names[0])[0].scenarios
        grids = engine.calculate_all(
            [(written(name)[2], selecting(offered[place].name)) for name, place in jobs]
        )
        for (name, place), values in zip(jobs, grids, strict=True):
            plan, results, _ = written(name)
            total.add(compare(plan, values, results, place))
    measured(f"{engine.name}: {1 if few else len(SHIPPED)} workbooks: {total}")
    assert total.cells > (80_000 if few else 500_000)
    assert not total.differences


def test_workbooks_of_one_as_of_differ_in_the_selected_scenario_and_its_sensitivities_alone() -> None:
    for first, *others in families():
        expected = read_grids(written(first)[2], formulas=True)
        for name in others:
            found = read_grids(written(name)[2], formulas=True)
            assert list(found) == list(expected)
            assert {sheet for sheet in found if found[sheet] != expected[sheet]} == {COVER, SENSITIVITY}
            for sheet in (COVER, SENSITIVITY):
                assert formulas_of(found[sheet]) == formulas_of(expected[sheet])


def families() -> list[list[str]]:
    """Return the names of the workbooks that ship, by as-of, in the order of the selector."""
    return [
        [each.name for each in plan.scenarios if each.name in SHIPPED]
        for plan in (family(as_of)[0] for as_of in ("2025Q3", "2026Q2"))
    ]


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
    quarter = draw(st.sampled_from(["Q3", "Q4"] if spec.driver.kind == "elapsed" else ["", "Q3", "Q4"]))
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
def test_drivers_changed_in_the_workbook_equal_the_model_with_these_overrides(
    engine: Engine, batch: list[tuple[str, str, float]]
) -> None:
    """Ten drivers are changed, two in a workbook; five for LibreOffice, which needs seconds for a file."""
    plan, _, data = written("base")
    size = 5 if engine.name == "libreoffice" else 2
    groups = [batch[place : place + size] for place in range(0, len(batch), size)]
    jobs = [
        (data, {input_cell(plan, key, period): value for key, period, value in group}) for group in groups
    ]
    base = load_scenario("base")
    overrides = [{key: {period: value} for key, period, value in group} for group in groups]
    changed = run([base.with_overrides(each) for each in overrides])
    for draw, values in enumerate(engine.calculate_all(jobs)):
        comparison = compare(plan, values, changed, draw)
        assert not comparison.differences, f"{overrides[draw]}: {comparison}"


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
