"""``make bench``: how long things take, best of several runs, on this machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import numpy as np
from timing import best_of, show

from amzn_fcf.building.selection import shipped_at
from amzn_fcf.building.workbooks import build
from model.amazon import AMAZON
from model.analysis.sensitivity import break_even, grid, output_of, tornado
from model.analysis.swings import Steps
from model.backends.arrays import compile_plan
from model.language.periods import Quarter
from model.reported.actuals import reported_arrays
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.scenario import driver_arrays
from model.simulation.run import expected_value
from workbook_templates.engines.engines import ENGINES
from workbook_templates.plan.workbook import plan_workbook, preset_to
from workbook_templates.write.xlsx import write_workbook

DRAWS = 10_000
BLOCK = 500
KEPT = ("free_cash_flow", "ttm_free_cash_flow", "trough", "turn", "positive")


def draw_ten_thousand() -> dict[str, np.ndarray]:
    """Compute base with 10,000 draws of AWS growth and capital expenditure, in blocks to save memory."""
    plan = AMAZON.plan(AMAZON.axis(Quarter.parse("2026Q2")))
    program, reported = compile_plan(plan), reported_arrays(AMAZON, plan)
    drivers = driver_arrays(plan, [load_scenario("base")])
    generator = np.random.default_rng(1)
    kept: dict[str, list[np.ndarray]] = {key: [] for key in KEPT}
    for _ in range(DRAWS // BLOCK):
        drawn = dict(drivers)
        growth = generator.normal(0, 0.03, BLOCK)
        for key in ("aws_growth", "aws_growth.year", "aws_growth.next_year"):
            drawn[key] = drivers[key] + growth
        drawn["capex_scale"] = drivers["capex_scale"] * generator.lognormal(0, 0.1, BLOCK)
        values = program.run(drawn, reported, BLOCK)
        for key in KEPT:
            kept[key].append(values[key])
    return {key: np.concatenate(parts, axis=1) for key, parts in kept.items()}


def measure_sensitivities() -> None:
    """Time a tornado, a grid, and a point of a break-even line."""
    base = load_scenario("base")
    share = output_of("value_per_share[dcf,mid]", base)
    rates, growths = (tuple(low + 0.0005 * place for place in range(50)) for low in (0.07, 0.02))
    x, y = Steps("wacc", rates), Steps("terminal_growth", growths)
    show(
        "tornado of value, every driver down and up",
        best_of(3, lambda: tornado(base, share)),
        "target: under 0.5 s",
    )
    show("grid of value, 2,500 cells", best_of(3, lambda: grid(base, share, x, y)), "target: under 2 s")
    show(
        "break-even, one point",
        best_of(3, lambda: break_even(base, share, Steps("wacc", (0.09,)), y, 256.29)),
    )


STARTS = {"--help": "0.4 s", "show free_cash_flow": "0.45 s", "value": "0.7 s", "claims": "1.0 s"}
"""Commands and their targets."""


def measure_starts() -> None:
    """Time whole processes: commands, and the first call of a function in a cell."""
    for arguments, target in STARTS.items():
        command = [sys.executable, "-m", "amzn_fcf", *arguments.split()]
        show(f"amzn-fcf {arguments}, whole process", seconds_of(command), f"target: under {target}")
    call = [sys.executable, "-c", "from xlwings_udfs import AMZN_FCF; AMZN_FCF(2026)"]
    show("first call of a function, whole process", seconds_of(call), "target: under 0.35 s")


def seconds_of(command: list[str]) -> float:
    """Return the seconds that a process takes."""
    return best_of(5, lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603  # ours


def main() -> None:
    """Run all benchmarks."""
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}, "
        f"{os.cpu_count()} cores, {platform.machine()}"
    )
    base = load_scenario("base")
    run([base])
    show("one scenario, all rows, warm", best_of(20, lambda: run([base])), "target: under 30 ms")
    show(
        f"{DRAWS:,} draws of two drivers, all rows, one thread",
        best_of(3, draw_ten_thousand),
        "target: under 3 s",
    )
    show("4,096 draws of all drivers by numpy, value per share", best_of(3, lambda: expected_value(base)))
    measure_sensitivities()
    plan = preset_to(plan_workbook(base, shipped_at(base.as_of), "bench"), base)
    show("one workbook planned", best_of(3, lambda: plan_workbook(base, shipped_at(base.as_of), "bench")))
    show("one workbook written, no values", best_of(3, lambda: write_workbook(plan)))

    def build_one() -> None:
        whole = plan_workbook(base, shipped_at(base.as_of), "bench")
        build(whole)

    show(
        "one workbook planned, written, calculated and validated", best_of(3, build_one), "target: under 4 s"
    )
    measure_starts()
    data = write_workbook(plan)
    for name, engine in ENGINES.items():
        if not engine.is_available():
            print(f"the same model as a workbook, by {name}: not installed ({engine.how_to_get})")
            continue
        seconds = best_of(3, lambda engine=engine: engine.calculate(data))  # type: ignore[misc]  # bound now
        show(f"the same model as a workbook, loaded, calculated and read by {name}", seconds)


if __name__ == "__main__":
    main()
