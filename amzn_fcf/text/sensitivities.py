"""Tornados and grids as text and as records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from amzn_fcf.text.figures import step_text
from amzn_fcf.text.tables import left, numbered, print_table, right
from model.analysis.sensitivity import Bar
from model.language.units import counted, measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.analysis.sensitivity import Grid, Point, Tornado
    from model.analysis.swings import Steps

Record = dict[str, object]


def tornado_records(found: Tornado) -> Iterator[Record]:
    """Yield a record for each driver: those that move the output, those that do not, those left out."""
    unit = found.output.unit
    recorded = measure(unit).recorded
    base = recorded(found.base)
    about: Record = {
        "scenario": found.scenario.name, "output": str(found.output), "output_unit": unit, "base": base,
    }  # fmt: skip
    for bar in found.bars:
        yield about | bar._asdict() | {"low": recorded(bar.low), "high": recorded(bar.high)}
    empty: Record = about | dict.fromkeys(Bar._fields)
    for driver in found.still:
        yield empty | {"driver": driver, "low": base, "high": base, "swing": 0.0, "note": "does not move it"}
    for driver, reason in found.left_out.items():
        yield empty | {"driver": driver, "note": f"left out: {reason}"}


def print_tornado(found: Tornado, top: int) -> None:
    """Print the ``top`` drivers that move the output most."""
    unit = found.output.unit
    base = measure(unit).text(found.base)
    moved = f"one driver at a time, its forecast values {100 * found.swing:g}% down and up"
    print(f"{found.output}, {unit}: {base} ({found.scenario.name}); {moved}")
    figures = right("low", "as it is", "high", "output, low", "output, high", "swing")
    columns = [*left("driver", "of"), *figures, *left("")]
    print_table("", columns, [_row(bar, unit) for bar in found.bars[:top]])
    less = max(len(found.bars) - top, 0)
    if less or found.still:
        drivers = f"{counted(less, 'driver')} {'moves' if less == 1 else 'move'} it less"
        print(f"{drivers}, {len(found.still)} not at all: --format csv lists them")
    if found.left_out:
        reasons = "; ".join(f"{driver} ({reason})" for driver, reason in found.left_out.items())
        print(f"left out: {reasons}")


def _row(bar: Bar, unit: str) -> list[str]:
    drivers = map(measure(bar.unit).text, (bar.driver_low, bar.driver_base, bar.driver_high))
    *outputs, swing = map(measure(unit).text, (bar.low, bar.high, bar.swing))
    if unit == "quarter" and math.isfinite(bar.swing):
        swing = counted(round(bar.swing), "quarter")
    return [bar.driver, "" if bar.period == "all" else bar.period, *drivers, *outputs, swing, bar.note]


def grid_records(found: Grid, points: Sequence[Point], target: float) -> Iterator[Record]:
    """Yield a record for each cell, then one for each point of the break-even line."""
    unit = found.output.unit
    about: Record = {
        "scenario": found.scenario.name, "output": str(found.output), "unit": unit,
        "x_driver": found.x.name, "x_operation": found.x.operation,
        "y_driver": found.y.name, "y_operation": found.y.operation,
    }  # fmt: skip
    for y, row in zip(found.y.values, found.values.tolist(), strict=True):
        for x, value in zip(found.x.values, row, strict=True):
            yield (
                {"kind": "point"}
                | about
                | {"x": x, "y": y, "value": measure(unit).recorded(value), "note": ""}
            )
    for point in points:
        yield (
            {"kind": "break_even"} | about | {"x": point.x, "y": point.y, "value": target, "note": point.note}
        )


def print_grid(found: Grid, points: Sequence[Point], target: float) -> None:
    """Print a grid, and the break-even line below it."""
    output, x, y = found.output, found.x, found.y
    figure, scenario = measure(output.unit).text, found.scenario.name
    print(f"{output}, {output.unit}: {figure(found.base)} ({scenario}); across {_name(x)}, down {_name(y)}")
    columns = [numbered(y.name), *right(*(step_text(x, value) for value in x.values))]
    values = zip(y.values, found.values.tolist(), strict=True)
    rows = [[step_text(y, down), *map(figure, row)] for down, row in values]
    if found.centre is not None:
        row, column = found.centre
        rows[row][column + 1] += " *"
    print_table("", columns, rows)
    if found.centre is not None:
        print(f"* {scenario} as it is")
    if points:
        print(f"break-even, {output} = {figure(target)}:")
    for point in points:
        y_there = "" if math.isnan(point.y) else f"{_name(y)} {step_text(y, point.y)} "
        print(f"  {_name(x)} {step_text(x, point.x)}: {y_there}{point.note}".rstrip())


def _name(steps: Steps) -> str:
    return steps.name if steps.operation == "set" else f"{steps.name} ({steps.operation})"
