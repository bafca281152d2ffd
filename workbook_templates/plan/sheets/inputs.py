"""Inputs: every driver in one row, or in a live row that picks from those of what differs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from model.language.periods import QUARTERS_A_YEAR
from model.scenarios.drivers import driver_specs
from model.scenarios.spec import ALL, as_text
from workbook_templates.a1 import area, reference
from workbook_templates.formula_text import call
from workbook_templates.plan import layout as places
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.cells import Highlight, InputRange, SheetPlan, width
from workbook_templates.plan.input_rows import Variants, row_labels, row_names, titled
from workbook_templates.plan.sheets.header import put_axis, put_headings, put_names
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.switches import operated, put_state_text, switch_row
from workbook_templates.plan.twins import (
    AfterSwitch,
    Computed,
    DriverInYear,
    OfRow,
    scenario_name,
    scenario_number,
    switch_is_on,
)

if TYPE_CHECKING:
    from model.scenarios.spec import DriverSpec
    from workbook_templates.plan.layout import Layout

_PICKED: Final = "live: picked by the scenario and the switches"
_WIDTHS: Final = {places.LABEL: 270, places.UNIT: 58, places.VALUE: 64, places.NOTE: 330}
_YEAR: Final = 60
"""Pixels: sources are shown, names and the years before the first forecast one are folded."""
_MOST_SCALED: Final = 1000.0
"""Largest factor that can be typed."""


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout, "Grade and source")
    _set_columns(sheet, layout)
    _put_choice(sheet, layout)
    put_headings(sheet, layout)
    specs = driver_specs(layout.company)
    for key in layout.inputs:
        _Driver(sheet, layout, specs[key]).put()


def _set_columns(sheet: SheetPlan, layout: Layout) -> None:
    first, forecast = places.FIRST_YEAR_COLUMN, sheet.split[0]
    pixels = _WIDTHS | dict.fromkeys(range(first, layout.first_quarter_column - 1), _YEAR)
    sheet.widths |= {column: width(each) for column, each in pixels.items()}
    sheet.print_quarters = None
    folded = [each for each in sheet.column_outline if each.first > places.NOTE]
    sheet.column_outline = [Group(places.NAME, places.NAME, folded=True), *folded]
    if forecast > first:
        sheet.column_outline.append(Group(first, forecast - 1, folded=True))


def _put_choice(sheet: SheetPlan, layout: Layout) -> None:
    """Write the number of the selected scenario, its name with switches, and the lists of both."""
    row, names = places.CHOICE_ROW, scenario_list(layout)
    selected = f"{places.COVER}!{reference(*places.SELECTED_CELL, fixed_row=True, fixed_column=True)}"
    sheet.put(row, places.LABEL, f"Scenario and switches (choose them on {places.COVER})", "label")
    text = "=" + call("MATCH", selected, names, "0")
    sheet.put(row, places.VALUE, text, "live whole", Computed(scenario_number))
    on = [
        f'&IF({reference(switch_row(layout, place), places.VALUE)}=1,"+{each.name}","")'
        for place, each in enumerate(layout.switches)
    ]
    sheet.put(row, places.NAME, f"={selected}{''.join(on)}", "live text", Computed(scenario_name))
    for number, scenario in enumerate(layout.scenarios, start=1):
        _put_listed(sheet, row + number, scenario.name, scenario.title, scenario.note)
        sheet.put(row + number, places.UNIT, str(scenario.as_of), "unit")
        sheet.put(row + number, places.VALUE, number, "axis")
    for place, switch in enumerate(layout.switches):
        at = switch_row(layout, place)
        _put_listed(sheet, at, switch.name, switch.title, switch.note)
        sheet.put(at, places.UNIT, places.SWITCH, "unit")
        cell = reference(*places.switch_cell(place), fixed_row=True, fixed_column=True)
        text = "=" + call("IF", f'{places.COVER}!{cell}="{places.ON}"', "1", "0")
        sheet.put(at, places.VALUE, text, "live whole", Computed(partial(switch_is_on, switch.name)))


def _put_listed(sheet: SheetPlan, row: int, name: str, title: str, note: str) -> None:
    sheet.put(row, places.LABEL, title, "indented")
    sheet.put(row, places.NAME, name, "name")
    sheet.put(row, places.NOTE, note, "note")


def scenario_list(layout: Layout) -> str:
    """Return the reference (on Inputs) to the names of the scenarios."""
    ends = ((places.CHOICE_ROW + place, places.NAME) for place in (1, len(layout.scenarios)))
    return area(*ends, fixed_row=True, fixed_column=True)


class _Driver:
    """The rows of a driver, while they are written."""

    def __init__(self, sheet: SheetPlan, layout: Layout, spec: DriverSpec) -> None:
        self.sheet, self.layout, self.spec = sheet, layout, spec
        self.key, self.unit = spec.key, spec.driver.unit
        self.rows = layout.inputs[spec.key]
        self.is_yearly = spec.driver.kind == "yearly"
        self.low, self.high = (as_text(bound, self.unit) for bound in (spec.minimum, spec.maximum))

    def put(self) -> None:
        """Write them."""
        sheet, spec, rows = self.sheet, self.spec, self.rows
        put_names(sheet, rows.live, (spec.label, self.key, self.unit))
        if rows.is_picked:
            sheet.put(rows.live, places.LABEL, f"▸ {spec.label}", "live label")
            sheet.put(rows.live, places.UNIT, sheet.cells[rows.live, places.UNIT].content, "live unit")
            sheet.put(rows.live, places.NOTE, _PICKED, "live note")
            sheet.put(rows.live, places.VALUE, None, "live unit")
            self._put_labels()
        else:
            sheet.put(rows.live, places.NOTE, self._source(0), "note")
        sheet.notes[rows.live, places.LABEL] = self._note()
        spans = self._put_values()
        self._limit(spans)
        self._mark_differences((spans[0][0], spans[-1][-1]))

    def _source(self, place: int) -> str:
        source = self.layout.scenarios[place].sources.get(self.key)
        return str(source) if source else ""

    def _put_labels(self) -> None:
        sheet, layout, rows = self.sheet, self.layout, self.rows
        variants = Variants(tuple(rows.given)[1:], tuple(rows.switches))
        names = [each.name for each in layout.scenarios], [each.name for each in layout.switches]
        below = zip(row_names(self.key, variants, *names), row_labels(variants, *names), strict=True)
        for row, (name, label) in enumerate(below, start=rows.given[0]):
            sheet.put(row, places.LABEL, label, "indented")
            sheet.put(row, places.NAME, name, "name")
        for place, row in rows.given.items():
            sheet.put(row, places.NOTE, self._source(place), "note")
        for place, own in rows.switches.items():
            adjustment = layout.switches[place].adjustments[self.key]
            sheet.put(own.operands, places.UNIT, adjustment.operation, "unit")
            sheet.put(own.operands, places.NOTE, str(adjustment.origin), "note")
            put_state_text(sheet, layout, (own.after, places.UNIT), place)
        sheet.outline.append(Group(rows.given[0], self._last))

    @property
    def _last(self) -> int:
        rows = self.rows
        return max([*rows.given.values(), *(each.after for each in rows.switches.values())])

    def _note(self) -> str:
        sources: dict[str, list[str]] = {}
        for place in self.rows.given:
            if source := self._source(place):
                sources.setdefault(source, []).append(self.layout.scenarios[place].name)
        none = "0, or " if self.spec.driver.zero_means_none else ""
        allowed = f"Allowed: {none}{self.low} to {self.high}"
        named = (f"{', '.join(names)}: {text}" for text, names in sources.items())
        return "\n".join([self.spec.description, allowed, *named])

    def _put_values(self) -> list[range]:
        """Write its values (one, by quarter, or by year and quarter); return their columns."""
        layout, axis = self.layout, self.layout.plan.axis
        if self.spec.driver.kind in {"constant", "seasonal"}:
            self._put_period(places.VALUE, ALL, OfRow(self.key))
            return [range(places.VALUE, places.VALUE + 1)]
        quarters = range(layout.driver_start(self.key), axis.length)
        spans = []
        if self.is_yearly:
            first = quarters[0] // QUARTERS_A_YEAR
            spans.append(range(layout.year_column(first), layout.year_column(layout.years)))
            for place, year in enumerate(axis.years[first:], start=first):
                in_year = DriverInYear(self.key, year=year)
                self._put_period(layout.year_column(place), str(year), in_year)
        if not self.spec.driver.full_year:
            spans.append(range(layout.quarter_column(quarters[0]), layout.last_column + 1))
            for position in quarters:
                twin = OfRow(self.key, position)
                self._put_period(layout.quarter_column(position), str(axis.quarters[position]), twin)
        return spans

    def _put_period(self, column: int, period: str, twin: OfRow) -> None:
        """Write what is given for a period, what switches make of it, and the live cell."""
        layout, rows, put = self.layout, self.rows, self.sheet.put
        in_quarter = self.is_yearly and column >= layout.first_quarter_column
        is_key = self.spec.driver.name in layout.words.key_drivers and not in_quarter
        typed = numeric("key" if is_key else "input", self.unit)
        for place, row in rows.given.items():  # an empty cell is unlocked, too
            put(row, column, layout.scenarios[place].table[self.key].get(period), typed)
        for place, own in rows.switches.items():
            adjustment = layout.switches[place].adjustments[self.key]
            unit = "times" if adjustment.operation == "scale" else self.unit
            put(own.operands, column, adjustment.operands.get(period), numeric("input", unit))
            text = operated(layout, self.spec, place, column, in_quarter=in_quarter)
            put(
                own.after,
                column,
                f"={text}",
                numeric("calc", self.unit),
                AfterSwitch(self.key, period, place),
            )
        if rows.is_picked:
            picked = layout.picked(self.key, column)
            if in_quarter:
                picked = call("IF", f'{picked}=""', layout.in_year_of(rows.live, column), picked)
            put(rows.live, column, f"={picked}", numeric("live", self.unit), twin)

    def _limit(self, spans: list[range]) -> None:
        """Limit what may be typed."""
        spec, rows = self.spec, self.rows
        message = f"{self.key}: {self.low} to {self.high} ({self.unit})"
        least = 0 if spec.driver.zero_means_none else spec.minimum
        own = InputRange("", least, spec.maximum, spec.driver.whole, message=message, prompt=message)
        limits = [((rows.given[0], max(rows.given.values())), own)]
        for place, row in rows.switches.items():
            switch = self.layout.switches[place]
            operation, limit = switch.adjustments[self.key].operation, own
            if operation != "set":
                what = f"{titled(switch.name)}: a number to {operation}; empty: no change"
                most = _MOST_SCALED if operation == "scale" else spec.maximum - spec.minimum
                limit = InputRange("", -most, most, message=what, prompt=what)
            limits.append(((row.operands, row.operands), limit))
        for (first, last), limit in limits:
            for span in spans:
                cells = area((first, span[0]), (last, span[-1]))
                self.sheet.ranges.append(replace(limit, cells=cells))

    def _mark_differences(self, columns: tuple[int, int]) -> None:
        """Mark inputs that differ from the first scenario's, and years overruled in some quarters."""
        sheet, layout, rows = self.sheet, self.layout, self.rows
        first, last = rows.given[0], max(rows.given.values())
        start = reference(first + 1, columns[0])
        if last > first:
            cells = f"{start}:{reference(last, columns[1])}"
            other = f'AND({start}<>"",{start}<>{reference(first, columns[0], fixed_row=True)})'
            sheet.highlights.append(Highlight(cells, other, "differs"))
        if not self.is_yearly or self.spec.driver.full_year:
            return
        quarters, years = layout.over_axis(first), layout.over_axis(places.YEAR_ROW, fixed_row=True)
        year = reference(places.YEAR_ROW, columns[0], fixed_row=True)
        own = f'SUMPRODUCT(({quarters}<>"")*({years}={year}))>0'
        cells = area((first, columns[0]), (last, layout.first_quarter_column - 2))
        sheet.highlights.append(Highlight(cells, own, "overruled"))
        if rows.is_picked:
            mark_overruled(sheet, layout, rows.live, columns[0], start_of=self.key)


def mark_overruled(sheet: SheetPlan, layout: Layout, row: int, column: int, *, start_of: str) -> None:
    """Mark, in a row of live values from a column on, years that differ from some of their quarters."""
    start, end = layout.quarter_column(layout.driver_start(start_of)), layout.last_column
    quarters = area((row, start), (row, end), fixed_column=True)
    years = area((places.YEAR_ROW, start), (places.YEAR_ROW, end), fixed_row=True, fixed_column=True)
    year, head = reference(row, column), reference(places.YEAR_ROW, column, fixed_row=True)
    other = f"SUMPRODUCT(({quarters}<>{year})*({years}={head}))>0"
    cells = f"{year}:{reference(row, layout.first_quarter_column - 2)}"
    sheet.highlights.append(Highlight(cells, other, "overruled"))


SHEET: Final = Sheet(
    places.INPUTS,
    "Every driver once: one row, or a live row that scenario and switches pick, above what differs; source, "
    "range",
    "Inputs: every driver, once",
    "Blue is typed in, by year or for one quarter, which wins over its year (then grey). One row where no "
    "scenario differs; else a live row, the first scenario, and each scenario or switch that differs",
    _fill,
)
