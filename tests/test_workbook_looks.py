"""What a reader sees: charts, notes, links, room for every figure, inputs that can be typed into."""

from __future__ import annotations

import io
import itertools
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from programs import printed_text
from shared import calculated, computed, written

from model import companies
from model.language.periods import Quarter
from workbook_templates.a1 import column_letters
from workbook_templates.plan.layout import COVER, FIRST_YEAR_COLUMN, INPUTS, LABEL, REPORTED, VALUE
from workbook_templates.plan.workbook import sheet_names
from workbook_templates.read import inputs
from workbook_templates.read.book import read_book
from workbook_templates.read.values import value_at

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.read.values import Grids, Value

NAMES = ("base", "article")


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def data(name: str) -> bytes:
    return calculated(name)


@pytest.fixture(scope="module")
def values(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def cells_of(book: openpyxl.Workbook, reference: str) -> list[Any]:
    """Return the values at a reference of a chart, such as ``'Cash'!$Z$60:$BI$60``."""
    sheet, _, area = reference.rpartition("!")
    first_column, first_row, last_column, last_row = range_boundaries(area)
    rows = book[sheet.strip("'")].iter_rows(first_row, last_row, first_column, last_column, values_only=True)
    return [value for row in rows for value in row]


def drawn(book: openpyxl.Workbook) -> list[Any]:
    """Return the charts of the Cover, which openpyxl keeps to itself."""
    sheet: Any = book[COVER]
    return list(sheet._charts)  # noqa: SLF001


def panel(book: openpyxl.Workbook, place: int) -> tuple[list[Any], list[list[Any]]]:
    """Return the categories and the values of every series of a chart of the Cover, by its place."""
    chart = drawn(book)[place]
    series = [*chart.series, *(each for other in chart._charts[1:] for each in other.series)]  # noqa: SLF001
    categories = cells_of(book, series[0].cat.strRef.f)
    return categories, [cells_of(book, each.val.numRef.f) for each in series]


FLOW, RACE, VALUES, BRIDGE = range(4)


def test_the_trough_is_marked_where_the_model_finds_it(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    axis = results.plan.axis
    labels, (reported, ahead, trough, above, below, lowest, _) = panel(values, FLOW)
    first = axis.position(Quarter(2023, 4))
    flows = results.values["ttm_free_cash_flow"][first : first + len(labels), 0]
    quarters = axis.quarters[first : first + len(labels)]
    assert [each.strip() for each in labels] == [
        f"FY{each.year % 100}" if each.number == 4 else "" for each in quarters
    ]
    marked = {quarter.code: value for quarter, value in zip(quarters, trough, strict=True) if value}
    assert marked == {results.values["trough"][0, 0]: pytest.approx(results.values["trough_amount"][0, 0])}
    for place, flow in enumerate(flows):
        stacked = [column[place] for column in (reported, ahead, trough)]
        assert sum(value != 0 for value in stacked) == 1
        assert sum(stacked) == pytest.approx(flow)
        texts = [column[place] for column in (above, below, lowest) if isinstance(column[place], float)]
        assert len(texts) <= 1
        assert texts == [pytest.approx(flow)] * len(texts)
    assert sum(isinstance(each, float) for each in lowest) == 1


def test_cash_earned_and_invested_are_drawn_by_year(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    labels, lines = panel(values, RACE)
    assert (labels[0], labels[-1]) == ("22A", "30E")
    for key, found in zip(("operating_cash_flow", "net_capex"), lines, strict=True):
        assert found == pytest.approx(results.series(key, "annual")[:9, 0].tolist())


def test_the_football_field_stacks_low_middle_and_high(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    labels, (low, to_mid, to_high, before, line) = panel(values, VALUES)
    for place, method in enumerate(("dcf", "exit_multiple", "sotp", "net_margin")):
        mid, high = (results.values[f"value_per_share[{method},{case}]"][0, 0] for case in ("mid", "high"))
        assert low[place] + to_mid[place] == pytest.approx(mid)
        assert low[place] + to_mid[place] + to_high[place] == pytest.approx(high)
        assert before[place] + line[place] / 2 == pytest.approx(results.values["price"][0, 0])
    assert labels[0] == f"DCF, perpetuity  {results.values['value_per_share[dcf,mid]'][0, 0]:.0f}"
    bounds = drawn(values)[VALUES].y_axis.scaling
    assert bounds.min <= min(low)
    assert bounds.max >= max(sum(each) for each in zip(low, to_mid, to_high, strict=True))


def test_the_bridge_of_the_margin_foots(name: str, values: openpyxl.Workbook) -> None:
    margin = computed(name).series("aws_margin", "annual")
    labels, (starts, whole, adds, takes) = panel(values, BRIDGE)
    first = computed(name).plan.axis.as_of.shifted(1).year - 2022
    assert (whole[0], whole[-1]) == (pytest.approx(margin[first - 1, 0]), pytest.approx(margin[first + 2, 0]))
    moved = sum(adds[1:-1]) - sum(takes[1:-1])
    assert whole[0] + moved == pytest.approx(whole[-1], abs=1e-12)
    level = whole[0]
    for base, up, down in zip(starts[1:-1], adds[1:-1], takes[1:-1], strict=True):
        assert base == pytest.approx(min(level, level + up - down))
        level += up - down
    assert labels[-1] == f"Margin {2022 + first + 2}E  {100 * margin[first + 2, 0]:.1f}"


def test_charts_have_cells_for_titles_and_stay_on_the_page(values: openpyxl.Workbook) -> None:
    areas = []
    for each in drawn(values):
        assert each.title is None
        assert each.legend is None
        assert each.x_axis.delete is False
        start, end = each.anchor._from, each.anchor.to  # noqa: SLF001
        areas.append(range(start.col, end.col))
        assert 0 < start.col < end.col <= 15
    assert len(areas) == 4
    for one, other in itertools.combinations(areas[1:], 2):  # at the foot, side by side
        assert not set(one) & set(other)


def test_the_cover_names_nothing_as_a_machine_does(values: openpyxl.Workbook) -> None:
    texts = [cell.value for row in values[COVER].iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [text for text in texts if "_" in text]
    assert not [text for text in texts if text.startswith("#")]


def test_links_lead_to_sheets_and_every_sheet_leads_back(values: openpyxl.Workbook) -> None:
    targets = {
        cell.hyperlink.location for row in values["Contents"].iter_rows() for cell in row if cell.hyperlink
    }
    assert targets >= {f"'{sheet}'!A1" for sheet in sheet_names(companies.default(), with_functions=False)}
    for sheet in sheet_names(companies.default(), with_functions=False):
        found = {
            cell.hyperlink.location
            for row in values[sheet].iter_rows(max_row=12)
            for cell in row
            if cell.hyperlink
        }
        assert "'Contents'!A1" in found, sheet


def test_every_header_shows_the_master_check(values: openpyxl.Workbook) -> None:
    for sheet in sheet_names(companies.default(), with_functions=False):
        rows = values[sheet].iter_rows(max_row=20 if sheet == COVER else 8, values_only=True)
        shown = [cell for row in rows for cell in row]
        assert "✓ all checks pass" in shown, sheet


def test_drivers_and_reported_rows_carry_notes_with_their_sources(
    name: str, values: openpyxl.Workbook
) -> None:
    layout = written(name)[0].layout
    scenario = computed(name).scenarios[0]
    for key, rows in layout.inputs.items():
        note = values[INPUTS].cell(rows.live, LABEL).comment
        assert note is not None, key
        assert scenario.sources[key].source in note.text, key
    for key, place in layout.places.items():
        if place.sheet == REPORTED:
            assert values[REPORTED].cell(place.row, LABEL).comment is not None, key


def test_inputs_can_be_typed_into_and_nothing_else_can(values: openpyxl.Workbook, name: str) -> None:
    assert (
        values[INPUTS].cell(written(name)[0].layout.inputs["aws_growth"].given[0], 60).value is None
    )  # and yet unlocked
    unlocked = {sheet.title: unlocked_cells(sheet) for sheet in values.worksheets}
    assert {title for title, cells in unlocked.items() if cells} == {COVER, "Contents", INPUTS, "Log"}
    assert unlocked[COVER] == {f"D{row}" for row in range(9, 14)}
    assert len(unlocked["Contents"]) == 2  # samples of the colour key


def test_the_unlocked_cells_of_inputs_are_those_that_the_model_reads(
    values: openpyxl.Workbook, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()

    def seen(contents: Grids, sheet: str, row: int, column: int) -> Value:
        if sheet == INPUTS and (column == VALUE or column >= FIRST_YEAR_COLUMN):
            read.add(f"{column_letters(column)}{row}")
        return value_at(contents, sheet, row, column)

    monkeypatch.setattr(inputs, "value_at", seen)
    inputs.read_inputs(read_book(calculated(name)).contents)
    assert unlocked_cells(values[INPUTS]) == read


def unlocked_cells(sheet: Worksheet) -> set[str]:
    """Return what can be typed into; no row or column is unlocked as a whole, beyond the cells it has."""
    dimensions = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
    assert all(each.protection.locked for each in dimensions)
    return {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.has_style and not cell.protection.locked
    }


@pytest.mark.libreoffice
def test_no_figure_is_wider_than_its_cell(
    data: bytes, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Render every column of every sheet, printed or not: a figure without room shows as ###."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        sheet.print_area = None
    book_path = tmp_path / "whole.xlsx"
    book.save(book_path)
    text = printed_text(book_path, request)
    assert "20354" in text or "2035Q4" in text  # the last column was rendered
    assert not re.findall(r".*###.*", text)
