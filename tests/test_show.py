"""Lines side by side, the other way round, as a workbook, and as a chart."""

from __future__ import annotations

import csv
import importlib.util
import io
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
from commands import amzn_fcf, records, refused
from shared import computed

from model.language.periods import Period

if TYPE_CHECKING:
    from pathlib import Path

TWO = ("--scenario", "base", "--scenario", "bull")
LINES = ("free_cash_flow", "aws_margin")


def value(scenario: str, line: str, period: str) -> float:
    return computed(scenario).value(line, Period.parse(period))


def test_several_scenarios_stand_beside_their_difference() -> None:
    done = amzn_fcf("show", *LINES, *TWO, "--period", "2028")
    row = [cell.strip() for cell in done.stdout.splitlines()[-2].split("   ") if cell.strip()]
    flows = [value(each, "free_cash_flow", "2028") for each in ("base", "bull")]
    margins = [value(each, "aws_margin", "2028") for each in ("base", "bull")]
    assert row == [
        "2028", f"{flows[0]:,.0f}", f"{flows[1]:,.0f}", f"{flows[1] - flows[0]:+,.0f}",
        f"{margins[0]:.2%}", f"{margins[1]:.2%}", f"{100 * (margins[1] - margins[0]):+.2f} pp",
    ]  # fmt: skip
    assert "bull - base, USD m" in done.stdout


def test_records_of_several_scenarios_hold_the_difference() -> None:
    found = records("show", *LINES, *TWO)
    for each in found:
        names = each["scenario"].split(" - ")
        figures = [value(name, each["line"], each["period"]) for name in names]
        assert each["value"] == figures[0] - sum(figures[1:])
    assert {each["scenario"] for each in found} == {"base", "bull", "bull - base"}


def test_quarters_of_events_differ_by_a_number_of_quarters() -> None:
    done = amzn_fcf("show", "positive", "--scenario", "base", "--scenario", "bear")
    first, second = (computed(each).values["positive"][0, 0] for each in ("base", "bear"))
    apart = (second // 10 - first // 10) * 4 + second % 10 - first % 10
    assert f"{apart:+.0f} quarters".replace("+-", "-") in done.stdout


def test_a_pivot_has_lines_down_and_periods_across() -> None:
    done = amzn_fcf("show", *LINES, *TWO, "--pivot", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["line"], row["scenario"]) for row in rows] == [
        (line, name) for line in LINES for name in ("base", "bull", "bull - base")
    ]
    for row in rows[:2]:
        for year in ("2022", "2026", "2035"):
            assert float(row[year]) == value(row["scenario"], row["line"], year)
    text = amzn_fcf("show", *LINES, "--pivot", "--period", "2028").stdout.splitlines()
    assert text[1].split() == ["line", "scenario", "unit", "2028"]
    assert text[3].split() == [
        "free_cash_flow",
        "base",
        "USD",
        "m",
        f"{value('base', LINES[0], '2028'):,.0f}",
    ]


def test_a_workbook_holds_the_figures_with_their_formats(tmp_path: Path) -> None:
    command = ("show", *LINES, "valuation_date", "positive", *TWO, "--format", "xlsx", "--out", "table.xlsx")
    done = amzn_fcf(*command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "wrote table.xlsx\n")
    sheet = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets[0]
    heads = {tuple(sheet.cell(row, column).value for row in (4, 5)): column for column in range(3, 15)}
    row = next(cell.row for cell in sheet["A"] if cell.value == 2028)
    for line in LINES:
        for name in ("base", "bull"):
            shown = sheet.cell(row, heads[line, name]).value
            assert shown == pytest.approx(value(name, line, "2028"), rel=1e-15)
    assert sheet.cell(row, 2).value == "E"
    assert sheet.cell(row - 2, 2).value == "A + E"
    assert "%" in sheet.cell(row, heads["aws_margin", "bull - base"]).number_format
    last = sheet.max_row
    assert sheet.cell(last, 1).value == "all"
    assert sheet.cell(last, heads["positive", "base"]).value == computed("base").values["positive"][0, 0]
    assert sheet["A1"].value == "base (as of 2026Q2), bull (as of 2026Q2)"
    assert sheet.freeze_panes == "C7"


def test_a_statement_as_a_workbook_has_its_lines_down(tmp_path: Path) -> None:
    amzn_fcf("show", "--statement", "income", "--format", "xlsx", "--out", "i.xlsx", cwd=tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "i.xlsx").worksheets[0]
    column = next(cell.column for cell in sheet[3] if cell.value == 2027)
    row = next(cell.row for cell in sheet["B"] if cell.value == "net_sales")
    assert sheet.cell(row, column).value == value("base", "net_sales", "2027")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--format", "xlsx"), "--format xlsx needs a file: add --out FILE.xlsx"),
        (("--format", "xlsx", "--out", "t.csv"), "--out t.csv: a workbook needs a name that ends in .xlsx"),
        (("--format", "xlsx", "--out", "no/t.xlsx"), "there is no folder no"),
        (("--format", "xlsx", "--out", "there.xlsx"), "there.xlsx already exists"),
        (("--out", "t.xlsx"), "--out t.xlsx is for --format xlsx, not text"),
        (("--plot", "t.pdf"), "--plot writes a .png or .svg file, not 't.pdf'"),
        (("--plot", "t.png", "--period", "2027"), "--plot draws lines over time, not 2027 alone"),
        (("beta", "--plot", "t.png"), "beta does not vary with time"),
        ((*["capex"] * 6, "--plot", "t.png"), "--plot has 6 colours, not 7 in a panel: name fewer lines"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_no_file(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    assert message in refused("show", "free_cash_flow", *words, cwd=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["there.xlsx"]
    assert (tmp_path / "there.xlsx").read_bytes() == b"mine"


def test_a_list_of_lines_is_neither_drawn_nor_written(tmp_path: Path) -> None:
    assert "name the lines" in refused("show", "--plot", "t.png", cwd=tmp_path)
    assert "name the lines" in refused("show", "--format", "xlsx", "--out", "t.xlsx", cwd=tmp_path)
    assert "--plot draws lines" in refused("show", "--statement", "income", "--plot", "t.png", cwd=tmp_path)


def test_an_existing_workbook_is_replaced_by_force(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"mine")
    done = amzn_fcf("show", "capex", "--format", "xlsx", "--out", "t.xlsx", "--force", cwd=tmp_path)
    assert done.returncode == 0
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets


@pytest.mark.parametrize("name", ["t.png", "t.svg"])
def test_a_chart_is_saved_and_is_the_same_each_time(tmp_path: Path, name: str) -> None:
    pytest.importorskip("matplotlib")
    command = ("show", *LINES, *TWO, "--plot", name, "--period", "ttm")
    assert amzn_fcf(*command, cwd=tmp_path).stdout.endswith(f"wrote {name}\n")
    first = (tmp_path / name).read_bytes()
    assert amzn_fcf(*command, cwd=tmp_path).returncode == 0
    assert (tmp_path / name).read_bytes() == first


def test_a_chart_shows_reported_figures_apart_from_those_ahead() -> None:
    pytest.importorskip("matplotlib")
    from amzn_fcf.pictures.lines import lines_figure  # noqa: PLC0415  # needs matplotlib
    from amzn_fcf.text.series import series_of  # noqa: PLC0415

    found = [series_of(computed(name), "free_cash_flow", "annual") for name in ("base", "bull")]
    (axes,) = lines_figure(found).axes
    drawn = [np.round(np.asarray(line.get_ydata(), dtype=float), 6).tolist() for line in axes.get_lines()[:4]]
    years = [value("base", "free_cash_flow", str(year)) / 1000 for year in range(2022, 2036)]
    bull = [value("bull", "free_cash_flow", str(year)) / 1000 for year in range(2026, 2036)]
    assert drawn[0] == drawn[2] == [round(each, 6) for each in years[:4]]
    assert drawn[1] == [round(each, 6) for each in years[3:]]
    assert drawn[3] == [round(each, 6) for each in [years[3], *bull]]
    assert axes.get_title(loc="left") == "Free cash flow, USD bn"


def test_without_matplotlib_a_chart_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert "--plot needs matplotlib" in refused("show", "capex", "--plot", "t.png")
