"""The presentation of a company: names of its lines and drivers, by the place where they are shown.

Every part has defaults: what a company does not name is left out where it would be shown. The types say which
texts are names, and of what: :mod:`model.presentation.checks` holds them against the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from model.presentation.cover import (
    BridgeWords,
    ChartWords,
    CoverRow,
    CoverWords,
    DriverWords,
    TileWords,
    ValueWords,
)
from model.presentation.names import (
    SIMULATED,
    VALUE_HEADS,
    Colour,
    DriverRow,
    FigureText,
    Hint,
    Lines,
    Name,
    OptionalRow,
    Reason,
    Role,
    Row,
    Rows,
    RowsByWord,
    RowWithPeriod,
    Sheet,
    StatementName,
    TextsByRow,
)
from model.presentation.rows import Statement, StatementRow, default_role, table

__all__ = [
    "SIMULATED",
    "VALUE_HEADS",
    "BridgeWords",
    "ChartWords",
    "Colour",
    "CoverRow",
    "CoverWords",
    "DriverWords",
    "FigureText",
    "Lines",
    "Role",
    "Row",
    "Rows",
    "Statement",
    "StatementRow",
    "TileWords",
    "ValueWords",
    "default_role",
    "table",
]
"""What of its parts is offered here, too."""


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Questions to a company's model: headline lines, methods of value, events, and drivers that answer.

    - ``cash_flow``: trailing free cash flow by quarter: fan charts, and the chance that it is above 0.
    - ``values``: method of valuation -> row of its value per share in the middle case; the first is the
      default.
    - ``price``: driver of the share price that values are compared with.
    - ``trough``: result: the lowest trailing free cash flow.
    - ``events``: results that hold the quarter of an event.
    - ``next_year``: lines that a simulation reports for the first full year ahead.
    - ``results``: results that a simulation reports.
    - ``drivers``: question in plain words -> the driver that answers it.
    - ``hint``: adds to the message that a driver reaches no target: takes the driver, the values of the model
      and its axis; an empty text adds nothing.
    """

    cash_flow: Row = ""
    values: RowsByWord = field(default_factory=dict)
    price: DriverRow = ""
    trough: Row = ""
    events: Rows = ()
    next_year: Rows = ()
    results: Rows = ()
    drivers: Mapping[str, DriverRow] = field(default_factory=dict)
    hint: Hint = lambda _driver, _values, _axis: ""

    @property
    def value(self) -> str:
        """Row of the value per share by the first method; empty where there is none."""
        return next(iter(self.values.values()), "")


@dataclass(frozen=True, kw_only=True)
class SheetWords:
    """Texts of a sheet of computed lines: title, entry on Contents, a subtitle of its own, and its rows.

    ``rows``: headings and lines, in their order, each with its role; a line of another sheet is a link. Lines
    of the sheet that are not named stand folded at the head of the section of their block. Without ``rows``
    every block is a section, with the roles of :func:`default_role`. ``ahead_only``: of the running year it
    shows the quarters ahead, and its head says so. ``shows_values``: the cover's football field stands beside
    its first section without years.
    """

    title: str
    holds: str
    subtitle: str = ""
    rows: tuple[StatementRow, ...] = ()
    ahead_only: bool = False
    shows_values: bool = False


@dataclass(frozen=True, kw_only=True)
class SectionWords:
    """A section of the sheet of scenarios.

    ``years``: years before and after that of the latest reported quarter, and the last year of the axis is
    added; None for rows that do not vary with time.
    """

    title: str
    lines: Rows
    years: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """A driver of a two-way table: the step between its values, their operation, and their centre.

    Without ``centre`` the driver's own value is it, or what leaves the driver as it is.
    """

    driver: DriverRow
    step: float
    operation: Literal["set", "add", "scale"] = "set"
    centre: Row = ""


@dataclass(frozen=True, kw_only=True)
class SensitivityWords:
    """Figures of the sheet of sensitivities, each with the two drivers of its table.

    ``{year}`` is the first year without a reported quarter; the first two figures have a tornado. A table
    whose figure is a closed form of its drivers is live, others are stamped.
    """

    tables: Mapping[RowWithPeriod, tuple[StepWords, StepWords]]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A call of a function in a cell.

    - ``arguments``: ``{scenario}`` and ``{overrides}`` stand for the selected scenario and the live drivers.
    - ``key``, ``period``: the row of the model, and the period (none: one value), that it must equal.
    - ``label``: a text in place of the row's label.
    - ``is_block``: it gives a block, of which the sheet shows the first cell.
    """

    function: str
    arguments: str
    key: Row = ""
    period: str = ""
    label: str = ""
    is_block: bool = False
    style: str = "calc text"


@dataclass(frozen=True, kw_only=True)
class WorkbookWords:
    """What the sheets of a workbook show.

    - ``title``: of the cover; the company's unless given.
    - ``sheets``: texts of the sheets of computed lines.
    - ``method``, ``limits``: on Contents: the method in a few names and texts, and its limits.
    - ``statements``: names of those on the sheet of statements.
    - ``key_drivers``: assumptions that decide the answer: shown on yellow.
    - ``apart``: scenarios that ship, comparators: not in the selectors of others, nor on the cover.
    - ``cover``: the first page. ``drivers``: the sheet of key drivers: group -> its drivers.
    - ``sections``: of the sheet of scenarios; ``may_lack``: rows that need not have a value.
    - ``simulated_event``: the event whose quarters a simulation counts.
    - ``names``: names by which other workbooks can link to figures; ``{year}`` in name and figure stands for
      each year around as-of.
    - ``called``: what rows are called on the sheets that compare figures, in place of their labels.
    """

    title: str = ""
    sheets: Mapping[Sheet, SheetWords] = field(default_factory=dict)
    method: Mapping[str, str] = field(default_factory=dict)
    limits: str = ""
    statements: tuple[StatementName, ...] = ()
    key_drivers: frozenset[Name] = frozenset()
    apart: frozenset[str] = frozenset()
    cover: CoverWords = field(default_factory=CoverWords)
    drivers: Mapping[str, tuple[DriverWords, ...]] = field(default_factory=dict)
    sections: tuple[SectionWords, ...] = ()
    may_lack: frozenset[Row] = frozenset()
    sensitivity: SensitivityWords | None = None
    simulated_event: Row = ""
    names: Mapping[str, RowWithPeriod] = field(default_factory=dict)
    called: TextsByRow = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CellWords:
    """Words that arguments of functions take, with the lines that they stand for.

    The first word of an argument stands for a blank. Methods of valuation and events are those of the
    questions.

    - ``measures``: measures of free cash flow.
    - ``inflection_measures``, ``inflection_driver``: the measures whose inflection the model finds, with
      their values of the driver that chooses among them.
    - ``usual_event``: the event that a blank stands for.
    - ``segments``, ``margins``, ``capex``: net sales, margins, and parts of capital expenditure.
    - ``multiples``: multiples of the market value: the line of the denominator, and a line that is added to
      the market value; an empty name adds nothing.
    - ``shares``, ``price_date``: results: the number of shares, and the day of the price.
    - ``headlines``: columns of the table of scenarios and their lines.
    """

    measures: RowsByWord = field(default_factory=dict)
    inflection_measures: Mapping[str, float] = field(default_factory=dict)
    inflection_driver: DriverRow = ""
    usual_event: Row = ""
    segments: RowsByWord = field(default_factory=dict)
    margins: RowsByWord = field(default_factory=dict)
    capex: RowsByWord = field(default_factory=dict)
    multiples: Mapping[str, tuple[Row, OptionalRow]] = field(default_factory=dict)
    shares: Row = ""
    price_date: Row = ""
    headlines: RowsByWord = field(default_factory=dict)


@dataclass(frozen=True)
class Headline:
    """A figure of a scenario that a command prints unasked.

    ``years``: years after that of the first quarter not reported yet; empty for a result.
    """

    line: Row
    label: str
    years: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportWords:
    """The lines that commands print unasked.

    - ``flow``, ``trough``, ``turn``, ``positive``: free cash flow by year, the quarter of its trailing
      trough, the quarter in which it turns, and the quarter from which it stays positive.
    - ``ranges``: method of valuation -> rows of its low, middle and high value per share.
    - ``valued``: lines whose rows ``value`` gives to programs.
    - ``basis``: inputs and parts of a value, and multiples at the price.
    - ``by_year``, ``after_axis``: lines by year ahead, and those of the years after the axis, that add up to
      the enterprise value: ``value`` gives them to programs.
    - ``warnings``: row that is 1 when a value is doubtful -> the reason, with rows in braces.
    - ``dated``: driver that holds the valuation date, then the drivers that are as of that date.
    - ``note``: a line below values.
    - ``root``: figures that ``solve`` compares before and at the root.
    - ``compared``: lines of which ``compare`` shows the years ahead.
    """

    flow: Row = ""
    trough: Row = ""
    turn: Row = ""
    positive: Row = ""
    ranges: Mapping[str, tuple[Row, Row, Row]] = field(default_factory=dict)
    valued: tuple[Name, ...] = ()
    basis: Rows = ()
    by_year: Rows = ()
    after_axis: tuple[Name, ...] = ()
    warnings: Mapping[Row, Reason] = field(default_factory=dict)
    dated: Rows = ()
    note: str = ""
    root: tuple[Headline, ...] = ()
    compared: Rows = ()


@dataclass(frozen=True, kw_only=True)
class NoteWords:
    """The note of two pages that ``report`` writes.

    - ``subject``: what it is about, beside the name of the company.
    - ``tiles``: headline figures, at most six; their texts are short.
    - ``quarter``, ``year``: lines of the next quarter and of the running year, set beside guidance and the
      Street -> what they are called; ``strong``: those of them in bold.
    """

    subject: str = ""
    tiles: tuple[TileWords, ...] = ()
    quarter: TextsByRow = field(default_factory=dict)
    year: TextsByRow = field(default_factory=dict)
    strong: frozenset[Row] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """What is shown of a company, by who shows it.

    ``statements``: by the names under which commands and functions know them.
    """

    questions: Questions = field(default_factory=Questions)
    statements: Mapping[StatementName, Statement] = field(default_factory=dict)
    workbook: WorkbookWords = field(default_factory=WorkbookWords)
    cells: CellWords = field(default_factory=CellWords)
    reports: ReportWords = field(default_factory=ReportWords)
    note: NoteWords = field(default_factory=NoteWords)
