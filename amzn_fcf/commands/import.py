"""``amzn-fcf import``: filings and filled-in tables, tied to the data and taken into the user's own."""  # noqa: N999

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import FORMAT, Arguments, flag, option

if TYPE_CHECKING:
    from model.company import Company
    from model.filings.report import FiledReport

SUMMARY: Final = "take a reported quarter into your own data: every figure tied to its filing"
EXAMPLE: Final = "amzn-fcf import amzn-20260930_htm.xml --data my-data"
MAKES_DATA: Final = True
OPTIONS: Final = (
    option(
        "file", "FILE", "an XBRL instance (*_htm.xml), an inline filing (.htm), EDGAR's companyfacts "
        "(.json), or a filled-in table (.csv)", nargs="*",
    ),
    option("--template", "QUARTER", "print the table to fill in on the night of the results"),
    option("--accession", "NUMBER", "accession number of the filing, if its path does not have it"),
    flag("--edgar", "read the newest filing from EDGAR, over the network; needs --agent"),
    option("--form", None, "of --edgar: 10-Q or 10-K; default: the newer of them", choices=("10-Q", "10-K")),
    option("--agent", "TEXT", "of --edgar: your name and mail address, which the SEC requires"),
    option("--edgar-address", "URL", "of --edgar: another address than the SEC's"),
    flag("--dry-run", "print the tie report; write nothing"),
    flag("--replace", "replace figures of yours that differ from their own filing"),
    FORMAT,
)  # fmt: skip
_DIFFERS: Final = 1


def run(arguments: Arguments) -> int:
    from pathlib import Path

    from amzn_fcf.text.imports import print_intake, print_written, tie_records
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.errors import InputError
    from model.files import check_place
    from model.filings.files import write_entries
    from model.filings.filled_in import template
    from model.filings.intake import take_in
    from model.language.periods import Quarter

    company = companies.default()
    if arguments.template is not None:
        if arguments.file:
            raise InputError("--template takes no files: it prints the table to fill in")
        print(template(company, Quarter.parse(arguments.template)), end="")
        return 0
    if not arguments.dry_run and not company.own.folder:
        raise InputError("import writes into a folder of your own: name it with --data, or add --dry-run")
    if not arguments.dry_run:
        check_place(Path(company.own.folder))
    intake = take_in(company, _reports(arguments, company), replaces=arguments.replace)
    differs = intake.count("differs")
    written = [] if arguments.dry_run or differs else write_entries(company, intake.written)
    if arguments.format == "text":
        print_intake(intake)
        print_written(intake, written, dry_run=arguments.dry_run)
    else:
        print_records(tie_records(intake), arguments.format, "tie")
    return _DIFFERS if differs else 0


def _reports(arguments: Arguments, company: Company) -> list[FiledReport]:
    from model.errors import InputError
    from model.filings.files import read_report

    if arguments.edgar:
        from model.filings.edgar import Edgar, cache_folder, newest_report

        if arguments.file:
            raise InputError("--edgar takes no files: it reads the newest filing")
        edgar = Edgar(arguments.agent or "", arguments.edgar_address or "", cache_folder())
        return [newest_report(company, edgar, arguments.form or "")]
    if not arguments.file:
        raise InputError("import needs a file: a filing, a companyfacts file or a filled-in table")
    return [read_report(company, name, arguments.accession or "") for name in arguments.file]
