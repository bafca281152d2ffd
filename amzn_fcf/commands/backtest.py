"""``amzn-fcf backtest``: forecasts made at earlier as-ofs, against reported figures and two benchmarks."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments

SUMMARY: Final = "compare forecasts, made with the information at each as-of, with reported figures"
EXAMPLE: Final = "amzn-fcf backtest --format csv"
OPTIONS: Final = (FORMAT,)


def run(arguments: Arguments) -> int:
    from amzn_fcf.text.evidence import forecast_record, print_scores
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.evidence.backtest import as_ofs, forecasts, rules_of, scores

    if arguments.format == "text":
        print_scores(scores(), as_ofs(), rules_of(companies.default()))
    else:
        print_records([forecast_record(each) for each in forecasts()], arguments.format)
    return 0
