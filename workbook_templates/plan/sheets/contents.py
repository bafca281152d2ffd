"""Contents: what is on each sheet, how to read it, and the method on half a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workbook_templates.plan.cells import SheetPlan
from workbook_templates.plan.layout import (
    ANNUAL,
    CHECKS,
    CONTENTS,
    COVER,
    FUNCTIONS,
    INPUTS,
    LOG,
    REPORTED,
    SCENARIOS,
    SENSITIVITY,
    SHEETS,
    SOURCES,
    THESIS,
    Layout,
)
from workbook_templates.plan.sheets.header import put_band, put_state, put_title

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_ROW: Final = 6
_NAME, _TEXT = 1, 2
_WIDTHS: Final = {_NAME: 26.0, _TEXT: 150.0}
_HOLDS: Final = {
    COVER: "The selector, headline figures, when free cash flow turns, value per share, the ledger in numbers, charts",
    CONTENTS: "This page",
    FUNCTIONS: "Every function that can be called in cells, live beside its native formula",
    INPUTS: "Every driver: a row a scenario, and above them the live row that the selector picks; allowed range, grade, source",
    REPORTED: "Figures from the filings, by quarter and year",
    "Sales": "Demand, capacity and net sales by segment, advertising and stores, backlog",
    "Assets": "Capital expenditure, property additions by site",
    "Depreciation": "Straight-line depreciation of every vintage, and of what stood at as-of",
    "Margins": "Operating income by segment, net income, margins, the bridge of the AWS margin, return on AWS property",
    "Cash": "Operating cash flow, free cash flow by five measures, cash, debt and leases, the inflection",
    ANNUAL: "Fiscal years, and trailing twelve months in the quarter columns",
    "Value": "Cost of capital, discounted cash flow with two ends, the bridge to a share, sum of the parts, multiples, net-margin case",
    SCENARIOS: "All scenarios side by side, stamped, and whether the live one agrees with its column",
    SENSITIVITY: "What moves value and free cash flow most, and two-way tables; stamped",
    THESIS: "The claims of the article of December 2025, what became of them, and what hangs on each",
    CHECKS: "Arithmetic, ties to the filings, signs, ranges; every header shows whether all of them pass",
    SOURCES: "The document behind every reported figure",
    LOG: "Versions, what this workbook was built from, and room for changes made by hand",
}
_HOW_TO_READ: Final = (
    (
        "One column",
        "The same column holds the same quarter, or year, on every sheet. Year columns come first, quarters after the gap.",
    ),
    (
        "One formula a row",
        "Up to as-of a row holds reported figures, after it one formula; the definition beside it says which.",
    ),
    (
        "A scenario",
        f"Choose it on {COVER}. {INPUTS} holds the drivers of all; the live row picks the chosen one, and everything follows.",
    ),
    (
        "A change",
        f"Type into a blue cell of {INPUTS}: by year, or in a quarter's column, which wins over its year. Note it on {LOG}.",
    ),
    (
        "Units",
        "USD millions unless the unit says otherwise; ratios are shown as per cent; quarters read 2026Q3. Parentheses are negative.",
    ),
    (
        "Grades",
        "Behind every driver: R reported, G company guidance, A the article, F fitted to reported figures, J judgement.",
    ),
    (
        "Numbers",
        "Inputs are numbers, no formulas; 0 where a note says that it means none. Money is in USD millions: 180bn is 180000.",
    ),
    (
        "Protection",
        "Sheets are protected without a password, so that formulas are not overtyped by accident: Review, Unprotect Sheet.",
    ),
)
_METHOD: Final = {
    "Sales": """AWS demand grows by year; capacity follows from property additions two quarters before, their yield and
        retirement; sales are the smaller of the two. Advertising and stores grow on the same quarter of the year before.""",
    "Capital expenditure": """A budget where one is given, then a share of sales. Additions are depreciated vintage by vintage over the
        lives of their classes; what stood at as-of runs off by a table.""",
    "Margins": """AWS: sales less cash cost and depreciation. Advertising at an assumed margin (not disclosed), stores as what is left of
        the retail segments.""",
    "Free cash flow": """Operating cash flow less purchases of property net of proceeds, as Amazon defines it; four other measures beside
        it. Trough, turn and positive are looked for on trailing twelve months, from 2024Q1 on.""",
    "Value": """Free cash flow to the firm discounted from the middle of each quarter to the valuation date, a value-driver perpetuity at
        the end of the axis, an exit multiple beside it; stock compensation is an expense; then the bridge to a diluted share.""",
    "Proof": """The same declaration is computed by numpy and printed as these formulas; every formula cell was compared with the model
        when the file was built, and amzn-fcf validate does it again.""",
    "Limits": """Capital expenditure beyond what the company guides to is judgement, and free cash flow is only as good as it. This is a
        model, not advice.""",
}
_COLOURS: Final = {
    "input money": f"Input on {INPUTS}: type here. On violet it differs from the first scenario; grey: quarters of the year have their own",
    "key money": "Input on which the answer hangs most",
    "calc money": "Formula",
    "link money": "Link to another sheet",
    "live money": "Driver that the selector has picked",
    "stamp money": "Value of the model, stamped when the workbook was built",
    "filed money": "Reported in a filing, locked",
    "estimate money": "Reported, estimated from a year's figure",
}
_SAMPLE: Final = 1234.0


def contents_sheet(layout: Layout, *, with_functions: bool) -> SheetPlan:
    """Return the contents."""
    sheet = SheetPlan(CONTENTS, widths=dict(_WIDTHS), one_page=True)
    put_title(sheet, "Contents, method and colour key", "Each name leads to its sheet")
    put_state(sheet, layout)
    row = _put_texts(
        sheet,
        _FIRST_ROW,
        "Sheets",
        ((name, _HOLDS[name]) for name in _HOLDS if name in SHEETS or with_functions),
    )
    for place in range(_FIRST_ROW + 1, row - 1):
        name = str(sheet.cells[place, _NAME].content)
        sheet.links[place, _NAME] = name
        sheet.put(place, _NAME, name, "go to")
    row = _put_texts(sheet, row, "How to read it", _HOW_TO_READ)
    row = _put_texts(sheet, row, "Method", ((name, " ".join(text.split())) for name, text in _METHOD.items()))
    put_band(sheet, row, "Colour key", _TEXT)
    for place, (style, meaning) in enumerate(_COLOURS.items(), start=row + 1):
        sheet.put(place, _NAME, _SAMPLE, style)
        sheet.put(place, _TEXT, meaning, "wrapped")
    return sheet


def _put_texts(sheet: SheetPlan, row: int, title: str, texts: Iterable[tuple[str, str]]) -> int:
    """Write a section of names and texts; return the row after the free one below it."""
    put_band(sheet, row, title, _TEXT)
    for name, text in texts:
        row += 1
        sheet.put(row, _NAME, name, "label")
        sheet.put(row, _TEXT, text, "wrapped")
    return row + 2
