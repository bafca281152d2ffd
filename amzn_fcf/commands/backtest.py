"""``amzn-fcf backtest``: how forecasts made with what was known then compare with what was reported, and with two benchmarks."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from amzn_fcf.text.tables import Column, print_records, print_table
from model import companies
from model.evidence.backtest import as_ofs, forecasts, rules_of, scores

if TYPE_CHECKING:
    import argparse

_MILLIONS_IN_A_BILLION = 1000.0


def run(arguments: argparse.Namespace) -> int:
    """Run the command; see :func:`amzn_fcf.cli.main` for the status."""
    if arguments.format != "text":
        records = []
        for each in forecasts():
            record = asdict(each) | {"as_of": str(each.as_of), "quarter": str(each.quarter)}
            records.append(
                {
                    key: None if isinstance(value, float) and math.isnan(value) else value
                    for key, value in record.items()
                }
            )
        print_records(records, arguments.format)
        return 0
    columns = [
        Column("line"), Column("unit"), Column("quarters\nahead", right=True), Column("n", right=True),
        *(Column(f"{who}\nmean / absolute", right=True) for who in ("model", "naive", "guidance")),
    ]  # fmt: skip
    rows = []
    for score in scores():
        per_cent = score.line in rules_of(companies.default()).in_percent
        scale = 1.0 if per_cent else _MILLIONS_IN_A_BILLION
        errors = [
            "" if math.isnan(mean) else f"{mean / scale:+.1f} / {absolute / scale:.1f}"
            for mean, absolute in (score.model, score.naive, score.guidance)
        ]
        rows.append([score.line, "%" if per_cent else "USD bn", str(score.ahead), str(score.number), *errors])
    first, *_, last = as_ofs()
    print_table(
        f"Forecast less reported, as-of {first} to {last}: mean error / mean absolute error", columns, rows
    )
    print(
        "model: rules applied to what was reported and guided by then; naive: the same quarter a year ago, grown at the trailing rate;"
    )
    print(
        "guidance: the middle of the company's range for the next quarter. The windows overlap, lie in one boom, and n is 3 to 6."
    )
    return 0
