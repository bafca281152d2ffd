"""``amzn-fcf explain``: the tree behind a figure, or behind a cell of any workbook."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import ONE_SCENARIO, Arguments, choice, option, whole_number

SUMMARY: Final = "explain a figure: what it is computed from, down to drivers and filings"
EXAMPLE: Final = "amzn-fcf explain free_cash_flow 2027 --depth 3"
OPTIONS: Final = (
    option("output", "LINE", "a line, with a period if it varies over time: free_cash_flow 2027", nargs="*"),
    *ONE_SCENARIO,
    option(
        "--from", "PERIOD", "period against which a change is measured; default: the same a year before",
        dest="since",
    ),
    option("--cell", ("FILE", "CELL"), "a cell of any workbook instead: book.xlsx 'Cash!C12'", nargs=2),
    option("--depth", "N", "levels below the figure; default: 2", type=whole_number, default=2),
    option("--top", "N", "parts shown of a figure, the largest; default: 8", type=whole_number, default=8),
    choice("--format", ("text", "json")),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.text.tables import print_records
    from amzn_fcf.text.trees import print_tree, tree_record
    from model.analysis.tree import explain
    from model.errors import InputError
    from model.language.periods import Period
    from model.outputs import Output
    from model.results import run as compute

    for name in ("depth", "top"):
        if vars(arguments)[name] < 1:
            raise InputError(f"--{name} needs a number of at least 1, not {vars(arguments)[name]}")
    if not arguments.output:
        raise InputError("explain needs a line, such as free_cash_flow 2027, or --cell book.xlsx 'Cash!C12'")
    scenario = chosen_scenario(arguments.scenario, arguments)
    output = Output.parse(" ".join(arguments.output), scenario.plan)
    since = None if arguments.since is None else Period.parse(arguments.since)
    tree = explain(compute([scenario]), output, arguments.depth, since)
    if arguments.format == "json":
        print_records([tree_record(tree)], "json")
    else:
        print_tree(tree, scenario, arguments.top)
    return 0
