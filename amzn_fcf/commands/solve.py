"""``amzn-fcf solve``: the value of a driver at which a method of valuation gives a price."""

from __future__ import annotations

import math
from typing import Final

from amzn_fcf.commands.options import AS_OF, FORMAT, SCENARIO, Arguments, flag, number, option

SUMMARY: Final = "find the value of a driver at which a valuation method gives a price"
EXAMPLE: Final = "amzn-fcf solve wacc --price 234.75 --scenario article"
OPTIONS: Final = (
    option(
        "driver", "DRIVER", "a driver, or growth (AWS), margin (AWS cash cost), capex or inflection (both: "
        "scale on capital expenditure)",
    ),
    option("--price", "USD", "target value per share; default: the scenario's price", type=number),
    option(
        "--method", "METHOD",
        "dcf, exit_multiple, sotp, price_to_sales or net_margin; default: the first, dcf",
    ),
    SCENARIO, AS_OF,
    option(
        "--between", ("A", "B"), "range to search; default: the driver's allowed range", type=number, nargs=2,
    ),
    flag(
        "--shift", "add one amount to the driver in every forecast year, instead of setting one value for "
        "all",
    ),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.text.figures import price_of
    from amzn_fcf.text.tables import print_records
    from amzn_fcf.text.valuation import print_root, root_record
    from model.analysis.solve import solve, value_row
    from model.errors import InputError
    from model.results import run as compute
    from model.scenarios.composing import load_scenario

    scenario = load_scenario(arguments.scenario, arguments.as_of)
    questions = scenario.company.presentation.questions
    if not questions.values:
        raise InputError(f"{scenario.company.title} has no valuation methods")
    plain = compute([scenario])
    method = arguments.method or next(iter(questions.values))
    price = price_of(plain, "--price") if arguments.price is None else arguments.price
    if not math.isfinite(price):
        raise InputError(f"--price needs a number, not {price}")
    row = value_row(method, scenario.company)
    root = solve(scenario, arguments.driver, price, row, between=arguments.between, shift=arguments.shift)
    if arguments.format == "text":
        print_root(root, plain, method)
    else:
        print_records([root_record(root, scenario, method, price)], arguments.format)
    return 0
