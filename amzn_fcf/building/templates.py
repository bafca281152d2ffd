"""The files that a host needs to call the functions in cells, with a workbook that shows each function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf import __version__
from amzn_fcf.building.selection import offered_with
from model.errors import InputError
from model.files import write_files, write_whole
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.write.xlsx import write_workbook
from xlwings_udfs.hosts.headless import register
from xlwings_udfs.hosts.wheel import write_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.scenarios.scenario import Scenario
    from workbook_templates.read.values import Grids

_DESKTOP_FILE: Final = "amzn-fcf_desktop.xlsm"
_CALC_FILE: Final = "amzn-fcf_calc.xlsx"


@dataclass(frozen=True)
class Order:
    """What is asked for: the scenario of a workbook; for web where Pyodide is, and the address."""

    scenario: Scenario
    pyodide: str | None = None
    download: bool = False
    address: str | None = None


def _calculated(scenario: Scenario, named: Callable[[str], str] = str) -> tuple[WorkbookPlan, Grids]:
    """Return a workbook with functions, and the values of its formulas."""
    offer = offered_with(scenario, [scenario], moved=False)
    selected = offer.selected(scenario)
    plan = plan_workbook(selected, offer.scenarios, __version__, named, switches=offer.switches)
    return plan, Formualizer(register).values_of(plan, lambda: write_workbook(plan))


def _write_desktop(out: Path, order: Order) -> list[Path]:
    from xlwings_udfs.hosts.desktop.template import write_template  # noqa: PLC0415  # only the chosen host

    plan, values = _calculated(order.scenario)
    return [write_template(out / _DESKTOP_FILE, lambda base: write_workbook(plan, base, values))]


def _write_calc(out: Path, order: Order) -> list[Path]:
    """Write the extension, and a workbook that calls its functions by the names in Calc's files."""
    from xlwings_udfs.hosts.calc import write_template  # noqa: PLC0415  # as above
    from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX  # noqa: PLC0415

    plan, values = _calculated(order.scenario, PROGRAMMATIC_PREFIX.__add__)
    path = out / _CALC_FILE
    write_whole(path, write_workbook(plan, values=values))
    return [*write_template(out), path]


def _write_project(host: str, out: Path, _order: Order) -> list[Path]:
    return write_project(host, out / host)


def _write_web(out: Path, order: Order) -> list[Path]:
    """Write the folder of static files; Pyodide comes from a folder, or is fetched if so ordered."""
    from xlwings_udfs.hosts.web import checked, pyodide, static_files  # noqa: PLC0415  # as above

    if bool(order.pyodide) == order.download:
        given = f"--pyodide DIR (Pyodide {pyodide.VERSION}, numpy and scipy)"
        raise InputError(f"--host web needs {given} or --download (30 MB from {pyodide.ADDRESS})")
    if order.address is not None:
        checked(order.address)  # before anything is fetched
    parts = pyodide.from_folder(Path(order.pyodide)) if order.pyodide else pyodide.downloaded()
    made = static_files(parts, order.address)
    return write_files({out / "web" / name: content for name, content in made.items()})


WRITERS: Final[dict[str, Callable[[Path, Order], list[Path]]]] = {
    "desktop": _write_desktop, "calc": _write_calc, "server": partial(_write_project, "server"),
    "lite": partial(_write_project, "lite"), "web": _write_web,
}  # fmt: skip
