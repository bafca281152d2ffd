"""A workbook before it is a file: cells with content, style, and the figure of the model that they must equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

TwinKind = Literal[
    "quarter", "value", "year", "ttm", "driver year", "choice", "passes", "agrees", "mix", "text", "call", "quarter text", "no difference"
]


class Twin(NamedTuple):
    """What a formula cell must equal: a figure of the model.

    ``quarter``/``ttm``: row ``key`` at position ``place``; ``year``: the line's figure of the year at ``place``;
    ``driver year``: the scenario's value for the calendar year ``place``; ``value``: what does not vary with time;
    ``choice``: number of the selected scenario; ``passes``: 1 if the count in row ``key`` is 0;
    ``agrees``, ``mix``: on Scenarios in row ``place``, whether the live figure is
    the stamped one, and the weighted stamped figures; ``call``: a function in a cell, which must give no error;
    ``quarter text``: a quarter as 2027Q2; ``no difference``: 0 within the tolerance of row ``key``; ``text``: one of the texts in
    :mod:`workbook_templates.parity`.
    """

    kind: TwinKind
    key: str = ""
    place: int = 0


class Cell(NamedTuple):
    """Content (a formula starts with ``=`` and has a twin), style, and twin."""

    content: float | str | None
    style: str
    twin: Twin | None = None


@dataclass(repr=False)
class SheetPlan:
    """A sheet before it is written."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] | None = None
    outline: list[tuple[int, int]] = field(default_factory=list)
    ranges: list[InputRange] = field(default_factory=list)
    protected: bool = True
    print_columns: int = 0
    """How many columns are printed, one page wide: those of the years; 0 for all."""

    def put(self, row: int, column: int, content: float | str | None, style: str, twin: Twin | None = None) -> None:
        """Place a cell."""
        self.cells[row, column] = Cell(content, style, twin)


@dataclass(frozen=True)
class InputRange:
    """Cells in which a user may type, and what is allowed there: a list, or a range of numbers."""

    cells: str
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    choices: str = ""
    message: str = ""


def is_formula(content: object) -> bool:
    """Tell whether the content of a cell is a formula."""
    return isinstance(content, str) and content.startswith("=") and len(content) > 1
