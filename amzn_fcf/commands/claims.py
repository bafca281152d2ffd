"""``amzn-fcf claims``: the article's claims, their status, and the value at stake."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, option

SUMMARY: Final = "show the article's claims and how they turned out"
EXAMPLE: Final = "amzn-fcf claims --as-of 2026Q2"
OPTIONS: Final = (
    option(
        "--as-of", "QUARTER",
        "judge by the information available when this quarter was reported; default: the latest",
    ),
    FORMAT,
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from amzn_fcf.text.evidence import claim_record, print_claims
    from amzn_fcf.text.tables import print_records
    from model.evidence.claims import ledger
    from model.language.periods import Quarter
    from model.reported.actuals import axis_at, load_actuals

    as_of = Quarter.parse(arguments.as_of) if arguments.as_of is not None else load_actuals().latest
    axis_at(as_of)  # refuses a quarter that is not reported
    entries = ledger(as_of)
    if arguments.format == "text":
        print_claims(entries, as_of)
    else:
        print_records([claim_record(entry, as_of) for entry in entries], arguments.format, "claim")
    return 0
