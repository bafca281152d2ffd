"""``amzn-fcf show``: lines of the model as a table, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import add_format, add_scenarios

if TYPE_CHECKING:
    import argparse

    from amzn_fcf.text.lines import Entry

SUMMARY: Final = "show lines of the model"
EXAMPLE: Final = "amzn-fcf show free_cash_flow aws_margin --period 'TTM 2026Q3' --format json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("line", nargs="*", metavar="LINE", help="names of lines; default: list all lines")
    add_scenarios(parser, "base")
    parser.add_argument(
        "--period",
        default="annual",
        metavar="PERIOD",
        help="annual, quarterly, ttm, 2026, 2026Q3 or 'TTM 2026Q3'; default: annual",
    )
    add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    from amzn_fcf.building.selection import load_distinct
    from amzn_fcf.text.lines import entries_of, print_entries, print_lines
    from model.results import run as compute

    scenarios = load_distinct(arguments.scenario or ["base"], arguments.as_of)
    if not arguments.line:
        print_lines(scenarios[0], arguments.format)
        return 0
    entries: list[Entry] = []
    for scenario in scenarios:
        results = compute([scenario])
        for line in arguments.line:
            entries += entries_of(results, line, arguments.period)
    print_entries(entries, arguments.format)
    return 0
