"""The presentation of a company: names of its lines and drivers, by the place where they are shown.

Every part has defaults: what a company does not name is left out where it would be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from model.language.periods import Axis

Names = tuple[str, ...]


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

    cash_flow: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    price: str = ""
    trough: str = ""
    events: Names = ()
    next_year: Names = ()
    results: Names = ()
    drivers: Mapping[str, str] = field(default_factory=dict)
    hint: Callable[[str, Mapping[str, Any], Axis], str] = lambda _driver, _values, _axis: ""

    @property
    def value(self) -> str:
        """Row of the value per share by the first method; empty where there is none."""
        return next(iter(self.values.values()), "")


@dataclass(frozen=True, kw_only=True)
class SheetWords:
    """Texts of a sheet of computed lines: title, entry on Contents, and a subtitle of its own."""

    title: str
    holds: str
    subtitle: str = ""


@dataclass(frozen=True, kw_only=True)
class TileWords:
    """A headline figure of the cover: ``ahead`` counts years from the first forecast one; None: one value."""

    label: str
    line: str
    ahead: int | None = None


@dataclass(frozen=True, kw_only=True)
class ValueWords:
    """The table of values per share.

    - ``methods``: method -> label. ``name``, ``columns`` hold ``{method}``.
    - ``columns``: head of a column -> row of the model.
    - ``lines``: rows below the table.
    - ``off_scale``: methods that the chart leaves out, which must be the last; ``chart`` is its title.
    """

    methods: Mapping[str, str]
    name: str
    columns: Mapping[str, str]
    lines: Names = ()
    off_scale: Names = ()
    chart: str = "Value per share by method, USD"


@dataclass(frozen=True, kw_only=True)
class ChartWords:
    """A chart of the cover by year or by quarter: row of the model -> its title and colour."""

    title: str
    columns: Mapping[str, tuple[str, str]]
    lines: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unit: str = "USD m"
    number_format: str = "#,##0"
    quarterly: bool = False
    stacked: bool = False


@dataclass(frozen=True, kw_only=True)
class SectionWords:
    """A section of the sheet of scenarios.

    ``years``: years before and after that of the latest reported quarter, and the last year of the axis is
    added; None for rows that do not vary with time.
    """

    title: str
    lines: Names
    years: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """A driver of a two-way table: the step between its values, their operation, and their centre.

    Without ``centre`` the driver's own value is it, or what leaves the driver as it is.
    """

    driver: str
    step: float
    operation: Literal["set", "add", "scale"] = "set"
    centre: str = ""


@dataclass(frozen=True, kw_only=True)
class SensitivityWords:
    """Figures of the sheet of sensitivities, each with the two drivers of its table.

    ``{year}`` is the first year without a reported quarter; the first two figures have a tornado.
    """

    tables: Mapping[str, tuple[StepWords, StepWords]]


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
    key: str = ""
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
    - ``annual``: lines of the sheet of years and trailing twelve months. What a ratio relates must be among
      them, above it.
    - ``key_drivers``: assumptions that decide the answer: shown on yellow.
    - ``tiles``, ``headlines``, ``values``, ``charts_beside``, ``charts_below``: on the cover.
    - ``events``, ``meanings``, ``events_title``: rows of the inflection, and what they mean.
    - ``sections``: of the sheet of scenarios; ``may_lack``: rows that need not have a value.
    - ``scenario_flow``, ``scenario_values``: charts over all scenarios: a line, and methods of value with
      their titles.
    - ``simulated_event``: the event whose quarters a simulation counts.
    """

    title: str = ""
    sheets: Mapping[str, SheetWords] = field(default_factory=dict)
    method: Mapping[str, str] = field(default_factory=dict)
    limits: str = ""
    annual: Names = ()
    key_drivers: frozenset[str] = frozenset()
    tiles: tuple[TileWords, ...] = ()
    headlines: Names = ()
    events_title: str = "Events (#N/A: not on the axis)"
    events: Names = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    values: ValueWords | None = None
    charts_beside: tuple[ChartWords, ...] = ()
    charts_below: tuple[ChartWords, ...] = ()
    sections: tuple[SectionWords, ...] = ()
    may_lack: frozenset[str] = frozenset()
    scenario_flow: str = ""
    scenario_values: Mapping[str, str] = field(default_factory=dict)
    sensitivity: SensitivityWords | None = None
    simulated_event: str = ""
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
    - ``statements``: statements and their lines.
    - ``headlines``: columns of the table of scenarios and their lines.
    """

    measures: Mapping[str, str] = field(default_factory=dict)
    inflection_measures: Mapping[str, float] = field(default_factory=dict)
    inflection_driver: str = ""
    usual_event: str = ""
    segments: Mapping[str, str] = field(default_factory=dict)
    margins: Mapping[str, str] = field(default_factory=dict)
    capex: Mapping[str, str] = field(default_factory=dict)
    multiples: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    shares: str = ""
    price_date: str = ""
    statements: Mapping[str, Names] = field(default_factory=dict)
    headlines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Headline:
    """A figure of a scenario that a command prints unasked.

    ``years``: years after that of the first quarter not reported yet; empty for a result.
    """

    line: str
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
    - ``warnings``: row that is 1 when a value is doubtful -> the reason, with rows in braces.
    - ``dated``: driver that holds the valuation date, then the drivers that are as of that date.
    - ``note``: a line below values.
    - ``root``: figures that ``solve`` compares before and at the root.
    """

    flow: str = ""
    trough: str = ""
    turn: str = ""
    positive: str = ""
    ranges: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    valued: Names = ()
    basis: Names = ()
    warnings: Mapping[str, str] = field(default_factory=dict)
    dated: Names = ()
    note: str = ""
    root: tuple[Headline, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """What is shown of a company, by who shows it."""

    questions: Questions = field(default_factory=Questions)
    workbook: WorkbookWords = field(default_factory=WorkbookWords)
    cells: CellWords = field(default_factory=CellWords)
    reports: ReportWords = field(default_factory=ReportWords)
