"""Annual: years in the year columns, trailing twelve months in the quarter columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from model.language.nodes import Expr, Ref, Trailing, leaves
from model.language.periods import QUARTERS_A_YEAR
from model.results import in_years
from workbook_templates.a1 import reference
from workbook_templates.plan.formula import formula
from workbook_templates.plan.layout import ANNUAL, NOTE
from workbook_templates.plan.links import years_known
from workbook_templates.plan.sheets.header import put_axis, put_names
from workbook_templates.plan.sheets.sheet import Edition, Sheet
from workbook_templates.plan.site import AnnualSite, Site
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import OfRow

if TYPE_CHECKING:
    from workbook_templates.plan.cells import SheetPlan
    from workbook_templates.plan.layout import Layout

_RULES: Final = {
    "sum": "Sum of four quarters", "last": "At the end of the period",
    "ratio": "Of the figures on this sheet",
}  # fmt: skip


def _fill(sheet: SheetPlan, edition: Edition) -> None:
    layout = edition.layout
    put_axis(sheet, layout, "How it is put together")
    for key, at in layout.annual.items():
        row = layout.plan.rows[key]
        rule = row.line.annual if row.line is not None else "none"
        put_names(sheet, at, row.label, key, row.unit)
        sheet.put(at, NOTE, _RULES[rule], "note")
        _put_years(sheet, layout, key, rule)
        _put_trailing(sheet, layout, key, rule)


def _put_years(sheet: SheetPlan, layout: Layout, key: str, rule: str) -> None:
    row, at = layout.plan.rows[key], layout.annual[key]
    for place in years_known(row):
        column = layout.year_column(place)
        home = layout.places[key]
        text, role = f"={home.sheet}!{reference(home.row, column)}", "link"
        if rule == "ratio":
            text = formula(in_years(cast("Expr", row.forecast)), AnnualSite(layout, ANNUAL, at, column))
            role = "calc"
        sheet.put(at, column, text, numeric(role, row.unit), OfRow(key, place, "annual"))


def _put_trailing(sheet: SheetPlan, layout: Layout, key: str, rule: str) -> None:
    row, at = layout.plan.rows[key], layout.annual[key]
    for position in range(trailing_start(layout, key), row.stop):
        column = layout.quarter_column(position)
        if rule == "ratio":
            text = formula(cast("Expr", row.forecast), AnnualSite(layout, ANNUAL, at, column))
        else:
            site = Site(layout, ANNUAL, at, column)
            text = formula(Trailing(Ref(key)) if rule == "sum" else Ref(key), site)
        style = numeric("link" if rule == "last" else "calc", row.unit)
        sheet.put(at, column, text, style, OfRow(key, position, "ttm"))


def trailing_start(layout: Layout, key: str) -> int:
    """Return the first quarter for which a line has a figure over trailing twelve months."""
    row = layout.plan.rows[key]
    if row.line is None or row.line.annual == "last":
        return row.start
    if row.line.annual == "sum":
        return row.start + QUARTERS_A_YEAR - 1
    formula_ = cast("Expr", row.forecast)
    return max(trailing_start(layout, cast("str", leaf.line)) + leaf.lag for leaf in leaves(formula_))


SHEET: Final = Sheet(
    ANNUAL, "Fiscal years, and trailing twelve months in the quarter columns",
    "Years and trailing twelve months",
    "Year columns hold fiscal years; quarter columns hold the twelve months that end with the quarter",
    _fill, is_needed=lambda words: bool(words.annual),
)  # fmt: skip
