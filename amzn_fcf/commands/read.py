"""``amzn-fcf read``: the drivers changed by hand in a workbook -> a scenario file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from amzn_fcf.commands.options import Arguments, choice, flag, option

SUMMARY: Final = "read the drivers changed by hand in a workbook into a scenario file"
EXAMPLE: Final = "amzn-fcf read out/amzn-fcf_base.xlsx --out mine.toml"
OPTIONS: Final = (
    option("file", "FILE", "a workbook written by amzn-fcf build; its selected scenario is read"),
    option("--out", "FILE.toml", "the scenario file; default: print it"),
    option("--name", "NAME", "name of the scenario; default: after the file"),
    flag("--force", "replace an existing scenario file"),
    choice("--format", ("text", "json"), "json: the changed inputs instead of the file's text"),
)


def run(arguments: Arguments) -> int:
    from amzn_fcf.building import scenario_files
    from amzn_fcf.building.new_files import new_file
    from amzn_fcf.building.selection import refuse_scenario_file
    from amzn_fcf.text.comparison import input_records
    from amzn_fcf.text.errors import in_shell
    from amzn_fcf.text.tables import print_records
    from model.files import write_whole
    from model.language.units import counted
    from model.scenarios.changes import changes
    from workbook_templates.validation.changed import base_of

    path = Path(arguments.file)
    given, force = arguments.out, arguments.force
    out = new_file(given, "a scenario file", ".toml", force=force) if given else None
    refuse_scenario_file(path)
    inputs, is_as_built = scenario_files.inputs_in(path)
    base, before = base_of(inputs.selected)
    found = changes(before, inputs.selected)
    scenario_files.print_others(path, inputs)
    as_text = arguments.format == "text"
    if not as_text:
        print_records([] if is_as_built else input_records(found, inputs.selected), "json")
    if not found or is_as_built:
        if as_text:
            print(f"{path}: {inputs.selected.name}: no driver was changed; nothing to write")
        return 0
    name = arguments.name or scenario_files.name_for(out or path)
    text = scenario_files.file_text(name, path, inputs.selected, base, found)
    scenario_files.check_text(text, path, inputs.selected)
    if out is not None:
        write_whole(out, text.encode())
    elif as_text:
        print(text, end="")
    if out is None or not as_text:
        return 0
    print(f"wrote {out}: {base} with {counted(len(found), 'driver')} changed")
    for change in found:
        periods = change.spec.label if "all" in change.before else ", ".join(change.before)
        print(f"  {change.spec.key}: {periods}")
    print(f"build it: amzn-fcf build --scenario {in_shell(str(out))}")
    return 0
