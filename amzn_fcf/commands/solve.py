"""``amzn-fcf solve``: the value of a driver at which a method of valuation gives a price."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, event, exact, positive, read, text
from amzn_fcf.text.tables import Column, print_records, print_table
from model.analysis.solve import Root, solve, value_row
from model.errors import InputError
from model.language.periods import Period
from model.results import run as compute
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    import argparse

    from model.results import Results

_YEARS: Final = (2026, 2027, 2028, 2030)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    scenario = load_scenario(arguments.scenario, arguments.as_of)
    plain = compute([scenario])
    price = float(plain.values["price"][0, 0]) if arguments.price is None else arguments.price
    if not math.isfinite(price):
        raise InputError(f"--price needs a number, not {price}")
    between = None if arguments.between is None else (arguments.between[0], arguments.between[1])
    root = solve(
        scenario, arguments.driver, price, value_row(arguments.method), between=between, shift=arguments.shift
    )
    if arguments.format != "text":
        record = {
            "driver": root.driver, "root": root.value, "shifted": root.shifted, "scenario": scenario.name, "method": arguments.method,
            "price": price, "value_at_root": root.found, "bracket_low": root.bracket[0], "bracket_high": root.bracket[1],
            "searched_low": root.searched[0], "searched_high": root.searched[1], "roots_seen": root.roots,
            "positive_at_root": positive(root.results),
        }  # fmt: skip
        print_records([record], arguments.format)
        return 0
    _print_root(root, plain, arguments.method)
    return 0


def _print_root(root: Root, plain: Results, method: str) -> None:
    unit = plain.plan.model.drivers[root.driver.partition("[")[0]].unit

    def value(number: float) -> str:
        return exact(number, unit)

    what = (
        f"{root.driver} moved by {value(root.value)} in every year ahead"
        if root.shifted
        else f"{root.driver} = {value(root.value)}"
    )
    print(f"{what}: {method} gives {root.found:,.2f} USD a share ({plain.scenarios[0].name})")
    print(
        f"bracket {value(root.bracket[0])} to {value(root.bracket[1])}, searched {value(root.searched[0])} to {value(root.searched[1])}"
    )
    if root.roots > 1:
        print(f"{root.roots} roots lie there; this is the one nearest to the scenario's own value")
    both = (plain, root.results)
    rows = [
        [f"value per share, {method}", *(read(each, root.figure) for each in both)],
        *(
            [
                f"free cash flow {year}, USD bn",
                *(billions(each.value("free_cash_flow", Period("annual", year))) for each in both),
            ]
            for year in _YEARS
        ),
        ["trough of TTM free cash flow", *(event(each, "trough") for each in both)],
        ["positive from", *(positive(each) for each in both)],
        *(
            [
                f"AWS margin {year}",
                *(text(each.value("aws_margin", Period("annual", year)), "ratio") for each in both),
            ]
            for year in _YEARS[1:]
        ),
        [
            "AWS growth 2027",
            *(text(each.value("aws_sales_growth", Period("annual", 2027)), "ratio") for each in both),
        ],
    ]
    print_table(
        "", [Column(""), Column(plain.scenarios[0].name, right=True), Column("at the root", right=True)], rows
    )
