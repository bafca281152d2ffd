"""Tables of text: their width in a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.tables import Column, left, print_table, right

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

COLUMNS: Final = [*left("line", "unit"), *right("2026\nbase", "2026\nbull", "2027\nbase")]
ROWS: Final = [
    ["Net sales", "USD m", "831,414", "833,176", "952,719"],
    ["Margin", "ratio", "1.5%", "2.5%", "3.5%"],
]


def printed(
    capsys: pytest.CaptureFixture[str],
    rows: Sequence[Sequence[str]] = ROWS,
    columns: Sequence[Column] = COLUMNS,
) -> list[str]:
    print_table("Title", columns, iter(rows), ruled=(1,))
    return capsys.readouterr().out.splitlines()


def open_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))


def test_a_table_that_fits_or_goes_to_a_file_is_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    to_file = printed(capsys)
    open_terminal(monkeypatch, 50)  # 9 + 5 + 7 + 7 + 7, and 3 for each; the rule is as long
    assert printed(capsys) == to_file
    assert max(map(len, to_file)) == 50


def test_a_table_wider_than_the_terminal_stands_in_parts_that_begin_with_the_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal(monkeypatch, 49)
    assert printed(capsys) == [
        "Title",
        "",
        "                         2026      2026",
        "  line        unit       base      bull",
        " ───────────────────────────────────────",
        "  Net sales   USD m   831,414   833,176",
        " ───────────────────────────────────────",
        "  Margin      ratio      1.5%      2.5%",
        "",
        "                         2027",
        "  line        unit       base",
        " ─────────────────────────────",
        "  Net sales   USD m   952,719",
        " ─────────────────────────────",
        "  Margin      ratio      3.5%",
        "",
    ]


def test_texts_too_wide_for_the_terminal_leave_each_part_one_of_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal(monkeypatch, 24)
    columns, rows = left("driver", "unit", "base", "bull"), [["beta", "times", "b" * 9, "c" * 9]]
    shown = [line.split() for line in printed(capsys, rows, columns) if "beta" in line]
    assert shown == [["beta", "times"], ["beta", "b" * 9], ["beta", "c" * 9]]
