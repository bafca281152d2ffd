"""What the outer packages show of a company: names of its lines and drivers, by the place where they are shown.

Every part has defaults: what a company does not name is left out where it would be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Names = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SheetWords:
    """Texts of a sheet of computed lines: its title, its entry on Contents, and its subtitle if it has one of its own."""

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

    Attributes
    ----------
    methods
        Method -> label. ``name``, ``columns`` hold ``{method}``.
    columns
        Head of a column -> row of the model.
    lines
        Rows below the table.
    off_scale
        Methods that the chart leaves out, which must be the last; ``chart`` is its title.
    """

    methods: Mapping[str, str]
    name: str
    columns: Mapping[str, str]
    lines: Names = ()
    off_scale: Names = ()
    chart: str = "Value per share by method, USD"


@dataclass(frozen=True, kw_only=True)
class ChartWords:
    """A chart of the cover by year or by quarter: row of the model -> its title and the name of its colour."""

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

    ``years``: years before and after that of the latest reported quarter, to which the last year of the axis is
    added; None for rows that do not vary with time.
    """

    title: str
    lines: Names
    years: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """A driver of a two-way table: the step between its values, how they are applied, and the row that is their centre.

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

    Attributes
    ----------
    arguments
        ``{scenario}`` and ``{overrides}`` stand for the selected scenario and the live drivers.
    key, period
        The row of the model, and the period (none: one value), that it must equal.
    label
        A text in place of the row's label.
    is_block
        It gives a block, of which the sheet shows the first cell.
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

    Attributes
    ----------
    title
        Of the cover.
    sheets
        Texts of the sheets of computed lines.
    claims
        Texts of the sheet of claims; ``claims_source``: who makes them.
    method, limits
        On Contents: the method in a few names and texts, and its limits.
    annual
        Lines of the sheet of years and trailing twelve months. What a ratio relates must be among them, above it.
    key_drivers
        Assumptions that decide the answer: shown on yellow.
    tiles, headlines, values, charts_beside, charts_below
        On the cover.
    events, meanings, events_title
        Rows of the inflection, and what they mean.
    sections
        Of the sheet of scenarios; ``may_lack``: rows that need not have a value.
    scenario_flow, scenario_values
        Charts over all scenarios: a line, and methods of value with their titles.
    simulated_event
        The event whose quarters a simulation counts.
    """

    title: str = "Free cash flow"
    sheets: Mapping[str, SheetWords] = field(default_factory=dict)
    claims: SheetWords | None = None
    claims_source: str = ""
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
    trough: str = ""
    simulated_event: str = ""
    examples: tuple[Example, ...] = ()
