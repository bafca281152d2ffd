"""The state of a company's data as text and as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amzn_fcf.text.tables import left, print_table, right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.filings.state import DataState

_WHOLE = ".toml"


def print_state(state: DataState) -> None:
    """Print files, quarters, guidance, price and scenarios in force, and a warning for each that is old."""
    own = state.company.own
    print(f"Your own data: {own.folder or 'none (--data, AMZN_FCF_DATA)'}")
    print_table("", [*left("file"), *right("ships", "yours")], list(_files(state)))
    for name, value in _facts(state):
        print(f"{name}: {value}")
    if own.unused:
        print(f"not used: {', '.join(own.unused)}")
    for warning in state.warnings:
        print(f"warning: {warning}")


def state_records(state: DataState) -> list[dict[str, object]]:
    """Return the same for programs: kind, name, value."""
    found: list[dict[str, object]] = [
        {"kind": "file", "name": each.name, "ships": each.shipped, "yours": each.own, "value": ""}
        for each in state.files
    ]
    rest = [("fact", *fact) for fact in _facts(state)]
    rest += [("unused", name, "") for name in state.company.own.unused]
    rest += [("warning", "", warning) for warning in state.warnings]
    blank: dict[str, object] = {"ships": None, "yours": None}
    return [*found, *({"kind": kind, "name": name, **blank, "value": value} for kind, name, value in rest)]


def _files(state: DataState) -> Iterator[tuple[str, str, str]]:
    for each in state.files:
        if not each.name.endswith(_WHOLE):
            yield each.name, f"{each.shipped:,} rows", f"{each.own:,} rows" if each.own else "-"
        else:
            yield each.name, "whole" if each.shipped else "-", "whole" if each.own else "-"


def _facts(state: DataState) -> Iterator[tuple[str, str]]:
    yield "quarters", f"{state.first} to {state.latest}"
    yield "next quarter", f"{state.due}"
    if state.guidance:
        yield "guidance", f"{state.guidance}"
    if state.price is not None and state.price_date:
        yield "price", f"{state.price:,.2f} on {state.price_date}"
    yield "scenarios", ", ".join(f"{name} as of {as_of}" for name, as_of in state.as_ofs)
