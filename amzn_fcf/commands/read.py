"""``amzn-fcf read``: the drivers changed by hand in a workbook -> a scenario file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from amzn_fcf.commands.options import Arguments, option

SUMMARY: Final = "read the drivers changed by hand in a workbook into a scenario file"
EXAMPLE: Final = "amzn-fcf read out/amzn-fcf_base.xlsx --out mine.toml"
OPTIONS: Final = (
    option("file", "a workbook written by amzn-fcf build; its selected scenario is read", metavar="FILE"),
    option("--out", "the scenario file; default: print it", metavar="FILE.toml"),
    option("--name", "name of the scenario; default: the file's name without its ending", metavar="NAME"),
    option("--force", "replace an existing scenario file", action="store_true"),
)


def run(arguments: Arguments) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    from amzn_fcf.building.changed import (
        base_of,
        changed_inputs,
        check_text,
        file_text,
        name_for,
        print_others,
    )
    from model.files import write_whole
    from model.scenarios.changes import changes
    from model.scenarios.scenario import assumption_hash

    path = Path(arguments.file)
    out = Path(arguments.out) if arguments.out else None
    _check_target(out, force=arguments.force)
    inputs, stamp = changed_inputs(path)
    base, before = base_of(inputs.selected)
    changed = changes(before, inputs.selected)
    print_others(path, inputs)
    if not changed or stamp == assumption_hash(inputs.scenarios):
        print(f"{path}: {inputs.selected.name}: no driver was changed; nothing to write")
        return 0
    text = file_text(arguments.name or name_for(out or path), path, inputs.selected, base, changed)
    check_text(text, path, inputs.selected)
    if out is None:
        print(text, end="")
        return 0
    write_whole(out, text.encode())
    print(f"wrote {out}: {base} with {len(changed)} driver{'s' if len(changed) > 1 else ''} changed")
    for change in changed:
        periods = change.spec.label if "all" in change.before else ", ".join(change.before)
        print(f"  {change.spec.key}: {periods}")
    print(f"build it: amzn-fcf build --scenario {out}")
    return 0


def _check_target(out: Path | None, *, force: bool) -> None:
    from model.errors import InputError

    if out is None:
        return
    if out.suffix != ".toml":
        raise InputError(f"--out {out}: a scenario file needs a name that ends in .toml")
    if out.exists() and not force:
        raise InputError(f"{out} already exists: choose another name with --out, or replace it with --force")
