"""``make bench``: building and validating one workbook and a hundred, compared with bare cell writers.

``python benchmarks/workbooks.py 10`` builds ten instead of a hundred.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import xlsxwriter
from timing import best_of, show

from amzn_fcf.building import workbooks
from amzn_fcf.building.selection import shipped_at
from model.scenarios.composing import load_scenario
from workbook_templates.plan.workbook import plan_workbook, preset_to
from workbook_templates.validation.validate import validate
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKBOOKS = 100
SCENARIO = """
name = "case{number:03}"
base = "base"
as_of = "2026Q2"
[drivers.aws_growth]
unit = "ratio"
source = "benchmark"
values = {{ 2027 = {growth} }}
"""
Cells = dict[str, list[tuple[int, int, float | str]]]


def by_openpyxl(sheets: Cells) -> None:
    """Write cells without any format."""
    book = openpyxl.Workbook()
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row, column, content in cells:
            sheet.cell(row, column, content)
    book.save(io.BytesIO())


def by_xlsxwriter(sheets: Cells) -> None:
    """Write cells without any format."""
    book = xlsxwriter.Workbook(io.BytesIO())
    for name, cells in sheets.items():
        sheet = book.add_worksheet(name)
        for row, column, content in cells:
            sheet.write(row - 1, column - 1, content)
    book.close()


def one_workbook() -> None:
    """Print the time of a first workbook, of further scenarios of its as-of, and of its bare cells."""
    base = load_scenario("base")
    plan = preset_to(plan_workbook(base, shipped_at(base.as_of), "bench"), base)
    others = [preset_to(plan, each) for each in plan.scenarios if each.name != base.name]

    def first() -> None:
        workbooks.ENGINE.kept = None
        workbooks.build(plan)

    def further() -> None:
        for each in others:
            workbooks.build(each)

    data = workbooks.build(plan).data
    sheets: Cells = {
        name: [(*place, cell.content) for place, cell in sheet.cells.items() if cell.content is not None]
        for name, sheet in plan.sheets.items()
    }
    count = sum(map(len, sheets.values()))
    show("one workbook written, calculated and validated, its plan made", best_of(3, first), "target: 1.2 s")
    show("each further scenario of its as-of", best_of(2, further) / len(others), "target: 0.5 s")
    show("one workbook validated", best_of(3, lambda: validate(data, "bench", register=register)))
    show(f"its {count:,} cells, without formats, by openpyxl", best_of(3, lambda: by_openpyxl(sheets)))
    show(f"its {count:,} cells, without formats, by XlsxWriter", best_of(3, lambda: by_xlsxwriter(sheets)))


def batch(arguments: Sequence[str]) -> float:
    """Return the seconds that a build takes, the start of its processes included."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "amzn_fcf", "build", *arguments]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own command
    return time.perf_counter() - started


def many_workbooks(count: int) -> None:
    """Print the time of a batch on two cores, of a tenth of it on one, and the peak memory of a process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            text = SCENARIO.format(number=number, growth=0.2 + number / 1000)
            (folder / f"case{number:03}.toml").write_text(text, encoding="utf-8")
        few = [str(folder / f"case{number:03}.toml") for number in range(max(count // 10, 1))]
        alone = batch(["--scenario", *few, "--workers", "1", "--out", str(folder / "out1")])
        show(f"{len(few)} workbooks by one process", alone)
        two = ["--scenario", name, "--workers", "2", "--out", str(folder / "out2")]
        show(f"{count} workbooks by two processes", batch(two), "target: 40 s for 100")
        show("the same command again, which keeps them all", batch(two))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (
        1024 if sys.platform == "linux" else 1024**2
    )
    print(f"{'memory of the largest process':<72}{largest:>9.0f} MB  target: under 300 MB")


def main() -> None:
    """Run the benchmarks of workbooks."""
    one_workbook()
    many_workbooks(int(sys.argv[1]) if len(sys.argv) > 1 else WORKBOOKS)


if __name__ == "__main__":
    main()
