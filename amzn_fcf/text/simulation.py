"""The results of a simulation as tables and as records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.figures import billions, first_year, share_text
from amzn_fcf.text.tables import left, print_table, right
from model.language.units import counted, measure
from model.simulation.results import SHOWN_PERCENTILES

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario
    from model.simulation.results import Chance, Simulation

_HEADS: Final = tuple(f"{percent}%" for percent in SHOWN_PERCENTILES)
_LEAST_CHANCE: Final = 0.0005
"""Rows in which no event has a greater chance are left out."""
_LEAST_SHARE: Final = 0.005
_RUN: Final = (
    "scenario", "as_of", "uncertainty", "sampling", "seed", "engine", "draws", "asked", "blocks", "seconds",
    "lost", "record",
)  # fmt: skip
_ITEMS: Final = ("plain", "deviation", "shortfall", "lowest", "highest", "bin_width", "undefined")


def print_simulation(simulation: Simulation, scenario: Scenario) -> None:
    """Print every table of a simulation."""
    asked = f" of {simulation.asked:,} asked: PARTIAL" if simulation.lost else ""
    print(
        f"{simulation.scenario} (as-of {simulation.as_of}): {counted(simulation.draws, 'draw')}{asked}, "
        f"{simulation.sampling}, "
        f"seed {simulation.seed}, {counted(simulation.blocks, 'block')}, "
        f"by {simulation.engine} in {simulation.seconds:.1f} s; distributions: {simulation.uncertainty}"
    )
    year = first_year(scenario.company)
    if simulation.fan():
        _print_cash_flow(simulation, year)
    _print_figures(simulation, scenario)
    if simulation.record:
        print(simulation.record)
    if simulation.events:
        _print_events(simulation, year)
    if simulation.shares:
        _print_shares(simulation)
    if simulation.convergence:
        _print_convergence(simulation, scenario.company.presentation.questions.trough)


def _print_cash_flow(simulation: Simulation, year: int) -> None:
    """Print every quarter of the first three years, then the ends of years."""
    columns = [*left("TTM to"), *right("chance > 0", "+/-", "scenario", "mean", *_HEADS)]
    chances = simulation.positive_by_quarter()
    detailed_to = f"{year + 2}Q4"
    rows = []
    for quarter, each in simulation.fan().items():
        if quarter <= detailed_to or quarter.endswith("Q4"):
            figures = [each.plain, each.mean, *(each.percentiles[percent] for percent in SHOWN_PERCENTILES)]
            rows.append([quarter, *_chance(chances[quarter]), *map(billions, figures)])
    print_table("Free cash flow, trailing twelve months, USD bn (+/-: standard error)", columns, rows)


def _print_figures(simulation: Simulation, scenario: Scenario) -> None:
    heads = right("scenario", "mean", "+/-", "sd", *_HEADS, "mean of lowest 5%")
    fan = simulation.fan().values()
    rows = []
    for each in simulation.estimates.values():
        if each not in fan:
            values = [each.plain, each.mean, each.standard_error, each.deviation]
            values += [*(each.percentiles[percent] for percent in SHOWN_PERCENTILES), each.shortfall]
            rows.append([each.name, each.unit, *(_figure(value, each.unit) for value in values)])
    print_table("Figures", [*left("figure", "unit"), *heads], rows)
    for each in simulation.estimates.values():
        if each.undefined:
            print(f"{each.name} is undefined in {each.undefined:.2%} of the draws, which are left out")
    words = scenario.company.presentation.questions
    if words.value in simulation.above:
        chance, error = _chance(simulation.above[words.value])
        price = _figure(scenario.table[words.price]["all"], "USD/share")
        print(f"chance that the discounted cash flow exceeds the price of {price} USD: {chance} +/- {error}")
    if words.trough in simulation.above:
        chance, error = _chance(simulation.above[words.trough])
        print(f"chance that TTM free cash flow is never below 0: {chance} +/- {error}")


def _figure(value: float, unit: str) -> str:
    return "-" if math.isnan(value) else measure(unit).text(value)


def _chance(chance: Chance) -> tuple[str, str]:
    return share_text(chance.probability), _figure(chance.standard_error, "ratio")


def _print_events(simulation: Simulation, year: int) -> None:
    """Print the chances of events by quarter for four years, then by year."""
    quarterly_to = f"{year + 3}Q4"
    sums: dict[str, list[float]] = {}
    for number, chances in enumerate(simulation.events.values()):
        for quarter, chance in chances.items():
            when = quarter if quarter <= quarterly_to or quarter == "never" else quarter[:4]
            sums.setdefault(when, [0.0] * len(simulation.events))[number] += chance.probability
    rows = []
    for when, found in sorted(sums.items()):  # "never" sorts last
        if max(found) >= _LEAST_CHANCE or (when == "never" and any(found)):
            rows.append([when, *(share_text(chance) if chance else "" for chance in found)])
    print("Chance of each event by quarter, later by year (positive: the trough itself, if above 0)")
    print_table("", [*left("when"), *right(*simulation.events)], rows)


def _print_shares(simulation: Simulation) -> None:
    tables = list(simulation.shares.values())
    moves = [move for move in tables[0] if any(table[move] >= _LEAST_SHARE for table in tables)]
    if not moves:  # too few draws to tell
        return
    moves.sort(key=lambda move: -tables[0][move])
    rows = [[move, *(share_text(table[move]) for table in tables)] for move in moves]
    sums = [share_text(math.fsum(table.values())) for table in tables]
    rows.append(["sum (correlated drivers count more than once)", *sums])
    title = "Share of variance of each driver and its correlates (correlation ratio)"
    print_table(title, [*left("driver"), *right(*simulation.shares)], rows)


def _print_convergence(simulation: Simulation, trough: str) -> None:
    """Print headline estimates after 1, 2, 4 ... blocks; the trough would make the table too wide."""
    found = dict.fromkeys(each.name for each in simulation.convergence)
    names = [name for name in found if not (trough and name.startswith(trough))]
    by_draws: dict[int, dict[str, str]] = {}
    for each in simulation.convergence:
        mean = f"{each.mean:,.4g}" if abs(each.mean) < 1 else f"{each.mean:,.2f}"
        error = "" if math.isnan(each.standard_error) else f" +/- {each.standard_error:.2g}"
        by_draws.setdefault(each.draws, {})[each.name] = mean + error
    rows = [[f"{draws:,}", *(cells[name] for name in names)] for draws, cells in by_draws.items()]
    print_table("Convergence", right("draws", *names), rows)


def simulation_records(simulation: Simulation, priced: str) -> list[dict[str, object]]:
    """Return every number of a simulation as a record; ``priced``: the figure compared with the price."""
    found: list[dict[str, object]] = []

    def add(kind: str, name: str, item: str, value: object, error: float = math.nan) -> None:
        found.append({"kind": kind, "name": name, "item": item, "value": value, "standard_error": error})

    for name in _RUN:
        add("run", name, "", getattr(simulation, name))
    for each in simulation.estimates.values():
        add("simulated", each.name, "mean", each.mean, each.standard_error)
        for item in _ITEMS:
            add("simulated", each.name, item, getattr(each, item))
        for percent, value in each.percentiles.items():
            add("simulated", each.name, f"p{percent}", value)
    for event, chances in simulation.events.items():
        for quarter, chance in chances.items():
            add("event", event, quarter, chance.probability, chance.standard_error)
    for name, chance in simulation.above.items():
        add("above", name, "price" if name == priced else "0", chance.probability, chance.standard_error)
    for name, shares in simulation.shares.items():
        for move, share in shares.items():
            add("variance_share", name, move, share)
    for step in simulation.convergence:
        add("convergence", step.name, str(step.draws), step.mean, step.standard_error)
    return found
