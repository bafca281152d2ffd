"""The workbook that compare writes: its sums are live, its figures are those of the records."""

from __future__ import annotations

import io
import math
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
import pytest
from commands import amzn_fcf, records, refused
from scenario_files import CASE
from shared import calculated, computed, input_cell, worth, written
from test_print import LEAST_POINTS, scale

from model.language.periods import Period, Quarter
from model.scenarios.composing import load_scenario
from workbook_templates.engines.formualizer import Formualizer
from workbook_templates.write.patching import with_changes

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.read.values import Grids

VALUE, FLOW = "value_per_share[dcf,mid]", "free_cash_flow 2027"
OUTPUTS = (VALUE, FLOW, "positive")
PAIRS = {
    "dated": ("article", "base"),
    "drawn": ("article", "base", "--by-driver", "--output", FLOW, "--output", "aws_margin 2028"),
    "back": ("bear", "article"),
}
TO_XLSX = ("--format", "xlsx", "--out", "c.xlsx")
PLACE, BASE, WHOLE, ADDS, ADDS_BELOW, TAKES, TAKES_BELOW = range(12, 19)


class Compared(NamedTuple):
    """A workbook as it was written, its values as an engine calculates them, and the records."""

    data: bytes
    book: openpyxl.Workbook
    values: Any
    records: list[dict[str, Any]]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.records if each["kind"] == kind]


def bridge_in(folder: Path) -> tuple[Worksheet, Grids]:
    """Return the sheet Bridge of the workbook that was written, and the values of all sheets."""
    data = (folder / "c.xlsx").read_bytes()
    return openpyxl.load_workbook(io.BytesIO(data))["Bridge"], Formualizer().calculate(data)


@cache
def compared(pair: str) -> Compared:
    with TemporaryDirectory() as folder:
        done = amzn_fcf("compare", *PAIRS[pair], *TO_XLSX, cwd=Path(folder))
        assert (done.returncode, done.stdout, done.stderr) == (1, "wrote c.xlsx\n", "")
        data = (Path(folder) / "c.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    return Compared(data, book, Formualizer().calculate(data), records("compare", *PAIRS[pair]))


def blocks(sheet: Worksheet) -> list[range]:
    """Return the rows of each bridge, from the figure at the start to that at the end."""
    found = []
    for head in (cell.row for cell in sheet["A"] if cell.value == "cause"):
        end = head + 1
        while sheet.cell(end + 2, 1).value:
            end += 1
        found.append(range(head + 1, end + 1))
    return found


def outputs(pair: Compared) -> list[str]:
    return list(dict.fromkeys(each["output"] for each in pair.of_kind("bridge")))


@pytest.mark.parametrize("name", PAIRS)
def test_effects_are_those_of_the_records_and_their_sums_are_live(name: str) -> None:
    pair = compared(name)
    sheet, values = pair.book["Bridge"], pair.values["Bridge"]
    for output, rows in zip(outputs(pair), blocks(sheet), strict=True):
        bridge = [each for each in pair.of_kind("bridge") if each["output"] == output]
        stamped = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in rows[1:-1]}
        assert stamped == {each["driver"]: each["effect"] for each in bridge}
        errors = {sheet.cell(row, 1).value: sheet.cell(row, 4).value or 0.0 for row in rows[1:-1]}
        assert errors == {each["driver"]: each["standard_error"] for each in bridge}
        total = math.fsum(each["effect"] for each in bridge)
        assert values[rows[-1], 2] == pytest.approx(total, abs=1e-9)
        assert values[rows[-1] + 1, 2] == pytest.approx(0, abs=1e-9)  # what is left of the figure
        start, *running = (values[row, 11] for row in rows)
        assert running[-1] - start == pytest.approx(total, abs=1e-9)
        assert running[:-1] == pytest.approx([*accumulate(stamped.values(), initial=start)][1:], abs=1e-9)
        live = [(row, 3) for row in rows] + [(rows[-1], 2), (rows[-1] + 1, 2)]
        assert all(str(sheet.cell(*each).value).startswith("=") for each in live)


def test_both_ends_are_the_figures_of_the_scenarios() -> None:
    pair = compared("dated")
    sheet, values = pair.book["Bridge"], pair.values["Bridge"]
    sides = load_scenario("article"), load_scenario("base")
    year = Period("annual", 2027)
    expected = [
        [worth(each) for each in sides],
        [computed(each).value("free_cash_flow", year) for each in ("article", "base")],
        [computed(each).values["positive"][0, 0] for each in ("article", "base")],
    ]
    for (before, after), rows in zip(expected, blocks(sheet), strict=True):
        assert sheet.cell(rows[0], 2).value == before
        assert sheet.cell(rows[-1] + 1, 3).value == after
        assert (values[rows[0], 3], values[rows[-1], 3]) == pytest.approx((before, after), abs=1e-9)
    quarters = blocks(sheet)[2]
    turns = [Quarter.from_code(each) for each in expected[2]]
    assert values[quarters[-1], 2] == pytest.approx(turns[1] - turns[0], abs=1e-9)


def test_table_and_waterfall_follow_an_effect_that_is_typed() -> None:
    pair = compared("dated")
    rows, before = blocks(pair.book["Bridge"])[0], pair.values["Bridge"]
    after = Formualizer().calculate(pair.data, {("Bridge", rows[1], 2): before[rows[1], 2] + 7.5})["Bridge"]
    for place in ((rows[-1], 3), (rows[-1], WHOLE), (rows[5], 3), (rows[-1], 2)):
        assert after[place] == pytest.approx(before[place] + 7.5, abs=1e-9)
    assert after[rows[-1] + 1, 2] == pytest.approx(-7.5, abs=1e-9)


@pytest.mark.parametrize("name", PAIRS)
def test_a_waterfall_draws_each_step_on_either_side_of_zero(name: str) -> None:
    pair = compared(name)
    values, crossing = pair.values["Bridge"], 0
    for output, rows in zip(outputs(pair), blocks(pair.book["Bridge"]), strict=True):
        foot = min(values[row, 11] for row in rows) - 1 if output == "positive" else 0.0
        levels = [values[row, 11] - foot for row in rows]
        for row, (start, end) in zip(rows[1:-1], pairwise(levels[:-1]), strict=True):
            low, high = sorted((start, end))
            crossing += low < 0 < high
            gap, above, below = (low, high - low, 0) if low > 0 else (high, 0, low - high)
            if low <= 0 <= high:
                gap, above, below = 0, high, low
            drawn = (ADDS, ADDS_BELOW, TAKES, TAKES_BELOW)
            up = end > start
            bars = (above, below, 0, 0) if up else (0, 0, above, below)
            found = [values[row, column] for column in (BASE, WHOLE, *drawn)]
            assert found == pytest.approx([gap, 0, *bars], abs=1e-9)
        ends = rows[0], rows[-1]
        assert [values[row, WHOLE] for row in ends] == pytest.approx([levels[0], levels[-1]], abs=1e-9)
    assert name == "drawn" or crossing


def test_a_chart_reads_the_cells_of_its_bridge() -> None:
    sheet: Any = compared("dated").book["Bridge"]
    for chart, rows in zip(sheet._charts, blocks(sheet), strict=True):  # noqa: SLF001  # openpyxl keeps them to itself
        assert (chart.grouping, chart.overlap, chart.legend) == ("stacked", 100, None)
        base, *seen = chart.series
        assert base.spPr.noFill
        colours = [each.spPr.solidFill.srgbClr for each in seen]
        assert colours == ["BFC7D0", *["14365C"] * 2, *["C8501E"] * 2]
        for each, column in zip(chart.series, "MNOPQR", strict=True):
            assert each.val.numRef.f == f"'Bridge'!${column}${rows[0]}:${column}${rows[-1]}"
            assert each.cat.strRef.f == f"'Bridge'!$J${rows[0]}:$J${rows[-1]}"
        start = chart.anchor._from  # noqa: SLF001  # as openpyxl names it
        assert (start.row, chart.anchor.to.row) == (rows[0] - 1, rows[-1])
    labels = compared("dated").values["Bridge"]
    assert labels[blocks(sheet)[2][-1], 10] == "base  2028Q1"


def test_estimates_are_those_of_the_records_and_differences_are_live() -> None:
    pair = compared("dated")
    sheet, values = pair.book["Estimates"], pair.values["Estimates"]
    estimates = pair.of_kind("estimate")
    assert sheet.max_row == 3 + len(estimates)
    for row, each in enumerate(estimates, start=4):
        name, unit, period = (str(sheet.cell(row, column).value) for column in (2, 3, 4))
        assert (name, unit, period) == (each["line"], each["unit"], each["period"])
        sides = each["before"], each["after"]
        if unit == "quarter":
            sides = Quarter.parse(sides[0]).code, Quarter.parse(sides[1]).code
        assert (sheet.cell(row, 5).value, sheet.cell(row, 6).value) == sides
        assert str(sheet.cell(row, 7).value).startswith("=")
        assert values[row, 7] == pytest.approx(each["difference"], rel=1e-12)


def test_inputs_are_those_of_the_records() -> None:
    pair = compared("dated")
    sheet: Any = pair.book["Inputs"]
    source = ""
    inputs = pair.of_kind("input")
    assert sheet.max_row == 3 + len(inputs)
    for row, each in enumerate(inputs, start=4):
        _, name, unit, words, period, before, after = (cell.value for cell in sheet[row])
        source = words or source
        assert (name, unit, str(period), source) == (
            each["driver"], each["unit"], each["period"], each["source"],
        )  # fmt: skip
        sides = (str(side.date()) if unit == "date" else side for side in (before, after))
        unnamed = (None if side == "none given" else side for side in sides)
        assert tuple(unnamed) == (each["before"], each["after"])


@pytest.mark.parametrize("name", PAIRS)
def test_it_has_cached_values_and_prints_at_eight_points_or_more(name: str) -> None:
    pair = compared(name)
    assert pair.book.sheetnames == ["Bridge", "Estimates", "Inputs"]
    shown = openpyxl.load_workbook(io.BytesIO(pair.data), data_only=True)
    for sheet in pair.book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert 10 * scale(sheet) >= LEAST_POINTS
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    known = pair.values[sheet.title][cell.row, cell.column]
                    assert shown[sheet.title][cell.coordinate].value == known


def test_a_name_that_begins_like_a_formula_is_a_text(tmp_path: Path) -> None:
    for name, value in (("=1+1.toml", 0.2), ("#N", 0.3)):
        (tmp_path / name).with_suffix(".toml").write_text(CASE.format(name="mine", value=value))
    amzn_fcf("compare", "=1+1.toml", "#N.toml", *TO_XLSX, cwd=tmp_path)
    sheet, values = bridge_in(tmp_path)
    row = blocks(sheet)[0][0]
    assert (sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) == ("=1+1.toml", "s")
    assert values["Bridge"][row, 1] == "=1+1.toml"
    assert str(values["Bridge"][row, 10]).startswith("=1+1.toml  ")
    assert values["Estimates"][3, 5] == "=1+1.toml"


def test_two_workbooks_are_compared_as_their_scenarios(tmp_path: Path) -> None:
    place = input_cell(written("base")[0], "beta", "all")
    (tmp_path / "old.xlsx").write_bytes(calculated("base"))
    changed = with_changes(calculated("base"), {place: 1.3, ("Sales", 1, 1): "typed"})
    (tmp_path / "new.xlsx").write_bytes(changed)
    done = amzn_fcf("compare", "old.xlsx", "new.xlsx", *TO_XLSX, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "wrote c.xlsx\n")
    sheet, values = bridge_in(tmp_path)
    rows = blocks(sheet)[0]
    moved = worth(load_scenario("base").with_overrides({"beta": 1.3})) - worth(load_scenario("base"))
    assert values["Bridge"][rows[-1], 2] == pytest.approx(moved, abs=1e-9)
    assert str(sheet.cell(sheet.max_row, 1).value).startswith("Also different: 1 other cell.")


def test_what_cannot_be_written_is_one_line_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "c.xlsx").write_bytes(b"mine")
    foreign = openpyxl.Workbook()
    foreign.save(tmp_path / "foreign.xlsx")
    there = {each.name for each in tmp_path.iterdir()}
    for words, message in (
        (("base", "bull", *TO_XLSX), "c.xlsx already exists"),
        (("base", "bull", "--format", "xlsx"), "--format xlsx needs a file: add --out FILE.xlsx"),
        (("base", "bull", "--out", "d.xlsx"), "--out d.xlsx is for --format xlsx, not text"),
        (
            ("foreign.xlsx", "foreign.xlsx", *TO_XLSX, "--force"),
            "--format xlsx needs two workbooks of this model: foreign.xlsx is not a workbook of this model",
        ),
    ):
        assert message in refused("compare", *words, cwd=tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == there
    assert (tmp_path / "c.xlsx").read_bytes() == b"mine"


def test_scenarios_that_are_equal_have_a_bridge_without_causes(tmp_path: Path) -> None:
    (tmp_path / "c.xlsx").write_bytes(b"mine")
    done = amzn_fcf("compare", "base", "base@2026Q2", *TO_XLSX, "--force", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "wrote c.xlsx\n")
    sheet, values = bridge_in(tmp_path)
    for rows in blocks(sheet):
        assert len(rows) == 2
        assert (values["Bridge"][rows[-1], 2], values["Bridge"][rows[-1] + 1, 2]) == (0, 0)
