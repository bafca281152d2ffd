"""The documents behind figures: accession numbers of filings, and their addresses at the SEC."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.reported.csv_tables import records

if TYPE_CHECKING:
    from model.company import Company

DOCUMENTS_FILE: Final = "documents.csv"
_COLUMNS: Final = ("document", "accession", "source")
ACCESSION: Final = re.compile(r"\b\d{10}-\d{2}-\d{6}\b")
ARCHIVES: Final = "https://www.sec.gov"


def accession_of(company: Company, source: str) -> str:
    """Return the accession number of the filing that a source names; empty where it is not known.

    The number in the source's own text counts, or that of the first document of ``documents.csv`` in it.

    Examples
    --------
    >>> from model.companies import default
    >>> accession_of(default(), "AMZN 10-K (FY2024), 2025-02-07")
    '0001018724-25-000004'
    """
    given = ACCESSION.search(source)
    if given:
        return given[0]
    named = ((source.find(document), number) for document, number in _documents(company).items())
    return min(((place, number) for place, number in named if place >= 0), default=(0, ""))[1]


def address_of(company: Company, accession: str) -> str:
    """Return the address of a filing at the SEC; empty without an accession number or a CIK.

    Examples
    --------
    >>> from model.companies import default
    >>> address_of(default(), "0001018724-26-000026")
    'https://www.sec.gov/Archives/edgar/data/1018724/000101872426000026/'
    """
    if not company.filings.cik or not ACCESSION.fullmatch(accession):
        return ""
    return f"{ARCHIVES}/Archives/edgar/data/{company.filings.cik}/{accession.replace('-', '')}/"


@cache
def _documents(company: Company) -> dict[str, str]:
    found = {}
    for where, row in records(company, DOCUMENTS_FILE, _COLUMNS, ("document",), optional=True):
        if not ACCESSION.fullmatch(row["accession"]) or not row["document"]:
            raise InputError(
                f"{where}: needs a document and its accession number, such as 0001018724-26-000026"
            )
        found[row["document"]] = row["accession"]
    return found
