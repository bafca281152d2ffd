"""Calls of every function as Excel makes them, and what Office.js must get back: what the tests of two hosts share."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import xlwings_udfs.functions  # noqa: F401  # fills FUNCTIONS
from model.errors import AmznFcfError
from xlwings_udfs.cells.arguments import BAD_VALUE, ErrorValue, error_value
from xlwings_udfs.cells.registry import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CALLS: Sequence[tuple[str, Sequence[object]]] = [
    ("AMZN_FCF", []),
    ("AMZN_FCF", [2026, "bull"]),
    ("AMZN_FCF", [" ttm 2026q2 ", "BASE", "after_leases"]),
    ("AMZN_FCF", [[[2025], [2026], [2027]]]),
    ("AMZN_FCF", [[[2025, None, 1850, "nonsense"]], "bear"]),
    ("AMZN_FCF", [2028, None, "company", [["aws_growth", 0.2]]]),
    ("AMZN_FCF", [2028, None, "fcff", [["driver", "unit", 2027, 2028], ["aws_growth", "ratio", None, 0.15]]]),
    ("AMZN_FCF", [1850]),
    ("AMZN_FCF", [2026, "bul"]),
    ("AMZN_FCF", [2026, None, "profit"]),
    ("AMZN_FCF", [True]),
    ("AMZN_LINE", ["aws_utilisation"]),
    ("AMZN_LINE", ["backlog", "2026Q4", "base+power_delay"]),
    ("AMZN_LINE", ["no_such_line", 2026]),
    ("AMZN_ACTUAL", ["free_cash_flow", "TTM 2026Q2"]),
    ("AMZN_ACTUAL", ["net_sales", 2030]),
    ("AMZN_REVENUE", ["2026Q3", "aws"]),
    ("AMZN_MARGIN", [2026, "aws", "article"]),
    ("AMZN_CAPEX", [[[2025, 2026], [2027, 2028]], "gross"]),
    ("AMZN_VALUE", ["dcf", "article"]),
    ("AMZN_VALUE", ["weighted"]),
    ("AMZN_UPSIDE", [250, "sotp"]),
    ("AMZN_UPSIDE", [0]),
    ("AMZN_MULTIPLE", ["P/FCF", "TTM 2025Q4"]),
    ("AMZN_MULTIPLE", ["P/FCF", 2026]),
    ("AMZN_MULTIPLE", ["EV/EBITDA", [["TTM 2026Q1", 2026]]]),
    ("AMZN_IMPLIED", ["wacc", 234.75, "dcf", "article"]),
    ("AMZN_IMPLIED", ["wacc", 1e9]),
    ("AMZN_INFLECTION", ["turn", "bear"]),
    ("AMZN_TABLE", ["cash", "base", "annual"]),
    ("AMZN_TABLE", ["inflection", "article"]),
    ("AMZN_DRIVERS", ["bull"]),
    ("AMZN_SCENARIOS", []),
    ("AMZN_CLAIMS", ["2025Q3"]),
    ("AMZN_SIMULATE", ["free_cash_flow 2027", "bear", 300, 7]),
    ("AMZN_SIMULATE", ["positive", None, 200]),
    ("AMZN_SIMULATE", ["free_cash_flow 2027", None, 1e12]),
    ("AMZN_EXPLAIN", ["free_cash_flow", 2026]),
    ("AMZN_EXPLAIN", ["no_such_line"]),
    ("AMZN_VERSION", []),
    ("AMZN_GRID", ["value_per_share[dcf,mid]", "wacc", [[0.08, 0.09, 0.1]], "terminal_growth", [[0.03], [0.04]], "article"]),
    ("AMZN_GRID", ["positive", "capex_scale scale", [[0.9, 1, 3]], "aws_growth add", [[-0.05, 0.05]]]),
    ("AMZN_GRID", ["free_cash_flow", "wacc", 0.08, "beta", 1]),
    ("AMZN_TORNADO", ["free_cash_flow 2027", "bull", 0.2]),
    ("AMZN_TORNADO", ["positive"]),
    ("AMZN_TORNADO", ["free_cash_flow 2027", "base", 2]),
]  # fmt: skip
"""Functions with arguments as Python has them: an error, blanks, rows, columns, tables among them."""

_KINDS = {"#N/A": "NotAvailable", "#NUM!": "Num", "#VALUE!": "Value"}


def environment(**more: str) -> Mapping[str, str]:
    """Return the environment of a process with xlwings, under its licence for noncommercial use."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("XLWINGS_", "AMZN_FCF_"))
    }
    return {**own, "XLWINGS_LICENSE_KEY": "noncommercial", "XLWINGS_ON_SERVER": "true", **more}


def cells(arguments: Sequence[object]) -> list[object]:
    """Return arguments as the generated JavaScript sends them: rows of cells, and nothing for what is left out."""
    return [each if each is None or isinstance(each, list) else [[each]] for each in arguments]


def body(name: str, arguments: Sequence[object]) -> dict[str, object]:
    """Return a call as the generated JavaScript sends it."""
    return {
        "client": "Office.js", "func_name": name, "args": cells(arguments), "caller_address": "[Book1.xlsx]Sheet1!A1",
        "session_id": "one", "culture_info_name": "en-US", "date_format": "m/d/yyyy", "version": "0.0.0", "runtime": "1.4",
    }  # fmt: skip


def expected(name: str, arguments: Sequence[object]) -> list[list[object]] | str:
    """Return what Office.js must get for a call by Python's own answer: rows of cells, or the message of a #VALUE!."""
    try:
        result = FUNCTIONS[name](*arguments)
    except AmznFcfError as error:
        value = error_value(error)
        return str(error) if value == BAD_VALUE else [[_cell(value)]]
    return (
        [[_cell(each) for each in row] for row in result] if isinstance(result, list) else [[_cell(result)]]
    )


def _cell(value: object) -> object:
    if isinstance(value, ErrorValue):
        return {"type": "Error", "errorType": _KINDS[value]}
    return "" if value is None else value


def assert_same(found: object, wanted: object, where: str) -> None:
    """Assert that two answers are the same, numbers to 1e-9."""
    if isinstance(found, list) and isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one, other, f"{where}[{number}]")
    elif isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        assert math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {found!r}, not {wanted!r}"
    else:
        assert found == wanted, where
