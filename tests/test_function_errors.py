"""The functions for cells, called from Python: how they fail, and what they make of anything in a cell."""

from __future__ import annotations

import inspect
import math
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xlwings_udfs
from model.errors import (
    AmznFcfError,
    InputError,
    NoRootError,
    NotAvailableError,
    NotMeaningfulError,
    PeriodError,
    UnknownNameError,
)
from xlwings_udfs import (
    AMZN_CLAIMS,
    AMZN_FCF,
    AMZN_GRID,
    AMZN_IMPLIED,
    AMZN_LINE,
    AMZN_MULTIPLE,
    AMZN_SIMULATE,
    AMZN_TORNADO,
    AMZN_UPSIDE,
    AMZN_VALUE,
)
from xlwings_udfs.cells.error_values import BAD_NUMBER, BAD_VALUE, NOT_AVAILABLE, ErrorValue, error_value

if TYPE_CHECKING:
    from collections.abc import Callable


DCF = "value_per_share[dcf,mid]"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("aws_growth", "need a range of two columns"), ([["aws_growth"]], "need a range of two columns"),
        ([["aws_growth"], ["wacc"]], "needs two columns"), ([["aws_growth", 0.2, 0.3]], "put 'driver'"),
        ([["aws_grwth", 0.2]], "did you mean aws_growth"), ([["aws_growth", "much"]], "row 1 needs a number"),
        ([["aws_growth", 20]], "outside -0.2..0.8"), ([[5, 0.2]], "driver needs a text"), ([[None, 0.2]],
        "needs the name of a driver"),
        ([["driver", "TTM 2026Q3"], ["aws_growth", 1]], "cannot head a column"),
        ([["driver", 2026], ["wacc", 0.1]], "does not vary with time"),
        ([["asset_mix[aws,buildings]", 0.9]], "must be 1"), ([[0, 0.2]], "needs the name of a driver"),
        ([["wacc", 0.1], [None, None], ["WACC ", 0.2]], "row 3: wacc is given twice"),
        ([["driver", 2027], ["wacc", None], ["wacc", None], ["aws_growth", 0.1], ["aws_growth", 0.1]],
        "row 5: aws_growth is given twice"),
        ([["driver", 2027, "FY2027"], ["aws_growth", 0.1, 0.2]], "aws_growth is given twice for 2027"),
        ([["driver", "2026Q1"], ["aws_growth", 0.1]], "2026Q1, which is before the first forecast quarter"),
        ([["driver", 2025], ["aws_growth", 0.1]], "2025, which is before the first forecast quarter"),
    ],
)  # fmt: skip
def test_malformed_overrides_say_what_is_wrong(overrides: object, message: str) -> None:
    with pytest.raises(AmznFcfError, match=message) as caught:
        AMZN_VALUE("dcf", "base", overrides)
    assert error_value(caught.value) == BAD_VALUE


@pytest.mark.parametrize(
    ("call", "kind", "shown"),
    [
        (lambda: AMZN_FCF(2026, "bse"), UnknownNameError, BAD_VALUE),
        (lambda: AMZN_FCF(2026, "base.toml"), UnknownNameError, BAD_VALUE),
        (lambda: AMZN_FCF(2026, "base", "cash"), InputError, BAD_VALUE),
        (lambda: AMZN_LINE("nothing", 2026), UnknownNameError, BAD_VALUE),
        (lambda: AMZN_FCF("soon"), PeriodError, BAD_VALUE),
        (lambda: AMZN_FCF(period=True), PeriodError, BAD_VALUE),
        (lambda: AMZN_FCF(datetime(2026, 1, 1)), PeriodError, BAD_VALUE),  # noqa: DTZ001  # as hosts hand over dates
        (lambda: AMZN_FCF(date(2026, 1, 1)), PeriodError, BAD_VALUE),
        (lambda: AMZN_FCF(math.nan), AmznFcfError, BAD_VALUE),
        (lambda: AMZN_FCF(2040), NotAvailableError, NOT_AVAILABLE),
        (lambda: AMZN_FCF("2021Q4"), NotAvailableError, NOT_AVAILABLE),
        (lambda: AMZN_LINE("fcff", "2025Q1"), NotAvailableError, NOT_AVAILABLE),
        (lambda: AMZN_LINE("aws_growth", 2024), NotAvailableError, NOT_AVAILABLE),  # reported, not assumed
        (lambda: AMZN_FCF(2026, "base+"), InputError, BAD_VALUE),
        (lambda: AMZN_MULTIPLE("P/FCF", 2026), NotMeaningfulError, BAD_NUMBER),
        (lambda: AMZN_MULTIPLE("P/S", 2026, None, -3), NotMeaningfulError, BAD_NUMBER),
        (lambda: AMZN_IMPLIED("wacc", 1e6), NoRootError, BAD_NUMBER),
        (
            lambda: AMZN_VALUE("dcf", "base", [["wacc", 0.04], ["terminal_growth", 0.05]]),
            NotMeaningfulError,
            BAD_NUMBER,
        ),
        (lambda: AMZN_CLAIMS("2030Q1"), PeriodError, NOT_AVAILABLE),
        (lambda: AMZN_GRID(DCF, "wac", [0.08], "beta", [1]), UnknownNameError, BAD_VALUE),
        (lambda: AMZN_GRID(DCF, "wacc", [], "beta", [1]), InputError, BAD_VALUE),
        (lambda: AMZN_GRID(DCF, "wacc", [["low"]], "beta", [1]), InputError, BAD_VALUE),
        (lambda: AMZN_GRID(DCF, "wacc", [0.5], "beta", [1]), InputError, BAD_VALUE),
        (lambda: AMZN_GRID("net_sales 2050", "wacc", [0.08], "beta", [1]), NotAvailableError, NOT_AVAILABLE),
        (lambda: AMZN_TORNADO("net_sales"), PeriodError, BAD_VALUE),
        (lambda: AMZN_TORNADO(DCF, "base", 2), InputError, BAD_VALUE),
        (lambda: AMZN_TORNADO(DCF, "base", "much"), InputError, BAD_VALUE),
        (lambda: AMZN_VALUE([["dcf", "sotp"]]), InputError, BAD_VALUE),
        (lambda: AMZN_FCF(2026, [["base"], ["bull"]]), InputError, BAD_VALUE),
    ],
)
def test_each_failure_has_its_error_value(
    call: Callable[[], object], kind: type[Exception], shown: str
) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert error_value(caught.value) == shown


cells = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(-(10**400), 10**400), st.text(max_size=12),
    st.datetimes(), st.dates(),
    st.sampled_from([
        "base", "bull", "2026", "TTM 2026Q3", "aws", "dcf", "net_sales", "wacc", "#N/A", "driver", 2026,
        20263, 0.1, [], {},
    ]),
)  # fmt: skip


arguments = st.one_of(
    cells, st.lists(cells, max_size=4), st.lists(st.lists(cells, min_size=1, max_size=3), max_size=4)
)


@pytest.mark.parametrize("name", xlwings_udfs.__all__)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_a_cell_holds_only_typed_errors_come_out(name: str, data: st.DataObject) -> None:
    function = getattr(xlwings_udfs, name)
    parameters = list(inspect.signature(function).parameters.values())
    needed = sum(each.default is inspect.Parameter.empty for each in parameters)
    given_ = [data.draw(arguments) for _ in range(data.draw(st.integers(needed, len(parameters))))]
    try:
        result = function(*given_)
    except AmznFcfError as error:
        result = error_value(error) if str(error) else math.nan
    flat = [cell for row in result for cell in row] if isinstance(result, list) else [result]
    assert all(cell is None or isinstance(cell, (str, int)) or math.isfinite(cell) for cell in flat)


def test_a_grid_that_is_too_large_for_a_sheet_is_refused_with_the_limit() -> None:
    with pytest.raises(InputError, match="60 by 50 values is too large for a sheet: up to 2,500 cells"):
        AMZN_GRID(DCF, "wacc", [0.08] * 60, "beta", [1.0] * 50)


def test_a_hundred_thousand_cells_are_answered_or_refused() -> None:
    years = [[2022 + (row + column) % 14 for column in range(100)] for row in range(1000)]
    block = AMZN_FCF(years)
    assert (len(block), len(block[0])) == (1000, 100)
    with pytest.raises(InputError, match="needs one cell, not a range of 100000 cells"):
        AMZN_FCF(2026, years)
    with pytest.raises(AmznFcfError):
        AMZN_VALUE("dcf", "base", years)


def test_a_bare_0_counts_as_left_out_and_an_error_comes_back_as_it_is() -> None:
    assert AMZN_FCF(0) == AMZN_FCF(None) == AMZN_FCF()
    assert AMZN_UPSIDE(0.0, "sotp") == AMZN_UPSIDE(None, "sotp")
    assert AMZN_SIMULATE("free_cash_flow 2027", "base", 200, 0) == AMZN_SIMULATE(
        "free_cash_flow 2027", "base", 200
    )
    assert AMZN_FCF(2026, ErrorValue("#DIV/0!")) == "#DIV/0!"
    with pytest.raises(TypeError):
        AMZN_FCF(2026, "base", "company", None, "one too many")
