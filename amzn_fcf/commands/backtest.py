"""``amzn-fcf backtest``: forecasts made at earlier as-ofs, against reported figures and simple benchmarks."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments

SUMMARY: Final = "compare forecasts, made with the information at each as-of, with reported figures"
EXAMPLE: Final = "amzn-fcf backtest --format csv"
OPTIONS: Final = (FORMAT,)


def run(arguments: Arguments) -> int:
    from amzn_fcf.text.evidence import forecast_record, print_meaning, print_scores
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.evidence.backtest import earlier_forecasts, forecasts, rules_of, scores

    rules = rules_of(companies.default())
    made, earlier = forecasts(), earlier_forecasts()
    if arguments.format != "text":
        records = [forecast_record(each, by_model=False) for each in earlier]
        records += [forecast_record(each, by_model=True) for each in made]
        print_records(records, arguments.format)
        return 0
    span = f"as-of {made[0].as_of} to {made[-1].as_of}"
    print_scores(
        scores(made, rules), f"Forecast less reported, {span}: mean error / mean absolute error", rules
    )
    if earlier:
        lines = {each.line for each in earlier}
        longer = scores([*earlier, *(each for each in made if each.line in lines)], rules)
        which = f"as-of {earlier[0].as_of} to {made[-1].as_of}, what follows from figures alone"
        print_scores(longer, f"A longer window, {which}", rules)
    print_meaning(rules)
    return 0
