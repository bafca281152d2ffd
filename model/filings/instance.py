"""XBRL in a file: an instance (``*_htm.xml``) or an inline filing (``.htm``), read without trust."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from model.errors import InputError
from model.filings.facts import EXACT, Fact, day_of

if TYPE_CHECKING:
    from datetime import date
    from xml.etree.ElementTree import Element

MOST_FACTS: Final = 100_000
_YEAR_DAYS: Final = 365.25
_DURATION: Final = re.compile(r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")
_ZERO_FORMATS: Final = ("zerodash", "fixed-zero", "numdash")
_COMMA_FORMATS: Final = ("num-comma-decimal", "numcommadecimal", "numcomma")
_DAY_IN_WORDS: Final = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEXTS: Final = ("DocumentType", "DocumentPeriodEndDate", "EntityRegistrantName")


@dataclass(frozen=True)
class Filing:
    """What a filing holds: the CIK of its company, texts about the document, and its facts."""

    cik: int
    form: str
    ends: date
    company: str
    facts: tuple[Fact, ...]


def read_filing(data: bytes, where: str) -> Filing:
    """Read the XBRL of a file; ``where`` begins messages.

    Document type definitions and entities, which can make a small file huge, are refused. A file without
    facts, or cut short, is an :class:`InputError`.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise InputError(
            f"{where}: has a document type or entities, which no filing needs: refused"
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError, OverflowError) as error:
        hint = "is it complete? download it again"
        raise InputError(f"{where}: is not well-formed XML ({error}); {hint}") from None
    return _filing(root, where)


@dataclass(frozen=True)
class _Context:
    cik: str
    dimensions: frozenset[tuple[str, str]]
    start: date | None
    end: date


def _filing(root: Element, where: str) -> Filing:
    contexts: dict[str, _Context] = {}
    units: dict[str, str] = {}
    held: list[Element] = []
    for element in root.iter():
        name = _local(element.tag)
        if name == "context":
            context = _context(element)
            if context:
                contexts[element.get("id", "")] = context
        elif name == "unit":
            units[element.get("id", "")] = _unit(element)
        elif element.get("contextRef"):
            held.append(element)
    if not held or not contexts:
        raise InputError(
            f"{where}: holds no XBRL: name the filing's instance (*_htm.xml) or inline file (.htm)"
        )
    if len(held) > MOST_FACTS:
        raise InputError(f"{where}: holds {len(held):,} facts, more than {MOST_FACTS:,}")
    texts: dict[str, str] = {}
    facts = []
    for element in held:
        found = contexts.get(element.get("contextRef", ""))
        name = _local(element.get("name") or element.tag)
        if name in _TEXTS and not element.get("unitRef"):
            texts.setdefault(name, "".join(element.itertext()).strip())
        elif found is not None and (fact := _fact(element, name, found, units)):
            facts.append(fact)
    return Filing(
        cik=_cik(contexts, where),
        form=texts.get("DocumentType", "filing"),
        ends=_day(texts.get("DocumentPeriodEndDate", "")) or _last_end(facts, where),
        company=texts.get("EntityRegistrantName", "another company"),
        facts=tuple(facts),
    )


def _last_end(facts: list[Fact], where: str) -> date:
    """Return the last day of the last period that a report has."""
    ends = [each.end for each in facts if each.months and each.quarter]
    if not ends:
        raise InputError(f"{where}: has no figure of a quarter or a year")
    return max(ends)


def _cik(contexts: dict[str, _Context], where: str) -> int:
    ciks = {each.cik for each in contexts.values()}
    (cik, *others) = sorted(ciks)
    if others or not cik.isdecimal():
        raise InputError(f"{where}: is not about one company by its CIK")
    return int(cik)


def _context(element: Element) -> _Context | None:
    """Read a context; one whose days cannot be read is left out, and its facts with it."""
    cik, dimensions, days = "", set(), {}
    for part in element.iter():
        name, text = _local(part.tag), (part.text or "").strip()
        if name == "identifier":
            cik = text
        elif name == "explicitMember":
            dimensions.add((_local(part.get("dimension", "")), _local(text)))
        elif name == "typedMember":
            member = "".join(part.itertext()).strip()
            dimensions.add((_local(part.get("dimension", "")), member))
        elif name in {"startDate", "endDate", "instant"}:
            days[name] = _day(text)
    start, end = days.get("startDate"), days.get("endDate") or days.get("instant")
    if end is None or ("startDate" in days and (start is None or start > end)):
        return None
    return _Context(cik, frozenset(dimensions), start, end)


def _unit(element: Element) -> str:
    return "/".join(
        _local((part.text or "").strip()) for part in element.iter() if _local(part.tag) == "measure"
    )


def _fact(element: Element, name: str, context: _Context, units: dict[str, str]) -> Fact | None:
    text = "".join(element.itertext()).strip()
    unit = units.get(element.get("unitRef", ""), "")
    if not unit:
        years = _years(element, text)
        if years is None:
            return None
        return Fact(name, context.dimensions, context.start, context.end, years, "duration", EXACT)
    value = _value(element, text)
    decimals = element.get("decimals", "INF")
    if value is None:
        return None
    finest = int(decimals) if re.fullmatch(r"-?\d{1,2}", decimals) else EXACT
    return Fact(name, context.dimensions, context.start, context.end, value, unit, finest)


def _value(element: Element, text: str) -> float | None:
    """Return the number of a fact: plain in an instance; inline as printed, with scale and sign."""
    if any(
        key.rpartition("}")[2] == "nil" and value in {"true", "1"} for key, value in element.attrib.items()
    ):
        return None
    if element.get("name") is None:
        return _number(text)
    form = _local(element.get("format", ""))
    if form in _ZERO_FORMATS:
        return 0.0
    plain = re.sub(r"\s", "", text)
    plain = plain.replace(".", "").replace(",", ".") if form in _COMMA_FORMATS else plain.replace(",", "")
    scale = element.get("scale", "0")
    if not _NUMBER.fullmatch(plain) or not re.fullmatch(r"-?\d{1,2}", scale):
        return None
    # the exponent goes into the text: 1.05 of scale 6 is 1050000, not 1050000.0000000001
    value = float(f"{plain}e{scale}")
    return -value if element.get("sign") == "-" else value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _years(element: Element, text: str) -> float | None:
    """Return the years of a length of time: ``P3Y8M12D``, or ``3.7 years`` in an inline filing."""
    form = _local(element.get("format", ""))
    if form == "durwordsen":
        found = re.search(r"(\d+(?:\.\d+)?)\s*years?", text)
        return float(found[1]) if found else None
    if form.startswith("duryear") and _NUMBER.fullmatch(text):
        return float(text)
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    years, months, days = (int(each or 0) for each in match.groups())
    return round(years + months / 12 + days / _YEAR_DAYS, 2)


def _day(text: str) -> date | None:
    """Read a day, also one in words (``December 31, 2024``); an end given as midnight is the day before."""
    day, _, time = text.partition("T")
    if words := _DAY_IN_WORDS.fullmatch(text):
        month = next((n for n, name in enumerate(_MONTHS, 1) if name == words[1][:3].lower()), 0)
        day, time = f"{words[3]}-{month:02}-{int(words[2]):02}", ""
    try:
        found = day_of(day)
    except ValueError:
        return None
    return found - timedelta(days=1) if time.startswith("00:00") else found


def _local(name: object) -> str:
    return name.rpartition("}")[2].rpartition(":")[2] if isinstance(name, str) else ""
