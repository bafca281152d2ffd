"""Live figures and stamped ones: links to the cells of the model's rows, and whether both agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.nodes import leaves
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from model.plan.plan import key_of
from workbook_templates.a1 import reference
from workbook_templates.formula_text import call
from workbook_templates.plan.layout import VALUE, Layout
from workbook_templates.plan.styles import numeric
from workbook_templates.plan.twins import OfRow, Stamped

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.plan.plan import Plan, Row
    from model.results import Results
    from workbook_templates.plan.cells import Cell, SheetPlan, Twin, WorkbookPlan

    Styled = Callable[[str, str], str]

TOLERANCE: Final = 1e-6
"""Relative difference up to which a live figure agrees with a stamped one."""
AGREES, CHANGED = "agrees", "inputs changed"


class Link(NamedTuple):
    """A formula that shows another sheet's cell, the unit of its figure, and its twin."""

    formula: str
    unit: str
    twin: Twin


def linked(layout: Layout, key: str, period: Period | None = None) -> Link | None:
    """Return the link to a row in a year or a quarter, or to its one value; None where it has no figure.

    A row that does not vary with time has one value, whatever the period.
    """
    row, home = layout.plan.row(key), layout.places[key]
    if period is None or not row.timed:
        column, twin = VALUE, OfRow(key)
    elif period.frequency == "annual":
        year = period.year - layout.plan.axis.first.year
        if year not in years_known(row, layout.plan):
            return None
        column, twin = layout.year_column(year), OfRow(key, year, "annual")
    else:
        position = layout.plan.axis.position(Quarter(period.year, period.quarter))
        column, twin = layout.quarter_column(position), OfRow(key, position)
    return Link(f"={home.sheet}!{reference(home.row, column)}", row.unit, twin)


def stamped(sheet: str, place: tuple[int, int], unit: str) -> Link:
    """Return the link to a cell that holds a stamped value."""
    return Link(f"={sheet}!{reference(*place)}", unit, Stamped(sheet, place))


def put_link(
    sheet: SheetPlan, place: tuple[int, int], link: Link | None, role: str = "link", style: Styled = numeric
) -> None:
    """Write a link into a cell, which stays empty if there is none; ``style`` of a role and a unit."""
    if link is not None:
        sheet.put(*place, link.formula, style(role, link.unit), link.twin)


def stamp(value: float) -> float | str:
    """Return a stamped figure as the content of its cell: an error value if it has no meaning."""
    return "#N/A" if math.isnan(value) else value


def agreement(live: str, stamped: str, tolerance: str) -> str:
    """Write the condition that a live cell agrees with a stamped one, an error value with an error value."""
    near = f"{call('ABS', f'{live}-{stamped}')}<={tolerance}*{call('ABS', stamped)}"
    return call("IF", call("ISERROR", live), call("ISERROR", stamped), near)


def agrees(live: Cell, stamped: float, state: tuple[WorkbookPlan, Results, int]) -> float:
    """Return whether a live cell agrees with a stamped figure, NaN if only the stamped one is an error."""
    found = live.twin.expected(*state) if live.twin else math.nan
    if isinstance(found, str) or math.isnan(found):
        return float(math.isnan(stamped))
    if math.isnan(stamped):
        return math.nan
    return float(abs(found - stamped) <= TOLERANCE * abs(stamped))


def year_of(year: int) -> Period:
    """Return a year as a period."""
    return Period("annual", year)


def years_known(row: Row, plan: Plan) -> range:
    """Return positions of the years with a figure: a sum or a mean needs four quarters, others the last.

    A ratio needs the figures of all that it relates.
    """
    rule = row.line.annual if row.line is not None else "none"
    if rule == "none":
        return range(0)
    # a vintage adds nothing before it is in service
    partial = rule not in {"sum", "mean"} or row.vintage is not None
    first = row.start // QUARTERS_A_YEAR if partial else -(-row.start // QUARTERS_A_YEAR)
    if rule == "ratio" and row.forecast is not None:
        related = [ref for ref in leaves(row.forecast) if key_of(ref) != row.key]
        starts = (
            years_known(plan.rows[key_of(ref)], plan).start + ref.lag // QUARTERS_A_YEAR for ref in related
        )
        first = max([first, *starts])
    return range(first, row.stop // QUARTERS_A_YEAR)
