"""The functions for cells, called from Python: what they give, and in which shape."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from shared import computed

import xlwings_udfs
from model.errors import AmznFcfError, NotAvailableError
from model.language.periods import Period
from model.results import run
from model.scenarios.composing import load_scenario
from model.simulation.questions import output_ahead
from model.simulation.run import simulate
from xlwings_udfs import (
    AMZN_ACTUAL,
    AMZN_CAPEX,
    AMZN_CLAIMS,
    AMZN_DRIVERS,
    AMZN_EXPLAIN,
    AMZN_FCF,
    AMZN_GRID,
    AMZN_IMPLIED,
    AMZN_INFLECTION,
    AMZN_LINE,
    AMZN_MARGIN,
    AMZN_MULTIPLE,
    AMZN_REVENUE,
    AMZN_SCENARIOS,
    AMZN_SIMULATE,
    AMZN_TABLE,
    AMZN_TORNADO,
    AMZN_UPSIDE,
    AMZN_VALUE,
    AMZN_VERSION,
    functions,
)
from xlwings_udfs.cells.error_values import BAD_NUMBER, BAD_VALUE, NOT_AVAILABLE, error_value
from xlwings_udfs.functions import FUNCTIONS

DCF = "value_per_share[dcf,mid]"


def figure(key: str, period: str, name: str = "base") -> float:
    return computed(name).value(key, Period.parse(period))


# What they give


def test_every_function_of_the_list_is_there_with_its_documentation() -> None:
    texts = [path.read_text("utf-8") for path in Path(functions.__file__).parent.glob("*.py")]
    declared = re.findall(r"^def (AMZN_\w+)", "\n".join(texts), re.MULTILINE)
    assert sorted(declared) == sorted(FUNCTIONS), "name the module in xlwings_udfs/functions/__init__.py"
    assert sorted(FUNCTIONS) == xlwings_udfs.__all__, (
        "name the function in __all__ of xlwings_udfs/__init__.py"
    )
    for name, function in FUNCTIONS.items():
        assert "Example:" in (function.__doc__ or ""), name
        hints = get_type_hints(function, include_extras=True)
        for parameter in inspect.signature(function).parameters:
            assert get_args(hints[parameter])[1], name


@pytest.mark.parametrize(
    "period", [2026, 2026.0, "2026", " FY2026 ", "2026Q3", "2026q3", 20263, "TTM 2026Q3", "ttm 2026q3"]
)
def test_a_period_is_a_year_a_quarter_or_twelve_months(period: object) -> None:
    text = (
        "2026Q3" if period == 20263 else str(int(period)) if isinstance(period, (int, float)) else str(period)
    )
    assert AMZN_FCF(period, "bull") == figure("free_cash_flow", text, "bull")


def test_blanks_stand_for_base_and_the_running_year() -> None:
    for blank in (None, "", "  "):
        assert AMZN_FCF(blank, blank, blank, blank) == figure("free_cash_flow", "2026")
    assert AMZN_FCF() == figure("free_cash_flow", "2026")
    assert AMZN_FCF(2026, " Base + POWER_delay ") == figure("free_cash_flow", "2026", "base+power_delay")


@pytest.mark.parametrize(
    ("measure", "line"),
    [
        ("company", "free_cash_flow"), ("after_leases", "free_cash_flow_after_leases"),
        ("after_equipment_leases", "free_cash_flow_after_equipment_leases"), ("gross_capex",
        "free_cash_flow_gross_capex"),
        ("after_stock_compensation", "free_cash_flow_after_stock_compensation"), ("fcff", "fcff"),
    ],
)  # fmt: skip
def test_measures_of_free_cash_flow(measure: str, line: str) -> None:
    assert AMZN_FCF(2028, "bear", measure) == figure(line, "2028", "bear")


def test_lines_revenue_margins_and_capital_expenditure() -> None:
    assert AMZN_LINE("aws_property", "2026Q4") == figure("aws_property", "2026Q4")
    assert AMZN_LINE("turn") == "2027Q2"
    assert AMZN_LINE("service_lag[aws]") == 2
    for segment, line in {
        "total": "net_sales",
        "aws": "aws_sales",
        "stores": "all_stores_sales",
        "international": "international_sales",
    }.items():
        assert AMZN_REVENUE("TTM 2027Q1", segment) == figure(line, "TTM 2027Q1")
    for margin, line in {
        "operating": "operating_margin",
        "aws": "aws_margin",
        "fcf": "free_cash_flow_margin",
        "retail": "retail_margin",
    }.items():
        assert AMZN_MARGIN(2027, margin, "article") == figure(line, "2027", "article")
    for part, line in {
        "net": "net_capex",
        "gross": "capex",
        "aws": "aws_additions",
        "other": "other_additions",
    }.items():
        assert AMZN_CAPEX(2026, part) == figure(line, "2026")
    assert AMZN_CAPEX(2026) == pytest.approx(220_000)


def test_actuals_are_reported_figures_and_nothing_ahead() -> None:
    assert AMZN_ACTUAL("free_cash_flow", "TTM 2026Q2") == -7604
    assert AMZN_ACTUAL("net_sales", 2025) == 716924
    for period in (2026, "2026Q3", "TTM 2026Q4"):
        with pytest.raises(NotAvailableError, match="is not reported for"):
            AMZN_ACTUAL("net_sales", period)
    with pytest.raises(NotAvailableError):
        AMZN_ACTUAL("fcff", "2026Q2")
    assert AMZN_ACTUAL("net_sales", [[2024, 2025, 2026]]) == [[637959, 716924, NOT_AVAILABLE]]


def test_value_upside_multiples_and_what_is_implied() -> None:
    assert AMZN_VALUE() == computed("base").values[DCF][0, 0]
    assert AMZN_VALUE("sotp", "article") == computed("article").values["value_per_share[sotp,mid]"][0, 0]
    weighted = sum(
        weight * float(computed(name).values[DCF][0, 0])
        for name, weight in {"base": 0.5, "bull": 0.25, "bear": 0.25}.items()
    )
    assert AMZN_VALUE("weighted") == pytest.approx(weighted)
    assert AMZN_UPSIDE(200) == pytest.approx(AMZN_VALUE() / 200 - 1)
    assert AMZN_UPSIDE() == pytest.approx(computed("base").values["upside[dcf]"][0, 0])
    base = computed("base")
    for multiple, key in {
        "P/S": "price_to_sales",
        "ev/ebitda": "ev_to_ebitda",
        "P/E": "price_to_earnings",
    }.items():
        assert AMZN_MULTIPLE(multiple) == pytest.approx(base.values[f"{key}_trailing"][0, 0])
        assert AMZN_MULTIPLE(multiple, "TTM 2027Q2") == pytest.approx(base.values[f"{key}_ahead"][0, 0])
    assert AMZN_MULTIPLE("P/FCF", 2030, None, 100) == pytest.approx(
        100 * 10903 / figure("free_cash_flow", "2030")
    )
    assert AMZN_IMPLIED("wacc", 234.75, "dcf", "article") == pytest.approx(0.076, abs=0.0005)


def test_inflection_by_event_and_measure() -> None:
    events = {
        "trough": "2027Q1", "turn": "2027Q2", "positive": "2028Q1", "recross": "2028Q4",
        "intensity_peak": "2027Q1",
    }  # fmt: skip
    assert {event: AMZN_INFLECTION(event) for event in events} == events
    after = run([load_scenario("base").with_overrides({"inflection_measure": 2})])
    assert (
        AMZN_INFLECTION("trough", "base", "after_leases").replace("Q", "")
        == f"{after.values['trough'][0, 0]:.0f}"
    )
    with pytest.raises(NotAvailableError, match="positive does not happen by 2035Q4"):
        AMZN_INFLECTION("positive", "base", "company", [["capex_scale", 3]])


def test_simulate_gives_what_the_model_gives_figure_or_event() -> None:
    found = simulate(
        "bear",
        draws=300,
        seed=7,
        engine="numpy",
        workers=1,
        outputs=[output_ahead("aws_margin 2028", computed("bear").plan)],
    )
    estimate = found.estimates["aws_margin 2028"]
    block = AMZN_SIMULATE("AWS_margin 2028", "bear", 300, 7)
    assert block[0] == ["aws_margin 2028", "ratio", "standard error"]
    assert block[1:3] == [
        ["bear, without draws", figure("aws_margin", "2028", "bear"), None],
        ["mean", estimate.mean, estimate.standard_error],
    ]
    assert {row[0]: row[1] for row in block}["95%"] == estimate.percentiles[95]
    assert AMZN_SIMULATE("aws_margin 2028", "bear", 300.0, 8) != block
    value = {row[0]: row[1] for row in AMZN_SIMULATE(DCF, "bear", 300, 7)}
    assert value["chance above the price"] == found.above[DCF].probability
    events = AMZN_SIMULATE("turn", "bear", 300, 7)
    assert events[0] == ["quarter", "chance", "chance by then"]
    assert {row[0]: row[1] for row in events[1:]} == {
        quarter: each.probability for quarter, each in found.events["turn"].items()
    }
    assert events[-2][2] == pytest.approx(1 - events[-1][1])
    for arguments, message in (
        (("positive", None, 1e12), "draws needs a whole number from 1 to 50,000 in cells"), (("positive",
        None, 0.5), "draws needs"),
        (("positive", None, 100, 1.5), "seed needs a whole number"), (("net_sales",),
        "write a period after it"),
        (("wacc",), "is an assumption"),
    ):  # fmt: skip
        with pytest.raises(AmznFcfError, match=message) as caught:
            AMZN_SIMULATE(*arguments)
        assert error_value(caught.value) == BAD_VALUE


def test_a_grid_holds_the_function_of_value_with_overrides() -> None:
    block = AMZN_GRID(
        "Value_per_share[dcf,mid]", "wacc", [[0.08], [None], [0.09]], "aws_growth", 0.25, "bull"
    )
    assert block[0] == ["value_per_share[dcf,mid]", 0.08, 0.09]
    expected = [AMZN_VALUE("dcf", "bull", [["wacc", rate], ["aws_growth", 0.25]]) for rate in (0.08, 0.09)]
    assert block[1:] == [[0.25, *(pytest.approx(each) for each in expected)]]
    events = AMZN_GRID("positive", "capex_scale scale", [1, 3], "beta", [1])
    assert events[1] == [1, "2028Q1", NOT_AVAILABLE]
    assert AMZN_GRID(DCF, "wacc", [0.04, 0.09], "terminal_growth", [0.05])[1][1] == BAD_NUMBER


def test_a_tornado_holds_the_function_of_cash_flow_with_overrides() -> None:
    heads, *rows = AMZN_TORNADO("free_cash_flow 2028", None, 0.2)
    found = next(dict(zip(heads, row, strict=True)) for row in rows if row[0] == "advertising_margin")
    for side, margin in (("low", 0.32), ("high", 0.48)):
        table = [["driver", *range(2026, 2036)], ["advertising_margin", *[margin] * 10]]
        assert found[side] == pytest.approx(AMZN_FCF(2028, None, None, table))
    assert (found["base"], found["of"]) == (AMZN_FCF(2028), "2027")
    assert [row[4] for row in rows] == sorted((row[4] for row in rows), reverse=True)
    assert AMZN_TORNADO("positive", "base", 1)[1][:4] == ["price_pressure", "2028Q1", "2028Q1", NOT_AVAILABLE]


def test_explain_gives_definition_and_values_or_what_is_wrong() -> None:
    text = AMZN_EXPLAIN("free_cash_flow", 2026)
    assert text.startswith("free_cash_flow [USD m] = operating_cash_flow - net_capex.")
    assert "net_capex = 220,000" in text
    assert "did you mean free_cash_flow" in AMZN_EXPLAIN("free_cash_flw")
    assert "unknown scenario 'bse'" in AMZN_EXPLAIN("net_sales", 2026, "bse")
    assert "outside 2022Q1..2035Q4" in AMZN_EXPLAIN("net_sales", 2050)
    assert "as-of 2026Q2" in AMZN_VERSION()


# Shapes


def test_a_range_of_periods_gives_a_block_of_the_same_shape_with_errors_in_their_cells() -> None:
    block = AMZN_FCF([[2025, "2026Q3", None], ["x", 2040, "TTM 2026Q2"]])
    assert block == [[11194, figure("free_cash_flow", "2026Q3"), None], [BAD_VALUE, NOT_AVAILABLE, -7604]]
    assert AMZN_FCF([2025, 2026]) == [[11194, figure("free_cash_flow", "2026")]]
    assert AMZN_FCF([[2025], [2026]]) == [[11194], [figure("free_cash_flow", "2026")]]
    assert AMZN_FCF([[2025]]) == 11194


def test_blocks_have_headers_and_are_rectangular() -> None:
    for block in (
        AMZN_TABLE(), AMZN_TABLE("value"), AMZN_TABLE("margins", "bull", "quarterly"), AMZN_TABLE("income",
        None, "ttm"),
        AMZN_DRIVERS(), AMZN_SCENARIOS(), AMZN_CLAIMS(), AMZN_CLAIMS("2025Q3"),
    ):  # fmt: skip
        assert len(block) > 4
        assert {len(row) for row in block} == {len(block[0])}
        assert all(isinstance(head, (str, int)) for head in block[0])
    table = {row[0]: row for row in AMZN_TABLE("cash", "base", "annual")[1:]}
    assert table["free_cash_flow"][2 + 4] == figure("free_cash_flow", "2026")
    weights = {row[0]: row[3] for row in AMZN_SCENARIOS()[1:]}
    assert weights == {"article": 0, "base": 0.5, "bear": 0.25, "bull": 0.25, "trend": 0}


def test_a_block_that_is_changed_by_its_caller_is_not_remembered_changed() -> None:
    AMZN_TABLE("cash")[1][0] = "spoilt"
    assert AMZN_TABLE("cash")[1][0] != "spoilt"


# Overrides


def test_overrides_in_two_columns_hold_for_all_years_ahead() -> None:
    expected = run([load_scenario("base").with_overrides({"aws_growth": 0.2, "wacc": 0.08})]).values[DCF][
        0, 0
    ]
    assert (
        AMZN_VALUE("dcf", "base", [["aws_growth", 0.2], [None, None], ["WACC ", 0.08], ["beta", None]])
        == expected
    )


def test_a_driver_table_holds_values_by_year_and_quarter() -> None:
    table = [
        ["driver", "unit", "all", 2026.0, "2027", "2026Q3"],
        ["aws_growth", "ratio", None, 0.3, 0.25, None],
        ["wacc", "rate", 0.08, None, None, ""],
    ]
    expected = run(
        [load_scenario("base").with_overrides({"aws_growth": {"2026": 0.3, "2027": 0.25}, "wacc": 0.08})]
    ).values[DCF][0, 0]
    assert AMZN_VALUE("dcf", "base", table) == expected


@pytest.mark.parametrize("name", ["bull", "bear", "base+price_war"])
def test_the_drivers_of_a_scenario_as_overrides_give_that_scenario(name: str) -> None:
    assert AMZN_VALUE("dcf", "base", AMZN_DRIVERS(name)) == pytest.approx(
        computed(name).values[DCF][0, 0], rel=1e-12
    )


VALUE = 0.2
HEADED = {
    "driver and value": [["driver", "value"], ["aws_growth", VALUE]],
    "in capitals, with a unit and a note": [
        ["Driver ", "Unit", "NOTE", "New value"], ["AWS_growth", "ratio", "my view", VALUE]
    ],
    "all": [["driver", "all"], ["aws_growth", VALUE]],
    "all years": [["Assumption", "All years"], ["aws_growth", VALUE]],
}  # fmt: skip


@pytest.mark.parametrize("case", HEADED)
def test_overrides_under_a_head_row_in_words_that_people_use(case: str) -> None:
    assert AMZN_VALUE("dcf", "base", HEADED[case]) == AMZN_VALUE("dcf", "base", [["aws_growth", VALUE]])


def zeros(block: list[list[object]]) -> list[list[object]]:
    return [[0.0 if cell is None else cell for cell in row] for row in block]


BLANKS: list[list[list[object]]] = [
    [["aws_growth", VALUE, None], [None, None, None], ["wacc", 0.09, None]],
    [[None, None], ["driver", "value"], ["aws_growth", VALUE], [None, None]],
    [["driver", "all", None], ["aws_growth", VALUE, None], [None, None, None]],
]


@pytest.mark.parametrize("block", BLANKS)
def test_blanks_that_a_host_hands_over_as_0_are_blanks(block: list[list[object]]) -> None:
    assert AMZN_VALUE("dcf", "base", zeros(block)) == AMZN_VALUE("dcf", "base", block) != AMZN_VALUE()


def test_blank_periods_and_one_cell_ranges_that_a_host_hands_over_as_0_are_blanks() -> None:
    assert AMZN_FCF([[2026, 0], [0.0, 0]]) == [[AMZN_FCF(2026), None], [None, None]]
    assert AMZN_FCF([[0]], [[0]], [[0]], [[0]]) == AMZN_FCF()
    assert AMZN_UPSIDE([[0]], [[0]]) == AMZN_UPSIDE()


def test_explain_lists_the_overrides_as_understood() -> None:
    block = [["driver", "value", 2027], ["WACC", 0.09, None], ["aws_growth", None, 0.2], [0, 0, 0]]
    text = AMZN_EXPLAIN("free_cash_flow", 2027, "base", block)
    assert text.endswith(". Overrides: aws_growth 2027 = 0.2; wacc = 0.09")
    assert f"base: {AMZN_FCF(2027, 'base', None, block):,.6g};" in text
    # a 0 beside a driver is a value: only this shows a blank that was handed over as 0
    assert AMZN_EXPLAIN("net_sales", 2027, "base", [["wacc", 0]]).endswith("Overrides: wacc = 0")
    assert "did you mean wacc" in AMZN_EXPLAIN("net_sales", 2027, "base", [["wac", 0.1]])
