"""``amzn-fcf solve``: the value of a driver at which a method of valuation gives a price."""

from __future__ import annotations

import math
from typing import Final

from amzn_fcf.commands.options import FORMAT, ONE_SCENARIO, Arguments, flag, number, option

SUMMARY: Final = "find the value of a driver at which a valuation method gives a price"
EXAMPLE: Final = "amzn-fcf solve wacc --price 234.75 --scenario article"
OPTIONS: Final = (
    option(
        "driver", "DRIVER", "a driver, or growth (AWS), margin (AWS cash cost), capex or inflection (both: "
        "scale on capital expenditure); in one period: aws_growth@2027",
    ),
    option("--price", "USD", "target value per share; default: the scenario's price", type=number),
    option(
        "--method", "METHOD",
        "dcf, exit_multiple, sotp, price_to_sales or net_margin; default: the first, dcf",
    ),
    *ONE_SCENARIO,
    option(
        "--between", ("A", "B"), "range to search; default: the driver's allowed range", type=number, nargs=2,
    ),
    flag("--flat", "one value for all years ahead, instead of one amount added to the value of each"),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.text.figures import price_of
    from amzn_fcf.text.tables import print_records
    from amzn_fcf.text.valuation import print_root, root_record
    from model.analysis.solve import solve, value_row, varies_by_year
    from model.errors import InputError
    from model.results import run as compute

    scenario = chosen_scenario(arguments.scenario, arguments)
    questions = scenario.company.presentation.questions
    if not questions.values:
        raise InputError(f"{scenario.company.title} has no valuation methods")
    plain = compute([scenario])
    method = arguments.method or next(iter(questions.values))
    price = price_of(plain, "--price") if arguments.price is None else arguments.price
    if not math.isfinite(price):
        raise InputError(f"--price needs a number, not {price}")
    row = value_row(method, scenario.company)
    shift = not arguments.flat and varies_by_year(scenario, arguments.driver)
    root = solve(scenario, arguments.driver, price, row, between=arguments.between, shift=shift)
    if arguments.format == "text":
        print_root(root, plain, method)
    else:
        print_records([root_record(root, scenario, method, price)], arguments.format, "root")
    return 0
