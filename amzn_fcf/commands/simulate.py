"""``amzn-fcf simulate``: the distribution of free cash flow, of the quarter in which it turns, and of value."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, text
from amzn_fcf.text.tables import Column, print_records, print_table, progress_bar
from model import companies
from model.errors import InputError
from model.results import run as compute
from model.scenarios.composing import load_scenario
from model.simulation.questions import output_ahead
from model.simulation.run import simulate
from model.simulation.sampling import blocks_of

if TYPE_CHECKING:
    import argparse

    from model.presentation import Questions
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Chance, Estimate, Simulation

_PARTIAL: Final = 1
_DETAILED_TO: Final = "2028Q4"
"""Later quarters of free cash flow are shown at the ends of years."""
_SHOWN: Final = (5, 25, 50, 75, 95)
_EVENTS_TO: Final = "2029Q4"
"""Later events are shown by year."""
_NEVER: Final = "never"
_LEAST_CHANCE: Final = 0.0005
"""When no event has a greater chance, the row is left out."""
_LEAST_SHARE: Final = 0.005


def _words() -> Questions:
    return companies.default().presentation.questions


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    scenario = load_scenario(arguments.scenario, arguments.as_of)
    picture = _picture(arguments.plot)
    plan = scenario.plan
    outputs = [output_ahead(each, plan) for each in arguments.output or ()]
    blocks_of(arguments.draws)
    with progress_bar(arguments.draws, f"simulating {scenario.name}") as shown:
        simulation = simulate(
            scenario, draws=arguments.draws, seed=arguments.seed, sampling=arguments.sampling, engine=arguments.engine,
            workers=arguments.workers, scheduler=arguments.scheduler, uncertainty=arguments.uncertainty, outputs=outputs, on_block=shown,
        )  # fmt: skip
    if simulation.note:
        print(f"amzn-fcf: {simulation.note}", file=sys.stderr)
    if picture is not None:
        from amzn_fcf.pictures.simulation import write_plot  # noqa: PLC0415  # loads matplotlib, an extra

        write_plot(simulation, compute([scenario]), picture)
        print(f"wrote {picture}", file=sys.stderr)
    if arguments.format == "text":
        _print(simulation, scenario)
    else:
        print_records(list(_records(simulation)), arguments.format)
    if simulation.lost:
        done = f"{simulation.draws:,} of {simulation.asked:,} draws are in the estimates, which are partial"
        print(f"amzn-fcf: error: {simulation.lost}; {done}", file=sys.stderr)
        return _PARTIAL
    return 0


def _picture(name: str | None) -> Path | None:
    """Return where the picture goes; a name or folder that cannot be, or a missing extra, is found before the work."""
    if name is None:
        return None
    from amzn_fcf.pictures.simulation import check_plotting  # noqa: PLC0415  # as above

    path = Path(name)
    if path.suffix.lower() != ".png" or not path.parent.is_dir():
        raise InputError(f"--plot {name}: needs the name of a .png file in a folder that is there")
    check_plotting()
    return path


def _headline(simulation: Simulation) -> str:
    """Return one line that says what was done."""
    draws = f"{simulation.draws:,} draws" + (
        f" of {simulation.asked:,} asked: PARTIAL" if simulation.lost else ""
    )
    return (
        f"{simulation.scenario} (as-of {simulation.as_of}): {draws}, {simulation.sampling}, seed {simulation.seed}, "
        f"{simulation.blocks} blocks, by {simulation.engine} in {simulation.seconds:.1f} s; distributions: {simulation.uncertainty}"
    )


def _print(simulation: Simulation, scenario: Scenario) -> None:
    print(_headline(simulation))
    _print_cash_flow(simulation)
    _print_figures(simulation, scenario)
    _print_events(simulation)
    _print_shares(simulation)
    _print_convergence(simulation)


def _print_cash_flow(simulation: Simulation) -> None:
    columns = [
        Column("TTM to"),
        Column("chance > 0", right=True),
        Column("+/-", right=True),
        Column("scenario", right=True),
        Column("mean", right=True),
    ]
    columns += [Column(f"{percent} %", right=True) for percent in _SHOWN]
    chances = simulation.positive_by_quarter()
    rows = [
        [
            quarter,
            *_chance(chances[quarter]),
            *map(billions, (each.plain, each.mean, *(each.percentiles[percent] for percent in _SHOWN))),
        ]
        for quarter, each in simulation.fan().items()
        if quarter <= _DETAILED_TO or quarter.endswith("Q4")
    ]
    print_table("Free cash flow, trailing twelve months, USD bn (+/-: standard error)", columns, rows)


def _print_figures(simulation: Simulation, scenario: Scenario) -> None:
    columns = [
        Column("figure"),
        Column("unit"),
        Column("scenario", right=True),
        Column("mean", right=True),
        Column("+/-", right=True),
        Column("sd", right=True),
    ]
    columns += [
        *(Column(f"{percent} %", right=True) for percent in _SHOWN),
        Column("mean of lowest 5 %", right=True),
    ]
    fan = simulation.fan().values()
    rows = []
    for each in simulation.estimates.values():
        if each not in fan:
            values = (
                each.plain,
                each.mean,
                each.standard_error,
                each.deviation,
                *(each.percentiles[percent] for percent in _SHOWN),
                each.shortfall,
            )
            rows.append([each.name, each.unit, *(_figure(value, each) for value in values)])
    print_table("Figures", columns, rows)
    for each in simulation.estimates.values():
        if each.undefined:
            print(f"{each.name} has no meaning in {each.undefined:.2%} of the draws: they are left out")
    price, error = _chance(simulation.above[_words().value])
    print(
        f"chance that the discounted cash flow exceeds the price of {scenario.table['price']['all']:,.2f} USD: {price} +/- {error}"
    )
    never, error = _chance(simulation.above[_words().trough])
    print(f"chance that TTM free cash flow is never below 0: {never} +/- {error}")


def _figure(value: float, estimate: Estimate) -> str:
    if math.isnan(value):
        return "-"
    if estimate.unit == "ratio":
        return f"{value:.2%}"
    return text(value, estimate.unit)


def _chance(chance: Chance) -> tuple[str, str]:
    return f"{chance.probability:.1%}", "-" if math.isnan(
        chance.standard_error
    ) else f"{chance.standard_error:.2%}"


def _print_events(simulation: Simulation) -> None:
    rows: dict[str, list[float]] = {}
    for number, chances in enumerate(simulation.events.values()):
        for quarter, chance in chances.items():
            when = quarter if quarter <= _EVENTS_TO or quarter == _NEVER else quarter[:4]
            rows.setdefault(when, [0.0] * len(simulation.events))[number] += chance.probability
    shown = [
        [when, *("" if not chance else f"{chance:.1%}" for chance in found)]
        for when, found in sorted(rows.items())  # "never" sorts last
        if max(found) >= _LEAST_CHANCE or when == _NEVER
    ]
    print(
        "Chance that the event falls in the quarter, later in the year (positive: the trough itself where it is above 0)"
    )
    print_table("", [Column("when"), *(Column(event, right=True) for event in simulation.events)], shown)


def _print_shares(simulation: Simulation) -> None:
    tables = list(simulation.shares.values())
    moves = [move for move in tables[0] if any(table[move] >= _LEAST_SHARE for table in tables)]
    if not moves:  # too few draws to tell
        return
    moves.sort(key=lambda move: -tables[0][move])
    rows = [[move, *(f"{table[move]:.1%}" for table in tables)] for move in moves]
    rows.append(
        [
            "all, and what correlated drivers share counted twice",
            *(f"{math.fsum(table.values()):.1%}" for table in tables),
        ]
    )
    columns = [Column("driver"), *(Column(name, right=True) for name in simulation.shares)]
    print_table(
        "Share of variance that goes with each driver and what is correlated with it (correlation ratio)",
        columns,
        rows,
    )


def _print_convergence(simulation: Simulation) -> None:
    names = list(
        dict.fromkeys(
            each.name for each in simulation.convergence if not each.name.startswith(_words().trough)
        )
    )
    by_draws: dict[int, dict[str, str]] = {}
    for each in simulation.convergence:
        shown = f"{each.mean:,.4g}" if abs(each.mean) < 1 else f"{each.mean:,.2f}"
        error = "" if math.isnan(each.standard_error) else f" +/- {each.standard_error:.2g}"
        by_draws.setdefault(each.draws, {})[each.name] = shown + error
    rows = [[f"{draws:,}", *(found[name] for name in names)] for draws, found in by_draws.items()]
    print_table(
        "Estimates after so many draws",
        [Column("draws", right=True), *(Column(name, right=True) for name in names)],
        rows,
    )


def _records(simulation: Simulation) -> list[dict[str, object]]:
    """Return the results as flat records: what kind, of what, which item of it, value, standard error."""
    found: list[dict[str, object]] = []

    def add(kind: str, name: str, item: str, value: float | str, error: float = math.nan) -> None:
        known = None if isinstance(value, float) and not math.isfinite(value) else value
        found.append(
            {
                "kind": kind,
                "name": name,
                "item": item,
                "value": known,
                "standard_error": error if math.isfinite(error) else None,
            }
        )

    for name in (
        "scenario",
        "as_of",
        "uncertainty",
        "sampling",
        "seed",
        "engine",
        "draws",
        "asked",
        "blocks",
        "seconds",
        "lost",
    ):
        add("run", name, "", getattr(simulation, name))
    for each in simulation.estimates.values():
        add("figure", each.name, "mean", each.mean, each.standard_error)
        for item in ("plain", "deviation", "shortfall", "lowest", "highest", "bin_width", "undefined"):
            add("figure", each.name, item, getattr(each, item))
        for percent, value in each.percentiles.items():
            add("figure", each.name, f"p{percent}", value)
    for event, chances in simulation.events.items():
        for quarter, chance in chances.items():
            add("event", event, quarter, chance.probability, chance.standard_error)
    for name, chance in simulation.above.items():
        add(
            "above",
            name,
            "price" if name == _words().value else "0",
            chance.probability,
            chance.standard_error,
        )
    for name, shares in simulation.shares.items():
        for move, share in shares.items():
            add("variance_share", name, move, share)
    for each_step in simulation.convergence:
        add("convergence", each_step.name, str(each_step.draws), each_step.mean, each_step.standard_error)
    return found
