"""Inputs: every driver, one row per scenario and one live row that the selector picks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model.language.periods import QUARTERS_A_YEAR
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL, as_text
from workbook_templates.a1 import area, call, in_row, reference
from workbook_templates.plan import layout as places
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.cells import Highlight, InputRange, SheetPlan
from workbook_templates.plan.sheets.header import put_axis, put_headings, put_names, selected_scenario
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import Computed, DriverInYear, OfRow, scenario_number

if TYPE_CHECKING:
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.layout import Layout


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout, "Source, description and allowed range")
    _put_choice(sheet, layout)
    put_headings(sheet, layout)
    specs = driver_specs(layout.company)
    for key in layout.live:
        _put_driver(sheet, layout, specs[key])


def _put_choice(sheet: SheetPlan, layout: Layout) -> None:
    label = "Number of the selected scenario (select it on the Cover)"
    sheet.put(places.CHOICE_ROW, places.LABEL, label, "label")
    text = "=" + call("MATCH", selected_scenario(), scenario_list(layout), "0")
    sheet.put(places.CHOICE_ROW, places.VALUE, text, "live whole", Computed(scenario_number))
    for number, scenario in enumerate(layout.scenarios, start=1):
        row = places.CHOICE_ROW + number
        sheet.put(row, places.LABEL, scenario.title, "indented")
        sheet.put(row, places.NAME, scenario.name, "name")
        sheet.put(row, places.UNIT, str(scenario.as_of), "unit")
        sheet.put(row, places.NOTE, scenario.note, "note")
        sheet.put(row, places.VALUE, number, "axis")


def scenario_list(layout: Layout, column: int = places.NAME) -> str:
    """Return the reference (on Inputs) to the names of the scenarios, or to another column of their list."""
    first, last = (places.CHOICE_ROW + place for place in (1, len(layout.scenarios)))
    return area((first, column), (last, column), fixed_row=True, fixed_column=True)


def _put_driver(sheet: SheetPlan, layout: Layout, spec: DriverSpec) -> None:
    """Write the live row of a driver, and below it (and its other members) one row per scenario."""
    key, driver = spec.key, spec.driver
    live, first = layout.live[key], layout.given[key]
    last = first + len(layout.scenarios) - 1
    put_names(sheet, live, (spec.label, key, driver.unit))
    sheet.put(live, places.LABEL, spec.label, "live text")
    low, high = (as_text(bound, driver.unit) for bound in (spec.minimum, spec.maximum))
    none = "0, or " if driver.zero_means_none else ""
    sheet.put(live, places.NOTE, f"Allowed {none}{low} to {high}. {spec.description}", "note")
    for row, scenario in enumerate(layout.scenarios, start=first):
        source = scenario.sources.get(key)
        sheet.put(row, places.LABEL, scenario.name, "indented")
        sheet.put(row, places.NAME, key, "name")
        sheet.put(row, places.NOTE, str(source) if source else "", "note")
    sheet.outline.append(Group(first, last))
    spans = _put_values(sheet, layout, spec)
    message = f"{key}: {low} to {high} ({driver.unit})"
    least = 0 if driver.zero_means_none else spec.minimum
    for span in spans:
        cells = area((first, span[0]), (last, span[-1]))
        allowed = InputRange(cells, least, spec.maximum, driver.whole, message=message, prompt=message)
        sheet.ranges.append(allowed)
    sheet.notes[live, places.LABEL] = _note(layout, spec)
    _mark_differences(sheet, layout, key, (spans[0][0], spans[-1][-1]))


def _put_values(sheet: SheetPlan, layout: Layout, spec: DriverSpec) -> list[range]:
    """Write a driver's values (one, by quarter, or by year and quarter); return their columns."""
    key, axis = spec.key, layout.plan.axis
    if spec.driver.kind in {"constant", "seasonal"}:
        _put_period(sheet, layout, spec, places.VALUE, ALL, OfRow(key))
        return [range(places.VALUE, places.VALUE + 1)]
    quarters = range(layout.driver_start(key), axis.length)
    spans = [range(layout.quarter_column(quarters[0]), layout.last_column + 1)]
    if spec.driver.kind == "yearly":
        first = quarters[0] // QUARTERS_A_YEAR
        spans.insert(0, range(layout.year_column(first), layout.year_column(layout.years)))
        for place, year in enumerate(axis.years[first:], start=first):
            in_year = DriverInYear(key, year=year)
            _put_period(sheet, layout, spec, layout.year_column(place), str(year), in_year)
    for position in quarters:
        period, twin = str(axis.quarters[position]), OfRow(key, position)
        _put_period(sheet, layout, spec, layout.quarter_column(position), period, twin)
    return spans


def _note(layout: Layout, spec: DriverSpec) -> str:
    sources: dict[str, list[str]] = {}
    for scenario in layout.scenarios:
        if source := scenario.sources.get(spec.key):
            sources.setdefault(str(source), []).append(scenario.name)
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
    if columns[0] < places.VALUE + 1 or columns[0] >= layout.first_quarter_column:
        return
    quarters, years = layout.over_axis(first), layout.over_axis(places.YEAR_ROW, fixed_row=True)
    own = f'SUMPRODUCT(({quarters}<>"")*({years}={reference(places.YEAR_ROW, columns[0], fixed_row=True)}))>0'
    cells = area((first, columns[0]), (last, layout.first_quarter_column - 2))
    sheet.highlights.append(Highlight(cells, own, "overruled"))
    mark_overruled(sheet, layout, layout.live[key], columns[0], start_of=key)


def mark_overruled(sheet: SheetPlan, layout: Layout, row: int, column: int, *, start_of: str) -> None:
    """Mark, in a row of live values from a column on, years that differ from some of their quarters."""
    start, end = layout.quarter_column(layout.driver_start(start_of)), layout.last_column
    quarters = area((row, start), (row, end), fixed_column=True)
    years = area((places.YEAR_ROW, start), (places.YEAR_ROW, end), fixed_row=True, fixed_column=True)
    year, head = reference(row, column), reference(places.YEAR_ROW, column, fixed_row=True)
    other = f"SUMPRODUCT(({quarters}<>{year})*({years}={head}))>0"
    cells = f"{year}:{reference(row, layout.first_quarter_column - 2)}"
    sheet.highlights.append(Highlight(cells, other, "overruled"))


def _put_period(
    sheet: SheetPlan, layout: Layout, spec: DriverSpec, column: int, period: str, twin: OfRow
) -> None:
    """Write the scenarios' values for a period, and the live cell: the picked one, else that of the year."""
    first, live, unit = layout.given[spec.key], layout.live[spec.key], spec.driver.unit
    by_quarter_of_a_year = spec.driver.kind == "yearly" and column >= layout.first_quarter_column
    is_key = spec.driver.name in layout.words.key_drivers and not by_quarter_of_a_year
    for row, scenario in enumerate(layout.scenarios, start=first):
        own = scenario.table[spec.key].get(period)  # an empty cell is unlocked, too
        sheet.put(row, column, own, numeric("key" if is_key else "input", unit))
    picked = layout.picked(spec.key, column)
    if by_quarter_of_a_year:
        ends = ((live, layout.year_column(place)) for place in (0, layout.years - 1))
        years = area(*ends, fixed_column=True)
        by_year = in_row(years, reference(places.YEAR_NUMBER_ROW, column, fixed_row=True))
        picked = call("IF", f'{picked}=""', by_year, picked)
    sheet.put(live, column, f"={picked}", numeric("live", unit), twin)


SHEET: Final = Sheet(
    places.INPUTS,
    "Every driver: a row a scenario, and above them the live row that the selector picks; allowed range, "
    "grade, source",
    "Inputs",
    "Blue cells are inputs, by year or for one quarter, which wins over its year (the year is then grey); "
    "grey rows are what the selector picks; violet: differs from the first scenario",
    _fill,
)
