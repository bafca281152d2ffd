"""``amzn-fcf show``: lines of the model as a table, JSON, CSV, a workbook or a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import PLOT, WORKBOOK, Arguments, choice, flag, option, scenarios

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amzn_fcf.text.series import Series
    from model.scenarios.scenario import Scenario

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
    flag("--pivot", "lines down and periods across, in text, csv and xlsx"),
    choice("--format", ("text", "json", "csv", "xlsx")),
    *WORKBOOK,
    PLOT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenarios
    from amzn_fcf.pictures.files import picture_path, save
    from amzn_fcf.text.lines import print_lines
    from amzn_fcf.text.series import print_series
    from amzn_fcf.text.statements import print_statement, statement_of
    from model.errors import InputError
    from model.results import run as compute

    out = None
    if arguments.format == "xlsx" or arguments.out is not None:
        from amzn_fcf.building.figure_tables import (  # which loads the writer of workbooks
            table_path,
            write_table,
        )

        out = table_path(arguments.out, arguments.format, force=arguments.force)
    picture = picture_path(arguments.plot)
    scenarios = chosen_scenarios(arguments.scenario or [""], arguments)
    lines = arguments.line
    if arguments.statement is not None:
        if lines:
            raise InputError(f"--statement shows all of its lines: leave out {' '.join(lines)}")
        if picture:
            raise InputError("--plot draws lines, not a statement: name some instead of --statement")
        statement = statement_of(arguments.statement)
        if arguments.format == "text":
            for scenario in scenarios:
                print_statement(compute([scenario]), statement, arguments.period)
            return 0
        lines = statement.lines
    if not lines:
        if out or picture:
            raise InputError("name the lines to show, such as free_cash_flow aws_margin")
        print_lines(scenarios[0], arguments.format)
        return 0
    found = _series(arguments, lines, scenarios)
    if picture:
        from amzn_fcf.pictures.lines import lines_figure

        save(lines_figure(found), picture)
    if out:
        write_table(out, found, pivot=arguments.pivot or arguments.statement is not None)
        print(f"wrote {out}")
    else:
        print_series(found, arguments.format, pivot=arguments.pivot)
    if picture and arguments.format in {"text", "xlsx"}:
        print(f"wrote {picture}")
    return 0


def _series(arguments: Arguments, lines: Sequence[str], scenarios: Sequence[Scenario]) -> list[Series]:
    from amzn_fcf.text.series import series_of, without_figure
    from model.errors import InputError, NotAvailableError, shown
    from model.results import run as compute

    for line in lines:
        if line[:1].isdigit():
            quoted = f"--period 'TTM {line}'" if arguments.period.lower() == "ttm" else f"--period {line}"
            raise InputError(f"{shown(line)} is a period, not a line: write {quoted}")
    found = []
    for scenario in scenarios:
        results = compute([scenario])
        for line in lines:
            try:
                found.append(series_of(results, line, arguments.period))
            except NotAvailableError:
                if arguments.statement is None:
                    raise
                found.append(without_figure(results, line, arguments.period))  # starts after as-of
    return found
