"""``amzn-fcf grid``: a figure over two drivers, and the line on which it reaches a target."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.pictures.sensitivities import grid_figure, picture_path, save, step_text
from amzn_fcf.text.figures import shown, text
from amzn_fcf.text.tables import Column, print_records, print_table, progress
from model.analysis.sensitivity import Grid, Point, break_even, grid, output_of
from model.analysis.swings import Steps
from model.errors import InputError
from model.results import run as compute
from model.scenarios.composing import load_scenario
from model.scenarios.adjustment import OPERATIONS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from model.scenarios.scenario import Scenario

_RANGE: Final = 3
"""Parts of a range of values: first, last, how many."""
_MOST_VALUES: Final = 10_000


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    picture = None if arguments.plot is None else picture_path(arguments.plot)
    scenario = load_scenario(arguments.scenario, arguments.as_of)
    output = output_of(" ".join(arguments.output), scenario)
    x, y = steps_of(arguments.x, "--x"), steps_of(arguments.y, "--y")
    target = math.nan if arguments.break_even is None else _target(arguments.break_even, scenario)
    found = grid(scenario, output, x, y, lambda batches: progress(batches, "Grid"))
    line: Sequence[Point] = ()
    if arguments.break_even is not None:
        line = break_even(scenario, output, x, y, target, lambda values: progress(values, "Break-even"))
    if picture is not None:
        save(grid_figure(found, line, target), picture)
    if arguments.format != "text":
        print_records(list(_records(found, line, target)), arguments.format)
        return 0
    _print_text(found, line, target)
    if picture is not None:
        print(f"wrote {picture}")
    return 0


def steps_of(words: Sequence[str], option: str) -> Steps:
    """Read a driver, what is done with it (``set`` unless given), and its values: numbers, or ``first:last:count``.

    Words may be quoted together, as argparse wants for a range that begins below 0: ``"aws_growth add
    -0.1:0.1:5"``.
    """
    words = " ".join(words).split() or [""]
    operation = words[1].lower() if len(words) > 1 and words[1].lower() in OPERATIONS else ""
    rest = words[2:] if operation else words[1:]
    if not words[0] or not rest:
        raise InputError(
            f"{option} {' '.join(words)}: needs a driver and its values, such as aws_growth 0.2 0.25 0.3 or aws_growth add 0:0.1:5"
        )
    values = tuple(value for word in rest for value in _values(word, option))
    return Steps.parse(f"{words[0]} {operation}", values)


def _values(word: str, option: str) -> Sequence[float]:
    parts = word.split(":")
    numbers = []
    with contextlib.suppress(ValueError):
        numbers = [float(part) for part in parts]
    if len(numbers) == 1:
        return numbers
    if len(numbers) == _RANGE and numbers[2] in range(2, _MOST_VALUES + 1):
        first, last, count = numbers
        return [first + (last - first) * place / (count - 1) for place in range(int(count))]
    raise InputError(
        f"{option}: {word!r} is neither a number nor a range first:last:count (2 to {_MOST_VALUES:,} values), after set, add or scale"
    )


def _target(word: str, scenario: Scenario) -> float:
    if word.lower() == "price":
        return float(compute([scenario]).values["price"][0, 0])
    try:
        return float(word)
    except ValueError:
        raise InputError(f"--break-even needs a number or the word price, not {word!r}") from None


def _records(found: Grid, line: Sequence[Point], target: float) -> Iterator[dict[str, object]]:
    """Yield one record a cell, then one a point of the break-even line."""
    unit = found.output.unit
    about = {
        "scenario": found.scenario.name, "output": str(found.output), "unit": unit, "x_driver": found.x.driver,
        "x_operation": found.x.operation, "y_driver": found.y.driver, "y_operation": found.y.operation,
    }  # fmt: skip
    for y, row in zip(found.y.values, found.values.tolist(), strict=True):
        for x, value in zip(found.x.values, row, strict=True):
            yield about | {"kind": "cell", "x": x, "y": y, "value": shown(value, unit), "note": ""}
    for point in line:
        yield about | {
            "kind": "break-even",
            "x": point.x,
            "y": shown(point.y, ""),
            "value": target,
            "note": point.note,
        }


def _print_text(found: Grid, line: Sequence[Point], target: float) -> None:
    output, x, y = found.output, found.x, found.y
    base = text(shown(found.base, output.unit), output.unit)
    print(f"{output}, {output.unit}: {base} ({found.scenario.name}); across {_name(x)}, down {_name(y)}")
    columns = [Column(y.driver, right=True), *(Column(step_text(x, value), right=True) for value in x.values)]
    rows = [
        [
            step_text(y, down),
            *(text(shown(value, output.unit), output.unit) + (" *" if (row, column) == found.centre else "")
              for column, value in enumerate(found.values[row].tolist())),
        ]
        for row, down in enumerate(y.values)
    ]  # fmt: skip
    print_table("", columns, rows)
    if found.centre is not None:
        print(f"* {found.scenario.name} as it is")
    if line:
        print(f"break-even, {output} = {text(shown(target, output.unit), output.unit)}:")
    for point in line:
        at = f"{_name(x)} {step_text(x, point.x)}"
        print(
            f"  {at}: {point.note}"
            if math.isnan(point.y)
            else f"  {at}: {_name(y)} {step_text(y, point.y)} {point.note}".rstrip()
        )


def _name(steps: Steps) -> str:
    return steps.driver if steps.operation == "set" else f"{steps.driver} ({steps.operation})"
