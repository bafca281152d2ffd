"""``amzn-fcf tornado``: what each driver, moved alone, does to a figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from amzn_fcf.pictures.sensitivities import picture_path, save, tornado_figure
from amzn_fcf.text.figures import exact, shown, text
from amzn_fcf.text.tables import Column, print_records, print_table
from model.analysis.sensitivity import Bar, Tornado, output_of, tornado
from model.errors import InputError
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    if arguments.top < 1:
        raise InputError(f"--top needs a number from 1 on, not {arguments.top}")
    picture = None if arguments.plot is None else picture_path(arguments.plot)
    scenario = load_scenario(arguments.scenario, arguments.as_of)
    found = tornado(
        scenario, output_of(" ".join(arguments.output), scenario), arguments.swing, arguments.driver or ()
    )
    if picture is not None:
        save(tornado_figure(found, arguments.top), picture)
    if arguments.format != "text":
        print_records(list(_records(found)), arguments.format)
        return 0
    _print_text(found, arguments.top)
    if picture is not None:
        print(f"wrote {picture}")
    return 0


def _records(found: Tornado) -> Iterator[dict[str, object]]:
    """Yield one record a driver: those that move the output, those that do not, and those that were not moved."""
    unit = found.output.unit
    base = shown(found.base, unit)
    about: dict[str, object] = {
        "scenario": found.scenario.name,
        "output": str(found.output),
        "output_unit": unit,
        "base": base,
    }
    for bar in found.bars:
        changes = {name: shown(getattr(bar, name), "") for name in ("change_low", "change_high", "swing")}
        yield about | bar._asdict() | {"low": shown(bar.low, unit), "high": shown(bar.high, unit)} | changes
    for driver in found.still:
        yield (
            about
            | dict.fromkeys(Bar._fields)
            | {"driver": driver, "low": base, "high": base, "swing": 0.0, "note": "does not move it"}
        )
    for driver, reason in found.left_out.items():
        yield about | dict.fromkeys(Bar._fields) | {"driver": driver, "note": f"left out: {reason}"}


def _print_text(found: Tornado, top: int) -> None:
    output = found.output
    title = f"{output}, {output.unit}: {text(shown(found.base, output.unit), output.unit)} ({found.scenario.name})"
    print(f"{title}; one driver at a time, its values ahead {100 * found.swing:g} % down and up")
    heads = ("driver", "of", "low", "as it is", "high", "output, low", "output, high", "swing", "")
    columns = [Column(head, right=head not in {"driver", "of", ""}) for head in heads]
    print_table("", columns, [_row(bar, output.unit) for bar in found.bars[:top]])
    print(
        f"{max(len(found.bars) - top, 0)} drivers move it less, {len(found.still)} not at all: --format csv lists them"
    )
    if found.left_out:
        print(f"left out: {'; '.join(f'{driver} ({reason})' for driver, reason in found.left_out.items())}")


def _row(bar: Bar, unit: str) -> list[str]:
    swing = text(shown(bar.swing, ""), unit)
    if unit == "quarter" and math.isfinite(bar.swing):
        swing = f"{bar.swing:g} quarter{'' if bar.swing == 1 else 's'}"
    return [
        bar.driver, "" if bar.period == "all" else bar.period,
        *(exact(value, bar.unit) for value in (bar.driver_low, bar.driver_base, bar.driver_high)),
        *(text(shown(value, unit), unit) for value in (bar.low, bar.high)), swing, bar.note,
    ]  # fmt: skip
