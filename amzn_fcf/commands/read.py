"""``amzn-fcf read``: the drivers that were changed by hand in a workbook -> a scenario file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf import __version__
from model import companies
from model.errors import AmznFcfError, InputError, WorkbookError
from model.files import write_whole
from model.scenarios.changes import Change, Heading, changes, scenario_text
from model.scenarios.composing import BASE, compose, load_scenario
from model.scenarios.files import builtin_overlays, builtin_scenarios, parse_own
from model.scenarios.scenario import Scenario, assumption_hash
from workbook_templates.plan.layout import COVER, HASH_CELL, INPUTS
from workbook_templates.read.book import read_grids
from workbook_templates.read.inputs import WorkbookInputs, read_inputs
from workbook_templates.read.values import value_at
from workbook_templates.validation.rules.choice import Choice
from workbook_templates.validation.validate import validate_file

if TYPE_CHECKING:
    import argparse

_NOT_INPUTS: Final = frozenset({
    "missing-sheet", "changed-formula", "constant-over-formula", "number-as-text", "input", "history", "unit", "name", "axis",
    "fixed-number",
})  # fmt: skip
"""Rules of ``validate`` for what no scenario file can say: formulas and reported figures changed, values that are not allowed."""


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    path = Path(arguments.file)
    out = Path(arguments.out) if arguments.out else None
    _check_target(out, force=arguments.force)
    inputs, stamp = _read(path)
    base, before = base_of(inputs.selected)
    changed = changes(before, inputs.selected)
    _print_others(path, inputs)
    if not changed or stamp == assumption_hash(inputs.scenarios):
        print(f"{path}: {inputs.selected.name}: no driver was changed; nothing to write")
        return 0
    text = _text(arguments.name or _name_for(out or path), path, inputs.selected, base, changed)
    _prove(text, path, inputs.selected)
    if out is None:
        print(text, end="")
        return 0
    write_whole(out, text.encode())
    print(f"wrote {out}: {base} with {len(changed)} driver{'s' if len(changed) > 1 else ''} changed")
    for change in changed:
        print(
            f"  {change.spec.key}: {', '.join(each for each in change.before) if 'all' not in change.before else change.spec.label}"
        )
    print(f"build it: amzn-fcf build --scenario {out}")
    return 0


def _check_target(out: Path | None, *, force: bool) -> None:
    if out is None:
        return
    if out.suffix != ".toml":
        raise InputError(f"--out {out}: a scenario file needs a name that ends in .toml")
    if out.exists() and not force:
        raise InputError(f"{out} is there: choose another name with --out, or replace it with --force")


def _read(path: Path) -> tuple[WorkbookInputs, object]:
    """Return the inputs of a workbook, and the hash of the assumptions that it was built with.

    Raises
    ------
    WorkbookError
        If the file cannot be read, or more was changed in it than inputs.
    """
    found = validate_file(path, engines=(), choice=Choice(_NOT_INPUTS)).findings
    if found:
        first = found[0]
        what = (
            first.found.removeprefix(f"{first.place}: ")
            if first.rule == "input"
            else f"expected {first.expected}, found {first.found}"
        )
        message = f"{path}: {first.place}: {first.rule}: {what}"
        if len(found) > 1:
            message += f"; and {len(found) - 1} more, which amzn-fcf validate lists"
        raise WorkbookError(message)
    contents = read_grids(path.read_bytes(), formulas=True)
    try:
        inputs = read_inputs(contents)
    except WorkbookError as error:
        raise WorkbookError(f"{path}: {error}") from None
    return inputs, value_at(contents, COVER, *HASH_CELL)


def base_of(selected: Scenario) -> tuple[str, Scenario]:
    """Return the scenario that ships on which a workbook's scenario is based.

    It is the one of its name; for a scenario of a user's own, whose file the workbook does not know, the one
    of its as-of from which the fewest drivers differ.
    """
    first, *overlays = selected.name.split("+")
    if first in builtin_scenarios() and set(overlays) <= set(builtin_overlays()):
        return selected.name, load_scenario(selected.name, selected.as_of)
    loaded = {name: load_scenario(name) for name in builtin_scenarios()}
    names = [name for name, each in loaded.items() if each.as_of == selected.as_of] or [BASE]
    roots = {name: load_scenario(name, selected.as_of) for name in names}
    return min(roots.items(), key=lambda root: len(changes(root[1], selected)))


def _print_others(path: Path, inputs: WorkbookInputs) -> None:
    """Say what a reader of the scenario file would not find in it."""
    if inputs.version != __version__:
        print(
            f"{path}: built by version {inputs.version}: what {__version__} changed since counts as changed by hand",
            file=sys.stderr,
        )
    for each in inputs.scenarios:
        name, before = base_of(each)
        if each is not inputs.selected and name == each.name and (found := changes(before, each)):
            keys = ", ".join(change.spec.key for change in found)
            print(
                f"{path}: {name}: changed too, but not selected: {keys}; select it on {COVER} to read it",
                file=sys.stderr,
            )


def _name_for(path: Path) -> str:
    """Return the name of a file as the name of a scenario."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", path.stem).lstrip("_-")


def _text(name: str, path: Path, selected: Scenario, base: str, changed: list[Change]) -> str:
    by_hand = base == selected.name
    heading = Heading(
        name, f"{selected.title}, changed by hand" if by_hand else selected.title, base, selected.as_of
    )
    where = f"{path.name}, sheet {INPUTS}"
    return scenario_text(
        heading,
        changed,
        f"changed by hand in {where}" if by_hand else f"{where}, where it differs from {base}",
    )


def _prove(text: str, path: Path, selected: Scenario) -> None:
    """Refuse to write a file from which another scenario would be composed than the workbook holds."""
    file = parse_own(text, "--name", companies.default())
    try:
        composed = compose(file, companies.default())
    except AmznFcfError as error:
        raise type(error)(f"{path}: {INPUTS}: {error}") from None
    different = changes(composed, selected)
    if different:
        raise WorkbookError(f"{path}: {INPUTS}: {different[0].spec.key} cannot be given by a scenario file")
