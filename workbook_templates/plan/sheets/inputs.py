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
from workbook_templates.plan.sheets.header import put_axis, put_heading, put_title, selected_scenario
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from model.scenarios.drivers import DriverSpec

KEY_DRIVERS: Final = frozenset({
    "aws_growth", "sales_yield", "aws_cash_cost_ratio", "capex_budget", "capex_to_sales", "advertising_growth",
})  # fmt: skip
"""Assumptions that decide the answer: shown on yellow."""


def inputs_sheet(layout: Layout) -> SheetPlan:
    """Return the sheet of drivers."""
    sheet = SheetPlan(INPUTS)
    put_title(sheet, "Inputs",
        "Blue cells are inputs, by year or for one quarter, which wins over its year (the year is then grey); grey rows are what the "
        "selector picks; violet: differs from the first scenario",
    )  # fmt: skip
    put_axis(sheet, layout, "Source, description and allowed range")
    _put_choice(sheet, layout)
    for heading in layout.headings[INPUTS]:
        put_heading(sheet, layout, heading)
    specs = driver_specs()
    for key in layout.live:
        _put_driver(sheet, layout, specs[key])
    return sheet


def choice_cell() -> str:
    """Return the reference (on Inputs) to the number of the selected scenario."""
    return reference(CHOICE_ROW, VALUE, fixed_row=True, fixed_column=True)


def _put_choice(sheet: SheetPlan, layout: Layout) -> None:
    first = CHOICE_ROW + 1
    names = f"$B${first}:$B${CHOICE_ROW + len(layout.scenarios)}"
    sheet.put(CHOICE_ROW, LABEL, "Number of the selected scenario (select it on the Cover)", "label")
    text = "=" + call("MATCH", selected_scenario(), names, "0")
    sheet.put(CHOICE_ROW, VALUE, text, "live whole", Twin("choice"))
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
    """Write the live row of one driver row, and below (with those of its other members) one row a scenario."""
    key, driver = spec.key, spec.driver
    live, first = layout.live[key], layout.given[key]
    last = first + len(layout.scenarios) - 1
    sheet.put(live, LABEL, spec.label, "live text")
    sheet.put(live, NAME, key, "name")
    sheet.put(live, UNIT, driver.unit, "unit")
    low, high = (as_text(bound, driver.unit) for bound in (spec.minimum, spec.maximum))
    sheet.put(
        live,
        NOTE,
        f"Allowed {'0, or ' if driver.zero_means_none else ''}{low} to {high}. {spec.description}",
        "note",
    )
    for row, scenario in enumerate(layout.scenarios, start=first):
        source = scenario.sources.get(key)
        sheet.put(row, LABEL, scenario.name, "indented")
        sheet.put(row, NAME, key, "name")
        sheet.put(row, NOTE, f"{source.grade}: {source.source}" if source else "", "note")
        sheet.row_styles[row] = numeric("input", driver.unit)
    sheet.outline.append((first, last))
    quarters = range(layout.driver_start(key), layout.plan.axis.length)
    if driver.kind in {"constant", "seasonal"}:
        _put_picked(sheet, layout, spec, VALUE, ALL, Twin("value", key))
        columns = (VALUE, VALUE)
    elif driver.kind == "elapsed":
        for position in quarters:
            period = str(layout.plan.axis.quarters[position])
            _put_picked(
                sheet, layout, spec, layout.quarter_column(position), period, Twin("quarter", key, position)
            )
        columns = (layout.quarter_column(quarters[0]), layout.last_column)
    else:
        years = layout.plan.axis.years[quarters[0] // QUARTERS_A_YEAR :]
        for year in years:
            column = layout.year_column(year - layout.plan.axis.first.year)
            _put_picked(sheet, layout, spec, column, str(year), Twin("driver year", key, year))
        for position in quarters:
            _put_quarter(sheet, layout, spec, position)
        columns = (layout.year_column(years[0] - layout.plan.axis.first.year), layout.last_column)
    cells = f"{reference(first, columns[0])}:{reference(last, columns[1])}"
    message = f"{key}: {low} to {high} ({driver.unit})"
    sheet.ranges.append(
        InputRange(
            cells,
            0 if driver.zero_means_none else spec.minimum,
            spec.maximum,
            driver.whole,
            message=message,
            prompt=message,
        )
    )
    sheet.notes[live, LABEL] = _note(layout, spec)
    _mark_differences(sheet, layout, key, columns)


def _note(layout: Layout, spec: DriverSpec) -> str:
    """Return what a driver means and where each scenario's values come from."""
    sources: dict[str, list[str]] = {}
    for scenario in layout.scenarios:
        if source := scenario.sources.get(spec.key):
            sources.setdefault(f"{source.grade}: {source.source}", []).append(scenario.name)
    return "\n".join([spec.description, *(f"{', '.join(names)}: {text}" for text, names in sources.items())])


def _mark_differences(sheet: SheetPlan, layout: Layout, key: str, columns: tuple[int, int]) -> None:
    """Mark inputs that differ from the first scenario's, and years for some of whose quarters a value of their own is given."""
    first = layout.given[key]
    last = first + len(layout.scenarios) - 1
    start = reference(first + 1, columns[0])
    if last > first:
        cells = f"{start}:{reference(last, columns[1])}"
        sheet.highlights.append(
            Highlight(
                cells, f'AND({start}<>"",{start}<>{reference(first, columns[0], fixed_row=True)})', "differs"
            )
        )
    if columns[0] < VALUE + 1 or columns[0] >= layout.first_quarter_column:
        return
    quarters, years = (
        ":".join(
            reference(row, each, fixed_row=fixed, fixed_column=True)
            for each in (layout.first_quarter_column, layout.last_column)
        )
        for row, fixed in ((first, False), (YEAR_ROW, True))
    )
    own = f'SUMPRODUCT(({quarters}<>"")*({years}={reference(YEAR_ROW, columns[0], fixed_row=True)}))>0'
    cells = f"{reference(first, columns[0])}:{reference(last, layout.first_quarter_column - 2)}"
    sheet.highlights.append(Highlight(cells, own, "overruled"))
    mark_overruled(sheet, layout, layout.live[key], columns[0], start_of=key)


def mark_overruled(sheet: SheetPlan, layout: Layout, row: int, column: int, *, start_of: str) -> None:
    """Mark, in a row of live values from a column on, years some of whose quarters have another value than the year's."""
    first, last = layout.quarter_column(layout.driver_start(start_of)), layout.last_column
    quarters, years = (
        ":".join(reference(at, each, fixed_row=fixed, fixed_column=True) for each in (first, last))
        for at, fixed in ((row, False), (YEAR_ROW, True))
    )
    year = reference(row, column)
    other = f"SUMPRODUCT(({quarters}<>{year})*({years}={reference(YEAR_ROW, column, fixed_row=True)}))>0"
    sheet.highlights.append(
        Highlight(f"{year}:{reference(row, layout.first_quarter_column - 2)}", other, "overruled")
    )


def _role(spec: DriverSpec) -> str:
    return "key" if spec.driver.name in KEY_DRIVERS else "input"


def _put_picked(
    sheet: SheetPlan, layout: Layout, spec: DriverSpec, column: int, period: str, twin: Twin
) -> None:
    """Write the scenarios' values of one period, and the live cell that picks one of them."""
    first = layout.given[spec.key]
    for row, scenario in enumerate(layout.scenarios, start=first):
        sheet.put(row, column, scenario.table[spec.key][period], numeric(_role(spec), spec.driver.unit))
    given = f"{reference(first, column)}:{reference(first + len(layout.scenarios) - 1, column)}"
    text = "=" + call("INDEX", given, choice_cell())
    sheet.put(layout.live[spec.key], column, text, numeric("live", spec.driver.unit), twin)


def _put_quarter(sheet: SheetPlan, layout: Layout, spec: DriverSpec, position: int) -> None:
    """Write the quarters' own values, and the live cell: the quarter's own value if there is one, else its year's."""
    quarter: Quarter = layout.plan.axis.quarters[position]
    column, first, live = layout.quarter_column(position), layout.given[spec.key], layout.live[spec.key]
    for row, scenario in enumerate(layout.scenarios, start=first):
        own = scenario.table[spec.key].get(str(quarter))
        if own is not None:
            sheet.put(row, column, own, numeric(_role(spec), spec.driver.unit))
    given = f"{reference(first, column)}:{reference(first + len(layout.scenarios) - 1, column)}"
    picked = call("INDEX", given, choice_cell())
    years = ":".join(
        reference(live, layout.year_column(place), fixed_column=True) for place in (0, layout.years - 1)
    )
    by_year = call("INDEX", years, reference(YEAR_NUMBER_ROW, column, fixed_row=True))
    text = "=" + call("IF", f'{picked}=""', by_year, picked)
    sheet.put(live, column, text, numeric("live", spec.driver.unit), Twin("quarter", spec.key, position))
