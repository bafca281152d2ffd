"""Amazon as it was before the filing of 2026Q2, and that quarter's rows, which a user then adds."""

from __future__ import annotations

import csv
import io
import re
import shutil
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.amazon import AMAZON
from model.language.periods import Quarter
from model.reported.actuals import ANNUAL_FILE, QUARTERLY_FILE
from model.reported.guidance import GUIDANCE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.company import Company

QUARTER: Final = "2026Q2"
SHIPPED: Final = Path(str(resources.files(str(AMAZON.data))))


def table_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(rows: Iterable[Mapping[str, str]], heads: Sequence[str] | None = None) -> str:
    """Return rows as the text of a table."""
    rows, text = list(rows), io.StringIO()
    writer = csv.DictWriter(text, fieldnames=heads or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def held_out(folder: Path, first: str = QUARTER) -> Company:
    """Return Amazon without figures and guidance from a quarter on, its scenarios as of the one before."""
    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    start = Quarter.parse(first)
    for name, column in ((QUARTERLY_FILE, "period"), (GUIDANCE_FILE, "as_of"), (ANNUAL_FILE, "period")):
        rows = table_of(folder / name)
        (folder / name).write_text(
            written(row for row in rows if _last(row[column]) < start), encoding="utf-8"
        )
    before = start.shifted(-1)
    for path in (folder / "scenarios").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        for as_of in re.findall(r'as_of = "(\d{4}Q\d)"', text):
            text = text.replace(f'"{as_of}"', f'"{min(before, Quarter.parse(as_of))}"')
        path.write_text(text, encoding="utf-8")
    return replace(AMAZON, data=folder)


def _last(period: str) -> Quarter:
    return Quarter.parse(period if "Q" in period else f"{period}Q4")


def rows_of_the_quarter() -> list[dict[str, str]]:
    """Return the shipped figures of the quarter."""
    return [row for row in table_of(SHIPPED / QUARTERLY_FILE) if row["period"] == QUARTER]
