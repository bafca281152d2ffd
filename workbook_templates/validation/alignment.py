"""Which rows of two sheets are the same, where some were inserted, deleted or changed. Knows no workbook."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    Signature = tuple[Hashable, ...]
    Pair = tuple[int, int]

_MOST_TRIED: Final = 10_000
"""Pairs of rows that are compared one with one, where nothing tells them apart."""
_MOST_ROUNDS: Final = 20
"""Times that anchors are looked for between anchors: time stays linear whatever a file holds."""


def aligned(levels: Sequence[tuple[Sequence[Signature], Sequence[Signature]]]) -> list[Pair]:
    """Return the places of rows that belong together, in order; the others were deleted or inserted.

    ``levels``: the signatures of the rows before and after, the strictest first; rows are told apart by the
    next level where one does not help. Rows whose signature occurs once on both sides are anchors, and what
    lies between two anchors is aligned in turn: as many rows on both sides are the same rows, changed; else
    the most alike belong together. Time: linear in the number of rows, but for sorting.

    Examples
    --------
    >>> before, after = [("a",), ("b",), ("c",)], [("a",), ("x",), ("b",), ("c",)]
    >>> aligned([(before, after)])
    [(0, 0), (1, 2), (2, 3)]
    """
    found: list[Pair] = []
    first, second = levels[0]
    waiting = [(0, len(first), 0, len(second), 0, 0)]
    while waiting:
        start, end, other, last, level, rounds = waiting.pop()
        one, two = levels[level]
        while start < end and other < last and one[start] == two[other]:
            found.append((start, other))
            start, other = start + 1, other + 1
        while start < end and other < last and one[end - 1] == two[last - 1]:
            end, last = end - 1, last - 1
            found.append((end, last))
        if start == end or other == last:
            continue
        anchors = _anchors(one, two, (start, end), (other, last)) if rounds < _MOST_ROUNDS else []
        if anchors:
            found += anchors
            corners = [(start - 1, other - 1), *anchors, (end, last)]
            for (above, right_above), (below, right_below) in pairwise(corners):
                waiting.append((above + 1, below, right_above + 1, right_below, level, rounds + 1))
        elif level + 1 < len(levels):
            waiting.append((start, end, other, last, level + 1, rounds))
        elif end - start == last - other or (end - start) * (last - other) > _MOST_TRIED:
            found += zip(range(start, end), range(other, last), strict=False)
        else:
            found += _most_alike(first[start:end], second[other:last], start, other)
    return sorted(found)


def _anchors(one: Sequence[Signature], two: Sequence[Signature], rows: Pair, others: Pair) -> list[Pair]:
    """Return the longest rising list of pairs among signatures that occur once on both sides."""
    counts = [Counter(side[slice(*span)]) for side, span in ((one, rows), (two, others))]
    where = {two[place]: place for place in range(*others) if counts[1][two[place]] == 1}
    pairs = [
        (place, where[one[place]])
        for place in range(*rows)
        if one[place] and counts[0][one[place]] == 1 and one[place] in where
    ]
    ends: list[int] = []  # the least end of a rising list of each length, and which pair it is
    last: list[int] = []
    before = []
    for number, (_, other) in enumerate(pairs):
        length = bisect_left(ends, other)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [other], [number]
    found, number = [], last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _most_alike(one: Sequence[Signature], two: Sequence[Signature], start: int, other: int) -> Iterator[Pair]:
    """Yield the pairs, in order, that have the most parts in common; rows with none in common are no pair."""
    sets = [set(each) for each in two]
    best = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    common = [[len(each & set(row)) for each in sets] for row in one]
    for row in reversed(range(len(one))):
        for column in reversed(range(len(two))):
            best[row][column] = max(
                best[row + 1][column], best[row][column + 1],
                best[row + 1][column + 1] + common[row][column],
            )  # fmt: skip
    row = column = 0
    while row < len(one) and column < len(two):
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            yield start + row, other + column
            row, column = row + 1, column + 1
