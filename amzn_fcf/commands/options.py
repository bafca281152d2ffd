"""Arguments of commands as data: a name, and what argparse is told about it; several commands share some."""

from __future__ import annotations

import argparse
from typing import Final

Arguments = argparse.Namespace
Option = tuple[str, dict[str, object]]

_SCENARIO: Final = "a scenario, with overlays joined by + (base+power_delay), or a .toml file"


def option(name: str, metavar: object, text: str, **more: object) -> Option:
    """Return an argument with its help text; ``more`` is for argparse."""
    return name, {"metavar": metavar, "help": text, **more}


def repeated(name: str, metavar: str | None, text: str, **more: object) -> Option:
    """Return an argument that may be given several times; it is None if it is not given."""
    return option(name, metavar, text, action="append", **more)


def flag(name: str, text: str) -> Option:
    """Return an argument that is True if it is given."""
    return name, {"help": text, "action": "store_true"}


def scenarios(default: str) -> tuple[Option, ...]:
    """Return ``--scenario``, which may be repeated, and ``--as-of``."""
    return repeated("--scenario", "NAME", f"{_SCENARIO}; may be repeated; default: {default}"), AS_OF


def workers(work: str) -> tuple[Option, ...]:
    """Return ``--workers`` and ``--scheduler``; ``work`` says what they do."""
    cluster = f"{work} on a Dask cluster, such as tcp://127.0.0.1:8786 (needs the extra cluster)"
    return (
        option("--workers", "N", "number of processes or threads; default: one per core", type=int),
        option("--scheduler", "ADDRESS", cluster),
    )


def choice(name: str, known: tuple[str, ...], text: str = "") -> Option:
    """Return an argument that takes one of some words, by default the first."""
    return option(name, None, text or f"default: {known[0]}", choices=known, default=known[0])


AS_OF: Final = option("--as-of", "QUARTER", "last quarter taken as reported; default: the scenario's own")
SCENARIO: Final = option("--scenario", "NAME", f"{_SCENARIO}; default: base", default="")
PLOT: Final = option("--plot", "FILE.png", "also save a chart (needs the extra plot)")
FORMAT: Final = choice("--format", ("text", "json", "csv"))
_LINE: Final = (
    "a line, with a period if it varies over time: free_cash_flow 2027, value_per_share[dcf,mid], positive"
)
FIGURE: Final = (option("output", "OUTPUT", _LINE, nargs="+"), SCENARIO, AS_OF, PLOT)
"""The figure that an analysis is about, its scenario, and ``--plot``."""
