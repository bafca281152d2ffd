"""``amzn-fcf template``: the files that a host needs to call the functions in cells."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from amzn_fcf.commands.options import Arguments, option

SUMMARY: Final = "write the files that a host needs to call the functions in cells, such as =AMZN_FCF(2026)"
EXAMPLE: Final = "amzn-fcf template --host desktop --out functions"
HOSTS: Final = ("desktop", "server", "lite", "calc")
OPTIONS: Final = (
    option(
        "--host", None, "Excel on Windows, xlwings Server, xlwings Lite, or LibreOffice Calc", required=True,
        choices=HOSTS,
    ),
    option(
        "--scenario", "NAME", "scenario of the workbook that comes with it; default: base", default="",
    ),
    option("--out", "DIR", "folder for the files; default: functions", default="functions"),
)  # fmt: skip


def run(arguments: Arguments) -> int:
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
