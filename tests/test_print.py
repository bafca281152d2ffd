"""What comes out of a printer: A4, eight points or more, nothing cut, nothing without room."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.drawing.spreadsheet_drawing import TwoCellAnchor
from openpyxl.utils import get_column_letter, range_boundaries
from programs import printed_text
from shared import calculated

from model import companies
from workbook_templates.plan.workbook import sheet_names

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.chart._chart import ChartBase
    from openpyxl.worksheet.worksheet import Worksheet

LEAST_POINTS = 8.0
A4_LANDSCAPE = (11.69, 8.27)
PIXELS_PER_INCH, PIXELS_PER_UNIT, PIXELS_PER_POINT = 96, 7, 96 / 72
UNITS_PER_PIXEL = 9525
STANDARD_WIDTH, STANDARD_HEIGHT = 13.0, 12.75
SHEETS = sheet_names(companies.default(), with_functions=False)


@cache
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(calculated("base")))


def areas(sheet: Worksheet) -> list[tuple[int, int, int, int]]:
    """Return the printed ranges: first column and row, last column and row."""
    if not sheet.print_area:
        return [(1, 1, sheet.max_column, sheet.max_row)]
    found = (range_boundaries(each.rpartition("!")[2]) for each in str(sheet.print_area).split(","))
    return [(first or 1, top or 1, last or 1, bottom or 1) for first, top, last, bottom in found]


def width(sheet: Worksheet, first: int, last: int) -> float:
    """Return the pixels of the columns that are shown."""
    dimensions = [sheet.column_dimensions[get_column_letter(each)] for each in range(first, last + 1)]
    shown = (each.width if each.customWidth else STANDARD_WIDTH for each in dimensions if not each.hidden)
    return PIXELS_PER_UNIT * sum(shown)


def height(sheet: Worksheet, first: int, last: int) -> float:
    dimensions = [sheet.row_dimensions[each] for each in range(first, last + 1)]
    return PIXELS_PER_POINT * sum(each.height or STANDARD_HEIGHT for each in dimensions if not each.hidden)


def last_title_row(sheet: Worksheet) -> int:
    """Return the last of the rows that every page begins with, 0 if there are none."""
    return int(sheet.print_title_rows.split("$")[-1]) if sheet.print_title_rows else 0


def scale(sheet: Worksheet) -> float:
    """Return the scale, a whole per cent, at which a sheet fits its pages: its widest range decides."""
    margins = sheet.page_margins
    room = PIXELS_PER_INCH * (A4_LANDSCAPE[0] - margins.left - margins.right)
    found = [1.0]
    for first, top, last, bottom in areas(sheet):
        titles = width(sheet, 1, 1) if first > 1 and sheet.print_title_cols else 0.0
        found.append(room / (titles + width(sheet, first, last)))
        if sheet.page_setup.fitToHeight == len(areas(sheet)):  # a page each
            below = PIXELS_PER_INCH * (A4_LANDSCAPE[1] - margins.top - margins.bottom)
            titles_above = last_title_row(sheet) if top > 1 else 0
            found.append(below / (height(sheet, 1, titles_above) + height(sheet, top, bottom)))
    return int(100 * min(found)) / 100


@pytest.mark.parametrize("name", SHEETS)
def test_every_sheet_prints_at_eight_points_or_more(name: str) -> None:
    sheet = book()[name]
    assert sheet.page_setup.paperSize == 9  # A4
    fit = sheet.sheet_properties.pageSetUpPr
    assert fit is not None
    assert fit.fitToPage
    sizes = {
        cell.font.sz
        for first, top, last, bottom in areas(sheet)
        for row in sheet.iter_rows(top, bottom, first, last)
        for cell in row
        if cell.value is not None
    }
    assert min(sizes) * scale(sheet) >= LEAST_POINTS - 1e-9, f"{name} prints at {scale(sheet):.0%}"


def chart_end(sheet: Worksheet, chart: ChartBase) -> float:
    """Return how far down a chart reaches, in pixels: to a row, or as far as it is high."""
    anchor: Any = chart.anchor
    if isinstance(anchor, TwoCellAnchor):
        return height(sheet, 1, anchor.to.row) + anchor.to.rowOff / UNITS_PER_PIXEL
    below: float = anchor.ext.height / UNITS_PER_PIXEL
    return height(sheet, 1, anchor._from.row) + below  # noqa: SLF001  # as openpyxl names it


@pytest.mark.parametrize("name", SHEETS)
def test_no_page_ends_within_a_chart(name: str) -> None:
    sheet = book()[name]
    room = PIXELS_PER_INCH * (A4_LANDSCAPE[1] - sheet.page_margins.top - sheet.page_margins.bottom)
    for chart in sheet._charts:  # type: ignore[attr-defined]  # noqa: SLF001  # openpyxl keeps them to itself
        start = chart.anchor._from  # noqa: SLF001
        row, column = start.row + 1, start.col + 1
        ((_, top, _, bottom),) = (
            each for each in areas(sheet) if each[1] <= row <= each[3] and each[0] <= column <= each[2]
        )
        titles = height(sheet, 1, last_title_row(sheet)) if top > 1 else 0
        assert scale(sheet) * (titles + height(sheet, top, bottom)) <= room
        end = chart_end(sheet, chart)
        assert end <= height(sheet, 1, bottom)


def test_all_text_is_arial_in_three_sizes_and_only_styles_in_use_are_written() -> None:
    cells = [
        cell for sheet in book().worksheets for row in sheet.iter_rows() for cell in row if cell.has_style
    ]
    assert {cell.font.name for cell in cells} == {"Arial"}
    assert {cell.font.sz for cell in cells if cell.value is not None} <= {10, 12, 20}
    assert set(book().named_styles) - {"Normal"} == {cell.style for cell in cells} - {"Normal"}


def test_the_line_before_the_first_estimate_stands_nowhere_else() -> None:
    """Reported to the middle of 2026: the lines stand left of 2026 and of its third quarter."""
    for name in ("Statements", "Cash", "Value"):
        sheet = book()[name]
        cells = [cell for row in sheet.iter_rows(min_row=11) for cell in row if cell.border.left]
        ruled = {cell.coordinate.rstrip("0123456789") for cell in cells if cell.border.left.style}
        assert ruled == ({"J"} if name == "Statements" else {"J", "AM"}), name


def test_the_line_ends_where_nothing_is_by_year_and_the_football_field_has_the_room() -> None:
    sheet = book()["Value"]
    labels = {sheet.cell(row, 1).value: row for row in range(11, areas(sheet)[0][3] + 1)}
    ruled = [row for row in labels.values() if sheet.cell(row, 10).border.left is not None]
    ruled = [row for row in ruled if sheet.cell(row, 10).border.left.style]
    assert (
        ruled[-1]
        == labels["Present value"]
        < labels["From flows to value per share"]
        < labels["All methods, per share"]
    )
    (chart,) = sheet._charts  # type: ignore[attr-defined]  # noqa: SLF001  # openpyxl keeps them to itself
    anchor = chart.anchor
    assert (anchor._from.row + 1, anchor._from.col + 1) == (labels["From flows to value per share"] + 2, 10)  # noqa: SLF001
    assert anchor.to.row + 1 == labels["All methods, per share"]


def test_tabs_are_blue_for_inputs_and_navy_for_results() -> None:
    colours = {sheet.title: sheet.sheet_properties.tabColor for sheet in book().worksheets}
    found = {name: colour.rgb[-6:] for name, colour in colours.items() if colour is not None}
    assert found.pop("Inputs") == "0000FF"
    assert set(found) >= {"Cover", "Statements", "Scenarios", "Sensitivity", "Thesis"}
    assert set(found.values()) == {"14365C"}


def test_years_and_the_quarters_around_as_of_have_pages_of_their_own() -> None:
    sheet = book()["Cash"]
    years, quarters = areas(sheet)
    heads = [sheet.cell(9, column).value for column in range(quarters[0], quarters[2] + 1)]
    assert (heads[0], heads[-1], len(heads)) == (20241, 20284, 20)
    assert [sheet.cell(9, column).value for column in (6, years[2])] == [2022, 2035]
    folded = {letter for letter, each in sheet.column_dimensions.items() if each.hidden}
    assert folded >= {"D", "E"}
    assert all(sheet.column_dimensions[each].outlineLevel == 1 for each in folded)
    assert get_column_letter(quarters[0]) not in folded


@pytest.mark.parametrize("name", ["Sales", "Assets", "Depreciation", "Margins", "Cash", "Value"])
def test_drivers_and_workings_are_folded_and_key_figures_are_not(name: str) -> None:
    sheet = book()[name]
    for row in range(11, sheet.max_row + 1):
        style = sheet.cell(row, 1).style
        hidden = bool(sheet.row_dimensions[row].hidden)
        assert not hidden or sheet.row_dimensions[row].outlineLevel == 1
        if style.startswith(("total", "subtotal", "ratio")) and name != "Value":
            assert not hidden, (name, row)
        if style.startswith(("driver", "working")):
            assert hidden, (name, row)


def test_each_statement_has_a_page_and_the_value_names_the_rest_of_the_running_year() -> None:
    sheet = book()["Statements"]
    assert [sheet.cell(top, 1).value for _, top, _, _ in areas(sheet)] == [
        "Income statement", "Cash flow statement", "Position",
    ]  # fmt: skip
    assert sheet.page_setup.fitToHeight == 3
    value, cash = book()["Value"], book()["Cash"]
    assert [value.cell(9, column).value for column in (9, 10, 11)] == [2025, "H2 2026", 2027]
    assert cash.cell(9, 10).value == 2026


@pytest.mark.libreoffice
def test_no_printed_figure_is_without_room(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    book_path = tmp_path / "book.xlsx"
    book_path.write_bytes(calculated("base"))
    text = printed_text(book_path, request)
    assert "2028Q4" in text
    assert "###" not in text
