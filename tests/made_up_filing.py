"""Made-up filings: XBRL instances written from figures of the data, by the tags of ``tags.csv``."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from held_out import SHIPPED, table_of

from model.language.periods import Quarter

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIXES: Final = {
    "us-gaap": "http://fasb.org/us-gaap/2026", "amzn": "http://www.amazon.com/20260630",
    "dei": "http://xbrl.sec.gov/dei/2026", "srt": "http://fasb.org/srt/2026",
    "xbrldi": "http://xbrl.org/2006/xbrldi", "iso4217": "http://www.xbrl.org/2003/iso4217",
}  # fmt: skip
UNITS: Final = {"USD m": ("usd", 1e6, -6), "m shares": ("shares", 1e6, -6), "yr": ("", 1.0, 0)}
CIK: Final = "0001018724"
_SPACES: Final = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
_UNITS: Final = (
    '<unit id="usd"><measure>iso4217:USD</measure></unit><unit id="shares"><measure>shares</measure></unit>'
)


class Put(NamedTuple):
    """A fact to write: tag with prefix, dimensions (``axis=member``), days, text, unit, decimals."""

    tag: str
    where: str
    start: date | None
    end: date
    text: str
    unit: str = "usd"
    decimals: str = "-6"


def first_day(quarter: Quarter) -> date:
    return date(quarter.year, 3 * quarter.number - 2, 1)


def last_day(quarter: Quarter) -> date:
    return first_day(quarter.shifted(1)) - timedelta(days=1)


def tags() -> dict[str, dict[str, str]]:
    with (SHIPPED / "tags.csv").open(encoding="utf-8", newline="") as file:
        return {row["item"]: row for row in csv.DictReader(file)}


def figures() -> dict[tuple[str, str], float]:
    """Return the shipped figures by item and period, of quarters and of years."""
    rows = [*table_of(SHIPPED / "actuals_quarterly.csv"), *table_of(SHIPPED / "actuals_annual.csv")]
    return {(row["item"], row["period"]): float(row["value"]) for row in rows}


def put(item: str, start: date | None, end: date, value: float, tag: int = 0) -> Put:
    """Return the fact of an item; ``tag``: which of its tags."""
    row = tags()[item]
    unit, scale, decimals = UNITS[row["unit"]]
    where = row["where"].split("|")[0].replace("*", str(end + timedelta(days=1)))
    name = row["tags"].split("|")[tag]
    if not unit:
        months, part = divmod(round(value % 1 * 12, 6), 1)
        return Put(name, where, start, end, f"P{int(value)}Y{int(months)}M{round(part * 30.4)}D", "", "")
    return Put(name, where, start, end, f"{value * scale:.0f}", unit, str(decimals))


def ten_q(quarter: str) -> list[Put]:
    """Return the facts of a 10-Q: the quarter, the year to date, twelve months, and a year before."""
    known, now = figures(), Quarter.parse(quarter)
    found = []
    for item, row in tags().items():
        for at in (now, now.shifted(-4)):
            value = known.get((item, str(at)))
            if value is None:
                continue
            if row["kind"] == "stock":
                found.append(put(item, None, last_day(at), value))
                continue
            found.append(put(item, first_day(at), last_day(at), value))
            so_far = [known.get((item, f"{at.year}Q{number}")) for number in range(1, at.number + 1)]
            if at.number > 1 and row["kind"] == "flow" and None not in so_far:
                total = sum(each or 0.0 for each in so_far)
                found.append(put(item, date(at.year, 1, 1), last_day(at), total))
            if (trailing := known.get((f"{item}_ttm", str(at)))) is not None:
                found.append(put(item, first_day(at.shifted(-3)), last_day(at), trailing))
    return found


def ten_k(year: int) -> list[Put]:
    """Return the facts of a 10-K: years and year-ends, and no quarter."""
    known, found = figures(), []
    for item, row in tags().items():
        for each in (year, year - 1):
            if (value := known.get((item, str(each)))) is not None:
                start = None if row["kind"] == "stock" else date(each, 1, 1)
                found.append(put(item, start, date(each, 12, 31), value))
    return found


def instance(facts: Sequence[Put], quarter: str, form: str = "10-Q", cik: str = CIK) -> bytes:
    """Return the facts as an XBRL instance; its label of the fiscal period is wrong: nobody may go by it."""
    covers, places = _covers(quarter, form, cik), _places(facts)
    lines = [_context(place, name, cik) for place, name in places.items()]
    for each in [*covers, *facts]:
        unit = f' unitRef="{each.unit}" decimals="{each.decimals}"' if each.unit else ""
        lines.append(f'<{each.tag} contextRef="{_at(each, places)}"{unit}>{each.text}</{each.tag}>')
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<xbrl xmlns="http://www.xbrl.org/2003/instance" {_SPACES}>'
    )
    return "\n".join([head, _UNITS, *lines, "</xbrl>"]).encode()


def inline(facts: Sequence[Put], quarter: str, scale: int = 6) -> bytes:
    """Return the facts as an inline filing: printed in units of ``scale``, with commas, and a sign apart."""
    places, shown = _places(facts), []
    for each in [*_covers(quarter, "10-Q", CIK), *facts]:
        at = f'name="{each.tag}" contextRef="{_at(each, places)}"'
        if each.unit:
            number, sign = (
                f"{abs(int(each.text)) // 10**scale:,}",
                ' sign="-"' if each.text.startswith("-") else "",
            )
            keys = f'{at} unitRef="{each.unit}" decimals="{each.decimals}" format="ixt:num-dot-decimal"'
            shown.append(f'<ix:nonFraction {keys} scale="{scale}"{sign}>{number}</ix:nonFraction>')
        else:
            shown.append(f"<ix:nonNumeric {at}>{each.text}</ix:nonNumeric>")
    contexts = [_context(place, name, CIK) for place, name in places.items()]
    spaces = f'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" {_SPACES}'
    return "\n".join([f"<html {spaces}><body>", _UNITS, *contexts, *shown, "</body></html>"]).encode()


def _covers(quarter: str, form: str, cik: str) -> list[Put]:
    name = "AMAZON.COM, INC." if cik == CIK else "SOMEBODY ELSE INC"
    texts = {
        "DocumentType": form,
        "DocumentPeriodEndDate": str(last_day(Quarter.parse(quarter))),
        "EntityRegistrantName": name,
        "DocumentFiscalPeriodFocus": "Q1",
    }
    return [Put(f"dei:{tag}", "", None, date.min, text, "") for tag, text in texts.items()]


def _places(facts: Sequence[Put]) -> dict[tuple[str, date | None, date], str]:
    found: dict[tuple[str, date | None, date], str] = {}
    for each in facts:
        found.setdefault((each.where, each.start, each.end), f"c-{len(found) + 1}")
    return found


def _at(fact: Put, places: dict[tuple[str, date | None, date], str]) -> str:
    return places.get((fact.where, fact.start, fact.end), "c-1")


def _context(place: tuple[str, date | None, date], name: str, cik: str) -> str:
    where, start, end = place
    segment = ""
    for pair in filter(None, where.split("&")):
        axis, _, member = pair.partition("=")
        if member[:1].isdigit():
            domain = f"<us-gaap:{axis}.domain>{member}</us-gaap:{axis}.domain>"
            segment += f'<xbrldi:typedMember dimension="us-gaap:{axis}">{domain}</xbrldi:typedMember>'
        else:
            segment += (
                f'<xbrldi:explicitMember dimension="us-gaap:{axis}">amzn:{member}</xbrldi:explicitMember>'
            )
    segment = f"<segment>{segment}</segment>" if segment else ""
    days = f"<startDate>{start}</startDate><endDate>{end}</endDate>" if start else f"<instant>{end}</instant>"
    identifier = f'<identifier scheme="http://www.sec.gov/CIK">{cik}</identifier>'
    return f'<context id="{name}"><entity>{identifier}{segment}</entity><period>{days}</period></context>'
