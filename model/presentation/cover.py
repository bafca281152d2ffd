"""The words of a workbook's first pages: the cover and the key drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.presentation.names import DriverRow, FigureText, Lines, OptionalRow, Role, Row, Shown, TextsByRow


@dataclass(frozen=True, kw_only=True)
class TileWords:
    """A headline figure of the cover, with a line of text below it.

    ``ahead`` counts years from the first forecast one; None: one value. ``is_whole``: without decimals.
    """

    label: FigureText
    line: Shown
    ahead: int | None = None
    text: FigureText = ""
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True)
class CoverRow:
    """A row of the cover's table of scenarios: its label and line, in a year (see :class:`TileWords`).

    The line is in a section of the sheet of scenarios, in that year.
    """

    label: FigureText
    line: Row
    ahead: int | None = None
    role: Role = "line"
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True)
class ValueWords:
    """Values per share by method, for the football field of the cover.

    - ``methods``: method -> label. ``columns`` hold ``{method}``.
    - ``columns``: :data:`VALUE_HEADS` -> row of the model.
    """

    title: str = "Value per share, USD"
    methods: Mapping[str, str]
    columns: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ChartWords:
    """A chart of the cover: row of the model -> its title and colour.

    ``years``: shown before and after that of the latest reported quarter.
    """

    title: str
    lines: Lines
    years: tuple[int, int] = (3, 3)


@dataclass(frozen=True, kw_only=True)
class BridgeWords:
    """A bridge of the cover: what moves a ratio from the last reported year to a coming one, in points.

    ``parts``: rows that hold the change on the year by cause -> what they are called. ``line_label``: what
    the ratio is called.
    """

    title: FigureText
    line: Row
    line_label: str
    parts: TextsByRow
    ahead: int = 2


@dataclass(frozen=True, kw_only=True)
class CoverWords:
    """The cover: a page.

    - ``tiles``: at most six; ``beside``: rows shown below the choice, with what they are called.
    - ``rows``: of the table of scenarios.
    - ``flow``: columns by quarter (three: reported, ahead, trough); ``race``: lines by year; ``values``: low,
      middle and high; ``bridge``.
    - ``note``: below all.
    """

    tiles: tuple[TileWords, ...] = ()
    beside: TextsByRow = field(default_factory=dict)
    rows: tuple[CoverRow, ...] = ()
    flow: ChartWords | None = None
    race: ChartWords | None = None
    values: ValueWords | None = None
    bridge: BridgeWords | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DriverWords:
    """A driver on the sheet of key drivers: what it is called there, and the line that reports it, if any."""

    driver: DriverRow
    label: str
    reported: OptionalRow = ""
