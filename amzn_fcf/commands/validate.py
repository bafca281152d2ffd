"""``amzn-fcf validate``: findings as text, JSON or JUnit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import Arguments, choice, flag, option, repeated
from amzn_fcf.text.errors import CANNOT_READ, complain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.validation.findings import Report

SUMMARY: Final = "check workbooks: ours cell by cell against the model, any other by generic audit rules"
EXAMPLE: Final = (
    "amzn-fcf validate out/*.xlsx --engine formualizer --engine ironcalc; "
    "exit status: 0 no errors, 1 errors, 2 a file cannot be read"
)
ENGINES: Final = ("formualizer", "ironcalc", "libreoffice", "gnumeric")
OPTIONS: Final = (
    option("file", "FILE", "workbooks (.xlsx or .xlsm), or folders of them", nargs="*"),
    repeated(
        "--engine", None, f"engine to calculate with; may be repeated; default: {ENGINES[0]}", choices=ENGINES
    ),
    repeated("--rule", "NAME", "apply only this rule or group; may be repeated"),
    repeated("--skip", "NAME", "leave out this rule or group; may be repeated"),
    option("--certificate", "FILE.json", "write what was proved of the one workbook, if it has no errors"),
    option(
        "--against", "FILE.json", "compare the one workbook with its certificate; exit status 1 if it differs"
    ),
    flag("--strict", "exit status 1 for warnings, too"),
    flag("--list-rules", "list the rules, with severity and purpose"),
    choice("--format", ("text", "json", "junit")),
)


def run(arguments: Arguments) -> int:
    from amzn_fcf.building.new_files import check_target
    from amzn_fcf.building.selection import refuse_scenario_file
    from amzn_fcf.text.findings import Unreadable, print_reports, print_rules
    from amzn_fcf.text.tables import progress
    from model.errors import AmznFcfError, InputError
    from workbook_templates.engines.engines import engine_named
    from workbook_templates.validation.findings import Report
    from workbook_templates.validation.rules.choice import Choice
    from workbook_templates.validation.validate import validate_file
    from xlwings_udfs.hosts.desktop.template import companions
    from xlwings_udfs.hosts.headless import register

    certifying = arguments.certificate or arguments.against
    if certifying and (len(arguments.file) != 1 or not Path(arguments.file[0]).is_file()):
        raise InputError("--certificate and --against need one workbook")
    if certifying and (arguments.rule or arguments.skip):
        raise InputError("a certificate needs all rules: leave out --rule and --skip")
    choice = Choice(frozenset(arguments.rule or ()), frozenset(arguments.skip or ()))
    if arguments.list_rules:
        print_rules(choice, arguments.format)
        return 0
    if not arguments.file:
        raise InputError("validate needs a workbook: amzn-fcf validate out/amzn-fcf_base.xlsx")
    if arguments.certificate:
        check_target("--certificate", Path(arguments.certificate))
    engines = list(dict.fromkeys(arguments.engine or ENGINES[:1]))
    for name in engines:
        engine_named(name).require()
    outcomes: list[Report | Unreadable] = []
    for path in progress(_files(arguments.file), "Validating"):
        try:
            refuse_scenario_file(path)
            outcomes.append(validate_file(path, engines, register, choice, companions))
        except AmznFcfError as error:
            outcomes.append(Unreadable(str(path), str(error)))
    print_reports(outcomes, arguments.format)
    unreadable = [each.message for each in outcomes if isinstance(each, Unreadable)]
    for message in unreadable:
        complain(message)
    if unreadable:
        return CANNOT_READ
    if certifying and isinstance(outcomes[0], Report) and not _certify(arguments, outcomes[0]):
        return 1
    failing = {"error", "warning"} if arguments.strict else {"error"}
    return int(any(each.worst in failing for each in outcomes if not isinstance(each, Unreadable)))


def _certify(arguments: Arguments, report: Report) -> bool:
    """Write the certificate of a workbook, or compare it with one; tell whether it is certified."""
    import json

    from amzn_fcf import __version__
    from model.errors import InputError, WorkbookError
    from model.files import write_whole
    from workbook_templates.validation.certificate import certificate, differences

    try:
        found = certificate(Path(report.path).read_bytes(), report, __version__)
    except WorkbookError as error:
        complain(str(error))
        return False
    if arguments.certificate:
        write_whole(Path(arguments.certificate), (json.dumps(found, indent=1) + "\n").encode())
    if not arguments.against:
        return True
    try:
        different = differences(json.loads(Path(arguments.against).read_bytes()), found)
    except (OSError, ValueError, WorkbookError) as error:
        raise InputError(f"--against {arguments.against}: cannot be read: {error}") from None
    for each in different:
        complain(f"{report.path}: {each}")
    return not different


def _files(names: Sequence[str]) -> list[Path]:
    found: list[Path] = []
    for path in map(Path, names):
        inside = sorted(path.glob("*.xls[xm]")) if path.is_dir() else []
        found += [each for each in inside if not each.name.startswith((".", "~"))] or [path]
    return found
