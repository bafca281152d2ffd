"""CSV tables in a company's data, with checks of their columns and cells."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from model.errors import InputError, located, shown
from model.language.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from model.company import Company


def records(
    company: Company,
    name: str,
    columns: Sequence[str],
    key: Sequence[str],
    more: Sequence[str] = (),
    *,
    optional: bool = False,
) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a file, each with its place for messages (``"drivers.csv line 2"``).

    A row of the user's own replaces the one that ships with the same cells in the columns ``key``; others are
    added. ``more``: columns that a file may have at its end; without them their cells are empty.
    ``optional``: there may be no such file.
    """
    own = company.own.text(name)
    if not company.has(name) and optional:
        return []
    if own is not None and not company.file(name).is_file():
        return records_of(own, f"{company.own.folder}/{name}", columns, more)
    try:
        shipped = records_of(company.file(name).read_text(encoding="utf-8"), name, columns, more)
    except OSError:
        raise InputError(f"{name}: cannot be read in the data of {company.title}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not a table in UTF-8 text: {error}") from None
    if own is None:
        return shipped
    mine = records_of(own, f"{company.own.folder}/{name}", columns, more)
    replaced = {tuple(row[each] for each in key) for _, row in mine}
    return [*(each for each in shipped if tuple(each[1][part] for part in key) not in replaced), *mine]


def records_of(
    text: str, name: str, columns: Sequence[str], more: Sequence[str]
) -> list[tuple[str, dict[str, str]]]:
    """Return the rows of a table's text; see :func:`records`."""
    try:
        heads, *rows = [*_cells(text)] or [(1, [])]
    except csv.Error as error:
        raise InputError(f"{name}: is not a table in UTF-8 text: {error}") from None
    if tuple(heads[1]) not in {tuple(columns), (*columns, *more)}:
        may = f", and may end with {', '.join(more)}" if more else ""
        raise InputError(f"{name}: columns must be {', '.join(columns)}{may}")
    for line, cells in rows:
        if len(cells) != len(heads[1]):
            count = f"has {len(cells)} cells, needs {len(heads[1])}"
            raise InputError(f"{name} line {line}: {count}: a text that holds a comma needs quotes")
    blank = dict.fromkeys(more, "")
    return [(f"{name} line {line}", blank | dict(zip(heads[1], cells, strict=True))) for line, cells in rows]


def rows_in(text: str) -> int:
    """Return the number of rows of a table's text, below its heads."""
    return max(sum(1 for _ in _cells(text)) - 1, 0)


def text_of_rows(rows: Iterable[Sequence[str]]) -> str:
    """Return rows, the heads first, as the text of a table."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


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
        raise InputError(f"{where}: {shown(text)} is not a number")
    return value


def period_in(text: str, where: str) -> Period:
    """Return the period that a text holds; a malformed one is a :class:`PeriodError` with ``where``."""
    with located(where):
        return Period.parse(text)
