"""The functions of another company, and what a first cell loads."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from second_company import BAKERY

from model.companies import using
from model.errors import AmznFcfError
from xlwings_udfs import (
    AMZN_CLAIMS,
    AMZN_DRIVERS,
    AMZN_EXPLAIN,
    AMZN_FCF,
    AMZN_INFLECTION,
    AMZN_LINE,
    AMZN_MULTIPLE,
    AMZN_SCENARIOS,
    AMZN_SIMULATE,
    AMZN_TABLE,
    AMZN_TORNADO,
    AMZN_UPSIDE,
    AMZN_VALUE,
    AMZN_VERSION,
)
from xlwings_udfs.cells.calls import cell_function
from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.functions.arguments import ScenarioCell  # noqa: TC001  # hosts read annotations
from xlwings_udfs.hosts.calc.parts import interface
from xlwings_udfs.hosts.headless import sheet_functions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST_CELL = """
import sys
from xlwings_udfs import AMZN_FCF
AMZN_FCF(2026, "bull")
print(*sys.modules)
"""


@pytest.fixture
def bakery() -> Iterator[None]:
    with using(BAKERY):
        yield


@pytest.mark.usefixtures("bakery")
def test_lines_drivers_scenarios_and_what_is_uncertain_work_for_any_company() -> None:
    assert AMZN_LINE("all_sales", 2026) > 0
    assert AMZN_LINE("all_sales", 2026, "boom") > AMZN_LINE("all_sales", 2026, "base+strike")
    assert AMZN_LINE("all_sales", 2026, "base", AMZN_DRIVERS("boom")) == pytest.approx(
        AMZN_LINE("all_sales", 2026, "boom")
    )
    assert [row[0] for row in AMZN_SCENARIOS()] == ["scenario", "base", "boom"]
    assert AMZN_EXPLAIN("all_sales", 2026).startswith("all_sales [USD m] = (sales[north] + sales[south]).")
    assert "outside 2025Q1..2026Q4" in AMZN_EXPLAIN("all_sales", 2027)
    assert AMZN_TORNADO("lowest_cash")[0][0] == "driver"
    assert AMZN_SIMULATE("all_sales 2026", None, 100)[0][:2] == ["all_sales 2026", "USD m"]
    assert "as-of 2025Q4, assumptions" in AMZN_VERSION()


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (AMZN_FCF, "the model of Two Bakeries has no measure to choose"),
        (AMZN_TABLE, "has no statement to choose"),
        (AMZN_VALUE, "has no method to choose"),
        (AMZN_UPSIDE, "has no method to choose"),
        (AMZN_INFLECTION, "has no event to choose"),
        (lambda: AMZN_MULTIPLE("P/S"), "has no multiple to choose"),
        (AMZN_CLAIMS, "has no claims"),
    ],
)
def test_words_that_a_company_lacks_are_an_error(call: Callable[[], object], said: str) -> None:
    with pytest.raises(AmznFcfError, match=said):
        call()


@pytest.mark.usefixtures("bakery")
def test_functions_are_described_without_words() -> None:
    assert described(FUNCTIONS)["AMZN_FCF"].arguments[2].words == ()


def test_a_new_function_is_known_to_hosts_without_more_code(monkeypatch: pytest.MonkeyPatch) -> None:
    @cell_function
    def AMZN_LOAVES(count: Annotated[Any, "How many"], scenario: ScenarioCell = None) -> float:  # noqa: ANN401, N802
        """Loaves of bread."""
        return float(count) * (2 if scenario else 1)

    monkeypatch.setitem(FUNCTIONS, "AMZN_LOAVES", AMZN_LOAVES)
    assert sheet_functions()["AMZN_LOAVES"](3.0) == 3
    assert "    any AMZN_LOAVES([in] any count, [in] any scenario);" in interface()
    assert [each.optional for each in described(FUNCTIONS)["AMZN_LOAVES"].arguments] == [False, True]


def test_what_was_computed_of_one_company_is_not_shown_of_another() -> None:
    before = AMZN_LINE("free_cash_flow", 2026), AMZN_DRIVERS()
    with using(BAKERY):
        assert AMZN_DRIVERS() != before[1]
        with pytest.raises(AmznFcfError, match="free_cash_flow"):
            AMZN_LINE("free_cash_flow", 2026)
    assert (AMZN_LINE("free_cash_flow", 2026), AMZN_DRIVERS()) == before


def test_a_first_cell_loads_neither_workbooks_nor_statistics() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_CELL], capture_output=True, text=True, check=True)
    loaded = {each.split(".")[0] for each in done.stdout.split()}
    assert not loaded & {
        "amzn_fcf", "formualizer", "numba", "openpyxl", "pandas", "rich", "scipy", "workbook_templates",
        "xlwings",
    }  # fmt: skip
    assert "xlwings_udfs.functions.uncertainty" not in done.stdout
