"""``amzn-fcf backtest``: forecasts made at earlier as-ofs, against reported figures and simple benchmarks."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, flag

SUMMARY: Final = "compare forecasts, made with the information at each as-of, with reported figures"
EXAMPLE: Final = "amzn-fcf backtest --coverage"
OPTIONS: Final = (
    flag("--coverage", "how many outcomes fell inside the bands of simulations made then"),
    flag("--widths", "the widths of uncertain drivers, measured, beside those that ship"),
    FORMAT,
)


def run(arguments: Arguments) -> int:
    from model import companies
    from model.errors import InputError
    from model.evidence.backtest import rules_of

    rules_of(companies.default())
    if arguments.coverage and arguments.widths:
        raise InputError("--coverage and --widths print tables of their own: give one of them")
    show = _coverage if arguments.coverage else _widths if arguments.widths else _scores
    show(arguments.format)
    return 0


def _scores(form: str) -> None:
    from amzn_fcf.text.evidence import forecast_record, print_meaning, print_scores
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.evidence.backtest import earlier_forecasts, forecasts, rules_of, scores

    rules = rules_of(companies.default())
    made, earlier = forecasts(), earlier_forecasts()
    if form != "text":
        records = [forecast_record(each, by_model=False) for each in earlier]
        print_records([*records, *(forecast_record(each, by_model=True) for each in made)], form, "forecast")
        return
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


def _coverage(form: str) -> None:
    from amzn_fcf.text.coverage import outcome_record, print_coverage
    from amzn_fcf.text.tables import print_records
    from model.evidence.coverage import coverage, outcomes

    found = {left_out: outcomes(left_out=left_out) for left_out in (False, True)}
    if form == "text":
        print_coverage(*map(coverage, found.values()))
    else:
        records = [
            outcome_record(each, left_out=left_out) for left_out, every in found.items() for each in every
        ]
        print_records(records, form, "outcome")


def _widths(form: str) -> None:
    from amzn_fcf.text.coverage import print_widths
    from amzn_fcf.text.tables import print_records
    from model.evidence.widths import driver_errors, measured_widths, shipped_widths
    from model.simulation.files import load_uncertainty

    errors = driver_errors()
    if form == "text":
        print_widths(errors, measured_widths(errors), shipped_widths(load_uncertainty()))
    else:
        records = [
            {"as_of": str(each.as_of), "period": str(each.quarter), "move": each.move, "error": each.error}
            for each in errors
        ]
        print_records(records, form, "driver_error")
