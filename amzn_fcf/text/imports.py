"""The tie report of ``amzn-fcf import`` as text and as records."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.tables import left, print_table, right
from model.language.units import counted
from model.reported.documents import address_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from model.filings.intake import Intake
    from model.filings.known import Entry

_ORDER: Final = ("differs", "restated", "replaced", "new", "derived", "estimated", "absent", "tied")
_MEANINGS: Final = {
    "differs": "differ from the data", "restated": "restated by a later report", "new": "new",
    "replaced": "replace estimates", "derived": "follow from others", "estimated": "estimated",
    "absent": "absent from the file", "tied": "tied",
}  # fmt: skip


def print_intake(intake: Intake) -> None:
    """Print a line for each figure, what matters most first, and the count of each status."""
    rows = [
        (
            each.item,
            each.period,
            _number(_given(each)),
            _number(each.ours),
            each.status,
            each.accession or "-",
            each.by,
        )
        for each in sorted(intake.entries, key=lambda each: _ORDER.index(each.status))
    ]
    heads = [*left("item", "period"), *right("filing", "ours"), *left("status", "accession", "by")]
    print_table("Tie report (USD m; million shares; years)", heads, rows)
    counts = Counter(each.status for each in intake.entries)
    print("; ".join(f"{counts[status]} {_MEANINGS[status]}" for status in _ORDER if counts[status]))
    for address in dict.fromkeys(address_of(intake.company, each.accession) for each in intake.entries):
        if address:
            print(f"filing: {address}")
    for note in intake.notes:
        print(f"note: {note}")


def print_written(intake: Intake, written: Sequence[Path], *, dry_run: bool) -> None:
    """Print what was written, or why nothing was."""
    if differs := intake.count("differs"):
        count = counted(differs, "figure")
        remedy = "nothing was written; --replace takes the filing's"
        print(f"{count} of the data differ from their own filing: {remedy}")
    elif dry_run:
        print(f"dry run: {counted(len(intake.written), 'figure')} would be written")
    elif not written:
        print("nothing to write: the data have all of it")
    for path in written:
        print(f"wrote {path}")


def tie_records(intake: Intake) -> list[dict[str, object]]:
    """Return the tie report for programs."""
    return [
        {
            "item": each.item,
            "period": each.period,
            "filing": _given(each),
            "ours": each.ours,
            "unit": each.unit,
            "status": each.status,
            "since": each.since,
            "by": each.by,
            "accession": each.accession,
            "address": address_of(intake.company, each.accession),
        }
        for each in intake.entries
    ]


def _given(entry: Entry) -> float | None:
    """Return the figure of the file, or the one that follows from it."""
    return entry.filing if entry.figure is None or entry.filing is not None else entry.figure.value


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.10g}"
