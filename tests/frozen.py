"""Amazon as known after 2026Q2: for tests whose results would otherwise change with the next filing."""

from __future__ import annotations

import csv
import shutil
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.amazon import AMAZON
from model.companies import using
from model.evidence.backtest import forecasts
from model.evidence.claims import ledger
from model.evidence.thesis import load_thesis
from model.reported.actuals import ANNUAL_FILE, QUARTERLY_FILE, load_actuals
from model.reported.guidance import GUIDANCE_FILE
from model.scenarios.drivers import driver_specs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.company import Company

LATEST: Final = "2026Q2"
_CUT: Final = {
    QUARTERLY_FILE: ("period", LATEST),
    ANNUAL_FILE: ("period", "2025"),
    GUIDANCE_FILE: ("as_of", LATEST),
}
"""Files whose later rows are left out: the column to go by, and its last value."""


@contextmanager
def frozen(folder: Path) -> Iterator[Company]:
    """Use Amazon with the filings and guidance up to the results of :data:`LATEST`, copied to a folder."""
    source = Path(str(resources.files(str(AMAZON.data))))
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for name, (column, last) in _CUT.items():
        _cut(folder / name, column, last)
    _forget()
    try:
        with using(replace(AMAZON, data=folder)) as company:
            yield company
    finally:
        _forget()


def _cut(path: Path, column: str, last: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    place = head.index(column)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[place] <= last)])


def _forget() -> None:
    """Clear the caches of the company in use."""
    for each in (driver_specs, forecasts, ledger, load_actuals, load_thesis):
        vars(each)["cache_clear"]()
