"""``amzn-fcf build`` with workbooks that were built before, so that what is left of its work is starting, recording and writing.

Run as a program: ``python ready_made.py WORKBOOK RUN SECONDS build ...``. Processes that the batch starts
load this module too, and so take the same ready-made workbook; RUN is written into it, and every build takes
SECONDS.
"""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.building import batch
from amzn_fcf.building.workbooks import Built
from amzn_fcf.cli import main
from model.results import run
from workbook_templates.engines.engines import DEFAULT_ENGINE
from workbook_templates.validation.parity import Comparison
from workbook_templates.validation.validate import Report

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario

MARK: Final = "run.txt"
"""The part of a ready-made workbook that says for which scenario, and in which run, it was written."""
PADDING: Final = 4_000_000
"""Bytes that make writing take long enough to be hit."""


def ready_made(scenario: Scenario) -> Built:
    """Return the workbook that was given, marked with the scenario and the run."""
    source, number, seconds = sys.argv[1:4]
    time.sleep(float(seconds))
    file = io.BytesIO(Path(source).read_bytes())
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(MARK, f"{scenario.name} {number}")
        package.writestr("padding", os.urandom(PADDING))
    report = Report("", scenario.name, run([scenario]), compared={DEFAULT_ENGINE: Comparison(1)})
    return Built(scenario, file.getvalue(), report)


if len(sys.argv) > 4 and sys.argv[4] == "build":  # run as a program, or loaded by a process that it started
    vars(batch).update(
        plan_workbook=lambda _selected, _offered, _version, *, stamped: stamped,
        preset_to=lambda _plan, scenario: scenario,
        build=ready_made,
    )

if __name__ == "__main__":
    sys.exit(main(sys.argv[4:]))
