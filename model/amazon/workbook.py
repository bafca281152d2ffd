"""What the sheets of Amazon's workbooks show."""

from __future__ import annotations

from typing import Final

from model.amazon.multiples import METHOD
from model.amazon.sheet_rows import ASSETS, CASH, DEPRECIATION, MARGINS, SALES, VALUE
from model.presentation import (
    BridgeWords,
    ChartWords,
    CoverRow,
    CoverWords,
    DriverWords,
    Example,
    SectionWords,
    SensitivityWords,
    SheetWords,
    StepWords,
    TileWords,
    ValueWords,
    WorkbookWords,
)

_SHEETS: Final = {
    "Sales": SheetWords(
        rows=SALES,
        title="Net sales", holds="Demand, capacity and net sales by segment and business, backlog"
    ),
    "Assets": SheetWords(
        rows=ASSETS,
        title="Capital expenditure", holds="Capital expenditure, property additions by site, property"
    ),
    "Depreciation": SheetWords(
        rows=DEPRECIATION,
        title="Depreciation",
        holds="Straight-line depreciation of every vintage, and of what stood at as-of",
    ),
    "Margins": SheetWords(
        rows=MARGINS,
        title="Income and margins",
        holds="Operating income by segment, net income, margins, the bridge of the AWS margin, return on AWS property",
    ),
    "Cash": SheetWords(
        rows=CASH,
        title="Cash flow, cash and debt",
        holds="Operating cash flow, free cash flow by five measures, cash, debt and leases, invested capital, the inflection",
    ),
    "Value": SheetWords(
        rows=VALUE,
        ahead_only=True,
        shows_values=True,
        title="What a share is worth",
        holds="Cost of capital, discounted cash flow with two ends, the bridge to a share, sum of the parts, multiples, "
        "net-margin case",
    ),
}
_METHOD_TEXTS: Final = {
    "Sales": "AWS demand grows by year, on a smooth path within it; capacity follows from property additions two quarters "
    "before, their yield and retirement; sales are the smaller of the two. Advertising and stores grow on the same quarter "
    "of the year before, at rates that pass from year to year without a step.",
    "Capital expenditure": "A budget where one is given, then by segment: a share of AWS demand, and one of all other sales. Additions are depreciated vintage by vintage over "
    "the lives of their classes; what stood at as-of runs off by a table.",
    "Margins": "AWS: sales less cash cost and depreciation. Advertising at an assumed margin (not disclosed), stores as what is "
    "left of the retail segments.",
    "Free cash flow": "Operating cash flow less purchases of property net of proceeds, as Amazon defines it; four other measures "
    "beside it. Trough, turn and positive are looked for on trailing twelve months, from 2024Q1 on.",
    "Value": "Free cash flow to the firm discounted from the middle of each quarter to the valuation date, a value-driver "
    "perpetuity at the end of the axis, an exit multiple beside it; stock compensation is an expense; then the bridge to a "
    "diluted share.",
}
_COVER: Final = CoverWords(
    tiles=(
        TileWords(
            label="Expected value per share, USD", line="expected", text="+/- {error}; 90% of draws: {low} to {high}", is_whole=True
        ),
        TileWords(label="Share price, USD", line="price", text="market value {market_value}", is_whole=True),
        TileWords(label="Upside to expected value", line="expected_upside", text="{chance} chance of more than price"),
        TileWords(label="Trough, trailing 12 months", line="trough_amount", text="in {trough}; turns in {turn}"),
        TileWords(label="Positive from", line="positive", text="{by_then} chance by then"),
        TileWords(
            label="EPS before gains {+1}E, USD", line="normalised_eps", ahead=1,
            text="{+0}E {normalised_eps +0} | {-1}A {normalised_eps -1}",
        ),
    ),
    beside={"terminal_share": "Value beyond the forecast"},
    rows=(
        CoverRow(label="Value per share, discounted cash flow, USD", line="value_per_share[dcf,mid]", role="total", is_whole=True),
        CoverRow(label="upside to the price", line="upside[dcf]", role="ratio", is_whole=True),
        CoverRow(label="Free cash flow {+0}E", line="free_cash_flow", ahead=0),
        CoverRow(label="Free cash flow {+1}E", line="free_cash_flow", ahead=1),
        CoverRow(label="Free cash flow {+2}E", line="free_cash_flow", ahead=2),
        CoverRow(label="{+2}E after stock compensation", line="free_cash_flow_after_stock_compensation", ahead=2),
        CoverRow(label="Lowest trailing figure", line="trough_amount"),
        CoverRow(label="Positive from", line="positive", role="total"),
        CoverRow(label="Net capital expenditure {+1}E", line="net_capex", ahead=1),
        CoverRow(label="AWS margin {+1}E", line="aws_margin", ahead=1, role="ratio"),
        CoverRow(label="EPS before gains {+1}E, USD", line="normalised_eps", ahead=1),
    ),
    flow=ChartWords(
        title="Free cash flow, trailing twelve months, USD bn",
        lines={
            "reported_column": ("reported", "navy"), "forecast_column": ("ahead", "blue"), "trough_column": ("trough", "red"),
        },
    ),
    race=ChartWords(
        title="Cash earned against cash invested, USD bn",
        lines={"operating_cash_flow": ("operating cash flow", "navy"), "net_capex": ("net capital expenditure", "red")},
        years=(4, 4),
    ),
    values=ValueWords(
        methods={
            "dcf": "DCF, perpetuity", "exit_multiple": "DCF, exit multiple", "sotp": "Sum of the parts",
            "net_margin": "Net-margin case", "price_to_sales": "Peers' price to sales",
        },
        columns={
            "low": "value_per_share[{method},low]", "low to mid": "step_to_mid[{method}]",
            "mid to high": "step_to_high[{method}]", "mid": "value_per_share[{method},mid]", "price": "price",
        },
    ),
    bridge=BridgeWords(
        title="AWS margin, {-1}A to {+2}E, points", line="aws_margin", line_label="Margin",
        parts={
            "aws_margin_change_cost": "Other cash cost", "aws_margin_change_silicon": "Custom silicon",
            "aws_margin_change_one_offs": "Special charges", "aws_margin_change_price": "Price",
            "aws_margin_change_depreciation": "Depreciation",
        },
    ),
    note="Brown: stamped when the workbook was built; all else is live. The expected value is the mean of the draws of the "
    "scenario simulated. EPS: before gains on stakes and special charges, diluted.",
)  # fmt: skip
_DRIVERS: Final = {
    "Demand and price": (
        DriverWords(driver="aws_growth", label="AWS demand, growth", reported="aws_sales_growth"),
        DriverWords(driver="advertising_growth", label="Advertising, growth", reported="advertising_sales_growth"),
        DriverWords(driver="stores_growth[north_america]", label="Stores North America, growth"),
        DriverWords(driver="price_pressure", label="Price cut forced by rivals"),
    ),
    "Cost": (
        DriverWords(driver="aws_cash_cost_ratio", label="AWS cash cost, of sales"),
        DriverWords(driver="silicon_mix", label="Custom silicon, of compute spend"),
        DriverWords(driver="useful_life[servers_and_network]", label="Life of AWS servers"),
        DriverWords(driver="advertising_margin", label="Advertising margin (assumed)"),
        DriverWords(driver="stores_margin[north_america]", label="Stores margin North America"),
    ),
    "Investment": (
        DriverWords(driver="capex_budget", label="Capital expenditure, net", reported="net_capex"),
        DriverWords(driver="aws_capex_to_demand", label="AWS spend to demand, no budget"),
        DriverWords(driver="aws_capex_share", label="AWS share of additions"),
        DriverWords(driver="sales_yield", label="Sales a quarter per dollar placed"),
        DriverWords(driver="delayed", label="AWS additions a year late"),
    ),
    "Value": (
        DriverWords(driver="beta", label="Beta"),
        DriverWords(driver="terminal_growth", label="Growth after the forecast"),
    ),
}  # fmt: skip
_EVENTS_TITLE: Final = "Inflection of trailing twelve months' free cash flow (#N/A: not on the axis)"
_SECTIONS: Final = (
    SectionWords(
        title="Value per share",
        lines=(
            *(f"value_per_share[{method},mid]" for method in METHOD.members),
            "price", "upside[dcf]", "discount_rate[mid]", "terminal_share", "implied_ev_ebitda", "implied_terminal_growth",
        ),
    ),
    SectionWords(
        title=_EVENTS_TITLE,
        lines=("trough", "trough_amount", "turn", "positive", "recross", "intensity_peak", "peak_intensity"),
    ),
    SectionWords(
        title="Free cash flow, and after stock compensation",
        lines=("free_cash_flow", "free_cash_flow_after_stock_compensation"),
        years=(1, 4),
    ),
    SectionWords(title="Capital expenditure", lines=("net_capex",), years=(1, 4)),
    SectionWords(
        title="Sales, margins and earnings",
        lines=("net_sales", "aws_sales_growth", "aws_margin", "operating_margin", "normalised_eps"),
        years=(0, 2),
    ),
)  # fmt: skip
_SPENDING: Final = StepWords(driver="capex_scale", step=0.05, operation="scale")
_DEMAND: Final = StepWords(driver="aws_growth", step=0.025, operation="add")
_RATE: Final = StepWords(driver="wacc", step=0.005, centre="discount_rate[mid]")
_SENSITIVITY: Final = SensitivityWords(
    tables={
        "value_per_share[dcf,mid]": (
            _RATE,
            StepWords(driver="terminal_growth", step=0.005),
        ),
        "free_cash_flow {year}": (_SPENDING, _DEMAND),
        "positive": (_SPENDING, _DEMAND),
        "value_per_share[exit_multiple,mid]": (_RATE, StepWords(driver="exit_ev_ebitda", step=1.0)),
    }
)
_CALLED: Final = {
    "value_per_share[dcf,mid]": "Value per share, perpetuity",
    "value_per_share[exit_multiple,mid]": "Value per share, exit multiple",
    "value_per_share[sotp,mid]": "Value per share, sum of the parts",
    "value_per_share[price_to_sales,mid]": "Value per share, peers' sales",
    "value_per_share[net_margin,mid]": "Value per share, net margin",
    "price": "Price of a share",
    "upside[dcf]": "Upside to the price",
    "discount_rate[mid]": "Discount rate",
    "terminal_share": "Value after the forecast",
    "implied_ev_ebitda": "Exit multiple that it implies",
    "implied_terminal_growth": "Growth the exit multiple needs",
    "trough": "Quarter of the trough",
    "trough_amount": "Lowest trailing figure",
    "turn": "Turns: two rises running",
    "positive": "Positive from",
    "recross": "Above the earlier peak from",
    "intensity_peak": "Heaviest capital expenditure",
    "peak_intensity": "Of net sales then",
    "free_cash_flow_after_stock_compensation": "FCF after stock compensation",
    "net_capex": "Net capital expenditure",
    "aws_sales_growth": "AWS growth",
    "eps": "EPS, diluted",
    "normalised_eps": "EPS before gains, diluted",
    "ebitda": "EBITDA",
    "wacc": "Discount rate",
    "exit_ev_ebitda": "Exit multiple of EBITDA",
    "capex_scale": "Capital expenditure, all of it",
    "capex_budget": "Capital expenditure budget",
    "other_capex_to_sales": "Other spend to sales, no budget",
    "accrual_ratio": "Additions to capital expenditure",
    "working_capital_timing": "Cash that comes a quarter early",
    "stock_compensation_ratio": "Stock compensation of sales",
    "runoff_share[aws]": "Old depreciation left: AWS",
    "runoff_share[other]": "Old depreciation left: other",
    "silicon_cost_saving": "Cost saved by custom silicon",
    "stores_margin[international]": "Stores margin international",
    "price_performance": "Advantage of custom silicon",
}
_EXAMPLES: Final = (
    Example(function="AMZN_FCF", arguments="2026,{scenario},,{overrides}", key="free_cash_flow", period="2026"),
    Example(
        function="AMZN_FCF", arguments='"2026Q4",{scenario},"after_leases",{overrides}', key="free_cash_flow_after_leases",
        period="2026Q4",
    ),
    Example(function="AMZN_FCF", arguments='2028,{scenario},"fcff",{overrides}', key="fcff", period="2028"),
    Example(function="AMZN_LINE", arguments='"backlog",2027,{scenario},{overrides}', key="backlog", period="2027"),
    Example(function="AMZN_ACTUAL", arguments='"net_sales","2025Q3"', key="net_sales", period="2025Q3"),
    Example(function="AMZN_REVENUE", arguments='2027,"aws",{scenario},{overrides}', key="aws_sales", period="2027"),
    Example(function="AMZN_MARGIN", arguments='2027,"aws",{scenario},{overrides}', key="aws_margin", period="2027"),
    Example(function="AMZN_CAPEX", arguments='2026,"gross",{scenario},{overrides}', key="capex", period="2026"),
    Example(function="AMZN_VALUE", arguments='"dcf",{scenario},{overrides}', key="value_per_share[dcf,mid]"),
    Example(function="AMZN_VALUE", arguments='"exit_multiple",{scenario},{overrides}', key="value_per_share[exit_multiple,mid]"),
    Example(function="AMZN_UPSIDE", arguments=',"sotp",{scenario},{overrides}', key="upside[sotp]"),
    Example(function="AMZN_MULTIPLE", arguments='"P/E",,{scenario},,{overrides}', key="price_to_earnings_trailing"),
    Example(function="AMZN_INFLECTION", arguments='"turn",{scenario},,{overrides}', key="turn"),
    Example(
        function="AMZN_IMPLIED", arguments='"wacc",234.75,"dcf","article"',
        label="Cost of capital at which the article's dcf is 234.75", style="calc rate",
    ),
    Example(
        function="AMZN_TABLE", arguments='"cash",{scenario}', label="Cash flow by year: first cell of a block", is_block=True,
    ),
    Example(function="AMZN_DRIVERS", arguments="{scenario}", label="Drivers by year: first cell of a block", is_block=True),
    Example(function="AMZN_SCENARIOS", arguments="", label="Scenarios: first cell of a block", is_block=True),
    Example(
        function="AMZN_GRID",
        arguments='"value_per_share[dcf,mid]","wacc",{0.08,0.09},"terminal_growth",{0.03;0.04},{scenario}',
        label="Value over rate and growth: first cell of a block", is_block=True,
    ),
    Example(
        function="AMZN_TORNADO", arguments='"free_cash_flow 2027",{scenario}',
        label="What moves free cash flow: first cell of a block", is_block=True,
    ),
    Example(function="AMZN_CLAIMS", arguments="", label="The article's claims: first cell of a block", is_block=True),
    Example(
        function="AMZN_SIMULATE", arguments='"positive",{scenario},200',
        label="When free cash flow stays above 0: first cell of a block of chances", is_block=True,
    ),
    Example(function="AMZN_EXPLAIN", arguments='"free_cash_flow",2026,{scenario}', label="How a figure comes about"),
    Example(function="AMZN_VERSION", arguments="", label="Versions of program and data"),
)  # fmt: skip
"""Every function at least once."""

WORKBOOK: Final = WorkbookWords(
    title="Amazon.com: when does free cash flow turn?",
    sheets=_SHEETS,
    method=_METHOD_TEXTS,
    limits="Capital expenditure beyond what the company guides to is judgement, and free cash flow is only as good as it.",
    statements=("income", "cash_flow", "position"),
    key_drivers=frozenset({
        "aws_growth", "sales_yield", "aws_cash_cost_ratio", "capex_budget", "aws_capex_to_demand", "advertising_growth",
    }),
    cover=_COVER,
    apart=frozenset({"trend"}),
    drivers=_DRIVERS,
    sections=_SECTIONS,
    may_lack=frozenset({"implied_terminal_growth"}),
    sensitivity=_SENSITIVITY,
    simulated_event="positive",
    names={
        "FCF_{year}": "free_cash_flow {year}",
        "NET_CAPEX_{year}": "net_capex {year}",
        "AWS_MARGIN_{year}": "aws_margin {year}",
        "VALUE_PER_SHARE": "value_per_share[dcf,mid]",
        "SHARE_PRICE": "price",
        "TROUGH_QUARTER": "trough",
        "POSITIVE_FROM": "positive",
    },
    called=_CALLED,
    examples=_EXAMPLES,
)  # fmt: skip
