"""Functions: every AMZN_ function live, beside the native formula for the same figure and the difference.

The functions take their overrides from a table of the live drivers at the foot of the sheet, so that they
follow the selector and every input that is changed by hand, as the native formulas do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.periods import Period, Quarter
from workbook_templates.plan.cells import SheetPlan, Twin
from workbook_templates.plan.layout import FUNCTIONS, INPUTS, VALUE, Layout
from workbook_templates.plan.sheets.header import put_band, put_stamp, put_title, selected_scenario
from workbook_templates.plan.site import reference
from workbook_templates.plan.styles import numeric

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_ROW, FIRST_ROW = 5, 6
_WHAT, _CALL, _LIVE, _NATIVE, _DIFFERENCE, _UNIT = range(1, 7)
_WIDTHS: Final = {_WHAT: 44, _CALL: 62, _LIVE: 18, _NATIVE: 18, _DIFFERENCE: 14, _UNIT: 10}
_SCENARIO, _OVERRIDES = "{scenario}", "{overrides}"


class Example(NamedTuple):
    """A call: its arguments, and the row of the model and the period (none: one value) that it must equal, or what it gives."""

    function: str
    arguments: str
    key: str = ""
    period: str = ""
    what: str = ""


EXAMPLES: Final = (
    Example("AMZN_FCF", f"2026,{_SCENARIO},,{_OVERRIDES}", "free_cash_flow", "2026"),
    Example(
        "AMZN_FCF",
        f'"2026Q4",{_SCENARIO},"after_leases",{_OVERRIDES}',
        "free_cash_flow_after_leases",
        "2026Q4",
    ),
    Example("AMZN_FCF", f'2028,{_SCENARIO},"fcff",{_OVERRIDES}', "fcff", "2028"),
    Example("AMZN_LINE", f'"backlog",2027,{_SCENARIO},{_OVERRIDES}', "backlog", "2027"),
    Example("AMZN_ACTUAL", '"net_sales","2025Q3"', "net_sales", "2025Q3"),
    Example("AMZN_REVENUE", f'2027,"aws",{_SCENARIO},{_OVERRIDES}', "aws_sales", "2027"),
    Example("AMZN_MARGIN", f'2027,"aws",{_SCENARIO},{_OVERRIDES}', "aws_margin", "2027"),
    Example("AMZN_CAPEX", f'2026,"gross",{_SCENARIO},{_OVERRIDES}', "capex", "2026"),
    Example("AMZN_VALUE", f'"dcf",{_SCENARIO},{_OVERRIDES}', "value_per_share[dcf,mid]"),
    Example("AMZN_VALUE", f'"exit_multiple",{_SCENARIO},{_OVERRIDES}', "value_per_share[exit_multiple,mid]"),
    Example("AMZN_UPSIDE", f',"sotp",{_SCENARIO},{_OVERRIDES}', "upside[sotp]"),
    Example("AMZN_MULTIPLE", f'"P/E",,{_SCENARIO},,{_OVERRIDES}', "price_to_earnings_trailing"),
    Example("AMZN_INFLECTION", f'"turn",{_SCENARIO},,{_OVERRIDES}', "turn"),
    Example(
        "AMZN_IMPLIED",
        '"wacc",234.75,"dcf","article"',
        what="Cost of capital at which the article's dcf is 234.75",
    ),
    Example("AMZN_TABLE", f'"cash",{_SCENARIO}', what="Cash flow by year: first cell of a block"),
    Example("AMZN_DRIVERS", _SCENARIO, what="Drivers by year: first cell of a block"),
    Example("AMZN_SCENARIOS", "", what="Scenarios: first cell of a block"),
    Example(
        "AMZN_GRID",
        f'"value_per_share[dcf,mid]","wacc",{{0.08,0.09}},"terminal_growth",{{0.03;0.04}},{_SCENARIO}',
        what="Value over rate and growth: first cell of a block",
    ),
    Example(
        "AMZN_TORNADO",
        f'"free_cash_flow 2027",{_SCENARIO}',
        what="What moves free cash flow: first cell of a block",
    ),
    Example("AMZN_CLAIMS", "", what="The article's claims: first cell of a block"),
    Example(
        "AMZN_SIMULATE",
        f'"positive",{_SCENARIO},200',
        what="When free cash flow stays above 0: first cell of a block of chances",
    ),
    Example("AMZN_EXPLAIN", f'"free_cash_flow",2026,{_SCENARIO}', what="How a figure comes about"),
    Example("AMZN_VERSION", "", what="Versions of program and data"),
)
"""Every function at least once. The blocks show their first cell: entered in a range they fill it."""
_BLOCKS: Final = frozenset(
    {
        "AMZN_TABLE",
        "AMZN_DRIVERS",
        "AMZN_SCENARIOS",
        "AMZN_GRID",
        "AMZN_TORNADO",
        "AMZN_SIMULATE",
        "AMZN_CLAIMS",
    }
)


def functions_sheet(
    layout: Layout, assumptions: str, version: str, named: Callable[[str], str] = str
) -> SheetPlan:
    """Return the sheet of functions; ``named`` gives the name by which a host's files call a function."""
    sheet = SheetPlan(
        FUNCTIONS, widths={column: float(width) for column, width in _WIDTHS.items()}, protected=False
    )
    put_title(sheet, "Functions in cells, and the native formulas for the same figures",
        "Needs the functions (README: one section a host); without them the column Function shows #NAME?",
    )  # fmt: skip
    put_stamp(sheet, layout, assumptions, version)
    heads = {
        _WHAT: "What",
        _CALL: "Call",
        _LIVE: "Function",
        _NATIVE: "Native formula",
        _DIFFERENCE: "Difference",
        _UNIT: "Unit",
    }
    for column, text in heads.items():
        sheet.put(HEADER_ROW, column, text, "period text" if column in {_WHAT, _CALL, _UNIT} else "period")
    table = _put_drivers(sheet, layout, FIRST_ROW + len(EXAMPLES) + 2)
    for row, example in enumerate(EXAMPLES, start=FIRST_ROW):
        _put_example(sheet, layout, example, row, table, named)
    sheet.frozen = (FIRST_ROW, _LIVE)
    return sheet


def _put_example(
    sheet: SheetPlan, layout: Layout, example: Example, row: int, table: str, named: Callable[[str], str]
) -> None:
    arguments = example.arguments.replace(_SCENARIO, selected_scenario()).replace(_OVERRIDES, table)
    call = f"{named(example.function)}({arguments})"
    text = f"=INDEX({call},1,1)" if example.function in _BLOCKS else f"={call}"
    shown = example.arguments.replace(_SCENARIO, "scenario").replace(_OVERRIDES, "drivers")
    sheet.put(row, _CALL, f"{example.function}({shown})", "name")
    if not example.key:
        sheet.put(row, _WHAT, example.what, "label")
        style = "calc rate" if example.function == "AMZN_IMPLIED" else "calc text"
        sheet.put(row, _LIVE, text, style, Twin("call", example.function))
        return
    line, home = layout.plan.row(example.key), layout.places[example.key]
    period = Period.parse(example.period) if example.period else None
    column, twin = _native(layout, example.key, period)
    sheet.put(row, _WHAT, f"{line.label}{f', {period}' if period else ''}", "label")
    sheet.put(row, _UNIT, line.unit, "unit")
    sheet.put(row, _NATIVE, f"={home.sheet}!{reference(home.row, column)}", numeric("link", line.unit), twin)
    if line.unit == "quarter":  # a text from the function, a code in the native cell
        sheet.put(row, _LIVE, text, "calc text", Twin("quarter text", example.key))
        return
    sheet.put(row, _LIVE, text, numeric("calc", line.unit), twin)
    difference = f"={reference(row, _LIVE)}-{reference(row, _NATIVE)}"
    sheet.put(row, _DIFFERENCE, difference, numeric("calc", line.unit), Twin("no difference", example.key))


def _native(layout: Layout, key: str, period: Period | None) -> tuple[int, Twin]:
    axis = layout.plan.axis
    if period is None:
        return VALUE, Twin("value", key)
    if period.frequency == "annual":
        place = axis.year_position(period.year)
        return layout.year_column(place), Twin("year", key, place)
    place = axis.position(Quarter(period.year, period.quarter))
    return layout.quarter_column(place), Twin("quarter", key, place)


def _put_drivers(sheet: SheetPlan, layout: Layout, top: int) -> str:
    """Write the live drivers as a driver table; return the reference to it."""
    axis = layout.plan.axis
    ahead = range(axis.forecast_start, axis.length)
    last_column = 2 + len(ahead)
    put_band(
        sheet,
        top,
        "Live drivers, as the functions take them: a value for all years, or one a quarter",
        last_column,
    )
    head = top + 1
    sheet.put(head, 1, "driver", "period text")
    sheet.put(head, 2, "all", "period text")
    for column, position in enumerate(ahead, start=3):
        sheet.put(head, column, axis.quarters[position].code, "period")
        sheet.widths.setdefault(column, 10.0)
    row = head
    for key, live in layout.live.items():
        row += 1
        info = layout.plan.rows[key]
        sheet.put(row, 1, key, "name")
        if info.driver is not None and info.driver.kind in {"constant", "seasonal"}:
            sheet.put(
                row, 2, f"={INPUTS}!{reference(live, VALUE)}", numeric("link", info.unit), Twin("value", key)
            )
            continue
        for column, position in enumerate(ahead, start=3):
            text = f"={INPUTS}!{reference(live, layout.quarter_column(position))}"
            sheet.put(row, column, text, numeric("link", info.unit), Twin("quarter", key, position))
    corners = (
        reference(head, 1, fixed_row=True, fixed_column=True),
        reference(row, last_column, fixed_row=True, fixed_column=True),
    )
    return ":".join(corners)
