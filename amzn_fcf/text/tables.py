"""Tables, records for programs, and a progress bar."""

from __future__ import annotations

import csv
import json
import math
import shutil
import sys
import textwrap
from collections.abc import Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Item = TypeVar("Item")
_LONGEST_NAME: Final = 36
"""Letters of a line of a name, in a terminal that is too narrow."""


class Column(NamedTuple):
    """A column of a table; its title may have several lines. ``names``: it says what a row is about."""

    title: str
    right: bool = False
    names: bool = True


def left(*titles: str) -> list[Column]:
    """Return columns of texts."""
    return [Column(title) for title in titles]


def right(*titles: str) -> list[Column]:
    """Return columns of figures."""
    return [Column(title, right=True, names=False) for title in titles]


def numbered(title: str) -> Column:
    """Return a column of figures that say what rows are about: quarters ahead, or values of a driver."""
    return Column(title, right=True)


def print_table(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], ruled: Sequence[int] = ()
) -> None:
    """Print a table, with a rule above some of its rows; nothing is cut.

    In a terminal that is too narrow, parts stand below each other, each with the first columns. Names are
    broken into lines where fewer parts are enough then: figures stand beside the last one.
    """
    rows = [*rows]
    widths = _widths(columns, rows)
    parts = _parts(columns, widths)
    if len(parts) > 1:
        folded, above = _folded(rows, ruled)
        narrow = _widths(columns, folded)
        if len(fewer := _parts(columns, narrow)) < len(parts):
            rows, ruled, widths, parts = folded, above, narrow, fewer
    titles = [column.title.split("\n") for column in columns]
    height = max(map(len, titles))
    heads = [[""] * (height - len(lines)) + lines for lines in titles]
    lines = [*zip(*heads, strict=True), *rows]
    pads = [str.rjust if column.right else str.ljust for column in columns]
    texts = [title] if title else []
    for places in parts:
        part = ["   ".join(pads[at](line[at], widths[at]) for at in places) for line in lines]
        rule = " " + "─" * (_width(widths[at] for at in places) - 1)
        for place in (*sorted(ruled, reverse=True), 0):
            part.insert(height + place, rule)
        while not part[0].strip():  # no head of this part has so many lines
            part.pop(0)
        texts += ["", *(line if line is rule else f"  {line}".rstrip() for line in part)]
    print(*texts, "", sep="\n")


def _widths(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> list[int]:
    heads = [max(map(len, column.title.split("\n"))) for column in columns]
    return [max(head, *map(len, cells)) for head, *cells in zip(heads, *rows, strict=True)]


def _folded(rows: Iterable[Sequence[str]], ruled: Sequence[int]) -> tuple[list[Sequence[str]], list[int]]:
    """Return rows with long names broken into lines, and the places of the rules among them."""
    found: list[Sequence[str]] = []
    above = []
    for place, (name, *others) in enumerate(rows):
        if place in ruled:
            above.append(len(found))
        *first, last = textwrap.wrap(name, _LONGEST_NAME, subsequent_indent="  ") or [""]
        found += [[each, *([""] * len(others))] for each in first]
        found.append([last, *others])
    return found, above


def _parts(columns: Sequence[Column], widths: Sequence[int]) -> list[list[int]]:
    """Return the places of the columns of each part: all in one, unless a terminal is too narrow."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else math.inf
    if _width(widths) <= room:
        return [[*range(len(columns))]]
    named = next((place for place, column in enumerate(columns) if not column.names), len(columns) - 1)
    while named > 1 and _width([*widths[:named], max(widths[named:])]) > room:
        named -= 1
    parts: list[list[int]] = []
    for place in range(named, len(columns)):
        if parts and _width(widths[at] for at in (*parts[-1], place)) <= room:
            parts[-1].append(place)
        else:
            parts.append([*range(named), place])
    return parts


def _width(widths: Iterable[int]) -> int:
    return sum(width + 3 for width in widths)


def print_records(records: Iterable[Mapping[str, object]], form: str, kind: str = "") -> None:
    """Print records as JSON or CSV, for programs; figures that do not exist are left empty.

    Each begins with its ``kind``, one of :data:`amzn_fcf.text.schema.KINDS`; ``kind``: that of all of them.
    """
    begun = {"kind": kind} if kind else {}
    known = [{key: _known(value) for key, value in (begun | {**record}).items()} for record in records]
    if form == "json":
        print(json.dumps(known, indent=1, allow_nan=False))
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(known[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(known)


def _known(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def progress_bar(total: int | None, title: str) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes the amount of work done; it shows a bar if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415  # a tenth of a second
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, completed=done)


def progress(items: Iterable[Item], title: str, total: int | None = None) -> Iterator[Item]:
    """Yield items and show a bar; ``total``: their number, if they have no length."""
    with progress_bar(len(items) if isinstance(items, Sized) else total, title) as show:
        for done, item in enumerate(items, start=1):
            yield item
            show(done)
