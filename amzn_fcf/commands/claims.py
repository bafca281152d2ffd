"""``amzn-fcf claims``: the article's claims, what became of them, and what hangs on each."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, get_args

from amzn_fcf.text.tables import Column, print_records, print_table
from model.evidence.claims import Entry, Status, figure, ledger
from model.language.periods import Quarter
from model.reported.actuals import axis_at, load_actuals

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    as_of = Quarter.parse(arguments.as_of) if arguments.as_of is not None else load_actuals().latest
    axis_at(as_of)
    entries = ledger(as_of)
    if arguments.format != "text":
        print_records([_record(entry, as_of) for entry in entries], arguments.format)
        return 0
    columns = [
        Column("claim"), Column("status"), Column("article gives", right=True), Column("reported", right=True),
        Column("USD/share\nat stake", right=True), Column("why"),
    ]  # fmt: skip
    rows = [
        [
            each.claim.text, each.status, figure(each.article, each.claim.unit), figure(each.reported, each.claim.unit),
            "" if math.isnan(each.at_stake) else f"{each.at_stake:+.2f}", each.reason,
        ]
        for each in entries
    ]  # fmt: skip
    print_table(
        f"The article's claims, by what was known between the results of {as_of} and the next", columns, rows
    )
    counts = Counter(each.status for each in entries)
    told = ", ".join(f"{counts[status]} {status}" for status in get_args(Status) if counts[status])
    print(f"{len(entries)} claims: {told}")
    print(
        "at stake: change of the article's discounted cash flow if what was reported or guided, else the threshold, takes its place"
    )
    return 0


def _record(entry: Entry, as_of: Quarter) -> dict[str, object]:
    claim = entry.claim

    def known(value: float) -> float | None:
        return None if math.isnan(value) else value

    return {
        "claim": claim.name, "text": claim.text, "line": claim.line, "period": "" if claim.period is None else str(claim.period),
        "threshold": claim.threshold, "as_of": str(as_of), "status": entry.status, "article": known(entry.article),
        "reported": known(entry.reported), "unit": claim.unit, "usd_per_share_at_stake": known(entry.at_stake),
        "reason": entry.reason, "note": claim.note,
    }  # fmt: skip
