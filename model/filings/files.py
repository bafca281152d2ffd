"""Files of results day: which reader a file needs, and what is written into the folder of own data."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.data_folder import forget_folders
from model.errors import InputError, WorkbookError
from model.files import bytes_of_file, text_of_file, write_files, write_whole
from model.filings.companyfacts import report_of_company_facts
from model.filings.filled_in import report_of_table
from model.filings.report import LARGEST, report_of_filing
from model.reported.actuals import ANNUAL_FILE, COLUMNS, KEY, QUARTERLY_FILE, SINCE
from model.reported.csv_tables import records_of, text_of_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.company import Company, Figure
    from model.filings.known import Entry
    from model.filings.report import FiledReport

_TABLE: Final = ".csv"
_FACTS: Final = ".json"
_FILINGS: Final = (".xml", ".htm", ".html", ".xhtml")
_ACCESSION: Final = re.compile(r"(?<!\d)(\d{10})-?(\d{2})-?(\d{6})(?!\d)")
_LARGEST_TABLE: Final = 8 << 20
_HEADS: Final = (*COLUMNS, SINCE)


def read_report(company: Company, name: str, accession: str = "") -> FiledReport:
    """Read a file by what its name ends in; anything that it cannot be is an :class:`InputError`.

    ``accession``: of a filing, where neither its name nor its folder has it.
    """
    path, end = Path(name), Path(name).suffix.lower()
    if end == _TABLE:
        return report_of_table(company, text_of_file(path, "table", _LARGEST_TABLE), path.name)
    if end == _FACTS:
        return report_of_company_facts(company, bytes_of_file(path, "companyfacts", LARGEST), path.name)
    if end in _FILINGS:
        data = bytes_of_file(path, "filing", LARGEST)
        return report_of_filing(company, data, path.name, accession or accession_in(name))
    ends = ", ".join((_TABLE, _FACTS, *_FILINGS))
    raise InputError(f"{name}: needs a filing, a companyfacts file or a table ({ends})")


def accession_in(name: str) -> str:
    """Return the accession number in a path, as EDGAR's folders have it; empty: none.

    Examples
    --------
    >>> accession_in("edgar/000101872426000026/amzn-20260630_htm.xml")
    '0001018724-26-000026'
    """
    found = _ACCESSION.findall(str(name))
    return "-".join(found[-1]) if found else ""


def write_entries(company: Company, entries: Sequence[Entry]) -> list[Path]:
    """Write the figures of entries into the folder of own data: both tables, or none of them."""
    folder = Path(company.own.folder)
    contents = {}
    for file in (ANNUAL_FILE, QUARTERLY_FILE):  # the quarter last: a year alone changes no as-of
        rows = {
            (each.item, each.period, each.since): _row(each.figure, each.since)
            for each in entries
            if each.place[0] == file and each.figure
        }
        if rows:
            own = company.own.text(file)
            kept = records_of(own, file, COLUMNS, (SINCE,)) if own else []
            merged = {tuple(row[part] for part in KEY): [row[head] for head in _HEADS] for _, row in kept}
            contents[folder / file] = text_of_rows([_HEADS, *(merged | rows).values()]).encode()
    written = _written_together(contents) if contents else []
    forget_folders()
    return written


def _written_together(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files; if one cannot be renamed, those renamed before it become what they were."""
    before = {path: path.read_bytes() if path.exists() else None for path in contents}
    try:
        return write_files(contents)
    except BaseException:
        with contextlib.suppress(OSError, WorkbookError):
            for path, data in before.items():
                if data is None:
                    path.unlink(missing_ok=True)
                elif path.read_bytes() != data:
                    write_whole(path, data)
        raise


def _row(figure: Figure, since: str) -> list[str]:
    """Return the cells of a figure, in the order of the columns."""
    texts = (figure.unit, figure.check, figure.source, figure.read_at, since)
    return [figure.item, figure.period, f"{figure.value:.15g}", *texts]
