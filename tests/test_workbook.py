"""Workbooks are legible and safe: one formula a row, allowed functions, cached values, meaningful styles."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter
from shared import SHIPPED, calculated, computed, documents_listed, family, written

from model import companies
from model.language.periods import Period
from model.reported.actuals import load_actuals
from workbook_templates.a1 import coordinates, looks_like_a_cell
from workbook_templates.engines.formualizer import LARGEST_SHEET
from workbook_templates.formula_text import ALLOWED_FUNCTIONS
from workbook_templates.plan.layout import INPUTS, REPORTED, SOURCES, VALUE
from workbook_templates.plan.sheets.tornados import TEXT
from workbook_templates.plan.twins import OfRow
from workbook_templates.plan.wording import Figure

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

SHEETS = (
    "Cover", "Key drivers", "Contents", "Inputs", "Statements",
    "Sales", "Assets", "Depreciation", "Margins", "Cash", "Value",
    "Scenarios", "Sensitivity", "Against", "Thesis", "Checks", "Reported", "Sources", "Log", "Charts",
)  # fmt: skip
CALCULATION_SHEETS = ("Sales", "Assets", "Depreciation", "Margins", "Cash", "Checks")


@cache
def opened(name: str, *, values: bool) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(calculated(name)), data_only=values)


def sources(name: str) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    sheet = opened(name, values=False)[SOURCES]
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    return documents_listed(
        {(at, place): value for at, row in rows for place, value in enumerate(row, start=1)}
    )


def formulas(name: str) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in opened(name, values=False).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }


def test_sheets_stand_in_their_order_and_none_is_hidden() -> None:
    book = opened("base", values=False)
    assert tuple(book.sheetnames) == SHEETS
    assert all(sheet.sheet_state == "visible" for sheet in book.worksheets)


def test_only_allowed_functions_are_used_and_nothing_is_volatile_or_external() -> None:
    for name in ("base", "article"):
        for (sheet, cell), text in formulas(name).items():
            used = set(re.findall(r"([A-Z][A-Z0-9.]*)\(", text))
            assert used <= ALLOWED_FUNCTIONS, (sheet, cell, text)
            assert "[" not in text, (sheet, cell, text)


def test_no_formula_holds_an_assumption_as_a_constant() -> None:
    structural = {"0", "1", "2", "3", "4", "5", "-1", "-4", "8"}  # lags, quarters, flags, choices, windows
    structural |= {"45", "365.25", "0.5"}  # half a quarter, a year in days, half a year
    structural |= {"16"}  # quarters of a quarter's growth, which is a fourth of a year's
    structural |= {str(year) for year in range(1, 11)}  # years of the fade after the axis
    structural |= {f"{year}.5" for year in range(1, 10)}  # their middles, in years from the end of the axis
    structural |= {"0.000000001"}  # growth that counts as none
    layout = written("base")[0].layout
    # What no scenario moves: the deferral of reported quarters, which bonus depreciation caused, their tax on
    # operating income, and the lives of stores' property, in the 10-K
    columns = range(layout.first_quarter_column, layout.quarter_column(layout.plan.axis.forecast_start))
    reported = {
        (layout.places[key].sheet, f"{get_column_letter(column)}{layout.places[key].row}"): values
        for key, values in {
            "deferral_ratio_reported": {"20251", "20252", "0.12"}, "deferred_tax": {"0.85"},
            "operating_tax_rate": {"0.19"},
        }.items()
        for column in columns
    }  # fmt: skip
    lives = {"servers_and_network": "5.5", "equipment": "10", "buildings": "40"}
    for name, life in lives.items():
        place = layout.places[f"asset_life[other,{name}]"]
        reported[place.sheet, f"{get_column_letter(VALUE)}{place.row}"] = {life}
    for (sheet, cell), text in formulas("base").items():
        bare = re.sub(r"\$?[A-Z]{1,3}\$?\d+|\"[^\"]*\"", "", text)
        constants = set(re.findall(r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", bare))
        allowed = structural | reported.get((sheet, cell), set())
        beside_bar = sheet == "Sensitivity" and get_column_letter(TEXT) in cell
        if beside_bar or sheet in {
            "Cover",
            "Charts",
        }:  # units of texts, room for labels, the line at the price
            allowed |= {"5", "10", "100", "1000", "100000", "1.5", "0.01"}
        assert constants <= allowed, (sheet, cell, text, constants)


@pytest.mark.parametrize("sheet_name", CALCULATION_SHEETS)
@pytest.mark.parametrize("name", ["base", "article"])
def test_each_row_has_one_formula_for_reported_and_one_for_forecast_quarters(
    name: str, sheet_name: str
) -> None:
    plan, _, _ = written(name)
    layout, sheet = plan.layout, opened(name, values=False)[sheet_name]
    first, split, last = (
        layout.first_quarter_column,
        layout.quarter_column(layout.plan.axis.forecast_start),
        layout.last_column,
    )
    rows = 0
    for row in range(1, sheet.max_row + 1):
        for begin, end in ((first, split - 1), (split, last)):
            cells = [(column, sheet.cell(row, column).value) for column in range(begin, end + 1)]
            written_ = [
                (column, value) for column, value in cells if isinstance(value, str) and value.startswith("=")
            ]
            if not written_:
                continue
            column, original = written_[0]
            source = f"{get_column_letter(column)}{row}"
            for other, value in written_:
                translated = Translator(original, origin=source).translate_formula(
                    f"{get_column_letter(other)}{row}"
                )
                assert value == translated, f"{sheet_name} row {row} column {get_column_letter(other)}"
            rows += 1
    assert rows > 20


def test_the_same_column_is_the_same_quarter_on_every_sheet() -> None:
    book = opened("base", values=True)
    headers = {
        tuple(book[name].cell(9, column).value for column in range(6, 77))
        for name in (*CALCULATION_SHEETS[:-1], INPUTS, REPORTED)
    }
    assert len(headers) == 1
    header = headers.pop()
    assert header[0] == 2022
    assert header[15] == 20221
    assert header[-1] == 20354


@pytest.mark.parametrize("name", SHIPPED)
def test_every_formula_cell_has_a_cached_value_and_only_multiples_of_losses_are_errors(name: str) -> None:
    values = opened(name, values=True)
    errors = []
    for sheet, cell in formulas(name):
        value = values[sheet][cell].value
        if value is None:  # an empty text, of a quarter that takes its year's value
            plan, results, _ = written(name)
            twin = plan.sheets[sheet].cells[coordinates(cell) or (0, 0)].twin
            draw = [each.name for each in results.scenarios].index(name)
            assert twin is not None
            assert twin.expected(plan, results, draw) == "", (sheet, cell)
            continue
        if sheet == "Charts" and value == "#N/A":  # a point that is not drawn
            continue
        if isinstance(value, str) and value.startswith("#"):
            errors.append((sheet, int(re.sub(r"\D", "", cell)), value))
    places = written(name)[0].layout.places
    multiple = places["price_to_free_cash_flow"]
    cash = computed(name).values["ttm_free_cash_flow"][:, 0]
    expected = [(multiple.sheet, multiple.row, "#DIV/0!")] * int((cash <= 0).sum())
    if cash[computed(name).plan.axis.forecast_start - 1] <= 0:
        expected.append((multiple.sheet, places["price_to_free_cash_flow_trailing"].row, "#DIV/0!"))
    assert errors == expected  # in all that ships, every event happens


def test_pandas_reads_the_figures_of_the_model() -> None:
    sheets = pd.read_excel(io.BytesIO(calculated("base")), ["Statements", "Cash"], header=8, index_col=3)
    table = sheets["Statements"]
    assert table.loc["free_cash_flow", 2025] == 11194
    model = computed("base").series("free_cash_flow", "annual")[6, 0]
    assert table.loc["free_cash_flow", 2028] == pytest.approx(model)
    assert sheets["Cash"].loc["ttm_free_cash_flow", 20262] == -7604  # as published


_ONE_COLOUR = {"subtotal", "total", "ratio", "working", "board"}


def test_inputs_are_blue_formulas_dark_and_links_green() -> None:
    """Figures of sums, ratios and workings have one colour each, computed or linked."""
    book, plan = opened("base", values=False), written("base")[0]
    dark = {"1A1A1A", "5F6B7A"}
    quarter_or_year = r'=IF\((Inputs![A-Z]+\d+)="",INDEX\(\$F\d+:\$S\d+,1,[A-Z]+\$7\),\1\)'
    pure_link = re.compile(rf"=[A-Za-z]+!\$?[A-Z]+\$?\d+|{quarter_or_year}")
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=11):
            for cell in row:
                colour = (
                    cell.font.color.rgb[-6:]
                    if cell.font.color is not None and isinstance(cell.font.color.rgb, str)
                    else "000000"
                )
                if isinstance(cell.value, str) and cell.value.startswith("=") and sheet.title != "Cover":
                    role = plan.sheets[sheet.title].cells[cell.row, cell.column].style.split()[0]
                    is_green = pure_link.fullmatch(cell.value) and role not in _ONE_COLOUR
                    allowed = {"008000"} if is_green else {*dark, "008000"} if role == "board" else dark
                    assert colour in allowed, (sheet.title, cell.coordinate)
                elif (
                    isinstance(cell.value, (int, float))
                    and sheet.title in {INPUTS, REPORTED}
                    and cell.style.split()[0] != "axis"
                ):
                    assert colour == "0000FF", (sheet.title, cell.coordinate)


def test_sheets_are_protected_without_password_frozen_and_printable() -> None:
    for sheet in opened("base", values=False).worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1
        if sheet.title not in {"Cover", "Key drivers", "Contents", "Log", "Charts"}:  # which are one page
            assert sheet.freeze_panes is not None
            assert sheet.print_title_rows


def test_no_defined_name_looks_like_a_cell_and_there_is_no_macro_or_link() -> None:
    names = opened("base", values=False).defined_names
    assert {"FCF_2026", "FCF_2027", "VALUE_PER_SHARE", "POSITIVE_FROM"} <= set(names)
    listed = {str(row[0]) for row in opened("base", values=True)["Contents"].iter_rows(values_only=True)}
    ranges = (re.fullmatch(r"(\w+_)(\d{4}) to \1(\d{4})", text) for text in listed)
    by_year = {
        f"{each[1]}{year}" for each in ranges if each for year in range(int(each[2]), int(each[3]) + 1)
    }
    assert set(names) <= listed | by_year
    assert by_year <= set(names)
    assert not any(looks_like_a_cell(name) for name in names)
    for name, period in {"FCF_2026": "2026", "FCF_2028": "2028"}.items():
        sheet, _, cell = names[name].attr_text.partition("!")
        figure = opened("base", values=True)[sheet][cell].value
        assert figure == pytest.approx(computed("base").value("free_cash_flow", Period.parse(period)))
    parts = zipfile.ZipFile(io.BytesIO(calculated("base"))).namelist()
    assert not [part for part in parts if "vba" in part.lower() or "external" in part.lower()]


def test_the_selector_offers_the_scenarios_of_the_same_as_of_and_is_preset() -> None:
    for name in SHIPPED:
        cover = opened(name, values=False)["Cover"]
        assert cover["D9"].value == name
        assert [cover[f"D{row}"].value for row in range(10, 14)] == ["off"] * 4
        assert "Inputs!$D$12:$D$" in str(cover.data_validations.dataValidation[0].formula1)
    assert next(each.name for each in family("2025Q3")[0].scenarios) == "article"
    assert {each.name for each in family("2026Q2")[0].scenarios} == set(SHIPPED) - {"article"}


def test_every_reported_figure_in_the_workbook_has_its_source() -> None:
    listed = sources("base")
    plan = written("base")[0]
    items = [key.removeprefix("reported.") for key in plan.layout.places if key.startswith("reported.")]
    quarters = [
        str(quarter) for quarter in plan.layout.plan.axis.quarters[: plan.layout.plan.axis.forecast_start]
    ]
    assert set(listed) == {(item, quarter) for item in items for quarter in quarters}
    assert all(source for _, source, *_ in listed.values())
    shipped = load_actuals(companies.default()).quarterly
    for (item, quarter), (check, source, read_at, _) in listed.items():
        figure = shipped[item, quarter]
        assert (check, source, read_at or "") == (figure.check, figure.source, figure.read_at)


def test_the_number_of_a_document_leads_to_it() -> None:
    sheet, written_sheet = written("base")[0].sheets[SOURCES], opened("base", values=False)[SOURCES]
    filings = 0
    for (row, column), target in sheet.links.items():
        shown = sheet.cells[row, column].content
        name, _, place = target.partition("!")
        if name == SOURCES:
            assert sheet.cells[coordinates(place) or (1, 1)].content == shown
            link = written_sheet.cell(row, column).hyperlink
            assert link is not None
            assert link.location == target
        elif target.startswith("https://"):
            assert str(shown).replace("-", "") in target
            filings += 1
    assert filings > 50


def test_nothing_after_as_of_stands_among_reported_figures() -> None:
    sheet = opened("article", values=False)[REPORTED]
    layout = written("article")[0].layout
    split = layout.plan.axis.forecast_start
    for row in sheet.iter_rows(min_row=12, min_col=layout.quarter_column(split), values_only=True):
        assert not any(row)
    assert {quarter for _, quarter in sources("article")} == {
        f"{year}Q{number}" for year in range(2022, 2026) for number in range(1, 5)
    } - {"2025Q4"}


def test_input_cells_allow_the_range_of_their_driver() -> None:
    sheet = opened("base", values=False)[INPUTS]
    layout = written("base")[0].layout
    row = layout.inputs["aws_growth"].given[0]
    rules = [rule for rule in sheet.data_validations.dataValidation if f"J{row}" in rule.sqref]
    assert [(float(rule.formula1), float(rule.formula2)) for rule in rules] == [(-0.2, 0.8)]


def test_no_sheet_is_larger_than_what_engines_read() -> None:
    for name in ("base", "article"):
        for sheet in opened(name, values=False).worksheets:
            assert sheet.max_row <= LARGEST_SHEET[0]
            assert sheet.max_column <= LARGEST_SHEET[1]


@pytest.mark.parametrize(
    ("value", "unit", "how", "text"),
    [
        (2_794_049, "USD m", {}, "2,794bn"), (100_049, "USD m", {}, "100bn"),
        (-30_772.8, "USD m", {}, "\N{MINUS SIGN}30.8bn"), (6.3, "USD/share", {}, "6.30"),
        (1_685.5, "USD/share", {}, "1,686"), (0.01, "ratio", {"points": True}, "1.0"),
        (0.01, "ratio", {"points": True, "signed": True}, "+1.0"),
        (-0.0001, "ratio", {"points": True, "signed": True}, "0.0"),
        (-0.321, "ratio", {"beside": True}, "32% below"), (0.05, "ratio", {"beside": True}, "5% above"),
    ],
)  # fmt: skip
def test_figures_in_texts_keep_decimals_and_commas(
    value: float, unit: str, how: dict[str, bool], text: str
) -> None:
    """The formulas say the same: each text of the cover is compared with its twin in every engine."""
    assert Figure("A1", unit, OfRow("price"), **how).text(value) == text
