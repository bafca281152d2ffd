"""Tables that people fill in: the template of a quarter, and a table of figures read back."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from model.errors import InputError, UnknownNameError, did_you_mean, located, shown
from model.filings.facts import Stated, items_of, units_of
from model.filings.report import FiledReport
from model.language.periods import Period, Quarter
from model.reported.actuals import CHECKS
from model.reported.csv_tables import number_in, text_of_rows

if TYPE_CHECKING:
    from model.company import Company
    from model.filings.facts import Key

HEADS: Final = ("item", "period", "value", "unit", "given_by", "note")
TRAILING: Final = "_ttm"
TYPED: Final = "as typed into"
"""In the source of a figure that nobody but the user has read."""
_NEEDED: Final = ("item", "period", "value")
_THOUSANDS: Final = re.compile(r"\(?-?\d{1,3}(,\d{3})+(\.\d+)?\)?")
_MOST_ROWS: Final = 20_000


def template(company: Company, quarter: Quarter) -> str:
    """Return the table to fill in: what the release gives, what only the filing gives, what follows."""
    filings, units = company.filings, units_of(company)
    rules = {each.item: each.rule for each in filings.estimates}
    totals = {each.total: each for each in filings.identities}
    rows: list[tuple[str, ...]] = []
    for item in (name for name in units if not name.endswith(TRAILING)):
        if item in filings.release:
            how, note = "release", "needed"
        elif item in totals:
            how, note = "derived", f"{totals[item].rule(item)}; give it to have it checked"
        elif item in rules:
            how, note = "filing", f"estimated until then: {rules[item]}"
        else:
            how, note = "filing", "not needed by the model"
        rows.append((item, str(quarter), "", units[item], how, note))
    ranks = {"release": 0, "derived": 1, "filing": 2}
    return text_of_rows([HEADS, *sorted(rows, key=lambda row: ranks[row[4]])])


def report_of_table(company: Company, text: str, file: str) -> FiledReport:
    """Read a filled-in table: columns item, period and value, and, if it has them, unit, check and source.

    Blank values are passed over. All that is wrong with a row is an :class:`InputError` with its line.
    """
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = [(f"{file} line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise InputError(f"{file}: is not a table: {error}") from None
    heads = reader.fieldnames or []
    if not set(_NEEDED) <= set(heads) or len(rows) > _MOST_ROWS:
        raise InputError(f"{file}: needs the columns {', '.join(_NEEDED)}: amzn-fcf import --template 2026Q3")
    units, found, notes = units_of(company), {}, {}
    for where, row in rows:
        if (row["value"] or "").strip():
            key = _key(company, row, units, where)
            if key in found:
                raise InputError(f"{where}: {row['item']} of {row['period']} is given twice")
            found[key] = Stated(_number(row["value"], where), 0.5, units[row["item"].strip()])
            if row.get("check") or row.get("source"):
                notes[key] = _note(row, where)
    if not found:
        raise InputError(f"{file}: no value is filled in")
    quarter = max(key[1] for key in found)
    source = f"{company.filings.ticker} press release ({quarter}), {TYPED} {file}"
    return FiledReport(file, source, file, quarter, found, is_filing=False, notes=notes)


def _key(company: Company, row: dict[str, str], units: dict[str, str], where: str) -> Key:
    item = (row["item"] or "").strip()
    if None in row or item not in units:
        raise UnknownNameError(f"{where}: {shown(item)} is no item of the data{did_you_mean(item, units)}")
    if (unit := (row.get("unit") or "").strip()) and unit != units[item]:
        raise InputError(f"{where}: {item} is in {shown(units[item])}, not {shown(unit)}")
    with located(where):
        period = Period.parse(row["period"] or "")
    quarter = Quarter(period.year, period.quarter)
    name = item.removesuffix(TRAILING)
    if item.endswith(TRAILING) or period.frequency == "ttm":
        return name, quarter, 12
    known = items_of(company).get(name)
    if known and known.kind == "stock":
        return name, quarter, 0
    return name, quarter, 12 if period.frequency == "annual" else 3


def _number(text: str, where: str) -> float:
    """Read a number, also as printed: ``200,606`` and ``(1,306)``, which is below 0."""
    plain = text.strip()
    if _THOUSANDS.fullmatch(plain) or re.fullmatch(r"\(\d+(\.\d+)?\)", plain):
        below = plain.startswith("(") and plain.endswith(")")
        plain = f"{'-' if below else ''}{plain.strip('()').replace(',', '')}"
    return number_in(plain, where)


def _note(row: dict[str, str], where: str) -> tuple[str, str]:
    check, source = (row.get("check") or "single-source").strip(), (row.get("source") or "").strip()
    if check not in CHECKS:
        raise InputError(f"{where}: check must be one of {', '.join(sorted(CHECKS))}, not {shown(check)}")
    return check, source
