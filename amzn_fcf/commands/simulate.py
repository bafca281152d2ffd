"""``amzn-fcf simulate``: the distributions of free cash flow, of its turning point, and of value."""

from __future__ import annotations

import sys
from typing import Final

from amzn_fcf.commands import options
from amzn_fcf.commands.options import choice, option, repeated, whole_number

SUMMARY: Final = (
    "simulate a scenario: the distributions of free cash flow, of its turning point, and of value"
)
EXAMPLE: Final = "amzn-fcf simulate --scenario base --draws 100000 --seed 1 --plot base.png"
SAMPLINGS: Final = ("latin_hypercube", "sobol", "plain")
ENGINES: Final = ("auto", "kernel", "numpy")
OPTIONS: Final = (
    *options.ONE_SCENARIO,
    option("--draws", "N", "default: 100000", type=whole_number, default=100_000),
    option("--seed", "N", "the same seed gives the same result; default: 1", type=whole_number, default=1),
    choice("--sampling", SAMPLINGS),
    repeated(
        "--output", "FIGURE", "a further figure, such as 'aws_margin 2028' or terminal_share; may be repeated"
    ),
    option("--uncertainty", "FILE", "distributions and correlations as .toml; default: those that ship"),
    choice("--engine", ENGINES, "auto: the kernel (needs the extra fast), otherwise numpy"),
    *options.workers("compute"),
    options.PLOT, options.FORMAT,
)  # fmt: skip


def run(arguments: options.Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.pictures.files import picture_path
    from amzn_fcf.text.errors import PARTIAL, complain
    from amzn_fcf.text.simulation import print_simulation, simulation_records
    from amzn_fcf.text.tables import print_records, progress_bar
    from model.language.units import counted
    from model.simulation.questions import output_ahead
    from model.simulation.run import simulate
    from model.simulation.sampling import blocks_of

    scenario = chosen_scenario(arguments.scenario, arguments)
    picture = picture_path(arguments.plot)
    outputs = [output_ahead(each, scenario.plan) for each in arguments.output or ()]
    blocks_of(arguments.draws)  # refuses a number that cannot be
    with progress_bar(arguments.draws, f"simulating {scenario.name}") as on_block:
        simulation = simulate(
            scenario, draws=arguments.draws, seed=arguments.seed, sampling=arguments.sampling,
            engine=arguments.engine, workers=arguments.workers, scheduler=arguments.scheduler,
            uncertainty=arguments.uncertainty, outputs=outputs, on_block=on_block,
        )  # fmt: skip
    if simulation.note:
        print(f"amzn-fcf: {simulation.note}", file=sys.stderr)
    if picture:
        from amzn_fcf.pictures.simulation import write_plot
        from model.results import run as compute

        write_plot(simulation, compute([scenario]), picture)
        print(f"wrote {picture}", file=sys.stderr)
    if arguments.format == "text":
        print_simulation(simulation, scenario)
    else:
        value = scenario.company.presentation.questions.value
        print_records(simulation_records(simulation, value), arguments.format)
    if simulation.lost:
        done = f"{simulation.draws:,} of {counted(simulation.asked, 'draw')} are in the estimates"
        complain(f"{simulation.lost}; {done}, which are partial")
        return PARTIAL
    return 0
