"""Sales within a year: smooth paths that keep the total of the year, and quarters with their own values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import AS_OFS, SHIPPED, computed

from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.scenario import assumption_hash, driver_arrays
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.results import Results

SEASONAL = {
    "advertising_growth": "advertising_sales",
    "stores_growth[north_america]": "stores_sales[north_america]",
    "stores_growth[international]": "stores_sales[international]",
}
"""Growth, and the sales that grow by it."""
YEARS = tuple(map(str, range(2024, 2036)))
growths = st.floats(-0.15, 0.4)


def row(results: Results, key: str) -> NDArray[np.float64]:
    return results.values[key][:, 0]


def ahead(results: Results) -> dict[int, list[int]]:
    """Return the positions of the quarters ahead in each year."""
    axis = results.plan.axis
    found: dict[int, list[int]] = {}
    for position in range(axis.forecast_start, axis.length):
        found.setdefault(axis.quarters[position].year, []).append(position)
    return found


@st.composite
def runs(draw: st.DrawFn) -> Results:
    """Draw an as-of, growth by year and by some quarters; capacity may bind, and unmet demand be lost."""
    scenario = load_scenario("base", draw(st.sampled_from(AS_OFS)))
    first = scenario.as_of.shifted(1).year
    drawn: dict[str, dict[str, float]] = {
        key: {year: draw(growths) for year in YEARS if int(year) >= first}
        for key in ("aws_growth", *SEASONAL)
        if draw(st.booleans())
    }
    for values in drawn.values():
        own = draw(
            st.sets(st.sampled_from([f"{year}Q{number}" for year in (2028, 2029) for number in (1, 2, 3, 4)]))
        )
        values |= {quarter: draw(growths) for quarter in sorted(own)}
    lost = {"unmet_demand_lost": {ALL: draw(st.sampled_from([0.0, 0.5]))}}
    capacity = {f"{first}+": draw(st.sampled_from([0.04, 0.12]))}
    return run([scenario.with_overrides({**drawn, **lost, "sales_yield": capacity})])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(results=runs())
def test_the_quarters_ahead_of_a_year_add_up_to_its_growth(results: Results) -> None:
    (scenario,) = results.scenarios
    rows = {"aws_growth": ("aws_demand", "aws_demand_base")}
    rows |= {key: (sales, sales) for key, sales in SEASONAL.items()}
    for key, (grown, base) in rows.items():
        for year, quarters in ahead(results).items():
            table, labels = scenario.table[key], [str(results.plan.axis.quarters[t]) for t in quarters]
            free = [t for t, label in zip(quarters, labels, strict=True) if label not in table]
            total = (1 + table[str(year)]) * sum(row(results, base)[t - 4] for t in free)
            assert sum(row(results, grown)[t] for t in free) == pytest.approx(total, rel=1e-12), (key, year)


def test_demand_is_lost_where_capacity_binds() -> None:
    tight = load_scenario("base").with_overrides({"sales_yield": 0.04, "unmet_demand_lost": {ALL: 0.5}})
    results = run([tight])
    assert (row(results, "aws_demand_base") < row(results, "aws_demand")).sum() > 10


@pytest.mark.parametrize("name", SHIPPED)
def test_aws_never_falls_ahead_nor_moves_far_outside_the_reported_range(name: str) -> None:
    sales = row(computed(name), "aws_sales")
    moves, split = sales[1:] / sales[:-1] - 1, computed(name).plan.axis.forecast_start - 1
    reported, coming = moves[:split], moves[split:]
    assert coming.min() >= 0
    assert reported.min() - 0.03 <= coming.min() <= coming.max() <= reported.max() + 0.03


@pytest.mark.parametrize("name", ["base", "bull", "article"])
def test_utilisation_moves_by_less_than_six_points_within_a_year(name: str) -> None:
    results = computed(name)
    assert not results.values["delayed"].any()
    use = row(results, "aws_capacity_use")
    assert max(np.ptp(use[quarters]) for quarters in ahead(results).values()) < 0.06


def test_growth_that_is_the_same_in_all_years_is_the_same_in_all_quarters() -> None:
    """A constant driver leaves nothing to be smoothed: 20% a year is 4.66% a quarter; seasons stay."""
    steady = dict.fromkeys(("aws_growth", *SEASONAL), 0.2)
    results = run([load_scenario("base").with_overrides({**steady, "sales_yield": 0.4})])
    demand, after = row(results, "aws_demand"), 21  # from 2027Q1: before, reported quarters count
    assert demand[after:] / demand[after - 1 : -1] == pytest.approx([1.2**0.25] * (56 - after))
    for sales in SEASONAL.values():
        found = row(results, sales)
        assert found[after:] / found[after - 4 : -4] == pytest.approx([1.2] * (56 - after))


def test_growth_runs_straight_between_mid_years() -> None:
    """From 20% in mid-2030 to 12% in mid-2031 by 2 points a quarter; totals scale all quarters alike."""
    table = {"2028+": 0.2, "2031+": 0.12}
    results = run([load_scenario("base").with_overrides({"advertising_growth": table})])
    path = row(results, "advertising_path")
    assert path[28:40] == pytest.approx([1.2] * 6 + [1.19, 1.17, 1.15, 1.13] + [1.12] * 2)
    sales = row(results, "advertising_sales")
    scale = sales[32:40] / sales[28:36] / path[32:40]
    assert scale[:4] == pytest.approx([scale[0]] * 4)
    assert scale[4:] == pytest.approx([scale[4]] * 4)
    assert 1 < scale[0] < 1.02  # growth falls from mid-2030 on, and the year still grows by 20%
    assert 0.98 < scale[4] < 1


def test_a_price_cut_runs_straight_between_mid_years_and_starts_from_no_cut() -> None:
    results = run([load_scenario("base", "2025Q4").with_overrides({"price_pressure": {"2026+": 0.08}})])
    cut = row(results, "price_cut")
    assert cut[:16].tolist() == [0.0] * 16
    assert cut[16:] == pytest.approx([0.05, 0.07] + [0.08] * 38)


def test_the_year_before_counts_as_reported_or_as_assumed() -> None:
    """Of 2025, wholly reported at 2025Q4, the reported growth counts; of 2026 at 2026Q2 the driver's."""
    scenario = load_scenario("base", "2025Q4").with_overrides({"advertising_growth": {"2026+": 0.1}})
    reported = run([scenario])
    sales = row(reported, "advertising_sales")
    of_2025 = sales[12:16].sum() / sales[8:12].sum() - 1
    assert of_2025 != pytest.approx(scenario.table["advertising_growth"]["2025"], rel=1e-3)
    assert row(reported, "advertising_path")[16] == pytest.approx(1.1 + 3 / 8 * (of_2025 - 0.1))
    running = run([load_scenario("base").with_overrides({"advertising_growth": {"2026": 0.5, "2027+": 0.1}})])
    assert row(running, "advertising_path")[20] == pytest.approx(1.1 + 3 / 8 * (0.5 - 0.1))


def test_a_quarter_with_its_own_value_has_it_and_leaves_the_others_to_their_year() -> None:
    own = {"aws_growth": {"2028Q2": 0.5}, "advertising_growth": {"2028Q3": -0.1}}
    scenario = load_scenario("base").with_overrides({**own, "price_pressure": {"2028Q1": 0.2}})
    results, plain = run([scenario]), computed("base")
    demand, base = row(results, "aws_demand"), row(results, "aws_demand_base")
    assert demand[25] == pytest.approx(1.5 * base[21])
    growth = 1 + scenario.table["aws_growth"]["2028"]
    assert demand[[24, 26, 27]].sum() == pytest.approx(growth * base[[20, 22, 23]].sum(), rel=1e-12)
    following = 1 + scenario.table["aws_growth"]["2029"]
    assert demand[28:32].sum() == pytest.approx(following * base[24:28].sum(), rel=1e-12)
    advertising = row(results, "advertising_sales")
    assert advertising[26] == pytest.approx(0.9 * advertising[22])
    assert (row(results, "price_cut")[24], row(plain, "price_cut")[24]) == (0.2, 0.0)
    assert row(results, "aws_sales")[24] == pytest.approx(0.8 * row(results, "aws_volume")[24])


def test_a_year_whose_quarters_all_have_values_of_their_own_needs_none() -> None:
    quarters = {f"2029Q{number}": 0.1 * number for number in (1, 2, 3, 4)}
    results = run([load_scenario("base").with_overrides({"aws_growth": quarters})])
    demand, base = row(results, "aws_demand"), row(results, "aws_demand_base")
    assert demand[28:32] / base[24:28] == pytest.approx([1.1, 1.2, 1.3, 1.4])
    assert np.isfinite(demand).all()


def test_a_quarters_own_value_counts_even_if_it_is_that_of_its_year() -> None:
    """The path of the year differs from its growth: so the quarter moves, and so does the hash."""
    base = load_scenario("base")
    same = base.with_overrides({"aws_growth": {"2028Q1": base.table["aws_growth"]["2028"]}})
    found, plain = (row(run([each]), "aws_demand") for each in (same, base))
    assert found[24] != pytest.approx(plain[24], rel=1e-3)
    assert assumption_hash([same]) != assumption_hash([base])


def test_parts_of_a_driver_are_its_values_of_years() -> None:
    scenario = load_scenario("base").with_overrides({"advertising_growth": {"2030Q2": 0.3}})
    arrays = driver_arrays(scenario.plan, [scenario])
    table = scenario.table["advertising_growth"]

    def part(name: str, position: int) -> float:
        return float(arrays[f"advertising_growth.{name}"][position, 0])

    for position in (32, 33):  # 2030Q1, and 2030Q2, which has its own
        found = [part(name, position) for name in ("year_before", "year", "next_year", "own")]
        assert found == [table["2029"], table["2030"], table["2031"], float(position == 33)]
    assert part("next_year", 55) == table["2035"]  # no year follows
