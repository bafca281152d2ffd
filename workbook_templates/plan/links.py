"""Links: the cell that holds a row of the model in a period, as a formula, with its twin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from workbook_templates.a1 import reference
from workbook_templates.plan.layout import VALUE, Layout
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import OfRow

if TYPE_CHECKING:
    from model.plan.plan import Row
    from workbook_templates.plan.cells import SheetPlan


class Link(NamedTuple):
    """A formula that shows another sheet's cell, the unit of its figure, and its twin."""

    formula: str
    unit: str
    twin: OfRow


def linked(layout: Layout, key: str, period: Period | None = None) -> Link | None:
    """Return the link to a row in a year or a quarter, or to its one value; None where it has no figure.

    A row that does not vary with time has one value, whatever the period.
    """
    row, home = layout.plan.row(key), layout.places[key]
    if period is None or not row.timed:
        column, twin = VALUE, OfRow(key)
    elif period.frequency == "annual":
        year = period.year - layout.plan.axis.first.year
        if year not in years_known(row):
            return None
        column, twin = layout.year_column(year), OfRow(key, year, "annual")
    else:
        position = layout.plan.axis.position(Quarter(period.year, period.quarter))
        column, twin = layout.quarter_column(position), OfRow(key, position)
    return Link(f"={home.sheet}!{reference(home.row, column)}", row.unit, twin)


def put_link(sheet: SheetPlan, place: tuple[int, int], link: Link | None, role: str = "link") -> None:
    """Write a link into a cell, which stays empty if there is none."""
    if link is not None:
        sheet.put(*place, link.formula, numeric(role, link.unit), link.twin)


def year_of(year: int) -> Period:
    """Return a year as a period."""
    return Period("annual", year)


def years_known(row: Row) -> range:
    """Return positions of the years with a figure: a sum needs all four quarters, other rows the last one."""
    rule = row.line.annual if row.line is not None else "none"
    if rule == "none":
        return range(0)
    partial = rule != "sum" or row.vintage is not None  # a vintage adds nothing before it is in service
    first = row.start // QUARTERS_A_YEAR if partial else -(-row.start // QUARTERS_A_YEAR)
    return range(first, row.stop // QUARTERS_A_YEAR)
