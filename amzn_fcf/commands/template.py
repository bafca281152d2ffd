"""``amzn-fcf template``: the files that a host needs to call the functions in cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse

SUMMARY: Final = "write the files that a host needs to call the functions in cells, such as =AMZN_FCF(2026)"
EXAMPLE: Final = "amzn-fcf template --host desktop --out functions"
HOSTS: Final = ("desktop", "server", "lite", "calc")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--host",
        required=True,
        choices=HOSTS,
        help="Excel on Windows, xlwings Server, xlwings Lite, or LibreOffice Calc",
    )
    parser.add_argument(
        "--scenario",
        default="base",
        metavar="NAME",
        help="scenario of the workbook that comes with it; default: base",
    )
    parser.add_argument(
        "--out", default="functions", metavar="DIR", help="folder for the files; default: functions"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    from amzn_fcf.building.templates import WRITERS
    from model.errors import InputError
    from model.files import make_folder
    from model.scenarios.composing import load_scenario

    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    out = Path(arguments.out)
    make_folder(out)
    for path in WRITERS[arguments.host](out, load_scenario(arguments.scenario)):
        print(f"wrote {path}")
    return 0
