"""Key drivers: the assumptions that the answer hangs on, by year and by scenario, on one page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from model.language.units import measure
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL
from workbook_templates.a1 import absolute, area, reference
from workbook_templates.formula_text import call
from workbook_templates.plan import layout as places
from workbook_templates.plan.cells import Highlight, SheetPlan, height, width
from workbook_templates.plan.input_rows import titled
from workbook_templates.plan.layout import DRIVERS, INPUTS, SCENARIOS, TITLE_ROW
from workbook_templates.plan.links import linked, stamped, year_of
from workbook_templates.plan.sheets import scenarios
from workbook_templates.plan.sheets.header import SECTION_HEIGHT, put_state_at
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.sheets.stamps import stamps_of
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.switches import after_operation, put_state_text
from workbook_templates.plan.twins import Computed, Difference, DriverInYear, OfRow
from workbook_templates.plan.wording import year_ahead, year_mark

if TYPE_CHECKING:
    from model.presentation import DriverWords
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.cells import Twin, WorkbookPlan
    from workbook_templates.plan.layout import Layout

_LABEL, _UNIT, _REPORTED, _FIRST_YEAR = range(1, 5)
_YEARS: Final = 5
"""Years of the live path, and the last one of the axis."""
_HEADS, _SUBHEADS, _FIRST_ROW = 4, 5, 6
_PIXELS: Final = {_LABEL: 200, _UNIT: 46, _REPORTED: 60}
_YEAR, _GAP, _SCENARIO, _SWING, _SOURCE = 58, 8, 62, 58, 180
_HEAD, _ROW, _CAPTION = 34, 34, 22
_SOURCE_CHARACTERS: Final = 46
"""In the two lines of a row."""
_SHARE_MOVED: Final = "± 10%"


class _Columns:
    """The columns, from left to right; a gap lies between groups."""

    def __init__(self, layout: Layout) -> None:
        first = year_ahead(layout, 0)
        last = layout.plan.axis.years[-1]
        self.years = [year for year in range(first, first + _YEARS) if year <= last]
        if last not in self.years:
            self.years.append(last)
        self.first_scenario = _FIRST_YEAR + len(self.years) + 1
        self.cases = scenarios.own_columns(layout)
        self.swing = self.first_scenario + len(self.cases) + 1
        self.source = self.swing + 2
        self.year = year_ahead(layout, 1) if year_ahead(layout, 1) <= last else first

    def widths(self) -> dict[int, float]:
        """Return their widths."""
        pixels = dict.fromkeys(range(_FIRST_YEAR, self.first_scenario - 1), _YEAR)
        pixels |= dict.fromkeys(range(self.first_scenario, self.swing - 1), _SCENARIO)
        pixels |= dict.fromkeys((self.first_scenario - 1, self.swing - 1, self.source - 1), _GAP)
        pixels |= {**_PIXELS, self.swing: _SWING, self.source: _SOURCE}
        return {column: width(each) for column, each in pixels.items()}


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout, columns = edition.layout, _Columns(edition.layout)
    sheet.widths |= columns.widths()
    sheet.one_page = True
    sheet.print_columns = columns.source
    put_state_at(sheet, layout, columns.swing - 5)
    _put_heads(sheet, layout, columns)
    swings = _swings(edition.stamped) if edition.stamped is not None else {}
    specs, row = driver_specs(layout.company), _FIRST_ROW
    for title, drivers in layout.words.drivers.items():
        sheet.put(row, _LABEL, title, "caption")
        sheet.heights[row] = height(_CAPTION)
        row += 1
        for words in drivers:
            _put_driver(sheet, layout, columns, words, specs[words.driver], row)
            sheet.put(row, columns.swing, swings.get(words.driver), _ruled("stamp", "share"))
            sheet.heights[row] = height(_ROW)
            row += 1
    chosen = absolute(TITLE_ROW, columns.swing - 4)
    for column, case in enumerate(columns.cases, start=columns.first_scenario):
        cells = area((_FIRST_ROW, column), (row - 1, column))
        sheet.highlights.append(Highlight(cells, f'{chosen}="{case.name}"', "chosen"))
    row = _put_switches(sheet, layout, columns, row + 1)
    sheet.put(row, _LABEL, _legend(columns), "remark")
    sheet.frozen = (_FIRST_ROW, _UNIT)


def _legend(columns: _Columns) -> str:
    return (
        f"Bold: differs from {columns.cases[0].name}. Shaded: the live scenario. Value, USD: largest change "
        "of the value per share when the driver moves by a tenth of its value; of a switch, when it is on. "
        "Grades: see Contents."
    )


def _ruled(role: str, style: str) -> str:
    return f"board line {role} {style}"


def _put_heads(sheet: SheetPlan, layout: Layout, columns: _Columns) -> None:
    sheet.heights[_HEADS] = height(_HEAD)
    for column in range(_LABEL, columns.source + 1):
        sheet.put(_HEADS, column, None, "period text")
        sheet.put(_SUBHEADS, column, "", "basis")
    sheet.put(_HEADS, _LABEL, "Driver", "period text")
    sheet.put(_HEADS, _UNIT, "Unit", "period text")
    sheet.put(_HEADS, _REPORTED, f"{year_ahead(layout, -1)}A", "period head")
    sheet.put(_SUBHEADS, _REPORTED, "reported", "basis")
    for column, year in enumerate(columns.years, start=_FIRST_YEAR):
        sheet.put(_HEADS, column, f"{year}{year_mark(layout, year)}", "period head")
        sheet.put(_SUBHEADS, column, "live", "basis")
    for column, case in enumerate(columns.cases, start=columns.first_scenario):
        sheet.put(_HEADS, column, titled(case.name.rpartition("+")[2]), "period wrapped")
        sheet.put(_SUBHEADS, column, f"{columns.year}{year_mark(layout, columns.year)}", "basis")
    sheet.put(_HEADS, columns.swing, "Value, USD", "period wrapped")
    sheet.put(_SUBHEADS, columns.swing, _SHARE_MOVED, "basis")
    sheet.put(_HEADS, columns.source, "Grade and source", "period text")


def _put_driver(
    sheet: SheetPlan, layout: Layout, columns: _Columns, words: DriverWords, spec: DriverSpec, row: int
) -> None:
    style = measure(spec.driver.unit).style
    sheet.put(row, _LABEL, words.label, "board line label")
    sheet.put(row, _UNIT, measure(spec.driver.unit).sign or spec.driver.unit, "board line label")
    sheet.put(row, _REPORTED, None, "board line label")
    if words.reported and (known := linked(layout, words.reported, year_of(year_ahead(layout, -1)))):
        sheet.put(row, _REPORTED, known.formula, _ruled("link", style), known.twin)
    live = layout.inputs[spec.key].live
    for column, year in enumerate(columns.years, start=_FIRST_YEAR):
        text, twin = _in_year(layout, spec, live, year)
        sheet.put(row, column, f"={text}", _ruled("link", style), twin)
    first = reference(row, columns.first_scenario, fixed_column=True)
    for column, case in enumerate(columns.cases, start=columns.first_scenario):
        text = _of_case(layout, spec, case, columns.year)
        twin = Computed(partial(_case_value, spec.key, case.name, columns.year))
        sheet.put(row, column, f"={text}", _ruled("muted", style), twin)
    cells = area((row, columns.first_scenario + 1), (row, columns.swing - 2))
    start = reference(row, columns.first_scenario + 1)
    sheet.highlights.append(Highlight(cells, f"{start}<>{first}", "apart"))
    note = layout.scenarios[0].sources.get(spec.key)
    source = str(note) if note else ""
    if len(source) > _SOURCE_CHARACTERS:
        source = source[:_SOURCE_CHARACTERS].rpartition(" ")[0] + " …"
    sheet.put(row, columns.source, source, "source")


def _in_year(layout: Layout, spec: DriverSpec, row: int, year: int) -> tuple[str, Twin]:
    """Return the reference to a driver's value in a year (or its one value), and its twin."""
    if spec.driver.kind != "yearly":
        return f"{INPUTS}!{reference(row, places.VALUE)}", OfRow(spec.key)
    column = layout.year_column(layout.plan.axis.year_position(year))
    return f"{INPUTS}!{reference(row, column)}", DriverInYear(spec.key, year=year)


def _of_case(layout: Layout, spec: DriverSpec, case: Scenario, year: int) -> str:
    """Write a driver's value in a scenario of the workbook, with the one switch of the case."""
    rows, names = layout.inputs[spec.key], [each.name for each in layout.scenarios]
    own, _ = _in_year(layout, spec, rows.of(names.index(case.root.name)), year)
    for place, switch in enumerate(layout.switches):
        if place in rows.switches and switch.name in {each.name for each in case.overlays}:
            operand, _ = _in_year(layout, spec, rows.switches[place].operands, year)
            changed = after_operation(spec, switch.adjustments[spec.key].operation, own, operand)
            own = call("IF", f'{operand}=""', own, changed)
    return own


def _case_value(key: str, name: str, year: int, plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return a driver's value in a case: what the selected scenario shares with it is the selected one's."""
    layout, (root, _, on) = plan.layout, name.partition("+")
    places_of = {each.name: place for place, each in enumerate(layout.scenarios)}
    rows, selected = layout.inputs[key], results.scenarios[draw].root
    is_shared = rows.of(places_of[root]) == rows.of(places_of[selected.name])
    values = (selected if is_shared else layout.scenarios[places_of[root]]).table[key]
    for switch in layout.switches:
        if switch.name == on and key in switch.adjustments:
            values = switch.adjustments[key].after(values, driver_specs(layout.company)[key])
    return values[ALL] if ALL in values else values[str(year)]


def _swings(scenario: Scenario) -> dict[str, float]:
    """Return the largest change of the value per share for each driver, of a scenario."""
    value = scenario.company.presentation.questions.value
    for tornado in stamps_of(scenario).tornados:
        if tornado.output.key == value:
            changes = {bar.driver: (bar.change_low, bar.change_high) for bar in tornado.bars}
            return {key: max(map(abs, pair)) for key, pair in changes.items() if pair[0] == pair[0]}
    return {}


def _put_switches(sheet: SheetPlan, layout: Layout, columns: _Columns, top: int) -> int:
    """Write the switches with their state, what they change, and what that does to the value."""
    if not layout.switches:
        return top
    for column in range(_LABEL, columns.source + 1):
        sheet.put(top, column, None, "heading")
    sheet.put(top, _LABEL, "Switches (on the Cover)", "heading")
    sheet.heights[top] = SECTION_HEIGHT
    value = layout.company.presentation.questions.value
    there = scenarios.figure_rows(layout).get(scenarios.LineInYear(value)) if value else None
    unit = layout.plan.row(value).unit if value else ""
    names = {name: column for column, name in scenarios.column_names(layout).items()}
    for place, switch in enumerate(layout.switches):
        row, case = top + 1 + place, columns.cases[len(layout.scenarios) + place]
        sheet.put(row, _LABEL, switch.title, "plain")
        put_state_text(sheet, layout, (row, _UNIT), place, f"{INPUTS}!")
        sheet.put(row, _REPORTED, switch.note, "plain")
        if there is not None:
            on, off = (stamped(SCENARIOS, (there, names[each]), unit) for each in (case.name, case.root.name))
            text = f"{on.formula}-{off.formula.removeprefix('=')}"
            sheet.put(row, columns.swing, text, numeric("calc", unit), Difference(on.twin, off.twin))
    return top + len(layout.switches) + 2


SHEET: Final = Sheet(
    DRIVERS, "The assumptions that the answer hangs on, by year and by scenario, and what switches change",
    "Key drivers: what the answer hangs on",
    "They are typed in on Inputs; this page shows them side by side", _fill,
    is_needed=lambda words: bool(words.drivers),
)  # fmt: skip
