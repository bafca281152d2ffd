"""What is shown of Amazon: names of lines and drivers, by the place where they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from model.amazon.multiples import METHOD
from model.amazon.statement_rows import STATEMENTS
from model.amazon.workbook import WORKBOOK
from model.presentation import CellWords, Headline, NoteWords, Presentation, Questions, ReportWords, TileWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.language.periods import Axis

_ROUNDING: Final = 1e-9


def capacity_hint(driver: str, values: Mapping[str, Any], axis: Axis) -> str:
    """Say why more demand for AWS may help little: capacity caps sales in some quarter to come."""
    if driver != "aws_growth":
        return ""
    volume, demand = (values[key][axis.forecast_start :, -1] for key in ("aws_volume", "aws_demand"))
    if not (volume < demand * (1 - _ROUNDING)).any():
        return ""
    return "at such demand the capacity that capital expenditure pays for caps AWS sales"


QUESTIONS: Final = Questions(
    cash_flow="ttm_free_cash_flow",
    values={method: f"value_per_share[{method},mid]" for method in METHOD.members},
    price="price",
    trough="trough_amount",
    events=("trough", "turn", "positive", "recross", "intensity_peak"),
    next_year=("aws_margin", "operating_income", "net_capex"),
    results=(
        "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
        "trough_amount", "peak_intensity",
    ),
    # the quarter of inflection moves with spending alone
    drivers={"growth": "aws_growth", "margin": "aws_cash_cost_ratio", "capex": "capex_scale", "inflection": "capex_scale"},
    hint=capacity_hint,
)

CELLS: Final = CellWords(
    measures={
        "company": "free_cash_flow", "after_leases": "free_cash_flow_after_leases",
        "after_equipment_leases": "free_cash_flow_after_equipment_leases",
        "gross_capex": "free_cash_flow_gross_capex",
        "after_stock_compensation": "free_cash_flow_after_stock_compensation", "fcff": "fcff",
    },
    inflection_measures={
        "company": 1, "after_leases": 2, "after_equipment_leases": 3, "gross_capex": 4,
        "after_stock_compensation": 5,
    },
    inflection_driver="inflection_measure",
    usual_event="positive",
    segments={
        "total": "net_sales", "aws": "aws_sales", "advertising": "advertising_sales",
        "north_america": "north_america_sales", "international": "international_sales",
        "stores": "all_stores_sales",
    },
    margins={
        "operating": "operating_margin", "aws": "aws_margin", "advertising": "advertising_operating_margin",
        "retail": "retail_margin", "net": "net_margin", "normalised_net": "normalised_net_margin",
        "fcf": "free_cash_flow_margin",
    },
    capex={"net": "net_capex", "gross": "capex", "aws": "aws_additions", "other": "other_additions"},
    multiples={
        "P/S": ("net_sales", ""), "EV/EBITDA": ("ebitda", "net_debt"), "P/OCF": ("operating_cash_flow", ""),
        "P/FCF": ("free_cash_flow", ""), "P/E": ("normalised_net_income", ""),
    },
    headlines={
        "free_cash_flow": "free_cash_flow", "positive": "positive",
        "value_per_share[dcf]": "value_per_share[dcf,mid]",
    },
    shares="diluted_shares",
    price_date="valuation_date",
)  # fmt: skip

REPORTS: Final = ReportWords(
    flow="free_cash_flow",
    trough="trough",
    turn="turn",
    positive="positive",
    ranges={
        method: (f"value_per_share[{method},low]", f"value_per_share[{method},mid]", f"value_per_share[{method},high]")
        for method in METHOD.members
    },
    valued=("value_per_share", "upside"),
    basis=(
        "valuation_date", "price", "upside[dcf]", "discount_rate[mid]", "terminal_growth", "value_of_flows[mid]",
        "fade_value[mid]", "perpetuity_value[mid]", "enterprise_value[mid]", "terminal_share", "exit_terminal_share", "implied_ev_ebitda",
        "implied_terminal_growth", "terminal_reinvestment", "final_reinvestment", "cash_held",
        "stakes_after_haircut", "debt_owed", "finance_leases_owed", "financing_obligations_owed", "equity_value[mid]", "diluted_shares",
        "basic_value_per_share", "price_to_sales_ahead", "ev_to_ebitda_ahead", "price_to_earnings_ahead",
        "price_to_free_cash_flow_trailing",
    ),
    by_year=(
        "flow_operating_income", "flow_tax", "flow_nopat", "flow_depreciation_amortization", "flow_content_and_leases",
        "flow_working_capital", "flow_deferred_tax", "flow_net_capex", "flow_leased_property", "flow_to_firm",
        "present_value[mid]",
    ),
    after_axis=("fade_growth", "fade_income", "fade_flow", "fade_present_value"),
    warnings={
        "terminal_warning": "{terminal_share} of the enterprise value lies after the axis (limit {terminal_share_limit})",
        "growth_warning": "terminal growth, {terminal_growth}, is above the risk-free rate, {risk_free}",
        "exit_warning": "the exit multiple of {exit_ev_ebitda} implies growth of {implied_terminal_growth} for ever, above the risk-free "
        "rate, {risk_free}",
        "investment_warning": "the last year invests less than it depreciates (reinvestment rate {final_reinvestment}), and what follows "
        "grows from it",
    },
    dated=("valuation_date", "price", "diluted_shares", "stakes[anthropic]", "stakes[openai]", "financing_obligations_owed"),
    note="Stock compensation is counted once: as an expense in operating income, not added back; "
    "future dilution is not counted.",
    root=(
        Headline("free_cash_flow", "free cash flow", (0, 1, 2, 4)),
        Headline("free_cash_flow_after_stock_compensation", "after stock compensation", (0, 1, 2, 4)),
        Headline("trough", "trough of TTM free cash flow"),
        Headline("positive", "turns positive"),
        Headline("aws_margin", "AWS margin", (1, 2, 4)),
        Headline("aws_sales_growth", "AWS growth", (1,)),
    ),
    compared=(
        "net_sales", "aws_sales", "aws_margin", "operating_income", "operating_cash_flow", "net_capex",
        "free_cash_flow", "free_cash_flow_after_stock_compensation", "eps",
    ),
)

NOTE: Final = NoteWords(
    subject="AMZN: free cash flow and value",
    tiles=(
        TileWords(label="Price, USD", line="price", text="{valuation_date}", is_whole=True),
        TileWords(label="Expected value", line="expected", text="{low} to {high}", is_whole=True),
        TileWords(label="Upside", line="expected_upside", text="{chance} chance"),
        TileWords(label="Trough, USD bn", line="trough_amount", text="year to {trough}"),
        TileWords(label="Positive from", line="positive", text="{by_then} by then"),
        TileWords(label="EPS {+1}E, USD", line="normalised_eps", ahead=1, text="{+0}E: {normalised_eps +0}"),
    ),
    quarter={"net_sales": "Net sales", "operating_income": "Operating income", "free_cash_flow": "Free cash flow"},
    year={
        "net_capex": "Net capital expenditure", "operating_cash_flow": "Operating cash flow",
        "free_cash_flow": "Free cash flow", "free_cash_flow_after_stock_compensation": "after stock compensation",
        "aws_sales_growth": "AWS growth", "aws_margin": "AWS margin",
        "normalised_eps": "EPS before gains, USD",
    },
    strong=frozenset({"free_cash_flow"}),
)  # fmt: skip

PRESENTATION: Final = Presentation(
    questions=QUESTIONS, statements=STATEMENTS, workbook=WORKBOOK, cells=CELLS, reports=REPORTS, note=NOTE
)
