"""Cells as places in a layout: the references by which a formula in a cell reaches rows of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from model.errors import DeclarationError
from workbook_templates.a1 import column_letters
from workbook_templates.plan.layout import (
    ANNUAL,
    ELAPSED_ROW,
    END_ROW,
    NOTE,
    PERIOD_ROW,
    POSITION_ROW,
    SEASON_ROW,
    VALUE,
    YEAR_ROW,
    Layout,
)

if TYPE_CHECKING:
    from model.language.nodes import CalendarName

_HEADER_ROWS: Final[dict[CalendarName, int]] = {
    "year": YEAR_ROW, "quarter": SEASON_ROW, "index": POSITION_ROW, "elapsed": ELAPSED_ROW,
    "code": PERIOD_ROW, "end": END_ROW,
}  # fmt: skip


def reference(row: int, column: int, *, fixed_row: bool = False, fixed_column: bool = False) -> str:
    """Write a cell as ``A1``, with ``$`` before what stays when the formula is copied."""
    return f"{'$' if fixed_column else ''}{column_letters(column)}{'$' if fixed_row else ''}{row}"


def across(sheet: str, row: int, first: int, last: int) -> str:
    """Write the cells of a row on a sheet, wherever the reference stands."""
    return _area(sheet, (row, first), (row, last))


def down(sheet: str, column: int, rows: range) -> str:
    """Write the cells of a column on a sheet, wherever the reference stands."""
    return _area(sheet, (rows[0], column), (rows[-1], column))


def _area(sheet: str, *corners: tuple[int, int]) -> str:
    return f"'{sheet}'!" + ":".join(
        reference(*corner, fixed_row=True, fixed_column=True) for corner in corners
    )


@dataclass(frozen=True)
class QuarterSite:
    """A cell of a calculation sheet, in a quarter's or a year's column, or in the column of single values."""

    layout: Layout
    sheet: str
    row: int
    column: int

    def _on(self, sheet: str) -> str:
        return "" if sheet == self.sheet else f"{sheet}!"

    def cell(self, key: str, lag: int) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        place = self.layout.places[key]
        if not self.layout.plan.rows[key].timed:
            return self._on(place.sheet) + reference(
                place.row, VALUE, fixed_row=place.row != self.row, fixed_column=True
            )
        return self._on(place.sheet) + reference(place.row, self._left(key, lag))

    def _left(self, key: str, lag: int) -> int:
        column = self.column - lag
        if self.column >= self.layout.first_quarter_column > column:
            raise DeclarationError(
                f"{key}: {lag} quarters before {column_letters(self.column)} lie before the axis"
            )
        return column

    def window(self, key: str, first_lag: int, last_lag: int) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        place = self.layout.places[key]
        first, last = self._left(key, first_lag), self._left(key, last_lag)
        return f"{self._on(place.sheet)}{reference(place.row, first)}:{reference(place.row, last)}"

    def fixed(self, key: str, position: int) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        place = self.layout.places[key]
        return self._on(place.sheet) + reference(
            place.row, self.layout.quarter_column(position), fixed_column=True
        )

    def whole(self, key: str) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        place = self.layout.places[key]
        if not self.layout.plan.rows[key].timed:
            return self.cell(key, 0)
        return self._on(place.sheet) + self._over_axis(place.row)

    def _over_axis(self, row: int, *, fixed_row: bool = False) -> str:
        first, last = self.layout.first_quarter_column, self.layout.last_column
        return ":".join(
            reference(row, each, fixed_row=fixed_row, fixed_column=True) for each in (first, last)
        )

    def span(self, keys: tuple[str, ...]) -> str | None:
        """See :class:`workbook_templates.plan.formula.Site`."""
        places = [self.layout.places[key] for key in keys]
        rows = [place.row for place in places]
        if len({place.sheet for place in places}) > 1 or rows != list(range(rows[0], rows[0] + len(rows))):
            return None
        first, last = self.cell(keys[0], 0), self.cell(keys[-1], 0)
        return f"{first}:{last.rpartition('!')[2]}"

    def header(self, what: CalendarName) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        if what == "vintage":
            return reference(self.row, NOTE, fixed_column=True)
        if what == "as_of":
            return reference(POSITION_ROW, VALUE, fixed_row=True, fixed_column=True)
        return reference(_HEADER_ROWS[what], self.column, fixed_row=True)

    def header_row(self, what: CalendarName) -> str:
        """See :class:`workbook_templates.plan.formula.Site`."""
        return self._over_axis(_HEADER_ROWS[what], fixed_row=True)


@dataclass(frozen=True)
class AnnualSite(QuarterSite):
    """A cell of the Annual sheet, which has the parts of its ratios too."""

    def cell(self, key: str, lag: int) -> str:
        """Return the reference to the row of the Annual sheet."""
        if key not in self.layout.annual:
            raise DeclarationError(
                f"the {ANNUAL} sheet lacks {key}, which a ratio on it uses: add it to annual in WorkbookWords"
            )
        return reference(self.layout.annual[key], self._left(key, lag))
