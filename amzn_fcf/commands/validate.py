"""``amzn-fcf validate``: findings as text, JSON or JUnit; 0 no errors, 1 errors (with --strict: warnings too), 2 cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from amzn_fcf.cli import CANNOT_READ, one_line
from amzn_fcf.text.findings import as_json, as_junit, print_report
from amzn_fcf.text.tables import Column, print_records, print_table, progress
from model.errors import AmznFcfError, InputError
from workbook_templates.engines.engines import DEFAULT_ENGINE, engine_named
from workbook_templates.validation.rules.choice import Choice, every_rule
from workbook_templates.validation.validate import validate_file
from xlwings_udfs.hosts.desktop.template import companions
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from workbook_templates.validation.findings import Report


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    choice = Choice(frozenset(arguments.rule or ()), frozenset(arguments.skip or ()))
    if arguments.list_rules:
        _list_rules(choice, arguments.format)
        return 0
    if not arguments.file:
        raise InputError("validate needs a workbook: amzn-fcf validate out/amzn-fcf_base.xlsx")
    engines = list(dict.fromkeys(arguments.engine or [DEFAULT_ENGINE]))
    for name in engines:
        engine_named(name).require()
    reports, unreadable = [], []
    for path in progress(_files(arguments.file), "Validating"):
        try:
            reports.append(validate_file(path, engines, register, choice, companions))
        except AmznFcfError as error:
            unreadable.append(str(error))
    _print(reports, arguments.format)
    for message in unreadable:
        print(f"amzn-fcf: error: {one_line(message)}", file=sys.stderr)
    if unreadable:
        return CANNOT_READ
    failing = {"error", "warning"} if arguments.strict else {"error"}
    return int(any(report.worst in failing for report in reports))


def _files(names: Sequence[str]) -> list[Path]:
    """Return the files, and the workbooks in folders."""
    found: list[Path] = []
    for path in map(Path, names):
        inside = (
            sorted(each for each in path.glob("*.xls[xm]") if not each.name.startswith((".", "~")))
            if path.is_dir()
            else []
        )
        found += inside or [path]
    return found


def _print(reports: Sequence[Report], form: str) -> None:
    if form == "json":
        print(as_json(reports))
    elif form == "junit":
        print(as_junit(reports))
    else:
        for report in reports:
            print_report(report)


def _list_rules(choice: Choice, form: str) -> None:
    """Print the rules that would be applied."""
    rules = [rule for rule in every_rule() if choice.takes(rule)]
    if form == "json":
        records = [{"name": each.name, "group": each.group, "severity": each.severity, "looks_for": each.looks_for, "remedy": each.remedy}
                   for each in rules]  # fmt: skip
        print_records(records, form)
        return
    rows = [[each.name, each.group, each.severity, each.looks_for] for each in rules]
    print_table("", [Column("rule"), Column("group"), Column("severity"), Column("looks for")], rows)
