"""``amzn-fcf tornado``: the effect of each driver, moved alone, on a figure."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FIGURE, FORMAT, Arguments, number, option, repeated, whole_number

SUMMARY: Final = "move each driver down and up, and show the effect on a figure"
EXAMPLE: Final = "amzn-fcf tornado free_cash_flow 2027 --swing 0.1 --plot tornado.png"
OPTIONS: Final = (
    *FIGURE,
    option(
        "--swing", "SHARE", "share of the driver's forecast values; default: 0.1 (10%%)", type=number,
        default=0.1,
    ),
    repeated(
        "--driver", "NAME", "move only this driver, or it in one period: aws_growth@2027; may be repeated; "
        "default: all drivers",
    ),
    option("--top", "N", "rows of the table; default: 15", type=whole_number, default=15),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.pictures.files import picture_path, save
    from amzn_fcf.text.sensitivities import print_tornado, tornado_records
    from amzn_fcf.text.tables import print_records
    from model.analysis.sensitivity import output_of, tornado
    from model.errors import InputError

    if arguments.top < 1:
        raise InputError(f"--top needs a number of at least 1, not {arguments.top}")
    picture = picture_path(arguments.plot)
    scenario = chosen_scenario(arguments.scenario, arguments)
    output = output_of(" ".join(arguments.output), scenario)
    found = tornado(scenario, output, arguments.swing, arguments.driver or ())
    if picture:
        from amzn_fcf.pictures.sensitivities import tornado_figure

        save(tornado_figure(found, arguments.top), picture)
    if arguments.format != "text":
        print_records(list(tornado_records(found)), arguments.format, "swing")
        return 0
    print_tornado(found, arguments.top)
    if picture:
        print(f"wrote {picture}")
    return 0
