"""Cells as places in a layout: the references by which a formula in a cell reaches rows of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError
from model.language.declarations import LEADS
from model.language.periods import QUARTERS_A_YEAR
from workbook_templates.a1 import absolute, area, column_letters, reference
from workbook_templates.formula_text import call, in_row
from workbook_templates.plan import layout as places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.language.declarations import PartName
    from model.language.nodes import CalendarName
    from workbook_templates.plan.layout import Layout

_HEADER_ROWS: Final[dict[CalendarName, int]] = {
    "year": places.YEAR_ROW, "quarter": places.SEASON_ROW, "index": places.POSITION_ROW,
    "elapsed": places.ELAPSED_ROW, "code": places.PERIOD_ROW, "end": places.END_ROW,
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The cell of a formula, in the column of a quarter, of a year or of single values."""

    layout: Layout
    sheet: str
    row: int
    column: int

    def _at(self, key: str) -> tuple[str, int]:
        """Return where a row is: its sheet with a ``!``, unless it is the cell's own, and its number."""
        if key not in self.layout.places:
            raise DeclarationError(f"{key} has no cells of its own: declare it as a line first")
        place = self.layout.places[key]
        return "" if place.sheet == self.sheet else f"{place.sheet}!", place.row

    def _left(self, key: str, lag: int) -> int:
        column = self.column - lag
        if self.column >= self.layout.first_quarter_column > column:
            here = column_letters(self.column)
            raise DeclarationError(f"{key}: {lag} quarters before {here} lie before the axis")
        return column

    def cell(self, key: str, lag: int) -> str:
        """Return the reference to a row ``lag`` columns to the left, or to its one value without time."""
        part = self.layout.plan.rows[key].part
        if part is not None:
            return self._part(key, part.part, lag)
        sheet, row = self._at(key)
        if not self.layout.plan.rows[key].timed:
            return sheet + reference(row, places.VALUE, fixed_row=row != self.row, fixed_column=True)
        return sheet + reference(row, self._left(key, lag))

    def _part(self, key: str, part: PartName, lag: int) -> str:
        """Return the formula text of a part of a driver, which has no cells of its own.

        A value of a year is looked up in the year columns of the driver's row; whether a quarter has its own
        value shows on Inputs.
        """
        layout, column = self.layout, self._left(key, lag)
        driver = layout.plan.rows[key].driver_key
        if part == "own":
            given = layout.picked(driver, column, f"{places.INPUTS}!")
            return call("IF", f'{given}=""', "0", "1")
        sheet, row = self._at(driver)
        ends = ((row, layout.year_column(place)) for place in (0, layout.years - 1))
        number, lead = reference(places.YEAR_NUMBER_ROW, column, fixed_row=True), LEADS[part]
        if lead:
            number = f"{number}{lead:+d}"
        if lead > 0:
            number = call(
                "MIN", number, absolute(places.YEAR_NUMBER_ROW, layout.year_column(layout.years - 1))
            )
        return in_row(sheet + area(*ends, fixed_column=True), number)

    def window(self, key: str, first_lag: int, last_lag: int) -> str:
        """Return the reference to a row from ``first_lag`` to ``last_lag`` columns to the left."""
        sheet, row = self._at(key)
        return sheet + area((row, self._left(key, first_lag)), (row, self._left(key, last_lag)))

    def around_the_year(self, rows: Sequence[tuple[str, int]]) -> list[str]:
        """Return references of equal width that hold all quarters of this year: its header, then rows.

        ``rows``: keys, and by how many quarters each is taken earlier. They reach three columns to either
        side, even beyond the end of the axis, so that one formula serves all quarters.
        """
        reach, head = QUARTERS_A_YEAR - 1, _HEADER_ROWS["year"]
        found = [area((head, self.column - reach), (head, self.column + reach), fixed_row=True)]
        for key, lag in rows:
            sheet, row = self._at(key)
            ends = (self._left(key, lag + reach), self._left(key, lag - reach))
            found.append(sheet + area((row, ends[0]), (row, ends[1])))
        return found

    def fixed(self, key: str, position: int) -> str:
        """Return the reference to a row at a position of the axis (from 0), whatever the column.

        Where the row has no figure its cell is blank, which a sum would take for 0: an error value then.
        """
        found = self.layout.plan.rows[key]
        if not found.start <= position < found.stop:
            return "(0/0)"
        sheet, row = self._at(key)
        return sheet + reference(row, self.layout.quarter_column(position), fixed_column=True)

    def whole(self, key: str) -> str:
        """Return the reference to a row over the axis, or to its one value if it has no time."""
        if not self.layout.plan.rows[key].timed:
            return self.cell(key, 0)
        sheet, row = self._at(key)
        return sheet + self.layout.over_axis(row)

    def span(self, keys: tuple[str, ...]) -> str | None:
        """Return the reference to several rows in this column as one range, if they are adjacent."""
        found = [self.layout.places[key] for key in keys]
        rows = [place.row for place in found]
        if len({place.sheet for place in found}) > 1 or rows != list(range(rows[0], rows[0] + len(rows))):
            return None
        return f"{self.cell(keys[0], 0)}:{self.cell(keys[-1], 0).rpartition('!')[2]}"

    def header(self, what: CalendarName) -> str:
        """Return the reference to a property of the quarter of this column, or of the vintage of this row."""
        if what == "vintage":
            return reference(self.row, places.NOTE, fixed_column=True)
        if what == "as_of":
            return absolute(places.POSITION_ROW, places.VALUE)
        return reference(_HEADER_ROWS[what], self.column, fixed_row=True)

    def header_row(self, what: CalendarName) -> str:
        """Return the reference to a property of all quarters."""
        return self.layout.over_axis(_HEADER_ROWS[what], fixed_row=True)
