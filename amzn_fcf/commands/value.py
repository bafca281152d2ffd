"""``amzn-fcf value``: value per share by every method, what it rests on, and the weighted value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.building.workbooks import load_distinct
from amzn_fcf.text.figures import read, shown
from amzn_fcf.text.tables import Column, print_records, print_table
from model import companies
from model.analysis.weighting import WeightedValue, weighted_scenarios, weighted_values
from model.results import run as compute
from model.scenarios.files import builtin_scenarios

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from model.results import Results

_BASIS: Final = (
    "valuation_date", "price", "upside[dcf]", "discount_rate[mid]", "terminal_growth", "value_of_flows[mid]", "enterprise_value[mid]",
    "terminal_share", "exit_terminal_share",
    "implied_ev_ebitda", "implied_terminal_growth", "terminal_reinvestment", "final_reinvestment", "cash_held",
    "stakes_after_haircut", "debt_owed", "finance_leases_owed", "equity_value[mid]", "diluted_shares", "basic_value_per_share",
    "price_to_sales_ahead", "ev_to_ebitda_ahead", "price_to_earnings_ahead", "price_to_free_cash_flow_trailing",
)  # fmt: skip
"""What the discounted cash flow rests on, and multiples at the price."""
_LATEST_VALUATION_DAYS: Final = 200
"""After the balance sheet: by then two more have been published."""


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    scenarios = load_distinct(arguments.scenario or builtin_scenarios(), arguments.as_of)
    computed = [compute([scenario]) for scenario in scenarios]
    weighted = [] if arguments.scenario or arguments.as_of else weighted_values(weighted_scenarios())
    if arguments.format != "text":
        print_records(_records(computed, weighted), arguments.format)
        return 0
    _print_methods(computed, weighted)
    columns = [Column("discounted cash flow, and multiples at the price"), Column("unit")]
    columns += [Column(each.scenarios[0].name, right=True) for each in computed]
    plan = computed[0].plan
    rows = [
        [plan.row(key).label, plan.row(key).unit, *(read(each, key) for each in computed)] for key in _BASIS
    ]
    print_table("What it rests on", columns, rows)
    for each in computed:
        for warning in _warnings(each):
            print(f"warning: {each.scenarios[0].name}: {warning}")
    if weighted:
        weights = ", ".join(f"{each.weight:g} {each.name}" for each in weighted_scenarios())
        print(f"weighted: {weights}; mix of their values / value of the mix of their drivers")
    print(
        "Stock compensation is counted once: an expense in operating income, not added back; no dilution to come is counted."
    )
    return 0


def _warnings(results: Results) -> Iterator[str]:
    """Yield what a reader should know before the figures are believed."""
    if results.values["terminal_warning"][0, 0]:
        limit = read(results, "terminal_share_limit")
        yield f"{read(results, 'terminal_share')} of the enterprise value lies after the axis (limit {limit})"
    if results.values["growth_warning"][0, 0]:
        yield f"growth after the axis, {read(results, 'terminal_growth')}, is above the risk-free rate, {read(results, 'risk_free')}"
    as_of = results.plan.axis.as_of
    days = float(results.values["valuation_date"][0, 0]) - as_of.last_day
    if not 0 <= days <= _LATEST_VALUATION_DAYS:
        yield (
            f"the valuation date, {read(results, 'valuation_date')}, does not belong to the balance sheet of {as_of}: "
            "set valuation_date, price, diluted_shares and stakes"
        )


def _print_methods(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> None:
    columns = [
        Column("method"),
        *(Column(f"{each.scenarios[0].name}\nlow   mid   high", right=True) for each in computed),
    ]
    mixes = {each.method: f"{each.of_values:,.0f} / {each.of_drivers:,.0f}" for each in weighted}
    columns += [Column("weighted", right=True)] if weighted else []
    rows = []
    for method in companies.default().presentation.questions.values:
        cells = [
            f"{_rounded(each, method, 'low')}   {read(each, f'value_per_share[{method},mid]')}   {_rounded(each, method, 'high')}"
            for each in computed
        ]
        rows.append([method, *cells, *([mixes[method]] if weighted else [])])
    print_table("Value per share, USD", columns, rows)


def _rounded(results: Results, method: str, case: str) -> str:
    value = float(results.values[f"value_per_share[{method},{case}]"][0, 0])
    return f"{value:,.0f}" if math.isfinite(value) else "-"


def _records(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> list[dict[str, object]]:
    records: list[dict[str, object]] = []
    for each in computed:
        for key in (*each.plan.names["value_per_share"], *each.plan.names["upside"], *_BASIS):
            row = each.plan.row(key)
            value = shown(float(each.values[key][0, 0]), row.unit)
            records.append(
                {"line": key, "scenario": each.scenarios[0].name, "value": value, "unit": row.unit}
            )
    for mix in weighted:
        records.append(
            {
                "line": f"value_per_share[{mix.method},mid]",
                "scenario": "mix of the values",
                "value": mix.of_values,
                "unit": "USD/share",
            }
        )
        records.append(
            {
                "line": f"value_per_share[{mix.method},mid]",
                "scenario": "value of the mix",
                "value": mix.of_drivers,
                "unit": "USD/share",
            }
        )
    return records
