"""The scenarios that a command is given, those that ship, and those that a workbook offers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.errors import in_shell
from model import companies
from model.errors import AmznFcfError, InputError
from model.scenarios.composing import load_scenario, shipped_overlays
from model.scenarios.files import builtin_scenarios, is_path, parts_of, read_file
from model.scenarios.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amzn_fcf.commands.options import Arguments
    from model.company import Company
    from model.language.periods import Quarter
    from model.scenarios.overlay import Overlay
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


def default_scenarios(*, moved: bool = False) -> list[str]:
    """Return the scenarios whose workbooks are built by default: one for each as-of, the base if it is there.

    It offers the other scenarios of its as-of; those that stand apart have a workbook of their own. If the
    as-of is ``moved``, workbooks offer what is asked for only: every scenario.
    """
    shipped, company = builtin_scenarios(), companies.default()
    if not shipped:
        raise InputError(f"no scenario ships with {company.title}: give one with --scenario")
    if moved:
        return shipped
    found: dict[object, str] = {}
    for name in shipped:
        key: object = name
        if name not in company.presentation.workbook.apart:
            with suppress(AmznFcfError):  # reported when it is built
                key = load_scenario(name).as_of
        if key not in found or name == company.base:
            found[key] = name
    return list(found.values())


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


@dataclass(frozen=True, repr=False)
class Offer:
    """What a workbook offers: scenarios, and overlays as switches, which are applied in their order."""

    scenarios: tuple[Scenario, ...]
    switches: tuple[Overlay, ...]

    def selected(self, wanted: Scenario) -> Scenario:
        """Return a scenario that was asked for as the workbook has it, with its overlays in their order.

        Overlays that give other values in another order are refused.
        """
        root = next(each for each in self.scenarios if each.name == wanted.root.name)
        names = {each.name for each in wanted.overlays}
        found = root.with_overlays([each for each in self.switches if each.name in names])
        if found.table != wanted.table:
            remedy = f"write {found.name}, or put what both change into one overlay"
            raise InputError(f"{wanted.name}: a workbook applies overlays in its own order: {remedy}")
        return found


def offered_with(wanted: Scenario, requested: Sequence[Scenario], *, moved: bool) -> Offer:
    """Return what the workbook of a scenario offers: what ships or was requested, of the same as-of.

    Overlays that ship are always there. If the as-of was ``moved``, scenarios only as requested: those that
    ship were not made for it. If there are more than :data:`MOST_OFFERED`, only the one that is ``wanted``,
    and its overlays, of those requested, so that sheets stay readable.
    """
    shipped = {} if moved else {each.name: each for each in shipped_at(wanted.as_of)}
    switches = {each.name: each for each in shipped_overlays(wanted.as_of, wanted.company)}
    together = [each for each in requested if each.as_of == wanted.as_of and not _is_apart(each, wanted)]
    if len(shipped | {each.root.name: each for each in together}) > MOST_OFFERED:
        together = [wanted]
    roots: dict[str, Scenario] = {}
    for each in together:
        if roots.setdefault(each.root.name, each.root).table != each.root.table:
            raise InputError(f"--scenario: two scenarios are called {each.root.name!r}: rename one of them")
    for overlay in (overlay for each in together for overlay in each.overlays):
        if switches.setdefault(overlay.name, overlay) != overlay:
            raise InputError(f"--scenario: two overlays are called {overlay.name!r}: rename one of them")
    return Offer(tuple((shipped | roots).values()), tuple(switches.values()))


def _is_apart(each: Scenario, wanted: Scenario) -> bool:
    """Tell whether a scenario that ships stands in its own workbook and in no other."""
    return each.root.name != wanted.root.name and each.root.name in each.company.presentation.workbook.apart


@companies.cached
def shipped_at(as_of: Quarter, company: Company | None = None) -> tuple[Scenario, ...]:
    """Return the scenarios that ship with an as-of and share a selector."""
    shipped = [load_scenario(name, company=company) for name in builtin_scenarios(company)]
    apart = (company or companies.default()).presentation.workbook.apart
    return tuple(each for each in shipped if each.as_of == as_of and each.name not in apart)
