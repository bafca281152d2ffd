"""``amzn-fcf data``: which data are in force, and what of them is out of date."""

from __future__ import annotations

from typing import Final

from amzn_fcf.commands.options import FORMAT, Arguments, option

SUMMARY: Final = "show which data are in force: files, quarters, guidance, price, and what is out of date"
EXAMPLE: Final = "amzn-fcf data --data my-data"
OPTIONS: Final = (option("--on", "DATE", "the day on which ages are counted; default: today"), FORMAT)


def run(arguments: Arguments) -> int:
    from datetime import date

    from amzn_fcf.text.data import print_state, state_records
    from amzn_fcf.text.tables import print_records
    from model import companies
    from model.errors import InputError, shown
    from model.filings.state import data_state

    try:
        day = date.fromisoformat(arguments.on) if arguments.on is not None else date.today()  # noqa: DTZ011
    except ValueError:
        raise InputError(f"--on needs a day such as 2026-11-27, not {shown(arguments.on)}") from None
    state = data_state(companies.default(), day)
    if arguments.format == "text":
        print_state(state)
    else:
        print_records(state_records(state), arguments.format)
    return 0
