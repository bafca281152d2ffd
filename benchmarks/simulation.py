"""``make bench``: draws of the whole model, by numpy, the kernel and two spreadsheet engines.

The outputs are those that a simulation wants. Times are the best of several runs; what else this machine does
shows in them.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import core_by_hand
import formualizer
import ironcalc
import numba
import numpy as np
from timing import best_of, show

from amzn_fcf.building.selection import shipped_at
from model.amazon import AMAZON
from model.backends.arrays import compile_plan
from model.backends.kernel import kernel_for
from model.backends.kernel.cache import FOLDER_VARIABLE
from model.language.periods import Quarter
from model.reported.actuals import reported_arrays
from model.scenarios.composing import load_scenario
from model.scenarios.scenario import driver_arrays
from model.scenarios.spec import ALL
from workbook_templates.plan.layout import INPUTS, VALUE
from workbook_templates.plan.workbook import plan_workbook, preset_to
from workbook_templates.write.xlsx import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from model.backends.arrays import Array, Values
    from model.plan.plan import Plan

OUTPUTS: Final = (
    "free_cash_flow", "ttm_free_cash_flow", "trough", "turn", "positive", "recross",
    "value_per_share[dcf,mid]", "value_per_share[exit_multiple,mid]", "value_per_share[sotp,mid]",
)  # fmt: skip
VARYING: Final = core_by_hand.VARYING
NUMPY_DRAWS: Final = 2_000
DRAWS: Final = 20_000
BLOCK: Final = 2_000
ENGINE_SECONDS: Final = 8.0
RELATIVE: Final = 1e-9


@cache
def plan() -> Plan:
    """Return the model that all of this computes."""
    return AMAZON.plan(AMAZON.axis(Quarter.parse(core_by_hand.AS_OF)))


def drawn(draws: int) -> dict[str, Array]:
    """Return base with draws of four drivers: demand, spending, tax, and how long servers live."""
    drivers = driver_arrays(plan(), [load_scenario("base")])
    generator = np.random.default_rng(1)
    ahead = np.arange(plan().axis.length)[:, np.newaxis] >= plan().axis.forecast_start
    life = "useful_life[servers_and_network]"
    growth = ahead * generator.normal(0, 0.03, draws)
    for key in ("aws_growth", "aws_growth.year", "aws_growth.next_year"):
        drivers[key] = drivers[key] + growth
    drivers["capex_scale"] = drivers["capex_scale"] * generator.lognormal(0, 0.1, draws)
    drivers["tax_rate"] = drivers["tax_rate"] + ahead * generator.normal(0, 0.01, draws)
    drivers[life] = drivers[life] * generator.lognormal(0, 0.1, draws)
    return drivers


def blocks(drivers: Mapping[str, Array], draws: int) -> list[tuple[dict[str, Array], int]]:
    """Return draws in blocks, as a simulation computes them."""
    return [
        (
            {
                key: array[:, at : at + BLOCK] if array.shape[1] > 1 else array
                for key, array in drivers.items()
            },
            min(BLOCK, draws - at),
        )
        for at in range(0, draws, BLOCK)
    ]


def in_threads(
    run: Callable[[Mapping[str, Array], Mapping[str, Array], int], Values], draws: int, threads: int
) -> float:
    """Return the seconds that draws take in blocks, shared by threads."""
    parts, reported = blocks(drawn(draws), draws), reported_arrays(AMAZON, plan())

    def all_blocks() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda part: run(part[0], reported, part[1]), parts))

    return best_of(5, all_blocks)


def rate(what: str, draws: int, seconds: float, target: str = "") -> float:
    """Print draws per second, and return them."""
    print(f"{what:<72}{draws / seconds:>12,.1f} draws/s  {target}")
    return draws / seconds


def numpy_and_kernel() -> float:
    """Compare the two backends; return the kernel's draws per second in one thread."""
    kernel, program = kernel_for(plan(), frozenset(VARYING), OUTPUTS), compile_plan(plan())
    by_numpy = rate("numpy, one thread", NUMPY_DRAWS, in_threads(program.run, NUMPY_DRAWS, 1))
    rate("numpy, two threads", NUMPY_DRAWS, in_threads(program.run, NUMPY_DRAWS, 2))
    kernel.run(drawn(16), reported_arrays(AMAZON, plan()), 16)
    alone = rate("kernel, one thread", DRAWS, in_threads(kernel.run, DRAWS, 1))
    rate("kernel, two threads", DRAWS, in_threads(kernel.run, DRAWS, 2))
    print(f"kernel to numpy, one thread: {alone / by_numpy:,.1f} times (target: 4)")
    return alone


# The same workbook, a draw at a time


class Book:
    """The workbook of base: the cells that a draw changes, and those that hold the outputs."""

    def __init__(self) -> None:
        self.base = load_scenario("base")
        planned = preset_to(plan_workbook(self.base, shipped_at(self.base.as_of), "bench"), self.base)
        self.layout = planned.layout
        self.data = write_workbook(planned)
        self.place = [each.name for each in planned.scenarios].index(self.base.name)
        self.generator = np.random.default_rng(2)

    def draw(self) -> dict[str, dict[str, float] | float]:
        """Return new values of the four drivers, by year ahead or for all time."""
        growth, scale, tax, life = self.generator.normal(size=4)
        years = [str(year) for year in range(self.base.as_of.year + 1, self.layout.plan.axis.last.year + 1)]
        moves = {"aws_growth": 0.03 * growth, "capex_scale": 0.1 * scale, "tax_rate": 0.01 * tax}
        moved: dict[str, dict[str, float] | float] = {
            key: {year: self.base.table[key][year] + move for year in years} for key, move in moves.items()
        }  # fmt: skip
        return moved | {
            "useful_life[servers_and_network]": {
                ALL: self.base.table["useful_life[servers_and_network]"][ALL] + 0.1 * life
            }
        }

    def cells(self, values: Mapping[str, Any]) -> dict[tuple[str, int, int], float]:
        """Return the input cells that hold a draw."""
        years = self.layout.plan.axis.years
        return {
            (
                INPUTS,
                self.layout.inputs[key].of(self.place),
                VALUE if period == ALL else self.layout.year_column(years.index(int(period))),
            ): value
            for key, periods in values.items()
            for period, value in periods.items()
        }

    def ranges(self) -> dict[str, tuple[str, int, int, int]]:
        """Return sheet, row, and first and last column of each output."""
        found = {}
        for key in OUTPUTS:
            place, row = self.layout.places[key], self.layout.plan.rows[key]
            first = self.layout.quarter_column(row.start) if row.timed else VALUE
            found[key] = (place.sheet, place.row, first, self.layout.last_column if row.timed else VALUE)
        return found


def by_formualizer(book: Book, draws: list[dict[tuple[str, int, int], float]]) -> list[dict[str, list[Any]]]:
    """Load the workbook once; set, calculate and read draw after draw, for as long as the time allows."""
    loaded = formualizer.load_workbook_bytes(book.data)
    loaded.evaluate_all()
    ranges = {
        key: formualizer.RangeAddress(sheet, row, first, row, last)
        for key, (sheet, row, first, last) in book.ranges().items()
    }

    def one(cells: Mapping[tuple[str, int, int], float]) -> dict[str, list[Any]]:
        for (sheet, row), group in groupby(
            cells.items(), key=lambda cell: cell[0][:2]
        ):  # far quicker than one by one
            beside = list(group)
            loaded.set_values_batch(sheet, row, beside[0][0][2], [[value for _, value in beside]])
        loaded.evaluate_all()
        return {key: loaded.sheet(address.sheet).get_values(address)[0] for key, address in ranges.items()}

    return _timed("formualizer", draws, one)


def by_ironcalc(book: Book, draws: list[dict[tuple[str, int, int], float]]) -> list[dict[str, list[Any]]]:
    """Do the same with IronCalc."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(book.data)
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    names = [sheet["name"] for sheet in model.get_worksheets_properties()]
    model.evaluate()
    ranges = {
        key: (names.index(sheet), row, first, last)
        for key, (sheet, row, first, last) in book.ranges().items()
    }

    def one(cells: Mapping[tuple[str, int, int], float]) -> dict[str, list[Any]]:
        for (sheet, row, column), value in cells.items():
            model.update_cell_with_number(names.index(sheet), row, column, value)
        model.evaluate()
        return {
            key: [model.get_cell_value(sheet, row, column) for column in range(first, last + 1)]
            for key, (sheet, row, first, last) in ranges.items()
        }

    return _timed("IronCalc", draws, one)


def _timed(
    name: str,
    draws: list[dict[tuple[str, int, int], float]],
    one: Callable[[Mapping[tuple[str, int, int], float]], dict[str, list[Any]]],
) -> list[dict[str, list[Any]]]:
    found: list[dict[str, list[Any]]] = []
    shortest = float("inf")
    started = time.perf_counter()
    while time.perf_counter() - started < ENGINE_SECONDS and len(found) < len(draws):
        begun = time.perf_counter()
        found.append(one(draws[len(found)]))
        shortest = min(shortest, time.perf_counter() - begun)
    rate(f"{name}, workbook loaded once, quickest of {len(found)} draws", 1, shortest)
    RATES[name] = 1 / shortest
    return found


RATES: Final[dict[str, float]] = {}


def workbook_a_draw_at_a_time(by_kernel: float) -> None:
    """Compare with two spreadsheet engines, after checking that they give the kernel's figures."""
    book = Book()
    values = [book.draw() for _ in range(400)]
    draws = [book.cells(each) for each in values]
    kernel = kernel_for(plan(), frozenset(VARYING), OUTPUTS)
    for engine in (by_formualizer, by_ironcalc):
        for found, given in zip(engine(book, draws), values, strict=False):
            drivers = driver_arrays(plan(), [book.base.with_overrides(given)])
            expected = kernel.run(drivers, reported_arrays(AMAZON, plan()), 1)
            for key, cells in found.items():
                row = plan().rows[key]
                wanted = expected[key][row.start : row.stop if row.timed else 1, 0]
                numbers = [cell if isinstance(cell, (int, float)) else np.nan for cell in cells]
                np.testing.assert_allclose(numbers, wanted, rtol=RELATIVE, atol=1e-6, err_msg=key)
    for name, target in (("formualizer", "(target: 10,000)"), ("IronCalc", "")):
        print(f"kernel, one thread, to {name}: {by_kernel / RATES[name]:,.0f} times {target}")


def limit_of_this_machine() -> None:
    """Compare with the core of the model written by hand, after checking that it gives the same figures."""
    drivers, reported = drawn(DRAWS), reported_arrays(AMAZON, plan())
    by_hand = core_by_hand.CoreByHand(
        plan(), compile_plan(plan()).run(driver_arrays(plan(), [load_scenario("base")]), reported)
    )
    kernel = kernel_for(plan(), frozenset(VARYING), core_by_hand.LINES)
    found, expected = by_hand.run(drivers, DRAWS), kernel.run(drivers, reported, DRAWS)
    for key in core_by_hand.LINES:
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-12, atol=1e-6, err_msg=key)
    written, generated = float("inf"), float("inf")
    for _ in range(8):  # in turns, so that what else the machine does falls on both
        written = min(written, best_of(1, lambda: by_hand.run(drivers, DRAWS)))
        generated = min(generated, best_of(1, lambda: kernel.run(drivers, reported, DRAWS)))
    rate("depreciation and cash, by hand for this axis and these four drivers", DRAWS, written)
    rate("the same lines, generated", DRAWS, generated)
    print(f"generated to by hand: {generated / written:.2f} times the time (target: 1.5)")


def cost_is_linear() -> None:
    """Print the cost of a draw as draws and lines grow."""
    reported, kernel = reported_arrays(AMAZON, plan()), kernel_for(plan(), frozenset(VARYING), OUTPUTS)

    def run_blocks(parts: list[Any]) -> None:
        for some, count in parts:
            kernel.run(some, reported, count)

    print("cost against draws:")
    for draws in (1_000, 10_000, 100_000):
        parts = blocks(drawn(draws), draws)
        seconds = best_of(3, partial(run_blocks, parts))
        print(f"  {draws:>9,} draws {seconds * 1e3:>10,.1f} ms {seconds / draws * 1e6:>8.2f} us a draw")
    print("cost against lines:")
    drivers = drawn(BLOCK)
    for name, wanted in LINE_SETS.items():
        some = kernel_for(plan(), frozenset(VARYING), wanted)
        some.run(drivers, reported, BLOCK)
        seconds = best_of(5, partial(some.run, drivers, reported, BLOCK))
        cells = some.cells
        print(
            f"  {name:<28}{cells:>9,} cells a draw {seconds / BLOCK * 1e6:>8.2f} us a draw "
            f"{seconds / BLOCK / cells * 1e9:>8.2f} ns a cell"
        )


LINE_SETS: Final = {
    "capital expenditure": ("net_capex",),
    "depreciation": ("depreciation",),
    "free cash flow": ("free_cash_flow",),
    "what a simulation wants": OUTPUTS,
}


def compilation() -> None:
    """Print the wait of a process for its first run, without and with a cached kernel."""
    code = (
        "import time, sys; sys.path.insert(0, 'benchmarks'); import simulation as s\n"
        "from model.backends.kernel import kernel_for\n"
        "d, r = s.drawn(16), s.reported_arrays(s.AMAZON, s.plan()); t = time.perf_counter()\n"
        "kernel_for(s.plan(), frozenset(s.VARYING), s.OUTPUTS).run(d, r, 16); print(time.perf_counter() - t)"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, FOLDER_VARIABLE: folder}
        for what, target in (("compiled", ""), ("loaded, kept by another process", "target: under 2 s")):
            done = subprocess.run(  # noqa: S603  # this module
                [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
            )  # our own command
            show(f"first run in a fresh process: {what}", float(done.stdout), target)


def whole_simulations() -> None:
    """Print the time of a whole ``simulate`` and its memory, which does not grow with the draws."""
    code = (
        "import sys, time; from model.simulation.run import simulate\n"
        "simulate('base', draws=4096)\n"  # the kernel is compiled, or loaded
        "t = time.perf_counter(); simulate('base', draws=int(sys.argv[1])); print(time.perf_counter() - t)\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"  # of Linux
        "print(int(peak.split()[1]) / 1024)"
    )
    for draws, target in ((100_000, ""), (1_000_000, "target: under 20 s, 1 GB")):
        done = subprocess.run(  # noqa: S603  # this module
            [sys.executable, "-c", code, str(draws)], check=True, capture_output=True, text=True
        )  # our own command
        seconds, megabytes = map(float, done.stdout.split())
        show(f"{draws:,} draws, everything that simulate prints; peak {megabytes:,.0f} MB", seconds, target)


def main() -> None:
    """Run the benchmarks of simulation."""
    print(
        f"numba {numba.__version__}, numpy {np.__version__}, {os.cpu_count()} cores, {platform.machine()}; "
        "best of several runs"
    )
    compilation()
    by_kernel = numpy_and_kernel()
    limit_of_this_machine()
    cost_is_linear()
    whole_simulations()
    workbook_a_draw_at_a_time(by_kernel)


if __name__ == "__main__":
    main()
