"""A workbook that we wrote, perhaps with inputs changed by hand, as scenarios."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from model import companies
from model.errors import AmznFcfError, WorkbookError
from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.reported.actuals import axis_at
from model.scenarios.drivers import driver_specs
from model.scenarios.scenario import Note, Scenario
from model.scenarios.spec import ALL
from workbook_templates.a1 import reference
from workbook_templates.plan import layout as places
from workbook_templates.plan.layout import COVER, INPUTS, Layout
from workbook_templates.read.values import Grids, Value, value_at

if TYPE_CHECKING:
    from model.scenarios.spec import DriverSpec

MOST_SCENARIOS = 100


class Problem(NamedTuple):
    """An input that is not allowed: its cell on Inputs, the scenario it belongs to, and what is wrong."""

    cell: str
    scenario: str
    message: str
    is_number: bool
    """Whether the model was run with it all the same; otherwise with a value that nobody typed."""


@dataclass(frozen=True)
class WorkbookInputs:
    """The inputs of a workbook: the scenarios that it offers, and the selected one."""

    scenarios: tuple[Scenario, ...]
    selected: Scenario
    version: str
    problems: tuple[Problem, ...]


def read_inputs(contents: Grids) -> WorkbookInputs:
    """Read the scenarios from the contents (not the values) of a workbook.

    A workbook that is not ours is a :class:`WorkbookError`; what is wrong with single inputs is returned.
    """
    missing = [name for name in (COVER, INPUTS) if name not in contents]
    if missing:
        raise WorkbookError(f"not a workbook of this model: it lacks the sheets {', '.join(missing)}")
    company = companies.default()
    as_of = value_at(contents, COVER, *places.AS_OF_CELL)
    try:
        quarter = Quarter.from_code(float(as_of))  # type: ignore[arg-type]  # anything else raises below
        axis = axis_at(quarter, company)
    except (TypeError, ValueError, OverflowError, AmznFcfError):
        where = f"{COVER}!{reference(*places.AS_OF_CELL)}"
        raise WorkbookError(f"{where}: the as-of quarter {as_of!r} is not one of ours") from None
    names: list[str] = []
    while isinstance(
        name := value_at(contents, INPUTS, places.CHOICE_ROW + 1 + len(names), places.NAME), str
    ):
        names.append(name)
        if len(names) > MOST_SCENARIOS:
            fault = f"lists more than {MOST_SCENARIOS} scenarios"
            raise WorkbookError(f"{INPUTS}: {fault}: not a workbook of this model")
    unread = []
    for row, name in enumerate(names, start=places.CHOICE_ROW + 1):
        title = str(value_at(contents, INPUTS, row, places.LABEL))
        unread.append(Scenario(name, title, quarter, 0.0, {}, company=company))
    layout = Layout(company.plan(axis), unread)
    problems: list[Problem] = []
    scenarios = []
    for place, scenario in enumerate(unread):
        table, sources = {}, {}
        for key, spec in driver_specs(company).items():
            table[key] = _driver_values(contents, layout, spec, place, problems)
            noted = value_at(contents, INPUTS, layout.given[key] + place, places.NOTE) or ""
            if noted:
                sources[key] = Note.parse(str(noted))
        note = str(value_at(contents, INPUTS, places.CHOICE_ROW + 1 + place, places.NOTE) or "")
        scenarios.append(replace(scenario, table=table, note=note, sources=sources))
    chosen = value_at(contents, COVER, *places.SELECTED_CELL)
    if chosen not in names:
        where = f"{COVER}!{reference(*places.SELECTED_CELL)}"
        raise WorkbookError(f"{where}: {chosen!r} is not among {', '.join(names)}")
    version = str(value_at(contents, COVER, *places.VERSION_CELL))
    return WorkbookInputs(tuple(scenarios), scenarios[names.index(str(chosen))], version, tuple(problems))


def input_place(layout: Layout, key: str, period: str, place: int = 0) -> tuple[int, int]:
    """Return row and column on Inputs of a driver's value for a period, in the scenario of that number."""
    axis, row = layout.plan.axis, layout.given[key] + place
    if period == ALL:
        return row, places.VALUE
    if "Q" not in period:
        return row, layout.year_column(axis.year_position(int(period)))
    return row, layout.quarter_column(axis.position(Quarter.parse(period)))


def _driver_values(
    contents: Grids, layout: Layout, spec: DriverSpec, place: int, problems: list[Problem]
) -> dict[str, float]:
    """Return the values of a driver in a scenario; years before the first one shown take its value."""
    row = layout.given[spec.key] + place
    values: dict[str, float] = {}

    def read(column: int, period: str, *, optional: bool = False) -> None:
        content: Value = value_at(contents, INPUTS, row, column)
        if content is None and optional:
            return
        where = reference(row, column)
        try:
            values[period] = spec.check(content, f"{INPUTS}!{where}")
        except AmznFcfError as error:
            is_number = isinstance(content, float)
            problems.append(Problem(where, layout.scenarios[place].name, str(error), is_number))
            # an allowed value, so that the rest can still be validated
            fallback = spec.default.get(period, next(iter(spec.default.values())))
            values[period] = content if isinstance(content, float) else fallback

    quarters = range(layout.driver_start(spec.key), layout.plan.axis.length)
    if spec.driver.kind in {"constant", "seasonal"}:
        read(places.VALUE, ALL)
        return values
    if spec.driver.kind == "yearly":
        first = quarters[0] // QUARTERS_A_YEAR
        for year_place in range(first, layout.years):
            read(layout.year_column(year_place), str(layout.plan.axis.years[year_place]))
        earliest = values.get(str(layout.plan.axis.years[first]), 0.0)
        values |= {str(year): earliest for year in layout.plan.axis.years[:first]}
    for position in quarters:
        period = str(layout.plan.axis.quarters[position])
        read(layout.quarter_column(position), period, optional=spec.driver.kind == "yearly")
    return values
