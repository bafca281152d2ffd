"""Inputs: every driver, one row a scenario and one live row that the selector picks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.language.periods import QUARTERS_A_YEAR, Quarter
from model.scenarios.drivers import ALL, as_text, driver_specs
from workbook_templates.plan.cells import Highlight, InputRange, SheetPlan, Twin
from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import (
    CHOICE_ROW,
    INPUTS,
    LABEL,
    NAME,
    NOTE,
    UNIT,
    VALUE,
    YEAR_NUMBER_ROW,
    YEAR_ROW,
    Layout,
)
from workbook_templates.plan.sheets.header import put_axis, put_heading, selected_scenario
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import Computed, DriverInYear, OfRow, scenario_number

if TYPE_CHECKING:
    from model.scenarios.drivers import DriverSpec


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout, "Source, description and allowed range")
    _put_choice(sheet, layout)
    for heading in layout.headings[INPUTS]:
        put_heading(sheet, layout, heading)
    specs = driver_specs(layout.company)
    for key in layout.live:
        _put_driver(sheet, layout, specs[key])


def choice_cell() -> str:
    """Return the reference (on Inputs) to the number of the selected scenario."""
    return reference(CHOICE_ROW, VALUE, fixed_row=True, fixed_column=True)


def _put_choice(sheet: SheetPlan, layout: Layout) -> None:
    first = CHOICE_ROW + 1
    names = f"$B${first}:$B${CHOICE_ROW + len(layout.scenarios)}"
    sheet.put(CHOICE_ROW, LABEL, "Number of the selected scenario (select it on the Cover)", "label")
    text = "=" + call("MATCH", selected_scenario(), names, "0")
    sheet.put(CHOICE_ROW, VALUE, text, "live whole", Computed(scenario_number))
    for place, scenario in enumerate(layout.scenarios):
        sheet.put(first + place, LABEL, scenario.title, "indented")
        sheet.put(first + place, NAME, scenario.name, "name")
        sheet.put(first + place, UNIT, str(scenario.as_of), "unit")
        sheet.put(first + place, NOTE, scenario.note, "note")
        sheet.put(first + place, VALUE, place + 1, "axis")


def scenario_choices(layout: Layout) -> str:
    """Return the reference to the list of scenarios, for the selector."""
    return f"={INPUTS}!$B${CHOICE_ROW + 1}:$B${CHOICE_ROW + len(layout.scenarios)}"


def _put_driver(sheet: SheetPlan, layout: Layout, spec: DriverSpec) -> None:
    """Write the live row of a driver, and below it (and its other members) one row a scenario."""
    key, driver = spec.key, spec.driver
    live, first = layout.live[key], layout.given[key]
    last = first + len(layout.scenarios) - 1
    sheet.put(live, LABEL, spec.label, "live text")
    sheet.put(live, NAME, key, "name")
    sheet.put(live, UNIT, driver.unit, "unit")
    low, high = (as_text(bound, driver.unit) for bound in (spec.minimum, spec.maximum))
    none = "0, or " if driver.zero_means_none else ""
    sheet.put(live, NOTE, f"Allowed {none}{low} to {high}. {spec.description}", "note")
    for row, scenario in enumerate(layout.scenarios, start=first):
        source = scenario.sources.get(key)
        sheet.put(row, LABEL, scenario.name, "indented")
        sheet.put(row, NAME, key, "name")
        sheet.put(row, NOTE, f"{source.grade}: {source.source}" if source else "", "note")
        sheet.row_styles[row] = numeric("input", driver.unit)
    sheet.outline.append((first, last))
    first_column, last_column = _put_values(sheet, layout, spec)
    cells = f"{reference(first, first_column)}:{reference(last, last_column)}"
    message = f"{key}: {low} to {high} ({driver.unit})"
    least = 0 if driver.zero_means_none else spec.minimum
    allowed = InputRange(cells, least, spec.maximum, driver.whole, message=message, prompt=message)
    sheet.ranges.append(allowed)
    sheet.notes[live, LABEL] = _note(layout, spec)
    _mark_differences(sheet, layout, key, (first_column, last_column))


def _put_values(sheet: SheetPlan, layout: Layout, spec: DriverSpec) -> tuple[int, int]:
    """Write a driver's values (one, by quarter, or by year and quarter); return first and last column."""
    key, axis = spec.key, layout.plan.axis
    quarters = range(layout.driver_start(key), axis.length)
    if spec.driver.kind in {"constant", "seasonal"}:
        _put_picked(sheet, layout, spec, VALUE, ALL, OfRow(key))
        return VALUE, VALUE
    if spec.driver.kind == "elapsed":
        for position in quarters:
            column, period = layout.quarter_column(position), str(axis.quarters[position])
            _put_picked(sheet, layout, spec, column, period, OfRow(key, position))
        return layout.quarter_column(quarters[0]), layout.last_column
    first = quarters[0] // QUARTERS_A_YEAR
    for place in range(first, layout.years):
        year = axis.years[place]
        _put_picked(sheet, layout, spec, layout.year_column(place), str(year), DriverInYear(key, year=year))
    for position in quarters:
        _put_quarter(sheet, layout, spec, position)
    return layout.year_column(first), layout.last_column


def _note(layout: Layout, spec: DriverSpec) -> str:
    """Return the meaning of a driver and the sources of its values by scenario."""
    sources: dict[str, list[str]] = {}
    for scenario in layout.scenarios:
        if source := scenario.sources.get(spec.key):
            sources.setdefault(f"{source.grade}: {source.source}", []).append(scenario.name)
    return "\n".join([spec.description, *(f"{', '.join(names)}: {text}" for text, names in sources.items())])


def _mark_differences(sheet: SheetPlan, layout: Layout, key: str, columns: tuple[int, int]) -> None:
    """Mark inputs that differ from the first scenario's, and years overruled in some of their quarters."""
    first = layout.given[key]
    last = first + len(layout.scenarios) - 1
    start = reference(first + 1, columns[0])
    if last > first:
        cells = f"{start}:{reference(last, columns[1])}"
        other = f'AND({start}<>"",{start}<>{reference(first, columns[0], fixed_row=True)})'
        sheet.highlights.append(Highlight(cells, other, "differs"))
    if columns[0] < VALUE + 1 or columns[0] >= layout.first_quarter_column:
        return
    ends = (layout.first_quarter_column, layout.last_column)
    quarters = ":".join(reference(first, each, fixed_column=True) for each in ends)
    years = ":".join(reference(YEAR_ROW, each, fixed_row=True, fixed_column=True) for each in ends)
    own = f'SUMPRODUCT(({quarters}<>"")*({years}={reference(YEAR_ROW, columns[0], fixed_row=True)}))>0'
    cells = f"{reference(first, columns[0])}:{reference(last, layout.first_quarter_column - 2)}"
    sheet.highlights.append(Highlight(cells, own, "overruled"))
    mark_overruled(sheet, layout, layout.live[key], columns[0], start_of=key)


def mark_overruled(sheet: SheetPlan, layout: Layout, row: int, column: int, *, start_of: str) -> None:
    """Mark, in a row of live values from a column on, years that differ from some of their quarters."""
    ends = (layout.quarter_column(layout.driver_start(start_of)), layout.last_column)
    quarters = ":".join(reference(row, each, fixed_column=True) for each in ends)
    years = ":".join(reference(YEAR_ROW, each, fixed_row=True, fixed_column=True) for each in ends)
    year = reference(row, column)
    other = f"SUMPRODUCT(({quarters}<>{year})*({years}={reference(YEAR_ROW, column, fixed_row=True)}))>0"
    cells = f"{year}:{reference(row, layout.first_quarter_column - 2)}"
    sheet.highlights.append(Highlight(cells, other, "overruled"))


def _style(layout: Layout, spec: DriverSpec) -> str:
    is_key = spec.driver.name in layout.words.key_drivers
    return numeric("key" if is_key else "input", spec.driver.unit)


def _put_picked(
    sheet: SheetPlan, layout: Layout, spec: DriverSpec, column: int, period: str, twin: Twin
) -> None:
    """Write the scenarios' values of one period, and the live cell that picks one of them."""
    first = layout.given[spec.key]
    for row, scenario in enumerate(layout.scenarios, start=first):
        sheet.put(row, column, scenario.table[spec.key][period], _style(layout, spec))
    given = f"{reference(first, column)}:{reference(first + len(layout.scenarios) - 1, column)}"
    text = "=" + call("INDEX", given, choice_cell())
    sheet.put(layout.live[spec.key], column, text, numeric("live", spec.driver.unit), twin)


def _put_quarter(sheet: SheetPlan, layout: Layout, spec: DriverSpec, position: int) -> None:
    """Write the quarter's own values, and the live cell: its own value if there is one, else its year's."""
    quarter: Quarter = layout.plan.axis.quarters[position]
    column, first, live = layout.quarter_column(position), layout.given[spec.key], layout.live[spec.key]
    for row, scenario in enumerate(layout.scenarios, start=first):
        own = scenario.table[spec.key].get(str(quarter))
        if own is not None:
            sheet.put(row, column, own, _style(layout, spec))
    given = f"{reference(first, column)}:{reference(first + len(layout.scenarios) - 1, column)}"
    picked = call("INDEX", given, choice_cell())
    years = ":".join(
        reference(live, layout.year_column(place), fixed_column=True) for place in (0, layout.years - 1)
    )
    by_year = call("INDEX", years, reference(YEAR_NUMBER_ROW, column, fixed_row=True))
    text = "=" + call("IF", f'{picked}=""', by_year, picked)
    sheet.put(live, column, text, numeric("live", spec.driver.unit), OfRow(spec.key, position))


SHEET: Final = Sheet(
    INPUTS,
    "Every driver: a row a scenario, and above them the live row that the selector picks; allowed range, "
    "grade, source",
    "Inputs",
    "Blue cells are inputs, by year or for one quarter, which wins over its year (the year is then grey); "
    "grey rows are what the selector picks; violet: differs from the first scenario",
    _fill,
)
