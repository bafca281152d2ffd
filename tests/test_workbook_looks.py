"""What a reader sees: charts, notes, links, room for every figure, inputs that can be typed into."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from programs import absent, needs_engine
from shared import calculated, computed, written

from model import companies
from workbook_templates.a1 import column_letters
from workbook_templates.engines.engines import ENGINES
from workbook_templates.plan.layout import COVER, FIRST_YEAR_COLUMN, INPUTS, LABEL, REPORTED, VALUE
from workbook_templates.plan.workbook import sheet_names
from workbook_templates.read import inputs
from workbook_templates.read.book import read_grids
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


def charts(book: openpyxl.Workbook) -> dict[str, dict[str, tuple[list[Any], list[Any]]]]:
    """Return categories and values of every series of every chart on the Cover, by title."""
    found: dict[str, dict[str, tuple[list[Any], list[Any]]]] = {}
    for chart in drawn(book):
        title = "".join(run.t for part in chart.title.tx.rich.paragraphs for run in part.r)
        series = [*chart.series, *(each for other in chart._charts[1:] for each in other.series)]  # noqa: SLF001
        found[title] = {}
        for each in series:
            categories = each.cat.numRef or each.cat.strRef
            found[title][each.tx.v] = (cells_of(book, categories.f), cells_of(book, each.val.numRef.f))
    return found


def chart(book: openpyxl.Workbook, start: str) -> dict[str, tuple[list[Any], list[Any]]]:
    (found,) = (series for title, series in charts(book).items() if title.startswith(start))
    return found


def test_the_trough_is_marked_where_the_model_finds_it(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    series = chart(values, "Free cash flow, trailing")
    quarters, trough = series["trough"]
    marked = {quarter: value for quarter, value in zip(quarters, trough, strict=True) if value}
    assert marked == {results.values["trough"][0, 0]: pytest.approx(results.values["trough_amount"][0, 0])}
    columns = [each[1] for each in series.values()]
    for place, quarter in enumerate(results.plan.axis.quarters):
        if quarter.code in quarters:
            stacked = [column[quarters.index(quarter.code)] for column in columns]
            assert sum(value != 0 for value in stacked) == 1
            assert sum(stacked) == pytest.approx(results.values["ttm_free_cash_flow"][place, 0])


def test_charts_of_years_and_scenarios_show_the_models_figures(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    years, cash = chart(values, "Operating cash flow against")["free cash flow"]
    assert dict(zip(years, cash, strict=True))[2025] == pytest.approx(
        results.series("free_cash_flow", "annual")[3, 0]
    )
    bridge = chart(values, "AWS operating margin")
    change = bridge.pop("change of the margin")[1]
    for place, total in enumerate(change):
        assert sum(series[1][place] or 0 for series in bridge.values()) == pytest.approx(total, abs=1e-12)
    flows = chart(values, "Free cash flow by scenario")
    assert set(flows) >= {"article", "base", "bull", "bear"}
    for scenario in ("article", "base", "bull", "bear"):
        found = dict(zip(*flows[scenario], strict=True))
        assert found["FY2027"] == pytest.approx(computed(scenario).series("free_cash_flow", "annual")[5, 0])
    heads, perpetuity = chart(values, "Value per share by scenario")["perpetuity"]
    assert dict(zip(heads, perpetuity, strict=True))["bull"] == pytest.approx(
        computed("bull").values["value_per_share[dcf,mid]"][0, 0]
    )


def test_the_football_field_stacks_low_middle_and_high(name: str, values: openpyxl.Workbook) -> None:
    results = computed(name)
    series = chart(values, "Value per share by method")
    low, to_mid, to_high, price = (
        series[each][1] for each in ("low", "low to middle", "middle to high", "share price")
    )
    for place, method in enumerate(("dcf", "exit_multiple", "sotp", "net_margin")):
        mid, high = (results.values[f"value_per_share[{method},{case}]"][0, 0] for case in ("mid", "high"))
        assert low[place] + to_mid[place] == pytest.approx(mid)
        assert low[place] + to_mid[place] + to_high[place] == pytest.approx(high)
        assert price[place] == pytest.approx(results.values["price"][0, 0])
    assert series["low"][0][0] == "Discounted cash flow, perpetuity"


def test_every_chart_has_titles_and_stays_clear_of_the_others(values: openpyxl.Workbook) -> None:
    corners = []
    for each in drawn(values):
        assert each.title is not None
        assert each.y_axis.title is not None
        assert each.y_axis.delete is False
        assert each.x_axis.delete is False
        place = each.anchor._from  # noqa: SLF001
        corners.append((place.col, place.row))
    assert len(corners) == len(set(corners)) == 6


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
        shown = [cell for row in values[sheet].iter_rows(max_row=8, values_only=True) for cell in row]
        assert "✓ all checks pass" in shown, sheet


def test_drivers_and_reported_rows_carry_notes_with_their_sources(
    name: str, values: openpyxl.Workbook
) -> None:
    layout = written(name)[0].layout
    scenario = computed(name).scenarios[0]
    for key, row in layout.live.items():
        note = values[INPUTS].cell(row, LABEL).comment
        assert note is not None, key
        assert scenario.sources[key].source in note.text, key
    for key, place in layout.places.items():
        if place.sheet == REPORTED:
            assert values[REPORTED].cell(place.row, LABEL).comment is not None, key


def test_inputs_can_be_typed_into_and_nothing_else_can(values: openpyxl.Workbook, name: str) -> None:
    assert (
        values[INPUTS].cell(written(name)[0].layout.given["aws_growth"], 60).value is None
    )  # and yet unlocked
    unlocked = {sheet.title: unlocked_cells(sheet) for sheet in values.worksheets}
    assert {title for title, cells in unlocked.items() if cells} == {COVER, "Contents", INPUTS, "Log"}
    assert unlocked[COVER] == {"C5"}
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
    inputs.read_inputs(read_grids(calculated(name), formulas=True))
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
    needs_engine(request, ENGINES["libreoffice"])
    if shutil.which("pdftotext") is None:
        absent(request, "pdftotext is missing: apt-get install poppler-utils")
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        sheet.print_area = None
    book_path = tmp_path / "whole.xlsx"
    book.save(book_path)
    program = shutil.which("soffice") or ""
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir",
        str(tmp_path), str(book_path)],
        check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}, timeout=300,
    )  # fmt: skip
    command = ["pdftotext", "-layout", str(tmp_path / "whole.pdf"), "-"]  # Debian's
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "20354" in text or "2035Q4" in text  # the last column was rendered
    assert not re.findall(r".*###.*", text)
