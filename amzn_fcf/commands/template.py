"""``amzn-fcf template``: the files that a host needs to call the functions in cells."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from amzn_fcf.commands.options import Arguments, flag, option, scenario_name

SUMMARY: Final = "write the files that a host needs to call the functions in cells, such as =AMZN_FCF(2026)"
EXAMPLE: Final = "amzn-fcf template --host desktop --out functions"
HOSTS: Final = ("desktop", "server", "lite", "calc")
_WORKBOOKS: Final = {".xlsx", ".xlsm"}
OPTIONS: Final = (
    option(
        "--host", None, "Excel on Windows, xlwings Server, xlwings Lite, or LibreOffice Calc", required=True,
        choices=HOSTS,
    ),
    option(
        "--scenario", "NAME", "scenario of the workbook that comes with it; default: base",
        type=scenario_name,
    ),
    option("--out", "DIR", "folder for the files; default: functions", default="functions"),
    flag("--force", "replace files that differ, which may hold somebody's changes"),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.records import Record, digest, kept_record, remember
    from amzn_fcf.building.templates import WRITERS
    from model.errors import InputError
    from model.files import make_folder, temporary_folder, write_files
    from model.scenarios.composing import load_scenario

    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    out, scenario = Path(arguments.out), load_scenario(arguments.scenario)
    make_folder(out)
    with temporary_folder("to write the template") as made:
        written = WRITERS[arguments.host](made, scenario)
        contents = {out / path.relative_to(made): path.read_bytes() for path in written}
    for path, content in contents.items():
        if not (path.is_file() and path.read_bytes() == content):
            kept_record(path, arguments.host, replace_changed=arguments.force)  # refuses a changed file
    for path, content in contents.items():
        if path.suffix in _WORKBOOKS:  # which are never the same twice
            remember(path, Record(digest(content), arguments.host, ()))
    for path in write_files(contents):
        print(f"wrote {path}")
    return 0
