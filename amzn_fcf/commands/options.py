"""Arguments that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add ``--scenario``, given once, and ``--as-of``."""
    parser.add_argument(
        "--scenario",
        default="base",
        metavar="NAME",
        help="a scenario, with overlays joined by + (base+power_delay), or a .toml file; default: base",
    )
    add_as_of(parser)


def add_scenarios(parser: argparse.ArgumentParser, default: str) -> None:
    """Add ``--scenario``, which may be repeated, and ``--as-of``."""
    parser.add_argument(
        "--scenario",
        action="append",
        metavar="NAME",
        help="a scenario, with overlays joined by + (base+power_delay), or a .toml file; may be repeated; "
        f"default: {default}",
    )
    add_as_of(parser)


def add_as_of(parser: argparse.ArgumentParser) -> None:
    """Add ``--as-of`` to a command that loads scenarios."""
    parser.add_argument(
        "--as-of", metavar="QUARTER", help="last quarter taken as reported; default: the scenario's own"
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the figure that an analysis is about, its scenario, and ``--plot``."""
    parser.add_argument(
        "output",
        nargs="+",
        metavar="OUTPUT",
        help="a line, with a period if it varies over time: free_cash_flow 2027, value_per_share[dcf,mid], "
        "positive",
    )
    add_scenario(parser)
    add_plot(parser)


def add_plot(parser: argparse.ArgumentParser) -> None:
    """Add ``--plot``."""
    parser.add_argument("--plot", metavar="FILE.png", help="also save a chart (needs the extra plot)")


def add_scheduler(parser: argparse.ArgumentParser, work: str) -> None:
    """Add ``--workers`` and ``--scheduler``; ``work`` says what they do."""
    parser.add_argument(
        "--workers", type=int, metavar="N", help="number of processes or threads; default: one per core"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"{work} on a Dask cluster, such as tcp://127.0.0.1:8786 (needs the extra cluster)",
    )


def add_format(parser: argparse.ArgumentParser, *forms: str) -> None:
    """Add ``--format``; the first of ``forms`` is the default."""
    forms = forms or ("text", "json", "csv")
    parser.add_argument("--format", choices=forms, default=forms[0], help=f"default: {forms[0]}")
