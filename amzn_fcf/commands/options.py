"""Arguments of commands as data: a name, and what argparse is told about it; several commands share some."""

from __future__ import annotations

import argparse
from typing import Final

Arguments = argparse.Namespace
Option = tuple[str, dict[str, object]]

_SCENARIO: Final = "a scenario, with overlays joined by + (base+power_delay), or a .toml file"


class _Once(argparse.Action):
    """Store the value of an option; refuse a second one, which would replace the first unseen."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value; see :class:`argparse.Action`."""
        given = vars(namespace).setdefault("given_once", set())
        if self.dest in given:
            parser.error(f"argument {option_string}: takes one {self.dest.replace('_', ' ')}: give it once")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


def option(name: str, metavar: object, text: str, **more: object) -> Option:
    """Return an argument with its help text; ``more`` is for argparse."""
    once = {"action": _Once} if name.startswith("-") else {}
    return name, {"metavar": metavar, "help": text, **once, **more}


def number(text: str) -> float:
    """Read a number of the command line."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(not_a_number(text)) from None


def whole_number(text: str) -> int:
    """Read a whole number of the command line."""
    try:
        return int(text)
    except ValueError:
        from model.errors import shown

        raise argparse.ArgumentTypeError(f"needs a whole number, not {shown(text)}") from None


def not_a_number(text: str) -> str:
    """Return what to write instead of a text that is no number: ``8%`` is 0.08, ``1,000`` is 1000."""
    from model.errors import number_hint, shown

    return f"needs a number such as 250 or 0.08, not {shown(text)}{number_hint(text)}"


def scenario_name(text: str) -> str:
    """Read the name of a scenario, which is not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError(
            "needs the name of a scenario or a .toml file; leave it out for base"
        )
    return text


def repeated(name: str, metavar: str | None, text: str, **more: object) -> Option:
    """Return an argument that may be given several times; it is None if it is not given."""
    return option(name, metavar, text, action="append", **more)


def flag(name: str, text: str) -> Option:
    """Return an argument that is True if it is given."""
    return name, {"help": text, "action": "store_true"}


def scenarios(default: str) -> tuple[Option, ...]:
    """Return ``--scenario``, which may be repeated, ``--as-of`` and ``--set``."""
    text = f"{_SCENARIO}; may be repeated; default: {default}"
    return repeated("--scenario", "NAME", text, type=scenario_name), AS_OF, SET


def workers(work: str) -> tuple[Option, ...]:
    """Return ``--workers`` and ``--scheduler``; ``work`` says what they do."""
    cluster = f"{work} on a Dask cluster, such as tcp://127.0.0.1:8786 (needs the extra cluster)"
    return (
        option("--workers", "N", "number of processes or threads; default: one per core", type=whole_number),
        option("--scheduler", "ADDRESS", cluster),
    )


def choice(name: str, known: tuple[str, ...], text: str = "") -> Option:
    """Return an argument that takes one of some words, by default the first."""
    return option(name, None, text or f"default: {known[0]}", choices=known, default=known[0])


AS_OF: Final = option("--as-of", "QUARTER", "last quarter taken as reported; default: the scenario's own")
SET: Final = repeated(
    "--set", "CHANGE",
    "change a driver: aws_growth=0.3, aws_growth@2027=0.25, 'capex_budget@2027+ scale=0.9', 'beta add=0.1'; "
    "may be repeated",
)  # fmt: skip
SCENARIO: Final = option("--scenario", "NAME", f"{_SCENARIO}; default: base", type=scenario_name)
DATA: Final = option(
    "--data", "DIR",
    "a folder of data of your own, laid over the data that ship; default: the variable AMZN_FCF_DATA",
)  # fmt: skip
"""An option of every command."""
ONE_SCENARIO: Final = (SCENARIO, AS_OF, SET)
PLOT: Final = option("--plot", "FILE", "also save a chart, .png or .svg (needs the extra plot)")
WORKBOOK: Final = (
    option("--out", "FILE.xlsx", "the workbook that --format xlsx writes"),
    flag("--force", "replace an existing workbook"),
)
FORMAT: Final = choice("--format", ("text", "json", "csv"))
_LINE: Final = (
    "a line, with a period if it varies over time: free_cash_flow 2027, value_per_share[dcf,mid], positive"
)
FIGURE: Final = (option("output", "OUTPUT", _LINE, nargs="+"), *ONE_SCENARIO, PLOT)
"""The figure that an analysis is about, its scenario, and ``--plot``."""
