"""Tables of text: their width in a terminal; figures in them."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Final

import pytest

from amzn_fcf.text.tables import Column, left, numbered, print_table, right
from model.language.units import measure, with_minus

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def test_long_names_are_broken_into_lines_where_that_saves_parts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Capital expenditure to demand over twelve months, where no budget is given"
    rows = [[name, "ratio", "1.5%", "2.5%", "3.5%"], *ROWS]
    open_terminal(monkeypatch, 76)  # 35 + 5 + 7 + 7 + 7, and 3 for each
    assert printed(capsys, rows)[2:] == [
        f"{' ' * 51}2026      2026      2027",
        f"  line{' ' * 34}unit       base      bull      base",
        f" {'─' * 75}",
        "  Capital expenditure to demand over",
        "    twelve months, where no budget is",
        f"    given{' ' * 31}ratio      1.5%      2.5%      3.5%",
        f" {'─' * 75}",
        f"  Net sales{' ' * 29}USD m   831,414   833,176   952,719",
        f"  Margin{' ' * 32}ratio      1.5%      2.5%      3.5%",
        "",
    ]
    open_terminal(monkeypatch, 30)  # as many parts, folded or not
    assert any(name in line for line in printed(capsys, rows))


def test_figures_that_say_what_a_row_is_about_begin_each_part(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal(monkeypatch, 26)
    columns = [*left("line"), numbered("ahead"), *right("first", "second")]
    shown = [line.split() for line in printed(capsys, [["sales", "4", "1" * 7, "2" * 7]], columns)]
    assert [line for line in shown if "sales" in line] == [["sales", "4", "1" * 7], ["sales", "4", "2" * 7]]


def test_a_part_has_as_many_lines_above_as_its_heads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal(monkeypatch, 16)
    lines = printed(capsys, [["a", "1" * 7, "2" * 7]], [*left("line"), *right("first", "of\nmany")])
    assert [line.split() for line in lines[1:3]] == [[], ["line", "first"]]
    assert ["of"] in [line.split() for line in lines]


def test_texts_too_wide_for_the_terminal_leave_each_part_one_of_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_terminal(monkeypatch, 24)
    columns, rows = left("driver", "unit", "base", "bull"), [["beta", "times", "b" * 9, "c" * 9]]
    shown = [line.split() for line in printed(capsys, rows, columns) if "beta" in line]
    assert shown == [["beta", "times"], ["beta", "b" * 9], ["beta", "c" * 9]]


@pytest.mark.parametrize(
    ("unit", "change", "text", "in_chart"),
    [
        ("USD m", 1_306.3, "+1,306", "+1.3"), ("USD m", -0.4, "0", "0.0"), ("USD m", 0.0, "0", "0.0"),
        ("USD/share", -3.2, "-3.20", "-3.20"), ("USD/share", 0.004, "0.00", "0.00"),
        ("ratio", 0.0066, "+0.66 pp", "+0.7"), ("ratio", -1e-6, "0.00 pp", "0.0"),
        ("quarters", 6.31, "+6.3", "+6.3"), ("quarters", -2.0, "-2", "-2.0"),
        ("USD m", None, "-", "-"), ("USD m", math.nan, "-", "-"), ("ratio", math.inf, "-", "-"),
    ],
)  # fmt: skip
def test_a_difference_has_its_sign_unless_it_rounds_to_0(
    unit: str, change: float | None, text: str, in_chart: str
) -> None:
    assert measure(unit).change_text(change) == text
    assert measure(unit).change_text(change, chart=True) == in_chart


def test_quarters_and_days_differ_by_a_number_of_them() -> None:
    quarters, days = measure("quarter").change_text, measure("date").change_text
    assert [quarters(each) for each in (3.0, -1.0, 0.0)] == ["+3 quarters", "-1 quarter", "0 quarters"]
    assert [days(each) for each in (1.0, -20.0)] == ["+1 day", "-20 days"]


def test_a_minus_is_one_before_a_number_only() -> None:
    assert with_minus("2026-10-06: -5.0bn, year-end") == "2026-10-06: \N{MINUS SIGN}5.0bn, year-end"
