"""The table function x host of docs/evidence.md: what each host's test calls, counted from the calls themselves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import com_stand_in
import office_calls
import test_host_calc

from xlwings_udfs.cells.registry import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT = Path(__file__).parent.parent / "docs" / "evidence.md"
_OFFICE = Counter(name for name, _ in office_calls.CALLS)
HOSTS: Mapping[str, Mapping[str, int]] = {
    "headless": _OFFICE,
    "desktop": {name: len(calls) for name, calls in com_stand_in.CALLS.items()},
    "server": _OFFICE,
    "lite": _OFFICE,
    "calc": Counter(call.name for call in [*test_host_calc.SINGLE, *test_host_calc.BLOCKS]),
}
"""How many calls of each function are compared with Python, by host."""


def table() -> str:
    """Return the table as it stands in the document."""
    lines = [f"| function | {' | '.join(HOSTS)} |", f"|---{'|--:' * len(HOSTS)}|"]
    lines += [
        f"| `{name}` | {' | '.join(str(calls[name]) for calls in HOSTS.values())} |" for name in FUNCTIONS
    ]
    lines.append(f"| all | {' | '.join(str(sum(calls.values())) for calls in HOSTS.values())} |")
    return "\n".join(lines)


def test_every_host_calls_every_function() -> None:
    for host, calls in HOSTS.items():
        assert set(calls) == set(FUNCTIONS), host


def test_the_table_stands_in_the_document() -> None:
    print(table())
    assert table() in DOCUMENT.read_text("utf-8"), "copy the table that pytest -s tests/test_hosts.py prints"
