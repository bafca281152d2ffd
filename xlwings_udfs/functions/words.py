"""Which lines of the model the words of an argument stand for, and statements as blocks of cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from model.errors import PeriodError
from xlwings_udfs.cells.arguments import NOT_AVAILABLE, Block, Scalar
from xlwings_udfs.cells.models import in_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.language.periods import Frequency
    from model.results import Results

FREE_CASH_FLOW: Final = {
    "company": "free_cash_flow", "after_leases": "free_cash_flow_after_leases",
    "after_equipment_leases": "free_cash_flow_after_equipment_leases", "gross_capex": "free_cash_flow_gross_capex",
    "after_stock_compensation": "free_cash_flow_after_stock_compensation", "fcff": "fcff",
}  # fmt: skip
SALES: Final = {
    "total": "net_sales", "aws": "aws_sales", "advertising": "advertising_sales", "north_america": "north_america_sales",
    "international": "international_sales", "stores": "all_stores_sales",
}  # fmt: skip
MARGINS: Final = {
    "operating": "operating_margin", "aws": "aws_margin", "advertising": "advertising_operating_margin", "retail": "retail_margin",
    "net": "net_margin", "normalised_net": "normalised_net_margin", "fcf": "free_cash_flow_margin",
}  # fmt: skip
CAPEX: Final = {"net": "net_capex", "gross": "capex", "aws": "aws_additions", "other": "other_additions"}
DENOMINATORS: Final = {
    "P/S": "net_sales", "EV/EBITDA": "ebitda", "P/OCF": "operating_cash_flow", "P/FCF": "free_cash_flow", "P/E": "normalised_net_income",
}  # fmt: skip
"""Lines that the words of an argument stand for."""
STATEMENTS: Final = {
    "sales": (
        "aws_sales", "advertising_sales", "all_stores_sales", "north_america_sales", "international_sales", "net_sales",
        "aws_sales_growth", "advertising_sales_growth", "net_sales_growth", "backlog",
    ),
    "income": (
        "net_sales", "aws_operating_income", "north_america_operating_income", "international_operating_income", "operating_income",
        "interest_income", "interest_expense", "other_income", "pretax_income", "tax", "net_income", "normalised_net_income",
    ),
    "margins": (
        "aws_margin", "advertising_operating_margin", "retail_margin", "operating_margin", "net_margin", "normalised_net_margin",
        "free_cash_flow_margin", "capex_intensity", "aws_return_on_capital",
    ),
    "assets": (
        "net_capex", "capex", "property_additions", "aws_additions", "other_additions", "aws_depreciation", "other_depreciation",
        "depreciation", "depreciation_amortization", "aws_property", "aws_capacity",
    ),
    "cash": (
        "net_income", "depreciation_amortization", "stock_compensation", "deferred_tax", "content_and_lease_spending", "working_capital",
        "operating_cash_flow", "net_capex", "free_cash_flow", "free_cash_flow_after_leases", "net_borrowing", "distributions", "cash",
        "debt", "finance_leases",
    ),
    "value": (
        "price", "discount_rate[mid]", "terminal_growth", "value_of_flows[mid]", "enterprise_value[mid]", "terminal_share",
        "stakes_after_haircut", "net_debt", "equity_value[mid]", "diluted_shares", "value_per_share[dcf,low]", "value_per_share[dcf,mid]",
        "value_per_share[dcf,high]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
        "value_per_share[price_to_sales,mid]", "value_per_share[net_margin,mid]", "upside[dcf]",
    ),
    "inflection": ("trough", "trough_amount", "turn", "positive", "earlier_peak", "recross", "intensity_peak", "peak_intensity"),
}  # fmt: skip
"""Lines of each statement; those of value and inflection do not vary with time."""


def statement_rows(results: Results, keys: Sequence[str], frequency: Frequency) -> Block:
    """Return lines as a block with names and units on the left and, for lines that vary with time, periods across."""
    if not results.plan.row(keys[0]).timed:
        block: Block = [["line", "unit", "value"]]
        for key in keys:
            row, value = results.plan.row(key), float(results.values[key][0, 0])
            block.append([key, row.unit, in_cell(value, row) if math.isfinite(value) else NOT_AVAILABLE])
        return block
    periods = results.periods(frequency)
    heads: list[Scalar] = [each.year if frequency == "annual" else str(each) for each in periods]
    block = [["line", "unit", *heads]]
    for key in keys:
        row = results.plan.row(key)
        try:
            values = [float(value) for value in results.series(key, frequency)[:, 0]]
        except PeriodError:  # a line without figures at this frequency
            values = [math.nan] * len(periods)
        block.append([key, row.unit, *(value if math.isfinite(value) else None for value in values)])
    return block
