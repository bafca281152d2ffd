"""A workbook before it is a file: cells with content, style and the figure that they must equal."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.results import Results
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.arrangement import Group
    from workbook_templates.plan.layout import Layout


class Text(str):
    """A text of others: never a formula or an error value, whatever it begins with."""

    __slots__ = ()


Content = float | str | None
Corners = tuple[tuple[int, int], tuple[int, int]]
"""Row and column of a cell at the top left, and of the first one beyond the bottom right."""


def width(pixels: float) -> float:
    """Return the width of a column in units: digits of the style Normal."""
    return pixels / 7


def height(pixels: float) -> float:
    """Return the height of a row in points."""
    return pixels * 0.75


class Twin(ABC):
    """The figure of the model that a formula cell must equal."""

    @abstractmethod
    def expected(self, plan: WorkbookPlan, results: Results, draw: int) -> float | str:
        """Return the cell's value, NaN for an error value.

        ``results``: the model computed for the workbook's scenarios; ``draw``: number of the selected one.
        """

    def unit(self, plan: WorkbookPlan) -> str:  # noqa: ARG002  # twins of rows look it up
        """Return the unit of the value, which decides on the tolerance; empty if it is not that of a row."""
        return ""


class Cell(NamedTuple):
    """Content (a formula starts with ``=`` and has a twin), style, and twin."""

    content: Content
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
    outline: list[Group] = field(default_factory=list)
    ranges: list[InputRange] = field(default_factory=list)
    column_outline: list[Group] = field(default_factory=list)
    summary_below: bool = False
    """The row that sums a group up stands below it."""
    charts: list[Chart] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that lead to the top of another sheet, to a cell (``Sheet!A1``), or to an address (``https://``)."""
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    """Texts shown when the pointer rests on a cell."""
    highlights: list[Highlight] = field(default_factory=list)
    protected: bool = True
    print_columns: int = 0
    """Number of columns printed, one page wide: those of the years; 0 for all."""
    print_quarters: tuple[int, int] | None = None
    """Columns, first to last, that are printed on pages of their own, with the labels at their left."""
    print_rows: int = 0
    """Number of rows printed; 0 for all."""
    pages: list[str] = field(default_factory=list)
    """Ranges that are printed on a page each, in place of columns and rows to print."""
    is_list: bool = False
    """Each of these ranges takes as many pages as it needs."""
    one_page: bool = False
    """Printed on a single page."""
    split: tuple[int, ...] = ()
    """Columns of the first estimates: a line at their left runs through all rows from the periods on."""
    unsplit: frozenset[int] = frozenset()
    """Rows without that line: nothing in them is by year or quarter."""
    tab: str = ""
    """Colour of its tab."""
    names: dict[str, str] = field(default_factory=dict)
    """Names by which other workbooks can link to cells, of this sheet or another, each with its reference."""

    def put(self, row: int, column: int, content: Content, style: str, twin: Twin | None = None) -> None:
        """Place a cell."""
        self.cells[row, column] = Cell(content, style, twin)

    def number(self, row: int, column: int) -> float:
        """Return the number in a cell, NaN for anything else."""
        content = self.cells[row, column].content
        return content if isinstance(content, (int, float)) else math.nan


@dataclass(frozen=True)
class InputRange:
    """Cells in which a user may type, and the values allowed: a list, a range, or (``free``) anything."""

    cells: str
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    choices: str = ""
    free: bool = False
    message: str = ""
    prompt: str = ""
    """Shown next to a selected cell."""


@dataclass(frozen=True)
class Highlight:
    """A conditional format: the look of cells where a formula, written for the first of them, is true."""

    cells: str
    condition: str
    look: Literal["bad", "differs", "overruled", "meaningless", "apart", "chosen"]


@dataclass(frozen=True)
class Series:
    """Figures of a chart: their cells, their name, and how they are drawn."""

    title: str
    cells: str
    colour: str
    line: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart of columns (or bars, ``horizontal``) and lines over shared categories.

    ``corner``: the cell of its top left corner; ``size``: width and height in cm; ``categories``: a reference
    to their cells, which are texts; ``stacked``: columns stand upon each other.
    """

    title: str
    corner: str
    size: tuple[float, float]
    categories: str
    series: tuple[Series, ...]
    value_title: str
    value_format: str = "#,##0"
    value_max: float | None = None
    stacked: bool = False
    horizontal: bool = False


@dataclass(frozen=True)
class Drawn:
    """Figures of a panel: their cells, and their colour; without one they are invisible.

    ``labels``: where their values are written, ``t`` above and ``b`` below; ``points``: at these only (none:
    at all). ``dashed``, ``strong``: of a line, and of its labels.
    """

    cells: str
    colour: str = ""
    labels: Literal["", "t", "b"] = ""
    points: Mapping[int, str] = field(default_factory=dict)
    """Place of a labelled point -> ``t`` or ``b``."""
    dashed: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Panel:
    """A chart without title and key, which are cells, drawn from one corner of the grid to another.

    ``inner``: place and size of what is drawn, as shares of it; ``bounds``: of its values, and their step;
    ``over``: bars drawn over the others between the same bounds.
    """

    corners: Corners
    categories: str
    inner: tuple[float, float, float, float]
    bars: tuple[Drawn, ...] = ()
    lines: tuple[Drawn, ...] = ()
    over: tuple[Drawn, ...] = ()
    horizontal: bool = False
    gap: int = 40
    bounds: tuple[float | None, float | None, float | None] = (None, None, None)
    shows_values: bool = False
    value_format: str = "0"


@dataclass(frozen=True, repr=False)
class WorkbookPlan:
    """A workbook before it is a file: the scenario it is preset to, the choices it offers, and its sheets."""

    selected: Scenario
    layout: Layout
    sheets: Mapping[str, SheetPlan]
    version: str

    @property
    def scenarios(self) -> Sequence[Scenario]:
        """Scenarios that the selector offers."""
        return self.layout.scenarios

    def scenario_named(self, name: str) -> Scenario | None:
        """Return a scenario with the switches named after it (``base+price_war``), None if it has it not.

        Switches are applied in the order of the workbook.
        """
        root, *names = name.split("+")
        found = next((each for each in self.scenarios if each.name == root), None)
        on = [each for each in self.layout.switches if each.name in names]
        return found.with_overlays(on) if found and len(on) == len(names) else None
