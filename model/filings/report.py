"""A report: what a filing, a press release or a filled-in table states of a quarter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.filings.facts import items_of, quarter_ending, stated
from model.filings.instance import read_filing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company
    from model.filings.facts import Key, Stated
    from model.language.periods import Quarter

LARGEST: Final = 48 << 20
"""Bytes of a filing; an annual report has three million."""


@dataclass(frozen=True)
class FiledReport:
    """What one file states.

    ``file``: its name for messages; ``source``: the document; ``read_at``: where it was read; ``stated``: its
    figures; ``notes``: check and source of figures that have their own; ``lacks``: what it cannot hold.
    """

    file: str
    source: str
    read_at: str
    quarter: Quarter
    stated: Mapping[Key, Stated]
    accession: str = ""
    is_filing: bool = True
    notes: Mapping[Key, tuple[str, str]] = field(default_factory=dict)
    lacks: str = ""


def check_cik(company: Company, cik: int, name: str, where: str) -> None:
    """Refuse the filing of another company."""
    if cik != company.filings.cik:
        own = f"{company.title} has CIK {company.filings.cik:010}"
        raise InputError(f"{where}: is a filing of {name}, CIK {cik:010}; {own}")


def source_of(company: Company, form: str, quarter: Quarter, accession: str) -> str:
    """Return what a filing is called in the data: ``AMZN 10-Q (2026Q3), accession 0001018724-26-000031``."""
    period = f"FY{quarter.year}" if form.startswith("10-K") else quarter
    numbered = f", accession {accession}" if accession else ""
    return f"{company.filings.ticker} {form} ({period}){numbered}"


def report_of_filing(
    company: Company, data: bytes, file: str, accession: str = "", read_at: str = ""
) -> FiledReport:
    """Read an instance or an inline filing; what is none, or another company's, is an :class:`InputError`."""
    filing = read_filing(data, file)
    check_cik(company, filing.cik, filing.company, file)
    quarter = quarter_ending(filing.ends)
    if quarter is None:
        raise InputError(f"{file}: ends on {filing.ends}, with which no quarter ends: it is no 10-Q or 10-K")
    return FiledReport(
        file=file,
        source=source_of(company, filing.form, quarter, accession),
        read_at=read_at or file,
        quarter=quarter,
        stated=stated(filing.facts, items_of(company).values(), file),
        accession=accession,
    )
