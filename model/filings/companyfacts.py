"""EDGAR's company facts: all that a company's filings state without dimensions, in one JSON file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from model.errors import InputError
from model.filings.facts import EXACT, Fact, day_of, items_of, quarter_ending, stated
from model.filings.report import FiledReport, check_cik, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.company import Company

FORMS: Final = ("10-Q", "10-K")


def report_of_company_facts(company: Company, data: bytes, file: str) -> FiledReport:
    """Read what the newest 10-Q or 10-K in a companyfacts file states.

    Segments, lines of sales and a company's own tags are not in it: ``lacks`` names the items.
    """
    entries = list(_entries(company, data, file))
    reports = [each for each in entries if str(each.get("form", "")) in FORMS]
    if not reports:
        raise InputError(f"{file}: holds no figure of a 10-Q or 10-K")
    newest = max(reports, key=lambda each: (str(each.get("filed", "")), str(each.get("accn", ""))))
    accession, form = str(newest.get("accn", "")), str(newest["form"])
    facts = [fact for each in reports if each.get("accn") == newest.get("accn") and (fact := _fact(each))]
    ends = max((fact.end for fact in facts if fact.months and fact.quarter), default=None)
    quarter = quarter_ending(ends) if ends else None
    if quarter is None:
        raise InputError(f"{file}: accession {accession} has no figure of a quarter or a year")
    items = items_of(company)
    found = stated(facts, items.values(), file)
    missing = [item for item in items if not any(key[0] == item for key in found)]
    return FiledReport(
        file=file,
        source=source_of(company, form, quarter, accession),
        read_at=f"{file} (EDGAR companyfacts)",
        quarter=quarter,
        stated=found,
        accession=accession,
        lacks=_lacks(company, missing),
    )


def _lacks(company: Company, missing: Sequence[str]) -> str:
    """Return what companyfacts do not give, and what therefore cannot be had from them."""
    if not missing:
        return ""
    lost = [each.total for each in company.filings.identities if set(each.terms) & set(missing)]
    lost = [each for each in dict.fromkeys(lost) if each in missing or each not in items_of(company)]
    what = f"companyfacts hold no segments and no tags of a company's own: {len(missing)} items are not in it"
    return f"{what} ({', '.join(missing)}); so {', '.join(lost)} cannot be had from it"


def _entries(company: Company, data: bytes, file: str) -> Iterator[dict[str, Any]]:
    try:
        content = json.loads(data)
        check_cik(company, int(content["cik"]), str(content.get("entityName", "another company")), file)
        for tags in content["facts"].values():
            for tag, concept in tags.items():
                for unit, values in concept["units"].items():
                    yield from ({**each, "tag": tag, "unit": unit} for each in values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{file}: is no companyfacts file of EDGAR ({type(error).__name__}: {error})"
        ) from None


def _fact(entry: dict[str, Any]) -> Fact | None:
    try:
        start = day_of(entry["start"]) if entry.get("start") else None
        value, end = float(entry["val"]), day_of(entry["end"])
        return Fact(entry["tag"], frozenset(), start, end, value, entry["unit"], EXACT)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
