"""From a workbook changed by hand to a scenario file."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from amzn_fcf import __version__
from model import companies
from model.errors import InputError, PeriodError, WorkbookError, located
from model.scenarios.changes import Change, Heading, changes, scenario_text
from model.scenarios.composing import compose
from model.scenarios.files import builtin_overlays, builtin_scenarios, parse_own
from workbook_templates.plan.layout import COVER, INPUTS
from workbook_templates.read.inputs import as_of_in
from workbook_templates.validation.changed import base_of, differing_switches
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import book_of, validate

if TYPE_CHECKING:
    from pathlib import Path

    from model.language.periods import Quarter
    from model.scenarios.scenario import Scenario
    from workbook_templates.read.book import Book
    from workbook_templates.read.inputs import WorkbookInputs
    from workbook_templates.validation.findings import Finding, Report

_UNUSABLE: Final = frozenset({"missing-sheet", "number-as-text", "input", "name", "axis"})
"""Rules for what makes inputs unreadable, or not allowed."""
_NOT_INPUTS: Final = frozenset({
    "changed-formula", "constant-over-formula", "history", "unit", "fixed-number", "unread-value",
})  # fmt: skip
"""Rules for changes beside the inputs, which no scenario file can hold."""

_LONGEST_STEM: Final = 50
"""Characters of a file's name in the name of a scenario, which holds up to 60."""


def inputs_in(path: Path, as_of: Quarter | None = None) -> tuple[WorkbookInputs, bool]:
    """Return the inputs of a workbook, and whether they are those with which it was built.

    A file that cannot be read, or whose inputs cannot be used, is a :class:`WorkbookError`, one that has
    another ``as_of`` than asked for an :class:`InputError`; other changes, which no scenario file can hold,
    are printed.
    """
    book = book_of(path)
    if as_of is not None:
        _refuse_other(as_of, path, book)
    report = usable(path, book, Choice(_UNUSABLE | _NOT_INPUTS))
    for each in report.findings:
        print(f"{path}: {each.place}: {_beside(each)}", file=sys.stderr)
    return inputs_found(report), report.is_as_built


def _refuse_other(as_of: Quarter, path: Path, book: Book) -> None:
    """Refuse a workbook of another as-of, before it is looked at more closely."""
    with suppress(PeriodError):  # said when its inputs are read
        if (own := as_of_in(book.contents)) != as_of:
            raise InputError(f"{path} is a workbook as of {own}: compare it with one of that as-of")


def inputs_found(report: Report) -> WorkbookInputs:
    """Return the inputs of a workbook of ours."""
    if report.inputs is None:
        raise WorkbookError(f"{report.path}: not a workbook of this model: it lacks most of its sheets")
    return report.inputs


def usable(path: Path, book: Book, choice: Choice | None = None) -> Report:
    """Return what was found in a workbook whose inputs can be used, else raise a :class:`WorkbookError`.

    ``book``: what was read in the file.
    """
    with located(str(path)):
        report = validate(book, str(path), engines=(), choice=choice or Choice(_UNUSABLE))
    if found := [each for each in report.findings if each.rule in _UNUSABLE]:
        first = found[0]
        fault = f"expected {first.expected}, found {first.found}"
        if first.rule == "input":
            fault = first.found.removeprefix(f"{first.place}: ")
        more = f"; and {len(found) - 1} more, which amzn-fcf validate lists" if len(found) > 1 else ""
        raise WorkbookError(f"{path}: {first.place}: {first.rule}: {fault}{more}")
    return report


def _beside(finding: Finding) -> str:
    """Say of a change that is none of an input what it is, and that it is left out."""
    if finding.rule == "unread-value":
        return f"{finding.found} was typed where nothing reads it; {finding.remedy}"
    found = f"expected {finding.expected}, found {finding.found}"
    return f"{finding.rule}, which a scenario file cannot hold: {found}"


def print_others(path: Path, inputs: WorkbookInputs) -> None:
    """Print differences that the scenario file will not hold, or that are not the user's."""
    if inputs.version != __version__:
        changes_since = f"changes since then in version {__version__} count as changed by hand"
        print(f"{path}: built by version {inputs.version}: {changes_since}", file=sys.stderr)
    said = {change.spec.key: change.given for change in _changed(inputs.selected.root)}
    for each in inputs.scenarios:
        found = [change for change in _changed(each) if said.get(change.spec.key) != change.given]
        if each.name != inputs.selected.root.name and found:
            keys = ", ".join(change.spec.key for change in found)
            remedy = f"select it on {COVER} to read it"
            print(f"{path}: {each.name}: also changed, but not selected: {keys}; {remedy}", file=sys.stderr)

    on = {each.name for each in inputs.selected.overlays}
    off: dict[str, list[str]] = {}
    for place, key, *_ in differing_switches(inputs):
        if (name := inputs.switches[place].name) not in on:
            off.setdefault(name, []).append(key)
    for name, drivers in off.items():
        what, remedy = f"switch {name}: also changed, but off", f"switch it on ({COVER}) to read it"
        print(f"{path}: {what}: {', '.join(drivers)}; {remedy}", file=sys.stderr)


def _changed(scenario: Scenario) -> list[Change]:
    """Return what differs from the scenario that ships under the same name; nothing of a user's own."""
    name, before = base_of(scenario)
    return changes(before, scenario) if name == scenario.name else []


def name_for(path: Path) -> str:
    """Return a name for a scenario after a file: of allowed characters, and of none that ships."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).lstrip("_-")[:_LONGEST_STEM] or "mine"
    shipped = [*builtin_scenarios(), *builtin_overlays()]
    return f"{plain}_changed" if plain.lower() in {each.lower() for each in shipped} else plain


def file_text(name: str, path: Path, selected: Scenario, base: str, changed: list[Change]) -> str:
    """Return the scenario file of a workbook's selected scenario."""
    title, source = selected.title, f"{path.name}, sheet {INPUTS}"
    if base == selected.name:
        title, source = f"{title}, changed by hand", f"changed by hand in {source}"
    else:
        source += f", where it differs from {base}"
    return scenario_text(Heading(name, title, base, selected.as_of), changed, source)


def check_text(text: str, path: Path, selected: Scenario) -> None:
    """Refuse a scenario file that does not give the workbook's scenario."""
    file = parse_own(text, "--name", companies.default())
    with located(f"{path}: {INPUTS}"):
        composed = compose(file, companies.default())
    different = changes(composed, selected)
    if different:
        raise WorkbookError(f"{path}: {INPUTS}: {different[0].spec.key} cannot be given by a scenario file")
