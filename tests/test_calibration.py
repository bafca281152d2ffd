"""The scenarios agree with an independent calibration of the same formulas (``calibration.csv``).

It is of the first edition of the economics, and flat within the year: so its figures are compared with
those of scenarios in which each quarter grows as its year. They end with the budgets: beyond, capital
expenditure follows other ratios since (``test_independent.py``).
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from shared import computed, computed_flat

from model.language.periods import Quarter

ROWS = list(
    csv.DictReader(
        (Path(__file__).parent / "data" / "calibration.csv").read_text(encoding="utf-8").splitlines()
    )
)
BILLIONS = (
    "net_sales", "aws_sales", "operating_income", "depreciation_amortization", "aws_depreciation",
    "operating_cash_flow",
    "net_capex", "free_cash_flow", "free_cash_flow_after_leases", "cash", "debt",
)  # fmt: skip
PERCENT = ("aws_sales_growth", "aws_margin", "operating_margin", "normalised_net_margin")
LAST_DIGIT = 0.055
"""Half of the last digit of the calibration, in USD bn and per cent, and a little for its rounding."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['scenario']}-{row['year']}")
def test_figures_by_year(row: dict[str, str]) -> None:
    results, year = computed_flat(row["scenario"]), int(row["year"])
    place = results.plan.axis.year_position(year)

    def annual(line: str) -> float:
        return float(results.series(line, "annual")[place, 0])

    for line in BILLIONS:
        assert annual(line) / 1000 == pytest.approx(float(row[line]), abs=LAST_DIGIT), line
    for line in PERCENT:
        assert annual(line) * 100 == pytest.approx(float(row[line]), abs=LAST_DIGIT), line
    use = results.values["aws_capacity_use"][4 * place + 3, 0]
    assert use * 100 == pytest.approx(float(row["aws_capacity_use"]), abs=0.51)


EVENTS = {
    "article": ("2025Q4", 12.2, "2026Q1", "2025Q4", "2027Q3", 17.7, "2026Q1"),
    "base": ("2027Q1", -32.3, "2027Q2", "2028Q1", "2028Q4", 26.8, "2027Q1"),
    "bull": ("2027Q1", -31.3, "2027Q2", "2028Q1", "2028Q3", 27.0, "2027Q2"),
}


@pytest.mark.parametrize("name", EVENTS)
def test_inflection(name: str) -> None:
    results = computed_flat(name)
    trough, amount, turn, positive, recross, intensity, peak = EVENTS[name]
    found = {
        key: results.values[key][0, 0] for key in ("trough", "turn", "positive", "recross", "intensity_peak")
    }
    expected = {
        "trough": trough,
        "turn": turn,
        "positive": positive,
        "recross": recross,
        "intensity_peak": peak,
    }
    for key, quarter in expected.items():
        assert Quarter.from_code(found[key]) == Quarter.parse(quarter), key
    assert results.values["trough_amount"][0, 0] / 1000 == pytest.approx(amount, abs=LAST_DIGIT)
    assert results.values["peak_intensity"][0, 0] * 100 == pytest.approx(intensity, abs=LAST_DIGIT)
    assert results.values["earlier_peak"][0, 0] / 1000 == pytest.approx(53.0, abs=LAST_DIGIT)


OVERLAYS = {("article", "silicon_delay"): (-5.1, -5.7, -6.2), ("base", "silicon_delay"): (-5.2, -11.1, -6.9)}
"""Change of free cash flow in 2026 to 2028, USD bn. Base with power_delay differs on purpose: see below."""


@pytest.mark.parametrize(("name", "overlay"), OVERLAYS)
def test_overlays_move_free_cash_flow(name: str, overlay: str) -> None:
    plain, changed = computed_flat(name), computed_flat(f"{name}+{overlay}")
    for year, expected in zip((2026, 2027, 2028), OVERLAYS[name, overlay], strict=True):
        place = plain.plan.axis.year_position(year)
        moved = (
            changed.series("free_cash_flow", "annual")[place, 0]
            - plain.series("free_cash_flow", "annual")[place, 0]
        )
        assert moved / 1000 == pytest.approx(expected, abs=2 * LAST_DIGIT), year


def test_power_delay_on_base_differs_from_the_calibration_by_the_purchases_before_as_of() -> None:
    """The calibration (-0.2, -5.8, -1.1) also delays the purchases of 2026Q1 and Q2; the model does not."""
    plain, late = computed_flat("base"), computed_flat("base+power_delay")
    split = plain.plan.axis.forecast_start
    assert (late.values["aws_additions_delayed"][:split] == 0).all()
    assert (late.values["aws_capacity"][: split + 2] == plain.values["aws_capacity"][: split + 2]).all()
    moved = (late.series("free_cash_flow", "annual") - plain.series("free_cash_flow", "annual"))[:, 0] / 1000
    place = plain.plan.axis.year_position(2027)
    assert -5.8 < moved[place] < -1.0
    assert -1.1 < moved[place + 1] < 0


OPENING = {
    "2025Q3": {
        "cash": 94197, "debt": 54739, "finance_leases": 11765, "aws_depreciation": 5648,
        "other_depreciation": 5277,
        "backlog": 200000,
    },
    "2026Q2": {
        "cash": 122988, "debt": 132224, "finance_leases": 13451, "aws_depreciation": 8076,
        "other_depreciation": 5793,
        "backlog": 496000,
    },
}  # fmt: skip


@pytest.mark.parametrize("as_of", OPENING)
def test_opening_balances(as_of: str) -> None:
    results = computed("base", as_of)
    for line, expected in OPENING[as_of].items():
        assert results.values[line][results.plan.axis.forecast_start - 1, 0] == expected, line


SEASONS = {
    "2025Q3": {
        "working_capital_ratio": (-6.18, -1.81, -0.15, 6.50),
        "stores_margin_seasonal[north_america]": (-0.53, -0.12, -0.09, 0.61),
        "stores_margin_seasonal[international]": (0.54, -0.16, 1.25, -1.44),
    },
    "2026Q2": {
        "working_capital_ratio": (-8.03, -1.19, -0.15, 6.47),
        "stores_margin_seasonal[north_america]": (-0.61, -0.17, -0.92, 1.42),
        "stores_margin_seasonal[international]": (-0.48, 0.15, 0.10, 0.16),
    },
}


@pytest.mark.parametrize("as_of", SEASONS)
def test_seasonal_tables(as_of: str) -> None:
    results = computed("base", as_of)
    start = results.plan.axis.year_position(2030) * 4
    for line, expected in SEASONS[as_of].items():
        found = results.values[line][start : start + 4, 0] * 100
        assert found.tolist() == pytest.approx(expected, abs=0.01), line
