"""Whatever is changed in a workbook by hand comes back as the same scenario, by way of a scenario file."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shared import family, input_cell, written

from model.amazon import AMAZON
from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.results import run
from model.scenarios.changes import Heading, changes, scenario_text
from model.scenarios.composing import compose, load_scenario
from model.scenarios.drivers import driver_specs
from model.scenarios.files import parse_own
from model.scenarios.scenario import Scenario, driver_arrays
from model.scenarios.spec import ALL, shares_of_one
from workbook_templates.plan.layout import COVER, INPUTS, SELECTED_CELL
from workbook_templates.read.book import read_book
from workbook_templates.read.inputs import read_inputs
from workbook_templates.validation.changed import base_of

if TYPE_CHECKING:
    from shared import Edit

    from model.scenarios.spec import DriverSpec
    from workbook_templates.read.values import Grids, Value


FAMILIES = ("2026Q2", "2025Q3")


@cache
def contents_of(as_of: str) -> Grids:
    """Return the contents of a workbook of one as-of."""
    return read_book(written("base" if as_of == "2026Q2" else "article")[2]).contents


def edited(as_of: str, place: int, edits: list[Edit]) -> tuple[Scenario, Scenario]:
    """Return a scenario that a workbook offers: as it ships, and as read when selected and edited."""
    plan, _ = family(as_of)
    name = plan.scenarios[place].name
    contents = contents_of(as_of)
    typed: dict[tuple[int, int], Value] = {}
    for key, period, value in edits:
        _, row, column = input_cell(plan, key, period, place)
        typed[row, column] = value
    chosen = {**contents[COVER], SELECTED_CELL: name}
    inputs = read_inputs({**contents, COVER: chosen, INPUTS: {**contents[INPUTS], **typed}})
    assert not inputs.problems
    return plan.scenarios[place], inputs.selected


def through_a_file(selected: Scenario) -> Scenario:
    """Return the scenario that is composed from the file of what was changed."""
    base, before = base_of(selected)
    text = scenario_text(Heading("read", "Read", base, selected.as_of), changes(before, selected), "the test")
    assert tomllib.loads(text)["base"] == base
    return compose(parse_own(text, "the test", AMAZON), AMAZON)


@st.composite
def values(draw: st.DrawFn, spec: DriverSpec) -> float:
    """Draw a value that a driver may have: as people type it, or of any digits."""
    if spec.driver.unit == "quarter":
        return float(draw(st.sampled_from([20224, 20241, 20253, 20301])))
    if spec.driver.whole:
        return float(draw(st.integers(round(spec.minimum), round(spec.maximum))))
    value = draw(st.floats(spec.minimum, spec.maximum, allow_subnormal=False))
    value = round(value, 6) if draw(st.booleans()) else float(f"{value:.16g}")
    is_none = spec.driver.zero_means_none and draw(st.booleans())
    return 0.0 if is_none else min(max(value, spec.minimum), spec.maximum)


@st.composite
def edits_of_one(draw: st.DrawFn, as_of: str) -> list[Edit]:
    """Draw changes of one driver of any kind; of shares that add up to 1 all of a group."""
    spec = draw(st.sampled_from(list(driver_specs().values())))
    if spec.driver.sums_to_one:
        group = next(each for each in shares_of_one(spec.driver) if spec.key in each)
        weights = draw(st.lists(st.integers(1, 20), min_size=len(group), max_size=len(group)))
        return [(key, ALL, weight / sum(weights)) for key, weight in zip(group, weights, strict=True)]
    if spec.driver.kind in {"constant", "seasonal"}:
        return [(spec.key, ALL, draw(values(spec)))]
    layout = family(as_of)[0].layout
    start = layout.driver_start(spec.key)
    quarters = [str(quarter) for quarter in layout.plan.axis.quarters[start:]]
    if spec.driver.kind == "elapsed":
        return [(spec.key, draw(st.sampled_from(quarters)), draw(values(spec)))]
    years = [str(year) for year in layout.plan.axis.years[start // QUARTERS_A_YEAR :]]
    if spec.driver.full_year or draw(st.booleans()):
        return [(spec.key, draw(st.sampled_from(years)), draw(values(spec)))]
    return [(spec.key, draw(st.sampled_from(quarters)), draw(st.none() | values(spec)))]


@st.composite
def edited_workbooks(draw: st.DrawFn) -> tuple[str, int, list[Edit]]:
    """Draw an as-of, one of the scenarios that its workbooks offer, and several changes of its drivers."""
    as_of = draw(st.sampled_from(FAMILIES))
    place = draw(st.integers(0, len(family(as_of)[0].scenarios) - 1))
    found: dict[tuple[str, str], float | None] = {}
    for edits in draw(st.lists(edits_of_one(as_of), min_size=1, max_size=6)):
        found |= {(key, period): value for key, period, value in edits}
    return as_of, place, [(key, period, value) for (key, period), value in found.items()]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking costs minutes
)
@given(case=edited_workbooks())
def test_any_allowed_change_of_any_driver_survives(case: tuple[str, int, list[Edit]]) -> None:
    """Numbers that were typed come back to the last bit; of the others a workbook holds sixteen digits."""
    before, selected = edited(*case)
    composed = through_a_file(selected)
    plan = selected.plan
    found, expected, untouched = (driver_arrays(plan, [each]) for each in (composed, selected, before))
    typed = {key.partition("[")[0] for key, _, _ in case[2]}
    for row in plan.assumed_rows:
        first = 0 if not row.timed or row.key in plan.used_in_history else plan.axis.forecast_start
        one, other = found[row.key][first:], expected[row.key][first:]
        np.testing.assert_allclose(one, other, rtol=1e-15, atol=0, err_msg=row.key)
        if row.driver_key.partition("[")[0] not in typed:
            np.testing.assert_array_equal(one, untouched[row.key][first:], err_msg=row.key)
    assert changes(composed, selected) == []
    figures, wanted = (run([each]).values for each in (composed, selected))
    assert not [
        key
        for key in wanted.keys() - {row.key for row in plan.assumed_rows}
        if not np.allclose(figures[key], wanted[key], rtol=1e-9, atol=1e-6, equal_nan=True)
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=edited_workbooks())
def test_only_drivers_that_changed_are_listed(case: tuple[str, int, list[Edit]]) -> None:
    before, selected = edited(*case)
    listed = {change.spec.key: change for change in changes(before, selected)}
    assert set(listed) <= {key for key, _, _ in case[2]}
    for key, period, value in case[2]:
        old = before.table[key].get(period)
        differs = (
            value is not old if value is None or old is None else not math.isclose(value, old, rel_tol=1e-14)
        )
        assert differs == (key in listed and period in listed[key].before), (key, period, value, old)


def test_a_workbook_as_it_ships_changes_nothing_in_any_of_its_scenarios() -> None:
    for as_of in FAMILIES:
        for place, scenario in enumerate(family(as_of)[0].scenarios):
            _, selected = edited(as_of, place, [])
            base, before = base_of(selected)
            assert base == scenario.name
            assert changes(before, selected) == []


def test_a_run_off_table_is_given_by_as_few_knots_as_it_has() -> None:
    base = load_scenario("base")
    table = {
        **base.table,
        "runoff_share[aws]": {period: value / 2 for period, value in base.table["runoff_share[aws]"].items()},
    }
    (change,) = changes(base, Scenario("x", "", Quarter.parse("2026Q2"), 0.0, table))
    assert len(change.given) < 12
    assert change.given["1"] == table["runoff_share[aws]"]["2026Q3"]
