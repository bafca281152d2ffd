"""The words of arguments, the lines that they stand for, and statements as blocks of cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

from model import companies
from model.errors import NotAvailableError, PeriodError
from xlwings_udfs.cells.arguments import Block, Cell, Scalar, choice_of
from xlwings_udfs.cells.error_values import NOT_AVAILABLE
from xlwings_udfs.cells.models import in_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from model.language.periods import Frequency
    from model.presentation import CellWords, Questions, Statement
    from model.results import Results

Meaning = TypeVar("Meaning")

FREQUENCIES: Final[dict[str, Frequency]] = {"annual": "annual", "quarterly": "quarterly", "ttm": "ttm"}


def words() -> CellWords:
    """Return the words of the company in use."""
    return companies.default().presentation.cells


def statements() -> Mapping[str, Statement]:
    """Return the statements of the company in use."""
    return companies.default().presentation.statements


def questions() -> Questions:
    """Return the methods of valuation, events and price of the company in use."""
    return companies.default().presentation.questions


def choice(text: str, known: Iterable[str], blank: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the description of an argument that takes one of some words, and these words.

    A blank is the first word unless another is given, or "" for a required argument. Annotations call this
    function, so it runs when a host reads them. The words are listed unless the text names all.
    """
    taken = tuple(known)
    listed = "" if all(word in text for word in taken) else f". One of: {', '.join(taken)}"
    usual = taken[0] if taken and blank is None else blank
    return f"{text}{listed}{f'. Blank: {usual}' if usual else ''}", taken


def meaning(word: Cell, what: str, known: Mapping[str, Meaning], blank: str | None = None) -> Meaning:
    """Return what a word of an argument stands for; a blank is the first word unless another is given."""
    if not known:
        raise NotAvailableError(f"the model of {companies.default().title} has no {what} to choose")
    return known[choice_of(word, what, known, next(iter(known)) if blank is None else blank)]


def known(value: float) -> float | None:
    """Return a figure for a cell; an empty cell for one that does not exist."""
    return value if math.isfinite(value) else None


def statement_rows(results: Results, keys: Sequence[str], frequency: Frequency) -> Block:
    """Return lines as a block: names and units on the left, periods across for lines that vary with time."""
    if not results.plan.row(keys[0]).timed:
        block: Block = [["line", "unit", "value"]]
        for key in keys:
            row, value = results.plan.row(key), float(results.values[key][0, 0])
            block.append([key, row.unit, in_cell(value, row) if math.isfinite(value) else NOT_AVAILABLE])
        return block
    periods = results.periods(frequency)
    heads: list[Scalar] = [each.year if frequency == "annual" else str(each) for each in periods]
    block = [["line", "unit", *heads]]
    for key in keys:
        row = results.plan.row(key)
        values: Iterable[Scalar]
        try:
            values = map(known, results.series(key, frequency)[:, 0].tolist())
        except PeriodError:  # a line without figures at this frequency
            values = [None] * len(periods)
        block.append([key, row.unit, *values])
    return block
