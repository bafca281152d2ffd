"""What people look at in a terminal: tables, and the progress of long work."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Item = TypeVar("Item")
_WIDEST = 10_000
"""Characters of a column of figures, with the space around it."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    title: str
    right: bool = False


def print_table(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; it is never cut, even when the terminal is narrow or a file."""
    from rich import box  # noqa: PLC0415  # a tenth of a second that only tables pay
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(escape(column.title), justify="right" if column.right else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console(width=_WIDEST, highlight=False)
    with console.capture() as text:
        console.print(table, crop=False)
    for line in text.get().splitlines():
        print(line.rstrip())


def print_records(records: Sequence[Mapping[str, object]], form: str) -> None:
    """Print records as JSON or CSV, for programs."""
    if form == "json":
        print(json.dumps(records, indent=1, allow_nan=False))
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)


@contextmanager
def progress_bar(total: int | None, what: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how much of the work is done, and shows it on stderr when a person is looking."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """Yield items and show on stderr how many were; ``total``: how many there will be."""
    with progress_bar(len(items) if isinstance(items, Sized) else total, what) as show:
        for done, item in enumerate(items, start=1):
            yield item
            show(done)
