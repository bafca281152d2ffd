"""The words of arguments, the lines that they stand for, and statements as blocks of cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from model.errors import NotAvailableError, PeriodError
from xlwings_udfs.cells.arguments import Block, Cell, Scalar, choice_of
from xlwings_udfs.cells.error_values import NOT_AVAILABLE
from xlwings_udfs.cells.models import in_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.language.periods import Frequency
    from model.results import Results

Meaning = TypeVar("Meaning")


@dataclass(frozen=True)
class CellWords:
    """Words that arguments take, with the lines that they stand for; the first word stands for a blank."""

    measures: Mapping[str, str]
    """Measures of free cash flow."""
    inflection_measures: Mapping[str, float]
    """Those whose inflection is known, with their value of ``inflection_driver``."""
    inflection_driver: str
    events: Mapping[str, str]
    usual_event: str
    """The event that a blank stands for."""
    segments: Mapping[str, str]
    margins: Mapping[str, str]
    capex: Mapping[str, str]
    methods: Mapping[str, str]
    multiples: Mapping[str, tuple[str, str]]
    """Multiples: their denominator, and a line that is added to the market value, if any."""
    statements: Mapping[str, Sequence[str]]
    headlines: Mapping[str, str]
    """Heads of columns in the table of scenarios."""
    price: str
    shares: str
    price_date: str


AMAZON: Final = CellWords(
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
    events={each: each for each in ("trough", "turn", "positive", "recross", "intensity_peak")},
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
    methods={
        each: f"value_per_share[{each},mid]"
        for each in ("dcf", "exit_multiple", "sotp", "price_to_sales", "net_margin")
    },
    multiples={
        "P/S": ("net_sales", ""), "EV/EBITDA": ("ebitda", "net_debt"), "P/OCF": ("operating_cash_flow", ""),
        "P/FCF": ("free_cash_flow", ""), "P/E": ("normalised_net_income", ""),
    },
    statements={
        "cash": (
            "net_income", "depreciation_amortization", "stock_compensation", "deferred_tax",
            "content_and_lease_spending", "working_capital", "operating_cash_flow", "net_capex",
            "free_cash_flow", "free_cash_flow_after_leases", "net_borrowing", "distributions", "cash", "debt",
            "finance_leases",
        ),
        "income": (
            "net_sales", "aws_operating_income", "north_america_operating_income",
            "international_operating_income", "operating_income", "interest_income", "interest_expense",
            "other_income", "pretax_income", "tax", "net_income", "normalised_net_income",
        ),
        "sales": (
            "aws_sales", "advertising_sales", "all_stores_sales", "north_america_sales",
            "international_sales", "net_sales", "aws_sales_growth", "advertising_sales_growth",
            "net_sales_growth", "backlog",
        ),
        "assets": (
            "net_capex", "capex", "property_additions", "aws_additions", "other_additions",
            "aws_depreciation", "other_depreciation", "depreciation", "depreciation_amortization",
            "aws_property", "aws_capacity",
        ),
        "margins": (
            "aws_margin", "advertising_operating_margin", "retail_margin", "operating_margin", "net_margin",
            "normalised_net_margin", "free_cash_flow_margin", "capex_intensity", "aws_return_on_capital",
        ),
        "value": (
            "price", "discount_rate[mid]", "terminal_growth", "value_of_flows[mid]", "enterprise_value[mid]",
            "terminal_share", "stakes_after_haircut", "net_debt", "equity_value[mid]", "diluted_shares",
            "value_per_share[dcf,low]", "value_per_share[dcf,mid]", "value_per_share[dcf,high]",
            "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
            "value_per_share[price_to_sales,mid]", "value_per_share[net_margin,mid]", "upside[dcf]",
        ),
        "inflection": (
            "trough", "trough_amount", "turn", "positive", "earlier_peak", "recross", "intensity_peak",
            "peak_intensity",
        ),
    },
    headlines={
        "free_cash_flow": "free_cash_flow", "positive": "positive",
        "value_per_share[dcf]": "value_per_share[dcf,mid]",
    },
    price="price",
    shares="diluted_shares",
    price_date="valuation_date",
)  # fmt: skip


FREQUENCIES: Final[dict[str, Frequency]] = {"annual": "annual", "quarterly": "quarterly", "ttm": "ttm"}


def words() -> CellWords:
    """Return the words of the company."""
    return AMAZON


def choice(text: str, known: Iterable[str], blank: str | None = None) -> dict[str, object]:
    """Return the description of an argument that takes one of some words, and these words.

    A blank is the first word unless another is given, or "" for a required argument. Annotations call this
    function, so it runs when a host reads them. The words are listed unless the text names all.
    """
    taken = tuple(known)
    listed = "" if all(word in text for word in taken) else f". One of: {', '.join(taken)}"
    usual = taken[0] if taken and blank is None else blank
    return {"doc": f"{text}{listed}{f'. Blank: {usual}' if usual else ''}", "words": taken}


def meaning(word: Cell, what: str, known: Mapping[str, Meaning], blank: str | None = None) -> Meaning:
    """Return what a word of an argument stands for; a blank is the first word unless another is given.

    Raises
    ------
    NotAvailableError
        If the company has no words for this argument.
    """
    if not known:
        raise NotAvailableError(f"this model has no {what} to choose")
    return known[choice_of(word, what, known, next(iter(known)) if blank is None else blank)]


def statement_rows(results: Results, keys: Sequence[str], frequency: Frequency) -> Block:
    """Return lines as a block: names and units on the left, periods across for lines that vary with time."""
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
