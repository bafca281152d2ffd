"""Scenarios: stamped figures of all, side by side, and whether the live one agrees with its column."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from model.analysis.weighting import weighted_scenario, weighted_scenarios
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_scenarios
from workbook_templates.a1 import absolute, area, reference
from workbook_templates.formula_text import call, in_row
from workbook_templates.plan import links
from workbook_templates.plan.arrangement import Group
from workbook_templates.plan.input_rows import titled
from workbook_templates.plan.layout import SCENARIOS, Layout
from workbook_templates.plan.links import linked, year_of
from workbook_templates.plan.sheets.header import put_band, put_heads, put_names, put_stamp, selected_scenario
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.styles import in_large, large, numeric
from workbook_templates.plan.twins import Computed, figure_of
from workbook_templates.plan.wording import year_mark

if TYPE_CHECKING:
    from model.results import Results
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.cells import SheetPlan, WorkbookPlan

_HEADS_ROW, NAME_ROW, AS_OF_ROW, WEIGHT_ROW, TOLERANCE_ROW, COMPARED_ROW, NUMBER_ROW = range(5, 12)
COLUMN_ROW: Final = NUMBER_ROW
FIRST_ROW: Final = 13
NO_COLUMN: Final = "no column of its own"
_LABEL, _NAME, _UNIT, PERIOD, LIVE, AGREES, MIX, FIRST_COLUMN = range(1, 9)
MIX_OF_DRIVERS: Final = "mix of drivers"
"""Head of a column: no scenario can have this name."""
_WIDTHS: Final = {_LABEL: 34.0, _NAME: 34.0, _UNIT: 7.5, PERIOD: 8.0, LIVE: 11.0, AGREES: 9.0, MIX: 10.5}
_COLUMN_WIDTH: Final = 10.5
_HEADS: Final = {
    _LABEL: "", _NAME: "Name", _UNIT: "Unit", PERIOD: "Year", LIVE: "Live", AGREES: "Agrees",
    MIX: "Mixed",
}  # fmt: skip
_LABELS: Final = {
    NAME_ROW: "Name", AS_OF_ROW: "Last reported quarter (as-of)", WEIGHT_ROW: "Weight in the mix",
    TOLERANCE_ROW: "Tolerance of agreement, relative",
    COMPARED_ROW: "Figures compared",
    NUMBER_ROW: "Number of the column (0: none)",
}  # fmt: skip


class LineInYear(NamedTuple):
    """A row of the sheet: a row of the model, in a year or (0) without a period."""

    key: str
    year: int = 0


def sections(layout: Layout) -> dict[str, list[LineInYear]]:
    """Return the figures of each section."""
    found = {}
    for section in layout.words.sections:
        years = [0]
        if section.years is not None:
            years = [*layout.shown_years(*section.years)]
            years += [year for year in layout.plan.axis.years[-1:] if year not in years]
        found[section.title] = [LineInYear(key, year) for key in section.lines for year in years]
    return found


def agreement_cell() -> str:
    """Return the reference (on this sheet) to the text on the agreement of live and stamped figures."""
    return reference(AS_OF_ROW, LIVE)


def figure_rows(layout: Layout) -> dict[LineInYear, int]:
    """Return the row of every figure: one below the title of its section, two free rows between sections."""
    rows, row = {}, FIRST_ROW
    for figures in sections(layout).values():
        for figure in figures:
            row += 1
            rows[figure] = row
        row += 2
    return rows


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    columns = _stamped(layout)
    mix = {(each.name, each.as_of): each.weight for each in weighted_scenarios(layout.company)}
    # they add up to 1; a user's own are not in it
    weights = mix if set(mix) <= {(each.name, each.as_of) for each, _ in columns} else {}
    last = FIRST_COLUMN + len(columns) - 1
    sheet.widths |= _WIDTHS | dict.fromkeys(range(FIRST_COLUMN, last + 1), _COLUMN_WIDTH)
    put_stamp(sheet, edition)
    put_heads(sheet, _HEADS_ROW, _HEADS, range(LIVE))
    sheet.outline.append(Group(NAME_ROW, NAME_ROW, folded=True))
    for row, text in _LABELS.items():
        sheet.put(row, _LABEL, text, "label")
    sheet.put(TOLERANCE_ROW, LIVE, links.TOLERANCE, "tolerance")
    for column, (scenario, _) in enumerate(columns, start=FIRST_COLUMN):
        sheet.put(_HEADS_ROW, column, titled(scenario.name.rpartition("+")[2]), "period wrapped")
        sheet.put(NAME_ROW, column, scenario.name, "axis")
        sheet.put(AS_OF_ROW, column, scenario.as_of.code, "calc quarter")
        sheet.put(NUMBER_ROW, column, column - FIRST_COLUMN + 1, "axis")
        sheet.put(WEIGHT_ROW, column, weights.get((scenario.name, scenario.as_of), 0.0), "calc percent")
    rows = figure_rows(layout)
    for title, figures in sections(layout).items():
        put_band(sheet, rows[figures[0]] - 1, title, last)
        for figure in figures:
            _put_figure(sheet, layout, figure, rows[figure], [values[figure] for _, values in columns])
    agreeing = area((FIRST_ROW, AGREES), (max(rows.values()), AGREES))
    compared = sum(column == AGREES and cell.twin is not None for (_, column), cell in sheet.cells.items())
    sheet.put(COMPARED_ROW, LIVE, compared, "calc whole")
    names = area((NAME_ROW, FIRST_COLUMN), (NAME_ROW, last))
    numbers = area((NUMBER_ROW, FIRST_COLUMN), (NUMBER_ROW, last))
    own = call("SUMPRODUCT", f"({names}={selected_scenario()})*{numbers}")
    sheet.put(COLUMN_ROW, LIVE, f"={own}", "calc whole", Computed(own_column))
    text = f'IF(SUM({agreeing})={reference(COMPARED_ROW, LIVE)},"{links.AGREES}","{links.CHANGED}")'
    text = f'=IF({reference(COLUMN_ROW, LIVE)}=0,"{NO_COLUMN}",{text})'
    sheet.put(AS_OF_ROW, LIVE, text, "check", Computed(agreement))
    sheet.frozen = (FIRST_ROW, _NAME)
    sheet.column_outline.append(Group(_NAME, _NAME, folded=True))


def column_names(layout: Layout) -> dict[int, str]:
    """Return the scenarios by column: see :func:`own_columns`, the others that ship, and the mix."""
    offered = [*(each.name for each in layout.scenarios), *switched_names(layout)]
    others = [name for name in builtin_scenarios(layout.company) if name not in offered]
    mix = [MIX_OF_DRIVERS] if weighted_scenarios(layout.company) else []
    return dict(enumerate([*offered, *others, *mix], start=FIRST_COLUMN))


def own_columns(layout: Layout) -> list[Scenario]:
    """Return the scenarios of the selector, and one of them with each switch: the base, or else the first."""
    first = _switched(layout)
    return [*layout.scenarios, *(first.with_overlays([each], check=False) for each in layout.switches)]


def switched_names(layout: Layout) -> list[str]:
    """Return the names of the columns that show one scenario with each switch."""
    return [f"{_switched(layout).name}+{each.name}" for each in layout.switches]


def _switched(layout: Layout) -> Scenario:
    base = layout.company.base
    return next((each for each in layout.scenarios if each.name == base), layout.scenarios[0])


def _stamped(layout: Layout) -> list[tuple[Scenario, dict[LineInYear, float]]]:
    offered = {each.name: each for each in own_columns(layout)}
    if weighted := weighted_scenarios(layout.company):
        offered[MIX_OF_DRIVERS] = replace(weighted_scenario(weighted), name=MIX_OF_DRIVERS)
    names = column_names(layout).values()
    chosen = [offered.get(name) or load_scenario(name, company=layout.company) for name in names]
    figures = figure_rows(layout)
    values: dict[str, dict[LineInYear, float]] = {}
    for as_of in dict.fromkeys(each.as_of for each in chosen):
        batch = [each for each in chosen if each.as_of == as_of]
        results = run(batch)
        for place, scenario in enumerate(batch):
            values[scenario.name] = {each: _value(results, each, place) for each in figures}
    return [(scenario, values[scenario.name]) for scenario in chosen]


def _value(results: Results, figure: LineInYear, place: int) -> float:
    position = results.plan.axis.year_position(figure.year) if figure.year else None
    return figure_of(results, place, figure.key, position, "annual")


def _put_figure(sheet: SheetPlan, layout: Layout, figure: LineInYear, row: int, values: list[float]) -> None:
    line = layout.plan.row(figure.key)
    put_names(sheet, row, (layout.called[figure.key], figure.key, line.unit), (_LABEL, _NAME, _UNIT))
    sheet.put(row, _UNIT, in_large(line.unit), "unit")
    if figure.year:
        sheet.put(row, PERIOD, f"{figure.year}{year_mark(layout, figure.year)}", "unit")
    link = linked(layout, figure.key, year_of(figure.year) if figure.year else None)
    links.put_link(sheet, (row, LIVE), link, style=large)
    last = FIRST_COLUMN + len(values) - 1
    for at, value in enumerate(values, start=FIRST_COLUMN):
        sheet.put(row, at, links.stamp(value), large("stamp", line.unit))
    if link and line.unit != "quarter" and figure.key not in layout.words.may_lack:
        _put_agreement(sheet, row, last)
    if line.unit == "USD/share" and line.driver is None:
        weights = area((WEIGHT_ROW, FIRST_COLUMN), (WEIGHT_ROW, last), fixed_row=True)
        text = "=" + call("SUMPRODUCT", weights, area((row, FIRST_COLUMN), (row, last)))
        sheet.put(row, MIX, text, numeric("calc", line.unit), Computed(partial(_mix, row)))


def _put_agreement(sheet: SheetPlan, row: int, last: int) -> None:
    """Compare the live figure with the one stamped for the selected scenario."""
    stamped = area((row, FIRST_COLUMN), (row, last))
    own = in_row(stamped, call("MAX", "1", absolute(COLUMN_ROW, LIVE)))
    agrees = links.agreement(reference(row, LIVE), own, absolute(TOLERANCE_ROW, LIVE))
    sheet.put(row, AGREES, "=" + call("IF", agrees, "1", "0"), "calc truth", Computed(partial(_agrees, row)))


def agreement(plan: WorkbookPlan, results: Results, draw: int) -> float | str:
    """Return whether all live figures are those stamped for the selected scenario, NaN if one is an error."""
    if not own_column(plan, results, draw):
        return NO_COLUMN
    cells = plan.sheets[SCENARIOS].cells
    rows = [row for (row, column), cell in cells.items() if column == AGREES and cell.twin is not None]
    agreeing = [_agrees(row, plan, results, draw) for row in rows]
    if any(math.isnan(each) for each in agreeing):
        return math.nan
    return links.AGREES if all(agreeing) else links.CHANGED


def own_column(plan: WorkbookPlan, results: Results, draw: int) -> float:
    """Return the number of the column of the selected scenario and switches, 0 if it has none."""
    names = list(column_names(plan.layout).values())
    name = results.scenarios[draw].name
    return float(names.index(name) + 1 if name in names else 0)


def _agrees(row: int, plan: WorkbookPlan, results: Results, draw: int) -> float:
    sheet, number = plan.sheets[SCENARIOS], own_column(plan, results, draw)
    own = FIRST_COLUMN - 1 + max(1, int(number))
    return links.agrees(sheet.cells[row, LIVE], sheet.number(row, own), (plan, results, draw))


def _mix(row: int, plan: WorkbookPlan, results: Results, draw: int) -> float:  # noqa: ARG001  # of the interface
    columns = [at for each, at in plan.sheets[SCENARIOS].cells if each == row and at >= FIRST_COLUMN]
    number = plan.sheets[SCENARIOS].number
    return math.fsum(number(WEIGHT_ROW, at) * number(row, at) for at in columns)


SHEET: Final = Sheet(
    SCENARIOS,
    "All scenarios side by side, stamped, and whether the live one agrees with its column",
    "Scenarios side by side",
    "Live: the selected scenario, formulas; the columns to the right are values of the model, stamped when "
    "the workbook was built",
    _fill,
    is_needed=lambda words: bool(words.sections),
)
