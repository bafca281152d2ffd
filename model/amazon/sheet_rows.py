"""The rows of the sheets of computed lines: sections, and each line's role beside its label.

Lines that are not named stand folded at the head of their block's section: drivers, flags, positions, phasings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.presentation import StatementRow

if TYPE_CHECKING:
    from model.presentation import Role

_Row = StatementRow
_HEADS: Final = ("low", "middle", "high")
_METHODS: Final = {
    "dcf": "Cash flow, perpetuity",
    "exit_multiple": "Cash flow, exit multiple",
    "sotp": "Sum of the parts",
    "net_margin": "Net-margin case",
    "price_to_sales": "Peers' price to sales",
}  # fmt: skip


def _cases(line: str) -> tuple[str, ...]:
    """Return the rows of the low, middle and high case of a line, or of one of its members."""
    return tuple(f"{line}{',' if '[' in line else '['}{case}]" for case in ("low", "mid", "high"))


def _by_case(role: Role, line: str, label: str) -> StatementRow:
    return _Row(role, label=label, beside=_cases(line))


SALES: Final = (
    _Row("heading", label="AWS demand, capacity"),
    _Row("line", "aws_demand", "Demand, at plan prices"),
    _Row("line", "aws_capacity", "Capacity, at plan prices"),
    _Row("ratio", "aws_capacity_use", "of capacity in use"),
    _Row("line", "aws_volume", "What capacity can serve"),
    _Row("total", "aws_sales"),
    _Row("ratio", "aws_sales_growth", "growth on the year"),
    _Row("line", "backlog", "Backlog"),
    _Row("ratio", "backlog_cover", "in years of sales"),
    _Row("heading", label="Net sales by segment"),
    _Row("line", "north_america_sales", "North America"),
    _Row("line", "international_sales", "International"),
    _Row("line", "aws_sales", "AWS"),
    _Row("total", "net_sales"),
    _Row("ratio", "net_sales_growth", "growth on the year"),
    _Row("line", "ttm_net_sales", "Net sales, twelve months"),
    _Row("heading", label="Advertising and stores"),
    _Row("line", "advertising_sales", "Advertising"),
    _Row("ratio", "advertising_sales_growth", "growth on the year"),
    _Row("line", "stores_sales[north_america]", "Stores, North America"),
    _Row("line", "stores_sales[international]", "Stores, International"),
    _Row("heading", label="Stores by business"),
    _Row("line", "business_sales[online_stores]", "Online stores"),
    _Row("line", "business_sales[physical_stores]", "Physical stores"),
    _Row("line", "business_sales[third_party_seller_services]", "Third-party seller services"),
    _Row("line", "business_sales[subscription_services]", "Subscription services"),
    _Row("line", "business_sales[other]", "Other"),
)  # fmt: skip
ASSETS: Final = (
    _Row("heading", label="Capital expenditure"),
    _Row("line", "capex", "Purchases of property"),
    _Row("less", "proceeds", "Proceeds and incentives"),
    _Row("total", "net_capex", "Net capital expenditure"),
    _Row("ratio", "capex_intensity", "of net sales, twelve months"),
    _Row("line", "aws_net_capex", "AWS"),
    _Row("detail", "capex_to_hold", "to hold capacity"),
    _Row("detail", "capex_to_grow", "to add capacity"),
    _Row("line", "other_net_capex", "All other"),
    _Row("heading", label="Property additions"),
    _Row("line", "aws_additions", "AWS"),
    _Row("line", "other_additions", "All other"),
    _Row("subtotal", "property_additions", "Property additions"),
    _Row("ratio", "aws_additions_share", "of which AWS"),
    _Row("heading", label="Property and equipment"),
    _Row("line", "property_additions", "Additions"),
    _Row("less", "depreciation", "Depreciation"),
    _Row("line", "property_gap", "Retirements and other, reported"),
    _Row("total", "property", "Property and equipment, net"),
    _Row("detail", "aws_property", "of which AWS"),
)  # fmt: skip
MARGINS: Final = (
    _Row("heading", label="Operating income"),
    _Row("line", "north_america_operating_income", "North America"),
    _Row("ratio", "north_america_margin", "of its net sales"),
    _Row("line", "international_operating_income", "International"),
    _Row("ratio", "international_margin", "of its net sales"),
    _Row("line", "aws_operating_income", "AWS"),
    _Row("ratio", "aws_margin", "of AWS sales"),
    _Row("total", "operating_income"),
    _Row("ratio", "operating_margin", "of net sales"),
    _Row("detail", "advertising_operating_income", "of which advertising, assumed"),
    _Row("ratio", "advertising_operating_margin", "of advertising sales"),
    _Row("ratio", "retail_margin", "retail: of both segments' sales"),
    _Row("heading", label="Net income"),
    _Row("line", "interest_income"),
    _Row("less", "interest_expense"),
    _Row("line", "other_income", "Gains on stakes and other"),
    _Row("subtotal", "pretax_income"),
    _Row("less", "tax"),
    _Row("ratio", "effective_tax_rate", "of income before tax"),
    _Row("line", "equity_method", "Equity method, after tax"),
    _Row("total", "net_income"),
    _Row("ratio", "net_margin", "of net sales"),
    _Row("line", "normalised_net_income", "Net income before one-offs"),
    _Row("ratio", "normalised_net_margin", "of net sales"),
    _Row("line", "eps", "Diluted EPS"),
    _Row("subtotal", "normalised_eps", "EPS before one-offs"),
    _Row("ratio", "ebitda_margin", "EBITDA of net sales"),
    _Row("heading", label="What moves AWS margin"),
    _Row("ratio", "aws_margin_change_cost", "cash cost"),
    _Row("ratio", "aws_margin_change_silicon", "custom silicon"),
    _Row("ratio", "aws_margin_change_one_offs", "special charges"),
    _Row("ratio", "aws_margin_change_price", "prices of AWS"),
    _Row("ratio", "aws_margin_change_depreciation", "more depreciation"),
    _Row("subtotal", "aws_margin_change", "Change of the AWS margin"),
    _Row("heading", label="Return on AWS property"),
    _Row("line", "aws_property", "AWS property, net"),
    _Row("line", "ttm_aws_income_after_tax", "AWS income after tax, 12 months"),
    _Row("ratio", "aws_return_on_capital", "return on its property"),
    _Row("ratio", "aws_incremental_return", "return on what was added"),
    _Row("line", "aws_operating_cash_flow", "AWS income before depreciation"),
    _Row("ratio", "aws_operating_cash_flow_growth", "growth on the year"),
    _Row("ratio", "aws_capex_cover", "of AWS capital expenditure"),
)  # fmt: skip
CASH: Final = (
    _Row("heading", label="Operating cash flow"),
    _Row("line", "net_income"),
    _Row("line", "depreciation_amortization", "Depreciation and amortization"),
    _Row("line", "stock_compensation", "Stock-based compensation"),
    _Row("line", "deferred_tax", "Deferred tax, estimated"),
    _Row("less", "other_income_after_tax", "Gains on stakes, after tax"),
    _Row("line", "content_and_lease_spending", "Content and operating leases"),
    _Row("subtotal", "cash_earnings", "Before working capital"),
    _Row("line", "working_capital", "Working capital"),
    _Row("line", "other_operating", "Other"),
    _Row("total", "operating_cash_flow"),
    _Row("ratio", "operating_cash_flow_growth", "growth on the year"),
    _Row("ratio", "operating_cash_flow_margin", "of net sales"),
    _Row("heading", label="Free cash flow"),
    _Row("line", "capex", "Purchases of property"),
    _Row("less", "proceeds", "Proceeds and incentives"),
    _Row("subtotal", "net_capex", "Net capital expenditure"),
    _Row("total", "free_cash_flow", "Free cash flow"),
    _Row("ratio", "free_cash_flow_margin", "of net sales"),
    _Row("less", "finance_lease_principal", "Finance lease principal"),
    _Row("less", "financing_obligation_repayments", "Financing obligations"),
    _Row("subtotal", "free_cash_flow_after_leases", "FCF after lease principal"),
    _Row("line", "free_cash_flow_after_stock_compensation", "FCF after stock compensation"),
    _Row("line", "free_cash_flow_before_growth", "FCF before AWS growth"),
    _Row("heading", label="Trailing twelve months"),
    _Row("line", "ttm_operating_cash_flow", "Operating cash flow"),
    _Row("less", "ttm_net_capex", "Net capital expenditure"),
    _Row("total", "ttm_free_cash_flow", "Free cash flow"),
    _Row("ratio", "capex_intensity", "capital expenditure of sales"),
    _Row("heading", label="Cash and debt"),
    _Row("line", "opening_cash", "Cash and securities, opening"),
    _Row("line", "free_cash_flow_after_leases", "FCF after lease principal"),
    _Row("line", "net_borrowing", "Net borrowing"),
    _Row("less", "distributions", "Distributions"),
    _Row("line", "other_cash_flow", "Stakes, acquisitions and other"),
    _Row("subtotal", "change_in_cash", "Change in cash and securities"),
    _Row("total", "cash", "Cash and securities, closing"),
    _Row("line", "debt", "Debt"),
    _Row("line", "finance_leases", "Finance leases"),
    _Row("subtotal", "net_financial_debt", "Net debt (net cash)"),
    _Row("heading", label="When it turns"),
    _Row("total", "trough_amount", "Trough, trailing"),
    _Row("line", "trough", "Quarter of the trough"),
    _Row("line", "turn", "Turns: two rises running"),
    _Row("line", "positive", "Positive from"),
    _Row("line", "recross", "Above the earlier peak from"),
    _Row("line", "intensity_peak", "Heaviest capital expenditure"),
    _Row("ratio", "peak_intensity", "of net sales then"),
)  # fmt: skip
VALUE: Final = (
    _Row("heading", label="Discounted cash flow"),
    _Row("line", "flow_operating_income", "Operating income"),
    _Row("less", "flow_tax", "Tax on it"),
    _Row("subtotal", "flow_nopat", "NOPAT"),
    _Row("line", "flow_depreciation_amortization", "Depreciation and amortization"),
    _Row("line", "flow_content_and_leases", "Content and operating leases"),
    _Row("line", "flow_working_capital", "Working capital"),
    _Row("line", "flow_deferred_tax", "Deferred tax, estimated"),
    _Row("line", "flow_net_capex", "Net capital expenditure"),
    _Row("line", "flow_leased_property", "Property under finance leases"),
    _Row("total", "flow_to_firm", "Free cash flow to the firm"),
    _Row("total", "present_value[mid]", "Present value"),
    _Row("heading", label="From flows to value per share", heads=_HEADS),
    _by_case("ratio", "discount_rate", "discount rate"),
    _by_case("line", "value_of_flows", "PV of explicit FCFF"),
    _by_case("line", "fade_value", "PV of ten years of fade"),
    _by_case("line", "perpetuity_value", "PV of the perpetuity"),
    _by_case("total", "enterprise_value", "Enterprise value"),
    _Row("line", label="Cash and securities", beside=("cash_held",) * 3),
    _Row("line", label="Stakes, less haircut", beside=("stakes_after_haircut",) * 3),
    _Row("less", label="Debt", beside=("debt_owed",) * 3),
    _Row("less", label="Finance leases", beside=("finance_leases_owed",) * 3),
    _Row("less", label="Financing obligations", beside=("financing_obligations_owed",) * 3),
    _by_case("subtotal", "equity_value", "Equity value"),
    _Row("line", label="Diluted shares", beside=("diluted_shares",) * 3),
    _by_case("total", "value_per_share[dcf", "Value per share"),
    _Row("heading", label="All methods, per share", heads=(*_HEADS, "to price")),
    *(
        _Row("line", label=label, beside=(*_cases(f"value_per_share[{method}"), f"upside[{method}]"))
        for method, label in _METHODS.items()
    ),
    _Row("heading", label="What it rests on", at_right=True),
    *(
        _Row("line", label=label, beside=lines, heads=(beside,) if beside else ())
        for label, lines, beside in (
            ("Price, and its date", ("price", "valuation_date"), ""),
            ("Value after the forecast", ("terminal_share", "terminal_share_limit"), "limit, then a warning"),
            ("Exit multiple that it implies", ("implied_ev_ebitda", "ev_to_ebitda_ahead"), "today, four quarters ahead"),
            ("Growth the exit multiple needs", ("implied_terminal_growth", "terminal_growth"), "terminal growth"),
            ("Reinvested for ever", ("terminal_reinvestment", "final_reinvestment"), "in the last year"),
            ("Price to earnings, ahead", ("price_to_earnings_ahead", "price_to_earnings_trailing"), "trailing"),
        )
    ),
)  # fmt: skip
DEPRECIATION: Final = (
    _Row("heading", label="Depreciation"),
    _Row("line", "aws_depreciation", "AWS property"),
    _Row("line", "other_depreciation", "All other property"),
    _Row("subtotal", "depreciation", "Depreciation of property"),
    _Row("line", "other_amortization", "Content, leases and other"),
    _Row("total", "depreciation_amortization", "Depreciation and amortization"),
)  # fmt: skip
