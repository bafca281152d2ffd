"""A workbook that we wrote, perhaps with inputs changed by hand, as scenarios and switches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from model import companies
from model.errors import AmznFcfError, WorkbookError, shown
from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.reported.actuals import axis_at
from model.scenarios.adjustment import OPERATIONS
from model.scenarios.drivers import driver_specs
from model.scenarios.overlay import Adjustment, Origin, Overlay
from model.scenarios.scenario import Scenario
from model.scenarios.spec import ALL, number
from workbook_templates.a1 import reference
from workbook_templates.plan import layout as places
from workbook_templates.plan.input_rows import variants_read
from workbook_templates.plan.layout import COVER, INPUTS, LOG, OFF, ON, Layout
from workbook_templates.read.values import Grids, Value, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model.scenarios.adjustment import Operation
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.input_rows import VariantsAt

MOST_SCENARIOS = 100


class Problem(NamedTuple):
    """An input that is not allowed: its cell on Inputs, and what is wrong.

    ``is_selected``: it is one of the selected scenario, or of a switch that is on. ``is_number``: the model
    was run with it all the same; otherwise with a value that nobody typed.
    """

    cell: str
    is_selected: bool
    message: str
    is_number: bool


def as_of_in(contents: Grids) -> Quarter:
    """Return the as-of quarter that a workbook of ours names; else a :class:`PeriodError`."""
    return Quarter.parse(str(value_at(contents, LOG, *places.AS_OF_CELL)))


@dataclass(frozen=True)
class WorkbookInputs:
    """The inputs of a workbook: the scenarios and switches that it offers, and what is selected of both.

    ``variants``: what the rows of its inputs tell apart.
    """

    scenarios: tuple[Scenario, ...]
    switches: tuple[Overlay, ...]
    selected: Scenario
    variants: VariantsAt
    version: str
    problems: tuple[Problem, ...]


def read_inputs(contents: Grids) -> WorkbookInputs:
    """Read the scenarios from the contents (not the values) of a workbook.

    A workbook that is not ours is a :class:`WorkbookError`; what is wrong with single inputs is returned.
    """
    missing = [name for name in (COVER, INPUTS, LOG) if name not in contents]
    if missing:
        raise WorkbookError(f"not a workbook of this model: it lacks the sheets {', '.join(missing)}")
    return _Reading(contents).inputs()


def input_place(layout: Layout, key: str, period: str, place: int = 0) -> tuple[int, int]:
    """Return row and column on Inputs of a driver's value for a period, in the scenario of that number."""
    axis, row = layout.plan.axis, layout.inputs[key].of(place)
    if period == ALL:
        return row, places.VALUE
    if "Q" not in period:
        return row, layout.year_column(axis.year_position(int(period)))
    return row, layout.quarter_column(axis.position(Quarter.parse(period)))


class _Reading:
    """A workbook while it is read."""

    def __init__(self, contents: Grids) -> None:
        self.contents, self.company = contents, companies.default()
        self.as_of = self._as_of()
        listed = list(self._listed())
        self.scenarios = [row for row, is_switch in listed if not is_switch]
        self.switches = [row for row, is_switch in listed if is_switch]
        names, switches = (
            [self._text(row, places.NAME) for row in rows] for rows in (self.scenarios, self.switches)
        )
        self.root = self._root(names)
        self.on = [self._is_on(place) for place in range(len(switches))]
        found: dict[int, set[str]] = {}
        for (row, column), value in contents[INPUTS].items():
            if column in {places.LABEL, places.NAME} and isinstance(value, str):
                found.setdefault(row, set()).add(value)
        self.variants = variants_read(names, switches, found)
        self.problems: list[Problem] = []

    def inputs(self) -> WorkbookInputs:
        """Return the inputs."""
        unread = [
            Scenario(self._text(row, places.NAME), self._text(row, places.LABEL), self.as_of, 0.0, {},
                     self._text(row, places.NOTE), company=self.company)
            for row in self.scenarios
        ]  # fmt: skip
        named = [self._overlay(row, {}) for row in self.switches]
        plan = self.company.plan(axis_at(self.as_of, self.company))
        layout, specs = Layout(plan, unread, named, self.variants), driver_specs(self.company)
        tables: list[dict[str, dict[str, float]]] = [{} for _ in unread]
        sources: list[dict[str, Origin]] = [{} for _ in unread]
        for key, spec in specs.items():
            rows = layout.inputs[key]
            by_row = {
                row: self._values(layout, spec, row, is_selected=row == rows.of(self.root))
                for row in rows.given.values()
            }
            for place, (table, noted) in enumerate(zip(tables, sources, strict=True)):
                table[key] = by_row[rows.of(place)]
                if source := self._text(rows.of(place), places.NOTE):
                    noted[key] = Origin.parse(source)
        scenarios = [
            replace(each, table=table, sources=noted)
            for each, table, noted in zip(unread, tables, sources, strict=True)
        ]
        switches = tuple(self._switch(layout, place) for place in range(len(named)))
        on = [each for each, is_on in zip(switches, self.on, strict=True) if is_on]
        selected = scenarios[self.root].with_overlays(on, check=False)
        self._check_switched(layout, selected)
        version = str(value_at(self.contents, LOG, *places.VERSION_CELL))
        offered = tuple(scenarios), switches
        return WorkbookInputs(*offered, selected, self.variants, version, tuple(self.problems))

    def _as_of(self) -> Quarter:
        try:
            quarter = as_of_in(self.contents)
            axis_at(quarter, self.company)
        except (ValueError, AmznFcfError):
            where = f"{LOG}!{reference(*places.AS_OF_CELL)}"
            text = shown(value_at(self.contents, LOG, *places.AS_OF_CELL))
            raise WorkbookError(f"{where}: the as-of quarter {text} is not one of ours") from None
        return quarter

    def _text(self, row: int, column: int) -> str:
        return str(value_at(self.contents, INPUTS, row, column) or "")

    def _listed(self) -> Iterator[tuple[int, bool]]:
        """Yield the rows of the scenarios and switches, and whether each is a switch."""
        row = places.CHOICE_ROW + 1
        while isinstance(value_at(self.contents, INPUTS, row, places.NAME), str):
            yield row, self._text(row, places.UNIT) == places.SWITCH
            row += 1
            if row > places.CHOICE_ROW + MOST_SCENARIOS + 1:
                fault = f"lists more than {MOST_SCENARIOS} scenarios"
                raise WorkbookError(f"{INPUTS}: {fault}: not a workbook of this model")

    def _root(self, names: list[str]) -> int:
        chosen = value_at(self.contents, COVER, *places.SELECTED_CELL)
        if chosen not in names:
            where = f"{COVER}!{reference(*places.SELECTED_CELL)}"
            raise WorkbookError(f"{where}: {shown(chosen)} is not among {', '.join(names)}")
        return names.index(str(chosen))

    def _is_on(self, place: int) -> bool:
        state = value_at(self.contents, COVER, *places.switch_cell(place))
        if not isinstance(state, str) or state.lower() not in {ON, OFF}:
            where = f"{COVER}!{reference(*places.switch_cell(place))}"
            raise WorkbookError(f"{where}: a switch is {ON} or {OFF}, not {shown(state)}")
        return state.lower() == ON

    def _overlay(self, row: int, adjustments: dict[str, Adjustment]) -> Overlay:
        name, title, note = (self._text(row, column) for column in (places.NAME, places.LABEL, places.NOTE))
        return Overlay(name, title, note, adjustments)

    def _switch(self, layout: Layout, place: int) -> Overlay:
        adjustments = {}
        for key, spec in driver_specs(self.company).items():
            if place not in layout.inputs[key].switches:
                continue
            row = layout.inputs[key].switches[place].operands
            word = self._text(row, places.UNIT)
            if word not in OPERATIONS:
                where = f"{INPUTS}!{reference(row, places.UNIT)}"
                raise WorkbookError(f"{where}: {shown(word)} is not one of {', '.join(OPERATIONS)}")
            operands = self._values(layout, spec, row, is_selected=self.on[place], operation=word)
            noted = Origin.parse(self._text(row, places.NOTE))
            adjustments[key] = Adjustment(word, operands, noted)
        return self._overlay(self.switches[place], adjustments)

    def _values(
        self,
        layout: Layout,
        spec: DriverSpec,
        row: int,
        *,
        is_selected: bool,
        operation: Operation | None = None,
    ) -> dict[str, float]:
        """Return the values in a row; years before the first one shown take its value.

        ``operation``: of a switch, whose cells may be empty, and hold operands.
        """
        values: dict[str, float] = {}
        for column, period, optional in _columns(layout, spec):
            content: Value = value_at(self.contents, INPUTS, row, column)
            if content is None and (optional or operation):
                continue
            where = reference(row, column)
            try:
                here = f"{INPUTS}!{where}"
                is_free = operation in {"add", "scale"}
                values[period] = (
                    number(content, f"{here}: {spec.key}") if is_free else spec.check(content, here)
                )
            except AmznFcfError as error:
                is_number = isinstance(content, float)
                self.problems.append(Problem(where, is_selected, str(error), is_number))
                # an allowed value, so that the rest can still be validated
                fallback = spec.default.get(period, next(iter(spec.default.values())))
                values[period] = content if isinstance(content, float) else fallback
        if spec.driver.kind == "yearly" and not operation:
            years = layout.plan.axis.years
            first = layout.driver_start(spec.key) // QUARTERS_A_YEAR
            values |= {str(year): values.get(str(years[first]), 0.0) for year in years[:first]}
        return values

    def _check_switched(self, layout: Layout, selected: Scenario) -> None:
        """Report values that switches bring out of range, at what the last switch does."""
        known = {each.cell for each in self.problems}
        for key, spec in driver_specs(self.company).items():
            rows = [rows for place, rows in layout.inputs[key].switches.items() if self.on[place]]
            for column, period, _ in _columns(layout, spec) if rows else ():
                where = reference(rows[-1].operands, column)
                value = selected.table[key].get(period)
                if value is None or where in known or value == selected.root.table[key].get(period):
                    continue
                try:
                    spec.check(value, f"{INPUTS}!{where}: with the switch")
                except AmznFcfError as error:
                    self.problems.append(Problem(where, is_selected=True, message=str(error), is_number=True))


def _columns(layout: Layout, spec: DriverSpec) -> Iterator[tuple[int, str, bool]]:
    """Yield the columns of a driver's values with their periods, and whether a value may be missing."""
    axis, quarters = layout.plan.axis, range(layout.driver_start(spec.key), layout.plan.axis.length)
    if spec.driver.kind in {"constant", "seasonal"}:
        yield places.VALUE, ALL, False
        return
    if spec.driver.kind == "yearly":
        for place in range(quarters[0] // QUARTERS_A_YEAR, layout.years):
            yield layout.year_column(place), str(axis.years[place]), False
    for position in () if spec.driver.full_year else quarters:
        yield layout.quarter_column(position), str(axis.quarters[position]), spec.driver.kind == "yearly"
