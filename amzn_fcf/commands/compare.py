"""``amzn-fcf compare``: what differs between two scenarios, and which causes make the difference."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import PLOT, SET, Arguments, choice, flag, option, repeated

SUMMARY: Final = "compare two scenarios: inputs, estimates, and the bridge from one value to the other"
EXAMPLE: Final = "amzn-fcf compare article base --output 'free_cash_flow 2027'"
_ONE: Final = "a scenario, a .toml file, a workbook, or one of them at an as-of: base@2026Q1"
OPTIONS: Final = (
    option("before", "A", _ONE),
    option("after", "B", f"{_ONE}; --set changes it"),
    SET,
    repeated(
        "--output", "OUTPUT",
        "a figure to bridge: free_cash_flow 2027, positive; may be repeated; default: value per share, next "
        "year's free cash flow, and the quarter in which it turns positive",
    ),
    flag("--by-driver", "a bridge of single drivers also where many differ; orders are then drawn"),
    PLOT,
    choice("--format", ("text", "json")),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.compared import default_outputs, pair_of
    from amzn_fcf.pictures.files import picture_path, save
    from amzn_fcf.text.comparison import (
        bridge_records,
        estimate_records,
        estimates,
        input_records,
        names_of,
        print_comparison,
    )
    from amzn_fcf.text.tables import print_records
    from model.analysis.bridge import bridges
    from model.outputs import Output
    from model.scenarios.changes import changes

    picture = picture_path(arguments.plot)
    pair = pair_of(arguments.before, arguments.after, arguments.set or ())
    plan = pair.after.plan
    given = [Output.parse(each, plan) for each in arguments.output or ()]
    outputs = given or default_outputs(pair)
    found = bridges(pair.before, pair.after, outputs, pair.rolled, one_by_one=arguments.by_driver)
    changed = changes(*pair.at_one_as_of)
    figures = estimates(pair.before, pair.after)
    if picture:
        from amzn_fcf.pictures.bridges import bridge_figure

        save(bridge_figure(found[0], names_of(pair.before, pair.after)), picture)
    if arguments.format == "json":
        records = [*input_records(changed), *estimate_records(figures), *bridge_records(found)]
        print_records(records, "json")
    else:
        print_comparison(pair.before, pair.after, changed, figures, found)
        if picture:
            print(f"wrote {picture}")
    return int(bool(changed) or pair.before.as_of != pair.after.as_of)
