"""Scenarios: all of them side by side, as the model gave them (stamped), and whether the live one agrees with its column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from model import companies
from model.analysis.weighting import weighted_scenario, weighted_scenarios
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.files import builtin_scenarios
from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.formula import call
from workbook_templates.plan.layout import INPUTS, SCENARIOS, VALUE, Layout
from workbook_templates.plan.sheets.header import put_band, put_stamp, put_title
from workbook_templates.plan.sheets.inputs import choice_cell
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.scenarios.scenario import Scenario

NAME_ROW, AS_OF_ROW, WEIGHT_ROW, TOLERANCE_ROW, COMPARED_ROW = 5, 6, 7, 8, 9
FIRST_ROW: Final = 11
_LABEL, _NAME, _UNIT, PERIOD, LIVE, AGREES, MIX, FIRST_COLUMN = range(1, 9)
_TOLERANCE: Final = 1e-6
MIX_OF_DRIVERS: Final = "mix of drivers"
"""Head of a column: no scenario can have this name."""
_WIDTHS: Final = {_LABEL: 58, _NAME: 34, _UNIT: 10, PERIOD: 9, LIVE: 15, AGREES: 12, MIX: 13}
_YEARS: Final = (2025, 2026, 2027, 2028, 2029, 2030, 2035)


class Figure(NamedTuple):
    """A row of the sheet: a row of the model, in a year or (0) without a period."""

    key: str
    year: int = 0


def _by_year(*keys: str, years: Sequence[int] = _YEARS) -> tuple[Figure, ...]:
    return tuple(Figure(key, year) for key in keys for year in years)


SECTIONS: Final[dict[str, tuple[Figure, ...]]] = {
    "Value per share": (
        *(Figure(row) for row in companies.default().presentation.questions.values.values()),
        Figure("price"), Figure("upside[dcf]"), Figure("discount_rate[mid]"), Figure("terminal_share"), Figure("implied_ev_ebitda"),
        Figure("implied_terminal_growth"),
    ),
    "Inflection of trailing twelve months' free cash flow (#N/A: not on the axis)": tuple(
        map(Figure, ("trough", "trough_amount", "turn", "positive", "recross", "intensity_peak", "peak_intensity"))
    ),
    "Free cash flow": _by_year("free_cash_flow"),
    "Capital expenditure": _by_year("net_capex"),
    "Sales and margins": _by_year("net_sales", "aws_sales_growth", "aws_margin", "operating_margin", years=(2026, 2027, 2028, 2035)),
}  # fmt: skip


def agreement_cell() -> str:
    """Return the reference (on this sheet) to the word that says whether the live figures are the stamped ones."""
    return reference(AS_OF_ROW, LIVE)


def figure_rows() -> dict[Figure, int]:
    """Return the row of every figure: one below the title of its section, two free rows between sections."""
    rows, row = {}, FIRST_ROW
    for figures in SECTIONS.values():
        for figure in figures:
            row += 1
            rows[figure] = row
        row += 2
    return rows


def rows_of(key: str, years: Sequence[int] = (0,)) -> range:
    """Return the rows of a figure in some of its years, which stand below each other."""
    found = [row for figure, row in figure_rows().items() if figure.key == key and figure.year in years]
    return range(found[0], found[-1] + 1)


def scenarios_sheet(layout: Layout, assumptions: str, version: str) -> SheetPlan:
    """Return the sheet that compares scenarios."""
    columns = _stamped(layout)
    mix = {
        (each.name, each.as_of): each.weight for each in weighted_scenarios()
    }  # they add up to 1; a user's own are not in it
    weights = mix if set(mix) <= {(each.name, each.as_of) for each, _ in columns} else {}
    last = FIRST_COLUMN + len(columns) - 1
    sheet = SheetPlan(SCENARIOS, widths=dict(_WIDTHS) | dict.fromkeys(range(FIRST_COLUMN, last + 1), 18.0))
    put_title(sheet, "Scenarios side by side",
        "Live: the selected scenario, formulas; the columns to the right are values of the model, stamped when the workbook was built",
    )  # fmt: skip
    put_stamp(sheet, layout, assumptions, version)
    for column, text in {
        _NAME: "Name",
        _UNIT: "Unit",
        PERIOD: "Year",
        LIVE: "Live",
        AGREES: "Agrees",
        MIX: "Mix of values",
    }.items():
        sheet.put(NAME_ROW, column, text, "period text" if column < LIVE else "period")
    for row, text in {
        AS_OF_ROW: "Last reported quarter (as-of)", WEIGHT_ROW: "Weight in the mix", TOLERANCE_ROW: "Tolerance of agreement, relative",
        COMPARED_ROW: "Figures compared with the scenario's own column",
    }.items():  # fmt: skip
        sheet.put(row, _LABEL, text, "label")
    sheet.put(NAME_ROW, _LABEL, "", "period text")
    sheet.put(TOLERANCE_ROW, LIVE, _TOLERANCE, "axis")
    for column, (scenario, _) in enumerate(columns, start=FIRST_COLUMN):
        sheet.put(NAME_ROW, column, scenario.name, "period")
        sheet.put(AS_OF_ROW, column, scenario.as_of.code, "calc quarter")
        sheet.put(WEIGHT_ROW, column, weights.get((scenario.name, scenario.as_of), 0.0), "calc percent")
    rows = figure_rows()
    for title, figures in SECTIONS.items():
        put_band(sheet, rows[figures[0]] - 1, title, last)
        for figure in figures:
            _put_figure(sheet, layout, figure, rows[figure], [values[figure] for _, values in columns])
    agreeing = f"{reference(FIRST_ROW, AGREES)}:{reference(max(rows.values()), AGREES)}"
    compared = sum(column == AGREES and cell.twin is not None for (_, column), cell in sheet.cells.items())
    sheet.put(COMPARED_ROW, LIVE, compared, "calc whole")
    text = f'=IF(SUM({agreeing})={reference(COMPARED_ROW, LIVE)},"agrees","inputs changed")'
    sheet.put(AS_OF_ROW, LIVE, text, "check", Twin("text", "agreement"))
    sheet.frozen = (FIRST_ROW, _NAME)
    return sheet


def column_names(layout: Layout) -> dict[int, str]:
    """Return the name of the scenario in each column: all of the selector, the others that ship, and the mix."""
    offered = [each.name for each in layout.scenarios]
    others = [name for name in builtin_scenarios() if name not in offered]
    return dict(enumerate([*offered, *others, MIX_OF_DRIVERS], start=FIRST_COLUMN))


def _stamped(layout: Layout) -> list[tuple[Scenario, dict[Figure, float]]]:
    """Return the scenario of each column with its figures."""
    offered = {each.name: each for each in layout.scenarios}
    offered[MIX_OF_DRIVERS] = replace(weighted_scenario(weighted_scenarios()), name=MIX_OF_DRIVERS)
    chosen = [offered.get(name) or load_scenario(name) for name in column_names(layout).values()]
    figures = [figure for section in SECTIONS.values() for figure in section]
    found = []
    for as_of in dict.fromkeys(each.as_of for each in chosen):
        batch = [each for each in chosen if each.as_of == as_of]
        results = run(batch)
        for place, scenario in enumerate(batch):
            values = {}
            for figure in figures:
                series = results.series(figure.key, "annual") if figure.year else results.values[figure.key]
                row = series[results.plan.axis.year_position(figure.year) if figure.year else 0]
                values[figure] = float(row[min(place, len(row) - 1)])
            found.append((scenario, values))
    return sorted(found, key=lambda each: chosen.index(each[0]))


def _put_figure(sheet: SheetPlan, layout: Layout, figure: Figure, row: int, values: list[float]) -> None:
    plan = layout.plan
    line, home = plan.row(figure.key), layout.places[figure.key]
    sheet.put(row, _LABEL, line.label, "label")
    sheet.put(row, _NAME, figure.key, "name")
    sheet.put(row, _UNIT, line.unit, "unit")
    place = plan.axis.year_position(figure.year) if figure.year else 0
    column = layout.year_column(place) if figure.year else VALUE
    if figure.year:
        sheet.put(row, PERIOD, f"FY{figure.year}", "unit")
    twin = Twin("year", figure.key, place) if figure.year else Twin("value", figure.key)
    sheet.put(row, LIVE, f"={home.sheet}!{reference(home.row, column)}", numeric("link", line.unit), twin)
    last = FIRST_COLUMN + len(values) - 1
    for at, value in enumerate(values, start=FIRST_COLUMN):
        sheet.put(row, at, "#N/A" if np.isnan(value) else value, numeric("stamp", line.unit))
    if line.unit != "quarter" and figure.key != "implied_terminal_growth":  # which need not exist
        own = call(
            "INDEX",
            f"{reference(row, FIRST_COLUMN)}:{reference(row, FIRST_COLUMN + len(layout.scenarios) - 1)}",
            f"{INPUTS}!{choice_cell()}",
        )
        live = reference(row, LIVE)
        limit = reference(TOLERANCE_ROW, LIVE, fixed_row=True, fixed_column=True)
        text = "=" + call("IF", f"{call('ABS', f'{live}-{own}')}<={limit}*{call('ABS', own)}", "1", "0")
        sheet.put(row, AGREES, text, "calc truth", Twin("agrees", place=row))
    if figure.key.startswith("value_per_share"):
        weights = f"{reference(WEIGHT_ROW, FIRST_COLUMN, fixed_row=True)}:{reference(WEIGHT_ROW, last, fixed_row=True)}"
        text = "=" + call("SUMPRODUCT", weights, f"{reference(row, FIRST_COLUMN)}:{reference(row, last)}")
        sheet.put(row, MIX, text, numeric("calc", line.unit), Twin("mix", place=row))
