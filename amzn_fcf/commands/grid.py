"""``amzn-fcf grid``: a figure over two drivers, and its break-even line."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import FIGURE, FORMAT, Arguments, not_a_number, option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.analysis.sensitivity import Point
    from model.analysis.swings import Steps
    from model.outputs import Output
    from model.scenarios.scenario import Scenario

SUMMARY: Final = "compute a figure over two drivers"
EXAMPLE: Final = (
    "amzn-fcf grid value_per_share[dcf,mid] --x wacc 0.08:0.1:5 --y aws_growth add -0.05 0 0.05 "
    "--break-even price"
)
_MOST_VALUES: Final = 10_000
_PER_SHARE: Final = "USD/share"
_STEPS: Final = (
    "a driver and its forecast values (0.08 0.09, or first:last:count), or changes to the scenario's values "
    "after the word add or scale; quote a range that begins below 0 together with the rest: 'aws_growth add "
    "-0.1:0.1:5'"
)
OPTIONS: Final = (
    *FIGURE,
    option("--x", "WORD", _STEPS, nargs="+", required=True),
    option("--y", "WORD", _STEPS, nargs="+", required=True),
    option(
        "--break-even", "TARGET", "for each x, find the y at which the output equals this number, or price",
    ),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.selection import chosen_scenario
    from amzn_fcf.pictures.files import picture_path, save
    from amzn_fcf.text.sensitivities import grid_records, print_grid
    from amzn_fcf.text.tables import print_records, progress
    from model.analysis.sensitivity import break_even, grid, output_of

    picture = picture_path(arguments.plot)
    scenario = chosen_scenario(arguments.scenario, arguments)
    output = output_of(" ".join(arguments.output), scenario)
    x, y = steps_of(arguments.x, "--x"), steps_of(arguments.y, "--y")
    target = math.nan if arguments.break_even is None else _target(arguments.break_even, scenario, output)
    found = grid(scenario, output, x, y, lambda batches: progress(batches, "Grid"))
    points: Sequence[Point] = ()
    if arguments.break_even is not None:
        points = break_even(scenario, output, x, y, target, lambda values: progress(values, "Break-even"))
    if picture:
        from amzn_fcf.pictures.sensitivities import grid_figure

        save(grid_figure(found, points, target), picture)
    if arguments.format != "text":
        print_records(list(grid_records(found, points, target)), arguments.format)
        return 0
    print_grid(found, points, target)
    if picture:
        print(f"wrote {picture}")
    return 0


def steps_of(words: Sequence[str], option: str) -> Steps:
    """Read a driver, an operation (``set`` by default), and values: numbers, or ``first:last:count``.

    Words may be quoted together, as argparse needs for a range that begins below 0.
    """
    from model.analysis.swings import Steps
    from model.errors import InputError
    from model.scenarios.adjustment import OPERATIONS

    words = " ".join(words).split() or [""]
    operation = words[1].lower() if len(words) > 1 and words[1].lower() in OPERATIONS else ""
    rest = words[2:] if operation else words[1:]
    if not words[0] or not rest:
        needed = "a driver and its values, such as aws_growth 0.2 0.25 0.3 or aws_growth add 0:0.1:5"
        raise InputError(f"{option} {' '.join(words)}: needs {needed}")
    values = tuple(value for word in rest for value in _values(word, option))
    return Steps.parse(f"{words[0]} {operation}", values)


def _values(word: str, option: str) -> Sequence[float]:
    from model.errors import InputError, shown

    parts = word.split(":")
    numbers = []
    with contextlib.suppress(ValueError):
        numbers = [float(part) for part in parts]
    match numbers:
        case [_]:
            return numbers
        case [first, last, count] if count in range(2, _MOST_VALUES + 1):
            return [first + (last - first) * place / (count - 1) for place in range(int(count))]
    ranges = f"a range first:last:count (2 to {_MOST_VALUES:,} values)"
    raise InputError(f"{option}: {shown(word)} is neither a number nor {ranges}, after set, add or scale")


def _target(word: str, scenario: Scenario, output: Output) -> float:
    from amzn_fcf.text.figures import price_of
    from model.errors import InputError
    from model.results import run as compute

    if word.lower() == "price":
        price = price_of(compute([scenario]), "--break-even")
        if output.unit != _PER_SHARE:
            not_price = f"{output} is in {output.unit}, the price in {_PER_SHARE}"
            raise InputError(f"--break-even price: {not_price}: give a number instead")
        return price
    try:
        return float(word)
    except ValueError:
        raise InputError(f"--break-even {not_a_number(word)}; or the word price") from None
