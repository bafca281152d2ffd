"""``amzn-fcf simulate``: the distributions of free cash flow, of its turning point, and of value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import add_format, add_plot, add_scenario, add_scheduler

if TYPE_CHECKING:
    import argparse

SUMMARY: Final = (
    "simulate a scenario: the distributions of free cash flow, of its turning point, and of value"
)
EXAMPLE: Final = "amzn-fcf simulate --scenario base --draws 100000 --seed 1 --plot base.png"
SAMPLINGS: Final = ("latin_hypercube", "sobol", "plain")
ENGINES: Final = ("auto", "kernel", "numpy")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_scenario(parser)
    parser.add_argument("--draws", type=int, default=100_000, metavar="N", help="default: 100000")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same result; default: 1"
    )
    parser.add_argument(
        "--sampling", choices=SAMPLINGS, default=SAMPLINGS[0], help=f"default: {SAMPLINGS[0]}"
    )
    parser.add_argument(
        "--output",
        action="append",
        metavar="FIGURE",
        help="a further figure, such as 'aws_margin 2028' or terminal_share; may be repeated",
    )
    parser.add_argument(
        "--uncertainty",
        metavar="FILE",
        help="distributions and correlations as .toml; default: those that ship",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="auto: the kernel (needs the extra fast), otherwise numpy",
    )
    add_scheduler(parser, "compute")
    add_plot(parser)
    add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    from amzn_fcf.pictures.files import picture_path
    from amzn_fcf.text.errors import PARTIAL, complain
    from amzn_fcf.text.simulation import print_simulation, simulation_records
    from amzn_fcf.text.tables import print_records, progress_bar
    from model.scenarios.composing import load_scenario
    from model.simulation.questions import output_ahead
    from model.simulation.run import simulate
    from model.simulation.sampling import blocks_of

    scenario = load_scenario(arguments.scenario, arguments.as_of)
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
        done = f"{simulation.draws:,} of {simulation.asked:,} draws are in the estimates, which are partial"
        complain(f"{simulation.lost}; {done}")
        return PARTIAL
    return 0
