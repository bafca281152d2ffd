"""Calls as Office.js makes them, and the answers that it must get: shared by the tests of two hosts."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

from model.errors import AmznFcfError
from xlwings_udfs.cells.error_values import BAD_VALUE, ErrorValue, error_value
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANSWERS = """
from xlwings import XlwingsError, server
import main

async def answer(body):
    try:
        return await server.custom_functions_call(body, main)
    except XlwingsError as error:
        return str(error)

async def found(bodies):
    return {"meta": server.custom_functions_meta(main), "answers": [await answer(each) for each in bodies]}
"""
"""What xlwings makes of our main.py: metadata, and the answers to calls."""
_KINDS = {"#N/A": "NotAvailable", "#NUM!": "Num", "#VALUE!": "Value"}


def environment(**more: str) -> Mapping[str, str]:
    """Return the environment of a process with xlwings, under its licence for noncommercial use."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("XLWINGS_", "AMZN_FCF_"))
    }
    return {**own, "XLWINGS_LICENSE_KEY": "noncommercial", "XLWINGS_ON_SERVER": "true", **more}


def cells(arguments: Sequence[object]) -> list[object]:
    """Return arguments as the generated JavaScript sends them: rows of cells, null if left out."""
    return [each if each is None or isinstance(each, list) else [[each]] for each in arguments]


def body(name: str, arguments: Sequence[object]) -> dict[str, object]:
    """Return a call as the generated JavaScript sends it."""
    return {
        "client": "Office.js", "func_name": name, "args": cells(arguments),
        "caller_address": "[Book1.xlsx]Sheet1!A1",
        "session_id": "one", "culture_info_name": "en-US", "date_format": "m/d/yyyy", "version": "0.0.0",
        "runtime": "1.4",
    }  # fmt: skip


def expected(name: str, arguments: Sequence[object]) -> list[list[object]] | str:
    """Return the answer that Office.js must get, by Python: rows of cells, or the message of a #VALUE!."""
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
