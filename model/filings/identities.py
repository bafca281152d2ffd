"""Figures that must add up: parts to a total, quarters to a year and to twelve months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.errors import InputError
from model.filings.facts import items_of
from model.filings.filled_in import TRAILING
from model.language.periods import QUARTERS_A_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Identity
    from model.filings.known import Entry, Known
    from model.language.periods import Quarter

TOLERANCE: Final = 1.0
"""USD m by which rounded parts may miss their total."""
OVER_QUARTERS: Final = 2.0
"""USD m by which four rounded quarters may miss their year."""


def check(known: Known, entries: Sequence[Entry], quarter: Quarter, where: str) -> None:
    """Refuse figures that do not add up, if one of them is new; ``where`` begins the message.

    Twelve months and the year are held against the quarters where the report's own quarter ends them, unless
    the report restates an earlier one: then quarters and sums are of different reports.
    """
    touched = dict.fromkeys((entry.item, entry.period) for entry in entries)
    for period in dict.fromkeys(period for _, period in touched):
        for identity in known.company.filings.identities:
            if any((item, period) in touched for item in (identity.total, *identity.terms)):
                _check_parts(known, identity, period, where)
    restated = {entry.item.removesuffix(TRAILING) for entry in entries if entry.since}
    for item in dict.fromkeys(item.removesuffix(TRAILING) for item, _ in touched):
        if item not in restated:
            _check_sums(known, item, quarter, where)


def _check_parts(known: Known, identity: Identity, period: str, where: str) -> None:
    total, terms = known.figure(identity.total, period), signed(known, identity, period)
    if total is None or None in terms:
        return
    found = sum(term for term in terms if term is not None)
    if abs(found - total.value) > TOLERANCE:
        stated = f"{identity.total} of {period} is {total.value:,.10g}"
        raise InputError(f"{where}: {stated}, but {identity.rule(identity.total)} is {found:,.10g}")


def signed(known: Known, identity: Identity, period: str) -> list[float | None]:
    """Return the terms of an identity with their signs; None: not known."""
    figures = [(known.figure(item, period), sign) for item, sign in identity.terms.items()]
    return [None if figure is None else sign * figure.value for figure, sign in figures]


def _check_sums(known: Known, item: str, quarter: Quarter, where: str) -> None:
    mapped = items_of(known.company).get(item)
    if mapped and mapped.kind != "flow":
        return
    quarters = known.at(quarter).quarters(item)
    if quarters is None:
        return
    wholes = [known.figure(f"{item}{TRAILING}", str(quarter))]
    if quarter.number == QUARTERS_A_YEAR:
        wholes.append(known.figure(item, str(quarter.year)))
    found = sum(each.value for each in quarters)
    for whole in wholes:
        if whole is not None and abs(whole.value - found) > OVER_QUARTERS:
            stated = f"{whole.item} of {whole.period} is {whole.value:,.10g}"
            raise InputError(f"{where}: {stated}, but the four quarters to {quarter} add up to {found:,.10g}")
