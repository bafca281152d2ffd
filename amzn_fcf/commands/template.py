"""``amzn-fcf template``: the files that a host needs to call the functions in cells."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from amzn_fcf.commands.options import Arguments, flag, option, scenario_name, whole_number

SUMMARY: Final = "write the files that a host needs to call the functions in cells, such as =AMZN_FCF(2026)"
EXAMPLE: Final = "amzn-fcf template --host desktop --out functions"
HOSTS: Final = ("desktop", "web", "server", "lite", "calc")
_WEB: Final = "web"
_WORKBOOKS: Final = {".xlsx", ".xlsm"}
OPTIONS: Final = (
    option(
        "--host", None, "Excel on Windows, Excel by static files, xlwings Server, xlwings Lite, or Calc",
        required=True, choices=HOSTS,
    ),
    option(
        "--scenario", "NAME", "scenario of the workbook that comes with it; default: base",
        type=scenario_name,
    ),
    option("--out", "DIR", "folder for the files; default: functions", default="functions"),
    option("--pyodide", "DIR", "for web: folder with Pyodide, numpy and scipy, Python for browsers"),
    flag("--download", "for web: fetch Pyodide, numpy and scipy (30 MB) from cdn.jsdelivr.net"),
    option("--address", "URL", "for web: HTTPS address at which the folder will be served, for its manifest"),
    option(
        "--serve", "PORT", "for web: then serve the folder to this computer, to try it in a browser",
        type=whole_number,
    ),
    flag("--force", "replace files that differ, which may hold somebody's changes"),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.records import Record, digest, kept_record, remember
    from amzn_fcf.building.templates import WRITERS, Order
    from model.errors import InputError
    from model.files import check_place, make_folder, temporary_folder, write_files
    from model.scenarios.composing import load_scenario

    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    if arguments.host != _WEB and any(_for_web(arguments)):
        raise InputError("--pyodide, --download, --address and --serve are for --host web")
    check_place(Path(arguments.out))
    out, scenario = Path(arguments.out), load_scenario(arguments.scenario)
    order = Order(scenario, arguments.pyodide, arguments.download, arguments.address)
    with temporary_folder("to write the template") as made:
        written = WRITERS[arguments.host](made, order)
        contents = {out / path.relative_to(made): path.read_bytes() for path in written}
    for path, content in contents.items():
        if not (path.is_file() and path.read_bytes() == content):
            kept_record(path, arguments.host, replace_changed=arguments.force)  # refuses a changed file
    make_folder(out)
    for path, content in contents.items():
        if path.suffix in _WORKBOOKS or path.parent.name == _WEB:  # which change from time to time
            remember(path, Record(digest(content), arguments.host, ()))
    for path in write_files(contents):
        print(f"wrote {path}")
    if arguments.host == _WEB and not arguments.address:
        print("no manifest.xml for Excel: give --address, once it is known where the folder will be served")
    if arguments.serve is not None:
        _serve(out / _WEB, arguments.serve)
    return 0


def _for_web(arguments: Arguments) -> tuple[bool, ...]:
    return (
        arguments.pyodide is not None, arguments.download, arguments.address is not None,
        arguments.serve is not None,
    )  # fmt: skip


def _serve(folder: Path, port: int) -> None:
    from xlwings_udfs.hosts.web.serve import server

    with server(folder, port) as running:
        print(f"open http://127.0.0.1:{running.server_port}/ in a browser; Ctrl-C ends this", flush=True)
        running.serve_forever()
