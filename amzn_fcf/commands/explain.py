"""``amzn-fcf explain``: the tree behind a figure, or behind a cell of any workbook."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import ONE_SCENARIO, Arguments, choice, option, whole_number

_DEEPEST: Final = 100
"""Levels: a chain of cells may be longer, and ask for one further down."""
SUMMARY: Final = "explain a figure: what it is computed from, down to drivers and filings"
EXAMPLE: Final = "amzn-fcf explain free_cash_flow 2027 --depth 3"
OPTIONS: Final = (
    option("output", "LINE", "a line, with a period if it varies over time: free_cash_flow 2027", nargs="*"),
    *ONE_SCENARIO,
    option(
        "--from", "PERIOD",
        "tell every figure by its change since this period; default: sums by their terms, others by their "
        "change since a year before",
        dest="since",
    ),
    option("--cell", ("FILE", "CELL"), "a cell of any workbook instead: book.xlsx 'Cash!C12'", nargs=2),
    option("--depth", "N", "levels below the figure; default: 2", type=whole_number, default=2),
    option("--top", "N", "parts shown of a figure, the largest; default: 8", type=whole_number, default=8),
    choice("--format", ("text", "json")),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from model.errors import InputError

    for name in ("depth", "top"):
        if vars(arguments)[name] < 1:
            raise InputError(f"--{name} needs a number of at least 1, not {vars(arguments)[name]}")
    if arguments.depth > _DEEPEST:
        raise InputError(f"--depth goes down to {_DEEPEST} levels, not {arguments.depth}")
    return _figure(arguments) if arguments.cell is None else _cell(arguments)


def _figure(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.text.errors import in_shell
    from amzn_fcf.text.trees import print_tree
    from model.analysis.tree import explain
    from model.errors import InputError
    from model.language.periods import Period
    from model.outputs import Output
    from model.results import run as compute

    if not arguments.output:
        raise InputError("explain needs a line, such as free_cash_flow 2027, or --cell book.xlsx 'Cash!C12'")
    if arguments.output[0].lower().endswith((".xlsx", ".xlsm")):
        raise InputError(f"a cell is explained with --cell {in_shell(arguments.output[0])} 'Cash!C12'")
    scenario = chosen_scenario(arguments.scenario, arguments)
    output = Output.parse(" ".join(arguments.output), scenario.plan)
    since = None if arguments.since is None else Period.parse(arguments.since)
    tree = explain(compute([scenario]), output, arguments.depth, since)
    print_tree(tree, f"{scenario.name}, as of {scenario.as_of}", arguments.top, arguments.format)
    return 0


def _cell(arguments: Arguments) -> int:
    from pathlib import Path

    from amzn_fcf.building.selection import refuse_scenario_file
    from amzn_fcf.text.trees import print_tree
    from model.errors import InputError, located
    from workbook_templates.engines.trace import trace
    from workbook_templates.read.book import read_book

    given = [name for name in ("output", "scenario", "as_of", "set", "since") if vars(arguments)[name]]
    if given:
        words = {"output": "a line", "as_of": "--as-of", "since": "--from"}
        raise InputError(f"--cell explains a file as it is: leave out {words.get(given[0], f'--{given[0]}')}")
    file, cell = arguments.cell
    path = Path(file)
    refuse_scenario_file(path)
    with located(str(path)):
        tree = trace(read_book(path.read_bytes()), cell, arguments.depth)
    print_tree(tree, f"{path}, values as saved", arguments.top, arguments.format)
    return 0
