"""``amzn-fcf value``: the expected value, value per share by every method, and its basis."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, scenarios

SUMMARY: Final = "value per share: what is expected, every method, and the basis of the value"
EXAMPLE: Final = "amzn-fcf value --scenario base --scenario base+price_war"
OPTIONS: Final = (*scenarios("all that ship; the first is simulated, by default base"), FORMAT)


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenarios
    from amzn_fcf.text.tables import print_records
    from amzn_fcf.text.valuation import print_values, value_records
    from model import companies
    from model.analysis.weighting import weighted_scenarios, weighted_values
    from model.errors import InputError
    from model.results import run as compute
    from model.scenarios.files import builtin_scenarios
    from model.simulation.run import expected_value

    company = companies.default()
    if not company.presentation.reports.ranges:
        raise InputError(f"{company.title} has no valuation methods")
    names = arguments.scenario or builtin_scenarios()
    computed = [compute([scenario]) for scenario in chosen_scenarios(names, arguments)]
    centre = computed[0 if arguments.scenario else names.index(company.base)]
    expected = expected_value(centre.scenarios[0])
    if arguments.format == "text":
        print_values(computed, centre, expected)
    else:
        asked = arguments.scenario or arguments.as_of or arguments.set
        weights = [] if asked else weighted_scenarios()
        weighted = weighted_values(weights) if weights else []
        print_records(value_records(computed, expected, weighted), arguments.format, "figure")
    return 0
