"""Quarters, periods and the axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.amazon import AMAZON
from model.errors import PeriodError
from model.language.periods import Period, Quarter

quarters = st.builds(Quarter, st.integers(1990, 2100), st.integers(1, 4))


@given(quarters, st.integers(-400, 400))
def test_shifting_a_quarter_moves_it_by_as_many_quarters(quarter: Quarter, distance: int) -> None:
    assert quarter.shifted(distance) - quarter == distance


@given(quarters)
def test_a_quarter_survives_its_text_and_its_code(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter
    assert Quarter.from_code(quarter.code) == quarter


@pytest.mark.parametrize("text", ["2026Q5", "2026", "26Q1", "Q1 2026", "", "2026Q", "2026q3x"])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeriodError, match="2026Q3"):
        Quarter.parse(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", Period("annual", 2026)),
        ("FY2026", Period("annual", 2026)),
        ("2026Q3", Period("quarterly", 2026, 3)),
        ("TTM 2026Q3", Period("ttm", 2026, 3)),
        (" ttm 2026q3 ", Period("ttm", 2026, 3)),
    ],
)
def test_periods_are_read_in_any_case(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text", ["TTM 2026", "FY2026Q1", "\uff12\uff10\uff12\uff16", "2026Q0", "next year", "-2026"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="is not a period"):
        Period.parse(text)


def test_the_axis_runs_from_2022_to_2035_and_splits_after_as_of() -> None:
    axis = AMAZON.axis(Quarter.parse("2026Q2"))
    assert (str(axis.quarters[0]), str(axis.quarters[-1]), axis.length) == ("2022Q1", "2035Q4", 56)
    assert axis.quarters[axis.forecast_start - 1] == axis.as_of
    assert axis.years == tuple(range(2022, 2036))


@pytest.mark.parametrize("as_of", ["2024Q3", "2021Q4", "2035Q4", "2040Q1"])
def test_an_as_of_without_enough_history_or_future_is_refused(as_of: str) -> None:
    with pytest.raises(PeriodError, match="as-of"):
        AMAZON.axis(Quarter.parse(as_of))


def test_a_period_outside_the_axis_names_the_axis() -> None:
    axis = AMAZON.axis(Quarter.parse("2026Q2"))
    with pytest.raises(PeriodError, match=r"2036Q1 is outside the axis 2022Q1\.\.2035Q4"):
        axis.position(Quarter.parse("2036Q1"))
    with pytest.raises(PeriodError, match=r"2021 is outside the axis 2022\.\.2035"):
        axis.year_position(2021)
