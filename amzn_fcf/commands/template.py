"""``amzn-fcf template``: what a host needs to call the functions in cells, with a workbook that shows each of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf import __version__
from amzn_fcf.building.workbooks import build, offered_with, with_functions_cached
from model.errors import InputError
from model.files import make_folder, write_whole
from model.scenarios.composing import load_scenario
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from model.scenarios.scenario import Scenario

_DESKTOP_FILE: Final = "amzn-fcf_desktop.xlsm"
_CALC_FILE: Final = "amzn-fcf_calc.xlsx"


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    if not arguments.out:
        raise InputError("--out needs the name of a folder")
    out = Path(arguments.out)
    make_folder(out)
    scenario = load_scenario(arguments.scenario)
    for path in _WRITERS[arguments.host](out, scenario):
        print(f"wrote {path}")
    return 0


def _plan(scenario: Scenario, named: Callable[[str], str] = str) -> WorkbookPlan:
    return plan_workbook(scenario, offered_with(scenario, [scenario], moved=False), __version__, named)


def _write_desktop(out: Path, scenario: Scenario) -> list[Path]:
    from xlwings_udfs.hosts.desktop.template import write_template  # noqa: PLC0415  # only the host that is asked for

    plan = _plan(scenario)

    def calculated(data: bytes) -> bytes:
        return with_functions_cached(plan, Formualizer().with_cached_values(data))

    return list(write_template(out / _DESKTOP_FILE, lambda base: write_workbook(plan, base), calculated))


def _write_calc(out: Path, scenario: Scenario) -> list[Path]:
    """Write the extension, and a workbook that calls its functions by the names that Calc's files use."""
    from xlwings_udfs.hosts.calc import write_template  # noqa: PLC0415  # as above
    from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX  # noqa: PLC0415

    plain = _plan(scenario)
    values = build(plain).data
    named = _plan(scenario, PROGRAMMATIC_PREFIX.__add__)
    path = out / _CALC_FILE
    write_whole(
        path, with_functions_cached(plain, Formualizer().with_cached_values(write_workbook(named)), values)
    )
    return [*write_template(out), path]


def _write_server(out: Path, _scenario: Scenario) -> list[Path]:
    from xlwings_udfs.hosts.server import write_template  # noqa: PLC0415  # as above

    return write_template(out / "server")


def _write_lite(out: Path, _scenario: Scenario) -> list[Path]:
    from xlwings_udfs.hosts.lite import write_template  # noqa: PLC0415  # as above

    return write_template(out / "lite")


_WRITERS: Final = {
    "desktop": _write_desktop,
    "calc": _write_calc,
    "server": _write_server,
    "lite": _write_lite,
}
