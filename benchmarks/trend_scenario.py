"""Write the scenario ``trend``: what the rules of the back-test make of the latest reported quarter.

Run it after a quarter is added to the data: ``python benchmarks/trend_scenario.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model import amazon
from model.evidence.backtest import known_then
from model.files import write_whole
from model.reported.actuals import load_actuals
from model.scenarios.drivers import driver_specs

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario

FILE: Final = Path(amazon.__file__).parent / "data" / "scenarios" / "trend.toml"
HEAD: Final = """\
name = "trend"
title = "Rules alone: figures and guidance, no judgement"
as_of = "{as_of}"
weight = 0.0
note = "What the rules of the back-test make of the latest results (amzn-fcf backtest); \
a comparator, not a view."
place = 5
"""
SMALL: Final = 10.0
"""Figures above it are amounts, written to the million; others to five decimals."""


def text_of(scenario: Scenario) -> str:
    """Return the file of a scenario that rules alone made."""
    specs, parts = driver_specs(), [HEAD.format(as_of=scenario.as_of)]
    for key, note in scenario.sources.items():
        values = scenario.ahead(key)
        kept = {
            each: written(value)
            for each, value in values.items()
            if not specs[key].driver.look.is_none(value)
        }
        given = f"values = {{ {', '.join(f'{period} = {value}' for period, value in kept.items())} }}"
        if len(kept) == len(values) and len(set(kept.values())) == 1:
            given = f"value = {next(iter(kept.values()))}"
        name = json.dumps(key) if "[" in key else key
        unit = json.dumps(specs[key].driver.unit)
        head = f'[drivers.{name}]\nunit = {unit}\ngrade = "{note.grade}"\nsource = {json.dumps(note.source)}'
        parts.append(f"{head}\n{given}\n")
    return "\n".join(parts)


def written(value: float) -> str:
    """Return a value with the digits that a reader needs."""
    return str(round(value, 0 if abs(value) > SMALL else 5))


if __name__ == "__main__":
    write_whole(FILE, text_of(known_then(load_actuals().latest)).encode())
    print(f"wrote {FILE.name}")
