"""``amzn-fcf roll``: a scenario moved to a new quarter: its misses, and its change in value by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import SCENARIO, Arguments, choice, flag, option

if TYPE_CHECKING:
    from pathlib import Path

    from model.company import Company

SUMMARY: Final = "move a scenario to a reported quarter: misses by line, estimates, and value by cause"
EXAMPLE: Final = "amzn-fcf roll --scenario base --data my-data --out my-data/scenarios/base.toml"
OPTIONS: Final = (
    SCENARIO,
    option("--to", "QUARTER", "the new as-of; default: the latest reported quarter"),
    option("--out", "FILE.toml", "also write the scenario at the new as-of"),
    flag("--force", "replace an existing scenario file"),
    choice("--format", ("text", "json")),
)


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.new_files import new_file
    from amzn_fcf.text.comparison import estimates
    from amzn_fcf.text.roll import print_roll, roll_records
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.data_folder import forget_folders
    from model.files import write_whole
    from model.language.periods import Quarter
    from model.roll.file import file_of
    from model.roll.judged import bands, settled
    from model.roll.rolling import roll
    from model.roll.variance import misses

    given, force = arguments.out, arguments.force
    out = None if given is None else new_file(given, "a scenario file", ".toml", force=force)
    replaces = _takes_place(out, companies.default()) if out else False
    to = Quarter.parse(arguments.to) if arguments.to is not None else None
    found = roll(arguments.scenario, to)
    text = file_of(found.after, out.stem, takes_place=replaces) if out else ""
    quarter = found.after.as_of
    missed = misses(found.before, quarter)
    figures = estimates(found.before, found.after)
    claims = settled(found.before.as_of, found.after.as_of, found.after)
    band = bands(found.before, quarter, missed)
    if out:
        write_whole(out, text.encode())
        forget_folders()
    if arguments.format == "json":
        print_records(list(roll_records(found, missed, figures, claims, band)), "json")
        return 0
    print_roll(found, missed, figures, claims, band)
    if out:
        print(f"wrote {out}")
    return 0


def _takes_place(out: Path, company: Company) -> bool:
    """Tell whether a file takes the place of a scenario in force, which it may only in the user's data."""
    from pathlib import Path

    from model.data_folder import SCENARIOS
    from model.errors import InputError
    from model.scenarios.files import builtin_scenarios

    named = out.stem in builtin_scenarios(company)
    folder = Path(company.own.folder) / SCENARIOS if company.own.folder else None
    inside = folder is not None and out.parent.resolve() == folder.resolve()
    if named and not inside:
        place = f"{folder}" if folder else "the folder scenarios of your data (--data)"
        raise InputError(f"{out.stem} is a scenario in force: write it into {place}, or under another name")
    return named
