"""``amzn-fcf against``: a scenario beside company guidance, the Street, and the year before."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, ONE_SCENARIO, Arguments, option

SUMMARY: Final = "set a scenario beside company guidance, the Street and the year before"
EXAMPLE: Final = "amzn-fcf against --scenario base"
OPTIONS: Final = (
    *ONE_SCENARIO,
    option("--consensus", "FILE", "estimates of the Street as .csv; default: those that ship"),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from pathlib import Path

    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.text.against import comparison_record, print_comparison
    from amzn_fcf.text.tables import print_records
    from model.errors import InputError
    from model.evidence.against import compared
    from model.reported.guidance import read_estimates
    from model.results import run as compute

    scenario = chosen_scenario(arguments.scenario, arguments)
    given = arguments.consensus
    estimates = None if given is None else read_estimates(Path(given), scenario.company)
    results = compute([scenario])
    rows = compared(results, estimates)
    if not rows:
        raise InputError(f"neither guidance nor estimates of a period after {scenario.as_of} are known")
    if arguments.format == "text":
        print_comparison(rows, scenario)
    else:
        print_records([comparison_record(each) for each in rows], arguments.format, "against")
    return 0
