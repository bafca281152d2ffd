"""``amzn-fcf build`` with a workbook built beforehand: all that is left to do is start, record and write.

Run as a program: ``python ready_made.py WORKBOOK RUN SECONDS build ...``. Worker processes load this module
too and use the same workbook. RUN is written into each copy, and every build takes SECONDS.
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
"""The part of a ready-made workbook that names its scenario and run."""
PADDING: Final = 4_000_000
"""Bytes that make writing slow enough to be interrupted."""


def ready_made(scenario: Scenario) -> Built:
    """Return the given workbook, marked with the scenario and the run."""
    source, number, seconds = sys.argv[1:4]
    time.sleep(float(seconds))
    file = io.BytesIO(Path(source).read_bytes())
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(MARK, f"{scenario.name} {number}")
        package.writestr("padding", os.urandom(PADDING))
    report = Report("", scenario.name, run([scenario]), compared={DEFAULT_ENGINE: Comparison(1)})
    return Built(scenario, file.getvalue(), report)


if len(sys.argv) > 4 and sys.argv[4] == "build":  # run as a program, or loaded by a process that it started
    vars(batch).update(_planned=lambda job: job.selected, build=ready_made)

if __name__ == "__main__":
    sys.exit(main(sys.argv[4:]))
