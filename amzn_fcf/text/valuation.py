"""Value per share by every method, its basis, and the driver that gives a price."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event, exact, positive, read, shown, text
from amzn_fcf.text.tables import Column, print_table
from model.analysis.solve import METHODS
from model.language.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.analysis.solve import Root
    from model.analysis.weighting import WeightedValue
    from model.results import Results
    from model.scenarios.scenario import Scenario

_BASIS: Final = (
    "valuation_date", "price", "upside[dcf]", "discount_rate[mid]", "terminal_growth", "value_of_flows[mid]",
    "enterprise_value[mid]", "terminal_share", "exit_terminal_share", "implied_ev_ebitda",
    "implied_terminal_growth", "terminal_reinvestment", "final_reinvestment", "cash_held",
    "stakes_after_haircut", "debt_owed", "finance_leases_owed", "equity_value[mid]", "diluted_shares",
    "basic_value_per_share", "price_to_sales_ahead", "ev_to_ebitda_ahead", "price_to_earnings_ahead",
    "price_to_free_cash_flow_trailing",
)  # fmt: skip
"""Inputs and parts of the discounted cash flow, and multiples at the price."""
_LATEST_VALUATION_DAYS: Final = 200
"""After the balance sheet: by then two more have been published."""
_YEARS: Final = (2026, 2027, 2028, 2030)


def print_values(
    computed: Sequence[Results], weighted: Sequence[WeightedValue], weights: Sequence[Scenario]
) -> None:
    """Print value per share by method, its basis, warnings, and the weighted value."""
    _print_methods(computed, weighted)
    columns = [Column("discounted cash flow, and multiples at the price"), Column("unit")]
    columns += [Column(each.scenarios[0].name, right=True) for each in computed]
    plan = computed[0].plan
    basis = [plan.row(key) for key in _BASIS]
    rows = [[row.label, row.unit, *(read(each, row.key) for each in computed)] for row in basis]
    print_table("Basis of the value", columns, rows)
    for each in computed:
        for warning in _warnings(each):
            print(f"warning: {each.scenarios[0].name}: {warning}")
    if weighted:
        names = ", ".join(f"{each.weight:g} {each.name}" for each in weights)
        print(f"weighted: {names}; mix of their values / value of the mix of their drivers")
    print(
        "Stock compensation is counted once: as an expense in operating income, not added back; "
        "future dilution is not counted."
    )


def _warnings(results: Results) -> Iterator[str]:
    """Yield reasons to doubt the values."""
    if results.values["terminal_warning"][0, 0]:
        limit = read(results, "terminal_share_limit")
        yield f"{read(results, 'terminal_share')} of the enterprise value lies after the axis (limit {limit})"
    if results.values["growth_warning"][0, 0]:
        growth, risk_free = read(results, "terminal_growth"), read(results, "risk_free")
        yield f"growth after the axis, {growth}, is above the risk-free rate, {risk_free}"
    as_of = results.plan.axis.as_of
    days = float(results.values["valuation_date"][0, 0]) - as_of.last_day
    if not 0 <= days <= _LATEST_VALUATION_DAYS:
        yield (
            f"the valuation date, {read(results, 'valuation_date')}, does not belong to the balance sheet of "
            f"{as_of}: set valuation_date, price, diluted_shares and stakes"
        )


def _print_methods(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> None:
    columns = [Column("method")]
    columns += [Column(f"{each.scenarios[0].name}\nlow   mid   high", right=True) for each in computed]
    rows = [[method, *(_range(each, method) for each in computed)] for method in METHODS]
    if weighted:
        columns.append(Column("weighted", right=True))
        mixes = {each.method: f"{each.of_values:,.0f} / {each.of_drivers:,.0f}" for each in weighted}
        rows = [[*row, mixes[row[0]]] for row in rows]
    print_table("Value per share, USD", columns, rows)


def _range(results: Results, method: str) -> str:
    """Return the low, mid and high value of a method."""
    low, high = _rounded(results, method, "low"), _rounded(results, method, "high")
    return f"{low}   {read(results, f'value_per_share[{method},mid]')}   {high}"


def _rounded(results: Results, method: str, case: str) -> str:
    value = float(results.values[f"value_per_share[{method},{case}]"][0, 0])
    return f"{value:,.0f}" if math.isfinite(value) else "-"


def value_records(computed: Sequence[Results], weighted: Sequence[WeightedValue]) -> list[dict[str, object]]:
    """Return a record for each figure of each scenario, and two for each weighted value."""
    records = []
    for each in computed:
        for key in (*each.plan.names["value_per_share"], *each.plan.names["upside"], *_BASIS):
            unit = each.plan.row(key).unit
            value = shown(float(each.values[key][0, 0]), unit)
            records.append(_record(key, each.scenarios[0].name, value, unit))
    for mix in weighted:
        key = f"value_per_share[{mix.method},mid]"
        records.append(_record(key, "mix of the values", mix.of_values, "USD/share"))
        records.append(_record(key, "value of the mix", mix.of_drivers, "USD/share"))
    return records


def _record(line: str, scenario: str, value: float | str | None, unit: str) -> dict[str, object]:
    return {"line": line, "scenario": scenario, "value": value, "unit": unit}


def root_record(root: Root, scenario: str, method: str, price: float) -> dict[str, object]:
    """Return a root as a record."""
    return {
        "driver": root.driver, "root": root.value, "shifted": root.shifted, "scenario": scenario,
        "method": method, "price": price, "value_at_root": root.found, "bracket_low": root.bracket[0],
        "bracket_high": root.bracket[1], "searched_low": root.searched[0], "searched_high": root.searched[1],
        "roots_seen": root.roots,
        "positive_at_root": positive(root.results),
    }  # fmt: skip


def print_root(root: Root, plain: Results, method: str) -> None:
    """Print a root, and figures of the scenario before and at the root."""
    unit = plain.plan.model.drivers[root.driver.partition("[")[0]].unit
    name = plain.scenarios[0].name
    (low, high), (first, last) = (
        [exact(end, unit) for end in ends] for ends in (root.bracket, root.searched)
    )
    found = exact(root.value, unit)
    change = (
        f"{root.driver} moved by {found} in every forecast year"
        if root.shifted
        else f"{root.driver} = {found}"
    )
    print(f"{change}: {method} gives {root.found:,.2f} USD a share ({name})")
    print(f"bracket {low} to {high}, searched {first} to {last}")
    if root.roots > 1:
        print(f"{root.roots} roots in this range; this one is nearest to the scenario's own value")
    sides = [(plain, Column(name, right=True)), (root.results, Column("at the root", right=True))]
    figures = [_figures_at_root(results, root.figure, method) for results, _ in sides]
    rows = [[label, *(each[label] for each in figures)] for label in figures[0]]
    print_table("", [Column(""), *(column for _, column in sides)], rows)


def _figures_at_root(results: Results, figure: str, method: str) -> dict[str, str]:
    def annual(line: str, year: int) -> float:
        return results.value(line, Period("annual", year))

    found = {f"value per share, {method}": read(results, figure)}
    for year in _YEARS:
        found[f"free cash flow {year}, USD bn"] = billions(annual("free_cash_flow", year))
    found["trough of TTM free cash flow"] = event(results, "trough")
    found["positive from"] = positive(results)
    for year in _YEARS[1:]:
        found[f"AWS margin {year}"] = text(annual("aws_margin", year), "ratio")
    found["AWS growth 2027"] = text(annual("aws_sales_growth", 2027), "ratio")
    return found
