"""``make bench``: functions in cells, in memory, in two spreadsheet engines and on a server."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import formualizer
import openpyxl
from timing import best_of, show

from xlwings_udfs.cells import models
from xlwings_udfs.functions.figures import AMZN_FCF
from xlwings_udfs.hosts import calc
from xlwings_udfs.hosts.calc.parts import PROGRAMMATIC_PREFIX
from xlwings_udfs.hosts.headless import register

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from test_host_calc import Office, fill
from test_host_server import running_server

SCENARIOS = ("article", "base", "bull", "bear", "base+price_war")
LINES = 50
PERIODS = tuple(f"{year}Q{quarter}" for year in range(2025, 2035) for quarter in range(1, 5))
FRESH = "from xlwings_udfs.functions.figures import AMZN_FCF; AMZN_FCF(2026, 'bull')"
CALLS = 100_000
CALLERS = 100


def ten_thousand() -> list[str]:
    """Return 10,000 different calls over five scenarios."""
    keys = [key for key, row in models.model_of("base").plan.rows.items() if row.timed][:LINES]
    return [
        f'AMZN_LINE("{key}","{period}","{name}")' for name in SCENARIOS for key in keys for period in PERIODS
    ]


def in_formualizer(calls: list[str]) -> float:
    """Return the seconds that the headless engine takes, the models' computing included."""
    book = formualizer.Workbook()
    book.add_sheet("S")
    register(book)
    for row, call in enumerate(calls, start=1):
        book.sheet("S").set_formula(row, 1, f"={call}")
    models._computed.cache_clear()  # noqa: SLF001  # a fresh process has computed nothing
    started = time.perf_counter()
    book.evaluate_all()
    return time.perf_counter() - started


def in_libreoffice(calls: list[str], program: str) -> float:
    """Return the seconds that LibreOffice takes for a file, its start and its writing included."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(program), Path(folder))
        office.install(calc.write_template(Path(folder))[0])
        book = openpyxl.Workbook()
        sheet = book.active
        fill(sheet, 1, [[f"={PROGRAMMATIC_PREFIX}{call}"] for call in calls])
        started = time.perf_counter()
        office.calculated(book, "many")
        return time.perf_counter() - started


def by_server() -> None:
    """Print what one caller waits for an answer, and what a hundred at once wait."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder)) as host:

        def one(number: int) -> float:
            started = time.perf_counter()
            answer = host.call("AMZN_FCF", 2026 + number % 10, SCENARIOS[number % 4])
            assert answer.status == 200  # noqa: S101, PLR2004  # a refusal is quick
            return time.perf_counter() - started

        alone = sorted(map(one, range(500)))
        with ThreadPoolExecutor(max_workers=CALLERS) as callers:
            together = sorted(callers.map(one, range(10 * CALLERS)))
    for what, waits in (("one caller", alone), (f"{CALLERS} callers at once", together)):
        show(f"server on loopback, {what}: median", statistics.median(waits))
        show(f"server on loopback, {what}: 99th percentile", waits[len(waits) * 99 // 100])


def main() -> None:
    """Run the benchmarks of the functions."""
    first = [sys.executable, "-c", FRESH]
    show(
        "AMZN_FCF in a fresh process",
        best_of(5, lambda: subprocess.run(first, check=True)),  # noqa: S603  # our own command
        "target: under 1.0 s",
    )  # our own command
    AMZN_FCF(2026, "bull")
    again = timeit.timeit(lambda: AMZN_FCF(2026, "bull"), number=CALLS) / CALLS
    print(f"{'the same call again':<72}{again * 1e6:>9.1f} us  target: under 30 us")
    calls = ten_thousand()
    seconds = in_formualizer(calls)  # once: a second time every call would be remembered
    show(
        f"{len(calls):,} different cells over {len(SCENARIOS)} scenarios, headless",
        seconds,
        "target: under 1.5 s",
    )
    program = shutil.which("soffice")
    if program is None:
        print("the same cells in LibreOffice: not installed")
    else:
        show("the same cells in LibreOffice, its start and the file included", in_libreoffice(calls, program))
    by_server()


if __name__ == "__main__":
    main()
