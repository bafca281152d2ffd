"""The scenarios that a command is given, those that ship, and those that a workbook offers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.errors import in_shell
from model import companies
from model.errors import AmznFcfError, InputError
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios, is_path, parts_of, read_file
from model.scenarios.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amzn_fcf.commands.options import Arguments
    from model.company import Company
    from model.language.periods import Quarter
    from model.scenarios.scenario import Scenario

MOST_OFFERED: Final = 12


def chosen_scenario(name: str | None, arguments: Arguments) -> Scenario:
    """Compose a scenario as ``--as-of`` and ``--set`` say."""
    return what_if(load_scenario(name, arguments.as_of), arguments.set or ())


def chosen_scenarios(names: Sequence[str], arguments: Arguments) -> list[Scenario]:
    """Compose several; refuse two of one name, whose files and columns could not be told apart."""
    scenarios = [chosen_scenario(name, arguments) for name in names]
    refuse_repeated(scenarios)
    return scenarios


def refuse_repeated(scenarios: Sequence[Scenario]) -> None:
    """Refuse names that differ only in case: file systems and cells do not distinguish them."""
    found = [each.name.lower() for each in scenarios]
    repeated = sorted({each.name for each in scenarios if found.count(each.name.lower()) > 1})
    if repeated:
        raise InputError(f"--scenario {', '.join(repeated)} is given twice, or two files have this name")


def default_scenarios() -> list[str]:
    """Return the names of the workbooks built by default: every scenario, and the base with each overlay."""
    shipped, company = builtin_scenarios(), companies.default()
    if not shipped:
        raise InputError(f"no scenario ships with {company.title}: give one with --scenario")
    return [*shipped, *(f"{company.base}+{overlay}" for overlay in builtin_overlays())]


def named(given: Sequence[str]) -> list[str]:
    """Return the scenarios given, with folders and patterns such as ``cases/*.toml`` replaced by their files.

    Overlays after a folder apply to all its files; overlay files in it are left out.
    """
    names = []
    for each in given:
        first, *overlays = parts_of(each)
        path = Path(first)
        if first in builtin_scenarios() or not (path.is_dir() or "*" in first):
            names.append(each)
            continue
        files = path.iterdir() if path.is_dir() else path.parent.glob(path.name)
        found = [file for file in sorted(files) if is_path(file.name) and file.is_file()]
        found = [file for file in found if not _is_overlay(file)]
        if not found:
            raise InputError(f"--scenario {first}: no scenario file (.toml) there")
        names += ["+".join([str(file), *overlays]) for file in found]
    return names


def refuse_scenario_file(path: Path) -> None:
    """Refuse a scenario file where a workbook is needed."""
    if is_path(path.name):
        remedy = f"amzn-fcf build --scenario {in_shell(str(path))} builds and validates its workbook"
        raise InputError(f"{path} is a scenario file, not a workbook: {remedy}")


def _is_overlay(file: Path) -> bool:
    try:
        return read_file(str(file), companies.default()).overlay
    except AmznFcfError:
        return False  # reported when it is composed


def file_name(scenario: Scenario) -> str:
    """Return the file name of a scenario's workbook."""
    return f"amzn-fcf_{scenario.name}.xlsx"


def offered_with(selected: Scenario, requested: Sequence[Scenario], *, moved: bool) -> list[Scenario]:
    """Return the scenarios that the selector offers: those that ship or were requested, of the same as-of.

    If the as-of was ``moved``, only those requested: the scenarios that ship were not made for it. If there
    are more than :data:`MOST_OFFERED`, ``selected`` is the only one of those requested, so that sheets stay
    readable.
    """
    offered = {} if moved else {each.name: each for each in shipped_at(selected.as_of)}
    together = {each.name: each for each in requested if each.as_of == selected.as_of}
    if len(offered | together) > MOST_OFFERED:
        together = {selected.name: selected}
    return list((offered | together).values())


@companies.cached
def shipped_at(as_of: Quarter, company: Company | None = None) -> tuple[Scenario, ...]:
    """Return the scenarios that ship with an as-of, and the base, or the first of them, with each overlay."""
    shipped = [load_scenario(name, company=company) for name in builtin_scenarios(company)]
    roots = [each for each in shipped if each.as_of == as_of]
    bases = [each for each in roots if each.name == each.company.base] or roots
    names = [f"{base.name}+{overlay}" for base in bases[:1] for overlay in builtin_overlays(company)]
    return (*roots, *(load_scenario(name, company=company) for name in names))
