"""CSV tables in a company's data, with checks of their columns and cells."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from model.errors import InputError, located
from model.language.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from model.company import Company


def records(company: Company, name: str, columns: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a file, each with its place for messages (``"drivers.csv line 2"``)."""
    try:
        text = company.file(name).read_text(encoding="utf-8")
        heads, *rows = [*_cells(text)] or [(1, [])]
    except OSError:
        raise InputError(f"{name}: cannot be read in the data of {company.title}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name}: is not a table in UTF-8 text: {error}") from None
    if tuple(heads[1]) != tuple(columns):
        raise InputError(f"{name}: columns must be {', '.join(columns)}")
    for line, cells in rows:
        if len(cells) != len(columns):
            count = f"has {len(cells)} cells, needs {len(columns)}"
            raise InputError(f"{name} line {line}: {count}: a text that holds a comma needs quotes")
    return [(f"{name} line {line}", dict(zip(columns, cells, strict=True))) for line, cells in rows]


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with the numbers of their lines; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""))
    for cells in filter(None, reader):
        yield reader.line_num, cells


def number_in(text: str, where: str) -> float:
    """Return the finite number that a text holds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a number")
    return value


def period_in(text: str, where: str) -> Period:
    """Return the period that a text holds; a malformed one is a :class:`PeriodError` with ``where``."""
    with located(where):
        return Period.parse(text)
