"""``amzn-fcf value``: value per share by every method, its basis, and the weighted value."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, scenarios

SUMMARY: Final = "value a share by every method, and show the basis of the value"
EXAMPLE: Final = "amzn-fcf value --scenario base --scenario base+price_war"
OPTIONS: Final = (*scenarios("all that ship, and their weighted value"), FORMAT)


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import load_distinct
    from amzn_fcf.text.tables import print_records
    from amzn_fcf.text.valuation import print_values, value_records
    from model import companies
    from model.analysis.weighting import weighted_scenarios, weighted_values
    from model.errors import InputError
    from model.results import run as compute
    from model.scenarios.files import builtin_scenarios

    company = companies.default()
    if not company.presentation.reports.ranges:
        raise InputError(f"{company.title} has no valuation methods")
    scenarios = load_distinct(arguments.scenario or builtin_scenarios(), arguments.as_of)
    computed = [compute([scenario]) for scenario in scenarios]
    weights = [] if arguments.scenario or arguments.as_of else weighted_scenarios()
    weighted = weighted_values(weights) if weights else []
    if arguments.format == "text":
        print_values(computed, weighted, weights)
    else:
        print_records(value_records(computed, weighted), arguments.format)
    return 0
