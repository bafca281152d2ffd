"""``amzn-fcf show``: lines of the model as a table, JSON or CSV."""

from __future__ import annotations

import math
from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, option, scenarios

SUMMARY: Final = "show lines of the model"
EXAMPLE: Final = "amzn-fcf show free_cash_flow aws_margin --period 'TTM 2026Q3' --format json"
OPTIONS: Final = (
    option("line", "LINE", "names of lines; default: list all lines", nargs="*"),
    option("--statement", "NAME", "a whole statement: income, cash_flow, position or another table"),
    *scenarios("base"),
    option(
        "--period", "PERIOD", "annual, quarterly, ttm, 2026, 2026Q3 or 'TTM 2026Q3'; default: annual",
        default="annual",
    ),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenarios
    from amzn_fcf.text.lines import LineFigure, figures_of, print_figures, print_lines
    from amzn_fcf.text.statements import print_statement, statement_of
    from model.errors import InputError, NotAvailableError
    from model.results import run as compute

    scenarios = chosen_scenarios(arguments.scenario or [""], arguments)
    lines = arguments.line
    if arguments.statement is not None:
        if lines:
            raise InputError(f"--statement shows all of its lines: leave out {' '.join(lines)}")
        statement = statement_of(arguments.statement)
        if arguments.format == "text":
            for scenario in scenarios:
                print_statement(compute([scenario]), statement, arguments.period)
            return 0
        lines = statement.lines
    if not lines:
        print_lines(scenarios[0], arguments.format)
        return 0
    for line in lines:
        if line[:1].isdigit():
            quoted = f"--period 'TTM {line}'" if arguments.period.lower() == "ttm" else f"--period {line}"
            raise InputError(f"{line!r} is a period, not a line: write {quoted}")
    figures: list[LineFigure] = []
    for scenario in scenarios:
        results = compute([scenario])
        for line in lines:
            try:
                figures += figures_of(results, line, arguments.period)
            except NotAvailableError:
                if arguments.statement is None:
                    raise
                unit = results.plan.row(line).unit  # some lines of a statement start after as-of
                figures.append(LineFigure(line, arguments.period, scenario.name, math.nan, unit))
    print_figures(figures, arguments.format)
    return 0
