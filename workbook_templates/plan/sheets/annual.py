"""Annual: years in the year columns, trailing twelve months in the quarter columns."""

from __future__ import annotations

from typing import cast

from model.language.nodes import Expr, Ref, Trailing, leaves
from model.language.periods import QUARTERS_A_YEAR
from model.results import in_years
from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.formula import formula
from workbook_templates.plan.layout import ANNUAL, LABEL, NAME, NOTE, UNIT, Layout
from workbook_templates.plan.sheets.calculation import years_known
from workbook_templates.plan.sheets.header import put_axis, put_title
from workbook_templates.plan.site import AnnualSite, QuarterSite, reference
from workbook_templates.plan.styles import numeric

_RULES = {
    "sum": "Sum of four quarters",
    "last": "At the end of the period",
    "ratio": "Of the figures on this sheet",
}


def annual_sheet(layout: Layout) -> SheetPlan:
    """Return the sheet of years and trailing twelve months."""
    sheet = SheetPlan(ANNUAL)
    put_title(
        sheet,
        "Years and trailing twelve months",
        "Year columns hold fiscal years; quarter columns hold the twelve months that end with the quarter",
    )
    put_axis(sheet, layout, "How it is put together")
    for key, at in layout.annual.items():
        row = layout.plan.rows[key]
        rule = row.line.annual if row.line is not None else "none"
        for column, text, style in (
            (LABEL, row.label, "label"),
            (NAME, key, "name"),
            (UNIT, row.unit, "unit"),
            (NOTE, _RULES[rule], "note"),
        ):
            sheet.put(at, column, text, style)
        _put_years(sheet, layout, key, rule)
        _put_trailing(sheet, layout, key, rule)
    return sheet


def _put_years(sheet: SheetPlan, layout: Layout, key: str, rule: str) -> None:
    row, at = layout.plan.rows[key], layout.annual[key]
    for place in years_known(row, rule):
        column = layout.year_column(place)
        home = layout.places[key]
        if rule == "ratio":
            text = formula(in_years(cast("Expr", row.forecast)), AnnualSite(layout, ANNUAL, at, column))
        else:
            text = f"={home.sheet}!{reference(home.row, column)}"
        style = numeric("calc" if rule == "ratio" else "link", row.unit)
        sheet.put(at, column, text, style, Twin("year", key, place))


def _put_trailing(sheet: SheetPlan, layout: Layout, key: str, rule: str) -> None:
    row, at = layout.plan.rows[key], layout.annual[key]
    for position in range(trailing_start(layout, key), row.stop):
        column = layout.quarter_column(position)
        site = QuarterSite(layout, ANNUAL, at, column)
        if rule == "ratio":
            text = formula(cast("Expr", row.forecast), AnnualSite(layout, ANNUAL, at, column))
        else:
            text = formula(Trailing(Ref(key)) if rule == "sum" else Ref(key), site)
        style = numeric("link" if rule == "last" else "calc", row.unit)
        sheet.put(at, column, text, style, Twin("ttm", key, position))


def trailing_start(layout: Layout, key: str) -> int:
    """Return the first quarter for which a line has a figure over trailing twelve months."""
    row = layout.plan.rows[key]
    if row.line is None or row.line.annual == "last":
        return row.start
    if row.line.annual == "sum":
        return row.start + QUARTERS_A_YEAR - 1
    formula_ = cast("Expr", row.forecast)
    return max(trailing_start(layout, cast("str", leaf.line)) + leaf.lag for leaf in leaves(formula_))
